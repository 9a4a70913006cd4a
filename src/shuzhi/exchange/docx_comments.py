"""Findings as comments in Word, each at exactly the words it speaks of; every word of the draft stays as it is.

Comments cannot stand in headers, footers, footnotes and text boxes; there they go to the place of the body that leads to them and
say where. Drafts that were no Word files come back as plain ones. Nothing here knows how findings are made, and there is no clock.
"""

from __future__ import annotations

import copy
import io
import posixpath
import re
import zipfile
import zlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final, Literal

from lxml import etree

from shuzhi.core.checking.model import Block
from shuzhi.exchange.checked_sheets import Sheet, SheetFinding, block_at, draft_blocks
from shuzhi.exchange.containers import megabytes, refuse
from shuzhi.exchange.docx_reports import plain_docx_bytes
from shuzhi.exchange.drafts_docx import DocxMap, Stretch, locate_runs
from shuzhi.exchange.drafts_package import STRICT, TRANSITIONAL, Package
from shuzhi.messages.checking import page_word, severity_word

#: Author and initials of the comments, by language.
AUTHORS: Final = {"zh": ("述职核对", "核"), "en": ("Shuzhi", "SZ")}

_IDS: Final = 1 << 30
_LIMIT: Final = 200 << 20  # of everything in the package, inflated
_RELATIONS: Final = "http://schemas.openxmlformats.org/package/2006/relationships"
_TYPES: Final = "http://schemas.openxmlformats.org/package/2006/content-types"
_OFFICE: Final = {
    TRANSITIONAL: "http://schemas.openxmlformats.org/officeDocument/2006/relationships",
    STRICT: "http://purl.oclc.org/ooxml/officeDocument/relationships",
}
_COMMENTS_TYPE: Final = (
    "application/vnd.openxmlformats-officedocument.wordprocessingml.comments+xml"
)
#: Passages of another report quoted in one comment.
_PASSAGES: Final = 2
_SPACE: Final = "{http://www.w3.org/XML/1998/namespace}space"
_NOT_IN_XML: Final = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
_UNREADABLE: Final = (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, OSError)
#: Siblings in a control that hold no words, so that what stands behind them still stands first.
_MARKS: Final = frozenset(
    {"bookmarkStart", "bookmarkEnd", "proofErr", "permStart", "permEnd"}
    | {"commentRangeStart", "commentRangeEnd"}
)


@dataclass(frozen=True, slots=True)
class WordComment:
    """A comment to be written: the characters of the draft it stands at, and its lines."""

    start: int
    end: int
    lines: tuple[str, ...]
    elsewhere: str = ""  #: said in front where the words themselves cannot carry a comment


def comments_of(sheet: Sheet) -> list[WordComment]:
    """The findings of a sheet as comments, in the order of the draft."""
    blocks = draft_blocks(sheet.draft)
    ordered = sorted(sheet.findings, key=lambda one: (one.start, one.end))
    return [_comment_of(one, sheet, blocks) for one in ordered]


def _comment_of(one: SheetFinding, sheet: Sheet, blocks: Sequence[Block]) -> WordComment:
    zh = sheet.language == "zh"
    word = severity_word(one.severity, sheet.language)
    lines = [
        f"【{word}】{one.sentence}（{one.code}）" if zh else f"[{word}] {one.sentence} ({one.code})"
    ]
    if one.adds_expected:
        head = page_word("expected", sheet.language)
        said = one.expected or page_word("delete", sheet.language)
        lines.append(f"{head}：{said}" if zh else f"{head}: {said}")
    for each in one.besides[:_PASSAGES]:
        colon = "：" if zh else ": "
        lines.append(f"{each.name}{colon}{each.passage}")
    words = one.excerpt.words
    place = one.place_words
    elsewhere = f"{place}“{words}”：" if zh else f"{place} “{words}”: "
    block = block_at(blocks, one.start)
    # a finding that runs over several blocks is marked in the first
    end = (
        one.end
        if block is None
        else max(one.start, min(one.end, _last_end(blocks, block, one.end)))
    )
    return WordComment(one.start, end, tuple(lines), elsewhere)


