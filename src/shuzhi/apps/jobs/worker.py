"""Doing the work: one job at a time in a worker, any number of workers on any engine.

A worker takes the oldest waiting job for itself (rows that another holds are stepped over on PostgreSQL; on SQLite one guarded
UPDATE decides), does it, and writes down what came of it. A worker that died is noticed by its silence and its job begun anew,
or reported as broken off where it might have had effects.
"""

from __future__ import annotations

import logging
import time
import traceback
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from threading import Event
from typing import Any
from uuid import uuid4

from django.db import DatabaseError, close_old_connections, transaction

from shuzhi.apps.audit.actions import timestamp
from shuzhi.apps.jobs import pulse
from shuzhi.apps.jobs.models import Job
from shuzhi.apps.jobs.queries import problem_to_json
from shuzhi.apps.jobs.registry import Cancelled, JobContext, Kind, find_kind, housekeeping
from shuzhi.apps.office import refresh
from shuzhi.apps.people.permissions import SYSTEM, Actor
from shuzhi.apps.people.queries import get_actor
from shuzhi.core.problems import Problem, ProblemsError

logger = logging.getLogger("shuzhi.jobs")

IDLE = 0.5  #: seconds between two looks for work
SILENT = 60  #: seconds without a sign of life after which a worker counts as dead
ATTEMPTS = 3  #: how often a job is begun before it is given up
KEPT_DAYS = 90  #: how long a job that is over can be looked at
_HOUR = 3600


class _Lost(Exception):
    """Another worker has taken this job over meanwhile."""


def run_one(number: str = "") -> Job | None:
    """Do one waiting job, the given or the oldest; returns it afterwards, or None when there was none."""
    job = _claim(number)
    if job is None:
        return None
    _do(job)
    return Job.objects.select_related("organisation").get(number=job.number)


def run_waiting(stop: Event | None = None) -> int:
    """Do all waiting jobs; returns how many."""
    count = 0
    while not (stop is not None and stop.is_set()) and run_one() is not None:
        count += 1
    return count


def run_forever(stop: Event) -> None:
    """Do jobs until `stop` is set; look after dead workers and old jobs now and then. A broken connection is waited out."""
    next_look, next_hour = 0.0, time.monotonic() + 60
    while not stop.is_set():
        try:
            close_old_connections()
            now = time.monotonic()
            if now >= next_look:
                recover()
                next_look = now + SILENT / 2
            if now >= next_hour:
                for task in housekeeping():
                    task()
                next_hour = now + _HOUR
            run_waiting(stop)
        except DatabaseError as error:
            logger.error("the database did not answer the worker: %s", type(error).__name__)
            stop.wait(5)
        stop.wait(IDLE)
    close_old_connections()


def recover() -> int:
    """Find jobs whose worker has died; begin them anew, or say that they were broken off. Returns how many."""
    limit = _stamp(datetime.now(UTC) - timedelta(seconds=SILENT))
    count = 0
    for job in Job.objects.filter(state="running", started__lt=limit):
        if pulse.read(job).heartbeat >= limit:
            continue
        kind = find_kind(job.kind)
        held = Job.objects.filter(number=job.number, state="running", runner=job.runner)
        if kind is not None and kind.is_repeatable and job.attempts < ATTEMPTS:
            changed = held.update(state="waiting", runner="", stage="", done=0, total=0)
        else:
            trouble = problem_to_json(Problem("JOB_002", {"number": job.number[:8]}))
            changed = held.update(state="failed", problems=[trouble], ended=timestamp(), runner="")
        if changed:
            pulse.forget(job.number)
            logger.warning("job %s: its worker went silent", job.number)
        count += changed
    return count


def clean() -> int:
    """Throw away jobs that have long been over; returns how many."""
    limit = _stamp(datetime.now(UTC) - timedelta(days=KEPT_DAYS))
    over = Job.objects.filter(state__in=("done", "failed", "cancelled"), at__lt=limit)
    return over.delete()[0]


def _stamp(moment: datetime) -> str:
    return moment.isoformat(timespec="microseconds").replace("+00:00", "Z")


def _claim(number: str) -> Job | None:
    waiting = Job.objects.filter(state="waiting")
    if number:
        waiting = waiting.filter(number=number)
    if not waiting.exists():
        return None  # asked outside a transaction: on SQLite one would hold up whoever writes
    runner, now = str(uuid4()), timestamp()
    with transaction.atomic():
        found = waiting.select_for_update(skip_locked=True).order_by("at").first()
        if found is None:
            return None
        taken = Job.objects.filter(number=found.number, state="waiting").update(
            state="running",
            runner=runner,
            started=now,
            heartbeat=now,
            attempts=found.attempts + 1,
            is_cancel_wanted=False,
        )
    if not taken:
        return None
    pulse.forget(found.number)
    return Job.objects.select_related("organisation").get(number=found.number)


def _actor(name: str) -> Actor:
    return SYSTEM if name == SYSTEM.name else get_actor(name)


def _do(job: Job) -> None:
    context: JobContext | None = None
    try:
        refresh()  # definitions another process took into force meanwhile
        kind = find_kind(job.kind)
        if kind is None:
            raise ProblemsError([Problem("JOB_005", {"kind": job.kind})])
        # rights as they are now, not as they were when it was asked for
        context = JobContext(job.number, _actor(job.actor), job.organisation, job.params)
        _run(kind, job, context)
        return
    except Cancelled:
        _end(job, "cancelled", context)
    except _Lost:
        logger.warning("job %s: another worker has it", job.number)
    except ProblemsError as error:
        _end(job, "failed", context, problems=error.problems)
    except Exception as error:  # whatever happens, the person hears of it and the worker goes on
        fault = uuid4().hex[:8]
        # the message may hold values of somebody's record; where it happened is enough to find the cause
        where = "".join(traceback.format_tb(error.__traceback__))
        logger.error("fault %s in job %s: %s\n%s", fault, job.kind, type(error).__name__, where)
        _end(job, "failed", context, problems=[Problem("JOB_001", {"fault": fault})])
    pulse.forget(job.number)


def _run(kind: Kind, job: Job, context: JobContext) -> None:
    if not kind.is_atomic:
        with pulse.beating(context, job.runner):
            result = kind.run(context)
        _end(job, "done", context, result=result)
    else:
        with transaction.atomic():
            with pulse.beating(context, job.runner):
                result = kind.run(context)
            if not _end(job, "done", context, result=result):
                raise _Lost
    pulse.forget(job.number)


def _end(
    job: Job,
    state: str,
    context: JobContext | None,
    *,
    result: Mapping[str, Any] | None = None,
    problems: Any = (),
) -> bool:
    """Write down how it ended, unless another worker has taken the job over."""
    changes: dict[str, Any] = {"state": state, "ended": timestamp()}
    if context is not None:
        changes |= {"stage": context.stage, "done": context.done, "total": context.total}
    if state == "done" and context is not None and context.total:
        changes["done"] = context.total
    mine = Job.objects.filter(number=job.number, runner=job.runner, state="running")
    changed = mine.update(
        **changes,
        result=dict(result or {}),
        problems=[problem_to_json(p) for p in problems],
    )
    return bool(changed)
