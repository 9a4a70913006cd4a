"""How a value is printed in a report: 48.2875万元, 100余篇, 近100户, 60%以上, 2024年1月5日.

A rounded number with 余, 多, 近, 约 or 以上 is a statement, so it is only printed where it is true of the exact value; the
same rule tells later whether such a word in somebody's draft is true. Digits, 万 and 亿 follow GB/T 15835-2011. Nothing
here knows where a value comes from or what it counts.
"""

from __future__ import annotations

import datetime
import re
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import Literal

from shuzhi.core.periods import PeriodLanguage, format_period, month
from shuzhi.core.problems import Problem, ProblemsError
from shuzhi.core.quantities import PREFIXES, Units, canonical, decimal_of, is_terminating

StyleWord = Literal["余", "多", "以上", "近", "约"]

#: Decimals kept where a unit does not divide evenly (亩 as 公顷).
ROUNDED_DECIMALS = 4

_STYLE = re.compile(r"^(余|多|以上|近|约)(\d+(?:\.\d+)?)$")

#: How far 近, 约 and 左右 may be off: a tenth of the shown number. No standard says; 近100 for 91 is fair, for 60 it is not.
NEAR = Fraction(1, 10)


@dataclass(frozen=True, slots=True)
class Style:
    """A rounding style of a figure slot: the word, and the step in the shown unit (余100)."""

    word: StyleWord
    step: Decimal


@dataclass(frozen=True, slots=True)
class Display:
    """A printed value."""

    text: str  #: all of it: 5万余元
    number: str  #: the digits alone: 5
    unit: str  #: the unit as printed: 万元
    approx: bool  #: True when a word or a rounding makes it less than exact
    shown: Decimal  #: what the digits say, in the base unit: 50000


def parse_style(text: str) -> Style | None:
    """The style a slot names after ``|``; None for the empty style.

    Raises ProblemsError (QUANTITY_010) for anything but 余, 多, 以上, 近, 约 followed by a step above zero.

    >>> parse_style("余100")
    Style(word='余', step=Decimal('100'))
    """
    if not text:
        return None
    found = _STYLE.match(text)
    step = Decimal(found[2]) if found else Decimal(0)
    if found is None or not step:
        raise ProblemsError([Problem("QUANTITY_010", {"style": text})])
    word: StyleWord = found[1]  # type: ignore[assignment]  # the pattern allows only these words
    return Style(word, step)


# ── values ────────────────────────────────────────────────────────────────────────────────────────────────────────────


def format_value(value: Decimal, unit: str, units: Units, style: str = "") -> Display:
    """Print `value` (in the base unit) in `unit`.

    Without a style every digit is printed. With one the number is rounded to the step and the word set, unless that would be
    untrue or say nothing; then the exact number is printed. A unit that does not divide evenly is rounded and marked 约.
    Raises ProblemsError for an unknown unit or style.
    """
    units.require(unit)
    exact = units.from_base_exactly(value, unit)
    wanted = parse_style(style)
    if wanted is not None:
        rounded = _round(exact, wanted)
        says_something = rounded > 0 and (wanted.word == "以上" or rounded != exact)
        if says_something and is_consistent(decimal_of(rounded), wanted.word, exact):
            return _display(rounded, unit, units, wanted.word)
    if is_terminating(exact):
        return _display(exact, unit, units, "")
    return _display(_round_half_up(exact, Fraction(1, 10**ROUNDED_DECIMALS)), unit, units, "约")


