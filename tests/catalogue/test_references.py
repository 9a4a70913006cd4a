"""Advice, uses and the finer points of names and units."""

from __future__ import annotations

from pathlib import Path

import pytest

from shuzhi.catalogue.loader import load_folders, shipped_folder
from shuzhi.catalogue.references import find_uses, lint
from shuzhi.messages import render

SOUND = Path(__file__).parent / "sound"


def with_indicator(folder: Path, text: str) -> list[tuple[str, int | None]]:
    path = folder / "indicators/own/x.yaml"
    path.parent.mkdir(parents=True)
    path.write_text(text, encoding="utf-8")
    problems = load_folders(SOUND, folder).problems
    return [(one.code, one.place.line) for one in problems]


def derived(key: str, value: str, unit: str = "亩") -> str:
    return f'- {{key: {key}, title: {key}, unit: "{unit}", nature: derived, value: "{value}"}}\n'


def test_a_circle_of_three_is_reported_once_with_its_whole_chain(tmp_path: Path) -> None:
    path = tmp_path / "indicators/own/x.yaml"
    path.parent.mkdir(parents=True)
    path.write_text(derived("a", "b + 1") + derived("b", "c * 1") + derived("c", "a - 1"))

    problems = load_folders(SOUND, tmp_path).problems

    assert [one.code for one in problems] == ["CATALOGUE_039"]
    assert problems[0].params["chain"] == "a → b → c → a"


@pytest.mark.parametrize(
    ("value", "unit", "codes"),
    [
        ("orchard_area + bearing_orchard_area", "公顷", []),
        ("orchard_area + orchard_households", "亩", ["CATALOGUE_038"]),
        ("orchard_area / orchard_households", "亩", []),
        ("coalesce(orchard_area, 0)", "元", ["CATALOGUE_038"]),
        ("last_year(orchard_area)", "元", ["CATALOGUE_038"]),
        ("round(orchard_area, 1)", "元", ["CATALOGUE_038"]),
        ("-orchard_subsidy", "元", []),
        ("orchard_area if orchard_households > 3 else bearing_orchard_area", "亩", []),
        ("sum_units('village', orchard_area)", "亩", []),
        ("min_units('village')", "亩", ["CATALOGUE_051"]),
        ("last_year(orchard_area + 1)", "亩", ["CATALOGUE_051"]),
    ],
)
def test_only_what_is_added_unchanged_must_have_the_unit(
    tmp_path: Path, value: str, unit: str, codes: list[str]
) -> None:
    assert [code for code, _ in with_indicator(tmp_path, derived("x", value, unit))] == codes


def test_a_chain_of_a_thousand_derived_indicators_is_no_danger(tmp_path: Path) -> None:
    text = "".join(derived(f"x{n}", f"x{n + 1}") for n in range(1000)) + derived(
        "x1000", "orchard_area"
    )

    assert with_indicator(tmp_path, text) == []


def test_what_points_at_a_broken_definition_is_not_reported_again(tmp_path: Path) -> None:
    text = (
        "- {key: broken, title: 坏, unit: 亩, nature: stok, from: orchard, value: sum(area)}\n"
        + derived("above", "broken * 2")
    )

    assert with_indicator(tmp_path, text) == [("CATALOGUE_023", 1)]


def test_the_sound_catalogue_needs_only_cases() -> None:
    loaded = load_folders(SOUND)
    keys = set(loaded.catalogue.indicators)

    assert lint(loaded, keys) == []
    assert {one.code for one in lint(loaded)} == {"CATALOGUE_062"}
    assert len(lint(loaded)) == len(keys)


def test_advice_is_given_as_warnings_with_place_and_sentence(tmp_path: Path) -> None:
    path = tmp_path / "ledgers/own/x.yaml"
    path.parent.mkdir(parents=True)
    path.write_text(
        "key: visitor\ntitle: 果园台账\nkept_by: village\nnature: journal\nfields:\n"
        "  - {key: date, title: 日期, type: date}\n"
        "  - {key: identity, title: {zh: 身份证号, en: Identity number}, type: identity_number}\n",
        encoding="utf-8",
    )
    loaded = load_folders(SOUND, tmp_path)

    found = lint(loaded, loaded.catalogue.indicators)

    assert loaded.problems == []
    assert {(one.code, one.place.line) for one in found} == {
        ("CATALOGUE_060", 2),
        ("CATALOGUE_061", 1),
        ("CATALOGUE_063", 7),
        ("CATALOGUE_064", 1),
        ("CATALOGUE_065", 6),
    }
    assert {one.severity for one in found} == {"warning"}
    assert all(render(one) and render(one, "en") for one in found)


@pytest.mark.parametrize(
    ("kind", "key", "uses"),
    [
        ("ledger", "household", [("ledger", "orchard"), ("indicator", "household_members")]),
        (
            "indicator",
            "bearing_orchard_area",
            [
                ("indicator", "bearing_share"),
                ("relation", "bearing_within_area"),
                ("relation", "subsidy_by_standard"),
                ("report", "work_report"),
            ],
        ),
        ("indicator", "household_members", [("indicator", "orchard_persons")]),
        (
            "parameter",
            "orchard_standard",
            [("relation", "subsidy_by_standard"), ("report", "work_report")],
        ),
        ("report", "work_report", []),
    ],
)
def test_uses_are_found_in_ledgers_indicators_relations_and_reports(
    kind: str, key: str, uses: list[tuple[str, str]]
) -> None:
    assert find_uses(load_folders(SOUND).catalogue, kind, key) == uses


def test_every_shipped_identity_number_is_marked_as_personal() -> None:
    unmarked = [one for one in lint(load_folders(shipped_folder())) if one.code == "CATALOGUE_063"]

    assert [render(one) for one in unmarked] == []
