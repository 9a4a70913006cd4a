"""A Word draft is held against GB/T 9704-2012: each rule once, style only on demand, pasted passages as a warning."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest

from shuzhi.core.checking.layout import KINDS, family, find_layout_defects, size_name
from shuzhi.core.checking.lexicon import Lexicon
from shuzhi.core.checking.model import (
    CheckingContext,
    Draft,
    Finding,
    LayoutFacts,
    OutlineNode,
    ParagraphLayout,
)
from shuzhi.core.checking.study import Study
from shuzhi.core.checking.text import read
from shuzhi.core.quantities import Units
from shuzhi.exchange.docx_reports import docx_bytes
from shuzhi.exchange.drafts import read_draft_bytes
from shuzhi.messages import all_messages
from tests.reports.sample_report import make_catalogue, village_composed

TITLE = ParagraphLayout(
    0, 0, "方正小标宋简体", Decimal(22), False, "center", None, Decimal("28.95")
)
HEADING = ParagraphLayout(0, 0, "黑体", Decimal(16), False, "both", Decimal(2), Decimal("28.95"))
BODY = replace(HEADING, font="仿宋_GB2312")
SENTENCES = (
    "今年村里修好了三条巷道，安装了路灯，群众出行方便了许多，垃圾日产日清，院落门前整洁有序。"
)

GOOD = (
    (TITLE, "甲村2023年度工作总结"),
    (HEADING, "一、主要工作"),
    (replace(HEADING, font="楷体_GB2312"), "（一）基础设施"),
    (BODY, SENTENCES),
    (BODY, SENTENCES),
    (replace(BODY, bold=True), "1. 道路"),
    (BODY, SENTENCES),
    (BODY, "甲村村民委员会"),
)
PAGE = LayoutFacts(
    Decimal(210), Decimal(297), (Decimal(37), Decimal(26), Decimal(35), Decimal(28)), True
)  # fmt: skip


def found_in(paragraphs, page: LayoutFacts = PAGE) -> list[Finding]:
    """The findings for paragraphs given as (how it is set, its words); the first is the title."""
    lines, layouts, at = [], [], 0
    for layout, words in paragraphs:
        layouts.append(replace(layout, start=at, end=at + len(words)))
        lines.append(words)
        at += len(words) + 1
    draft = Draft(
        "\n".join(lines), "稿.docx", "docx", layout=replace(page, paragraphs=tuple(layouts))
    )
    outline = (OutlineNode("title", layouts[0].start, layouts[0].end, text=lines[0]),)
    study = Study(draft, read(draft.text), outline, (), Lexicon(Units({})), CheckingContext())
    findings = list(find_layout_defects(study))
    for one in findings:
        assert 0 <= one.start <= one.end <= len(draft.text)
        message = all_messages()[one.code]
        assert message.fill("zh", one.params)
        assert message.fill("en", one.params)
    return findings


def codes(paragraphs, page: LayoutFacts = PAGE) -> list[str]:
    return [one.code for one in found_in(paragraphs, page)]


def changed(index: int, **values) -> list[tuple[ParagraphLayout, str]]:
    return [
        (replace(layout, **values), words) if at == index else (layout, words)
        for at, (layout, words) in enumerate(GOOD)
    ]


def test_a_document_as_the_standard_wants_it_has_no_finding():
    assert codes(GOOD) == []


@pytest.mark.parametrize(
    ("paragraphs", "expected"),
    [
        (changed(0, font="黑体"), ["LAYOUT_003"]),
        (changed(0, size=Decimal(18)), ["LAYOUT_003"]),
        (changed(0, alignment="left"), ["LAYOUT_004"]),
        (changed(1, font="宋体"), ["LAYOUT_008"]),
        (changed(2, font="仿宋"), ["LAYOUT_008"]),
        (changed(3, first_line_chars=None), ["LAYOUT_007"]),
        (changed(3, first_line_chars=Decimal("1.98")), []),
        (changed(3, line_spacing=None), ["LAYOUT_009"]),
        (changed(3, line_spacing=Decimal(22)), ["LAYOUT_009"]),
        (changed(3, line_spacing=Decimal(30)), []),
        # what the file does not say is not judged
        (changed(3, font=None), []),
        # makers give a font many names
        (changed(3, font="FangSong"), []),
        # a passage from elsewhere
        (changed(3, font="宋体"), ["LAYOUT_005", "LAYOUT_011"]),
        (changed(3, size=Decimal(14)), ["LAYOUT_006", "LAYOUT_012"]),
        (changed(3, size=Decimal("15.5")), []),
    ],
)
def test_each_departure_is_told_by_its_rule(paragraphs, expected):
    assert codes(paragraphs) == expected


def test_a_first_line_of_blanks_counts_as_an_indent():
    paragraphs = changed(3, first_line_chars=None)
    paragraphs[3] = (paragraphs[3][0], "　　" + SENTENCES)

    assert codes(paragraphs) == []


@pytest.mark.parametrize(
    ("page", "expected"),
    [
        ({"page_width": Decimal("215.9"), "page_height": Decimal("279.4")}, ["LAYOUT_001"]),
        ({"page_width": Decimal(297), "page_height": Decimal(210)}, []),
        ({"margins": (Decimal("25.4"), Decimal("31.8"), Decimal("25.4"), Decimal("31.8"))}, ["LAYOUT_002"]),
        ({"margins": (Decimal(36), Decimal(26), Decimal(35), Decimal("27.5"))}, []),
        ({"has_page_numbers": False}, ["LAYOUT_010"]),
        ({"page_width": None, "margins": None, "has_page_numbers": None}, []),
    ],
)  # fmt: skip
def test_the_page_is_that_of_the_standard(page, expected):
    assert codes(GOOD, replace(PAGE, **page)) == expected


def test_a_rule_is_told_once_with_how_many_paragraphs_and_the_first():
    paragraphs = [(replace(layout, font="宋体"), words) for layout, words in GOOD]
    (body,) = [one for one in found_in(paragraphs) if one.code == "LAYOUT_005"]

    assert (body.params["count"], body.params["total"], body.params["found"]) == (3, 3, "宋体")
    assert len(body.related) == 2


def test_a_body_wholly_in_another_font_is_a_matter_of_style_and_no_pasted_passage():
    paragraphs = [(replace(layout, font="宋体"), words) for layout, words in GOOD]

    assert {one.severity for one in found_in(paragraphs)} == {"info"}


def test_where_no_font_prevails_no_passage_stands_out():
    paragraphs = [*GOOD[:3], (BODY, SENTENCES), (replace(BODY, font="宋体"), SENTENCES)] * 2

    assert "LAYOUT_011" not in codes(paragraphs)


def test_short_lines_and_what_stands_in_an_annex_are_no_passages_of_the_body():
    other = replace(BODY, font="楷体", size=Decimal(12))
    paragraphs = [*GOOD, (other, "（此件公开发布）"), (BODY, "附件"), (other, SENTENCES)]

    assert codes(paragraphs) == []


def test_only_pasted_passages_are_warnings():
    assert [one.code for one in KINDS if one.severity != "info"] == ["LAYOUT_011", "LAYOUT_012"]


@pytest.mark.parametrize("repeat", [1, 6])
def test_a_report_of_shuzhi_has_no_finding(repeat):
    report, traces = village_composed(repeat)
    catalogue = make_catalogue()
    content = docx_bytes(report, traces, catalogue=catalogue, units=Units(catalogue.units))
    draft = read_draft_bytes(content, "报告.docx")
    title = draft.blocks[0]
    study = Study(
        draft,
        read(draft.text),
        (OutlineNode("title", title.start, title.end),),
        (),
        Lexicon(Units({})),
        CheckingContext(),
    )

    assert list(find_layout_defects(study)) == []


def test_a_draft_that_is_no_word_file_is_not_judged():
    draft = Draft(SENTENCES)
    study = Study(draft, read(draft.text), (), (), Lexicon(Units({})), CheckingContext())

    assert list(find_layout_defects(study)) == []


def test_families_and_sizes_are_named_as_people_name_them():
    assert [family(one) for one in ("仿宋_GB2312", "@SimSun", "STKaiti", "华文中宋", "微软雅黑", None)] == [
        "仿宋", "宋体", "楷体", "中宋", "雅黑", "",
    ]  # fmt: skip
    assert [size_name(one) for one in (Decimal("16.0"), Decimal("10.5"), Decimal(17), None)] == [
        "三号（16 pt）", "五号（10.5 pt）", "17 pt", "—",
    ]  # fmt: skip
