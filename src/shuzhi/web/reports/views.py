"""Reading reports: the list, what one would be before it is made, the sheet with its notes, and the files."""

from __future__ import annotations

import io
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import FileResponse, HttpRequest, HttpResponseBase, QueryDict
from django.shortcuts import redirect
from django.urls import reverse

from shuzhi.apps.checking.reports import ReportFinding, examine_report
from shuzhi.apps.jobs import actions as jobs
from shuzhi.apps.office import definitions
from shuzhi.apps.organisations.models import Organisation
from shuzhi.apps.people.permissions import AREA_WORDS, Actor, is_allowed
from shuzhi.apps.reports import actions, queries, signing
from shuzhi.apps.reports.models import Report, ReportConfirmation, ReportVersion
from shuzhi.apps.reports.versions import (
    REPORT_STATES,
    VERSION_ACTIONS,
    get_version,
    local_minute,
    text_of_version,
)
from shuzhi.core.definitions import ReportDef
from shuzhi.core.periods import format_period, parse_period
from shuzhi.core.problems import Problem, ProblemsError
from shuzhi.core.reports import AnnexEntry
from shuzhi.messages.checking import finding_sentence, severity_word
from shuzhi.web.context import page
from shuzhi.web.problems import not_found
from shuzhi.web.reports.showing import FigureNote, SheetView, sheet_of
from shuzhi.web.words import Words, language, listed, say, titled

#: state → the kind of chip it is shown as
CHIPS = {"draft": "waiting", "confirmed": "info", "signed": "ok", "superseded": "withdrawn"}


def actor_of(request: HttpRequest) -> Actor:
    """Who asks; the page's right has made sure that somebody does."""
    actor: Actor = request.visit.actor  # type: ignore[attr-defined]
    return actor


def may(request: HttpRequest, permission: str) -> bool:
    """Whether the visitor has the permission at the page's unit."""
    found: bool = request.visit.may(permission)  # type: ignore[attr-defined]
    return found


def report_of(request: HttpRequest, unit: Organisation, number: UUID) -> Report | None:
    """The unit's report, or None for what is not to be known of."""
    return queries.find_report(actor_of(request), str(number), unit)


def address_of(report: Report, name: str = "report", **parts: Any) -> str:
    """Address of one of a report's pages."""
    return reverse(
        name, kwargs={"unit": report.organisation.code, "number": report.number, **parts}
    )


def number_in(given: QueryDict, name: str, otherwise: int = 0) -> int:
    """A whole number in a query or form; `otherwise` for anything else."""
    text = given.get(name) or ""
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else otherwise


def paired(pair: tuple[str, str]) -> Words:
    """A (Chinese, English) pair of a table as words."""
    return Words(*pair)


def state_words(state: str) -> Words:
    """What a report is, in words."""
    return paired(REPORT_STATES[state])


# ── the list ──────────────────────────────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True)
class ListedReport:
    """One row of the list."""

    title: str
    address: str
    unit: str
    year: int
    genre: str
    state: str
    chip: str
    version: int
    changed: str
    author: str
    waiting: str  #: who it waits for, and for what


@dataclass(frozen=True, slots=True)
class Choice:
    """One option of a filter."""

    value: str
    title: str
    is_chosen: bool


@dataclass(frozen=True, slots=True)
class ReportsPage:
    """Context of the list."""

    reports: Sequence[ListedReport]
    years: Sequence[Choice]
    genres: Sequence[Choice]
    states: Sequence[Choice]
    below: bool
    has_below: bool
    is_filtered: bool
    may_make: bool
    has_genres: bool
    next: int


