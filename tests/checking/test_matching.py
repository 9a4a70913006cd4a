"""Which figure of the books a number in a draft is taken for: controls first, confirmations next, wording last and with doubt."""

from __future__ import annotations

import json
import time
from decimal import Decimal
from functools import cache
from pathlib import Path

import pytest
import yaml

from shuzhi.catalogue.loader import shipped_catalogue
from shuzhi.core.checking import Draft, lexicon_of, study_draft
from shuzhi.core.checking.matching import (
    LIKELY,
    POSSIBLE,
    Match,
    MatchingContext,
    Tree,
    Unit,
    WordingIndex,
    build_index,
    match_draft,
    report_period,
    subject_key,
)
from shuzhi.core.checking.model import Control
from shuzhi.core.figures import FigureId
from shuzhi.core.periods import format_period, half, parse_period, up_to, year
from shuzhi.core.quantities import Units
from shuzhi.core.reports import SlotIdentity, digest_tag, identity_digest, identity_text

SEEDS = Path(__file__).resolve().parents[2].parent / "shared" / "seeds"
COUNTY, TOWN, OTHER = "990101000000", "990101100000", "990101200000"
FIRST, SECOND, FAR = "990101100201", "990101100202", "990101200201"
UNITS = (
    Unit(COUNTY, "示例县", "county"),
    Unit(TOWN, "示范镇", "township", COUNTY),
    Unit(OTHER, "样板乡", "township", COUNTY),
    Unit(FIRST, "甲村", "village", TOWN),
    Unit(SECOND, "乙村", "village", TOWN),
    Unit("990101100209", "庚村", "village", TOWN),
    Unit(FAR, "子村", "village", OTHER),
    Unit("990101200209", "庚村", "village", OTHER),
)


@cache
def _index() -> WordingIndex:
    catalogue = shipped_catalogue()
    return build_index(catalogue, Units(catalogue.units), ())


@cache
def _lexicon():
    return lexicon_of(shipped_catalogue())


def _match(
    text: str, writer: str = TOWN, controls: tuple[Control, ...] = (), **known: object
) -> tuple[Match, ...]:
    study = study_draft(Draft(text, controls=controls), _lexicon())
    context = MatchingContext(Tree(writer, UNITS), known.pop("period", year(2023)), **known)
    return match_draft(study, _index(), context)


def _one(text: str, **known: object) -> Match:
    found = _match(text, **known)
    assert len(found) == 1, found
    return found[0]


# ── organisations ─────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("writer", "words", "expected"),
    [
        (FIRST, "", FIRST),
        (FIRST, "甲村", FIRST),
        (FIRST, "甲村村委会", FIRST),
        (FIRST, "全村", FIRST),
        (FIRST, "全镇", TOWN),
        (FIRST, "示范镇人民政府", TOWN),
        (FIRST, "全县", COUNTY),
        (TOWN, "全镇", TOWN),
        (TOWN, "各村", TOWN),
        (TOWN, "依托镇", TOWN),
        (TOWN, "庚村", "990101100209"),
        (OTHER, "庚村", "990101200209"),
        (COUNTY, "庚村", None),
        (TOWN, "李家村", None),
    ],
)
def test_a_name_is_the_nearest_unit_that_bears_it(writer, words, expected):
    assert Tree(writer, UNITS).resolve(words) == expected


def test_a_units_neighbours_are_its_superior_its_subordinates_and_those_beside_it():
    tree = Tree(TOWN, UNITS)
    assert tree.neighbours(FIRST) == [TOWN, SECOND, "990101100209"]
    assert tree.neighbours(OTHER)[0] == COUNTY
    assert FAR in tree.neighbours(OTHER)
    assert TOWN in tree.neighbours(OTHER)


# ── wording ───────────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("sentence", "indicator"),
    [
        ("全镇果园面积达到3200亩。", "orchard_area"),
        ("挂果园有1800亩。", "orchard_bearing_area"),
        ("年末肉牛存栏560头。", "beef_cattle_stock"),
        ("出栏生猪4200头。", "pig_sold"),
        ("建成卫生厕所85户。", "sanitary_toilet_households"),
        ("共安装太阳能路灯120盏。", "solar_streetlights"),
        ("全镇建成日光温室36座。", "solar_greenhouses"),
        ("农民人均可支配收入13200元。", "resident_income"),
        ("城乡居民医疗保险收缴率98.5%。", "medical_insurance_rate"),
        ("转移就业人数达到860人。", "labor_transferred"),
        ("调处化解矛盾纠纷35起。", "disputes_mediated"),
        ("新发展党员9名，确定入党积极分子14名。", "probationary_members_received"),
        ("生态护林员25名。", "forest_rangers"),
        ("全镇共有8个行政村。", "administrative_villages"),
        ("完成危房改造任务，共改造22户。", "dangerous_houses_renovated"),
        ("旅游业总收入突破560万元。", "tourism_revenue"),
    ],
)
def test_a_number_is_proposed_by_the_words_around_it(sentence, indicator):
    match = _match(f"{sentence}\n")[0]
    assert (match.indicator, match.how) == (indicator, "wording")
    assert POSSIBLE <= match.confidence <= 1


