"""Renews the figures of a Word report that a person has edited, and leaves every word as it is.

Figures are found by the tags of their content controls (or, where a program dropped the tags, by the bookmarks inside),
wherever the person has moved them: text, tables, headers, footnotes. A figure whose text is no longer what was printed has been changed by hand; it is reported with both values and
kept, unless the caller decides otherwise. The annex 数据来源表 is renewed with them, or says at its head that it was not. Only
the parts of the package that change are written anew. Nothing here knows where figures come from: the caller hands them in.
"""

from __future__ import annotations

import io
import re
import zipfile
import zlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path, PurePosixPath
from typing import Literal

from lxml import etree

from shuzhi.core.problems import Place, Problem, ProblemsError
from shuzhi.core.reports import (
    TAG_LIMIT,
    AnnexEntry,
    digest_tag,
    identity_digest,
    is_tag,
    parse_tag,
)
from shuzhi.exchange.docx_reports import (
    ANNEX_BOOKMARK,
    ANNEX_COLUMNS,
    ANNEX_NOTE_HEAD,
    ANNEX_STYLE_NAMES,
    BOOKMARK_PREFIX,
    FIGURES_NAMESPACE,
    PRINTED_MARK,
    AnnexStyles,
    annex_note_and_table,
    annex_warning,
    write_whole,
)

_LIMIT_MB = 200
_TEXT_LIMIT_MB = 32  # of one XML part: thousands of pages
_PARTS_LIMIT = 5000
_W = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
_MC = "http://schemas.openxmlformats.org/markup-compatibility/2006"
_OLE_HEAD = bytes.fromhex("d0cf11e0a1b11ae1")
_DOCUMENT = "word/document.xml"
_STYLES = "word/styles.xml"
#: parts of word/ that can hold text
_TEXT_PARTS = ("document", "header", "footer", "footnotes", "endnotes", "comments", "glossary")


@dataclass(frozen=True, slots=True)
class RefreshedFigure:
    """What a figure is to be printed as now. `as_of` is kept for the next refresh."""

    text: str
    title: str = ""
    as_of: int | None = None


@dataclass(frozen=True, slots=True)
class FigureChange:
    """One content control of the file. A text that is not known is None.

    `printed` is what the rendering (or the last refresh) wrote, `found` what the file says, `current` what the books say now.
    """

    tag: str
    title: str
    part: str
    printed: str | None
    found: str
    current: str | None


#: What became of the annex. absent: the file has none (any more), none was added · unchanged: it says what the body says ·
#: renewed: built anew · outdated: the body was renewed and the annex was not, which a line at its head says
AnnexState = Literal["absent", "unchanged", "renewed", "outdated"]

#: Gives the annex's entries, one for each of these identity texts (in the order of the document, repetitions included); None when
#: they cannot be had, and the annex is marked as outdated.
AnnexBuilder = Callable[[Sequence[str]], Sequence[AnnexEntry] | None]


@dataclass(frozen=True, slots=True)
class RefreshReport:
    """What a refresh did, figure by figure, and what became of the annex.

    `hand_changed`: text differs from what was printed; left as it is unless overwriting was asked for · `unknown`: the books do
    not know the figure (any more), left as it is · `removed`: printed once, no longer in the file · `unverified`: updated or
    unchanged, though what was once printed is not known, so a change by hand could not be seen.
    """

    updated: tuple[FigureChange, ...] = ()
    unchanged: tuple[FigureChange, ...] = ()
    hand_changed: tuple[FigureChange, ...] = ()
    unknown: tuple[FigureChange, ...] = ()
    removed: tuple[FigureChange, ...] = ()
    unverified: tuple[FigureChange, ...] = ()
    annex: AnnexState = "absent"


@dataclass(slots=True)
class _Printed:
    """What the kept part says of one tag."""

    identity: str
    text: str
    title: str


@dataclass(frozen=True, slots=True)
class _Standing:
    """A figure as it stands in the document after the refresh."""

    tag: str
    identity: str
    title: str
    text: str
    current: RefreshedFigure | None


@dataclass(slots=True)
class _Found:
    updated: list[FigureChange] = field(default_factory=list)
    unchanged: list[FigureChange] = field(default_factory=list)
    hand_changed: list[FigureChange] = field(default_factory=list)
    unknown: list[FigureChange] = field(default_factory=list)
    unverified: list[FigureChange] = field(default_factory=list)


