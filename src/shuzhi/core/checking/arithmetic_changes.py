"""What was, what is, and how much it changed, side by side in any order: 33起，较2017年的42起下降25.2%; 由41个增至54个，新设18个.

One of the two levels must be told apart as the earlier one (上年, 去年, 2017年, 年初, 原, 由, 比 …) or as the start of a
from–to, and the change must carry a word of change; then every order of the three is tried, and only when none comes out
is it wrong. Real terms, other bases and averages over years say nothing that could be recomputed.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from typing import Final

from shuzhi.core.checking.arithmetic_view import (
    GENERIC,
    Item,
    View,
    decimals,
    in_unit_of,
    percent,
    shown,
)
from shuzhi.core.checking.model import Finding

#: How many characters may lie between two figures of one statement.
_NEAR: Final = 24

_UP: Final = r"增|升|提|扩|多|涨|攀|跃|超|高|长|拓|翻|快"
_DOWN: Final = r"降|减|少|缩|压|回落|下滑|下调|低|收窄|跌|省|消|撤|裁"
#: Words of a rate: 增幅达20%, 增长幅度10%, 多收27.6%.
_RATE_NOUN: Final = re.compile(
    r"(?P<up>增速|增幅|涨幅|升幅|增长率|增长幅度|涨势|提升幅度)|(?P<down>降幅|减幅|跌幅|下降率|降低率|下降幅度|减少幅度)"
)
_CHANGE: Final = re.compile(
    rf"(?:(?P<up>{_UP})|(?P<down>{_DOWN}))(?P<rest>[\u4e00-\u9fff]{{0,4}})$"
)
#: Behind a verb of change, what makes the number the level reached and not the change.
_REACHED: Final = re.compile(r"到|至|为|成|达|由|从|自|率|后|占")
#: Verbs that say how the difference of a from–to came about.
_MADE: Final = re.compile(
    r"^(?:共|已|又|并|合计|累计|净|可|一年|全年|其中)?(?:[\u4e00-\u9fff]{0,2}(?:新|添|加|扩|增|多|复|拓|净|建|设|消|撤|并|减|少|压|退|清|裁|关|缩|降|省|摘|销)[\u4e00-\u9fff]{0,3})$"
)
_EARLIER: Final = re.compile(
    r"上年|去年|前年|上一年|往年|同期|年初|期初|(?<!\d)(?:19|20)\d\d年|原(?:来|有|先|本)?(?!因|则|料)|此前|过去|以前|由|从|[比较](?!例|重|为|大|好|多|高)"
)
_FROM: Final = re.compile(r"(?:由|从)[^，。；,;]{0,14}$")
_TO: Final = re.compile(r"(?:到了?|至|为|成|达到?)[^，。；,;\d]{0,3}$")
#: What is not computed from two amounts, or not from these two.
_REAL: Final = re.compile(
    r"分别|可比|口径|实际增|不变价|剔除|扣除|名义|年均|月均|日均|平均|累计增|环比|高于|低于|计划|任务|下达|指标|预算|超收|短收|两年|三年|五年|十年|生产总值|GDP|增加值|总产值|位次|排名|逐年|翻"
    r"|其中|力争|目标|预计|占|折合|相当于|单位"
)
_MEASURED: Final = frozenset(
    {
        "亩",
        "米",
        "斤",
        "平方米",
        "㎡",
        "立方米",
        "m³",
        "公里",
        "千米",
        "%",
        "百分点",
        "倍",
        "度",
        "千瓦",
        "千瓦时",
        "方",
    }
)
#: Compared with another place, not with another time: 比全县高1.2个百分点.
_ELSEWHERE: Final = re.compile(
    r"(?<![同环])[比较](?!上|去年|前|往年|同期|年初|期初|(?:19|20)\d\d年|原|以前|以往|过去|此前|重|例|为|大|快|好|之)"
)
#: A share or a fulfilment told in between: 412万吨，完成计划的103%，较上年的390万吨增加22万吨.
_ASIDE: Final = re.compile(
    r"(?:完成|达到?)[^，。；]{0,8}(?:计划|任务|目标|预算)[^，。；]{0,3}$|占[^，。；]{1,12}$"
)
_ASIDE_CLAUSE: Final = re.compile(
    r"[，,](?:(?:完成|达到?)[^，。；\d]{0,8}(?:计划|任务|目标|预算)|占)[^，。；\d]{0,12}\d+(?:\.\d+)?[%％](?=[，,])"
)
_YEARLY: Final = re.compile(r"今年|本年|当年|现在|现[有为]|目前|年末|年底|期末")


@dataclass(frozen=True, slots=True)
class _Change:
    item: Item
    sign: int  #: 1 up, -1 down, 0 the word does not say
    word: str
    is_rate: bool


def find_changes(view: View) -> Iterator[Finding]:
    """Rates (007) and differences (008) that the two levels beside them contradict."""
    for items in view.by_passage.values():
        if len(items) < 3 or items[0].passage in view.blocked:
            continue
        if len(items) > 3:
            items = tuple(one for one in items if not (one.is_percent and _ASIDE.search(one.local)))
        told: set[int] = set()
        for three in zip(items, items[1:], items[2:], strict=False):
            if (
                told.intersection(one.index for one in three)
                or not _could_be(three)
                or not _is_close(view, three)
            ):
                continue
            finding = _judge(view, three)
            if finding is not None:
                told.update(one.index for one in three)
                yield finding


def _could_be(three: tuple[Item, ...]) -> bool:
    """What can be seen without reading: near one another, and at least two of one unit."""
    first, second, third = three
    for left, right in ((first, second), (second, third)):
        if right.start - left.end > (_NEAR if right.index == left.index + 1 else 2 * _NEAR):
            return False
    if first.unit != second.unit and second.unit != third.unit and first.unit != third.unit:
        return False
    return not (first.is_vague or second.is_vague or third.is_vague)


def _is_close(view: View, three: tuple[Item, ...]) -> bool:
    for left, right in itertools.pairwise(three):
        between = _between(view, left, right)
        if (
            len(between) > _NEAR
            or re.search(r"[；;]", between)
            or len(re.findall(r"[，,]", between)) > 2
            or re.search(r"\d", re.sub(r"(?:19|20)\d\d年", "", between))
        ):
            return False
    whole = _words(three[0]) + _between(view, three[0], three[-1]) + three[-1].tail[:4]
    return _REAL.search(whole) is None


def _between(view: View, left: Item, right: Item) -> str:
    return _ASIDE_CLAUSE.sub("", view.clean[left.end : right.start])


def _words(item: Item) -> str:
    """The words of a figure's own clause; a bracket just before it is no border: 比2021年（6370羽）."""
    if item.local:
        return item.local[-18:]
    lead = item.lead.rstrip("（( ")
    return re.split(r"[，,、：:。；;（）()]", lead)[-1][-18:]


