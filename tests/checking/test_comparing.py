"""Numbers of a draft held against the books: equal as far as shown, different and why, and what a writer is told of it."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from functools import cache
from typing import Any

import pytest

from shuzhi.catalogue.loader import shipped_catalogue
from shuzhi.core.checking import Draft, lexicon_of, study_draft
from shuzhi.core.checking.comparing import (
    KINDS,
    MISSING_LIMIT,
    ComparingContext,
    Comparison,
    compare_draft,
    figures_needed,
    findings_of,
)
from shuzhi.core.checking.matching import MatchingContext, Tree, Unit, build_index, match_draft
from shuzhi.core.checking.model import Control
from shuzhi.core.figures import Figure, FigureId, Trace, TraceRow
from shuzhi.core.periods import half, parse_period, previous_year, up_to, year
from shuzhi.core.quantities import Units
from shuzhi.core.reports import SlotIdentity, identity_text
from shuzhi.messages import all_messages

TOWN, FIRST, SECOND = "990101100000", "990101100201", "990101100202"
UNITS = (
    Unit(TOWN, "示范镇", "township"),
    Unit(FIRST, "甲村", "village", TOWN),
    Unit(SECOND, "乙村", "village", TOWN),
)
Y = year(2023)
Key = tuple[str, str, str]


class Source:
    """Figures from a table: (indicator, organisation, period) → value; targets and parts with their sign behind the indicator."""

    as_of = 7

    def __init__(self, values: dict[Key, str], rows: Sequence[str] = ()) -> None:
        self.values = values
        self.parts = rows
        self.asked: list[FigureId] = []

    def figure(self, identity: FigureId) -> Figure:
        self.asked.append(identity)
        catalogue = shipped_catalogue()
        if identity.kind == "parameter":
            definition: Any = catalogue.parameters[identity.indicator]
        else:
            definition = catalogue.indicators[identity.indicator]
        name = identity.indicator + ("!target" if identity.kind == "target" else "")
        found = next(
            (
                value
                for (indicator, organisation, period), value in self.values.items()
                if (indicator, organisation) == (name, identity.organisation)
                and parse_period(period) == identity.period
            ),
            None,
        )
        unit = _units().base_of(definition.unit)
        value = None if found is None else Decimal(found)
        return Figure(identity, value, unit, definition.title.zh, self.as_of)

    def trace(self, figure: Figure) -> Trace:
        rows = tuple(
            TraceRow("orchard", FIRST, n, 1, n, 202303, Decimal(amount), "2023-03-01", f"第{n}户")
            for n, amount in enumerate(self.parts, 1)
        )
        return Trace(figure, "", rows)

    def breakdown(self, *_: object) -> list[Any]:
        return []

    def rows(self, *_: object) -> list[Any]:
        return []

    def targets(self, *_: object) -> list[Any]:
        return []


@cache
def _units() -> Units:
    return Units(shipped_catalogue().units)


@cache
def _index() -> Any:
    return build_index(shipped_catalogue(), _units(), ())


@cache
def _lexicon() -> Any:
    return lexicon_of(shipped_catalogue())


def _compare(
    text: str,
    values: dict[Key, str],
    *,
    writer: str = FIRST,
    rows: Sequence[str] = (),
    controls: tuple[Control, ...] = (),
    confirmed: dict[str, str] | None = None,
    printed: dict[str, tuple[str, ...]] | None = None,
) -> list[Comparison]:
    study = study_draft(Draft(text, controls=controls), _lexicon())
    tree = Tree(writer, UNITS)
    matches = match_draft(study, _index(), MatchingContext(tree, Y, confirmed=confirmed or {}))
    known = ComparingContext(shipped_catalogue(), _units(), tree, Y, printed or {})
    return list(compare_draft(study, matches, Source(values, rows), known))


def _area(text: str, value: str, **more: Any) -> Comparison:
    """The orchard sentence against one value of the books."""
    values = {("orchard_area", FIRST, "2023"): value, **more.pop("also", {})}
    return _compare(f"全村果园面积{text}。", values, **more)[0]


# ── is it the same number? ────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("written", "exact", "outcome"),
    [
        ("601.5亩", "601.5", "equal"),
        ("602亩", "601.5", "rounded"),
        ("601亩", "601.5", "rounded"),
        ("600亩", "601.5", "differs"),
        ("5.27万亩", "52700", "equal"),
        ("5.27万亩", "52742", "rounded"),
        ("5.27万亩", "52790", "rounded"),
        ("5.27万亩", "52810", "differs"),
        ("40公顷", "600", "equal"),
        ("600余亩", "601.5", "rounded"),
        ("600余亩", "600", "differs"),
        ("600余亩", "705", "differs"),
        ("近600亩", "590", "rounded"),
        ("近600亩", "605", "differs"),
        ("约600亩", "595", "rounded"),
        ("600亩以上", "600", "rounded"),
        ("600亩以上", "599", "differs"),
        ("不足600亩", "599", "rounded"),
    ],
)
def test_a_number_is_true_as_far_as_it_is_shown(written, exact, outcome):
    assert _area(written, exact).outcome == outcome


@pytest.mark.parametrize(
    ("exact", "outcome", "is_word_untrue"),
    [("100", "equal", False), ("99.6", "differs", True), ("92", "differs", False)],
)
def test_a_hundred_percent_is_all_and_does_not_round(exact, outcome, is_word_untrue):
    found = _compare("医疗保险收缴率100%。", {("medical_insurance_rate", FIRST, "2023"): exact})[0]
    assert (found.outcome, found.is_word_untrue) == (outcome, is_word_untrue)


def test_words_that_are_not_true_are_told_apart_from_other_numbers():
    assert _area("600余亩", "600").is_word_untrue
    assert not _area("600余亩", "705").is_word_untrue


def test_what_the_books_do_not_know_is_not_compared():
    assert _compare("全村果园面积600亩。", {})[0].outcome == "unknown"
    assert _compare("天上有9颗星星。", {})[0].outcome == "no_ledger"


def test_a_blank_is_filled_from_the_books():
    found = _area("XX亩", "601.5")
    assert (found.outcome, found.shown) == ("placeholder", "601.5亩")


def test_the_books_value_is_shown_in_the_writers_unit():
    assert _area("5.3万亩", "12000").shown == "1.2万亩"
    assert _area("700亩", "601.5").shown == "601.5亩"


# ── what would explain it ─────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("written", "also", "rows", "kind", "words"),
    [
        ("6015亩", {}, (), "unit", "10"),
        ("601.5公顷", {}, (), "unit", "15"),
        ("601.5万亩", {}, (), "unit", "10000"),
        ("540亩", {("orchard_area", FIRST, "2022"): "540"}, (), "period", "2022"),
        ("480亩", {("orchard_area", FIRST, "2023H1"): "480"}, (), "period", "2023H1"),
        ("723亩", {("orchard_area", SECOND, "2023"): "723"}, (), "organisation", "乙村"),
        ("1324.5亩", {("orchard_area", TOWN, "2023"): "1324.5"}, (), "organisation", "示范镇"),
        ("620亩", {("orchard_area!target", FIRST, "2023"): "620"}, (), "target", "target"),
        ("610.5亩", {}, (), "digits", "601.5"),
        ("61.5亩", {}, (), "digits", "601.5"),
        ("561.2亩", {}, ("40.3", "561.2"), "row", "第1户"),
        ("641.8亩", {}, ("40.3", "561.2"), "row", "第1户"),
        ("999亩", {}, (), "", ""),
    ],
)
def test_a_difference_is_explained_where_it_can_be(written, also, rows, kind, words):
    found = _area(written, "601.5", also=also, rows=rows)
    assert found.outcome == "differs"
    why = found.explanation
    assert ((why.kind, why.words) if why else ("", "")) == (kind, words)


def test_another_definition_is_named_when_its_figure_is_the_very_number():
    found = _compare(
        "全村果园面积240.5亩。",
        {
            ("orchard_area", FIRST, "2023"): "601.5",
            ("orchard_bearing_area", FIRST, "2023"): "240.5",
        },
        confirmed=_as("全村果园面积1亩。", "orchard_area"),
    )[0]
    assert found.match.is_certain
    assert found.explanation is not None
    assert (found.explanation.kind, found.explanation.words) == ("definition", "挂果园面积")


def test_cumulative_words_are_held_against_all_years_before_they_are_called_wrong():
    values = {
        ("disputes_mediated", FIRST, "2023"): "46",
        ("disputes_mediated", FIRST, "..2023"): "70",
    }
    assert _compare("累计调解矛盾纠纷70件。", values)[0].outcome == "equal"
    assert _compare("累计调解矛盾纠纷46件。", values)[0].outcome == "equal"
    assert _compare("累计调解矛盾纠纷58件。", values)[0].outcome == "differs"
    assert _compare("全年调解矛盾纠纷70件。", values)[0].outcome == "differs"


# ── what is told ──────────────────────────────────────────────────────────────────────────────────────────────────────


def _as(text: str, indicator: str) -> dict[str, str]:
    """A confirmation of the first number's wording."""
    study = study_draft(Draft(text), _lexicon())
    found = match_draft(study, _index(), MatchingContext(Tree(FIRST, UNITS), Y))
    return {found[0].subject: indicator}


