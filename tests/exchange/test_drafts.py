"""Drafts of every kind are read as a reader sees them, with the way back to the place in the file."""

from __future__ import annotations

import codecs
import io
import shutil
import subprocess
import zipfile
from decimal import Decimal
from pathlib import Path

import docx
import pytest

from shuzhi.core.checking.model import Draft
from shuzhi.core.problems import ProblemsError
from shuzhi.core.quantities import Units
from shuzhi.core.reports import tag
from shuzhi.exchange import drafts_office
from shuzhi.exchange.docx_reports import docx_bytes
from shuzhi.exchange.drafts import read_draft, read_draft_bytes
from shuzhi.exchange.drafts_docx import locate_runs
from shuzhi.exchange.drafts_styles import written
from shuzhi.exchange.html_reports import render_html
from shuzhi.exchange.pdf_reports import render_pdf
from shuzhi.messages import render
from tests.reports.sample_report import make_catalogue, village_composed

from .draft_files import control, docx_of, field, paragraph, run, strict, zipped

needs_libreoffice = [
    pytest.mark.libreoffice,
    pytest.mark.skipif(shutil.which("soffice") is None, reason="soffice is not installed"),
]

TAG = "s1|households|990101101201|2023|a|户|"


def lines(draft: Draft) -> list[str]:
    return [draft.text[one.start : one.end] for one in draft.blocks]


def said(body: str, **parts: str) -> list[str]:
    return lines(read_draft_bytes(docx_of(body, **parts), "稿.docx"))


def refusal(content: bytes, name: str) -> str:
    with pytest.raises(ProblemsError) as caught:
        read_draft_bytes(content, name)
    (problem,) = caught.value.problems
    assert problem.place.file == name
    assert render(problem)
    assert render(problem, "en")
    return problem.code


# ── plain text ────────────────────────────────────────────────────────────────────────────────────────────────────────

WORDS = "甲村2023年工作总结\r\n全村71户331人，兑付补贴11.387万元。\n完成"


@pytest.mark.parametrize(
    "content",
    [
        WORDS.encode(),
        codecs.BOM_UTF8 + WORDS.encode(),
        WORDS.encode("gb18030"),
        WORDS.encode("gbk"),
        codecs.BOM_UTF16_LE + WORDS.encode("utf-16-le"),
        codecs.BOM_UTF16_BE + WORDS.encode("utf-16-be"),
    ],
    ids=["utf-8", "utf-8 with mark", "gb18030", "gbk", "utf-16-le", "utf-16-be"],
)
def test_a_text_file_is_its_characters_whatever_the_encoding(content):
    draft = read_draft_bytes(content, "稿.txt")

    assert draft.text == WORDS
    assert draft.format == "txt"
    assert draft.blocks == ()
    assert draft.place_of(WORDS.index("完成")).line == 3


def test_traditional_text_is_read_as_big5_and_not_as_gb18030():
    words = "本鎮共有七個村，人口三千二百人，今年完成道路硬化工程，發放補貼款項，群眾滿意。" * 3

    assert read_draft_bytes(words.encode("big5"), "稿.txt").text == words


def test_a_character_that_only_gb18030_has_is_read():
    words = "㙍村2023年工作总结，修路3公里，惠及71户群众。"

    assert read_draft_bytes(words.encode("gb18030"), "稿.txt").text == words


@pytest.mark.parametrize(
    ("content", "name", "code"),
    [
        (b"", "稿.txt", "DRAFT_003"),
        (WORDS.encode()[:-1], "稿.txt", "DRAFT_012"),
        (b"\xff\xfe" + WORDS.encode("utf-16-le")[:-1], "稿.txt", "DRAFT_012"),
        (bytes(range(256)) * 20, "稿.txt", "DRAFT_013"),
        (" \n　\n".encode(), "稿.txt", "DRAFT_017"),
        (WORDS.encode(), "稿.docx", "DRAFT_005"),
        (WORDS.encode(), "稿.csv", "DRAFT_006"),
        (b"\x89PNG\r\n\x1a\n" + bytes(40), "稿.docx", "DRAFT_005"),
        (b"\xff\xd8\xff\xe0" + bytes(40), "稿.jpg", "DRAFT_006"),
        (b"%PDF-1.7\nnothing", "稿.pdf", "DRAFT_010"),
        (b"PK\x03\x04nothing", "稿.docx", "DRAFT_010"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1nothing", "稿.doc", "DRAFT_010"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1nothing", "稿.docx", "DRAFT_020"),
        (b"MIME-Version: 1.0\r\n", "稿.mht", "DRAFT_006"),
        (b"<?xml version='1.0'?><a/>", "稿.xml", "DRAFT_006"),
        (zipped({"xl/workbook.xml": b"<a/>"}), "稿.docx", "DRAFT_005"),
        (zipped({"xl/workbook.xml": b"<a/>"}), "表.xlsx", "DRAFT_006"),
        (zipped({"OFD.xml": b"<a/>"}), "文.ofd", "DRAFT_006"),
    ],
)
def test_what_is_no_draft_is_refused_with_a_sentence(content, name, code):
    assert refusal(content, name) == code


