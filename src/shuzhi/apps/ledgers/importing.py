"""Bringing a file in, step by step: what was understood of it, what it would change, and doing it as one batch.

The command line and the import wizard share these steps, so that both say the same of the same file. Nothing is written before
`submit`; what a person corrected on the way (ledger, sheet, columns) is handed in again each time.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from shuzhi.apps.ledgers import queries
from shuzhi.apps.ledgers.actions import (
    Change,
    Plan,
    Progress,
    Submission,
    plan_drafts,
    submit_drafts,
)
from shuzhi.apps.ledgers.record_history import FieldChange, compare
from shuzhi.apps.office import definitions
from shuzhi.apps.organisations.models import Organisation
from shuzhi.apps.people.permissions import Actor, is_allowed
from shuzhi.core.definitions import FieldDef, LedgerDef
from shuzhi.core.divisions import names_match
from shuzhi.core.ledgers import ORGANISATION_COLUMN
from shuzhi.core.masking import HIDDEN, mask_text, mask_value
from shuzhi.core.problems import Place, Problem, ProblemsError, is_blocking
from shuzhi.exchange.columns import ColumnExplanation, cell_text
from shuzhi.exchange.imports import ImportResult, find_ledger, read_ledger_file
from shuzhi.exchange.workbooks import Cell, open_workbook

Tick = Callable[[int, int | None], None]  #: rows done, rows in all

#: params of a problem that repeat what stands in the cell
_REPEATED = frozenset({"found", "value", "key", "expected"})
_SAMPLES = 3  #: values shown of each column
_LOOKED_AT = 60  #: rows looked through for them


@dataclass(slots=True)
class Reading:
    """A file as rows of one ledger, with everything that was found in it."""

    ledger: LedgerDef
    result: ImportResult
    problems: list[Problem] = field(default_factory=list)
    goes_on: bool = True  #: there are rows that can be held against the books

    @property
    def is_blocked(self) -> bool:
        """Something must be mended before anything of the file is recorded."""
        return is_blocking(self.problems)


def read(
    path: Path,
    organisation: Organisation,
    ledger_key: str = "",
    *,
    sheet: str = "",
    corrections: Mapping[str, str | None] | None = None,
    tick: Tick | None = None,
) -> Reading:
    """Read a file as rows of a ledger, of the likeliest one when none is given.

    Args:
        sheet: the sheet a person picked; empty: the one that fits best.
        corrections: header → field key (None: leave it out) from a person who looked at the columns.

    Raises:
        ProblemsError: IMPORT_001 no ledger fits, or why the file could not be opened while looking for one.
    """
    defs = definitions()
    if not ledger_key:
        candidates = find_ledger(path, defs.catalogue)
        if not candidates:
            raise ProblemsError([Problem("IMPORT_001", {"file": path.name})])
        ledger_key = candidates[0].ledger.key
    ledger = defs.catalogue.ledgers[ledger_key]
    result = read_ledger_file(
        path,
        ledger,
        defs.units,
        corrections=corrections,
        progress=tick,
        catalogue=defs.catalogue,
        sheet=sheet,
    )
    problems = [*result.problems, *_stated_unit(result, organisation)]
    reading = Reading(ledger, result, problems)
    if not result.drafts and not problems:
        problems.append(Problem("IMPORT_002", {"ledger": ledger.title.zh}, Place(path.name)))
        reading.goes_on = False
    elif any(p.code == "IMPORT_003" for p in problems):
        reading.goes_on = False  # the whole file is somebody else's
    elif not result.drafts:
        reading.goes_on = not is_blocking(problems)
    return reading


def plan(actor: Actor, reading: Reading, organisation: Organisation, source: str) -> Plan:
    """What submitting would do, and everything that stands in the way, at its cells in the sheet. Writes nothing.

    Raises:
        ProblemsError: PEOPLE_001 no right.
    """
    made = plan_drafts(
        actor, reading.ledger.key, organisation.code, reading.result.drafts, source=source
    )
    known = {_identity(p) for p in reading.problems}
    found = [q for p in made.problems for q in _located(p, reading)]
    made.problems = [p for p in found if _identity(p) not in known]
    return made


def submit(
    actor: Actor,
    reading: Reading,
    organisation: Organisation,
    *,
    source: str,
    reason: str = "",
    batch: str = "",
    progress: Progress | None = None,
) -> Submission:
    """Record the rows as one batch that waits for approval; all or nothing.

    Args:
        batch: name of the batch (a UUID), so that the same submission sent twice is recorded once.

    Raises:
        ProblemsError: everything that is wrong, at its cells in the sheet; nothing was written.
    """
    if reading.is_blocked or not reading.goes_on:
        raise ProblemsError(reading.problems)
    try:
        return submit_drafts(
            actor,
            reading.ledger.key,
            organisation.code,
            reading.result.drafts,
            source=source,
            reason=reason,
            progress=progress,
            batch=batch,
        )
    except ProblemsError as error:
        raise ProblemsError([q for p in error.problems for q in _located(p, reading)]) from error


def _stated_unit(result: ImportResult, home: Organisation) -> list[Problem]:
    """Let the unit written above the table (填报单位：…) decide for rows that name none; it must be the unit given or one below."""
    stated = result.organisation.strip()
    if not stated:
        return []
    below = Organisation.objects.filter(path__startswith=home.path)
    for unit in sorted(below, key=lambda u: u.id != home.id):
        if stated in (unit.code, unit.name, unit.full_name) or names_match(stated, unit.name):
            for draft in result.drafts if unit.id != home.id else ():
                draft.organisation = draft.organisation or unit.code
            return []
    if home.name in stated:
        return []  # 示例镇人民政府 for 示例镇
    return [Problem("IMPORT_003", {"stated": stated, "given": home.name})]


def _located(problem: Problem, reading: Reading) -> list[Problem]:
    """What the books found wrong with a row, at its cells in the sheet; the books know rows, the file knows columns."""
    if problem.place.sheet:
        return [problem]
    result, place, rows, key = reading.result, problem.place, [problem.place.row], ""
    if place.row is None:
        rows = [d.row for d in result.drafts if d.organisation == problem.params.get("name")]
        key = ORGANISATION_COLUMN
    else:
        key = next((f.key for f in reading.ledger.fields if f.title.zh == place.column), "")
    column = next((c for c in result.columns if c.field == key), None)
    if column is None or not any(rows):
        return [problem]
    return [
        replace(
            problem,
            place=replace(
                place,
                sheet=result.sheet,
                row=row,
                column=column.header,
                column_number=column.position + 1,
            ),
        )
        for row in rows
    ]


# ── what was understood ───────────────────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True)
class Candidate:
    """A ledger the file may be."""

    ledger: str
    share: int  #: how well it fits, in hundredths


def candidates(actor: Actor, path: Path, organisation: Organisation) -> list[Candidate]:
    """The ledgers a file may be, likeliest first; those the actor may write for this unit or below it.

    Raises:
        ProblemsError: why the file cannot be opened.
    """
    open_to = {one.key for one in ledgers_for(actor, organisation)}
    return [
        Candidate(one.ledger.key, round(one.score * 100))
        for one in find_ledger(path, definitions().catalogue)
        if one.ledger.key in open_to
    ]


def ledgers_for(actor: Actor, organisation: Organisation) -> list[LedgerDef]:
    """The ledgers that are kept at the unit or below it and the actor may write there."""
    levels = set(
        Organisation.objects.filter(path__startswith=organisation.path)
        .values_list("level", flat=True)
        .distinct()
    )
    return [
        one
        for one in definitions().catalogue.ledgers.values()
        if levels & set(one.kept_by)
        and is_allowed(actor, "record.create", organisation.path, one.area)
    ]


@dataclass(frozen=True, slots=True)
class Column:
    """One column of the sheet: what it was taken for, and some of what stands in it, masked."""

    explanation: ColumnExplanation
    field: FieldDef | None
    samples: tuple[str, ...]

    @property
    def is_organisation(self) -> bool:
        """It says which unit keeps the row."""
        return self.explanation.field == ORGANISATION_COLUMN


@dataclass(frozen=True, slots=True)
class Understanding:
    """How a file was read, for a person to look at and correct."""

    ledger: LedgerDef
    sheets: Sequence[str]
    sheet: str
    header_row: int
    columns: Sequence[Column]
    missing: Sequence[FieldDef]  #: required fields without a column
    rows: int
    blank_rows: int
    skipped_rows: int
    stated: str  #: the unit written above the table
    problems: Sequence[
        Problem
    ]  #: of the file, its header and its columns; those of rows come later


def understand(path: Path, reading: Reading) -> Understanding:
    """What `read` made of a file.

    Raises:
        ProblemsError: why the file cannot be opened.
    """
    ledger, result = reading.ledger, reading.result
    sheets = open_workbook(path)
    fields = {f.key: f for f in ledger.fields}
    columns: list[Column] = []
    missing: list[FieldDef] = []
    if result.match is not None and result.header_row:
        head = sheets.load(result.sheet).head(result.header_row + _LOOKED_AT)
        below = [row for row in head[result.header_row :] if not _is_example(row)]
        for one in result.match.explanations:
            if one.how == "blank":
                continue
            known = fields.get(one.field)
            texts = (
                cell_text(row[one.position]) if one.position < len(row) else "" for row in below
            )
            distinct = list(dict.fromkeys(t for t in texts if t))[:_SAMPLES]
            shown = tuple(_sample(known, one, text) for text in distinct)
            columns.append(Column(one, known, shown))
        missing = [fields[key] for key in result.match.missing]
    general = [
        p
        for p in reading.problems
        if p.place.row is None or p.place.row <= max(result.header_row, 1)
    ]
    return Understanding(
        ledger,
        [name for name in sheets.names if name not in sheets.hidden],
        result.sheet,
        result.header_row,
        columns,
        missing,
        len(result.drafts),
        result.blank_rows,
        result.skipped_rows,
        result.organisation,
        general,
    )


def _is_example(row: Sequence[Cell]) -> bool:
    first = next((text for text in map(cell_text, row) if text), "")
    return first.strip() in ("示例", "样例", "例")


def _sample(known: FieldDef | None, explanation: ColumnExplanation, text: str) -> str:
    """A value of a column as it may be shown; what stands in a column that is not understood may be anything."""
    text = text if len(text) <= 40 else text[:39] + "…"
    if known is not None:
        return str(mask_value(known, text))
    if explanation.how in ("organisation", "counting") or explanation.field == ORGANISATION_COLUMN:
        return text
    return mask_text(text)


# ── what would change ─────────────────────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True)
class RowChange:
    """What one row of the file would do, masked."""

    row: int
    unit: str
    record: int | None  #: None: a new record
    state: str  #: of the record now
    fields: Sequence[FieldChange]

    @property
    def changed(self) -> list[FieldChange]:
        """Only the fields that differ."""
        return [one for one in self.fields if one.is_changed]


@dataclass(frozen=True, slots=True)
class Preview:
    """Problems and differences of a file, before anything is written."""

    rows: int
    created: int
    revised: int
    unchanged: int
    problems: Sequence[
        Problem
    ]  #: all of them, errors first, in the order of the rows; personal values masked
    new: Sequence[RowChange]  #: the first of them
    changed: Sequence[RowChange]  #: the first of them
    emptied: Sequence[
        FieldDef
    ] = ()  #: fields without a column that would be blank afterwards and are not now

    @property
    def errors(self) -> int:
        """Problems that stand in the way."""
        return sum(1 for p in self.problems if p.severity == "error")

    @property
    def is_blocked(self) -> bool:
        """Something must be mended first."""
        return self.errors > 0


def preview(
    actor: Actor, reading: Reading, organisation: Organisation, source: str, limit: int = 200
) -> Preview:
    """Everything a person wants to know before the file is recorded: counts, problems at their cells, differences field by field.

    Raises:
        ProblemsError: PEOPLE_001 no right.
    """
    problems, made = all_problems(actor, reading, organisation, source)
    shown = [masked(p, reading) for p in problems]
    if made is None:
        return Preview(len(reading.result.drafts), 0, 0, 0, shown, (), ())
    fresh = [c for c in made.changes if c.record is None]
    revised = [c for c in made.changes if c.record is not None]
    wanted = {c.organisation for c in (*fresh[:limit], *revised[:limit])}
    names = dict(Organisation.objects.filter(id__in=wanted).values_list("id", "name"))

    def of(change: Change) -> RowChange:
        before = queries.content_of(change.before) if change.before else {}
        after = change.draft.payload or {}
        fields = compare(reading.ledger, before, after)
        return RowChange(
            change.draft.row, names[change.organisation], change.record, change.state, fields
        )

    return Preview(
        len(reading.result.drafts),
        len(fresh),
        len(revised),
        made.unchanged,
        shown,
        [of(c) for c in fresh[:limit]],
        [of(c) for c in revised[:limit]],
        _emptied(reading, revised),
    )


def _emptied(reading: Reading, revised: Sequence[Change]) -> list[FieldDef]:
    """Fields that no column of the file is taken for, and that records to be revised have: importing would lose them."""
    named = {column.field for column in reading.result.columns}
    absent = [f for f in reading.ledger.fields if not f.computed and f.key not in named]
    if not absent:
        return []
    held: set[str] = set()
    for change in revised:
        held.update(queries.content_of(change.before))
    return [f for f in absent if f.key in held]


def all_problems(
    actor: Actor, reading: Reading, organisation: Organisation, source: str
) -> tuple[list[Problem], Plan | None]:
    """Everything wrong with a file, unmasked (for the marked copy, which holds the file itself), and the plan when one could be made."""
    problems = list(reading.problems)
    made = None
    if reading.goes_on:
        made = plan(actor, reading, organisation, source)
        problems += made.problems
    return sorted(problems, key=_order), made


def _identity(problem: Problem) -> tuple[str, Place, str]:
    return problem.code, problem.place, repr(sorted(problem.params.items()))


def _order(problem: Problem) -> tuple[str, int, int]:
    place = problem.place
    return problem.severity, place.row or 0, place.column_number or 0


def masked(problem: Problem, reading: Reading) -> Problem:
    """A problem whose sentence repeats nothing of a personal cell."""
    number = problem.place.column_number
    column = next((c for c in reading.result.columns if c.position + 1 == number), None)
    key = column.field if column is not None else ""
    if not key and problem.place.column:
        # the books know fields by their titles
        titles = (f.key for f in reading.ledger.fields if f.title.zh == problem.place.column)
        key = next(titles, "")
    one = next((f for f in reading.ledger.fields if f.key == key), None)
    if one is None or not one.personal:
        return problem
    params: dict[str, Any] = {
        k: (str(mask_value(one, str(v))) if v not in ("", "—", None, HIDDEN) else v)
        if k in _REPEATED
        else v
        for k, v in problem.params.items()
    }
    return replace(problem, params=params)
