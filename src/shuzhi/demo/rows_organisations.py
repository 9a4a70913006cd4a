"""What the demonstration's villages and townships are: land, groups, offices, staff, incomes and grids.

The rows are as a village clerk or the township's office types them, the same on every run. Incomes of several years stand
here so that a growth can be computed; nothing here knows how.
"""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

from shuzhi.demo.shares import day, pick
from shuzhi.demo.world import TOWN, TOWNSHIP, Unit, groups, households, villages

Rows = list[dict[str, object]]

#: institutions of each township: name, kind, approved administrative posts, approved career posts
_INSTITUTIONS = {
    TOWN: (
        ("党政综合办公室", "党政机构", 8, 0),
        ("党的建设办公室", "党政机构", 5, 0),
        ("经济发展办公室", "党政机构", 5, 0),
        ("社会事务办公室", "党政机构", 4, 0),
        ("平安建设办公室", "党政机构", 4, 0),
        ("农业综合服务中心", "事业单位", 0, 9),
        ("社会保障服务中心", "事业单位", 0, 7),
        ("文化旅游服务中心", "事业单位", 0, 4),
        ("退役军人服务站", "事业单位", 0, 2),
    ),
    TOWNSHIP: (
        ("党政综合办公室", "党政机构", 7, 0),
        ("党的建设办公室", "党政机构", 4, 0),
        ("经济发展办公室", "党政机构", 4, 0),
        ("平安建设办公室", "党政机构", 4, 0),
        ("农业综合服务中心", "事业单位", 0, 8),
        ("社会保障服务中心", "事业单位", 0, 6),
        ("文化旅游服务中心", "事业单位", 0, 4),
    ),
}
_SURVEYED = 6  #: households surveyed in each village
_INCOME_YEARS = (2021, 2022, 2023)
_SET_UP = "2021-01-01"


def was_poor_village(village: Unit) -> bool:
    """Whether the village stood on the list of poor villages before 2021."""
    return int(village.code[9:]) % 3 != 0


def _profile(village: Unit) -> dict[str, object]:
    index = int(village.code[9:])
    return {
        "name": village.name,
        "area": Decimal("7.6") + Decimal(index % 7) * Decimal("0.45"),
        "cultivated_land": 3100 + index % 6 * 260,
        "returned_forest": 480 + index % 5 * 95,
        "lifted_from_poverty": "是" if was_poor_village(village) else "否",
        "effective_on": _SET_UP,
    }


def _groups(village: Unit) -> Rows:
    heads = {h.group: h.members[0].name for h in reversed(households(village.code))}
    return [
        {"name": group, "leader": heads[group], "established_on": "2019-01-01"}
        for group in groups(village.code)
    ]


def _incomes(village: Unit) -> Iterator[dict[str, object]]:
    found = households(village.code)
    turn = int(village.code[9:])
    for year in _INCOME_YEARS:
        for place in range(_SURVEYED):
            household = found[place * len(found) // _SURVEYED]
            size = household.size
            # wages, business, property and transfers of one person; each year they grow at a pace of their own
            grown = year - _INCOME_YEARS[0]
            yield {
                "year": year,
                "household": household.number,
                "persons": size,
                "wages": size * (5600 + pick((0, 420, 810, 260), place + turn) + grown * 430),
                "business": size
                * (4700 + pick((310, 0, 560, 150, 720), place + turn) + grown * 360),
                "property": size * (150 + place * 12 + grown * 10),
                "transfers": size * (1350 + pick((0, 90, 40), place) + grown * 95),
                "surveyed_on": day(year, 12, place),
            }


def _institutions(township: str) -> Rows:
    return [
        {
            "name": name,
            "kind": kind,
            "administrative_posts": administrative,
            "career_posts": career,
            "established_on": "2020-01-01",
        }
        for name, kind, administrative, career in _INSTITUTIONS[township]
    ]


def _staff(township: str) -> Iterator[dict[str, object]]:
    names = [m.name for v in villages(township) for h in households(v.code) for m in h.members[:1]]
    order = 0
    for name, _, administrative, career in _INSTITUTIONS[township]:
        # every larger office has a post to fill
        posts = administrative + career
        for _ in range(posts - (1 if posts > 5 else 0)):
            order += 1
            yield {
                "number": f"G{order:02d}",
                "name": pick(names, order * 3),
                "institution": name,
                "establishment": "行政编制" if administrative else "事业编制",
                "joined_on": day(2020, 1 + order % 12, order),
            }


def grid_code(village: str, group: str) -> str:
    """The code of the third-grade grid of a villagers' group."""
    return f"3-{groups(village).index(group) + 1:02d}"


def _village_grids(village: Unit) -> Rows:
    second: dict[str, object] = {
        "code": "2-01",
        "name": f"{village.name}网格",
        "grade": "二级",
        "set_up_on": _SET_UP,
    }
    third: Rows = [
        {
            "code": grid_code(village.code, group),
            "name": f"{group}网格",
            "grade": "三级",
            "set_up_on": _SET_UP,
        }
        for group in groups(village.code)
    ]
    return [second, *third]


def _grid_households(village: Unit) -> Rows:
    return [
        {
            "household": household.number,
            "grid": grid_code(village.code, household.group),
            "assigned_on": _SET_UP,
        }
        for household in households(village.code)
    ]


def rows() -> Iterator[tuple[str, str, Rows]]:
    """All rows of this area: (ledger key, organisation code, rows as a person types them)."""
    for township, name in ((TOWN, "示范镇"), (TOWNSHIP, "样板乡")):
        yield "institution", township, _institutions(township)
        yield "staff", township, list(_staff(township))
        first = {"code": "1-01", "name": f"{name}网格", "grade": "一级", "set_up_on": _SET_UP}
        yield "grid", township, [dict(first)]
    for village in villages():
        yield "village_profile", village.code, [_profile(village)]
        yield "villagers_group", village.code, _groups(village)
        yield "income_survey", village.code, list(_incomes(village))
        yield "grid", village.code, _village_grids(village)
        yield "grid_household", village.code, _grid_households(village)
