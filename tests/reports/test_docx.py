"""The Word file: an official page, one content control for each figure, an annex, and figures renewed after editing."""

from __future__ import annotations

import io
import itertools
import re
import shutil
import subprocess
import zipfile
from dataclasses import replace
from pathlib import Path

import docx
import pytest
from docx.shared import Pt
from lxml import etree

from shuzhi.core.problems import ProblemsError
from shuzhi.core.quantities import Units
from shuzhi.core.reports import annex_of, parse_tag, tag, trace_figures
from shuzhi.exchange.docx_refresh import RefreshedFigure, refresh_docx, refresh_docx_bytes
from shuzhi.exchange.docx_reports import (
    control_title,
    docx_bytes,
    render_docx,
    signature_starts,
    title_lines,
    write_whole,
)
from shuzhi.exchange.html_reports import write_html
from shuzhi.exchange.pdf_reports import render_pdf
from shuzhi.messages import render

from .sample_report import DictSource, composed, make_catalogue, sentence_report, village_composed

W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"

needs_libreoffice = [
    pytest.mark.libreoffice,
    pytest.mark.skipif(shutil.which("soffice") is None, reason="soffice is not installed"),
]


def rendered(report=None, traces=None) -> bytes:
    if report is None:
        report, traces = village_composed()
    catalogue = make_catalogue()
    return docx_bytes(report, traces, catalogue=catalogue, units=Units(catalogue.units))


def part(content: bytes, name: str = "word/document.xml") -> etree._Element:
    with zipfile.ZipFile(io.BytesIO(content)) as package:
        return etree.fromstring(package.read(name))


def replaced(content: bytes, old: str, new: str, name: str = "word/document.xml") -> bytes:
    """The package with a text of one part replaced, as an editor would have done."""
    made = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as package, zipfile.ZipFile(made, "w") as target:
        for info in package.infolist():
            data = package.read(info)
            if info.filename == name:
                assert old in data.decode(), old
                data = data.decode().replace(old, new, 1).encode()
            target.writestr(info, data)
    return made.getvalue()


def without_part(content: bytes, name: str) -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as package, zipfile.ZipFile(made, "w") as target:
        for info in package.infolist():
            if info.filename != name:
                target.writestr(info, package.read(info))
    return made.getvalue()


def words(content: bytes) -> list[str]:
    """The paragraphs outside tables, as text."""
    body = part(content)[0]
    return ["".join(t.text or "" for t in p.iter(f"{W}t")) for p in body.iterchildren(f"{W}p")]


def converted(content: bytes, folder: Path, target: str) -> Path:
    source = folder / "in" / "report.docx"
    source.parent.mkdir(exist_ok=True)
    source.write_bytes(content)
    subprocess.run(
        [
            "soffice", f"-env:UserInstallation={(folder / 'profile').as_uri()}", "--headless",
            "--convert-to", target, "--outdir", str(folder), str(source),
        ],
        check=True, capture_output=True, timeout=120,
    )  # fmt: skip
    return folder / f"report.{target}"


# ── the page ──────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_the_page_is_that_of_the_standard():
    def millimetres(twips: str) -> float:
        return int(twips) / 1440 * 25.4

    section = part(rendered()).find(f".//{W}sectPr")
    size, margins, grid = (section.find(f"{W}{name}") for name in ("pgSz", "pgMar", "docGrid"))

    assert millimetres(size.get(f"{W}w")) == pytest.approx(210, abs=0.1)
    assert millimetres(size.get(f"{W}h")) == pytest.approx(297, abs=0.1)
    for side, wanted in {"top": 37, "bottom": 35, "left": 28, "right": 26}.items():
        assert millimetres(margins.get(f"{W}{side}")) == pytest.approx(wanted, abs=0.1)
    assert grid.get(f"{W}type") == "linesAndChars"
    assert (grid.get(f"{W}linePitch"), grid.get(f"{W}charSpace")) == ("579", "-848")
    text_width = (
        int(size.get(f"{W}w")) - int(margins.get(f"{W}left")) - int(margins.get(f"{W}right"))
    )
    text_height = (
        int(size.get(f"{W}h")) - int(margins.get(f"{W}top")) - int(margins.get(f"{W}bottom"))
    )
    assert text_width / 20 // (16 - 848 / 4096) == 28
    assert text_height // 579 == 22