def test_a_cut_off_text_names_the_line_and_is_not_read_as_another_encoding():
    with pytest.raises(ProblemsError) as caught:
        read_draft_bytes((WORDS + "\n工作").encode()[:-1], "稿.txt")

    assert caught.value.problems[0].params["line"] == 4


def test_a_missing_file_a_folder_and_one_too_large_are_told(tmp_path, monkeypatch):
    monkeypatch.setattr("shuzhi.exchange.drafts._SIZE_LIMIT", 1000)
    (tmp_path / "大.txt").write_text("甲" * 400, encoding="utf-8")
    codes = []
    for path in (tmp_path / "没有.txt", tmp_path, tmp_path / "大.txt"):
        with pytest.raises(ProblemsError) as caught:
            read_draft(path)
        codes.append(caught.value.problems[0].code)

    assert codes == ["DRAFT_001", "DRAFT_001", "DRAFT_004"]


# ── Markdown ──────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_markdown_without_marks_is_read_character_by_character_as_it_stands():
    source = "甲村总结\r\n\r\n　　一、主要工作\r\n1. 修路3公里\n\n    缩进四格\n完成。\n"

    assert read_draft_bytes(source.encode(), "稿.md").text == source


@pytest.mark.parametrize(
    ("source", "text"),
    [
        ("## 一、主要工作", "一、主要工作"),
        ("共**71**户，*其中*脱贫户5户", "共71户，其中脱贫户5户"),
        ("**一是抓党建。**成效好", "一是抓党建。成效好"),
        ("> 引用", "引用"),
        ("- 种树`5`亩", "种树5亩"),
        ("1. 修路\n1. 修桥", "1. 修路\n2. 修桥"),
        ("1. 修路\n3. 修桥", "1. 修路\n3. 修桥"),
        ("[网页](http://example.com)甲&amp;乙", "网页甲&乙"),
        ("第一行<br>第二行<!-- 注 -->", "第一行 第二行"),
        # stars and lines that stand for words still missing
        ("**镇**村2023年总结", "**镇**村2023年总结"),
        ("增收*万元，同时盘活资产，创收*万余元", "增收*万元，同时盘活资产，创收*万余元"),
        ("____年____月", "____年____月"),
        ("长5~~8公里，宽3~~4米", "长5~~8公里，宽3~~4米"),
    ],
)
def test_marks_are_no_words_and_blanks_to_fill_in_are_no_marks(source, text):
    assert read_draft_bytes(source.encode(), "稿.md").text == text


def test_headings_cells_and_lines_of_markdown_are_known():
    draft = read_draft_bytes(
        "# 总结\n\n| 项目 | 数 |\n|---|---|\n| 果园 | 5亩 |\n".encode(), "稿.md"
    )

    found = [(b.kind, b.level, b.place.line, b.place.row, b.place.column) for b in draft.blocks]
    assert lines(draft) == ["总结", "项目", "数", "果园", "5亩"]
    assert found == [
        ("paragraph", 1, 1, 0, 0),
        ("cell", 0, 3, 1, 1),
        ("cell", 0, 3, 1, 2),
        ("cell", 0, 5, 2, 1),
        ("cell", 0, 5, 2, 2),
    ]


# ── HTML ──────────────────────────────────────────────────────────────────────────────────────────────────────────────

PAGE = """<!DOCTYPE html><html><head><meta charset="gb2312"><title>题</title><style>p{}</style></head>
<body><script>var a = "脚本"</script><h1>甲村总结</h1><!-- 注 -->
<p>&nbsp;&nbsp;全村<b>71</b>户&ge;331人<br>第二行<span style="display: none">隐</span>尾。</p>
<table><tr><th>项目</th><td colspan=2>数<table><tr><td>内</td></tr></table>后</td></tr><tr><td>果园<td>5亩</table>
<ol start=3><li>修路<li>修桥</ol><p hidden>藏</p><del>删</del>完</body></html>"""


