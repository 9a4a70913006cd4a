"""Asking for work in the background, and stopping it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import uuid4

from django.conf import settings
from django.db import transaction

from shuzhi.apps.audit.actions import timestamp
from shuzhi.apps.jobs import pulse
from shuzhi.apps.jobs.models import Job
from shuzhi.apps.jobs.queries import JobView, get_job
from shuzhi.apps.jobs.registry import get_kind
from shuzhi.apps.organisations import queries as organisations
from shuzhi.apps.people.permissions import Actor
from shuzhi.core.problems import Problem, ProblemsError


def start(
    actor: Actor, kind: str, organisation_code: str, params: Mapping[str, Any] | None = None
) -> Job:
    """Ask for a piece of work. Whether the actor may have it done is asked by the work itself, again when it runs.

    Args:
        kind: a declared kind.
        organisation_code: the unit it is about; empty for the whole office.
        params: plain JSON; never personal values.
    """
    get_kind(kind)
    unit = organisations.get(organisation_code) if organisation_code else None
    job = Job.objects.create(
        number=str(uuid4()),
        kind=kind,
        organisation=unit,
        actor=actor.name,
        params=dict(params or {}),
        at=timestamp(),
    )
    if getattr(settings, "JOBS_AT_ONCE", False):
        from shuzhi.apps.jobs.worker import run_one

        transaction.on_commit(lambda: run_one(job.number))
    return job


def cancel(actor: Actor, number: str) -> JobView:
    """Stop a job: one that waits at once, a running one at its next sign. What it wrote in one transaction is taken back.

    Raises:
        ProblemsError: JOB_003 no such job, JOB_004 it is over already.
    """
    job = get_job(actor, number)
    if job.state == "waiting":
        waiting = Job.objects.filter(number=job.number, state="waiting")
        if waiting.update(state="cancelled", ended=timestamp()):
            return get_job(actor, number)
        job = get_job(actor, number)
    if job.state != "running":
        raise ProblemsError([Problem("JOB_004", {"number": job.number[:8]})])
    pulse.want_cancel(job.number)
    return get_job(actor, number)
