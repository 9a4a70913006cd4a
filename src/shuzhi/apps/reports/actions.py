"""Making reports from the books, working on their text, and bringing edited Word files back.

A report pins the point of the books it was made at; its figures can be recomputed from there years later. What was printed is kept,
so that a figure changed by hand in Word is found even when the file lost its own memory of it. Every change of the text is a sealed
version; two people may work on different paragraphs, and whoever changes the same one later is shown both texts.
"""

from __future__ import annotations

import difflib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from pathlib import Path
from uuid import uuid4

import orjson
from django.db import transaction

from shuzhi.apps.audit import actions as audit
from shuzhi.apps.books.models import Book
from shuzhi.apps.books.queries import Books
from shuzhi.apps.ledgers.actions import LEVEL_NAMES
from shuzhi.apps.office import definitions
from shuzhi.apps.organisations import queries as organisations
from shuzhi.apps.organisations.models import Organisation
from shuzhi.apps.people.permissions import Actor, require
from shuzhi.apps.reports.models import Report, ReportVersion
from shuzhi.apps.reports.versions import (
    append_version,
    find_version,
    get_version,
    stale,
    text_of_version,
)
from shuzhi.core.checking.model import Draft
from shuzhi.core.definitions import ReportDef
from shuzhi.core.figures import Trace
from shuzhi.core.problems import Problem, ProblemsError
from shuzhi.core.report_versions import (
    Brought,
    FigureRenewal,
    NewSentences,
    Piece,
    ReportText,
    TextBlock,
    brought_back,
    deleted,
    frame_of,
    inserted,
    likeness,
    moved,
    parse_tokens,
    reframed,
    refreshed,
    reworded,
    text_of,
    with_new_figures,
)
from shuzhi.core.reports import (
    EMPTY_SECTION,
    ComposedReport,
    OrganisationName,
    annex_of,
    compose,
    parse_tag,
    show_figure,
    tag,
    trace_figures,
)
from shuzhi.exchange.docx_refresh import RefreshedFigure, RefreshReport, refresh_docx
from shuzhi.exchange.docx_reports import render_docx
from shuzhi.exchange.html_reports import write_html
from shuzhi.exchange.pdf_reports import render_pdf


@dataclass(frozen=True, slots=True)
class MadeReport:
    """A composed report with the traces of its figures and the number it is kept under."""

    number: str
    composed: ComposedReport
    traces: Mapping[str, Trace]
    names: Mapping[str, str]  #: organisation names by code, for annexes


def get_template(key: str) -> ReportDef:
    """The template with this key or Chinese title. Raises ProblemsError REPORT_040 with the nearest keys."""
    templates = definitions().catalogue.reports
    found = templates.get(key) or next((t for t in templates.values() if t.title.zh == key), None)
    if found is None:
        near = difflib.get_close_matches(key, list(templates), 3, 0.3) or list(templates)
        raise ProblemsError(
            [Problem("REPORT_040", {"report": key, "near": "、".join(near) or "—"})]
        )
    return found


def _named(organisation: Organisation) -> OrganisationName:
    superior = organisation.parent.name if organisation.parent is not None else ""
    return OrganisationName(
        organisation.code, organisation.name, organisation.full_name, superior, organisation.level
    )


def composed_from_books(
    template_key: str, organisation: Organisation, year: int, books: Books, *, date: str = ""
) -> ComposedReport:
    """What the template and the books give now; nothing is kept.

    Raises:
        ProblemsError: REPORT_040 unknown template, REPORT_041 the template is for another level, REPORT_042 no book for the year.
    """
    template = get_template(template_key)
    if organisation.level != template.level:
        raise ProblemsError(
            [
                Problem(
                    "REPORT_041",
                    {
                        "report": template.title.zh,
                        "level": LEVEL_NAMES[template.level],
                        "name": organisation.name,
                        "found": LEVEL_NAMES[organisation.level],
                    },
                )
            ]
        )
    if not Book.objects.filter(organisation=organisation, year=year).exists():
        raise ProblemsError([Problem("REPORT_042", {"name": organisation.name, "year": year})])
    defs = definitions()
    return compose(
        template,
        defs.catalogue,
        defs.units,
        books,
        organisation=_named(organisation),
        year=year,
        date=date or audit.today(),
    )


