"""What the recomputing detectors look at: the figures of a draft as intervals, each with the words around it.

A written number stands for every value that would have been written so: 5.2万元 for anything from 51500 to 52500 元. This
module turns figures into such intervals and cuts the text around them; it must not know any particular relation.
"""

from __future__ import annotations

import bisect
import re
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import TYPE_CHECKING, Any, Final

from shuzhi.core.checking.model import Finding, FindingSeverity, TextFigure
from shuzhi.core.formatting import last_place
from shuzhi.core.quantities import canonical, decimal_of

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from shuzhi.core.checking.study import Study

#: How many characters before and behind a figure are ever looked at: what keeps the work linear.
REACH: Final = 60

#: Units that count the same things, or the same thing by another factor: unit → (common unit, factor).
_COMMON: Final[Mapping[str, tuple[str, int]]] = {
    "名": ("人", 1), "位": ("人", 1), "口": ("人", 1), "人": ("人", 1), "人口": ("人", 1),
    "公顷": ("亩", 15), "亩": ("亩", 1), "市斤": ("斤", 1), "公斤": ("斤", 2), "千克": ("斤", 2),
    "吨": ("斤", 2000), "斤": ("斤", 1), "％": ("%", 1), "个百分点": ("百分点", 1), "户次": ("户次", 1),
}  # fmt: skip

#: Measure words that say nothing of what is counted, so that the noun must be compared.
GENERIC: Final = frozenset("个项处条所家座支件次批类台辆套块间栋幢只头株棵场期篇起宗片盏口种")

#: Words that only say in what state, or of which rank, the things are: 其中已完工8个, 省级3个.
_STATE: Final = re.compile(
    r"^(?:已|实际|实有|实|全部|仅|有)*+(?:完[工成]|建成|竣工|新开工|未开工|开工|在建|新建|续建|达标|合格|通过|整改|化解|办结|投[产用]|[省市县国]家?级|改造|验收|落地|销号|入库|优秀|良好|脱贫|出列|部级)*+"
    r"(?:投入使用|到位|完成)?$"
)

#: Units in which a whole number is a count or an exact sum of money, not a rounded measure.
_COUNTED: Final = GENERIC | {
    "人",
    "户",
    "元",
    "人次",
    "户次",
    "场次",
    "次",
    "村",
    "组",
    "天",
    "例",
    "对",
    "份",
    "班",
}

_CUT: Final = re.compile(r"[，,。！？!?；;：:、（）()\n“”‘’《》【】]")
_STOP: Final = re.compile(r"[。！？!?\n]")
_HAN_HEAD: Final = re.compile(r"[\u4e00-\u9fff]{1,10}")
_HAN_TAIL: Final = re.compile(r"[\u4e00-\u9fffA-Za-z]{1,16}$")

#: Words before a figure that make it a change, an average, a share or a bound rather than an amount of the thing.
_NOT_AN_AMOUNT: Final = re.compile(
    r"同比|环比|增(?:[长幅速收至]|加(?!值))|净增|下降|减[少幅]|降[低幅至]|提[高升]|上升|比上年|较上年|比去年|较去年|超出|翻"
    r"|人均|户均|亩均|村均|平均|[年月日]均|每|单[价个]|占|率|第\d*$|排名?|位[居列]|不[少低]于|不超过|达标线|剩余?|还[有剩]|尚有|未|欠|缺"
)
#: Words behind a figure that make it a bound: 10亩以上的大户.
_BOUND_BEHIND: Final = re.compile(r"^(?:及)?以[上下内]|^[/／每]")


