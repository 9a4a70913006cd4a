"""Rates whose numerator and denominator stand beside them: 应参保1200人，已参保1150人，参保率95.8%.

A rate is only recomputed where the words say which two numbers it is the quotient of; any reading that fits within the
rounding shown is taken as the one that was meant.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator, Sequence
from typing import Final

from shuzhi.core.checking.arithmetic_view import Item, View, decimals, is_one_thing, percent
from shuzhi.core.checking.model import Finding

_DUE: Final = re.compile(
    r"应|计划|任务|目标|需|须|适龄|在册|核定|编制|参加高考|报名|总[户人]?数|总计|预算|概算|指标|拟"
)
_DONE: Final = re.compile(
    r"已|实|支付|支出|到位|上线|录取|完成|其中|参[保合加]|缴|签约|入学|到位|兑现|整改|办结|化解|建成|改造|达标|合格|落实|成功|接种|满意|调[处解]|销号|处理"
)
_RATE: Final = re.compile(r"(?:率|密度|进度)(?:为|达到?|是|约|约为|已达|高达|仅|仅为)?$")
_SHARE: Final = re.compile(
    r"占(?:比|(?P<of>[^，。；、]{0,16}?)的?(?:比[例重])?)?(?:为|达到?|约)?(?:的)?$"
)
_OF_PLAN: Final = re.compile(
    r"(?:完成|占|达到?|为)[^，。；]{0,10}(?:计划|任务|目标|预算|指标)[^，。；]{0,5}的?$|完成率(?:为|达到?)?$"
)
_CHANGE: Final = re.compile(
    r"增长|增幅|同比|提高|上升|下降|减少|降低|降幅|超过|年均|较|比上|环比|提升|贡献|拉动|利率|税率|折"
)
_AMONG: Final = re.compile(r"其中|中[,，]?有|含")
_STEM: Final = re.compile(r"([\u4e00-\u9fff]{2})(?:率|密度)")
#: Rates of those who were asked, not of what was just counted.
ASKED: Final = re.compile(r"满意|知晓|好评|认可|安全感|支持率|信任|公众|测评")
#: 预算 where it is what was planned, not part of a name (一般公共预算收入, 政府性基金预算支出).
PLANNED: Final = re.compile(
    r"计划|任务|目标|指标|(?<!公共)(?<!基金)(?<!经营)预算(?!总?收入|总?支出|总收|总支|内|外|本级|财政|管理|单位|稳定)"
)
#: How many figures before a rate are looked at.
_BACK: Final = 6


def find_rates(view: View) -> Iterator[Finding]:
    """Rates that are not the quotient the sentence gives them (006)."""
    for rate in view.items:
        if (
            not rate.is_percent
            or rate.figure.upper is not None
            or rate.figure.word not in {"", "约", "左右", "大约"}
            or rate.passage in view.blocked
            or rate.value == 0
            or _CHANGE.search(rate.local)
            or re.match(r"以[上下内]", rate.tail)
        ):
            continue
        before = [
            one
            for one in view.items[max(rate.index - _BACK, 0) : rate.index]
            if one.passage == rate.passage
        ]
        pair = _stated_pair(view, rate, before)
        if pair is None:
            continue
        part, whole = pair
        if rate.value == 100 and part.value > whole.value:
            continue  # 社区矫正4名，刑满释放帮教9名，帮教率100%: all of the last
        if not whole.value or quotient_fits(part, whole, rate):
            continue
        if _any_pair_fits(view, rate, before, part.unit):
            continue
        yield rate_finding(view, rate, part, whole)


def rate_finding(view: View, rate: Item, part: Item, whole: Item) -> Finding:
    """That a rate is not the quotient of its part and its whole (006)."""
    expected = percent(part.value / whole.value * 100, decimals(rate))
    return view.finding(
        "ARITHMETIC_006",
        "wrong",
        (rate.start, rate.end),
        {
            "rate": view.written(rate),
            "part": view.written(part),
            "whole": view.written(whole),
            "computed": expected,
        },
        [(part.start, part.end), (whole.start, whole.end)],
        expected,
    )


def quotient_fits(part: Item, whole: Item, rate: Item) -> bool:
    """Whether part ÷ whole is what the rate says, within the rounding of all three."""
    if whole.low <= 0:
        return True
    low, high = part.low / whole.high * 100, part.high / whole.low * 100
    # Cutting decimals off instead of rounding them (95.87 → 95.8) is common and no error.
    return low <= rate.high + rate.half and high >= rate.low


def _any_pair_fits(view: View, rate: Item, before: Sequence[Item], unit: str) -> bool:
    start = view.passages[rate.passage][0]
    earlier = [
        one
        for one in view.items[max(rate.index - 14, 0) : rate.index]
        if one.start >= start or one.passage == rate.passage - 1
    ]
    later = [
        one for one in view.items[rate.index + 1 : rate.index + 3] if one.passage == rate.passage
    ]
    amounts = [one for one in [*earlier, *later] if one.unit == unit and one.value]
    if any(
        one is not other and quotient_fits(one, other, rate) for one in amounts for other in amounts
    ):
        return True
    # (a + b) / c and a / (b + c)
    same = [one for one in before if one.unit == unit]
    for first, second in itertools.combinations(same, 2):
        total = first.value + second.value
        for third in same:
            if third is first or third is second or not third.value or not total:
                continue
            for ratio in (total / third.value * 100, third.value / total * 100):
                if rate.low - rate.half <= ratio <= rate.high + rate.half:
                    return True
    return False


def _stated_pair(view: View, rate: Item, before: Sequence[Item]) -> tuple[Item, Item] | None:
    """The numerator and the denominator the words point at; None when they do not do so plainly."""
    amounts = [
        one
        for one in before
        if not one.is_percent and not one.figure.per and one.figure.upper is None
    ]
    if not amounts:
        return None
    last = amounts[-1]
    gap = view.clean[last.end : rate.start]
    if len(gap) > 24 or re.search(r"[；;。]", gap) or rate.index - last.index > 2:
        return None
    if _OF_PLAN.search(rate.local) and not _RATE.search(rate.local.replace("完成率", "")):
        return _pair_of_plan(view, last, amounts)
    if _RATE.search(rate.local):
        return _pair_of_rate(view, rate, last, amounts)
    share = _SHARE.search(rate.local)
    if share is not None:
        return _pair_of_share(view, rate, last, amounts, share["of"] or "")
    return None


def _pair_of_plan(view: View, last: Item, amounts: Sequence[Item]) -> tuple[Item, Item] | None:
    """计划投资5亿元，完成3.2亿元，占年度计划的64%."""
    same = [one for one in amounts if one.unit == last.unit and one is not last]
    planned = [one for one in same if PLANNED.search(one.local)]
    if len(planned) != 1 or planned[0] is not same[-1]:
        return None
    if re.search(r"计划|任务|目标", last.local) or re.search(r"总投资", planned[0].local):
        return None
    if "累计" in last.local and "累计" not in planned[0].local:
        return None
    return (last, planned[0]) if is_one_thing(planned[0], last) else None


def _pair_of_rate(
    view: View, rate: Item, last: Item, amounts: Sequence[Item]
) -> tuple[Item, Item] | None:
    """应参保1200人，已参保1150人，参保率95.8%."""
    same = [one for one in amounts if one.unit == last.unit]
    if len(same) != 2 or view.clean[same[0].end : last.start].count("，") > 2:
        return None
    whole, part = same
    if ASKED.search(rate.local) and not ASKED.search(part.local):
        return None
    if view.gap(whole, part)[:1] in set("、和及与") and not _DUE.search(whole.local):
        return None  # 示范村 15 个、达标村 12 个: one beside another
    if _DUE.search(part.local) and _DONE.search(whole.local) and not _DUE.search(whole.local):
        whole, part = part, whole
    is_due = _DUE.search(whole.local) is not None or (
        re.search(r"排查|受理|交办|发现|接到|梳理", whole.local) is not None
        and re.search(r"化解|整改|办结|调处|调解|销号|处理", part.local) is not None
    )
    stem = _STEM.search(rate.local)
    if (
        stem is not None
        and stem[1] in part.local
        and ("应" + stem[1] in whole.local or stem[1] not in whole.local)
    ):
        # 整改率 and 已整改57个: the rate itself names its numerator.
        is_due = is_due or not re.search(r"已|实际|完成|其中", whole.local)
    elif not _DONE.search(part.local):
        return None
    if not is_due:
        return None
    if re.search(r"新|未|剩|尚", part.local + whole.local) or part.high > whole.high * 3:
        return None
    if whole.figure.raw_unit != part.figure.raw_unit or not is_one_thing(whole, part):
        return None
    if part.value == whole.value and stem is not None and stem[1] not in part.local:
        return None  # 农户 m 户，已认定 m 户，达标率 p%: all were looked at, not all were good
    return part, whole


def _pair_of_share(
    view: View, rate: Item, last: Item, amounts: Sequence[Item], of: str
) -> tuple[Item, Item] | None:
    """党员38名，其中女党员10名，占26.3%; 占党员总数的26.3%."""
    wholes = [one for one in amounts if one.unit == last.unit and one is not last]
    if not wholes or re.search(r"分别", rate.local):
        return None
    named = re.sub(r"全[村镇乡县区市]|总数|数$|的|年末|现有", "", of)
    among = None
    for one in wholes:
        behind = view.clean[one.end : min(one.end + 6, rate.start)]
        if _AMONG.search(behind) and one.value >= last.value:
            among = one
    if len(named) >= 2:
        # 占党员总数的, 占总人口的: the whole is the one of that name, and it must be given as a total.
        called = [
            one
            for one in wholes
            if named in one.local + re.split(r"[，,。；;、（(]", one.tail, maxsplit=1)[0][:8]
            and re.search(r"总|共|现有|全[村镇乡县区市]", one.local + of.replace("总数", ""))
            and not re.search(r"占(?!地)", one.local)
        ]
        if (
            len(called) == 1
            and called[0].value >= last.value
            and (called[0] is among or re.search(r"总|共|现有", called[0].local))
        ):
            return last, called[0]
        return None
    if among is None or re.search(r"全[省市国]|计划|任务|同类|以上", of):
        return None
    between = view.clean[among.end : last.start]
    if (
        "占" in between
        and among is not wholes[-1]
        and "其中" not in view.clean[last.start - 12 : last.start]
    ):
        siblings = [one for one in wholes if one.index > among.index]
        if any(re.search(r"其中", view.gap(one, last)) for one in siblings):
            return None
    return last, among