@transaction.atomic
def make_report(
    actor: Actor,
    template_key: str,
    organisation_code: str,
    year: int,
    *,
    date: str = "",
    as_of: int | None = None,
    with_traces: bool = True,
) -> MadeReport:
    """Compose a report from the books and keep what it prints.

    Args:
        date: the document's date, ISO; today when empty.
        as_of: an earlier point of the books; now when None.

    Raises:
        ProblemsError: REPORT_040 unknown template, REPORT_041 the template is for another level, REPORT_042 no book for the year, PEOPLE_001 no right.
    """
    organisation = organisations.get(organisation_code)
    require(actor, "report.make", organisation.path, organisation.name)
    books = Books(as_of)
    composed = composed_from_books(template_key, organisation, year, books, date=date)
    traces = trace_figures(composed, books) if with_traces else {}
    number = str(uuid4())
    figures = {
        tag(f): {
            "display": f.text,
            "value": None if f.figure.value is None else str(f.figure.value),
            "unit": f.figure.unit,
        }
        for f in composed.figures
    }
    missing = [
        {
            "indicator": m.indicator,
            "title": m.title,
            "period": m.period,
            "ledger": m.ledger,
            "reason": m.reason,
        }
        for m in composed.missing
    ]
    at = audit.timestamp()
    report = Report.objects.create(
        number=number,
        template=composed.key,
        template_version=composed.version,
        organisation=organisation,
        year=year,
        as_of=composed.as_of,
        actor=actor.name,
        at=at,
        figures=orjson.dumps(figures, option=orjson.OPT_SORT_KEYS).decode(),
        missing=orjson.dumps(missing).decode(),
    )
    seq = audit.note(
        "report.made",
        actor=actor.name,
        organisation=organisation.code,
        report=composed.key,
        year=year,
        number=number,
        as_of=composed.as_of,
    )
    append_version(report, text_of(composed), "make", seq=seq, actor=actor.name, at=at)
    names = dict(
        Organisation.objects.filter(path__startswith=organisation.path).values_list("code", "name")
    )
    return MadeReport(number, composed, traces, names)


#: how a report is written, by the file's suffix
WRITERS: Mapping[str, Callable[..., None]] = {
    "docx": render_docx,
    "html": write_html,
    "pdf": render_pdf,
}


def write_report(made: MadeReport, path: Path) -> None:
    """Write the made report with its annex of sources; the suffix says as what: .docx, .html or .pdf."""
    defs = definitions()
    WRITERS[path.suffix.removeprefix(".")](
        made.composed,
        made.traces,
        path,
        catalogue=defs.catalogue,
        units=defs.units,
        organisations=made.names,
    )


def resolver(actor: Actor, books: Books) -> Callable[[str], RefreshedFigure | None]:
    """How a figure of an edited Word file reads in `books`, by its identity text; only where the actor may read figures."""
    defs = definitions()
    readable: dict[str, bool] = {}

    def may_read(code: str) -> bool:
        known = readable.get(code)
        if known is None:
            organisation = organisations.find(code)
            if organisation is not None:
                require(actor, "figure.read", organisation.path, organisation.name)
            known = readable[code] = organisation is not None
        return known

    def resolve(text: str) -> RefreshedFigure | None:
        identity = parse_tag(text)
        if identity is None or not may_read(identity.figure.organisation):
            return None
        is_parameter = identity.figure.kind == "parameter"
        known = defs.catalogue.parameters if is_parameter else defs.catalogue.indicators
        if identity.figure.indicator not in known or identity.unit not in defs.units:
            return None  # the office no longer defines it: reported as unknown by the caller
        shown = show_figure(books.figure(identity.figure), identity, defs.units)
        return None if shown is None else RefreshedFigure(shown, "", books.as_of)

    return resolve


