"""Party life in the demonstration: organisations, members, recruiting, meetings, publicity and village cadres.

Members are heads of households of the registers, so that a plaque or a contact leads back to a house. Counts that the
debrief reports must show exactly are named at the top; everything else is an even spread around them.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta

from shuzhi.demo.shares import day, pick, spread_whole
from shuzhi.demo.world import (
    TOWN,
    TOWNSHIP,
    VILLAGE_A,
    VILLAGE_B,
    VILLAGE_C,
    Household,
    Unit,
    households,
    villages,
)

Rows = list[dict[str, object]]

#: members of each village's organisation; the others of a township share its usual number
_MEMBERS = {VILLAGE_A: 30, VILLAGE_B: 36, VILLAGE_C: 23}
_USUAL_MEMBERS = {TOWN: 18, TOWNSHIP: 26}
_OFFICE_MEMBERS = {TOWN: 38, TOWNSHIP: 34}
_OFFICE_BRANCHES = {
    TOWN: ("机关第一党支部", "机关第二党支部", "综合站所党支部"),
    TOWNSHIP: ("机关党支部", "站所党支部"),
}
_PARTY_GROUPS = {VILLAGE_C: 3}
_CENTRAL_HOUSEHOLDS = {VILLAGE_C: 9}
#: items a township and each of its villages send in the year: 43 + 12 × 5 and 20 + 12 × 7
_PUBLICITY = {TOWNSHIP: (43, 5), TOWN: (26, 3)}
_LECTURES = {TOWNSHIP: (20, 7), TOWN: (12, 4)}
_STUDY_GROUP_SESSIONS = 12
_MONDAY_SESSIONS = 44
_DISCIPLINE_SESSIONS = 4
_ACCOUNT_ISSUES = 48
_LAGGING_BRANCHES = 13
_SET_UP = "2019-01-01"

_PUBLICITY_TITLES = (
    "春耕备耕服务到田头", "网格员入户排查隐患", "党员包片清理河道", "夜校课堂送技上门", "合作社分红到户",
    "护林防火宣传进组", "老党员讲村史", "便民服务代办到家", "果园管护现场教学", "秋粮颗粒归仓",
)  # fmt: skip
_LECTURE_TOPICS = (
    "医保政策",
    "防返贫政策",
    "森林防火",
    "移风易俗",
    "安全生产",
    "控辍保学",
    "耕地保护",
    "反诈知识",
)
_PROMISES = (
    "帮助联系户联系农机作业", "每月上门看望独居老人", "带头清理门前环境", "帮助联系户销售农产品",
    "义务巡查小组水渠", "为联系户代办医保缴费",
)  # fmt: skip
_PURPOSES = ("村口环境整治", "文化广场平整", "组内水渠清淤", "示范点庭院改造", "通组道路补植")


def _is_of(village: Unit, township: str) -> bool:
    return village.parent == township


def has_general_branch(village: Unit) -> bool:
    """Whether the village's organisation is a general branch (党总支)."""
    return village.code == VILLAGE_C or (
        _is_of(village, TOWNSHIP) and int(village.code[9:]) % 2 == 1
    )


def branches(village: Unit) -> tuple[str, ...]:
    """Names of the village's party branches; a general branch of the township has two under it."""
    if village.code == VILLAGE_C:
        return ()
    if has_general_branch(village):
        return (f"{village.name}第一党支部", f"{village.name}第二党支部")
    return (f"{village.name}党支部",)