def _last_end(blocks: Sequence[Block], first: Block, end: int) -> int:
    """Up to where a comment may run that begins in a block: text to text, but never across cells or stories."""
    last = block_at(blocks, max(end - 1, 0)) or first
    return end if first.kind == last.kind == "paragraph" else first.end


def annotate(sheet: Sheet, content: bytes | None, *, moment: str) -> bytes:
    """The draft as a Word file with a comment for each finding.

    Args:
        sheet: What was found.
        content: The draft's own .docx file; None when it was another format, of which a plain Word file is made.
        moment: Date and time of the comments, ISO 8601; "" leaves them without.

    Raises:
        ProblemsError: as `locate_runs`, when `content` is no Word file that can be read.
    """
    author, initials = AUTHORS[sheet.language]
    comments = comments_of(sheet)
    if content is None:
        content = plain_docx(sheet)
        found = map_of_plain(content, sheet)
    else:
        found = locate_runs(content, sheet.path)
    return write_comments(
        content, found, comments, author=author, initials=initials, moment=moment, name=sheet.path
    )


# ── a plain Word file of a draft that was none ────────────────────────────────────────────────────────────────────────

_STYLES: Final = {
    "title": "Title",
    "addressee": "OfficialAddressee",
    "signature": "OfficialSignature",
    "date": "OfficialSignature",
}
_MAIN: Final = "word/document.xml"


def plain_docx(sheet: Sheet) -> bytes:
    """A Word file with the paragraphs of a draft; headings as its outline says."""
    text = sheet.draft.text
    parts = {node.start: node for node in sheet.outline}
    paragraphs = []
    for block in draft_blocks(sheet.draft):
        words = text[block.start : block.end]
        node = parts.get(block.start + len(words) - len(words.lstrip()))
        style = "OfficialBody" if words.strip() else "OfficialBlank"
        if node is not None and node.kind == "heading" and node.end >= block.end - 1:
            style = f"Heading{min(max(node.level, 1), 4)}"
        elif node is not None:
            style = _STYLES.get(node.kind, style)
        paragraphs.append((style, _written(words)))
    title = next((text[n.start : n.end] for n in sheet.outline if n.kind == "title"), "")
    return plain_docx_bytes(paragraphs, title=_written(title))


def _written(words: str) -> str:
    """The words with one space for each character that XML cannot hold, so that places stay."""
    return _NOT_IN_XML.sub(" ", words).replace("\n", " ").replace("\r", " ").replace("\t", " ")


def map_of_plain(content: bytes, sheet: Sheet) -> DocxMap:
    """Where the characters of a draft stand in the file that `plain_docx` made of it."""
    tree = Package(content, sheet.path).tree(_MAIN)
    stretches = []
    paragraphs = tree.getroot()[0].iterchildren(f"{{{TRANSITIONAL}}}p")
    for block, paragraph in zip(draft_blocks(sheet.draft), paragraphs, strict=False):
        element = next(paragraph.iter(f"{{{TRANSITIONAL}}}t"), None)
        stretches.append(Stretch(block.start, block.end, _MAIN, paragraph, element))
    return DocxMap(sheet.draft, {_MAIN: tree}, tuple(stretches))


# ── writing ───────────────────────────────────────────────────────────────────────────────────────────────────────────


