"""Drafts saved as web pages: the words a reader sees, block by block, with the line of the source beside them.

Scripts, styles, comments and what the page itself hides are left out; a table is read cell by cell. Nothing is ever loaded from the
network. This module knows HTML; it must not know what a report says.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import Final, cast

from lxml import etree, html

from shuzhi.core.checking.model import BlockKind, Draft, DraftPlace
from shuzhi.exchange.containers import refuse
from shuzhi.exchange.drafts_text import DraftText, decode, decode_as

#: Declared in the file: <meta charset=…>, or the head of an XML file.
_DECLARED: Final = re.compile(
    rb"""(?:<meta[^>]{0,200}?charset|<\?xml[^>]{0,100}?encoding)\s{0,9}=\s{0,9}["']?\s{0,9}([A-Za-z0-9_\-]{2,24})""",
    re.IGNORECASE,
)
#: An XML declaration would make lxml refuse a text that is decoded already.
_XML_HEAD: Final = re.compile(r"^\s*<\?xml[^>]{0,200}\?>")
_HIDDEN: Final = re.compile(
    r"(?:display\s*:\s*none|visibility\s*:\s*hidden|mso-hide\s*:\s*all)", re.I
)
_BLANKS: Final = re.compile(r"[ \t\r\n\f\v]+")
_CONTROLS: Final = re.compile(r"[\x00-\x08\x0b\x0e-\x1f]")

_LEFT_OUT: Final = frozenset(
    {"script", "style", "head", "template", "noscript", "iframe", "object", "embed", "svg", "math", "select",
     "option", "button", "input", "textarea", "datalist", "audio", "video", "canvas", "map", "title", "meta",
     "link", "xml", "del", "nav"}
)  # fmt: skip
_BLOCKS: Final = frozenset(
    {"html", "body", "p", "div", "section", "article", "main", "header", "footer", "aside", "ul", "ol", "dl", "dt",
     "dd", "li", "h1", "h2", "h3", "h4", "h5", "h6", "blockquote", "pre", "table", "thead", "tbody", "tfoot", "tr",
     "td", "th", "caption", "hr", "figure", "figcaption", "form", "fieldset", "legend", "address", "center",
     "details", "summary"}
)  # fmt: skip


@dataclass(slots=True)
class _Table:
    """A table being read, and what stood around it."""

    number: int
    outer_kind: BlockKind
    outer_place: DraftPlace
    row: int = 0
    column: int = 0


def read_html(content: bytes, name: str) -> Draft:
    """The draft in a web page.

    Raises:
        ProblemsError: DRAFT_010 when it is no web page lxml can make sense of, DRAFT_012 or DRAFT_013 when its characters cannot be
            told, DRAFT_017 when it holds no text.
    """
    text = _XML_HEAD.sub("", _decoded(content, name))
    text = _CONTROLS.sub("", text)
    if not text.strip():
        raise refuse("DRAFT_017", name)
    parser = html.HTMLParser(no_network=True, remove_comments=True, remove_pis=True, huge_tree=True)
    try:
        root = html.document_fromstring(text, parser=parser)
    except (etree.ParserError, etree.XMLSyntaxError, ValueError, AssertionError) as error:
        raise refuse("DRAFT_010", name, part="") from error
    out = _Reading().read(root)
    if not out.text.strip():
        raise refuse("DRAFT_017", name)
    return Draft(out.text, name, "html", tuple(out.blocks))


def _decoded(content: bytes, name: str) -> str:
    declared = _DECLARED.search(content, 0, 4096)
    if declared is not None:
        text = decode_as(content, declared[1].decode("ascii"))
        if text is not None:
            return text
    return decode(content, name)


