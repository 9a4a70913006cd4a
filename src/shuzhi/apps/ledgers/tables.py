"""A ledger as a table: the records of a unit and those below it, filtered, sorted, paged and added up; reads only.

Whoever calls has asked for the right to read the ledger there. Personal fields are masked, and neither filtered nor sorted by,
unless the query says `private`, which the caller may set only with the right to unmask and a reason noted.

Pages are found by key, not by counting rows away: the cursor is the record at the page's edge, whose place in the order is read again,
so that no value of it stands in an address.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal
from functools import cached_property
from typing import Any

import orjson

from shuzhi.apps import storage
from shuzhi.apps.ledgers import columns as c
from shuzhi.apps.ledgers.columns import AUTHOR, STATE, UNIT, Column, columns_of
from shuzhi.apps.ledgers.remembering import remembered
from shuzhi.apps.office import definitions
from shuzhi.apps.organisations import queries as organisations
from shuzhi.apps.organisations.models import Organisation
from shuzhi.core.definitions import LedgerDef
from shuzhi.core.masking import mask_payload
from shuzhi.core.problems import Problem, ProblemsError
from shuzhi.core.searching import normalised

STATES = ("submitted", "approved", "returned", "withdrawn")
DATE = "@date"  #: the order of the rows when nobody chose one: newest date first
PAGE = 50
COUNTED = 1000  #: where filters must look into each record, counting stops here
_MOST_BRANCHES = (
    400  #: units that are read one by one in the order of an index; above, all are sorted
)


@dataclass(frozen=True, slots=True)
class Filter:
    """What one column must be. Several parts must all hold."""

    column: str
    contains: str = ""
    one_of: tuple[str, ...] = ()
    at_least: str = ""  #: a number in the field's unit, or a day (YYYY-MM-DD)
    at_most: str = ""
    is_blank: bool | None = None


@dataclass(frozen=True)
class TableQuery:
    """Which records of which ledger, in which order."""

    ledger: LedgerDef
    organisation: Organisation
    filters: tuple[Filter, ...] = ()
    states: tuple[str, ...] = ()  #: empty: everything that is not withdrawn
    author: str = ""
    since: str = ""  #: day of the record, inclusive
    until: str = ""
    text: str = ""
    private_text: str = ""  #: searched in personal fields
    sort: str = ""  #: a column's key, with ``-`` before it for the largest first
    is_private: bool = False  #: personal values are shown and may be filtered by
    within: tuple[int, ...] = ()  #: only these records, of those the rest allows
    batch: str = ""  #: only what came with this import

    @cached_property
    def units(self) -> list[int]:
        """Ids of the unit and those below it."""
        return organisations.below(self.organisation)

    @cached_property
    def columns(self) -> dict[str, Column]:
        """Columns by key."""
        return {one.key: one for one in columns_of(self.ledger)}

    @property
    def is_filtered(self) -> bool:
        """Whether anything but the state narrows the table."""
        return bool(
            self.filters
            or self.author
            or self.since
            or self.until
            or self.text
            or self.private_text
            or self.within
            or self.batch
        )

    @property
    def order(self) -> tuple[str, bool]:
        """(column, largest first)."""
        if not self.sort:
            return DATE, True
        key = self.sort.removeprefix("-")
        return (DATE if key == self.ledger.date else key), self.sort.startswith("-")


@dataclass(frozen=True, slots=True)
class Row:
    """One record in the table; `values` by field key, masked unless the query was private."""

    id: int
    state: str
    number: int
    unit: str  #: code
    unit_name: str
    author: str
    date: str
    values: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Slice:
    """A page of the table; `before` and `after` are the records at its edges when there is more on that side, else 0."""

    rows: Sequence[Row]
    before: int = 0
    after: int = 0


@dataclass(frozen=True, slots=True)
class Count:
    """How many records; at least so many when not exact."""

    number: int
    is_exact: bool = True


@dataclass(frozen=True, slots=True)
class Total:
    """A field over all records of the query: the sum of what is known, and how many are blank (which is not zero)."""

    column: Column
    value: Decimal | None  #: in the field's unit; None when nothing is known
    filled: int
    blank: int


@dataclass(frozen=True, slots=True)
class Totals:
    """How many records, and the fields that add up."""

    count: int
    fields: Mapping[str, Total] = field(default_factory=dict)


class _Conditions:
    """The WHERE of a query, with its parameters; `r` is the record."""

    def __init__(self, query: TableQuery):
        self.query = query
        self.parts: list[str] = []
        self.params: list[Any] = []
        states = query.states or tuple(s for s in STATES if s != "withdrawn")
        unknown = set(states) - set(STATES)
        if unknown:
            raise ValueError(f"no such state: {unknown}")
        # words of the program, written out so that partial indexes can be used
        if len(states) == 1:
            self.add(f"r.state = '{states[0]}'")
        elif states == STATES[:3]:
            self.add("r.state <> 'withdrawn'")
        elif len(states) < len(STATES):
            self.add(f"r.state IN ({', '.join(repr(s) for s in states)})")
        for expression, value in (
            ("r.author = %s", query.author),
            ("r.occurred_on >= %s", query.since),
            ("r.occurred_on <= %s", query.until),
        ):
            if value:
                self.add(expression, value)
        for word in normalised(query.text).split():
            self.add(c.contains("r.words"), word)
        if query.private_text and not query.is_private:
            raise ProblemsError([Problem("TABLE_001", {"field": "—"})])
        for word in normalised(query.private_text).split():
            self.add(c.contains("r.private_words"), word)
        if query.batch:
            self.add("r.batch = %s AND r.batch > ''", query.batch)  # as the partial index has it
        if query.within:
            self.add(f"r.id IN ({storage.marks(query.within)})", *query.within)
        for one in query.filters:
            self._filter(one)

    def add(self, expression: str, *params: Any) -> None:
        self.parts.append(expression)
        self.params += params

    @property
    def text(self) -> str:
        return "".join(f" AND {p}" for p in self.parts)

    def _filter(self, one: Filter) -> None:
        column = self.query.columns.get(one.column)
        if column is None:
            raise ProblemsError([Problem("TABLE_002", {"column": one.column})])
        if column.is_personal and not self.query.is_private:
            raise ProblemsError([Problem("TABLE_001", {"field": column.title.zh})])
        if column.field is None:
            self._fixed(column, one)
            return
        value = c.boolean_of(column.key) if column.kind == "boolean" else c.text_of(column.key)
        if one.contains:
            self.add(c.contains(c.lower_of(value)), normalised(one.contains))
        if one.one_of:
            self.add(f"{value} IN ({storage.marks(one.one_of)})", *one.one_of)
        if one.is_blank is not None:
            self.add(f"{value} IS {'' if one.is_blank else 'NOT '}NULL")
        if column.is_number:
            places = c.places_of(column.field, definitions().units)
            for sign, bound in ((">=", one.at_least), ("<=", one.at_most)):
                if bound:
                    self.add(
                        f"{c.number_of(value, places)} {sign} %s",
                        c.number_bound(Decimal(bound), places, is_lower=sign == ">="),
                    )
        else:
            if column.key == self.query.ledger.date:
                value = "r.occurred_on"  # the same, and indexed
            for sign, bound in ((">=", one.at_least), ("<=", one.at_most)):
                if bound:
                    # a month is compared with the first seven characters of a day
                    self.add(f"{value} {sign} %s", bound[:7] if column.kind == "month" else bound)

    def _fixed(self, column: Column, one: Filter) -> None:
        expressions = {UNIT: "o.name", STATE: "r.state", AUTHOR: "r.author"}
        if column.key == UNIT:
            wanted = one.one_of or ((one.contains,) if one.contains else ())
            if wanted:
                names = " OR ".join(["o.code = %s OR o.name = %s"] * len(wanted))
                self.add(
                    f"r.organisation_id IN (SELECT o.id FROM organisation o WHERE {names})",
                    *[w for name in wanted for w in (name, name)],
                )
        elif one.one_of:
            self.add(f"{expressions[column.key]} IN ({storage.marks(one.one_of)})", *one.one_of)


@dataclass(frozen=True, slots=True)
class _Order:
    """How the rows are sorted: what is read of a record, how that is compared, whether it may be blank (blanks come last), which way."""

    read: str  #: an expression over the record ``r``
    compared: str = "v"  #: what is made of it, named ``v``
    has_blanks: bool = False
    is_descending: bool = False

    def clause(self, *, is_reversed: bool) -> str:
        word = "DESC" if self.is_descending != is_reversed else "ASC"
        # engines disagree on where null stands; blanks come last whichever way the values are sorted
        blanks = f"(v IS NULL) {'DESC' if is_reversed else 'ASC'}, " if self.has_blanks else ""
        return f"{blanks}v {word}, id {word}"

    def beyond(
        self, value: Any, record: int, *, is_reversed: bool, v: str = "t.v", number: str = "t.id"
    ) -> tuple[str, list[Any]]:
        """The condition of standing behind the record with this value (before it, when reversed)."""
        sign = "<" if self.is_descending != is_reversed else ">"
        if value is None:
            same = f"({v} IS NULL AND {number} {sign} %s)"
            return (f"({v} IS NOT NULL OR {same})" if is_reversed else same), [record]
        further = f"{v} {sign} %s OR ({v} = %s AND {number} {sign} %s)"
        if self.has_blanks and not is_reversed:
            further += f" OR {v} IS NULL"
        return f"({further})", [value, value, record]


_BY_DATE = "r.occurred_on"


def _order(query: TableQuery) -> _Order:
    key, descending = query.order
    if key == DATE:
        return _Order(_BY_DATE, is_descending=descending)
    column = query.columns.get(key)
    if column is None:
        raise ProblemsError([Problem("TABLE_002", {"column": key})])
    if column.is_personal and not query.is_private:
        raise ProblemsError([Problem("TABLE_001", {"field": column.title.zh})])
    if column.field is None:
        place = "(SELECT p.path FROM organisation p WHERE p.id = r.organisation_id)"
        read = {UNIT: place, STATE: "r.state", AUTHOR: "r.author"}[key]
        return _Order(read, is_descending=descending)
    if column.is_number:
        places = c.places_of(column.field, definitions().units)
        return _Order(c.text_of(key), c.number_of("v", places), True, descending)
    if column.kind == "boolean":
        return _Order(c.boolean_of(key), has_blanks=True, is_descending=descending)
    return _Order(c.sorted_text_of(key), has_blanks=True, is_descending=descending)


def read(query: TableQuery, *, after: int = 0, before: int = 0, size: int = PAGE) -> Slice:
    """A page of the table: the rows behind the record `after`, those before the record `before`, or the first ones.

    Raises:
        ProblemsError: TABLE_001 a personal field without the right, TABLE_002 no such column.
    """
    order = _order(query)
    conditions = _Conditions(query)
    anchor = before or after
    edge: tuple[Any, int] | None = None
    if anchor:
        found = storage.fetch(
            f"SELECT {order.compared} FROM (SELECT {order.read} AS v FROM record r WHERE r.id = %s AND r.ledger = %s AND {_WITHIN}) AS t",
            [anchor, query.ledger.key, query.organisation.path + "%"],
        )
        # a record of elsewhere: the first page, as if nothing had been asked
        edge = (found[0][0], anchor) if found else None
    is_reversed = bool(before) and edge is not None
    ids = _ids(query, conditions, order, edge, size + 1, is_reversed=is_reversed)
    has_more = len(ids) > size
    ids = ids[:size]
    if is_reversed:
        ids.reverse()
    if not ids:
        return Slice(())
    has_edge = edge is not None
    return Slice(
        _rows(query, ids),
        before=ids[0] if (has_more if is_reversed else has_edge) else 0,
        after=ids[-1] if (has_edge if is_reversed else has_more) else 0,
    )


def _ids(
    query: TableQuery,
    conditions: _Conditions,
    order: _Order,
    edge: tuple[Any, int] | None,
    limit: int,
    *,
    is_reversed: bool,
) -> list[int]:
    """The first records in order. In order of date, each unit's first ones are read from the index and merged."""
    clause = order.clause(is_reversed=is_reversed)
    head = f"SELECT r.id AS id, {order.read} AS v FROM record r WHERE r.ledger = %s"
    if order.read == _BY_DATE and len(query.units) <= _MOST_BRANCHES:
        if edge is not None:
            text, more = order.beyond(*edge, is_reversed=is_reversed, v=_BY_DATE, number="r.id")
            conditions.add(text, *more)
        branch = f"SELECT * FROM ({head} AND r.organisation_id = %s{conditions.text} ORDER BY {clause} LIMIT {limit})"
        parts = [f"{branch} AS b{i}" for i in range(len(query.units))]
        params: list[Any] = []
        for unit in query.units:
            params += [query.ledger.key, unit, *conditions.params]
        statement = (
            f"SELECT id FROM ({' UNION ALL '.join(parts)}) AS t ORDER BY {clause} LIMIT {limit}"
        )
    else:
        text, more = (
            order.beyond(*edge, is_reversed=is_reversed) if edge is not None else ("1 = 1", [])
        )
        # SQLite would read each value anew wherever it is named; the limit keeps the inner select whole
        whole = "" if c.is_postgresql() else " LIMIT -1"
        statement = (
            f"SELECT t.id FROM (SELECT w.id, {order.compared} AS v FROM "
            f"({head} AND {_WITHIN}{conditions.text}{whole}) AS w) AS t "
            f"WHERE {text} ORDER BY {clause} LIMIT {limit}"
        )
        params = [query.ledger.key, query.organisation.path + "%", *conditions.params, *more]
    return [row[0] for row in storage.fetch(statement, params)]


