"""Chinese numerals, both ways: what a clerk writes (两, 一百零三, 1.2万, 三分之二) and what a report prints (一、（一）一是).

Only the number itself is read: units, nouns and approximations (几十, 三四十, 十余) are other people's business, and a
text that is not one definite number is None, never a guess. Written here rather than taken from a library: the common one
(cn2an) goes through binary floats, which no quantity may touch, refuses 两万五千 and full-width digits in its strict mode,
has no 半 and no fractions, and in its lenient mode reads the approximation 三四 as 34.
"""

from __future__ import annotations

import re
from decimal import Decimal
from fractions import Fraction

_WIDE = str.maketrans("０１２３４５６７８９．，％＋－−　", "0123456789.,%+-- ")
#: Handwritten and cheque forms of the same characters.
_FORMAL = str.maketrans(
    "壹贰貳叁參肆伍陆陸柒捌玖拾佰仟萬億〇○点點负負兩",
    "一二二三三四五六六七八九十百千万亿零零点点负负两",
)
_DIGIT = {"一": 1, "二": 2, "两": 2, "三": 3, "四": 4, "五": 5, "六": 6, "七": 7, "八": 8, "九": 9}
_SMALL_UNITS = {"十": 10, "百": 100, "千": 1000}
_MAGNITUDES = {
    "十": 10, "百": 100, "千": 1000, "万": 10**4, "十万": 10**5, "百万": 10**6, "千万": 10**7, "亿": 10**8,
    "十亿": 10**9, "百亿": 10**10, "千亿": 10**11, "万亿": 10**12,
}  # fmt: skip

_ARABIC = r"(?:\d{1,3}(?:,\d{3})+|\d+)(?:\.\d+)?"
_ARABIC_ONLY = re.compile(rf"^{_ARABIC}$", re.ASCII)
_ARABIC_PIECE = re.compile(rf"({_ARABIC})([十百千万亿]*)", re.ASCII)
_POSITIONAL = re.compile(r"^[零一二三四五六七八九]+$")
_PARTS_OF = re.compile(r"^(.+)分之(.+)$")
_TENTHS = re.compile(r"^(.+)成([一二三四五六七八九半1-9])?$")
_PERCENT = re.compile(rf"^({_ARABIC})([%‰])$", re.ASCII)
_SLASH = re.compile(r"^(\d+)/(\d+)$", re.ASCII)


def _plain(text: str) -> str:
    return text.translate(_WIDE).strip().translate(_FORMAL)


# ── reading ───────────────────────────────────────────────────────────────────────────────────────────────────────────


def parse_numeral(text: str) -> Decimal | None:
    """The number a text is, exactly; None when it is no single definite number (三四十, 几百, 1,23, 三分之二).

    Reads Arabic digits (half or full width, with thousands commas), 1.2万 and 3亿2000万, Chinese numerals including 两, 半,
    〇, cheque forms, the short forms 一百二 (120) and 两万五 (25000), decimals 三点五, digit by digit 二〇二三, and 两个半.

    >>> parse_numeral("三千六百四十七"), parse_numeral("1.2万"), parse_numeral("两个半")
    (Decimal('3647'), Decimal('12000'), Decimal('2.5'))
    >>> parse_numeral("三四十") is None
    True
    """
    plain = _plain(text)
    if plain[:1] in {"-", "负"}:
        rest = _parse_unsigned(plain[1:])
        return None if rest is None else -rest
    return _parse_unsigned(plain.removeprefix("+"))


def _parse_unsigned(plain: str) -> Decimal | None:
    if not plain:
        return None
    if _ARABIC_ONLY.match(plain):
        return Decimal(plain.replace(",", ""))
    if plain[0].isascii():
        return _parse_arabic_with_magnitudes(plain)
    if plain == "半":
        return Decimal("0.5")
    if plain.endswith("个半"):
        whole = _parse_chinese(plain[:-2])
        return None if whole is None else whole + Decimal("0.5")
    if "点" in plain:
        return _parse_chinese_decimal(plain)
    whole = _parse_chinese(plain)
    return None if whole is None else Decimal(whole)


def _parse_arabic_with_magnitudes(plain: str) -> Decimal | None:
    """3亿2000万, 5万2千: pieces of falling magnitude. 1万5 is refused: it may mean 15000 or 10005."""
    total = Fraction(0)
    limit: int | None = None
    position = 0
    while position < len(plain):
        piece = _ARABIC_PIECE.match(plain, position)
        if piece is None:
            return None
        magnitude = _MAGNITUDES.get(piece[2]) if piece[2] else 1
        if magnitude is None:
            return None
        value = Fraction(piece[1].replace(",", "")) * magnitude
        if limit is not None:
            is_ambiguous = magnitude == 1 and len(piece[1]) == 1
            if value >= limit or is_ambiguous or "." in plain[:position]:
                return None
        total += value
        limit = magnitude
        position = piece.end()
    return _decimal(total)


def _decimal(value: Fraction) -> Decimal:
    # Only finite decimals times powers of ten arrive here; scaling to an integer first keeps every digit.
    places = 0
    while value.denominator != 1:
        value *= 10
        places += 1
    return Decimal((0, tuple(int(digit) for digit in str(value.numerator)), -places))


def _parse_chinese_decimal(plain: str) -> Decimal | None:
    """三点五, 十二点七五, 三点五万."""
    magnitude = 1
    if plain[-1] in "万亿":
        magnitude, plain = _MAGNITUDES[plain[-1]], plain[:-1]
    left, _, right = plain.partition("点")
    whole = _parse_chinese(left)
    if whole is None or not _POSITIONAL.match(right):
        return None
    digits = "".join(str(_DIGIT.get(character, 0)) for character in right)
    return _decimal(Fraction(f"{whole}.{digits}") * magnitude)