def _waiting(line: queries.ReportLine) -> str:
    report = line.report
    if report.state == "signed":
        return say(
            "{name}于 {at} 签发",
            "signed by {name}, {at}",
            name=line.signed_by,
            at=local_minute(report.signed_at),
        )
    if report.state == "superseded":
        return say("已有新的签发稿", "a later one was signed")
    parts = []
    if report.open_missing:
        parts.append(say("待补 {n} 项", "{n} things to record", n=report.open_missing))
    if report.state == "draft" and report.sections:
        parts.append(
            say(
                "各线已确认 {n}/{all} 部分",
                "{n} of {all} sections confirmed",
                n=report.confirmed,
                all=report.sections,
            )
        )
    if line.signers:
        parts.append(say("待{names}签发", "{names} to sign", names=line.signers))
    return say("；", "; ").join(parts)


def overview(request: HttpRequest, unit: Organisation) -> HttpResponseBase:
    """The reports of a unit (and below), by year, genre and state."""
    asked = request.GET
    year = number_in(asked, "year") or None
    state = asked.get("state", "") if asked.get("state", "") in REPORT_STATES else ""
    genre = asked.get("genre", "")
    has_below = unit.level != "village"
    below = has_below and asked.get("below") == "1"
    before = number_in(asked, "after")
    found = queries.list_reports(
        actor_of(request), unit, year=year, template=genre, state=state, below=below, before=before
    )
    genres = {one.key: one for one in queries.genres_for(unit)} | {
        line.genre.key: line.genre for line in found.lines if line.genre is not None
    }
    reports = [
        ListedReport(
            line.report.title,
            address_of(line.report),
            line.report.organisation.name,
            line.report.year,
            titled(line.genre) if line.genre is not None else line.report.template,
            str(state_words(line.report.state)),
            CHIPS[line.report.state],
            line.report.version,
            local_minute(line.report.changed_at),
            line.author,
            _waiting(line),
        )
        for line in found.lines
    ]
    return page(
        request,
        "reports/list.html",
        ReportsPage(
            reports,
            [Choice(str(one), str(one), one == year) for one in found.years],
            [Choice(key, titled(one), key == genre) for key, one in genres.items()],
            [Choice(key, str(paired(words)), key == state) for key, words in REPORT_STATES.items()],
            below,
            has_below,
            bool(year or genre or state or below),
            may(request, "report.make"),
            bool(queries.genres_for(unit)),
            found.next,
        ),
    )  # fmt: skip


# ── making one ────────────────────────────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True)
class MissingLine:
    """Something a report cannot say, with links to where it is recorded."""

    title: str
    period: str
    sentences: Sequence[str]  #: left out because of it
    ways: Sequence[tuple[str, str]]  #: ledger's title, address


@dataclass(frozen=True, slots=True)
class NewReport:
    """Context of the page before a report is made."""

    genres: Sequence[Choice]
    years: Sequence[Choice]
    genre: str
    year: int
    figures: int = 0
    is_asked: bool = False
    missing: Sequence[MissingLine] = ()
    findings: Sequence[str] = ()
    existing: Sequence[tuple[str, str, str]] = ()  #: title, address, state
    problems: Sequence[Problem] = ()
    title: str = ""


def _period_words(text: str) -> str:
    """A period as the page's language calls it; what is no single period stays as it was written."""
    if language() == "zh":
        return text
    try:
        return format_period(parse_period(text), "en")
    except ProblemsError:
        return text


def missing_lines(
    actor: Actor, unit: Organisation, missing: Sequence[queries.Missing]
) -> list[MissingLine]:
    """Missing things as the page lists them, each once however many sentences lack it; to the form only who may record."""
    catalogue = definitions().catalogue
    lines: dict[tuple[str, str, str], MissingLine] = {}
    for one in missing:
        item = one.item
        key = (item.indicator, item.title, item.period)
        sentences = (item.sentence,) if item.sentence else ()
        if key in lines:
            before = lines[key]
            lines[key] = replace(before, sentences=(*before.sentences, *sentences))
            continue
        ways = []
        for ledger in one.ledgers:
            definition = catalogue.ledgers[ledger.key]
            may_record = is_allowed(actor, "record.create", unit.path, area=definition.area)
            rest = "new/" if ledger.is_kept_here and may_record else ""
            title = titled(definition)
            ways.append((title, f"/at/{unit.code}/ledgers/{ledger.key}/{rest}"))
        known = catalogue.indicators.get(item.indicator)
        title = titled(known) if known is not None and language() == "en" else item.title
        lines[key] = MissingLine(title, _period_words(item.period), sentences, ways)
    return list(lines.values())


