"""Units and measure words as reports write them: which letters behind a number are one, and what it is in the base unit.

The words are data (`catalogue/words/figures`, `units.yaml`); how far each can be trusted is told by the list it stands in.
Whether a number with a unit counts something is decided in `figures`.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal
from typing import Final, Literal

from shuzhi.core.checking.lexicon import Lexicon

#: firm: a number before it counts · loose: it also makes names (三个方面) · noun: counts only after 辖, 共, 有.
MeasureClass = Literal["firm", "loose", "noun"]

#: What is put into a common unit; every other unit stays as written.
CONVERTED: Final = {
    "公里": ("米", Decimal(1000)),
    "千米": ("米", Decimal(1000)),
    "km": ("米", Decimal(1000)),
    "㎞": ("米", Decimal(1000)),
    "平方公里": ("平方米", Decimal(1_000_000)),
    "平方千米": ("平方米", Decimal(1_000_000)),
    "km²": ("平方米", Decimal(1_000_000)),
    "km2": ("平方米", Decimal(1_000_000)),
    "公顷": ("亩", Decimal(15)),
    "ha": ("亩", Decimal(15)),
    "平米": ("平方米", Decimal(1)),
    "㎡": ("平方米", Decimal(1)),
    "m²": ("平方米", Decimal(1)),
    "m2": ("平方米", Decimal(1)),
    "立方": ("立方米", Decimal(1)),
    "m³": ("立方米", Decimal(1)),
    "m3": ("立方米", Decimal(1)),
    "kg": ("公斤", Decimal(1)),
    "㎏": ("公斤", Decimal(1)),
    "块钱": ("元", Decimal(1)),
    "村": ("个", Decimal(1)),
    "个百分点": ("百分点", Decimal(1)),
    "个基点": ("基点", Decimal(1)),
}

#: Spellings of units.yaml that are no units behind a number in running text.
_NOT_IN_TEXT: Final = frozenset(
    {"年", "月", "日", "个月", "万", "亿", "百分之", "回", "工", "t", "m"}
)

#: What begins with a longer word and is none: 12项目标任务.
_AND_YET: Final = {"项目": r"(?!标(?![准书]))"}

#: No measure behind a small Chinese numeral: 三方, 两面, 一道, 三分.
ARABIC_ONLY: Final = frozenset("发届盘方面道分度升克字课节首管门段层单票包天位片对样款股类种班排列队组起顶部米车棚集") | {"平方", "立方"}  # fmt: skip

#: Of these, the ones a longer Chinese numeral may stand before: 十余层, 三十多篇.
ARABIC_OR_LONG: Final = frozenset("单组起票班节类种层门位米课字面首对天车") | {"平方", "立方"}


@dataclass(frozen=True)
class Measures:
    """Every unit with its class, and the pattern that finds the longest one at a place."""

    classes: dict[str, MeasureClass]
    pattern: re.Pattern[str]


def measures_of(lexicon: Lexicon) -> Measures:
    """The measures of a lexicon; built once."""
    known = lexicon.derived.get("measures")
    if isinstance(known, Measures):
        return known
    classes: dict[str, MeasureClass] = {}
    unless: dict[str, tuple[str, ...]] = {}
    for words in lexicon.lists.get("measure", ()):
        kind: MeasureClass = "firm"
        if words.key == "figures_measures_loose":
            kind = "loose"
        elif words.key == "figures_measures_nouns":
            kind = "noun"
        for word in words.words:
            classes.setdefault(word.text, kind)
            unless[word.text] = (*unless.get(word.text, ()), *word.unless)
    for spelling in lexicon.units.spellings():
        if spelling not in _NOT_IN_TEXT:
            classes.setdefault(spelling, "firm")
    branches = []
    for spelling in sorted(classes, key=len, reverse=True):
        longer = [
            re.escape(one.removeprefix(spelling)) + _AND_YET.get(one, "")
            for one in unless.get(spelling, ())
            if one != spelling
        ]
        guard = f"(?!{'|'.join(sorted(longer))})" if longer else ""
        if spelling[-1].isascii() and spelling[-1].isalnum():
            guard += "(?![A-Za-z0-9])"
        branches.append(re.escape(spelling) + guard)
    built = Measures(classes, re.compile("|".join(branches)))
    lexicon.derived["measures"] = built
    return built


def base_of(unit: str) -> tuple[str, Decimal]:
    """The unit a figure is kept in, and how many of it one `unit` is.

    >>> base_of("公里"), base_of("吨")
    (('米', Decimal('1000')), ('吨', Decimal('1')))
    """
    return CONVERTED.get(unit, (unit, Decimal(1)))
