"""What the table's template needs of columns, rows and totals, in the page's language; decides nothing about rights or masking."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.http import urlencode

from shuzhi.apps.ledgers.columns import AUTHOR, STATE, UNIT, Column
from shuzhi.apps.ledgers.table_addresses import TableAddress
from shuzhi.apps.ledgers.tables import Count, Row, Total, Totals
from shuzhi.apps.office import definitions
from shuzhi.core.quantities import canonical
from shuzhi.web.words import Words, listed, say, titled

#: state of a record → how a person calls it
STATES: Mapping[str, Words] = {
    "submitted": Words("待审", "Waiting"),
    "approved": Words("已审", "Approved"),
    "returned": Words("已退回", "Returned"),
    "withdrawn": Words("已撤回", "Withdrawn"),
}
#: state → class of its chip
CHIPS: Mapping[str, str] = {
    "submitted": "waiting",
    "approved": "approved",
    "returned": "returned",
    "withdrawn": "withdrawn",
}
_YES, _NO = Words("是", "Yes"), Words("否", "No")


@dataclass(frozen=True, slots=True)
class HeadShown:
    """A column's head with its sort link."""

    key: str
    title: str
    unit: str
    is_number: bool
    sorting: str  #: value of aria-sort; empty where the column cannot be sorted by
    address: str  #: of the same table sorted by it


@dataclass(frozen=True, slots=True)
class CellShown:
    """One value."""

    title: str
    text: str
    kind: str  #: number, state, or empty
    is_masked: bool = False
    state: str = ""

    @property
    def is_short(self) -> bool:
        """Whether it stands on one line."""
        return len(self.text) <= 12


@dataclass(frozen=True, slots=True)
class RowShown:
    """One record."""

    id: int
    unit: str
    link: str  #: words of the link to the record
    cells: Sequence[CellShown]
    can_withdraw: bool


@dataclass(frozen=True, slots=True)
class TotalShown:
    """A cell of the totals row: a sum with the number of blanks, or nothing."""

    text: str = ""
    blank: int = 0
    is_summed: bool = False


@dataclass(frozen=True, slots=True)
class FieldShown:
    """A field of the filter panel, with what was typed."""

    key: str
    title: str
    unit: str
    kind: str  #: text, choice, number, date
    value: str = ""
    least: str = ""
    most: str = ""
    blank: str = ""
    can_be_blank: bool = False
    options: Sequence[tuple[str, str, bool]] = ()  #: value, words, chosen


@dataclass(frozen=True, slots=True)
class ChipShown:
    """A filter that holds, and the address without it."""

    text: str
    address: str


def heads(address: TableAddress, columns: Sequence[Column], base: str) -> list[HeadShown]:
    """The table's head. A second click turns the order round, a third takes it away."""
    key, descending = address.query.order
    date = address.query.ledger.date
    found = []
    for one in columns:
        is_sorted = address.query.sort != "" and (
            key == one.key or (key == "@date" and one.key == date)
        )
        sorting, following = "none", one.key
        if is_sorted:
            sorting = "descending" if descending else "ascending"
            following = "" if descending else "-" + one.key
        can_sort = not one.is_personal or address.query.is_private
        rest = address.without("sort")
        query = "&".join(
            p for p in (rest, urlencode({"sort": following}) if following else "") if p
        )
        found.append(
            HeadShown(
                one.key, titled(one.title), one.unit, one.is_number, sorting if can_sort else "",
                f"{base}?{query}" if can_sort else "",
            )
        )  # fmt: skip
    return found


def _words(column: Column, value: Any) -> str:
    if value is None or value == "":
        return ""
    if value is True or value is False:
        return str(_YES if value else _NO)
    catalogue = definitions().catalogue
    if column.kind == "ledger" and value in catalogue.ledgers:
        return titled(catalogue.ledgers[value])
    if column.kind == "indicator" and value in catalogue.indicators:
        return titled(catalogue.indicators[value])
    return grouped(str(value)) if column.is_number and column.unit else str(value)


def grouped(number: str) -> str:
    """A canonical number with thousands set apart; anything else (a masked one) as it is."""
    sign, digits = ("-", number[1:]) if number.startswith("-") else ("", number)
    whole, dot, rest = digits.partition(".")
    if not whole.isdigit():
        return number
    return f"{sign}{int(whole):,}{dot}{rest}"


