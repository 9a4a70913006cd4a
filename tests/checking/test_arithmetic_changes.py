"""Changes, products, averages and leads told in any wording: what must be found, and the traps that must stay silent.

Each row is a sentence, the words that must be marked, the code, and what should stand there.
"""

from __future__ import annotations

import time
from functools import cache

import pytest

from shuzhi.catalogue.loader import shipped_catalogue
from shuzhi.core.checking.arithmetic import find_arithmetic
from shuzhi.core.checking.arithmetic_changes import find_changes
from shuzhi.core.checking.arithmetic_leads import find_leads
from shuzhi.core.checking.arithmetic_standards import find_standards
from shuzhi.core.checking.arithmetic_view import make_view
from shuzhi.core.checking.lexicon import Lexicon, lexicon_of
from shuzhi.core.checking.model import Draft, Finding
from shuzhi.core.checking.study import study_draft
from shuzhi.messages import all_messages

GROWTH, INCREASE = "ARITHMETIC_007", "ARITHMETIC_008"
PRODUCT, AVERAGE, TWICE = "ARITHMETIC_010", "ARITHMETIC_011", "ARITHMETIC_015"
DAY, RANGE, YEAR, YUAN = "ARITHMETIC_018", "ARITHMETIC_019", "ARITHMETIC_020", "ARITHMETIC_022"
POINTS, BALANCE = "ARITHMETIC_027", "ARITHMETIC_028"


@cache
def lexicon() -> Lexicon:
    return lexicon_of(shipped_catalogue())


def findings(text: str) -> list[Finding]:
    return list(find_arithmetic(study_draft(Draft(text), lexicon())))


