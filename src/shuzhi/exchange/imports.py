"""Reads a filled ledger file into row drafts, with every problem of the file named by sheet, row and column.

The example row, total rows, repeated headers, blank rows and the signatures under a table are what people leave in such
files; they are stepped over, and said so where something could be lost. Nothing is stored here: this module must not
know records, accounts or the database.
"""

from __future__ import annotations

import difflib
import re
import unicodedata
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Any

from shuzhi.core.definitions import Catalogue, FieldDef, IndicatorDef, LedgerDef
from shuzhi.core.ledgers import ColumnPlan, RowDraft, RowReader, compile_reader, finish_rows
from shuzhi.core.problems import Place, Problem, ProblemsError, Severity, is_blocking
from shuzhi.core.quantities import Units, canonical
from shuzhi.exchange.columns import (
    ColumnMatch,
    cell_text,
    match_columns,
    match_sheet,
    names_of_ledger,
    normalise,
)
from shuzhi.exchange.containers import DEFAULT_LIMITS, Limits
from shuzhi.exchange.workbooks import Cell, Sheet, Sheets, open_workbook

Progress = Callable[
    [int, int | None], None
]  #: rows done, rows in all (None when not known beforehand)

LEDGER_PROPERTY = "shuzhi_ledger"  #: custom document property with the ledger's key
VERSION_PROPERTY = "shuzhi_ledger_version"
MASKED_PROPERTY = "shuzhi_masked"  #: "1" in an export whose personal values are hidden

_PROGRESS_STEP = 2_000
#: first letters of everything a row may be skipped for; any other row is passed on after one look
_MARKS = frozenset("合总小共本全累示例样注备说填制审负单分经联第年")
_TOTAL = re.compile(
    r"(?:本页|本表|全村|全镇|全乡|全县|全年|本月|本年)?(合计|总计|小计|共计|累计|总数)[:：]?"
)
_EXAMPLE = re.compile(r"(?:示例|样例|例)(?:行|[:：].*|\(.*)?")
_FOOTER = re.compile(
    r"(?:注|备注|说明|填表说明|填报说明)[::\d].*|(?:填表|填报|制表|审核|经办|联系|负责|分管|单位负责|主要负责)(?:人|领导|单位|日期|时间)?(?:\(?(?:签字|签名|盖章)\)?)?[:：].*|第\d+页.*"
)


@dataclass(slots=True)
class ImportResult:
    """What a file holds, as far as it could be read."""

    drafts: list[RowDraft] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)  #: all of them, those of single rows too
    sheet: str = ""
    header_row: int = 0
    columns: list[ColumnPlan] = field(default_factory=list)
    rows_read: int = 0
    blank_rows: int = 0
    skipped_rows: int = 0  #: example, total, repeated header and footer rows
    organisation: str = ""  #: stated above the header (填报单位：…), as written
    match: ColumnMatch | None = None  #: None when the file could not be opened

    @property
    def is_blocked(self) -> bool:
        """True when something must be mended before anything of the file is recorded."""
        return is_blocking(self.problems)


def read_ledger_file(
    path: str | Path,
    ledger: LedgerDef,
    units: Units,
    *,
    organisation_column: bool = True,
    corrections: Mapping[str, str | None] | None = None,
    progress: Progress | None = None,
    catalogue: Catalogue | None = None,
    limits: Limits = DEFAULT_LIMITS,
    sheet: str = "",
) -> ImportResult:
    """Read a file as rows of `ledger`. Never raises for what a person did; all of it is in `problems`.

    Args:
        path: .xlsx, .xls, .csv or .txt.
        ledger: the ledger the rows belong to.
        units: the units known.
        organisation_column: whether a 单位 column is read as the keeping organisation.
        corrections: header → field key (or None to ignore), from a person who looked at the columns.
        progress: called now and then with rows done and rows in all.
        catalogue: lets fields that name an indicator or a ledger be written by title; without it only keys are known.
        limits: how large a file may be.
        sheet: name of the sheet a person picked; empty: the one that fits best.
    """
    path = Path(path)
    result = ImportResult()
    try:
        sheets = open_workbook(path, limits)
        result.problems.extend(_check_stamp(sheets, ledger))
        if is_blocking(result.problems):
            return result
        found, match = match_columns(
            sheets,
            ledger,
            units,
            organisation_column=organisation_column,
            corrections=corrections,
            chosen=sheet,
        )
        result.match = match
        result.sheet = match.sheet
        result.problems.extend(match.problems)
        if found is None:
            _explain_uncalculated_header(sheets, result)
            return result
        result.header_row = match.header_row
        result.columns = match.columns
        result.organisation = match.organisation
        _Reading(sheets, found, match, ledger, units, result, progress, catalogue).run()
    except ProblemsError as error:
        result.problems.extend(error.problems)
    return result