def new(request: HttpRequest, unit: Organisation) -> HttpResponseBase:
    """Choose genre and year, see what would be missing, make it."""
    genres, years = queries.genres_for(unit), queries.years_of(unit)
    asked = request.POST if request.method == "POST" else request.GET
    key = asked.get("genre", genres[0].key if len(genres) == 1 else "")
    year = number_in(asked, "year", years[0] if years else 0)
    problems: Sequence[Problem] = ()
    if request.method == "POST":
        try:
            made = actions.make_report(actor_of(request), key, unit.code, year, with_traces=False)
        except ProblemsError as error:
            problems = error.problems
        else:
            messages.success(
                request,
                say("已生成《{title}》，{n} 个数都能点开查到行。", "“{title}” is made; each of its {n} figures leads to its rows.", title=made.composed.title, n=len(made.composed.figures)),
            )  # fmt: skip
            return redirect("report", unit=unit.code, number=made.number)
    context = _new_page(request, unit, genres, years, key, year, problems)
    return page(request, "reports/new.html", context, status=422 if problems else 200)


def _new_page(
    request: HttpRequest,
    unit: Organisation,
    genres: Sequence[ReportDef],
    years: Sequence[int],
    key: str,
    year: int,
    problems: Sequence[Problem],
) -> NewReport:
    is_asked = bool(key and year) and not problems
    found: queries.Outlook | None = None
    if is_asked:
        try:
            found = queries.outlook(actor_of(request), key, unit, year)
        except ProblemsError as error:
            problems = error.problems
    existing = (
        queries.list_reports(actor_of(request), unit, year=year, template=key).lines[:5]
        if is_asked
        else []
    )
    return NewReport(
        [Choice(one.key, titled(one), one.key == key) for one in genres],
        [Choice(str(one), str(one), one == year) for one in years],
        key,
        year,
        len(found.composed.figures) if found else 0,
        found is not None,
        missing_lines(actor_of(request), unit, found.missing) if found else (),
        [one.message for one in found.findings] if found else (),
        [
            (one.report.title, address_of(one.report), str(state_words(one.report.state)))
            for one in existing
        ],
        problems,
        found.composed.title if found else "",
    )


# ── one report ────────────────────────────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True)
class SectionLine:
    """A section with its confirmations."""

    id: str
    title: str
    lines: str  #: lines of work its figures come from
    confirmed: Sequence[tuple[str, str, str]]  #: who, when, note
    ended: Sequence[tuple[str, str]]  #: who, when: the section changed afterwards
    may_confirm: bool


@dataclass(frozen=True, slots=True)
class VersionLine:
    """A version in a list."""

    number: int
    action: str
    who: str
    at: str
    reason: str
    is_latest: bool
    has_files: bool


@dataclass(frozen=True, slots=True)
class ReportPage:
    """Context of the sheet."""

    report: Report
    unit: Organisation
    state: str
    chip: str
    genre: str
    version: int
    is_latest: bool
    sheet: SheetView
    as_of: int
    made_by: str
    missing: Sequence[MissingLine]
    sections: Sequence[SectionLine]
    versions: Sequence[VersionLine]
    typed: Sequence[tuple[str, str]]  #: block id, number
    unused: Sequence[FigureNote]
    may_edit: bool
    may_sign: bool
    may_withdraw: bool
    undo: int
    redo: int
    signed_by: str
    signed_at: str
    signers: str
    words: dict[str, str] = field(default_factory=dict)


