"""Drafts as plain text and Markdown: bytes become characters by strict tries, and lines become blocks.

An office's text files are UTF-8, GB18030 or now and then Big5 and UTF-16; what cannot be decided is refused with the line, never
read as mojibake. Here too is `DraftText`, in which every reader puts its draft together. Nothing here knows what a report says.
"""

from __future__ import annotations

import codecs
import re
from dataclasses import dataclass, field
from functools import cache
from typing import TYPE_CHECKING, Final

from shuzhi.core.checking.model import Block, BlockKind, Draft, DraftPlace
from shuzhi.exchange.containers import refuse

if TYPE_CHECKING:
    from markdown_it import MarkdownIt
    from markdown_it.token import Token


@dataclass(slots=True)
class DraftText:
    """A draft being put together block by block; blocks stand on lines of their own."""

    pieces: list[str] = field(default_factory=list)
    blocks: list[Block] = field(default_factory=list)
    length: int = 0

    def add(
        self, text: str, place: DraftPlace, kind: BlockKind = "paragraph", level: int = 0
    ) -> int:
        """Add a block behind a line end and give the place of its first character."""
        if self.length:
            self.fill("\n")
        start = self.length
        self.fill(text)
        self.blocks.append(Block(start, self.length, kind, place, level))
        return start

    def fill(self, text: str) -> None:
        """Add characters that belong to no block."""
        self.pieces.append(text)
        self.length += len(text)

    @property
    def text(self) -> str:
        """All characters so far."""
        return "".join(self.pieces)


# ── bytes to characters ───────────────────────────────────────────────────────────────────────────────────────────────

_MARKS: Final = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
#: Control characters that no text file holds; tab, line ends, form feed and the old end mark 0x1A may stand.
_CONTROLS: Final = re.compile(r"[\x00-\x08\x0b\x0e-\x19\x1b-\x1f]")
_CONTROL_BYTES: Final = re.compile(rb"[\x01-\x08\x0b\x0e-\x19\x1b-\x1f]")
#: So many bytes decide between two encodings.
_SAMPLE: Final = 1 << 18


def decode(content: bytes, name: str) -> str:
    """The characters of a text file; a byte order mark is not one of them, line ends stay as they are.

    Raises:
        ProblemsError: DRAFT_012 when the bytes are no text in any encoding known here, DRAFT_013 when they are no text at all.
    """
    for mark, encoding in _MARKS:
        if content.startswith(mark):
            try:
                return content[len(mark) :].decode(encoding)
            except UnicodeDecodeError as error:
                raise _undecodable(content, error, encoding.upper(), name) from error
    if b"\x00" in content or len(_CONTROL_BYTES.findall(content[:_SAMPLE])) > 8:
        raise refuse("DRAFT_013", name)
    try:
        return content.decode("utf-8")
    except UnicodeDecodeError as error:
        if _is_broken_utf8(content, error):
            raise _undecodable(content, error, "UTF-8", name) from error
        first = error
    chosen = _eastern(content)
    if chosen is None:
        import charset_normalizer

        best = charset_normalizer.from_bytes(content[:_SAMPLE]).best()
        chosen = best.encoding if best is not None else "utf-8"
    try:
        text = content.decode(chosen)
    except (UnicodeDecodeError, LookupError) as error:
        raise _undecodable(content, first, "UTF-8 / GB18030", name) from error
    if not _CJK.search(text):
        # A western code page reads any bytes as something; a Chinese draft it is not.
        raise _undecodable(content, first, "UTF-8 / GB18030", name)
    return text


def decode_as(content: bytes, declared: str) -> str | None:
    """The characters by the encoding a file says it has; None when that is unknown, or not what it has."""
    for mark, encoding in _MARKS:
        if content.startswith(mark):
            return _tried(content[len(mark) :], encoding)
    try:
        known = codecs.lookup(declared).name
    except LookupError:
        return None
    if known.startswith(("utf-16", "utf-32")) or known not in _DECLARABLE:
        return None
    # Pages that say gb2312 use the characters of its successors.
    return _tried(content, "gb18030" if known.startswith(("gb", "hz")) else known)