@pytest.mark.parametrize(
    ("sentence", "because"),
    [
        ("全镇果园补助发放到位3200台。", "the unit counts machines"),
        ("会议持续了3个小时。", "nothing of the books is an hour"),
        ("天上有9颗星星。", "no indicator speaks of stars"),
    ],
)
def test_a_number_that_nothing_fits_has_no_ledger_behind_it(sentence, because):
    for match in _match(sentence):
        assert match.confidence < LIKELY, because


def test_households_and_persons_of_one_line_belong_together():
    found = _match("种植露地蔬菜143.09亩，涉及66户322人。")
    assert [one.indicator for one in found] == [
        "open_field_vegetable_area",
        "open_field_vegetable_households",
        "open_field_vegetable_persons",
    ]


def test_what_stands_before_a_number_in_a_list_is_its_own():
    found = _match("组织种植户管好钢架大拱棚92座、日光温室18座，种植露地蔬菜180亩。")
    assert [one.indicator for one in found] == [
        "steel_sheds",
        "solar_greenhouses",
        "open_field_vegetable_area",
    ]


def test_a_number_of_one_group_is_part_of_the_villages():
    found = _match("硬化组内道路，一组1020米、二组480米。", writer=FIRST)
    parts = [one.identity.breakdown for one in found if one.indicator == "road_paved_length"]
    assert parts == [("group", "一组"), ("group", "二组")]
    assert all(one.confidence < LIKELY for one in found)


@pytest.mark.parametrize(
    ("sentence", "kind"),
    [
        ("2024年村庄绿化计划9公里。", "target"),
        ("村庄绿化4.5公里。", "actual"),
        ("享受雨露计划95户。", "actual"),
    ],
)
def test_what_is_planned_is_a_target(sentence, kind):
    assert _one(sentence).identity.kind == kind


def test_a_place_that_is_not_in_the_tree_leaves_doubt():
    known, unknown = _one("甲村果园面积520亩。"), _one("李家村果园面积520亩。")
    assert known.organisation == FIRST
    assert known.confidence >= LIKELY > unknown.confidence


def test_so_far_may_mean_since_the_beginning():
    match = _one("累计调解矛盾纠纷70件。")
    assert match.identity.period == year(2023)
    assert up_to(year(2023)) in match.other_periods


def test_a_half_year_said_at_the_head_of_a_paragraph_may_reach_to_its_end():
    found = _match("2023年上半年，环境整治全面铺开。维修路面1500米。")
    last = found[-1]
    assert half(2023, 1) in (last.identity.period, *last.other_periods)


def test_two_different_numbers_cannot_both_be_one_figure():
    first, second = _match("全镇果园面积3200亩。\n果园3900亩。\n")
    assert first.identity == second.identity
    assert min(first.confidence, second.confidence) < LIKELY


# ── what the office has said ──────────────────────────────────────────────────────────────────────────────────────────


def test_a_confirmed_wording_comes_before_any_proposal():
    subject = _one("全镇果园面积3200亩。").subject
    told = _one("2024年全镇果园面积3500亩。", confirmed={subject: "orchard_bearing_area"})
    assert (told.indicator, told.how, told.confidence) == ("orchard_bearing_area", "confirmed", 1)
    none = _one("全镇果园面积3200亩。", confirmed={subject: ""})
    assert (none.identity, none.how) == (None, "confirmed")


def test_the_same_words_with_another_number_are_remembered_as_the_same():
    def key(text: str) -> str:
        figure = study_draft(Draft(text), _lexicon()).figures[0]
        return subject_key(figure)

    assert key("全村现有果园480亩。") == key("我村现有果园512.5亩。")
    assert key("新增果园480亩。") != key("现有果园480亩。")
    assert key("果园480亩。") != key("果园480户。")


# ── controls ──────────────────────────────────────────────────────────────────────────────────────────────────────────