def test_body_and_headings_are_set_as_the_standard_says():
    styles = docx.Document(io.BytesIO(rendered())).styles

    def fonts(name: str) -> tuple[str, str]:
        found = styles[name].element.rPr.rFonts
        return found.get(f"{W}eastAsia"), found.get(f"{W}ascii")

    assert fonts("Normal") == ("仿宋_GB2312", "仿宋_GB2312")
    assert fonts("Heading 1")[0] == "黑体"
    assert fonts("Heading 2")[0] == "楷体_GB2312"
    assert fonts("Heading 3")[0] == "仿宋_GB2312"
    assert fonts("Title")[0] == "方正小标宋简体"
    assert styles["Normal"].font.size == Pt(16)
    assert styles["Title"].font.size == Pt(22)
    assert styles["Normal"].paragraph_format.line_spacing == Pt(28.95)
    for name in ("公文正文", "Heading 1", "Heading 2", "Heading 3", "Heading 4"):
        assert styles[name].element.pPr.ind.get(f"{W}firstLineChars") == "200"
    assert styles["公文主送"].element.pPr.ind is None


def test_page_numbers_stand_right_on_odd_and_left_on_even_pages():
    content = rendered()
    section = part(content).find(f".//{W}sectPr")
    kinds = [one.get(f"{W}type") for one in section.iterchildren(f"{W}footerReference")]
    assert kinds == ["default", "even"]
    assert part(content, "word/settings.xml").find(f"{W}evenAndOddHeaders") is not None
    for name, side in (("word/footer1.xml", "right"), ("word/footer2.xml", "left")):
        footer = part(content, name)
        assert footer.find(f".//{W}jc").get(f"{W}val") == side
        assert footer.find(f".//{W}ind").get(f"{W}{side}Chars") == "100"
        assert footer.find(f".//{W}fldSimple").get(f"{W}instr").strip() == "PAGE"
        assert "".join(t.text for t in footer.iter(f"{W}t")) == "— 1 —"


def test_the_same_report_gives_the_same_bytes():
    assert rendered() == rendered()


def test_the_document_says_what_it_is():
    properties = docx.Document(io.BytesIO(rendered())).core_properties

    assert properties.title == "云岭县禾溪镇禾溪村2023年度工作述职报告"
    assert properties.language == "zh-CN"
    assert properties.created.isoformat().startswith("2024-01-05")


def test_the_text_is_that_of_the_composed_report():
    report, traces = village_composed()
    text = "\n".join(line for line in words(rendered(report, traces)) if line)

    head, _, tail = text.partition("\n附件：数据来源表\n")
    assert "\n".join(report.plain_text().splitlines()[:-2]) == head
    assert tail.startswith("云岭县禾溪镇禾溪村村民委员会\n2024年1月5日\n附件\n数据来源表")


def test_text_that_means_something_to_xml_is_kept_as_text():
    content = rendered(composed(sentence_report("甲<乙>&“丙”]]>\x07。")))

    assert "甲<乙>&“丙”]]>。" in words(content)


@pytest.mark.parametrize(
    ("signature", "date", "starts"),
    [
        ("云岭县禾溪镇禾溪村", "2024年1月5日", (17.0, 19.0)),
        ("禾溪村党支部", "2024年1月5日", (20.0, 22.0)),
        ("禾溪村", "2024年12月31日", (17.0, 19.0)),
        ("村" * 30, "2024年1月5日", (0.0, 2.0)),
        ("", "2024年1月5日", (18.0, 20.0)),
    ],
)
def test_signature_and_date_stand_as_without_a_seal(signature, date, starts):
    assert signature_starts(signature, date) == starts


@pytest.mark.parametrize(
    "title",
    [
        "禾溪村2023年工作述职报告",
        "云岭县禾溪镇禾溪村党总支书记2023年度抓基层党建工作述职报告",
        "中共云岭县禾溪镇委员会关于2023年度领导班子述职述责述廉及落实全面从严治党主体责任情况的报告",
    ],
)
def test_a_title_breaks_into_lines_that_fit(title):
    lines = title_lines(title)

    assert "".join(lines) == title
    assert all(len(line) <= 20 for line in lines)
    assert not any(a[-1].isdigit() and b[0].isdigit() for a, b in itertools.pairwise(lines))


