"""Periods: half-open ranges of months, written ``2023``, ``2023H1``, ``2023Q3``, ``2023-07``, ``2019..2023``, ``..2023`` (all up to).

A month is an integer YYYYMM. A period holds months from `start` up to but not including `end`; everything in Shuzhi that
says "period" means this. Days, working days and holidays are no concern of this module.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from shuzhi.core.problems import Problem, ProblemsError

FIRST_MONTH = 190001  #: start of every "all up to" period
FIRST_YEAR = FIRST_MONTH // 100
LAST_YEAR = 2999

PeriodLanguage = Literal["code", "zh", "en"]


def next_month(month: int) -> int:
    """The month after (202312 → 202401)."""
    return month + 1 if month % 100 < 12 else month + 89


def add_months(month: int, count: int) -> int:
    """`count` months later (may be negative)."""
    index = month // 100 * 12 + month % 100 - 1 + count
    return index // 12 * 100 + index % 12 + 1


def month_of(date: str) -> int:
    """YYYYMM of an ISO date ("2023-08-01" → 202308)."""
    return int(date[:4]) * 100 + int(date[5:7])


@dataclass(frozen=True, slots=True, order=True)
class Period:
    """Months `start` ≤ m < `end`."""

    start: int
    end: int

    @property
    def last(self) -> int:
        """The last month inside."""
        return add_months(self.end, -1)

    @property
    def year(self) -> int:
        """The year of the last month."""
        return self.last // 100

    def contains(self, month: int) -> bool:
        """True when the month lies inside."""
        return self.start <= month < self.end


# ── making periods ────────────────────────────────────────────────────────────────────────────────────────────────────


def _check_year(number: int) -> None:
    if not FIRST_YEAR <= number <= LAST_YEAR:
        params = {"year": number, "first": FIRST_YEAR, "last": LAST_YEAR}
        raise ProblemsError([Problem("PERIOD_003", params)])


def _span(first: int, count: int) -> Period:
    return Period(first, add_months(first, count))


def year(number: int) -> Period:
    """The calendar year.

    >>> year(2023)
    Period(start=202301, end=202401)
    """
    _check_year(number)
    return _span(number * 100 + 1, 12)


def half(of_year: int, number: int) -> Period:
    """The first or second half of a year.

    >>> half(2023, 1)
    Period(start=202301, end=202307)
    """
    _check_year(of_year)
    if number not in (1, 2):
        raise ProblemsError([Problem("PERIOD_004", {"number": number})])
    return _span(of_year * 100 + 1 + 6 * (number - 1), 6)


def quarter(of_year: int, number: int) -> Period:
    """The quarter 1 to 4 of a year.

    >>> quarter(2023, 4)
    Period(start=202310, end=202401)
    """
    _check_year(of_year)
    if number not in (1, 2, 3, 4):
        raise ProblemsError([Problem("PERIOD_005", {"number": number})])
    return _span(of_year * 100 + 1 + 3 * (number - 1), 3)


def month(number: int) -> Period:
    """The single month YYYYMM.

    >>> month(202312)
    Period(start=202312, end=202401)
    """
    _check_year(number // 100)
    if not 1 <= number % 100 <= 12:
        raise ProblemsError([Problem("PERIOD_002", {"month": number % 100})])
    return _span(number, 1)


def up_to(period: Period) -> Period:
    """Everything up to the period's end.

    >>> format_period(up_to(year(2023)), "code")
    '..2023'
    """
    return Period(FIRST_MONTH, period.end)


def since(from_year: int, period: Period) -> Period:
    """From January of `from_year` to the period's end.

    >>> format_period(since(2019, half(2023, 1)), "code")
    '2019-01..2023-06'
    """
    _check_year(from_year)
    return _between(from_year * 100 + 1, period.end)


def previous_year(period: Period) -> Period:
    """The same months a year earlier, for 同比; an "all up to" period only ends a year earlier.

    >>> previous_year(quarter(2023, 2)) == quarter(2022, 2)
    True
    """
    return _shift(period, -12)


def next_year(period: Period) -> Period:
    """The same months a year later; an "all up to" period only ends a year later.

    >>> next_year(year(2023)) == year(2024)
    True
    """
    return _shift(period, 12)


def _shift(period: Period, count: int) -> Period:
    end = add_months(period.end, count)
    is_open = period.start == FIRST_MONTH and period != year(FIRST_YEAR)
    start = FIRST_MONTH if is_open else add_months(period.start, count)
    _check_year(start // 100)
    _check_year(add_months(end, -1) // 100)
    return Period(start, end)


def _between(start: int, end: int) -> Period:
    if start >= end:
        params = {"start": format_month(start), "end": format_month(add_months(end, -1))}
        raise ProblemsError([Problem("PERIOD_006", params)])
    return Period(start, end)


def iterate_months(period: Period) -> Iterator[int]:
    """The months inside, in order.

    >>> list(iterate_months(Period(202311, 202402)))
    [202311, 202312, 202401]
    """
    current = period.start
    while current < period.end:
        yield current
        current = next_month(current)


def count_months(period: Period) -> int:
    """How many months lie inside.

    >>> count_months(year(2023))
    12
    """
    return (period.end // 100 - period.start // 100) * 12 + period.end % 100 - period.start % 100


# ── reading ───────────────────────────────────────────────────────────────────────────────────────────────────────────

_DIGITS = str.maketrans("０１２３４５６７８９．－～ＨＱ", "0123456789.-~HQ")
_YEAR_DIGITS = str.maketrans("〇零○一二三四五六七八九", "000123456789")
_NUMBERS = {"一": 1, "二": 2, "三": 3, "四": 4, "1": 1, "2": 2, "3": 3, "4": 4}

_DASH = "(?:-|–|—|——|~|至|到)"
_CHINESE_YEAR = re.compile(r"^([〇零○一二三四五六七八九]{4})(?=年)")
_CODE = re.compile(r"^(\d{4})(?:[Hh](\d)|[Qq](\d)|[-/.](\d{1,2}))?$")
_CHINESE = re.compile(r"^(\d{4})年度?(?:全年|(上|下)半年|第?([一二三四1-4])季度|(\d{1,2})月份?)?$")
_CHINESE_MONTHS = re.compile(rf"^(\d{{4}})年(\d{{1,2}})月?{_DASH}(\d{{1,2}})月份?$")
_CHINESE_YEARS = re.compile(rf"^(\d{{4}})年?{_DASH}(\d{{4}})年$")
_CHINESE_RANGE = re.compile(rf"^(\d{{4}}年.*?){_DASH}(\d{{4}}年.*)$")
_CHINESE_UP_TO = re.compile(r"^(?:截至|截止|截止到|到)(\d{4}年.*?)(?:年?底|末)?$")


def parse_period(text: str) -> Period:
    """Read a period as a code (2023, 2023H1, 2023Q3, 2023-07, 2019..2023, ..2023) or in Chinese (2023年第三季度).

    Raises ProblemsError with everything that makes the text no period (both ends of a range are looked at).

    >>> parse_period("2023H2") == parse_period("2023年下半年")
    True
    >>> parse_period("..2023-07")
    Period(start=190001, end=202308)
    """
    plain = re.sub(r"\s+", "", text).translate(_DIGITS)
    plain = _CHINESE_YEAR.sub(lambda found: found[1].translate(_YEAR_DIGITS), plain)
    if not plain:
        raise ProblemsError([Problem("PERIOD_007")])
    if ".." in plain:
        left, _, right = plain.partition("..")
        return _parse_range(left, right, text) if left else up_to(_parse_simple(right, text))
    if found := _CHINESE_MONTHS.match(plain):
        first = month(int(found[1]) * 100 + int(found[2]))
        return _between(first.start, month(int(found[1]) * 100 + int(found[3])).end)
    if found := _CHINESE_YEARS.match(plain):
        return _between(year(int(found[1])).start, year(int(found[2])).end)
    if found := _CHINESE_RANGE.match(plain):
        return _parse_range(found[1], found[2], text)
    if found := _CHINESE_UP_TO.match(plain):
        return up_to(_parse_simple(found[1], text))
    return _parse_simple(plain, text)


def _parse_range(left: str, right: str, text: str) -> Period:
    problems: list[Problem] = []
    ends: list[Period] = []
    for part in (left, right):
        try:
            ends.append(_parse_simple(part, text))
        except ProblemsError as error:
            problems += [problem for problem in error.problems if problem not in problems]
    if problems:
        raise ProblemsError(problems)
    return _between(ends[0].start, ends[1].end)


def _parse_simple(plain: str, text: str) -> Period:
    if found := _CODE.match(plain):
        number = int(found[1])
        if found[2]:
            return half(number, int(found[2]))
        if found[3]:
            return quarter(number, int(found[3]))
        if found[4]:
            return month(number * 100 + int(found[4]))
        return year(number)
    if found := _CHINESE.match(plain):
        number = int(found[1])
        if found[2]:
            return half(number, 1 if found[2] == "上" else 2)
        if found[3]:
            return quarter(number, _NUMBERS[found[3]])
        if found[4]:
            return month(number * 100 + int(found[4]))
        return year(number)
    raise ProblemsError([Problem("PERIOD_001", {"text": text})])


def parse_month(text: str) -> int:
    """A single month, "2023-07" or 2023年7月, as YYYYMM. Raises ProblemsError for anything longer than a month.

    >>> parse_month("2023年7月")
    202307
    """
    period = parse_period(text)
    if count_months(period) != 1:
        raise ProblemsError([Problem("PERIOD_008", {"text": text})])
    return period.start


# ── writing ───────────────────────────────────────────────────────────────────────────────────────────────────────────

_QUARTERS_ZH = ("一", "二", "三", "四")
_QUARTERS_EN = ("first", "second", "third", "fourth")
_MONTHS_EN = (
    "January", "February", "March", "April", "May", "June",
    "July", "August", "September", "October", "November", "December",
)  # fmt: skip


def format_month(number: int) -> str:
    """YYYYMM as it is kept in a payload.

    >>> format_month(202307)
    '2023-07'
    """
    return f"{number // 100:04d}-{number % 100:02d}"


def format_period(period: Period, language: PeriodLanguage = "zh") -> str:
    """The period's shortest name; what is written as ``code`` or ``zh`` can be read back by `parse_period`.

    >>> format_period(quarter(2023, 3)), format_period(quarter(2023, 3), "code")
    ('2023年第三季度', '2023Q3')
    >>> format_period(Period(202302, 202307), "code"), format_period(up_to(year(2023)))
    ('2023-02..2023-06', '截至2023年底')
    """
    single = _format_single(period, language)
    if single:
        return single
    first, last = period.start, period.last
    whole_years = first % 100 == 1 and last % 100 == 12
    if period.start == FIRST_MONTH:
        return _format_up_to(last, language)
    if language == "code":
        if whole_years:
            return f"{first // 100}..{last // 100}"
        return f"{format_month(first)}..{format_month(last)}"
    if language == "en":
        if whole_years:
            return f"{first // 100}–{last // 100}"
        return f"{_month_in_words(first, 'en')} to {_month_in_words(last, 'en')}"
    if whole_years:
        return f"{first // 100}年至{last // 100}年"
    if first // 100 == last // 100:
        return f"{first // 100}年{first % 100}月至{last % 100}月"
    return f"{_month_in_words(first, 'zh')}至{_month_in_words(last, 'zh')}"


def _format_single(period: Period, language: PeriodLanguage) -> str:
    """The name of a year, half, quarter or month; empty for any other range."""
    number, first = divmod(period.start, 100)
    length = count_months(period)
    if length == 12 and first == 1:
        return f"{number}年" if language == "zh" else str(number)
    if length == 6 and first in (1, 7):
        part = 1 if first == 1 else 2
        if language == "code":
            return f"{number}H{part}"
        if language == "en":
            return f"{'first' if part == 1 else 'second'} half of {number}"
        return f"{number}年{'上' if part == 1 else '下'}半年"
    if length == 3 and first % 3 == 1:
        index = first // 3
        if language == "code":
            return f"{number}Q{index + 1}"
        if language == "en":
            return f"{_QUARTERS_EN[index]} quarter of {number}"
        return f"{number}年第{_QUARTERS_ZH[index]}季度"
    if length == 1:
        return (
            format_month(period.start)
            if language == "code"
            else _month_in_words(period.start, language)
        )
    return ""


def _format_up_to(last: int, language: PeriodLanguage) -> str:
    whole = last % 100 == 12
    if language == "code":
        return f"..{last // 100}" if whole else f"..{format_month(last)}"
    if language == "en":
        return f"up to the end of {last // 100 if whole else _month_in_words(last, 'en')}"
    return f"截至{last // 100}年底" if whole else f"截至{_month_in_words(last, 'zh')}底"


def _month_in_words(number: int, language: PeriodLanguage) -> str:
    if language == "en":
        return f"{_MONTHS_EN[number % 100 - 1]} {number // 100}"
    return f"{number // 100}年{number % 100}月"
