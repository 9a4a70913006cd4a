"""Reconciling and verifying the office, with the result kept, so that it can be read and shown later.

Both read the whole office: a chain or a sum is right only as a whole. Who sees a result sees the verdict and the counts, and the
differences at their own units.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Literal

import orjson
from django.db import transaction

from shuzhi.apps import storage
from shuzhi.apps.audit import actions as audit
from shuzhi.apps.books.models import Proof
from shuzhi.apps.books.reconciling import reconcile, verify
from shuzhi.apps.organisations import queries as organisations
from shuzhi.apps.organisations.models import Organisation
from shuzhi.apps.people.permissions import Actor, require
from shuzhi.core.problems import Problem

ProofKind = Literal["reconcile", "verify"]
KINDS: tuple[ProofKind, ...] = ("reconcile", "verify")
_KEPT_PROBLEMS = 1000


@dataclass(frozen=True, slots=True)
class KeptProof:
    """What a proof found, as far as the person who looks may know it."""

    id: int
    kind: str
    as_of: int
    by: str
    at: str
    seconds: int
    is_sound: bool
    counts: Mapping[str, int]
    problems: tuple[Problem, ...]  #: at the units of the person who looks
    problem_count: int  #: in the whole office


def prove(
    actor: Actor,
    kind: ProofKind,
    organisation_code: str,
    progress: Callable[[int, int], None] | None = None,
) -> int:
    """Reconcile or verify the office and keep the result; returns its number.

    Args:
        organisation_code: the unit at which the actor's right to check is asked.
    """
    organisation = organisations.get(organisation_code)
    require(actor, "book.check", organisation.path, organisation.name)
    started, as_of = time.monotonic(), audit.current()
    counts: dict[str, int]
    if kind == "reconcile":
        sums = reconcile(progress)
        counts = {
            "records": sums.records,
            "revisions": sums.revisions,
            "postings": sums.postings,
            "cells": sums.cells,
        }
        problems = sums.problems
    else:
        seals = verify()
        counts = {"revisions": seals.revisions, "chains": seals.chains, "events": seals.events}
        problems = seals.problems
    kept = [{"code": p.code, "params": dict(p.params)} for p in problems[:_KEPT_PROBLEMS]]
    with transaction.atomic():
        audit.note(
            "book.proved",
            actor=actor.name,
            organisation=organisation.code,
            kind=kind,
            sound=not problems,
            problems=len(problems),
        )
        made = Proof.objects.create(
            kind=kind,
            as_of=as_of,
            actor=actor.name,
            at=audit.timestamp(),
            seconds=round(time.monotonic() - started),
            is_sound=not problems,
            counts=_json(counts),
            problems=_json(kept),
            problem_count=len(problems),
        )
    return int(made.pk)


def _json(document: Any) -> str:
    return orjson.dumps(document, option=orjson.OPT_SORT_KEYS, default=str).decode()


def latest_proofs(unit: Organisation, limit: int = 10) -> list[KeptProof]:
    """The latest results of both kinds, latest first, as seen from a unit."""
    rows = storage.fetch(
        "SELECT p.id, p.kind, p.as_of, p.actor, a.display, p.at, p.seconds, p.is_sound, p.counts, p.problems, p.problem_count "
        f"FROM proof p LEFT JOIN account a ON a.name = p.actor ORDER BY p.id DESC LIMIT {int(limit)}"
    )
    problems = {r[0]: orjson.loads(r[9]) for r in rows}
    inside = _inside(unit, [p for found in problems.values() for p in found])
    return [
        KeptProof(
            r[0],
            r[1],
            r[2],
            r[4] or r[3],
            r[5],
            r[6],
            bool(r[7]),
            orjson.loads(r[8]),
            tuple(Problem(p["code"], p["params"]) for p in problems[r[0]] if inside(p)),
            r[10],
        )
        for r in rows
    ]


def _inside(unit: Organisation, problems: list[dict[str, Any]]) -> Callable[[dict[str, Any]], bool]:
    """Whether a problem concerns the unit or one below it; what names no unit is known at the top of the tree only."""
    if unit.parent_id is None:
        return lambda problem: True
    codes = set(
        Organisation.objects.filter(path__startswith=unit.path).values_list("code", flat=True)
    )
    records = sorted({p["params"]["record"] for p in problems if "record" in p["params"]})
    own: set[int] = set()
    for chunk in storage.in_chunks(records):
        own |= {
            row[0]
            for row in storage.fetch(
                "SELECT r.id FROM record r JOIN organisation o ON o.id = r.organisation_id "
                f"WHERE o.path LIKE %s AND r.id IN ({storage.marks(chunk)})",
                [unit.path + "%", *chunk],
            )
        }
    return lambda problem: (
        problem["params"].get("unit") in codes or problem["params"].get("record") in own
    )
