"""An invented village, its catalogue and its figures, for the tests of reports."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal

from shuzhi.core.definitions import (
    Basis,
    Catalogue,
    EachDef,
    FieldDef,
    IndicatorDef,
    LedgerDef,
    ParagraphDef,
    ParameterDef,
    ParameterValueDef,
    PointDef,
    ReportDef,
    SectionDef,
    SentenceDef,
    TargetTrait,
    Text,
    UnitDef,
)
from shuzhi.core.figures import Figure, FigureId, RowView, Trace, TraceRow
from shuzhi.core.periods import Period, format_period, parse_period
from shuzhi.core.quantities import Units
from shuzhi.core.reports import ComposedReport, OrganisationName, compose, trace_figures

VILLAGE = OrganisationName(
    "990101101201", "禾溪村", "云岭县禾溪镇禾溪村", superior="禾溪镇", level="village"
)

UNITS = {
    unit.key: unit
    for unit in (
        UnitDef("亩", "亩"),
        UnitDef("元", "元"),
        UnitDef("万元", "元", Decimal(10000)),
        UnitDef("米", "米"),
        UnitDef("公里", "米", Decimal(1000)),
        UnitDef("户", "户"),
        UnitDef("人", "人"),
        UnitDef("座", "座"),
        UnitDef("篇", "篇"),
        UnitDef("%", "%"),
    )
}


def _ledger(
    key: str, title: str, *fields: FieldDef, targets: TargetTrait | None = None
) -> LedgerDef:
    return LedgerDef(
        key=key,
        title=Text(title),
        area="test",
        kept_by=("village",),
        nature="journal",
        fields=fields,
        targets=targets,
    )


LEDGERS = {
    ledger.key: ledger
    for ledger in (
        _ledger("orchard", "果园台账", FieldDef("kind", Text("类型"))),
        _ledger("road", "道路台账"),
        _ledger("subsidy", "补贴台账"),
        _ledger("publicity", "宣传台账"),
        _ledger("population", "人口台账"),
        _ledger(
            "rectification",
            "整改台账",
            FieldDef("problem", Text("问题")),
            FieldDef("found", Text("发现日期"), type="date"),
            FieldDef("loss", Text("金额"), type="quantity", unit="元"),
        ),
        _ledger("target", "目标台账", targets=TargetTrait()),
    )
}

_INDICATORS = (
    ("orchard_area", "果园面积", "亩", "stock", "sum(area)", "orchard"),
    ("greenhouses", "钢架大棚", "座", "stock", "sum(number)", "orchard"),
    ("road_hardened", "硬化道路", "公里", "flow", "sum(length)", "road"),
    ("subsidy_paid", "兑付补贴", "元", "flow", "sum(amount)", "subsidy"),
    ("articles", "宣传稿件", "篇", "flow", "count()", "publicity"),
    ("households", "总户数", "户", "stock", "count()", "population"),
    ("persons", "总人数", "人", "stock", "sum(members)", "population"),
    ("disputes", "矛盾纠纷", "户", "flow", "count()", "population"),
    ("orchard_share", "户均果园", "亩", "derived", "orchard_area / households", ""),
    ("expected_sales", "预计销售额", "元", "flow", "sum(amount)", "subsidy"),
)
INDICATORS = {
    key: IndicatorDef(
        key=key,
        title=Text(title),
        unit=unit,
        nature=nature,  # type: ignore[arg-type]
        value=value,
        source=source,
        forecast=key == "expected_sales",
    )
    for key, title, unit, nature, value, source in _INDICATORS
}
PARAMETERS = {
    "grain_standard": ParameterDef(
        key="grain_standard",
        title=Text("种粮补贴标准"),
        unit="元",
        values=(ParameterValueDef("2023-01-01", Decimal(500), Basis("县定标准")),),
    )
}


def make_catalogue() -> Catalogue:
    return Catalogue(
        units=dict(UNITS),
        ledgers=dict(LEDGERS),
        indicators=dict(INDICATORS),
        parameters=dict(PARAMETERS),
    )


def base_unit(key: str) -> str:
    return UNITS[INDICATORS[key].unit].base


@dataclass
class DictSource:
    """Figures from a dict: ``"orchard_area"`` or ``"orchard_area@2023H1"`` or ``"orchard_area!target@2024"`` → value."""

    values: Mapping[str, str | None] = field(default_factory=dict)
    parts: Mapping[str, Sequence[tuple[str, str | None]]] = field(default_factory=dict)
    ledger_rows: Mapping[str, Sequence[Mapping[str, object]]] = field(default_factory=dict)
    promised: Sequence[str] = ()
    as_of: int = 42

    def figure(self, identity: FigureId) -> Figure:
        if identity.kind == "parameter":
            parameter = PARAMETERS[identity.indicator]
            value = parameter.values[-1].value if "no_parameters" not in self.values else None
            return Figure(identity, value, "元", parameter.title.zh, self.as_of)
        if identity.breakdown is not None:
            parts = dict(self.parts[identity.indicator])
            return self._make(identity, parts.get(identity.breakdown[1]))
        mark = "!target" if identity.kind == "target" else ""
        code = format_period(identity.period, "code")
        name = f"{identity.indicator}{mark}"
        found = self.values.get(f"{name}@{code}", self.values.get(name) if code == "2023" else None)
        return self._make(identity, found)

    def _make(self, identity: FigureId, text: str | None) -> Figure:
        value = None if text is None else Decimal(text)
        title = INDICATORS[identity.indicator].title.zh
        return Figure(identity, value, base_unit(identity.indicator), title, self.as_of, rows=2)

    def breakdown(
        self, indicator: str, organisation: str, period: Period, by: str
    ) -> Sequence[tuple[str, Figure]]:
        return [
            (
                label,
                self._make(FigureId(indicator, organisation, period, "actual", (by, label)), value),
            )
            for label, value in self.parts.get(indicator, ())
        ]

    def rows(
        self, ledger: str, organisation: str, period: Period, where: str = ""
    ) -> Sequence[RowView]:
        return [
            RowView(ledger, number, organisation, "2023-05-01", dict(values))
            for number, values in enumerate(self.ledger_rows.get(ledger, ()), 1)
        ]

    def targets(self, organisation: str, period: Period) -> Sequence[Figure]:
        return [self.figure(FigureId(key, organisation, period, "target")) for key in self.promised]

    def trace(self, figure: Figure) -> Trace:
        assert figure.value is not None
        identity = figure.id
        if identity.kind == "parameter":
            return Trace(figure, "县定标准，自2023年1月1日起")
        definition = INDICATORS[identity.indicator]
        if definition.nature == "derived":
            inputs = tuple(
                self.trace(self.figure(FigureId(key, identity.organisation, identity.period)))
                for key in ("orchard_area", "households")
            )
            return Trace(figure, "果园面积 ÷ 总户数", inputs=inputs)
        ledger = "target" if identity.kind == "target" else definition.source
        first = (figure.value / 3).quantize(Decimal(1))
        amounts = (first, figure.value - first)
        rows = tuple(
            TraceRow(
                ledger, identity.organisation, number, 1, number, 202305, amount, "2023-05-01",
                f"{number:03d} 甲某{number} 13800001234",
            )
            for number, amount in enumerate(amounts, 1)
        )  # fmt: skip
        return Trace(figure, f"Σ 数量，{LEDGERS[ledger].title.zh}", rows)


def sentence_report(*sentences: SentenceDef | str, **keywords: object) -> ReportDef:
    """A report whose only section holds these sentences in one paragraph."""
    made = tuple(SentenceDef(one) if isinstance(one, str) else one for one in sentences)
    return paragraph_report(ParagraphDef(sentences=made), **keywords)


def paragraph_report(*paragraphs: ParagraphDef, **keywords: object) -> ReportDef:
    section = SectionDef("主要工作", paragraphs, **keywords)  # type: ignore[arg-type]
    return section_report(section)


def section_report(*sections: SectionDef) -> ReportDef:
    return ReportDef(
        key="test_report",
        title=Text("试验报告"),
        level="village",
        heading="{organisation}{year}年工作述职报告",
        sections=sections,
    )


def composed(
    report: ReportDef, source: DictSource | None = None, year: int = 2023
) -> ComposedReport:
    catalogue = make_catalogue()
    return compose(
        report,
        catalogue,
        Units(catalogue.units),
        source or DictSource(),
        organisation=VILLAGE,
        year=year,
        date="2024-01-05",
    )


def first_paragraph(report: ReportDef, source: DictSource | None = None) -> str:
    """The text of the first paragraph of the first section; "" when the section vanished."""
    sections = composed(report, source).sections
    return sections[0].paragraphs[0].text if sections else ""


def period(code: str) -> Period:
    return parse_period(code)


# ── a whole report ────────────────────────────────────────────────────────────────────────────────────────────────────


def _paragraph(*texts: str) -> ParagraphDef:
    return ParagraphDef(sentences=tuple(SentenceDef(text) for text in texts))


def village_report(repeat: int = 1) -> ReportDef:
    """A debrief report of usual length; `repeat` makes its work sections longer."""
    work = (
        SectionDef(
            "夯实组织基础",
            (
                _paragraph(
                    "坚持把支部建在产业链上，按月开好党员大会和主题党日，有事先议、议定公开。",
                    "全年编发“禾溪简讯”{articles|余100}，其中上半年{articles@h1}，群众看得懂、愿意看。",
                    "村干部包片联户，{households}、{persons}户户有人联系，诉求当天登记、当周答复。",
                ),
            )
            * repeat,
        ),
        SectionDef(
            "壮大特色产业",
            (
                ParagraphDef(
                    points=(
                        PointDef(
                            (
                                SentenceDef(
                                    "现有果园{orchard_area:亩}，户均{orchard_share:亩}，其中{each}，春管夏剪秋施肥，一样也没有落下。",
                                    each=EachDef(
                                        "breakdown", "{label}{value:亩}", "orchard_area", "kind"
                                    ),
                                ),
                            ),
                            lead="果业提质。",
                        ),
                        PointDef(
                            (SentenceDef("建成钢架大棚{greenhouses}，茬口一年三收。"),),
                            lead="设施增效。",
                        ),
                        PointDef(
                            (
                                SentenceDef(
                                    "兑付各类补贴{subsidy_paid:万元}，种粮补贴按每亩{parameter.grain_standard:元}发到户，张榜公示，无一人漏报。"
                                ),
                            ),
                            lead="政策到户。",
                        ),
                    )
                ),
            )
            * repeat,
        ),
        SectionDef(
            "改善人居环境",
            (
                _paragraph(
                    "硬化组级道路{road_hardened:公里}，比上年多修一个组，雨天出门不再沾泥。",
                    "垃圾日产日清，河道每周巡查一次，院落门前三包落实到人。",
                    "全年受理矛盾纠纷{disputes}，做到小事不出组、大事不出村。",
                ),
            )
            * repeat,
        ),
    )
    return ReportDef(
        key="village_debrief",
        title=Text("村级述职"),
        level="village",
        heading="{full_organisation}{year}年度工作述职报告",
        addressee="{superior}党委、政府：",
        lead=(
            _paragraph(
                "{year}年，在镇党委、政府的领导下，村“两委”班子团结全村党员群众，盯着年初定下的目标一件一件抓落实，各项工作都有了新的起色。",
                "现将一年来的工作述职如下：",
            ),
        ),
        sections=(
            SectionDef("主要工作", sections=work),
            SectionDef(
                "存在的问题",
                (
                    ParagraphDef(
                        sentences=(
                            SentenceDef(
                                "对照年初目标，还有差距，主要是{each}。",
                                each=EachDef(
                                    "rows", "{problem}（{found}发现）", ledger="rectification"
                                ),
                            ),
                            SentenceDef("今年的销售额预计{expected_sales}。"),
                        )
                    ),
                ),
                required=True,
            ),
            SectionDef(
                "下一步打算",
                (
                    ParagraphDef(
                        sentences=(
                            SentenceDef(
                                "{next_year}年，力争{each}，让群众的日子一年更比一年好。",
                                each=EachDef("targets", "{title}达到{value}"),
                            ),
                        )
                    ),
                ),
                required=True,
            ),
        ),
        signature="{full_organisation}村民委员会",
    )


def village_source() -> DictSource:
    return DictSource(
        values={
            "articles": "123",
            "articles@2023H1": "58",
            "households": "71",
            "persons": "331",
            "orchard_area": "601.5",
            "orchard_share": "8.5",
            "greenhouses": "92",
            "subsidy_paid": "113870",
            "road_hardened": "1920",
            "disputes": "0",
            "orchard_area!target@2024": "650",
            "road_hardened!target@2024": "2500",
        },
        parts={"orchard_area": [("丰产园", "183"), ("幼园", "418.5")]},
        ledger_rows={
            "rectification": [
                {"problem": "三组渠道淤塞", "found": "2023-08-01"},
                {"problem": "路灯损坏两处", "found": "2023-03-05"},
            ]
        },
        promised=("orchard_area", "road_hardened"),
    )


def village_composed(repeat: int = 1) -> tuple[ComposedReport, dict[str, Trace]]:
    source = village_source()
    report = composed(village_report(repeat), source)
    return report, trace_figures(report, source)
