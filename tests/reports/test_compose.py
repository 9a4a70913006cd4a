"""Composition: what stands, what is left out, how it is numbered and punctuated."""

from __future__ import annotations

from decimal import Decimal

import pytest

from shuzhi.core.definitions import (
    EachDef,
    ParagraphDef,
    PointDef,
    ReportDef,
    SectionDef,
    SentenceDef,
    Text,
)
from shuzhi.core.figures import Figure, FigureId, Trace, TraceRow
from shuzhi.core.problems import ProblemsError
from shuzhi.core.quantities import Units
from shuzhi.core.reports import (
    EMPTY_SECTION,
    Heading,
    SlotIdentity,
    annex,
    annex_of,
    check_report,
    identity_text,
    mask_identifiers,
    parse_tag,
    tag_of,
    trace_figures,
)

from .sample_report import (
    INDICATORS,
    VILLAGE,
    DictSource,
    composed,
    first_paragraph,
    make_catalogue,
    paragraph_report,
    period,
    section_report,
    sentence_report,
)

# ── slots ─────────────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("template", "values", "expected"),
    [
        ("现有果园{orchard_area:亩}。", {"orchard_area": "601.5"}, "现有果园601.5亩。"),
        ("现有果园{orchard_area}。", {"orchard_area": "601.5"}, "现有果园601.5亩。"),
        ("果园面积（亩）：{orchard_area:}。", {"orchard_area": "601.5"}, "果园面积（亩）：601.5。"),
        ("硬化道路{road_hardened}。", {"road_hardened": "1920"}, "硬化道路1.92公里。"),
        ("硬化道路{road_hardened:米}。", {"road_hardened": "1920"}, "硬化道路1920米。"),
        ("兑付{subsidy_paid:万元}。", {"subsidy_paid": "113870"}, "兑付11.387万元。"),
        ("无纠纷，即{disputes}。", {"disputes": "0"}, "无纠纷，即0户。"),
        ("写稿{articles|余100}。", {"articles": "123"}, "写稿100余篇。"),
        ("写稿{articles|余100}。", {"articles": "200"}, "写稿200篇。"),
        ("写稿{articles|多100}。", {"articles": "123"}, "写稿100多篇。"),
        ("写稿{articles|以上10}。", {"articles": "123"}, "写稿120篇以上。"),
        ("写稿{articles|近10}。", {"articles": "98"}, "写稿近100篇。"),
        ("上半年写稿{articles@h1}。", {"articles@2023H1": "7"}, "上半年写稿7篇。"),
        ("上年写稿{articles@previous}。", {"articles@2022": "5"}, "上年写稿5篇。"),
        ("累计写稿{articles@since2019}。", {"articles@2019..2023": "31"}, "累计写稿31篇。"),
        ("历来写稿{articles@total}。", {"articles@..2023": "90"}, "历来写稿90篇。"),
        ("明年写稿{articles@next!target}。", {"articles!target@2024": "40"}, "明年写稿40篇。"),
        (
            "明年上半年{articles@h1next!target}。",
            {"articles!target@2024H1": "9"},
            "明年上半年9篇。",
        ),
        ("年初定{articles!target}。", {"articles!target@2023": "30"}, "年初定30篇。"),
        ("每亩{parameter.grain_standard:元}。", {}, "每亩500元。"),
        (
            "{year}年、{next_year}年，{superior}{organisation}。",
            {},
            "2023年、2024年，禾溪镇禾溪村。",
        ),
    ],
)
def test_a_slot_prints_its_figure(template, values, expected):
    assert first_paragraph(sentence_report(template), DictSource(values)) == expected


def test_every_printed_figure_is_numbered_in_the_order_of_reading():
    report = sentence_report("有{households}{persons}。", "缺{disputes}。", "果园{orchard_area}。")
    values = {"households": "71", "persons": "331", "orchard_area": "9"}

    figures = composed(report, DictSource(values)).figures

    assert [(run.number, run.text) for run in figures] == [(1, "71户"), (2, "331人"), (3, "9亩")]
    assert figures[2].figure.id == FigureId("orchard_area", VILLAGE.code, period("2023"))


