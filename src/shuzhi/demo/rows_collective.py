"""Demonstration rows of the collective economy: assets, the contracts over them, and the income of three years.

Each village's income of a year is told item by item; 样板乡's villages all grow by more than a fifth, 示范镇's stand in
different bands. What counts as operating income, and where the bands lie, is for the definitions to say.
"""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

from shuzhi.demo.shares import day, pick, spread
from shuzhi.demo.world import TOWN, TOWNSHIP, groups, villages

Row = dict[str, object]
Batch = tuple[str, str, list[Row]]

#: income in 万元 of 2021, 2022, 2023 by the village's place in 示范镇
_TOWN_INCOME = (
    ("31.2", "38.6", "45.9"),
    ("18.4", "22.7", "28.3"),
    ("41.5", "52.8", "60.4"),
    ("9.6", "12.3", "15.8"),
    ("83.5", "96.4", "112.6"),
    ("26.9", "31.8", "37.2"),
    ("14.2", "17.9", "21.4"),
    ("55.3", "64.7", "78.5"),
)
#: 样板乡: income of 2022 in 万元 and growth to 2023 in percent; the slowest village grew by 22.6
_TOWNSHIP_INCOME = (
    ("21.5", "31"), ("18.2", "26.5"), ("14.7", "22.6"), ("26.3", "28"), ("11.8", "35"), ("19.6", "24.5"),
    ("23.4", "29"), ("16.9", "41"), ("13.1", "27.5"), ("28.7", "23.5"), ("12.4", "33"), ("17.3", "25"),
)  # fmt: skip

#: item, category, earned by, origin, contract
_ITEMS = (
    ("大棚租金", "发包及上交收入", "村集体合作社", "盘活闲置大棚", "HT01"),
    ("园地流转收入", "发包及上交收入", "村集体合作社", "流转园地", "HT02"),
    ("农机服务收入", "经营收入", "村集体合作社", "自营", ""),
    ("入股分红", "投资收益", "村集体合作社", "入股", ""),
    ("办公用房租金", "发包及上交收入", "村民委员会", "其他", "HT03"),
    ("运转补助", "补助收入", "村民委员会", "其他", ""),
)


def _assets(village: str) -> list[Row]:
    first, last = groups(village)[0], groups(village)[-1]
    kinds = (
        (f"{first}闲置大棚", "经营性", "大棚", 126000, "出租"),
        (f"{last}集体园地", "资源性", "园地", None, "出租"),
        ("旧办公用房", "经营性", "房屋", 88000, "出租"),
        ("文化广场", "非经营性", "工程设施", 150000, "自用"),
    )
    rows: list[Row] = []
    for index, (name, kind, form, value, state) in enumerate(kinds):
        row: Row = {
            "date": "2021-12-31",
            "code": f"ZC{index + 1:02d}",
            "name": name,
            "kind": kind,
            "form": form,
            "state": state,
        }
        if value is not None:
            row["original_value"] = value + int(village[9:]) % 9 * 4000
        if form in ("大棚", "园地"):
            row["area"] = Decimal(12 + int(village[9:]) % 6 * 3)
        rows.append(row)
    return rows


def _contracts(village: str, rents: dict[str, Decimal]) -> list[Row]:
    """One contract over each leased asset; its rent is what the income ledger received last year."""
    terms = (
        ("HT01", "大棚租赁合同", "租赁", "ZC01"),
        ("HT02", "园地流转合同", "承包", "ZC02"),
        ("HT03", "房屋租赁合同", "租赁", "ZC03"),
    )
    return [
        {
            "date": "2021-12-15",
            "number": number,
            "name": name,
            "kind": kind,
            "asset": asset,
            "party_b": f"{pick(groups(village), index)}种养合作社",
            "starts_on": "2022-01-01",
            "ends_on": f"{2026 + index}-12-31",
            "annual_rent": rents[number],
            "decision": f"四议两公开 2021-{10 + index}",
        }
        for index, (number, name, kind, asset) in enumerate(terms)
    ]


def _income(village: str, year: int, total: Decimal) -> list[Row]:
    rows: list[Row] = []
    # the pattern starts at the same item each year, so that every item grows with the village
    for index, (item, part) in enumerate(
        zip(_ITEMS, spread(total, len(_ITEMS), "100", int(village[9:])), strict=True)
    ):
        name, category, earned_by, origin, contract = item
        row: Row = {
            "date": day(year, 2 + index * 2, index),
            "category": category,
            "earned_by": earned_by,
            "item": name,
            "origin": origin,
            "amount": part,
        }
        if contract and year > 2021:
            row["contract"] = contract
        rows.append(row)
    return rows


def _village(village: str, years: dict[int, Decimal]) -> Iterator[Batch]:
    income = {year: _income(village, year, total) for year, total in years.items()}
    rents = {
        str(row["contract"]): Decimal(str(row["amount"]))
        for row in income[2022]
        if "contract" in row
    }
    yield "collective_asset", village, _assets(village)
    yield "collective_contract", village, _contracts(village, rents)
    yield "collective_income", village, [row for year in sorted(income) for row in income[year]]


def rows() -> Iterator[Batch]:
    """All rows of the collective economy: (ledger key, organisation code, rows as a person types them)."""
    for village, amounts in zip(villages(TOWN), _TOWN_INCOME, strict=True):
        years = {
            year: Decimal(amount) * 10000
            for year, amount in zip((2021, 2022, 2023), amounts, strict=True)
        }
        yield from _village(village.code, years)
    for village, (base, growth) in zip(villages(TOWNSHIP), _TOWNSHIP_INCOME, strict=True):
        last_year = Decimal(base) * 10000
        yield from _village(
            village.code, {2022: last_year, 2023: last_year * (100 + Decimal(growth)) / 100}
        )
