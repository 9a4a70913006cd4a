"""From approved rows to postings, and from postings to figures at any level.

A posting is a signed triple (amount, rows, blanks) for one indicator and month; what a revision posts is always the
difference between what the record should have posted by now and what it had posted before, so incremental and recomputed
books are the same by construction. Derived indicators are recomputed at each level from their inputs. The module works over
any `CellSource`: the database's cells, or the dictionaries of `MemoryBook`.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any, NamedTuple, Protocol

from shuzhi.core.definitions import Catalogue, IndicatorDef, LedgerDef, ParameterDef
from shuzhi.core.figures import Figure, FigureId
from shuzhi.core.formulas import (
    Evaluator,
    IndicatorValue,
    Node,
    Value,
    compile_node,
    evaluate,
    parse_expression,
    parse_indicator_value,
    round_half_up,
)
from shuzhi.core.ledgers import environment_builder, read_values
from shuzhi.core.periods import FIRST_MONTH, Period, month_of, next_month, previous_year
from shuzhi.core.problems import Problem, ProblemsError, is_blocking
from shuzhi.core.quantities import LIMIT, SCALE, Units, from_scaled, to_scaled

TARGET_SUFFIX = (
    "!target"  #: postings of promised figures stand under the indicator's key with this behind it
)
ROWS_SUFFIX = "#rows"  #: every approved row also posts 1 under its ledger's key with this behind it


def target_key(indicator: str) -> str:
    """The posting key of an indicator's promised figures."""
    return indicator + TARGET_SUFFIX


def rows_key(ledger: str) -> str:
    """The posting key that counts a ledger's approved rows: where rows stand, a count of none is a real zero."""
    return ledger + ROWS_SUFFIX


class PostingKey(NamedTuple):
    """What a posting is for. `subject` is the referenced record's key (distinct and `by` indicators), else empty."""

    indicator: str
    month: int
    subject: str


class Amount(NamedTuple):
    """`amount` in 1/10000 of the base unit, `rows` with a value, `blanks` without; all signed."""

    amount: int
    rows: int
    blanks: int


Contribution = dict[PostingKey, Amount]


class Version(NamedTuple):
    """An approved state of a record: the payload that holds from `date` on."""

    date: str
    payload: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class _Compiled:
    """One indicator ready to read rows of its ledger."""

    key: str
    value: Callable[
        [Mapping[str, Value]], tuple[int | None, bool]
    ]  #: (scaled amount or None, counts as a row)
    where: Evaluator | None
    at: str  #: date field whose month is posted to; empty = the version's own date
    subject: str  #: reference field kept per subject; empty = none
    direct: str = ""  #: the amount is this field as it stands: the common case, read without arithmetic on `Decimal`
    factor: int = 1  #: of the direct field's unit to its base