def test_a_page_is_its_visible_words_block_by_block():
    draft = read_draft_bytes(PAGE.encode("gbk"), "稿.html")

    assert lines(draft) == [
        "甲村总结", "全村71户≥331人", "第二行尾。", "项目", "数", "内", "后", "果园", "5亩", "3. 修路", "4. 修桥", "完",
    ]  # fmt: skip
    assert draft.format == "html"
    assert draft.blocks[0].level == 1
    cells = [(b.place.table, b.place.row, b.place.column) for b in draft.blocks if b.kind == "cell"]
    assert cells == [(1, 1, 1), (1, 1, 2), (2, 1, 1), (1, 1, 2), (1, 2, 1), (1, 2, 2)]
    assert [draft.blocks[at].place.line for at in (0, 1, 3)] == [2, 3, 4]


def test_a_page_called_doc_or_txt_is_still_a_page():
    assert lines(read_draft_bytes("<html><p>甲</p></html>".encode(), "稿.doc")) == ["甲"]
    assert lines(read_draft_bytes("<!DOCTYPE html><p>甲</p>".encode(), "稿.txt")) == ["甲"]


def test_a_page_that_names_a_wrong_encoding_is_read_by_what_it_is():
    source = '<html><meta charset="big5"><p>全村七十一户群众，今年修路三公里。</p></html>'

    assert lines(read_draft_bytes(source.encode(), "稿.htm")) == [
        "全村七十一户群众，今年修路三公里。"
    ]


# ── Word: words ───────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        # changes are taken as accepted
        (paragraph("甲", f'<w:ins w:id="1">{run("乙")}</w:ins><w:del w:id="2"><w:r><w:delText>丙</w:delText></w:r></w:del>', "丁"), ["甲乙丁"]),
        (paragraph(f'<w:moveFrom w:id="1">{run("旧")}</w:moveFrom><w:moveTo w:id="2">{run("新")}</w:moveTo>'), ["新"]),
        (paragraph("前", properties='<w:rPr><w:del w:id="1"/></w:rPr>') + paragraph("后"), ["前后"]),
        ("<w:tbl><w:tr><w:trPr><w:del w:id='1'/></w:trPr><w:tc>" + paragraph("删") + "</w:tc></w:tr></w:tbl>" + paragraph("留"), ["留"]),
        # what a run can hold
        (paragraph("<w:r><w:t>甲</w:t><w:tab/><w:t>乙</w:t><w:br/><w:t>丙</w:t></w:r>"), ["甲\t乙\n丙"]),
        (paragraph("<w:r><w:t>5</w:t><w:noBreakHyphen/><w:t>8</w:t><w:softHyphen/><w:t>里</w:t></w:r>"), ["5-8里"]),
        (paragraph('<w:r><w:br w:type="page"/><w:t>附件</w:t></w:r>'), ["附件"]),
        (paragraph('<w:r><w:t>  甲 </w:t></w:r><w:r><w:t xml:space="preserve"> 乙 </w:t></w:r>'), ["甲 乙 "]),
        (paragraph("数", '<w:r><w:sym w:font="Symbol" w:char="F0B3"/></w:r>', "5", '<w:r><w:sym w:font="宋体" w:char="2103"/></w:r>'), ["数≥5℃"]),
        (paragraph("甲", run("藏", "<w:vanish/>"), run("乙", '<w:vanish w:val="0"/>')), ["甲乙"]),
        (paragraph("<w:r><w:ruby><w:rt>" + run("pin") + "</w:rt><w:rubyBase>" + run("字") + "</w:rubyBase></w:ruby></w:r>"), ["字"]),
        (paragraph("面积", "<m:oMath><m:r><m:t>x=5</m:t></m:r></m:oMath>"), ["面积x=5"]),
        (paragraph("甲", f'<w:hyperlink r:id="x">{run("乙")}</w:hyperlink><w:smartTag>{run("丙")}</w:smartTag>'), ["甲乙丙"]),
        # fields by their result; page numbers and tables of contents are made by Word
        (paragraph("共", field(" =SUM(ABOVE) ", "71"), "户"), ["共71户"]),
        (paragraph("见", '<w:fldSimple w:instr=" REF a ">' + run("第三条") + "</w:fldSimple>"), ["见第三条"]),
        (paragraph(field(" TOC \\o ", "一、工作 3")) + paragraph("一、工作"), ["一、工作"]),
        (paragraph("甲", '<w:r><w:fldChar w:fldCharType="begin"/></w:r>') + paragraph("乙"), ["甲", "乙"]),
        # empty paragraphs make no block
        (paragraph() + paragraph("　") + paragraph("甲"), ["甲"]),
    ],
)  # fmt: skip
def test_words_are_those_a_reader_sees(body, expected):
    assert said(body) == expected