def member_households(village: Unit) -> list[Household]:
    """The households whose heads are party members, evenly over the village."""
    found = households(village.code)
    count = _MEMBERS.get(village.code, _USUAL_MEMBERS[village.parent])
    return [found[place * len(found) // count] for place in range(count)]


def _organisations(village: Unit) -> Iterator[dict[str, object]]:
    stars = pick((3, 2, 4, 3, 1), int(village.code[9:]))
    if has_general_branch(village):
        yield {
            "name": f"{village.name}党总支",
            "kind": "党总支",
            "setting": "农村",
            "stars": stars,
            "established_on": _SET_UP,
        }
    for name in branches(village):
        yield {
            "name": name,
            "kind": "党支部",
            "setting": "农村",
            "stars": stars,
            "established_on": _SET_UP,
        }
    for index in range(_PARTY_GROUPS.get(village.code, 2)):
        yield {
            "name": f"第{'一二三'[index]}党小组",
            "kind": "党小组",
            "setting": "农村",
            "established_on": _SET_UP,
        }


def _members(village: Unit) -> Iterator[dict[str, object]]:
    names = branches(village) or (f"{village.name}党总支",)
    for place, household in enumerate(member_households(village)):
        head = household.members[0]
        row: dict[str, object] = {
            "number": f"D{place + 1:03d}",
            "name": head.name,
            "person": head.number,
            "household": household.number,
            "branch": pick(names, place),
            "setting": "农村",
            "state": "预备党员" if place % 15 == 14 else "正式党员",
            "away": "是" if place % 7 == 5 else "否",
            "entered_on": _SET_UP,
        }
        if place % 7 != 5 and place % 4 != 3:
            row["plaque_on"] = day(2022, 7, place)
        yield row


def _office_members(township: str) -> Iterator[dict[str, object]]:
    heads = [h.members[0].name for v in villages(township) for h in households(v.code)]
    for place in range(_OFFICE_MEMBERS[township]):
        yield {
            "number": f"J{place + 1:03d}",
            "name": pick(heads, place * 7 + 3),
            "branch": pick(_OFFICE_BRANCHES[township], place),
            "setting": "机关",
            "state": "正式党员",
            "away": "否",
            "entered_on": "2020-01-01",
        }


def _central_households(village: Unit) -> Rows:
    # every second member's house, so that the houses lie apart
    chosen = list(enumerate(member_households(village)))[::2][
        : _CENTRAL_HOUSEHOLDS.get(village.code, 3)
    ]
    group_count = _PARTY_GROUPS.get(village.code, 2)
    return [
        {
            "household": household.number,
            "member": f"D{place + 1:03d}",
            "group": f"第{'一二三'[order % group_count]}党小组",
            "named_on": "2021-07-01",
        }
        for order, (place, household) in enumerate(chosen)
    ]


def _development(village: Unit) -> Iterator[dict[str, object]]:
    index = int(village.code[9:])
    found = households(village.code)

    def step(number: str, place: int, name: str, on: str) -> dict[str, object]:
        members = found[place % len(found)].members
        return {"number": number, "name": members[-1].name, "step": name, "done_on": on}

    activists = 2 if village.code == VILLAGE_A else 1 + index % 2
    for order in range(activists):
        number = f"F23{order + 1:02d}"
        yield step(number, index + order * 9, "递交入党申请", day(2022, 9, order))
        yield step(number, index + order * 9, "确定为入党积极分子", day(2023, 5 + order, index))
    if index % 3 != 1:
        yield step("F2201", index * 2, "确定为发展对象", day(2023, 3, index))
        yield step("F2201", index * 2, "接收为预备党员", day(2023, 6, index))
    if index % 2 == 0:
        yield step("F2101", index * 3, "接收为预备党员", day(2022, 6, index))
        yield step("F2101", index * 3, "转为正式党员", day(2023, 7, index))


def _contacts(village: Unit) -> Iterator[dict[str, object]]:
    """Members able to serve, each with one or two households that are not members' own."""
    own = {h.number for h in member_households(village)}
    others = [h.number for h in households(village.code) if h.number not in own]
    turn = 0
    for place in range(len(own)):
        if place % 7 == 5 or place % 5 == 4:
            continue
        for _ in range(1 + place % 2):
            if turn == len(others):
                return
            yield {
                "member": f"D{place + 1:03d}",
                "household": others[turn],
                "since": day(2022, 7, place),
            }
            turn += 1


def _promises(village: Unit) -> Iterator[dict[str, object]]:
    for place in range(0, len(member_households(village)), 2):
        for year in (2022, 2023):
            row: dict[str, object] = {
                "member": f"D{place + 1:03d}",
                "number": str(year),
                "promise": pick(_PROMISES, place + year),
                "promised_on": day(year, 3, place),
                "due_on": f"{year}-10-31",
            }
            if place % 10:
                row["kept_on"] = day(year, 9, place)
            yield row


def _contributions(village: Unit) -> Rows:
    index = int(village.code[9:])
    return [
        {
            "date": day(2023, 3 + order * 2, index + order),
            "purpose": pick(_PURPOSES, index + order),
            "people": 14 + (index + order) % 9,
            "workdays": 18 + (index * 3 + order * 5) % 17,
            "money": 400 + (index + order) % 6 * 150,
            **({"goods": 300 + index % 5 * 120} if order % 2 else {}),
        }
        for order in range(4)
    ]


def _mondays(year: int, count: int) -> list[str]:
    first = date(year, 1, 1)
    first += timedelta(days=-first.weekday() % 7)
    # no meetings in the weeks of the spring festival and of the long holidays
    weeks = [week for week in range(52) if week not in (3, 4, 17, 39, 40, 50, 51)]
    return [(first + timedelta(weeks=week)).isoformat() for week in weeks[:count]]


def _township_meetings(township: str) -> Iterator[dict[str, object]]:
    due = _OFFICE_MEMBERS[township]
    for index in range(_STUDY_GROUP_SESSIONS):
        yield {
            "date": day(2023, index + 1, 3),
            "kind": "理论学习中心组学习",
            "topic": f"第{index + 1}次专题学习",
            "due": 9,
            "present": 9 - index % 2,
        }
    for index, monday in enumerate(_mondays(2023, _MONDAY_SESSIONS)):
        yield {
            "date": monday,
            "kind": "周一集中学习会",
            "topic": f"第{index + 1}次集中学习",
            "due": due,
            "present": due - index % 5,
        }
    for index in range(_DISCIPLINE_SESSIONS):
        yield {
            "date": day(2023, 2 + index * 3, 1),
            "kind": "全面从严治党专题研究",
            "topic": f"第{'一二三四'[index]}季度党风廉政建设",
            "due": 9,
            "present": 9,
        }


def _village_meetings(village: Unit) -> Iterator[dict[str, object]]:
    due = len(member_households(village))
    year = 2022 if village.code == VILLAGE_C else 2023
    for month in range(1, 13):
        yield {
            "date": f"{year}-{month:02d}-20",
            "kind": "主题党日",
            "topic": f"{month}月主题党日",
            "due": due,
            "present": due - month % 4,
        }
    for quarter in range(4):
        yield {
            "date": day(year, quarter * 3 + 2, 2),
            "kind": "党员大会",
            "topic": f"第{'一二三四'[quarter]}季度党员大会",
            "due": due,
            "present": due - quarter % 3,
        }
        yield {
            "date": day(year, quarter * 3 + 3, 1),
            "kind": "党课",
            "topic": f"第{'一二三四'[quarter]}季度党课",
            "due": due,
            "present": due - 2,
        }


def _publicity(count: int, turn: int) -> Iterator[dict[str, object]]:
    for index in range(count):
        yield {
            "title": pick(_PUBLICITY_TITLES, index + turn) + f"（{index + 1}）",
            "kind": "经验材料" if index % 6 == 5 else "宣传信息",
            "sent_to": "示例县融媒体中心",
            "sent_on": day(2023, 1 + (index * 12 // count), index + turn),
        }


def _lectures(count: int, turn: int) -> Iterator[dict[str, object]]:
    for index in range(count):
        yield {
            "date": day(2023, 1 + index * 12 // count, index + turn),
            "topic": pick(_LECTURE_TOPICS, index + turn) + "宣讲",
            "place": pick(("村文化广场", "党群服务中心", "组内院坝"), index),
            "attendance": 24 + (index * 7 + turn) % 31,
        }


def _issues() -> Rows:
    items = spread_whole(160, _ACCOUNT_ISSUES, 2)
    return [
        {
            "number": f"2023-{index + 1:03d}",
            "items": items[index],
            "published_on": day(2023, 1 + index // 4, index % 4),
        }
        for index in range(_ACCOUNT_ISSUES)
    ]


def _committee(village: Unit) -> Iterator[dict[str, object]]:
    index = int(village.code[9:])
    found = households(village.code)
    posts = ("党组织书记", "党组织副书记", "村委会副主任", "村委会委员", "村委会委员")
    backgrounds = ("连任", "后备干部", "致富带头人", "连任", "返乡高校毕业生")
    for order, post in enumerate(posts):
        row: dict[str, object] = {
            "number": f"{order + 1:02d}",
            "name": found[order * 5 + 2].members[0].name,
            "post": post,
            "background": pick(backgrounds, order + index) if order else "连任",
            "since": "2021-02-01" if order < 4 else day(2022 + index % 2, 8, index),
        }
        if not order:
            row["both_posts"] = "否" if index % 8 == 4 else "是"
        yield row
    if index % 8 == 4:
        yield {
            "number": "06",
            "name": found[31].members[0].name,
            "post": "村委会主任",
            "background": "连任",
            "since": "2021-02-01",
        }


def _weak_organisations(village: Unit) -> Iterator[dict[str, object]]:
    def row(name: str, kind: str, category: str, problem: str, order: int) -> dict[str, object]:
        return {
            "name": name,
            "kind": kind,
            "category": category,
            "problem": problem,
            "measures": "乡镇班子成员包抓，逐月督促，季度评估",
            "listed_on": day(2023, 2, order),
            "converted_on": day(2023, 11, order),
        }

    if _is_of(village, TOWNSHIP):
        listed = [b for v in villages(TOWNSHIP) for b in branches(v)][:_LAGGING_BRANCHES]
        for order, name in enumerate(branches(village)):
            if name in listed:
                yield row(name, "党支部", "后进", "组织生活记录不全", order)
        if village.name == "午村":
            yield row("午村党总支", "党总支", "软弱涣散", "班子议事不规范", 2)
    elif village.name == "戊村":
        yield row("戊村党支部", "党支部", "软弱涣散", "班子议事不规范", 1)
    elif village.name in ("己村", "辛村"):
        yield row(f"{village.name}党支部", "党支部", "薄弱", "带动产业发展的办法不多", 3)


def _cadre_rows(village: Unit) -> Iterator[tuple[str, str, Rows]]:
    index = int(village.code[9:])
    found = households(village.code)
    yield "committee_member", village.code, list(_committee(village))
    chosen = 2 if village.code == VILLAGE_C else 1
    year = 2022 if village.code == VILLAGE_C else 2023
    yield (
        "reserve_cadre",
        village.code,
        [
            {
                "number": f"H{order + 1:02d}",
                "name": found[order * 11 + 7].members[-1].name,
                "way": "党员大会推荐" if village.code == VILLAGE_C else "村党组织推荐",
                "chosen_on": day(year, 6, order + index),
            }
            for order in range(chosen)
        ],
    )
    if _is_of(village, TOWN):
        yield (
            "cadre_education",
            village.code,
            [
                {
                    "name": found[order * 5 + 2].members[0].name,
                    "school": "示例开放大学",
                    "level": pick(("大专", "本科"), order + index),
                    "date": "2023-09-01",
                }
                for order in range(1 + index % 2)
            ],
        )
        yield (
            "party_highlight",
            village.code,
            [
                {
                    "name": pick(("党员议事小院", "田间党课", "红色代办点", "产业互助组"), index),
                    "recognised_on": day(2022, 7, index),
                }
            ],
        )


def rows() -> Iterator[tuple[str, str, Rows]]:
    """All rows of this area: (ledger key, organisation code, rows as a person types them)."""
    for township, name in ((TOWN, "示范镇"), (TOWNSHIP, "样板乡")):
        yield (
            "party_organisation",
            township,
            [
                {
                    "name": f"{name}党委",
                    "kind": "党委",
                    "setting": "机关",
                    "established_on": _SET_UP,
                },
                *(
                    {
                        "name": branch,
                        "kind": "党支部",
                        "setting": "机关",
                        "stars": 3,
                        "established_on": _SET_UP,
                    }
                    for branch in _OFFICE_BRANCHES[township]
                ),
            ],
        )
        yield "party_member", township, list(_office_members(township))
        yield "meeting", township, list(_township_meetings(township))
        yield "publicity_item", township, list(_publicity(_PUBLICITY[township][0], 0))
        yield "lecture", township, list(_lectures(_LECTURES[township][0], 0))
    yield "account_issue", TOWNSHIP, _issues()
    for village in villages():
        index = int(village.code[9:])
        yield "party_organisation", village.code, list(_organisations(village))
        yield "party_member", village.code, list(_members(village))
        yield "central_household", village.code, _central_households(village)
        yield "member_development", village.code, list(_development(village))
        yield "member_contact", village.code, list(_contacts(village))
        yield "voluntary_contribution", village.code, _contributions(village)
        yield "meeting", village.code, list(_village_meetings(village))
        yield "publicity_item", village.code, list(_publicity(_PUBLICITY[village.parent][1], index))
        yield "lecture", village.code, list(_lectures(_LECTURES[village.parent][1], index))
        yield from _cadre_rows(village)
        if _is_of(village, TOWN):
            yield "member_promise", village.code, list(_promises(village))
        weak = list(_weak_organisations(village))
        if weak:
            yield "weak_organisation", village.code, weak
