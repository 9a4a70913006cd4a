"""Checks that definitions fit together: every name in them exists, has the right type and a unit that converts.

The loader reads each definition by itself; this part reads the whole catalogue and reports what dangles, what
contradicts itself and what turns in a circle. `lint` adds what is allowed but should be better. No record and no figure
is looked at here.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import fields, is_dataclass
from datetime import date
from typing import TYPE_CHECKING, Any, Final, Literal, get_args

from shuzhi.catalogue.schema import similar
from shuzhi.core.definitions import (
    Basis,
    Catalogue,
    EachDef,
    FieldDef,
    IndicatorDef,
    LedgerDef,
    Level,
    ParagraphDef,
    ParameterDef,
    ProgrammeDef,
    RelationDef,
    ReportDef,
    SectionDef,
    SentenceDef,
    UnitDef,
    WordListDef,
)
from shuzhi.core.formulas import (
    FIGURE_FUNCTIONS,
    Expression,
    IndicatorValue,
    Node,
    parse_expression,
    parse_indicator_value,
)
from shuzhi.core.problems import Problem, ProblemsError, Severity
from shuzhi.core.quantities import Units, problems_of_units
from shuzhi.core.reports import check_report

if TYPE_CHECKING:
    from shuzhi.catalogue.loader import LoadedCatalogue

NUMBER_TYPES: Final = frozenset({"quantity", "integer"})

_SLOT_KEY: Final = re.compile(r"\{([a-z][a-z0-9_.]*)")
_EFFECTIVE: Final = re.compile(r"[0-9]{4}(-(0[1-9]|1[0-2])(-(0[1-9]|[12][0-9]|3[01]))?)?\Z")

#: What stands for a few characters in an entry of a word list.
_GAP: Final = "…"
_KINDS_WITH_GAPS: Final = frozenset({"confusion", "term", "collocation"})


def check_references(loaded: LoadedCatalogue) -> list[Problem]:
    """Everything in the catalogue that points nowhere, contradicts itself or turns in a circle."""
    return list(_Checker(loaded).run())


# ── the checker ───────────────────────────────────────────────────────────────────────────────────────────────────────


class _Checker:
    def __init__(self, loaded: LoadedCatalogue) -> None:
        self.loaded = loaded
        self.catalogue = loaded.catalogue
        self.problems: list[Problem] = []
        self.kind = ""
        self.key = ""
        self.units: Units | None = None

    def run(self) -> Iterator[Problem]:
        self._check_units()
        for kind, definitions, check in self._kinds():
            for key, definition in definitions.items():
                self.kind, self.key = kind, key
                check(definition)
        self._check_derived_cycles()
        yield from self.problems

    def _kinds(self) -> Iterator[tuple[str, Mapping[str, Any], Callable[[Any], None]]]:
        yield "ledger", self.catalogue.ledgers, self._check_ledger
        yield "indicator", self.catalogue.indicators, self._check_indicator
        yield "relation", self.catalogue.relations, self._check_relation
        yield "parameter", self.catalogue.parameters, self._check_parameter
        yield "report", self.catalogue.reports, self._check_report
        yield "wordlist", self.catalogue.words, self._check_word_list
        yield "programme", self.catalogue.programmes, self._check_programme

    # reporting

    def add(self, code: str, path: str, severity: Severity = "error", **params: Any) -> None:
        origin = self.loaded.sources[self.kind, self.key]
        params["column"] = origin.column(path)
        self.problems.append(Problem(code, params, origin.place(path), severity))

    def _add_foreign(self, error: ProblemsError, path: str) -> None:
        """Problems found by core carry no place; theirs is where the text stands."""
        for problem in error.problems:
            self.add(problem.code, path, **problem.params)

    def _exists(self, kind: str, known: Mapping[str, Any], key: str, path: str, code: str) -> bool:
        """Report `key` unless it is known; a broken definition exists but cannot be looked into."""
        if key in known:
            return True
        if (kind, key) not in self.loaded.broken:
            self.add(code, path, name=key, similar=similar(key, known))
        return False

    def _ledger(self, key: str, path: str) -> LedgerDef | None:
        known = self.catalogue.ledgers
        return known[key] if self._exists("ledger", known, key, path, "CATALOGUE_030") else None

    def _indicator(self, key: str, path: str) -> IndicatorDef | None:
        known = self.catalogue.indicators
        return known[key] if self._exists("indicator", known, key, path, "CATALOGUE_034") else None

    def _parameter(self, key: str, path: str) -> ParameterDef | None:
        known = self.catalogue.parameters
        return known[key] if self._exists("parameter", known, key, path, "CATALOGUE_042") else None

    def _field(
        self, ledger: LedgerDef, name: str, path: str, *types: str, also: Iterable[str] = ()
    ) -> FieldDef | None:
        """The ledger's field `name`, reported when it is missing or of none of `types`."""
        by_key = {one.key: one for one in ledger.fields}
        found = by_key.get(name)
        if found is None:
            self.add(
                "CATALOGUE_031", path, name=name, ledger=ledger.key, similar=similar(name, by_key)
            )
        elif types and found.type not in types and name not in also:
            self.add("CATALOGUE_032", path, name=name, found=found.type, expected="、".join(types))
        return found

    def _unit(self, unit: str, path: str) -> UnitDef | None:
        if self.units is None:
            return None
        found = self.units.get(unit)
        if found is None and ("unit", unit) not in self.loaded.broken:
            self.add("CATALOGUE_033", path, name=unit, similar=similar(unit, self.catalogue.units))
        return found

    def _same_base(self, unit: str, expected: str, path: str, name: str) -> None:
        if not unit or not expected or self.units is None:
            return
        first, second = self.units.get(unit), self.units.get(expected)
        if first is not None and second is not None and first.base != second.base:
            self.add("CATALOGUE_038", path, name=name, found=unit, expected=expected)

    def _is_measured(self, *units: str) -> bool:
        """True when one of the units comes in several sizes (元, 万元), as money and lengths do and counts do not."""
        bases = {found.base for unit in units if self.units and (found := self.units.get(unit))}
        return any(one.base in bases and one.factor != 1 for one in self.catalogue.units.values())

    # units

    def _check_units(self) -> None:
        self.kind = "unit"
        problems = problems_of_units(self.catalogue.units)
        for problem in problems:
            self.key = str(problem.params["unit"])
            if problem.code == "QUANTITY_007":
                if ("unit", problem.params["base"]) in self.loaded.broken:
                    continue
                path = "base"
            else:
                path = {"QUANTITY_006": "factor", "QUANTITY_008": "base"}.get(problem.code, "key")
            self.add(problem.code, path, **problem.params)
        if not problems:
            self.units = Units(self.catalogue.units)

    # ledgers

    def _check_ledger(self, ledger: LedgerDef) -> None:
        self._check_basis(ledger.basis, "basis")
        self._check_doubled((one.key for one in ledger.fields), "fields", "key")
        self._check_doubled((one.key for one in ledger.rules), "rules", "key")
        self._check_headers(ledger)
        self._field(ledger, ledger.date, "date", "date")
        if ledger.until:
            self._field(ledger, ledger.until, "until", "date")
            if ledger.nature != "register":
                self.add("CATALOGUE_046", "until", property="until", case="nature: journal")
        for number, name in enumerate(ledger.identified_by):
            self._field(ledger, name, f"identified_by[{number}]")
        if ledger.subject:
            self._field(ledger, ledger.subject, "subject", "reference")
        unitless = ledger.targets.amount if ledger.targets else ""
        for number, one in enumerate(ledger.fields):
            self._check_field(ledger, one, f"fields[{number}]", needs_unit=one.key != unitless)
        self._check_computed_cycles(ledger)
        for number, rule in enumerate(ledger.rules):
            self._row_expression(rule.check, ledger, f"rules[{number}].check")
        if ledger.targets:
            self._field(ledger, ledger.targets.indicator, "targets.indicator", "indicator")
            self._field(ledger, ledger.targets.amount, "targets.amount", *sorted(NUMBER_TYPES))
            self._field(ledger, ledger.targets.year, "targets.year", "integer")
        if ledger.nil:
            self._field(ledger, ledger.nil.ledger, "nil.ledger", "ledger")
            self._field(ledger, ledger.nil.month, "nil.month", "month")

    def _check_field(
        self, ledger: LedgerDef, one: FieldDef, path: str, *, needs_unit: bool
    ) -> None:
        allowed = {
            "unit": NUMBER_TYPES,
            "min": NUMBER_TYPES,
            "max": NUMBER_TYPES,
            "options": {"choice"},
            "ledger": {"reference"},
        }
        for name, types in allowed.items():
            if getattr(one, name) not in ("", None, ()) and one.type not in types:
                case = f"type: {one.type}"
                self.add("CATALOGUE_046", f"{path}.{name}", property=name, case=case)
        needed = {"quantity": "unit", "choice": "options", "reference": "ledger"}.get(one.type)
        if needed and not getattr(one, needed) and (needed != "unit" or needs_unit):
            self.add("CATALOGUE_048", path, property=needed, case=f"type: {one.type}")
        if one.unit:
            self._unit(one.unit, f"{path}.unit")
        if one.ledger and one.type == "reference":
            self._ledger(one.ledger, f"{path}.ledger")
        if one.min is not None and one.max is not None and one.min > one.max:
            self.add("CATALOGUE_049", f"{path}.max", min=one.min, max=one.max)
        self._check_doubled(one.options, f"{path}.options", "")
        if one.computed:
            expression = self._row_expression(one.computed, ledger, f"{path}.computed")
            if expression is not None:
                self._row_units(expression.node, ledger, one.unit, f"{path}.computed")

    def _check_doubled(self, names: Iterable[str], path: str, part: str) -> None:
        seen: set[str] = set()
        for number, name in enumerate(names):
            if name in seen:
                below = f"{path}[{number}].{part}" if part else f"{path}[{number}]"
                self.add("CATALOGUE_047", below, name=name)
            seen.add(name)

    def _check_headers(self, ledger: LedgerDef) -> None:
        """A header must lead to one field only, or an imported column could land in the wrong one."""
        owner: dict[str, str] = {}
        for number, one in enumerate(ledger.fields):
            for header in dict.fromkeys((one.title.zh, *one.synonyms)):
                other = owner.setdefault(header, one.key)
                if other != one.key:
                    self.add(
                        "CATALOGUE_050",
                        f"fields[{number}]",
                        name=header,
                        field=one.key,
                        other=other,
                    )

    def _check_computed_cycles(self, ledger: LedgerDef) -> None:
        graph: dict[str, list[str]] = {}
        for one in ledger.fields:
            expression = _parsed(one.computed) if one.computed else None
            graph[one.key] = sorted(expression.names) if expression else []
        numbers = {one.key: number for number, one in enumerate(ledger.fields)}
        for cycle in _cycles(graph):
            path = f"fields[{numbers[cycle[0]]}].computed"
            self.add("CATALOGUE_040", path, chain=" → ".join([*cycle, cycle[0]]))

    # expressions

    def _row_expression(self, text: str, ledger: LedgerDef, path: str) -> Expression | None:
        """An expression over the fields of one row, with everything wrong in it reported."""
        try:
            expression = parse_expression(text)
        except ProblemsError as error:
            self._add_foreign(error, path)
            return None
        self._check_row_node(expression, ledger, path)
        return expression

    def _check_row_node(self, expression: Expression, ledger: LedgerDef, path: str) -> None:
        by_key = {one.key: one for one in ledger.fields}
        for name in sorted(expression.names - set(by_key)):
            self.add(
                "CATALOGUE_035",
                path,
                name=name,
                expression=expression.text,
                similar=similar(name, by_key),
            )
        for function in sorted(expression.functions & FIGURE_FUNCTIONS):
            self.add("CATALOGUE_036", path, function=function, expression=expression.text)
        for node in _walk(expression.node):
            self._check_options(node, by_key, path)
            for child in node.children if node.kind in ("arithmetic", "neg") else ():
                self._check_number(child, by_key, path)

    def _check_number(self, node: Node, fields: Mapping[str, FieldDef], path: str) -> None:
        found = fields.get(node.value) if node.kind == "name" else None
        if found is not None and found.type not in NUMBER_TYPES | {"boolean"}:
            expected = "、".join(sorted(NUMBER_TYPES))
            self.add("CATALOGUE_032", path, name=found.key, found=found.type, expected=expected)

    def _check_options(self, node: Node, fields: Mapping[str, FieldDef], path: str) -> None:
        """A choice compared with a word that is none of its options would silently never be true."""
        if not (
            node.kind in ("in", "not in") or (node.kind == "compare" and node.value in ("==", "!="))
        ):
            return
        sides = [
            inner
            for child in node.children
            for inner in (child.children if child.kind == "tuple" else (child,))
        ]
        for name in (one.value for one in sides if one.kind == "name"):
            found = fields.get(name)
            if found is None or found.type != "choice":
                continue
            for literal in sides:
                if literal.kind == "literal" and literal.value not in found.options:
                    self.add(
                        "CATALOGUE_041",
                        path,
                        name=name,
                        found=literal.value,
                        options="、".join(found.options),
                    )

    def _row_units(self, node: Node, ledger: LedgerDef, expected: str, path: str) -> None:
        by_key = {one.key: one.unit for one in ledger.fields}
        for name in _added_names(node):
            self._same_base(by_key.get(name, ""), expected, path, name)

    def _figure_expression(self, text: str, path: str) -> Expression | None:
        """An expression over indicators, with everything wrong in it reported."""
        try:
            expression = parse_expression(text)
        except ProblemsError as error:
            self._add_foreign(error, path)
            return None
        for name in sorted(expression.names):
            self._indicator(name, path)
        for node in _walk(expression.node):
            if node.kind == "call" and node.value in FIGURE_FUNCTIONS:
                self._check_figure_call(node, path)
        return expression

    def _check_figure_call(self, node: Node, path: str) -> None:
        first = node.children[0] if node.children else Node("literal")
        rest = len(node.children) - 1
        if node.value == "parameter":
            good = first.kind == "literal" and isinstance(first.value, str) and rest == 0
            if good:
                self._parameter(first.value, path)
        elif node.value == "last_year":
            good = first.kind == "name" and rest == 0
        else:
            good = first.kind == "literal" and rest == 1
            if good and first.value not in get_args(Level):
                allowed = "、".join(get_args(Level))
                self.add("CATALOGUE_043", path, found=first.value, allowed=allowed)
        if not good:
            self.add("CATALOGUE_051", path, function=node.value)

    # indicators

    def _check_indicator(self, one: IndicatorDef) -> None:
        self._check_basis(one.basis, "basis")
        self._unit(one.unit, "unit")
        try:
            value = parse_indicator_value(one.value)
        except ProblemsError as error:
            self._add_foreign(error, "value")
            return
        if (value.kind == "derived") != (one.nature == "derived"):
            self.add("CATALOGUE_052", "nature", nature=one.nature, value=one.value)
            return
        if one.nature == "derived":
            for name in ("from", "where", "at", "by"):
                if getattr(one, "source" if name == "from" else name):
                    self.add("CATALOGUE_046", name, property=name, case="nature: derived")
            expression = self._figure_expression(one.value, "value")
            if expression is not None:
                for name in _added_names(expression.node):
                    other = self.catalogue.indicators.get(name)
                    self._same_base(other.unit if other else "", one.unit, "value", name)
            return
        if one.decimals is not None:
            self.add("CATALOGUE_046", "decimals", property="decimals", case=f"nature: {one.nature}")
        if not one.source:
            self.add("CATALOGUE_048", "from", property="from", case=f"nature: {one.nature}")
            return
        ledger = self._ledger(one.source, "from")
        if ledger is not None:
            self._check_rows_read(one, value, ledger)

    def _check_rows_read(self, one: IndicatorDef, value: IndicatorValue, ledger: LedgerDef) -> None:
        if value.kind == "sum" and value.expression is not None:
            self._check_row_node(value.expression, ledger, "value")
            by_key = {field.key: field for field in ledger.fields}
            self._check_number(value.expression.node, by_key, "value")
            self._row_units(value.expression.node, ledger, one.unit, "value")
        if value.field:
            types = ("reference", "identity_number", "text", "organisation")
            found = self._field(ledger, value.field, "value", *types)
            if value.indicator and found is not None:
                self._check_sum_distinct(one, value, found)
        if one.where:
            self._row_expression(one.where, ledger, "where")
        if one.at:
            self._field(ledger, one.at, "at", "date", "month")
        if one.by:
            self._field(ledger, one.by, "by", "reference", also=ledger.identified_by)

    def _check_sum_distinct(
        self, one: IndicatorDef, value: IndicatorValue, subject: FieldDef
    ) -> None:
        summed = self._indicator(value.indicator, "value")
        if summed is None:
            return
        self._same_base(summed.unit, one.unit, "value", summed.key)
        if not summed.by:
            self.add("CATALOGUE_053", "value", name=summed.key)
            return
        ledger = self.catalogue.ledgers.get(summed.source)
        by = next((f for f in ledger.fields if f.key == summed.by), None) if ledger else None
        if by is None:
            return
        about = by.ledger or summed.source
        if subject.ledger and about != subject.ledger:
            self.add(
                "CATALOGUE_054", "value", name=summed.key, found=about, expected=subject.ledger
            )

    def _check_derived_cycles(self) -> None:
        graph: dict[str, list[str]] = {}
        for key, one in self.catalogue.indicators.items():
            expression = _parsed(one.value) if one.nature == "derived" else None
            graph[key] = sorted(expression.names) if expression else []
        self.kind = "indicator"
        for cycle in _cycles(graph):
            self.key = cycle[0]
            self.add("CATALOGUE_039", "value", chain=" → ".join([*cycle, cycle[0]]))

    # relations and parameters

    def _check_relation(self, one: RelationDef) -> None:
        self._check_basis(one.basis, "basis")
        total = self._indicator(one.total, "total")
        parts = [self._indicator(k, f"parts[{n}]") for n, k in enumerate(one.parts)]
        least, most = {
            "sum": (1, None),
            "part": (1, None),
            "product": (1, 1),
            "rate": (2, 2),
            "growth": (1, 1),
            "breakdown": (0, 0),
        }[one.kind]
        if len(parts) < least or (most is not None and len(parts) > most):
            expected = f"≥{least}" if most is None else str(least)
            self.add("CATALOGUE_055", "parts", kind=one.kind, found=len(parts), expected=expected)
        for name, kind in (("factor", "product"), ("by", "breakdown")):
            given = bool(getattr(one, name))
            if given and one.kind != kind:
                self.add("CATALOGUE_046", name, property=name, case=f"kind: {one.kind}")
            elif not given and one.kind == kind:
                self.add("CATALOGUE_048", name, property=name, case=f"kind: {one.kind}")
        if one.factor:
            self._figure_expression(one.factor, "factor")
        if total is None:
            return
        if one.kind in ("sum", "part"):
            for number, part in enumerate(parts):
                if part is None:
                    continue
                # Counts of different things may be compared (no more households than persons), never added.
                if one.kind == "sum" or self._is_measured(part.unit, total.unit):
                    self._same_base(part.unit, total.unit, f"parts[{number}]", part.key)
        if one.kind == "breakdown" and one.by:
            self._breakdown_field(total, one.by, "by")

    def _breakdown_field(self, indicator: IndicatorDef, by: str, path: str) -> None:
        if not indicator.source:
            self.add("CATALOGUE_056", path, name=indicator.key)
            return
        ledger = self.catalogue.ledgers.get(indicator.source)
        if ledger is not None:
            self._field(ledger, by, path)

    def _check_parameter(self, one: ParameterDef) -> None:
        self._unit(one.unit, "unit")
        previous: date | None = None
        for number, value in enumerate(one.values):
            path = f"values[{number}].effective"
            self._check_basis(value.basis, f"values[{number}].basis")
            try:
                effective = date.fromisoformat(value.effective)
            except ValueError:
                self.add("CATALOGUE_057", path, found=value.effective)
                continue
            if previous is not None and effective <= previous:
                self.add("CATALOGUE_058", path, found=value.effective, previous=previous)
            previous = effective

    def _check_basis(self, basis: Basis | None, path: str) -> None:
        if basis is not None and basis.effective and not _EFFECTIVE.match(basis.effective):
            self.add("CATALOGUE_057", f"{path}.effective", found=basis.effective)

    # word lists and programmes

    def _check_word_list(self, one: WordListDef) -> None:
        self._check_basis(one.basis, "basis")
        seen: set[str] = set()
        for number, word in enumerate(one.words):
            path = f"words[{number}]"
            if word.text in seen:
                self.add("CATALOGUE_047", path, name=word.text)
            seen.add(word.text)
            if word.right == word.text:
                self.add("CATALOGUE_090", path, text=word.text)
            if one.kind in _KINDS_WITH_GAPS and any(
                _has_loose_gap(text) for text in (word.text, *word.unless)
            ):
                self.add("CATALOGUE_091", path, text=word.text)
            if word.right.count(_GAP) > word.text.count(_GAP):
                self.add("CATALOGUE_092", path, text=word.text, right=word.right)
            for index, unless in enumerate(word.unless):
                if unless == word.text or not unless:
                    self.add("CATALOGUE_093", f"{path}.unless[{index}]", text=word.text)

    def _check_programme(self, one: ProgrammeDef) -> None:
        self._check_basis(one.basis, "basis")
        for name in ("since", "until"):
            found = getattr(one, name)
            if found and not _EFFECTIVE.match(found):
                self.add("CATALOGUE_057", name, found=found)
                return
        length = min(len(one.since), len(one.until))
        if one.since and one.until and one.until[:length] < one.since[:length]:
            self.add("CATALOGUE_094", "until", since=one.since, until=one.until)
        self._check_doubled((one.title.zh, *one.synonyms), "synonyms", "")

    # reports

    def _check_report(self, one: ReportDef) -> None:
        """Core checks what it must be able to compose; here each problem gets its line, and `each` its row fields."""
        self._check_basis(one.basis, "basis")
        if self.units is None:
            return
        for problem in check_report(one, self.catalogue, self.units):
            named = {str(problem.params.get(name, "")) for name in ("key", "ledger")}
            named = {name.removeprefix("parameter.") for name in named}
            if not any(key in named for _, key in self.loaded.broken):
                self.add(problem.code, problem.place.path, problem.severity, **problem.params)
        for each, path in _each_parts(one):
            self._check_each(each, path)

    def _check_each(self, each: EachDef, path: str) -> None:
        needed = {"breakdown": ("indicator", "by"), "targets": (), "rows": ()}[each.over]
        for name in needed:
            if not getattr(each, name):
                self.add("CATALOGUE_048", path, property=name, case=f"over: {each.over}")
        indicator = self.catalogue.indicators.get(each.indicator)
        if each.over == "breakdown" and indicator is not None and each.by:
            self._breakdown_field(indicator, each.by, f"{path}.by")
        source = each.ledger or (indicator.source if indicator is not None else "")
        ledger = self.catalogue.ledgers.get(source)
        if each.where and ledger is not None:
            self._row_expression(each.where, ledger, f"{path}.where")
        if each.unit and indicator is not None:
            self._same_base(each.unit, indicator.unit, f"{path}.unit", indicator.key)


