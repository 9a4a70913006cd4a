"""The page of a checked draft: the whole text, each mark at its words, links both ways, nothing asked of any other place."""

from __future__ import annotations

import gc
import re
import time
from collections.abc import Sequence
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import html

from shuzhi.core.checking.model import Block, Draft, DraftPlace, OutlineNode
from shuzhi.core.problems import Problem
from shuzhi.exchange.checked_pages import render_index, render_page
from shuzhi.exchange.checked_sheets import (
    Beside,
    BookValue,
    Sheet,
    draft_blocks,
    excerpt,
    make_sheet,
    sheet_document,
    short_names,
)

from .checked_samples import TEXT, figure, finding, sheet, span

DRAFT = Draft(TEXT, "甲村.txt")
SAMPLE = sheet(
    DRAFT,
    [
        finding(DRAFT, "412户", expected="402户", related=["200户", "202户"]),
        finding(DRAFT, "百分之XX", severity="error", area="placeholders"),
        finding(DRAFT, "480亩，比上年", severity="unexplained"),
        finding(DRAFT, "480亩", severity="warning", area="wording"),
    ],
    [
        figure(DRAFT, "412户", "412", "户", subject="全村", period="2023"),
        figure(DRAFT, "XX", None, "％"),
        figure(
            DRAFT,
            "480亩",
            "480",
            "亩",
            book=BookValue("differs", "470亩", "果园面积", "甲村", "2023年", "wording", "0.82"),
        ),
        figure(DRAFT, "30亩", "30", "亩", book=BookValue("no_ledger", "", "")),
    ],
    [
        OutlineNode("title", *span(TEXT, TEXT.split("\n")[0])),
        OutlineNode("heading", *span(TEXT, "一、产业发展"), 1),
    ],
)


def page_of(shown: Sheet, **more: str) -> html.HtmlElement:
    return html.document_fromstring(render_page(shown, **more))


def words_of(element: html.HtmlElement) -> str:
    """The text of an element as the draft has it: without the small numbers behind marks."""
    copy = html.fragment_fromstring(html.tostring(element, encoding="unicode", with_tail=False))
    for one in copy.xpath(".//a[contains(@class, 'ref')] | .//*[@class='sheet-end'] | .//*[@class='apart']/b"):  # fmt: skip
        one.drop_tree()
    return copy.text_content()


def text_of(page: html.HtmlElement) -> str:
    return re.sub(r"\s", "", words_of(page.xpath("//main[contains(@class, 'paper')]")[0]))


def marked(page: html.HtmlElement, number: int) -> str:
    """The characters marked for a finding."""
    marks = page.xpath("//main//mark[@data-n]")
    return "".join(words_of(one) for one in marks if str(number) in one.get("data-n").split())


# ── the text and its marks ────────────────────────────────────────────────────────────────────────────────────────────


def test_the_page_holds_the_whole_text_once_and_in_order():
    assert text_of(page_of(SAMPLE)) == re.sub(r"\s", "", TEXT)


def test_every_finding_is_marked_at_exactly_its_words():
    page = page_of(SAMPLE)
    for one in SAMPLE.findings:
        assert marked(page, one.number) == TEXT[one.start : one.end]


def test_words_with_two_findings_are_drawn_as_the_worse_one():
    shared = [one for one in page_of(SAMPLE).xpath("//main//mark") if " " in one.get("data-n")]
    assert [(words_of(one), one.get("class").split()[0]) for one in shared] == [("480亩", "unexplained")]  # fmt: skip


def test_each_finding_stands_in_the_panel_with_sentence_place_excerpt_and_what_is_expected():
    (item,) = page_of(SAMPLE).xpath("//li[@id='n1']")
    said = item.text_content()
    for words in ("矛盾", "勾稽", "第3行", "ARITHMETIC_001", "这里不对；请改正", "应为：402户"):
        assert words in said
    assert item.xpath(".//p[@class='excerpt']/b/text()") == ["412户"]
    assert item.xpath(".//a[@class='also']/text()") == ["200户", "202户"]


