"""Reading folders of definitions: texts stay texts, mistakes are all reported, an office's folder lies on top."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import pytest

from shuzhi.catalogue.loader import (
    load_catalogue,
    load_folders,
    shipped_catalogue,
    shipped_folder,
)
from shuzhi.core.definitions import Catalogue, Text
from shuzhi.core.problems import ProblemsError
from shuzhi.messages import render

SOUND = Path(__file__).parent / "sound"

UNITS = "units:\n  - {key: 亩, base: 亩}\n  - {key: 个, base: 个}\n"
POND = """\
key: pond
title: 鱼塘台账
kept_by: village
nature: register
description: no
synonyms: 0110
version: 3
fields:
  - {key: date, title: 日期, type: date, required: true, example: 2023-08-01}
  - {key: area, title: {zh: 面积, en: Area}, type: quantity, unit: 亩, min: 0.50, options: }
basis: {source: on, effective: 2023-01}
"""


def write(folder: Path, files: dict[str, str]) -> Path:
    for name, text in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return folder


def load(folder: Path, files: dict[str, str]) -> tuple[Catalogue, list[str]]:
    catalogue, problems = load_catalogue(write(folder, files))
    return catalogue, [problem.code for problem in problems]


def test_scalars_stay_the_text_that_was_written(tmp_path: Path) -> None:
    catalogue, codes = load(tmp_path, {"units.yaml": UNITS, "ledgers/water/pond.yaml": POND})

    assert codes == []
    pond = catalogue.ledgers["pond"]
    assert (pond.description, pond.synonyms, pond.version) == ("no", ("0110",), 3)
    assert pond.basis is not None
    assert (pond.basis.source, pond.basis.effective) == ("on", "2023-01")
    assert pond.fields[0].example == "2023-08-01"
    assert pond.fields[0].required is True


def test_annotations_type_the_scalars_and_defaults_fill_the_rest(tmp_path: Path) -> None:
    catalogue, _ = load(tmp_path, {"units.yaml": UNITS, "ledgers/water/pond.yaml": POND})

    pond = catalogue.ledgers["pond"]
    assert pond.title == Text("鱼塘台账")
    assert pond.fields[1].title == Text("面积", "Area")
    assert pond.area == "water"
    assert pond.kept_by == ("village",)
    assert pond.fields[1].min == Decimal("0.50")
    assert pond.fields[1].max is None
    assert pond.fields[1].options == ()


def test_from_is_read_into_source() -> None:
    catalogue, problems = load_catalogue(SOUND)

    assert problems == []
    assert catalogue.indicators["orchard_area"].source == "orchard"


def test_a_file_may_hold_one_definition_a_list_or_several_documents() -> None:
    catalogue, _ = load_catalogue(SOUND)

    assert {"orchard_area", "household_members", "bearing_share"} <= set(catalogue.indicators)
    assert set(catalogue.relations) == {"bearing_within_area", "subsidy_by_standard"}


def test_a_later_folder_replaces_definitions_with_the_same_key(tmp_path: Path) -> None:
    standard = (SOUND / "parameters/industry/orchard_standard.yaml").read_text(encoding="utf-8")
    own = standard.replace("value: 500", "value: 600").replace("value: 400", "value: 450")
    write(tmp_path, {"parameters/own/standard.yaml": own})

    loaded = load_folders(SOUND, tmp_path)

    assert loaded.problems == []
    parameter = loaded.catalogue.parameters["orchard_standard"]
    assert [one.value for one in parameter.values] == [450, 600]
    place = loaded.origins["parameter", "orchard_standard"]
    assert (place.file, place.line) == (str(tmp_path / "parameters/own/standard.yaml"), 1)


def test_the_origin_of_every_definition_is_kept() -> None:
    loaded = load_folders(SOUND)

    assert loaded.origins["indicator", "orchard_households"].line == 17
    place = loaded.sources["ledger", "orchard"].place("fields[2].options")
    assert (place.line, place.path) == (10, "fields[2].options")
    # a key that was not written stands where its definition stands
    assert loaded.sources["ledger", "orchard"].place("fields[2].max").line == 10


def test_a_key_defined_twice_in_one_folder_is_reported_with_both_places(tmp_path: Path) -> None:
    write(
        tmp_path,
        {"units.yaml": UNITS, "ledgers/a/pond.yaml": POND, "ledgers/b/pond.yaml": "\n" + POND},
    )

    _, problems = load_catalogue(tmp_path)

    assert [problem.code for problem in problems] == ["CATALOGUE_020"]
    assert problems[0].place.file.endswith("ledgers/b/pond.yaml")
    assert problems[0].place.line == 2
    assert problems[0].params["file"].endswith("ledgers/a/pond.yaml")
    assert problems[0].params["first"] == 1


def test_all_mistakes_of_all_files_are_reported_together(tmp_path: Path) -> None:
    catalogue, problems = load_catalogue(
        SOUND,
        write(
            tmp_path,
            {
                "ledgers/water/pond.yaml": POND.replace("kept_by: village", "kept_by: hamlet")
                .replace("version: 3", "version: three")
                .replace("required: true", "required: ja, lenght: 3"),
                "indicators/water/ponds.yaml": (
                    "- {key: ponds, title: 鱼塘, unit: 个, nature: stock, from: orchard, value: count(}\n"
                    "- {key: pond_area, title: 面积, unit: 亩, nature: stok, from: pond, value: sum(area)}\n"
                    "- {key: deep, title: 深, unit: 亩, nature: stock, from: pond, value: sum(depth)}\n"
                    "- {key: old, title: 旧, unit: 畆, nature: stock, from: orchard, value: sum(aera), where: kind == '桃'}\n"
                ),
                "relations/water/r.yaml": (
                    "{key: r, title: 关系, kind: sum, total: pond_area, parts: [ponds, no_such]}"
                ),
                "units.yaml": "units: 亩",
                "ledgers/water/broken.yaml": "key: [",
            },
        ),
    )

    assert "pond" not in catalogue.ledgers
    codes = sorted(problem.code for problem in problems)
    assert codes == sorted(
        [
            "CATALOGUE_022",  # kept_by
            "CATALOGUE_015",  # version
            "CATALOGUE_016",  # required
            "CATALOGUE_021",  # lenght
            "FORMULA_001",  # count(
            "CATALOGUE_033",  # the unit 个 is not known
            "CATALOGUE_023",  # nature: stok
            "CATALOGUE_033",  # 畆
            "CATALOGUE_035",  # aera
            "CATALOGUE_041",  # 桃
            "CATALOGUE_034",  # no_such; ponds and pond_area are written, though broken
            "CATALOGUE_028",  # units
            "CATALOGUE_003",  # not YAML
        ]
    )
    for problem in problems:
        assert problem.place.file
        assert problem.place.line
        assert render(problem)
        assert render(problem, "en")


@pytest.mark.parametrize(
    ("name", "content", "code"),
    [
        ("ledgers/a/x.yaml", "键: 值".encode("gb18030"), "CATALOGUE_002"),
        ("ledgers/a/x.yaml", b"a: " + b"[" * 60 + b"]" * 60, "CATALOGUE_008"),
        ("ledgers/a/x.yaml", b"[" * 100_000, "CATALOGUE_008"),
        ("ledgers/a/x.yaml", b"# " + b"x" * 2_000_001, "CATALOGUE_027"),
        ("ledgers/a/x.yaml", b"key: \x00", "CATALOGUE_003"),
        ("ledgers/a/x.yaml", b"? [a, b]\n: c", "CATALOGUE_010"),
        ("ledgers/a/x.yml", b"key: x", "CATALOGUE_009"),
        ("ledger/a/x.yaml", b"key: x", "CATALOGUE_025"),
        ("x.yaml", b"key: x", "CATALOGUE_025"),
    ],
)
def test_a_file_that_is_no_definition_is_reported_and_nothing_is_loaded(
    tmp_path: Path, name: str, content: bytes, code: str
) -> None:
    path = tmp_path / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)

    catalogue, problems = load_catalogue(tmp_path)

    assert code in {problem.code for problem in problems}
    assert catalogue == Catalogue()
    assert all(render(one) and render(one, "en") for one in problems)


def test_a_thousandfold_alias_bomb_is_only_a_list_of_problems(tmp_path: Path) -> None:
    lines = ["a0: &a0 [x]"] + [
        f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 9)}]" for n in range(1, 9)
    ]

    _, codes = load(tmp_path, {"ledgers/a/bomb.yaml": "\n".join(lines)})

    assert codes.count("CATALOGUE_005") == 9 + 8 * 9


def test_a_missing_folder_is_a_problem_not_an_exception(tmp_path: Path) -> None:
    _, problems = load_catalogue(tmp_path / "nowhere")

    assert [problem.code for problem in problems] == ["CATALOGUE_001"]


def test_a_file_that_cannot_be_opened_is_a_problem(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(path: Path) -> bytes:
        raise PermissionError(13, "Permission denied", str(path))

    write(tmp_path, {"units.yaml": UNITS})
    monkeypatch.setattr(Path, "read_bytes", refuse)

    _, problems = load_catalogue(tmp_path)

    assert [one.code for one in problems] == ["CATALOGUE_026"]
    assert "Permission denied" in render(problems[0])


def test_the_area_must_come_from_the_folder_or_the_file(tmp_path: Path) -> None:
    _, codes = load(tmp_path, {"units.yaml": UNITS, "ledgers/pond.yaml": POND})
    assert codes == ["CATALOGUE_012"]

    _, codes = load(tmp_path, {"ledgers/pond.yaml": POND + "area: water\n"})
    assert codes == []


def test_cases_and_schemas_are_no_definitions(tmp_path: Path) -> None:
    catalogue, codes = load(
        tmp_path,
        {"indicators/a/x.cases.yaml": "- name: 用例", "schemas/x.yaml": "a: b", "notes.txt": "x"},
    )

    assert (catalogue, codes) == (Catalogue(), [])


def test_the_shipped_catalogue_has_no_problems() -> None:
    _, problems = load_catalogue(shipped_folder())

    assert [render(one) for one in problems] == []


def test_the_shipped_catalogue_is_read_once() -> None:
    assert shipped_catalogue() is shipped_catalogue()
    assert len(shipped_catalogue().units) > 20


def test_a_broken_shipped_catalogue_raises_with_everything_found(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr("shuzhi.catalogue.loader.shipped_folder", lambda: tmp_path)
    write(tmp_path, {"units.yaml": "units: 1", "ledgers/a/x.yaml": "key: ["})

    with pytest.raises(ProblemsError) as caught:
        shipped_catalogue.__wrapped__()

    assert sorted(one.code for one in caught.value.problems) == ["CATALOGUE_003", "CATALOGUE_028"]