# ── figures ───────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_there_is_a_content_control_for_each_figure():
    report, traces = village_composed()
    controls = list(part(rendered(report, traces)).iter(f"{W}sdt"))

    assert len(controls) == len(report.figures) == 15
    for run, control in zip(report.figures, controls, strict=True):
        properties = control.find(f"{W}sdtPr")
        found = properties.find(f"{W}tag").get(f"{W}val")
        assert found == tag(run)
        assert parse_tag(found) == run.identity
        assert len(properties.find(f"{W}alias").get(f"{W}val")) <= 64
        assert "".join(t.text for t in control.iter(f"{W}t")) == run.text
    numbers = {one.find(f"{W}sdtPr/{W}id").get(f"{W}val") for one in controls}
    assert len(numbers) == len(controls)
    names = [one.find(f".//{W}bookmarkStart").get(f"{W}name") for one in controls]
    assert len(set(names)) == len(names)
    assert max(len(name) for name in names) <= 40


def test_a_long_control_title_keeps_what_was_printed():
    title = control_title("很长的指标名称" * 12, "禾溪村", "2023年", "48.2875万元")

    assert len(title) <= 64
    assert title.endswith("·2023年｜48.2875万元")


def test_the_annex_lists_every_figure_with_its_rows():
    report, traces = village_composed()
    table = docx.Document(io.BytesIO(rendered(report, traces))).tables[0]
    rows = [[cell.text for cell in row.cells] for row in table.rows]

    assert rows[0] == ["序号", "文中写法", "指标", "单位、期间", "来源"]
    assert [row[1] for row in rows[1:]] == [run.text for run in report.figures]
    by_text = {row[1]: row for row in rows[1:]}
    assert by_text["601.5亩"][2:4] == ["果园面积", "禾溪村\n2023年"]
    assert by_text["601.5亩"][4].startswith("果园台账2行，合计601.5亩：")
    assert (
        by_text["8.5亩"][4]
        == "由果园面积（601.5亩，果园台账2行）、总户数（71户，人口台账2行）计算。"
    )
    assert by_text["650亩"][2] == "果园面积（目标）"
    assert table.rows[0]._tr.trPr.find(f"{W}tblHeader") is not None
    assert "13800001234" not in "".join(cell for row in rows for cell in row)


def test_the_annex_says_which_point_of_the_books_it_shows():
    assert "下列数据由台账自动汇总，截至账册时点 42。" in words(rendered(*village_composed()))


def test_a_report_without_any_figure_says_under_its_title_that_it_is_a_draft():
    empty = words(rendered(composed(sentence_report("我村团结一心。"))))
    filled = words(two_figures())

    assert empty[1:3] == ["禾溪村2023年工作述职报告", "（草稿：本报告尚无一项数据入账）"]
    assert not any("草稿" in line for line in filled)


def test_without_traces_there_is_no_annex():
    report, _ = village_composed()
    content = rendered(report, None)

    assert docx.Document(io.BytesIO(content)).tables == []
    assert not any("附件" in line for line in words(content))


# ── refresh ───────────────────────────────────────────────────────────────────────────────────────────────────────────


def two_figures() -> bytes:
    report = sentence_report("现有果园{orchard_area}，全村{households}，又说{households}。")
    return rendered(composed(report, DictSource({"orchard_area": "600", "households": "71"})))


def books(**texts: str):
    """A resolver that knows these indicators' present texts."""

    def resolve(identity: str) -> RefreshedFigure | None:
        found = parse_tag(identity)
        text = texts.get(found.figure.indicator) if found else None
        return None if text is None else RefreshedFigure(text, as_of=50)

    return resolve


NOW = {"orchard_area": "650亩", "households": "71户"}


def test_figures_are_renewed_and_the_words_are_kept():
    edited = replaced(two_figures(), "现有果园", "我村现有果园（已核实）")

    made, report = refresh_docx_bytes(edited, books(**NOW))

    assert [(one.printed, one.current) for one in report.updated] == [("600亩", "650亩")]
    assert [one.found for one in report.unchanged] == ["71户", "71户"]
    assert report.hand_changed == report.unknown == report.removed == report.unverified == ()
    assert "我村现有果园（已核实）650亩，全村71户，又说71户。" in words(made)
    with zipfile.ZipFile(io.BytesIO(edited)) as old, zipfile.ZipFile(io.BytesIO(made)) as new:
        assert old.namelist() == new.namelist()
        changed = [name for name in old.namelist() if old.read(name) != new.read(name)]
    assert changed == ["word/document.xml", "customXml/item1.xml"]