def _change(item: Item) -> _Change | None:
    """A figure that says by how much something changed."""
    words = _words(item)
    if _ELSEWHERE.search(words):
        return None
    if item.is_percent or item.unit == "倍":
        noun = _RATE_NOUN.search(words[-10:])
        if noun is not None:
            return _Change(item, 1 if noun["up"] else -1, noun[0], is_rate=True)
    elif item.unit in {"‰", "成"}:
        return None
    found = _CHANGE.search(words)
    if found is None or _REACHED.search(found["rest"]):
        return None
    word = found["up"] or found["down"]
    # 提高、下降 …: the word before decides when two meet (减少 → 减)
    head = words[max(found.start() - 1, 0) : found.start() + 2]
    if re.search(r"多少|至少|不少|最[多少高低]|至多", head):
        return None
    sign = 1 if found["up"] else -1
    if re.search(_DOWN, words[found.start() : found.end()]) and not found["up"]:
        sign = -1
    if item.unit in {"%", "倍"} and re.search(r"率$|占", words):
        return None
    return _Change(item, sign, word, is_rate=item.unit in {"%", "倍"})


def _is_level(item: Item, change: _Change | None) -> bool:
    return change is None and not item.figure.per.startswith("每") and item.value > 0


def _is_earlier(item: Item) -> bool:
    words = _words(item)
    marks = list(_EARLIER.finditer(words))
    if not marks:
        return False
    behind = re.sub(r"新[增建发]", "", words[marks[-1].end() :])
    return re.search(rf"{_UP}|{_DOWN}", behind) is None and _YEARLY.search(behind) is None


