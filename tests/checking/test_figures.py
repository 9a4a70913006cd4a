"""How reports write figures: what is one, what it is worth, and what it speaks of."""

from __future__ import annotations

import time
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shuzhi.catalogue.loader import shipped_catalogue
from shuzhi.core.checking.asides import put_aside
from shuzhi.core.checking.figures import read_figures
from shuzhi.core.checking.lexicon import Lexicon, lexicon_of
from shuzhi.core.checking.measures import base_of
from shuzhi.core.checking.model import CheckingContext, TextFigure
from shuzhi.core.checking.numbers import parse_chinese
from shuzhi.core.checking.text import read
from shuzhi.core.quantities import Units
from tests.checking.figure_sentences import cases

LEXICON = lexicon_of(shipped_catalogue())


def figures_in(text: str, context: CheckingContext | None = None) -> tuple[TextFigure, ...]:
    return read_figures(read(text), (), LEXICON, context or CheckingContext())


def shown(figure: TextFigure) -> str:
    value = "?" if figure.value is None else f"{figure.value:f}"
    upper = "" if figure.upper is None else f"~{figure.upper:f}"
    return f"{figure.text}={value}{upper} {figure.unit}".strip()


@pytest.mark.parametrize(("sentence", "expected"), cases(), ids=[one for one, _ in cases()])
def test_the_figures_of_a_sentence(sentence: str, expected: list[str]) -> None:
    assert [shown(one) for one in figures_in(sentence)] == expected


ROLES = """
全村种植玉米300亩。 ⇒ achieved
参保率98.5%。 ⇒ rate
同比增长12.5%。 ⇒ comparison
增长幅度达30%。 ⇒ comparison
比去年增收2万元。 ⇒ comparison
提高2.3个百分点。 ⇒ comparison
收入由2万元增加到5万元。 ⇒ achieved achieved
合作社从3增加到5个。 ⇒ achieved achieved
贫困发生率由13.4%降到3%。 ⇒ rate rate
新增农家乐6家。 ⇒ achieved
比上年的16吨增长31%。 ⇒ achieved comparison
计划投资3亿元，实际完成2亿元。 ⇒ target achieved
争取奖补13万元。 ⇒ achieved
收入和支出分别增长18.8%、23.7%。 ⇒ comparison comparison
贫困发生率下降到0.5%。 ⇒ rate
已脱贫需要巩固提升的8户。 ⇒ achieved
较全县平均水平高174元。 ⇒ comparison
位居全县第3名。 ⇒ comparison
计划新建冷库2座。 ⇒ target
力争全年接待游客5万人次。 ⇒ target
预计销售额达到100万元以上。 ⇒ target
拟投资30万元。 ⇒ target
确保粮食面积不低于5000亩。 ⇒ target
争取资金30万元。 ⇒ achieved
享受雨露计划12人。 ⇒ achieved
收入100万元以上的村有3个。 ⇒ threshold achieved
人均收入高于2500元的农户有69户。 ⇒ threshold achieved
60岁以上老人152人。 ⇒ threshold achieved
收缴率60%以上。 ⇒ rate
完成培训X人。 ⇒ placeholder
预计全年实现产值4亿元；农民人均收入1.2万元。 ⇒ target achieved
今年计划投资800万元，已完成投资640万元。 ⇒ target achieved
信访量比上年36件下降12%。 ⇒ achieved comparison
人均预期寿命78岁。 ⇒ achieved
下学年，学校将争取新增教室2间。 ⇒ target
"""


@pytest.mark.parametrize("line", [one for one in ROLES.splitlines() if one])
def test_the_role_of_a_figure_is_told_by_the_words_around_it(line: str) -> None:
    sentence, _, roles = line.partition(" ⇒ ")
    assert [one.role for one in figures_in(sentence)] == roles.split()


REPORT = """甲村2023年工作总结
一、2023年工作情况
全村辖5个村民小组，326户1210人。今年，甲村完成大棚建设12座，乙村完成8座。
上半年接待游客3000人次；全年收入达到56万元。2022年，种植玉米300亩。2021—2022年整治图斑728个，3647.94亩。
集体经济收入由2022年的12万元增长到2023年的18.6万元。7月，走访农户60户。
二、2024年工作打算
新建冷库2座，改造厕所30户。
"""


def test_the_period_comes_from_the_sentence_else_the_section_else_the_title() -> None:
    periods = {one.text: one.period for one in figures_in(REPORT)}

    assert periods["5个"] == periods["12座"] == periods["56万元"] == "2023"
    assert periods["3000人次"] == "2023H1"
    assert periods["300亩"] == "2022"
    assert periods["728个"] == periods["3647.94亩"] == "2021-2022"
    assert (periods["12万元"], periods["18.6万元"]) == ("2022", "2023")
    assert periods["60户"] == "2023-07"
    assert periods["2座"] == "2024"


