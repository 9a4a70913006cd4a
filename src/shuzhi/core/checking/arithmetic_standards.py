"""Quantity, what falls on each, and total standing side by side: 22间夜 at 每晚100元 make 客房收入2200元; 105个网格, 格均110元.

Told by units and by the words of distribution, not by the thing itself: any 每X and any X均 whose X is what one of the
neighbours counts. Whatever else could explain the total (months, terms, other bases) keeps it silent.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Final

from shuzhi.core.checking.arithmetic_view import (
    GENERIC,
    Item,
    View,
    decimals,
    in_unit_of,
    item_factor,
    power_between,
    shown,
)
from shuzhi.core.checking.model import Finding

#: How many characters may lie between two figures of one statement.
_NEAR: Final = 22

_HAN: Final = r"[\u4e00-\u9fff]"
_EVERY: Final = re.compile(rf"(?:平均一|(?:平均)?每一?)个?(?P<x>{_HAN}{{1,14}})$")
_MEAN: Final = re.compile(rf"(?P<x>{_HAN}{{1,3}})均(?P<what>{_HAN}{{0,6}})$")
_BEHIND: Final = re.compile(rf"^(?:一|[/／]|每)(?P<x>{_HAN}{{1,3}})")
_YIELD: Final = re.compile(r"(?:单产|亩产)(?:量)?(?:达到?|为|约|是)?$")
_PRICE: Final = re.compile(r"单价(?:为|是|约)?$")

#: What one of X is worth in the common unit its quantity is reckoned in.
_WORTH: Final = {
    "公斤": 2, "千克": 2, "吨": 2000, "公顷": 15, "公里": 1000, "千米": 1000, "平方公里": 1_000_000,
}  # fmt: skip
#: X and the units that count it under another name.
_ALSO: Final = {
    "晚": "间夜", "夜": "间夜", "生": "人", "职": "人", "名": "人", "位": "人", "口": "人", "员": "人", "学": "人",
    "老": "人", "工": "工日人", "亩": "亩公顷", "斤": "斤公", "厂": "家", "企": "家", "店": "家", "师": "人",
}  # fmt: skip
_AMOUNTS: Final = frozenset(
    {"元", "亩", "斤", "米", "吨", "公里", "平方米", "立方米", "%", "倍", "公斤", "公顷"}
)
_TIMES: Final = frozenset({"年", "个月", "月", "天", "日", "期", "次", "批", "茬", "季", "轮", "学期", "小时"})  # fmt: skip
_PERIOD: Final = re.compile(r"(?P<at>学期|季|[年月日天周次期])")
_SAME_PERIOD: Final = re.compile(r"当[月日天年季]|[日月]支|日均|每[日天月]|单日")

#: Words before a figure that make it something else than the total of a distribution.
_NO_TOTAL: Final = re.compile(
    r"上年|去年|同比|同期|增长|增加(?!值)|增幅|减(?!免)|降(?!费)|超|自筹|其中|成本|利润|首[付批]|预[计付算期]|不足|不到|占|率|计划|目标|力争|均|每"
    r"|另|还|剩|余下|节[约省]|原|缺|欠|市[场值]|比|较|最|差|单价|未|先行|将|拟|年产|净|总投资"
)
_NO_STANDARD: Final = re.compile(
    r"不[超低少足]|最[高低多少]|以[上下]|至少|起步|补差|差额|增长|增加|同比|上年|去年|超|提高|降低|可支配|纯收入|生产总值|GDP|标准差|高出|低于|高于|比|较"
    r"|节[约省]|水平|补差|[年月日天][人户]均|学历|年龄|海拔|距离|人均(?:耕|占|土|水|林|山)"
)
_NO_COUNT: Final = re.compile(
    r"其中|上年|去年|同比|增长|增加|减|降|超|占|率|每|均|余下|剩|还有|未|第|计划|比|较"
)

#: What money is for; two figures of different kinds are not multiples of one another.
_KINDS: Final = (
    (re.compile(r"补|奖|救|慰|低保|供养|津贴"), "grant"),
    (re.compile(r"租|流转|承包"), "rent"),
    (re.compile(r"产值|销售|售|毛收|效益"), "output"),
    (re.compile(r"收益|增收|收入"), "income"),
    (re.compile(r"造价|改造费|成本|投资|投入"), "cost"),
    (re.compile(r"工资|报酬|薪|劳务"), "wages"),
    (re.compile(r"缴|纳税|税|保费|保险"), "dues"),
    (re.compile(r"贷"), "credit"),
    (re.compile(r"分红"), "dividend"),
)
#: Kinds that may well name the same money: rent is a village's income, wages are a household's.
_ALIKE: Final = frozenset(
    {
        frozenset({"rent", "income"}),
        frozenset({"output", "income"}),
        frozenset({"wages", "income"}),
        frozenset({"dividend", "income"}),
        frozenset({"cost", "wages"}),
    }
)
_TOGETHER: Final = re.compile(r"共|总|合计|累计|全部|一并")


@dataclass(frozen=True, slots=True)
class _Standard:
    item: Item
    each: str  #: words that begin with what it is counted by; empty for a bare 单价
    is_mean: bool  #: an average worked out, rather than a price or rate fixed beforehand


def find_standards(view: View) -> Iterator[Finding]:
    """Products (010) and averages (011) whose three figures stand side by side and do not come out."""
    for items in view.by_passage.values():
        if len(items) < 3 or items[0].passage in view.blocked:
            continue
        for item in items:
            standard = _standard(item)
            if standard is not None:
                yield from _judge(view, standard)
                if standard.is_mean:
                    yield from _judge_apart(view, standard)


def _standard(item: Item) -> _Standard | None:
    """What a figure falls on each of; None when it is no amount for each."""
    if (
        item.is_vague
        or item.value <= 0
        or item.unit in {"%", "百分点", "‰", "倍", "岁", "分", "成"}
        or _NO_STANDARD.search(item.local)
        or _NO_STANDARD.match(item.tail)
    ):
        return None
    every = _EVERY.search(item.local)
    if every is not None:
        return _Standard(item, every["x"], "均" in item.local)
    mean = _MEAN.search(item.local)
    if mean is not None and not mean["x"].endswith(("平", "年", "月", "日", "周")):
        return _Standard(item, mean["x"], is_mean=True)
    if _YIELD.search(item.local) and item.unit == "斤":
        return _Standard(item, "亩", is_mean=True)
    behind = _BEHIND.match(item.tail)
    if behind is not None:
        return _Standard(item, behind["x"], is_mean=False)
    if _PRICE.search(item.local) and item.unit == "元":
        return _Standard(item, "", is_mean=False)
    return None


def _fits(standard: _Standard, count: Item) -> bool:
    """Whether a figure counts what the standard is for each of."""
    raw = count.figure.raw_unit.lstrip("万亿余多百千")
    if not standard.each:
        return raw in GENERIC or raw in {"辆", "吨", "盏", "套", "平方米"}
    each = standard.each
    if raw.endswith("次") and raw not in {"次", each[:2]}:
        # 人次 are more than 人: only 车次, 剂次 and the like go by their first word
        return raw[:-1] == each[:1] and raw not in {"人次", "户次"}
    if (
        each.startswith(raw)
        or raw in _ALSO.get(each[:1], "")
        or (len(each) <= 3 and each.endswith(raw))
    ):
        return True
    if each == "户" and re.match("[^，。]{0,6}[者商企]", count.tail):
        return raw in {"家", "名", "位", "人"}  # firms and traders are averaged by 户
    if count.unit == "人" and each[:1] in "人生名位":
        return True
    return raw not in _AMOUNTS and _is_named(each, count)


def _is_named(each: str, count: Item) -> bool:
    """Whether the words at a count name X: 105个网格 and 格均, 家庭医生团队9个 and 每队."""
    behind = re.split(r"[，,、（(]", count.tail)[0][:10]
    before = count.label[-6:]
    mark = each[:2] if len(each) > 3 else each[-1:]
    if mark in behind or before.endswith((mark, each[:1])):
        return True
    return behind[:1] in each[:8] and behind[1:2] in {"共", "总", "合"}


def _kind(words: str) -> str:
    found = [kind for pattern, kind in _KINDS if pattern.search(words)]
    return found[0] if len(found) == 1 else ""


def is_one_purpose(words: str, others: str) -> bool:
    """Whether money told by the one can be the money told by the other: a rent is no sales, a grant is no wages."""
    first, second = _kind(words), _kind(others)
    return not first or not second or first == second or frozenset({first, second}) in _ALIKE


def _is_one_matter(standard: _Standard, total: Item) -> bool:
    """Whether the total can be the standard's: a grant is no sales, a yield needs a 共 or a 总."""
    item = standard.item
    if item.unit == "元":
        if not is_one_purpose(item.local, total.local):
            return False
        return "增收" not in item.local or "收" in total.local
    simple = re.search(rf"(?:{_HAN}均|每(?:一?个)?{_HAN}{{1,3}}|平均每{_HAN}{{1,4}})$", item.local)
    return (
        standard.is_mean
        or _TOGETHER.search(total.local) is not None
        or (simple is not None and item.start > total.start)
    )