def write_comments(
    content: bytes,
    found: DocxMap,
    comments: Sequence[WordComment],
    *,
    author: str,
    initials: str,
    moment: str = "",
    name: str = "",
) -> bytes:
    """A Word file with these comments added to those it has. Parts that need no change keep their bytes.

    Args:
        content: The .docx file.
        found: Where its characters stand, as `locate_runs` gave it for this very content; its trees are changed.
        comments: By place; places of `found.draft.text`.
        author: Who comments.
        initials: Shown beside the comment.
        moment: ISO 8601, or "".
        name: The file's name, for problems.

    Raises:
        ProblemsError: DRAFT_010 or DRAFT_011, the package is damaged or too large.
    """
    if not comments:
        return content
    package = Package(content, name)
    main = package.main
    root = found.trees[main].getroot()
    namespace = etree.QName(root).namespace or TRANSITIONAL
    part = package.related(main, "comments")
    changed: dict[str, etree._ElementTree] = {main: found.trees[main]}
    if part:
        tree = package.tree(part)
    else:
        part = posixpath.join(posixpath.dirname(main), "comments.xml")
        while package.has(part):
            part = part.replace(".xml", "_.xml")
        tree = etree.ElementTree(etree.Element(f"{{{namespace}}}comments", nsmap={"w": namespace}))
        changed |= dict(_announced(package, main, part, namespace))
    changed[part] = tree
    writer = _Writer(found, package, namespace)
    used = {
        int(written)
        for some in (root, tree.getroot())
        for one in some.iter(
            f"{{{namespace}}}comment",
            f"{{{namespace}}}commentReference",
            f"{{{namespace}}}commentRangeStart",
        )
        if (written := one.get(f"{{{namespace}}}id", "")).isdecimal()
    }
    # a number so large that Word could not count on from it is stepped over
    first = 1 + max((one for one in used if one < _IDS), default=-1)
    for number, comment in enumerate(comments, first):
        is_there = writer.add(comment, number)
        lines = comment.lines
        if not is_there:
            lines = (comment.elsewhere + lines[0], *lines[1:])
        tree.getroot().append(_comment_element(namespace, number, lines, author, initials, moment))
    writer.write()
    return packed(content, changed, name)


def _comment_element(
    namespace: str, number: int, lines: Sequence[str], author: str, initials: str, moment: str
) -> etree._Element:
    """A w:comment, set small whatever the document's own default is."""

    def made(parent: etree._Element, tag: str, **attributes: str) -> etree._Element:
        one = etree.SubElement(parent, f"{{{namespace}}}{tag}")
        for key, value in attributes.items():
            one.set(f"{{{namespace}}}{key}", value)
        return one

    comment = etree.Element(f"{{{namespace}}}comment", nsmap={"w": namespace})
    known = {"id": str(number), "author": author, "date": moment, "initials": initials}
    for key, value in known.items():
        if value:
            comment.set(f"{{{namespace}}}{key}", value)
    for index, line in enumerate(lines):
        paragraph = made(comment, "p")
        properties = made(paragraph, "pPr")
        made(properties, "spacing", before="0", after="0", line="240", lineRule="auto")
        made(properties, "ind", firstLineChars="0", firstLine="0")
        made(properties, "jc", val="left")
        if not index:
            made(made(paragraph, "r"), "annotationRef")
        run = made(paragraph, "r")
        style = made(run, "rPr")
        made(style, "rFonts", ascii="宋体", hAnsi="宋体", eastAsia="宋体", hint="eastAsia")
        made(style, "spacing", val="0")
        made(style, "sz", val="18")
        made(style, "szCs", val="18")
        text = made(run, "t")
        text.set(_SPACE, "preserve")
        text.text = _NOT_IN_XML.sub("\ufffd", line)
    return comment


@dataclass(slots=True)
class _Cut:
    """What is to be put at one place of a run: ends of comments first, then beginnings."""

    ends: list[int] = field(default_factory=list)
    starts: list[int] = field(default_factory=list)


#: A place in a run: the child and the character of it before which something stands; (number of children, 0) is behind the last.
_At = tuple[int, int]