def test_a_section_about_next_year_holds_targets() -> None:
    roles = {one.text: one.role for one in figures_in(REPORT)}

    assert roles["2座"] == roles["30户"] == "target"
    assert roles["18.6万元"] == "achieved"


def test_a_title_that_also_names_a_plan_makes_no_targets_of_the_work_done() -> None:
    figures = figures_in(
        "甲镇2023年工作总结暨2024年工作计划\n一、主要工作\n修路3公里。\n二、2024年工作计划\n新建冷库2座。"
    )
    assert [one.role for one in figures] == ["achieved", "target"]
    assert [one.period for one in figures] == ["2023", "2024"]


def test_under_problems_and_plans_the_plans_begin_where_the_text_turns_to_them() -> None:
    figures = figures_in(
        "甲校2023年工作总结\n三、问题与打算\n教师缺口6人。下学年，招聘教师4人。\n新建教室2间。"
    )
    assert [one.role for one in figures] == ["achieved", "target", "target"]


PERIODS = """
我于2015年3月任所长，现有民警9名。 ⇒ 2023
学校创办于1952年，占地28600平方米。 ⇒ 2023
受理信访158件（上年200件），办结155件。 ⇒ 2023 2022 2023
亩产由上年的580公斤提高到610公斤。 ⇒ 2022 2023
比2022年的36件减少12件。 ⇒ 2022 2023
比去年增加12件。 ⇒ 2023
确保8月底前通车；补助30万元。 ⇒ 2023
发案4起，去年同期10起，下降六成。 ⇒ 2023 2022 2023
去年12月，慰问12户。 ⇒ 2022-12
2022年，种植玉米300亩，辣椒200亩。 ⇒ 2022 2022
2019至2021年投入3万元。今年1至6月，投入2万元。 ⇒ 2019-2021 2023H1
"""


@pytest.mark.parametrize("line", [one for one in PERIODS.splitlines() if one])
def test_a_time_reaches_no_further_than_it_is_meant(line: str) -> None:
    sentence, _, periods = line.partition(" ⇒ ")
    figures = figures_in(f"甲村2023年工作总结\n{sentence}")
    assert [one.period for one in figures] == periods.split()


def test_without_a_year_of_its_own_a_draft_goes_on_with_the_year_its_paragraph_names() -> None:
    lead = "在上级党委、政府的坚强领导下，全村干部群众团结一心、真抓实干，各项工作都取得了新的进展，现将有关情况报告如下。"
    figures = figures_in(f"工作总结\n{lead}\n2023年，修路3公里。新建冷库2座。\n改厕30户。")
    assert [one.period for one in figures] == ["2023", "2023", ""]


STANDARDS = """
每盏3200元。 ⇒ 盏
平均每个5000元。 ⇒ 个
平均每支8名。 ⇒ 支
每块40平方米。 ⇒ 块
车均1.8万元。 ⇒ 车
每个网格2名。 ⇒ 网格
亩产由580公斤提高到610公斤。 ⇒ 亩 亩
户均13650元，比上年的12720元增加930元。 ⇒ 户 户 户
日均12起，比上年的4866起减少486起。 ⇒ 日 - -
人均可支配收入增长7%。 ⇒ -
15个村均完成改厕20户。 ⇒ - -
"""


@pytest.mark.parametrize("line", [one for one in STANDARDS.splitlines() if one])
def test_what_a_standard_is_counted_by(line: str) -> None:
    sentence, _, pers = line.partition(" ⇒ ")
    assert [one.per or "-" for one in figures_in(sentence)] == pers.split()


OWNERS = """
设党小组5个，党员30名。 ⇒ - -
占全镇15个村的85%。 ⇒ - -
四是培育社区社会组织3家。 ⇒ -
完成撤并建制村通畅工程28个。 ⇒ -
选派驻村工作队4支。 ⇒ -
发放农村低保金20万元。 ⇒ -
由丙三村完成12户。 ⇒ 丙三村
最高的甲山村达96万元，最低的乙水村12万元。 ⇒ 甲山村 乙水村
建成特色村2个（甲山村、乙水村），示范村3个。 ⇒ - -
甲山镇、乙水镇分别完成12户、13户。 ⇒ 甲山镇 乙水镇
"""


@pytest.mark.parametrize("line", [one for one in OWNERS.splitlines() if one])
def test_only_a_proper_name_is_taken_for_an_organisation(line: str) -> None:
    sentence, _, owners = line.partition(" ⇒ ")
    assert [one.organisation or "-" for one in figures_in(sentence)] == owners.split()


def test_a_spoken_share_is_worth_six_decimals_and_meant_to_the_percent() -> None:
    (one,) = figures_in("占三分之一。")
    assert (one.value, one.step, one.approx) == (Decimal("0.333333"), Decimal("0.01"), False)


