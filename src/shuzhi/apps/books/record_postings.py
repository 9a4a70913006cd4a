"""What one record has posted, entry by entry, and the figures it is therefore part of."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from shuzhi.apps import storage
from shuzhi.apps.office import definitions
from shuzhi.core.definitions import IndicatorDef
from shuzhi.core.formulas import parse_expression, parse_indicator_value
from shuzhi.core.indicators import TARGET_SUFFIX
from shuzhi.core.quantities import from_scaled


@dataclass(frozen=True, slots=True)
class RecordPosting:
    """One amount an approval of the record added."""

    seq: int
    number: int  #: of the approving entry in the record's history
    indicator: IndicatorDef
    kind: str  #: actual or target
    unit: str  #: code of the organisation it was posted to
    unit_name: str
    month: int
    amount: Decimal | None  #: signed, in the indicator's own unit; None = the row is blank here
    is_adjusting: bool


@dataclass(frozen=True, slots=True)
class PartOf:
    """A figure the record counts in, with what it adds to it; `amount` is None for figures computed from others."""

    indicator: IndicatorDef
    kind: str
    unit: str
    unit_name: str
    period: (
        str  #: as it stands in an address: 2023-06 for a flow, 2023 for a stock or what is computed
    )
    amount: Decimal | None
    is_blank: bool = False


def postings_of(record: int, limit: int = 400) -> list[RecordPosting]:
    """Everything the record posted, the latest approval first; at most `limit` lines."""
    catalogue, units = definitions().catalogue, definitions().units
    found = []
    for seq, number, key, code, name, month, amount, rows, blanks, adjusting in storage.fetch(
        'SELECT p.seq, v.number, i."key", o.code, o.name, p.month, SUM(p.amount), SUM(p."rows"), SUM(p.blanks), p.adjusting '
        "FROM revision v JOIN posting p ON p.seq = v.seq JOIN indicator i ON i.id = p.indicator_id "
        "JOIN organisation o ON o.id = p.organisation_id "
        'WHERE v.record_id = %s GROUP BY p.seq, v.number, i."key", o.code, o.name, p.month, p.adjusting '
        f'ORDER BY p.seq DESC, i."key", p.month LIMIT {int(limit)}',
        [record],
    ):
        definition = catalogue.indicators.get(key.removesuffix(TARGET_SUFFIX))
        if definition is None:
            continue  # what nil reports and withdrawn definitions post has no page
        kind = "target" if key.endswith(TARGET_SUFFIX) else "actual"
        shown: Decimal | None = None
        if rows or amount or not blanks:
            is_count = kind == "actual" and parse_indicator_value(definition.value).kind in (
                "distinct",
                "sum_distinct",
            )
            shown = (
                Decimal(int(rows))
                if is_count
                else units.from_base(from_scaled(int(amount)), definition.unit)
            )
        found.append(
            RecordPosting(seq, number, definition, kind, code, name, month, shown, bool(adjusting))
        )
    return found


def figures_of_record(postings: Sequence[RecordPosting]) -> list[PartOf]:
    """The figures of the record's own unit that its postings stand in today, and those computed from them."""
    sums: dict[tuple[str, str, str, str], list[Decimal | None]] = {}
    names: dict[str, str] = {}
    for one in postings:
        period = (
            f"{one.month // 100}-{one.month % 100:02d}"
            if one.indicator.nature == "flow" and one.kind == "actual"
            else f"{one.month // 100}"
        )
        names[one.unit] = one.unit_name
        sums.setdefault((one.indicator.key, one.kind, one.unit, period), []).append(one.amount)
    catalogue = definitions().catalogue
    found: list[PartOf] = []
    for (key, kind, unit, period), amounts in sorted(sums.items()):
        known = [a for a in amounts if a is not None]
        total = sum(known, Decimal(0))
        if known and not total:
            continue  # taken back again
        found.append(
            PartOf(
                catalogue.indicators[key],
                kind,
                unit,
                names[unit],
                period,
                total if known else None,
                not known,
            )
        )
    direct = {p.indicator.key for p in found if p.kind == "actual"}
    years = {
        (p.indicator.key, p.unit): max(
            f.period[:4] for f in found if f.indicator.key == p.indicator.key and f.unit == p.unit
        )
        for p in found
    }
    for definition in catalogue.indicators.values():
        if definition.nature != "derived":
            continue
        used = sorted(direct & parse_expression(definition.value).names)
        for unit in sorted({u for k, u in years if k in used}):
            year = max(years[k, u] for k, u in years if k in used and u == unit)
            found.append(PartOf(definition, "actual", unit, names[unit], year, None))
    return found