# ── omission ──────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_sentence_with_an_unknown_figure_is_left_out_and_listed():
    report = sentence_report("硬化道路{road_hardened}。", "现有果园{orchard_area}。")

    made = composed(report, DictSource({"orchard_area": "9"}))

    assert made.sections[0].paragraphs[0].text == "现有果园9亩。"
    (missing,) = made.missing
    assert (missing.indicator, missing.title, missing.organisation, missing.period, missing.ledger) == (
        "road_hardened", "硬化道路", "禾溪村", "2023年", "道路台账",
    )  # fmt: skip
    assert missing.sentence == "硬化道路〔硬化道路〕。"


def test_a_derived_figure_that_is_missing_names_the_ledgers_behind_it():
    (missing,) = composed(sentence_report("户均{orchard_share}。")).missing

    assert missing.ledger == "果园台账、人口台账"


def test_an_optional_sentence_is_left_out_without_being_listed():
    report = sentence_report(SentenceDef("硬化道路{road_hardened}。", optional=True), "全村团结。")

    made = composed(report)

    assert made.sections[0].paragraphs[0].text == "全村团结。"
    assert made.missing == ()
    (left_out,) = made.optional_missing
    assert (left_out.title, left_out.ledger, left_out.sentence) == (
        "硬化道路", "道路台账", "硬化道路〔硬化道路〕。",
    )  # fmt: skip


@pytest.mark.parametrize(
    ("sentence", "source", "is_empty"),
    [
        ("全村团结。", DictSource(), True),
        ("果园{orchard_area}。", DictSource(), True),
        ("果园{orchard_area}。", DictSource({"orchard_area": "0"}), False),
        ("补贴每亩{parameter.grain_standard}。", DictSource(), True),
        ("果园要到{orchard_area@next!target}。", DictSource({"orchard_area!target@2024": "9"}), True),
        (
            SentenceDef("有{each}。", each=EachDef("rows", "{problem}", ledger="rectification")),
            DictSource(ledger_rows={"rectification": [{"problem": "渠道淤塞"}]}),
            False,
        ),
    ],
)  # fmt: skip
def test_a_report_is_empty_until_something_of_the_books_stands_in_it(sentence, source, is_empty):
    assert composed(sentence_report(sentence), source).is_empty is is_empty


def test_an_unknown_parameter_and_target_are_listed_with_their_reason():
    report = sentence_report("每亩{parameter.grain_standard}。", "定{articles!target}。")

    made = composed(report, DictSource({"no_parameters": "1"}))

    assert [(one.reason, one.title) for one in made.missing] == [
        ("parameter", "种粮补贴标准"),
        ("target", "宣传稿件"),
    ]
    assert made.missing[1].ledger == "目标台账"


def test_headings_are_numbered_without_gaps_after_omission():
    def section(heading, text, *inner):
        return SectionDef(heading, (ParagraphDef((SentenceDef(text),)),), inner)

    report = section_report(
        section(
            "甲",
            "果园{orchard_area}。",
            section("甲一", "道路{road_hardened}。"),
            section("甲二", "好。"),
        ),
        section("乙", "道路{road_hardened}。"),
        section(
            "丙",
            "好。",
            section("丙一", "好。", section("丙一一", "好。", section("丙一一一", "好。"))),
        ),
    )

    headings = [
        block.number + block.text
        for block in composed(report, DictSource({"orchard_area": "9"})).blocks()
        if isinstance(block, Heading)
    ]

    assert headings == ["一、甲", "（一）甲二", "二、丙", "（一）丙一", "1.丙一一", "（1）丙一一一"]


def test_a_required_section_stays_says_so_and_is_listed():
    sentence = SentenceDef("道路{road_hardened}。")
    report = section_report(SectionDef("基础设施", (ParagraphDef((sentence,)),), required=True))

    made = composed(report)

    assert made.sections[0].paragraphs[0].text == EMPTY_SECTION
    assert [(one.reason, one.title) for one in made.missing] == [
        ("figure", "硬化道路"),
        ("section", "基础设施"),
    ]
    assert made.missing[1].ledger == "道路台账"