def _parse_chinese(plain: str) -> int | None:
    if _POSITIONAL.match(plain) and (len(plain) >= 3 or (len(plain) == 2 and "零" in plain)):
        # 二〇二三, 一二三; two bare digits (三四) are an approximation, 零五 is five.
        return int("".join(str(_DIGIT.get(character, 0)) for character in plain))
    return _parse_above(plain, "亿", 10**8)


def _parse_above(plain: str, unit: str, size: int) -> int | None:
    """A number written with 亿 (or, below, 万) into what stands before it and after it."""
    below = _parse_below_yi if unit == "亿" else _parse_section
    if unit not in plain:
        return below(plain)
    left, _, right = plain.rpartition(unit)
    # 一万亿 has 万 before 亿; a second 亿 (亿亿) or 万万 is no number anyone writes.
    high = below(left)
    if high is None or high == 0 or left.startswith("零"):
        return None
    if not right:
        return high * size
    if right in _DIGIT:  # 两万五 = 25000
        return high * size + _DIGIT[right] * size // 10
    low = below(right.removeprefix("零"))
    if low is None or low == 0 or low >= size:
        return None
    return high * size + low


def _parse_below_yi(plain: str) -> int | None:
    return _parse_above(plain, "万", 10**4)


def _parse_section(plain: str) -> int | None:
    """A number below 10000: 千, 百, 十 in falling order, 零 for gaps."""
    if plain == "零":
        return 0
    total, last = 0, 10_000
    pending: int | None = None
    after_zero = False
    for character in plain:
        if character in _DIGIT:
            if pending is not None:
                return None
            pending = _DIGIT[character]
        elif character == "零":
            if pending is not None or after_zero or last == 10_000:
                return None
            after_zero = True
        elif character in _SMALL_UNITS:
            unit = _SMALL_UNITS[character]
            if unit >= last or (pending is None and unit != 10):
                return None
            total += (1 if pending is None else pending) * unit
            last, pending, after_zero = unit, None, False
        else:
            return None
    if pending is None:
        return total if total and not after_zero else None
    if after_zero or last == 10_000:
        return total + pending
    return total + pending * last // 10  # 一百二 = 120; after 十 this is the digit itself


def parse_fraction(text: str) -> Fraction | None:
    """A share: 三分之二, 百分之八十, 千分之三, 六成, 六成五, 80%, 2/3, 一半, 半数; None for anything else.

    >>> parse_fraction("三分之二"), parse_fraction("百分之八十"), parse_fraction("六成五")
    (Fraction(2, 3), Fraction(4, 5), Fraction(13, 20))
    """
    plain = _plain(text)
    if plain in {"一半", "半数"}:
        return Fraction(1, 2)
    if found := _PERCENT.match(plain):
        return Fraction(found[1].replace(",", "")) / (100 if found[2] == "%" else 1000)
    if found := _SLASH.match(plain):
        return Fraction(int(found[1]), int(found[2])) if int(found[2]) else None
    if found := _PARTS_OF.match(plain):
        whole = _MAGNITUDES.get(found[1]) or parse_numeral(found[1])
        part = parse_numeral(found[2])
        return Fraction(part) / Fraction(whole) if whole and part is not None else None
    if found := _TENTHS.match(plain):
        tenths = parse_numeral(found[1])
        if tenths is None or not 0 <= tenths <= 10:
            return None
        more = parse_numeral(found[2]) if found[2] else Decimal(0)
        more = Decimal(5) if found[2] == "半" else more
        return None if more is None else Fraction(tenths) / 10 + Fraction(more) / 100
    return None


# ── writing ───────────────────────────────────────────────────────────────────────────────────────────────────────────

_CHARACTERS = "零一二三四五六七八九"
_SIZES = ((10**8, "亿"), (10**4, "万"), (1000, "千"), (100, "百"), (10, "十"))


def to_chinese(n: int) -> str:
    """An integer in Chinese, as in headings and 一是: 十 to 十九 without 一, one 零 for any gap.

    >>> to_chinese(12), to_chinese(110), to_chinese(10001)
    ('十二', '一百一十', '一万零一')
    """
    if n < 0:
        return "负" + to_chinese(-n)
    if n >= 10**16:
        raise ValueError(f"no customary Chinese numeral for {n}")
    text = _chinese(n)
    return text[1:] if text.startswith("一十") else text


def _chinese(n: int) -> str:
    if n < 10:
        return _CHARACTERS[n]
    size, unit = next(pair for pair in _SIZES if n >= pair[0])
    high, low = divmod(n, size)
    # Inside a larger number 十 keeps its 一 (一亿零一十万); `to_chinese` drops it at the very front (十万).
    head = _chinese(high) + unit
    if not low:
        return head
    gap = "零" if low < size // 10 else ""
    return head + gap + _chinese(low)


def ordinal_heading(level: int, n: int) -> str:
    """The number before a heading by GB/T 9704: level 1 一、 · 2 （一） · 3 1. · 4 （1）.

    >>> [ordinal_heading(level, 3) for level in (1, 2, 3, 4)]
    ['三、', '（三）', '3.', '（3）']
    """
    if n < 1:
        raise ValueError(f"headings count from 1, not {n}")
    if level == 1:
        return f"{to_chinese(n)}、"
    if level == 2:
        return f"（{to_chinese(n)}）"
    if level == 3:
        return f"{n}."
    if level == 4:
        return f"（{n}）"
    raise ValueError(f"official documents number four levels of headings, not {level}")


def point(n: int) -> str:
    """The opening of the n-th point in a paragraph.

    >>> point(1), point(11)
    ('一是', '十一是')
    """
    return f"{to_chinese(n)}是"
