"""How a Word draft is set: fonts, sizes and indents through styles and defaults, and the numbers of its automatic lists.

Word keeps 一、 and （一） of a numbered heading in no run: they are counted here as Word counts them, because the outline needs them.
This module knows styles.xml, numbering.xml and themes; it must not know what a heading or a figure is.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any, Final

from lxml import etree

from shuzhi.core.numerals import to_chinese
from shuzhi.exchange.drafts_package import STRICT, TRANSITIONAL

Properties = dict[str, Any]

_NAMESPACES: Final = (TRANSITIONAL, STRICT)
_OFF: Final = frozenset({"0", "false", "off", "none"})
_DEPTH: Final = 40  #: of styles based on styles; Word itself stops at 10
_WHOLE: Final = re.compile(r"[+-]?\d{1,9}(?:\.\d{1,6})?\Z", re.ASCII)


def attribute(element: etree._Element, name: str) -> str | None:
    """An attribute of WordprocessingML, in either namespace."""
    value = element.get(f"{{{TRANSITIONAL}}}{name}")
    if value is None:
        value = element.get(f"{{{STRICT}}}{name}")
    return None if value is None else str(value)


def child(element: etree._Element | None, name: str) -> etree._Element | None:
    """The first child of this name, in either namespace."""
    if element is None:
        return None
    found = element.find(f"{{{TRANSITIONAL}}}{name}")
    return found if found is not None else element.find(f"{{{STRICT}}}{name}")


def children(element: etree._Element | None, name: str) -> Iterator[etree._Element]:
    """All children of this name, in either namespace."""
    if element is not None:
        yield from element.iterchildren(*(f"{{{one}}}{name}" for one in _NAMESPACES))


def value(element: etree._Element | None, name: str) -> str | None:
    """The w:val of a child; None when the child or its value is missing."""
    found = child(element, name)
    return None if found is None else attribute(found, "val")


def is_on(element: etree._Element | None) -> bool:
    """Whether a property that is there means yes: it does without a value."""
    return element is not None and (attribute(element, "val") or "1").lower() not in _OFF


def number(text: str | None) -> Decimal | None:
    """A measure as written; None for what is none. Strict files write units behind it, which are turned into twips."""
    if text is None:
        return None
    text = text.strip()
    for unit, twips in (("pt", "20"), ("mm", "56.6929"), ("cm", "566.929"), ("in", "1440")):
        if text.endswith(unit):
            text = text.removesuffix(unit)
            return Decimal(text) * Decimal(twips) if _WHOLE.match(text) else None
    return Decimal(text) if _WHOLE.match(text) else None


# ── properties ────────────────────────────────────────────────────────────────────────────────────────────────────────


def run_properties(element: etree._Element | None) -> Properties:
    """What a w:rPr says of font, size, bold and hidden; keys it does not speak of are missing."""
    found: Properties = {}
    if element is None:
        return found
    fonts = child(element, "rFonts")
    if fonts is not None:
        theme, name = attribute(fonts, "eastAsiaTheme"), attribute(fonts, "eastAsia")
        if theme:
            found["font"] = ("theme", theme)
        elif name:
            found["font"] = name
    size = number(value(element, "sz"))
    if size is not None:
        found["size"] = size / 2
    for name in ("b", "vanish", "specVanish"):
        toggle = child(element, name)
        if toggle is not None:
            found[name] = is_on(toggle)
    return found


def paragraph_properties(element: etree._Element | None) -> Properties:
    """What a w:pPr says of alignment, first line, line spacing, outline level and list."""
    found: Properties = {}
    if element is None:
        return found
    alignment = value(element, "jc")
    if alignment:
        found["alignment"] = alignment
    indent = child(element, "ind")
    if indent is not None:
        _read_indent(indent, found)
    spacing = child(element, "spacing")
    if spacing is not None:
        line, rule = number(attribute(spacing, "line")), attribute(spacing, "lineRule")
        if line is not None:
            found["line"], found["rule"] = line, rule or "auto"
        elif rule:
            found["rule"] = rule
    outline = number(value(element, "outlineLvl"))
    if outline is not None:
        found["outline"] = int(outline)
    listed = child(element, "numPr")
    if listed is not None:
        list_id, level = value(listed, "numId"), number(value(listed, "ilvl"))
        if list_id is not None:
            found["list"] = list_id
        if level is not None:
            found["list_level"] = int(level)
    return found


def _read_indent(indent: etree._Element, found: Properties) -> None:
    characters = number(attribute(indent, "firstLineChars"))
    hanging_characters = number(attribute(indent, "hangingChars"))
    first, hanging = (
        number(attribute(indent, "firstLine")),
        number(attribute(indent, "hanging")),
    )
    if characters:
        found["first_chars"] = characters / 100
    elif hanging_characters:
        found["first_chars"] = -hanging_characters / 100
    elif first is not None or hanging is not None or characters is not None:
        # A measure in twips takes the place of one in characters that a style gave.
        found["first_chars"] = None
    if hanging:
        found["first_twips"] = -hanging
    elif first is not None:
        found["first_twips"] = first
    elif characters is not None and not characters:
        found["first_twips"] = Decimal(0)


class Styles:
    """The styles of a document, each with everything it inherits; one that is not there says nothing."""

    def __init__(self, root: etree._Element | None, theme: etree._Element | None = None):
        self._elements: dict[str, etree._Element] = {}
        self._run: dict[str, Properties] = {}
        self._paragraph: dict[str, Properties] = {}
        self.default = ""
        defaults = child(root, "docDefaults")
        self.run_defaults = run_properties(child(child(defaults, "rPrDefault"), "rPr"))
        self.paragraph_defaults = paragraph_properties(child(child(defaults, "pPrDefault"), "pPr"))
        for style in children(root, "style"):
            key = attribute(style, "styleId") or ""
            self._elements.setdefault(key, style)
            is_default = (attribute(style, "default") or "0").lower() not in _OFF
            if is_default and attribute(style, "type") == "paragraph":
                self.default = key
        self._theme = _theme_fonts(theme)

    def run(self, key: str) -> Properties:
        """What a style says of runs, with what it is based on."""
        if key not in self._run:
            self._resolve(key)
        return self._run[key]

    def paragraph(self, key: str) -> Properties:
        """What a style says of paragraphs, with what it is based on."""
        if key not in self._paragraph:
            self._resolve(key)
        return self._paragraph[key]

    def _resolve(self, key: str) -> None:
        chain: list[etree._Element] = []
        seen: set[str] = set()
        at = key
        while at in self._elements and at not in seen and len(chain) < _DEPTH:
            seen.add(at)
            chain.append(self._elements[at])
            at = value(self._elements[at], "basedOn") or ""
        run: Properties = {}
        paragraph: Properties = {}
        for style in reversed(chain):
            run.update(run_properties(child(style, "rPr")))
            paragraph.update(paragraph_properties(child(style, "pPr")))
        self._run[key], self._paragraph[key] = run, paragraph

    def font(self, named: object) -> str | None:
        """The name of a font that is named itself or through the theme."""
        if isinstance(named, tuple):
            which = "major" if str(named[1]).startswith("major") else "minor"
            return self._theme.get(which)
        return str(named) if named else None


def _theme_fonts(root: etree._Element | None) -> dict[str, str]:
    """The East Asian font of headings (major) and text (minor) of a theme."""
    found: dict[str, str] = {}
    if root is None:
        return found
    for element in root.iter():
        name = element.tag.rpartition("}")[2] if isinstance(element.tag, str) else ""
        if name not in ("majorFont", "minorFont"):
            continue
        fallback = ""
        for font in element:
            kind = font.tag.rpartition("}")[2] if isinstance(font.tag, str) else ""
            face = str(font.get("typeface", ""))
            if kind == "ea" and face:
                found[name[:5]] = face
            elif kind == "font" and font.get("script") == "Hans":
                fallback = face
        if fallback:
            found.setdefault(name[:5], fallback)
    return found


# ── list numbers ──────────────────────────────────────────────────────────────────────────────────────────────────────

_STEMS: Final = "甲乙丙丁戊己庚辛壬癸"
_BRANCHES: Final = "子丑寅卯辰巳午未申酉戌亥"
_LEGAL: Final = str.maketrans("零一二三四五六七八九十百千万亿", "零壹贰叁肆伍陆柒捌玖拾佰仟萬亿")
_WIDE: Final = str.maketrans("0123456789", "０１２３４５６７８９")
_ROMAN: Final = (
    (1000, "m"), (900, "cm"), (500, "d"), (400, "cd"), (100, "c"), (90, "xc"),
    (50, "l"), (40, "xl"), (10, "x"), (9, "ix"), (5, "v"), (4, "iv"), (1, "i"),
)  # fmt: skip
_LEVEL: Final = re.compile(r"%([1-9])")
_COUNT_LIMIT: Final = 9999
_LEVELS: Final = 9


def _roman(n: int) -> str:
    made = ""
    for amount, letters in _ROMAN:
        while n >= amount:
            made += letters
            n -= amount
    return made


def _letter(n: int) -> str:
    return chr(ord("a") + (n - 1) % 26) * min((n - 1) // 26 + 1, 20)


def written(n: int, style: str) -> str:
    """A number as a list of this style (w:numFmt) writes it.

    Examples:
        >>> written(12, "chineseCountingThousand"), written(3, "decimalEnclosedCircle")
        ('十二', '③')
    """
    if n < 0 or style in ("bullet", "none"):
        return ""
    if style == "decimalZero":
        return f"{n:02d}"
    if style.startswith("decimalFullWidth"):
        return str(n).translate(_WIDE)
    if n == 0:
        return "0"
    if style.startswith("decimalEnclosedCircle") and n <= 20:
        return chr(0x2460 + n - 1)
    if style == "decimalEnclosedParen" and n <= 20:
        return chr(0x2474 + n - 1)
    if style == "decimalEnclosedFullstop" and n <= 20:
        return chr(0x2488 + n - 1)
    if style in ("chineseLegalSimplified", "ideographLegalTraditional"):
        return to_chinese(n).translate(_LEGAL)
    if style == "ideographTraditional":
        return _STEMS[(n - 1) % 10]
    if style == "ideographZodiac":
        return _BRANCHES[(n - 1) % 12]
    if style == "ideographEnclosedCircle" and n <= 10:
        return chr(0x3280 + n - 1)
    if style.startswith(("chinese", "ideograph", "japanese", "taiwanese", "korean")):
        return to_chinese(n)
    if style == "upperRoman":
        return _roman(n).upper()
    if style == "lowerRoman":
        return _roman(n)
    if style == "upperLetter":
        return _letter(n).upper()
    if style == "lowerLetter":
        return _letter(n)
    return str(n)


@dataclass(slots=True)
class _Level:
    start: int = 1
    style: str = "decimal"
    text: str = ""
    behind: str = "tab"
    restart: int | None = None  #: the level whose next number starts this one again; 0 = never
    paragraph_style: str = ""
    is_legal: bool = False  #: all numbers in it in Arabic digits


@dataclass(slots=True)
class _List:
    abstract: str
    levels: dict[int, _Level]
    restarts: dict[int, int] = field(default_factory=dict)  #: levels that start anew for this list
    begun: set[int] = field(default_factory=set)


class Numbering:
    """Counts the automatic lists of a document; `next_label` must be asked paragraph by paragraph in reading order."""

    def __init__(self, root: etree._Element | None):
        abstracts: dict[str, dict[int, _Level]] = {}
        links: dict[str, str] = {}
        names: dict[str, str] = {}
        for element in children(root, "abstractNum"):
            key = attribute(element, "abstractNumId") or ""
            abstracts[key] = dict(_levels(element))
            linked, own = value(element, "numStyleLink"), value(element, "styleLink")
            if linked:
                links[key] = linked
            if own:
                names[own] = key
        self._lists: dict[str, _List] = {}
        for element in children(root, "num"):
            abstract = value(element, "abstractNumId") or ""
            abstract = names.get(links.get(abstract, ""), abstract)
            one = _List(abstract, dict(abstracts.get(abstract, {})))
            for change in children(element, "lvlOverride"):
                at = _index(attribute(change, "ilvl"))
                for index, level in _levels(change):
                    one.levels[at if at is not None else index] = level
                start = number(value(change, "startOverride"))
                if at is not None and start is not None:
                    one.restarts[at] = int(start)
            self._lists[attribute(element, "numId") or ""] = one
        self._counts: dict[str, list[int | None]] = {}

    def level_of_style(self, list_id: str, style: str) -> int:
        """The level that a list keeps for a paragraph style; 0 when it names none."""
        one = self._lists.get(list_id)
        if one is not None:
            for index, level in one.levels.items():
                if level.paragraph_style and level.paragraph_style == style:
                    return index
        return 0

    def next_label(self, list_id: str, level: int) -> str:
        """The number that stands before the next paragraph of this list and level, with the gap behind it."""
        one = self._lists.get(list_id)
        if one is None or level not in one.levels:
            return ""
        counts = self._counts.setdefault(one.abstract, [None] * _LEVELS)
        if level in one.restarts and level not in one.begun:
            counts[level] = one.restarts[level] - 1
        one.begun.add(level)
        before = counts[level]
        counts[level] = min(one.levels[level].start if before is None else before + 1, _COUNT_LIMIT)
        for deeper in range(level + 1, _LEVELS):
            restart = one.levels[deeper].restart if deeper in one.levels else None
            if restart is None or (restart and level < restart):
                counts[deeper] = None
        return self._label(one, level, counts)

    @staticmethod
    def _label(one: _List, level: int, counts: list[int | None]) -> str:
        own = one.levels[level]
        if own.style == "bullet":
            return ""

        def put(match: re.Match[str]) -> str:
            index = int(match[1]) - 1
            shown = one.levels.get(index, own)
            count = counts[index]
            style = "decimal" if own.is_legal and index != level else shown.style
            return written(shown.start if count is None else count, style)

        label = _LEVEL.sub(put, own.text)
        if not label or own.behind == "nothing":
            return label
        # Behind 、 and ） a gap is only air; behind “1.” it keeps the number from growing into the next one.
        return label if label[-1] in "、）】，：．。" else f"{label} "


def _index(text: str | None) -> int | None:
    found = number(text)
    return int(found) if found is not None and 0 <= found < _LEVELS else None


def _levels(element: etree._Element) -> Iterator[tuple[int, _Level]]:
    for one in children(element, "lvl"):
        index = _index(attribute(one, "ilvl"))
        if index is None:
            continue
        start, restart = number(value(one, "start")), number(value(one, "lvlRestart"))
        yield (
            index,
            _Level(
                start=max(min(int(start), _COUNT_LIMIT), 0) if start is not None else 0,
                style=value(one, "numFmt") or "decimal",
                text=(value(one, "lvlText") or "")[:64],
                behind=value(one, "suff") or "tab",
                restart=int(restart) if restart is not None else None,
                paragraph_style=value(one, "pStyle") or "",
                is_legal=is_on(child(one, "isLgl")),
            ),
        )