@pytest.mark.parametrize(
    ("condition", "values", "stands", "listed"),
    [
        ("articles > 5", {"articles": "6"}, True, 0),
        ("articles > 5", {"articles": "5"}, False, 0),
        ("articles == 0", {"articles": "0"}, True, 0),
        ("articles > 5", {}, False, 1),
        ("road_hardened >= 1000", {"road_hardened": "1000"}, True, 0),
        ("articles > 5 and disputes == 0", {"articles": "6"}, False, 1),
    ],
)
def test_a_condition_decides_whether_a_sentence_appears(condition, values, stands, listed):
    made = composed(sentence_report(SentenceDef("成绩很好。", when=condition)), DictSource(values))

    assert bool(made.sections) is stands
    assert len(made.missing) == listed


# ── points and punctuation ────────────────────────────────────────────────────────────────────────────────────────────


def _points(*texts: str | tuple[str, str], lead: str = "") -> ReportDef:
    points = tuple(
        PointDef((SentenceDef(text),))
        if isinstance(text, str)
        else PointDef((SentenceDef(text[1]),), lead=text[0])
        for text in texts
    )
    return paragraph_report(ParagraphDef(points=points, lead=lead))


@pytest.mark.parametrize(
    ("report", "expected"),
    [
        (_points("抓党建", "抓产业。", "抓民生；"), "一是抓党建；二是抓产业；三是抓民生。"),
        (_points("抓党建", "硬化道路{road_hardened}。", "抓民生"), "一是抓党建；二是抓民生。"),
        (_points("抓党建", "硬化道路{road_hardened}。"), "抓党建。"),
        (
            _points(("抓产业", "果园{orchard_area}。"), "抓民生"),
            "一是抓产业。果园9亩。二是抓民生。",
        ),
        (
            _points(("抓产业，", "果园{orchard_area}"), "抓民生"),
            "一是抓产业，果园9亩；二是抓民生。",
        ),
        (_points(("抓道路，", "硬化{road_hardened}"), "抓民生"), "抓民生。"),
        (_points("抓党建", "抓产业", lead="2024年重点"), "2024年重点：一是抓党建；二是抓产业。"),
        (_points("抓党建！", "抓产业", lead="重点是："), "重点是：一是抓党建！二是抓产业。"),
    ],
)
def test_points_are_numbered_and_punctuated(report, expected):
    assert first_paragraph(report, DictSource({"orchard_area": "9"})) == expected


@pytest.mark.parametrize(
    ("texts", "expected"),
    [
        (("全村有{households}", "果园{orchard_area}"), "全村有71户。果园9亩。"),
        (("全村有{households}，", "果园{orchard_area}。"), "全村有71户，果园9亩。"),
        (
            ("全村有{households}，", "硬化{road_hardened}，", "果园{orchard_area}。"),
            "全村有71户，果园9亩。",
        ),
        (("全村有{households}，", "硬化{road_hardened}。"), "全村有71户。"),
        (("大家说：“好。”", "果园{orchard_area}；"), "大家说：“好。”果园9亩。"),
        (("情况如下：",), "情况如下："),
    ],
)
def test_marks_neither_double_nor_dangle(texts, expected):
    source = DictSource({"households": "71", "orchard_area": "9"})

    assert first_paragraph(sentence_report(*texts), source) == expected


def test_a_paragraphs_lead_is_kept_only_where_a_sentence_stands():
    sentences = (SentenceDef("硬化道路{road_hardened}。"),)
    report = paragraph_report(ParagraphDef(sentences=sentences, lead="一年来"))

    assert first_paragraph(report) == ""
    assert (
        first_paragraph(report, DictSource({"road_hardened": "500"})) == "一年来，硬化道路0.5公里。"
    )


# ── repeated parts ────────────────────────────────────────────────────────────────────────────────────────────────────


def _each(sentence: str = "其中{each}。", **keywords) -> ReportDef:
    return sentence_report(SentenceDef(sentence, each=EachDef(**keywords)))