#: Others, such as the codecs that unpack or escape, are nothing a page may ask for.
_DECLARABLE: Final = frozenset({"utf-8", "gb2312", "gbk", "gb18030", "big5", "big5hkscs", "cp950"})


def _tried(content: bytes, encoding: str) -> str | None:
    try:
        return content.decode(encoding)
    except UnicodeDecodeError:
        return None


_CJK: Final = re.compile(r"[㐀-鿿]")


def _undecodable(content: bytes, error: UnicodeDecodeError, encoding: str, name: str) -> Exception:
    line = content.count(b"\n", 0, error.start) + 1
    found = content[error.start : error.start + 4].hex(" ").upper()
    return refuse("DRAFT_012", name, line=line, found=found, encoding=encoding)


def _is_broken_utf8(content: bytes, error: UnicodeDecodeError) -> bool:
    """True when the bytes are UTF-8 but for a few: a file cut off or damaged, which must not be read as GB18030."""
    lenient = content[:_SAMPLE].decode("utf-8", "replace")
    bad = lenient.count("\ufffd")
    good = len(_CJK.findall(lenient))
    return good > 20 * bad


def _eastern(content: bytes) -> str | None:
    """gb18030 or big5 when one of them reads the bytes as everyday Chinese, else None."""
    shares: dict[str, float] = {}
    for encoding in ("gb18030", "big5"):
        try:
            content.decode(encoding)
        except UnicodeDecodeError as error:
            # One broken byte in a long file is told with its line; it does not make another encoding likelier.
            if error.start < len(content) - 4 and error.start < _SAMPLE:
                continue
        shares[encoding] = _everyday_share(content[:_SAMPLE], encoding)
    if not shares:
        return None
    best = max(shares, key=lambda one: shares[one])
    return best if shares[best] >= 0.7 else None


def _everyday_share(content: bytes, encoding: str) -> float:
    """Share of the double bytes that stand for everyday characters: the first level of either standard, and signs."""
    common = everyday = at = 0
    levels = (0xB0, 0xD7) if encoding == "gb18030" else (0xA4, 0xC6)
    end = len(content) - 1
    while at < end:
        lead = content[at]
        if lead < 0x80:
            at += 1
            continue
        trail = content[at + 1]
        four = encoding == "gb18030" and 0x30 <= trail <= 0x39
        common += 1
        if not four and (
            (levels[0] <= lead <= levels[1] and (encoding == "big5" or trail >= 0xA1))
            or (0xA1 <= lead <= 0xA3 and trail != 0xFF)
        ):
            everyday += 1
        at += 4 if four else 2
    return everyday / common if common else 0.0


# ── plain text ────────────────────────────────────────────────────────────────────────────────────────────────────────


def read_plain(content: bytes, name: str) -> Draft:
    """A .txt file: the decoded text itself, every line a block by the contract of `Draft`."""
    text = without_annex(decode(content, name))
    if not text.strip():
        raise refuse("DRAFT_017", name)
    return Draft(text, name, "txt")


def without_annex(text: str) -> str:
    """A text up to the table of sources that Shuzhi puts behind its reports: the program made it, nobody wrote it."""
    if _ANNEX_HEAD not in text:
        return text
    from shuzhi.exchange.docx_reports import ANNEX_NOTE_HEAD, ANNEX_TITLE

    found = re.search(rf"(?m)^[ \t\u3000>*|#]*{re.escape(ANNEX_NOTE_HEAD)}", text)
    if found is None:
        return text
    head = re.compile(
        rf"(?:\A|\n)[ \t\u3000#*]*(?:附件[：:]?)?(?:{ANNEX_TITLE})?[ \t\u3000*\r\f]*\Z"
    )
    end = found.start()
    # the lines 附件 and 数据来源表 above the note go with it
    for _ in range(_ANNEX_LINES):
        above = head.search(text, max(text.rfind("\n", 0, max(end - 1, 0)), 0), max(end - 1, 0))
        if above is None:
            break
        end = above.start() + 1 if text[above.start() : above.start() + 1] == "\n" else 0
    return text[:end]


#: Opens the title of the annex in every way it is written out; the words of its note are asked for only then.
_ANNEX_HEAD: Final = "数据来源表"
#: 附件, an empty line, 数据来源表, an empty line.
_ANNEX_LINES: Final = 4