class LedgerPoster:
    """Everything one ledger's rows post; compiled once per catalogue."""

    def __init__(self, ledger: LedgerDef, catalogue: Catalogue, units: Units):
        self.ledger = ledger
        self._catalogue, self._units = catalogue, units
        names: set[str] = set()
        #: a row that has ended still shows that the ledger is kept: none left is a real zero
        self._mark = rows_key(ledger.key)
        self._indicators: list[_Compiled] = [
            _Compiled(self._mark, lambda environment: (SCALE, True), None, "", "")
        ]
        for indicator in catalogue.indicators.values():
            if indicator.source == ledger.key:
                compiled, used = _compile_indicator(indicator, ledger, units)
                self._indicators.append(compiled)
                names |= used
        self._environment = environment_builder(ledger, units, names)
        numbers = {f.key for f in ledger.fields if f.type in ("integer", "quantity")}
        #: conditions over texts alone read the payload as it is
        self._needs_environment = bool(names & numbers)
        #: posting keys of the indicators that read this ledger
        self.keys = tuple(c.key for c in self._indicators)
        #: reference fields whose subjects postings are kept by
        self.subject_fields = tuple(sorted({c.subject for c in self._indicators if c.subject}))
        self._staged = ledger.nature == "register"
        self._is_dynamic = ledger.targets is not None or ledger.nil is not None
        self._plan = [
            (c.key, c.value, c.where, c.at, c.subject, c.direct, c.factor) for c in self._indicators
        ]

    def row(
        self, payload: Mapping[str, Any], date: str
    ) -> Iterator[tuple[_Compiled | None, PostingKey, Amount]]:
        """What a single state of a row amounts to, each with the month it would stand in."""
        environment = self._environment(payload) if self._needs_environment else payload
        own_month = month_of(date)
        for one in self._indicators:
            if one.where is not None and one.where(environment) is not True:
                continue
            month = own_month
            if one.at:
                at = payload.get(one.at)
                if at is None:
                    continue
                month = month_of(at)
            subject = ""
            if one.subject:
                subject = payload.get(one.subject, "")
                if not subject:
                    continue
            if one.direct:
                text = payload.get(one.direct)
                known = text is not None
                amount = scaled_text(text, one.factor) if known else None  # type: ignore[arg-type]
            else:
                amount, known = one.value(environment)
            key = (one.key, month, subject)
            yield one, PostingKey._make(key), (_known(amount or 0) if known else _BLANK)
        if self._is_dynamic:
            yield from self._dynamic(payload)

    def _dynamic(self, payload: Mapping[str, Any]) -> Iterator[tuple[None, PostingKey, Amount]]:
        """Postings of target and zero-report ledgers, whose rows name the indicator or ledger they speak of."""
        targets, nil = self.ledger.targets, self.ledger.nil
        if targets is not None:
            indicator = self._catalogue.indicators.get(str(payload.get(targets.indicator, "")))
            amount, year = payload.get(targets.amount), payload.get(targets.year)
            if indicator is not None and amount is not None and year is not None:
                scaled = to_scaled(self._units.to_base(Decimal(amount), indicator.unit))
                yield (
                    None,
                    PostingKey(target_key(indicator.key), int(year) * 100 + 12, ""),
                    Amount(scaled, 1, 0),
                )
        if nil is not None and payload.get(nil.month) is not None:
            month = month_of(str(payload[nil.month]) + "-01")
            # distinct counts take no rows from nobody: for them the ledger itself is marked as kept
            yield (
                None,
                PostingKey(rows_key(str(payload.get(nil.ledger))), month, ""),
                Amount(0, 1, 0),
            )
            for indicator in self._catalogue.indicators.values():
                if indicator.source == payload.get(nil.ledger) and parse_indicator_value(
                    indicator.value
                ).kind in ("sum", "count"):
                    yield None, PostingKey(indicator.key, month, ""), Amount(0, 1, 0)

    def first(
        self, payload: Mapping[str, Any], date: str
    ) -> list[tuple[tuple[str, int, str], tuple[int, int, int]]]:
        """The postings of a record that never posted before: the same as `timeline` of its one state, in plain tuples.

        This is what an import of 100,000 rows spends its time in. Keys may repeat.
        """
        environment = self._environment(payload) if self._needs_environment else payload
        own_month = month_of(date)
        until = self._until(payload)
        get, mark = payload.get, self._mark
        postings: list[tuple[tuple[str, int, str], tuple[int, int, int]]] = []
        for key, value, where, at, by, direct, factor in self._plan:
            if where is not None and where(environment) is not True:
                continue
            month = own_month
            if at:
                day = get(at)
                if day is None:
                    continue
                month = month_of(day)
            subject = ""
            if by:
                subject = get(by, "")
                if not subject:
                    continue
            if direct:
                text = get(direct)
                amount = (0, 0, 1) if text is None else (scaled_text(text, factor), 1, 0)
            else:
                number, known = value(environment)
                amount = (number or 0, 1, 0) if known else (0, 0, 1)
            postings.append(((key, month, subject), amount))
            if until is not None and not at and key is not mark:
                end = until if until > month else month
                postings.append(((key, end, subject), (-amount[0], -amount[1], -amount[2])))
        if self._is_dynamic:
            postings.extend((tuple(key), tuple(sums)) for _, key, sums in self._dynamic(payload))  # type: ignore[misc]
        return postings

    def _until(self, payload: Mapping[str, Any]) -> int | None:
        if not self._staged or not self.ledger.until:
            return None
        end = payload.get(self.ledger.until)
        return None if end is None else month_of(str(end))

    def timeline(self, versions: Sequence[Version]) -> Contribution:
        """What a record with these states (in order of date) should have posted by now.

        Journal rows and indicators with `at` count by the latest state; a register's other indicators step from state to state.
        """
        total: dict[PostingKey, list[int]] = defaultdict(lambda: [0, 0, 0])

        def add(key: PostingKey, amount: Amount, sign: int = 1) -> None:
            sums = total[key]
            for place, part in enumerate(amount):
                sums[place] += sign * part

        last = len(versions) - 1
        for index, version in enumerate(versions):
            start = month_of(version.date)
            ended = self._until(version.payload)
            following = month_of(versions[index + 1].date) if index < last else None
            for one, key, amount in self.row(version.payload, version.date):
                if one is None or one.at or not self._staged:
                    if index == last:
                        add(key, amount)
                    continue
                until = None if one.key == self._mark else ended
                end = (
                    until
                    if following is None
                    else following
                    if until is None
                    else min(until, following)
                )
                add(key._replace(month=start), amount)
                if end is not None:
                    add(key._replace(month=max(end, start)), amount, -1)
        return {k: Amount(*v) for k, v in total.items() if any(v)}


