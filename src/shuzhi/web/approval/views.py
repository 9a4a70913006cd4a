"""Approval: the queue by ledger and unit, what is new in each record, deciding on many at once, and what a decision changed.

A form sends with every record the number of the content that was shown; what was changed meanwhile is shown again, never approved unseen.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from django.contrib import messages
from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse

from shuzhi.apps.books import approving
from shuzhi.apps.jobs import actions as jobs
from shuzhi.apps.office import definitions
from shuzhi.apps.organisations.models import Organisation
from shuzhi.apps.people.permissions import Actor, area_titles, is_allowed
from shuzhi.core.definitions import FieldDef, LedgerDef
from shuzhi.core.problems import Problem, ProblemsError
from shuzhi.web.context import page
from shuzhi.web.entry.values import number_in, shown_value
from shuzhi.web.problems import not_found
from shuzhi.web.words import Words, language, say, titled

PAGE = 50  #: records on a page
AT_ONCE = 1_000  #: records approved while the person waits; more go to the background
REASONS = (
    Words("日期不对，请按实际发生的日期改", "The date is wrong; give the day it happened"),
    Words("数量与佐证不符，请核实后改", "The amount does not agree with the evidence; verify it"),
    Words("单位写错了，请改", "The unit of measure is wrong; correct it"),
    Words("重复登记，请撤回一条", "Recorded twice; withdraw one of them"),
    Words("缺少佐证，请补照片或文件", "The evidence is missing; add a photo or a paper"),
    Words("对象写错了，请核对户号或编号", "The wrong household or number; check it"),
)
_SESSION = "return_reasons"  #: one's own latest reasons, in the session
_KEPT_REASONS = 4
_SHOWN_PROBLEMS = 10


def _actor(request: HttpRequest) -> Actor:
    actor: Actor = request.visit.actor  # type: ignore[attr-defined]
    return actor


# ── the queue ─────────────────────────────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True)
class AreaQueue:
    """What waits in one area of ledgers."""

    title: str
    queues: Sequence[approving.LedgerQueue]


@dataclass(frozen=True, slots=True)
class Queue:
    """What waits at a unit."""

    unit: Organisation
    areas: Sequence[AreaQueue]
    total: int
    own: int


def queue(request: HttpRequest, unit: Organisation) -> HttpResponseBase:
    """What waits, by ledger and unit."""
    ledger = request.GET.get("ledger", "")
    if ledger in definitions().catalogue.ledgers:
        return redirect("approval-ledger", unit=unit.code, ledger=ledger)
    found = approving.queue(_actor(request), unit)
    by_area: dict[str, list[approving.LedgerQueue]] = {}
    for one in found:
        by_area.setdefault(one.ledger.area, []).append(one)
    index = 0 if language() == "zh" else 1
    areas = [AreaQueue(area_titles([a], index)[0], queues) for a, queues in by_area.items()]
    context = Queue(unit, areas, sum(q.count for q in found), sum(q.own for q in found))
    return page(request, "approval/queue.html", context)


# ── the records of one ledger ─────────────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True)
class Value:
    """A field of a waiting record: what was approved before and what is submitted."""

    title: str
    before: str
    after: str
    is_changed: bool
    is_number: bool
    unit: str


@dataclass(frozen=True, slots=True)
class Line:
    """A waiting record as a row of the page."""

    record: approving.WaitingRecord
    values: Sequence[Value]
    is_selected: bool
    problems: Sequence[Problem] = ()


@dataclass(frozen=True, slots=True)
class Records:
    """One page of what waits of a ledger."""

    unit: Organisation
    ledger: LedgerDef
    queue: approving.LedgerQueue | None
    heads: Sequence[FieldDef]
    lines: Sequence[Line]
    reasons: Sequence[str]
    as_of: int
    after: int | None
    may_return: bool
    problems: Sequence[Problem] = ()
    reason: str = ""
    is_in_background: bool = False  #: approving all takes longer than a person waits
    is_first_page: bool = True


def _value(field: FieldDef, record: approving.WaitingRecord) -> Value:
    found = next((c for c in record.fields if c.field.key == field.key), None)
    is_number = field.type in ("quantity", "integer")
    if found is None:
        return Value(titled(field), "", "", False, is_number, field.unit)
    return Value(
        titled(field),
        shown_value(field, found.before),
        shown_value(field, found.after),
        found.is_changed and not record.is_new,
        is_number,
        field.unit,
    )


def _shown(
    request: HttpRequest,
    unit: Organisation,
    ledger: LedgerDef,
    *,
    problems: Sequence[Problem] = (),
    selected: Mapping[int, int] | None = None,
    reason: str = "",
) -> HttpResponseBase:
    actor = _actor(request)
    queues = approving.queue(actor, unit, ledger.key)
    found = queues[0] if queues else None
    after = number_in(request.GET, "after")
    waiting = approving.waiting_page(actor, ledger, found.lines if found else (), after, PAGE)
    used = {c.field.key for r in waiting.records for c in r.fields}
    heads = [f for f in ledger.fields if f.key in used]
    by_record, general = _beside(problems, waiting.records, selected or {})
    lines = [
        Line(
            r,
            [_value(f, r) for f in heads],
            # what could not be decided is not selected any more, so that pressing again decides on the rest
            bool(selected) and r.id in (selected or {}) and r.id not in by_record,
            by_record.get(r.id, ()),
        )
        for r in waiting.records
    ]
    kept = request.session.get(_SESSION, [])
    context = Records(
        unit,
        ledger,
        found,
        heads,
        lines,
        [*kept, *(str(words) for words in REASONS if str(words) not in kept)],
        waiting.as_of,
        waiting.after,
        is_allowed(actor, "record.return", unit.path, ledger.area),
        general,
        reason,
        found is not None and found.count > AT_ONCE,
        after is None,
    )
    return page(request, "approval/records.html", context, status=422 if problems else 200)


def _beside(
    problems: Sequence[Problem],
    shown: Sequence[approving.WaitingRecord],
    selected: Mapping[int, int],
) -> tuple[dict[int, list[Problem]], list[Problem]]:
    """Problems at the records they are about, and those for the top of the page; of each kind there one for each unit."""
    by_record: dict[int, list[Problem]] = {}
    general: dict[tuple[str, object, object], Problem] = {}
    for problem in problems:
        record, name, date = (problem.params.get(k) for k in ("record", "name", "date"))
        mine = [r.id for r in shown if r.id == record]
        if date is not None:
            # no book takes the row: the books know the unit and the day
            mine = [r.id for r in shown if r.id in selected and (r.unit.name, r.occurred_on) == (name, date)]  # fmt: skip
        for one in mine:
            by_record.setdefault(one, []).append(problem)
        if not mine or date is not None:
            general.setdefault((problem.code, name, record), problem)
    return by_record, list(general.values())[:_SHOWN_PROBLEMS]


def records(request: HttpRequest, unit: Organisation, ledger: str) -> HttpResponseBase:
    """Look at what waits of a ledger; approve or return what is selected, or approve all of it."""
    kept = definitions().catalogue.ledgers.get(ledger)
    if kept is None or not is_allowed(_actor(request), "record.approve", unit.path, kept.area):
        return not_found(request)
    if request.method != "POST":
        return _shown(request, unit, kept)
    seen = _seen(request)
    reason = request.POST.get("reason", "").strip()
    do = request.POST.get("do", "")
    try:
        if do == "return":
            return _return(request, unit, kept, seen, reason)
        if do == "all":
            return _approve_all(request, unit, kept)
        made = approving.approve_seen(_actor(request), unit, seen)
    except ProblemsError as error:
        return _shown(request, unit, kept, problems=error.problems, selected=seen, reason=reason)
    return _done(request, unit, made)


def _seen(request: HttpRequest) -> dict[int, int]:
    """What was selected: record → number of the content that was shown."""
    found: dict[int, int] = {}
    for text in request.POST.getlist("r")[: PAGE * 20]:
        record, _, number = text.partition(":")
        if max(len(record), len(number)) < 19 and record.isdecimal() and number.isdecimal():
            found[int(record)] = int(number)
    return found


def _return(
    request: HttpRequest,
    unit: Organisation,
    ledger: LedgerDef,
    seen: Mapping[int, int],
    reason: str,
) -> HttpResponseBase:
    count = approving.return_seen(_actor(request), unit, seen, reason=reason)
    standard = {str(words) for words in REASONS}
    if reason not in standard:
        own = [reason, *(r for r in request.session.get(_SESSION, []) if r != reason)]
        request.session[_SESSION] = own[:_KEPT_REASONS]
    messages.success(
        request, say("已退回 {n} 条，理由已发给记账员。", "{n} records returned with the reason.", n=count)
    )  # fmt: skip
    return redirect("approval-ledger", unit=unit.code, ledger=ledger.key)


def _approve_all(request: HttpRequest, unit: Organisation, ledger: LedgerDef) -> HttpResponseBase:
    actor = _actor(request)
    up_to = number_in(request.POST, "as_of")
    if up_to is None:
        raise ProblemsError([Problem("APPROVAL_003")])
    queues = approving.queue(actor, unit, ledger.key)
    if queues and queues[0].count > AT_ONCE:
        params = {"ledger": ledger.key, "up_to": up_to}
        job = jobs.start(actor, "approval.approve", unit.code, params)
        return redirect("job", number=job.number)
    made = approving.approve_all_shown(actor, unit, ledger.key, up_to)
    if not made.approved:
        raise ProblemsError(made.refused or [Problem("APPROVAL_003")])
    if made.passed_over:
        messages.warning(
            request, say("{n} 条没有办：本人所记，或没有账册可记。", "{n} records were passed over: your own, or no book takes them.", n=made.passed_over)
        )  # fmt: skip
    return _done(request, unit, made)


def _done(request: HttpRequest, unit: Organisation, made: approving.Decision) -> HttpResponseBase:
    return redirect("approval-done", unit=unit.code, first=made.first, last=made.last)


# ── what it changed ───────────────────────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True)
class FigureLine:
    """A figure before and after."""

    title: str
    key: str
    period: str  #: code, as in an address
    unit: str
    before: Decimal | None
    after: Decimal | None
    change: Decimal | None


@dataclass(frozen=True, slots=True)
class Done:
    """What an approval did."""

    unit: Organisation
    changes: approving.Changes
    figures: Sequence[FigureLine]
    left: int  #: still waiting at the unit, one's own not counted
    next_address: str


def done(request: HttpRequest, unit: Organisation, first: int, last: int) -> HttpResponseBase:
    """What one's own approval changed."""
    actor = _actor(request)
    changes = approving.changes_of(actor, unit, first, last)
    if changes is None:
        return not_found(request)
    lines = [
        FigureLine(
            titled(f.indicator),
            f.indicator.key,
            str(f.period.year),
            f.unit,
            f.before,
            f.after,
            f.after - f.before if f.after is not None and f.before is not None else None,
        )
        for f in changes.figures
    ]
    queues = approving.queue(actor, unit)
    here = {ledger.key for ledger, _ in changes.ledgers}
    open_queues = [q for q in queues if q.count > q.own]
    nearest = next((q for q in open_queues if q.ledger.key in here), None)
    address = reverse("approval", kwargs={"unit": unit.code})
    if nearest is not None:
        address = reverse("approval-ledger", kwargs={"unit": unit.code, "ledger": nearest.ledger.key})  # fmt: skip
    left = sum(q.count - q.own for q in open_queues)
    return page(request, "approval/done.html", Done(unit, changes, lines, left, address))