# ── Markdown ──────────────────────────────────────────────────────────────────────────────────────────────────────────


@cache
def _reader() -> MarkdownIt:
    """Made when the first Markdown file comes; most drafts are none."""
    from markdown_it import MarkdownIt

    # indented lines are paragraphs that somebody indented by hand, not program code
    return MarkdownIt("commonmark").enable(["table", "strikethrough"]).disable("code")


_LINE_END: Final = re.compile(r"\r\n|\n|\r")
_TAGS: Final = re.compile(r"<[^<>]*>")


@dataclass(slots=True)
class _Words:
    """Words of one line of the source without its marks."""

    text: str
    kind: BlockKind
    place: DraftPlace
    level: int


def read_markdown(content: bytes, name: str) -> Draft:
    """A .md file: its words without the marks, line by line, so that a file without marks is read as it stands."""
    source = without_annex(decode(content, name))
    ends = [(match.start(), match.end()) for match in _LINE_END.finditer(source)]
    bounds = [0, *(end for _, end in ends)]
    lines = [
        (source[start:stop], source[stop:behind])
        for start, (stop, behind) in zip(bounds, [*ends, (len(source), len(source))], strict=True)
    ]
    if not source.strip():
        raise refuse("DRAFT_017", name)
    if _is_tangled([line for line, _ in lines]):
        return Draft(source, name, "md")
    words = _markdown_words([line for line, _ in lines])
    out = DraftText()
    for index, (_, line_end) in enumerate(lines):
        for position, one in enumerate(words.get(index, ())):
            if position:
                out.fill("\n")
            start = out.length
            out.fill(one.text)
            out.blocks.append(Block(start, out.length, one.kind, one.place, one.level))
        out.fill(line_end)
    if not out.text.strip():
        raise refuse("DRAFT_017", name)
    return Draft(out.text, name, "md", tuple(out.blocks))


def _is_tangled(lines: list[str]) -> bool:
    """Thousands of marks in one paragraph: nothing that people write, and unravelling it could take minutes."""
    marks = 0
    for line in lines:
        marks = marks + sum(line.count(one) for one in "*_~[]!<>&`\\") if line.strip() else 0
        if marks > 3000 or line.count("|") > 300:
            return True
    return False


def _markdown_words(lines: list[str]) -> dict[int, list[_Words]]:
    """By line (from 0) the words that stand in it."""
    found: dict[int, list[_Words]] = {}
    level = table = row = column = 0
    number = ""
    numbers: list[_Counted] = []
    for token in _reader().parse("\n".join(lines)):
        if token.type == "heading_open":
            level = int(token.tag[1:])
        elif token.type == "heading_close":
            level = 0
        elif token.type == "ordered_list_open":
            numbers.append(_Counted(int(token.attrGet("start") or 1)))
        elif token.type == "ordered_list_close":
            numbers.pop()
        elif token.type == "list_item_open":
            number = numbers[-1].next(token) if token.info and numbers else ""
        elif token.type == "table_open":
            table, row = table + 1, 0
        elif token.type == "tr_open":
            row, column = row + 1, 0
        elif token.type in ("th_open", "td_open"):
            column += 1
        elif token.map is not None and token.type in ("inline", "fence", "html_block"):
            is_cell = token.type == "inline" and column > 0
            texts = _texts_of(token)
            first = token.map[0] + (1 if token.type == "fence" else 0)
            for index, text in enumerate(texts):
                at = min(first + index, len(lines) - 1)
                text = text.strip("\u0000")
                if not index and number:
                    text, number = number + text, ""
                if not is_cell:
                    text = _indent_of(lines[at], text) + text
                if not text.strip():
                    continue
                place = (
                    DraftPlace(line=at + 1, table=table, row=row, column=column)
                    if is_cell
                    else DraftPlace(line=at + 1)
                )
                kind: BlockKind = "cell" if is_cell else "paragraph"
                found.setdefault(at, []).append(_Words(text, kind, place, level))
        elif token.type == "table_close":
            column = 0
    return found