def _told(compared: Sequence[Comparison]) -> list[tuple[str, str]]:
    return [(one.code, one.severity) for one in findings_of(compared) if one.severity != "info"]


def test_a_difference_is_wrong_when_confirmed_and_unexplained_when_only_proposed():
    text, values = "全村果园面积6015亩。", {("orchard_area", FIRST, "2023"): "601.5"}
    assert _told(_compare(text, values)) == [("COMPARE_004", "unexplained")]
    confirmed = _as(text, "orchard_area")
    assert _told(_compare(text, values, confirmed=confirmed)) == [("COMPARE_001", "wrong")]
    found = findings_of(_compare(text, values, confirmed=confirmed))[0]
    assert (found.expected, found.has_replacement) == ("601.5亩", True)
    assert text[found.start : found.end] == "6015亩"


def test_a_number_far_off_and_unexplained_was_most_likely_something_else():
    values = {("orchard_area", FIRST, "2023"): "601.5"}
    assert _told(_compare("全村果园面积99877亩。", values)) == []


def test_words_that_are_not_true_are_said_to_be():
    text, values = "全村果园面积600余亩。", {("orchard_area", FIRST, "2023"): "600"}
    assert _told(_compare(text, values)) == [("COMPARE_006", "unexplained")]
    confirmed = _as(text, "orchard_area")
    assert _told(_compare(text, values, confirmed=confirmed)) == [("COMPARE_005", "wrong")]