def test_a_plan_holds_targets_throughout() -> None:
    figures = figures_in("甲镇2024年工作计划\n新建冷库2座。\n硬化道路3公里。")
    assert {one.role for one in figures} == {"target"}


def test_without_a_title_the_year_the_office_knows_is_taken() -> None:
    (one,) = figures_in("今年上半年修路2公里。", CheckingContext(year=2025))
    assert one.period == "2025H1"


SUBJECTS = """
补贴资金113870元。 ⇒ 补贴资金
建成2座冷库、3个大棚。 ⇒ 建成冷库 大棚
14户异地搬迁户完成了房屋补建。 ⇒ 异地搬迁户
现有牛存栏61头，猪存栏398头。 ⇒ 牛存栏 猪存栏
发放贷款797笔9389万元。 ⇒ 发放贷款 发放贷款
全年出栏羊、生猪、肉牛4.82万只、3.71万头、0.54万头。 ⇒ 出栏羊 出栏生猪 出栏肉牛
收入达到56万元，比去年增加6万元。 ⇒ 收入 收入
X组道路（1020米）全部硬化。 ⇒ X组道路
全村有党员45名，其中女党员12名。 ⇒ 党员 女党员
"""


@pytest.mark.parametrize("line", [one for one in SUBJECTS.splitlines() if one])
def test_what_a_figure_counts(line: str) -> None:
    sentence, _, subjects = line.partition(" ⇒ ")
    found = [one.subject for one in figures_in(sentence)]
    wanted = [one.removeprefix("出栏") for one in subjects.split()]
    assert [one.removeprefix("出栏") for one in found] == wanted


def test_a_named_village_owns_its_figures() -> None:
    figures = figures_in("王家湾村硬化道路3.2公里、李家沟村硬化2.1公里，全村受益120户。")
    assert [one.organisation for one in figures][:2] == ["王家湾村", "李家沟村"]


def test_organisations_of_the_tree_are_found_by_name() -> None:
    context = CheckingContext(organisations=frozenset({"示例县", "红旗"}))
    (one,) = figures_in("其中红旗新修水渠3公里。", context)
    assert one.organisation == "红旗"


def test_a_list_of_villages_is_dealt_out_in_order() -> None:
    figures = figures_in("甲、乙、丙三村新增脱贫户分别为3户、4户、5户。")
    assert [one.organisation for one in figures] == ["甲村", "乙村", "丙村"]
    assert {one.subject for one in figures} == {"新增脱贫户"}


@pytest.mark.parametrize(
    ("sentence", "word"),
    [
        ("近3000人", "近"),
        ("超过20户", "超过"),
        ("不足20户", "不足"),
        ("达到100万元以上", "以上"),
        ("100户左右", "左右"),
        ("640余人", "余"),
        ("200多人", "多"),
        ("上百户", "以上"),
        ("至少12次", "至少"),
        ("逾20亩", "超"),
        ("12户", ""),
        ("每月上交12元", ""),
    ],
)
def test_the_word_that_makes_a_figure_less_than_exact(sentence: str, word: str) -> None:
    (one,) = figures_in(f"共计涉及{sentence}。")
    assert (one.word, one.approx) == (word, word != "")


@pytest.mark.parametrize(
    ("sentence", "step"),
    [
        ("5.27万亩", "100"),
        ("640人", "1"),
        ("1.3公里", "100"),
        ("98.6%", "0.1"),
        ("3公顷", "15"),
        ("三万元", "10000"),
        ("3千元", "1000"),
        ("4.50万元", "100"),
    ],
)
def test_the_step_is_what_the_last_written_digit_is_worth(sentence: str, step: str) -> None:
    (one,) = figures_in(f"完成{sentence}。")
    assert one.step == Decimal(step)


@pytest.mark.parametrize(
    ("sentence", "per"),
    [
        ("每亩补贴500元", "亩"),
        ("人均收入1.3万元", "人"),
        ("补贴40元/亩", "亩"),
        ("每人每月发放120元", "人·月"),
        ("租金300元/人·月", "人·月"),
        ("发放120元", ""),
    ],
)
def test_a_standard_says_what_it_is_counted_by(sentence: str, per: str) -> None:
    (one,) = figures_in(f"按照标准，{sentence}。")
    assert one.per == per


def test_qualifiers_are_kept() -> None:
    (one,) = figures_in("全年累计发放补贴30万元。")
    assert one.qualifiers == ("全年", "累计")


def test_a_number_cut_by_residue_leads_back_to_the_draft() -> None:
    text = "发放补贴2##paidbegin##3.5万元。"
    (one,) = figures_in(text)
    assert text[one.start : one.end] == one.text == "2##paidbegin##3.5万元"
    assert (one.value, one.number) == (Decimal(235000), "23.5")


