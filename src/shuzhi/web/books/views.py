"""The books of a unit by year: where they stand, the three steps of a year, what stands in the way, what was adjusted, the statement."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse

from shuzhi.apps.audit import actions as audit
from shuzhi.apps.books import actions, checks, progress, statements
from shuzhi.apps.books import workbench as queries
from shuzhi.apps.books.models import Book
from shuzhi.apps.jobs.actions import start
from shuzhi.apps.jobs.queries import JobView, get_job, jobs_of
from shuzhi.apps.office import definitions
from shuzhi.apps.organisations.models import Organisation
from shuzhi.core.definitions import LedgerDef
from shuzhi.core.periods import (
    Period,
    add_months,
    format_month,
    format_period,
    half,
    month_of,
    parse_period,
    quarter,
)
from shuzhi.core.periods import month as month_period
from shuzhi.core.periods import year as year_period
from shuzhi.core.problems import Problem, ProblemsError
from shuzhi.web.context import page
from shuzhi.web.problems import not_found
from shuzhi.web.words import Words, language, say

_PAGE = 50
_CURSOR = re.compile(r"[0-9]{1,18}-[0-9]{1,9}")


# ── all books of a year ───────────────────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True)
class BooksPage:
    """The unit and those right below it in a year."""

    unit: Organisation
    year: int
    years: Sequence[int]
    own: queries.UnitState | None
    below: Sequence[queries.UnitState]
    unopened: int
    unchecked: int
    unclosed: int
    waiting: int
    returned: int
    is_over: bool  #: the year has ended
    is_half: bool  #: half of it has
    may_open: bool


def books(request: HttpRequest, unit: Organisation) -> HttpResponseBase:
    """Where the books of a year stand."""
    visit = request.visit  # type: ignore[attr-defined]
    years = _years(unit)
    work = queries.work_month(unit)
    text = request.GET.get("year", "")
    year = (
        int(text)
        if re.fullmatch(r"[0-9]{4}", text) and 1949 <= int(text) <= years[0]
        else work.year
    )
    counts = queries.open_counts(visit.actor, unit)
    states = queries.unit_states(unit, year * 100 + 12, counts, itself=True, with_duties=False)
    own = next((s for s in states if s.id == unit.id), None)
    now = month_of(audit.today())
    units = sum(s.units for s in states)
    shown = BooksPage(
        unit,
        year,
        years,
        own,
        [s for s in states if s is not own],
        units - sum(s.opened for s in states),
        units - sum(s.checked for s in states),
        units - sum(s.year_closed for s in states),
        sum(s.waiting for s in states),
        sum(s.returned for s in states),
        now > year * 100 + 12,
        now > year * 100 + 6,
        visit.may("book.open"),
    )
    return page(request, "books/books.html", shown)


def _years(unit: Organisation) -> list[int]:
    """From the first year with a book at the unit or below to the last that may be opened; latest first."""
    found = Book.objects.filter(organisation__path__startswith=unit.path)
    first = found.order_by("year").values_list("year", flat=True).first()
    this = int(audit.today()[:4])
    return list(range(this + 1, min(first or this, this) - 1, -1))


# ── one book ──────────────────────────────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True)
class Choice:
    """A period that can be chosen."""

    value: str
    title: str


@dataclass(frozen=True, slots=True)
class OpenLine:
    """Records of a unit and ledger that are in the way."""

    unit: str
    name: str
    ledger: LedgerDef | None
    key: str
    state: str
    count: int


@dataclass(frozen=True, slots=True)
class Closing:
    """The closing form and what stands in its way."""

    periods: Sequence[Choice]
    period: str
    hindrances: Sequence[actions.Hindrance]
    open_lines: Sequence[OpenLine]
    open_count: int


@dataclass(frozen=True, slots=True)
class BookPage:
    """A unit's book of a year."""

    unit: Organisation
    year: int
    years: Sequence[int]
    latest_year: int
    book: Book | None
    opened: statements.Step | None
    checked: statements.Step | None
    closed: statements.Step | None
    reopened: statements.Step | None
    is_closed: bool
    is_over: bool
    step: int  #: 1 open, 2 check, 3 close, 4 done
    may_open: bool
    may_check: bool
    may_close: bool
    may_reopen: bool
    may_record: bool
    may_approve: bool
    promises: Sequence[progress.Promise]
    met: int
    gaps: progress.TargetGaps
    target_ledger: str  #: key, empty when the catalogue has none
    checks: Sequence[checks.KeptCheck]
    closing: Closing
    reopen_periods: Sequence[Choice]
    units: Sequence[queries.UnitState]
    adjusting: int
    running: Sequence[JobView]
    trouble: str = ""  #: the form that has problems: open, close, reopen, check
    problems: Sequence[Problem] = ()
    typed: Mapping[str, str] = field(default_factory=dict)

    @property
    def is_unopened(self) -> bool:
        """The book, or one of those below, is not open yet."""
        return self.book is None or any(u.opened < u.units for u in self.units)