BROKEN = [
    # a rate between two levels, one of them marked as the earlier
    ("农药使用量880吨，比2021年减少15.2%，2021年为1000吨。", GROWTH, "15.2%", "12.0%"),
    ("调解纠纷96件，比2019年的80件增加15%。", GROWTH, "15%", "20%"),
    ("肉鸡存栏4400羽，同比提高13%（上年4000羽）。", GROWTH, "13%", "10%"),
    ("接诊96人次，2018年80人次，同比增长9.17%。", GROWTH, "9.17%", "20.00%"),
    ("羊出栏量比去年的80只减少28.4％，为60只。", GROWTH, "28.4％", "25.0%"),
    ("零售总额8.8亿元，上年8亿元，增速达32.11％。", GROWTH, "32.11％", "10.00%"),
    ("加工厂产值增幅26.2%（由60万元提到72万元）。", GROWTH, "26.2%", "20.0%"),
    ("新增商户110户，2018年新增100户，增长幅度15%。", GROWTH, "15%", "10%"),
    ("大棚面积净增200亩，达到1200亩，增幅30%。", GROWTH, "30%", "20%"),
    ("宣传册印发由4万份扩至4.784万份，增长28.1%。", GROWTH, "28.1%", "19.6%"),
    # a difference
    ("服务点由40个增至52个，新设9个。", INCREASE, "9个", "12个"),
    ("教职工总数比去年的300名多50名，达到320名。", INCREASE, "50名", "20名"),
    ("超员班由30个减少到22个，消除12个。", INCREASE, "12个", "8个"),
    ("活动阵地新增4处，由30处增至32处。", INCREASE, "4处", "2处"),
    ("能繁母牛存量500头，比年初的420头多60头。", INCREASE, "60头", "80头"),
    ("绿化率从26%提高到29%，提升5个百分点。", INCREASE, "5个百分点", "3个百分点"),
    # quantity × standard, in any order; powers of ten
    ("集中采购桌椅120套，每套800元，中标价115200元。", PRODUCT, "115200元", "96000元"),
    ("客房每晚200元，售出30间夜，收入6万元。", PRODUCT, "6万元", "0.6万元"),
    ("购置清扫车2辆，单价3万元，共付600元。", PRODUCT, "600元", "60000元"),
    ("疫苗补助20元一剂，接种3000剂次，补助7.2万元。", PRODUCT, "7.2万元", "6万元"),
    ("购进果苗5000株，按8元一株计，花去40万元。", PRODUCT, "40万元", "4万元"),
    ("营养餐每生每天10元，全天供餐500人，日支出6000元。", PRODUCT, "6000元", "5000元"),
    ("按每股400元分配，30股共分12万元。", PRODUCT, "12万元", "1.2万元"),
    ("每公里造价20万元，修建6公里，合计150万元。", PRODUCT, "150万元", "120万元"),
    ("资助金每生每学期1000元，资助30人，下发30万元。", PRODUCT, "30万元", "3万元"),
    # averages by whatever it is averaged over
    ("20个工作组开展督查600次，组均24次。", AVERAGE, "24次", "30次"),
    ("投入经费12000元，分配到100个网格，格均110元。", AVERAGE, "110元", "120元"),
    ("每户平均11亩，10户农户共种植茶叶99亩。", AVERAGE, "11亩", "10亩"),
    ("募集资金1200元，资助12个家庭，平均每个家庭110元。", AVERAGE, "110元", "100元"),
    ("40个村分得车辆800辆，村均25辆。", AVERAGE, "25辆", "20辆"),
    ("大巴50车次送客600人次，平均每车10人次。", AVERAGE, "10人次", "12人次"),
    ("50家规上企业缴税500万元，户均纳税12万元。", AVERAGE, "12万元", "10万元"),
    ("临时救助1.2万人次，人次均700元，合计支出8400万元。", AVERAGE, "700元", "7000元"),
    ("外出务工500人，其中省外200人，发放交通补贴10万元，人均300元。", AVERAGE, "300元", "200元"),
    ("为300家商户减免租金900万元，户均减免30万元。", AVERAGE, "30万元", "3万元"),
    ("组建12支队伍，队员72人，平均每支5人。", AVERAGE, "5人", "6人"),
    ("脱贫户200户，共发放奖补资金40万元，户均2500元。", AVERAGE, "2500元", "2000元"),
    # what stands between the levels, the delta first, the step by 多 and 少
    ("货运量500万吨，完成计划的103%，较上年的480万吨增加10万吨。", INCREASE, "10万吨", "20万吨"),
    ("产值6.82亿元，由上年的6.25亿元增长8.1%。", GROWTH, "8.1%", "9.1%"),
    ("新增床位50张，床位数由80张增加到140张。", INCREASE, "50张", "60张"),
    ("新发展党员18名，比上年多3名，增长25%。", GROWTH, "25%", "20%"),
    # percentage points by a loose word
    ("优良率由70.2%提高到75.4%，提高5.2%。", POINTS, "5.2%", "5.2个百分点"),
    ("优良率75.4%，比上年的70.2%提高5.2%。", POINTS, "5.2%", "5.2个百分点"),
    # income, expenditure, and what is left
    (
        "总收入2000万元，其中拨款1500万元；总支出1800万元，结余300万元。",
        BALANCE,
        "300万元",
        "200万元",
    ),
    ("总收入1800.5万元，总支出1820.5万元，结余12.6万元。", BALANCE, "12.6万元", "超支20万元"),
    ("总支出60万元，总收入50万元，超支12万元。", BALANCE, "12万元", "10万元"),
    ("合作社销售收入86万元，各项支出62万元，盈余34万元。", BALANCE, "34万元", "24万元"),
    # days, ranges, magnitudes
    ("治安案件下降5—3%。", RANGE, "5—3%", "3—5%"),
    ("全年实现税收8.6亿，投资3亿元。", YUAN, "8.6亿", "8.6亿元"),
    ("截至2月30日，各村均已上报。", DAY, "2月30日", ""),
    ("海拔在2700-2100米之间。", RANGE, "2700-2100米", "2100-2700米"),
    ("年降水量900～700毫米。", RANGE, "900～700毫米", "700~900毫米"),
    ("修路用款3万元，为工友追回38万。", YUAN, "38万", "38万元"),
]