def test_nothing_to_renew_gives_the_same_bytes_back():
    content = two_figures()

    made, report = refresh_docx_bytes(content, books(orchard_area="600亩", households="71户"))

    assert made == content
    assert len(report.unchanged) == 3


def test_a_second_refresh_finds_nothing_to_do():
    once, _ = refresh_docx_bytes(two_figures(), books(**NOW))
    twice, report = refresh_docx_bytes(once, books(**NOW))

    assert twice == once
    assert len(report.unchanged) == 3


def test_a_hand_changed_figure_is_reported_with_both_values_and_kept():
    edited = replaced(two_figures(), ">600亩<", ">605亩<")

    made, report = refresh_docx_bytes(edited, books(**NOW))

    (change,) = report.hand_changed
    assert (change.title, change.printed, change.found, change.current) == (
        "果园面积", "600亩", "605亩", "650亩",
    )  # fmt: skip
    assert any("605亩" in line for line in words(made))
    again = refresh_docx_bytes(made, books(**NOW))[1]
    assert again.hand_changed == report.hand_changed


def test_a_hand_changed_figure_is_renewed_where_that_is_asked_for():
    edited = replaced(two_figures(), ">600亩<", ">605亩<")

    made, report = refresh_docx_bytes(edited, books(**NOW), overwrite_hand_changed=True)

    assert len(report.hand_changed) == 1
    assert any("650亩" in line for line in words(made))


def test_todays_value_typed_in_by_hand_is_no_hand_change():
    edited = replaced(two_figures(), ">600亩<", ">650亩<")

    _, report = refresh_docx_bytes(edited, books(**NOW))

    assert report.hand_changed == ()
    assert len(report.unchanged) == 3


def test_an_emptied_figure_is_reported_and_can_be_written_again():
    run = '<w:r><w:t xml:space="preserve">600亩</w:t></w:r>'
    edited = replaced(two_figures(), run, "")

    kept, report = refresh_docx_bytes(edited, books(**NOW))
    renewed, _ = refresh_docx_bytes(edited, books(**NOW), overwrite_hand_changed=True)

    assert report.hand_changed[0].found == ""
    assert any("现有果园，" in line for line in words(kept))
    assert any("现有果园650亩，" in line for line in words(renewed))


def test_formatting_and_split_runs_survive():
    split = (
        '<w:r><w:rPr><w:b/></w:rPr><w:t>60</w:t></w:r><w:proofErr w:type="spellStart"/>'
        "<w:r><w:rPr><w:b/></w:rPr><w:t>0亩</w:t></w:r>"
    )
    edited = replaced(two_figures(), '<w:r><w:t xml:space="preserve">600亩</w:t></w:r>', split)

    made, report = refresh_docx_bytes(edited, books(**NOW))

    assert len(report.updated) == 1
    control = next(part(made).iter(f"{W}sdt"))
    assert [t.text or "" for t in control.iter(f"{W}t")] == ["650亩", ""]
    assert len(list(control.iter(f"{W}b"))) == 2


def test_figures_in_tables_footnotes_and_headers_are_renewed():
    content = two_figures()
    control = re.search(
        r"<w:sdt>.*?</w:sdt>", etree.tostring(part(content), encoding="unicode")
    )[0]  # fmt: skip
    control = re.sub(r' xmlns:\w+="[^"]*"', "", control)
    row = f"<w:tbl><w:tr><w:tc><w:p>{control}</w:p></w:tc></w:tr></w:tbl>"
    edited = replaced(content, "<w:sectPr>", f"{row}<w:sectPr>")
    edited = replaced(edited, "— </w:t></w:r>", f"— </w:t></w:r>{control}", "word/footer2.xml")

    made, report = refresh_docx_bytes(edited, books(**NOW))

    assert [one.part for one in report.updated] == ["word/document.xml"] * 2 + ["word/footer2.xml"]
    assert "650亩" in "".join(t.text for t in part(made, "word/footer2.xml").iter(f"{W}t"))


def test_an_unknown_and_a_removed_figure_are_reported():
    content = two_figures()
    control = re.search(r"<w:sdt>.*?</w:sdt>", etree.tostring(part(content), encoding="unicode"))[0]
    edited = replaced(content, re.sub(r' xmlns:\w+="[^"]*"', "", control), "若干")

    _, report = refresh_docx_bytes(edited, books())

    assert [one.printed for one in report.removed] == ["600亩"]
    assert [one.found for one in report.unknown] == ["71户", "71户"]