class _Writer:
    """Collects where comments begin and end, then cuts the runs once and puts the marks in."""

    def __init__(self, found: DocxMap, package: Package, namespace: str):
        self.found = found
        self.package = package
        self.main = package.main
        self.namespace = namespace
        self.body = next(found.trees[self.main].getroot().iter(self._tag("body")))
        self.cuts: dict[etree._Element, dict[_At, _Cut]] = {}
        #: marks at the start of a paragraph in which no run holds the words
        self.heads: dict[etree._Element, list[int]] = {}

    def _tag(self, name: str) -> str:
        return f"{{{self.namespace}}}{name}"

    def add(self, comment: WordComment, number: int) -> bool:
        """Note a comment; False when it could not be put at its own words and must say where they are."""
        stretches = self.found.find(comment.start, comment.end)
        if not stretches:
            self._head(self._first_paragraph(), number)
            return False
        first = stretches[0]
        if self._is_apart(first):
            self._add_apart(first, number)
            return False
        cell = self._cell(first)
        own = [
            one
            for one in stretches
            if one.element is not None and not self._is_apart(one) and self._cell(one) is cell
        ]
        if not own or self._run(own[0]) is None:
            self._head(first.paragraph, number)
            return True
        if comment.start >= comment.end:
            side: Literal["before", "behind"] = (
                "before" if comment.start <= own[0].start else "behind"
            )
            run, at = self._at(own[0], side, comment.start - own[0].start)
            cut = self._cut(run, at)
            cut.starts.append(number)
            cut.ends.append(number)
            return True
        run, at = self._at(own[0], "before", 0)
        self._cut(run, at).starts.append(number)
        run, at = self._at(own[-1], "behind", own[-1].end - own[-1].start)
        self._cut(run, at).ends.append(number)
        return True

    # ── places ────────────────────────────────────────────────────────────────────────────────────────────────────────

    def _first_paragraph(self) -> etree._Element:
        found = next(self.body.iter(self._tag("p")), None)
        if found is None:
            found = etree.Element(self._tag("p"))
            self.body.insert(0, found)
        return found

    def _is_apart(self, one: Stretch) -> bool:
        """Whether Word takes no comment there: in another part, or in a text box."""
        return one.part != self.main or self._box(one) is not None

    def _box(self, one: Stretch) -> etree._Element | None:
        """The outermost text box a stretch stands in."""
        boxes = list(one.paragraph.iterancestors(self._tag("txbxContent")))
        return boxes[-1] if boxes else None

    def _cell(self, one: Stretch) -> etree._Element | None:
        return next(one.paragraph.iterancestors(self._tag("tc")), None)

    def _run(self, one: Stretch) -> etree._Element | None:
        """The run that holds a stretch's element."""
        if one.element is None:
            return None
        return next(one.element.iterancestors(self._tag("r")), None)

    def _add_apart(self, one: Stretch, number: int) -> None:
        box = self._box(one) if one.part == self.main else None
        anchor: etree._Element | None = None
        if box is not None:
            runs = list(box.iterancestors(self._tag("r")))
            anchor = runs[-1] if runs else None
        else:
            anchor = self._note_reference(one)
        if anchor is None:
            self._head(self._first_paragraph(), number)
            return
        self._cut(anchor, (0, 0)).starts.append(number)
        self._cut(anchor, (len(anchor), 0)).ends.append(number)

    def _note_reference(self, one: Stretch) -> etree._Element | None:
        """The run of the body that leads to the footnote or endnote a stretch stands in."""
        for kind in ("footnote", "endnote"):
            note = next(one.paragraph.iterancestors(self._tag(kind)), None)
            if note is None:
                continue
            wanted = note.get(self._tag("id"))
            for reference in self.body.iter(self._tag(f"{kind}Reference")):
                if reference.get(self._tag("id")) == wanted:
                    return next(reference.iterancestors(self._tag("r")), None)
        return None

    def _at(
        self, one: Stretch, side: Literal["before", "behind"], characters: int
    ) -> tuple[etree._Element, _At]:
        """The run of a stretch and the place in it, so many characters into the stretch."""
        run = self._run(one)
        element = one.element
        if run is None or element is None:
            raise ValueError("a stretch without a run carries no comment")
        if self._is_in_plain_control(run):
            return run, (0, 0) if side == "before" else (len(run), 0)
        while element.getparent() is not run:  # inside a branch for old and new programs
            parent = element.getparent()
            if parent is None:
                raise ValueError("a stretch stands outside its run")
            element = parent
        index = run.index(element)
        if element is one.element and element.tag == self._tag("t"):
            at = one.offset + characters
            if 0 < at < len(element.text or ""):
                return run, (index, at)
            return run, (index, 0) if at <= 0 else (index + 1, 0)
        return run, (index, 0) if side == "before" else (index + 1, 0)

    def _cut(self, run: etree._Element, at: _At) -> _Cut:
        first = self._first_content(run)
        if at <= (first, 0):
            at = (0, 0)
        return self.cuts.setdefault(run, {}).setdefault(at, _Cut())

    def _first_content(self, run: etree._Element) -> int:
        return 1 if len(run) and run[0].tag == self._tag("rPr") else 0

    def _head(self, paragraph: etree._Element, number: int) -> None:
        self.heads.setdefault(paragraph, []).append(number)

    # ── marks ─────────────────────────────────────────────────────────────────────────────────────────────────────────

    def write(self) -> None:
        """Put all marks into the tree."""
        for paragraph, numbers in self.heads.items():
            properties = paragraph.find(self._tag("pPr"))
            at = 0 if properties is None else paragraph.index(properties) + 1
            for number in reversed(numbers):
                for mark in reversed([self._start(number), *self._end(number)]):
                    paragraph.insert(at, mark)
        for run, cuts in self.cuts.items():
            self._write_run(run, cuts)

    def _write_run(self, run: etree._Element, cuts: Mapping[_At, _Cut]) -> None:
        """Cut a run at the given places, from behind, and put the marks between the pieces."""
        behind: etree._Element = run
        for at in sorted(cuts, reverse=True):
            cut = cuts[at]
            point = [number for number in cut.starts if number in cut.ends]
            ends = [n for number in cut.ends if number not in point for n in self._end(number)]
            starts = [self._start(number) for number in cut.starts if number not in point]
            for number in point:
                starts[:0] = [self._start(number), *self._end(number)]
            if at == (0, 0):
                place = self._outside(run, "before") if ends or starts else run
                _insert_before(place, [*ends, *starts])
                continue
            if at == (len(run), 0) and behind is run:
                _insert_behind(self._outside(run, "behind"), [*ends, *starts])
                continue
            behind = self._split(run, at)
            _insert_before(behind, [*ends, *starts])

    def _split(self, run: etree._Element, at: _At) -> etree._Element:
        """Cut a run in two; gives the new one that holds what is behind the cut."""
        index, character = at
        rest = _like(run, self.namespace)
        rest.tail, run.tail = run.tail, None
        if self._first_content(run):
            rest.append(copy.deepcopy(run[0]))
        if character:
            text = run[index]
            other = _like(text, self.namespace)
            rest.append(other)
            words = text.text or ""
            text.text, other.text = words[:character], words[character:]
            text.set(_SPACE, "preserve")
            other.set(_SPACE, "preserve")
            index += 1
        for one in list(run)[index:]:
            rest.append(one)
        run.addnext(rest)
        return rest

    def _outside(self, node: etree._Element, side: Literal["before", "behind"]) -> etree._Element:
        """The content control around a run when the run stands at its edge (or the control holds plain text only), else the run."""
        while True:
            content = node.getparent()
            if content is None or content.tag != self._tag("sdtContent"):
                return node
            control = content.getparent()
            if control is None:
                return node
            siblings = node.itersiblings(preceding=side == "before")
            is_edge = all(_local(one) in _MARKS for one in siblings)
            if not is_edge and not self._is_plain(control):
                return node
            node = control

    def _is_plain(self, control: etree._Element) -> bool:
        """Whether a content control is for plain text only, which has no room for marks."""
        return control.find(f"{self._tag('sdtPr')}/{self._tag('text')}") is not None

    def _is_in_plain_control(self, run: etree._Element) -> bool:
        return any(self._is_plain(one) for one in run.iterancestors(self._tag("sdt")))

    def _start(self, number: int) -> etree._Element:
        mark = etree.Element(self._tag("commentRangeStart"), nsmap={"w": self.namespace})
        mark.set(self._tag("id"), str(number))
        return mark

    def _end(self, number: int) -> list[etree._Element]:
        mark = etree.Element(self._tag("commentRangeEnd"), nsmap={"w": self.namespace})
        mark.set(self._tag("id"), str(number))
        run = etree.Element(self._tag("r"), nsmap={"w": self.namespace})
        reference = etree.SubElement(run, self._tag("commentReference"))
        reference.set(self._tag("id"), str(number))
        return [mark, run]


