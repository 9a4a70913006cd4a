"""Products the text spells out: 100亩，每亩500元，共5万元; 5期每期40人，共200人; and the averages and remainders that undo them.

A standard that is not written is never guessed, however even the quotient.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Final

from shuzhi.core.checking.arithmetic_standards import (
    average_finding,
    is_explained,
    is_one_purpose,
)
from shuzhi.core.checking.arithmetic_view import (
    Item,
    View,
    common_unit,
    decimals,
    in_unit_of,
    item_factor,
    power_between,
    shown,
)
from shuzhi.core.checking.model import Finding

_TOTAL: Final = re.compile(
    r"共|金额|费用|应收|支出|货款|合计|总|计|兑现|发放|补[贴助偿]|奖补|支付|分红|资金|收入|产值|产量|拨付|落实|需|培训"
)
_PER_UNIT: Final = r"(立方米|平方米|公斤|千克|人次|市斤|公里|公顷|斤|吨|人|户|亩|头|只|株|棵|张|盒|箱|袋|瓶|件|套|台|盏|座|间|期|场|次|羽|匹|尾|名|位|口|班|村|个)"
_PER_HEAD: Final = re.compile(
    rf"每一?{_PER_UNIT}(?:每年|年)?(?:补贴|补助|奖补|奖励|发放|租金|单价|价格|兑现|按)?$"
)
_PER_TAIL: Final = re.compile(rf"[/／每]{_PER_UNIT}")
_SPREAD: Final = re.compile(
    r"每[人户亩头只期次场村年月天][^，。；]{0,4}每[人户月天次]|/[月天]|每[月天]|[人户亩]/?月"
)
_AVERAGE: Final = re.compile(
    r"(?P<unit>人次|[户人亩村])均(?!可支配|纯收入)|平均每(?P<other>[户人亩村头])"
)
_EACH: Final = re.compile(r"每(?P<unit>[户人名村亩头])(?P<other>)(?:补[贴助]|发放|分红)?$")
_GIVEN_OUT: Final = re.compile(
    r"分红|发放|兑现|补[贴助]|奖[励补金]|工资|支付|救助金|慰问金|增收|收益|流转费|租金"
)
_LEFT: Final = re.compile(
    r"(?:剩余|还剩|余下|尚余|结余|尚有|还有|未(?:完成|化解|整改|脱贫|办结|缴|参保))(?:下)?[^，。；、]{0,4}$"
)
_WHOLE: Final = re.compile(r"共|总|应|计划|需|任务|排查")
_DONE: Final = re.compile(r"已|完成|化解|整改|办结|销号|脱贫|使用|支出")


def find_products(view: View) -> Iterator[Finding]:
    """Products (010), averages (011) and remainders (012) that do not come out."""
    for item in view.items:
        if item.passage in view.blocked or item.is_vague:
            continue
        if per_of(item):
            yield from _product(view, item)
        yield from _average(view, item)
        yield from _yield(view, item)
        yield from _remainder(view, item)


def _window(view: View, item: Item, before: int, behind: int) -> list[Item]:
    """The figures around one, within its sentence and clear of a semicolon."""
    found = []
    for one in view.items[max(item.index - before, 0) : item.index + behind + 1]:
        if one.passage != item.passage:
            continue
        text = view.clean[min(one.end, item.end) : max(one.start, item.start)]
        if re.search(r"[；;]", text) or len(text) > 60:
            continue
        found.append(one)
    return found


def _product(view: View, standard: Item) -> Iterator[Finding]:
    """Quantity × standard = total, all three written in one sentence."""
    if standard.figure.upper is not None or _SPREAD.search(
        view.clean[max(standard.start - 8, 0) : standard.end + 6]
    ):
        return
    if "均" in standard.local or re.search(r"[年月日]标准|补差|起步", standard.local):
        return
    per, factor = common_unit(per_of(standard))
    near = _window(view, standard, 3, 3)
    quantities = [
        one for one in near if one.unit == per and one is not standard and not one.figure.per
    ]
    if any(one.unit == per + "次" for one in near):
        return
    totals = [
        one
        for one in near
        if one.unit == standard.unit and one is not standard and not one.figure.per
    ]
    if len(quantities) != 1 or len(totals) != 1:
        return
    quantity, total = quantities[0], totals[0]
    if standard.unit == "元" and not is_one_purpose(standard.local, total.local):
        return
    if quantity is total or total.start < quantity.start or not _TOTAL.search(total.local):
        return
    if (
        re.search(r"总投资|成本|增加|增长|人均|其中|上年|去年|另|自筹|超|预计", total.local)
        or quantity.is_vague
    ):
        return
    if (
        re.search(
            r"其中|以上|不超过|不低于|最高|至多|奖励|市场|均价",
            view.clean[min(quantity.start, standard.start) : total.start],
        )
        and "其中" in view.clean[quantity.end : total.start]
    ):
        return
    if re.search(r"不超过|不低于|最高|以上|至少", standard.local + standard.tail[:4]):
        return
    low = quantity.low * standard.low / factor
    high = quantity.high * standard.high / factor
    if low <= total.high and high >= total.low:
        return
    exact = quantity.value * standard.value / factor
    computed = in_unit_of(exact, total)
    yield view.finding(
        "ARITHMETIC_010",
        "wrong",
        (total.start, total.end),
        {
            "total": view.written(total),
            "expression": f"{view.written(quantity)}×{_rate_text(standard)}＝{computed}",
            "computed": computed,
            "times": power_between(total.value, exact),
        },
        [(quantity.start, quantity.end), (standard.start, standard.end)],
        computed,
    )


def per_of(item: Item) -> str:
    """What a standard is counted by: 亩 for 每亩500元 and 500元/亩; empty for no standard."""
    if item.unit != "元" and not item.figure.per:
        found = re.search(r"每([期班场次户人亩])$", item.local)
        return found[1] if found else ""
    before = _PER_HEAD.search(item.local)
    if before is not None:
        return before[1]
    behind = _PER_TAIL.match(item.tail)
    if behind is not None:
        return behind[1]
    return "" if "均" in item.local else item.figure.per


def _rate_text(standard: Item) -> str:
    number = shown(standard.value / item_factor(standard))
    return f"{number}{standard.figure.raw_unit.partition('/')[0]}/{per_of(standard)}"


def _average(view: View, item: Item) -> Iterator[Finding]:
    """发放分红12万元，惠及60户，户均2000元."""
    found = _AVERAGE.search(item.local) or _EACH.search(item.local)
    if found is None or item.is_percent or re.search(r"超过|不低于|达到?以上|增长", item.local):
        return
    unit = common_unit(found["unit"] or found["other"] or "")[0]
    near = [one for one in _window(view, item, 3, 0) if one is not item]
    counts = [
        one
        for one in near
        if (one.unit == unit or (unit == "村" and one.unit == "个" and one.tail.startswith("村")))
        and not one.figure.per
    ]
    if re.search(r"[年月日天]人?[户均]|补差|水平|标准", item.local) or any(
        one.unit.endswith("次") and one.unit != unit for one in near
    ):
        return
    totals = [
        one for one in near if one.unit == item.unit and not one.figure.per and one.unit != unit
    ]
    if len(counts) != 1 or len(totals) != 1:
        return
    count, total = counts[0], totals[0]
    text = view.clean[min(count.start, total.start) - len(total.local) : item.start]
    if item.unit == "元" and not _GIVEN_OUT.search(total.local):
        # 投入50万元…户均8300元 divides what was put in; 户均增收8300元 speaks of something else.
        is_plain = re.search(r"(?:[户人亩村次]均|每[户人亩村])$", item.local) is not None
        if not is_plain or not re.search(r"资金|投入|支出|金额", total.local):
            return
    if found.re is _EACH and not (total.start < count.start < item.start):
        return
    if item.unit != "元" and not re.search(r"共|总|计", total.local + text[:8]):
        return
    if (
        re.search(r"其中|预计|同比|增长|投资", text)
        or count.is_vague
        or total.is_vague
        or count.low <= 0
    ):
        return
    if item.unit == "元" and bool(re.search("增收", item.local)) is not bool(
        re.search("增收", total.local)
    ):
        return
    low, high = total.low / count.high, total.high / count.low
    if low <= item.high + item.half and high >= item.low - item.half:
        return
    if is_explained(view, item, total, unit):
        return
    exact = total.value / count.value
    computed = in_unit_of(exact, item, decimals(item))
    yield average_finding(view, item, total, count, computed)


def _yield(view: View, item: Item) -> Iterator[Finding]:
    """播种面积2.98万亩，总产量9708.8吨，平均亩产326公斤."""
    if item.unit != "斤" or not re.search(r"(?:平均)?亩产(?:量)?(?:达到?|为|约)?$", item.local):
        return
    near = [one for one in _window(view, item, 3, 1) if one is not item]
    areas = [one for one in near if one.unit == "亩" and not one.figure.per]
    totals = [one for one in near if one.unit == "斤" and re.search(r"总产", one.local)]
    if len(areas) != 1 or len(totals) != 1 or areas[0].is_vague or totals[0].is_vague:
        return
    area, total = areas[0], totals[0]
    if area.low <= 0 or re.search(r"其中|增|减|上年|去年", view.clean[area.start : item.start]):
        return
    low, high = total.low / area.high, total.high / area.low
    if low <= item.high + item.half and high >= item.low - item.half:
        return
    computed = in_unit_of(total.value / area.value, item, decimals(item))
    yield average_finding(view, item, total, area, computed)


def _remainder(view: View, item: Item) -> Iterator[Finding]:
    """共排查问题20个，已整改17个，剩余3个."""
    if not _LEFT.search(item.local) or item.figure.role == "rate" or item.is_percent:
        return
    near = [one for one in _window(view, item, 3, 0) if one is not item and one.unit == item.unit]
    if len(near) != 2:
        return
    whole, done = near
    if not _is_whole_and_done(whole, done) or whole.value < done.value:
        return
    if not _same_measure(near, item):
        return
    low, high = whole.low - done.high, whole.high - done.low
    if low <= item.high and high >= item.low:
        return
    if whole.is_vague or done.is_vague:
        return
    computed = in_unit_of(whole.value - done.value, item)
    yield view.finding(
        "ARITHMETIC_012",
        "wrong",
        (item.start, item.end),
        {
            "left": view.written(item),
            "whole": view.written(whole),
            "done": view.written(done),
            "computed": computed,
        },
        [(whole.start, whole.end), (done.start, done.end)],
        computed,
    )


def _is_whole_and_done(whole: Item, done: Item) -> bool:
    return (
        _WHOLE.search(whole.local) is not None
        and _DONE.search(done.local) is not None
        and not re.search(r"新|累计", done.local)
    )


def _same_measure(items: Sequence[Item], last: Item) -> bool:
    return all(one.figure.raw_unit == last.figure.raw_unit for one in items) or last.unit == "元"
