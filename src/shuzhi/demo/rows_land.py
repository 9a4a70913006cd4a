"""Demonstration rows of the farmland parcels to rectify (耕地流出图斑), each with its number, area and day of closing.

The township closed 728 parcels of the batches 2021 and 2022 with 3,647.94 亩; a few of the batch 2023 are still open. The
town's parcels are nurseries given back to farming. Nothing here knows coordinates: surveyed geodata never enters Shuzhi.
"""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

from shuzhi.demo.shares import day, pick, spread, spread_whole
from shuzhi.demo.world import TOWN, TOWNSHIP, groups, villages

Row = dict[str, object]
Batch = tuple[str, str, list[Row]]

#: present class, cause, measure
_CASES = (
    ("园地", "种果", "直接恢复"),
    ("林地", "种树", "直接恢复"),
    ("撂荒地", "撂荒", "直接恢复"),
    ("坑塘", "挖塘", "工程恢复"),
    ("道路", "修路", "举证不改"),
)


def _patch(village: str, index: int, year: int, area: Decimal, case: tuple[str, str, str]) -> Row:
    class_now, cause, measure = case
    return {
        "date": f"{year + 1}-01-15"
        if year < 2022
        else "2022-12-20"
        if year == 2022
        else "2023-12-05",
        "batch_year": year,
        "patch_no": f"{year}-{index + 1:04d}",
        "group": pick(groups(village), index),
        "area": area,
        "class_now": class_now,
        "cause": cause,
        "basic_farmland": "是" if index % 7 == 3 else "否",
        "measure": measure,
    }


def _township() -> Iterator[Batch]:
    found = villages(TOWNSHIP)
    counts = spread_whole(728, len(found))
    areas = spread("3647.94", len(found))
    for place, (village, count, area) in enumerate(zip(found, counts, areas, strict=True)):
        rows = []
        for index, part in enumerate(spread(area, count, turn=place)):
            row = _patch(village.code, index, 2021 + index % 2, part, pick(_CASES, index + place))
            closed = {
                "restored_area": part,
                "closed_on": day(2023, 3 + index % 9, index),
                "state": "已销号",
            }
            rows.append(row | closed)
        still_open = _patch(village.code, count, 2023, Decimal("3.26"), pick(_CASES, place))
        yield "farmland_remediation", village.code, [*rows, still_open | {"state": "整改中"}]


def _town() -> Iterator[Batch]:
    for place, village in enumerate(villages(TOWN)):
        rows = []
        for index, part in enumerate(spread(f"{18 + place * 3}.6", 4, turn=place)):
            row = _patch(village.code, index, 2022, part, ("林地", "苗木", "直接恢复"))
            closed = {
                "restored_area": part,
                "closed_on": day(2023, 2 + index, place),
                "state": "已销号",
            }
            rows.append(row | closed)
        yield "farmland_remediation", village.code, rows


def rows() -> Iterator[Batch]:
    """All parcels: (ledger key, organisation code, rows as a person types them)."""
    yield from _township()
    yield from _town()
