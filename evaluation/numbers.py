"""How offices write a number: 3.2万元, 32,000元, 三十余户, 近80%, 8—10公里 … and what it is then worth.

Written from GB/T 15835-2011 and from public reports, on purpose without a look at how checking reads numbers.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from decimal import ROUND_HALF_UP, Decimal
from random import Random

from evaluation.model import Number, Piece

_DIGITS = "零一二三四五六七八九"
_FULL = str.maketrans("0123456789.", "０１２３４５６７８９．")
#: Counted things that are also written 两座, 三个.
_MEASURES = frozenset("个座次场户处条所家台项期支名批栋部件起盏间")
_KILO = {
    "公顷": ("亩", Decimal(15)),
    "公里": ("米", Decimal(1000)),
    "千米": ("米", Decimal(1000)),
    "平方公里": ("平方米", Decimal(1000000)),
}


#: Unit signs, and the words they stand for: a reader may keep the one or give the other.
_SIGNS = {
    "km": ("米", Decimal(1000)),
    "㎡": ("平方米", Decimal(1)),
    "m³": ("立方米", Decimal(1)),
}


@dataclass(frozen=True)
class Habits:
    """How one writer writes numbers."""

    full_width: bool
    commas: bool  #: 113,870元
    money_in_wan: bool
    land_in_wan: bool
    percent: str  #: % or ％
    dash: str  #: between the ends of a range
    zero_led: bool  #: 0.54万头
    spaced: bool  #: 121.1 万亩


def habits_of(rng: Random) -> Habits:
    """A writer's habits, most of them the usual ones."""
    return Habits(
        full_width=rng.random() < 0.05,
        commas=rng.random() < 0.08,
        money_in_wan=rng.random() < 0.85,
        land_in_wan=rng.random() < 0.8,
        percent="％" if rng.random() < 0.15 else "%",
        dash=rng.choice(["—", "-", "－", "～", "~", "至", "到", "–"]),
        zero_led=rng.random() < 0.1,
        spaced=rng.random() < 0.04,
    )


def plain(value: Decimal) -> str:
    """Digits without exponent and without useless zeros."""
    text = f"{value:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def in_chinese(value: int) -> str:
    """Chinese numerals up to 9999: 一百二十, 三千零五."""
    if value < 10:
        return _DIGITS[value]
    text, zero = "", False
    for power, word in ((1000, "千"), (100, "百"), (10, "十"), (1, "")):
        digit = value // power % 10
        if digit:
            text += ("零" if zero and text else "") + _DIGITS[digit] + word
            zero = False
        else:
            zero = True
    text = text or _DIGITS[0]
    return text[1:] if text.startswith("一十") else text


def base_of(value: Decimal, unit: str) -> tuple[Decimal, str]:
    """Value and unit as the books of the evaluation hold them."""
    unit_base, factor = _KILO.get(unit, (unit, Decimal(1)))
    return value * factor, unit_base


def _spelt(digits: str, habits: Habits) -> str:
    if habits.commas and "." not in digits and len(digits) > 4:
        digits = f"{int(digits):,}"
    return digits.translate(_FULL) if habits.full_width else digits


def split(value: Decimal, unit: str, habits: Habits, may_scale: bool) -> tuple[Decimal, str]:
    """The number and the 万 or 亿 it is written with."""
    if unit == "元" and not habits.money_in_wan and value < 10**7:
        return value, ""
    if unit not in {"元"} and not habits.land_in_wan and value < 10**6:
        return value, ""
    if not may_scale or unit in {"个", "名", "次", "场", "%", "百分点", "倍"}:
        return value, ""
    if value >= 10**8:
        return value / 10**8, "亿"
    zero_led = habits.zero_led and value >= 1000 and value % 100 == 0
    if value >= 10**4 or zero_led or (unit == "元" and value >= 1000 and habits.money_in_wan):
        return value / 10**4, "万"
    return value, ""


def exact(
    value: Decimal, unit: str, role: str, habits: Habits, rng: Random, *, may_scale: bool = True
) -> tuple[Piece, ...]:
    """A number written out in full."""
    if unit == "%":
        return _percent(value, role, habits, rng)
    number, magnitude = split(value, unit, habits, may_scale)
    if magnitude and len(plain(number).partition(".")[2]) > 4:
        number, magnitude = value, ""
    whole = number == number.to_integral_value()
    if not magnitude and whole and 2 <= number <= 10 and unit in _MEASURES and rng.random() < 0.12:
        word = "两" if number == 2 else in_chinese(int(number))
        return (Piece(word + unit, _number(value, unit, role, "chinese")),)
    digits = plain(number)
    written = _spelt(digits, habits)
    writing = (
        "full width"
        if habits.full_width
        else "comma"
        if "," in written
        else magnitude or ("decimal" if "." in digits else "arabic")
    )
    shown = "个百分点" if unit == "百分点" else unit
    if habits.spaced and writing != "full width":
        written, writing = written + " ", "spaced"
    return (Piece(written + magnitude + shown, _number(value, unit, role, writing)),)