def refresh_docx(
    in_path: Path | str,
    out_path: Path | str,
    resolve: Callable[[str], RefreshedFigure | None],
    *,
    overwrite_hand_changed: bool = False,
    annex: AnnexBuilder | None = None,
) -> RefreshReport:
    """Renew the figures of an edited report and write the result to another file.

    Args:
        in_path: The file as a person saved it with Word, WPS or LibreOffice.
        out_path: Where the refreshed file is written; may be the same path.
        resolve: Gives a figure's text by its identity text (the tag itself where the identity fits one); None when unknown.
        overwrite_hand_changed: Renew also the figures that a person changed.
        annex: Gives the entries of the renewed annex for the identity texts of the figures that `resolve` knows, in the order of the
            document, as `core.reports.annex_of` does; without it an annex that no longer agrees with the body is marked.

    Raises:
        ProblemsError: The file is not a report that can be read (REPORT_020 to REPORT_026, REPORT_028), or the result cannot be written
            (REPORT_027); what stood at `out_path` is kept.
    """
    path = Path(in_path)
    try:
        size = path.stat().st_size
        if size > _LIMIT_MB * 2**20:
            raise _too_large(path.name, size, 1, _LIMIT_MB)
        content = path.read_bytes()
    except OSError as error:
        raise _problem("REPORT_028", str(path), reason=error.strerror or str(error)) from error
    made, report = refresh_docx_bytes(
        content,
        resolve,
        file=path.name,
        overwrite_hand_changed=overwrite_hand_changed,
        annex=annex,
    )
    write_whole(out_path, made)
    return report


def refresh_docx_bytes(
    content: bytes,
    resolve: Callable[[str], RefreshedFigure | None],
    *,
    file: str = "",
    overwrite_hand_changed: bool = False,
    annex: AnnexBuilder | None = None,
) -> tuple[bytes, RefreshReport]:
    """The refreshed file and what was done, see `refresh_docx`; `file` is named in problems."""
    package = _open(content, file)
    trees = _read_trees(package, file)
    kept_part, kept_tree = _find_kept(trees)
    printed = _printed_of(kept_tree)
    work = _Refresh(printed, resolve, overwrite_hand_changed)
    # The document goes before headers and footnotes, whatever their order in the file: so the annex counts.
    for name in sorted(trees, key=lambda one: one != _DOCUMENT):
        if name != kept_part:
            work.part(name, trees[name])
    if not work.seen:
        raise _problem("REPORT_026", file)
    changed = set(work.changed)
    if kept_tree is not None and kept_part is not None and work.written:
        _renew_kept(kept_tree, work.written)
        changed.add(kept_part)
    state = _refresh_annex(
        trees[_DOCUMENT],
        work,
        annex,
        lambda: (
            _annex_styles(_parse(_read(package, _STYLES, file), _STYLES, file, required=False))
            if _STYLES in package.namelist()
            else AnnexStyles("", "")
        ),
    )
    if state.changed:
        changed.add(_DOCUMENT)
    removed = tuple(
        FigureChange(tag, one.title, "", one.text, "", None)
        for tag, one in printed.items()
        if tag not in work.seen
    )
    found = work.found
    report = RefreshReport(
        updated=tuple(found.updated),
        unchanged=tuple(found.unchanged),
        hand_changed=tuple(found.hand_changed),
        unknown=tuple(found.unknown),
        removed=removed,
        unverified=tuple(found.unverified),
        annex=state.state,
    )
    if not changed:
        return content, report
    return _write(package, {name: trees[name] for name in changed}), report


# ── the package ───────────────────────────────────────────────────────────────────────────────────────────────────────


def _problem(code: str, file: str, **params: object) -> ProblemsError:
    return ProblemsError([Problem(code, params, Place(file=file))])


