"""What the text itself claims, done again: sentences with what must be found in them, and traps in which nothing may be.

Each row is a sentence, the words that must be marked, the code, and what should stand there. Rounding decides everything:
a number stands for every value that would be written so.
"""

from __future__ import annotations

import time
from functools import cache

import pytest

from shuzhi.catalogue.loader import shipped_catalogue
from shuzhi.core.checking.arithmetic import KINDS, find_arithmetic
from shuzhi.core.checking.lexicon import Lexicon, lexicon_of
from shuzhi.core.checking.model import Draft, Finding
from shuzhi.core.checking.study import study_draft
from shuzhi.messages import all_messages

TOTAL, OVER, PART, PERSONS, SHARE = (f"ARITHMETIC_00{n}" for n in range(1, 6))
RATE, GROWTH, INCREASE, DIRECTION = (f"ARITHMETIC_00{n}" for n in range(6, 10))
PRODUCT, AVERAGE, LEFT, COUNT, NAMES, TWICE, HALF, ALL, DAY, RANGE = (
    f"ARITHMETIC_0{n}" for n in range(10, 20)
)
YEAR, BASE, YUAN, MIXED, KILOMETRE, ABSURD, SHARES = (f"ARITHMETIC_0{n}" for n in range(20, 27))


@cache
def lexicon() -> Lexicon:
    return lexicon_of(shipped_catalogue())


def findings(text: str) -> list[Finding]:
    return list(find_arithmetic(study_draft(Draft(text), lexicon())))


def summary(text: str) -> list[tuple[str, str]]:
    return [(one.code, text[one.start : one.end]) for one in findings(text)]