def _like(element: etree._Element, namespace: str) -> etree._Element:
    """An empty element of the same name with the same attributes."""
    made = etree.Element(element.tag, nsmap={"w": namespace})
    for key, value in element.attrib.items():
        made.set(key, value)
    return made


def _local(element: etree._Element) -> str:
    return etree.QName(element).localname if isinstance(element.tag, str) else "bookmarkEnd"


def _insert_before(place: etree._Element, marks: Iterable[etree._Element]) -> None:
    for mark in marks:
        place.addprevious(mark)


def _insert_behind(place: etree._Element, marks: Sequence[etree._Element]) -> None:
    for mark in reversed(marks):
        place.addnext(mark)


# ── the package ───────────────────────────────────────────────────────────────────────────────────────────────────────


def _announced(
    package: Package, main: str, part: str, namespace: str
) -> Iterator[tuple[str, etree._ElementTree]]:
    """Content types and relations that name a new comments part."""
    types = package.tree("[Content_Types].xml")
    override = etree.SubElement(types.getroot(), f"{{{_TYPES}}}Override")
    override.set("PartName", f"/{part}")
    override.set("ContentType", _COMMENTS_TYPE)
    yield "[Content_Types].xml", types

    folder, base = posixpath.split(main)
    name = posixpath.join(folder, "_rels", f"{base}.rels")
    relations = (
        package.tree(name)
        if package.has(name)
        else etree.ElementTree(etree.fromstring(f'<Relationships xmlns="{_RELATIONS}"/>'))
    )
    root = relations.getroot()
    used = {one.get("Id") for one in root}
    number = len(used) + 1
    while f"rId{number}" in used:
        number += 1
    relation = etree.SubElement(root, f"{{{_RELATIONS}}}Relationship")
    relation.set("Id", f"rId{number}")
    relation.set("Type", f"{_OFFICE.get(namespace, _OFFICE[TRANSITIONAL])}/comments")
    relation.set("Target", posixpath.relpath(part, folder))
    yield name, relations