TAG = identity_text(SlotIdentity(FigureId("orchard_area", FIRST, Y), "亩"))


def _held(held: str, exact: str, printed: tuple[str, ...] = ()) -> list[Comparison]:
    text = f"这方面的数是{held}。"
    at = text.index(held)
    return _compare(
        text,
        {("orchard_area", FIRST, "2023"): exact},
        controls=(Control(at, at + len(held), TAG),),
        printed={TAG: printed} if printed else None,
    )


@pytest.mark.parametrize(
    ("held", "exact", "printed", "told"),
    [
        ("601.5亩", "601.5", ("601.5亩",), []),
        ("601.50亩", "601.5", ("601.5亩",), []),
        ("610亩", "601.5", ("601.5亩",), [("COMPARE_002", "wrong")]),
        ("610亩", "601.5", (), [("COMPARE_002", "wrong")]),
        ("601.5亩", "610", ("601.5亩",), [("COMPARE_003", "warning")]),
        ("590亩", "610", ("601.5亩", "590亩"), [("COMPARE_003", "warning")]),
        ("610亩", "610", ("601.5亩",), []),
        ("602亩", "601.5", ("601.5亩",), [("COMPARE_012", "warning")]),
        ("若干", "601.5", ("601.5亩",), [("COMPARE_007", "error")]),
    ],
)
def test_a_figure_of_ours_is_known_to_be_changed_by_hand_or_overtaken(held, exact, printed, told):
    assert _told(_held(held, exact, printed)) == told


def test_what_the_books_hold_and_a_report_leaves_out_is_listed_within_reason():
    catalogue = shipped_catalogue()
    values = {(key, FIRST, "2023"): "77" for key in catalogue.indicators}
    text = "现有党员30名。果园面积77亩，挂果园77亩，幼园77亩。露地蔬菜77亩。"
    compared = _compare(text, values)
    missing = [one for one in compared if one.outcome == "missing"]
    assert 0 < len(missing) <= MISSING_LIMIT
    told = {one.match.indicator for one in compared if one.outcome != "missing"}
    assert not told & {one.match.indicator for one in missing}
    listed = findings_of(missing)
    assert {one.code for one in listed} == {"COMPARE_010"}
    assert all(one.severity == "info" for one in listed)


