"""Reads a Word draft as a reader sees it: changes accepted, hidden words out, fields by their result, list numbers as text.

One walk through the document gives the draft, how it is set, and the way back: which element of the tree holds each character, so
that comments can be written at the right words. Nothing here knows figures or findings, and nothing here changes a document.
"""

from __future__ import annotations

import bisect
import itertools
import re
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from decimal import Decimal
from typing import Final

from lxml import etree

from shuzhi.core.checking.model import (
    BlockKind,
    Control,
    Draft,
    DraftPlace,
    LayoutFacts,
    ParagraphLayout,
)
from shuzhi.core.reports import digest_tag, identity_digest, is_tag
from shuzhi.exchange.containers import refuse
from shuzhi.exchange.docx_reports import (
    ANNEX_BOOKMARK,
    ANNEX_COLUMNS,
    ANNEX_NOTE_HEAD,
    ANNEX_TITLE,
    BOOKMARK_PREFIX,
    FIGURES_NAMESPACE,
)
from shuzhi.exchange.drafts_package import STRICT, TRANSITIONAL, Package
from shuzhi.exchange.drafts_styles import (
    Numbering,
    Properties,
    Styles,
    attribute,
    child,
    children,
    is_on,
    number,
    paragraph_properties,
    run_properties,
    value,
)
from shuzhi.exchange.drafts_text import DraftText

_MARKUP: Final = "http://schemas.openxmlformats.org/markup-compatibility/2006"
_MATHS: Final = (
    "http://schemas.openxmlformats.org/officeDocument/2006/math",
    "http://purl.oclc.org/ooxml/officeDocument/math",
)
_RELATED: Final = (
    "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id",
    "{http://purl.oclc.org/ooxml/officeDocument/relationships}id",
)
#: Opens the line by which a refresh says that the annex is older than the text.
_ANNEX_WARNING_HEAD: Final = "注意：本表未随正文刷新"
_PRESERVE: Final = "{http://www.w3.org/XML/1998/namespace}space"
_SPACES: Final = str.maketrans("\t\n\r", "   ")
#: How deep paragraphs, tables, text boxes and controls may stand inside each other; people need ten.
_DEPTH: Final = 90

#: Elements that only wrap others; a tracked insertion or arrival counts as accepted.
_WRAPPERS: Final = frozenset(
    {"ins", "moveTo", "smartTag", "customXml", "hyperlink", "dir", "bdo", "oMathPara", "subDoc"}
)
#: Fields whose result Word writes anew on every page or opening; it is no part of what the writer says.
_MADE_FIELDS: Final = frozenset({"PAGE", "NUMPAGES", "SECTIONPAGES", "TOC", "INDEX", "PAGEREF"})
#: What is left of a page number's line without the number.
_BARE_PAGE: Final = re.compile(r"[\s—–\-－―·•.．第页共/／~～]*\Z")
#: Signs of the symbol fonts that people put into reports; others have no character.
_SYMBOLS: Final = {
    "symbol": {0xB0: "°", 0xB1: "±", 0xB3: "≥", 0xA3: "≤", 0xB4: "×", 0xB7: "·", 0xB9: "≠", 0xBB: "≈", 0xB8: "÷"},
    "wingdings": {0xFC: "✓", 0xFB: "✗", 0xFE: "☑", 0xA8: "□", 0x6F: "□", 0x6E: "■", 0x6C: "●", 0xE0: "→", 0xD8: "➢"},
    "wingdings 2": {0x50: "✓", 0x52: "☑", 0xA3: "□", 0x30: "□"},
}  # fmt: skip
_ALIGNMENTS: Final = {"start": "left", "end": "right", "distribute": "both", "justify": "both"}
_MILLIMETRES: Final = Decimal("25.4") / 1440  #: of one twip