def _check_stamp(sheets: Sheets, ledger: LedgerDef) -> list[Problem]:
    place = Place(file=sheets.file)
    stamped = sheets.properties.get(LEDGER_PROPERTY, "")
    if stamped and stamped != ledger.key:
        params = {"found": stamped, "ledger": ledger.title.zh, "key": ledger.key}
        return [Problem("EXCHANGE_031", params, place)]
    if sheets.properties.get(MASKED_PROPERTY) == "1":
        return [Problem("EXCHANGE_032", {"ledger": ledger.title.zh}, place)]
    version = sheets.properties.get(VERSION_PROPERTY, "")
    if version and version != str(ledger.version):
        params = {"found": version, "expected": str(ledger.version)}
        return [Problem("EXCHANGE_033", params, place, "warning")]
    return []


def _explain_uncalculated_header(sheets: Sheets, result: ImportResult) -> None:
    """A sheet without a header may be one whose every cell is an uncalculated formula; then that is the reason."""
    for name in sheets.names:
        flaws = sheets.load(name).flaws
        uncalculated = [cell for cell, flaw in flaws.items() if not flaw]
        if uncalculated:
            row, position = min(uncalculated)
            place = Place(sheets.file, name, row, column_number=position + 1)
            result.problems.append(
                Problem("EXCHANGE_041", {"count": str(len(uncalculated))}, place)
            )