def test_a_text_box_is_read_once_though_it_is_kept_twice():
    box = (
        "<w:r><mc:AlternateContent><mc:Choice Requires='wps'><w:drawing><wps:txbx><w:txbxContent>{0}</w:txbxContent></wps:txbx></w:drawing>"
        "</mc:Choice><mc:Fallback><w:pict><v:textbox><w:txbxContent>{0}</w:txbxContent></v:textbox></w:pict></mc:Fallback></mc:AlternateContent></w:r>"
    ).format(paragraph("框中字"))
    draft = read_draft_bytes(docx_of(paragraph("正文前", box, "正文后")), "稿.docx")

    assert lines(draft) == ["正文前正文后", "框中字"]
    assert [one.kind for one in draft.blocks] == ["paragraph", "textbox"]


def test_cells_are_read_in_order_with_their_places():
    row = "<w:tr><w:tc><w:tcPr><w:gridSpan w:val='2'/></w:tcPr>{}</w:tc><w:tc>{}</w:tc></w:tr>"
    table = "<w:tbl>" + row.format(paragraph("甲"), paragraph("乙") + paragraph("丙")) + "</w:tbl>"
    draft = read_draft_bytes(docx_of(paragraph("前") + table + paragraph("后")), "稿.docx")

    found = [
        (b.kind, b.place.paragraph, b.place.table, b.place.row, b.place.column)
        for b in draft.blocks
    ]
    assert lines(draft) == ["前", "甲", "乙", "丙", "后"]
    assert found == [
        ("paragraph", 1, 0, 0, 0),
        ("cell", 0, 1, 1, 1),
        ("cell", 0, 1, 1, 3),
        ("cell", 0, 1, 1, 3),
        ("paragraph", 2, 0, 0, 0),
    ]


def test_headers_footers_and_notes_stand_behind_the_body_and_page_numbers_nowhere():
    section = "<w:sectPr><w:headerReference w:type='default' r:id='rId-header'/><w:footerReference w:type='default' r:id='rId-footer'/></w:sectPr>"
    note = '<w:r><w:footnoteReference w:id="2"/></w:r>'
    draft = read_draft_bytes(
        docx_of(
            paragraph("正文", note) + section,
            footnotes=f'<w:footnote w:id="1">{paragraph("没有引用")}</w:footnote><w:footnote w:id="2">{paragraph("注文")}</w:footnote>',
            header=paragraph("页眉字"),
            footer=paragraph("— ", field(" PAGE ", "1"), " —"),
        ),
        "稿.docx",
    )

    assert lines(draft) == ["正文", "注文", "页眉字"]
    assert [one.kind for one in draft.blocks] == ["paragraph", "footnote", "header"]
    assert [one.place.part for one in draft.blocks] == [
        "word/document.xml", "word/footnotes.xml", "word/header.xml",
    ]  # fmt: skip
    assert draft.layout is not None
    assert draft.layout.has_page_numbers


def test_a_first_page_header_that_is_switched_off_is_not_read():
    section = "<w:sectPr><w:headerReference w:type='first' r:id='rId-header'/>{}</w:sectPr>"

    assert said(paragraph("正文") + section.format(""), header=paragraph("旧稿")) == ["正文"]
    assert said(paragraph("正文") + section.format("<w:titlePg/>"), header=paragraph("新")) == [
        "正文",
        "新",
    ]


def test_a_strict_file_reads_as_a_transitional_one():
    content = docx_of(paragraph("一、", control(TAG, run("71户"))), styles="")

    usual, other = (
        read_draft_bytes(content, "稿.docx"),
        read_draft_bytes(strict(content), "稿.docx"),
    )
    assert (usual.text, usual.controls) == (other.text, other.controls)


def test_a_file_named_doc_that_is_a_docx_is_read():
    assert lines(read_draft_bytes(docx_of(paragraph("甲")), "稿.doc")) == ["甲"]