def test_every_link_inside_the_page_leads_somewhere_and_no_id_is_given_twice():
    page = page_of(SAMPLE, index_link="汇总.html")
    ids = page.xpath("//@id")
    assert len(ids) == len(set(ids))
    targets = [one[1:] for one in page.xpath("//a/@href") if one.startswith("#")]
    assert targets
    assert set(targets) <= set(ids)
    assert page.xpath("//header//a/@href") == ["汇总.html"]


def test_the_page_asks_nothing_of_any_other_place():
    text = render_page(SAMPLE)
    page = html.document_fromstring(text)
    assert page.xpath("//link | //img | //iframe | //script[@src] | //object") == []
    assert not re.search(r"https?:|url\(|@import|fetch\(|XMLHttp", text)
    policy = page.xpath("//meta[@http-equiv='Content-Security-Policy']/@content")
    assert policy[0].startswith("default-src 'none'")


def test_words_of_the_draft_are_never_taken_for_markup():
    text = "果园</main><script>alert(1)</script>480亩&amp;\"'\n{{ x }}"
    draft = Draft(text, "<b>.txt")
    page = page_of(sheet(draft, [finding(draft, "<script>alert(1)")], [figure(draft, "480亩", "480", "亩")]))  # fmt: skip
    assert text_of(page) == re.sub(r"\s", "", text)
    assert marked(page, 1) == "<script>alert(1)"
    assert len(page.xpath("//script")) == 1


def test_figures_are_listed_with_value_and_what_the_books_say():
    page = page_of(SAMPLE)
    rows = [
        [re.sub(r"\s+", " ", cell.text_content().strip()) for cell in row.xpath("td")]
        for row in page.xpath("//section[@id='figures']//tbody/tr")
    ]
    assert rows[0][:2] == ["412户", "412 户"]
    assert rows[1][1] == ""
    assert rows[2][4] == "470亩果园面积 · 甲村 · 2023年 · 按文字推断"
    assert rows[3][4] == "没有台账"
    assert [words_of(one) for one in page.xpath("//main//span[contains(@class, 'differs')]")] == [
        "480亩"
    ]


def test_without_books_no_column_speaks_of_them():
    plain = sheet(DRAFT, [], [figure(DRAFT, "412户", "412", "户")])
    assert "账上" not in page_of(plain).xpath("//section[@id='figures']//thead")[0].text_content()


def test_a_copied_passage_stands_side_by_side_with_where_it_comes_from():
    words = finding(DRAFT, "果园480亩，比上年增加70亩")
    passage = Beside("乙村.txt", "果园320亩，比上年增加70亩", words.start, words.end)
    copied = replace(words, besides=(passage,))
    (shown,) = page_of(sheet(DRAFT, [copied])).xpath("//div[@class='beside']")
    assert [p.text_content() for p in shown.xpath(".//p")] == [
        "果园480亩，比上年增加70亩",
        "果园320亩，比上年增加70亩",
    ]
    assert shown.xpath(".//b/text()") == ["本稿", "乙村.txt"]
    assert {"4", "8", "3", "2", "48", "32"} >= set(shown.xpath(".//i/text()")) != set()


def test_a_clean_draft_says_so():
    assert "没有发现问题。" in page_of(sheet(DRAFT)).xpath("//aside")[0].text_content()


def test_titles_and_headings_look_like_such():
    page = page_of(SAMPLE)
    assert page.xpath("//main//p[@class='title']")[0].text_content() == TEXT.split("\n")[0]
    assert page.xpath("//main//p[@class='h1']")[0].text_content() == "一、产业发展"


def test_a_heading_run_into_its_paragraph_is_set_apart_by_its_words_only():
    draft = Draft("（一）强产业。全村栽植果树。", "稿.txt")
    page = page_of(sheet(draft, outline=[OutlineNode("heading", 0, 7, 2)]))
    assert page.xpath("//main//span[@class='lead']/text()") == ["（一）强产业。"]


