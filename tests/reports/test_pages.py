"""The web page and the PDF: every figure leads to its trace, and no text is taken for markup."""

from __future__ import annotations

import re
import shutil
import subprocess

import pytest
from lxml import html

from shuzhi.core.quantities import Units
from shuzhi.core.reports import ComposedReport, trace_figures
from shuzhi.exchange.html_reports import render_html, write_html
from shuzhi.exchange.pdf_reports import pdf_bytes, render_pdf

from .sample_report import DictSource, composed, make_catalogue, sentence_report, village_composed

CATALOGUE = make_catalogue()
HOSTILE = r"甲<b>乙</b>&“丙” #panic() $a$ *b* _c_ @d <e> \ `f` // g [i]"


def hostile_report() -> ComposedReport:
    return composed(sentence_report(HOSTILE + "。"))


def page(report: ComposedReport, traces=None) -> html.HtmlElement:
    return html.document_fromstring(
        render_html(report, traces, catalogue=CATALOGUE, units=Units(CATALOGUE.units))
    )


def pdf(report: ComposedReport, traces=None, **keywords) -> bytes:
    return pdf_bytes(report, traces, catalogue=CATALOGUE, units=Units(CATALOGUE.units), **keywords)


def test_each_figure_of_the_page_is_a_link_to_its_trace_and_back():
    report, traces = village_composed()
    made = page(report, traces)

    links = made.xpath("//p/a[@class='figure']")

    assert [one.text for one in links] == [run.text for run in report.figures]
    for one in links:
        (target,) = made.xpath(f"//article[@id='{one.get('href')[1:]}']")
        assert target.xpath(f".//a[@href='#{one.get('id')}']")
        assert target.xpath(".//table") or "标准" in target.text_content()


def test_the_page_shows_the_rows_behind_a_figure():
    report, traces = village_composed()

    (trace,) = page(report, traces).xpath("//article[@id='trace-5']")

    text = re.sub(r"\s+", " ", trace.text_content())
    assert "果园面积 601.5亩" in text
    assert "果园台账 2 行，合计 601.5亩" in text
    assert [cell.text for cell in trace.xpath(".//td[@class='amount']")] == ["200亩", "401.5亩"]
    assert "13800001234" not in text


def test_the_page_reads_like_the_report():
    report, traces = village_composed()
    made = page(report, traces)

    blocks = made.xpath("//main[1]/*[self::h1 or self::h2 or self::h3 or self::p]")
    lines = [one.text_content().strip() for one in blocks]

    assert lines[:-1] == report.plain_text().splitlines()[:-2]
    assert lines[-1] == "附件：数据来源表"
    assert made.get("lang") == "zh-CN"


def test_the_page_lists_what_is_missing():
    report, traces = village_composed()

    (box,) = page(report, traces).xpath("//section[@class='missing']")

    text = box.text_content()
    assert "待补数据（1 项）" in text
    assert "预计销售额" in text
    assert "补贴台账" in text
    assert page(composed(sentence_report("好。"))).xpath("//section[@class='missing']") == []


def test_the_page_and_the_pdf_of_an_empty_report_say_that_it_is_a_draft(tmp_path):
    empty, (filled, traces) = composed(sentence_report("我村团结一心。")), village_composed()

    assert page(empty).xpath("string(//p[@class='draft'])") == "（草稿：本报告尚无一项数据入账）"
    assert page(filled, traces).xpath("//p[@class='draft']") == []
    if shutil.which("pdftotext"):
        assert "（草稿：本报告尚无一项数据入账）" in _text_of(pdf(empty), tmp_path)
        assert "草稿" not in _text_of(pdf(filled, traces), tmp_path)


def test_a_figure_printed_twice_has_its_rows_once():
    source = DictSource({"households": "71"})
    report = composed(sentence_report("全村{households}，又说{households}。"), source)

    again = page(report, trace_figures(report, source)).xpath("//article[@id='trace-2']")[0]

    assert again.xpath(".//table") == []
    assert again.xpath(".//a[@href='#trace-1']")


def test_the_page_names_the_organisation_of_each_row_and_the_point_of_the_books():
    report, traces = village_composed()
    made = page(report, traces)

    (row, *_) = made.xpath("//article[@id='trace-5']//tbody/tr")
    assert row[0].text == "禾溪村"
    assert "截至账册时点 42。" in made.text_content()
    assert "号分录" not in made.text_content()


def test_write_html_writes_the_page(tmp_path):
    report, traces = village_composed()
    path = tmp_path / "report.html"
    keywords = {"catalogue": CATALOGUE, "units": Units(CATALOGUE.units)}

    write_html(report, traces, path, **keywords)

    assert path.read_text("utf-8") == render_html(report, traces, **keywords)


def test_the_page_asks_nothing_of_the_network():
    report, traces = village_composed()
    source = render_html(report, traces, catalogue=CATALOGUE, units=Units(CATALOGUE.units))

    assert not re.search(r"https?:|//[a-z]|@import|url\(|<script|<link|<img", source)


def test_text_that_looks_like_markup_is_text_on_the_page():
    report = hostile_report()

    assert report.sections[0].paragraphs[0].text in page(report).text_content()
    assert page(report).xpath("//b") == []


@pytest.mark.parametrize("own_fonts", [False, True])
def test_the_pdf_holds_the_whole_text(own_fonts, tmp_path):
    report, traces = village_composed()
    made = pdf(report, traces, ignore_system_fonts=own_fonts)

    assert made.startswith(b"%PDF-")
    # One link from each figure to the annex, one back.
    assert made.count(b"/Subtype/Link") == 2 * len(report.figures)
    assert b"/MediaBox[0 0 595.2" in made
    assert made == pdf(report, traces, ignore_system_fonts=own_fonts)
    if shutil.which("pdftotext"):
        text = _text_of(made, tmp_path)
        for line in report.plain_text().splitlines():
            assert re.sub(r"\s", "", line) in text
        assert "果园台账2行，合计601.5亩" in text


def test_text_that_looks_like_markup_is_text_in_the_pdf(tmp_path):
    report = hostile_report()
    made = pdf(report)

    assert made.startswith(b"%PDF-")
    if shutil.which("pdftotext"):
        wanted = re.sub(r"\s", "", report.sections[0].paragraphs[0].text)
        assert wanted in _text_of(made, tmp_path)


def test_render_pdf_writes_the_file(tmp_path):
    path = tmp_path / "report.pdf"

    render_pdf(
        composed(sentence_report("好。")), None, path,
        catalogue=CATALOGUE, units=Units(CATALOGUE.units),
    )  # fmt: skip

    assert path.read_bytes().startswith(b"%PDF-")


def _text_of(made: bytes, folder) -> str:
    """The text without white space and page numbers."""
    source = folder / "made.pdf"
    source.write_bytes(made)
    found = subprocess.run(["pdftotext", str(source), "-"], check=True, capture_output=True)
    return re.sub(r"—\d+—", "", re.sub(r"\s", "", found.stdout.decode()))
