"""The outer wrapping of a Word draft: a zip archive of XML parts, opened so that nothing in it can do harm.

What is encrypted, carries macros, declares a document type or would burst the machine is refused with a sentence that says how to
mend it. This module knows archives, parts and relations; it must not know paragraphs or runs.
"""

from __future__ import annotations

import io
import posixpath
import re
import zipfile
import zlib
from dataclasses import dataclass
from typing import Final

from lxml import etree

from shuzhi.core.problems import ProblemsError
from shuzhi.exchange.containers import megabytes, refuse

TRANSITIONAL: Final = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
STRICT: Final = "http://purl.oclc.org/ooxml/wordprocessingml/main"

_MEGABYTE: Final = 1 << 20
_PARTS_LIMIT: Final = 5000
_PART_LIMIT: Final = 64 * _MEGABYTE  #: of one XML part, thousands of pages
_CHUNK: Final = 1 << 18
_UNREADABLE: Final = (
    zipfile.BadZipFile,
    zlib.error,
    EOFError,
    NotImplementedError,
    RuntimeError,
    ValueError,
    OSError,
)
_RELATIONS: Final = "{http://schemas.openxmlformats.org/package/2006/relationships}Relationship"


@dataclass(frozen=True, slots=True)
class Relation:
    """A part that another part leads to: the last word of its type, and its name."""

    kind: str
    target: str


class Package:
    """A .docx archive whose directory has been looked at.

    Raises:
        ProblemsError: DRAFT_005, DRAFT_007, DRAFT_008, DRAFT_010, DRAFT_011; reading a part may raise DRAFT_009 to DRAFT_011.
    """

    def __init__(self, content: bytes, name: str):
        self.name = name
        try:
            self._archive = zipfile.ZipFile(io.BytesIO(content))
            members = self._archive.infolist()
        except _UNREADABLE as error:
            raise refuse("DRAFT_010", name, part="") from error
        if len(members) > _PARTS_LIMIT:
            raise refuse("DRAFT_011", name, size=len(members), limit=_PARTS_LIMIT)
        self._members = {_plain_name(one.filename): one for one in members}
        if len(self._members) != len(members):
            raise refuse("DRAFT_010", name, part="")
        if any(one.flag_bits & 0x1 for one in members):
            raise refuse("DRAFT_007", name)
        if any(one.endswith(("vbaproject.bin", "vbadata.xml")) for one in self._members):
            raise refuse("DRAFT_008", name)
        self.main = self._main_part()

    def _main_part(self) -> str:
        for relation in self.relations("").values():
            if relation.kind == "officeDocument" and self.has(relation.target):
                found = relation.target
                break
        else:
            found = "word/document.xml"
        if not self.has(found) or "word" not in _plain_name(found).split("/")[0]:
            raise other_kind(self.name, kind_of(self._members))
        return found

    def has(self, part: str) -> bool:
        """Whether the archive holds this part."""
        return _plain_name(part) in self._members

    def read(self, part: str) -> bytes:
        """One part, inflated in small pieces because the size an archive states need not be true."""
        member = self._members[_plain_name(part)]
        if member.file_size > _PART_LIMIT:
            raise refuse(
                "DRAFT_011",
                self.name,
                size=f"{megabytes(member.file_size)} MB",
                limit=f"{megabytes(_PART_LIMIT)} MB",
            )
        if member.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
            raise refuse("DRAFT_010", self.name, part=part)
        pieces: list[bytes] = []
        try:
            with self._archive.open(member) as stream:
                while piece := stream.read(_CHUNK):
                    pieces.append(piece)
        except _UNREADABLE as error:
            raise refuse("DRAFT_010", self.name, part=part) from error
        return b"".join(pieces)

    def tree(self, part: str) -> etree._ElementTree:
        """One XML part, parsed without entities, network or document type."""
        data = self.read(part)
        if b"<!DOCTYPE" in data[:4096]:
            raise refuse("DRAFT_009", self.name, part=part)
        # A fresh parser each time: lxml parsers keep the last error log.
        parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False)
        try:
            tree = etree.parse(io.BytesIO(data), parser)
        except (etree.XMLSyntaxError, ValueError, LookupError) as error:
            raise refuse("DRAFT_010", self.name, part=part) from error
        if tree.docinfo.internalDTD is not None:
            raise refuse("DRAFT_009", self.name, part=part)
        return tree

    def relations(self, part: str) -> dict[str, Relation]:
        """Where a part leads ("" = the package itself), by id; a part without relations gives none."""
        folder, base = posixpath.split(part)
        name = posixpath.join(folder, "_rels", f"{base}.rels")
        if not self.has(name):
            return {}
        found: dict[str, Relation] = {}
        for one in self.tree(name).getroot().iter(_RELATIONS):
            if one.get("TargetMode") == "External":
                continue
            target = str(one.get("Target", "")).replace("\\", "/")
            target = (
                target.lstrip("/")
                if target.startswith("/")
                else posixpath.normpath(posixpath.join(folder, target))
            )
            kind = str(one.get("Type", "")).rpartition("/")[2]
            found[str(one.get("Id", ""))] = Relation(kind, target)
        return found

    def related(self, part: str, kind: str) -> str:
        """The first part of a kind that another leads to; "" when there is none in the archive."""
        for relation in self.relations(part).values():
            if relation.kind == kind and self.has(relation.target):
                return relation.target
        return ""


def _plain_name(part: str) -> str:
    return part.replace("\\", "/").lstrip("/").lower()


def other_kind(name: str, found: str) -> ProblemsError:
    """The refusal of a file that is no draft: of a kind nobody reads, or of another kind than its name says."""
    suffix = posixpath.splitext(name)[1].lower()
    if suffix in ("", found.lower()):
        return refuse("DRAFT_006", name, suffix=found)
    return refuse("DRAFT_005", name, suffix=suffix, found=found)


_SHEET_OR_SLIDES: Final = re.compile(r"^(xl|ppt|visio)/")


def kind_of(members: dict[str, zipfile.ZipInfo] | set[str]) -> str:
    """What an archive without a Word document is, by the names in it."""
    for one in members:
        found = _SHEET_OR_SLIDES.match(one)
        if found:
            return {"xl": ".xlsx", "ppt": ".pptx", "visio": ".vsdx"}[found[1]]
    if "content.xml" in members:
        return ".ods"
    if "ofd.xml" in members:
        return ".ofd"
    return ".zip"