class _Reading:
    """One pass over the rows of the chosen sheet."""

    def __init__(
        self,
        sheets: Sheets,
        sheet: Sheet,
        match: ColumnMatch,
        ledger: LedgerDef,
        units: Units,
        result: ImportResult,
        progress: Progress | None,
        catalogue: Catalogue | None,
    ):
        self.sheet, self.match, self.ledger, self.units = sheet, match, ledger, units
        self.result, self.progress = result, progress
        self.reader: RowReader = compile_reader(
            ledger, units, match.columns, file=sheet.file, sheet=sheet.name
        )
        self.is_text = sheets.kind == "text"
        self.used = [c for c in match.columns if c.field]
        self.by_position = {c.position: c for c in self.used}
        self.width = max((c.position for c in match.columns), default=-1) + 1
        self.headers = tuple(normalise(c.header) for c in self.used)
        self.flaws: dict[int, dict[int, str]] = {}
        for (row, position), flaw in sheet.flaws.items():
            if position in self.by_position:
                self.flaws.setdefault(row, {})[position] = flaw
        self.missing = set(match.missing)
        self.personal = [f.key for f in ledger.fields if f.personal]
        self.totals: list[tuple[int, str, Sequence[Cell], int]] = []
        self.named = [f.key for f in ledger.fields if f.type in ("indicator", "ledger")]
        self.names = _names_of(catalogue, ledger) if catalogue is not None else {}
        self.example = _example_payload(ledger, units)
        self.saw_example = False
        for key in self.named:
            self.example.pop(key, None)  # shown by title or by key

    def run(self) -> None:
        """Read all rows into the result."""
        result, read, flaws = self.result, self.reader.read, self.flaws
        drafts, header_row, progress = result.drafts, self.match.header_row, self.progress
        is_text, personal, missing, names = self.is_text, self.personal, self.missing, self.names
        marks = _MARKS | {column.header.lstrip()[:1] for column in self.match.columns[:1]}
        data_rows = 0
        number = 0
        for number, cells in enumerate(self.sheet.rows(), 1):
            if number <= header_row:
                continue
            if progress is not None and number % _PROGRESS_STEP == 0:
                progress(number, self.sheet.height)
            for cell in cells:
                if cell is not None and cell != "":
                    break
            else:
                if number not in flaws:
                    result.blank_rows += 1
                    continue
                cell = ""
            marked = cell.__class__ is str and cell.lstrip()[:1] in marks
            if (marked or self._looks_marked(cells)) and self._is_skipped(cells, number):
                result.skipped_rows += 1
                continue
            draft = read(cells, number)
            if number in flaws:
                draft = self._with_flaws(draft, number)
            if draft is None:
                result.blank_rows += 1
                continue
            if names and draft.payload is not None:
                self._resolve_names(draft)
            data_rows += 1
            if data_rows == 1 and not self.saw_example and self._is_example(draft):
                # it may be the truth: a row is never dropped because of how it looks
                self._warn("EXCHANGE_037", number, {})
            if is_text and len(cells) > self.width and any(map(str.strip, cells[self.width :])):
                self._add(draft, "EXCHANGE_045", {})
            if missing and draft.problems:
                draft.problems = [p for p in draft.problems if not self._is_about_missing(p)]
            if personal and draft.payload is not None:
                self._check_masks(draft)
            drafts.append(draft)
        result.rows_read = len(drafts)
        if progress is not None:
            progress(number, number)
        if is_blocking(self.match.problems):
            for draft in drafts:
                draft.payload = None
        self._finish()

    # ── rows that are no data ─────────────────────────────────────────────────────────────────────────────────────────

    def _looks_marked(self, cells: Sequence[Cell]) -> bool:
        # the mark may stand in the second or third column, behind a running number or a blank
        return any(
            cell.__class__ is str and cell[:1] in "合总小共累" and cell[:1] for cell in cells[1:4]
        )

    def _is_skipped(self, cells: Sequence[Cell], number: int) -> bool:
        texts = [cell_text(cell) for cell in cells]
        shown = [text for text in texts if text]
        first = _squeezed(shown[0])
        if _EXAMPLE.fullmatch(first):
            self.saw_example = True
            # the example is as the template wrote it, whatever unit the clerk has put into the header since
            plain = [replace(c, unit="") for c in self.match.columns]
            draft = compile_reader(self.ledger, self.units, plain).read(cells, number)
            if draft is not None and draft.payload is not None and not self._is_example(draft):
                self._warn("EXCHANGE_036", number, {"mark": shown[0]}, "error")
            return True
        for text in shown[:3]:
            total = _TOTAL.fullmatch(_squeezed(text))
            if total:
                self.totals.append((number, total[1], list(cells), len(self.result.drafts)))
                return True
        if self._is_header_again(texts):
            self._warn("EXCHANGE_035", number, {})
            return True
        if len(set(shown)) <= 4 and _FOOTER.fullmatch(first):
            self._warn("EXCHANGE_038", number, {"text": shown[0][:40]})
            return True
        return False

    def _is_header_again(self, texts: Sequence[str]) -> bool:
        return all(
            column.position < len(texts) and normalise(texts[column.position]) == header
            for column, header in zip(self.used, self.headers, strict=True)
        )

    def _is_example(self, draft: RowDraft) -> bool:
        if not self.example or draft.payload is None:
            return False
        if self.named:
            return {k: v for k, v in draft.payload.items() if k not in self.named} == self.example
        return draft.payload == self.example

    # ── what the row reader cannot see ────────────────────────────────────────────────────────────────────────────────

    def _with_flaws(self, draft: RowDraft | None, number: int) -> RowDraft:
        flawed = self.flaws[number]
        if draft is None:
            draft = RowDraft(number, None)
        places = {position + 1 for position in flawed}
        draft.problems = [p for p in draft.problems if p.place.column_number not in places]
        for position, flaw in sorted(flawed.items()):
            column = self.by_position[position]
            place = Place(self.sheet.file, self.sheet.name, number, column.header, position + 1)
            if flaw:
                draft.problems.append(Problem("EXCHANGE_039", {"found": flaw}, place))
            else:
                draft.problems.append(Problem("EXCHANGE_040", {}, place))
        draft.payload = None
        return draft

    def _check_masks(self, draft: RowDraft) -> None:
        payload = draft.payload or {}
        for key in self.personal:
            value = payload.get(key)
            if isinstance(value, str) and "*" in value:
                draft.problems.append(Problem("EXCHANGE_034", {}, self._place_of(draft.row, key)))
                draft.payload = None

    def _resolve_names(self, draft: RowDraft) -> None:
        """Titles of indicators and ledgers become their keys, because that is what a record holds."""
        payload = draft.payload or {}
        for key, known in self.names.items():
            written = payload.get(key)
            if not isinstance(written, str):
                continue
            found = known.get(normalise(written))
            if found is None:
                near = difflib.get_close_matches(normalise(written), known, n=1, cutoff=0.4)
                params = {
                    "field": self.ledger.field(key).title.zh,
                    "found": written,
                    "suggestion": known[near[0]] if near else "—",
                }
                problem = Problem("EXCHANGE_048", params, self._place_of(draft.row, key))
                draft.problems.append(problem)
                draft.payload = None
            else:
                payload[key] = found
        if draft.payload is not None:
            draft.key = self.reader.key_of(payload)

    def _place_of(self, row: int, key: str) -> Place:
        column = next((c for c in self.used if c.field == key), None)
        header = column.header if column else self.ledger.field(key).title.zh
        number = column.position + 1 if column else None
        return Place(self.sheet.file, self.sheet.name, row, header, number)

    def _is_about_missing(self, problem: Problem) -> bool:
        return problem.code == "LEDGER_001" and problem.place.column_number is None

    def _add(self, draft: RowDraft, code: str, params: Mapping[str, Any]) -> None:
        draft.problems.append(
            Problem(code, params, Place(self.sheet.file, self.sheet.name, draft.row))
        )
        draft.payload = None

    def _warn(
        self, code: str, row: int, params: Mapping[str, Any], severity: Severity = "warning"
    ) -> None:
        place = Place(self.sheet.file, self.sheet.name, row)
        self.result.problems.append(Problem(code, params, place, severity))

    # ── the end of the sheet ──────────────────────────────────────────────────────────────────────────────────────────

    def _finish(self) -> None:
        result = self.result
        finish_rows(self.ledger, result.drafts)
        for draft in result.drafts:
            if draft.problems:
                draft.problems = [self._placed(p, draft.row) for p in draft.problems]
        self._compare_totals()
        before = result.problems
        rows = [problem for draft in result.drafts for problem in draft.problems]
        untouched = result.skipped_rows == 1 and not self.totals  # a template nobody has filled yet
        if not result.drafts and not is_blocking(before) and not untouched:
            place = Place(self.sheet.file, self.sheet.name, self.match.header_row)
            rows.append(Problem("EXCHANGE_042", {"ledger": self.ledger.title.zh}, place, "warning"))
        result.problems = sorted(
            [*before, *rows], key=lambda p: (p.place.row or 0, p.place.column_number or 0)
        )

    def _placed(self, problem: Problem, row: int) -> Problem:
        place = problem.place
        if place.file and place.column_number is not None:
            return problem
        number = place.column_number
        if number is None and place.column:
            number = next(
                (c.position + 1 for c in self.used if place.column in (c.header, self._title(c))),
                None,
            )
        return replace(
            problem,
            place=Place(self.sheet.file, self.sheet.name, place.row or row, place.column, number),
        )

    def _title(self, column: ColumnPlan) -> str:
        return next((f.title.zh for f in self.ledger.fields if f.key == column.field), "")

    def _compare_totals(self) -> None:
        """A total row is never recorded; where its numbers are not the sum of the rows, both are shown."""
        start = 0
        for number, word, cells, count in self.totals:
            if word == "小计":
                rows, start = self.result.drafts[start:count], count
            elif count:
                rows = self.result.drafts[:count]
            else:
                rows = self.result.drafts  # a total written above its rows
            self._warn("EXCHANGE_043", number, {"word": word})
            if not rows or any(draft.payload is None for draft in rows):
                continue
            for column in self.used:
                definition = next((f for f in self.ledger.fields if f.key == column.field), None)
                if definition is None or definition.type not in ("integer", "quantity"):
                    continue
                cell = cells[column.position] if column.position < len(cells) else None
                stated = self._number(cell, column, definition)
                if stated is None:
                    continue
                values = [(draft.payload or {}).get(definition.key) for draft in rows]
                total = sum((Decimal(value) for value in values if value is not None), Decimal(0))
                if total != stated:
                    place = Place(
                        self.sheet.file, self.sheet.name, number, column.header, column.position + 1
                    )
                    params = {
                        "word": word,
                        "stated": canonical(stated),
                        "sum": canonical(total),
                        "unit": definition.unit,
                    }
                    self.result.problems.append(Problem("EXCHANGE_044", params, place, "warning"))

    def _number(self, cell: Cell, column: ColumnPlan, definition: FieldDef) -> Decimal | None:
        if isinstance(cell, bool) or cell is None or cell == "":
            return None
        text = f"{cell:.15g}" if isinstance(cell, float) else normalise(str(cell)).replace(",", "")
        try:
            value = Decimal(text)
            if not value.is_finite():
                return None
            if column.unit:
                value = self.units.convert(value, column.unit, definition.unit)
        except (InvalidOperation, ProblemsError):
            return None
        return value


