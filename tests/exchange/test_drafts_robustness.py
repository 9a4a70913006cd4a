"""Whatever somebody hands in, it gives a draft with sound places or a sentence that says why not, and soon."""

from __future__ import annotations

import contextlib
import copy
import io
import random
import re
import time
import zipfile
from collections import Counter

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from lxml import etree

from shuzhi.core.checking.model import Draft
from shuzhi.core.problems import ProblemsError
from shuzhi.core.quantities import Units
from shuzhi.exchange import drafts
from shuzhi.exchange.docx_reports import docx_bytes
from shuzhi.exchange.drafts import read_draft_bytes
from shuzhi.exchange.drafts_docx import locate_runs
from shuzhi.exchange.drafts_office import refuse
from shuzhi.exchange.drafts_pdf_lines import Refused, lines_of_pages
from shuzhi.exchange.pdf_reports import render_pdf
from shuzhi.messages import render
from tests.reports.sample_report import make_catalogue, village_composed

from .draft_files import W, control, docx_of, field, paragraph, run, zipped

SUFFIXES = (".txt", ".md", ".html", ".docx", ".doc", ".pdf", "")
QUICKLY = settings(
    max_examples=150,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture],
)
SECONDS = 30.0  #: that no small file may take


@pytest.fixture(autouse=True)
def _no_libreoffice(monkeypatch):
    """Starting a program for each of thousands of broken files proves nothing about the reader."""

    def convert(content, suffix, name):
        raise refuse("DRAFT_015", name, suffix=suffix)

    monkeypatch.setattr(drafts, "convert_to_docx", convert)


def assert_sound(draft: Draft) -> None:
    length, last = len(draft.text), 0
    for block in draft.blocks:
        assert last <= block.start <= block.end <= length
        last = block.end
    for control_ in draft.controls:
        assert 0 <= control_.start <= control_.end <= length
    if draft.layout is not None:
        for layout in draft.layout.paragraphs:
            assert 0 <= layout.start <= layout.end <= length
    draft.text.encode("utf-8")


def outcome(content: bytes, name: str) -> str:
    """ "draft" or the code of the problem; anything else than these fails the test."""
    started = time.monotonic()
    try:
        draft = read_draft_bytes(content, name)
    except ProblemsError as error:
        (problem,) = error.problems
        assert render(problem)
        assert render(problem, "en")
        return problem.code
    finally:
        assert time.monotonic() - started < SECONDS
    assert_sound(draft)
    return "draft"


def sample_docx() -> bytes:
    report, traces = village_composed()
    catalogue = make_catalogue()
    return docx_bytes(report, traces, catalogue=catalogue, units=Units(catalogue.units))


def rich_docx() -> bytes:
    """Everything a Word file can hold, in little."""
    box = f"<w:r><w:pict><w:txbxContent>{paragraph('框')}</w:txbxContent></w:pict></w:r>"
    body = (
        paragraph("一、", control("s1#ab", run("71户")), box, field(" PAGE ", "1"))
        + paragraph(f'<w:ins w:id="1">{run("增")}</w:ins><w:del w:id="2">{run("删")}</w:del>', properties='<w:numPr><w:numId w:val="1"/></w:numPr>')
        + f"<w:tbl><w:tr><w:tc><w:tcPr><w:gridSpan w:val='2'/></w:tcPr>{paragraph('格')}</w:tc></w:tr></w:tbl>"
        + "<w:sectPr><w:headerReference w:type='default' r:id='rId-header'/><w:pgSz w:w='11906' w:h='16838'/></w:sectPr>"
    )  # fmt: skip
    numbering = '<w:abstractNum w:abstractNumId="0"><w:lvl w:ilvl="0"><w:start w:val="1"/><w:lvlText w:val="%1、"/></w:lvl></w:abstractNum><w:num w:numId="1"><w:abstractNumId w:val="0"/></w:num>'
    styles = '<w:style w:type="paragraph" w:default="1" w:styleId="N"><w:name w:val="Normal"/><w:rPr><w:sz w:val="32"/></w:rPr></w:style>'
    return docx_of(body, numbering=numbering, styles=styles, header=paragraph("眉"))


@pytest.fixture(scope="module")
def pdf(tmp_path_factory) -> bytes:
    report, traces = village_composed()
    catalogue = make_catalogue()
    path = tmp_path_factory.mktemp("pdf") / "a.pdf"
    render_pdf(report, traces, path, catalogue=catalogue, units=Units(catalogue.units))
    return path.read_bytes()