# ── Word: lists ───────────────────────────────────────────────────────────────────────────────────────────────────────

LEVELS = """<w:abstractNum w:abstractNumId="7">
<w:lvl w:ilvl="0"><w:start w:val="1"/><w:numFmt w:val="chineseCountingThousand"/><w:pStyle w:val="H1"/><w:suff w:val="nothing"/><w:lvlText w:val="%1、"/></w:lvl>
<w:lvl w:ilvl="1"><w:start w:val="1"/><w:numFmt w:val="chineseCounting"/><w:lvlText w:val="（%2）"/></w:lvl>
<w:lvl w:ilvl="2"><w:start w:val="1"/><w:numFmt w:val="decimal"/><w:lvlText w:val="%3."/></w:lvl>
<w:lvl w:ilvl="3"><w:start w:val="1"/><w:numFmt w:val="decimal"/><w:isLgl/><w:lvlText w:val="%1.%4"/></w:lvl></w:abstractNum>
<w:abstractNum w:abstractNumId="8"><w:lvl w:ilvl="0"><w:start w:val="1"/><w:numFmt w:val="bullet"/><w:lvlText w:val="•"/></w:lvl></w:abstractNum>
<w:num w:numId="1"><w:abstractNumId w:val="7"/></w:num><w:num w:numId="2"><w:abstractNumId w:val="8"/></w:num>
<w:num w:numId="3"><w:abstractNumId w:val="7"/><w:lvlOverride w:ilvl="2"><w:startOverride w:val="5"/></w:lvlOverride></w:num>"""


def listed(text: str, level: int, number: int = 1) -> str:
    return paragraph(
        text,
        properties=f'<w:numPr><w:ilvl w:val="{level}"/><w:numId w:val="{number}"/></w:numPr>',
    )


def test_the_numbers_of_automatic_lists_are_words():
    body = "".join(
        (
            listed("党建", 0), listed("学习", 1), listed("党课", 2), listed("党日", 2), listed("队伍", 1), listed("干部", 2),
            listed("产业", 0), listed("果业", 1), listed("甲", 3), listed("接着", 2, 3), listed("点", 0, 2),
        )
    )  # fmt: skip

    assert said(body, numbering=LEVELS) == [
        "一、党建", "（一）学习", "1. 党课", "2. 党日", "（二）队伍", "1. 干部", "二、产业", "（一）果业", "2.1 甲", "5. 接着", "点",
    ]  # fmt: skip


def test_a_list_number_that_comes_with_a_style_is_read_and_one_switched_off_is_not():
    styles = '<w:style w:type="paragraph" w:styleId="H1"><w:name w:val="heading 1"/><w:pPr><w:numPr><w:numId w:val="1"/></w:numPr><w:outlineLvl w:val="0"/></w:pPr></w:style>'
    style = '<w:pStyle w:val="H1"/>'
    body = paragraph("党建", properties=style) + paragraph(
        "无号", properties=style + '<w:numPr><w:numId w:val="0"/></w:numPr>'
    )
    draft = read_draft_bytes(docx_of(body, numbering=LEVELS, styles=styles), "稿.docx")

    assert lines(draft) == ["一、党建", "无号"]
    assert [one.level for one in draft.blocks] == [1, 1]


@pytest.mark.parametrize(
    ("number", "style", "text"),
    [
        (12, "decimal", "12"), (3, "decimalZero", "03"), (3, "decimalFullWidth", "３"), (3, "decimalEnclosedCircle", "③"),
        (12, "chineseCounting", "十二"), (21, "japaneseCounting", "二十一"), (2, "chineseLegalSimplified", "贰"),
        (2, "ideographTraditional", "乙"), (2, "ideographZodiac", "丑"), (4, "upperRoman", "IV"), (28, "lowerLetter", "bb"),
        (3, "bullet", ""), (3, "unheard-of", "3"),
    ],
)  # fmt: skip
def test_a_list_writes_its_numbers_in_its_style(number, style, text):
    assert written(number, style) == text


# ── Word: controls ────────────────────────────────────────────────────────────────────────────────────────────────────


def controls_of(content: bytes) -> list[tuple[str, str]]:
    draft = read_draft_bytes(content, "稿.docx")
    return [(one.tag, draft.text[one.start : one.end]) for one in draft.controls]