_BLANK = Amount(0, 0, 1)


def _known(amount: int) -> Amount:
    return Amount(amount, 1, 0)


def scaled_text(text: str, factor: int = 1) -> int:
    """The integer of 1/10000 of the base unit that a canonical decimal text means, without making a `Decimal` in the common case.

    >>> scaled_text("227.74"), scaled_text("-0.5"), scaled_text("3"), scaled_text("3.84625", 10_000)
    (2277400, -5000, 30000, 384625000)
    """
    whole, point, part = text.partition(".")
    if not point:
        return int(whole) * SCALE * factor
    places = len(part)
    if places > 4:
        # 万元 with more decimals than the books keep of an 元: exact again once in the base unit
        return int(round_half_up(Decimal(text) * factor * SCALE, 0))
    return int(whole + part) * (1, 1000, 100, 10, 1)[places] * factor


def _negative(amount: Amount) -> Amount:
    return Amount(-amount.amount, -amount.rows, -amount.blanks)


def _compile_indicator(
    indicator: IndicatorDef, ledger: LedgerDef, units: Units
) -> tuple[_Compiled, set[str]]:
    value: IndicatorValue = parse_indicator_value(indicator.value)
    names: set[str] = set()
    where = None
    if indicator.where:
        parsed = parse_expression(indicator.where)
        names |= parsed.names
        where = parsed.compiled()
    if value.kind == "sum":
        assert value.expression is not None
        node = value.expression.node
        amount = _sum_of(compile_node(node))
        if node.kind == "name":
            unit = ledger.field(node.value).unit
            factor = units.factor(unit) if unit else Decimal(1)
            if factor == int(factor):
                subject = indicator.by or value.field
                return (
                    _Compiled(
                        indicator.key, amount, where, indicator.at, subject, node.value, int(factor)
                    ),
                    names,
                )
        names |= value.expression.names
    elif value.kind == "count":
        one = int(units.factor(indicator.unit) * SCALE) if indicator.unit else SCALE
        amount = lambda environment: (one, True)  # noqa: E731 - a constant function, compiled like its sibling
    else:
        amount = lambda environment: (0, True)  # noqa: E731 - only the subject counts
    subject = indicator.by or value.field
    return _Compiled(indicator.key, amount, where, indicator.at, subject), names


def _sum_of(evaluator: Evaluator) -> Callable[[Mapping[str, Value]], tuple[int | None, bool]]:
    def scaled(environment: Mapping[str, Value]) -> tuple[int | None, bool]:
        value = evaluator(environment)
        if value is None:
            return None, False
        # an amount of more than four decimals (a price times an area) is rounded once, half up, per row
        number = value * SCALE
        whole = int(number)
        if number != whole:
            whole = int(round_half_up(Decimal(number), 0))
        if not -LIMIT < whole < LIMIT:
            raise ProblemsError([Problem("QUANTITY_004", {"value": str(value)})])
        return whole, True

    return scaled


