"""What is left open in a draft, and what only looks so."""

from __future__ import annotations

import time
from functools import cache

import pytest

from shuzhi.catalogue.loader import shipped_catalogue
from shuzhi.core.checking.lexicon import Lexicon, lexicon_of
from shuzhi.core.checking.model import CheckingContext, Draft, Finding
from shuzhi.core.checking.outline import find_outline
from shuzhi.core.checking.placeholders import KINDS, find_placeholder_defects
from shuzhi.core.checking.study import Study
from shuzhi.core.checking.text import read
from shuzhi.messages import all_messages

NUMBER, CONGRESS, LEADER, NAME, CASE, BLANK, NOTE, DATE, MARKER = (
    f"PLACEHOLDER_00{n}" for n in range(1, 10)
)
ADVERTISEMENT, LINK = "PLACEHOLDER_010", "PLACEHOLDER_011"


@cache
def lexicon() -> Lexicon:
    return lexicon_of(shipped_catalogue())


def findings(text: str) -> list[Finding]:
    reading = read(text)
    study = Study(Draft(text), reading, find_outline(reading), (), lexicon(), CheckingContext())
    return list(find_placeholder_defects(study))


def summary(text: str) -> list[tuple[str, str]]:
    return [(one.code, text[one.start : one.end]) for one in findings(text)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("发展党员XX名", [(NUMBER, "XX")]),
        ("增收*万元，创收**万余元", [(NUMBER, "*"), (NUMBER, "**")]),
        ("修路ＸＸ公里", [(NUMBER, "ＸＸ")]),
        ("占XX.X%", [(NUMBER, "XX.X")]),
        ("种植蔬菜×亩", [(NUMBER, "×")]),
        ("覆盖N户", [(NUMBER, "N")]),
        ("流转土地？？亩", [(NUMBER, "？？")]),
        ("学习党的XX大精神", [(CONGRESS, "XX")]),
        ("党的X届X中全会", [(CONGRESS, "X"), (NAME, "X")]),
        ("学习A总书记讲话，以A新时代中国特色社会主义思想为指导", [(LEADER, "A"), (LEADER, "A")]),
        ("XXX村2023年报告", [(NAME, "XXX")]),
        ("**村党总支下辖3个小组", [(NAME, "**")]),
        ("某某镇党委书记", [(NAME, "某某")]),
        ("B县C镇的做法", [(NAME, "B"), (NAME, "C")]),
        ("吸纳党员XX人，转正xx人", [(NUMBER, "XX"), (NUMBER, "xx"), (CASE, "xx")]),
        ("投资____万元", [(BLANK, "____")]),
        ("联系人（　　）", [(BLANK, "（　　）")]),
        ("某政发〔 〕12号", [(BLANK, "〔 〕")]),
        ("2023年  月  日", [(BLANK, "年  月  日")]),
        ("收入{{total}}元", [(BLANK, "{{total}}")]),
        ("粮食产量（待核实）", [(NOTE, "（待核实）")]),
        ("修路【此处填写公里数】", [(NOTE, "【此处填写公里数】")]),
        ("20XX年工作", [(DATE, "XX")]),
        ("X月X日召开会议", [(DATE, "X"), (DATE, "X")]),
        ("移##paidbegin##风易俗", [(MARKER, "##paidbegin##")]),
        ("汇报。【更多素材~尽%在哒&哒&文库】", [(ADVERTISEMENT, "【更多素材~尽%在哒&哒&文库】")]),
        ("以上内容下载后可编辑", [(ADVERTISEMENT, "下载后可编辑")]),
        ("以上内容下载*后*可编辑", [(ADVERTISEMENT, "下载*后*可编辑")]),
        ("详见www.example.com。", [(LINK, "www.example.com")]),
    ],
)
def test_what_is_left_open_is_named_by_what_it_stands_for(text, expected):
    assert summary(text) == expected


@pytest.mark.parametrize(
    "text",
    [
        "X光机2台，A4纸10箱，3A级景区1个，T恤、AB角、A股、5G基站",
        "GDP、KTV、QQ群、APP、VR体验馆、PM2.5、H7N9、Wi-Fi",
        "推行“1+X”机制和“1个中心+N个站点”模式，X+Y",
        "长3米×宽2米，3*5米，7×24小时，“数据要素×”行动，“人工智能×农业”",
        "拨打12345、12345*1转接，尾号138****5678",
        "村民张**、户主李*等",
        "S省道改造，G县道养护，B站直播",
        "**一、主要工作**\n内容\n* 修路\n***\n* * *",
        "（社区）、（试行）、（时间：3月）、（自行车10辆）、（数字乡村）、（有待完善）",
        "二○二三年，二〇〇八年，加油？！好！！",
        "snake_case、https://www.example.gov.cn/a__b",
        "引导群众扫码下载反诈应用程序，查看更多办事指南",
        "甲村微信公众号发布村务信息20期",
        "e镇建设，SUV、LED屏、CPI、IP形象、Excel",
    ],
)
def test_what_only_looks_like_a_blank_is_left_alone(text):
    assert summary(text) == []


def test_residue_may_simply_be_taken_out():
    [finding] = findings("计划生育移##paidbegin##风易俗")
    assert finding.has_replacement
    assert finding.expected == ""


def test_a_leaders_name_is_given():
    [finding] = findings("学习A总书记重要讲话")
    assert (finding.expected, finding.has_replacement) == ("习近平", True)


def test_every_kind_has_its_sentence_and_every_finding_fills_it():
    messages = all_messages()
    assert {kind.code for kind in KINDS} <= set(messages)
    for one in findings(
        "XX名，xx人，党的XX大，A总书记，XX村，____，（待补），20XX年，##paidbegin##，百度文库，www.example.com"
    ):
        for language in ("zh", "en"):
            assert messages[one.code].fill(language, one.params)


@pytest.mark.parametrize("unit", ["X", "*", "_", "（", "XX人", "**甲**", "下"])
def test_long_texts_take_seconds(unit):
    text = unit * (200_000 // len(unit))
    began = time.perf_counter()
    findings(text)
    assert time.perf_counter() - began < 8