def test_a_breakdown_lists_its_parts_as_figures():
    report = _each(over="breakdown", indicator="orchard_area", by="kind", text="{label}{value:亩}")
    source = DictSource(parts={"orchard_area": [("丰产园", "183"), ("撤销", "0"), ("", "2.5")]})

    made = composed(report, source)

    assert made.sections[0].paragraphs[0].text == "其中丰产园183亩、未注明2.5亩。"
    assert made.figures[0].figure.id.breakdown == ("kind", "丰产园")
    assert made.figures[0].title == "果园面积（丰产园）"


@pytest.mark.parametrize("parts", [[], [("丰产园", None)], [("丰产园", "0")]])
def test_a_breakdown_without_known_parts_is_listed(parts):
    report = _each(over="breakdown", indicator="orchard_area", by="kind", text="{label}{value}")

    made = composed(report, DictSource(parts={"orchard_area": parts}))

    assert made.sections == ()
    assert [(one.reason, one.title) for one in made.missing] == [("breakdown", "果园面积")]


def test_rows_are_quoted_sorted_limited_and_never_with_a_blank():
    rows = [
        {"problem": "渠道淤塞。", "found": "2023-08-01", "loss": "2000"},
        {"problem": "路灯损坏", "found": "2023-03-05", "loss": "15000"},
        {"problem": "账目不清", "found": "2023-01-05"},
        {"problem": "标牌陈旧", "found": "2023-02-05", "loss": "300"},
    ]
    report = _each(
        "存在{each}等问题。",
        over="rows",
        ledger="rectification",
        text="{found}发现的{problem}（{loss:万元}）",
        order="-loss",
        limit=2,
        join="；",
    )

    text = first_paragraph(report, DictSource(ledger_rows={"rectification": rows}))

    assert (
        text
        == "存在2023年3月5日发现的路灯损坏（1.5万元）；2023年8月1日发现的渠道淤塞（0.2万元）等问题。"
    )


def test_no_row_to_quote_is_listed():
    (missing,) = composed(_each(over="rows", ledger="rectification", text="{problem}")).missing

    assert (missing.reason, missing.ledger) == ("rows", "整改台账")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("{title}达到{value:unit}", "明年宣传稿件达到40篇、硬化道路达到2公里。"),
        ("{title}（{unit}）{value}", "明年宣传稿件（篇）40、硬化道路（公里）2。"),
    ],
)
def test_next_years_targets_are_listed_as_figures(text, expected):
    values = {"articles!target@2024": "40", "road_hardened!target@2024": "2000"}
    source = DictSource(values, promised=("articles", "road_hardened"))

    made = composed(_each("明年{each}。", over="targets", text=text), source)

    assert made.sections[0].paragraphs[0].text == expected
    assert {run.figure.id.kind for run in made.figures} == {"target"}
    assert {run.figure.id.period for run in made.figures} == {period("2024")}


def test_no_target_promised_is_listed():
    (missing,) = composed(_each("明年{each}。", over="targets", text="{title}{value}")).missing

    assert (missing.reason, missing.period, missing.ledger) == ("targets", "2024年", "目标台账")


# ── the whole ─────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_the_whole_report_reads_in_order():
    report = ReportDef(
        key="whole",
        title=Text("述职"),
        level="village",
        heading="{organisation}{year}年工作述职报告",
        addressee="{superior}党委：",
        lead=(ParagraphDef((SentenceDef("现述职如下："),)),),
        sections=(SectionDef("工作", (ParagraphDef((SentenceDef("果园{orchard_area}。"),)),)),),
        closing=(ParagraphDef((SentenceDef("谢谢大家！"),)),),
        signature="{organisation}党支部",
    )

    made = composed(report, DictSource({"orchard_area": "9"}))

    assert made.plain_text().splitlines() == [
        "禾溪村2023年工作述职报告",
        "禾溪镇党委：",
        "现述职如下：",
        "一、工作",
        "果园9亩。",
        "谢谢大家！",
        "禾溪村党支部",
        "2024年1月5日",
    ]
    assert made.as_of == 42