def _number(value: Decimal, unit: str, role: str, writing: str) -> Number:
    base, base_unit = base_of(value, unit)
    spelt = _SIGNS.get(unit)
    others = ((value * spelt[1], spelt[0]),) if spelt else ()
    return Number(base, base_unit, role, writing, others=others)


def _percent(value: Decimal, role: str, habits: Habits, rng: Random) -> tuple[Piece, ...]:
    chance = rng.random()
    digits = plain(value)
    if chance < 0.03 and value < 1000:
        whole, _, part = digits.partition(".")
        words = "百分之" + in_chinese(int(whole))
        if part:
            words += "点" + "".join(_DIGITS[int(one)] for one in part)
        return (Piece(words, Number(value, "%", role, "百分之")),)
    if chance < 0.1 and value % 10 == 0 and 10 < value < 100:
        words = in_chinese(int(value // 10)) + "成"
        number = Number(value, "%", role, "成", others=((value / 10, "成"), (value / 100, "")))
        return (Piece(words, number),)
    return (Piece(_spelt(digits, habits) + habits.percent, Number(value, "%", role, "percent")),)


def about(
    value: Decimal, unit: str, role: str, habits: Habits, rng: Random, *, may_scale: bool = True
) -> tuple[Piece, ...]:
    """A rounded number with 余, 多, 近, 约, 以上 …; the words outside it are pieces of their own."""
    number, magnitude = split(value, unit, habits, may_scale)
    size = Decimal(10) ** (len(str(int(number))) - 1)
    step = size if rng.random() < 0.5 or size < 10 else size / 10
    shown = max((number / step).to_integral_value(ROUND_HALF_UP), Decimal(1)) * step
    scale = {"": 1, "万": 10**4, "亿": 10**8}[magnitude]
    chance = rng.random()
    if (
        not magnitude
        and unit in _MEASURES
        and shown % 10 == 0
        and 10 <= shown < 100
        and chance < 0.3
    ):
        words = in_chinese(int(shown)) + rng.choice("余多") + unit
        return (Piece(words, _number(shown, unit, role, "chinese 余")),)
    if not magnitude and unit in {"户", "人", "人次"} and 60 <= shown < 1000 and chance < 0.25:
        hundreds = max(int(shown) // 100, 1)
        if hundreds == 1:
            hundred = replace(_number(Decimal(100), unit, role, "chinese 余"), heads=("上",))
            if rng.random() < 0.5:
                return (Piece("上"), Piece("百" + unit, hundred))
            return (Piece("近"), Piece("百" + unit, hundred))
        words = ("两" if hundreds == 2 else in_chinese(hundreds)) + "百" + rng.choice("余多")
        return (Piece(words + unit, _number(Decimal(hundreds * 100), unit, role, "chinese 余")),)
    digits = _spelt(plain(shown), habits)
    if magnitude and shown >= 10 and chance < 0.3:
        return (
            Piece(
                digits + rng.choice("余多") + magnitude + unit,
                _number(shown * scale, unit, role, "余 inside"),
            ),
        )
    if chance < 0.55:
        is_round = shown % 10 == 0 or magnitude  # nobody writes 24余公里
        inside = rng.choice("余余多") if is_round and shown >= 1 else ""
        if inside:
            return (
                Piece(
                    digits + magnitude + inside + unit,
                    _number(shown * scale, unit, role, "余 inside"),
                ),
            )
    if chance < 0.8:
        word = rng.choice(["近", "约", "超", "超过", "大约", "将近", "不足", "逾"])
        return (
            Piece(word),
            Piece(digits + magnitude + unit, _number(shown * scale, unit, role, "word before")),
        )
    return (
        Piece(digits + magnitude + unit, _number(shown * scale, unit, role, "word behind")),
        Piece(rng.choice(["以上", "左右", "上下"])),
    )


def ranging(
    low: Decimal, high: Decimal, unit: str, role: str, habits: Habits, rng: Random
) -> tuple[Piece, ...]:
    """8—10公里, 63%～68%, 3至5户: one figure, worth its lower end."""
    if unit == "%":
        first = _spelt(plain(low), habits) + (habits.percent if rng.random() < 0.7 else "")
        text = first + habits.dash + _spelt(plain(high), habits) + habits.percent
        return (Piece(text, Number(low, "%", role, "range")),)
    lower, magnitude = split(low, unit, habits, True)
    scale = {"": 1, "万": 10**4, "亿": 10**8}[magnitude]
    text = (
        _spelt(plain(lower), habits)
        + habits.dash
        + _spelt(plain(high / scale), habits)
        + magnitude
        + unit
    )
    return (Piece(text, _number(low, unit, role, "range")),)