def test_controls_of_shuzhi_are_known_wherever_they_stand_and_others_are_not():
    inline = paragraph(
        "全村", control(TAG, run("71") + run("户")), "，", control("date", run("2023年"))
    )
    block = control("s1#abc", paragraph("331人"))
    cell = f"<w:tbl><w:tr>{control(TAG, '<w:tc>' + paragraph('5户') + '</w:tc>')}</w:tr></w:tbl>"
    emptied = paragraph("只有", control(TAG, run("")), "户")

    assert controls_of(docx_of(inline + block + cell + emptied)) == [
        (TAG, "71户"), ("s1#abc", "331人"), (TAG, "5户"), (TAG, ""),
    ]  # fmt: skip


def test_a_bookmark_inside_leads_to_the_figure_where_tag_or_control_is_gone():
    marked = (
        '<w:bookmarkStart w:id="3" w:name="_shuzhi_3_0a1b"/>{}<w:bookmarkEnd w:id="3"/>'.format(
            run("71户")
        )
    )
    untagged = f"<w:sdt><w:sdtPr/><w:sdtContent>{marked}</w:sdtContent></w:sdt>"

    assert controls_of(docx_of(paragraph("全村", untagged))) == [("s1#0a1b", "71户")]
    assert controls_of(docx_of(paragraph("全村", marked, "人"))) == [("s1#0a1b", "71户")]


def test_a_changed_figure_keeps_its_control():
    changed = control(
        TAG,
        f'<w:del w:id="1"><w:r><w:delText>71户</w:delText></w:r></w:del><w:ins w:id="2">{run("72户")}</w:ins>',
    )

    assert controls_of(docx_of(paragraph("全村", changed, "。"))) == [(TAG, "72户")]


# ── Word: the way back ────────────────────────────────────────────────────────────────────────────────────────────────


def test_every_character_leads_back_to_its_element():
    body = (
        listed("党建", 0)
        + paragraph(
            "全村",
            control(TAG, run("71户")),
            "<w:r><w:t> 有路 </w:t><w:tab/><w:t>3公里</w:t></w:r>",
        )
        + f"<w:tbl><w:tr><w:tc>{paragraph('表中字')}</w:tc></w:tr></w:tbl>"
    )
    found = locate_runs(docx_of(body, numbering=LEVELS))

    text = found.draft.text
    assert text == "一、党建\n全村71户有路\t3公里\n表中字"
    covered = {at for one in found.stretches for at in range(one.start, one.end)}
    assert {text[at] for at in set(range(len(text))) - covered} == {"\n"}
    for one in found.stretches:
        words = text[one.start : one.end]
        if one.element is None:
            assert words == "一、"
        elif one.element.tag.endswith("}t"):
            assert one.element.text[one.offset : one.offset + len(words)] == words
        else:
            assert words == "\t"


def test_a_span_is_found_again_cut_to_its_characters():
    found = locate_runs(docx_of(paragraph("全村", "71", "户。") + paragraph("后")))

    pieces = found.find(1, 5)
    assert [(p.element.text[p.offset : p.offset + p.end - p.start]) for p in pieces] == [
        "村",
        "71",
        "户",
    ]
    assert [p.element.text for p in found.find(7, 8)] == ["后"]
    assert [p.element.text for p in found.find(2, 2)] == ["71"]


# ── Word: how it is set ───────────────────────────────────────────────────────────────────────────────────────────────