def _cluster(view: View, middle: Item) -> list[Item]:
    """The figures that stand close around one, in one run without ；and 其中."""
    run = [middle]
    for step in (-1, 1):
        at = middle
        while len(run) < 9:
            index = at.index + step
            if not 0 <= index < len(view.items):
                break
            one = view.items[index]
            left, right = (one, at) if step < 0 else (at, one)
            between = view.clean[left.end : right.start]
            if (
                one.passage != middle.passage
                or len(between) > _NEAR
                or re.search(r"[；;\d]|其中|分别", between)
            ):
                break
            run.append(one)
            at = one
            if abs(at.index - middle.index) >= 4:
                break
    return sorted(run, key=lambda one: one.index)


def _judge(view: View, standard: _Standard) -> Iterator[Finding]:
    item = standard.item
    cluster = _cluster(view, item)
    if len(cluster) < 3:
        return
    pairs: list[tuple[Item, Item]] = []
    for count in cluster:
        if count is item or count.figure.upper is not None or count.value <= 0:
            continue
        if not _fits(standard, count) or _standard(count) is not None:
            continue
        for total in cluster:
            if total is item or total is count or total.unit != item.unit:
                continue
            if _comes_out(standard, count, total, cluster):
                return
            pairs.append((count, total))
    close = [
        (count, total)
        for count, total in pairs
        if max(count.index, total.index, item.index) - min(count.index, total.index, item.index)
        == 2
        and not count.is_vague
        and not total.is_vague
        and not total.figure.per
        and not _NO_TOTAL.search(total.local)
        and not _NO_COUNT.search(count.local)
        and not re.match(r"以[上下内]|[/／每]", total.tail)
        and not re.match(r"以[上下内]", count.tail)
        and _is_one_matter(standard, total)
    ]
    if len(close) != 1:
        return
    count, total = close[0]
    exact = item.value * _number(standard, count)
    if not exact:
        return
    related = [(count.start, count.end), (item.start, item.end)]
    if standard.is_mean:
        if is_explained(view, item, total, standard.each):
            return
        computed = _mean_text(total.value / _number(standard, count), item)
        yield average_finding(view, item, total, count, computed)
        return
    computed = in_unit_of(exact, total)
    number = shown(item.value / item_factor(item)) + item.figure.raw_unit.partition("/")[0]
    yield view.finding(
        "ARITHMETIC_010",
        "wrong",
        (total.start, total.end),
        {
            "total": view.written(total),
            "expression": f"{view.written(count)}×{number}＝{computed}",
            "computed": computed,
            "times": power_between(total.value, exact),
        },
        related,
        computed,
    )