def book(request: HttpRequest, unit: Organisation, year: int) -> HttpResponseBase:
    """The three steps of a year's book."""
    return _book(request, unit, year)


def _book(
    request: HttpRequest,
    unit: Organisation,
    year: int,
    trouble: str = "",
    problems: Sequence[Problem] = (),
) -> HttpResponseBase:
    visit = request.visit  # type: ignore[attr-defined]
    latest = int(audit.today()[:4]) + 1
    if not 1949 <= year <= latest:
        return not_found(request)
    now = month_of(audit.today())
    found = Book.objects.filter(organisation=unit, year=year).first()
    history = statements.history_of(unit, year)
    last = {step.code: step for step in history}
    is_closed = found is not None and found.closed_through == year * 100 + 12
    counts = queries.open_counts(visit.actor, unit)
    states = queries.unit_states(unit, year * 100 + 12, counts, with_duties=False)
    promises = progress.promises_of(unit, year, min(max(now, year * 100), year * 100 + 12))
    shown = BookPage(
        unit,
        year,
        _years(unit),
        latest,
        found,
        last.get("book.opened"),
        last.get("book.checked"),
        last.get("book.closed") if found is not None and found.closed_through else None,
        last.get("book.reopened"),
        is_closed,
        now > year * 100 + 12,
        1 if found is None else 4 if is_closed else 2 if found.checked_seq is None else 3,
        visit.may("book.open"),
        visit.may("book.check"),
        visit.may("book.close"),
        actions.may_reopen(visit.actor, unit),
        visit.may("record.create"),
        visit.may("record.approve"),
        promises,
        sum(p.is_met is True for p in promises),
        progress.target_gaps(unit, year),
        progress.target_ledger(unit.level),
        checks.checks_of(unit, year, 5),
        _closing(request, unit, year, found, now),
        _reopen_choices(found),
        states,
        statements.count_adjusting(unit, year),
        [j for j in jobs_of(visit.actor, 10) if j.kind == "books.close" and not j.is_over],
        trouble,
        problems,
        {k: str(v) for k, v in request.POST.items() if k != "csrfmiddlewaretoken"},
    )
    return page(request, "books/book.html", shown, status=422 if problems else 200)


def _closing(
    request: HttpRequest, unit: Organisation, year: int, found: Book | None, now: int
) -> Closing:
    through = (found.closed_through or 0) if found is not None else 0
    choices = [c for c in _period_choices(year) if parse_period(c.value).last > through]
    asked = request.POST.get("period") or request.GET.get("period", "")
    default = f"{year}" if now > year * 100 + 12 else _last_month(year, now)
    values = [c.value for c in choices]
    chosen = asked if asked in values else default if default in values else (values or [""])[0]
    if not chosen or found is None:
        return Closing(choices, chosen, [], [], 0)
    period = parse_period(chosen)
    ledgers = definitions().catalogue.ledgers
    lines = [
        OpenLine(o.unit, o.name, ledgers.get(o.ledger), o.ledger, o.state, o.count)
        for o in actions.open_records(unit, period.last)
    ]
    return Closing(
        choices,
        chosen,
        actions.hindrances_of(unit, period),
        lines[:_PAGE],
        sum(line.count for line in lines),
    )


def _last_month(year: int, now: int) -> str:
    """The last month of the year that is over, or its first."""
    return format_month(max(min(add_months(now, -1), year * 100 + 12), year * 100 + 1))


def _period_choices(year: int) -> list[Choice]:
    """The year, its halves, quarters and months."""
    periods: list[Period] = [
        year_period(year),
        *(half(year, n) for n in (1, 2)),
        *(quarter(year, n) for n in (1, 2, 3, 4)),
        *(month_period(year * 100 + n) for n in range(1, 13)),
    ]
    return [_choice(p) for p in periods]


def _choice(period: Period) -> Choice:
    return Choice(format_period(period, "code"), format_period(period, language()))


def _reopen_choices(found: Book | None) -> list[Choice]:
    """From which closed month on the book can be reopened."""
    if found is None or not found.closed_through:
        return []
    months = range(found.closed_through, found.year * 100, -1)
    return [_choice(month_period(m)) for m in months]


