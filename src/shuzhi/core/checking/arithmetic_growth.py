"""Growth that the text itself gives both ends of: 由32万元增加到36.8万元，增长15%; 36.8万元，同比增加4.8万元，增长15%.

Real terms (可比价), averages over years (年均) and rates without both ends say nothing that can be recomputed here.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from fractions import Fraction
from typing import Final

from shuzhi.core.checking.arithmetic_view import Item, View, decimals, in_unit_of, percent, shown
from shuzhi.core.checking.model import Finding

_TO: Final = re.compile(
    r"(?P<word>增加|增长|提高|提升|上升|扩大|发展|增至|升至|增到|升到|提高至|跃升|攀升|壮大|拓展|跃|扩|攀|下降|减少|降低|降至|减至|降到|缩短|压缩|压减|下调|回落|收窄|减)?(?:为|到了?|至|成)"
    r"(?:(?:19|20)\d\d年的?|[^，。；\d]){0,8}$"
)
_FROM: Final = re.compile(r"(?:由|从)[^，。；]{0,24}$")
_UP: Final = re.compile(r"发展|壮大|拓展|增|提高|提升|上升|扩|升|攀|跃")
_DOWN: Final = re.compile(r"降|减|缩|下调|回落|收窄")
_CHANGE: Final = re.compile(
    r"(增长|增加(?!值)|增幅|增收|提高|提升|上升|净增|扩大|增(?!加值|至|到|速))|(下降|减少|降低|降幅|减幅|回落|缩短|减)"
)
_BASED: Final = re.compile(r"同比|比上年|较上年|比去年|较去年|比前一年|同期|比\d{4}年|较\d{4}年")
_LAST: Final = re.compile(r"上年|去年|前年|同期")
#: Straight before a number, what makes it a difference and not a level: 比上年多3名.
_STEP: Final = re.compile(r"(?:多|少|高|低|超|净增|新增|增|减)[了出过]?$")
_THIS: Final = re.compile(r"今年|本年|当年|达到?|实现|完成")
_REAL: Final = re.compile(
    r"分别|可比|口径|实际增|不变价|剔除|扣除|名义|年均|月均|日均|平均|累计增|环比|高于|计划|任务|两年|三年|五年|位"
)
#: Values that grow in real terms by the rules of statistics, beside amounts in the money of each year.
_OUTPUT: Final = re.compile(r"生产总值|GDP|增加值|总产值")


def find_growth(view: View) -> Iterator[Finding]:
    """Growth rates (007), increases (008) and directions (009) that the numbers beside them contradict."""
    items = view.items
    for index, item in enumerate(items):
        if item.passage in view.blocked:
            continue
        if index + 1 < len(items):
            follower = items[index + 1]
            if follower.passage == item.passage and follower.unit == item.unit:
                yield from _from_to(view, item, follower)
        yield from _value_increase_rate(view, index)
        yield from _last_year_this_year(view, index)
        yield from _rate_first(view, index)


def _following(view: View, item: Item, count: int = 2) -> list[Item]:
    """The next figures of the passage that stand close enough to speak of this one."""
    found: list[Item] = []
    at = item.end
    for one in view.items[item.index + 1 : item.index + 1 + count]:
        between = view.clean[at : one.start]
        if one.passage != item.passage or len(between) > 16 or re.search(r"[；;]|其中", between):
            break
        found.append(one)
        at = one.end
    return found


# ── 由 A 增加到 B ─────────────────────────────────────────────────────────────────────────────────────────────────────


def _from_to(view: View, first: Item, second: Item) -> Iterator[Finding]:
    gap = view.gap(first, second)
    if len(gap) > 20 or re.search(r"[，,。；;、]", gap.strip("，,")):
        return
    if re.search(r"分别", gap + first.local):
        return
    arrow = _TO.search(gap)
    if arrow is None or not _FROM.search(first.lead):
        return
    if first.figure.upper is not None or second.figure.upper is not None:
        return
    word = arrow["word"] or ""
    related = [(first.start, first.end), (second.start, second.end)]
    params = {"first": view.written(first), "last": view.written(second)}
    if word and not _REAL.search(gap):
        goes_up, goes_down = _UP.search(word) is not None, _DOWN.search(word) is not None
        if (goes_up and second.high < first.low) or (goes_down and second.low > first.high):
            yield view.finding(
                "ARITHMETIC_009", "wrong", (first.start, second.end),
                {**params, "word": word}, related,
            )  # fmt: skip
            return
    if first.is_vague or second.is_vague:
        return
    for change in _following(view, second):
        local = change.local
        verb = _CHANGE.search(local)
        if verb is None or _REAL.search(local):
            break
        if _BASED.search(local) and not _LAST.search(first.lead):
            break
        finding = _judge_change(view, first, second, change)
        if finding is not None:
            yield finding
            return


def _judge_change(view: View, first: Item, second: Item, change: Item) -> Finding | None:
    """Whether a change said of a from–to is what lies between its ends."""
    related = [(first.start, first.end), (second.start, second.end)]
    span = (change.start, change.end)
    verb = _CHANGE.search(change.local)
    if verb is None or change.figure.upper is not None:
        return None
    grows = verb[1] is not None
    sign = 1 if grows else -1
    low = sign * (second.low - first.high if grows else second.high - first.low)
    high = sign * (second.high - first.low if grows else second.low - first.high)
    params = {
        "first": view.written(first),
        "last": view.written(second),
        "change": view.written(change),
    }
    if change.unit == "百分点" or (change.unit == first.unit and not first.is_percent):
        if change.unit == "百分点" and not first.is_percent:
            return None
        if low - first.half <= change.high and high + first.half >= change.low:
            return None
        if not change.is_vague or high < change.low:
            value = sign * (second.value - first.value)
            if value < 0:
                return _wrong_direction(view, first, second, verb[0])
            computed = (
                shown(value, max(decimals(first), decimals(second))) + "个百分点"
                if change.unit == "百分点"
                else in_unit_of(value, change)
            )
            return view.finding(
                "ARITHMETIC_008", "wrong", span, {**params, "computed": computed}, related, computed
            )
        return None
    if change.unit == "%" and first.low > 0:
        ratio_low, ratio_high = _growth_bounds(first, second, grows=grows)
        if ratio_low <= change.high + change.half and ratio_high >= change.low:
            return None
        if first.is_percent and low <= change.high and high >= change.low:
            return _points(view, first, second, change)
        value = sign * (second.value - first.value) / first.value * 100
        if value < 0:
            return _wrong_direction(view, first, second, verb[0])
        if change.is_vague and ratio_high >= change.low:
            return None
        computed = percent(value, decimals(change))
        return view.finding(
            "ARITHMETIC_007", "wrong", span, {**params, "computed": computed}, related, computed
        )
    if change.unit == "倍" and first.low > 0:
        times = second.value / first.value
        if min(abs(times - change.value), abs(times - 1 - change.value)) <= max(
            change.half, Fraction(1, 10) * change.value
        ):
            return None
        if change.is_vague:
            return None
        computed = shown(times - 1, max(decimals(change), 1)) + "倍"
        return view.finding(
            "ARITHMETIC_007", "wrong", span, {**params, "computed": computed}, related, computed
        )
    return None


def _points(view: View, first: Item, second: Item, change: Item) -> Finding | None:
    """由60%提高到66%，提高6%: percentage points by a loose word."""
    if change.is_vague:
        return None
    expected = re.sub(r"[%％]$", "个百分点", change.figure.text)
    return view.finding(
        "ARITHMETIC_027",
        "warning",
        (change.start, change.end),
        {
            "first": view.written(first),
            "last": view.written(second),
            "change": view.written(change),
            "expected": expected,
        },
        [(first.start, first.end), (second.start, second.end)],
        expected,
        has_replacement=True,
    )


def _wrong_direction(view: View, first: Item, second: Item, word: str) -> Finding:
    return view.finding(
        "ARITHMETIC_009", "wrong", (second.start, second.end),
        {"first": view.written(first), "last": view.written(second), "word": word},
        [(first.start, first.end), (second.start, second.end)],
    )  # fmt: skip


def _growth_bounds(first: Item, second: Item, *, grows: bool) -> tuple[Fraction, Fraction]:
    low = (second.low / first.high - 1) * 100
    high = (second.high / first.low - 1) * 100
    return (low, high) if grows else (-high, -low)


# ── X，同比增加 C，增长 R% ─────────────────────────────────────────────────────────────────────────────────────────────


def _value_increase_rate(view: View, index: int) -> Iterator[Finding]:
    value = view.items[index]
    if value.is_percent or value.is_vague or (value.figure.per and value.unit != "元"):
        return
    close = _following(view, value)
    if len(close) != 2:
        return
    change, rate = close
    if change.is_percent:
        change, rate = rate, change
    verb, rate_verb = _CHANGE.search(change.local), _CHANGE.search(rate.local)
    if (
        change.unit != value.unit
        or not rate.is_percent
        or verb is None
        or rate_verb is None
        or rate.is_vague
        or change.is_vague
        or not _BASED.search(close[0].local)
        or _CHANGE.search(value.local)
        or _REAL.search(view.clean[value.end : rate.start])
        or (verb[1] is None) is not (rate_verb[1] is None)
    ):
        return
    sign = 1 if verb[1] is not None else -1
    prior_low, prior_high = value.low - sign * change.high, value.high - sign * change.low
    if sign < 0:
        prior_low, prior_high = value.low + change.low, value.high + change.high
    if prior_low <= 0:
        return
    low, high = change.low / prior_high * 100, change.high / prior_low * 100
    if low <= rate.high + rate.half and high >= rate.low - rate.half:
        return
    prior = value.value - sign * change.value
    computed = percent(change.value / prior * 100, decimals(rate))
    yield view.finding(
        "ARITHMETIC_007",
        "wrong",
        (rate.start, rate.end),
        {
            "first": in_unit_of(prior, value),
            "last": view.written(value),
            "change": view.written(rate),
            "computed": computed,
        },
        [(value.start, value.end), (change.start, change.end)],
        computed,
    )


# ── 上年 A，今年 B，增长 R% ────────────────────────────────────────────────────────────────────────────────────────────


def _last_year_this_year(view: View, index: int) -> Iterator[Finding]:
    """上年32万元，今年36.8万元，同比增长15%; 今年36.8万元，比上年的32万元增长15%."""
    change = view.items[index]
    if index < 2 or (change.unit not in {"%", "百分点"} and not _BASED.search(change.local)):
        return
    verb = _CHANGE.search(change.local)
    if verb is None or _REAL.search(change.local) or change.figure.upper is not None:
        return
    first, second = view.items[index - 2], view.items[index - 1]
    if (
        first.passage != change.passage
        or first.unit != second.unit
        or first.is_vague
        or second.is_vague
    ):
        return
    if first.figure.per != second.figure.per or change.start - second.end > 16:
        return
    if re.search(r"[；;]|其中", view.clean[first.start : change.start]) or _OUTPUT.search(
        first.local + second.local
    ):
        return
    gap = view.gap(first, second)
    if len(gap) > 24 or _STEP.search(first.local) or _STEP.search(second.local):
        return
    first_years, second_years = _year_of(first), _year_of(second)
    is_rising = _LAST.search(first.local) is not None and (
        _LAST.search(second.local) is None and _THIS.search(second.local) is not None
    )
    is_falling = (
        _LAST.search(gap) is not None
        and re.search(r"比|较|(?:上年|去年)(?:同期)?(?:为|是|只有|仅|$)", gap) is not None
        and _LAST.search(first.local) is None
    )
    if first_years and second_years and second_years == first_years + 1:
        is_rising = True
    if is_rising and not _CHANGE.search(first.local + second.local):
        finding = _judge_change(view, first, second, change)
    elif is_falling and not _CHANGE.search(first.local + second.local):
        finding = _judge_change(view, second, first, change)
    else:
        return
    if finding is not None and not (
        first.is_percent and change.is_percent and finding.severity == "wrong"
    ):
        yield finding


def _rate_first(view: View, index: int) -> Iterator[Finding]:
    """同比下降10.5%，今年165起，去年177起."""
    change = view.items[index]
    if change.unit != "%" or index + 2 >= len(view.items) or change.is_vague:
        return
    this, last = view.items[index + 1], view.items[index + 2]
    if (
        not _BASED.search(change.local)
        or _CHANGE.search(change.local) is None
        or _REAL.search(change.local)
        or last.passage != change.passage
        or this.unit != last.unit
        or re.search(r"(?:今年|本年)(?:为|是|共)?$", this.local) is None
        or re.search(r"(?:去年|上年)(?:同期)?(?:为|是|共)?$", last.local) is None
        or last.start - change.end > 30
    ):
        return
    finding = _judge_change(view, last, this, change)
    if finding is not None:
        yield finding


def _year_of(item: Item) -> int:
    found = re.findall(r"(?<!\d)((?:19|20)\d\d)年", item.local)
    return int(found[-1]) if len(found) == 1 else 0