# ── the way back ──────────────────────────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True)
class Stretch:
    """Characters of `Draft.text` that stand in one element of the document.

    `element` is the w:t that holds them (character `start` is `element.text[offset]`), or the w:tab, w:br, w:sym … that stands for
    one character, whose parent is the run; None for what Word itself makes (the number of a list) or sets without a run (formulas),
    where a comment can only be put at the start of `paragraph`.
    """

    start: int
    end: int
    part: str
    paragraph: etree._Element  #: the w:p
    element: etree._Element | None
    offset: int = 0


@dataclass(frozen=True)
class DocxMap:
    """A Word draft with the way from its characters back to the trees of its parts."""

    draft: Draft
    trees: Mapping[
        str, etree._ElementTree
    ]  #: by part name, as parsed; the stretches' elements are in them
    stretches: tuple[
        Stretch, ...
    ]  #: in the order of the text; line ends between blocks belong to none

    def find(self, start: int, end: int) -> tuple[Stretch, ...]:
        """The stretches that hold these characters, cut to them; for an empty range the one at or before it."""
        starts = [one.start for one in self.stretches]
        at = max(bisect.bisect_right(starts, start) - 1, 0)
        found: list[Stretch] = []
        for one in self.stretches[at:]:
            if one.start >= max(end, start + 1) and found:
                break
            low, high = max(one.start, start), min(one.end, end)
            if low < high:
                found.append(replace(one, start=low, end=high, offset=one.offset + low - one.start))
            elif one.start >= end:
                break
        if not found and self.stretches and start >= end:
            found.append(self.stretches[at])
        return tuple(found)


def read_docx(content: bytes, name: str) -> Draft:
    """The draft in a .docx file.

    Raises:
        ProblemsError: DRAFT_005, DRAFT_007 to DRAFT_011 when it cannot be opened safely, DRAFT_017 when it holds no text.
    """
    return _Walk(Package(content, name)).made().draft


def locate_runs(content: bytes, name: str = "") -> DocxMap:
    """The draft of a .docx file together with the elements its characters stand in; raises as `read_docx`."""
    return _Walk(Package(content, name)).made()


# ── the walk ──────────────────────────────────────────────────────────────────────────────────────────────────────────


@dataclass(slots=True)
class _Piece:
    """Characters of one element, and where they came to stand."""

    text: str
    part: str
    paragraph: etree._Element
    element: etree._Element | None
    offset: int
    face: tuple[str | None, Decimal | None, bool] | None = None
    start: int = 0
    end: int = 0


@dataclass(slots=True)
class _Field:
    """A field being read: its instruction until it is separated, then its result."""

    code: list[str] = field(default_factory=list)
    in_result: bool = False
    is_made: bool = False


@dataclass(slots=True)
class _OpenControl:
    tag: str
    first: int  #: index into the walk's pieces


@dataclass(slots=True)
class _Where:
    """What kind of block is being read and where it stands."""

    kind: BlockKind = "paragraph"
    table: int = 0
    row: int = 0
    column: int = 0