def _same_measure(first: Item, second: Item) -> bool:
    if first.unit != second.unit:
        return False
    raw, other = first.figure.raw_unit.lstrip("万亿"), second.figure.raw_unit.lstrip("万亿")
    # 3公里路由3.5米拓宽到5米: a length and a width are written in different units on purpose.
    return raw == other or (first.unit not in GENERIC and first.unit != "米")


def _year(item: Item) -> int:
    found = re.findall(r"(?<!\d)((?:19|20)\d\d)年", _words(item))
    return int(found[-1]) if len(found) == 1 else 0


def _judge(view: View, three: tuple[Item, ...]) -> Finding | None:
    changes = [_change(one) for one in three]
    told = [one for one in changes if one is not None]
    if len(told) == 2:
        return _judge_level_and_changes(view, three, told)
    if len(told) > 2:
        # 新增878户，2018年新增843户，增幅10%: two years' additions and the rate between them
        rates = [one for one in told if one.is_rate]
        years = {_year(one.item) or _is_earlier(one.item) for one in told if not one.is_rate}
        if len(rates) != 1 or len(years) != 2:
            return None
        told = rates
    change = told[0] if told else _made(view, three)
    if change is None:
        return None
    levels = [one for one in three if one is not change.item]
    first, second = levels
    if not _same_measure(first, second) or not all(_is_level(one, None) for one in levels):
        return None
    if not change.is_rate and not (
        (change.item.unit == "百分点" and first.is_percent)
        or (not first.is_percent and _same_measure(change.item, first))
    ):
        return None
    if change.is_rate and (first.is_percent or first.unit in {"百分点", "倍"}):
        return None
    prior = _prior(view, first, second)
    if prior is None:
        return None
    last = second if prior is first else first
    if _can_be(change, prior, last) or _can_be(change, last, prior):
        return None
    return _finding(view, change, prior, last)


def _made(view: View, three: tuple[Item, ...]) -> _Change | None:
    """The difference of a from–to by another word: 由77个减少到55个，消除34个; 红色阵地新增4处，由57处增至59处."""
    for change, first, second in (
        (three[2], three[0], three[1]),
        (three[0], three[1], three[2]),
    ):
        if (
            _FROM.search(first.local)
            and _TO.search(view.gap(first, second))
            and _same_measure(change, first)
            and not re.search(r"[，,、；]", view.gap(first, second))
            and len(change.local) <= 8
            and _MADE.search(change.local)
            and not re.search(r"其中|每|均|党员|入党|人口", change.local)
        ):
            return _Change(change, 0, change.local, is_rate=False)
    return None


def _prior(view: View, first: Item, second: Item) -> Item | None:
    """Which of two levels is the earlier one; None when the words do not tell."""
    one, other = _is_earlier(first), _is_earlier(second)
    first_year, second_year = _year(first), _year(second)
    if one and other:
        if first_year and second_year and first_year != second_year:
            return first if first_year < second_year else second
        return first if _FROM.search(first.local) and not second_year else None
    if one:
        return first
    return second if other else None


def _is_exact(item: Item) -> bool:
    """Whether a whole number is a count: 册次 and 间夜 are, though no list names them; 亩 and 公里 are not."""
    return item.is_counted or (
        "." not in item.figure.number and item.half * 2 == 1 and item.unit not in _MEASURED
    )


def _bounds(item: Item, other: Item) -> tuple[Fraction, Fraction]:
    """What a level can be; 4万 beside 4.784万 is no rounded 4万, so it is taken to a tenth at most."""
    if _is_exact(item):
        return item.value, item.value
    half = min(item.half, max(other.half * 10, Fraction(1, 1000)))
    return max(item.low, item.value - half), min(item.high, item.value + half)