PAGE = "<html><body><h1>甲</h1><table><tr><td>1<td>2</table><ol><li>a</ol><p style='display:none'>x</p><pre>a\nb</pre></body></html>"
PIECES = re.findall(r"<[^>]+>|[^<]+", PAGE)
MARKED = "# 甲\n\n1. 乙\n\n| a | b |\n|---|---|\n| 1 | 2 |\n\n**镇**村 *x* <br> [a](b)\n"


# ── any bytes ─────────────────────────────────────────────────────────────────────────────────────────────────────────


@QUICKLY
@given(st.binary(max_size=3000), st.sampled_from(SUFFIXES))
def test_any_bytes_are_a_draft_or_a_problem(content, suffix):
    outcome(content, f"稿{suffix}")


@QUICKLY
@given(
    st.text(max_size=600),
    st.sampled_from((".txt", ".md", ".html", "")),
    st.sampled_from(("utf-8", "utf-8-sig", "gb18030", "utf-16")),
)
def test_any_text_in_any_encoding_is_a_draft_or_a_problem(text, suffix, encoding):
    outcome(text.encode(encoding, "ignore"), f"稿{suffix}")


@QUICKLY
@given(st.text(alphabet="甲1*_~[]()<>&`|#-> .\n\r\t\\!\u3000", max_size=400))
def test_any_markdown_gives_sound_places(text):
    outcome(text.encode(), "稿.md")


@QUICKLY
@given(
    st.lists(
        st.sampled_from([*PIECES, "<", "&#0;", "&x", "<!--", "<br"]),
        max_size=40,
    )
)
def test_any_page_gives_sound_places(pieces):
    outcome("".join(pieces).encode(), "稿.html")


# ── damaged files ─────────────────────────────────────────────────────────────────────────────────────────────────────


def damaged(content: bytes, chance: random.Random) -> bytes:
    """Cut off, bits turned, a piece taken out or put in twice."""
    made = bytearray(content)
    at = chance.randrange(len(made))
    kind = chance.randrange(4)
    if kind == 0:
        del made[at:]
    elif kind == 1:
        for _ in range(chance.randrange(1, 30)):
            made[chance.randrange(len(made))] ^= 1 << chance.randrange(8)
    elif kind == 2:
        del made[at : at + chance.randrange(500)]
    else:
        other = chance.randrange(len(made))
        made[at:at] = made[other : other + chance.randrange(300)]
    return bytes(made)


NAMES = [
    "p",
    "r",
    "t",
    "tbl",
    "tr",
    "tc",
    "sdt",
    "sdtContent",
    "sdtPr",
    "pPr",
    "rPr",
    "fldChar",
    "fldSimple",
    "instrText",
    "bookmarkStart",
    "bookmarkEnd",
    "ins",
    "del",
    "moveFrom",
    "hyperlink",
    "br",
    "tab",
    "sym",
    "numPr",
    "ind",
    "sz",
    "jc",
    "sectPr",
    "pict",
    "txbxContent",
    "ruby",
    "footnoteReference",
    "body",
]
VALUES = (
    "",
    "-1",
    "99999999999999",
    "x",
    "begin",
    "end",
    "separate",
    "on",
    "1.5pt",
    "%1",
    "PAGE",
    "s1#",
    "TOC",
)


def odd(content: bytes, chance: random.Random) -> bytes:
    """A Word file whose XML is well formed and makes no sense: elements renamed, moved, doubled, taken away; parts missing."""
    parts: dict[str, bytes] = {}
    with zipfile.ZipFile(io.BytesIO(content)) as package:
        for name in package.namelist():
            if chance.random() < 0.03:
                continue
            data = package.read(name)
            if name.endswith(".xml") and chance.random() < 0.7:
                data = odd_xml(data, chance)
            parts[name] = data
    return zipped(parts)


def odd_xml(data: bytes, chance: random.Random) -> bytes:
    root = etree.fromstring(data)
    for _ in range(chance.randrange(1, 25)):
        elements = list(root.iter())
        one, other = chance.choice(elements), chance.choice(elements)
        parent, kind = one.getparent(), chance.randrange(6)
        if kind == 0 and parent is not None:
            parent.remove(one)
        elif kind == 1 and len(elements) < 5000:
            other.append(copy.deepcopy(one))
        elif kind == 2:
            one.tag = f"{{{W}}}{chance.choice(NAMES)}"
        elif kind == 3:
            for key in one.attrib:
                one.set(key, chance.choice(VALUES))
        elif kind == 4:
            one.text = chance.choice(("", "甲" * 50, " \n ", "%1、", "TOC"))
        elif parent is not None and other not in list(one.iter()):
            other.append(one)
    return etree.tostring(root)


