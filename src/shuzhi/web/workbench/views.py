"""The workbench, made of what the apps say waits, is due, is behind and is new for the person at this unit."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from django.contrib import messages
from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse

from shuzhi.apps.books import duties, progress
from shuzhi.apps.books import workbench as queries
from shuzhi.apps.books.models import Book
from shuzhi.apps.entry.queries import DraftView, drafts
from shuzhi.apps.jobs.queries import JobView, jobs_of
from shuzhi.apps.ledgers.actions import get_ledger
from shuzhi.apps.organisations.models import Organisation
from shuzhi.apps.people import seen
from shuzhi.apps.people.permissions import ROLES, Actor, is_allowed, permitted_areas
from shuzhi.core.definitions import LedgerDef
from shuzhi.core.duties import ENOUGH, WINDOW
from shuzhi.core.periods import add_months, format_month, format_period, parse_month, parse_period
from shuzhi.core.problems import ProblemsError
from shuzhi.web.books.proofs import ProofLine, latest_lines
from shuzhi.web.context import page
from shuzhi.web.words import Words, language, say, sentence, titled

_JOB_FRESH = timedelta(hours=24)
_TARGETS_SHOWN = 6

_EVENTS = {
    "book.opened": Words("建账 {year} 年", "opened the book of {year}"),
    "book.checked": Words("查账 {year} 年", "checked the book of {year}"),
    "book.closed": Words("结账 {period}", "closed {period}"),
    "book.reopened": Words("重开 {period}", "reopened {period}"),
    "book.backfilled": Words("补过账", "posted new indicators for earlier rows"),
    "report.signed": Words("签发报告", "signed a report"),
    "report.unsigned": Words("撤销报告签发", "took a signature back"),
    "organisation.merged": Words("单位合并", "merged units"),
    "organisation.split": Words("单位拆分", "split a unit"),
    "organisation.renamed": Words("单位改名", "renamed the unit"),
}
_CHANGES = {
    "approve": Words("审核通过", "approved"),
    "return": Words("退回", "returned"),
    "revise": Words("更正", "revised"),
    "withdraw": Words("撤回", "withdrawn"),
    "transfer": Words("划转", "transferred"),
}
_GAPS = {
    "record.create": Words("没有人能记账", "nobody may record"),
    "record.approve": Words("没有人能审核", "nobody may approve"),
}


@dataclass(frozen=True, slots=True)
class DraftLine:
    """An unfinished draft with its ledger's definition."""

    draft: DraftView
    ledger: LedgerDef
    address: str


@dataclass(frozen=True, slots=True)
class ChangeLine:
    """What others did, in words."""

    change: queries.Change
    words: str


@dataclass(frozen=True, slots=True)
class NewsLine:
    """A decision about a unit, in words."""

    news: queries.News
    words: str


@dataclass(frozen=True, slots=True)
class GapLine:
    """A unit where nobody may do something, in words."""

    gap: queries.Gap
    words: str


@dataclass(frozen=True, slots=True)
class EndingLine:
    """A post whose term ends soon."""

    display: str
    unit_name: str
    role: str
    until: str


@dataclass(frozen=True, slots=True)
class BookStep:
    """One of the three points of the year."""

    title: str
    is_done: bool
    is_next: bool


@dataclass(frozen=True, slots=True)
class Workbench:
    """Everything the page shows; a part that is not for this person is empty."""

    unit: Organisation
    work: queries.WorkMonth
    before: int  #: month before
    after: int | None  #: month after, unless it is still to come
    may_record: bool
    may_approve: bool
    may_read: bool
    may_see_figures: bool
    may_administer: bool
    may_read_events: bool
    returned: Sequence[queries.ReturnedRecord]
    returned_total: int
    waiting: Sequence[queries.WaitingLedger]
    waiting_total: int
    own_waiting: int
    drafts: Sequence[DraftLine]
    late: Sequence[duties.Duty]
    due: Sequence[duties.Duty]
    due_until: str
    has_nil_ledger: bool
    window: int
    enough: int
    units: Sequence[queries.UnitState]
    steps: Sequence[BookStep]
    book: Book | None
    promises: Sequence[progress.Promise]
    promise_count: int
    met_count: int
    since: seen.Since
    changes: Sequence[ChangeLine]
    news: Sequence[NewsLine]
    is_cut: bool
    jobs: Sequence[JobView]
    gaps: Sequence[GapLine]
    gap_total: int
    ending: Sequence[EndingLine]
    proofs: Sequence[ProofLine]  #: the last of each kind, for who audits

    @property
    def nothing_waits(self) -> bool:
        """No list of things to be done has anything in it."""
        return not (
            self.returned or self.waiting_total or self.drafts or self.late or self.due or self.gaps
        )