def test_a_printed_line_may_break_between_number_and_unit() -> None:
    figures = figures_in("全年共计发放各类惠农补贴资金达到1246.34\n万元，惠及农户。")
    assert [shown(one) for one in figures] == ["1246.34\n万元=12463400 元"]


def test_a_number_alone_in_a_cell_is_no_figure() -> None:
    assert figures_in("户数\n12\n个体经营\n") == ()


def test_the_width_of_the_percent_sign_is_kept() -> None:
    wide, narrow = figures_in("甲为20％，乙为30%。")
    assert (wide.unit, wide.raw_unit, narrow.unit) == ("％", "％", "%")


def test_an_office_without_word_lists_still_reads_the_units() -> None:
    bare = Lexicon(units=Units(shipped_catalogue().units))
    (one,) = read_figures(read("种植玉米300亩。"), (), bare, CheckingContext())
    assert one.value == 300


@pytest.mark.parametrize(
    ("written", "value"),
    [
        ("十", "10"),
        ("二十三", "23"),
        ("一百零五", "105"),
        ("三百五", "350"),
        ("一万三千", "13000"),
        ("两亿三千万", "230000000"),
        ("三万亿", "3000000000000"),
        ("三点五", "3.5"),
        ("三点五万", "35000"),
        ("二〇二三", "2023"),
        ("万一", None),
        ("一三百", None),
        ("十百", None),
        ("三万五亿", None),
        ("三点百", None),
    ],
)
def test_chinese_numerals(written: str, value: str | None) -> None:
    assert parse_chinese(written) == (None if value is None else Decimal(value))


def test_units_of_length_and_land_have_a_common_base() -> None:
    assert base_of("公里") == ("米", Decimal(1000))
    assert base_of("公顷") == ("亩", Decimal(15))
    assert base_of("吨") == ("吨", Decimal(1))


def test_blanking_keeps_places() -> None:
    text = "严格落实三会一课制度，召开会议12次。"
    plain, _ = put_aside(text, LEXICON)
    assert len(plain) == len(text)
    assert "三会一课" not in plain
    assert plain.index("12") == text.index("12")


_PIECES = st.sampled_from(
    [
        "一",
        "二",
        "两",
        "三",
        "十",
        "百",
        "千",
        "万",
        "亿",
        "半",
        "几",
        "数",
        "余",
        "多",
        "来",
        "0",
        "1",
        "23",
        "4.5",
        "1,234",
        "２",
        "X",
        "XX",
        "**",
        "××",
        "（",
        "）",
        "(",
        ")",
        "“",
        "”",
        "《",
        "》",
        "个",
        "户",
        "人",
        "亩",
        "元",
        "万元",
        "公里",
        "%",
        "％",
        "成",
        "个百分点",
        "年",
        "月",
        "日",
        "村",
        "组",
        "第",
        "由",
        "从",
        "到",
        "至",
        "—",
        "-",
        "~",
        "、",
        "，",
        "。",
        "；",
        "：",
        "\n",
        "/",
        ":",
        "分别",
        "每",
        "人均",
        "同比",
        "增长",
        "计划",
        "甲村",
        "冷库",
        "新建",
        "以上",
        "左右",
        "近",
        "约",
        "##paidbegin##",
        "百分之",
        "分之",
        "点",
        "排名",
        "位居",
        "名",
        "比例",
        "上",
        "号",
        "#",
        "N",
        "___",
    ]
)


@settings(max_examples=400, deadline=None)
@given(st.lists(_PIECES | st.text(max_size=3), max_size=40).map("".join))
def test_any_text_gives_figures_at_valid_places(text: str) -> None:
    end = 0
    reading = read(text)
    for one in read_figures(reading, (), LEXICON, CheckingContext()):
        assert end <= one.start < one.end <= len(text)
        assert text[one.start : one.end] == one.text
        assert reading.back(*one.at) == (one.start, one.end)
        assert one.value is None or one.value.is_finite()
        end = one.end


@pytest.mark.parametrize(
    "piece",
    [
        "9",
        "x",
        "一",
        "万亿",
        "“",
        "3、",
        "3户",
        "（）个",
        "由3个",
        "每",
        "1:2",
        "第",
        "*",
        "甲、",
        "列",
        "1,",
        "分之",
    ],
)
def test_time_grows_with_the_length_of_the_text(piece: str) -> None:
    def seconds(length: int) -> float:
        reading = read(piece * (length // len(piece)))
        begin = time.process_time()
        read_figures(reading, (), LEXICON, CheckingContext())
        return time.process_time() - begin

    short = max(min(seconds(4_000) for _ in range(3)), 0.002)
    assert seconds(40_000) < 25 * short