@QUICKLY
@given(st.integers(0, 2**32), st.booleans())
def test_a_damaged_word_file_is_a_draft_or_a_problem(seed, is_rich):
    outcome(damaged(rich_docx() if is_rich else sample_docx(), random.Random(seed)), "稿.docx")


@settings(QUICKLY, max_examples=400)
@given(st.integers(0, 2**32), st.booleans())
def test_a_word_file_with_odd_xml_is_a_draft_or_a_problem_and_leads_back(seed, is_rich):
    content = odd(rich_docx() if is_rich else sample_docx(), random.Random(seed))

    if outcome(content, "稿.docx") == "draft":
        found = locate_runs(content)
        for one in found.stretches:
            if one.element is not None and one.element.tag == f"{{{W}}}t":
                words = re.sub(r"[\t\r\n]", " ", one.element.text)
                assert words[one.offset :].startswith(found.draft.text[one.start : one.end])


def test_most_word_files_with_odd_xml_can_still_be_read():
    chance = random.Random(3)
    seen = Counter(outcome(odd(rich_docx(), chance), "稿.docx") for _ in range(200))

    print(dict(seen))
    assert seen["draft"] > 100


@QUICKLY
@given(st.integers(0, 2**32))
def test_a_damaged_page_or_markdown_is_a_draft_or_a_problem(seed):
    chance = random.Random(seed)
    outcome(damaged(PAGE.encode(), chance), "稿.html")
    outcome(damaged(MARKED.encode(), chance), "稿.md")


@QUICKLY
@given(st.integers(0, 2**32))
def test_lines_are_taken_out_of_a_damaged_pdf_or_it_is_refused(pdf, seed):
    pages = []
    with contextlib.suppress(Refused):
        pages = lines_of_pages(damaged(pdf, random.Random(seed)))
    assert all(line[0].strip() == line[0] for page in pages for line in page)


def test_a_damaged_pdf_is_a_draft_or_a_problem(pdf):
    chance = random.Random(5)
    seen = Counter(outcome(damaged(pdf, chance), "稿.pdf") for _ in range(8))

    print(dict(seen))


# ── files made to do harm ─────────────────────────────────────────────────────────────────────────────────────────────


def test_a_pdf_that_draws_a_word_a_thousand_million_times_is_stopped(monkeypatch):
    monkeypatch.setattr("shuzhi.exchange.drafts_pdf._SECONDS", 2)
    monkeypatch.setattr(f"{__name__}.SECONDS", 10.0)

    assert outcome(drawing_itself(depth=9), "稿.pdf") in ("DRAFT_010", "DRAFT_019")


def drawing_itself(depth: int) -> bytes:
    """A page that draws a form ten times, which draws another ten times, and so on."""
    again = "/F Do\n" * 10
    objects = {
        1: "<< /Type /Catalog /Pages 2 0 R >>",
        2: "<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        3: "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R /Resources << /XObject << /F 10 0 R >> >> >>",
        4: f"<< /Length {len(again)} >>\nstream\n{again}\nendstream",
        5: "<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>",
    }
    for number in range(10, 10 + depth):
        is_last = number == 9 + depth
        drawn = "BT /H 12 Tf 50 700 Td (Hello) Tj ET\n" if is_last else again
        resources = "/Font << /H 5 0 R >>" if is_last else f"/XObject << /F {number + 1} 0 R >>"
        objects[number] = (
            f"<< /Type /XObject /Subtype /Form /BBox [0 0 595 842] /Resources << {resources} >> /Length {len(drawn)} >>"
            f"\nstream\n{drawn}\nendstream"
        )
    made = "%PDF-1.4\n" + "".join(f"{n} 0 obj\n{text}\nendobj\n" for n, text in objects.items())
    return f"{made}trailer << /Size 40 /Root 1 0 R >>\n%%EOF".encode()


