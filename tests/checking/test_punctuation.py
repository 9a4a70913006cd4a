"""Slips of the hand, each with what must be found; and what a correct text has that looks like one."""

from __future__ import annotations

import time
from functools import cache

import pytest

from shuzhi.catalogue.loader import shipped_catalogue
from shuzhi.core.checking.lexicon import Lexicon, lexicon_of
from shuzhi.core.checking.model import CheckingContext, Draft, Finding
from shuzhi.core.checking.outline import find_outline
from shuzhi.core.checking.punctuation import KINDS, find_punctuation_defects
from shuzhi.core.checking.study import Study
from shuzhi.core.checking.text import read
from shuzhi.messages import all_messages

(DOUBLED, PAIR, CROSSED, TURNED, STRAIGHT, HALF, WIDTH, SPACE, INSIDE) = (
    f"PUNCTUATION_00{n}" for n in range(1, 10)
)
(NO_STOP, COMMA_END, MISSING, COMMA, NO_PAUSE, TWICE, YEAR, AND, POINTS, SPACES, HEAD) = (
    f"PUNCTUATION_0{n}" for n in range(10, 21)
)


@cache
def lexicon() -> Lexicon:
    return lexicon_of(shipped_catalogue())


def findings(text: str, with_info: bool = False) -> list[Finding]:
    reading = read(text)
    study = Study(Draft(text), reading, find_outline(reading), (), lexicon(), CheckingContext())
    return [one for one in find_punctuation_defects(study) if with_info or one.severity != "info"]


def summary(text: str) -> list[tuple[str, str, str]]:
    return [(one.code, text[one.start : one.end], one.expected) for one in findings(text)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("符合实际，，切实提升", [(DOUBLED, "，，", "，")]),
        ("完成任务。，继续努力", [(DOUBLED, "。，", "。")]),
        ("种植果树、，修路", [(DOUBLED, "、，", "，")]),
        ("如此这般。。。", [(DOUBLED, "。。。", "……")]),
        ("提出“大干，”，落实", [(DOUBLED, "，”，", "”，")]),
        ("修路（，3公里）", [(HEAD, "，", "")]),
        ("落实“三会一课，推进党建。", [(PAIR, "“三会一课", "")]),
        ("落实三会一课”，推进党建。", [(PAIR, "落实三会一课”", "")]),
        ("修路3公里（其中硬化2公里，全部完成。", [(PAIR, "（其中硬化2公里", "")]),
        ("印发《工作方案，抓好落实。", [(PAIR, "《工作方案", "")]),
        ("落实“一岗（双责”）制度", [(CROSSED, "“一岗（双责”）", "")]),
        ("落实“三会一课“制度", [(TURNED, "“", "”")]),
        ("落实”三会一课”制度", [(TURNED, "”", "“")]),
        ('落实"三个责任"制度', [(STRAIGHT, '"三个责任"', "“三个责任”")]),
        ("修路3公里,种树5亩;养牛", [(HALF, ",", "，"), (HALF, ";", "；")]),
        ("群众满意.干部努力", [(HALF, ".", "。")]),
        ("组建“党员先锋岗”“ 志愿者服务队”", [(INSIDE, " ", "")]),
        ("涉及71户331人补贴资金113870元", [(MISSING, "人补", "人，补")]),
        ("补贴25.9万元（甲村4.5万元，乙村21.4万元）通过劳务输出", [(MISSING, "）通", "）。通")]),
        (
            "硬化甲组道路（480米）乙组道路（420米）累计900米",
            [(MISSING, "）乙", "）、乙"), (MISSING, "）累", "），累")],
        ),
        ("增强“四个意识”坚定“四个自信”", [(MISSING, "”坚", "”、坚")]),
        ("开展活动，深入开展全民健身运动积极支持群团工作", [(MISSING, "动积", "动，积")]),
        (
            "增强获得感，安全感，幸福感",
            [(COMMA, "获得感，安全感，幸福感", "获得感、安全感、幸福感")],
        ),
        ("学习自觉性主动性不强", [(NO_PAUSE, "自觉性主动性", "自觉性、主动性")]),
        (
            "宣传群众凝聚力量服务群众",
            [(NO_PAUSE, "宣传群众凝聚力量服务群众", "宣传群众、凝聚力量、服务群众")],
        ),
        ("集中培训次数少时间少。", [(NO_PAUSE, "次数少时间少", "次数少、时间少")]),
        ("在我村村“两委”带领下", [(TWICE, "村村", "村")]),
        ("硬化X组组内道路", [(TWICE, "组组", "组")]),
        ("做好工作工作的部署", [(TWICE, "工作工作", "工作")]),
        ("群众的的意见得到了了回应", [(TWICE, "的的", "的"), (TWICE, "了了", "了")]),
        ("涉及农户12户户主", []),
        ("本人2022履行职责情况", [(YEAR, "2022", "2022年")]),
        ("2023全年完成投资", [(YEAR, "2023", "2023年")]),
        ("现将2024度主要情况报告如下", [(YEAR, "2024", "2024年")]),
        ("就2024度履职情况作汇报", [(YEAR, "2024", "2024年")]),
        ("一是人手少，任务重，时间紧，二是资金缺。", [(POINTS, "，", "；")]),
        ('推行"1+3+N"网格服务', [(STRAIGHT, '"1+3+N"', "“1+3+N”")]),
        (
            "整改完成完成率五成，去向落实落实率六成",
            [(TWICE, "完成完成", "完成"), (TWICE, "落实落实", "落实")],
        ),
        ("服务送到群众群众家门口", [(TWICE, "群众群众", "群众")]),
        ("任务一目了了然，存在在畏难情绪", [(TWICE, "了了", "了"), (TWICE, "在在", "在")]),
        ("工作目标的的实现，深入了了解民情", [(TWICE, "的的", "的"), (TWICE, "了了", "了")]),
        ("全村的工工作稳步推进，加加强领导", [(TWICE, "工工", "工"), (TWICE, "加加", "加")]),
    ],
)
def test_a_slip_is_found_with_what_should_stand_there(text, expected):
    assert summary(text) == expected