def _names_of(catalogue: Catalogue, ledger: LedgerDef) -> dict[str, dict[str, str]]:
    """For each field that names a definition: normalised key, title or synonym → key."""
    result: dict[str, dict[str, str]] = {}
    for one in ledger.fields:
        if one.type not in ("indicator", "ledger"):
            continue
        definitions: Mapping[str, IndicatorDef | LedgerDef] = (
            catalogue.indicators if one.type == "indicator" else catalogue.ledgers
        )
        known: dict[str, str] = {}
        # keys first, then titles, then synonyms: the surer name wins where two are alike
        for key in definitions:
            known.setdefault(normalise(key), key)
        for key, definition in definitions.items():
            known.setdefault(normalise(definition.title.zh), key)
        for key, definition in definitions.items():
            for synonym in definition.synonyms:
                known.setdefault(normalise(synonym), key)
        result[one.key] = known
    return result


def _squeezed(text: str) -> str:
    """A mark as it may be written: half width and without spaces (合　计：→ 合计:)."""
    return "".join(unicodedata.normalize("NFKC", text).split())


def _example_payload(ledger: LedgerDef, units: Units) -> dict[str, Any]:
    """The payload of the template's example row; empty when the ledger has no example."""
    fields = [one for one in ledger.fields if not one.computed]
    if not any(one.example for one in fields):
        return {}
    plans = [ColumnPlan(one.key, index, one.title.zh) for index, one in enumerate(fields)]
    draft = compile_reader(ledger, units, plans).read([one.example for one in fields], 1)
    return dict(draft.payload) if draft is not None and draft.payload else {}