HOLDING = [
    "农药使用量880吨，比2021年减少12%，2021年为1000吨。",
    "服务点由40个增至52个，新设12个。",
    "教职工总数比去年的300名多20名，达到320名。",
    "大棚面积净增200亩，达到1200亩，增幅20%。",
    "客房每晚200元，售出30间夜，收入0.6万元。",
    "20个工作组开展督查607次，组均30次。",
    "10个小区共有网格员25名，平均每个小区3名。",
    "临时救助1.2万人次，人次均700元，合计支出840万元。",
]

HOLDING += [
    "外出务工500人，其中省外200人，发放交通补贴10万元，人均200元。",
    "为300家商户减免租金900万元，户均减免3万元。",
    "脱贫户85户312人，监测户6户20人，发放奖补14.3万元，户均1682元。",
    "脱贫户80户、监测户5户，发放奖补17万元，户均2000元。",
    "货运量500万吨，完成计划的103%，较上年的480万吨增加20万吨。",
    "新增床位60张，床位数由80张增加到140张。",
    "新发展党员18名，比上年多3名，增长20%。",
    "玉米800亩，较上年多100亩，增长14.3%。",
    "优良率由70.2%提高到75.4%，提高5.2个百分点。",
    "优良率由50%提高到60%，提高20%。",
    "总收入2000万元，其中拨款1500万元；总支出1800万元，结余200万元。",
    "总支出60万元，总收入50万元，超支10万元。",
    "治安案件下降3—5%。",
]

TRAPS = [
    # money carried over, taxes paid, sums per head
    "总收入200万元，上年结转30万元，总支出180万元，结余50万元。",
    "销售收入86万元，成本62万元，净利润20万元。",
    "亩均收入5000元，成本2000元，盈利2500元。",
    # a measure of a part of something else, an average over the year, an order from above
    "学校建筑面积3.2万平方米。新建食堂1栋，建筑面积1600平方米。",
    "救助2500人次，参保5500人，发放救助金107万元，年人均救助水平达到190元。",
    "完成国税3095万元、地税1065万元，比下达的指标超收2660万元，增幅达260%。",
    "气温由38度下降到35度，回落从5—3度不等。",
    # real terms, other bases, averages over years
    "农业总产值12.5亿元，上年11.8亿元，同比增长4.2%。",
    "地区生产总值120亿元，2020年100亿元，按可比价格增长6.5%。",
    "村集体收入由2018年的3万元增长到2022年的50万元，年均增长102%。",
    "甲乡、乙乡分别由40个增至52个，增长10%。",
    "信访总量143件次，同比上升9.16%；来访95件，同比上升63.79%。",
    "立案查处案件15件，同比增长25%，处分12人，同比下降7.7%。",
    "贡献率由12%提高到15%，比全县高1.2个百分点。",
    # gross beside net, and other things of the same unit
    "党员由41名增加到54名，新发展党员18名。",
    "粮食产量由3.2万吨增加到3.5万吨，新增高标准农田5000亩。",
    "党支部由12个增加到15个，覆盖小区40个。",
    # standards of another money, part payments, unknown numbers of months
    "流转土地500亩，每亩流转费800元，实现产值200万元。",
    "改造危房50户，户均补助2万元，总投资300万元。",
    "聘用护林员30名，每人每年补助1万元，已兑现资金15万元。",
    "低保对象300人，每人每月补助400元，发放资金135万元。",
    "营养餐每生每天5元，为300名学生兑付补助29.92万元。",
    "发放救助金12万元，救助困难群众86人次，人均补助1500元。",
    "硬化道路3.2公里，每公里造价45万元，总投资160万元。",
    "为20户农户每户发放鸡苗50只，存栏达到3000只。",
    "户籍人口3200人，耕地面积4800亩，人均耕地1.2亩。",
    "带动80户，户均增收3000元，投入资金50万元。",
    "每亩补贴不超过500元，种植100亩，发放补贴3万元。",
    "雇工80余人，每人每天150元，支付工资12万元。",
    # falling figures are no reversed ranges
    "降幅由9到3个百分点。",
    "水位从12米降到9米。",
]

