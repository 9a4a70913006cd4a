"""Word files written part by part, so that a test shows exactly what stands in them."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Mapping

W = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
R = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
STRICT_W = "http://purl.oclc.org/ooxml/wordprocessingml/main"
STRICT_R = "http://purl.oclc.org/ooxml/officeDocument/relationships"

NAMESPACES = (
    f'xmlns:w="{W}" xmlns:r="{R}" xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006" '
    'xmlns:m="http://schemas.openxmlformats.org/officeDocument/2006/math" xmlns:v="urn:schemas-microsoft-com:vml" '
    'xmlns:wps="http://schemas.microsoft.com/office/word/2010/wordprocessingShape"'
)
_PACKAGE = "http://schemas.openxmlformats.org/package/2006/relationships"

#: Parts by the kind of their relation.
_KINDS = {
    "styles": "styles", "numbering": "numbering", "footnotes": "footnotes", "endnotes": "endnotes",
    "settings": "settings", "theme": "theme", "header": "header", "footer": "footer",
}  # fmt: skip


def run(text: str, properties: str = "") -> str:
    """A w:r of these characters."""
    shape = f"<w:rPr>{properties}</w:rPr>" if properties else ""
    return f'<w:r>{shape}<w:t xml:space="preserve">{text}</w:t></w:r>'


def paragraph(*content: str, properties: str = "") -> str:
    """A w:p; what does not begin with < is put into a run."""
    inner = "".join(one if one.startswith("<") else run(one) for one in content)
    shape = f"<w:pPr>{properties}</w:pPr>" if properties else ""
    return f"<w:p>{shape}{inner}</w:p>"


def control(tag: str, inner: str) -> str:
    """A content control."""
    return f'<w:sdt><w:sdtPr><w:tag w:val="{tag}"/></w:sdtPr><w:sdtContent>{inner}</w:sdtContent></w:sdt>'


def field(instruction: str, result: str) -> str:
    """A complex field with its result."""
    return (
        f'<w:r><w:fldChar w:fldCharType="begin"/></w:r><w:r><w:instrText>{instruction}</w:instrText></w:r>'
        f'<w:r><w:fldChar w:fldCharType="separate"/></w:r>{run(result)}<w:r><w:fldChar w:fldCharType="end"/></w:r>'
    )


def docx_of(body: str, extra: Mapping[str, bytes] | None = None, **parts: str) -> bytes:
    """A .docx of this body; `parts` are the inner XML of other parts by kind (styles, header …), related as rId-kind."""
    files = {"word/document.xml": f"<w:document {NAMESPACES}><w:body>{body}</w:body></w:document>"}
    roots = {"header": "hdr", "footer": "ftr"}
    relations = ""
    for kind, inner in parts.items():
        root = roots.get(kind, kind)
        files[f"word/{kind}.xml"] = (
            inner if inner.startswith("<a:") else f"<w:{root} {NAMESPACES}>{inner}</w:{root}>"
        )
        relations += (
            f'<Relationship Id="rId-{kind}" Type="{R}/{_KINDS[kind]}" Target="{kind}.xml"/>'
        )
    files["word/_rels/document.xml.rels"] = (
        f'<Relationships xmlns="{_PACKAGE}">{relations}</Relationships>'
    )
    files["_rels/.rels"] = (
        f'<Relationships xmlns="{_PACKAGE}">'
        f'<Relationship Id="rId1" Type="{R}/officeDocument" Target="word/document.xml"/></Relationships>'
    )
    return zipped({name: text.encode() for name, text in files.items()} | dict(extra or {}))


def zipped(files: Mapping[str, bytes]) -> bytes:
    """An archive of these files."""
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as package:
        for name, data in files.items():
            package.writestr(name, data)
    return made.getvalue()


def strict(content: bytes) -> bytes:
    """The same file in the namespaces of strict Office Open XML."""
    with zipfile.ZipFile(io.BytesIO(content)) as package:
        return zipped(
            {
                name: package.read(name)
                .replace(W.encode(), STRICT_W.encode())
                .replace(R.encode(), STRICT_R.encode())
                for name in package.namelist()
            }
        )