BROKEN = [
    # totals and their lists
    ("发放补贴资金25.9万元（购买肉牛补助4.5万元，购买母牛补助19万元，饲草补助3.4万元）。", TOTAL, "25.9万元", "26.9万元"),
    ("全村现有果园480亩，其中挂果园210亩，幼园290亩。", TOTAL, "480亩", "500亩"),
    ("全村现有果园580亩，其中挂果园210亩，幼园270亩。", OVER, "580亩", "480亩"),
    ("聘用公益性岗位人员17人，其中道路维护员2人，保洁员7人，绿化员2人，协管员2人，管理员2人，服务员3人。", TOTAL, "17人", "18人"),
    ("聘用公益性岗位人员19人，其中道路维护员2人，保洁员7人，绿化员2人，协管员2人，管理员2人，服务员3人。", OVER, "19人", "18人"),
    ("硬化甲组道路（1020米）、乙组道路（480米）、丙组道路（420米），累计1930米。", OVER, "1930米", "1920米"),
    ("硬化甲组道路1020米、乙组道路480米、丙组道路420米，共计1910米。", TOTAL, "1910米", "1920米"),
    ("现有党员45名，其中男党员30名、女党员18名。", TOTAL, "45名", "48名"),
    ("全镇监测户36户121人（脱贫不稳定户12户40人、边缘易致贫户14户46人、突发严重困难户9户35人）。", OVER, "36户", "35户"),
    ("总投资1.5亿元，其中财政资金9000万元，自筹资金7000万元。", TOTAL, "1.5亿元", "1.6亿元"),
    ("水产品总产量91378吨，其中海洋捕捞17511吨，海水养殖68242吨，淡水产品5634吨。", TOTAL, "91378吨", "91387吨"),
    # parts and wholes
    ("12个村中有15个村建成示范村。", PART, "15个", ""),
    ("实施项目8个，其中已完工11个。", PART, "11个", ""),
    ("全村有党员38名，其中女党员45名。", PART, "45名", ""),
    ("涉及71户31人。", PERSONS, "71户31人", ""),
    ("城乡居民医疗保险参保率达101%。", SHARE, "101%", ""),
    ("保洁队伍15人，女性21人，年龄最大的67岁。", PART, "21人", ""),
    ("现有干部职工140名，其中党员45名，35岁以下的年轻干部183名。", PART, "183名", ""),
    # lists without 其中
    ("编制总数299名，行政65名，事业50名，工勤136名。", OVER, "299名", "251名"),
    ("开发岗位38个，保洁24个、护林13个、治安14个。", TOTAL, "38个", "51个"),
    ("全镇共设党支部66个，农村党支部47个，机关党支部19个，企业党支部27个。", TOTAL, "66个", "93个"),
    ("我局内设股室35个、下属事业单位18个，共66个机构。", OVER, "66个", "53个"),
    ("营造林任务6712.8公顷，分解为人工造林1641.8公顷、飞播造林2615.4公顷、森林抚育1845.4公顷。", OVER, "6712.8公顷", "6102.6公顷"),
    ("城镇新增就业845人，其中失业人员再就业221人，就业困难人员就业632人，其他120人。", TOTAL, "845人", "973人"),
    # rates
    ("全村应参保1200人，已参保1150人，参保率92.8%。", RATE, "92.8%", "95.8%"),
    ("计划投资5亿元，截至目前完成3.2亿元，占年度计划的74%。", RATE, "74%", "64%"),
    ("党员38名，其中女党员10名，占36.3%。", RATE, "36.3%", "26.3%"),
    ("共排查矛盾纠纷120件，化解108件，化解率95%。", RATE, "95%", "90%"),
    ("全村总人口634人，外出务工39人，占总人口的8.2%。", RATE, "8.2%", "6.2%"),
    ("计划改造户厕2400座，已完成2100座，完成率97.5%。", RATE, "97.5%", "87.5%"),
    # growth
    ("村集体收入由32.0万元增加到36.8万元，增长25%。", GROWTH, "25%", "15%"),
    ("财政总收入由2016年的2.66亿元增加到2020年的4.559亿元，增长55%。", GROWTH, "55%", "71%"),
    ("实现收入36.8万元，同比增加4.8万元，增长18%。", GROWTH, "18%", "15%"),
    ("上年实现收入32.0万元，今年实现收入36.8万元，同比增长25%。", GROWTH, "25%", "15%"),
    ("务工人数由120人增加到150人，增加40人。", INCREASE, "40人", "30人"),
    ("满意度由85%提高到93%，提高18个百分点。", INCREASE, "18个百分点", "8个百分点"),
    ("养殖户由50户增加到45户。", DIRECTION, "50户增加到45户", ""),
    ("贫困发生率由1.2%下降到3.5%。", DIRECTION, "1.2%下降到3.5%", ""),
    ("劳务收入4231.13万元，上年3751万元，增收幅度16.4%。", GROWTH, "16.4%", "12.8%"),
    ("刑事警情同比下降39%，今年8起，去年12起。", GROWTH, "39%", "33%"),
    ("核定岗位15个，实有9个，在岗率49.4%。", RATE, "49.4%", "60.0%"),
    # products, averages, remainders
    ("落实补贴面积100亩，每亩500元，共发放补贴资金6万元。", PRODUCT, "6万元", "5万元"),
    ("种植300亩，按40元/亩标准，兑现补贴1.5万元。", PRODUCT, "1.5万元", "1.2万元"),
    ("举办培训5期，每期40人，共培训250人。", PRODUCT, "250人", "200人"),
    ("发放分红资金12.0万元，惠及60户，户均2500元。", AVERAGE, "2500元", "2000元"),
    ("共排查问题20个，已整改17个，剩余4个。", LEFT, "4个", "3个"),
    ("高龄津贴每人每年970元，全年发放26人，共计0.2522万元。", PRODUCT, "0.2522万元", "2.522万元"),
    ("以14元/公斤的保护价收购烤烟950公斤，向农户支付1.6625万元。", PRODUCT, "1.6625万元", "1.33万元"),
    ("发放交通补贴8.325万元，惠及1850人，每人60元。", AVERAGE, "60元", "45元"),
    ("全县粮食播种面积2.98万亩，总产量9708.8吨，平均亩产362公斤。", AVERAGE, "362公斤", "326公斤"),
    # counted lists
    ("主要从以下四个方面着手：\n（一）加强学习。\n（二）转变作风。\n（三）提升能力。", COUNT, "四个方面", "三个方面"),
    ("着力抓好三项重点工作：一是发展产业，持续增收。二是整治环境，改善面貌。", COUNT, "三项重点工作", "两项重点工作"),
    ("主要存在以下两个问题：\n1.产业不强。\n2.人才不足。\n3.治理不细。", COUNT, "两个问题", "三个问题"),
    ("在甲村、乙村、丙村4个村开展试点。", NAMES, "4个村", "3个村"),
    ("选取3个村（甲村、乙村、丙村、丁村）作为示范点。", NAMES, "3个村", "4个村"),
    # the same thing told twice
    ("全村粮食播种面积5.27万亩。\n目前，全村粮食播种面积5.72万亩。", TWICE, "5.72万亩", "5.27万亩"),
    ("全镇辖12个行政村。\n全镇13个行政村全部通硬化路。", TWICE, "13个", "12个"),
    ("上半年农产品销售收入900万元。\n全年农产品销售收入800万元。", HALF, "900万元", ""),
    ("贫困户全部脱贫，剩余2户未脱贫。", ALL, "全部脱贫", ""),
    ("参保率达到100%，还有3户未参保。", ALL, "参保率达到100%", ""),
    ("三次产业结构比调整为10.2:40.3:50.5。", SHARES, "10.2:40.3:50.5", ""),
    ("欠薪案件全部办结，还剩59件未结。", ALL, "全部办结", ""),
    ("危房100%完成改造，剩余29户计划明年实施。", ALL, "100%完成改造", ""),
    # days, ranges, years
    ("2月30日召开村民代表会议。", DAY, "2月30日", ""),
    ("2023年2月29日召开村民代表会议。", DAY, "2月29日", ""),
    ("建设通组道路10—8公里。", RANGE, "10—8公里", "8—10公里"),
    ("产量增幅68%～63%。", RANGE, "68%～63%", "63%~68%"),
    ("执行2023—2021年规划。", RANGE, "2023—2021年", "2021—2023年"),
    ("示例镇2023年工作总结\n现将2022年工作情况汇报如下：", YEAR, "2022", "2023"),
    ("示例镇2023年工作总结\n一、2023年工作情况\n粮食总产量较2024年增长3%。", BASE, "2024", "2022"),
    ("示例镇2023年工作总结\n一、2023年工作情况\n成效明显。\n二、2026年工作打算\n继续努力。", YEAR, "2026", "2024"),
    # units
    ("发放低保金36万，临时救助金12万元。", YUAN, "36万", "36万元"),
    ("发放种粮补贴资金36万元，农机补贴资金84150元，生态补助资金25万元。", MIXED, "84150元", "8.415万元"),
    ("新建农村公路12公里，敷设污水管网3千米。", KILOMETRE, "3千米", "3公里"),
    ("农村居民人均可支配收入达14520万元。", ABSURD, "14520万元", ""),
]  # fmt: skip