def _too_large(file: str, size: int, parts: int, limit: int) -> ProblemsError:
    return _problem(
        "REPORT_023",
        file,
        size=-(-size // 2**20),
        parts=parts,
        limit=limit,
        parts_limit=_PARTS_LIMIT,
    )


def _open(content: bytes, file: str) -> zipfile.ZipFile:
    """The package, after everything that could do harm has been refused."""
    if content.startswith(_OLE_HEAD):
        raise _problem("REPORT_021", file)
    try:
        package = zipfile.ZipFile(io.BytesIO(content))
    except (zipfile.BadZipFile, ValueError, EOFError, OSError) as error:
        code = "REPORT_022" if content.startswith(b"PK") else "REPORT_020"
        raise _problem(code, file, part=file or "zip") from error
    parts = package.infolist()
    size = sum(part.file_size for part in parts)
    if size > _LIMIT_MB * 2**20 or len(parts) > _PARTS_LIMIT:
        raise _too_large(file, size, len(parts), _LIMIT_MB)
    text = max((part.file_size for part in parts if part.filename.endswith(".xml")), default=0)
    if text > _TEXT_LIMIT_MB * 2**20:
        raise _too_large(file, text, 1, _TEXT_LIMIT_MB)
    if any(part.flag_bits & 0x1 for part in parts):
        raise _problem("REPORT_021", file)
    names = [part.filename for part in parts]
    if len(set(names)) != len(names):
        raise _problem("REPORT_022", file, part="zip")
    if _DOCUMENT not in names:
        raise _problem("REPORT_020", file)
    if any(PurePosixPath(name).name.lower() == "vbaproject.bin" for name in names):
        raise _problem("REPORT_024", file)
    return package


def _read(package: zipfile.ZipFile, name: str, file: str) -> bytes:
    """One part. The declared size was checked, and zipfile never unpacks more than that."""
    try:
        return package.read(name)
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, OSError) as error:
        raise _problem("REPORT_022", file, part=name) from error


def _read_trees(package: zipfile.ZipFile, file: str) -> dict[str, etree._ElementTree]:
    """The parts that can hold figures, and the part that keeps what was printed."""
    trees: dict[str, etree._ElementTree] = {}
    for info in package.infolist():
        name = info.filename
        folder, _, base = name.rpartition("/")
        is_text = folder == "word" and base.endswith(".xml") and base.startswith(_TEXT_PARTS)
        is_custom = folder == "customXml" and base.startswith("item") and base.endswith(".xml")
        if is_text or (is_custom and not base.startswith("itemProps")):
            tree = _parse(_read(package, name, file), name, file, required=name == _DOCUMENT)
            if tree is not None:
                trees[name] = tree
    return trees


def _parse(data: bytes, name: str, file: str, *, required: bool) -> etree._ElementTree | None:
    parser = etree.XMLParser(
        resolve_entities=False, no_network=True, load_dtd=False, remove_blank_text=False
    )
    try:
        tree = etree.parse(io.BytesIO(data), parser)
    except etree.XMLSyntaxError as error:
        if not required and not data.strip():
            return None
        raise _problem("REPORT_022", file, part=name) from error
    if tree.docinfo.internalDTD is not None:
        raise _problem("REPORT_025", file, part=name)
    return tree