@pytest.mark.parametrize(
    ("opening", "closing"),
    [
        ("<w:tbl><w:tr><w:tc>", "</w:tc></w:tr></w:tbl>"),
        ("<w:sdt><w:sdtContent>", "</w:sdtContent></w:sdt>"),
        ("<w:ins>", "</w:ins>"),
        ("<w:p><w:r><w:pict><w:txbxContent>", "</w:txbxContent></w:pict></w:r></w:p>"),
    ],
)
@pytest.mark.parametrize("depth", [20, 80, 500, 20_000])
def test_no_depth_of_nesting_exhausts_the_reader(opening, closing, depth):
    content = docx_of(opening * depth + paragraph("甲") + closing * depth)

    assert outcome(content, "稿.docx") in ("draft", "DRAFT_010")


@pytest.mark.parametrize(
    "text",
    [
        "*a_ ", "*", "**甲 ", "[", "[a](b", "![[]()", "> ", "`a", "|a", "<!--", "<div>\n<!--", "&", "\\", "~~a", "<a ", "<", "<http:", "_a",
        "**，", "|a|b|\n|-|-|\n", "- ", "1. ", "<b>", "<table><tr><td>", "<ol><li>", "&#x3000;", "　",
    ],
)  # fmt: skip
@pytest.mark.parametrize("suffix", [".md", ".html"])
def test_a_text_of_nothing_but_marks_is_read_in_time(text, suffix):
    outcome((text * 40_000)[:200_000].encode(), f"稿{suffix}")


def test_unclosed_fields_do_not_slow_the_reading_down():
    opened = '<w:r><w:fldChar w:fldCharType="begin"/></w:r><w:r><w:fldChar w:fldCharType="separate"/></w:r><w:r><w:t>甲</w:t></w:r>'

    assert outcome(docx_of(paragraph(opened * 20_000)), "稿.docx") == "draft"


def test_an_archive_that_lies_about_its_size_is_not_unpacked_further():
    content = bytearray(docx_of(paragraph("甲" * 100_000)))
    at = content.rindex(b"PK\x01\x02", 0, content.rindex(b"word/document.xml"))
    content[at + 24 : at + 28] = (10).to_bytes(4, "little")

    assert outcome(bytes(content), "稿.docx") == "DRAFT_010"


# ── large files ───────────────────────────────────────────────────────────────────────────────────────────────────────

SENTENCE = "今年完成硬化道路1.92公里，惠及71户331人，兑付补贴11.387万元，群众满意度达到98.5%。"


def timed(content: bytes, name: str) -> tuple[Draft, float]:
    started = time.monotonic()
    draft = read_draft_bytes(content, name)
    return draft, time.monotonic() - started


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("稿.txt", (SENTENCE * 40 + "\n").encode() * 1100),
        ("稿.txt", (SENTENCE * 40 + "\n").encode("gb18030") * 1600),
        ("稿.md", (SENTENCE * 40 + "\n\n").encode() * 1100),
        ("稿.html", f"<p>{SENTENCE * 40}</p>\n".encode() * 1100),
        ("稿.docx", docx_of(paragraph(SENTENCE * 40) * 1100)),
    ],
    ids=["utf-8", "gb18030", "markdown", "page", "word"],
)
def test_five_megabytes_of_text_are_read_in_seconds(name, content):
    draft, seconds = timed(content, name)

    print(f"{name}: {len(draft.text):,} characters in {seconds:.2f} s")
    assert draft.text.count("71户") >= 44_000
    assert seconds < 10


def test_a_word_file_of_three_hundred_pages_is_read_in_seconds():
    pieces = "".join(run(SENTENCE[at : at + 6]) for at in range(0, len(SENTENCE), 6))
    draft, seconds = timed(docx_of(paragraph(pieces * 2) * 2700), "稿.docx")

    print(f"{len(draft.text):,} characters in {len(draft.blocks):,} paragraphs in {seconds:.2f} s")
    assert len(draft.blocks) == 2700
    assert seconds < 10


def test_a_pdf_of_three_hundred_pages_is_read_in_seconds(tmp_path):
    report, _ = village_composed(560)
    catalogue = make_catalogue()
    path = tmp_path / "a.pdf"
    render_pdf(report, None, path, catalogue=catalogue, units=Units(catalogue.units))
    content = path.read_bytes()
    draft, seconds = timed(content, "稿.pdf")

    pages = draft.blocks[-1].place.page
    print(f"{pages} pages, {len(draft.text):,} characters in {seconds:.2f} s")
    assert pages >= 300
    assert seconds < 15