SOUND = [
    # lists that add up, to the digit or within the rounding shown
    "发放补贴资金25.9万元（购买肉牛补助4.5万元，购买母牛补助19万元，饲草补助2.4万元）。",
    "全村现有果园480亩，其中挂果园210亩，幼园270亩。",
    "硬化甲组道路（1020米）、乙组道路（480米）、丙组道路（420米），累计1920米。",
    "全镇监测户36户121人（脱贫不稳定户12户40人、边缘易致贫户14户46人、突发严重困难户10户35人）。",
    "完成投资120万元，其中中央资金80.5万元，自筹资金39.3万元。",
    "总面积1.2万亩，其中水田7236亩，旱地4790亩。",
    "全镇13951户68202人（城镇人口240户544人，农村人口13711户67658人）。",
    "低保、特困人员663户1932人（其中低保521户1772人，特困142户160人，双重身份122户395人）。",
    # incomplete, open and overlapping lists
    "党员60名，其中女党员20名，35岁以下15名，大专以上学历30名。",
    "党员45名，其中35岁以下12名，女党员15名，大专以上学历20名。",
    "种植农作物1200亩，其中小麦500亩。",
    "实施项目20个，其中道路项目8个、水利项目5个等。",
    "投入资金500万元，主要用于道路硬化200万元、安全饮水100万元。",
    "总投资2亿元，其中甲项目1亿元，乙项目5000万元。",
    "现有贫困户156户，其中因病致贫80户，因残致贫60户，低保户70户。",
    "全镇共有5个村民小组，其中甲村有12个合作社。",
    # this year against the sum of the years, and units that differ
    "今年新修道路3公里，整治2公里，全村累计硬化道路28公里。",
    "新建卫生厕所20座，改造卫生厕所15座，全镇累计建成卫生厕所800座。",
    "走访脱贫户120户、监测户15户，共发现问题户8户。",
    "修建道路3公里，新建桥梁2座，共投资500万元。",
    "甲村投资20万元修路，乙村投资30万元建桥，全镇共投入资金200万元。",
    "全年门诊985人次、住院78人次，合计诊疗1063人次。",
    "新建房屋20间，改造30间，维修10间。",
    "发展党员3名、转正2名，现有党员60名。",
    "完成人工造林1700亩（任务1480亩），其中油茶800亩、毛竹900亩。",
    "财政收入38.74亿元，其中地方级收入26.5亿元，增长0.9%；固定资产投资50亿元。",
    # households and persons
    "现有监测户9户9人。",
    "现有企业20户、从业人员15人。",
    "养牛25户100头，养猪30户120头。",
    "参与群众500人次，党员20人。",
    # rates whose numbers are not both there, or fit when cut off
    "参保1150人，参保率95.8%。",
    "全村总人口634人，外出务工150人，占总人口的23.6%。",
    "完成投资500万元，占年度任务的105%。",
    "党员8779.3万名，其中女党员2167.2万名，占24.7%；少数民族党员605.1万名，占6.9%。",
    "35岁及以下的党员2247.9万名，占党员总数的25.6%；36岁至45岁的党员1779.2万名，占党员总数的20.3%。",
    "完成财政收入4348万元，占年初预算10065万元的43.2%，同比下降6.5%。",
    "硬化道路3公里，修渠5公里，覆盖率达95%。",
    "养老保险费征缴2956万元，完成全年征缴任务3900万元的76%，比去年同期增长9个百分点。",
    "某商业银行拨备覆盖率达180%，毛入学率105%。",
    "完成率达到120%，产销率102%。",
    # growth
    "村集体收入由32.0万元增加到36.8万元，增长15%。",
    "一般公共预算收入完成26876万元，同比增加2168万元，增长8.8%。",
    "生产总值380.35亿元，按可比价格计算，同比增加40亿元，增长0.8%。",
    "工业总产值23亿元、比去年增长40%，工业增加值10亿元、增长53.2%。",
    "由60%提高到66%，提高6个百分点。",
    "党员由4488人增加到95148人，增长约20倍。",
    "合作社社员由157户发展到180户，净增23户。",
    "集体访55批904人次，较去年同期的60批1023人次分别下降8%和12%。",
    "平均办理周期由28天压缩至11天，满意率由78%提升至92%。",
    # products without a written standard, and standards of other kinds
    "种植蔬菜227.74亩，涉及71户331人，补贴资金113870元。",
    "月人均补差56.61元，保障53491人，支出低保金3555.18万元。",
    "每户最高补助2000元，惠及60户，发放补助8万元。",
    "投资80万元，带动60户增收，户均增收3000元。",
    "每人每月补助500元，惠及20人，共发放12万元。",
    "共排查问题20个，已整改17个，剩余3个。",
    # lists after counts
    "重点做好以下三个方面工作：\n（一）发展产业。一是种植。二是养殖。\n（二）改善民生。\n（三）强化治理。",
    "主要存在三个问题：一是产业不强。二是人才不足。三是治理不细。下一步，一是抓学习。二是抓作风。",
    "五个方面的工作有序推进，取得了明显成效。\n（一）党建引领。\n（二）产业发展。",
    "在甲村、乙村、丙村3个村开展试点。",
    "在甲村、乙村等6个村开展试点。",
    "完善省、市、县、乡四级联动机制。",
    "甲村、乙村5个合作社实现增收。",
    "推进一、二、三产业融合发展。",
    # different things under like names
    "全村现有果园480亩。\n今年新增果园120亩。",
    "计划粮食播种面积5.5万亩。\n全年粮食播种面积5.27万亩。",
    "甲村粮食播种面积900亩。\n乙村粮食播种面积800亩。",
    "2022年，全村粮食播种面积900亩。\n2023年，全村粮食播种面积950亩。",
    "上半年完成造林300亩，全年完成造林500亩。",
    "其中：税收收入3511万元。\n按构成分：税收收入1035万元。",
    "全村粮食播种面积5.27万亩。\n全村粮食播种面积5.3万亩。",
    # days, ranges, years
    "2024年2月29日、12月31日召开会议。",
    "13个月内完成建设，历时12个月。",
    "比率由68%～70%下降到60%。",
    "拨打0931-8321办理。",
    "12月—2月开展冬训。",
    "示例县2024年政府工作报告\n一、2023年工作回顾\n成效明显。\n二、2024年工作安排\n继续努力。",
    "示例镇2023年工作总结\n一、2023年工作情况\n粮食总产量较2022年增长3%。\n二、2024年工作打算\n预计收入比2023年增长5%。",
    "2021年，我村被评为先进村。\n示例。",
    # units
    "分别投入5万、6万、7万元。",
    "发放宣传资料3万份，惠及1.2万人。",
    "人均可支配收入14520元，总产值3000万元。",
    "敷设管网3千米，污水管道4千米。",
    # placeholders
    "共有XX户XX人，其中脱贫户X户X人。",
    "发放补贴资金25.9万元（购买肉牛补助X万元，购买母牛补助19万元，饲草补助3.4万元）。",
]