def _done(request: HttpRequest, unit: Organisation, year: int, words: str) -> HttpResponseBase:
    messages.success(request, words)
    return redirect(reverse("book", kwargs={"unit": unit.code, "year": year}))


def open_book(request: HttpRequest, unit: Organisation, year: int) -> HttpResponseBase:
    """年初建账."""
    visit = request.visit  # type: ignore[attr-defined]
    try:
        count = actions.open_books(
            visit.actor, unit.code, year, only=request.POST.get("only") == "1"
        )
    except ProblemsError as error:
        return _book(request, unit, year, "open", error.problems)
    return _done(
        request,
        unit,
        year,
        say(
            "已为 {n} 个单位建账（{y} 年）。",
            "Books of {y} opened; units: {n}.",
            n=count,
            y=year,
        ),
    )


def make_check(request: HttpRequest, unit: Organisation, year: int) -> HttpResponseBase:
    """年中查账; goes to the kept result."""
    visit = request.visit  # type: ignore[attr-defined]
    try:
        found = actions.check_books(visit.actor, unit.code, year)
    except ProblemsError as error:
        return _book(request, unit, year, "check", error.problems)
    return redirect(
        reverse("book-check", kwargs={"unit": unit.code, "year": year, "seq": found.seq})
    )


def _chosen_period(request: HttpRequest, year: int) -> Period:
    """The period the form asks for. Raises ProblemsError BOOK_018 for what is no part of the year."""
    text = request.POST.get("period", "")
    if text not in {c.value for c in _period_choices(year)}:
        raise ProblemsError([Problem("BOOK_018", {"text": text, "year": year})])
    return parse_period(text)


def close(request: HttpRequest, unit: Organisation, year: int) -> HttpResponseBase:
    """年底交账: all together, each by itself in the background, or this unit alone."""
    visit = request.visit  # type: ignore[attr-defined]
    how = request.POST.get("how", "")
    try:
        period = _chosen_period(request, year)
        if how == "each":
            job = start(
                visit.actor, "books.close", unit.code, {"period": format_period(period, "code")}
            )
            return redirect(reverse("job", kwargs={"number": job.number}))
        if how not in ("all", "only"):
            raise ProblemsError([Problem("BOOK_020")])
        count = actions.close_books(visit.actor, unit.code, period, only=how == "only")
    except ProblemsError as error:
        return _book(request, unit, year, "close", error.problems)
    return _done(
        request,
        unit,
        year,
        say(
            "{n} 个单位已结账（{p}）。",
            "Closed for {p}; units: {n}.",
            n=count,
            p=format_period(period, language()),
        ),
    )


def reopen(request: HttpRequest, unit: Organisation, year: int) -> HttpResponseBase:
    """Reopen from a month on; only from above, with a reason."""
    visit = request.visit  # type: ignore[attr-defined]
    try:
        period = _chosen_period(request, year)
        actions.reopen_books(
            visit.actor, unit.code, period, reason=request.POST.get("reason", "").strip()
        )
    except ProblemsError as error:
        if any(p.code == "BOOK_010" for p in error.problems):
            raise
        return _book(request, unit, year, "reopen", error.problems)
    return _done(
        request,
        unit,
        year,
        say(
            "已重开“{u}”从 {p} 起的账。",
            "“{u}” was reopened from {p} on.",
            u=unit.name,
            p=format_period(period, language()),
        ),
    )


# ── results ───────────────────────────────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True)
class ClosingLine:
    """How closing one unit came out, with what stood in its way."""

    unit: str
    name: str
    outcome: str
    words: str
    problems: Sequence[Problem]


@dataclass(frozen=True, slots=True)
class ClosingsPage:
    """How closing unit by unit came out."""

    unit: Organisation
    year: int
    period: str
    job: JobView
    lines: Sequence[ClosingLine]
    closed: int
    hindered: int


_OUTCOMES = {
    "closed": Words("已结账", "closed"),
    "already": Words("早已结账", "closed before"),
    "hindered": Words("没有结成", "not closed"),
}


