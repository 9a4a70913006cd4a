"""Rows somebody types on a page: checked cell by cell without writing, and submitted as a whole in one transaction.

What a cell may hold is said by `core.ledgers`, the same as for files; here the units, the registers that rows refer to and the records that
are already there join in. Nothing here knows how a page shows it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db import transaction

from shuzhi.apps.audit import actions as audit
from shuzhi.apps.ledgers import actions
from shuzhi.apps.ledgers.actions import Submission
from shuzhi.apps.ledgers.sealing import canonical_json
from shuzhi.apps.office import definitions
from shuzhi.apps.organisations.models import Organisation
from shuzhi.apps.people.permissions import Actor, require
from shuzhi.core.definitions import FieldDef, LedgerDef
from shuzhi.core.ledgers import (
    ORGANISATION_COLUMN,
    ColumnPlan,
    RowDraft,
    compile_reader,
    finish_rows,
)
from shuzhi.core.problems import Place, Problem, ProblemsError

#: a row as typed: field key (or `ORGANISATION_COLUMN`) → text
Typed = Mapping[str, str]

_OF_THE_UNIT = frozenset({"ORG_011", "ORG_013", "LEDGER_031", "LEDGER_034"})


@dataclass(frozen=True, slots=True)
class CellProblem:
    """What is wrong with a cell; `field` is empty where it concerns the whole row."""

    field: str
    problem: Problem


@dataclass(slots=True)
class CheckedRow:
    """A row after checking. A blank row has no draft and no problems."""

    number: int  #: from 1, as the page shows it
    draft: RowDraft | None = None
    problems: list[CellProblem] = field(default_factory=list)
    computed: dict[str, Any] = field(default_factory=dict)  #: computed fields of a readable row
    existing: int | None = None  #: the record that has this natural key already
    is_unchanged: bool = False  #: and says the same

    @property
    def is_blank(self) -> bool:
        """Nothing stands in the row."""
        return self.draft is None

    @property
    def has_errors(self) -> bool:
        """Whether something must be mended before the row can be submitted."""
        return any(p.problem.severity == "error" for p in self.problems)

    @property
    def revises(self) -> bool:
        """Whether submitting the row changes a record that is already there."""
        return self.existing is not None and not self.is_unchanged


class RowsRefusedError(ProblemsError):
    """Nothing was written; carries every row with what is wrong, or with the record it would revise."""

    def __init__(self, checked: Sequence[CheckedRow]):
        self.checked = tuple(checked)
        super().__init__(p.problem for row in checked for p in row.problems)


@dataclass(frozen=True, slots=True)
class Submitted:
    """What a submission wrote, and which rows (by number) it took."""

    submission: Submission
    taken: tuple[int, ...]


def typed_fields(ledger: LedgerDef) -> list[FieldDef]:
    """The fields a person fills in, in the ledger's order."""
    return [f for f in ledger.fields if not f.computed]


def needs_unit(ledger: LedgerDef, unit: Organisation) -> bool:
    """Whether rows entered at this unit must say to which unit below it they belong."""
    return unit.level not in ledger.kept_by


def check_rows(
    actor: Actor,
    ledger: LedgerDef,
    home: Organisation,
    rows: Sequence[Typed],
    *,
    record: int | None = None,
    numbers: Sequence[int] = (),
) -> list[CheckedRow]:
    """Every problem of every row, at its field; nothing is written.

    Args:
        numbers: how the page numbers these rows, each once; from 1 when not given.
        record: the record a single row revises, which may keep its own natural key.

    Raises:
        ProblemsError: PEOPLE_001, no right to record there.
    """
    wanted = "record.revise" if record else "record.create"
    require(actor, wanted, home.path, home.name, area=ledger.area)
    fields = typed_fields(ledger)
    named = _definitions_by_title(fields)
    columns = [ColumnPlan(f.key, i, f.title.zh) for i, f in enumerate(fields)]
    columns.append(ColumnPlan(ORGANISATION_COLUMN, len(fields), ""))
    reader = compile_reader(ledger, definitions().units, columns)
    keys = [f.key for f in fields]
    checked: list[CheckedRow] = []
    for number, typed in zip(numbers or range(1, len(rows) + 1), rows, strict=True):
        cells = [named.get((key, typed.get(key, "").strip()), typed.get(key, "")) for key in keys]
        cells.append(typed.get(ORGANISATION_COLUMN, ""))
        checked.append(CheckedRow(number, reader.read(cells, number)))
    drafts = [row.draft for row in checked if row.draft is not None]
    if ledger.identified_by:
        finish_rows(ledger, drafts)
    _place(actor, ledger, home, checked, record)
    by_title = {f.title.zh: f.key for f in ledger.fields}
    computed = [f.key for f in ledger.fields if f.computed]
    for row in checked:
        if row.draft is None:
            continue
        row.problems += [
            CellProblem(_field_of(p, keys, by_title), _here(p)) for p in row.draft.problems
        ]
        payload = row.draft.payload or {}
        row.computed = {key: payload[key] for key in computed if key in payload}
    return checked