def _write(package: zipfile.ZipFile, changed: Mapping[str, etree._ElementTree]) -> bytes:
    """The package with these parts written anew; all others keep their bytes."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as made:
        for info in package.infolist():
            tree = changed.get(info.filename)
            if tree is None:
                data = package.read(info)
            else:
                data = etree.tostring(tree, xml_declaration=True, encoding="UTF-8", standalone=True)
            copy = zipfile.ZipInfo(info.filename, info.date_time)
            copy.compress_type = zipfile.ZIP_DEFLATED if data else zipfile.ZIP_STORED
            copy.external_attr = info.external_attr
            made.writestr(copy, data)
    return buffer.getvalue()


# ── what was printed ──────────────────────────────────────────────────────────────────────────────────────────────────


def _find_kept(
    trees: Mapping[str, etree._ElementTree],
) -> tuple[str | None, etree._ElementTree | None]:
    """The part written by `docx_reports`, under whatever name the last program gave it."""
    for name, tree in trees.items():
        if tree.getroot().tag == f"{{{FIGURES_NAMESPACE}}}figures":
            return name, tree
    return None, None


def _printed_of(tree: etree._ElementTree | None) -> dict[str, _Printed]:
    if tree is None:
        return {}
    return {
        one.get("tag", ""): _Printed(
            one.get("identity", ""), one.get("printed", ""), one.get("title", "")
        )
        for one in tree.getroot().iterchildren(f"{{{FIGURES_NAMESPACE}}}figure")
    }


def _renew_kept(tree: etree._ElementTree, written: Mapping[str, RefreshedFigure]) -> None:
    for one in tree.getroot().iterchildren(f"{{{FIGURES_NAMESPACE}}}figure"):
        figure = written.get(one.get("tag", ""))
        if figure is not None:
            one.set("printed", figure.text)
            # The value behind the new text is in the books; an old one beside it would mislead.
            if "value" in one.attrib:
                del one.attrib["value"]
            if figure.as_of is not None:
                one.set("asOf", str(figure.as_of))


# ── content controls ──────────────────────────────────────────────────────────────────────────────────────────────────


class _Refresh:
    """Goes through the parts, renews controls, and notes what it did."""

    def __init__(
        self,
        printed: Mapping[str, _Printed],
        resolve: Callable[[str], RefreshedFigure | None],
        overwrite: bool,
    ):
        self.printed = printed
        self.resolve = resolve
        self.overwrite = overwrite
        self.found = _Found()
        self.seen: set[str] = set()
        self.changed: set[str] = set()
        self.written: dict[str, RefreshedFigure] = {}
        self.standing: list[_Standing] = []
        self.has_renewed = False  #: the text of some figure is another now
        self._resolved: dict[str, RefreshedFigure | None] = {}
        self._by_digest = {identity_digest(one.identity): tag for tag, one in printed.items()}

    def part(self, name: str, tree: etree._ElementTree) -> None:
        for control in list(tree.getroot().iter(f"{{{_W}}}sdt")):
            properties = control.find(f"{{{_W}}}sdtPr")
            if properties is None:
                continue
            tag = _value(properties, "tag")
            if is_tag(tag):
                self._control(name, control, properties, tag)
                continue
            digest = _bookmarked(control)
            if digest:
                tag = self._by_digest.get(digest, digest_tag(digest))
                if self._restore(properties, tag):
                    self.changed.add(name)
                self._control(name, control, properties, tag)

    def _restore(self, properties: etree._Element, tag: str) -> bool:
        """Put back the tag and title that a program dropped (LibreOffice 7.4 does)."""
        kept = self.printed.get(tag)
        names = {"tag": tag, "alias": f"{kept.title}{PRINTED_MARK}{kept.text}" if kept else ""}
        restored = False
        for name, value in names.items():
            if value and properties.find(f"{{{_W}}}{name}") is None:
                one = etree.Element(f"{{{_W}}}{name}")
                one.set(f"{{{_W}}}val", value[-TAG_LIMIT:])
                # The schema wants the run properties first.
                properties.insert(0 if properties.find(f"{{{_W}}}rPr") is None else 1, one)
                restored = True
        return restored

    def _control(
        self, part: str, control: etree._Element, properties: etree._Element, tag: str
    ) -> None:
        self.seen.add(tag)
        kept = self.printed.get(tag)
        title = _value(properties, "alias")
        printed = kept.text if kept else _printed_in(title)
        found = "" if _shows_placeholder(properties) else _text_of(control)
        identity = kept.identity if kept and kept.identity else tag
        current = self._current(identity)
        change = FigureChange(
            tag=tag,
            title=kept.title if kept and kept.title else title.rpartition(PRINTED_MARK)[0],
            part=part,
            printed=printed,
            found=found,
            current=current.text if current else None,
        )
        # A text box is kept twice (for new and old programs): both are renewed, one is reported.
        silent = any(True for _ in control.iterancestors(f"{{{_MC}}}Fallback"))
        if current is None:
            self._stand(change, identity, found, None, silent)
            self._note(self.found.unknown, change, silent)
            return
        # Someone who typed today's value in by hand has only done the refresh beforehand.
        by_hand = printed is not None and found != printed and found != current.text
        if by_hand:
            self._note(self.found.hand_changed, change, silent)
            if not self.overwrite:
                self._stand(change, identity, found, current, silent)
                return
        elif printed is None:
            self._note(self.found.unverified, change, silent)
        self._stand(change, identity, current.text, current, silent)
        if found != current.text and _set_text(control, properties, current.text):
            self.changed.add(part)
            self.has_renewed = True
            if not by_hand:
                self._note(self.found.updated, change, silent)
        elif not by_hand:
            self._note(self.found.unchanged, change, silent)
        if printed != current.text:
            self.written[tag] = current
            if _set_title(properties, title, current.text):
                self.changed.add(part)

    def _current(self, identity: str) -> RefreshedFigure | None:
        if identity not in self._resolved:
            self._resolved[identity] = self.resolve(identity)
        return self._resolved[identity]

    def _stand(
        self,
        change: FigureChange,
        identity: str,
        text: str,
        current: RefreshedFigure | None,
        silent: bool,
    ) -> None:
        if not silent:
            self.standing.append(_Standing(change.tag, identity, change.title, text, current))

    @staticmethod
    def _note(where: list[FigureChange], change: FigureChange, silent: bool) -> None:
        if not silent:
            where.append(change)


def _value(properties: etree._Element, name: str) -> str:
    found = properties.find(f"{{{_W}}}{name}")
    return "" if found is None else str(found.get(f"{{{_W}}}val", ""))


def _bookmarked(control: etree._Element) -> str:
    """The digest in the name of the bookmark inside a control; "" when there is none of ours."""
    for one in control.iter(f"{{{_W}}}bookmarkStart"):
        name = str(one.get(f"{{{_W}}}name", ""))
        is_figure = name.startswith(BOOKMARK_PREFIX) and name != ANNEX_BOOKMARK
        if is_figure and next(one.iterancestors(f"{{{_W}}}sdt")) is control:
            return name.rpartition("_")[2]
    return ""


def _printed_in(title: str) -> str | None:
    """The text that was printed, from a control's title, when the part that keeps it was lost."""
    before, mark, printed = title.rpartition(PRINTED_MARK)
    return printed if before and mark else None