def area_words(areas: Sequence[str]) -> str:
    """Lines of work as a person calls them."""
    return listed(str(paired(AREA_WORDS[one])) if one in AREA_WORDS else one for one in areas)


def version_lines(
    versions: Sequence[ReportVersion], names: dict[str, str], kept: frozenset[int]
) -> list[VersionLine]:
    """Versions as lists show them."""
    return [
        VersionLine(
            one.number,
            str(paired(VERSION_ACTIONS[one.action])),
            names.get(one.actor, one.actor),
            local_minute(one.at),
            say("恢复到第 {n} 版", "version {n} restored", n=one.reason)
            if one.action == "restore"
            else one.reason,
            index == 0,
            one.number in kept,
        )
        for index, one in enumerate(versions)
    ]


def _section_line(
    actor: Actor,
    report: Report,
    one: queries.SectionState,
    names: dict[str, str],
    is_open: bool,
) -> SectionLine:
    def told(c: ReportConfirmation) -> tuple[str, str, str]:
        return names.get(c.actor, c.actor), local_minute(c.at), c.note

    is_mine = any(c.actor == actor.name for c in one.standing)
    return SectionLine(
        one.section.id,
        one.section.mark + one.section.title,
        area_words(one.section.areas),
        [told(c) for c in one.standing],
        [told(c)[:2] for c in one.ended][-1:] if not one.standing else [],
        is_open and not is_mine and signing.may_confirm(actor, report, one.section),
    )


def show(request: HttpRequest, unit: Organisation, number: UUID) -> HttpResponseBase:
    """The sheet of a version with everything that belongs to it."""
    report = report_of(request, unit, number)
    if report is None:
        return not_found(request)
    actor = actor_of(request)
    version = get_version(report, number_in(request.GET, "version") or None)
    text = text_of_version(version)
    is_latest = version.number == report.version
    is_open = report.state not in actions.FROZEN
    versions = queries.versions_of(report)
    states = queries.sections_with_confirmations(report, text)
    names = queries.displays(
        [one.actor for one in versions]
        + [c.actor for one in states for c in (*one.standing, *one.ended)]
        + [report.signed_by]
    )
    typed = queries.numbers_without_source(report, version)
    sheet = sheet_of(text, typed, f"{address_of(report)}sources/")
    used = text.used
    may_edit = is_latest and is_open and may(request, "report.make")
    undo, redo = queries.undo_and_redo(report, versions) if may_edit else (0, 0)
    genre = queries.template_of(report)
    context = ReportPage(
        report=report,
        unit=unit,
        state=str(state_words(report.state)),
        chip=CHIPS[report.state],
        genre=titled(genre) if genre is not None else report.template,
        version=version.number,
        is_latest=is_latest,
        sheet=sheet,
        as_of=text.as_of,
        made_by=names.get(version.actor, version.actor),
        missing=missing_lines(actor, unit, queries.with_ledgers(text.missing, unit)),
        sections=[
            _section_line(actor, report, one, names, is_open and is_latest) for one in states
        ],
        versions=version_lines(versions[:6], names, queries.kept_versions(report)),
        typed=[(one.block, one.text) for one in typed],
        unused=[note for key, note in sheet.notes.items() if key not in used],
        may_edit=may_edit,
        may_sign=is_latest and is_open and may(request, "report.sign"),
        may_withdraw=not is_open and may(request, "report.sign"),
        undo=undo,
        redo=redo,
        signed_by=names.get(report.signed_by, report.signed_by),
        signed_at=local_minute(report.signed_at),
        signers=listed(dict.fromkeys(post.account.display for post in signing.signers_of(unit))),
        words=note_words(),
    )
    return page(request, "reports/report.html", context)