def refresh(
    actor: Actor,
    in_path: Path,
    out_path: Path,
    *,
    as_of: int | None = None,
    overwrite: bool = False,
) -> RefreshReport:
    """Bring an edited Word file up to date, body and annex at one point of the books.

    Figures are renewed in place, text is kept, figures changed by hand are reported; the annex of sources is made anew.
    """
    books, defs = Books(as_of), definitions()
    names = dict(Organisation.objects.values_list("code", "name"))
    return refresh_docx(
        in_path,
        out_path,
        resolver(actor, books),
        overwrite_hand_changed=overwrite,
        annex=lambda identities: annex_of(
            identities, books, defs.catalogue, defs.units, organisations=names
        ),
    )


# ── working on the text ───────────────────────────────────────────────────────────────────────────────────────────────

#: states in which the text is frozen
FROZEN = frozenset({"signed", "superseded"})


def lock_report(number: str) -> Report:
    """The report, held until the transaction ends. Raises ProblemsError REPORT_058 when there is none."""
    found = (
        Report.objects.select_for_update(of=("self",))
        .select_related("organisation", "organisation__parent")
        .filter(number=number, version__gt=0)
        .first()
    )
    if found is None:
        raise ProblemsError([Problem("REPORT_058", {})])
    return found


def _open_for_change(actor: Actor, number: str) -> tuple[Report, ReportText]:
    report = lock_report(number)
    require(actor, "report.make", report.organisation.path, report.organisation.name)
    if report.state in FROZEN:
        raise ProblemsError([Problem("REPORT_060", {"title": report.title})])
    return report, text_of_version(get_version(report))


def _unchanged_since(report: Report, text: ReportText, expected: int, block_id: str) -> TextBlock:
    """The block, when nobody changed it since the version a page was made from.

    Raises:
        ProblemsError: REPORT_061 with who changed it and both texts, REPORT_052 when it is gone.
    """
    block = text.block(block_id)
    if expected == report.version:
        return block
    earlier = find_version(report, expected)
    seen = (
        next((one for one in text_of_version(earlier).blocks if one.id == block_id), None)
        if earlier is not None
        else None
    )
    if seen is None or seen.pieces != block.pieces:
        raise ProblemsError([stale(report, block_id)])
    return block


def _keep(
    actor: Actor, report: Report, text: ReportText, action: str, reason: str = ""
) -> ReportVersion:
    seq = audit.note(
        "report.revised",
        actor=actor.name,
        organisation=report.organisation.code,
        number=report.number,
        version=report.version + 1,
        action=action,
    )
    return append_version(
        report, text, action, seq=seq, actor=actor.name, at=audit.timestamp(), reason=reason
    )


@transaction.atomic
def edit_paragraph(
    actor: Actor,
    number: str,
    expected: int,
    block_id: str,
    typed: str | Sequence[Piece],
    *,
    reason: str = "",
) -> ReportVersion:
    """Put another wording in place of a paragraph's or heading's; its figures are named by their keys and stay those of the books.

    Args:
        expected: The version the person saw.
        typed: The words with figures as [key:…], or pieces.

    Raises:
        ProblemsError: REPORT_050, 051, 053, 054 for what was typed, REPORT_052 gone, REPORT_060 signed, REPORT_061 changed meanwhile.
    """
    report, text = _open_for_change(actor, number)
    block = _unchanged_since(report, text, expected, block_id)
    pieces = parse_tokens(text, typed) if isinstance(typed, str) else tuple(typed)
    if pieces == block.pieces:
        return get_version(report)
    return _keep(actor, report, reworded(text, block_id, pieces), "edit", reason)


@transaction.atomic
def insert_paragraph(
    actor: Actor,
    number: str,
    after: str,
    typed: str | Sequence[Piece],
    *,
    level: int = 0,
    reason: str = "",
) -> ReportVersion:
    """Put a new paragraph (or a heading of a level) behind another block; "" = at the beginning."""
    report, text = _open_for_change(actor, number)
    pieces = parse_tokens(text, typed) if isinstance(typed, str) else tuple(typed)
    made, _ = inserted(text, after, pieces, level)
    return _keep(actor, report, made, "insert", reason)