def _shows_placeholder(properties: etree._Element) -> bool:
    found = properties.find(f"{{{_W}}}showingPlcHdr")
    return found is not None and found.get(f"{{{_W}}}val", "1") not in ("0", "false", "off")


def _texts(control: etree._Element) -> Iterator[etree._Element]:
    """The text elements of this control, without those of controls inside it and of deleted text."""
    for one in control.iter(f"{{{_W}}}t"):
        if next(one.iterancestors(f"{{{_W}}}sdt")) is control and not any(
            True for _ in one.iterancestors(f"{{{_W}}}moveFrom")
        ):
            yield one


def _text_of(control: etree._Element) -> str:
    return "".join(one.text or "" for one in _texts(control)).strip()


def _set_text(control: etree._Element, properties: etree._Element, text: str) -> bool:
    """Put the text into the control's first run, keeping its formatting; the other runs are emptied."""
    texts = list(_texts(control))
    if not texts:
        run = _empty_run(control)
        if run is None:
            return False
        texts = [etree.SubElement(run, f"{{{_W}}}t")]
    # The run that holds most of the old text carries the formatting a reader sees.
    target = max(texts, key=lambda one: len(one.text or ""))
    for one in texts:
        one.text = text if one is target else ""
    placeholder = properties.find(f"{{{_W}}}showingPlcHdr")
    if placeholder is not None:
        properties.remove(placeholder)
        # Word greys a placeholder through its run's style; a figure is no placeholder.
        for style in list(control.iter(f"{{{_W}}}rStyle")):
            parent = style.getparent()
            if parent is not None:
                parent.remove(style)
    return True


def _empty_run(control: etree._Element) -> etree._Element | None:
    """A run to write into when the control has been emptied."""
    content = control.find(f"{{{_W}}}sdtContent")
    if content is None:
        return None
    run = next(content.iter(f"{{{_W}}}r"), None)
    if run is not None:
        return run
    paragraph = next(content.iter(f"{{{_W}}}p"), None)
    parent = control.getparent()
    if paragraph is None and (parent is None or parent.tag != f"{{{_W}}}p"):
        return None
    return etree.SubElement(content if paragraph is None else paragraph, f"{{{_W}}}r")


def _set_title(properties: etree._Element, title: str, printed: str) -> bool:
    """Put what is printed now behind the title's mark, so that it stays readable without the kept part."""
    alias = properties.find(f"{{{_W}}}alias")
    if alias is None or _printed_in(title) is None:
        return False
    tail = f"{PRINTED_MARK}{printed}"
    head = title.rpartition(PRINTED_MARK)[0][: TAG_LIMIT - len(tail)]
    alias.set(f"{{{_W}}}val", head + tail)
    return True


