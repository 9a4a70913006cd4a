"""A composed report as a Word document that looks like an official document (公文, GB/T 9704-2012).

Each figure is a content control whose tag identifies it, so that `docx_refresh` can renew the figures after a person has
edited the words; an annex 数据来源表 leads every figure to the rows behind it. The package is written directly, part by
part: the same report gives the same bytes, and nothing of a foreign template's theme disturbs the page. Nothing here
knows where figures come from or how sentences were chosen.
"""

from __future__ import annotations

import io
import os
import re
import tempfile
import zipfile
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from xml.sax.saxutils import escape, quoteattr

from shuzhi.core.definitions import Catalogue
from shuzhi.core.figures import Trace
from shuzhi.core.formatting import format_date
from shuzhi.core.periods import format_period
from shuzhi.core.problems import Place, Problem, ProblemsError
from shuzhi.core.quantities import Units
from shuzhi.core.reports import (
    TAG_LIMIT,
    AnnexEntry,
    ComposedReport,
    FigureRun,
    Heading,
    Paragraph,
    Run,
    annex,
    identity_digest,
    identity_text,
    tag,
)

#: Namespace of the part that keeps what was printed.
FIGURES_NAMESPACE = "urn:shuzhi:report-figures:1"
FIGURES_PART = "customXml/item1.xml"

#: Stands in a content control's title before the text as printed, from where it can be read back if the part is lost.
PRINTED_MARK = "｜"

#: Opens the name of the bookmark inside each control.
BOOKMARK_PREFIX = "_shuzhi_"

ANNEX_TITLE = "数据来源表"

#: In the first cell of the annex's table, so that a refresh finds it in whatever a person has made of the document. One around
#: the whole table would not survive LibreOffice.
ANNEX_BOOKMARK = "_shuzhi_annex"

#: Opens the note above the annex's table, by which it is known again.
ANNEX_NOTE_HEAD = "下列数据由台账自动汇总"

#: The annex's columns with their widths in twips.
ANNEX_COLUMNS = (
    ("序号", 480),
    ("文中写法", 1200),
    ("指标", 1500),
    ("单位、期间", 1300),
    ("来源", 4364),
)

#: Rows shown of a ledger that has more than the annex lists in whole.
ANNEX_EXAMPLES = 2

#: Under the title of a report in which nothing of the books stands.
DRAFT_LINE = "（草稿：本报告尚无一项数据入账）"

# ── the page of GB/T 9704-2012 ────────────────────────────────────────────────────────────────────────────────────────
# Twips (1/20 pt). The type area of 156 × 225 mm holds 22 lines of 28 characters; 28 characters of 16 pt would be wider
# than 156 mm, so the grid's pitch is 15.79 pt (charSpace in 1/4096 pt) and lines stand 28.95 pt apart.

_PAGE = (11906, 16838)  # 210 × 297 mm
_MARGIN_TOP, _MARGIN_BOTTOM, _MARGIN_LEFT, _MARGIN_RIGHT = 2098, 1984, 1587, 1474
_LINE_PITCH = 579
_CHARACTER_SPACE = -848
_CHARACTER = 316  # width of one character of the grid
# Programs differ in how they fit 16 pt glyphs into that pitch (LibreOffice gives each glyph two cells), so the text does not
# lean on the grid: lines stand exactly one pitch apart, and letters are drawn together until 28 of them fill a line.
_SQUEEZE = -5
_LINE_CHARACTERS = 28
_FOOTER = 1307  # bottom of the page number's line, whose top is 7 mm below the type area

_TITLE_CHARACTERS = 19  # of 22 pt that fit a line with a margin for balance

_FANGSONG, _HEITI, _KAITI = "仿宋_GB2312", "黑体", "楷体_GB2312"
_XIAOBIAOSONG, _SONGTI = "方正小标宋简体", "宋体"

# The fonts that the standard names are not free and are not shipped: Word takes the alternative where one is not installed.
_FONTS = (
    (_FANGSONG, "仿宋", "modern"),
    (_HEITI, "SimHei", "modern"),
    (_KAITI, "楷体", "modern"),
    (_XIAOBIAOSONG, "华文中宋", "script"),
    (_SONGTI, "SimSun", "auto"),
)

_W = (
    'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main" '
    'xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"'
)
_HEAD = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
_NOT_IN_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")


