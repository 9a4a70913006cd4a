"""The columns of a ledger's table as SQL on both engines: how a field's value is read, compared, sorted and added up exactly.

On SQLite a quantity is read as an integer of the smallest part the books keep, never as a float; on PostgreSQL as ``numeric``.
Only keys of definitions become part of a statement, and only when they are plain names; what people type is always a parameter.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal

from django.db import connection

from shuzhi.core.definitions import FieldDef, LedgerDef, Text
from shuzhi.core.quantities import DECIMALS, Units

UNIT, STATE, AUTHOR = "@unit", "@state", "@author"  #: columns every ledger has besides its fields
NUMBERS = frozenset({"integer", "quantity"})
DATES = frozenset({"date", "month"})

_PLAIN = re.compile(r"[A-Za-z][A-Za-z0-9_]*")


@dataclass(frozen=True, slots=True)
class Column:
    """One column of a table."""

    key: str  #: of the field, or one of UNIT, STATE, AUTHOR
    title: Text
    kind: str  #: type of the field; organisation, state or account for the others
    unit: str = ""
    is_personal: bool = False
    is_summed: bool = False
    options: tuple[str, ...] = ()
    field: FieldDef | None = None

    @property
    def is_number(self) -> bool:
        """Whether values stand at the right and are compared as numbers."""
        return self.kind in NUMBERS

    @property
    def is_date(self) -> bool:
        """Whether values are days or months."""
        return self.kind in DATES


def columns_of(ledger: LedgerDef) -> list[Column]:
    """Every column of the ledger's table: what a row is known by, its unit, then the fields in the order of the definition."""
    known_by = [f for f in ledger.fields if f.key in ledger.identified_by]
    known_by = known_by or [f for f in ledger.fields if f.key == ledger.date]
    found = [_column(f) for f in known_by]
    found.append(Column(UNIT, Text("单位", "Unit"), "unit"))
    found += [_column(f) for f in ledger.fields if f not in known_by]
    found.append(Column(STATE, Text("状态", "State"), "state"))
    found.append(Column(AUTHOR, Text("记账人", "Recorded by"), "account"))
    return found


def _column(field: FieldDef) -> Column:
    is_summed = field.type in NUMBERS and bool(field.unit) and not field.personal
    return Column(
        field.key,
        field.title,
        field.type,
        field.unit,
        bool(field.personal),
        is_summed=is_summed and _adds_up(field.unit),
        options=field.options,
        field=field,
    )


def _adds_up(unit: str) -> bool:
    """Whether amounts in the unit may be added: shares and prices may not."""
    return "/" not in unit and not unit.startswith(("％", "%", "‰"))


def is_postgresql() -> bool:
    """Whether the engine is PostgreSQL (or one that says it is)."""
    return connection.vendor == "postgresql"


def indexed(name: str) -> str:
    """Which index SQLite reads: without statistics it takes any that begins with the unit, and looks into every record."""
    return "" if is_postgresql() else f" INDEXED BY {name}"


def text_of(key: str) -> str:
    """The field's value as text; null when blank. A yes or no reads ``true`` or ``false``."""
    if not _PLAIN.fullmatch(key):
        raise ValueError(f"not a field's key: {key!r}")
    return f"(r.content ->> '{key}')" if is_postgresql() else f"json_extract(r.content, '$.{key}')"


def boolean_of(key: str) -> str:
    """A yes or no as text on either engine; null when blank."""
    value = text_of(key)
    return value if is_postgresql() else f"CASE {value} WHEN 1 THEN 'true' WHEN 0 THEN 'false' END"


def sorted_text_of(key: str) -> str:
    """The field's value in the order of its characters, the same on both engines."""
    return text_of(key) + (' COLLATE "C"' if is_postgresql() else "")


def places_of(field: FieldDef, units: Units) -> int:
    """Decimals of the field's unit that the books keep; see `core.ledgers`."""
    factor = units.factor(field.unit) if field.unit else Decimal(1)
    return max(0, DECIMALS + int(factor.normalize().as_tuple().exponent))


def number_of(value: str, places: int) -> str:
    """An amount for comparing and adding, from the text expression `value`: ``numeric``, or an integer of 10⁻ᵖˡᵃᶜᵉˢ."""
    if is_postgresql():
        return f"(CASE WHEN {value} ~ '^-?[0-9]+([.][0-9]+)?$' THEN {value}::numeric END)"
    one = "1" + "0" * places
    return (
        f"(CASE WHEN instr({value}, '.') = 0 THEN CAST({value} AS INTEGER) * {one} "
        f"ELSE CAST(replace({value}, '.', '') AS INTEGER) "
        f"* CAST(substr('{one}', 1, 1 + {places} - length({value}) + instr({value}, '.')) AS INTEGER) END)"
    )


def number_bound(value: Decimal, places: int, *, is_lower: bool) -> Decimal | int | str:
    """A bound a person typed, in the form `number_of` compares with."""
    if is_postgresql():
        return value
    scaled = value.scaleb(places)
    whole = scaled.to_integral_value(ROUND_CEILING if is_lower else ROUND_FLOOR)
    # beyond what the engine's integers hold there is nothing on the other side
    limit = 2**63 - 1
    return max(-limit, min(limit, int(whole)))


def number_found(value: object, places: int) -> Decimal:
    """An amount as the engine gave it, in the field's unit."""
    if isinstance(value, Decimal):
        return value
    return Decimal(int(str(value))).scaleb(-places)


def contains(expression: str) -> str:
    """A condition that the text expression contains a parameter."""
    return f"strpos({expression}, %s) > 0" if is_postgresql() else f"instr({expression}, %s) > 0"


def lower_of(expression: str) -> str:
    """The expression in lower case, as far as the engine knows."""
    return f"lower({expression})"


def amounts(fields: Sequence[tuple[str, int]]) -> tuple[str, str]:
    """For totals: (what the inner select reads, what the outer one adds up), a sum and a count for each (key, places)."""
    inner = ", ".join(f"{text_of(key)} AS v{i}" for i, (key, _) in enumerate(fields))
    outer = ", ".join(
        f"SUM({number_of(f'v{i}', places)}), COUNT(v{i})" for i, (_, places) in enumerate(fields)
    )
    return inner, outer