@transaction.atomic
def delete_paragraph(
    actor: Actor, number: str, expected: int, block_id: str, *, reason: str = ""
) -> ReportVersion:
    """Take a paragraph or heading out; it can be brought back by restoring the version before."""
    report, text = _open_for_change(actor, number)
    _unchanged_since(report, text, expected, block_id)
    return _keep(actor, report, deleted(text, block_id), "delete", reason)


@transaction.atomic
def move_paragraph(actor: Actor, number: str, block_id: str, by: int) -> ReportVersion:
    """Move a block one place up (-1) or down (1)."""
    report, text = _open_for_change(actor, number)
    made = moved(text, block_id, 1 if by > 0 else -1)
    if made is text:
        return get_version(report)
    return _keep(actor, report, made, "move")


@transaction.atomic
def change_frame(actor: Actor, number: str, expected: int, which: str, words: str) -> ReportVersion:
    """Give the report another title, addressee, signature or date.

    Raises:
        ProblemsError: REPORT_056 empty or too long, REPORT_059 no date, REPORT_061 somebody changed it meanwhile.
    """
    report, text = _open_for_change(actor, number)
    earlier = find_version(report, expected)
    if earlier is None or frame_of(text_of_version(earlier), which) != frame_of(text, which):
        raise ProblemsError([stale(report)])
    made = reframed(text, which, words)
    return get_version(report) if made == text else _keep(actor, report, made, "frame")


@transaction.atomic
def restore_version(actor: Actor, number: str, expected: int, version: int) -> ReportVersion:
    """Make an earlier version the latest one again; what came between stays readable. Undo and redo are this.

    Raises:
        ProblemsError: REPORT_057 no such version, REPORT_061 somebody made another version meanwhile.
    """
    report, text = _open_for_change(actor, number)
    if expected != report.version:
        raise ProblemsError([stale(report)])
    wanted = text_of_version(get_version(report, version))
    # ids given out since are never given out again, so that any two versions can be compared
    made = replace(wanted, last=max(wanted.last, text.last))
    return _keep(actor, report, made, "restore", str(version))


def lock_free_report(number: str) -> Report:
    """The report without holding it. Raises ProblemsError REPORT_058."""
    found = (
        Report.objects.select_related("organisation", "organisation__parent")
        .filter(number=number, version__gt=0)
        .first()
    )
    if found is None:
        raise ProblemsError([Problem("REPORT_058", {})])
    return found


# ── figures as the books say them now ─────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True)
class Renewal:
    """What a refresh would do: figures that change, those no longer known, and sentences that could be written now."""

    text: ReportText
    version: int
    as_of: int
    changes: tuple[FigureRenewal, ...]
    offered: tuple[NewSentences, ...]
    missing_before: int

    @property
    def lost(self) -> tuple[FigureRenewal, ...]:
        """Figures in the text that the books do not know now; their sentences must be reworded first."""
        return tuple(one for one in self.changes if not one.after and one.is_used)


def _renewal(report: Report, text: ReportText) -> Renewal:
    books, defs = Books(), definitions()
    renewed, changes = refreshed(text, books.figure, defs.units, books.as_of)
    fresh = composed_from_books(
        report.template, report.organisation, report.year, books, date=text.date
    )
    made, offered = with_new_figures(renewed, text_of(fresh))
    return Renewal(made, report.version, books.as_of, changes, offered, text.open_missing)


def renewal_of(actor: Actor, number: str) -> Renewal:
    """What a refresh of the figures would change now; nothing is written."""
    report = lock_free_report(number)
    require(actor, "report.make", report.organisation.path, report.organisation.name)
    return _renewal(report, text_of_version(get_version(report)))


@transaction.atomic
def refresh_figures(
    actor: Actor, number: str, expected: int, *, with_sentences: Sequence[int] = ()
) -> ReportVersion:
    """Print every figure as the books say it now, and add the chosen sentences that have become possible.

    Args:
        expected: The version the list of changes was made from.
        with_sentences: Which of `Renewal.offered` are added, by place; each under the heading it belongs to.

    Raises:
        ProblemsError: REPORT_061 another version meanwhile, REPORT_062 figures in the text are not known any more.
    """
    report, text = _open_for_change(actor, number)
    if expected != report.version:
        raise ProblemsError([stale(report)])
    found = _renewal(report, text)
    if found.lost:
        titles = "、".join(dict.fromkeys(one.title for one in found.lost))
        raise ProblemsError([Problem("REPORT_062", {"figures": titles})])
    made = found.text
    for place in with_sentences:
        if 0 <= place < len(found.offered):
            made = _added(made, found.offered[place])
    return _keep(actor, report, made, "refresh")