def packed(content: bytes, changed: Mapping[str, etree._ElementTree], name: str) -> bytes:
    """The package with these parts written anew or added; all others keep their bytes."""
    buffer = io.BytesIO()
    waiting = {one.lower(): one for one in changed}
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as package:
            members = package.infolist()
            size = sum(one.file_size for one in members)
            if size > _LIMIT:
                limit = f"{megabytes(_LIMIT)} MB"
                raise refuse("DRAFT_011", name, size=f"{megabytes(size)} MB", limit=limit)
            with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as made:
                for info in members:
                    plain = info.filename.replace("\\", "/").lstrip("/").lower()
                    part = waiting.pop(plain, "")
                    data = _bytes_of(changed[part]) if part else package.read(info)
                    written = zipfile.ZipInfo(info.filename, info.date_time)
                    written.compress_type = info.compress_type
                    written.external_attr = info.external_attr
                    made.writestr(written, data)
                for part in waiting.values():
                    info = zipfile.ZipInfo(part, (1980, 1, 1, 0, 0, 0))
                    info.compress_type = zipfile.ZIP_DEFLATED
                    made.writestr(info, _bytes_of(changed[part]))
    except _UNREADABLE as error:
        raise refuse("DRAFT_010", name, part="") from error
    return buffer.getvalue()


def _bytes_of(tree: etree._ElementTree) -> bytes:
    return bytes(etree.tostring(tree, xml_declaration=True, encoding="UTF-8", standalone=True))