def is_explained(view: View, item: Item, total: Item, each: str) -> bool:
    """Whether an average comes out with any count of its sentence and the sentence before, or with two of them together."""
    standard = _Standard(item, each, is_mean=True)
    near: list[Item] = []
    for one in reversed(view.items[max(item.index - 14, 0) : item.index + 4]):
        if item.passage - 1 <= one.passage <= item.passage and one is not item:
            near.append(one)
    values: set[Fraction] = set()
    fitting: list[Fraction] = []
    for one in near:
        if one is total or one.unit == total.unit or one.is_percent or one.value <= 0:
            continue
        number = _number(standard, one)
        values |= {number, one.value}
        if _fits(standard, one):
            fitting.append(number)
            if one.is_vague and one.passage == item.passage:
                return True
    values.update(one + other for one, other in itertools.combinations(fitting[:8], 2))
    values.update(abs(one - other) for one, other in itertools.combinations(fitting[:8], 2))
    values.add(sum(fitting, Fraction(0)))
    low, high = item.low - item.half, item.high + item.half
    return any(
        total.low <= high * number and total.high >= low * number for number in values if number > 0
    )


#: Money handed to those counted before, though other figures stand in between.
_HANDED: Final = re.compile(
    r"发放|兑[现付]|补[贴助]|减免|分红|奖[励补]|救助|慰问|支付|资助|增收|缴纳"
)
_PLAIN_MEAN: Final = re.compile(
    r"(?:[户人村组]均|平均每个?[户人名村组家])(?:[\u4e00-\u9fff]{0,2}(?:发放|补[贴助]|减免|分红|分得|增收|获[得补益]|受益|领取|得到|奖[励补]))?(?:约|为|达|到|近)?$"
)