def _each_parts(report: ReportDef) -> Iterator[tuple[EachDef, str]]:
    """Every `each` of a report with its key path."""

    def sentences(found: Sequence[SentenceDef], path: str) -> Iterator[tuple[EachDef, str]]:
        for number, sentence in enumerate(found):
            if sentence.each is not None:
                yield sentence.each, f"{path}.sentences[{number}].each"

    def paragraphs(found: Sequence[ParagraphDef], path: str) -> Iterator[tuple[EachDef, str]]:
        for number, paragraph in enumerate(found):
            yield from sentences(paragraph.sentences, f"{path}[{number}]")
            for inner, point in enumerate(paragraph.points):
                yield from sentences(point.sentences, f"{path}[{number}].points[{inner}]")

    def sections(found: Sequence[SectionDef], path: str) -> Iterator[tuple[EachDef, str]]:
        for number, section in enumerate(found):
            yield from paragraphs(section.paragraphs, f"{path}[{number}].paragraphs")
            yield from sections(section.sections, f"{path}[{number}].sections")

    yield from paragraphs(report.lead, "lead")
    yield from sections(report.sections, "sections")
    yield from paragraphs(report.closing, "closing")


def _parsed(text: str) -> Expression | None:
    """The expression, or None where parsing it has been reported elsewhere."""
    try:
        return parse_expression(text)
    except ProblemsError:
        return None


