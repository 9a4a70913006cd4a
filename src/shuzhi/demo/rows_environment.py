"""Demonstration rows of the environment ledgers: greening, clean-up, facilities, toilets, public-welfare posts and pay.

Posts name real persons of the registers, one to a household, and their monthly attendance is what the village wrote
down from the sign-in sheets. Which kinds of posts add up to which total is for the definitions to say.
"""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

from shuzhi.demo.shares import day, month_end, pick, spread_whole
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


def _turn(village: str) -> int:
    return int(village[9:]) - 200


# ── greening and clean-up ─────────────────────────────────────────────────────────────────────────────────────────────


def _greening() -> Iterator[Batch]:
    """In the first half of 2023 the town's villages greened 4,500 metres together."""
    spring = spread_whole(4500, len(_TOWN_VILLAGES))
    for village, metres in zip(_TOWN_VILLAGES, spring, strict=True):
        turn = _turn(village)
        found = groups(village)
        rows: list[Row] = [
            {
                "date": day(2023, 3 + index, index),
                "place": f"{group}村道两侧",
                "kind": "村庄绿化",
                "length": part,
                "trees": part // 3,
            }
            for index, (group, part) in enumerate(
                zip(found, spread_whole(metres, len(found[:3]), turn), strict=False)
            )
        ]
        lines = (
            (2021, 4, "村庄绿化", 220),
            (2022, 4, "村庄绿化", 260),
            (2022, 10, "道路绿化", 340),
            (2023, 4, "道路绿化", 180),
        )
        for index, (year, month, kind, length) in enumerate(lines):
            metres_here = length + turn * 15
            place = f"{pick(found, index)}{'主路' if kind == '道路绿化' else '庭院周边'}"
            rows.append(
                {
                    "date": day(year, month, turn),
                    "place": place,
                    "kind": kind,
                    "length": metres_here,
                    "trees": metres_here // 4,
                }
            )
        if village == VILLAGE_C:
            woods = (
                ("2022-03-19", "一组沟坡", "1.8"),
                ("2022-03-20", "四组渠边", "2.1"),
                ("2022-10-23", "六组村口", "1.4"),
            )
            rows += [
                {
                    "date": date,
                    "place": place,
                    "kind": "植树造林",
                    "area": Decimal(area),
                    "trees": int(Decimal(area) * 110),
                }
                for date, place, area in woods
            ]
        yield "greening", village, rows


def _afforestation() -> Iterator[Batch]:
    for village in _TOWN_VILLAGES:
        found = groups(village)
        autumn = (
            (52, 46, 41, 38, 37)
            if village == VILLAGE_B
            else spread_whole(60 + _turn(village) * 7, len(found))
        )
        rows: list[Row] = [
            {
                "date": day(2023, 10, index),
                "place": "南山坡地",
                "group": group,
                "season": "秋季",
                "laborers": people,
            }
            for index, (group, people) in enumerate(zip(found, autumn, strict=True))
        ]
        rows += [
            {
                "date": day(2023, 4, index),
                "place": "北沟台地",
                "group": group,
                "season": "春季",
                "laborers": 16 + index * 3,
            }
            for index, group in enumerate(found[:2])
        ]
        yield "afforestation", village, rows


def _living_environment(village: str) -> list[Row]:
    turn = _turn(village)
    found = households(village)
    rows: list[Row] = [
        {
            "date": day(2020 + index % 4, 5, index),
            "place": household.group,
            "work": "拆除土坯房",
            "household": household.number,
            "rooms": 2 + index % 4,
        }
        for index, household in enumerate(found[3 : 15 + turn : 2])
    ]
    rows += [
        {
            "date": day(2021 + index % 3, 9, index),
            "place": household.group,
            "work": "大门围墙改造",
            "household": household.number,
        }
        for index, household in enumerate(found[4 : 24 + turn])
    ]
    if village == VILLAGE_C:
        ditches = zip(groups(village)[:5], (460, 385, 420, 510, 285), strict=True)
        rows += [
            {
                "date": day(2022, 4 + index, index),
                "place": f"{group}沟道",
                "work": "沟河整理",
                "length": length,
            }
            for index, (group, length) in enumerate(ditches)
        ]
    else:
        rows.append(
            {
                "date": day(2023, 6, turn),
                "place": f"{groups(village)[0]}沟道",
                "work": "沟河整理",
                "length": 220 + turn * 30,
            }
        )
    rows.append(
        {
            "date": day(2023, 5, turn),
            "place": "村庄道路",
            "work": "垃圾清理",
            "weight": Decimal(6 + turn) / 2,
        }
    )
    return rows


# ── facilities and toilets ────────────────────────────────────────────────────────────────────────────────────────────


def _facility(number: int, kind: str, place: str, built_on: str) -> Row:
    return {
        "date": built_on,
        "number": f"H{number:02d}",
        "kind": kind,
        "place": place,
        "built_on": built_on,
        "state": "正常",
    }