def workbench(request: HttpRequest, unit: Organisation) -> HttpResponseBase:
    """What waits here for the person who looks."""
    visit = request.visit  # type: ignore[attr-defined]
    actor, account = visit.actor, visit.account
    may_read, may_record = visit.may("record.read"), visit.may("record.create")
    may_approve, may_see = visit.may("record.approve"), visit.may("figure.read")
    work = queries.work_month(unit, _asked(request))
    counts = queries.open_counts(actor, unit) if may_read else []
    returned, returned_total = queries.returned_to(actor, unit) if may_record else ([], 0)
    waiting = queries.waiting_for(actor, unit, counts) if may_approve else []
    areas = permitted_areas(actor, "record.read", unit.path)
    late, due = queries.own_duties(unit, work.month, areas) if may_read else ([], [])
    states = queries.unit_states(unit, work.month, counts, areas=areas) if may_read else []
    promises = (
        progress.promises_of(unit, work.year, work.month) if may_see and work.has_book else []
    )
    since = seen.look(account.pk)
    changes, cut = (
        queries.changes_since(actor, unit, since.seq) if may_read and since.at else ([], False)
    )
    news = queries.news_since(actor, unit, since.seq) if since.at else []
    gaps, gap_total = queries.gaps(unit) if visit.may("post.change") else ([], 0)
    book = Book.objects.filter(organisation=unit, year=work.year).first()
    shown = Workbench(
        unit,
        work,
        add_months(work.month, -1),
        None if work.is_now else add_months(work.month, 1),
        may_record,
        may_approve,
        may_read,
        may_see,
        visit.may("organisation.change") or visit.may("post.change"),
        visit.may("event.read"),
        returned,
        returned_total,
        [w for w in waiting if w.count],
        sum(w.count for w in waiting),
        sum(c.own for c in counts if c.state == "submitted"),
        _draft_lines(account) if may_record else [],
        late,
        due,
        duties.last_day(work.month),
        _may_report_nil(actor, unit),
        WINDOW,
        ENOUGH,
        states,
        _steps(book, work.year),
        book,
        progress.furthest_behind(promises, _TARGETS_SHOWN),
        len(promises),
        sum(p.is_met is True for p in promises),
        since,
        [ChangeLine(c, str(_CHANGES[c.action])) for c in changes],
        [NewsLine(n, _event_words(n)) for n in news],
        cut,
        [j for j in jobs_of(actor, 5) if _is_fresh(j)],
        [GapLine(g, str(_GAPS[g.permission])) for g in gaps],
        gap_total,
        [
            EndingLine(
                e.display, e.unit_name, ROLES[e.role][0 if language() == "zh" else 1], e.until
            )
            for e in (queries.ending_posts(unit) if visit.may("post.change") else [])
        ],
        latest_lines(unit) if visit.may("event.read") and may_see else [],
    )
    return page(request, "workbench/workbench.html", shown)


def _asked(request: HttpRequest) -> int | None:
    """The month the address asks for; what is no month is passed over."""
    text = request.GET.get("month", "")
    if not text:
        return None
    try:
        return parse_month(text)
    except ProblemsError:
        return None


def _may_report_nil(actor: Actor, unit: Organisation) -> bool:
    """Whether there is a ledger of nil reports, kept in the person's line of work."""
    nil = duties.nil_ledger()
    return nil is not None and is_allowed(actor, "record.create", unit.path, nil.area)


def _draft_lines(account: object) -> list[DraftLine]:
    found = []
    for one in drafts(account)[:10]:  # type: ignore[arg-type]
        try:
            ledger = get_ledger(one.ledger)
        except ProblemsError:
            continue  # the definition is gone; the draft goes with it after its time
        name = "grid" if one.kind == "grid" else "record-new"
        address = reverse(name, kwargs={"unit": one.unit, "ledger": one.ledger})
        if one.record is not None:
            address = reverse("record-edit", kwargs={"unit": one.unit, "record": one.record})
        found.append(DraftLine(one, ledger, f"{address}?draft={one.id}"))
    return found


def _steps(book: Book | None, year: int) -> list[BookStep]:
    done = [
        book is not None,
        book is not None and book.checked_seq is not None,
        book is not None and book.closed_through == year * 100 + 12,
    ]
    following = done.index(False) if False in done else -1
    titles = (
        Words("年初建账", "Open"),
        Words("年中查账", "Mid-year check"),
        Words("年底交账", "Close"),
    )
    return [
        BookStep(str(title), is_done, index == following)
        for index, (title, is_done) in enumerate(zip(titles, done, strict=True))
    ]


def _event_words(news: queries.News) -> str:
    words = _EVENTS.get(news.code)
    if words is None:
        return news.code
    code = news.params.get("period")
    period = format_period(parse_period(code), language()) if code else ""
    return str(words).format(year=news.params.get("year", ""), period=period)


def _is_fresh(job: JobView) -> bool:
    return (
        not job.is_over
        or not job.ended
        or datetime.now(UTC) - datetime.fromisoformat(job.ended) < _JOB_FRESH
    )


def report_nil(request: HttpRequest, unit: Organisation) -> HttpResponseBase:
    """Write the nil report of one ledger and month, and come back."""
    visit = request.visit  # type: ignore[attr-defined]
    ledger, month = request.POST.get("ledger", ""), request.POST.get("month", "")
    address = reverse("workbench", kwargs={"unit": unit.code})
    back = request.POST.get("back", "")
    try:
        duties.report_nil(visit.actor, unit.code, ledger, month)
    except ProblemsError as error:
        for problem in error.problems:
            messages.error(request, sentence(problem))
    else:
        messages.success(
            request,
            say(
                "已写“{ledger}”{month} 的零报告，等待审核。",
                "The nil report of “{ledger}” for {month} was written and waits for approval.",
                ledger=titled(get_ledger(ledger)),
                month=format_month(parse_month(month)),
            ),
        )
    return redirect(f"{address}?month={back}" if back else address)