# ── the annex ─────────────────────────────────────────────────────────────────────────────────────────────────────────

#: Opens the line that says that the annex is older than the body.
_WARNING_HEAD = "注意：本表未随正文刷新"
#: As of which point the annex was read, in today's words and in those of earlier versions.
_POINTS = re.compile(r"截至账册[^。]*")


@dataclass(frozen=True, slots=True)
class _AnnexResult:
    state: AnnexState
    changed: bool = False


@dataclass(frozen=True, slots=True)
class _AnnexPlace:
    """Where the annex stands: its table, what is left of it where a person divided it, and the lines above."""

    table: etree._Element
    rest: tuple[etree._Element, ...]
    note: etree._Element | None
    warning: etree._Element | None


def _refresh_annex(
    tree: etree._ElementTree,
    work: _Refresh,
    build: AnnexBuilder | None,
    styles: Callable[[], AnnexStyles],
) -> _AnnexResult:
    root = tree.getroot()
    place = _find_annex(root)
    if place is None:
        return _AnnexResult("absent")
    entries = _entries(work.standing, build) if build is not None else None
    if entries is not None:
        taken = (one.get(f"{{{_W}}}id", "") for one in root.iter(f"{{{_W}}}bookmarkStart"))
        free = max((int(one) for one in taken if one.isdecimal()), default=0) + 1
        return _renew_annex(place, *annex_note_and_table(entries, styles(), free))
    if not work.has_renewed:
        return _AnnexResult("unchanged" if place.warning is None else "outdated")
    _warn(place, work.standing)
    return _AnnexResult("outdated", changed=True)


def _entries(standing: Sequence[_Standing], build: AnnexBuilder) -> list[AnnexEntry] | None:
    """An entry for each figure of the document: as the caller gives it, or saying why there is none."""
    known = [one for one in standing if one.current is not None]
    given = build([one.identity for one in known])
    if given is None:
        return None
    if len(given) != len(known):
        raise ValueError(f"{len(given)} annex entries for {len(known)} figures")
    numbers = {id(one): number for number, one in enumerate(standing, 1)}
    #: the caller numbers what is known, the document counts all
    moved = {entry.number: numbers[id(one)] for one, entry in zip(known, given, strict=True)}
    moved[0] = 0
    by_place = {id(one): entry for one, entry in zip(known, given, strict=True)}
    return [_entry(one, numbers[id(one)], by_place.get(id(one)), moved) for one in standing]


def _entry(
    one: _Standing, number: int, given: AnnexEntry | None, moved: Mapping[int, int]
) -> AnnexEntry:
    if given is None or one.current is None:
        identity = parse_tag(one.identity)
        kind = identity.figure.kind if identity else "actual"
        remark = "账册中已查不到这个数，文中仍是原来的写法。"
        return AnnexEntry(
            number, one.tag, one.text, one.title, "", "", 0, kind, "", "", remark=remark
        )
    remark = given.remark
    if one.text != one.current.text:
        remark = f"文中为人工改写，账册为{one.current.text}。{remark}"
    ledgers = tuple(replace(one, same_as=moved[one.same_as]) for one in given.ledgers)
    return replace(
        given,
        number=number,
        text=one.text,
        remark=remark,
        ledgers=ledgers,
        same_as=moved[given.same_as],
    )


def _find_annex(root: etree._Element) -> _AnnexPlace | None:
    """The annex by its bookmark, or by the heads of its columns; None when its table is gone."""
    table = _bookmarked_table(root)
    if table is None:
        heads = (one for one in root.iter(f"{{{_W}}}tbl") if _has_annex_head(one))
        table = next(heads, None)
    if table is None:
        return None
    rest: list[etree._Element] = []
    for below in table.itersiblings():
        if below.tag == f"{{{_W}}}tbl" and _continues_annex(below):
            rest.append(below)
        elif below.tag == f"{{{_W}}}tbl" or _words(below):
            break
    note = warning = None
    for above in table.itersiblings(f"{{{_W}}}p", preceding=True):
        text = _words(above)
        if text.startswith(ANNEX_NOTE_HEAD):
            note = above
        elif text.startswith(_WARNING_HEAD):
            warning = above
        elif text:
            break
    return _AnnexPlace(table, tuple(rest), note, warning)