def note_words() -> dict[str, str]:
    """The words of the figures' notes, for the module."""
    return {
        "value": say("准确数", "Exact"),
        "period": say("期间", "Period"),
        "kind": say("性质", "Kind"),
        "rows": say("依据", "Source"),
        "rowsText": say("{n} 行台账", "{n} rows"),
        "blanks": say("{n} 行未填", "{n} rows blank"),
        "trace": say("点击查看是哪些行", "Click to see the rows"),
        "remove": say("移出这个数", "Take this figure out"),
        "insert": say("插入", "Insert"),
        "unsaved": say("有修改没有保存。", "There are changes that are not saved."),
        "editing": say("正在修改", "Editing"),
    }


# ── findings ──────────────────────────────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True)
class FindingLine:
    """One finding beside the text."""

    block: str
    severity: str
    chip: str
    words: str
    sentence: str
    code: str


@dataclass(frozen=True, slots=True)
class FindingsPage:
    """Context of the findings."""

    report: Report
    findings: Sequence[FindingLine]
    errors: int
    is_whole: bool  #: a page of its own, not a part of the sheet's


_FINDING_CHIPS = {
    "wrong": "error",
    "error": "error",
    "unexplained": "waiting",
    "warning": "waiting",
}


def finding_lines(found: Sequence[ReportFinding]) -> list[FindingLine]:
    """Findings as they stand beside the text."""
    return [
        FindingLine(
            one.block,
            severity_word(one.finding.severity, language()),
            _FINDING_CHIPS.get(one.finding.severity, "info"),
            one.words[:40],
            finding_sentence(one.finding, language()),
            one.finding.code,
        )
        for one in found
    ]


def findings(request: HttpRequest, unit: Organisation, number: UUID) -> HttpResponseBase:
    """What checking says of the latest version; a fragment beside the sheet, or a page without scripts."""
    report = report_of(request, unit, number)
    if report is None:
        return not_found(request)
    version = get_version(report, number_in(request.GET, "version") or None)
    found = examine_report(actor_of(request), report, version)
    is_whole = not request.htmx  # type: ignore[attr-defined]
    context = FindingsPage(
        report, finding_lines(found), sum(one.is_error for one in found), is_whole
    )
    template = "reports/findings_page.html" if is_whole else "reports/findings.html"
    return page(request, template, context)


# ── one figure's source ───────────────────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True)
class SourcePage:
    """Context of a figure's source: the line of the annex it has in the printed report."""

    report: Report
    entry: AnnexEntry
    version: int


def source(request: HttpRequest, unit: Organisation, number: UUID, key: int) -> HttpResponseBase:
    """Where a figure of the report comes from, at the report's own point of the books."""
    report = report_of(request, unit, number)
    if report is None:
        return not_found(request)
    version = get_version(report, number_in(request.GET, "version") or None)
    text = text_of_version(version)
    if key not in text.figures:
        return not_found(request)
    entry = queries.source_of(actor_of(request), report, text, key)
    return page(request, "reports/source.html", SourcePage(report, entry, version.number))


# ── files ─────────────────────────────────────────────────────────────────────────────────────────────────────────────


def download(
    request: HttpRequest, unit: Organisation, number: UUID, version: int, kind: str
) -> HttpResponseBase:
    """A version as Word, PDF or page; of a signed one the very bytes that were kept."""
    report = report_of(request, unit, number)
    if report is None or kind not in signing.FORMATS:
        return not_found(request)
    text = text_of_version(get_version(report, version))
    is_kept = version in queries.kept_versions(report)
    if not is_kept and signing.has_many_rows(text) and not signing.is_prepared(text, kind):
        params = {"report": report.number, "version": version, "kind": kind}
        job = jobs.start(actor_of(request), "report.file", unit.code, params)
        return redirect("job", number=job.number)
    found = signing.get_file(actor_of(request), report.number, version, kind)
    return FileResponse(
        io.BytesIO(found.content),
        as_attachment=True,
        filename=found.name,
        content_type=found.media_type,
    )