def advance(versions: Sequence[Version], new: Version) -> list[Version]:
    """The states after `new` is approved: a revision says what holds from its date on, so later states give way."""
    return [v for v in versions if v.date < new.date] + [new]


def difference(before: Contribution, after: Contribution) -> Contribution:
    """What must be posted to come from `before` to `after`."""
    result: Contribution = {}
    for key in before.keys() | after.keys():
        old, new = before.get(key, Amount(0, 0, 0)), after.get(key, Amount(0, 0, 0))
        if old != new:
            result[key] = Amount(
                new.amount - old.amount, new.rows - old.rows, new.blanks - old.blanks
            )
    return result


def shift_locked(
    postings: Contribution, locked_through: int
) -> list[tuple[PostingKey, Amount, bool]]:
    """Move what falls into closed months to the first open month, marked adjusting; targets are promises and stay."""
    result = []
    for key in sorted(postings):
        amount = postings[key]
        if key.month <= locked_through and not key.indicator.endswith(TARGET_SUFFIX):
            result.append((key._replace(month=next_month(locked_through)), amount, True))
        else:
            result.append((key, amount, False))
    return result


@dataclass(slots=True)
class Posters:
    """The posters of a catalogue, compiled when first needed."""

    catalogue: Catalogue
    units: Units
    _made: dict[str, LedgerPoster] = field(default_factory=dict)

    def of(self, ledger: str) -> LedgerPoster:
        """The poster of a ledger. Raises ProblemsError LEDGER_035 when rows stand in a ledger that is not defined."""
        if ledger not in self.catalogue.ledgers:
            raise ProblemsError([Problem("LEDGER_035", {"ledger": ledger})])
        poster = self._made.get(ledger)
        if poster is None:
            poster = self._made[ledger] = LedgerPoster(
                self.catalogue.ledgers[ledger], self.catalogue, self.units
            )
        return poster


# ── figures ───────────────────────────────────────────────────────────────────────────────────────────────────────────


class CellSource(Protocol):
    """Sums of postings, as of some point. Months are half-open; organisations are given by code and include all below them."""

    def additive(self, indicator: str, organisation: str, start: int, end: int) -> Amount: ...

    def foremost(self, indicator: str, organisation: str, start: int, end: int) -> Amount:
        """Like `additive`, but a unit with rows of its own stands for all below it: a town's promise holds its villages' already."""
        ...

    def distinct(self, indicator: str, organisation: str, start: int, end: int) -> tuple[int, int]:
        """(different subjects, rows behind them)."""
        ...

    def weighted(
        self,
        indicator: str,
        weight: str,
        organisation: str,
        start: int,
        end: int,
        weight_start: int,
    ) -> Amount:
        """The sum of `weight` (months weight_start…end) over the different subjects of `indicator` (start…end).

        `rows` counts the subjects; `blanks` those of whom the weight is not known.
        """
        ...

    def is_posted(self, indicator: str) -> bool:
        """Whether rows were posted since the indicator is defined, so that nothing posted means none."""
        ...

    def units_below(self, organisation: str, level: str, since: int = 0) -> Sequence[str]:
        """Codes of the organisations of this level at or below that were not closed before the month `since`."""
        ...


