"""Reads a draft report from whatever file somebody hands in: Word, text, Markdown, web page, PDF, and older kinds by LibreOffice.

What a file is, is decided by what is in it and only then by its name. Everything that cannot be read is refused with a sentence
that says what to do; nothing is ever guessed. This module knows files; it must not know figures or findings.
"""

from __future__ import annotations

import struct
from pathlib import Path, PurePath
from typing import Final

from shuzhi.core.checking.model import Draft
from shuzhi.core.problems import ProblemsError
from shuzhi.exchange.containers import OLE_MAGIC, ZIP_MAGICS, OleFile, megabytes, refuse
from shuzhi.exchange.drafts_text import read_markdown, read_plain

_SIZE_LIMIT: Final = 50 << 20

_PICTURES: Final = (
    (b"\x89PNG", ".png"),
    (b"\xff\xd8\xff", ".jpg"),
    (b"GIF8", ".gif"),
    (b"II*\x00", ".tif"),
    (b"MM\x00*", ".tif"),
    (b"BM", ".bmp"),
)
_WORD: Final = frozenset({".docx", ".dotx", ".docm", ".dotm"})
_MARKDOWN: Final = frozenset({".md", ".markdown"})
_PLAIN: Final = frozenset({".txt", ".text", ""})
_PAGES: Final = frozenset({".html", ".htm", ".xhtml"})
_HTML_HEADS: Final = (b"<!doctype html", b"<html", b"<head", b"<body", b"<meta", b"<div", b"<p>", b"<p ", b"<table", b"<h1")  # fmt: skip
#: XML that a word processor keeps whole documents in.
_XML_DOCUMENTS: Final = (
    (b'progid="word.document"', ".xml"),
    (b"<w:worddocument", ".xml"),
    (b"<pkg:package", ".xml"),
    (b'office:mimetype="application/vnd.oasis.opendocument.text"', ".fodt"),
)
_ODT: Final = b"mimetypeapplication/vnd.oasis.opendocument.text"


def read_draft(path: Path) -> Draft:
    """Read a draft from a file.

    Raises:
        ProblemsError: one DRAFT problem that says why it cannot be read.
    """
    name = path.name
    try:
        if not path.exists():
            raise refuse("DRAFT_001", name)
        if not path.is_file():
            raise refuse("DRAFT_001", name)
        size = path.stat().st_size
        if size > _SIZE_LIMIT:
            raise _too_large(size, name)
        content = path.read_bytes()
    except OSError as error:
        raise refuse("DRAFT_002", name, reason=error.strerror or str(error)) from error
    return read_draft_bytes(content, name)


def read_draft_bytes(content: bytes, name: str) -> Draft:
    """Read a draft from a file's bytes; `name` decides where they do not, and stands in problems. Raises as `read_draft`."""
    if not content:
        raise refuse("DRAFT_003", name)
    if len(content) > _SIZE_LIMIT:
        raise _too_large(len(content), name)
    suffix = PurePath(name).suffix.lower()
    if content.startswith(ZIP_MAGICS):
        if _ODT in content[:200]:
            return _converted(content, ".odt", name)
        return read_docx(content, name)
    if content.startswith(OLE_MAGIC):
        return _converted(content, _ole_kind(content, suffix, name), name)
    if b"%PDF-" in content[:1024]:
        return read_pdf(content, name)
    if content.startswith(b"{\\rtf"):
        return _converted(content, ".rtf", name)
    for magic, kind in _PICTURES:
        if content.startswith(magic) and (magic != b"BM" or b"\x00" in content[:32]):
            raise other_kind(name, kind)
    return _read_text(content, suffix, name)


