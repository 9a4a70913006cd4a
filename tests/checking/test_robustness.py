"""Whatever is handed in is read to the end: no crash, no hang, every place valid, every finding a sentence.

Texts are strewn together from what detectors look for; long ones of a single piece would show a method that is worse than linear.
"""

from __future__ import annotations

import importlib
import json
import pkgutil
import re
import time
from collections.abc import Iterator
from functools import cache

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import shuzhi.core.checking
from shuzhi.catalogue.loader import shipped_catalogue
from shuzhi.core.checking import Checked, check_draft
from shuzhi.core.checking.lexicon import Lexicon, lexicon_of
from shuzhi.core.checking.model import Block, CheckingContext, Draft
from shuzhi.messages.checking import finding_sentence


@cache
def lexicon() -> Lexicon:
    return lexicon_of(shipped_catalogue())


#: What detectors look for, and what they do not expect.
STREWN = (
    "0 1 2 3 7 9 10 12 100 2023 1,234 0.5 3.50 １２ ３．５ 007 ½ ² ① ⑴ ㈠ 一 二 三 十 百 千 万 亿 零 〇 两 半 几 数 廿 壹 "
    "元 万元 亿元 亩 公里 米 吨 户 人 人次 个 名 头 只 次 期 % ％ 个百分点 平方公里 立方米 元/亩 元／人 公顷 岁 倍 成 折 "
    "余 多 近 约 超 达 共 累计 合计 其中 分别 各 每 人均 户均 占 率 同比 增长 下降 比上年 增加 减少 由 从 增加到 提高到 至 到 不足 以上 以下 左右 上百 无 全部 完成率 覆盖率 任务 "
    "， 。 、 ； ： ！ ？ … —— － - ~ ～ · . , ; : ! ? （ ） ( ) 【 】 [ ] 《 》 〈 〉 “ ” ‘ ’ \" ' 「 」 〔 〕 / + × * ** XX X x 20XX __ （待补） "
    "一、 二、 三、 （一） （二） (三) 1. 2、 3） 一是 二是 三是 首先 其次 第一， 第二部分 一方面 一要 其一 存在的问题： "
    "各位领导： 特此报告。 甲村村民委员会 2023年12月3日 二〇二三年 今年 去年 上半年 1—6月 13月 2月30日 第二季度 十四五 2023度 "
    "甲村 示例县 村村 的的 工工作 工作工作 开 展 乡村镇兴 党的二十大 党的XX大 三会一课 四议两公开 第一书记 A总书记 ##paidbegin## 百度文库 www.example.com "
    "种植果树 养牛 投入资金 发放补助 修路 培训 党员 脱贫户 集体经济收入 粮食产量 😀 é ü ß ｱ ﾊ \u200b \ufeff \xa0 \u3000 \u2028 \x00 \x07 \x1f \x85 \u0301 \U00020000"
)
PIECES = STREWN.split(" ")
SPACES = [" ", "\n", "\r\n", "\r", "\t", "\x0b", "\n\n", "\u3000"]

piece = st.sampled_from([*PIECES, *SPACES])
strewn = st.lists(piece, max_size=60).map("".join)
any_text = st.text(
    st.characters(exclude_categories=["Cs"]) | st.sampled_from("".join(PIECES)), max_size=200
)
texts = strewn | any_text | st.lists(strewn, max_size=8).map("\n".join)

REPORT = (
    "示例县甲镇乙村2023年度工作总结\n各位领导：\n2023年，我村在镇党委领导下做了以下工作。\n一、产业发展（一）种植业。全村种植果树1,200亩，"
    "其中苹果800亩、梨400亩，同比增长5.2%。一是投入资金35.6万元，每亩补助500元；二是培训3期120余人次。\n（二）养殖业。羊、牛存栏分别为"
    "0.54万只和320头。\n二、民生保障。脱贫户71户331人，“两不愁三保障”全部落实，参保率99.5％。修路8—10公里（其中硬化6公里）。\n"
    "三、存在的问题\n资金不足，XX项目未开工。\n特此报告。\n乙村村民委员会\n2023年12月28日\n"
)


def look(text: str, context: CheckingContext | None = None) -> Checked:
    """Check a text and hold what comes out against what every caller relies on."""
    checked = check_draft(Draft(text), lexicon(), context)
    size, end = len(text), 0
    for figure in checked.figures:
        assert 0 <= figure.start < figure.end <= size
        assert figure.start >= end, "figures overlap or are out of order"
        end = figure.end
        assert figure.text == text[figure.start : figure.end]
        assert checked.study.reading.back(*figure.at) == (figure.start, figure.end)
        assert figure.value is None or figure.value.is_finite()
    for finding in checked.findings:
        assert 0 <= finding.start < finding.end <= size, finding
        assert all(0 <= start < stop <= size for start, stop in finding.related), finding
        json.dumps(dict(finding.params))
        for language in ("zh", "en"):
            assert finding_sentence(finding, language)
    for node in checked.study.outline:
        assert 0 <= node.start < node.end <= size
        assert node.end <= node.body_end <= size
    return checked


RELAXED = settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.too_slow])


@RELAXED
@given(texts)
def test_any_text_is_checked_and_every_place_is_valid(text):
    look(text)


