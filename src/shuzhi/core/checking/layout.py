"""How a draft is set, held against GB/T 9704-2012 (党政机关公文格式): page, title, headings, body, page numbers.

A house may set its papers in another way, so every departure from the standard is told only on demand (info), once for the document.
What betrays a passage copied from elsewhere, a body in several fonts or sizes, is a warning. Only what a Word file says is judged
here; the words themselves are not.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, Any, Final

from shuzhi.core.checking.model import Finding, FindingKind, LayoutFacts, ParagraphLayout

if TYPE_CHECKING:
    from shuzhi.core.checking.study import Study

KINDS: Final[tuple[FindingKind, ...]] = (
    FindingKind("LAYOUT_001", "info", "layout"),  # paper (5.1)
    FindingKind("LAYOUT_002", "info", "layout"),  # margins (5.2.1)
    FindingKind("LAYOUT_003", "info", "layout"),  # title's font and size (7.3.1)
    FindingKind("LAYOUT_004", "info", "layout"),  # title not in the middle (7.3.1)
    FindingKind("LAYOUT_005", "info", "layout"),  # font of the body (5.2.2)
    FindingKind("LAYOUT_006", "info", "layout"),  # size of the body (5.2.2)
    FindingKind("LAYOUT_007", "info", "layout"),  # first line of a paragraph (7.3.3)
    FindingKind("LAYOUT_008", "info", "layout"),  # fonts of the headings (7.3.3)
    FindingKind("LAYOUT_009", "info", "layout"),  # lines of a page (5.2.3)
    FindingKind("LAYOUT_010", "info", "layout"),  # page numbers (7.5)
    FindingKind("LAYOUT_011", "warning", "layout"),  # body in several fonts
    FindingKind("LAYOUT_012", "warning", "layout"),  # body in several sizes
)

# ── what the standard wants ───────────────────────────────────────────────────────────────────────────────────────────

_PAPER: Final = (Decimal(210), Decimal(297))
#: Top and left as §5.2.1 says; right and bottom are what a type area of 156 × 225 mm leaves.
_MARGINS: Final = (Decimal(37), Decimal(26), Decimal(35), Decimal(28))
_TOLERANCE: Final = Decimal(2)  #: millimetres
_TITLE_SIZE: Final = Decimal(22)  #: 2号
_BODY_SIZE: Final = Decimal(16)  #: 3号
_SIZE_TOLERANCE: Final = Decimal("0.5")
_LINES: Final = (Decimal(27), Decimal(31))  #: points; 22 lines in 225 mm are 29 pt apart
_INDENT: Final = (
    Decimal("1.5"),
    Decimal("2.6"),
)  #: characters; a measure in points seldom gives exactly two
_HEADING_FONTS: Final = {1: "黑体", 2: "楷体", 3: "仿宋", 4: "仿宋"}

#: Families under whatever name a program or a maker gives them; the first that is found in the name counts.
_FAMILIES: Final = (
    ("小标宋", ("小标宋", "xiaobiaosong", "xbs")),
    ("仿宋", ("仿宋", "fangsong")),
    ("楷体", ("楷", "kaiti", "stkai")),
    ("黑体", ("黑体", "simhei", "heiti", "sthei")),
    ("中宋", ("中宋", "zhongsong")),
    ("宋体", ("宋", "simsun", "stsong")),
    ("雅黑", ("雅黑", "yahei")),
    ("等线", ("等线", "dengxian")),
)
_SIZE_NAMES: Final = {
    Decimal(42): "初号", Decimal(36): "小初", Decimal(26): "一号", Decimal(24): "小一", Decimal(22): "二号",
    Decimal(18): "小二", Decimal(16): "三号", Decimal(15): "小三", Decimal(14): "四号", Decimal(12): "小四",
    Decimal("10.5"): "五号", Decimal(9): "小五",
}  # fmt: skip

# ── what a paragraph is ───────────────────────────────────────────────────────────────────────────────────────────────

_MARKS: Final = (
    re.compile(r"\s*[一二三四五六七八九十]{1,3}、"),
    re.compile(r"\s*[（(][一二三四五六七八九十]{1,3}[）)]"),
    re.compile(r"\s*\d{1,2}\s?[.．、](?!\d)"),
    re.compile(r"\s*[（(]\d{1,2}[）)]"),
)
_HEADING_LENGTH: Final = 45
_SENTENCE: Final = re.compile(r"[。！？；]")
_HAN: Final = re.compile(r"[一-鿿]")
_BODY_LENGTH: Final = 40  #: characters from which a paragraph is surely body
_FEW: Final = 3  #: paragraphs of body below which nothing is said of the body
_RELATED: Final = 20
#: What follows the signature (an annex, a list) is set as it needs to be.
_ANNEX: Final = re.compile(r"\s*附\s?[件表]\s?[\d一二三四五六七八九十]{0,3}\s*[:：]?\s*\Z")


@dataclass(frozen=True, slots=True)
class _Part:
    """One paragraph with its words, and the heading level it has by its number (0 = body)."""

    layout: ParagraphLayout
    text: str
    level: int


@dataclass(frozen=True, slots=True)
class _Parts:
    title: tuple[_Part, ...]
    headings: tuple[_Part, ...]
    body: tuple[_Part, ...]


def find_layout_defects(study: Study) -> Iterator[Finding]:
    """Where a Word draft departs from GB/T 9704-2012, each rule once, at the first paragraph that it speaks of."""
    facts = study.draft.layout
    if facts is None or not facts.paragraphs:
        return
    parts = _parts_of(study, facts)
    yield from _page_defects(facts)
    yield from _title_defects(parts)
    yield from _heading_defects(parts)
    yield from _body_defects(parts)
    yield from _copied_passages(parts)


def _parts_of(study: Study, facts: LayoutFacts) -> _Parts:
    text = study.draft.text
    titles = [(one.start, one.end) for one in study.outline if one.kind == "title"]
    outside = [
        (one.start, one.end)
        for one in study.outline
        if one.kind in ("addressee", "signature", "date", "closing")
    ]
    title: list[_Part] = []
    headings: list[_Part] = []
    body: list[_Part] = []
    for layout in facts.paragraphs:
        words = text[layout.start : layout.end]
        if _ANNEX.match(words):
            break
        if _meets(layout, titles):
            title.append(_Part(layout, words, 0))
            continue
        if _meets(layout, outside) and len(words) < _BODY_LENGTH:
            continue
        level = _level_of(words)
        if level:
            headings.append(_Part(layout, words, level))
        elif len(words) >= _BODY_LENGTH and _SENTENCE.search(words) and _HAN.search(words):
            body.append(_Part(layout, words, 0))
    return _Parts(tuple(title), tuple(headings), tuple(body))


def _meets(layout: ParagraphLayout, spans: Sequence[tuple[int, int]]) -> bool:
    return any(start < layout.end and layout.start < end for start, end in spans)


def _level_of(words: str) -> int:
    """The heading level of a paragraph that is a heading and nothing else; a heading run into its paragraph is body."""
    bare = words.strip()
    if len(bare) > _HEADING_LENGTH or _SENTENCE.search(bare[:-1]):
        return 0
    return next((level for level, mark in enumerate(_MARKS, 1) if mark.match(words)), 0)


# ── page ──────────────────────────────────────────────────────────────────────────────────────────────────────────────


def _page_defects(facts: LayoutFacts) -> Iterator[Finding]:
    first = facts.paragraphs[0]
    if facts.page_width is not None and facts.page_height is not None:
        sides = sorted((facts.page_width, facts.page_height))
        if any(abs(one - wanted) > _TOLERANCE for one, wanted in zip(sides, _PAPER, strict=True)):
            found = f"{_plain(facts.page_width)}×{_plain(facts.page_height)}"
            yield _finding("LAYOUT_001", (first,), {"found": found, "wanted": "210×297"})
    if facts.margins is not None and any(
        abs(one - wanted) > _TOLERANCE for one, wanted in zip(facts.margins, _MARGINS, strict=True)
    ):
        top, right, bottom, left = (_plain(one) for one in facts.margins)
        params = {"top": top, "bottom": bottom, "left": left, "right": right}
        yield _finding("LAYOUT_002", (first,), params)
    if facts.has_page_numbers is False:
        yield _finding("LAYOUT_010", (facts.paragraphs[-1],), {})


# ── title, headings, body ─────────────────────────────────────────────────────────────────────────────────────────────


def _title_defects(parts: _Parts) -> Iterator[Finding]:
    set_otherwise = [
        one.layout
        for one in parts.title
        if _is_other(one.layout.font, "小标宋") or _is_size_other(one.layout.size, _TITLE_SIZE)
    ]
    if set_otherwise:
        first = set_otherwise[0]
        params = {"font": family(first.font) or "—", "size": size_name(first.size)}
        yield _finding("LAYOUT_003", set_otherwise, params)
    aside = [
        one.layout
        for one in parts.title
        if one.layout.alignment in ("left", "right", "both")
        or (one.layout.alignment is None and not one.text.startswith((" ", "\u3000")))
    ]
    if aside:
        yield _finding("LAYOUT_004", aside, {})


def _heading_defects(parts: _Parts) -> Iterator[Finding]:
    wrong = [one for one in parts.headings if _is_other(one.layout.font, _HEADING_FONTS[one.level])]
    if wrong:
        first = wrong[0]
        params = {
            "count": len(wrong),
            "heading": first.text.strip()[:20],
            "found": family(first.layout.font),
            "wanted": _HEADING_FONTS[first.level],
        }
        yield _finding("LAYOUT_008", [one.layout for one in wrong], params)


def _body_defects(parts: _Parts) -> Iterator[Finding]:
    body = parts.body

    def judge(code: str, is_other: Callable[[_Part], bool], **params: Any) -> Iterator[Finding]:
        other = [one for one in body if is_other(one)]
        if other:
            said = {key: value(other[0].layout) for key, value in params.items()}
            layouts = [one.layout for one in other]
            yield _finding(code, layouts, {"count": len(other), "total": len(body), **said})

    yield from judge(
        "LAYOUT_005",
        lambda one: _is_other(one.layout.font, "仿宋"),
        found=lambda one: family(one.font),
    )
    yield from judge(
        "LAYOUT_006",
        lambda one: _is_size_other(one.layout.size, _BODY_SIZE),
        found=lambda one: size_name(one.size),
    )
    yield from judge("LAYOUT_007", lambda one: not _is_indented(one))
    yield from judge(
        "LAYOUT_009",
        lambda one: (
            one.layout.line_spacing is None or not _LINES[0] <= one.layout.line_spacing <= _LINES[1]
        ),
        found=lambda one: _plain(one.line_spacing) if one.line_spacing is not None else "",
    )


def _is_indented(part: _Part) -> bool:
    """Two characters free before the first: by an indent, or by blanks that somebody typed."""
    if _MARKS[0].match(part.text):
        return True  # a heading run into its paragraph may stand as its level stands
    blanks = part.text[: len(part.text) - len(part.text.lstrip(" \u3000\t\u00a0"))]
    typed = sum(Decimal(1) if one == "\u3000" else Decimal("0.5") for one in blanks)
    if "\t" in blanks:
        return True
    indent = (part.layout.first_line_chars or Decimal(0)) + typed
    return _INDENT[0] <= indent <= _INDENT[1]


# ── passages from elsewhere ───────────────────────────────────────────────────────────────────────────────────────────


def _copied_passages(parts: _Parts) -> Iterator[Finding]:
    """Body paragraphs that are set unlike most of the body."""
    yield from _odd_ones(
        "LAYOUT_011", parts.body, lambda one: family(one.font) or None, lambda one: one
    )
    yield from _odd_ones(
        "LAYOUT_012",
        parts.body,
        lambda one: one.size,
        lambda size: size_name(size),
        is_near=lambda a, b: abs(a - b) < 1,
    )


def _odd_ones(
    code: str,
    body: Sequence[_Part],
    of: Callable[[ParagraphLayout], Any],
    name: Callable[[Any], str],
    is_near: Callable[[Any, Any], bool] = lambda a, b: a == b,
) -> Iterator[Finding]:
    told = [one for one in body if of(one.layout) is not None]
    weights: Counter[Any] = Counter()
    for one in told:
        weights[of(one.layout)] += len(one.text)
    if len(told) < _FEW or len(weights) < 2:
        return
    usual, weight = weights.most_common(1)[0]
    # Where no way of setting prevails there is no passage that stands out, only a writer without a style.
    if weight * 10 < sum(weights.values()) * 6:
        return
    odd = [one for one in told if not is_near(of(one.layout), usual)]
    if odd:
        params = {
            "count": len(odd),
            "usual": name(usual),
            "found": name(of(odd[0].layout)),
            "first": odd[0].text.strip()[:12],
        }
        yield _finding(code, [one.layout for one in odd], params)


# ── words for it ──────────────────────────────────────────────────────────────────────────────────────────────────────


def _finding(code: str, where: Sequence[ParagraphLayout], params: dict[str, Any]) -> Finding:
    severity = next(kind.severity for kind in KINDS if kind.code == code)
    related = tuple((one.start, one.end) for one in where[1 : _RELATED + 1])
    return Finding(code, severity, where[0].start, where[0].end, params, related=related)


def family(font: str | None) -> str:
    """The family of a font, whatever maker's name it has; another font's own name; "" when the file does not say.

    Examples:
        >>> family("仿宋_GB2312"), family("FangSong"), family("方正小标宋简体"), family("Arial")
        ('仿宋', '仿宋', '小标宋', 'Arial')
    """
    if not font:
        return ""
    plain = font.lstrip("@").lower().replace(" ", "")
    for name, marks in _FAMILIES:
        if any(mark in plain for mark in marks):
            return name
    return font


def size_name(size: Decimal | None) -> str:
    """A size as people name it, with its points: 三号（16 pt）.

    Examples:
        >>> size_name(Decimal(16)), size_name(Decimal("17.5"))
        ('三号（16 pt）', '17.5 pt')
    """
    if size is None:
        return "—"
    known = _SIZE_NAMES.get(size.normalize() if size % 1 else Decimal(int(size)))
    points = f"{_plain(size)} pt"
    return f"{known}（{points}）" if known else points


def _plain(value: Decimal) -> str:
    return f"{value.normalize():f}"


def _is_other(font: str | None, wanted: str) -> bool:
    found = family(font)
    return bool(found) and found != wanted


def _is_size_other(size: Decimal | None, wanted: Decimal) -> bool:
    return size is not None and abs(size - wanted) > _SIZE_TOLERANCE
