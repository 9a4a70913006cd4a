"""Reading reports: lists with who waits for whom, one report with its versions and confirmations, what may be made next."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from django.db.models import Q

from shuzhi.apps.audit import actions as audit
from shuzhi.apps.books.actions import findings_of
from shuzhi.apps.books.models import Book
from shuzhi.apps.books.queries import Books
from shuzhi.apps.office import definitions
from shuzhi.apps.organisations.models import Organisation
from shuzhi.apps.people.models import Account, Post
from shuzhi.apps.people.permissions import ROLES, Actor, is_allowed, require
from shuzhi.apps.reports.actions import composed_from_books
from shuzhi.apps.reports.models import Report, ReportConfirmation, ReportFile, ReportVersion
from shuzhi.apps.reports.versions import NOT_CONTENT, find_version, text_of_version
from shuzhi.core.checking import lexicon_of, study_draft
from shuzhi.core.checking.lexicon import Lexicon
from shuzhi.core.definitions import Catalogue, ReportDef
from shuzhi.core.periods import year as year_period
from shuzhi.core.relations import RelationFinding
from shuzhi.core.report_versions import ReportText, TextSection, draft_of, sections_of
from shuzhi.core.reports import (
    AnnexEntry,
    ComposedReport,
    MissingFigure,
    annex_of,
    identity_text,
    ledgers_behind,
)

PAGE = 40
#: rows of a ledger that a figure's source lists
SOURCE_ROWS = 100


def find_report(actor: Actor, number: str, organisation: Organisation) -> Report | None:
    """The report of this unit, when the actor may read it; None for everything else, so that nothing is told of what lies outside."""
    if not is_allowed(actor, "figure.read", organisation.path):
        return None
    found: Report | None = (
        Report.objects.select_related("organisation", "organisation__parent")
        .filter(number=number, organisation=organisation, version__gt=0)
        .first()
    )
    return found


def displays(names: Iterable[str]) -> dict[str, str]:
    """Accounts by name as people call them."""
    wanted = {name for name in names if name}
    return dict(Account.objects.filter(name__in=wanted).values_list("name", "display"))


# ── the list ──────────────────────────────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True)
class ReportLine:
    """One report of a list, with whom it waits for."""

    report: Report
    genre: ReportDef | None
    author: str
    signers: str  #: who can sign it next
    signed_by: str


@dataclass(frozen=True, slots=True)
class ReportList:
    """A page of reports, newest first."""

    lines: Sequence[ReportLine]
    next: int  #: id to go on below; 0 = no more
    years: Sequence[int]


def list_reports(
    actor: Actor,
    organisation: Organisation,
    *,
    year: int | None = None,
    template: str = "",
    state: str = "",
    below: bool = False,
    before: int = 0,
) -> ReportList:
    """Reports of a unit, with `below` those of all units under it, too."""
    require(actor, "figure.read", organisation.path, organisation.name)
    scope = (
        Q(organisation__path__startswith=organisation.path)
        if below
        else Q(organisation=organisation)
    )
    found = Report.objects.filter(scope, version__gt=0)
    years = sorted(set(found.values_list("year", flat=True).distinct()), reverse=True)
    if year is not None:
        found = found.filter(year=year)
    if template:
        found = found.filter(template=template)
    if state:
        found = found.filter(state=state)
    if before:
        found = found.filter(id__lt=before)
    reports = list(
        found.select_related("organisation").defer("figures", "missing").order_by("-id")[: PAGE + 1]
    )
    more = len(reports) > PAGE
    reports = reports[:PAGE]
    signers = _signers(one.organisation for one in reports)
    names = displays([n for one in reports for n in (one.author, one.signed_by)])
    templates = definitions().catalogue.reports
    lines = [
        ReportLine(
            one,
            templates.get(one.template),
            names.get(one.author, one.author),
            _nearest(signers, one.organisation, one.author),
            names.get(one.signed_by, one.signed_by),
        )
        for one in reports
    ]
    return ReportList(lines, reports[-1].id if more else 0, years)


def _signers(units: Iterable[Organisation]) -> dict[int, list[tuple[str, str]]]:
    ids = {int(part) for unit in units for part in unit.path.strip("/").split("/")}
    day = audit.today()
    roles = [role for role, (_, _, rights) in ROLES.items() if "report.sign" in rights]
    found: dict[int, list[tuple[str, str]]] = {}
    for unit, name, display in Post.objects.filter(
        Q(to_date="") | Q(to_date__gte=day),
        from_date__lte=day,
        role__in=roles,
        organisation_id__in=ids,
        account__is_active=True,
    ).values_list("organisation_id", "account__name", "account__display"):
        found.setdefault(unit, []).append((name, display))
    return found


def _nearest(signers: dict[int, list[tuple[str, str]]], unit: Organisation, author: str) -> str:
    """Who signs for a unit: its own leaders, else those of the nearest unit above; the author only when there is nobody else."""
    for part in reversed(unit.path.strip("/").split("/")):
        here = signers.get(int(part), [])
        others = [display for name, display in here if name != author]
        if here:
            return "、".join(dict.fromkeys(others or [display for _, display in here]))
    return ""


def template_of(report: Report) -> ReportDef | None:
    """The template a report was made with; None when the office no longer has it."""
    return definitions().catalogue.reports.get(report.template)


def genres_for(organisation: Organisation) -> list[ReportDef]:
    """The report templates of the unit's level."""
    return [
        one for one in definitions().catalogue.reports.values() if one.level == organisation.level
    ]


