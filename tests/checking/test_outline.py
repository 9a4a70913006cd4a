"""How a report is built, with the numbering errors and missing line breaks that drafts come with."""

from __future__ import annotations

import json
import time
from functools import cache
from pathlib import Path

import pytest

from shuzhi.catalogue.loader import shipped_catalogue
from shuzhi.core.checking.lexicon import Lexicon, lexicon_of
from shuzhi.core.checking.model import Block, CheckingContext, Draft
from shuzhi.core.checking.outline import find_outline, find_outline_defects
from shuzhi.core.checking.study import Study
from shuzhi.core.checking.text import read

SEEDS = Path(__file__).resolve().parents[2].parent / "shared" / "seeds"
DUPLICATE, SKIPPED, DISORDER, LATE, MIXED, TITLES, EMPTY = (f"OUTLINE_00{n}" for n in range(1, 8))


@cache
def lexicon() -> Lexicon:
    return lexicon_of(shipped_catalogue())


def outline(text: str) -> list[tuple[str, int, int | None]]:
    return [(node.kind, node.level, node.number) for node in find_outline(read(text))]


def headings(text: str) -> list[str]:
    return [node.text for node in find_outline(read(text)) if node.kind in ("heading", "point")]


def defects(text: str, with_info: bool = False) -> list[tuple[str, str, str]]:
    reading = read(text)
    study = Study(Draft(text), reading, find_outline(reading), (), lexicon(), CheckingContext())
    return [
        (one.code, text[one.start : one.end], one.expected)
        for one in find_outline_defects(study)
        if with_info or one.severity != "info"
    ]


def test_a_whole_report_is_laid_open():
    text = (
        "示例镇甲村2024年工作总结\n各位领导、同志们：\n2024年，我村做了以下工作。\n一、主要工作\n（一）抓产业。种果树30亩。\n"
        "1.果园。管护好。\n（1）修剪。冬季完成。\n二、存在问题\n一是慢。还不够快。二是少。\n特此报告。\n甲村村民委员会\n2024年12月3日"
    )
    assert outline(text) == [
        ("title", 0, None),
        ("addressee", 0, None),
        ("lead", 0, None),
        ("heading", 1, 1),
        ("heading", 2, 1),
        ("heading", 3, 1),
        ("heading", 4, 1),
        ("heading", 1, 2),
        ("point", 5, 1),
        ("point", 5, 2),
        ("closing", 0, None),
        ("signature", 0, None),
        ("date", 0, None),
    ]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("（一）抓党建。做好。（二）抓产业。", ["（一）抓党建。", "（二）抓产业。"]),
        ("一、主要工作（一）抓党建", ["一、主要工作", "（一）抓党建"]),
        (
            "甲村2023年述职报告一年来，全村平稳。一、主要工作（一）抓党建。二、打算。",
            ["一、主要工作", "（一）抓党建。", "二、打算。"],
        ),
        (
            "(一) 半角括号。\n㈡带圈。\n三）缺半边。",
            ["(一) 半角括号。", "㈡带圈。", "三）缺半边。"],
        ),
        ("1、果园。2、蔬菜。3.养殖。", ["1、果园。", "2、蔬菜。", "3.养殖。"]),
        ("附件：1.清单 2.台账", ["1.清单", "2.台账"]),
        ("首先，学习。其次，实干。", ["首先，学习。", "其次，实干。"]),
        ("第一，要学；第二，要干。", ["第一，要学；", "第二，要干。"]),
        ("①学；②干。", ["①学；", "②干。"]),
        ("存在问题：一是慢。二是少。", ["一是慢。", "二是少。"]),
        ("　　（三）有缩进。做好。", ["（三）有缩进。"]),
    ],
)
def test_numbers_are_found_without_line_breaks_and_in_any_width(text, found):
    assert headings(text) == found


@pytest.mark.parametrize(
    "text",
    [
        "选派二、三级党建指导员。",
        "一、二、三产业融合发展。",
        "二、三级网格共12个。",
        "统一、规范、高效，知行合一、真抓实干。",
        "高二（三）班和第（二）项规定。",
        "首先感谢大家，我代表村委会汇报。",
        "7、8号沟和1.3公里道路。",
        "一方面抓党建。",
        "这是原因之一是因为干旱。",
    ],
)
def test_what_only_looks_like_a_number_is_no_heading(text):
    assert headings(text) == []


def test_a_heading_ends_with_its_sentence_and_its_body_with_the_next():
    text = "一、甲\n（一）乙。做了三件事。\n（二）丙。\n二、丁\n戊。"
    nodes = {node.text: node for node in find_outline(read(text))}
    assert text[nodes["一、甲"].start : nodes["一、甲"].body_end].endswith("（二）丙。\n")
    assert text[nodes["（一）乙。"].end : nodes["（一）乙。"].body_end] == "做了三件事。\n"