def test_fonts_and_measures_are_resolved_through_run_style_base_theme_and_defaults():
    styles = (
        '<w:docDefaults><w:rPrDefault><w:rPr><w:rFonts w:eastAsiaTheme="minorEastAsia"/><w:sz w:val="21"/></w:rPr></w:rPrDefault></w:docDefaults>'
        '<w:style w:type="paragraph" w:default="1" w:styleId="N"><w:name w:val="Normal"/><w:pPr><w:jc w:val="both"/></w:pPr></w:style>'
        '<w:style w:type="paragraph" w:styleId="B"><w:basedOn w:val="N"/><w:pPr><w:ind w:firstLineChars="200"/><w:spacing w:line="580" w:lineRule="exact"/></w:pPr><w:rPr><w:sz w:val="32"/></w:rPr></w:style>'
        '<w:style w:type="paragraph" w:styleId="C"><w:basedOn w:val="B"/><w:rPr><w:rFonts w:eastAsia="仿宋"/></w:rPr></w:style>'
        '<w:style w:type="paragraph" w:styleId="L"><w:basedOn w:val="L"/></w:style>'
    )
    theme = '<a:theme xmlns:a="a"><a:minorFont><a:latin typeface="x"/><a:ea typeface=""/><a:font script="Hans" typeface="等线"/></a:minorFont></a:theme>'
    body = (
        paragraph("默认段落")
        + paragraph("正文段落", properties='<w:pStyle w:val="C"/>')
        + paragraph(
            run("黑体", '<w:rFonts w:eastAsia="黑体"/><w:b/>'),
            "字",
            properties='<w:pStyle w:val="C"/><w:ind w:firstLine="320"/><w:jc w:val="center"/>',
        )
        + paragraph("环", properties='<w:pStyle w:val="L"/>')
        + '<w:sectPr><w:pgSz w:w="11906" w:h="16838"/><w:pgMar w:top="2098" w:right="1474" w:bottom="1984" w:left="1587"/></w:sectPr>'
    )
    layout = read_draft_bytes(docx_of(body, styles=styles, theme=theme), "稿.docx").layout

    assert layout is not None
    assert (layout.page_width, layout.page_height) == (Decimal("210.0"), Decimal("297.0"))
    assert layout.margins == (Decimal("37.0"), Decimal("26.0"), Decimal("35.0"), Decimal("28.0"))
    assert layout.has_page_numbers is False
    facts = [
        (p.font, p.size, p.bold, p.alignment, p.first_line_chars, p.line_spacing)
        for p in layout.paragraphs
    ]
    assert facts == [
        ("等线", Decimal("10.5"), False, "both", None, None),
        ("仿宋", Decimal(16), False, "both", Decimal(2), Decimal(29)),
        ("黑体", Decimal(16), True, "center", Decimal(1), Decimal(29)),
        ("等线", Decimal("10.5"), False, None, None, None),
    ]


# ── Word: what is refused ─────────────────────────────────────────────────────────────────────────────────────────────


def test_a_file_with_macros_a_document_type_or_a_password_is_refused():
    plain = docx_of(paragraph("甲"))
    bomb = b'<!DOCTYPE w [<!ENTITY a "aaaa">]><w:document xmlns:w="x"/>'

    assert (
        refusal(docx_of(paragraph("甲"), {"word/vbaProject.bin": b"x"}), "稿.docm") == "DRAFT_008"
    )
    assert refusal(docx_of(paragraph("甲"), {"word/document.xml": bomb}), "稿.docx") in (
        "DRAFT_009",
        "DRAFT_010",
    )
    locked = bytearray(plain)
    for at in (plain.index(b"PK\x01\x02") + 8, plain.index(b"PK\x03\x04") + 6):
        locked[at] |= 1
    assert refusal(bytes(locked), "稿.docx") == "DRAFT_007"


def test_a_document_type_in_any_part_that_is_read_is_refused():
    bomb = (
        '<!DOCTYPE w [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;">]>'
        '<w:document xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"><w:body>&b;</w:body></w:document>'
    )
    content = zipped({"word/document.xml": bomb.encode()})

    assert refusal(content, "稿.docx") == "DRAFT_009"


def test_an_archive_that_unpacks_to_too_much_is_refused():
    huge = zipped({"word/document.xml": b" " * (65 << 20)})

    assert len(huge) < 100_000
    assert refusal(huge, "稿.docx") == "DRAFT_011"


def test_a_document_without_words_is_refused():
    assert refusal(docx_of(paragraph()), "稿.docx") == "DRAFT_017"


# ── reports of Shuzhi ─────────────────────────────────────────────────────────────────────────────────────────────────


def rendered() -> bytes:
    report, traces = village_composed()
    catalogue = make_catalogue()
    return docx_bytes(report, traces, catalogue=catalogue, units=Units(catalogue.units))


def report_lines() -> list[str]:
    """The report as printed: its own words and the note of the annex, without the table that Shuzhi makes."""
    report, _ = village_composed()
    *body, signature, date = report.plain_text().splitlines()
    return [*body, "附件：数据来源表", signature, date]


def test_a_report_of_shuzhi_comes_back_word_by_word_with_its_figures():
    report, _ = village_composed()
    draft = read_draft_bytes(rendered(), "报告.docx")

    assert lines(draft) == report_lines()
    found = [(one.tag, draft.text[one.start : one.end]) for one in draft.controls]
    assert found == [(tag(one), one.text) for one in report.figures]