@pytest.mark.parametrize(("text", "code", "marked", "expected"), BROKEN)
def test_what_does_not_come_out_is_found_at_its_figure(text, code, marked, expected):
    found = findings(text)

    assert [(one.code, text[one.start : one.end]) for one in found] == [(code, marked)]
    assert found[0].expected == expected


@pytest.mark.parametrize("text", SOUND)
def test_what_comes_out_or_cannot_be_judged_is_left_alone(text):
    assert summary(text) == []


@pytest.mark.parametrize(("text", "code", "marked", "expected"), BROKEN)
def test_a_finding_stays_at_its_words_in_a_longer_report(text, code, marked, expected):
    if text.startswith("示例镇"):
        pytest.skip("the title must stand first")
    long = f"示例村工作报告\n一、工作情况\n扎实推进各项工作。{text}\n带动周边群众增收。\n"

    assert (code, marked) in summary(long)


@pytest.mark.parametrize(("text", "code", "marked", "expected"), BROKEN)
def test_every_finding_fills_its_sentence_in_both_languages(text, code, marked, expected):
    for one in findings(text):
        message = all_messages()[one.code]
        assert "{" not in message.fill("zh", one.params)
        assert "{" not in message.fill("en", one.params)


@pytest.mark.parametrize(("text", "code", "marked", "expected"), BROKEN)
def test_severity_is_the_one_the_kind_declares(text, code, marked, expected):
    declared = {kind.code: kind.severity for kind in KINDS}

    assert all(one.severity == declared[one.code] for one in findings(text))