class FigureReader:
    """Computes figures from a `CellSource`, memoised for one as-of point."""

    def __init__(self, catalogue: Catalogue, units: Units, cells: CellSource, as_of: int = 0):
        self.catalogue, self.units, self.cells, self.as_of = catalogue, units, cells, as_of
        self._memo: dict[FigureId, Figure] = {}

    def figure(self, identity: FigureId) -> Figure:
        """The figure; its value is None when not known.

        Raises:
            ProblemsError: FIGURE_001 when the indicator or parameter is not defined.
        """
        found = self._memo.get(identity)
        if found is None:
            found = self._memo[identity] = self._compute(identity)
        return found

    def _compute(self, identity: FigureId) -> Figure:
        if identity.kind == "parameter":
            return self._parameter(identity)
        indicator = self.catalogue.indicators.get(identity.indicator)
        if indicator is None:
            raise ProblemsError([Problem("FIGURE_001", {"indicator": identity.indicator})])
        unit = self.units.base_of(indicator.unit) if indicator.unit else ""
        if identity.kind == "target":
            amount = self.cells.foremost(
                target_key(indicator.key),
                identity.organisation,
                identity.period.start,
                identity.period.end,
            )
            value = from_scaled(amount.amount) if amount.rows else None
            return Figure(identity, value, unit, indicator.title.zh, self.as_of, amount.rows, 0)
        parsed = parse_indicator_value(indicator.value)
        if parsed.kind == "derived":
            assert parsed.expression is not None
            derived = self._derived(parsed.expression.node, identity.organisation, identity.period)
            if isinstance(derived, bool):
                derived = Decimal(int(derived))
            number = derived if isinstance(derived, Decimal) else None
            if number is not None and indicator.decimals is not None:
                number = round_half_up(number, indicator.decimals)
            if number is not None and indicator.unit:
                number = number.normalize() if number else Decimal(0)
            return Figure(identity, number, unit, indicator.title.zh, self.as_of)
        return self._summed(identity, indicator, parsed, unit)

    def _summed(
        self, identity: FigureId, indicator: IndicatorDef, parsed: IndicatorValue, unit: str
    ) -> Figure:
        organisation, period = identity.organisation, identity.period
        start = FIRST_MONTH if indicator.nature == "stock" else period.start
        if parsed.kind == "distinct":
            subjects, rows = self.cells.distinct(indicator.key, organisation, start, period.end)
            amount = Amount(subjects * SCALE, rows, 0)
        elif parsed.kind == "sum_distinct":
            amount = self.cells.weighted(
                indicator.key, parsed.indicator, organisation, start, period.end, FIRST_MONTH
            )
        else:
            amount = self.cells.additive(indicator.key, organisation, start, period.end)
        value: Decimal | None = None
        if amount.rows or amount.amount:
            value = from_scaled(amount.amount)
        elif not amount.blanks and self._is_ledger_used(
            indicator.key, indicator.source, organisation, period
        ):
            value = Decimal(0)
        return Figure(
            identity, value, unit, indicator.title.zh, self.as_of, amount.rows, amount.blanks
        )

    def _is_ledger_used(
        self, indicator: str, ledger: str, organisation: str, period: Period
    ) -> bool:
        """Whether approved rows stand in the period (a register: up to its end); then a count of none is a real zero."""
        register = self.catalogue.ledgers[ledger].nature == "register"
        start = FIRST_MONTH if register else period.start
        if not self.cells.is_posted(indicator):
            return False  # defined after the rows were approved, and not filled in yet
        return self.cells.additive(rows_key(ledger), organisation, start, period.end).rows > 0

    def _parameter(self, identity: FigureId) -> Figure:
        definition = self.catalogue.parameters.get(identity.indicator)
        if definition is None:
            raise ProblemsError([Problem("FIGURE_001", {"indicator": identity.indicator})])
        value = parameter_value(definition, identity.period)
        if value is not None:
            value = self.units.to_base(value, definition.unit)
        return Figure(
            identity, value, self.units.base_of(definition.unit), definition.title.zh, self.as_of, 1
        )

    def _derived(self, node: Node, organisation: str, period: Period) -> Value:
        def lookup(name: str) -> Value:
            return self.figure(FigureId(name, organisation, period)).value

        def calls(name: str, arguments: tuple[Node, ...]) -> Value:
            if name == "last_year":
                return self._derived(arguments[0], organisation, previous_year(period))
            if name == "parameter":
                return self._parameter(
                    FigureId(arguments[0].value, organisation, period, "parameter")
                ).value
            level = str(arguments[0].value)
            values = [
                self._derived(arguments[1], code, period)
                for code in self.cells.units_below(organisation, level, period.start)
            ]
            return over_units(name, values)

        return evaluate(node, lookup, calls)