def years_of(organisation: Organisation) -> list[int]:
    """Years of which the unit has a book, newest first."""
    return list(
        Book.objects.filter(organisation=organisation)
        .order_by("-year")
        .values_list("year", flat=True)
    )


# ── before making one ─────────────────────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True)
class WhereToRecord:
    """A ledger in which something missing can be recorded."""

    key: str
    title: str
    is_kept_here: bool  #: by a unit of this level itself


@dataclass(frozen=True, slots=True)
class Missing:
    """Something a report cannot say, and the ledgers that would mend it."""

    item: MissingFigure
    ledgers: tuple[WhereToRecord, ...]


@dataclass(frozen=True, slots=True)
class Outlook:
    """What a report would be if it were made now."""

    composed: ComposedReport
    missing: tuple[Missing, ...]
    findings: Sequence[RelationFinding]


def outlook(actor: Actor, template: str, organisation: Organisation, year: int) -> Outlook:
    """Compose without keeping anything: how many figures are there, what is missing, which relations do not hold.

    Raises:
        ProblemsError: as `make_report`.
    """
    require(actor, "report.make", organisation.path, organisation.name)
    books = Books()
    composed = composed_from_books(template, organisation, year, books)
    return Outlook(
        composed,
        with_ledgers(composed.missing, organisation),
        findings_of(organisation.code, year_period(year), books),
    )


def with_ledgers(
    missing: Sequence[MissingFigure], organisation: Organisation
) -> tuple[Missing, ...]:
    """Missing things with the ledgers that would mend them."""
    catalogue = definitions().catalogue
    by_title = {one.title.zh: one for one in catalogue.ledgers.values()}

    def ledgers(one: MissingFigure) -> tuple[WhereToRecord, ...]:
        named = [by_title[title] for title in one.ledger.split("、") if title in by_title]
        if not named and one.indicator in catalogue.indicators:
            behind = ledgers_behind(one.indicator, catalogue)
            named = [catalogue.ledgers[key] for key in behind if key in catalogue.ledgers]
        return tuple(
            WhereToRecord(it.key, it.title.zh, organisation.level in it.kept_by) for it in named
        )

    return tuple(Missing(one, ledgers(one)) for one in missing)


# ── one report ────────────────────────────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True)
class SectionState:
    """A section with the confirmations that stand for its present words, and those that ended."""

    section: TextSection
    standing: tuple[ReportConfirmation, ...]
    ended: tuple[ReportConfirmation, ...]


def sections_with_confirmations(report: Report, text: ReportText) -> list[SectionState]:
    """The sections of the latest version, each with who has confirmed it."""
    found = list(ReportConfirmation.objects.filter(report=report).order_by("id"))
    return [
        SectionState(
            one,
            tuple(c for c in found if c.section == one.id and c.ended is None),
            tuple(c for c in found if c.section == one.id and c.ended is not None),
        )
        for one in sections_of(text, definitions().catalogue)
    ]