def test_tables_headers_and_pages_keep_their_shape():
    lines = [
        ("页眉", Block(0, 0, "header")),
        ("甲", Block(0, 0, "cell", DraftPlace(table=1, row=1, column=1))),
        ("412户", Block(0, 0, "cell", DraftPlace(table=1, row=1, column=2))),
        ("乙", Block(0, 0, "cell", DraftPlace(table=1, row=2, column=1))),
        ("第一页", Block(0, 0, place=DraftPlace(paragraph=1, page=1))),
        ("第二页", Block(0, 0, place=DraftPlace(paragraph=2, page=2))),
    ]
    at, blocks = 0, []
    for words, block in lines:
        blocks.append(replace(block, start=at, end=at + len(words)))
        at += len(words) + 1
    draft = Draft("\n".join(words for words, _ in lines), "稿.docx", "docx", tuple(blocks))

    page = page_of(sheet(draft, [finding(draft, "412户")]))

    cells = [[c.text_content() for c in row.xpath("td")] for row in page.xpath("//main//tr")]
    assert cells == [["甲", "412户1"], ["乙"]]
    assert page.xpath("//div[@class='apart']/b/text()") == ["页眉"]
    assert page.xpath("//div[@class='sheet-end']/text()") == ["第 2 页"]
    assert "表1第1行第2列" in page.xpath("//li[@id='n1']")[0].text_content()


def test_a_finding_at_no_words_can_still_be_reached():
    for at in (0, 5, len(TEXT)):
        page = page_of(sheet(DRAFT, [finding(DRAFT, (at, at))]))
        assert len(page.xpath("//main//*[@id='t1']")) == 1
        assert len(page.xpath("//main//a[@class='ref wrong']")) == 1


def test_a_finding_over_several_lines_is_marked_on_each_and_numbered_once():
    start, end = span(TEXT, "产业发展")[0], span(TEXT, "412户")[1]
    page = page_of(sheet(DRAFT, [finding(DRAFT, (start, end))]))
    assert marked(page, 1) == TEXT[start:end].replace("\n", "")
    assert len(page.xpath("//main//a[@data-n='1' and contains(@class, 'ref')]")) == 1


ranges = st.lists(st.tuples(st.integers(0, 40), st.integers(0, 40)), max_size=8)


@given(text=st.text("甲乙12户。 \n<&", min_size=1, max_size=40), places=ranges, others=ranges)
@settings(max_examples=80, deadline=None)
def test_whatever_is_marked_the_text_stays_whole(text, places, others):
    draft = Draft(text, "稿.txt")

    def inside(some: Sequence[tuple[int, int]]) -> list[tuple[int, int]]:
        return [(min(a, b, len(text)), min(max(a, b), len(text))) for a, b in some]

    found = [
        replace(finding(draft, one), related=tuple(inside(others)[:2])) for one in inside(places)
    ]
    shown = sheet(draft, found)
    page = page_of(shown)

    assert text_of(page) == re.sub(r"\s", "", text)
    ids = page.xpath("//@id")
    assert len(ids) == len(set(ids))
    for one in shown.findings:
        assert marked(page, one.number) == text[one.start : one.end].replace("\n", "")
        assert len(page.xpath(f"//main//*[@id='t{one.number}']")) == 1
        assert len(page.xpath(f"//main//a[@data-n='{one.number}' and contains(@class, 'ref')]")) == 1  # fmt: skip


def test_time_grows_with_the_text_and_not_with_its_square():
    def seconds(count: int) -> float:
        text = "果园480亩、" * count  # one line
        draft = Draft(text, "稿.txt")
        found = [finding(draft, (7 * at + 2, 7 * at + 6)) for at in range(count)]
        shown = sheet(draft, found)
        gc.collect()
        gc.disable()  # its passes over all objects say more about the other tests than about the page
        begun = time.process_time()
        render_page(shown)
        took = time.process_time() - begun
        gc.enable()
        return took

    short, long = min(seconds(2000) for _ in range(2)), seconds(16000)
    print(f"page: 2000 findings {short * 1000:.0f} ms, 16000 findings {long * 1000:.0f} ms")
    assert long < 24 * short