def test_every_figure_is_named_before_it_is_asked_for():
    text = "现有党员30名。果园面积601.5亩，挂果园77亩，幼园77亩。露地蔬菜77亩。"
    study = study_draft(Draft(text), _lexicon())
    tree = Tree(FIRST, UNITS)
    matches = match_draft(study, _index(), MatchingContext(tree, Y))
    known = ComparingContext(shipped_catalogue(), _units(), tree, Y)
    named = set(figures_needed(matches, known))
    source = Source({(one.indicator, FIRST, "2023"): "1" for one in matches})
    told = compare_draft(study, matches, source, known)
    first = {one.match.identity for one in told if one.match.identity is not None}
    assert first <= named


# ── sentences ─────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_every_kind_has_its_sentence_and_every_finding_can_be_said():
    values = {("orchard_area", FIRST, "2023"): "601.5"}
    said = [
        *findings_of(_compare("全村果园面积6015亩。", values)),
        *findings_of(_compare("全村果园面积XX亩。天上有9颗星星。挂果园5亩。", values)),
        *findings_of(_compare("全村果园面积600余亩。", {("orchard_area", FIRST, "2023"): "600"})),
        *findings_of(_held("610亩", "601.5", ("601.5亩",))),
        *findings_of(_held("601.5亩", "610", ("601.5亩",))),
        *findings_of(_held("602亩", "601.5", ("601.5亩",))),
        *findings_of(_held("若干", "601.5")),
    ]
    assert {kind.code for kind in KINDS} <= set(all_messages())
    for one in said:
        for language in ("zh", "en"):
            sentence = all_messages()[one.code].fill(language, one.params)
            assert "{" not in sentence
            assert "[[" not in sentence
    by_code = {one.code: all_messages()[one.code].fill("zh", one.params) for one in said}
    assert "10 倍" in by_code["COMPARE_004"]
    assert "为 601.5亩" in by_code["COMPARE_002"]
    assert "当时印的是" not in by_code["COMPARE_002"]  # the books still say what was printed


def test_periods_used_here_are_those_of_the_books():
    assert (half(2023, 1), up_to(Y), previous_year(Y)) == (
        parse_period("2023H1"),
        parse_period("..2023"),
        parse_period("2022"),
    )


# ── proposed only, and wrong for all that ─────────────────────────────────────────────────────────────────────────────

AGREEING = {
    ("open_field_vegetable_area", FIRST, "2023"): "144",
    ("labor_transferred", FIRST, "2023"): "335",
    ("solar_greenhouses_built", FIRST, "2023"): "28",
    ("collective_income", FIRST, "2023"): "283000",
}


@pytest.mark.parametrize(
    ("income", "around", "code"),
    [
        (
            "283万元",
            "露地蔬菜种植面积144亩，输转富余劳动力335人，新建日光温室28座，",
            "COMPARE_013",
        ),
        (
            "23.8万元",
            "露地蔬菜种植面积144亩，输转富余劳动力335人，新建日光温室28座，",
            "COMPARE_013",
        ),
        ("283万元", "露地蔬菜种植面积144亩，输转富余劳动力335人，", "COMPARE_004"),  # too few
        (
            "283万元",
            "露地蔬菜种植面积154亩，输转富余劳动力335人，新建日光温室28座，",
            "COMPARE_004",
        ),
        (
            "28.6万元",
            "露地蔬菜种植面积144亩，输转富余劳动力335人，新建日光温室28座，",
            "COMPARE_004",
        ),
    ],
)
def test_a_mere_slip_is_wrong_where_the_figures_around_it_agree(
    income: str, around: str, code: str
):
    text = f"全村{around}村集体经济收入{income}。"
    found = findings_of(_compare(text, AGREEING))
    told = [one for one in found if text[one.start : one.end] == income]
    assert [one.code for one in told] == [code]
    assert told[0].severity == ("wrong" if code == "COMPARE_013" else "unexplained")
    for language in ("zh", "en"):
        assert "{" not in all_messages()[code].fill(language, told[0].params)


def test_target_and_result_are_told_in_the_readers_own_words():
    params = {
        "text": "480亩",
        "title": "t",
        "organisation": "o",
        "period": "2023",
        "shown": "500亩",
    }
    params |= {f"like_{one}": "" for one in ("unit", "period", "organisation", "definition", "digits", "row", "actual")}  # fmt: skip
    params["like_target"] = "480亩"
    assert "480亩正是同期的目标数" in all_messages()["COMPARE_004"].fill("zh", params)
    assert "actual" not in all_messages()["COMPARE_004"].fill("zh", params)