@dataclass(frozen=True, slots=True)
class Item:
    """A figure with a value, ready to be reckoned with."""

    index: int  #: among the view's items
    figure: TextFigure
    start: int  #: in Reading.clean
    end: int
    value: Fraction  #: in `unit`
    half: Fraction  #: half of what the last digit written is worth, in `unit`
    unit: str  #: common unit: 名, 位 → 人; 公顷 → 亩
    is_counted: bool  #: a whole number of things or of 元: exact unless a word says otherwise
    passage: int  #: which full sentence (cut at 。！？ and line ends) it stands in
    local: str  #: words straight before it, back to the nearest punctuation or figure
    lead: str  #: words before it, back to the figure before or the passage's start (REACH at most)
    tail: str  #: words behind it, up to the next figure or the passage's end (REACH at most)

    low: Fraction  #: the smallest value the writing allows
    high: Fraction  #: the largest value the writing allows

    @property
    def is_vague(self) -> bool:
        """Whether it is a range or carries 余, 近, 约 and the like."""
        return self.figure.approx or self.figure.upper is not None

    @property
    def is_percent(self) -> bool:
        """Whether it is a percentage."""
        return self.unit == "%"

    @property
    def is_amount(self) -> bool:
        """Whether it says how much there is of something: no rate, change, average, bound, standard or rank."""
        return (
            self.unit not in {"%", "百分点", "‰", "倍", "成"}
            and not self.figure.per
            and self.figure.role not in {"rate", "comparison", "threshold", "placeholder"}
            and self.figure.upper is None
            and _NOT_AN_AMOUNT.search(self.local) is None
            and _BOUND_BEHIND.match(self.tail) is None
        )

    @property
    def noun(self) -> str:
        """What is counted, as far as it can be read off: the noun behind a bare measure word, else the words before."""
        if self.figure.raw_unit[-1:] in GENERIC:
            behind = _HAN_HEAD.match(self.tail)
            if behind is not None:
                return behind[0]
        return self.label

    @property
    def label(self) -> str:
        """The words straight before the figure."""
        found = _HAN_TAIL.search(self.local)
        return found[0] if found else ""


def _bounds(
    figure: TextFigure, value: Fraction, half: Fraction, *, is_counted: bool
) -> tuple[Fraction, Fraction]:
    """The values the writing allows: the rounding of the digits, and what 余, 近, 约, 以上 … say."""
    if not figure.approx:
        if figure.upper is not None:
            return value, max(value, Fraction(figure.upper))
        return (value, value) if is_counted else (value - half, value + half)
    place = max(_place(figure.number, value), half * 2)
    match figure.word:
        case "余" | "多":
            return value, value + place
        case "近":
            return value - place, value
        case "以上" | "至少" | "不少于" | "不低于" | "达到" | "超" | "超过" | "突破":
            return value, value * 2 + place
        case "以下" | "以内" | "不超过" | "不足" | "不满" | "不到":
            return Fraction(0), value
    return value - place, value + place


def _place(number: str, value: Fraction) -> Fraction:
    """What the last digit that was meant is worth: 300余 → 100, 5.2万 → 1000."""
    try:
        digits = Decimal(number.replace(",", ""))
    except ArithmeticError:
        # Chinese numerals: the last place of the value itself.
        return last_place(Decimal(canonical(decimal_of(value)))) if value else Fraction(1)
    return last_place(digits) * value / Fraction(digits) if digits else Fraction(1)


@dataclass(frozen=True)
class View:
    """The items of a draft, in order, with the text they stand in."""

    study: Study
    clean: str
    items: tuple[Item, ...]
    passages: tuple[tuple[int, int], ...]
    by_passage: Mapping[int, tuple[Item, ...]]
    blocked: frozenset[int]  #: passages with placeholders: nothing there can be recomputed

    def gap(self, first: Item, second: Item) -> str:
        """The text between two items."""
        return self.clean[first.end : second.start]

    def written(self, item: Item) -> str:
        """The item as the text has it."""
        return item.figure.text

    def finding(
        self,
        code: str,
        severity: FindingSeverity,
        span: tuple[int, int],
        params: Mapping[str, Any],
        related: Sequence[tuple[int, int]] = (),
        expected: str = "",
        *,
        has_replacement: bool = False,
    ) -> Finding:
        """A finding at characters of the clean text."""
        back = self.study.reading.back
        start, end = back(*span)
        return Finding(
            code, severity, start, end, dict(params), expected,
            tuple(back(*one) for one in related), has_replacement,
        )  # fmt: skip


