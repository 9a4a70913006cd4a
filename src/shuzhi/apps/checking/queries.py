"""Reading what checking needs of the office: names of the tree, confirmations, silences, and the books themselves."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import orjson

from shuzhi.apps import storage
from shuzhi.apps.audit import actions as audit
from shuzhi.apps.checking.models import Confirmation, Silence
from shuzhi.apps.checking.reading_ahead import BooksReadAhead
from shuzhi.apps.office import definitions
from shuzhi.apps.organisations import queries as organisations
from shuzhi.apps.organisations.models import Organisation
from shuzhi.apps.people.permissions import Actor, is_allowed, require
from shuzhi.apps.reports.models import Report
from shuzhi.core.checking.comparing import (
    KINDS,
    ComparingContext,
    Comparison,
    compare_draft,
    figures_needed,
    find_other_writer,
    findings_of,
)
from shuzhi.core.checking.lexicon import Lexicon, lexicon_of
from shuzhi.core.checking.matching import (
    Match,
    MatchingContext,
    Tree,
    Unit,
    WordingIndex,
    build_index,
    match_draft,
    report_period,
    title_of,
)
from shuzhi.core.checking.model import CheckingContext, Draft, EarlierText, Finding, FindingKind
from shuzhi.core.checking.pipeline import Checked, check_draft, finding_kinds, is_silenced
from shuzhi.core.definitions import Catalogue
from shuzhi.core.divisions import normalise_name
from shuzhi.core.figures import FigureSource
from shuzhi.core.periods import Period, year
from shuzhi.core.reports import (
    OrganisationName,
    SlotIdentity,
    compose,
    is_tag,
    parse_tag,
    tag_of,
)


@dataclass(frozen=True, slots=True)
class CheckedAgainstBooks:
    """A draft checked by itself and held against the books of its writer."""

    organisation: str  #: code of the writer
    name: str  #: of the writer
    period: Period  #: the report's period
    as_of: int  #: point of the books
    checked: Checked  #: figures, outline and findings of the text alone
    matches: tuple[Match, ...]  #: one for each figure and control
    comparisons: tuple[
        Comparison, ...
    ]  #: in the order of the text; what the draft does not mention stands last
    findings: tuple[Finding, ...]  #: text and books together, by place; silenced ones left out
    silenced: int = 0


# ── what the office has said ──────────────────────────────────────────────────────────────────────────────────────────


def finding_codes() -> frozenset[str]:
    """Codes of every kind of finding, of the text alone and of the books."""
    return frozenset(finding_kind_table())


def finding_kind_table() -> dict[str, FindingKind]:
    """Every kind of finding there is, of the text and of the books, by code."""
    return finding_kinds() | {kind.code: kind for kind in KINDS}


def standing_confirmation(organisation: Organisation, subject: str) -> Confirmation | None:
    """What this very unit has confirmed of a wording and not taken back."""
    found: Confirmation | None = Confirmation.objects.filter(
        organisation=organisation, subject=subject, is_withdrawal=False, ended_by=None
    ).first()
    return found


def confirmations(organisation: Organisation) -> list[Confirmation]:
    """What the unit and those above it have confirmed and not taken back; the unit's own last, so that it decides."""
    found = Confirmation.objects.filter(
        organisation_id__in=_own_and_above(organisation), is_withdrawal=False, ended_by=None
    ).select_related("organisation")
    return sorted(found, key=lambda one: (len(one.organisation.path), one.seq))


def standing_silence(organisation: Organisation, code: str, words: str = "") -> Silence | None:
    """The silence this very unit keeps on a kind of finding (for these words), if it does."""
    found: Silence | None = Silence.objects.filter(
        organisation=organisation, code=code, words=words, is_end=False, ended_by=None
    ).first()
    return found


def silences(organisation: Organisation) -> list[Silence]:
    """The silences in force for a unit: its own and those of the units above it, in the order in which they were made."""
    return list(
        Silence.objects.filter(
            organisation_id__in=_own_and_above(organisation), is_end=False, ended_by=None
        )
        .select_related("organisation")
        .order_by("seq")
    )


def _own_and_above(organisation: Organisation) -> list[int]:
    return [int(part) for part in organisation.path.strip("/").split("/")]


def _silenced(organisation: Organisation) -> frozenset[str]:
    return frozenset(
        f"{one.code}:{one.words}" if one.words else one.code for one in silences(organisation)
    )


# ── the tree ──────────────────────────────────────────────────────────────────────────────────────────────────────────


def tree_of(organisation: Organisation) -> Tree:
    """The units a draft of this one may speak of: all of its county, and what lies above."""
    ids = _own_and_above(organisation)
    above = list(Organisation.objects.filter(id__in=ids).order_by("path"))
    top = next((one for one in above if one.level == "county"), above[0])
    rows = storage.fetch(
        "SELECT o.code, o.name, o.level, p.code FROM organisation o LEFT JOIN organisation p ON p.id = o.parent_id "
        "WHERE o.path LIKE %s ORDER BY o.path",
        [top.path + "%"],
    )
    units = [Unit(code, name, level, parent or "") for code, name, level, parent in rows]
    higher = [
        Unit(one.code, one.name, one.level, one.parent.code if one.parent else "")
        for one in above
        if one.path != top.path and top.path.startswith(one.path)
    ]
    return Tree(organisation.code, (*higher, *units))


