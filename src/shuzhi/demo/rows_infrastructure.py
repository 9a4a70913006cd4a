"""Demonstration rows of the infrastructure ledgers: roads, water, lamps, sewers, utilities, projects, houses, sites.

Every kilometre of the reports is a segment in a group with a day of acceptance, every coverage rate a list of
households. What the figures are asked to be is known here; how they are counted is not.
"""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

from shuzhi.demo.shares import day, pick, spread
from shuzhi.demo.world import (
    TOWN,
    TOWNSHIP,
    VILLAGE_A,
    VILLAGE_B,
    VILLAGE_C,
    groups,
    households,
    villages,
)

Row = dict[str, object]
Batch = tuple[str, str, list[Row]]

_TOWN_VILLAGES = tuple(v.code for v in villages(TOWN))
_TOWNSHIP_VILLAGES = tuple(v.code for v in villages(TOWNSHIP))

#: village → (date, group, section, metres) of the roads the reports speak of
_PAVED = {
    VILLAGE_A: (
        ("2023-07-18", "三组", "三组东巷至果园路口", 820),
        ("2023-09-22", "三组", "三组水窖至村道", 480),
    ),
    VILLAGE_B: (
        ("2023-06-15", "一组", "一组村口至打麦场", 620),
        ("2023-08-09", "一组", "一组打麦场至沟边", 400),
        ("2023-08-20", "二组", "二组中巷", 480),
        ("2023-10-11", "三组", "三组北坡路", 420),
    ),
    VILLAGE_C: (
        ("2022-05-20", "一组", "一组桥头至大棚区", 416),
        ("2022-08-16", "四组", "四组中巷", 372),
        ("2022-09-27", "五组", "五组村口", 298),
    ),
}


def _road_row(
    date: str, group: str, name: str, work: str, length: int, surface: str = "水泥"
) -> Row:
    width = {"水泥": Decimal("3.5"), "砂石": Decimal(3), "沥青": Decimal("4.5")}[surface]
    return {
        "date": date,
        "group": group,
        "name": name,
        "work": work,
        "length": length,
        "width": width,
        "surface": surface,
    }


def _road(village: str) -> list[Row]:
    turn = int(village[9:]) - 200
    found = groups(village)
    rows = [
        _road_row(d, group, name, "道路硬化", metres)
        for d, group, name, metres in _PAVED.get(village, ())
    ]
    if village not in _PAVED:
        for index, group in enumerate(found[:2]):
            rows.append(
                _road_row(
                    day(2023, 7, index),
                    group,
                    f"{group}主路",
                    "道路硬化",
                    260 + turn * 20 + index * 90,
                )
            )
    if village not in _TOWN_VILLAGES:
        return rows
    first, second, last = found[0], found[1], found[-1]
    rows += [
        _road_row(
            day(2021, 9, turn),
            first,
            f"{first}至邻村公路",
            "新建农村公路",
            900 + turn * 110,
            "沥青",
        ),
        _road_row(
            day(2022, 10, turn), last, f"{last}至乡道公路", "新建农村公路", 640 + turn * 70, "沥青"
        ),
        _road_row(day(2022, 6, turn), first, f"{first}南巷", "巷道硬化", 310 + turn * 25),
        _road_row(day(2023, 4, turn), second, f"{second}西巷", "巷道硬化", 240 + turn * 30),
        _road_row(
            day(2022, 4, turn), second, f"{second}田间路", "田间道路铺沙", 520 + turn * 40, "砂石"
        ),
        _road_row(
            day(2023, 3, turn), last, f"{last}田间路", "田间道路铺沙", 480 + turn * 35, "砂石"
        ),
        _road_row(
            day(2023, 4, turn + 2), first, f"{first}主路坑槽", "路面维修", 120 + turn * 15, "沥青"
        ),
    ]
    return rows


def _water_and_lamps(village: str) -> Iterator[Batch]:
    turn = int(village[9:]) - 200
    found = groups(village)
    channels: list[Row] = [
        {
            "date": day(year, 8, index),
            "group": group,
            "name": f"{group}村道排水渠",
            "work": "排水渠",
            "length": 180 + turn * 12 + index * 65,
        }
        for index, (year, group) in enumerate(zip((2021, 2022, 2023), found, strict=False))
    ]
    pond: Row = {
        "date": day(2023, 5, turn),
        "group": found[0],
        "name": f"{found[0]}蓄水池",
        "work": "蓄水池",
    }
    yield "water_works", village, [*channels, pond]
    lamps: list[Row] = [
        {
            "date": day(year, 10, index),
            "place": f"{group}主路",
            "kind": "太阳能路灯",
            "lamps": 14 + turn + index * 5,
        }
        for index, (year, group) in enumerate(zip((2021, 2022, 2023), found, strict=False))
    ]
    yield "streetlight", village, lamps
    pipes: list[Row] = [
        {
            "date": date,
            "place": f"{group}主巷道",
            "work": "管网敷设",
            "length": 260 + turn * 30 + index * 80,
        }
        for index, (date, group) in enumerate(
            zip((day(2021, 9), day(2022, 9), day(2023, 4)), found, strict=False)
        )
    ]
    covers: Row = {
        "date": day(2023, 5, turn),
        "place": f"{found[0]}主巷道",
        "work": "更换下水盖",
        "covers": 6 + turn,
    }
    yield "sewage", village, [*pipes, covers]