def test_a_hand_change_is_seen_though_the_kept_part_was_lost():
    edited = replaced(without_part(two_figures(), "customXml/item1.xml"), ">600亩<", ">605亩<")

    _, report = refresh_docx_bytes(edited, books(**NOW))

    assert [(one.printed, one.found) for one in report.hand_changed] == [("600亩", "605亩")]


def test_tags_that_a_program_dropped_are_put_back():
    edited = re.sub(
        r"<w:alias [^>]*/><w:tag [^>]*/>",
        "",
        etree.tostring(part(two_figures()), encoding="unicode"),
    )
    content = _with_document(two_figures(), edited)

    made, report = refresh_docx_bytes(content, books(**NOW))

    assert [one.current for one in report.updated] == ["650亩"]
    tags = [one.get(f"{W}val") for one in part(made).iter(f"{W}tag")]
    assert [parse_tag(one).figure.indicator for one in tags] == [
        "orchard_area", "households", "households",
    ]  # fmt: skip


def _with_document(content: bytes, document: str) -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as package, zipfile.ZipFile(made, "w") as target:
        for info in package.infolist():
            is_document = info.filename == "word/document.xml"
            target.writestr(info, document.encode() if is_document else package.read(info))
    return made.getvalue()


def _zip(**parts: bytes) -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as package:
        for name, data in parts.items():
            package.writestr(name, data)
    return made.getvalue()


def _damaged() -> bytes:
    content = bytearray(two_figures())
    at = content.find(b"word/document.xml") + 40
    content[at : at + 30] = b"\0" * 30
    return bytes(content)


BROKEN = {
    "not a file of Word": (b"hello", "REPORT_020"),
    "empty": (b"", "REPORT_020"),
    "another zip": (_zip(**{"xl/workbook.xml": b"<x/>"}), "REPORT_020"),
    "old or encrypted": (bytes.fromhex("d0cf11e0a1b11ae1") + b"\0" * 600, "REPORT_021"),
    "cut off": (two_figures()[:900], "REPORT_022"),
    "damaged": (_damaged(), "REPORT_022"),
    "broken xml": (_zip(**{"word/document.xml": b"<w:document>"}), "REPORT_022"),
    "zip bomb": (_zip(**{"word/document.xml": b"<x/>", "b": b"\0" * 210 * 2**20}), "REPORT_023"),
    "xml bomb": (_zip(**{"word/document.xml": b"<x>" + b" " * 33 * 2**20}), "REPORT_023"),
    "macros": (_zip(**{"word/document.xml": b"<x/>", "word/vbaProject.bin": b""}), "REPORT_024"),
    "entities": (
        _zip(**{"word/document.xml": b'<!DOCTYPE x [<!ENTITY a "b">]><x>&a;</x>'}),
        "REPORT_025",
    ),
    "a letter": (rendered(composed(sentence_report("没有数字。"))), "REPORT_026"),
}


@pytest.mark.parametrize("name", BROKEN)
def test_a_file_that_is_no_report_is_refused_and_nothing_is_written(name, tmp_path):
    content, code = BROKEN[name]
    source, target = tmp_path / "in.docx", tmp_path / "out.docx"
    source.write_bytes(content)

    with pytest.raises(ProblemsError) as caught:
        refresh_docx(source, target, books(**NOW))

    (problem,) = caught.value.problems
    assert problem.code == code
    assert "in.docx" in render(problem)
    assert render(problem, "en")
    assert not target.exists()


# ── the annex is renewed with the body ────────────────────────────────────────────────────────────────────────────────


CATALOGUE = make_catalogue()


def with_annex(report=None) -> bytes:
    source = DictSource({"orchard_area": "600", "households": "71"})
    report = report or composed(
        sentence_report("现有果园{orchard_area}，全村{households}，又说{households}。"), source
    )
    return rendered(report, trace_figures(report, source))


def later_books(**values: str) -> tuple[DictSource, dict]:
    """Newer books, and what a caller that can build the annex hands in."""
    source = DictSource({"orchard_area": "650", "households": "71"} | values, as_of=50)
    units = Units(CATALOGUE.units)
    texts = {
        key: f"{value}{CATALOGUE.indicators[key].unit}" for key, value in source.values.items()
    }
    return source, {
        "resolve": books(**texts),
        "annex": lambda identities: annex_of(
            identities, source, CATALOGUE, units,
            organisations={"990101101201": "禾溪村"},
        ),
    }  # fmt: skip