def _read_text(content: bytes, suffix: str, name: str) -> Draft:
    """What is neither a picture nor an archive: a page, a document kept as XML, Markdown or plain text."""
    head = content[:4096]
    if head[:2] in (b"\xff\xfe", b"\xfe\xff"):
        head = head[2:].replace(b"\x00", b"")
    head = head.removeprefix(b"\xef\xbb\xbf").lstrip().lower()
    if head.startswith(b"<?xml"):
        for mark, kind in _XML_DOCUMENTS:
            if mark in head:
                return _converted(content, kind, name)
        if b"<html" not in head and suffix not in _PAGES:
            raise other_kind(name, ".xml")
        return read_html(content, name)
    heads = _HTML_HEADS[:2] if suffix in _PLAIN | _MARKDOWN else _HTML_HEADS
    if suffix in _PAGES or head.startswith(heads):
        return read_html(content, name)
    if head.startswith((b"mime-version:", b"from: <saved by")):
        raise other_kind(name, ".mht")
    if suffix in _MARKDOWN:
        return read_markdown(content, name)
    if suffix in _PLAIN:
        return read_plain(content, name)
    if b"\x00" in head:
        raise refuse("DRAFT_013", name)
    if suffix in _OURS:
        raise refuse("DRAFT_005", name, suffix=suffix, found="TXT")
    raise refuse("DRAFT_006", name, suffix=suffix)


#: What a plain text must not be called.
_OURS: Final = frozenset({".docx", ".dotx", ".docm", ".doc", ".wps", ".odt", ".rtf", ".pdf"})


def _converted(content: bytes, suffix: str, name: str) -> Draft:
    return read_docx(convert_to_docx(content, suffix, name), name)


def _ole_kind(content: bytes, suffix: str, name: str) -> str:
    """The suffix under which LibreOffice reads an old binary file."""
    try:
        ole = OleFile(content)
        names = ole.names
        if {"EncryptedPackage", "EncryptionInfo"} & names:
            raise refuse("DRAFT_007", name)
        if "WordDocument" in names:
            flags = struct.unpack_from("<H", ole.stream("WordDocument"), 10)[0]
            if flags & 0x0100:
                raise refuse("DRAFT_007", name)
    except (ValueError, KeyError, IndexError, struct.error) as error:
        if suffix in _WORD:
            raise refuse("DRAFT_020", name, suffix=suffix) from error
        raise refuse("DRAFT_010", name, part="") from error
    if {"Macros", "_VBA_PROJECT", "_VBA_PROJECT_CUR"} & names:
        raise refuse("DRAFT_008", name)
    if "WordDocument" in names:
        return ".doc"
    if {"Workbook", "Book"} & names:
        raise other_kind(name, ".xls")
    if "PowerPoint Document" in names:
        raise other_kind(name, ".ppt")
    if suffix == ".wps":
        return ".wps"
    if suffix in _WORD:
        raise refuse("DRAFT_020", name, suffix=suffix)
    raise other_kind(name, "OLE")


# ── readers, each loaded when the first file of its kind comes ────────────────────────────────────────────────────────


def read_docx(content: bytes, name: str) -> Draft:
    """A Word file; see `drafts_docx`."""
    from shuzhi.exchange import drafts_docx

    return drafts_docx.read_docx(content, name)


def read_html(content: bytes, name: str) -> Draft:
    """A web page; see `drafts_html`."""
    from shuzhi.exchange import drafts_html

    return drafts_html.read_html(content, name)


def read_pdf(content: bytes, name: str) -> Draft:
    """A PDF; see `drafts_pdf`."""
    from shuzhi.exchange import drafts_pdf

    return drafts_pdf.read_pdf(content, name)


def convert_to_docx(content: bytes, suffix: str, name: str) -> bytes:
    """An older file as a Word file; see `drafts_office`."""
    from shuzhi.exchange import drafts_office

    return drafts_office.convert_to_docx(content, suffix, name)


def other_kind(name: str, kind: str) -> ProblemsError:
    """The refusal of a file that is something else; see `drafts_package`."""
    from shuzhi.exchange import drafts_package

    return drafts_package.other_kind(name, kind)


def _too_large(size: int, name: str) -> ProblemsError:
    return refuse("DRAFT_004", name, size=megabytes(size), limit=megabytes(_SIZE_LIMIT))