_WITHIN = "r.organisation_id IN (SELECT o.id FROM organisation o WHERE o.path LIKE %s)"


def _rows(query: TableQuery, ids: Sequence[int]) -> list[Row]:
    found: dict[int, Row] = {}
    for chunk in storage.in_chunks(ids):
        for record, state, number, code, name, author, date, content in storage.fetch(
            "SELECT r.id, r.state, r.number, o.code, o.name, r.author, r.occurred_on, r.content FROM record r "
            f"JOIN organisation o ON o.id = r.organisation_id WHERE r.id IN ({storage.marks(chunk)})",
            chunk,
        ):
            values = orjson.loads(content)
            if not query.is_private:
                values = mask_payload(query.ledger, values)
            found[record] = Row(record, state, number, code, name, author, date, values)
    return [found[i] for i in ids if i in found]


def count(query: TableQuery) -> Count:
    """How many records the query finds; exact without filters, with filters up to `COUNTED`."""
    below = [query.ledger.key, query.organisation.path + "%"]
    if not query.is_filtered and not query.states:
        # from indexes alone: all of them without the withdrawn
        rows = storage.fetch(
            f"SELECT (SELECT COUNT(*) FROM record AS r{c.indexed('record_by_date')} WHERE r.ledger = %s AND {_WITHIN}) - "
            f"(SELECT COUNT(*) FROM record AS r{c.indexed('record_withdrawn')} WHERE r.state = 'withdrawn' AND r.ledger = %s AND {_WITHIN})",
            [*below, *below],
        )
        return Count(int(rows[0][0]))
    conditions = _Conditions(query)
    rows = storage.fetch(
        f"SELECT COUNT(*) FROM (SELECT 1 AS one FROM record r WHERE r.ledger = %s AND {_WITHIN}{conditions.text} LIMIT {COUNTED + 1}) AS t",
        [*below, *conditions.params],
    )
    number = int(rows[0][0])
    return Count(min(number, COUNTED), number <= COUNTED)