def make_view(study: Study) -> View:
    """Lay the figures of a draft out for recomputing. Linear in the text's length."""
    clean = study.reading.clean
    passages: list[tuple[int, int]] = []
    start = 0
    for stop in _STOP.finditer(clean):
        if stop.start() > start:
            passages.append((start, stop.end()))
        start = stop.end()
    if start < len(clean) or not passages:
        passages.append((start, len(clean)))
    starts = [one for one, _ in passages]

    items: list[Item] = []
    blocked: set[int] = set()
    figures = study.figures
    for position, figure in enumerate(figures):
        at_start, at_end = figure.at
        number = max(bisect.bisect_right(starts, at_start) - 1, 0)
        if figure.value is None:
            blocked.add(number)
            continue
        left = max(passages[number][0], at_start - REACH)
        if position and figures[position - 1].at[1] > left:
            left = min(figures[position - 1].at[1], at_start)
        right = min(max(passages[number][1], at_end), at_end + REACH)
        if position + 1 < len(figures):
            right = max(min(right, figures[position + 1].at[0]), at_end)
        lead = clean[left:at_start]
        unit, factor = _COMMON.get(figure.unit, (figure.unit, 1))
        value, half = Fraction(figure.value), Fraction(figure.step) / 2
        if factor != 1:
            value, half = value * factor, half * factor
        is_counted = (
            unit in _COUNTED
            and "." not in figure.number
            and half * 2 <= 1
            and value.denominator == 1
        )
        low, high = _bounds(figure, value, half, is_counted=is_counted)
        items.append(
            Item(
                index=len(items),
                figure=figure,
                start=at_start,
                end=at_end,
                value=value,
                half=half,
                unit=unit,
                is_counted=is_counted,
                passage=number,
                local=_CUT.split(lead)[-1],
                lead=lead,
                tail=clean[at_end:right],
                low=low,
                high=high,
            )
        )
    grouped: dict[int, list[Item]] = {}
    for item in items:
        grouped.setdefault(item.passage, []).append(item)
    return View(
        study=study,
        clean=clean,
        items=tuple(items),
        passages=tuple(passages),
        by_passage={number: tuple(found) for number, found in grouped.items()},
        blocked=frozenset(blocked),
    )


# ── numbers in the words of the text ──────────────────────────────────────────────────────────────────────────────────


def shown(value: Fraction, places: int | None = None) -> str:
    """A number in plain digits, rounded half up to `places` decimals where it would not end.

    >>> shown(Fraction(1920)), shown(Fraction(2, 3), 1)
    ('1920', '0.7')
    """
    if places is None:
        places = 0 if value.denominator == 1 else 4
    scaled = value * 10**places
    rounded = Fraction((abs(scaled) + Fraction(1, 2)) // 1) / 10**places
    return canonical(decimal_of(rounded if value >= 0 else -rounded))


def percent(value: Fraction, places: int) -> str:
    """A percentage with as many decimals as the text gives it: 8.0%."""
    text = shown(value, places)
    whole, _, rest = text.partition(".")
    return (f"{whole}.{rest.ljust(places, '0')}" if places else whole) + "%"


def decimals(item: Item) -> int:
    """How many decimals the number is written with."""
    return len(item.figure.number.partition(".")[2]) if "." in item.figure.number else 0


def in_unit_of(value: Fraction, item: Item, places: int | None = None) -> str:
    """A value (in the common unit) written in the unit an item is written in: 19300 beside 1.92公里 → 1.93公里."""
    factor = item_factor(item)
    number = value / factor
    if places is None:
        wanted = decimals(item)
        exact = number * 10**wanted
        places = wanted if exact.denominator == 1 else wanted + 2
    return shown(number, places) + item.figure.raw_unit


def item_factor(item: Item) -> Fraction:
    """What one of the unit as written is worth in the common unit (万元 → 10000)."""
    try:
        number = Fraction(Decimal(item.figure.number.replace(",", "")))
    except ArithmeticError:
        return Fraction(1)
    return item.value / number if number else Fraction(1)


def power_between(found: Fraction, exact: Fraction) -> str:
    """How many times too much or too little, when that is a power of ten: what 万元 for 元 leaves behind; else ""."""
    for power in (10, 100, 1000, 10_000, 100_000_000):
        if found == exact * power or exact == found * power:
            return str(power)
    return ""


def finest(items: Sequence[Item]) -> Fraction:
    """Half of the finest last digit among items: a list 4.5万元、19万元 is written to a tenth of 万."""
    return min((item.half for item in items), default=Fraction(0))


def common_unit(unit: str) -> tuple[str, int]:
    """The unit things of this unit are reckoned in, and its factor: 公斤 → 斤, 2."""
    return _COMMON.get(unit, (unit, 1))


def is_one_thing(whole: Item, part: Item) -> bool:
    """Whether two items count the same kind of thing, as far as their nouns say.

    人, 户, 元 and 亩 say it by themselves; 个 and 项 do not: 5个乡镇，其中甲镇12个村.
    """
    if whole.unit != part.unit:
        return False
    measure = whole.figure.raw_unit[-1:]
    if measure not in GENERIC:
        return True
    first, second = whole.noun, part.noun.removeprefix("其中")
    if _STATE.match(second):
        return True
    if measure not in "个项" and not _HAN_HEAD.match(part.tail):
        # 件, 所, 家 with no other noun behind them go on counting what the total counts.
        return True
    if not first or not second:
        return bool(second) is bool(first) or not second
    return bool(set(first[-3:]) & set(second[-3:]) - set("的了有为和及等"))