def _sanitation_facility() -> Iterator[Batch]:
    for village in (*_TOWN_VILLAGES, *_TOWNSHIP_VILLAGES):
        found = groups(village)
        year = 2023 if village == VILLAGE_B else 2022
        points, bins, carts = (4, 4, 2) if village == VILLAGE_B else (2, 3, 1)
        wanted = ["垃圾收集点"] * points + ["垃圾箱"] * bins + ["手推式垃圾车"] * carts
        rows = [
            _facility(index + 1, kind, f"{pick(found, index)}路口", day(year, 5, index))
            for index, kind in enumerate(wanted)
        ]
        yield "sanitation_facility", village, rows
    furnaces = [
        _facility(index + 1, "垃圾热解气化炉", place, day(2023, 6, index))
        for index, place in enumerate(("集镇东侧", "集镇西侧"))
    ]
    yield "sanitation_facility", TOWNSHIP, furnaces


def _toilets(village: str) -> list[Row]:
    count, kind, first_year, years = (
        (20, "完整下水道水冲", 2023, 1)
        if village == VILLAGE_B
        else (14 + _turn(village), "三格化粪池", 2020, 4)
    )
    rows: list[Row] = []
    for index, household in enumerate(households(village)[2 : 2 + count * 2 : 2]):
        built = day(first_year + index % years, 8, index)
        rows.append(
            {
                "date": built,
                "number": f"C{index + 1:03d}",
                "scope": "户厕",
                "household": household.number,
                "kind": kind,
                "flush": "是",
                "built_on": built,
                "in_use": "是",
            }
        )
    public = "2023-07-12" if village == VILLAGE_B else "2021-07-12"
    rows.append(
        {
            "date": public,
            "number": "C900",
            "scope": "公厕",
            "kind": "完整下水道水冲",
            "flush": "是",
            "place": "居民点",
            "area": 14 if village == VILLAGE_B else 20 + _turn(village),
            "built_on": public,
            "in_use": "是",
        }
    )
    return rows


# ── public-welfare posts ──────────────────────────────────────────────────────────────────────────────────────────────

_VILLAGE_KINDS = (
    "道路维护员",
    "保洁员",
    "绿化员",
    "就业社保协管员",
    "公益设施管理员",
    "养老服务员",
)
_POSTS_OF_B = (2, 7, 2, 2, 2, 2)
_STANDARD = 500


def _posts(village: str) -> list[Row]:
    """The village's posts; their holders are the second members of different households."""
    counts = (
        _POSTS_OF_B
        if village == VILLAGE_B
        else (1, 3, 1, 1, 1, 1)
        if village in _TOWN_VILLAGES
        else (0, 2, 0, 0, 1, 0)
    )
    wanted = [
        ("镇村公益性岗位", kind, _STANDARD)
        for kind, count in zip(_VILLAGE_KINDS, counts, strict=True)
        for _ in range(count)
    ]
    if village != VILLAGE_B:
        wanted += [("生态护林员", "护林员", 660)] * (2 + _turn(village) % 3)
        wanted += [
            ("人社公益性岗位", pick(("水电保障员", "治安协管员"), index), 600)
            for index in range(1 + _turn(village) % 2)
        ]
    holders = [
        household.members[1] for household in households(village)[3::3] if household.size > 1
    ]
    found = groups(village)
    return [
        {
            "date": "2023-01-01",
            "number": f"GG{index + 1:02d}",
            "category": category,
            "kind": kind,
            "person": holder.number,
            "section": f"{pick(found, index)}片区",
            "standard": standard,
        }
        for index, ((category, kind, standard), holder) in enumerate(
            zip(wanted, holders, strict=False)
        )
    ]


def _attendance(posts: list[Row]) -> list[Row]:
    """Twelve months of each post: full months as a rule, here and there leave, seldom a day missed and deducted."""
    rows: list[Row] = []
    for place, post in enumerate(posts):
        for month in range(1, 13):
            leave = 2 if (place + month) % 7 == 0 else 0
            absent = 1 if (place * 5 + month) % 23 == 0 else 0
            row: Row = {
                "date": month_end(2023, month),
                "post": post["number"],
                "present": Decimal(26 - leave - absent)
                - (Decimal("0.5") if (place + month) % 11 == 0 else 0),
                "leave": leave,
                "absent": absent,
                "standard": post["standard"],
                "deduct": absent * 20,
            }
            if absent:
                row["deduct_reason"] = "无故缺勤一天"
            rows.append(row)
    return rows


def rows() -> Iterator[Batch]:
    """All rows of the environment ledgers: (ledger key, organisation code, rows as a person types them)."""
    yield from _greening()
    yield from _afforestation()
    for village in _TOWN_VILLAGES:
        yield "living_environment", village, _living_environment(village)
        yield "toilet", village, _toilets(village)
    yield from _sanitation_facility()
    for village in (*_TOWN_VILLAGES, *_TOWNSHIP_VILLAGES):
        posts = _posts(village)
        yield "public_post", village, posts
        if village in (VILLAGE_A, VILLAGE_B, VILLAGE_C):
            yield "public_post_attendance", village, _attendance(posts)
