"""Training courses of the demonstration's townships, and village cadres sent to party schools.

A course is one row with the number who attended; a cadre sent away is one row with a name.
"""

from __future__ import annotations

from collections.abc import Iterator

from shuzhi.demo.shares import day, pick
from shuzhi.demo.world import TOWN, TOWNSHIP, Unit, households, villages

Rows = list[dict[str, object]]

#: 样板乡 in 2023: course, kind, hours, participants, month
_COURSES = (
    ("“万名党员进党校”第一期", "党员进党校", 16, 322, 5),
    ("“万名党员进党校”第二期", "党员进党校", 16, 321, 10),
    ("党务干部专题培训班", "党务干部培训", 24, 25, 6),
    ("乡村振兴主题培训班", "乡村振兴主题培训", 24, 70, 7),
)
_TRADES = (
    "牛羊养殖",
    "设施蔬菜",
    "家政服务",
    "砌筑工",
    "中式烹饪",
    "电工",
    "果树修剪",
    "挖掘机操作",
)


def _skills(township: str) -> Iterator[dict[str, object]]:
    for order, trade in enumerate(_TRADES if township == TOWN else _TRADES[:4]):
        participants = 36 + order * 5 % 17
        yield {
            "course": f"{trade}技能培训班",
            "kind": "技能培训",
            "trade": trade,
            "hours": 40,
            "participants": participants,
            "certified": participants - 2 - order % 3,
            "date": day(2023, 2 + order, order),
        }


def _sent(village: Unit) -> Iterator[dict[str, object]]:
    index = int(village.code[9:])
    found = households(village.code)
    for order in range(3 + index % 3):
        yield {
            "name": found[order * 5 + 2].members[0].name,
            "post": "其他村干部" if order else "党组织书记",
            "school": pick(("县级党校", "市级党校", "县级党校"), order),
            "course": "村党组织书记轮训班" if order == 0 else "村干部能力提升班",
            "date": day(2023, 4 + order * 2, index),
        }


def rows() -> Iterator[tuple[str, str, Rows]]:
    """All rows of this area: (ledger key, organisation code, rows as a person types them)."""
    own = [
        {
            "course": course,
            "kind": kind,
            "hours": hours,
            "participants": people,
            "date": day(2023, month, 1),
        }
        for course, kind, hours, people, month in _COURSES
    ]
    yield "training", TOWNSHIP, [*own, *_skills(TOWNSHIP)]
    yield "training", TOWN, list(_skills(TOWN))
    for village in villages(TOWN):
        yield "cadre_study", village.code, list(_sent(village))