def _can_be(change: _Change, prior: Item, last: Item) -> bool:
    """Whether the change can lie between two levels, within the rounding of all three."""
    (prior_low, prior_high), (last_low, last_high) = _bounds(prior, last), _bounds(last, prior)
    low, high = last_low - prior_high, last_high - prior_low
    if change.sign < 0 or (change.sign == 0 and high < 0):
        low, high = -high, -low
    item = change.item
    if not change.is_rate:
        step = (item.value, item.value) if _is_exact(item) else (item.low, item.high)
        return low <= step[1] and high >= step[0]
    if prior_low <= 0:
        return True
    base = prior_low, prior_high
    unit = 1 if item.unit == "倍" else 100
    lows, highs = low / base[1] * unit, high / base[0] * unit
    if item.unit == "倍":
        return lows <= item.high + item.half + 1 and highs >= item.low - item.half - 1
    # half a place more: a rate cut off instead of rounded
    return lows <= item.high + item.half and highs >= item.low - item.half


def _finding(view: View, change: _Change, prior: Item, last: Item) -> Finding | None:
    item = change.item
    difference = last.value - prior.value
    sign = change.sign or (1 if difference >= 0 else -1)
    if difference * sign < 0:
        # the words may speak of another order: say the size only
        sign = -sign
    related = [(prior.start, prior.end), (last.start, last.end)]
    if change.is_rate:
        value = difference * sign / prior.value
        computed = (
            shown(value, max(decimals(item), 1)) + "倍"
            if item.unit == "倍"
            else percent(value * 100, decimals(item))
        )
        code = "ARITHMETIC_007"
    elif item.unit == "百分点":
        computed = shown(difference * sign, max(decimals(prior), decimals(last))) + "个百分点"
        code = "ARITHMETIC_008"
    else:
        computed = in_unit_of(difference * sign, item)
        code = "ARITHMETIC_008"
    return view.finding(
        code,
        "wrong",
        (item.start, item.end),
        {
            "first": view.written(prior),
            "last": view.written(last),
            "change": view.written(item),
            "computed": computed,
        },
        related,
        computed,
    )


def _judge_level_and_changes(
    view: View, three: tuple[Item, ...], told: list[_Change]
) -> Finding | None:
    """净增310亩，达到2190亩，增幅20%: the level, the difference and the rate of one change."""
    rates = [one for one in told if one.item.is_percent]
    steps = [one for one in told if not one.is_rate]
    if len(rates) != 1 or len(steps) != 1:
        return None
    rate, step = rates[0], steps[0]
    level = next(one for one in three if one is not rate.item and one is not step.item)
    if (
        not _same_measure(level, step.item)
        or level.is_percent
        or rate.sign != step.sign
        or _is_earlier(level)
        or level.figure.per
    ):
        return None
    if level.index > step.item.index and not re.search(r"达|为|到|至|有", _words(level)[-4:]):
        return None
    if not re.search(
        r"同比|[比较](?:上年|去年|\d{4}年|年初)|净|达到?|总",
        _words(three[0]) + _words(three[1]) + _words(three[2]),
    ):
        return None
    base = level.value - step.sign * step.item.value
    low = level.low - step.item.high if step.sign > 0 else level.low + step.item.low
    high = level.high - step.item.low if step.sign > 0 else level.high + step.item.high
    if low <= 0 or base <= 0:
        return None
    item = rate.item
    for bottom, top in ((low, high), (level.low, level.high)):
        # the second reading: the level told is the earlier one
        if (
            step.item.low / top * 100 <= item.high + item.half
            and step.item.high / bottom * 100 >= item.low - item.half
        ):
            return None
    computed = percent(step.item.value / base * 100, decimals(item))
    return view.finding(
        "ARITHMETIC_007",
        "wrong",
        (item.start, item.end),
        {
            "first": in_unit_of(base, level),
            "last": view.written(level),
            "change": view.written(item),
            "computed": computed,
        },
        [(level.start, level.end), (step.item.start, step.item.end)],
        computed,
    )