def annex_rows_of(content: bytes) -> list[list[str]]:
    (table,) = docx.Document(io.BytesIO(content)).tables
    return [[cell.text for cell in row.cells] for row in table.rows]


def test_the_annex_is_renewed_with_the_figures():
    made, report = refresh_docx_bytes(with_annex(), **later_books()[1])

    assert report.annex == "renewed"
    lines = words(made)
    assert "下列数据由台账自动汇总，截至账册时点 50。" in lines
    assert not any("时点 42" in line for line in lines)
    rows = annex_rows_of(made)
    assert [row[:4] for row in rows[1:]] == [
        ["1", "650亩", "果园面积", "禾溪村\n2023年"],
        ["2", "71户", "总户数", "禾溪村\n2023年"],
        ["3", "71户", "总户数", "禾溪村\n2023年"],
    ]
    assert rows[1][4].startswith("果园台账2行，合计650亩：")
    assert rows[3][4] == "同第2项。"


def test_a_renewed_annex_is_that_of_a_report_made_anew():
    source, keywords = later_books()
    anew = composed(
        sentence_report("现有果园{orchard_area}，全村{households}，又说{households}。"), source
    )

    made, _ = refresh_docx_bytes(with_annex(), **keywords)

    assert annex_rows_of(made) == annex_rows_of(rendered(anew, trace_figures(anew, source)))


def test_an_annex_renewed_twice_stays_as_it_is():
    keywords = later_books()[1]

    once, _ = refresh_docx_bytes(with_annex(), **keywords)
    twice, report = refresh_docx_bytes(once, **keywords)

    assert twice == once
    assert report.annex == "unchanged"


def test_words_and_headings_beside_the_annex_are_kept():
    edited = replaced(with_annex(), "preserve\">数据来源表</w:t></w:r></w:p><w:p><w:pPr>",
        "preserve\">数据来源表（经复核）</w:t></w:r></w:p><w:p><w:r><w:t>复核人：甲某</w:t></w:r></w:p><w:p><w:pPr>")  # fmt: skip
    edited = replaced(edited, "<w:sectPr>", "<w:p><w:r><w:t>表后说明</w:t></w:r></w:p><w:sectPr>")

    made, report = refresh_docx_bytes(edited, **later_books()[1])

    assert report.annex == "renewed"
    lines = words(made)
    assert {"数据来源表（经复核）", "复核人：甲某", "表后说明"} <= set(lines)
    assert sum(line.startswith("下列数据") for line in lines) == 1


def test_the_annex_counts_as_the_document_is_ordered_now():
    controls = re.findall(
        r"<w:sdt>.*?</w:sdt>", etree.tostring(part(with_annex()), encoding="unicode")
    )
    first, second = (re.sub(r' xmlns:\w+="[^"]*"', "", one) for one in controls[:2])
    swapped = replaced(replaced(with_annex(), first, "@"), second, first)

    made, _ = refresh_docx_bytes(replaced(swapped, "@", second), **later_books()[1])

    assert [row[1] for row in annex_rows_of(made)[1:]] == ["71户", "650亩", "71户"]


def test_the_annex_tells_of_a_figure_changed_by_hand():
    edited = replaced(with_annex(), ">600亩<", ">605亩<")

    made, _ = refresh_docx_bytes(edited, **later_books()[1])

    row = annex_rows_of(made)[1]
    assert row[1] == "605亩"
    assert row[4].startswith("文中为人工改写，账册为650亩。\n果园台账2行，合计650亩：")


def test_the_annex_tells_of_a_figure_the_books_no_longer_know():
    keywords = later_books()[1] | {"resolve": books(households="71户")}

    made, report = refresh_docx_bytes(with_annex(), **keywords)

    assert len(report.unknown) == 1
    rows = annex_rows_of(made)
    assert rows[1] == ["1", "600亩", "果园面积", "\n", "账册中已查不到这个数，文中仍是原来的写法。"]
    assert rows[3][4] == "同第2项。"