class _Walk:
    def __init__(self, package: Package):
        self.package = package
        main = package.main
        self.trees: dict[str, etree._ElementTree] = {main: package.tree(main)}
        styles = self._side_tree("styles")
        self.styles = Styles(styles, self._side_tree("theme"))
        self.numbering = Numbering(self._side_tree("numbering"))
        self.has_even_pages = is_on(child(self._side_tree("settings"), "evenAndOddHeaders"))
        self._names: dict[object, str] = {}
        self.out = DraftText()
        self.pieces: list[_Piece] = []
        self.waiting: list[_Piece] = []  #: of the paragraph being read
        self.labels: list[
            _Piece
        ] = []  #: list numbers, apart because controls count pieces of the document
        self.controls: list[tuple[str, int, int]] = []
        self.open_bookmarks: dict[str, _OpenControl] = {}
        self.sdt_tags: list[str] = []
        self.fields: list[_Field] = []
        self.boxes: list[etree._Element] = []
        self.notes: dict[str, list[str]] = {"footnotes": [], "endnotes": []}
        self.layouts: list[ParagraphLayout] = []
        self.part = main
        self.paragraph_number = 0
        self.table_number = 0
        self.where = _Where()
        self.depth = 0
        self.paragraph: etree._Element | None = None
        self.paragraph_style = ""
        self.has_page_field = False
        self.page_fields: set[str] = set()
        self.digests = self._digests()
        self.skipped: list[etree._Element] = []

    def _side_tree(self, kind: str) -> etree._Element | None:
        part = self.package.related(self.package.main, kind)
        return self.package.tree(part).getroot() if part else None

    def _digests(self) -> dict[str, str]:
        """Tags by the digest of what they identify, from the part that keeps what Shuzhi printed."""
        found: dict[str, str] = {}
        for relation in self.package.relations(self.package.main).values():
            if relation.kind != "customXml" or not self.package.has(relation.target):
                continue
            root = self.package.tree(relation.target).getroot()
            if root.tag != f"{{{FIGURES_NAMESPACE}}}figures":
                continue
            for one in root.iterchildren(f"{{{FIGURES_NAMESPACE}}}figure"):
                tag, identity = str(one.get("tag", "")), str(one.get("identity", ""))
                if is_tag(tag) and identity:
                    found[identity_digest(identity)] = tag
        return found

    def made(self) -> DocxMap:
        """Walk through everything and put it together."""
        main = self.package.main
        body = child(self.trees[main].getroot(), "body")
        if body is None:
            raise refuse("DRAFT_010", self.package.name, part=main)
        self.skipped = self._annex(body)
        self._story(body)
        sections = [one for ns in (TRANSITIONAL, STRICT) for one in body.iter(f"{{{ns}}}sectPr")]
        for kind in ("footnotes", "endnotes"):
            self._read_notes(kind)
        self._read_margins(sections)
        text = self.out.text
        if not text.strip():
            raise refuse("DRAFT_017", self.package.name)
        draft = Draft(
            text,
            self.package.name,
            "docx",
            tuple(self.out.blocks),
            self._made_controls(),
            self._layout(sections),
        )
        stretches = sorted(
            (
                Stretch(one.start, one.end, one.part, one.paragraph, one.element, one.offset)
                for one in (*self.pieces, *self.labels)
                if one.start < one.end
            ),
            key=lambda one: one.start,
        )
        return DocxMap(draft, self.trees, tuple(stretches))

    def _made_controls(self) -> tuple[Control, ...]:
        made: list[Control] = []
        for tag, first, behind in self.controls:
            inside = [one for one in self.pieces[first:behind] if one.start < one.end]
            if inside:
                made.append(Control(inside[0].start, inside[-1].end, tag))
                continue
            at = self.pieces[first - 1].end if 0 < first <= len(self.pieces) else 0
            made.append(Control(at, at, tag))
        return tuple(sorted(made, key=lambda one: (one.start, one.end)))

    # ── names and depth ───────────────────────────────────────────────────────────────────────────────────────────────

    def _name(self, element: etree._Element) -> str:
        """The element's local name; with mc: or x: before it when it is not WordprocessingML or a formula."""
        tag = element.tag
        known = self._names.get(tag)
        if known is None:
            known = ""
            if isinstance(tag, str):
                namespace, _, local = tag.rpartition("}")
                namespace = namespace[1:]
                if namespace in (TRANSITIONAL, STRICT) or (
                    namespace in _MATHS and local in ("oMath", "oMathPara")
                ):
                    known = local
                elif namespace == _MARKUP:
                    known = f"mc:{local}"
                elif namespace in _MATHS:
                    known = f"m:{local}"
                else:
                    known = f"x:{local}"
            self._names[tag] = known
        return known

    def _content(
        self, parent: etree._Element, visit: Callable[[str, etree._Element], None]
    ) -> None:
        """Call `visit` for each child that is not a mere wrapping, and look into wrappings and controls."""
        self.depth += 1
        if self.depth > _DEPTH:
            raise refuse("DRAFT_010", self.package.name, part=self.part)
        for one in parent:
            name = self._name(one)
            if name in _WRAPPERS:
                self._content(one, visit)
            elif name == "sdt":
                self._control(one, visit)
            elif name == "mc:AlternateContent":
                branch = self._branch(one)
                if branch is not None:
                    self._content(branch, visit)
            elif name == "bookmarkStart":
                self._open_bookmark(one)
            elif name == "bookmarkEnd":
                self._close_bookmark(attribute(one, "id") or "")
            elif name:
                visit(name, one)
        self.depth -= 1

    def _branch(self, alternate: etree._Element) -> etree._Element | None:
        """The one of the copies for new and old programs that says something; a text box is kept in both."""
        for one in alternate:
            if self._name(one) in ("mc:Choice", "mc:Fallback") and any(
                self._name(inner) in ("t", "txbxContent", "tbl", "sym") for inner in one.iter()
            ):
                return one
        return None

    # ── controls ──────────────────────────────────────────────────────────────────────────────────────────────────────

    def _control(self, sdt: etree._Element, visit: Callable[[str, etree._Element], None]) -> None:
        properties = child(sdt, "sdtPr")
        gallery = value(child(properties, "docPartObj"), "docPartGallery") or ""
        if gallery == "Table of Contents":
            return
        tag = value(properties, "tag") or ""
        if not is_tag(tag):
            tag = self._tag_of_bookmark(sdt)
        first = len(self.pieces) + len(self.waiting)
        self.sdt_tags.append(tag)
        for content in children(sdt, "sdtContent"):
            self._content(content, visit)
        self.sdt_tags.pop()
        if tag:
            self.controls.append((tag, first, len(self.pieces) + len(self.waiting)))

    def _tag_of_bookmark(self, sdt: etree._Element) -> str:
        """The tag behind the one bookmark of ours in a control that a program has left without its tag."""
        digests = [
            digest
            for namespace in (TRANSITIONAL, STRICT)
            for one in sdt.iter(f"{{{namespace}}}bookmarkStart")
            if (digest := _digest_in(one))
        ]
        return self._tag_of(digests[0]) if len(digests) == 1 else ""

    def _tag_of(self, digest: str) -> str:
        return self.digests.get(digest, digest_tag(digest))

    def _open_bookmark(self, mark: etree._Element) -> None:
        digest = _digest_in(mark)
        if digest and not any(self.sdt_tags):
            # The control around it is gone: the bookmark alone still knows the figure.
            first = len(self.pieces) + len(self.waiting)
            self.open_bookmarks[attribute(mark, "id") or ""] = _OpenControl(
                self._tag_of(digest), first
            )

    def _close_bookmark(self, key: str) -> None:
        opened = self.open_bookmarks.pop(key, None)
        if opened is not None:
            behind = len(self.pieces) + len(self.waiting)
            self.controls.append((opened.tag, opened.first, behind))

    def _annex(self, body: etree._Element) -> list[etree._Element]:
        """Shuzhi's own table of sources and the lines above it: made by the program, not written by anybody."""
        tables = [
            table
            for namespace in (TRANSITIONAL, STRICT)
            for table in body.iter(f"{{{namespace}}}tbl")
            if _is_annex(table)
        ]
        found: list[etree._Element] = []
        for table in tables:
            found.append(table)
            for above in table.itersiblings(preceding=True):
                words = _words(above)
                is_ours = words.startswith((ANNEX_NOTE_HEAD, _ANNEX_WARNING_HEAD)) or (
                    words in ("附件", ANNEX_TITLE)
                )
                if words and not is_ours:
                    break
                if words:
                    found.append(above)
        return found

    # ── blocks ────────────────────────────────────────────────────────────────────────────────────────────────────────

    def _story(self, container: etree._Element) -> None:
        """All blocks of one container: the body, a cell, a text box, a note, a header."""
        self._content(container, self._visit_block)
        # The mark of a last paragraph can be deleted too; its words stay.
        if self.waiting:
            self._flush(self.waiting[-1].paragraph, {})

    def _visit_block(self, name: str, element: etree._Element) -> None:
        if name == "p":
            if not any(element is one for one in self.skipped):
                self._paragraph(element)
        elif name == "tbl" and not any(element is one for one in self.skipped):
            self._table(element)

    def _table(self, table: etree._Element) -> None:
        self.table_number += 1
        outer = self.where
        mine = _Where("cell" if outer.kind == "paragraph" else outer.kind, self.table_number)

        def visit_cell(name: str, cell: etree._Element) -> None:
            if name != "tc":
                return
            properties = child(cell, "tcPr")
            if child(properties, "cellDel") is not None:
                return
            mine.column += 1
            first = mine.column
            span = number(value(properties, "gridSpan"))
            self.where = replace(mine)
            self._story(cell)
            mine.column = first + (min(max(int(span), 1), 1000) - 1 if span is not None else 0)

        def visit_row(name: str, row: etree._Element) -> None:
            if name != "tr":
                return
            properties = child(row, "trPr")
            if child(properties, "del") is not None:
                return
            mine.row += 1
            before = number(value(properties, "gridBefore"))
            mine.column = min(max(int(before), 0), 1000) if before is not None else 0
            self._content(row, visit_cell)

        self._content(table, visit_row)
        self.where = outer

    def _paragraph(self, element: etree._Element) -> None:
        if self.where.table == 0 and self.where.kind != "textbox":
            self.paragraph_number += 1
        properties = child(element, "pPr")
        outer = (self.paragraph, self.paragraph_style, self.has_page_field)
        self.paragraph = element
        self.paragraph_style = value(properties, "pStyle") or self.styles.default
        if not self.waiting:
            self.has_page_field = False
        self._content(element, self._visit_inline)
        # An instruction never runs on into the next paragraph; a damaged field must not swallow the rest.
        self.fields = [one for one in self.fields if one.in_result]
        mark = child(properties, "rPr")
        is_merged = (
            child(mark, "del") is not None
            or child(mark, "moveFrom") is not None
            or bool(run_properties(mark).get("vanish") and self.waiting)
        )
        if not is_merged:
            direct = paragraph_properties(properties)
            self._flush(element, {**self.styles.paragraph(self.paragraph_style), **direct}, direct)
        self.paragraph, self.paragraph_style, self.has_page_field = outer

    def _flush(
        self,
        element: etree._Element,
        properties: Properties,
        direct: Properties | None = None,
    ) -> None:
        """Make a block of the pieces that wait, with the number of its list before them, then read its text boxes."""
        label = self._label(properties, direct or {})
        waiting, self.waiting = self.waiting, []
        # Line and page breaks at either end only make air.
        for ends in (waiting, waiting[::-1]):
            for one in itertools.takewhile(lambda piece: piece.text in ("\n", ""), ends):
                one.text = ""
        text = "".join(one.text for one in waiting)
        is_page_number = (
            self.has_page_field
            and self.where.kind in ("header", "footer")
            and _BARE_PAGE.match(text)
        )
        if not text.strip() or is_page_number:
            for one in waiting:
                one.start = one.end = self.out.length
            self.pieces += waiting
        else:
            where = self.where
            place = DraftPlace(
                paragraph=0 if where.table else self.paragraph_number,
                table=where.table,
                row=where.row,
                column=where.column,
                part=self.part,
            )
            outline = properties.get("outline", 9)
            level = outline + 1 if 0 <= outline <= 8 and where.kind == "paragraph" else 0
            at = self.out.add(label + text, place, where.kind, level)
            if label:
                made = _Piece(label, self.part, element, None, 0, None, at, at + len(label))
                at = made.end
                self.labels.append(made)
            for one in waiting:
                one.start, at = at, at + len(one.text)
                one.end = at
            self.pieces += waiting
            if where.kind == "paragraph":
                self.layouts.append(self._paragraph_layout(waiting, properties, len(label)))
        self._read_boxes()

    def _label(self, properties: Properties, direct: Properties) -> str:
        list_id = properties.get("list", "0")
        if list_id == "0":
            return ""
        if "list" not in direct and "list_level" not in direct:
            level = properties.get("list_level") or self.numbering.level_of_style(
                list_id, self.paragraph_style
            )
        else:
            level = properties.get("list_level", 0)
        return self.numbering.next_label(list_id, level)

    # ── runs ──────────────────────────────────────────────────────────────────────────────────────────────────────────

    def _visit_inline(self, name: str, element: etree._Element) -> None:
        if name == "r":
            self._run(element)
        elif name == "fldSimple":
            outside = len(self.fields)
            self.fields.append(_Field([attribute(element, "instr") or ""]))
            self._separate()
            self._content(element, self._visit_inline)
            # A complex field left open inside must not outlive the simple one.
            del self.fields[outside:]
        elif name == "oMath":
            for inner in element.iter():
                if self._name(inner) == "m:t":
                    self._put((inner.text or "").translate(_SPACES), None)

    def _run(self, run: etree._Element) -> None:
        properties = child(run, "rPr")
        direct = run_properties(properties)
        face = {
            **self.styles.run_defaults,
            **self.styles.run(self.paragraph_style),
            **self.styles.run(value(properties, "rStyle") or ""),
            **direct,
        }
        if face.get("vanish"):
            # Hidden, but a field's marks count all the same.
            for one in run:
                if self._name(one) == "fldChar":
                    self._field_mark(one)
            return
        shape = (self.styles.font(face.get("font")), face.get("size"), bool(face.get("b")))
        self._content(run, lambda name, one: self._in_run(name, one, shape))

    def _in_run(
        self,
        name: str,
        element: etree._Element,
        face: tuple[str | None, Decimal | None, bool],
    ) -> None:
        if name == "t":
            text, offset = (element.text or "").translate(_SPACES), 0
            if element.get(_PRESERVE) != "preserve":
                offset = len(text) - len(text.lstrip(" "))
                text = text.strip(" ")
            self._put(text, element, offset, face)
        elif name in ("tab", "ptab"):
            self._put("\t", element, 0, face)
        elif name in ("br", "cr"):
            self._put("\n", element, 0, face)
        elif name == "noBreakHyphen":
            self._put("-", element, 0, face)
        elif name == "sym":
            self._put(_symbol(element), element, 0, face)
        elif name == "fldChar":
            self._field_mark(element)
        elif name == "instrText":
            if self.fields and not self.fields[-1].in_result:
                self.fields[-1].code.append(element.text or "")
        elif name == "ruby":
            for base in children(element, "rubyBase"):
                self._content(base, self._visit_inline)
        elif name in ("drawing", "pict", "object"):
            self.boxes += self._boxes_in(element)
        elif name in ("footnoteReference", "endnoteReference"):
            self.notes[f"{name[:-9]}s"].append(attribute(element, "id") or "")

    def _put(
        self,
        text: str,
        element: etree._Element | None,
        offset: int = 0,
        face: tuple[str | None, Decimal | None, bool] | None = None,
    ) -> None:
        """Add characters to the paragraph being read, unless they belong to a field's instruction or a made result."""
        if not text or self.paragraph is None:
            return
        if any(not one.in_result or one.is_made for one in self.fields):
            return
        self.waiting.append(_Piece(text, self.part, self.paragraph, element, offset, face))

    # ── fields ────────────────────────────────────────────────────────────────────────────────────────────────────────

    def _field_mark(self, mark: etree._Element) -> None:
        kind = attribute(mark, "fldCharType")
        if kind == "begin":
            if len(self.fields) < _DEPTH:
                self.fields.append(_Field())
        elif kind == "separate" and self.fields:
            self._separate()
        elif kind == "end" and self.fields:
            if not self.fields[-1].in_result:
                self._separate()
            self.fields.pop()

    def _separate(self) -> None:
        """The instruction of the innermost field is complete: what it is decides whether its result is read."""
        one = self.fields[-1]
        words = "".join(one.code).split(None, 1)
        kind = words[0].upper() if words else ""
        one.in_result = True
        one.is_made = kind in _MADE_FIELDS
        if kind == "PAGE":
            self.has_page_field = True
            self.page_fields.add(self.part)

    # ── text boxes, notes, margins ────────────────────────────────────────────────────────────────────────────────────

    def _boxes_in(self, element: etree._Element) -> list[etree._Element]:
        """The contents of the text boxes of a drawing, each once, those inside another box left to it."""
        found: list[etree._Element] = []
        stack = [element]
        while stack:
            one = stack.pop()
            name = self._name(one)
            if name == "txbxContent":
                found.append(one)
            elif name == "mc:AlternateContent":
                branch = self._branch(one)
                if branch is not None:
                    stack.append(branch)
            else:
                stack.extend(reversed(one))
        return found

    def _read_boxes(self) -> None:
        boxes, self.boxes = self.boxes, []
        if not boxes:
            return
        outer = (self.where, self.fields, self.paragraph, self.paragraph_style, self.has_page_field)
        kind = self.where.kind if self.where.kind in ("header", "footer") else "textbox"
        for box in boxes:
            self.where, self.fields = replace(self.where, kind=kind), []
            self._story(box)
        self.where, self.fields, self.paragraph, self.paragraph_style, self.has_page_field = outer

    def _begin_part(self, part: str, kind: BlockKind) -> etree._Element | None:
        if part not in self.trees:
            self.trees[part] = self.package.tree(part)
        self.part, self.where = part, _Where(kind)
        self.fields, self.open_bookmarks = [], {}
        self.paragraph_number = self.table_number = 0
        return self.trees[part].getroot()

    def _read_notes(self, kind: str) -> None:
        """The notes that the text still refers to, in its order."""
        part = self.package.related(self.package.main, kind)
        wanted = self.notes[kind]
        if not part or not wanted:
            return
        root = self._begin_part(part, "footnote")
        by_id = {attribute(one, "id") or "": one for one in children(root, kind[:-1])}
        for key in dict.fromkeys(wanted):
            if key in by_id:
                self._story(by_id[key])

    def _read_margins(self, sections: list[etree._Element]) -> None:
        """Headers and footers that are shown, each once, and none that only repeats another."""
        relations = self.package.relations(self.package.main)
        seen: set[str] = set()
        said: set[str] = set()
        for kind in ("header", "footer"):
            for section in sections:
                for reference in children(section, f"{kind}Reference"):
                    which = attribute(reference, "type") or "default"
                    if which == "first" and not is_on(child(section, "titlePg")):
                        continue
                    if which == "even" and not self.has_even_pages:
                        continue
                    key = next((v for one in _RELATED if (v := reference.get(one))), "")
                    part = relations[key].target if key in relations else ""
                    if not part or part in seen or not self.package.has(part):
                        continue
                    seen.add(part)
                    root = self._begin_part(part, "header" if kind == "header" else "footer")
                    if root is not None and self._said(root) not in said:
                        said.add(self._said(root))
                        self._story(root)
                    elif root is not None and any(_instructs_page(one) for one in root.iter()):
                        self.page_fields.add(part)

    def _said(self, root: etree._Element) -> str:
        return "".join(one.text or "" for one in root.iter() if self._name(one) == "t")

    # ── layout ────────────────────────────────────────────────────────────────────────────────────────────────────────

    def _paragraph_layout(
        self, pieces: list[_Piece], properties: Properties, label: int
    ) -> ParagraphLayout:
        fonts: Counter[str | None] = Counter()
        sizes: Counter[Decimal | None] = Counter()
        bold = total = 0
        for one in pieces:
            if one.face is None:
                continue
            weight = len(one.text) - one.text.count(" ") - one.text.count("\u3000")
            fonts[one.face[0]] += weight
            sizes[one.face[1]] += weight
            bold += weight if one.face[2] else 0
            total += weight
        size = sizes.most_common(1)[0][0] if sizes else None
        # Word's own default where neither the document nor a style says anything.
        size = size if size is not None else Decimal(10)
        all_of = {**self.styles.paragraph_defaults, **properties}
        alignment = all_of.get("alignment")
        indent = all_of.get("first_chars")
        if indent is None and all_of.get("first_twips") is not None and size:
            indent = round(all_of["first_twips"] / 20 / size, 2)
        line = all_of.get("line") if all_of.get("rule") == "exact" else None
        return ParagraphLayout(
            start=pieces[0].start - label,
            end=pieces[-1].end,
            font=fonts.most_common(1)[0][0] if fonts else None,
            size=size,
            bold=bold * 2 > total if total else None,
            alignment=_ALIGNMENTS.get(alignment, alignment) if alignment else None,
            first_line_chars=indent,
            line_spacing=line / 20 if line is not None else None,
        )

    def _layout(self, sections: list[etree._Element]) -> LayoutFacts:
        section = sections[0] if sections else None
        size, margin = child(section, "pgSz"), child(section, "pgMar")

        def measure(element: etree._Element | None, name: str) -> Decimal | None:
            twips = number(attribute(element, name)) if element is not None else None
            return round(twips * _MILLIMETRES, 1) if twips is not None else None

        sides = [measure(margin, one) for one in ("top", "right", "bottom", "left")]
        known = [abs(one) for one in sides if one is not None]
        return LayoutFacts(
            page_width=measure(size, "w"),
            page_height=measure(size, "h"),
            margins=(known[0], known[1], known[2], known[3]) if len(known) == 4 else None,
            has_page_numbers=bool(self.page_fields),
            paragraphs=tuple(self.layouts),
        )


