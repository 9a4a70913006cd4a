"""Runs the cases that stand beside indicators: known rows in a table, and the figures they must give.

A case is how an author of definitions shows what a 口径 means; the rows go through the very code that the books use.
Nothing here knows a database, and no case can change a definition.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Final, Literal

from shuzhi.catalogue.schema import (
    FAILED,
    Conversion,
    Failed,
    MappingNode,
    Node,
    Reporter,
    ScalarNode,
    SequenceNode,
    definition_nodes,
    excerpt,
    read_nodes,
    report_unknown_keys,
    similar,
)
from shuzhi.core.definitions import Catalogue, FieldDef, LedgerDef
from shuzhi.core.figures import FigureId
from shuzhi.core.indicators import MemoryBook
from shuzhi.core.periods import Period, parse_period
from shuzhi.core.problems import Place, Problem, ProblemsError
from shuzhi.core.quantities import Units, canonical

CASES_SUFFIX: Final = ".cases.yaml"

ORGANISATION_HEADER: Final = "单位"
DATE_HEADER: Final = "日期"
SUBJECT_HEADER: Final = "户"
STATE_HEADER: Final = "状态"
_STATES: Final[Mapping[str, bool]] = {
    "": False,
    "通过": False,
    "approved": False,
    "撤回": True,
    "withdrawn": True,
}
_CASE_KEYS: Final = ("name", "indicator", "units", "levels", "given", "then")
_HEADER_UNIT: Final = re.compile(r"(?P<name>.+?)[（(](?P<unit>[^（）()]+)[）)]\Z")
_RULE_LINE: Final = re.compile(r"[|\s:-]+\Z")


@dataclass(frozen=True, slots=True)
class CaseRow:
    """One row of a case's table, by field key, as a person would type it."""

    ledger: str
    organisation: str
    values: Mapping[str, str]
    withdraw: bool
    line: int


@dataclass(frozen=True, slots=True)
class Expectation:
    """One figure a case promises; `value` is in the indicator's unit, None = not known."""

    indicator: str
    organisation: str
    period: Period
    period_text: str
    value: Decimal | None
    kind: Literal["actual", "target"]
    line: int


@dataclass(frozen=True, slots=True)
class Case:
    """A case as read: rows in the order they are approved, and what must come out."""

    name: str
    file: str
    line: int
    parents: Mapping[str, str]
    levels: Mapping[str, str]
    rows: tuple[CaseRow, ...]
    expectations: tuple[Expectation, ...]


@dataclass(frozen=True, slots=True)
class CaseResult:
    """What became of one expectation (or of a case whose rows were refused); `problems` say why it failed."""

    name: str
    file: str
    line: int
    passed: bool
    expected: str = ""
    found: str = ""
    problems: tuple[Problem, ...] = ()


@dataclass(frozen=True, slots=True)
class _ThenDef:
    """Shape of one item of `then`."""

    org: str
    period: str
    indicator: str = ""
    value: str = ""  #: text of the exact number; a blank value is an unknown figure
    kind: Literal["actual", "target"] = "actual"


def find_cases_files(folder: Path) -> list[Path]:
    """Every cases file of a catalogue folder, in a fixed order."""
    return sorted(folder.glob(f"indicators/**/*{CASES_SUFFIX}"))


def load_cases(path: Path, catalogue: Catalogue) -> tuple[list[Case], list[Problem]]:
    """The cases of one file and everything wrong in how they are written; a case with problems is left out."""
    problems: list[Problem] = []
    reporter = Reporter(str(path), problems)
    cases: list[Case] = []
    names: set[str] = set()
    for node in definition_nodes(read_nodes(path, reporter)):
        before = len(problems)
        case = _CaseReading(reporter, catalogue, path).read(node)
        if case is not None and case.name in names:
            reporter.add("CATALOGUE_079", node, "name", name=case.name)
        if case is not None and len(problems) == before:
            names.add(case.name)
            cases.append(case)
    return cases, problems


def indicators_tested(cases: Iterable[Case]) -> set[str]:
    """The indicators that some case promises a figure of."""
    return {one.indicator for case in cases for one in case.expectations}


def run_case(case: Case, catalogue: Catalogue) -> list[CaseResult]:
    """Approve the case's rows in order in a book of its own, then compare every promised figure."""
    book = MemoryBook(catalogue, case.parents, levels=case.levels)
    units = Units(catalogue.units)
    refused: list[Problem] = []
    for row in case.rows:
        try:
            book.approve(row.ledger, row.organisation, row.values, withdraw=row.withdraw)
        except ProblemsError as error:
            refused.extend(_placed(error, case.file, row.line))
    if refused:
        return [CaseResult(case.name, case.file, case.line, False, problems=tuple(refused))]
    return [_compare(one, case, book, catalogue, units) for one in case.expectations]