# ── which ledger is it ────────────────────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True)
class LedgerCandidate:
    """A ledger a file may hold, with the reasons."""

    ledger: LedgerDef
    sheet: str
    matched: int  #: fields found among the headers
    missing: tuple[str, ...]  #: required fields without a column
    score: float  #: 0 to 1; the likeliest comes first


def find_ledger(
    path: str | Path, catalogue: Catalogue, limits: Limits = DEFAULT_LIMITS
) -> list[LedgerCandidate]:
    """The ledgers a file may be, likeliest first; empty when none fits.

    A file made from a template says which ledger it is; otherwise sheet names and headers are weighed.

    Raises:
        ProblemsError: when the file cannot be opened.
    """
    units = Units(catalogue.units)
    sheets = open_workbook(path, limits)
    stamped = sheets.properties.get(LEDGER_PROPERTY, "")
    file_name = normalise(Path(path).stem)
    found: list[LedgerCandidate] = []
    for ledger in catalogue.ledgers.values():
        best: LedgerCandidate | None = None
        for name in sheets.names:
            match = match_sheet(sheets.load(name), ledger, units)
            if not match.header_row:
                continue
            typed = sum(1 for one in ledger.fields if not one.computed)
            score = 0.5 * match.matched / max(typed, 1)
            headers = sum(1 for one in match.explanations if one.how not in ("blank", "counting"))
            score += 0.2 * match.matched / max(headers, 1)
            names = names_of_ledger(ledger)
            if normalise(name) in names or any(len(n) > 2 and n in file_name for n in names):
                score += 0.3
            score -= 0.1 * len(match.missing)
            if ledger.key == stamped:
                score = 1.0
            score = max(0.0, min(score, 1.0))
            if best is None or score > best.score:
                best = LedgerCandidate(
                    ledger, name, match.matched, tuple(match.missing), round(score, 3)
                )
        if best is not None and best.score > 0.1:
            found.append(best)
    return sorted(found, key=lambda one: (-one.score, one.ledger.key))