def _walk(node: Node) -> Iterator[Node]:
    yield node
    for child in node.children:
        yield from _walk(child)


def _added_names(node: Node) -> Iterator[str]:
    """The names whose values are added up unchanged, so that their unit must be the result's."""
    if node.kind == "name":
        yield node.value
    elif node.kind == "neg" or (node.kind == "arithmetic" and node.value in ("+", "-")):
        for child in node.children:
            yield from _added_names(child)
    elif node.kind == "if":
        for child in node.children[1:]:
            yield from _added_names(child)
    elif node.kind == "call" and node.value in ("coalesce", "abs", "last_year", "min", "max"):
        for child in node.children:
            yield from _added_names(child)
    elif node.kind == "call" and node.value == "round":
        yield from _added_names(node.children[0])


def _cycles(graph: Mapping[str, list[str]]) -> list[list[str]]:
    """The circles of a graph, each once, found without recursion so that long chains are no danger."""
    state: dict[str, Literal["open", "done"]] = {}
    found: list[list[str]] = []
    for start in graph:
        if start in state:
            continue
        trail: list[tuple[str, Iterator[str]]] = [(start, iter(graph[start]))]
        state[start] = "open"
        while trail:
            for name in trail[-1][1]:
                if state.get(name) == "open":
                    names = [key for key, _ in trail]
                    found.append(names[names.index(name) :])
                elif name in graph and name not in state:
                    state[name] = "open"
                    trail.append((name, iter(graph[name])))
                    break
            else:
                state[trail.pop()[0]] = "done"
    return found