@pytest.mark.parametrize(
    "text",
    [
        "太好了！！真的吗？！是的……好——对。",
        "1）清垃圾；2）清沟渠；（1）加强领导；a）第一；一）第二。",
        "他说：“学习‘两个维护’很重要。”群众满意。",
        "印发《关于做好〈条例〉宣传的通知》（某政发〔2023〕12号），各村（社区）落实。",
        "“一、深化“放管服”改革”",
        "群众把“急难愁盼”“大事小事”办好。",
        "时间：15:36，比例22.8:21.2，1,234元，3.5万元。",
        "干部部署工作，全村村民，学习习近平讲话，为了了解民情，现在在建项目，了不起，目的的确好",
        "家家户户、人人有责、件件有着落、渐渐常常、村村通、户户参与、好好学习、一件一件抓，研究研究",
        "党组织组织力增强，年年有余，2023年年初，发展展现新貌，参与与否",
        "2022届毕业生，2022北京冬奥会，“清风2022”行动，收入2023元，GB2022工作",
        "报  告\n张 三\n述职人：李 四\n一、综 合\n政 府 工 作 报 告",
        "举办培训班3期，培训120人；涉及71户331人，补贴资金5万元",
        "投资25万元（含设备）。通过努力，乡镇综合执法队（由司法所、派出所、市场监管所等单位组成）通过联合执法。",
        "为71户331人发放补贴资金，获得感、幸福感、安全感，积极性和主动性",
        "一是学习不够，二是作风不实，三是办法不多。",
        "通过开展志愿服务活动积极引导群众，推动各项工作扎实开展",
        "的的确确、实实在在、完完全全、干干净净，不了了之、不甚了了，把把关，发扬钉钉子精神，企业企业家",
        "改进工作作风，无辍学学生，组建合作社社员队伍，重要要求，转化为为民服务，创新新时代，一件件、一项项，强强联手",
        "甲水水闸、乙镇镇政府、示例村村民、开展了了解，以此为目的的活动，公钥钥匙",
        "用电2025度，水温2000度以上，长21\"、宽34\"，6'或8'管",
    ],
)
def test_a_correct_text_is_left_alone(text):
    assert summary(text) == []