# ── English ───────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_the_english_page_is_english_but_for_the_draft():
    english = replace(
        sheet(
            DRAFT,
            [
                finding(
                    DRAFT, "412户", sentence="it does not add up", expected="402户", language="en"
                )
            ],
            SAMPLE.figures,
            SAMPLE.outline,
            "en",
        ),
        silenced=2,
    )
    for text in (render_page(english), render_index([english], {}, "en")):
        page = html.document_fromstring(text)
        for one in page.xpath("//*[@lang='zh-CN'] | //style | //script"):
            one.drop_tree()
        rest = page.text_content() + "".join(page.xpath("//@aria-label | //main//@title"))
        for known in ("甲村.txt", "甲村", "果园面积", "2023年", "户", "亩", "％"):
            rest = rest.replace(known, "")
        assert re.findall(r"[\u4e00-\u9fff]+", rest) == []


# ── several drafts ────────────────────────────────────────────────────────────────────────────────────────────────────


def test_the_page_over_several_drafts_has_the_worst_first():
    clean = replace(sheet(DRAFT), path="年报/乙村.txt")
    worse = replace(SAMPLE, path="年报/甲村.txt")
    broken = replace(
        sheet(Draft("")), path="年报/丙村.doc", problems=(Problem("CHECK_001", {"file": "丙", "formats": ".txt"}),)
    )  # fmt: skip

    text = render_index([clean, worse, broken], {"年报/甲村.txt": "a.html"}, "zh")

    page = html.document_fromstring(text)
    rows = [[c.text_content().strip() for c in r.xpath("td")] for r in page.xpath("//tbody/tr")]
    assert [row[0] for row in rows] == ["丙村.doc", "甲村.txt", "乙村.txt"]
    assert rows[0][1].startswith("读不了：")
    assert rows[1][1:] == ["4", "1", "1", "1", "1"]
    assert page.xpath("//tbody//a/@href") == ["a.html"]
    totals = [c.text_content() for c in page.xpath("//tfoot//td")]
    assert totals == ["合计", "4", "1", "1", "1", "1"]


# ── sheets ────────────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("paths", "names"),
    [
        (["a/b/1.txt", "a/b/2.txt"], ["1.txt", "2.txt"]),
        (["a/b/1.txt", "a/c/1.txt"], ["b/1.txt", "c/1.txt"]),
        (["1.txt"], ["1.txt"]),
        (["/x/1.txt"], ["1.txt"]),
        (["/x/1.txt", "2.txt"], ["/x/1.txt", "2.txt"]),
    ],
)
def test_names_leave_out_the_shared_folder(paths, names):
    assert list(short_names(paths).values()) == names


def test_an_excerpt_stays_on_its_line_and_leaves_out_the_middle_of_long_words():
    found = excerpt("上一行\n全村412户\n下一行", 6, 10)
    assert (found.before, found.words, found.after) == ("全村", "412户", "")
    assert len(excerpt("字" * 300, 10, 290).words) < 80


def test_lines_of_a_plain_text_are_its_blocks():
    blocks = draft_blocks(Draft("甲\n\n乙"))
    assert [(b.start, b.end, b.place.line) for b in blocks] == [(0, 1, 1), (2, 2, 2), (3, 4, 3)]


def test_the_document_gives_values_as_decimal_strings_and_no_value_as_null():
    draft = Draft("5.27万亩，XX户，8—10公里")
    made = sheet(
        draft,
        [finding(draft, "XX户", severity="error")],
        [
            figure(draft, "5.27万亩", "52700.0", "亩"),
            figure(draft, "XX户", None, "户"),
            figure(draft, "8—10公里", "8E+3", "米", upper=None),
        ],
    )
    document = sheet_document(made)
    assert [one["value"] for one in document["figures"]] == ["52700", None, "8000"]
    assert [one["kind"] for one in document["figures"]] == ["achieved", "placeholder", "achieved"]
    assert document["findings"][0]["expected"] is None
    assert "text" not in document
    assert "text" in sheet_document(replace(made, draft=replace(draft, format="docx")))


def test_notes_are_left_out_unless_asked_for():
    from shuzhi.core.checking.model import Finding
    from shuzhi.core.checking.pipeline import finding_kinds

    kinds = finding_kinds()
    assert make_sheet("稿.txt", DRAFT, (), [Finding("X", "info", 0, 1)], kinds).findings == ()