def context_for(
    organisation_code: str, *, year: int | None = None, earlier: Sequence[EarlierText] = ()
) -> CheckingContext:
    """What the office knows besides the text: names of the county's tree, what was silenced, today.

    Raises:
        ProblemsError: ORG_001 or ORG_002 when there is no such unit.
    """
    organisation = organisations.get(organisation_code)
    return _context(organisation, tree_of(organisation), year, earlier)


def _context(
    organisation: Organisation, tree: Tree, of_year: int | None, earlier: Sequence[EarlierText]
) -> CheckingContext:
    names = {name for one in tree.units for name in (one.name, normalise_name(one.name))}
    return CheckingContext(
        organisation=organisation.name,
        organisations=frozenset(names),
        year=of_year,
        today=audit.today(),
        earlier=tuple(earlier),
        silenced=_silenced(organisation),
    )


# ── against the books ─────────────────────────────────────────────────────────────────────────────────────────────────

#: What is made of the office's catalogue once: its words and its index of wordings.
_prepared: list[tuple[Catalogue, Lexicon, WordingIndex]] = []


def _prepare() -> tuple[Lexicon, WordingIndex]:
    defs = definitions()
    if not _prepared or _prepared[0][0] is not defs.catalogue:
        made = (defs.catalogue, lexicon_of(defs.catalogue), build_index(defs.catalogue, defs.units))
        _prepared[:] = [made]
    return _prepared[0][1], _prepared[0][2]


def check_against_books(
    actor: Actor,
    draft: Draft,
    organisation_code: str,
    period: Period | None = None,
    *,
    as_of: int | None = None,
    earlier: Sequence[EarlierText] = (),
) -> CheckedAgainstBooks:
    """Check a draft by itself and against the books of the unit that wrote it.

    Args:
        organisation_code: Code or name of the writer.
        period: What the report is on; the year its title or text speaks of when None, else the year that runs.
        as_of: An earlier point of the books; now when None.
        earlier: Last year's own report and neighbours' ones.

    Raises:
        ProblemsError: PEOPLE_001 no right to read figures there, ORG_001 no such unit, FIGURE_003 no such point.
    """
    organisation = organisations.get(organisation_code)
    require(actor, "figure.read", organisation.path, organisation.name)
    lexicon, index = _prepare()
    tree = _readable(tree_of(organisation), actor)
    of_year = period.year if period is not None else None
    checked = check_draft(draft, lexicon, _context(organisation, tree, of_year, earlier))
    study = checked.study
    report_on = period or report_period(study) or year(int(audit.today()[:4]))
    books = BooksReadAhead(as_of)
    defs = definitions()
    matches = match_draft(
        study,
        index,
        MatchingContext(
            tree=tree,
            period=report_on,
            confirmed={one.subject: one.indicator for one in confirmations(organisation)},
            identities=_identities(draft, organisation, report_on, books),
        ),
    )
    known = ComparingContext(
        catalogue=defs.catalogue,
        units=defs.units,
        tree=tree,
        period=report_on,
        printed=_printed(draft, organisation, report_on.year),
    )
    books.read_ahead(figures_needed(matches, known), organisation.path)
    comparisons = compare_draft(study, matches, books, known)
    other = find_other_writer(study, comparisons, books, known)
    found = findings_of(comparisons, other, title_of(study))
    heard = [one for one in found if not is_silenced(one, study)]
    everything = sorted((*checked.findings, *heard), key=lambda one: (one.start, one.end, one.code))
    return CheckedAgainstBooks(
        organisation=organisation.code,
        name=organisation.name,
        period=report_on,
        as_of=books.as_of,
        checked=checked,
        matches=matches,
        comparisons=comparisons,
        findings=tuple(everything),
        silenced=checked.silenced + len(found) - len(heard),
    )


def _readable(tree: Tree, actor: Actor) -> Tree:
    """The tree without units whose figures the actor may not read: nothing of theirs may be told as an explanation."""
    paths = dict(storage.fetch("SELECT code, path FROM organisation"))
    return Tree(
        tree.writer,
        tuple(one for one in tree.units if is_allowed(actor, "figure.read", paths[one.code])),
    )


#: Of how many of the latest reports what they printed is looked up.
_REPORTS = 12


def _printed(draft: Draft, organisation: Organisation, of_year: int) -> dict[str, tuple[str, ...]]:
    """What Shuzhi printed in the controls of this unit's and year's reports, by tag, the latest first."""
    if not draft.controls:
        return {}
    found: dict[str, tuple[str, ...]] = {}
    for text in (
        Report.objects.filter(organisation=organisation, year=of_year)
        .order_by("-id")
        .values_list("figures", flat=True)[:_REPORTS]
    ):
        for tag, one in orjson.loads(text).items():
            if one["display"] not in found.get(tag, ()):
                found[tag] = (*found.get(tag, ()), one["display"])
    return found


def _identities(
    draft: Draft, organisation: Organisation, report_on: Period, books: FigureSource
) -> dict[str, SlotIdentity]:
    """What the tags say that hold only a digest, because the identity was too long for Word: found by composing the report again."""
    digests = {one.tag for one in draft.controls if is_tag(one.tag) and parse_tag(one.tag) is None}
    if not digests:
        return {}
    defs = definitions()
    found: dict[str, SlotIdentity] = {}
    for template in defs.catalogue.reports.values():
        if template.level != organisation.level:
            continue
        composed = compose(
            template,
            defs.catalogue,
            defs.units,
            books,
            organisation=OrganisationName(organisation.code, organisation.name),
            year=report_on.year,
            date=audit.today(),
        )
        found.update({tag_of(run.identity): run.identity for run in composed.figures})
    return {tag: identity for tag, identity in found.items() if tag in digests}