def test_no_annex_is_added_where_a_person_removed_it():
    removed = re.sub(
        r"<w:tbl>.*?</w:tbl>", "", etree.tostring(part(with_annex()), encoding="unicode")
    )

    made, report = refresh_docx_bytes(_with_document(with_annex(), removed), **later_books()[1])

    assert report.annex == "absent"
    assert docx.Document(io.BytesIO(made)).tables == []
    assert len(report.updated) == 1


@pytest.mark.parametrize("annex", [None, lambda identities: None])
def test_an_annex_that_cannot_be_renewed_says_so_at_its_head(annex):
    made, report = refresh_docx_bytes(with_annex(), books(**NOW), annex=annex)

    assert report.annex == "outdated"
    lines = words(made)
    at = lines.index("下列数据由台账自动汇总，截至账册时点 42。")
    warning = "注意：本表未随正文刷新，仍是账册时点 42 的情况；正文的数已刷新到账册时点 50。"
    assert lines[at - 1] == warning

    again, report = refresh_docx_bytes(made, books(orchard_area="655亩", households="71户"))
    assert report.annex == "outdated"
    assert sum(line.startswith("注意") for line in words(again)) == 1

    renewed, report = refresh_docx_bytes(again, **later_books()[1])
    assert report.annex == "renewed"
    assert not any(line.startswith("注意") for line in words(renewed))


def test_an_annex_stays_as_it_is_where_no_figure_changed():
    content = with_annex()

    made, report = refresh_docx_bytes(content, books(orchard_area="600亩", households="71户"))

    assert made == content
    assert report.annex == "unchanged"


def test_an_annex_of_an_earlier_version_is_found_by_its_head():
    old = re.sub(r"<w:bookmark(Start|End) w:id=\"0\"[^>]*/>", "",
        etree.tostring(part(with_annex()), encoding="unicode"))  # fmt: skip
    old = old.replace("截至账册时点 42。", "截至账册第42号分录。")
    content = _with_document(with_annex(), old)

    marked, _ = refresh_docx_bytes(content, books(**NOW))
    renewed, report = refresh_docx_bytes(content, **later_books()[1])

    assert any("仍是账册时点 42 的情况" in line for line in words(marked))
    assert report.annex == "renewed"
    assert not any("分录" in line for line in words(renewed))


def test_a_table_that_was_cut_in_two_is_renewed_as_one():
    document = etree.tostring(part(with_annex()), encoding="unicode")
    rows = re.findall(r"<w:tr>.*?</w:tr>", document)
    cut = document.replace(rows[2], f"</w:tbl><w:p/><w:tbl>{rows[2]}", 1)

    made, _ = refresh_docx_bytes(_with_document(with_annex(), cut), **later_books()[1])

    assert len(annex_rows_of(made)) == 4


def test_entries_that_do_not_match_the_figures_are_a_programmers_mistake():
    with pytest.raises(ValueError, match="0 annex entries for 3 figures"):
        refresh_docx_bytes(with_annex(), books(**NOW), annex=lambda identities: [])


# ── writing ───────────────────────────────────────────────────────────────────────────────────────────────────────────


def _problem_of(call) -> str:
    with pytest.raises(ProblemsError) as caught:
        call()
    (problem,) = caught.value.problems
    assert render(problem, "en")
    return render(problem)


def test_a_file_is_replaced_as_a_whole(tmp_path):
    path = tmp_path / "report.docx"
    path.write_bytes(b"old")
    path.chmod(0o600)

    write_whole(path, b"new")

    assert path.read_bytes() == b"new"
    assert path.stat().st_mode & 0o777 == 0o600
    assert list(tmp_path.iterdir()) == [path]


def test_a_file_that_cannot_be_replaced_is_a_problem_and_stays(tmp_path, monkeypatch):
    path = tmp_path / "report.docx"
    path.write_bytes(b"old")

    def refuse(self, target):
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Path, "replace", refuse)
    said = _problem_of(lambda: write_whole(path, b"new"))

    assert "REPORT_027" in said
    assert "report.docx" in said
    assert "Permission denied" in said
    assert "换一个文件夹" in said
    assert path.read_bytes() == b"old"
    assert list(tmp_path.iterdir()) == [path]