def _added(text: ReportText, offered: NewSentences) -> ReportText:
    """The text with the offered paragraph at the end of its section; an empty section's stand-in goes."""
    under: list[TextBlock] = []
    is_here = offered.heading == ""
    for block in text.blocks:
        if block.level:
            is_here = text.shown(block) == offered.heading
            under = [block] if is_here else under
        elif is_here and not block.is_closing:
            under.append(block)
    after = under[-1].id if under else (text.blocks[-1].id if text.blocks else "")
    made, _ = inserted(text, after, offered.pieces)
    for block in under:
        if block.words == EMPTY_SECTION:
            made = deleted(made, block.id)
    return made


# ── a Word file edited outside ────────────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True)
class BroughtBack:
    """A file held against the version it was most likely made from."""

    version: int
    latest: int
    brought: Brought
    text: ReportText


def bring_back(actor: Actor, number: str, draft: Draft, *, version: int = 0) -> BroughtBack:
    """Hold an edited Word file against its report; nothing is written.

    Args:
        version: The version to hold it against; 0 = the one it is most like.

    Raises:
        ProblemsError: REPORT_063 when the file is no edited copy of this report.
    """
    report = lock_free_report(number)
    require(actor, "report.make", report.organisation.path, report.organisation.name)
    if version:
        wanted = get_version(report, version)
    else:
        seen: dict[str, int] = {}
        best = Fraction(-1)
        wanted = get_version(report)
        for one in ReportVersion.objects.filter(report=report).order_by("-number").iterator():
            if one.content in seen:
                continue
            seen[one.content] = one.number
            found = likeness(text_of_version(one), draft)
            if found > best:
                best, wanted = found, one
    text = text_of_version(wanted)
    brought = brought_back(text, draft)
    if not brought.figures and brought.same < max(2, len(text.blocks) // 5):
        raise ProblemsError([Problem("REPORT_063", {"title": report.title, "name": draft.name})])
    return BroughtBack(wanted.number, report.version, brought, text)


@dataclass(frozen=True, slots=True)
class Accepted:
    """One difference of an edited file that goes into the report."""

    change: str  #: changed, added, removed
    block: str
    typed: str  #: words with figures as [key:…]
    level: int = 0
    after: str = ""


@transaction.atomic
def accept_brought(
    actor: Actor,
    number: str,
    expected: int,
    accepted: Sequence[Accepted],
    *,
    title: str = "",
    reason: str = "",
) -> ReportVersion:
    """Put the accepted paragraphs of an edited file into one new version; all of them or none.

    Args:
        expected: The version the differences were shown against; a paragraph somebody changed since stops everything.

    Raises:
        ProblemsError: REPORT_061 a paragraph changed meanwhile, REPORT_064 nothing chosen, and those of `edit_paragraph`.
    """
    report, text = _open_for_change(actor, number)
    if not accepted and not title:
        raise ProblemsError([Problem("REPORT_064", {})])
    made = reframed(text, "title", title) if title else text
    problems: list[Problem] = []
    last_added: dict[str, str] = {}
    for one in accepted:
        try:
            if one.change == "added":
                anchor = last_added.get(one.after, one.after)
                if anchor and all(block.id != anchor for block in made.blocks):
                    anchor = made.blocks[-1].id if made.blocks else ""
                pieces = parse_tokens(made, one.typed)
                made, last_added[one.after] = inserted(made, anchor, pieces, one.level)
                continue
            _unchanged_since(report, text, expected, one.block)
            if one.change == "removed":
                made = deleted(made, one.block)
            else:
                made = reworded(made, one.block, parse_tokens(made, one.typed))
        except ProblemsError as error:
            problems += error.problems
    if problems:
        raise ProblemsError(problems)
    return _keep(actor, report, made, "bring_back", reason)