IDENTITY = SlotIdentity(FigureId("cattle_stock", FIRST, year(2022)), "头")


def _held(text: str, held: str, tag: str) -> tuple[str, tuple[Control, ...]]:
    at = text.index(held)
    return text, (Control(at, at + len(held), tag),)


@pytest.mark.parametrize("sentence", ["全镇果园面积61头。", "数是61头。", "61头"])
def test_a_control_is_certain_whatever_the_words_say(sentence):
    text, controls = _held(sentence, "61头", identity_text(IDENTITY))
    match = _one(text, controls=controls)
    assert (match.identity, match.how, match.confidence) == (IDENTITY.figure, "control", 1)
    assert text[match.start : match.end] == "61头"


def test_a_control_with_a_digest_is_known_when_its_identity_is():
    tag = digest_tag(identity_digest(identity_text(IDENTITY)))
    text, controls = _held("牛存栏61头。", "61头", tag)
    assert _one(text, controls=controls, identities={tag: IDENTITY}).how == "control"
    assert _one(text, controls=controls).how == "wording"


def test_a_control_without_a_number_is_kept_and_foreign_controls_are_not():
    text, controls = _held("牛存栏若干。", "若干", identity_text(IDENTITY))
    match = _one(text, controls=controls)
    assert (match.figure, match.how, match.text) == (None, "control", "若干")
    text, controls = _held("牛存栏若干。", "若干", "somebody else's tag")
    assert _match(text, controls=controls) == ()


# ── the report's period ───────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("甲村2023年工作总结\n2022年的问题已整改。", "2023"),
        ("示范镇2023年上半年工作总结\n", "2023H1"),
        ("示范镇2023年第三季度工作小结\n", "2023Q3"),
        ("工作总结\n2021年以来，全镇上下努力。", "2021"),
    ],
)
def test_a_draft_reports_on_what_its_title_says(text, code):
    found = report_period(study_draft(Draft(text), _lexicon()))
    assert found is not None
    assert format_period(found, "code") == code == format_period(parse_period(code), "code")


def test_a_draft_without_a_year_says_none():
    assert report_period(study_draft(Draft("工作总结\n大家努力。"), _lexicon())) is None


# ── measured ──────────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.skipif(not SEEDS.exists(), reason="the annotated seeds are not at hand")
def test_annotated_reports_are_matched_by_wording():
    facts = {
        fact["id"]: fact["indicator"]
        for name in ("facts_C1.yaml", "facts_C2.yaml")
        for fact in yaml.safe_load(
            (Path(__file__).parents[1] / "gold" / name).read_text(encoding="utf-8")
        )
    }
    rows = [
        json.loads(line)
        for line in (SEEDS / "gold" / "figures.jsonl").read_text(encoding="utf-8").splitlines()
    ]
    figures = right = near = likely = likely_right = 0
    for path in sorted(SEEDS.glob("*.txt")):
        found = _match(path.read_text(encoding="utf-8"))
        for row in rows:
            if row["doc"] != path.name[:3] or row["id"] not in facts:
                continue
            indicator = facts[row["id"]]
            match = next(
                (one for one in found if one.start < row["end"] and row["start"] < one.end), None
            )
            figures += 1
            if match is None:
                continue
            is_right = match.indicator == indicator
            right += is_right
            near += is_right or indicator in [c.identity.indicator for c in match.candidates[:2]]
            if match.confidence >= LIKELY:
                likely += 1
                likely_right += is_right
    print(
        f"annotated figures {figures}: top-1 {right / figures:.3f}, top-3 {near / figures:.3f}, "
        f"at {LIKELY} or more {likely}, of them right {likely_right / likely:.3f}"
    )
    assert right / figures >= 0.87
    assert near / figures >= 0.94
    assert likely_right / likely >= Decimal("0.95")


def test_matching_grows_with_the_text_and_not_faster():
    sentence = "组织种植户管好钢架大拱棚92座、日光温室18座，种植露地蔬菜180亩，涉及66户322人。"
    taken = []
    for times in (20, 200):
        study = study_draft(Draft("\n".join([sentence] * times)), _lexicon())
        context = MatchingContext(Tree(TOWN, UNITS), year(2023))
        best = 60.0
        for _ in range(3):
            started = time.process_time()
            match_draft(study, _index(), context)
            best = min(best, time.process_time() - started)
        taken.append(best)
    print(f"100 figures {taken[0] * 1000:.1f} ms, 1000 figures {taken[1] * 1000:.1f} ms")
    assert taken[1] <= 40 * taken[0]  # ten times the text; a square would be a hundred
