"""A table's filters, columns and order as the query of an address, so that a link, a saved view and an export mean the same rows.

``q`` words · ``state`` · ``unit`` code of one unit below · ``mine`` · ``batch`` of one import · ``since`` ``until`` days · ``sort`` · ``col`` columns shown ·
``f-<field>`` a text it contains, or choices · ``f-<field>-from`` ``f-<field>-to`` · ``f-<field>-blank`` 1 or 0. Personal values never
stand here. What cannot be read is told and left out, the rest still holds.
"""

from __future__ import annotations

import re
from calendar import monthrange
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation
from urllib.parse import urlencode

from shuzhi.apps.ledgers.columns import UNIT, Column, columns_of
from shuzhi.apps.ledgers.tables import STATES, Filter, TableQuery
from shuzhi.apps.organisations.models import Organisation
from shuzhi.core.definitions import LedgerDef
from shuzhi.core.ledgers import half_width
from shuzhi.core.problems import Problem
from shuzhi.core.quantities import canonical

_DAY = re.compile(r"(\d{4})(?:[-./年](\d{1,2})(?:[-./月](\d{1,2})日?)?月?)?年?")
_CHOICES = frozenset({"choice", "boolean"})

Given = Mapping[str, Sequence[str]]  #: parts of an address: name → values


@dataclass(frozen=True, slots=True)
class TableAddress:
    """An address as read."""

    query: TableQuery
    shown: tuple[Column, ...]  #: columns in the table
    given: Mapping[
        str, tuple[str, ...]
    ]  #: what holds, as it was typed, name → values; no empty ones
    problems: tuple[Problem, ...] = ()
    unit: Organisation | None = None  #: the one below that was chosen

    @property
    def text(self) -> str:
        """The address's query in one order, without what is empty or could not be read."""
        return urlencode(sorted(self.given.items()), doseq=True)

    def without(self, *names: str) -> str:
        """The same without some parts; a name ending in ``-`` stands for all that begin with it."""
        kept = {
            k: v
            for k, v in self.given.items()
            if not any(k == n or (n.endswith("-") and k.startswith(n)) for n in names)
        }
        return urlencode(sorted(kept.items()), doseq=True)


@dataclass(slots=True)
class _Reading:
    given: dict[str, tuple[str, ...]] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)
    filters: list[Filter] = field(default_factory=list)


def read_address(
    ledger: LedgerDef,
    organisation: Organisation,
    given: Given,
    *,
    author: str = "",
    is_private: bool = False,
    private_text: str = "",
) -> TableAddress:
    """The rows and columns an address asks for.

    Args:
        author: the account that ``mine`` means.
        is_private: the right to unmask was asked for and a reason noted.
        private_text: searched in personal fields; never part of an address.
    """
    reading = _Reading()
    columns = {one.key: one for one in columns_of(ledger)}

    def one(name: str) -> str:
        value = next((v.strip() for v in given.get(name, ()) if v.strip()), "")[:200]
        if value:
            reading.given[name] = (value,)
        return value

    text = one("q")
    chosen = [s for s in given.get("state", ()) if s in STATES]
    if chosen:
        reading.given["state"] = tuple(chosen)
    below = None
    if code := one("unit"):
        below = Organisation.objects.filter(code=code, path__startswith=organisation.path).first()
        if below is None:
            _refuse(reading, "unit", columns[UNIT], code)
    days = {name: _day(one(name), is_end=name == "until") for name in ("since", "until")}
    for name, day in days.items():
        if day is None:
            _refuse(reading, name, columns[ledger.date], reading.given[name][0])
    sort = one("sort")
    known = columns.get(sort.removeprefix("-"))
    if sort and (known is None or (known.is_personal and not is_private)):
        del reading.given["sort"]
        sort = ""
    for column in columns.values():
        if column.field is not None and not column.is_personal:
            _read_filter(reading, column, given)
    shown = tuple(k for k in given.get("col", ()) if k in columns)
    if shown:
        reading.given["col"] = shown
    query = TableQuery(
        ledger,
        below or organisation,
        tuple(reading.filters),
        tuple(chosen),
        author if one("mine") else "",
        days["since"] or "",
        days["until"] or "",
        text,
        private_text if is_private else "",
        sort,
        is_private,
        batch=one("batch")[:36],
    )
    wanted = set(shown) or {k for k in columns if k != "@author"}
    return TableAddress(
        query,
        tuple(c for k, c in columns.items() if k in wanted),
        reading.given,
        tuple(reading.problems),
        below,
    )


def _refuse(reading: _Reading, name: str, column: Column, found: str) -> None:
    reading.given.pop(name, None)
    reading.problems.append(Problem("TABLE_003", {"field": column.title.zh, "found": found}))


def _read_filter(reading: _Reading, column: Column, given: Given) -> None:
    name = f"f-{column.key}"

    def values(suffix: str = "") -> tuple[str, ...]:
        found = tuple(v.strip()[:200] for v in given.get(name + suffix, ()) if v.strip())
        if found:
            reading.given[name + suffix] = found
        return found

    blank = values("-blank")
    parts: dict[str, object] = {}
    if blank and blank[0] in ("0", "1"):
        parts["is_blank"] = blank[0] == "1"
    typed = values()
    if typed and column.kind in _CHOICES:
        parts["one_of"] = typed
    elif typed:
        parts["contains"] = typed[0]
    for suffix, part in (("-from", "at_least"), ("-to", "at_most")):
        bound = values(suffix)
        if not bound or not (column.is_number or column.is_date):
            continue
        read = _number(bound[0]) if column.is_number else _day(bound[0], is_end=suffix == "-to")
        if read is None:
            _refuse(reading, name + suffix, column, bound[0])
        else:
            parts[part] = read
    if parts:
        reading.filters.append(Filter(column.key, **parts))  # type: ignore[arg-type]


def _number(text: str) -> str | None:
    plain = half_width(text).replace(",", "").replace(" ", "")
    try:
        value = Decimal(plain)
    except InvalidOperation:
        return None
    return canonical(value) if value.is_finite() and abs(value.adjusted()) <= 18 else None


def _day(text: str, *, is_end: bool) -> str | None:
    """The day a year, month or day begins (or ends) with; nothing for nothing, None for what is no date.

    >>> _day("2023-2", is_end=True), _day("2023年", is_end=False), _day("2023.13", is_end=False), _day("", is_end=False)
    ('2023-02-28', '2023-01-01', None, '')
    """
    if not text:
        return ""
    match = _DAY.fullmatch(half_width(text).strip())
    if match is None:
        return None
    year = int(match[1])
    month = int(match[2]) if match[2] else (12 if is_end else 1)
    if not (1 <= month <= 12 and 1900 <= year <= 2100):
        return None
    last = monthrange(year, month)[1]
    day = int(match[3]) if match[3] else (last if is_end else 1)
    return f"{year:04d}-{month:02d}-{day:02d}" if 1 <= day <= last else None