def _round(exact: Fraction, style: Style) -> Fraction:
    step = Fraction(style.step)
    if style.word == "近":
        return -(-exact // step) * step
    if style.word == "约":
        return _round_half_up(exact, step)
    return exact // step * step


def _round_half_up(exact: Fraction, step: Fraction) -> Fraction:
    rounded = (abs(exact) / step + Fraction(1, 2)) // 1 * step
    return rounded if exact >= 0 else -rounded


def _display(number: Fraction, unit: str, units: Units, word: str) -> Display:
    digits = canonical(decimal_of(number))
    printed = _printed_unit(unit, units)
    if word in {"余", "多"}:
        magnitude, rest = _split_magnitude(printed, units)
        text = f"{digits}{magnitude}{word}{rest}"
    elif word == "以上":
        text = f"{digits}{printed}{word}"
    else:
        text = f"{word}{digits}{printed}"
    shown = units.to_base(Decimal(digits), unit)
    return Display(text=text, number=digits, unit=printed, approx=bool(word), shown=shown)


def _printed_unit(unit: str, units: Units) -> str:
    key = units.require(unit).key
    if key == "%":
        return "%"
    if key == "百分点":
        return "个百分点"  # a change of a share: 提高2.3个百分点
    return unit.strip()


def _split_magnitude(unit: str, units: Units) -> tuple[str, str]:
    """万元 → 万, 元, because 余 and 多 stand between them (5万余元). 千米 and 千克 stay whole."""
    for prefix in PREFIXES:
        rest = unit.removeprefix(prefix)
        is_magnitude = prefix[-1] in "万亿" or unit not in units.spellings()
        if rest and rest != unit and is_magnitude and rest in units:
            return prefix, rest
    return "", unit


# ── is the word true? ─────────────────────────────────────────────────────────────────────────────────────────────────


def last_place(shown: Decimal) -> Fraction:
    """The value of the last digit that was meant: 640 → 10, 2000 → 1000, 5.27 → 0.01.

    Zeros at the end of a whole number only hold the place; zeros after the point were written on purpose.

    >>> last_place(Decimal("640")), last_place(Decimal("5.20"))
    (Fraction(10, 1), Fraction(1, 100))
    """
    if shown == shown.to_integral_value() and "." not in f"{shown:f}":
        digits = f"{abs(shown):f}"
        return Fraction(10 ** (len(digits) - len(digits.rstrip("0")))) if shown else Fraction(1)
    return Fraction(1, 10 ** len(f"{shown:f}".partition(".")[2]))


def is_consistent(shown: Decimal, word: str, exact: Decimal | Fraction) -> bool:
    """Whether a shown number with its word is true of the exact value (both in the same unit).

    * none: equal · 以上 至少 不少于 不低于 达到: at least (以上 includes the number, Civil Code art. 1259) · 以下 以内 不超过: at most
    * 超 超过 突破: more · 不足 不满 不到: less
    * 余 多: more, but not so much that the last meant digit would be another (640余 is above 640 and below 650)
    * 近: less, by under one such digit and at most a tenth · 约 左右 大约: off by half such a digit and a tenth at most

    Raises ValueError for any other word.
    """
    number, value = Fraction(shown), Fraction(exact)
    place = last_place(shown)
    match word:
        case "":
            return value == number
        case "以上" | "至少" | "不少于" | "不低于" | "达到":
            return value >= number
        case "以下" | "以内" | "不超过":
            return value <= number
        case "超" | "超过" | "突破":
            return value > number
        case "不足" | "不满" | "不到":
            return value < number
        case "余" | "多":
            return number < value < number + place
        case "近":
            return number - min(place, abs(number) * NEAR) <= value < number
        case "约" | "左右" | "大约":
            return abs(value - number) <= min(place / 2, abs(number) * NEAR)
    raise ValueError(f"no rule for the word {word!r}")


# ── dates ─────────────────────────────────────────────────────────────────────────────────────────────────────────────


def format_date(iso: str, language: PeriodLanguage = "zh") -> str:
    """A day as official documents write it, without zero padding (GB/T 9704).

    Raises ProblemsError (QUANTITY_011) when the text is no day of the calendar.

    >>> format_date("2024-01-05"), format_date("2024-01-05", "en")
    ('2024年1月5日', '5 January 2024')
    """
    try:
        day = datetime.date.fromisoformat(iso)
    except ValueError:
        raise ProblemsError([Problem("QUANTITY_011", {"date": iso})]) from None
    if language == "code":
        return day.isoformat()
    if language == "en":
        return f"{day.day} {format_period(month(day.year * 100 + day.month), 'en')}"
    return f"{day.year}年{day.month}月{day.day}日"


def format_month(number: int, language: PeriodLanguage = "zh") -> str:
    """A month YYYYMM in words.

    >>> format_month(202307), format_month(202307, "en")
    ('2023年7月', 'July 2023')
    """
    return format_period(month(number), language)