def test_the_reckoning_is_told_in_words_with_its_parts():
    text = "发放补贴资金25.9万元（购买肉牛补助4.5万元，购买母牛补助19万元，饲草补助3.4万元）。"

    (finding,) = findings(text)

    assert finding.params["expression"] == "4.5＋19＋3.4＝26.9万元"
    assert [text[start:end] for start, end in finding.related] == ["4.5万元", "19万元", "3.4万元"]


def test_parts_in_different_units_are_reckoned_in_the_base_unit():
    text = "全村共投入产业资金48.5万元，落实果园补贴资金113870元，露地蔬菜补贴资金71545元，养殖补贴资金25.9万元。"

    codes = dict(summary(text))

    assert codes[OVER] == "48.5万元"
    (total,) = [one for one in findings(text) if one.code == OVER]
    assert total.params["expression"] == "113870＋71545＋259000＝444415元"


def test_offsets_lead_back_over_advertisement_inside_a_list():
    text = "全村现有果园480亩，其中挂果##paidbegin##园210亩，幼园290亩。"

    assert summary(text) == [(TOTAL, "480亩")]


def test_time_grows_with_the_length_and_no_faster():
    block = "".join(text for text in SOUND if not text.startswith("示例")) + "\n"
    short, long = block * 4, block * 40
    studies = [study_draft(Draft(text), lexicon()) for text in (short, long)]

    # processor time of interleaved runs: other work on the machine slows both sizes alike
    runs: list[list[float]] = [[], []]
    for _ in range(7):
        for measured, study in zip(runs, studies, strict=True):
            began = time.process_time()
            list(find_arithmetic(study))
            measured.append(time.process_time() - began)
    short_time, long_time = min(runs[0]), min(runs[1])

    per_6000 = long_time / len(long) * 6000 * 1000
    print(
        f"{per_6000:.1f} ms per 6,000 characters; ten times the text: {long_time / short_time:.1f} times"
    )
    # a quadratic part would show as a hundred times
    assert long_time <= short_time * 25
    assert per_6000 < 150


@pytest.mark.parametrize(
    "piece",
    ["甲、", "甲甲甲甲甲甲甲甲甲甲甲甲甲、", "共有", "实有", " ", "（", "其中1个，", "5.5%-", "全部整改，还有1户未整改，", "以下四个方面：\n（一）好。"],
)  # fmt: skip
def test_no_repetition_makes_a_detector_run_away(piece):
    text = piece * (12_000 // len(piece))
    study = study_draft(Draft(text), lexicon())

    began = time.process_time()
    found = list(find_arithmetic(study))

    assert time.process_time() - began < 5
    assert all(0 <= one.start < one.end <= len(text) for one in found)