SENTENCE = "全村共有耕地一千二百亩，其中水田八百亩。人均纯收入一万二千元，比上年增长百分之五"


def test_a_running_paragraph_needs_its_full_stop():
    assert [code for code, _, _ in summary(SENTENCE + "\n" + SENTENCE + "。")] == [NO_STOP]
    assert [code for code, _, _ in summary(SENTENCE + "，\n" + SENTENCE + "。")] == [COMMA_END]
    assert (
        summary(
            "一、加强基层党组织建设\n" + SENTENCE + "。\n示例县甲镇乙村村民委员会\n2024年12月3日"
        )
        == []
    )


def test_a_draft_that_does_without_full_stops_is_not_blamed_for_each():
    lines = [SENTENCE + "，人均占有粮食较多"[: 2 * n] for n in range(5)]
    assert summary("\n".join(lines)) == []


def test_a_space_in_a_sentence_is_stray_and_one_in_a_heading_is_not():
    text = "全村上下齐心协力，圆满完成任务 并且取得好成绩，群众非常满意，获得一致好评。"
    assert summary(text) == [(SPACE, " ", "")]
    assert summary("现将\u20022023年工作情况汇报如下，请各位领导和同志们批评指正。") == [
        (SPACE, "\u2002", "")
    ]


@pytest.mark.parametrize(
    "words",
    [
        "专项行动扎实开 展，成效明显",
        "全部完 成10项，占比较高",
        "网络建设稳步推 进。成效明显",
        "严格落 实“三会一课”制度",
    ],
)
def test_a_space_inside_a_usual_word_is_stray(words):
    assert summary(f"全村上下齐心协力，{words}，群众非常满意。") == [(SPACE, " ", "")]


@pytest.mark.parametrize(
    "words",
    ["村支书张 强负责，成效明显", "（负责同志：李 明），成效明显", "由镇长高 度负责，成效明显"],
)
def test_a_space_inside_a_name_is_not(words):
    assert summary(f"全村上下齐心协力，{words}，群众非常满意。") == []


def test_what_a_draft_does_all_over_is_said_once():
    text = "".join(f'落实"第{n}条"制度，做好工作。\n' for n in range(9))
    [finding] = findings(text)
    assert (finding.code, finding.params["count"], len(finding.related)) == (STRAIGHT, 9, 8)
    half_width = "修路,种树,养牛,治水,清洁,助学,护林,防火。"
    assert findings(half_width) == []
    assert WIDTH in {one.code for one in findings(half_width, with_info=True)}


def test_a_quotation_over_two_paragraphs_is_whole():
    assert summary("他说：“我们要修路。\n我们还要种树。”大家同意。") == []


def test_matters_of_taste_are_info():
    assert {one.severity for one in findings("果树、和蔬菜(3亩)以及", with_info=True)} == {"info"}


def test_places_are_those_of_the_draft():
    text = "实际，##paidbegin##，切实"
    [finding] = [one for one in findings(text) if one.code == DOUBLED]
    assert text[finding.start : finding.end] == "，##paidbegin##，"


def test_every_kind_has_its_sentence_and_every_finding_fills_it():
    messages = all_messages()
    assert {kind.code for kind in KINDS} <= set(messages)
    text = '甲，，乙“丙"丁"戊,己 。“ 庚”工作工作，本人2022履行。获得感，安全感，幸福感、和“一岗（双责”）。'
    for one in findings(text, with_info=True):
        for language in ("zh", "en"):
            assert messages[one.code].fill(language, one.params)


@pytest.mark.parametrize(
    "unit",
    ["（", "“", "”", "《（", "，", " ", "的", "（480米）组道路", "积极性", "工作", "“\n”\n", '"'],
)
def test_long_texts_take_seconds(unit):
    text = unit * (200_000 // len(unit))
    began = time.perf_counter()
    findings(text)
    assert time.perf_counter() - began < 8
