"""Governance in the demonstration: volunteering, disputes, governance centres and the epidemic duty of 2022.

Seventy-one disputes are settled in 样板乡 in the year, some by the township and most in the villages; others stay open or end
otherwise, so that a count of settled ones is not the count of rows.
"""

from __future__ import annotations

from collections.abc import Iterator

from shuzhi.demo.rows_party import member_households
from shuzhi.demo.shares import day, pick
from shuzhi.demo.world import TOWN, TOWNSHIP, VILLAGE_C, Unit, households, villages

Rows = list[dict[str, object]]

_SETTLED = {TOWNSHIP: 11, TOWN: 6}  #: settled in 2023 by the township itself
_SETTLED_PER_VILLAGE = 5  #: 12 × 5 + 11 = 71 in 样板乡
_CATEGORIES = ("邻里", "宅基地", "婚姻家庭", "承包流转", "山林土地", "债务", "劳资")
_CONTENTS = {
    "邻里": "排水沟走向引起争执",
    "宅基地": "院墙界址不清",
    "婚姻家庭": "赡养分担意见不一",
    "承包流转": "流转费用结算有分歧",
    "山林土地": "林地四至有争议",
    "债务": "借款归还期限有争议",
    "劳资": "短工工钱结算有分歧",
}
_MAJOR = ("春节送祝福文化活动", "清除积雪保畅通", "排查隐患保平安", "河道清理行动", "重阳敬老活动")
_SMALL = ("庭院清洁互助", "道路清扫", "防火宣传", "助老理发", "秸秆清运", "环境整治周末行动")
_DUTIES = ("卡点值守", "入户排查", "核酸检测秩序", "物资配送", "防疫宣传")


def _volunteering(
    names: tuple[str, ...], organiser: str, per_year: int, turn: int
) -> Iterator[dict[str, object]]:
    for year in (2022, 2023):
        for order in range(per_year):
            yield {
                "date": day(year, 1 + order * 12 // per_year, order + turn),
                "name": pick(names, order + turn),
                "organiser": organiser,
                "attendance": (60 if organiser == "乡镇" else 18) + (order * 7 + turn) % 23,
            }


def _dispute(number: str, turn: int, accepted: str, closed: str, outcome: str) -> dict[str, object]:
    category = pick(_CATEGORIES, turn)
    row: dict[str, object] = {
        "number": number,
        "category": category,
        "content": _CONTENTS[category],
        "persons": 2 + turn % 4,
        "clue": pick(("网格排查", "当事人申请"), turn),
        "risk": "一般" if turn % 9 else "较大",
        "method": pick(("口头", "书面协议"), turn),
        "accepted_on": accepted,
    }
    if closed:
        row |= {"closed_on": closed, "outcome": outcome}
    return row


def _disputes(settled: int, turn: int) -> Iterator[dict[str, object]]:
    for order in range(settled):
        month = 1 + order * 11 // settled
        yield _dispute(
            f"2023-{order + 1:03d}", turn + order, f"2023-{month:02d}-{4 + order % 5:02d}",
            f"2023-{month:02d}-{12 + order % 15:02d}", "化解",
        )  # fmt: skip
    # one told to go to court, one taken up late in the year and still open
    yield _dispute(f"2023-{settled + 1:03d}", turn + 3, "2023-08-05", "2023-08-29", "终止")
    if turn % 2:
        yield _dispute(f"2023-{settled + 2:03d}", turn + 5, "2023-12-18", "", "")


def _earlier_disputes(turn: int) -> Iterator[dict[str, object]]:
    for order in range(3):
        month = 2 + order * 4
        yield _dispute(
            f"2022-{order + 1:03d}",
            turn + order,
            f"2022-{month:02d}-06",
            f"2022-{month:02d}-21",
            "化解",
        )


def _duties(village: Unit) -> Iterator[dict[str, object]]:
    """Every member of 丙村 stood duty in 2022; elsewhere two members of three, and villagers with them."""
    found = households(village.code)
    members = {h.number: h.members[0].number for h in member_households(village)}
    for order, person in enumerate(members.values()):
        if village.code != VILLAGE_C and order % 3 == 2:
            continue
        for shift in range(1 + order % 2):
            yield {
                "date": day(2022, 3 + shift * 7, order),
                "person": person,
                "kind": "党员",
                "duty": pick(_DUTIES, order + shift),
            }
    villagers = [h.members[1].number for h in found if h.size > 1 and h.number not in members]
    for order, person in enumerate(villagers[::4]):
        yield {
            "date": day(2022, 4, order),
            "person": person,
            "kind": "群众",
            "duty": pick(_DUTIES, order),
        }


def _checkpoints(village: Unit) -> Rows:
    count = 1 + int(village.code[9:]) % 2
    return [
        {
            "name": pick(("村口卡点", "通村路卡点"), order),
            "set_up_on": day(2022, 3, order),
            "withdrawn_on": "2022-12-12",
        }
        for order in range(count)
    ]


def rows() -> Iterator[tuple[str, str, Rows]]:
    """All rows of this area: (ledger key, organisation code, rows as a person types them)."""
    for township, name in ((TOWN, "示范镇"), (TOWNSHIP, "样板乡")):
        center = {
            "name": f"{name}综治中心",
            "level": "乡镇级",
            "staff": 6,
            "opened_on": "2022-04-01",
        }
        yield "governance_center", township, [dict(center)]
        yield "dispute", township, list(_disputes(_SETTLED[township], 1))
        yield "volunteer_activity", township, list(_volunteering(_MAJOR, "乡镇", 8, 0))
    for village in villages():
        index = int(village.code[9:])
        if village.parent == TOWNSHIP or index % 4:
            yield (
                "governance_center",
                village.code,
                [
                    {
                        "name": f"{village.name}综治中心",
                        "level": "村级",
                        "staff": 3,
                        "opened_on": day(2022, 6, index),
                    }
                ],
            )
        disputes = list(_disputes(_SETTLED_PER_VILLAGE, index))
        if village.parent == TOWN:
            disputes = [*_earlier_disputes(index), *disputes]
        yield "dispute", village.code, disputes
        if village.parent == TOWN:
            yield "volunteer_activity", village.code, list(_volunteering(_SMALL, "村", 6, index))
            yield "epidemic_checkpoint", village.code, _checkpoints(village)
            yield "epidemic_duty", village.code, list(_duties(village))