def _judge_apart(view: View, standard: _Standard) -> Iterator[Finding]:
    """务工1120人，其中省外420人，发放补贴22.4万元，人均200元: the count stands further away in the same sentence."""
    item = standard.item
    if item.unit != "元" or not item.index or _PLAIN_MEAN.search(item.local) is None:
        return
    total = view.items[item.index - 1]
    if (
        total.passage != item.passage
        or total.unit != "元"
        or total.is_vague
        or total.figure.per
        or item.start - total.end > 16
        or not _HANDED.search(total.local)
        or _NO_TOTAL.search(total.local)
        or not _is_one_matter(standard, total)
        or re.search(r"[；;]", view.gap(total, item))
    ):
        return
    start = view.passages[item.passage][0]
    counts: list[Item] = []
    for one in reversed(view.items[max(total.index - 8, 0) : total.index]):
        if one.passage != item.passage or re.search(r"[；;]", view.clean[one.end : total.start]):
            break
        if one.unit == "元":
            return  # another sum in between: whose average it is cannot be known
        clause = view.clean[max(start, one.start - 40) : one.start]
        if one.unit.endswith("次"):
            return
        if _fits(standard, one) and "其中" not in clause and not one.figure.per:
            counts.append(one)
    if len(counts) != 1 or counts[0].is_vague or _NO_COUNT.search(counts[0].local):
        return
    count = counts[0]
    if total.value == 0 or is_explained(view, item, total, standard.each):
        return
    computed = _mean_text(total.value / _number(standard, count), item)
    yield average_finding(view, item, total, count, computed)


def average_finding(view: View, item: Item, total: Item, count: Item, computed: str) -> Finding:
    """That an average is not the total over the count (011)."""
    return view.finding(
        "ARITHMETIC_011",
        "wrong",
        (item.start, item.end),
        {
            "average": view.written(item),
            "total": view.written(total),
            "count": view.written(count),
            "computed": computed,
        },
        [(total.start, total.end), (count.start, count.end)],
        computed,
    )


def _mean_text(value: Fraction, item: Item) -> str:
    places = decimals(item)
    if item.figure.raw_unit.startswith(("万", "亿")):
        places = max(places, 2)
    return in_unit_of(value, item, places)


def _number(standard: _Standard, count: Item) -> Fraction:
    """How many X there are: 1.2万公斤 of 每公斤 are 12000."""
    for size in (4, 2, 1):
        worth = _WORTH.get(standard.each[:size])
        if worth:
            return count.value / worth
    return count.value


def _comes_out(standard: _Standard, count: Item, total: Item, cluster: Sequence[Item]) -> bool:
    """Whether some reading makes the total: once, by the months or terms there may be, by a number written beside it."""
    item = standard.item
    ratio = count.value and _number(standard, count) / count.value
    # an average is rounded or cut off; a price is what it is
    each_low, each_high = item.low, item.high
    if standard.is_mean:
        each_low, each_high = item.value - item.half, item.value + item.half
        if item.value > 40 * item.half:
            each_high += item.half
    low, high = count.low * ratio * each_low, count.high * ratio * each_high
    top = total.high if total.is_counted else total.high + total.half
    multiples = _multiples(standard, total, cluster)
    return (
        low <= 0
        or multiples is None
        or any(low * times <= top and high * times >= total.low for times in multiples)
    )


def _multiples(standard: _Standard, total: Item, cluster: Sequence[Item]) -> set[Fraction] | None:
    """What quantity × standard may have been multiplied by; None when that cannot be known."""
    found = {Fraction(1)}
    for one in cluster:
        if one.unit in _TIMES and one.value > 0:
            found.add(one.value)
    item = standard.item
    words = re.sub(r"[人户车剂场架台]次", "", standard.each + item.tail[:4])
    period = _PERIOD.search(words if standard.each[:1] not in "次期批" else words[1:])
    if period is None or _SAME_PERIOD.search(total.local):
        return found
    match period["at"]:
        case "学期":
            return found | {Fraction(2)}
        case "年":
            return found | {Fraction(2), Fraction(3)}
    # 每天, 每月, 每次: for how many of them is anybody's guess
    return None