# ── quality ───────────────────────────────────────────────────────────────────────────────────────────────────────────


def lint(loaded: LoadedCatalogue, cased: Iterable[str] = ()) -> list[Problem]:
    """What is allowed but should be better, as warnings.

    Args:
        loaded: the catalogue with its origins.
        cased: keys of the indicators that some cases file tests.
    """
    with_cases = set(cased)
    catalogue = loaded.catalogue
    problems: list[Problem] = []

    def warn(code: str, kind: str, key: str, path: str = "", **params: Any) -> None:
        origin = loaded.sources[kind, key]
        params["column"] = origin.column(path)
        problems.append(Problem(code, params, origin.place(path), "warning"))

    titled: tuple[tuple[str, Mapping[str, Any]], ...] = (
        ("ledger", catalogue.ledgers),
        ("indicator", catalogue.indicators),
        ("relation", catalogue.relations),
        ("parameter", catalogue.parameters),
        ("report", catalogue.reports),
    )
    for kind, definitions in titled:
        names: dict[str, str] = {}
        for key, one in definitions.items():
            if not one.title.en:
                warn("CATALOGUE_060", kind, key, "title", name=one.title.zh)
            if kind != "parameter" and one.basis is None:
                warn("CATALOGUE_061", kind, key, name=one.title.zh)
            for name in {one.title.zh, *getattr(one, "synonyms", ())} if kind != "relation" else ():
                other = names.setdefault(name, key)
                if other != key:
                    warn("CATALOGUE_064", kind, key, name=name, other=other)
    for unit in catalogue.units.values():
        if not unit.title_en:
            warn("CATALOGUE_060", "unit", unit.key, name=unit.key)
    for ledger in catalogue.ledgers.values():
        untitled = [field.title.zh for field in ledger.fields if not field.title.en]
        if untitled:
            listed = "、".join(untitled)
            warn("CATALOGUE_065", "ledger", ledger.key, "fields", fields=listed)
        for number, field in enumerate(ledger.fields):
            if field.type == "identity_number" and not field.personal:
                path = f"fields[{number}]"
                warn("CATALOGUE_063", "ledger", ledger.key, path, name=field.title.zh)
    for key, indicator in catalogue.indicators.items():
        if key not in with_cases:
            warn("CATALOGUE_062", "indicator", key, name=indicator.title.zh)
    return problems