def cell(column: Column, row: Row, *, is_private: bool) -> CellShown:
    """One value of a row."""
    title = titled(column.title)
    if column.unit:
        title = say("{title}（{unit}）", "{title} ({unit})", title=title, unit=column.unit)
    if column.key == UNIT:
        return CellShown(title, row.unit_name, "")
    if column.key == AUTHOR:
        return CellShown(title, row.author, "")
    if column.key == STATE:
        return CellShown(title, str(STATES[row.state]), "state", state=CHIPS[row.state])
    text = _words(column, row.values.get(column.key))
    masked = column.is_personal and not is_private and bool(text)
    return CellShown(title, text, "number" if column.is_number else "", masked)


def row_shown(
    columns: Sequence[Column], row: Row, *, is_private: bool, can_withdraw: bool
) -> RowShown:
    """A row of the table; its first value that is there becomes the link to the record."""
    cells = [cell(one, row, is_private=is_private) for one in columns]
    link = cells[0].text if cells and cells[0].text else say("（未填）", "(blank)")
    return RowShown(
        row.id, row.unit, link, cells, can_withdraw and row.state in ("approved", "submitted", "returned")
    )  # fmt: skip


def totals_shown(columns: Sequence[Column], totals: Totals | None) -> list[TotalShown]:
    """The totals row, column by column."""
    found = []
    for one in columns:
        total: Total | None = totals.fields.get(one.key) if totals else None
        if total is None:
            found.append(TotalShown(is_summed=one.is_summed))
        elif total.value is None:
            found.append(TotalShown(say("不详", "unknown"), total.blank, True))
        else:
            found.append(TotalShown(grouped(canonical(total.value)), total.blank, True))
    return found


def count_words(count: Count) -> str:
    """How many records, in words."""
    number = f"{count.number:,}"
    if not count.is_exact:
        return say("超过 {n} 条", "more than {n} records", n=number)
    return say("{n} 条", "{n} records", n=number)


def filter_fields(address: TableAddress) -> list[FieldShown]:
    """The filter panel's fields: every column that may be filtered by."""
    given = address.given

    def first(name: str) -> str:
        return (given.get(name) or ("",))[0]

    found = []
    for one in address.query.columns.values():
        if one.field is None or one.is_personal or one.key == address.query.ledger.date:
            continue  # the date of the record has its place above
        name = f"f-{one.key}"
        chosen = set(given.get(name, ()))
        options: Iterable[tuple[str, str]] = ()
        if one.kind == "choice":
            kind, options = "choice", [(o, o) for o in one.options]
        elif one.kind == "boolean":
            kind, options = "choice", [("true", str(_YES)), ("false", str(_NO))]
        else:
            kind = "number" if one.is_number else "date" if one.is_date else "text"
        found.append(
            FieldShown(
                one.key, titled(one.title), one.unit, kind, first(name), first(f"{name}-from"),
                first(f"{name}-to"), first(f"{name}-blank"), not one.field.required, [(v, w, v in chosen) for v, w in options],
            )
        )  # fmt: skip
    return found


def _span(least: str, most: str) -> str:
    if least and most:
        return least if least == most else f"{least} – {most}"
    return f"≥ {least}" if least else f"≤ {most}"


def chips(address: TableAddress, base: str) -> list[ChipShown]:
    """The filters that hold, each with the way to be rid of it."""
    query = address.query
    found: list[ChipShown] = []

    def add(text: str, *names: str) -> None:
        found.append(ChipShown(text, f"{base}?{address.without(*names)}"))

    if query.text:
        add(say("含“{q}”", "contains “{q}”", q=query.text), "q")
    if query.states:
        add(listed(str(STATES[s]) for s in query.states), "state")
    if address.unit is not None:
        add(address.unit.name, "unit")
    if query.author:
        add(say("我记的", "recorded by me"), "mine")
    if query.batch:
        add(say("一次导入的记录", "of one import"), "batch")
    if query.since or query.until:
        add(_span(query.since, query.until), "since", "until")
    for one in query.filters:
        column = query.columns[one.column]
        title, parts = titled(column.title), []
        if one.contains:
            parts.append(say("含“{q}”", "contains “{q}”", q=one.contains))
        if one.one_of:
            parts.append(listed(_words(column, {"true": True, "false": False}.get(v, v) if column.kind == "boolean" else v) for v in one.one_of))  # fmt: skip
        if one.at_least or one.at_most:
            parts.append(_span(one.at_least, one.at_most) + (f" {column.unit}" if column.unit else ""))  # fmt: skip
        if one.is_blank is not None:
            parts.append(say("没填", "blank") if one.is_blank else say("填了", "not blank"))
        add(say("{title}：{what}", "{title}: {what}", title=title, what=listed(parts)), f"f-{one.column}", f"f-{one.column}-from", f"f-{one.column}-to", f"f-{one.column}-blank")  # fmt: skip
    return found