@dataclass(slots=True)
class _Counted:
    """Numbers of one list: as written, unless the writer leaves the counting to Markdown by writing 1. every time."""

    first: int
    count: int = 0
    written: list[str] = field(default_factory=list)

    def next(self, item: Token) -> str:
        self.written.append(item.info)
        self.count += 1
        is_lazy = self.count > 1 and len(set(self.written)) == 1
        shown = str(self.first + self.count - 1) if is_lazy else item.info
        return f"{shown}{item.markup} "


def _without_comments(page: str) -> str:
    """A piece of HTML without its comments, whose lines stay."""
    pieces: list[str] = []
    at = 0
    while (start := page.find("<!--", at)) >= 0:
        stop = page.find("-->", start)
        if stop < 0:
            break
        pieces += [page[at:start], "\n" * page.count("\n", start, stop)]
        at = stop + 3
    return "".join((*pieces, page[at:]))


def _indent_of(line: str, text: str) -> str:
    """The blanks a writer put before a paragraph, which Markdown drops."""
    bare = line.lstrip(" \t\u3000")
    return line[: len(line) - len(bare)] if text and bare.startswith(text[:1]) else ""


def _texts_of(token: Token) -> list[str]:
    """The words of one token, line by line."""
    if token.type == "fence":
        return token.content.split("\n")
    if token.type == "html_block":
        return _TAGS.sub("", _without_comments(token.content)).split("\n")
    kids = token.children or []
    pieces: list[str] = []
    for one in kids:
        if one.type in ("softbreak", "hardbreak"):
            pieces.append("\n")
        elif one.type == "html_inline":
            # A line break within a table's cell; the words after it stay in the same line of the source.
            pieces.append(" " if one.content.lower().startswith("<br") else "")
        elif one.type in ("text", "code_inline", "image", "text_special"):
            pieces.append(one.content)
        else:
            pieces.append("")
    _keep_blanks(kids, pieces)
    return _STRESSED_CLAUSE.sub(_without_stars, "".join(pieces)).split("\n")


#: Stressed words that end with a sign: Markdown takes the stars behind 。 for opening ones, Chinese writers do not.
_STRESSED_CLAUSE: Final = re.compile(r"(?<!\*)\*\*([^*\n]{1,200}[，。；：！？、）”])\*\*(?!\*)")


def _without_stars(match: re.Match[str]) -> str:
    before = match.string[match.start() - 1 : match.start()] if match.start() else ""
    behind = match.string[match.end() : match.end() + 1]
    return match[1] if _is_stressed(before, match[1], behind) else match[0]


#: What follows a blank to be filled in (**镇, *万元, ~~8公里): units, and what places and offices are called.
_BEHIND_BLANK: Final = re.compile(
    r"[省市县区乡镇村组社街路河局办站所校厂户人名个万亿元亩吨头只棵株年月日余多]"
)
_CLAUSE_END: Final = re.compile(r"[，。；！？：,;!?]")
_NEAR: Final = 30  #: tokens looked at on either side
_BOUNDARY: Final = re.compile(r"[\s，。；！？：、,;:!?（）()《》“”【】|]")


def _keep_blanks(kids: list[Token], pieces: list[str]) -> None:
    """Put back the stars and lines that stand for words still missing: Markdown takes **镇……**村 for stressed words."""
    opened: list[int] = []
    for index, one in enumerate(kids):
        if one.type in ("em_open", "strong_open", "s_open"):
            opened.append(index)
        elif one.type in ("em_close", "strong_close", "s_close") and opened:
            first = opened.pop()
            inside = "".join(pieces[first + 1 : min(index, first + _NEAR)])
            before = next((x[-1] for x in reversed(pieces[max(first - _NEAR, 0) : first]) if x), "")
            behind = next((x[0] for x in pieces[index + 1 : index + _NEAR] if x), "")
            if not _is_stressed(before, inside, behind):
                pieces[first] = pieces[index] = one.markup


def _is_stressed(before: str, inside: str, behind: str) -> bool:
    if _BEHIND_BLANK.match(inside) and _BEHIND_BLANK.match(behind):
        return False
    if before.isdigit() and inside[:1].isdigit():
        return False
    starts = not before or _BOUNDARY.match(before)
    stops = not behind or _BOUNDARY.match(behind) or _BOUNDARY.match(inside[-1:])
    return bool(starts and stops) or (len(inside) <= 40 and not _CLAUSE_END.search(inside[:-1]))