@pytest.mark.parametrize(
    ("report", "codes"),
    [
        (sentence_report("果园{orchard_area。"), ["REPORT_001"]),
        (sentence_report("果园{orchard_area@quarter}。"), ["REPORT_001"]),
        (sentence_report("果园{orchards}。"), ["REPORT_003"]),
        (sentence_report("标准{parameter.nothing}。"), ["REPORT_003"]),
        (sentence_report("果园{orchard_area:公里}。"), ["REPORT_004"]),
        (sentence_report("果园{orchard_area:方}。"), ["REPORT_004"]),
        (sentence_report("果园{orchard_area|大约5}。"), ["QUANTITY_010"]),
        (sentence_report("其中{each}。"), ["REPORT_006"]),
        (_each(over="rows", ledger="nothing", text="{problem}"), ["REPORT_005"]),
        (_each(over="breakdown", indicator="nothing", by="kind", text="{label}"), ["REPORT_003"]),
        (_each(over="rows", ledger="rectification", text="{nothing}"), ["REPORT_003"]),
        (sentence_report("销售{expected_sales}。"), ["REPORT_008"]),
        (sentence_report("预计销售{expected_sales}。"), []),
        (sentence_report(SentenceDef("好。", when="nothing > 1")), ["REPORT_003"]),
        (sentence_report(SentenceDef("好。", when="articles >")), ["FORMULA_001"]),
        (
            sentence_report(SentenceDef("好。", when="articles > last_year(articles)")),
            ["REPORT_009"],
        ),
        (sentence_report("甲{a}。", "乙{b}。"), ["REPORT_003", "REPORT_003"]),
        (section_report(SectionDef("有{orchard_area}")), ["REPORT_002"]),
    ],
)
def test_everything_wrong_with_a_template_is_collected(report, codes):
    catalogue = make_catalogue()

    problems = check_report(report, catalogue, Units(catalogue.units))

    assert [problem.code for problem in problems] == codes
    assert all(problem.place.path for problem in problems)
    if codes:
        with pytest.raises(ProblemsError):
            composed(report)


# ── identities ────────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    "identity",
    [
        SlotIdentity(FigureId("orchard_area", "990101101201", period("2023")), "亩"),
        SlotIdentity(FigureId("articles", "990101101", period("2023H1")), "篇", "余100"),
        SlotIdentity(FigureId("articles", "990101", period("2019..2023"), "target"), "%"),
        SlotIdentity(FigureId("grain_standard", "990101", period("..2023"), "parameter"), "万元"),
        SlotIdentity(
            FigureId("a", "9", period("2023-07"), "actual", ("kind", "幼|园=#%25")), "亩", "", True
        ),
    ],
)
def test_a_tag_gives_its_identity_back(identity):
    assert len(tag_of(identity)) <= 64
    assert parse_tag(tag_of(identity)) == identity


def test_a_long_identity_gets_a_short_tag_and_keeps_its_full_text():
    figure = FigureId("k" * 60, "990101101201", period("2023"), "actual", ("kind", "某" * 30))
    identity = SlotIdentity(figure, "亩")

    assert len(tag_of(identity)) <= 64
    assert parse_tag(tag_of(identity)) is None
    assert parse_tag(identity_text(identity)) == identity


@pytest.mark.parametrize(
    "text", ["", "s1", "s1|a|b|2023|x|亩|", "s1|a|b|20x3|a|亩|", "s2|a|b|2023|a|亩|", "title"]
)
def test_a_foreign_or_damaged_tag_is_no_identity(text):
    assert parse_tag(text) is None


# ── the annex ─────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_the_annex_leads_each_figure_to_rows_that_sum_to_it():
    report = sentence_report("果园{orchard_area}，户均{orchard_share}。", "又{orchard_area}。")
    source = DictSource({"orchard_area": "600", "households": "100", "orchard_share": "6"})
    made = composed(report, source)
    catalogue = make_catalogue()

    first, share, again = annex(
        made, trace_figures(made, source), catalogue, Units(catalogue.units), rows=1
    )

    assert (first.number, first.text, first.title, first.organisation, first.period) == (
        1, "600亩", "果园面积", "禾溪村", "2023年",
    )  # fmt: skip
    (ledger,) = first.ledgers
    assert (ledger.title, ledger.count, ledger.omitted, ledger.total) == ("果园台账", 2, 1, "600亩")
    assert ledger.rows[0].amount == "200亩"
    assert "13800001234" not in ledger.rows[0].label
    assert [one.text for one in share.inputs] == ["600亩", "100户"]
    assert share.inputs[1].ledgers[0].title == "人口台账"
    assert (again.number, again.tag, again.same_as) == (3, first.tag, 1)
    assert again.sources_in_words() == ("同第1项。",)


