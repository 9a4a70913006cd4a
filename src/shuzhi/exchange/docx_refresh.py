"""Renews the figures of a Word report that a person has edited, and leaves every word as it is.

Figures are found by the tags of their content controls (or, where a program dropped the tags, by the bookmarks inside),
wherever the person has moved them: text, tables, headers, footnotes. A figure whose text is no longer what was printed has been changed by hand; it is reported with both values and
kept, unless the caller decides otherwise. Only the parts of the package that change are written anew. Nothing here knows
where figures come from: the caller hands in `resolve`.
"""

from __future__ import annotations

import io
import zipfile
import zlib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath

from lxml import etree

from shuzhi.core.problems import Place, Problem, ProblemsError
from shuzhi.core.reports import TAG_LIMIT, digest_tag, identity_digest, is_tag
from shuzhi.exchange.docx_reports import BOOKMARK_PREFIX, FIGURES_NAMESPACE, PRINTED_MARK

_LIMIT_MB = 200
_TEXT_LIMIT_MB = 32  # of one XML part: thousands of pages
_PARTS_LIMIT = 5000
_W = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
_MC = "http://schemas.openxmlformats.org/markup-compatibility/2006"
_OLE_HEAD = bytes.fromhex("d0cf11e0a1b11ae1")
_DOCUMENT = "word/document.xml"
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


@dataclass(frozen=True, slots=True)
class RefreshReport:
    """What a refresh did, figure by figure.

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


@dataclass(slots=True)
class _Printed:
    """What the kept part says of one tag."""

    identity: str
    text: str
    title: str


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
) -> RefreshReport:
    """Renew the figures of an edited report and write the result to another file.

    Args:
        in_path: The file as a person saved it with Word, WPS or LibreOffice.
        out_path: Where the refreshed file is written; may be the same path.
        resolve: Gives a figure's text by its identity text (the tag itself where the identity fits one); None when unknown.
        overwrite_hand_changed: Renew also the figures that a person changed.

    Raises:
        ProblemsError: The file is not a report that can be read (REPORT_020 to REPORT_026); nothing is written.
    """
    path = Path(in_path)
    size = path.stat().st_size
    if size > _LIMIT_MB * 2**20:
        raise _too_large(path.name, size, 1, _LIMIT_MB)
    made, report = refresh_docx_bytes(
        path.read_bytes(), resolve, file=path.name, overwrite_hand_changed=overwrite_hand_changed
    )
    Path(out_path).write_bytes(made)
    return report


def refresh_docx_bytes(
    content: bytes,
    resolve: Callable[[str], RefreshedFigure | None],
    *,
    file: str = "",
    overwrite_hand_changed: bool = False,
) -> tuple[bytes, RefreshReport]:
    """The refreshed file and what was done, see `refresh_docx`; `file` is named in problems."""
    package = _open(content, file)
    trees = _read_trees(package, file)
    kept_part, kept_tree = _find_kept(trees)
    printed = _printed_of(kept_tree)
    work = _Refresh(printed, resolve, overwrite_hand_changed)
    for name, tree in trees.items():
        if name != kept_part:
            work.part(name, tree)
    if not work.seen:
        raise _problem("REPORT_026", file)
    changed = set(work.changed)
    if kept_tree is not None and kept_part is not None and work.written:
        _renew_kept(kept_tree, work.written)
        changed.add(kept_part)
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
        current = self._current(kept.identity if kept and kept.identity else tag)
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
            self._note(self.found.unknown, change, silent)
            return
        # Someone who typed today's value in by hand has only done the refresh beforehand.
        by_hand = printed is not None and found != printed and found != current.text
        if by_hand:
            self._note(self.found.hand_changed, change, silent)
            if not self.overwrite:
                return
        elif printed is None:
            self._note(self.found.unverified, change, silent)
        if found != current.text and _set_text(control, properties, current.text):
            self.changed.add(part)
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
        if name.startswith(BOOKMARK_PREFIX) and next(one.iterancestors(f"{{{_W}}}sdt")) is control:
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