def test_places_are_those_of_the_draft_not_of_the_clean_text():
    text = "导语【更多素材尽在某某文库】。\n一、主##paidbegin##要工作\n内容。"
    node = next(node for node in find_outline(read(text)) if node.kind == "heading")
    assert text[node.start : node.end] == "一、主##paidbegin##要工作"


BODY = "\n内容写在这里。\n"


@pytest.mark.parametrize(
    ("marks", "expected"),
    [
        ("一、 二、 二、", [(DUPLICATE, "二、", "三、")]),
        ("一、 一、 三、", [(DUPLICATE, "一、", "二、")]),
        ("一、 三、 四、", [(SKIPPED, "三、", "二、")]),
        ("一、 三、 二、 四、", [(DISORDER, "三、", "二、")]),
        ("一、 二、 三、", []),
        ("一、 （一） （二） 二、 （一） （二） 三、", []),
        (
            "一、 （一） （三） 二、 （一） （一） （三）",
            [(SKIPPED, "（三）", "（二）"), (DUPLICATE, "（一）", "（二）")],
        ),
        ("1. 2. 4.", [(SKIPPED, "4.", "3.")]),
        ("1. 2、 3.", []),
        ("一、 1. 2. 二、 1. 2.", []),
        ("一、 （二） （三）", [(LATE, "（二）", "（一）")]),
        ("一、 一、 二、 三、", [(DUPLICATE, "一、", "二、")]),
        ("一、 （一） （二） （三） 三、 四、", [(SKIPPED, "三、", "二、")]),
        ("一、 一是…。二是…。三是…。 三、 四、", [(SKIPPED, "三、", "二、")]),
        ("（一） 1. 2. 3. （三）", [(SKIPPED, "（三）", "（二）")]),
        ("1. 产值2.5万元，第二批2、3组。 3.", [(SKIPPED, "3.", "2.")]),
        ("一、 下设第一、第二、第三党支部。 三、", [(SKIPPED, "三、", "二、")]),
    ],
)
def test_numbers_go_up_by_one_within_their_parent(marks, expected):
    text = "".join(mark + "做好工作" + BODY for mark in marks.split())
    assert defects(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("工作有三点。一是学。三是干。", [(SKIPPED, "三是", "二是")]),
        ("一是学。二是干。二是评。", [(DUPLICATE, "二是", "三是")]),
        ("一是学。二是干。\n一是评。二是看。", []),
        ("一是学。二要干。三是评。", []),
        ("一、甲事\n一是学。\n二、乙事\n一是干。二是评。", []),
        ("一、2024年工作\n一、强化领导\n做好。\n二、坚持学习\n做好。\n二、2025年打算\n做好。", []),
    ],
)
def test_points_begin_again_in_each_paragraph_and_may_change_their_form(text, expected):
    assert defects(text) == expected


def test_two_titles_that_repeat_each_other_are_named():
    text = "2024年村（社区）党支部书记工作总结（述职）\n2024年村党支部书记工作总结\n2024年，工作如下。\n一、党建\n做好。"
    assert [code for code, _, _ in defects(text)] == [TITLES]
    assert defects(text.replace("2024年村党支部书记工作总结\n", "——在全镇年终总结会上\n")) == []


def test_a_title_of_two_lines_may_come_twice_as_well():
    title = "示例县甲镇\n2024年度工作总结\n"
    text = title.replace("2024", "20XX") + title + "2024年，工作如下。\n一、党建\n做好。"
    assert [code for code, _, _ in defects(text)] == [TITLES]
    assert [code for code, _, _ in defects(title * 2 + "一、党建\n做好。")] == [TITLES]
    assert defects(title + "一、党建\n做好。") == []


def drafted(*blocks: tuple[str, str, int]) -> tuple[str, list[Block]]:
    """Text and blocks of a file, from (words, kind, heading level) of each."""
    text, made = "", []
    for words, kind, level in blocks:
        made.append(Block(len(text), len(text) + len(words), kind, level=level))
        text += words + "\n"
    return text, made


def parts(*blocks: tuple[str, str, int]) -> list[tuple[str, int, str]]:
    text, made = drafted(*blocks)
    return [(node.kind, node.level, node.text) for node in find_outline(read(text), made)]