def _definitions_by_title(fields: Sequence[FieldDef]) -> dict[tuple[str, str], str]:
    """For fields that name an indicator or a ledger: (field, title in either language) → key."""
    catalogue = definitions().catalogue
    named: dict[tuple[str, str], str] = {}
    for one in fields:
        known: Mapping[str, Any] = {}
        if one.type in ("indicator", "ledger"):
            known = catalogue.indicators if one.type == "indicator" else catalogue.ledgers
        for key, definition in known.items():
            for title in (definition.title.en, definition.title.zh):
                if title and title not in known:
                    named[one.key, title] = key
    return named


def _field_of(problem: Problem, keys: Sequence[str], by_title: Mapping[str, str]) -> str:
    position = problem.place.column_number
    if position is not None and position <= len(keys):
        return keys[position - 1]
    return by_title.get(problem.place.column, "")


def _here(problem: Problem) -> Problem:
    """The problem without its place: it is shown where it is."""
    return Problem(problem.code, problem.params, Place(), problem.severity)


def _place(
    actor: Actor,
    ledger: LedgerDef,
    home: Organisation,
    checked: Sequence[CheckedRow],
    record: int | None,
) -> None:
    """Find each row's unit, what it refers to and the record that has its key, and note what is wrong."""
    by_title = {f.title.zh: f.key for f in ledger.fields}
    places = actions.Places(actor, ledger, home)
    located: list[tuple[RowDraft, int]] = []
    rows = {row.number: row for row in checked}
    for row in checked:
        if row.draft is None:
            continue
        place, trouble = (home.id, None) if record else places.of(row.draft.organisation)
        if trouble is not None:
            row.problems.append(CellProblem(ORGANISATION_COLUMN, trouble))
        elif row.draft.payload is not None and place is not None:
            located.append((row.draft, place))
    if not record:
        located, unclear = actions.settle(ledger, located, home, "")
        for problem in unclear:
            number = problem.place.row or 0
            rows[number].problems.append(CellProblem(ORGANISATION_COLUMN, _here(problem)))
    for problem in actions.reference_problems(ledger, located, ""):
        field_key = by_title.get(problem.place.column, "")
        rows[problem.place.row or 0].problems.append(CellProblem(field_key, _here(problem)))
    if not ledger.identified_by:
        return
    existing = actions.existing_records(ledger, located)
    names = "、".join(ledger.field(k).title.zh for k in ledger.identified_by)
    for draft, place in located:
        found = existing.get((place, draft.key))
        if found is None or found[0] == record:
            continue
        row = rows[draft.row]
        identified = ledger.identified_by[0]
        params = {"fields": names, "record": found[0]}
        if record:
            row.problems.append(CellProblem(identified, Problem("RECORD_008", params)))
        elif found[3] != "withdrawn":
            row.existing = found[0]
            assert draft.payload is not None
            row.is_unchanged = found[2] == canonical_json(draft.payload)
            if not row.is_unchanged:
                warning = Problem("ENTRY_003", params, severity="warning")
                row.problems.append(CellProblem(identified, warning))


def submit_rows(
    actor: Actor,
    ledger: LedgerDef,
    home: Organisation,
    rows: Sequence[Typed],
    *,
    batch: str = "",
    source: str = "",
    reason: str = "",
    may_revise: bool = False,
    only_valid: bool = False,
    numbers: Sequence[int] = (),
) -> Submitted:
    """Record all the rows, or with `only_valid` those without errors, in one transaction.

    Args:
        batch: name of this submission; the same again writes nothing.
        may_revise: rows whose natural key is taken revise that record; without it they stop the submission once, so that a person can say so.

    Raises:
        RowsRefusedError: rows with errors, no row at all, or rows that would revise; nothing was written.
    """
    with transaction.atomic():
        audit.hold()
        checked = check_rows(actor, ledger, home, rows, numbers=numbers)
        filled = [row for row in checked if not row.is_blank]
        good = [row for row in filled if not row.has_errors]
        if not filled:
            empty = Problem("LEDGER_018", {"ledger": ledger.title.zh})
            raise RowsRefusedError([CheckedRow(1, None, [CellProblem("", empty)])])
        if not good or (len(good) < len(filled) and not only_valid):
            raise RowsRefusedError(checked)
        if not may_revise and any(row.revises for row in good):
            raise RowsRefusedError(checked)
        drafts = [row.draft for row in good if row.draft is not None]
        submission = actions.submit_drafts(
            actor,
            ledger.key,
            home.code,
            drafts,
            source=source,
            reason=reason,
            by_hand=True,
            batch=batch,
        )
        return Submitted(submission, tuple(row.number for row in good))