def closings(request: HttpRequest, unit: Organisation, year: int, number: UUID) -> HttpResponseBase:
    """The result of closing each unit by itself."""
    visit = request.visit  # type: ignore[attr-defined]
    try:
        job = get_job(visit.actor, str(number))
    except ProblemsError:
        return not_found(request)
    if job.kind != "books.close" or job.organisation is None or job.organisation.id != unit.id:
        return not_found(request)
    if job.state != "done":
        return redirect(reverse("job", kwargs={"number": job.number}))
    found = job.result["closings"]
    period = parse_period(job.result["period"])
    if period.year != year:
        return not_found(request)
    lines = [
        ClosingLine(
            c["unit"],
            c["name"],
            c["outcome"],
            str(_OUTCOMES[c["outcome"]]),
            [Problem(p["code"], p["params"]) for p in c["problems"]],
        )
        for c in sorted(found, key=lambda c: c["outcome"] != "hindered")
    ]
    shown = ClosingsPage(
        unit,
        year,
        format_period(period, language()),
        job,
        lines,
        sum(c.outcome != "hindered" for c in lines),
        sum(c.outcome == "hindered" for c in lines),
    )
    return page(request, "books/closings.html", shown)


@dataclass(frozen=True, slots=True)
class MissingAt:
    """What one unit owed then."""

    name: str
    lines: Sequence[checks.KeptMissing]


@dataclass(frozen=True, slots=True)
class CheckPage:
    """A kept check."""

    unit: Organisation
    year: int
    check: checks.KeptCheck
    missing: Sequence[MissingAt]


def check(request: HttpRequest, unit: Organisation, year: int, seq: int) -> HttpResponseBase:
    """One mid-year check as it was."""
    found = checks.find_check(unit, year, seq)
    if found is None:
        return not_found(request)
    by_unit: dict[str, list[checks.KeptMissing]] = {}
    for one in found.missing:
        by_unit.setdefault(one.unit, []).append(one)
    missing = [MissingAt(lines[0].name, lines) for lines in by_unit.values()]
    return page(request, "books/check.html", CheckPage(unit, year, found, missing))


@dataclass(frozen=True, slots=True)
class AdjustingPage:
    """Adjusting entries of a year, a page at a time."""

    unit: Organisation
    year: int
    entries: Sequence[statements.AdjustingEntry]
    total: int
    after: str  #: cursor of the next page
    is_first: bool


def adjusting(request: HttpRequest, unit: Organisation, year: int) -> HttpResponseBase:
    """Postings of the year that belong to closed months."""
    if not 1900 <= year <= 2100:
        return not_found(request)
    cursor = request.GET.get("after", "")
    seq, _, line = cursor.partition("-")
    before = (int(seq), int(line)) if _CURSOR.fullmatch(cursor) else None
    found = statements.adjusting_entries(unit, year, before, _PAGE + 1)
    more = len(found) > _PAGE
    shown = AdjustingPage(
        unit,
        year,
        found[:_PAGE],
        statements.count_adjusting(unit, year),
        f"{found[_PAGE - 1].seq}-{found[_PAGE - 1].line}" if more else "",
        before is None,
    )
    return page(request, "books/adjusting.html", shown)


@dataclass(frozen=True, slots=True)
class StatementStep:
    """A step of a book's life, in words."""

    step: statements.Step
    words: str
    reason: str


@dataclass(frozen=True, slots=True)
class StatementPage:
    """The statement of a book, to be printed."""

    unit: Organisation
    year: int
    book: Book
    steps: Sequence[StatementStep]
    check: checks.KeptCheck | None
    promises: Sequence[progress.Promise]
    adjusting: int
    printed: str
    point: int


def statement(request: HttpRequest, unit: Organisation, year: int) -> HttpResponseBase:
    """The printable statement."""
    found = Book.objects.filter(organisation=unit, year=year).first()
    if found is None:
        return not_found(request)
    steps = [_statement_step(s) for s in statements.history_of(unit, year)]
    kept = checks.checks_of(unit, year, 1)
    shown = StatementPage(
        unit,
        year,
        found,
        steps,
        kept[0] if kept else None,
        progress.promises_of(unit, year, year * 100 + 12),
        statements.count_adjusting(unit, year),
        audit.today(),
        audit.current(),
    )
    return page(request, "books/statement.html", shown)


_STEPS = {
    "book.opened": Words("建账", "Opened"),
    "book.checked": Words("查账", "Checked"),
    "book.closed": Words("结账：{period}", "Closed: {period}"),
    "book.reopened": Words("重开：从 {period} 起", "Reopened from {period} on"),
}


def _statement_step(step: statements.Step) -> StatementStep:
    code = step.params.get("period")
    period = format_period(parse_period(code), language()) if code else ""
    return StatementStep(
        step, str(_STEPS[step.code]).format(period=period), str(step.params.get("reason", ""))
    )