def test_headers_footers_and_notes_are_no_part_of_the_report():
    body = [
        ("甲村2024年工作总结", "paragraph", 0),
        ("一、党建", "paragraph", 0),
        ("做好了。", "paragraph", 0),
        ("特此报告。", "paragraph", 0),
        ("甲村村民委员会", "paragraph", 0),
        ("2024年12月3日", "paragraph", 0),
    ]
    beside = [
        ("内部资料", "header", 0),
        ("第1页", "footer", 0),
        ("1.数据来自台账。", "footnote", 0),
    ]
    assert parts(*body, *beside) == parts(*body)
    assert [kind for kind, _, _ in parts(*body)][-3:] == ["closing", "signature", "date"]
    text, made = drafted(*body, *beside)
    date = find_outline(read(text), made)[-1]
    assert text[date.start : date.end] == "2024年12月3日"


def test_numbers_in_table_cells_are_no_headings():
    found = parts(
        ("甲村2024年工作总结", "paragraph", 0),
        ("一、收支", "paragraph", 0),
        ("一、收入", "cell", 0),
        ("三、支出", "cell", 0),
        ("二、党建", "paragraph", 0),
    )
    assert [text for kind, _, text in found if kind == "heading"] == ["一、收支", "二、党建"]


def test_headings_without_numbers_are_those_the_file_marks():
    found = parts(
        ("甲村2024年工作总结", "paragraph", 1),
        ("一年来工作如下。", "paragraph", 0),
        ("党建引领", "paragraph", 2),
        ("一是学习。二是实干。", "paragraph", 0),
        ("产业发展", "paragraph", 2),
        ("果园", "paragraph", 3),
        ("种好了。", "paragraph", 0),
    )
    assert [one for one in found if one[0] in ("title", "heading")] == [
        ("title", 0, "甲村2024年工作总结"),
        ("heading", 1, "党建引领"),
        ("heading", 1, "产业发展"),
        ("heading", 2, "果园"),
    ]


def test_an_unnumbered_heading_stands_as_high_as_the_numbered_ones_in_its_style():
    found = parts(
        ("甲村2024年工作总结", "paragraph", 1),
        ("（一）党建", "paragraph", 3),
        ("做好了。", "paragraph", 0),
        ("产业", "paragraph", 3),
        ("1.果园", "paragraph", 0),
        ("文化", "paragraph", 3),
        ("1.书屋", "paragraph", 0),
    )
    assert [(level, text) for kind, level, text in found if kind == "heading"] == [
        (2, "（一）党建"),
        (2, "产业"),
        (3, "1.果园"),
        (2, "文化"),
        (3, "1.书屋"),
    ]


def test_a_heading_with_nothing_below_it_is_named_where_the_others_have_text():
    text = "一、基本情况\n二、工作成效\n有成效。\n三、问题\n有问题。\n四、打算\n有打算。"
    assert defects(text) == [(EMPTY, "一、基本情况", "")]


def test_missing_parts_are_told_on_demand_only():
    text = "甲村工作总结\n导语。\n一、党建\n" + "做好各项工作。" * 60
    assert defects(text) == []
    assert {code for code, _, _ in defects(text, with_info=True)} == {
        f"OUTLINE_0{n}" for n in ("08", "09", "10", "11")
    }


@pytest.mark.parametrize("unit", ["一是", "一、甲\n", "（一）", "1.", "“一、”", "甲", "存在问题："])
def test_long_texts_take_seconds(unit):
    text = unit * (200_000 // len(unit))
    began = time.perf_counter()
    defects(text)
    assert time.perf_counter() - began < 8


LEVELS = {
    "一、": ("heading", 1),
    "（一）": ("heading", 2),
    "一是": ("point", 5),
    "label": ("label", 0),
}


def gold_nodes(sections):
    for section in sections:
        kind, level = LEVELS[section["level"]]
        number = (
            None
            if kind == "label"
            else "一二三四五六七八九十".find(section["marker"].strip("（）、是")) + 1
        )
        yield section["start"], kind, level, number
        yield from gold_nodes(section["children"])


@pytest.mark.skipif(not SEEDS.exists(), reason="the seed reports are not here")
def test_the_outline_of_the_seed_reports_is_found():
    gold = json.loads((SEEDS / "gold" / "outline.json").read_text(encoding="utf-8"))
    found = expected = extra = 0
    for one in gold.values():
        text = (SEEDS / one["file"]).read_text(encoding="utf-8")
        nodes = {(n.start, n.kind, n.level, n.number) for n in find_outline(read(text))}
        wanted = {(title["start"], "title", 0, None) for title in one["title"]} | set(
            gold_nodes(one["sections"])
        )
        found += len(nodes & wanted)
        expected += len(wanted)
        extra += sum(n[1] in ("title", "heading", "point", "label") for n in nodes - wanted)
    print(f"outline: {found} of {expected} nodes with kind, level and number; {extra} too many")
    assert found / expected >= 0.95
    assert extra <= 2