def over_units(name: str, values: Sequence[Value]) -> Value:
    """count_units, min_units, max_units, sum_units over one value per unit; unknown when any unit's value is unknown.

    Counting is stricter than it looks: how many villages reach a line is not known while one village's books are blank.
    """
    if not values or any(v is None for v in values):
        return None
    if name == "count_units":
        return Decimal(sum(1 for v in values if v is True))
    numbers = [v for v in values if isinstance(v, Decimal) and not isinstance(v, bool)]
    if name == "min_units":
        return min(numbers)
    if name == "max_units":
        return max(numbers)
    return sum(numbers, Decimal(0))


def parameter_value(definition: ParameterDef, period: Period) -> Decimal | None:
    """The value in force at the period's end, in the parameter's unit; None before its first date."""
    last_day = f"{period.last // 100:04d}-{period.last % 100:02d}-31"
    found = None
    for dated in definition.values:
        if dated.effective <= last_day:
            found = dated.value
    return found


def inputs_of(
    indicator: IndicatorDef,
    organisation: str,
    period: Period,
    units_below: Callable[[str, str, int], Sequence[str]],
) -> list[FigureId]:
    """The figures a derived indicator is computed from, for its trace; in order, each once."""
    parsed = parse_indicator_value(indicator.value)
    found: dict[FigureId, None] = {}

    def walk(node: Node, code: str, when: Period) -> None:
        if node.kind == "name":
            found.setdefault(FigureId(node.value, code, when))
        elif node.kind == "call" and node.value == "last_year":
            walk(node.children[0], code, previous_year(when))
        elif node.kind == "call" and node.value == "parameter":
            found.setdefault(FigureId(node.children[0].value, code, when, "parameter"))
        elif node.kind == "call" and node.value in (
            "count_units",
            "min_units",
            "max_units",
            "sum_units",
        ):
            for below in units_below(code, str(node.children[0].value), when.start):
                walk(node.children[1], below, when)
        else:
            for child in node.children:
                walk(child, code, when)

    if parsed.expression is not None and parsed.kind == "derived":
        walk(parsed.expression.node, organisation, period)
    return list(found)


# ── a book in memory ──────────────────────────────────────────────────────────────────────────────────────────────────