# ── where a definition is used ────────────────────────────────────────────────────────────────────────────────────────


def find_uses(catalogue: Catalogue, kind: str, key: str) -> list[tuple[str, str]]:
    """(kind, key) of every definition that reads this one directly, in catalogue order."""
    wanted = (kind, key)
    return [used for used, named in _all_uses(catalogue) if wanted in named]


def names_of(catalogue: Catalogue, identity: tuple[str, str]) -> set[tuple[str, str]]:
    """(kind, key) of every definition that this one reads directly."""
    return next((named for used, named in _all_uses(catalogue) if used == identity), set())


def _all_uses(catalogue: Catalogue) -> Iterator[tuple[tuple[str, str], set[tuple[str, str]]]]:
    for ledger in catalogue.ledgers.values():
        named = {("ledger", one.ledger) for one in ledger.fields if one.ledger}
        yield ("ledger", ledger.key), named | {("unit", one.unit) for one in ledger.fields}
    for indicator in catalogue.indicators.values():
        named = {("ledger", indicator.source), ("unit", indicator.unit)}
        try:
            value = parse_indicator_value(indicator.value)
        except ProblemsError:
            value = IndicatorValue("count")
        named.add(("indicator", value.indicator))
        if value.kind == "derived" and value.expression is not None:
            named |= _figure_names(value.expression)
        yield ("indicator", indicator.key), named
    for relation in catalogue.relations.values():
        named = {("indicator", one) for one in (relation.total, *relation.parts)}
        if relation.factor and (factor := _parsed(relation.factor)) is not None:
            named |= _figure_names(factor)
        yield ("relation", relation.key), named
    for parameter in catalogue.parameters.values():
        yield ("parameter", parameter.key), {("unit", parameter.unit)}
    for report in catalogue.reports.values():
        yield ("report", report.key), set(_report_names(report))


def _has_loose_gap(text: str) -> bool:
    """A gap at the edge or beside another would match anything."""
    return text.startswith(_GAP) or text.endswith(_GAP) or _GAP * 2 in text


def _figure_names(expression: Expression) -> set[tuple[str, str]]:
    named = {("indicator", name) for name in expression.names}
    for node in _walk(expression.node):
        if node.kind == "call" and node.value == "parameter" and node.children:
            named.add(("parameter", str(node.children[0].value)))
    return named


def _report_names(part: object) -> Iterator[tuple[str, str]]:
    """What a report reads, found by walking its parts: slots in every text, conditions and `each`."""
    if isinstance(part, str):
        for name in _SLOT_KEY.findall(part):
            is_parameter = name.startswith("parameter.")
            yield ("parameter" if is_parameter else "indicator", name.removeprefix("parameter."))
    elif isinstance(part, tuple):
        for one in part:
            yield from _report_names(one)
    elif is_dataclass(part):
        if isinstance(part, SentenceDef) and part.when and (condition := _parsed(part.when)):
            yield from _figure_names(condition)
        if isinstance(part, EachDef):
            yield from (("indicator", part.indicator), ("ledger", part.ledger))
        for one in fields(part):
            yield from _report_names(getattr(part, one.name))