def render_docx(
    report: ComposedReport,
    traces: Mapping[str, Trace] | None,
    path: Path | str,
    *,
    catalogue: Catalogue,
    units: Units,
    organisations: Mapping[str, str] | None = None,
    annex_rows: int = 3,
) -> None:
    """Write the report as a .docx file.

    Args:
        report: The composed report.
        traces: By tag, as `core.reports.trace_figures` gives them; None leaves the annex out.
        path: The file to write.
        catalogue: For the ledgers' titles in the annex.
        units: For the amounts in the annex.
        organisations: Names by code, for the annex.
        annex_rows: Up to how many rows of a ledger the annex lists; of longer ones it shows two.

    Raises:
        ProblemsError: REPORT_027 when the file cannot be written; what stood there before is kept.
    """
    made = docx_bytes(
        report,
        traces,
        catalogue=catalogue,
        units=units,
        organisations=organisations,
        annex_rows=annex_rows,
    )
    write_whole(path, made)


def write_whole(path: Path | str, content: bytes) -> None:
    """Write a file so that at any moment either all of the old or all of the new one is there.

    Raises:
        ProblemsError: REPORT_027 with what the system said.
    """
    target = Path(os.path.realpath(path))  # a link stays a link
    temporary: Path | None = None
    try:
        handle, name = tempfile.mkstemp(prefix=".shuzhi-", suffix=".tmp", dir=target.parent)
        temporary = Path(name)
        with os.fdopen(handle, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        # mkstemp lets only its owner read
        temporary.chmod(target.stat().st_mode & 0o777 if target.exists() else 0o644)
        temporary.replace(target)
        temporary = None
    except OSError as error:
        reason = error.strerror or str(error)
        problem = Problem("REPORT_027", {"reason": reason}, Place(file=str(path)))
        raise ProblemsError([problem]) from error
    finally:
        if temporary is not None:
            temporary.unlink(missing_ok=True)


def docx_bytes(
    report: ComposedReport,
    traces: Mapping[str, Trace] | None,
    *,
    catalogue: Catalogue,
    units: Units,
    organisations: Mapping[str, str] | None = None,
    annex_rows: int = 3,
) -> bytes:
    """The .docx file of a report, see `render_docx`."""
    entries: Sequence[AnnexEntry] = ()
    if traces is not None:
        entries = annex(
            report,
            traces,
            catalogue,
            units,
            organisations=organisations,
            rows=annex_rows,
            examples=min(annex_rows, ANNEX_EXAMPLES),
        )
    return _package(
        {
            "[Content_Types].xml": _CONTENT_TYPES,
            "_rels/.rels": _PACKAGE_RELATIONS,
            "docProps/core.xml": _core_properties(report.title, report.signature, report.date),
            "docProps/app.xml": _APPLICATION,
            "word/document.xml": _document(report, entries),
            "word/_rels/document.xml.rels": _DOCUMENT_RELATIONS,
            "word/styles.xml": _styles(),
            "word/settings.xml": _SETTINGS,
            "word/fontTable.xml": _font_table(),
            "word/footer1.xml": _footer("right"),
            "word/footer2.xml": _footer("left"),
            FIGURES_PART: _figures_part(report),
            "customXml/itemProps1.xml": _FIGURES_PROPERTIES,
            "customXml/_rels/item1.xml.rels": _FIGURES_RELATIONS,
        }
    )


def plain_docx_bytes(paragraphs: Sequence[tuple[str, str]], *, title: str = "") -> bytes:
    """A .docx file in the same dress with nothing but these paragraphs, one run each.

    Args:
        paragraphs: Style (Title, Heading1 to Heading4, OfficialBody, OfficialBlank, OfficialAddressee, OfficialSignature) and text.
        title: For the document's properties.
    """
    body = "".join(_paragraph(style, _run(text)) for style, text in paragraphs)
    figures_override = '<Override PartName="/customXml/itemProps1.xml"'
    return _package(
        {
            "[Content_Types].xml": _CONTENT_TYPES.partition(figures_override)[0] + "</Types>",
            "_rels/.rels": _PACKAGE_RELATIONS,
            "docProps/core.xml": _core_properties(title),
            "docProps/app.xml": _APPLICATION,
            "word/document.xml": f"{_HEAD}<w:document {_W}><w:body>{body}{_section_properties()}</w:body></w:document>",
            "word/_rels/document.xml.rels": _relations(*_DOCUMENT_PARTS),
            "word/styles.xml": _styles(),
            "word/settings.xml": _SETTINGS,
            "word/fontTable.xml": _font_table(),
            "word/footer1.xml": _footer("right"),
            "word/footer2.xml": _footer("left"),
        }
    )


def _package(parts: Mapping[str, str]) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as package:
        for name, text in parts.items():
            # A fixed time keeps the bytes the same for the same report.
            info = zipfile.ZipInfo(name, (1980, 1, 1, 0, 0, 0))
            info.compress_type = zipfile.ZIP_DEFLATED
            package.writestr(info, text.encode())
    return buffer.getvalue()


# ── text ──────────────────────────────────────────────────────────────────────────────────────────────────────────────


def _text(text: str) -> str:
    return escape(_NOT_IN_XML.sub("", text))


def _attribute(text: str) -> str:
    return quoteattr(_NOT_IN_XML.sub("", text))


def _run(text: str) -> str:
    return f'<w:r><w:t xml:space="preserve">{_text(text)}</w:t></w:r>'


def _paragraph(style: str, content: str, properties: str = "") -> str:
    return f'<w:p><w:pPr><w:pStyle w:val="{style}"/>{properties}</w:pPr>{content}</w:p>'


def control_title(title: str, organisation: str, period: str, printed: str) -> str:
    """A content control's title: what the figure is and, behind the last ｜, what was printed."""
    tail = f"{PRINTED_MARK}{printed}"
    head = f"{title}·{organisation}·{period}"
    room = TAG_LIMIT - len(tail)
    if len(head) > room:
        rest = f"…·{period}"
        head = title[: max(room - len(rest), 0)] + rest
    return head[:room] + tail


def _figure(run: FigureRun, report: ComposedReport) -> str:
    period = format_period(run.figure.id.period)
    title = control_title(run.title, report.organisation.name, period, run.text)
    # A rich text control, not a plain one: LibreOffice 7.4 repeats the text of plain ones on saving. It also drops tags, which
    # the bookmark inside survives.
    bookmark = bookmark_name(run.number, identity_digest(identity_text(run.identity)))
    return (
        f"<w:sdt><w:sdtPr><w:alias w:val={_attribute(title)}/><w:tag w:val={_attribute(tag(run))}/>"
        f'<w:id w:val="{1_000_000 + run.number}"/></w:sdtPr><w:sdtContent>'
        f'<w:bookmarkStart w:id="{run.number}" w:name="{bookmark}"/>{_run(run.text)}'
        f'<w:bookmarkEnd w:id="{run.number}"/></w:sdtContent></w:sdt>'
    )


def bookmark_name(number: int, digest: str) -> str:
    """The hidden bookmark inside a figure's control (Word allows 40 characters; a leading _ hides it)."""
    return f"{BOOKMARK_PREFIX}{number}_{digest}"


def _runs(runs: Iterable[Run], report: ComposedReport) -> str:
    return "".join(
        _figure(run, report) if isinstance(run, FigureRun) else _run(run.text) for run in runs
    )


def text_width(text: str) -> float:
    """Width in characters of the grid: letters and digits take half of one.

    Examples:
        >>> text_width("2024年1月5日")
        6.0
    """
    return sum(0.5 if ord(one) < 0x2000 else 1.0 for one in text)


def title_lines(title: str, organisation: str = "") -> tuple[str, ...]:
    """A title in lines of balanced length, never broken inside a number or a name that fits a line.

    Examples:
        >>> title_lines("云岭县禾溪镇禾溪村党总支书记2023年度抓基层党建工作述职报告", "云岭县禾溪镇禾溪村")
        ('云岭县禾溪镇禾溪村党总支书记', '2023年度抓基层党建工作述职报告')
    """
    count = -(-text_width(title) // _TITLE_CHARACTERS)
    if count <= 1:
        return (title,)
    wanted = text_width(title) / count
    name_end = len(organisation) if organisation and title.startswith(organisation) else 0

    def cost(at: int) -> float:
        # A break before a year or behind the name reads best; elsewhere it may divide a word.
        penalty = 0.0 if title[at].isdigit() or at == name_end else 2.5
        return abs(text_width(title[:at]) - wanted) + penalty

    places = [
        at
        for at in range(max(name_end, 1), len(title))
        if not (title[at - 1].isascii() and title[at].isascii())
        and title[at] not in "年的（）“”、度"
        and title[at - 1] not in "（“"
    ]
    if not places:
        return (title,)
    best = min(places, key=cost)
    return (title[:best], *title_lines(title[best:]))


# ── the document ──────────────────────────────────────────────────────────────────────────────────────────────────────


def _document(report: ComposedReport, entries: Sequence[AnnexEntry]) -> str:
    parts = [_paragraph("OfficialBlank", "")]
    parts += [
        _paragraph("Title", _run(line))
        for line in title_lines(report.title, report.organisation.name)
    ]
    if report.is_empty:
        parts.append(_paragraph("OfficialDraft", _run(DRAFT_LINE)))
    parts.append(_paragraph("OfficialBlank", ""))
    if report.addressee:
        parts.append(_paragraph("OfficialAddressee", _run(report.addressee)))
    parts += [_block(block, report) for block in report.blocks()]
    parts += _ending(report, bool(entries))
    if entries:
        parts += _annex(entries)
    parts.append(_section_properties())
    return f"{_HEAD}<w:document {_W}><w:body>{''.join(parts)}</w:body></w:document>"


def _block(block: Heading | Paragraph, report: ComposedReport) -> str:
    if isinstance(block, Heading):
        return _paragraph(f"Heading{min(block.level, 4)}", _run(block.number + block.text))
    return _paragraph("OfficialBody", _runs(block.runs, report))


def _ending(report: ComposedReport, has_annex: bool) -> list[str]:
    """Note of the annex, signature and date, kept on one page (GB/T 9704 §7.3.4, §7.3.5: no seal)."""
    keep = "<w:keepNext/>"
    parts: list[str] = [_paragraph("OfficialBlank", "", keep)]
    if has_annex:
        parts.append(_paragraph("OfficialBody", _run(f"附件：{ANNEX_TITLE}"), keep))
        parts.append(_paragraph("OfficialBlank", "", keep))
    starts = signature_starts(report.signature, format_date(report.date))
    if report.signature:
        parts.append(
            _paragraph("OfficialSignature", _run(report.signature), keep + _left(starts[0]))
        )
    parts.append(_paragraph("OfficialSignature", _run(format_date(report.date)), _left(starts[1])))
    return parts


def signature_starts(signature: str, date: str) -> tuple[float, float]:
    """Characters left free before the signature and before the date, without a seal.

    The signature ends two characters from the right and the date begins two characters right of it; a date longer than the
    signature ends two characters from the right and moves the signature left.

    Examples:
        >>> signature_starts("云岭县禾溪镇禾溪村", "2024年1月5日")
        (17.0, 19.0)
        >>> signature_starts("禾溪村", "2024年1月5日")
        (18.0, 20.0)
    """
    room = _LINE_CHARACTERS - 2
    signed, dated = text_width(signature), text_width(date)
    if not signature or dated > signed:
        return (max(room - dated - 2, 0.0), room - dated)
    return (max(room - signed, 0.0), max(room - signed, 0.0) + 2)


def _left(characters: float) -> str:
    # Counted from the left, so that a font with wider digits does not move the date; room on the right keeps it on one line.
    return (
        f'<w:ind w:leftChars="{round(characters * 100)}" w:left="{round(characters * _CHARACTER)}" '
        f'w:rightChars="-300" w:right="-{3 * _CHARACTER}"/>'
    )


def _section_properties() -> str:
    return (
        "<w:sectPr>"
        '<w:footerReference w:type="default" r:id="rId4"/><w:footerReference w:type="even" r:id="rId5"/>'
        f'<w:pgSz w:w="{_PAGE[0]}" w:h="{_PAGE[1]}"/>'
        f'<w:pgMar w:top="{_MARGIN_TOP}" w:right="{_MARGIN_RIGHT}" w:bottom="{_MARGIN_BOTTOM}" '
        f'w:left="{_MARGIN_LEFT}" w:header="851" w:footer="{_FOOTER}" w:gutter="0"/>'
        f'<w:cols w:space="425"/><w:docGrid w:type="linesAndChars" w:linePitch="{_LINE_PITCH}" '
        f'w:charSpace="{_CHARACTER_SPACE}"/></w:sectPr>'
    )


# ── the annex ─────────────────────────────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True)
class AnnexStyles:
    """How the annex's paragraphs are set: ids of styles in the document, or "" where it has none of ours left."""

    cell: str = "AnnexCell"
    head: str = "AnnexHead"

    def paragraph(self, style: str, content: str, properties: str = "") -> str:
        """A paragraph in a style, or set directly as that style would."""
        if style:
            return _paragraph(style, content, properties)
        return f"<w:p><w:pPr>{_ANNEX_LINES}{properties}</w:pPr>{content}</w:p>"

    def run(self, style: str, text: str) -> str:
        """A run of such a paragraph."""
        if style:
            return _run(text)
        return f'<w:r><w:rPr>{_size(9)}</w:rPr><w:t xml:space="preserve">{_text(text)}</w:t></w:r>'


#: Names (not ids, which programs change on saving) of the annex's paragraph styles.
ANNEX_STYLE_NAMES = AnnexStyles(cell="公文表格", head="公文表头")


def annex_note(entries: Sequence[AnnexEntry]) -> str:
    """The sentence above the table: at which point of the books they were read."""
    points = sorted({entry.as_of for entry in entries if entry.as_of})
    said = "、".join(str(one) for one in points)
    return f"{ANNEX_NOTE_HEAD}，截至账册时点 {said}。" if points else f"{ANNEX_NOTE_HEAD}。"


def _annex(entries: Sequence[AnnexEntry]) -> list[str]:
    note, table = annex_note_and_table(entries)
    return [
        _paragraph("OfficialAnnexMark", _run("附件"), "<w:pageBreakBefore/>"),
        _paragraph("OfficialBlank", ""),
        _paragraph("OfficialAnnexTitle", _run(ANNEX_TITLE)),
        _paragraph("OfficialBlank", ""),
        note,
        table,
        # Word wants a paragraph behind a table; a hair's breadth of it never opens a page.
        _paragraph("AnnexCell", "", '<w:spacing w:line="20" w:lineRule="exact"/>'),
    ]


def annex_note_and_table(
    entries: Sequence[AnnexEntry], styles: AnnexStyles | None = None, bookmark: int = 0
) -> tuple[str, str]:
    """The note and the table of the annex as WordprocessingML (prefix w); `bookmark` is an id free in the document."""
    styles = styles or AnnexStyles()
    widths = [width for _, width in ANNEX_COLUMNS]
    grid = "".join(f'<w:gridCol w:w="{width}"/>' for width in widths)
    header = "".join(_cell(width, (title,), styles, head=True) for title, width in ANNEX_COLUMNS)
    mark = f'<w:bookmarkStart w:id="{bookmark}" w:name="{ANNEX_BOOKMARK}"/>'
    header = header.replace("<w:r>", f"{mark}<w:r>", 1)
    header = header.replace("</w:r>", f'</w:r><w:bookmarkEnd w:id="{bookmark}"/>', 1)
    lines = ["<w:tr><w:trPr><w:cantSplit/><w:tblHeader/></w:trPr>" + header + "</w:tr>"]
    for entry in entries:
        cells = (
            (str(entry.number),),
            (entry.text,),
            (entry.title + ("（目标）" if entry.kind == "target" else ""),),
            (entry.organisation, entry.period),
            entry.sources_in_words(),
        )
        lines.append(
            "<w:tr><w:trPr><w:cantSplit/></w:trPr>"
            + "".join(
                _cell(width, texts, styles, head=column == 0)
                for column, (width, texts) in enumerate(zip(widths, cells, strict=True))
            )
            + "</w:tr>"
        )
    # Borders and margins are said here and not in a table style, which LibreOffice drops.
    return (
        styles.paragraph(styles.cell, styles.run(styles.cell, annex_note(entries))),
        f'<w:tbl><w:tblPr><w:tblW w:w="{sum(widths)}" w:type="dxa"/>{_ANNEX_BORDERS}'
        '<w:tblLayout w:type="fixed"/><w:tblCellMar><w:left w:w="57" w:type="dxa"/>'
        '<w:right w:w="57" w:type="dxa"/></w:tblCellMar></w:tblPr>'
        f"<w:tblGrid>{grid}</w:tblGrid>{''.join(lines)}</w:tbl>",
    )


def annex_warning(text: str) -> str:
    """A paragraph that nobody overlooks, as WordprocessingML."""
    properties = f'<w:b/><w:color w:val="C00000"/>{_size(12)}'
    return (
        '<w:p><w:pPr><w:spacing w:before="60" w:after="60" w:line="360" w:lineRule="exact"/><w:jc w:val="left"/></w:pPr>'
        f'<w:r><w:rPr>{properties}</w:rPr><w:t xml:space="preserve">{_text(text)}</w:t></w:r></w:p>'
    )


_ANNEX_LINES = '<w:spacing w:before="0" w:after="0" w:line="240" w:lineRule="exact"/>'
_ANNEX_BORDERS = (
    "<w:tblBorders>"
    + "".join(
        f'<w:{side} w:val="single" w:sz="4" w:space="0" w:color="auto"/>'
        for side in ("top", "left", "bottom", "right", "insideH", "insideV")
    )
    + "</w:tblBorders>"
)


def _cell(width: int, texts: Sequence[str], styles: AnnexStyles, *, head: bool) -> str:
    style = styles.head if head else styles.cell
    centred = '<w:jc w:val="center"/>' if head and not style else ""
    paragraphs = "".join(
        styles.paragraph(style, styles.run(style, text), centred) for text in texts
    )
    return f'<w:tc><w:tcPr><w:tcW w:w="{width}" w:type="dxa"/></w:tcPr>{paragraphs}</w:tc>'


# ── what was printed, for the next refresh ────────────────────────────────────────────────────────────────────────────


def _figures_part(report: ComposedReport) -> str:
    rows: dict[str, str] = {}
    for run in report.figures:
        name = tag(run)
        rows.setdefault(
            name,
            f"<figure tag={_attribute(name)} identity={_attribute(identity_text(run.identity))} "
            f"title={_attribute(run.title)} printed={_attribute(run.text)} "
            f'value="{run.figure.value}" unit={_attribute(run.figure.unit)} asOf="{run.figure.as_of}"/>',
        )
    return (
        f"{_HEAD}<figures xmlns={_attribute(FIGURES_NAMESPACE)} report={_attribute(report.key)} "
        f'version="{report.version}" organisation={_attribute(report.organisation.code)} '
        f'year="{report.year}" date={_attribute(report.date)} asOf="{report.as_of}">'
        f"{''.join(rows.values())}</figures>"
    )


# ── the parts that are the same in every report ───────────────────────────────────────────────────────────────────────


def _fonts(name: str) -> str:
    # Digits too are set in the text's own font: the standard knows no other for the body (GB/T 9704 §5.2.2), and its half-width
    # digits keep the 28-character grid.
    return f'<w:rFonts w:hint="eastAsia" w:ascii="{name}" w:hAnsi="{name}" w:eastAsia="{name}" w:cs="{name}"/>'


def _size(points: float, spacing: int = 0) -> str:
    size = round(points * 2)
    return f'<w:spacing w:val="{spacing}"/><w:sz w:val="{size}"/><w:szCs w:val="{size}"/>'


def _style(
    key: str,
    name: str,
    paragraph: str = "",
    characters: str = "",
    *,
    based_on: str = "Normal",
    following: str = "",
) -> str:
    follows = f'<w:next w:val="{following}"/>' if following else ""
    return (
        f'<w:style w:type="paragraph" w:styleId="{key}"><w:name w:val="{name}"/>'
        f'<w:basedOn w:val="{based_on}"/>{follows}<w:qFormat/>'
        f"<w:pPr>{paragraph}</w:pPr><w:rPr>{characters}</w:rPr></w:style>"
    )


def _styles() -> str:
    indent = f'<w:ind w:firstLineChars="200" w:firstLine="{2 * _CHARACTER}"/>'
    headings = "".join(
        _style(
            f"Heading{level}",
            f"heading {level}",
            f'<w:keepNext/>{indent}<w:outlineLvl w:val="{level - 1}"/>',
            _fonts(font),
            following="OfficialBody",
        )
        for level, font in enumerate((_HEITI, _KAITI, _FANGSONG, _FANGSONG), 1)
    )
    title = _fonts(_XIAOBIAOSONG) + _size(22)
    return (
        f"{_HEAD}<w:styles {_W}><w:docDefaults><w:rPrDefault><w:rPr>{_fonts(_FANGSONG)}{_size(16)}"
        '<w:lang w:val="en-US" w:eastAsia="zh-CN" w:bidi="ar-SA"/></w:rPr></w:rPrDefault>'
        "<w:pPrDefault><w:pPr/></w:pPrDefault></w:docDefaults>"
        '<w:style w:type="paragraph" w:default="1" w:styleId="Normal"><w:name w:val="Normal"/><w:qFormat/>'
        '<w:pPr><w:widowControl w:val="0"/><w:autoSpaceDE w:val="0"/><w:autoSpaceDN w:val="0"/>'
        '<w:snapToGrid w:val="0"/>'
        f'<w:spacing w:before="0" w:after="0" w:line="{_LINE_PITCH}" w:lineRule="exact"/><w:jc w:val="both"/>'
        f"</w:pPr><w:rPr>{_fonts(_FANGSONG)}{_size(16, _SQUEEZE)}</w:rPr></w:style>"
        '<w:style w:type="character" w:default="1" w:styleId="DefaultParagraphFont">'
        '<w:name w:val="Default Paragraph Font"/></w:style>'
        '<w:style w:type="table" w:default="1" w:styleId="TableNormal"><w:name w:val="Normal Table"/>'
        '<w:tblPr><w:tblInd w:w="0" w:type="dxa"/><w:tblCellMar><w:left w:w="57" w:type="dxa"/>'
        '<w:right w:w="57" w:type="dxa"/></w:tblCellMar></w:tblPr></w:style>'
        + _style("OfficialBody", "公文正文", indent)
        + _style("OfficialBlank", "公文空行", following="OfficialBody")
        + _style("Title", "Title", '<w:keepNext/><w:jc w:val="center"/>', title)
        + _style("OfficialDraft", "公文草稿说明", '<w:jc w:val="center"/>', _fonts(_KAITI))
        + _style("OfficialAddressee", "公文主送", following="OfficialBody")
        + headings
        + _style("OfficialSignature", "公文署名", '<w:jc w:val="left"/>')
        + _style("OfficialAnnexMark", "公文附件标注", "", _fonts(_HEITI))
        + _style("OfficialAnnexTitle", "公文附件标题", '<w:jc w:val="center"/>', title)
        + _style("AnnexCell", "公文表格", f'{_ANNEX_LINES}<w:jc w:val="left"/>', _size(9))
        + _style("AnnexHead", "公文表头", '<w:jc w:val="center"/>', based_on="AnnexCell")
        + _style(
            "Footer",
            "footer",
            '<w:spacing w:line="280" w:lineRule="exact"/>',
            _fonts(_SONGTI) + _size(14),
        )
        + "</w:styles>"
    )


def _footer(side: str) -> str:
    # The number stands one character from the outer edge: odd pages right, even pages left.
    indent = f'<w:ind w:{side}Chars="100" w:{side}="280"/><w:jc w:val="{side}"/>'
    number = '<w:fldSimple w:instr=" PAGE "><w:r><w:t>1</w:t></w:r></w:fldSimple>'
    content = _run("— ") + number + _run(" —")
    return f"{_HEAD}<w:ftr {_W}>{_paragraph('Footer', content, indent)}</w:ftr>"


def _font_table() -> str:
    fonts = "".join(
        f'<w:font w:name="{name}"><w:altName w:val="{alternative}"/><w:charset w:val="86"/>'
        f'<w:family w:val="{family}"/><w:pitch w:val="fixed"/></w:font>'
        for name, alternative, family in _FONTS
    )
    return f"{_HEAD}<w:fonts {_W}>{fonts}</w:fonts>"


def _core_properties(title: str, creator: str = "", date: str = "") -> str:
    moment = f'xsi:type="dcterms:W3CDTF">{_text(date)}T00:00:00Z'
    moments = (
        f"<dcterms:created {moment}</dcterms:created><dcterms:modified {moment}</dcterms:modified>"
        if date
        else ""
    )
    return (
        f"{_HEAD}<cp:coreProperties "
        'xmlns:cp="http://schemas.openxmlformats.org/package/2006/metadata/core-properties" '
        'xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:dcterms="http://purl.org/dc/terms/" '
        'xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance">'
        f"<dc:title>{_text(title)}</dc:title><dc:creator>{_text(creator)}</dc:creator>{moments}"
        "<dc:language>zh-CN</dc:language></cp:coreProperties>"
    )


_APPLICATION = (
    _HEAD
    + '<Properties xmlns="http://schemas.openxmlformats.org/officeDocument/2006/extended-properties">'
    "<Application>Shuzhi</Application></Properties>"
)

_SETTINGS = (
    f'{_HEAD}<w:settings {_W}><w:zoom w:percent="100"/><w:evenAndOddHeaders/>'
    '<w:drawingGridHorizontalSpacing w:val="158"/><w:drawingGridVerticalSpacing w:val="579"/>'
    '<w:characterSpacingControl w:val="compressPunctuation"/><w:compat>'
    "<w:spaceForUL/><w:balanceSingleByteDoubleByteWidth/><w:doNotLeaveBackslashAlone/>"
    "<w:ulTrailSpace/><w:doNotExpandShiftReturn/><w:adjustLineHeightInTable/><w:useFELayout/>"
    '<w:compatSetting w:name="compatibilityMode" w:uri="http://schemas.microsoft.com/office/word" '
    'w:val="15"/></w:compat><w:themeFontLang w:val="en-US" w:eastAsia="zh-CN"/></w:settings>'
)

_CONTENT = "application/vnd.openxmlformats-officedocument.wordprocessingml"
_CONTENT_TYPES = (
    f'{_HEAD}<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
    '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
    '<Default Extension="xml" ContentType="application/xml"/>'
    f'<Override PartName="/word/document.xml" ContentType="{_CONTENT}.document.main+xml"/>'
    f'<Override PartName="/word/styles.xml" ContentType="{_CONTENT}.styles+xml"/>'
    f'<Override PartName="/word/settings.xml" ContentType="{_CONTENT}.settings+xml"/>'
    f'<Override PartName="/word/fontTable.xml" ContentType="{_CONTENT}.fontTable+xml"/>'
    f'<Override PartName="/word/footer1.xml" ContentType="{_CONTENT}.footer+xml"/>'
    f'<Override PartName="/word/footer2.xml" ContentType="{_CONTENT}.footer+xml"/>'
    '<Override PartName="/docProps/core.xml" '
    'ContentType="application/vnd.openxmlformats-package.core-properties+xml"/>'
    '<Override PartName="/docProps/app.xml" '
    'ContentType="application/vnd.openxmlformats-officedocument.extended-properties+xml"/>'
    '<Override PartName="/customXml/itemProps1.xml" '
    'ContentType="application/vnd.openxmlformats-officedocument.customXmlProperties+xml"/></Types>'
)

_RELATION = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"


def _relations(*targets: tuple[str, str]) -> str:
    rows = "".join(
        f'<Relationship Id="rId{number}" Type="{kind}" Target="{target}"/>'
        for number, (kind, target) in enumerate(targets, 1)
    )
    return (
        f'{_HEAD}<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
        f"{rows}</Relationships>"
    )


_PACKAGE_RELATIONS = _relations(
    (f"{_RELATION}/officeDocument", "word/document.xml"),
    (
        "http://schemas.openxmlformats.org/package/2006/relationships/metadata/core-properties",
        "docProps/core.xml",
    ),
    (f"{_RELATION}/extended-properties", "docProps/app.xml"),
)
_DOCUMENT_PARTS = (
    (f"{_RELATION}/styles", "styles.xml"),
    (f"{_RELATION}/settings", "settings.xml"),
    (f"{_RELATION}/fontTable", "fontTable.xml"),
    (f"{_RELATION}/footer", "footer1.xml"),
    (f"{_RELATION}/footer", "footer2.xml"),
)
_DOCUMENT_RELATIONS = _relations(
    *_DOCUMENT_PARTS, (f"{_RELATION}/customXml", "../customXml/item1.xml")
)
_FIGURES_RELATIONS = _relations((f"{_RELATION}/customXmlProps", "itemProps1.xml"))
_FIGURES_PROPERTIES = (
    f'{_HEAD}<ds:datastoreItem ds:itemID="{{6B1E6F0A-5B0C-4E0E-9C53-0D5B6E0F2A11}}" '
    'xmlns:ds="http://schemas.openxmlformats.org/officeDocument/2006/customXml">'
    f'<ds:schemaRefs><ds:schemaRef ds:uri="{FIGURES_NAMESPACE}"/></ds:schemaRefs></ds:datastoreItem>'
)