class MemoryBook:
    """A book kept in dictionaries: for definition tests, and as the plain reference the database is compared with.

    `parents` maps organisation codes to their superior's; organisations not named stand alone.
    """

    def __init__(
        self,
        catalogue: Catalogue,
        parents: Mapping[str, str] | None = None,
        *,
        levels: Mapping[str, str] | None = None,
    ):
        self.catalogue = catalogue
        self.units = Units(catalogue.units)
        self.parents = dict(parents or {})
        self.levels = dict(levels or {})
        self._posters = Posters(catalogue, self.units)
        self._versions: dict[tuple[str, str, str], list[Version]] = {}
        self._posted: dict[tuple[str, str, str], Contribution] = {}
        self._counts: dict[tuple[str, str, str], int] = defaultdict(int)
        self._cells: dict[tuple[str, str], dict[int, list[int]]] = defaultdict(dict)
        self._subjects: dict[tuple[str, str], dict[tuple[int, str], list[int]]] = defaultdict(dict)
        self._reader: FigureReader | None = None

    def approve(
        self,
        ledger_key: str,
        organisation: str,
        values: Mapping[str, object],
        *,
        withdraw: bool = False,
    ) -> list[Problem]:
        """Record and approve a row; a row with a known natural key revises it. Returns warnings.

        Raises:
            ProblemsError: what is wrong with the row.
        """
        ledger = self.catalogue.ledgers[ledger_key]
        draft = read_values(ledger, self.units, values)
        if draft.payload is None or is_blocking(draft.problems):
            raise ProblemsError(draft.problems)
        key = draft.key
        if not ledger.identified_by and not withdraw:
            self._counts[ledger_key, organisation, key] += 1
            key = f"{key}#{self._counts[ledger_key, organisation, key]}"
        elif not ledger.identified_by:
            key = f"{key}#{self._counts[ledger_key, organisation, key]}"
        self._put(
            ledger_key, organisation, key, None if withdraw else Version(draft.date, draft.payload)
        )
        return draft.problems

    def _put(self, ledger_key: str, organisation: str, key: str, new: Version | None) -> None:
        identity = (ledger_key, organisation, key)
        versions = [] if new is None else advance(self._versions.get(identity, []), new)
        poster = self._posters.of(ledger_key)
        after = poster.timeline(versions)
        delta = difference(self._posted.get(identity, {}), after)
        self._versions[identity], self._posted[identity] = versions, after
        for posting, amount in delta.items():
            cell = self._cells[posting.indicator, organisation].setdefault(posting.month, [0, 0, 0])
            for place, part in enumerate(amount):
                cell[place] += part
            if posting.subject:
                subject = f"{organisation}|{posting.subject}"
                kept = self._subjects[posting.indicator, organisation].setdefault(
                    (posting.month, subject), [0, 0]
                )
                kept[0] += amount.amount
                kept[1] += amount.rows
        self._reader = None

    def figure(self, identity: FigureId) -> Figure:
        """The figure now."""
        if self._reader is None:
            self._reader = FigureReader(self.catalogue, self.units, self)
        return self._reader.figure(identity)

    # CellSource

    def _below(self, organisation: str) -> set[str]:
        found = {organisation}
        grown = True
        while grown:
            more = {c for c, p in self.parents.items() if p in found} - found
            grown = bool(more)
            found |= more
        return found

    def additive(self, indicator: str, organisation: str, start: int, end: int) -> Amount:
        sums = [0, 0, 0]
        for code in self._below(organisation):
            for month, cell in self._cells.get((indicator, code), {}).items():
                if start <= month < end:
                    sums = [a + b for a, b in zip(sums, cell, strict=True)]
        return Amount(*sums)

    def foremost(self, indicator: str, organisation: str, start: int, end: int) -> Amount:
        sums = [0, 0, 0]
        for month, cell in self._cells.get((indicator, organisation), {}).items():
            if start <= month < end:
                sums = [a + b for a, b in zip(sums, cell, strict=True)]
        if not sums[1]:
            for child in (c for c, p in self.parents.items() if p == organisation):
                part = self.foremost(indicator, child, start, end)
                sums = [a + b for a, b in zip(sums, part, strict=True)]
        return Amount(*sums)

    def _subject_sums(
        self, indicator: str, organisation: str, start: int, end: int
    ) -> dict[str, list[int]]:
        sums: dict[str, list[int]] = defaultdict(lambda: [0, 0])
        for code in self._below(organisation):
            for (month, subject), (amount, rows) in self._subjects.get(
                (indicator, code), {}
            ).items():
                if start <= month < end:
                    sums[subject][0] += amount
                    sums[subject][1] += rows
        return {s: v for s, v in sums.items() if v[1] > 0}

    def distinct(self, indicator: str, organisation: str, start: int, end: int) -> tuple[int, int]:
        sums = self._subject_sums(indicator, organisation, start, end)
        return len(sums), sum(v[1] for v in sums.values())

    def weighted(
        self,
        indicator: str,
        weight: str,
        organisation: str,
        start: int,
        end: int,
        weight_start: int,
    ) -> Amount:
        subjects = self._subject_sums(indicator, organisation, start, end)
        weights = self._subject_sums(weight, organisation, weight_start, end)
        known = [weights[s][0] for s in subjects if s in weights]
        return Amount(sum(known), len(known), len(subjects) - len(known))

    def is_posted(self, indicator: str) -> bool:
        return True  # a book in memory knows its whole catalogue from the start

    def units_below(self, organisation: str, level: str, since: int = 0) -> Sequence[str]:
        below = sorted(self._below(organisation))
        if self.levels:
            return [c for c in below if self.levels.get(c) == level]
        # without levels the leaves of the tree are its units
        return [c for c in below if c not in self.parents.values()]


def additive_keys(catalogue: Catalogue) -> Iterable[str]:
    """Keys of the indicators whose figures add up over organisations: sums and counts."""
    return (
        k
        for k, i in catalogue.indicators.items()
        if parse_indicator_value(i.value).kind in ("sum", "count")
    )
