"""Reconcile and verify: start them, and read the results in plain words."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse

from shuzhi.apps.books.proofs import KINDS, KeptProof, latest_proofs
from shuzhi.apps.jobs.actions import start
from shuzhi.apps.jobs.queries import JobView, jobs_of
from shuzhi.apps.office import definitions
from shuzhi.apps.organisations.models import Organisation
from shuzhi.core.indicators import ROWS_SUFFIX, TARGET_SUFFIX
from shuzhi.core.periods import format_month
from shuzhi.core.problems import Problem
from shuzhi.web.context import page
from shuzhi.web.words import Words, say, sentence, titled

_SHOWN = 50
_COUNTS = {
    "records": Words("条记录", "records"),
    "revisions": Words("个修订", "revisions"),
    "postings": Words("笔分录", "postings"),
    "cells": Words("个汇总数", "sums"),
    "chains": Words("条封签链", "chains of seals"),
    "events": Words("条审计日志", "entries of the audit log"),
}
_WHERE = {
    "RECONCILE_001": Words("账上的汇总数", "the sum kept in the books"),
    "RECONCILE_002": Words("过账分录的合计", "the total of the postings"),
    "RECONCILE_003": Words("按对象的明细", "the detail by subject"),
}


@dataclass(frozen=True, slots=True)
class Line:
    """One difference, in words, with the way to it."""

    words: str
    address: str = ""


@dataclass(frozen=True, slots=True)
class ProofLine:
    """A result with its differences in words."""

    proof: KeptProof
    title: str
    verdict: str
    counts: str
    lines: Sequence[Line]
    left_out: int
    advice: str


@dataclass(frozen=True, slots=True)
class ProofsPage:
    """The latest results, and what is running."""

    unit: Organisation
    may_check: bool
    may_backfill: bool
    latest: Sequence[ProofLine]  #: the last one of each kind
    earlier: Sequence[ProofLine]
    running: Sequence[JobView]
    problems: Sequence[Problem] = ()
    reason: str = ""


def proofs(request: HttpRequest, unit: Organisation) -> HttpResponseBase:
    """Results; posting starts one."""
    visit = request.visit  # type: ignore[attr-defined]
    if request.method == "POST":
        kind = request.POST.get("kind", "")
        if kind in KINDS:
            job = start(visit.actor, f"books.{kind}", unit.code)
            return redirect(reverse("job", kwargs={"number": job.number}))
        return redirect(reverse("proofs", kwargs={"unit": unit.code}))
    return _shown(request, unit)


def prove(request: HttpRequest, unit: Organisation) -> HttpResponseBase:
    """Backfill: post what new indicators say of earlier rows; needs a reason."""
    visit = request.visit  # type: ignore[attr-defined]
    reason = request.POST.get("reason", "").strip()
    if not reason:
        return _shown(request, unit, [Problem("BOOK_019")])
    job = start(visit.actor, "books.backfill", unit.code, {"reason": reason})
    return redirect(reverse("job", kwargs={"number": job.number}))


def _shown(
    request: HttpRequest, unit: Organisation, problems: Sequence[Problem] = ()
) -> HttpResponseBase:
    visit = request.visit  # type: ignore[attr-defined]
    found = [_line(p, unit) for p in latest_proofs(unit)]
    latest = _last_of_each(found)
    shown = ProofsPage(
        unit,
        visit.may("book.check"),
        visit.may("book.close"),
        latest,
        [f for f in found if f not in latest],
        [j for j in jobs_of(visit.actor, 10) if j.kind.startswith("books.") and not j.is_over],
        problems,
        request.POST.get("reason", ""),
    )
    return page(request, "books/proofs.html", shown, status=422 if problems else 200)


def _last_of_each(found: Sequence[ProofLine]) -> list[ProofLine]:
    latest = (next((f for f in found if f.proof.kind == kind), None) for kind in KINDS)
    return [one for one in latest if one is not None]


def latest_lines(unit: Organisation) -> list[ProofLine]:
    """The last result of each kind, as the workbench of who audits shows it."""
    return _last_of_each([_line(p, unit) for p in latest_proofs(unit)])


def _line(proof: KeptProof, unit: Organisation) -> ProofLine:
    is_sums = proof.kind == "reconcile"
    title = say("对账", "Reconcile") if is_sums else say("验封", "Verify")
    if proof.is_sound:
        verdict = (
            say("每一个数都从记录重新算过一遍：一致。", "Every figure was computed anew from the records: all agree.")
            if is_sums
            else say("每一个修订的封签都核对过：没有被改动。", "The seal of every revision was checked: nothing was altered.")
        )  # fmt: skip
    else:
        verdict = say(
            "有 {n} 处不符。", "{n} differences were found.", n=f"{proof.problem_count:,}"
        )
    counts = say("、", ", ").join(
        f"{count:,} {_COUNTS[key]}" for key, count in proof.counts.items() if key in _COUNTS
    )
    advice = ""
    if not proof.is_sound:
        advice = (
            say(
                "如果目录刚增加了指标，请在下面“补过账”后再对一次；否则可能有人绕过程序改动了数据库：请先保全现状，再请系统管理员从备份恢复。",
                "If indicators were just added to the catalogue, backfill below and reconcile again. Otherwise somebody may have changed the database past the "
                "program: preserve it as it is and have the administrator restore a backup.",
            )
            if is_sums
            else say(
                "请先保全现状，不要再记账，由系统管理员与备份逐项比对。",
                "Preserve everything as it is, record nothing more, and have the administrator compare it with a backup.",
            )
        )
    lines = [_difference(p, unit) for p in proof.problems[:_SHOWN]]
    return ProofLine(proof, title, verdict, counts, lines, proof.problem_count - len(lines), advice)


def _difference(problem: Problem, unit: Organisation) -> Line:
    where = _WHERE.get(problem.code)
    if where is None:
        record = problem.params.get("record")
        address = reverse("record", kwargs={"unit": unit.code, "record": record}) if record else ""
        return Line(sentence(problem), address)
    params = problem.params
    key = str(params["indicator"])
    catalogue = definitions().catalogue
    base = key.removesuffix(TARGET_SUFFIX).removesuffix(ROWS_SUFFIX)
    known = catalogue.indicators.get(base) or catalogue.ledgers.get(base)
    period = format_month(int(params["month"]))
    words = say(
        "{unit} {month}“{what}”：从记录算出 {expected}（{rows} 行），{where}是 {found}（{kept} 行）",
        "{unit} {month}, “{what}”: the records give {expected} ({rows} rows), {where} is {found} ({kept} rows)",
        unit=params["organisation"],
        month=period,
        what=titled(known) if known is not None else key,
        expected=params["expected"],
        rows=params["expected_rows"],
        where=where,
        found=params["found"],
        kept=params["found_rows"],
    )
    address = ""
    if base == key and base in catalogue.indicators and params.get("unit"):
        address = reverse(
            "figure", kwargs={"unit": params["unit"], "indicator": base, "period": period}
        )
    return Line(words, address)