def _bookmarked_table(root: etree._Element) -> etree._Element | None:
    for one in root.iter(f"{{{_W}}}bookmarkStart"):
        if one.get(f"{{{_W}}}name") == ANNEX_BOOKMARK:
            table = next(one.iterancestors(f"{{{_W}}}tbl"), None)
            if table is not None:
                return table
    return None


def _first_row(table: etree._Element) -> list[str]:
    row = table.find(f"{{{_W}}}tr")
    return [] if row is None else [_words(cell) for cell in row.iterchildren(f"{{{_W}}}tc")]


def _has_annex_head(table: etree._Element) -> bool:
    return _first_row(table)[:2] == [title for title, _ in ANNEX_COLUMNS[:2]]


def _continues_annex(table: etree._Element) -> bool:
    """A part of our table that a person cut off: it begins with the head again or with a numbered row."""
    first = _first_row(table)
    return _has_annex_head(table) or (len(first) == len(ANNEX_COLUMNS) and first[0].isdigit())


def _words(element: etree._Element) -> str:
    return "".join(one.text or "" for one in element.iter(f"{{{_W}}}t")).strip()


def _renew_annex(place: _AnnexPlace, note: str, table: str) -> _AnnexResult:
    """Put the new note and table where the old ones stand; a heading and words a person put beside them stay."""
    new_note, new_table = _element(note), _element(table)
    is_same = (
        place.warning is None
        and not place.rest
        and place.note is not None
        and _words(place.note) == _words(new_note)
        and _cells(place.table) == _cells(new_table)
    )
    if is_same:
        return _AnnexResult("unchanged")
    for one in (place.warning, *place.rest):
        if one is not None:
            _remove(one)
    if place.note is not None:
        _swap(place.note, new_note)
    else:
        place.table.addprevious(new_note)
    _swap(place.table, new_table)
    return _AnnexResult("renewed", changed=True)


def _cells(table: etree._Element) -> list[list[str]]:
    return [
        ["".join(_words(p) for p in cell.iter(f"{{{_W}}}p")) for cell in row.iter(f"{{{_W}}}tc")]
        for row in table.iter(f"{{{_W}}}tr")
    ]


def _warn(place: _AnnexPlace, standing: Sequence[_Standing]) -> None:
    """Say at the head of the annex that it is older than the body."""
    points = _POINTS.search(_words(place.note)) if place.note is not None else None
    numbers = re.findall(r"\d+", points[0]) if points else []
    then = f"账册时点 {'、'.join(numbers)} " if numbers else "原来"
    now = max((one.current.as_of or 0 for one in standing if one.current), default=0)
    body = f"正文的数已刷新到账册时点 {now}。" if now else "正文的数已刷新。"
    line = _element(annex_warning(f"{_WARNING_HEAD}，仍是{then}的情况；{body}"))
    if place.warning is not None:
        _swap(place.warning, line)
        return
    first = place.table if place.note is None else place.note
    first.addprevious(line)


def _element(xml: str) -> etree._Element:
    """An element of our own making, without namespace declarations that the document has at its root."""
    return etree.fromstring(f'<w:x xmlns:w="{_W}">{xml}</w:x>')[0]


def _swap(old: etree._Element, new: etree._Element) -> None:
    old.addnext(new)
    _remove(old)


def _remove(element: etree._Element) -> None:
    parent = element.getparent()
    if parent is not None:
        parent.remove(element)


def _annex_styles(tree: etree._ElementTree | None) -> AnnexStyles:
    """The ids under which the document has our styles now: programs change them on saving, but not the names."""
    ids: dict[str, str] = {}
    if tree is not None:
        for style in tree.getroot().iterchildren(f"{{{_W}}}style"):
            name = style.find(f"{{{_W}}}name")
            if name is not None:
                ids[str(name.get(f"{{{_W}}}val", ""))] = str(style.get(f"{{{_W}}}styleId", ""))
    names = ANNEX_STYLE_NAMES
    return AnnexStyles(cell=ids.get(names.cell, ""), head=ids.get(names.head, ""))
