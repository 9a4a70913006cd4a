"""How numbers are written in reports: 48.2875, 12，345, 3千, 三十多, 十几万, 近百, 三分之二, XX.

Finds the digits and says what they are worth and how exact they are, following GB/T 15835-2011 and what clerks really write.
What is counted, and whether anything is counted at all, is not known here.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Context, Decimal
from typing import Final, Literal

NumberKind = Literal["arabic", "chinese", "placeholder"]

#: Stands for a character that is no part of any figure (a name, an ordinal), so that places do not shift.
BLANK: Final = "\0"

DIGITS: Final = "零〇一二两三四五六七八九"
_VALUE: Final = {
    "零": 0,
    "〇": 0,
    "一": 1,
    "二": 2,
    "两": 2,
    "三": 3,
    "四": 4,
    "五": 5,
    "六": 6,
    "七": 7,
    "八": 8,
    "九": 9,
}
_SMALL: Final = {"十": 10, "百": 100, "千": 1000}
MAGNITUDES: Final = {
    "万亿": Decimal(10) ** 12,
    "千亿": Decimal(10) ** 11,
    "百亿": Decimal(10) ** 10,
    "十亿": Decimal(10) ** 9,
    "千万": Decimal(10) ** 7,
    "百万": Decimal(10) ** 6,
    "十万": Decimal(10) ** 5,
    "亿": Decimal(10) ** 8,
    "万": Decimal(10) ** 4,
    "千": Decimal(10) ** 3,
    "百": Decimal(10) ** 2,
}
_DIVISION: Final = Context(prec=28)

#: Decimals kept of 三分之一 and 2：3, which have no exact decimal form …
_SHARE_DECIMALS: Final = Decimal("0.000001")
#: … and how closely such a spoken share is meant.
SHARE_STEP: Final = Decimal("0.01")

#: Longer runs of digits are no quantity.
LONGEST: Final = 17

#: 千 before these is no thousand but part of the unit: 千米, 千克, 千瓦.
_MAGNITUDE: Final = r"(?:万亿|千亿|百亿|十亿|千万|百万|十万|亿|万|[千百](?![米克瓦伏卡兆分]))"

_ARABIC: Final = r"(?:\d{1,3}(?:[,，]\d{3})+(?!\d)|\d{1,3}(?:[ \u2009\u202f]\d{3})+(?![\d %％])|\d+)(?:\.\ ?\d+)?"
_HOLE: Final = r"(?:\d*[Xx][\dXx]*(?:\.[\dXx]+)?|×+(?:\.×+)?|\*+(?:\.\*+)?|_{2,}|＿+|[○◯]{1,6}|□+|△+|[NＮ]{1,2}|[（(]\s{0,12}[）)])"
_CHINESE: Final = r"(?:(?<![总户人件])数(?=[十百千万亿]{1,3}(?![一二三四五六七八九]))|几)?[零〇一二两三四五六七八九十百千万亿][零〇一二两三四五六七八九十百千万亿几]*(?:点[零〇一二三四五六七八九]+[万亿]?)?|几(?=[个名户次家件项条])"
_PARTS: Final = r"(?P<whole>百分|千分|万分|[二三四五六七八九十]分|\d{1,3}分)之(?P<share>\d+(?:\.\d+)?|[零〇一二三四五六七八九十百]+(?:点[零〇一二三四五六七八九]+)?)(?P<more>几|多)?"
_GAPS: Final = re.compile(r"[,，\s]")
_SLASHED: Final = r"(?<![\d.A-Za-z/])[1-9]\d?/[1-9]\d?(?![\d/.])"

#: One number at a time, left to right; what begins a name (G7, PM2.5) is passed over.
NUMBER: Final = re.compile(
    rf"(?P<parts>{_PARTS})"
    rf"|(?P<slashed>{_SLASHED})"
    rf"|(?<![A-Za-z\d.×*_])(?P<hole>{_HOLE})(?![A-Za-z×])"
    rf"|(?<![A-Za-z\d.])(?P<arabic>{_ARABIC})"
    rf"|(?P<chinese>{_CHINESE})"
)
_TAIL: Final = re.compile(
    rf"\s?(?P<inner>[余多几来]{{0,2}})(?P<magnitude>{_MAGNITUDE}?)(?P<outer>[余多几来]{{0,2}})"
)
_NEXT_PART: Final = re.compile(
    r"(?P<digits>\d+(?:\.\d+)?)(?P<magnitude>[万千百]?)(?P<outer>[余多]?)"
)
_CHINESE_TAIL: Final = re.compile(r"(?P<inner>[余多来]{1,2})(?P<magnitude>[万亿]?)")

#: 两三, 七八十, 三五百: two neighbouring digits are a spread, not a number.
_SPREAD: Final = re.compile(r"([一二两三四五六七八九])([二三四五六七八九])([十百千万亿]*)")


@dataclass(frozen=True, slots=True)
class NumberToken:
    """A number as written, without its unit."""

    start: int
    end: int  #: with 万, 余 and the like
    kind: NumberKind
    digits: str
    value: Decimal | None  #: magnitudes counted in; None for a placeholder
    step: Decimal = Decimal(1)  #: worth of the last digit written
    magnitude: str = ""  #: 万, 亿 … standing behind the digits
    inner: str = ""  #: 余, 多, 几 or 来 inside
    upper: Decimal | None = None  #: of a spread (两三个)
    is_bare: bool = False  #: nothing but magnitudes: 万 in 万亩, 百 in 近百
    is_vague: bool = False  #: 数十, 几百: only the order of size is said
    unit: str = ""  #: of a share that needs none behind it: 百分之八十 → %

    @property
    def is_small(self) -> bool:
        """One Chinese digit (两, 三, 十), which as often names as counts."""
        return self.kind == "chinese" and len(self.digits) == 1 and not self.inner


def parse_chinese(text: str) -> Decimal | None:
    """The worth of Chinese numerals, None when they do not make a number.

    >>> parse_chinese("一万三千"), parse_chinese("二十三"), parse_chinese("三百五"), parse_chinese("三点五")
    (Decimal('13000'), Decimal('23'), Decimal('350'), Decimal('3.5'))
    >>> parse_chinese("万一") is None
    True
    """
    whole, _, decimals = text.partition("点")
    if decimals:
        tail = decimals[-1] if decimals[-1] in "万亿" else ""
        digits = decimals.removesuffix(tail)
        base = parse_chinese(whole)
        if base is None or not digits or any(one not in _VALUE for one in digits):
            return None
        value = base + Decimal("0." + "".join(str(_VALUE[one]) for one in digits))
        return plain_decimal(value * MAGNITUDES[tail]) if tail else value
    if text[0] in "百千万亿" and any(one in _VALUE for one in text):  # 万一
        return None
    if len(text) > 1 and all(one in _VALUE for one in text):
        return Decimal("".join(str(_VALUE[one]) for one in text))
    total = section = digit = 0
    last = 10**13  # magnitudes only fall: 三百二十, not 二十三百
    previous = 10**5
    for place, one in enumerate(text):
        if one in _VALUE:
            if digit and one not in "零〇":
                return None
            digit = _VALUE[one]
            if place == len(text) - 1 and place and text[place - 1] in "百千万" and digit:
                before = {"百": 10, "千": 100, "万": 1000}[text[place - 1]]
                digit *= before  # 三百五 is 350
        elif one in _SMALL:
            worth = _SMALL[one]
            if worth >= previous or (digit == 0 and place and one != "十"):
                return None
            section += (digit or 1) * worth
            digit, previous = 0, worth
        else:
            worth = 10**4 if one == "万" else 10**8
            if worth == 10**8 and total and not (section or digit):  # 万亿
                total, last = total * worth, worth
                continue
            if worth >= last and total:
                return None
            total += ((section + digit) or 1) * worth if place == 0 or section or digit else 0
            section = digit = 0
            last, previous = worth, 10**5
    sum_of_all = total + section + digit
    return Decimal(sum_of_all) if sum_of_all < 10**20 else None


def read_number(match: re.Match[str], text: str) -> NumberToken | None:
    """What a match of `NUMBER` in `text` says; None when it makes no number."""
    kind = match.lastgroup if match.lastgroup not in {"whole", "share", "more"} else "parts"
    start, end = match.span()
    if end - start > LONGEST:  # an account or identity number, or no number at all
        return None
    if match["parts"] is not None:
        return _read_parts(match)
    if kind == "slashed":
        above, _, below = match[0].partition("/")
        if int(above) >= int(below):
            return None
        value = share_of(Decimal(above), Decimal(below))
        return NumberToken(start, end, "arabic", match[0], value, SHARE_STEP)
    if kind == "hole":
        return _with_tail(text, start, end, "placeholder", match[0], None)
    if kind == "arabic":
        digits = match[0]
        plain = _GAPS.sub("", digits)
        return _with_tail(text, start, end, "arabic", digits, Decimal(plain))
    return _read_chinese(match[0], text, start, end)


def _read_parts(match: re.Match[str]) -> NumberToken | None:
    start, end = match.span()
    whole, share = match["whole"][:-1], match["share"]
    value = Decimal(share) if share[0].isdigit() else parse_chinese(share)
    if value is None:
        return None
    inner = match["more"] or ""
    unit = {"百": "%", "千": "‰", "万": "‱"}.get(whole)
    if unit:
        step = _step_of(share) if share[0].isdigit() else Decimal(1)
        if inner == "几":
            step = Decimal(10)
        return NumberToken(start, end, "chinese", match[0], value, step, inner=inner, unit=unit)
    below = Decimal(whole) if whole.isdigit() else parse_chinese(whole)
    if below is None or not 0 < value < below:
        return None
    return NumberToken(
        start, end, "chinese", match[0], share_of(value, below), SHARE_STEP, inner=inner, unit="1"
    )


def share_of(part: Decimal, whole: Decimal) -> Decimal:
    """A part of a whole, to six decimals at most.

    >>> share_of(Decimal(1), Decimal(3)), share_of(Decimal(1), Decimal(4))
    (Decimal('0.333333'), Decimal('0.25'))
    """
    return plain_decimal(_DIVISION.divide(part, whole).quantize(_SHARE_DECIMALS))


def _with_tail(
    text: str, start: int, end: int, kind: NumberKind, digits: str, value: Decimal | None
) -> NumberToken:
    tail = _TAIL.match(text, end)
    step = _step_of(digits)
    if tail is None or not (tail["inner"] or tail["magnitude"]):
        return NumberToken(start, end, kind, digits, value, step)
    magnitude = tail["magnitude"]
    worth = MAGNITUDES[magnitude] if magnitude else Decimal(1)
    inner = (tail["inner"] or tail["outer"])[:1]
    end = tail.end()
    if value is not None:
        value, step = plain_decimal(value * worth), plain_decimal(step * worth)
        following = _NEXT_PART.match(text, end) if magnitude and not inner else None
        while following is not None:  # 3万5千, 2亿3000万
            smaller = MAGNITUDES[following["magnitude"]] if following["magnitude"] else Decimal(1)
            added = Decimal(following["digits"]) * smaller
            if added >= worth or not added or "." in digits:
                break
            if not following["magnitude"] and not _is_round_tail(following["digits"], worth):
                break
            value, step = (
                plain_decimal(value + added),
                plain_decimal(_step_of(following["digits"]) * smaller),
            )
            end, inner, worth = following.end(), following["outer"], smaller
            digits = text[start:end].rstrip("余多")
            magnitude = ""
            if inner or smaller == 1:
                break
            following = _NEXT_PART.match(text, end)
    return NumberToken(start, end, kind, digits, value, step, magnitude, inner)


def _is_round_tail(digits: str, worth: Decimal) -> bool:
    """3万2000 goes on with four digits; 3万2 does not go on."""
    return len(digits) == len(str(worth)) - 1


def _read_chinese(written: str, text: str, start: int, end: int) -> NumberToken | None:
    inner, magnitude = "", ""
    tail = _CHINESE_TAIL.match(text, end)
    if tail is not None and written[-1] in "十百千万亿":
        inner, magnitude = tail["inner"][:1], tail["magnitude"]
        end = tail.end()
    worth = MAGNITUDES[magnitude] if magnitude else Decimal(1)
    if written[0] in "数几" or "几" in written:
        return _read_vague(written, start, end, worth)
    spread = _SPREAD.fullmatch(written.removeprefix("十"))
    if spread is not None and _VALUE[spread[1]] < _VALUE[spread[2]]:
        more = Decimal(10) if written[0] == "十" else Decimal(0)
        size = parse_chinese(spread[3]) if spread[3] else Decimal(1)
        if size is not None and not (more and spread[3]):
            low, high = (_VALUE[spread[1]] * size + more, _VALUE[spread[2]] * size + more)
            return NumberToken(start, end, "chinese", written, low, size, upper=high, is_vague=True)
    value = parse_chinese(written)
    if value is None:
        return None
    step = Decimal(1)
    if written[-1] in "万亿" and len(written) > 1:
        step = MAGNITUDES[written[-1]]
    is_bare = all(one in "百千万亿" for one in written)
    return NumberToken(
        start, end, "chinese", written, plain_decimal(value * worth), plain_decimal(step * worth),
        magnitude=written[-1] if written[-1] in "万亿" else "", inner=inner, is_bare=is_bare,
    )  # fmt: skip


def _read_vague(written: str, start: int, end: int, worth: Decimal) -> NumberToken | None:
    """数十, 几百万, 十几, 二十几, 几."""
    floor = parse_chinese(written.replace("数", "").replace("几", "") or "一")
    if floor is None:
        return None
    value = plain_decimal(floor * worth)
    magnitude = written[-1] if written[-1] in "万亿" else ""
    return NumberToken(
        start, end, "chinese", written, value, value, magnitude, inner="几", is_vague=True
    )


def _step_of(digits: str) -> Decimal:
    _, point, decimals = digits.replace(" ", "").partition(".")
    return Decimal(1).scaleb(-len(decimals)) if point else Decimal(1)


def plain_decimal(value: Decimal) -> Decimal:
    """The number without exponent and superfluous zeros: 4.50E+5 → 450000."""
    if value.as_tuple().exponent == 0:
        return value
    if value == value.to_integral_value():
        return Decimal(int(value))
    return value.normalize()