def _digest_in(mark: etree._Element) -> str:
    """The digest in the name of one of our hidden bookmarks; "" in any other."""
    name = attribute(mark, "name") or ""
    if not name.startswith(BOOKMARK_PREFIX) or name == ANNEX_BOOKMARK:
        return ""
    return name.rpartition("_")[2]


def _is_annex(table: etree._Element) -> bool:
    for namespace in (TRANSITIONAL, STRICT):
        for mark in table.iter(f"{{{namespace}}}bookmarkStart"):
            if attribute(mark, "name") == ANNEX_BOOKMARK:
                return next(mark.iterancestors(f"{{{namespace}}}tbl"), None) is table
    row = child(table, "tr")
    heads = [_words(cell) for cell in children(row, "tc")]
    return heads == [title for title, _ in ANNEX_COLUMNS]


def _words(element: etree._Element) -> str:
    return "".join(
        one.text or ""
        for namespace in (TRANSITIONAL, STRICT)
        for one in element.iter(f"{{{namespace}}}t")
    ).strip()


def _instructs_page(element: etree._Element) -> bool:
    instruction = attribute(element, "instr") or (
        element.text if isinstance(element.tag, str) and element.tag.endswith("}instrText") else ""
    )
    return (instruction or "").split()[:1] == ["PAGE"]


def _symbol(element: etree._Element) -> str:
    """The character a w:sym shows: from a text font its own, from a symbol font the sign it draws, else nothing."""
    code = attribute(element, "char") or ""
    if not re.fullmatch(r"[0-9A-Fa-f]{1,5}", code):
        return ""
    point = int(code, 16)
    font = (attribute(element, "font") or "").lower()
    if font in _SYMBOLS:
        return _SYMBOLS[font].get(point & 0xFF, "")
    if 0xE000 <= point <= 0xF8FF or point < 0x20 or 0xD800 <= point <= 0xDFFF or point > 0x10FFFF:
        return ""
    return chr(point)