def run_cases_file(path: Path, catalogue: Catalogue) -> tuple[list[CaseResult], list[Problem]]:
    """Run every case of a file; the problems are of cases that could not be read."""
    cases, problems = load_cases(path, catalogue)
    return [result for case in cases for result in run_case(case, catalogue)], problems


def _compare(
    one: Expectation, case: Case, book: MemoryBook, catalogue: Catalogue, units: Units
) -> CaseResult:
    identity = FigureId(one.indicator, one.organisation, one.period, one.kind)
    expected = _shown(one.value)
    try:
        value = book.figure(identity).value
    except ProblemsError as error:
        problems = tuple(_placed(error, case.file, one.line))
        return CaseResult(case.name, case.file, one.line, False, expected, "", problems)
    if value is not None:
        value = units.from_base(value, catalogue.indicators[one.indicator].unit)
    found = _shown(value)
    passed = value == one.value
    problem = Problem(
        "CATALOGUE_078",
        {
            "name": case.name,
            "org": one.organisation,
            "period": one.period_text,
            "indicator": one.indicator,
            "expected": expected,
            "found": found,
        },
        Place(file=case.file, line=one.line, path="then"),
    )
    return CaseResult(
        case.name, case.file, one.line, passed, expected, found, () if passed else (problem,)
    )


def _shown(value: Decimal | None) -> str:
    return "null" if value is None else canonical(value)


def _placed(error: ProblemsError, file: str, line: int) -> Iterator[Problem]:
    for problem in error.problems:
        place = Place(file=file, line=line, column=problem.place.column)
        yield Problem(problem.code, problem.params, place, problem.severity)


# ── reading a case ────────────────────────────────────────────────────────────────────────────────────────────────────