class _Reading:
    """Goes through the page event by event, so that no depth of nesting can exhaust anything."""

    def __init__(self) -> None:
        self.out = DraftText()
        self.pieces: list[str] = []
        self.line = 0
        self.kind: BlockKind = "paragraph"
        self.place = DraftPlace()
        self.level = 0
        self.tables: list[_Table] = []
        self.table_count = 0
        self.lists: list[
            int | None
        ] = []  #: the next number of each open list; None = it shows none
        self.kept = 0  #: how many elements are open in which blanks and line ends are words

    def read(self, root: etree._Element) -> DraftText:
        """All blocks of the page."""
        walk = etree.iterwalk(root, events=("start", "end"))
        left_out: etree._Element | None = None
        for event, element in walk:
            name = element.tag.lower() if isinstance(element.tag, str) else ""
            if event == "start":
                if not name or _is_left_out(name, element):
                    left_out = element
                    walk.skip_subtree()
                    continue
                self._open(name, element)
                self._say(element.text, element)
            else:
                if element is left_out:
                    left_out = None
                else:
                    self._close(name)
                self._say(element.tail, element)
        self._flush()
        return self.out

    def _open(self, name: str, element: etree._Element) -> None:
        if name == "br":
            self._flush()
        if name not in _BLOCKS:
            return
        self._flush()
        if name[0] == "h" and name[1:].isdigit():
            self.level = int(name[1:])
        elif name == "pre":
            self.kept += 1
        elif name == "ol":
            start = _whole(element.get("start"), 1)
            style = element.get("style") or ""
            self.lists.append(None if "list-style" in style and "none" in style else start)
        elif name == "ul":
            self.lists.append(None)
        elif name == "li" and self.lists and self.lists[-1] is not None:
            own = _whole(element.get("value"), self.lists[-1])
            self.lists[-1] = own + 1
            self._say(f"{own}. ", element)
        elif name == "table":
            self.table_count += 1
            self.tables.append(_Table(self.table_count, self.kind, self.place))
        elif name == "tr" and self.tables:
            self.tables[-1].row += 1
            self.tables[-1].column = 0
        elif name in ("td", "th") and self.tables:
            table = self.tables[-1]
            table.column += 1
            self.kind = "cell"
            self.place = DraftPlace(table=table.number, row=table.row, column=table.column)
            table.column += min(max(_whole(element.get("colspan"), 1), 1), 1000) - 1

    def _close(self, name: str) -> None:
        if name not in _BLOCKS:
            return
        self._flush()
        if name[0] == "h" and name[1:].isdigit():
            self.level = 0
        elif name == "pre":
            self.kept -= 1
        elif name in ("ol", "ul") and self.lists:
            self.lists.pop()
        elif name == "table" and self.tables:
            table = self.tables.pop()
            self.kind, self.place = table.outer_kind, table.outer_place
        elif name in ("td", "th") and self.tables:
            self.kind, self.place = self.tables[-1].outer_kind, self.tables[-1].outer_place

    def _say(self, text: str | None, element: etree._Element) -> None:
        if not text:
            return
        if not self.pieces or not "".join(self.pieces[-1:]).strip():
            self.line = cast("int | None", element.sourceline) or self.line
        if not self.kept:
            self.pieces.append(text)
            return
        first, *rest = text.split("\n")
        self.pieces.append(first)
        for one in rest:
            self._flush()
            self.pieces.append(one)

    def _flush(self) -> None:
        pieces, self.pieces = self.pieces, []
        text = "".join(pieces).replace("\u00a0", " ").replace("\u200b", "").replace("\ufeff", "")
        text = _BLANKS.sub(" ", text).strip()
        if text:
            place = replace(self.place, line=self.line)
            self.out.add(text, place, self.kind, self.level if self.kind == "paragraph" else 0)


def _is_left_out(name: str, element: etree._Element) -> bool:
    if name in _LEFT_OUT or element.get("hidden") is not None:
        return True
    if name == "main" and element.get("class") == "sheet":
        return True  # Shuzhi's own lists of sources and of what is missing, behind a report it made
    style = element.get("style")
    return bool(style and _HIDDEN.search(style))


def _whole(text: str | None, otherwise: int) -> int:
    text = (text or "").strip()
    return int(text) if re.fullmatch(r"-?[0-9]{1,6}", text) else otherwise