TOWN = "990101101000"
PLACES = {TOWN: "禾溪镇", "990101101201": "禾溪村", "990101101202": "云溪村"}


def town_figure(key: str = "orchard_area", organisation: str = TOWN, code: str = "2023") -> Figure:
    identity = FigureId(key, organisation, period(code))
    return Figure(identity, Decimal(100), "亩", INDICATORS[key].title.zh, 42)


def town_row(record: int, village: str = "990101101201", **keywords) -> TraceRow:
    made = {"label": f"{record:03d}", "amount": Decimal(10), "date": "2023-05-01"} | keywords
    return TraceRow("orchard", village, record, 1, record, 202305, **made)


class Traced(DictSource):
    """Figures of a township with traces as given, by indicator."""

    def __init__(self, **traces: Trace):
        super().__init__()
        self.traces = traces

    def figure(self, identity):
        return self.traces[identity.indicator].figure

    def trace(self, figure):
        return self.traces[figure.id.indicator]


def town_annex(*keys: str, **traces: Trace):
    identities = [
        identity_text(SlotIdentity(traces[key].figure.id, traces[key].figure.unit)) for key in keys
    ]
    catalogue = make_catalogue()
    source = Traced(**traces)
    return annex_of(identities, source, catalogue, Units(catalogue.units), organisations=PLACES)


def test_rows_of_other_organisations_are_named_with_them():
    rows = (
        town_row(1),
        town_row(2, "990101101202", label="云溪村合作社"),
        town_row(3, TOWN, adjusting=True),
    )

    (entry,) = town_annex("orchard_area", orchard_area=Trace(town_figure(), "Σ", rows))

    assert entry.sources_in_words() == (
        "果园台账3行，合计30亩：禾溪村001（2023.5.1）10亩；云溪村合作社（2023.5.1）10亩；003（2023.5.1，调整）10亩。",
    )


def test_a_long_list_shows_two_rows_and_how_many_more_there_are():
    rows = tuple(town_row(number, TOWN) for number in range(1, 11))

    (entry,) = town_annex("orchard_area", orchard_area=Trace(town_figure(), "Σ", rows))

    assert entry.sources_in_words() == (
        "果园台账10行，合计100亩：001（2023.5.1）10亩；002（2023.5.1）10亩；另8行。",
    )


def test_rows_that_count_one_each_need_no_amount():
    rows = tuple(town_row(number, TOWN, amount=Decimal(1)) for number in (1, 2))

    (entry,) = town_annex("orchard_area", orchard_area=Trace(town_figure(), "Σ", rows))

    assert entry.sources_in_words() == ("果园台账2行，合计2亩：001（2023.5.1）；002（2023.5.1）。",)


def test_a_single_row_says_its_amount_once():
    (entry,) = town_annex(
        "orchard_area", orchard_area=Trace(town_figure(), "Σ", (town_row(1, amount=None),))
    )

    assert entry.sources_in_words() == ("果园台账1行：禾溪村001（2023.5.1）空白。",)


def test_the_same_rows_behind_another_figure_are_not_listed_again():
    rows = (town_row(1), town_row(2))
    other = (town_row(1), town_row(3))

    first, second, third, fourth = town_annex(
        "orchard_area", "greenhouses", "articles", "orchard_area",
        orchard_area=Trace(town_figure(), "Σ", rows),
        greenhouses=Trace(town_figure("greenhouses"), "Σ", rows),
        articles=Trace(town_figure("articles"), "Σ", other),
    )  # fmt: skip

    assert "禾溪村001" in first.sources_in_words()[0]
    assert second.sources_in_words() == ("果园台账2行（同第1项），合计20亩。",)
    assert "禾溪村003" in third.sources_in_words()[0]
    assert fourth.sources_in_words() == ("同第1项。",)