@settings(RELAXED, max_examples=60)
@given(texts, st.sampled_from(["", "示例县甲镇乙村", "甲村"]))
def test_what_the_office_knows_changes_nothing_of_that(text, name):
    names = frozenset({"示例县", "甲镇", "甲村", "乙村"} if name else ())
    look(text, CheckingContext(organisation=name, organisations=names, year=2023))


@settings(RELAXED, max_examples=60)
@given(texts)
def test_the_same_text_gives_the_same_findings(text):
    one, other = (check_draft(Draft(text), lexicon()) for _ in range(2))

    assert one.findings == other.findings
    assert one.figures == other.figures


@settings(RELAXED, max_examples=120)
@given(st.integers(0, len(REPORT)), st.integers(0, len(REPORT)))
def test_a_report_may_be_cut_anywhere(start, end):
    look(REPORT[min(start, end) : max(start, end)])


@settings(RELAXED, max_examples=120)
@given(st.integers(0, len(REPORT)), piece, st.integers(0, 6))
def test_anything_may_stand_anywhere_in_a_report(at, put, lost):
    look(REPORT[:at] + put + REPORT[at + lost :])


@settings(RELAXED, max_examples=60)
@given(
    st.lists(
        st.tuples(
            strewn.filter(bool),
            st.sampled_from(["paragraph", "cell", "textbox"]),
            st.integers(0, 4),
        ),
        max_size=8,
    ),
    st.lists(
        st.tuples(strewn.filter(bool), st.sampled_from(["header", "footer", "footnote"])),
        max_size=3,
    ),
)
def test_blocks_of_any_kind_and_level_are_read(body, beside):
    text, blocks = "", []
    for words, kind, level in [*body, *((words, kind, 0) for words, kind in beside)]:
        blocks.append(Block(len(text), len(text) + len(words), kind, level=level))
        text += words + "\n"
    checked = check_draft(Draft(text, format="docx", blocks=tuple(blocks)), lexicon())

    for node in checked.study.outline:
        assert 0 <= node.start < node.end <= node.body_end <= len(text)


# ── growth ────────────────────────────────────────────────────────────────────────────────────────────────────────────

#: Each alone is what some detector begins to look at; a method that looks on to the end from each of them shows itself.
UNITS = (
    "（|）|“|”|《|X|*|_|[|<|##|、|，|。|：|,|.|-|—|~|/|+|\"|'| |\u3000|\t|\n|\r\n|一|十|百分之|一二三|7|1,|1.|1 |１|亿|万元|元|%|村|县|公司|示例村|"
    "第|一是|一、|（一）|1.2.|一、甲\n|甲村12户，\n|其中|共3个|同比增长|增长5%|率|占|近|余|由3增加到5，|分别为|、3个|甲3个、|3户5人|亩均500元，3亩，|"
    "2023年|1月|20XX年|XX|的的|工工作|开 展|甲 乙|1|2|😀|全村种植果树|全村种植果树30亩，其中苹果10亩，|乡村镇兴|http://|百度|QQ|“甲”|"
    "合计5万元，其中3万元，|超额完成|全部|《甲》|〔|是否|存在问题："
)
MONOTONOUS = [one for one in UNITS.split("|") if one]
SMALL, LARGE = 5_000, 20_000
#: Below this a measurement says nothing.
LEAST_SECONDS = 0.1


def seconds(text: str) -> float:
    began = time.process_time()
    check_draft(Draft(text), lexicon())
    return time.process_time() - began


@pytest.mark.parametrize("unit", MONOTONOUS)
def test_four_times_the_text_takes_far_less_than_sixteen_times_as_long(unit):
    small, large = ((unit * size)[:size] for size in (SMALL, LARGE))
    look(small)
    ratios = []
    for _ in range(3):  # another process may disturb one of them
        took = seconds(large)
        ratios.append(took / max(seconds(small), LEAST_SECONDS / 4))
        if took < LEAST_SECONDS or ratios[-1] < 8:
            return
    raise AssertionError(f"{unit!r}: {min(ratios):.1f} times as long")


def _patterns() -> Iterator[tuple[str, re.Pattern[str]]]:
    """Every regular expression that a module of checking keeps, with the name it goes by."""
    for info in pkgutil.iter_modules(shuzhi.core.checking.__path__):
        module = importlib.import_module(f"{shuzhi.core.checking.__name__}.{info.name}")
        for name, value in vars(module).items():
            for one in value if isinstance(value, (tuple, list)) else [value]:
                first = one[0] if isinstance(one, tuple) and one else one
                if isinstance(first, re.Pattern):
                    yield f"{info.name}.{name}", first


#: What the expressions are tried on: runs of one character, and of two in turn, that never come to the end an expression wants.
TRIALS = [
    one * 2_000 + end
    for one in (
        *"县村镇一十3１,.、，。 　（“《X*的和共人元万%-—~年月",
        "甲乙",
        "3个",
        "1,",
        "一、",
        "（一",
        "3万",
        "种植",
        "县市",
        "12",
    )
    for end in ("", "#")
]


def test_no_regular_expression_goes_astray():
    slow = []
    for name, pattern in _patterns():
        for text in TRIALS:
            began = time.process_time()
            for _ in zip(range(5_000), pattern.finditer(text), strict=False):
                pass
            took = time.process_time() - began
            if took > 0.5:
                slow.append((name, text[:4], round(took, 2)))
    assert slow == []