class _CaseReading:
    def __init__(self, reporter: Reporter, catalogue: Catalogue, path: Path) -> None:
        self.reporter = reporter
        self.catalogue = catalogue
        self.stem = path.name.removesuffix(CASES_SUFFIX)

    def read(self, node: Node) -> Case | None:
        if not isinstance(node, MappingNode):
            self.reporter.add(
                "CATALOGUE_018", node, found=excerpt(node), allowed="、".join(_CASE_KEYS)
            )
            return None
        report_unknown_keys(self.reporter, node, _CASE_KEYS)
        missing = [key for key in ("name", "given", "then") if node.get(key) is None]
        for key in missing:
            self.reporter.add("CATALOGUE_012", node, key, key=key)
        if missing:
            return None
        default = self._text(node, "indicator") or self.stem
        parents, levels = self._names(node, "units"), self._names(node, "levels")
        rows = tuple(self._rows(node, default))
        organisations = {row.organisation for row in rows} | {*parents, *parents.values()}
        return Case(
            name=self._text(node, "name"),
            file=self.reporter.file,
            line=node.line,
            parents=parents,
            levels=levels,
            rows=rows,
            expectations=tuple(self._expectations(node, default, organisations)),
        )

    def _text(self, node: MappingNode, key: str) -> str:
        value = node.get(key)
        if value is None:
            return ""
        text = Conversion(self.reporter).convert(str, value, key)
        return "" if isinstance(text, Failed) else str(text)

    def _names(self, node: MappingNode, key: str) -> dict[str, str]:
        """A mapping of names, such as 甲村: 某镇."""
        value = node.get(key)
        if value is None:
            return {}
        if not isinstance(value, MappingNode):
            self.reporter.add(
                "CATALOGUE_018", value, key, found=excerpt(value), allowed="甲村: 某镇"
            )
            return {}
        return {name: self._text(value, name) for name in value.entries}

    # what must come out

    def _expectations(
        self, node: MappingNode, default: str, organisations: set[str]
    ) -> Iterator[Expectation]:
        then = node.get("then")
        items = then.items if isinstance(then, SequenceNode) else [then] if then else []
        for number, item in enumerate(items):
            path = f"then[{number}]"
            read = Conversion(self.reporter).dataclass(_ThenDef, item, path)
            if isinstance(read, Failed) or not isinstance(item, MappingNode):
                continue
            if "value" not in item.entries:
                self.reporter.add("CATALOGUE_012", item, f"{path}.value", key="value")
                continue
            if organisations and read.org not in organisations:
                nearest = similar(read.org, organisations)
                self.reporter.add("CATALOGUE_081", item, path, name=read.org, similar=nearest)
            indicator = read.indicator or default
            if indicator not in self.catalogue.indicators:
                self._report_indicator(read.indicator, item, path)
                continue
            value = self._value(item, read.value, path)
            period = self._period(item, read.period, path)
            if period is not None and not isinstance(value, Failed):
                yield Expectation(
                    indicator, read.org, period, read.period, value, read.kind, item.line
                )

    def _report_indicator(self, named: str, item: Node, path: str) -> None:
        if named:
            nearest = similar(named, self.catalogue.indicators)
            self.reporter.add("CATALOGUE_034", item, path, name=named, similar=nearest)
        else:
            self.reporter.add("CATALOGUE_075", item, path, file=self.stem)

    def _value(self, item: Node, text: str, path: str) -> Decimal | Failed | None:
        if not text:
            return None
        try:
            value = Decimal(text)
        except InvalidOperation:
            value = Decimal("NaN")
        if not value.is_finite():
            self.reporter.add("CATALOGUE_077", item, f"{path}.value", found=text)
            return FAILED
        return value

    def _period(self, item: Node, text: str, path: str) -> Period | None:
        try:
            return parse_period(text)
        except ProblemsError as error:
            for problem in error.problems:
                self.reporter.add(problem.code, item, f"{path}.period", **problem.params)
            return None

    # the rows

    def _rows(self, node: MappingNode, default: str) -> Iterator[CaseRow]:
        given = node.get("given")
        if isinstance(given, MappingNode):
            for key, (key_node, table) in given.entries.items():
                if key in self.catalogue.ledgers:
                    yield from self._table(table, self.catalogue.ledgers[key], f"given.{key}")
                    continue
                nearest = similar(key, self.catalogue.ledgers)
                self.reporter.add("CATALOGUE_030", key_node, "given", name=key, similar=nearest)
        elif given is not None:
            indicator = self.catalogue.indicators.get(default)
            if indicator is None:
                self._report_indicator("" if default == self.stem else default, given, "given")
            elif not indicator.source:
                self.reporter.add("CATALOGUE_076", given, "given", name=default)
            elif indicator.source in self.catalogue.ledgers:
                yield from self._table(given, self.catalogue.ledgers[indicator.source], "given")

    def _table(self, node: Node, ledger: LedgerDef, path: str) -> Iterator[CaseRow]:
        if not isinstance(node, ScalarNode):
            self.reporter.add("CATALOGUE_070", node, path)
            return
        lines = [
            (node.line + 1 + number, line.strip())
            for number, line in enumerate(node.text.splitlines())
        ]
        lines = [(number, line) for number, line in lines if line and not _RULE_LINE.match(line)]
        if not lines or any(not line.startswith("|") for _, line in lines):
            self.reporter.add("CATALOGUE_070", node, path)
            return
        headers = _cells(lines[0][1])
        columns = [self._column(header, ledger, lines[0][0], path) for header in headers]
        for number, (line, text) in enumerate(lines[1:], start=1):
            cells = _cells(text)
            if len(cells) != len(headers):
                self.reporter.add(
                    "CATALOGUE_071",
                    (line, 1),
                    path,
                    row=number,
                    found=len(cells),
                    expected=len(headers),
                )
            elif row := self._row(list(zip(columns, cells, strict=True)), ledger, line, path):
                if row.organisation:
                    yield row
                else:
                    self.reporter.add("CATALOGUE_073", (line, 1), path, row=number)

    def _column(self, header: str, ledger: LedgerDef, line: int, path: str) -> tuple[str, str]:
        """What a header means: a reserved header or a field key, and the unit to add to bare numbers."""
        if header == ORGANISATION_HEADER:
            return header, ""
        found = _field_of(header, ledger)
        if found is not None:
            return found.key, ""
        reserved = {DATE_HEADER: ledger.date, SUBJECT_HEADER: ledger.subject}.get(header)
        if reserved:
            return reserved, ""
        if header == STATE_HEADER:
            return header, ""
        parts = _HEADER_UNIT.match(header)
        found = _field_of(parts["name"].strip(), ledger) if parts else None
        if parts and found is not None:
            return found.key, "" if parts["unit"] == found.unit else parts["unit"]
        near = similar(header, [one.title.zh for one in ledger.fields])
        self.reporter.add(
            "CATALOGUE_072", (line, 1), path, name=header, ledger=ledger.key, similar=near
        )
        return "", ""

    def _row(
        self, cells: list[tuple[tuple[str, str], str]], ledger: LedgerDef, line: int, path: str
    ) -> CaseRow | None:
        organisation, withdraw = "", False
        values: dict[str, str] = {}
        for (column, unit), cell in cells:
            if column == ORGANISATION_HEADER:
                organisation = cell
            elif column == STATE_HEADER:
                if cell not in _STATES:
                    self.reporter.add("CATALOGUE_074", (line, 1), path, found=cell)
                    return None
                withdraw = _STATES[cell]
            elif column and cell:
                values[column] = cell + unit
        return CaseRow(ledger.key, organisation, values, withdraw, line)


def _field_of(header: str, ledger: LedgerDef) -> FieldDef | None:
    for one in ledger.fields:
        if header in (one.title.zh, one.key, *one.synonyms):
            return one
    return None


def _cells(line: str) -> list[str]:
    return [cell.strip() for cell in line.strip().removeprefix("|").removesuffix("|").split("|")]