def test_the_same_rows_in_another_period_are_listed_again():
    rows = (town_row(1), town_row(2))

    _, second = town_annex(
        "orchard_area", "greenhouses",
        orchard_area=Trace(town_figure(), "Σ", rows),
        greenhouses=Trace(town_figure("greenhouses", code="2022"), "Σ", rows),
    )  # fmt: skip

    assert second.ledgers[0].same_as == 0


@pytest.mark.parametrize(
    "explanation",
    [
        "户均果园 = orchard_area / households",
        "count_units('village', coalesce(orchard_area, 0) > 0)",
        "a / b == 1",
    ],
)
def test_a_derived_figure_is_explained_by_its_inputs_and_never_by_an_expression(explanation):
    inputs = (
        Trace(town_figure("orchard_area"), "Σ", (town_row(1), town_row(2))),
        Trace(town_figure("persons"), "Σ", (town_row(1),)),
    )

    (entry,) = town_annex(
        "orchard_share", orchard_share=Trace(town_figure("orchard_share"), explanation, (), inputs)
    )

    said = "由果园面积（100亩，果园台账2行）、总人数（100亩，果园台账1行）计算"
    assert entry.explanation == said
    assert entry.sources_in_words() == (f"{said}。",)


def test_inputs_of_many_units_are_summed_up_and_a_row_counts_once():
    villages = ("990101101201", "990101101202", "990101101203", "990101101204")
    inputs = tuple(
        Trace(
            town_figure("orchard_area", village), "Σ", (town_row(7, village), town_row(8, village))
        )
        for village in villages
    )
    shared = Trace(town_figure("persons", code="2022"), "Σ", (town_row(9),))

    (entry,) = town_annex(
        "orchard_share",
        orchard_share=Trace(town_figure("orchard_share"), "x_y", (), (*inputs, shared, shared)),
    )  # fmt: skip

    assert entry.sources_in_words() == (
        "由果园面积（禾溪村100亩、云溪村100亩等4个，果园台账8行）、总人数（2022年100亩、2022年100亩，果园台账1行）计算。",
    )


def test_a_plain_explanation_is_kept_and_a_parameters_always():
    derived = Trace(town_figure("orchard_share"), "果园面积 ÷ 总户数", (), ())
    identity = FigureId("grain_standard", TOWN, period("2023"), "parameter")
    parameter = Trace(
        Figure(identity, Decimal(500), "元", "种粮补贴标准", 42), "依据：shuzhi_1号文。"
    )

    plain, rule = town_annex(
        "orchard_share", "grain_standard", orchard_share=derived, grain_standard=parameter
    )

    assert plain.sources_in_words() == ("果园面积 ÷ 总户数。",)
    assert rule.sources_in_words() == ("依据：shuzhi_1号文。",)


def test_a_text_that_is_no_identity_has_no_annex_entry():
    with pytest.raises(ValueError, match="no identity"):
        annex_of(["no identity"], DictSource(), make_catalogue(), Units({}))


@pytest.mark.parametrize(
    ("text", "masked"),
    [
        ("甲某 11010519491231002X", "甲某 110105********002X"),
        ("13812345678", "138****5678"),
        ("990101101201", "990101101201"),
        ("编号202300138123456789", "编号202300********6789"),
    ],
)
def test_identifiers_are_masked(text, masked):
    assert mask_identifiers(text) == masked


def test_figures_are_asked_for_once():
    asked = []

    class Counting(DictSource):
        def figure(self, identity):
            asked.append(identity)
            return super().figure(identity)

    composed(sentence_report("{orchard_area}、{orchard_area}。"), Counting({"orchard_area": "1"}))

    assert len(asked) == 1
    assert asked[0].period == period("2023")
    assert Decimal(1) == Counting({"orchard_area": "1"}).figure(asked[0]).value
