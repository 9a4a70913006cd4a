"""Livelihood in the demonstration: monitoring, insurance, school, grants, loans, relief, pensions and work away from home.

Households and persons are those of the registers. Figures the debrief reports must show exactly are named at the top; the
households behind them are chosen so that their members add up, never typed.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache

from shuzhi.demo.rows_organisations import was_poor_village
from shuzhi.demo.rows_people import was_poor
from shuzhi.demo.shares import day, pick, spread_whole
from shuzhi.demo.world import (
    TOWN,
    TOWNSHIP,
    VILLAGE_B,
    Household,
    Person,
    Unit,
    choose,
    groups,
    households,
    villages,
)

Rows = list[dict[str, object]]

_CONSOLIDATED = (8, 36)  #: households and persons of 乙村 lifted but not yet secure
_PENSION_RECIPIENTS = 2840  #: of 示范镇 in the middle of 2023
_TRANSFERRED = 335  #: persons of 乙村 working away in 2023
_ROUNDS = {TOWNSHIP: 9, TOWN: 10}
#: sizes of the households of 样板乡: newly in sudden hardship, out of it, and no longer unstable
_IDENTIFIED_SIZES = (5, 6, 5, 5)
_CLEARED_HARDSHIP_SIZE = 2
_CLEARED_UNSTABLE_SIZES = (2, 2, 3, 2, 3, 2)
_CAUSES = ("因病", "因学", "务工就业不稳", "因意外事故", "缺劳动力")
_YEARS = (2022, 2023)


def _index(village: Unit) -> int:
    return int(village.code[9:])


def _age(person: Person, year: int) -> int:
    return year - int(person.birth[:4])


def _people(village: Unit, group: str) -> list[Person]:
    return [m for h in households(village.code) if h.group == group for m in h.members]


def _of_size(village: Unit, size: int) -> Household:
    """A household of this size that was never on the list of poor households."""
    return next(h for h in households(village.code) if h.size == size and not was_poor(h))


# ── poverty and monitoring ────────────────────────────────────────────────────────────────────────────────────────────


def _exits(village: Unit) -> Iterator[dict[str, object]]:
    if was_poor_village(village):
        year = 2018 + _index(village) % 3
        yield {"kind": "贫困村出列", "number": village.name, "exited_on": f"{year}-12-20"}
    for household in households(village.code):
        if was_poor(household):
            year = 2016 + int(household.number) % 5
            yield {
                "kind": "贫困户脱贫",
                "number": household.number,
                # the household as it was then, before children born since
                "persons": sum(1 for m in household.members if m.birth < f"{year}-12-31"),
                "exited_on": f"{year}-12-10",
            }


def _case(
    household: Household, kind: str, on: str, turn: int, cleared: str = ""
) -> dict[str, object]:
    row: dict[str, object] = {
        "household": household.number,
        "type": kind,
        "cause": pick(_CAUSES, turn),
        "measures": "公益性岗位、产业奖补",
        "identified_on": on,
    }
    if cleared:
        row["cleared_on"] = cleared
    return row


def _monitoring(village: Unit) -> Iterator[dict[str, object]]:
    index = _index(village)
    poor = [h for h in households(village.code) if was_poor(h)]
    if village.code == VILLAGE_B:
        chosen = choose(poor, *_CONSOLIDATED)
        for order, household in enumerate(chosen):
            yield _case(household, "脱贫不稳定户", day(2021 + order % 2, 4, order), order)
        return
    if village.parent == TOWN:
        yield _case(poor[1], "脱贫不稳定户", day(2021, 9, index), index)
        yield _case(_of_size(village, 5), "边缘易致贫户", day(2022, 5, index), index + 1)
        return
    order = villages(TOWNSHIP).index(village)
    if order < len(_IDENTIFIED_SIZES):
        household = _of_size(village, _IDENTIFIED_SIZES[order])
        yield _case(household, "突发严重困难户", day(2023, 3 + order * 2, order), order)
    elif order == len(_IDENTIFIED_SIZES):
        household = _of_size(village, _CLEARED_HARDSHIP_SIZE)
        on = day(2022, 8, order)
        yield _case(household, "突发严重困难户", on, order, day(2023, 9, order))
    secured = _secured().get(village.code)
    if secured is not None:
        on = day(2022, 3, order)
        yield _case(secured, "脱贫不稳定户", on, order, day(2023, 5 + order % 4, order))
    still = next(h for h in poor if h is not secured)
    yield _case(still, "脱贫不稳定户", day(2022, 6, order), order + 2)


@cache
def _secured() -> dict[str, Household]:
    """The once poor households of 样板乡 that became secure in 2023: at most one in a village, in the sizes wanted."""
    found: dict[str, Household] = {}
    for size in _CLEARED_UNSTABLE_SIZES:
        village, household = next(
            (village.code, household)
            for village in villages(TOWNSHIP)
            if village.code not in found
            for household in households(village.code)
            if was_poor(household) and household.size == size
        )
        found[village] = household
    return found


def _rounds(township: str) -> Rows:
    count = _ROUNDS[township]
    total = sum(len(households(v.code)) for v in villages(township))
    return [
        {
            "number": f"2023-{order + 1:02d}",
            "way": pick(("集中排查", "部门预警核查", "日常排查"), order),
            "households": total if order % 3 == 0 else 12 + order * 5,
            "date": day(2023, 1 + order * 12 // count, order),
        }
        for order in range(count)
    ]


# ── insurance, school, pensions ───────────────────────────────────────────────────────────────────────────────────────


def _insurance(village: Unit) -> Iterator[dict[str, object]]:
    for year in _YEARS:
        for order, group in enumerate(groups(village.code)):
            people = _people(village, group)
            # some are insured as employees elsewhere
            medical = len(people) - len(people) // 30
            workers = sum(1 for p in people if 16 <= _age(p, year) < 60)
            paying = workers * (63 if year == 2023 else 60) // 100 + 1
            common = {"year": year, "group": group, "filed_on": day(year, 6, order)}
            yield {**common, "kind": "城乡居民基本医疗保险", "due": medical, "insured": medical}
            yield {**common, "kind": "城乡居民基本养老保险", "due": workers, "insured": paying}


def _school(village: Unit) -> Iterator[dict[str, object]]:
    for year in _YEARS:
        for order, group in enumerate(groups(village.code)):
            due = sum(1 for p in _people(village, group) if 6 <= _age(p, year) <= 15)
            yield {
                "year": year,
                "group": group,
                "due": due,
                "enrolled": due,
                "dropouts": 0,
                "filed_on": day(year, 9, order),
            }


def _pension_shares(village: Unit) -> int:
    """The town's recipients told over its villages by their population; elsewhere those of sixty and more."""
    if village.parent != TOWN:
        people = [m for h in households(village.code) for m in h.members]
        return sum(1 for p in people if _age(p, 2023) >= 60)
    persons = [sum(h.size for h in households(v.code)) for v in villages(TOWN)]
    whole = sum(persons)
    shares = [_PENSION_RECIPIENTS * count // whole for count in persons]
    shares[-1] += _PENSION_RECIPIENTS - sum(shares)
    return shares[villages(TOWN).index(village)]


def _pensions(village: Unit) -> Rows:
    names = groups(village.code)
    parts = spread_whole(_pension_shares(village), len(names), _index(village))
    return [
        {"group": group, "recipients": part, "counted_on": "2023-06-20"}
        for group, part in zip(names, parts, strict=True)
    ]


# ── grants, loans, relief ─────────────────────────────────────────────────────────────────────────────────────────────


def _grants(village: Unit) -> Iterator[dict[str, object]]:
    for year in range(2019, 2024):
        students = [
            (h, m)
            for h in households(village.code)
            for m in h.members
            if m.relation in ("之子", "之女") and 15 <= _age(m, year) <= 19
        ]
        for order, (household, student) in enumerate(students[:: max(1, len(students) // 3)][:3]):
            yield {
                "household": household.number,
                "person": student.number,
                "level": "高职" if _age(student, year) > 17 else "中职",
                "amount": 3000,
                "paid_on": day(year, 5, order),
            }


def _loans(village: Unit) -> Iterator[dict[str, object]]:
    index = _index(village)
    found = households(village.code)
    for year in range(2019, 2024):
        for order in range(1 + (year + index) % 2):
            yield {
                "number": f"{year}-F{order + 1}",
                "kind": "妇女创业贷款",
                "household": found[(index + order * 13 + year) % len(found)].number,
                "amount": pick((80000, 100000, 60000, 120000), index + order + year),
                "use": pick(("设施蔬菜", "手工作坊", "农家餐饮"), order + year),
                "issued_on": day(year, 4, index + order),
                "due_on": day(year + 2, 4, index + order),
            }
        for order in range(2):
            yield {
                "number": f"{year}-X{order + 1}",
                "kind": "小额信贷",
                "household": found[(index * 2 + order * 17 + year * 3) % len(found)].number,
                "amount": pick((50000, 30000, 40000), index + order + year),
                "use": pick(("购买基础母牛", "购买农资", "建设拱棚"), order + year),
                "issued_on": day(year, 3, index + order),
                "due_on": day(year + 3, 3, index + order),
            }


def _allowances(village: Unit) -> Iterator[dict[str, object]]:
    index = _index(village)
    found = households(village.code)
    plan = (
        ("农村低保", "新增", 2, 640),
        ("农村低保", "新增", 1, 330),
        ("农村低保", "调整", 3, 860),
        ("农村低保", "取消", 2, 0),
        ("高龄津贴", "新增", 1, 60),
        ("高龄津贴", "新增", 1, 60),
        ("特困供养", "新增", 1, 780),
    )
    for order, (program, action, persons, monthly) in enumerate(plan):
        household = found[(index * 3 + order * 9) % len(found)]
        yield {
            "program": program,
            "action": action,
            "household": household.number,
            "persons": min(persons, household.size),
            "monthly": monthly,
            "decided_on": day(2023, 1 + order % 6, index + order),
        }
    later = found[(index * 3 + 70) % len(found)]
    yield {
        "program": "农村低保",
        "action": "新增",
        "household": later.number,
        "persons": 1,
        "monthly": 330,
        "decided_on": day(2023, 10, index),
    }


def _temporary(village: Unit) -> Iterator[dict[str, object]]:
    index = _index(village)
    found = households(village.code)
    for order in range(5):
        household = found[(index * 4 + order * 11 + 1) % len(found)]
        yield {
            "household": household.number,
            "kind": pick(("支出型", "急难型"), order),
            "cause": pick(("疾病", "意外", "教育"), order + index),
            "persons": household.size,
            "amount": 1500 + (index + order * 2) % 7 * 500,
            "approver": "乡镇",
            "paid_on": day(2023, 1 + order * 2, index),
        }


def _disasters(village: Unit) -> Rows:
    index = _index(village)
    found = households(village.code)
    return [
        {
            "household": found[(index + order * 7) % len(found)].number,
            "disaster": "风雹" if index % 2 else "低温冷冻",
            "amount": 400 + (index + order) % 5 * 200,
            "paid_on": "2023-05-30",
        }
        for order in range(6)
    ]


def _disabled(village: Unit) -> Rows:
    people = [m for h in households(village.code) for m in h.members]
    found: Rows = []
    for order, person in enumerate(people[11::29]):
        row: dict[str, object] = {
            "person": person.number,
            "kind": "困难残疾人生活补贴",
            "monthly": 110,
            "starts_on": day(2021, 1 + order % 12, order),
        }
        found.append(row)
        if order % 4 == 0:
            # entitled to both: two rows, one person
            found.append({**row, "kind": "重度残疾人护理补贴", "monthly": 120})
    return found


# ── work away from home ───────────────────────────────────────────────────────────────────────────────────────────────

#: destination, place, way out, stable: in turn over those who leave
_WAYS = (
    ("县内", "示例县城区", "产业园区带动", "是"),
    ("省外", "福建", "有组织输转", "是"),
    ("市内县外", "邻县", "自主外出", "是"),
    ("省外", "新疆", "有组织输转", "否"),
    ("省内市外", "省会", "自主外出", "是"),
    ("省外", "江苏", "自主外出", "是"),
    ("县内", "乡村工坊", "帮扶车间", "是"),
    ("省外", "浙江", "自主外出", "否"),
)


def _transfers(village: Unit) -> Iterator[dict[str, object]]:
    able = [m for h in households(village.code) for m in h.members if 16 <= _age(m, 2023) < 60]
    count = _TRANSFERRED if village.code == VILLAGE_B else len(able) // 5
    leaving = able[:count] if village.code == VILLAGE_B else able[::5][:count]
    for order, person in enumerate(leaving):
        destination, place, channel, stable = pick(_WAYS, order + _index(village))
        month = 1 + order % 4
        yield {
            "person": person.number,
            "destination": destination,
            "place": place,
            "channel": channel,
            "stable": stable,
            "months": 11 - month if stable == "是" else 5,
            "left_on": day(2023, month + 1, order),
            **({} if stable == "是" else {"returned_on": day(2023, month + 6, order)}),
        }
        if order % 40 == 7:
            # back for the harvest and out again: a second row, the same person
            yield {
                "person": person.number,
                "destination": destination,
                "place": place,
                "channel": channel,
                "stable": "否",
                "months": 2,
                "left_on": day(2023, 11, order),
            }


def rows() -> Iterator[tuple[str, str, Rows]]:
    """All rows of this area: (ledger key, organisation code, rows as a person types them)."""
    for township, name in ((TOWN, "示范镇"), (TOWNSHIP, "样板乡")):
        yield "monitoring_round", township, _rounds(township)
        station = {"name": f"{name}劳务工作站", "level": "乡镇级", "opened_on": "2022-03-01"}
        yield "labor_station", township, [dict(station)]
    for village in villages():
        yield "poverty_exit", village.code, list(_exits(village))
        yield "monitoring_household", village.code, list(_monitoring(village))
        yield "insurance_roll", village.code, list(_insurance(village))
        yield "school_roll", village.code, list(_school(village))
        yield "pension_payroll", village.code, _pensions(village)
        yield "labor_transfer", village.code, list(_transfers(village))
        if village.parent != TOWN:
            continue
        yield "rain_dew", village.code, list(_grants(village))
        yield "loan", village.code, list(_loans(village))
        yield "allowance_change", village.code, list(_allowances(village))
        yield "temporary_relief", village.code, list(_temporary(village))
        yield "disaster_relief", village.code, _disasters(village)
        yield "disability_subsidy", village.code, _disabled(village)
        if _index(village) % 4:
            opened = {
                "name": f"{village.name}劳务工作站",
                "level": "村级",
                "opened_on": "2022-03-15",
            }
            yield "labor_station", village.code, [dict(opened)]