LEADS = [
    (
        "示例县工作总结\n一年来，全面完成目标，新建便民桥7座。现将2023年工作汇报如下：\n一、基本情况\n各项工作有序。\n二、做法\n便民桥陆续动工，共新建便民桥9座，出行方便。\n",
        ["9座"],
    ),
    (
        "示例县工作总结\n一年来，全面完成目标，新建便民桥7座。现将2023年工作汇报如下：\n一、基本情况\n各项工作有序。\n二、做法\n在甲村，新建便民桥9座，出行方便。\n",
        [],
    ),
    (
        "示例县工作总结\n一年来，全面完成目标，新建便民桥7座。现将2023年工作汇报如下：\n一、基本情况\n各项工作有序。\n二、做法\n新建便民桥2座，出行方便。\n",
        [],
    ),
    (
        "示例县工作总结\n一年来，全面完成目标，新建便民桥7座。现将2023年工作汇报如下：\n一、做法\n各项工作有序。\n二、下一步打算\n全年新建便民桥9座，出行方便。\n",
        [],
    ),
    (
        "示例县工作总结\n一年来，全面完成目标，新建便民桥7座。现将2023年工作汇报如下：\n一、做法\n去年共新建便民桥9座，出行方便。\n",
        [],
    ),
]


@pytest.mark.parametrize(("text", "code", "words", "expected"), BROKEN)
def test_what_does_not_come_out_is_found(text, code, words, expected):
    found = findings(text)

    assert [(one.code, text[one.start : one.end], one.expected) for one in found] == [
        (code, words, expected)
    ]


@pytest.mark.parametrize("text", HOLDING + TRAPS)
def test_what_comes_out_or_cannot_be_known_stays_silent(text):
    assert [(one.code, text[one.start : one.end]) for one in findings(text)] == []


@pytest.mark.parametrize(("text", "words"), LEADS)
def test_the_lead_is_held_against_the_same_words_of_the_body(text, words):
    found = [one for one in findings(text) if one.code == TWICE]

    assert [text[one.start : one.end] for one in found] == words


def test_the_plan_of_a_year_already_past_is_found():
    text = "甲村工作总结（2023年）\n现将2023年工作汇报如下：\n一、主要工作\n平稳。\n二、2022年主要任务\n修路。\n"

    assert [one.code for one in findings(text)] == [YEAR]


@pytest.mark.parametrize(
    ("sentence", "codes"),
    [
        ("2017年，计划完成造林5000亩。", [YEAR]),
        ("（一）抓项目。2017年，我局将完成造林5000亩。", [YEAR]),
        ("2018年，计划完成造林5000亩。", []),
        ("2017年，计划实施的造林项目已完成。", []),
    ],
)
def test_a_plan_for_the_year_just_reported_is_found_under_the_heading_of_the_next(sentence, codes):
    text = f"示例县2017年工作总结\n一、主要工作\n平稳。\n二、2018年工作思路\n{sentence}\n"

    assert [one.code for one in findings(text)] == codes


def test_what_a_village_has_one_number_of_is_the_same_in_both_places():
    text = "甲村工作总结\n一、情况\n全村共有党员56名。\n二、党建\n我村现有党员65名。\n"

    assert [(one.code, text[one.start : one.end]) for one in findings(text)] == [(TWICE, "65名")]


def test_a_slip_by_a_power_of_ten_says_so():
    text = "购进果苗5000株，按8元一株计，花去40万元。"

    (found,) = findings(text)

    assert found.params["times"] == "10"
    assert "10 倍" in all_messages()[found.code].fill("zh", found.params)


def test_one_slip_is_told_once():
    assert len(findings("种植辣椒100亩，每亩补贴500元，共发放补贴8万元。")) == 1


def test_time_grows_with_the_text():
    text = "".join(row[0] for row in BROKEN) + "".join(HOLDING + TRAPS)
    times = []
    for size in (2, 20):
        view = make_view(study_draft(Draft(text * size), lexicon()))
        best = 9.0
        for _ in range(3):
            started = time.process_time()
            for detector in (find_changes, find_standards, find_leads):
                list(detector(view))
            best = min(best, time.process_time() - started)
        times.append(best)
    print(
        f"{len(text) * 2} characters {times[0] * 1000:.1f} ms, ten times {times[1] * 1000:.1f} ms"
    )
    assert times[1] < times[0] * 20