def source_of(actor: Actor, report: Report, text: ReportText, key: int) -> AnnexEntry:
    """The line of the annex for one figure of a text, at the text's point of the books; its rows only for who may read their ledgers."""
    defs = definitions()
    run = text.figures[key]
    place, ledgers = report.organisation, defs.catalogue.ledgers
    behind = ledgers_behind(run.identity.figure.indicator, defs.catalogue)
    areas = {ledgers[one].area for one in behind if one in ledgers} or {""}
    may_read = all(is_allowed(actor, "record.read", place.path, area) for area in areas)
    names = dict(
        Organisation.objects.filter(path__startswith=report.organisation.path).values_list(
            "code", "name"
        )
    )
    (entry,) = annex_of(
        [identity_text(run.identity)],
        Books(text.as_of),
        defs.catalogue,
        defs.units,
        organisations=names,
        rows=SOURCE_ROWS if may_read else 0,
        examples=2 if may_read else 0,
    )
    return replace(entry, number=key, text=run.text)


def versions_of(report: Report) -> list[ReportVersion]:
    """All versions, newest first, without their content."""
    return list(ReportVersion.objects.filter(report=report).defer("content").order_by("-number"))


def kept_versions(report: Report) -> frozenset[int]:
    """Numbers of the versions whose files are kept."""
    return frozenset(ReportFile.objects.filter(report=report).values_list("version", flat=True))


def _source(version: ReportVersion) -> int:
    """The version a restored one took its text from, through any number of restorings; else its own number."""
    number = version.number
    seen = version
    while seen.action == "restore" and seen.reason.isdigit():
        number = int(seen.reason)
        found = find_version(version.report, number)
        if found is None:
            break
        seen = found
    return number


def undo_and_redo(report: Report, versions: Sequence[ReportVersion]) -> tuple[int, int]:
    """The versions that undoing and redoing would restore; 0 = there is none. `versions` newest first."""
    by_number = {one.number: one for one in versions}
    latest = by_number[report.version]
    while latest.action in NOT_CONTENT and latest.number > 1:
        latest = by_number[latest.number - 1]
    undo = _source(latest) - 1
    while undo > 0 and by_number[undo].action in NOT_CONTENT:
        undo -= 1
    redo = 0
    if latest.action == "restore":
        redo = int(latest.reason) + 1
        while redo in by_number and by_number[redo].action in NOT_CONTENT:
            redo += 1
        if redo >= latest.number or by_number[redo].action == "restore":
            redo = 0
    return max(undo, 0), redo


# ── numbers typed by hand ─────────────────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True)
class TypedNumber:
    """A number somebody typed into the text: no figure of the books stands behind it."""

    block: str
    start: int  #: among the block's characters, its number included
    end: int
    text: str


#: the words of the office's catalogue, made once
_words: list[tuple[Catalogue, Lexicon]] = []


def _lexicon() -> Lexicon:
    catalogue = definitions().catalogue
    if not _words or _words[0][0] is not catalogue:
        _words[:] = [(catalogue, lexicon_of(catalogue))]
    return _words[0][1]


def _numbers(text: ReportText) -> list[TypedNumber]:
    draft = draft_of(text)
    taken = [(one.start, one.end) for one in draft.draft.controls]
    found: list[TypedNumber] = []
    for one in study_draft(draft.draft, _lexicon()).figures:
        if any(one.start < end and one.end > start for start, end in taken):
            continue
        block, offset = draft.place(one.start)
        if block:
            found.append(TypedNumber(block, offset, offset + one.end - one.start, one.text))
    return found


def numbers_without_source(report: Report, version: ReportVersion) -> tuple[TypedNumber, ...]:
    """Numbers people typed into a version; those of the template's own wording are not meant."""
    first = find_version(report, 1)
    if first is None or version.number == 1:
        return ()
    found = _typed.get(version.hash)
    if found is None:
        if len(_typed) >= _TYPED_KEPT:
            _typed.clear()
        found = _typed[version.hash] = _find_typed(text_of_version(version), text_of_version(first))
    return found


#: seal of a version → what was found in it; versions never change
_typed: dict[str, tuple[TypedNumber, ...]] = {}
_TYPED_KEPT = 200


def _find_typed(text: ReportText, first: ReportText) -> tuple[TypedNumber, ...]:
    before = {block.id: first.shown(block) for block in first.blocks}
    return tuple(one for one in _numbers(text) if one.text not in before.get(one.block, ""))