def totals(query: TableQuery) -> Totals:
    """The totals row: over every record of the query, not only those of the page; sums are exact."""
    if query.private_text:  # what is searched in personal fields is kept nowhere
        return _totals(query)
    asked = (
        query.ledger.key, id(query.ledger), query.organisation.path, query.filters, query.states,
        query.author, query.since, query.until, normalised(query.text), query.is_private, query.within,
    )  # fmt: skip
    return remembered(("totals", *asked), lambda: _totals(query))


def _totals(query: TableQuery) -> Totals:
    summed = [one for one in query.columns.values() if one.is_summed]
    if not summed and not query.is_filtered and not query.states:
        return Totals(count(query).number)
    conditions = _Conditions(query)
    below = [query.ledger.key, query.organisation.path + "%", *conditions.params]
    if not summed:
        rows = storage.fetch(
            f"SELECT COUNT(*) FROM record r WHERE r.ledger = %s AND {_WITHIN}{conditions.text}",
            below,
        )
        return Totals(int(rows[0][0]))
    units = definitions().units
    places = [c.places_of(one.field, units) for one in summed if one.field]
    inner, outer = c.amounts([(s.key, p) for s, p in zip(summed, places, strict=True)])
    whole = "" if c.is_postgresql() else " LIMIT -1"
    (found,) = storage.fetch(
        f"SELECT COUNT(*), {outer} FROM (SELECT {inner} FROM record r WHERE r.ledger = %s AND {_WITHIN}{conditions.text}{whole}) AS t",
        below,
    )
    number = int(found[0])
    fields: dict[str, Total] = {}
    for index, (column, decimals) in enumerate(zip(summed, places, strict=True)):
        value, filled = found[1 + 2 * index], int(found[2 + 2 * index])
        fields[column.key] = Total(
            column,
            None if value is None else c.number_found(value, decimals),
            filled,
            number - filled,
        )
    return Totals(number, fields)


def every(query: TableQuery, *, size: int = 2000) -> Iterator[Row]:
    """All rows of the query in its order, slice by slice."""
    after = 0
    while True:
        page = read(query, after=after, size=size)
        yield from page.rows
        after = page.after
        if not after:
            return


def narrowed(query: TableQuery, record_ids: Sequence[int]) -> list[int]:
    """Those of the records that belong to the query's ledger and unit, whatever their state."""
    if not record_ids:
        return []
    found: set[int] = set()
    for chunk in storage.in_chunks(list(dict.fromkeys(record_ids))):
        found.update(
            row[0]
            for row in storage.fetch(
                f"SELECT r.id FROM record r WHERE r.ledger = %s AND {_WITHIN} AND r.id IN ({storage.marks(chunk)})",
                [query.ledger.key, query.organisation.path + "%", *chunk],
            )
        )
    return [i for i in record_ids if i in found]


def at(query: TableQuery, organisation: Organisation) -> TableQuery:
    """The same query for another unit."""
    return replace(query, organisation=organisation)