def soffice(content: bytes, folder: Path, target: str, suffix: str = "docx") -> Path:
    source = folder / "in" / f"report.{suffix}"
    source.parent.mkdir(exist_ok=True)
    source.write_bytes(content)
    subprocess.run(
        ["soffice", f"-env:UserInstallation={(folder / 'profile').as_uri()}", "--headless", "--convert-to", target, "--outdir", str(folder), str(source)],
        check=True, capture_output=True, timeout=120,
    )  # fmt: skip
    return folder / f"report.{target.partition(':')[0]}"


class TestWithLibreOffice:
    pytestmark = needs_libreoffice

    def test_a_report_it_saved_gives_the_same_words_and_figures(self, tmp_path):
        before = read_draft_bytes(rendered(), "报告.docx")
        after = read_draft(soffice(rendered(), tmp_path, "docx"))

        assert after.text == before.text
        assert after.controls == before.controls

    @pytest.mark.parametrize("suffix", ["doc", "odt", "rtf"])
    def test_older_and_other_kinds_are_read_through_it(self, tmp_path, suffix):
        draft = read_draft(soffice(rendered(), tmp_path, suffix))

        assert lines(draft) == report_lines()

    def test_a_wps_file_is_read_through_it(self, tmp_path):
        made = soffice(rendered(), tmp_path, "doc")

        assert lines(read_draft_bytes(made.read_bytes(), "稿.wps")) == report_lines()

    def test_a_pdf_it_made_gives_the_paragraphs(self, tmp_path):
        document = docx.Document()
        wanted = [
            "甲村2023年工作总结",
            "全村71户331人，全年兑付各类补贴11.387万元，硬化道路1.92公里，比上年多修一个组，雨天出门不再沾泥，群众满意度达到98.5%，比上年提高2个百分点，垃圾日产日清。",
            "一、主要工作",
            "二、存在的问题",
        ]
        for one in wanted:
            document.add_paragraph(one)
        content = io.BytesIO()
        document.save(content)
        draft = read_draft(soffice(content.getvalue(), tmp_path, "pdf"))

        assert lines(draft) == wanted
        assert draft.format == "pdf"


def test_without_libreoffice_a_doc_says_how_to_help_oneself(monkeypatch):
    monkeypatch.setattr(drafts_office.shutil, "which", lambda _: None)
    monkeypatch.setattr(drafts_office, "_PLACES", ())

    assert refusal(rb"{\rtf1 a}", "稿.rtf") == "DRAFT_015"


def test_a_conversion_that_fails_or_hangs_is_told(monkeypatch, tmp_path):
    program = tmp_path / "soffice"
    program.write_text("#!/bin/sh\necho cannot load; exit 1\n", encoding="utf-8")
    program.chmod(0o755)
    monkeypatch.setattr(drafts_office, "find_libreoffice", lambda: str(program))
    assert refusal(rb"{\rtf1 a}", "稿.rtf") == "DRAFT_016"

    program.write_text("#!/bin/sh\nsleep 30\n", encoding="utf-8")
    monkeypatch.setattr(drafts_office, "_SECONDS", 0.3)
    assert refusal(rb"{\rtf1 a}", "稿.rtf") == "DRAFT_016"


# ── PDF ───────────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_pdf_of_shuzhi_gives_the_paragraphs_without_page_numbers(tmp_path):
    report, traces = village_composed()
    catalogue = make_catalogue()
    path = tmp_path / "报告.pdf"
    render_pdf(report, traces, path, catalogue=catalogue, units=Units(catalogue.units))
    draft = read_draft(path)

    assert lines(draft) == report_lines()
    assert draft.blocks[0].place.page == 1
    assert draft.blocks[-1].place.page > 1


def test_a_scanned_pdf_is_refused():
    page = (
        b"%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj 2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj "
        b"3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF"
    )

    assert refusal(page, "扫描.pdf") == "DRAFT_014"


def test_the_page_of_a_report_of_shuzhi_gives_its_paragraphs():
    report, traces = village_composed()
    catalogue = make_catalogue()
    page = render_html(report, traces, catalogue=catalogue, units=Units(catalogue.units))

    assert lines(read_draft_bytes(page.encode(), "报告.html")) == report_lines()


def test_the_archive_of_a_word_file_is_not_changed_by_reading():
    content = docx_of(paragraph("甲"))
    read_draft_bytes(content, "稿.docx")

    with zipfile.ZipFile(io.BytesIO(content)) as package:
        assert package.testzip() is None