def test_a_folder_that_is_not_there_is_a_problem_of_every_writer(tmp_path):
    report = composed(sentence_report("好。"))
    keywords = {"catalogue": CATALOGUE, "units": Units(CATALOGUE.units)}
    nowhere = tmp_path / "nowhere"
    source = tmp_path / "in.docx"
    source.write_bytes(two_figures())

    for call in (
        lambda: render_docx(report, None, nowhere / "a.docx", **keywords),
        lambda: write_html(report, None, nowhere / "a.html", **keywords),
        lambda: render_pdf(report, None, nowhere / "a.pdf", **keywords),
        lambda: refresh_docx(source, nowhere / "a.docx", books(**NOW)),
        lambda: refresh_docx(source, tmp_path, books(**NOW)),
    ):
        assert "REPORT_027" in _problem_of(call)
    assert "REPORT_028" in _problem_of(
        lambda: refresh_docx(nowhere, tmp_path / "out.docx", books(**NOW))
    )
    assert sorted(one.name for one in tmp_path.iterdir()) == ["in.docx"]


# ── LibreOffice ───────────────────────────────────────────────────────────────────────────────────────────────────────


class TestWithLibreOffice:
    pytestmark = needs_libreoffice

    def test_no_text_is_lost(self, tmp_path):
        report, traces = village_composed()
        made = converted(rendered(report, traces), tmp_path, "txt")

        lines = [line.strip() for line in made.read_text("utf-8-sig").splitlines()]
        for line in report.plain_text().splitlines():
            assert line in lines

    def test_figures_are_renewed_in_a_file_it_saved(self, tmp_path):
        saved = converted(two_figures(), tmp_path, "docx")
        renewed = tmp_path / "renewed.docx"

        report = refresh_docx(saved, renewed, books(**NOW))

        assert [(one.printed, one.current) for one in report.updated] == [("600亩", "650亩")]
        assert len(report.unchanged) == 2
        assert report.hand_changed == report.unverified == report.removed == ()
        assert "现有果园650亩，全村71户，又说71户。" in words(renewed.read_bytes())

    def test_the_annex_is_renewed_in_a_file_it_saved(self, tmp_path):
        saved = converted(with_annex(), tmp_path, "docx").read_bytes()

        made, report = refresh_docx_bytes(saved, **later_books()[1])

        assert report.annex == "renewed"
        assert annex_rows_of(made) == annex_rows_of(
            refresh_docx_bytes(with_annex(), **later_books()[1])[0]
        )
        assert "下列数据由台账自动汇总，截至账册时点 50。" in words(made)
        again = converted(made, tmp_path, "docx").read_bytes()
        assert refresh_docx_bytes(again, **later_books()[1])[1].annex == "unchanged"

    def test_an_annex_whose_head_was_changed_is_found_by_its_bookmark_in_a_file_it_saved(
        self, tmp_path
    ):
        edited = replaced(with_annex(), ">文中写法<", ">数字<")
        saved = converted(edited, tmp_path, "docx").read_bytes()

        assert refresh_docx_bytes(saved, **later_books()[1])[1].annex == "renewed"

    @pytest.mark.skipif(shutil.which("pdftotext") is None, reason="pdftotext is not installed")
    @pytest.mark.parametrize(
        "signature", ["禾溪村支部", "禾溪村党总支部会", "云岭县禾溪镇禾溪村委员会"]
    )
    def test_the_date_stays_on_one_line_in_whatever_font(self, signature, tmp_path):
        report = composed(
            sentence_report("现有果园{orchard_area}。"), DictSource({"orchard_area": "6"})
        )
        report = replace(report, signature=signature, date="2024-12-31")
        made = converted(rendered(report), tmp_path, "pdf")

        found = subprocess.run(["pdftotext", "-layout", made, "-"], check=True, capture_output=True)
        lines = [re.sub(r"\s", "", line) for line in found.stdout.decode().splitlines()]
        assert signature in lines
        assert "2024年12月31日" in lines

    def test_a_hand_change_is_seen_in_a_file_it_saved(self, tmp_path):
        edited = replaced(two_figures(), ">600亩<", ">605亩<")
        saved = converted(edited, tmp_path, "docx")

        _, report = refresh_docx_bytes(saved.read_bytes(), books(**NOW))

        assert [(one.printed, one.found) for one in report.hand_changed] == [("600亩", "605亩")]


def test_render_docx_writes_the_file(tmp_path):
    report, traces = village_composed()
    catalogue = make_catalogue()
    path = tmp_path / "report.docx"

    render_docx(report, traces, path, catalogue=catalogue, units=Units(catalogue.units))

    assert docx.Document(str(path)).paragraphs[1].text == report.title