def _utilities(village: str) -> list[Row]:
    """All four services reach every household; optical fibre does not yet."""
    return [
        {
            "date": day(2022, 11, index),
            "household": household.number,
            "tap_water": "是",
            "electricity": "是",
            "broadcast": "是",
            "broadband": "是",
            "fibre": "否" if index % 8 == 5 else "是",
        }
        for index, household in enumerate(households(village))
    ]


#: the township's projects of 2023: kind and what is built; the first six are the township's own
_PROJECTS = (
    ("道路", "通村道路提升"),
    ("水利", "灌溉渠系配套"),
    ("公共服务", "便民服务中心改造"),
    ("管网", "集镇污水管网"),
    ("产业", "冷链分拣中心"),
    ("饮水", "集中供水管护"),
    ("道路", "组道硬化"),
    ("水利", "小水窖修建"),
    ("亮化", "村庄亮化"),
    ("产业", "果蔬交易点"),
    ("绿化", "庭院绿化"),
    ("饮水", "人畜饮水巩固"),
    ("道路", "产业路建设"),
    ("农房", "农房抗震改造"),
    ("产业", "烤房群建设"),
    ("公共服务", "文化活动场所"),
    ("管网", "村庄排污改造"),
    ("水利", "提灌站维修"),
)


def _projects() -> Iterator[Batch]:
    kept: dict[str, list[Row]] = {TOWNSHIP: []}
    for index, ((kind, what), sum_) in enumerate(
        zip(_PROJECTS, spread("3002.23", len(_PROJECTS)), strict=True)
    ):
        keeper = TOWNSHIP if index < 6 else _TOWNSHIP_VILLAGES[index - 6]
        finished = index in (2, 8, 13)
        row: Row = {
            "date": day(2023, 2, index),
            "code": f"2023-{index + 1:02d}",
            "name": f"2023年{what}项目",
            "kind": kind,
            "investment": sum_,
            "source": pick(("省级", "中央", "县级", "帮扶"), index),
            "started_on": day(2023, 3 + index % 5, index),
            "state": "已投用" if finished else pick(("在建", "完工", "在建"), index),
        }
        if finished:
            row |= {"finished_on": day(2023, 9, index), "in_use_on": day(2023, 11, index)}
        kept.setdefault(keeper, []).append(row)
    for keeper, found in kept.items():
        yield "project", keeper, found
    for place, village in enumerate(_TOWN_VILLAGES):
        done: Row = {
            "date": day(2022, 3, place),
            "code": "2022-01",
            "name": f"2022年{groups(village)[0]}道路提升项目",
            "kind": "道路",
            "investment": Decimal(46 + place * 7),
            "source": "县级",
            "started_on": day(2022, 5, place),
            "finished_on": day(2022, 10, place),
            "in_use_on": day(2022, 12, place),
            "state": "已投用",
        }
        yield "project", village, [done]


def _housing(village: str) -> list[Row]:
    found = households(village)[::9]
    done = 14 if village == VILLAGE_A else 3
    rows: list[Row] = []
    for index, household in enumerate(found[: done + 1]):
        row: Row = {
            "date": day(2023, 2, index),
            "household": household.number,
            "grade": pick(("D级", "C级", "D级"), index),
            "method": pick(("原址重建", "修缮加固", "异地新建"), index),
            "grant": pick((25000, 12000, 30000), index),
        }
        if index < done:
            row["accepted_on"] = day(2023, 8 + index % 4, index)
        rows.append(row)
    return rows


def _relocation(village: str) -> list[Row]:
    found = households(village)[4::10][:14]
    return [
        {
            "date": day(2020, 6, index),
            "household": household.number,
            "site": f"{groups(village)[1]}安置点",
            "completed_on": day(2023, 6 + index % 5, index),
            "water": "是",
            "power": "是",
            "network": "是",
        }
        for index, household in enumerate(found)
    ]


def _demo_site() -> Iterator[Batch]:
    for village, count in zip(_TOWNSHIP_VILLAGES, [2] * 11 + [1], strict=True):
        yield (
            "demo_site",
            village,
            [
                {
                    "date": day(2023, 3, index),
                    "number": f"S{index + 1:02d}",
                    "name": f"{groups(village)[index]}{pick(('庭院', '产业'), index)}示范点",
                    "kind": "乡村振兴示范点",
                    "built_on": day(2023, 9 + index, int(village[9:])),
                    "state": "已建成",
                }
                for index in range(count)
            ],
        )


def rows() -> Iterator[Batch]:
    """All rows of the infrastructure ledgers: (ledger key, organisation code, rows as a person types them)."""
    for village in (*_TOWN_VILLAGES, *_TOWNSHIP_VILLAGES):
        yield "road", village, _road(village)
    for village in _TOWN_VILLAGES:
        yield from _water_and_lamps(village)
        yield "utilities", village, _utilities(village)
        yield "housing", village, _housing(village)
    yield from _projects()
    yield "relocation", VILLAGE_A, _relocation(VILLAGE_A)
    yield from _demo_site()
