"""An office's own definitions: all errors at once, in force without a restart, withdrawn again, and never against rows that are kept."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from shuzhi.core.problems import ProblemsError
from tests.cli.conftest import OWN_CATALOGUE
from tests.support.office import FIRST, Office, database
from tests.support.office import office as open_office

FILES = [(name, text.encode()) for name, text in OWN_CATALOGUE.items()]


def codes(action) -> list[str]:  # type: ignore[no-untyped-def]
    """The codes of the problems the action raises."""
    with pytest.raises(ProblemsError) as error:
        action()
    return [p.code for p in error.value.problems]


@pytest.fixture
def files(tmp_path: Path) -> Iterator[Path]:
    """The office's files of this test; afterwards nothing of them stays in force."""
    from django.test import override_settings

    from shuzhi.apps import office

    try:
        with override_settings(OFFICE_FILES=tmp_path / "files"):
            yield tmp_path / "files"
    finally:
        office.refresh()


@pytest.fixture
def live(tmp_path: Path, files: Path) -> Iterator[Office]:
    """An office whose definitions are those in force, not ones a test put in their place."""
    from shuzhi.apps import office
    from tests.support.office import _people

    with database("sqlite", tmp_path):
        _people()
        office.refresh()
        made = Office("sqlite", office.definitions().catalogue, "", tmp_path)
        made.open(2023)
        yield made


def enforce(live: Office, uploads: list[tuple[str, bytes]], **more: object) -> str:
    """Bring files and take them into force."""
    from shuzhi.apps.administration import own_definitions

    admin = live.actor("管理员")
    return own_definitions.enforce(
        admin,
        own_definitions.bring(admin, uploads, **more),
        note="镇产业办要求",  # type: ignore[arg-type]
    )


def test_everything_that_is_wrong_is_told_with_file_line_and_column(live: Office) -> None:
    from shuzhi.apps.administration import own_definitions

    ledger = b"""key: tea
title: Tea
kept_by: village
nature: register
identified_by: [plot]
fields:
  - {key: date, title: D, type: date, required: true}
  - {key: plot, titel: P}
  - {key: area, title: A, type: quantity, unit: bushel}
"""
    indicator = (
        b"{key: tea_area, title: T, unit: mu, nature: stock, from: coffee, value: sum(area)}\n"
    )
    admin = live.actor("管理员")
    number = own_definitions.bring(
        admin, [("tea.yaml", ledger), ("tea_area.yaml", indicator)], area="industry"
    )

    checked = own_definitions.check(admin, number)

    assert not checked.is_sound
    places = [(p.place.file, p.place.line, p.place.column_number) for p in checked.problems]
    assert len(places) >= 3
    assert all(line and column for _, line, column in places)
    assert {file for file, _, _ in places} == {
        "ledgers/industry/tea.yaml",
        "indicators/industry/tea_area.yaml",
    }
    assert ("ledgers/industry/tea.yaml", 8) in {(f, line) for f, line, _ in places}
    assert codes(lambda: own_definitions.enforce(admin, number, note="x")) == [
        p.code for p in checked.problems
    ]


def test_definitions_come_into_force_without_a_restart_and_go_again(live: Office) -> None:
    from shuzhi.apps import office
    from shuzhi.apps.administration import own_definitions

    assert "tea" not in office.definitions().catalogue.ledgers

    assert enforce(live, FILES) == "0001"

    assert office.definitions().catalogue.ledgers["tea"].title.zh == "茶园台账"
    assert [v.is_current for v in own_definitions.versions()] == [True]
    own_definitions.withdraw(live.actor("管理员"), note="取消")
    assert "tea" not in office.definitions().catalogue.ledgers
    assert [v.is_current for v in own_definitions.versions()] == [False]
    own_definitions.withdraw(live.actor("管理员"), to="0001", note="恢复")
    assert "tea" in office.definitions().catalogue.ledgers


def test_another_process_notices_at_its_next_request(live: Office) -> None:
    """Its thread works on with what it began with until then."""
    import threading

    from django.core.signals import request_started

    from shuzhi.apps import office

    seen: list[bool] = []
    began, changed = threading.Event(), threading.Event()

    def other() -> None:
        request_started.send(sender=None)
        seen.append("tea" in office.definitions().catalogue.ledgers)
        began.set()
        changed.wait(10)
        seen.append("tea" in office.definitions().catalogue.ledgers)
        request_started.send(sender=None)
        seen.append("tea" in office.definitions().catalogue.ledgers)

    thread = threading.Thread(target=other)
    thread.start()
    began.wait(10)
    enforce(live, FILES)
    changed.set()
    thread.join()

    assert seen == [False, False, True]


def test_a_later_upload_is_laid_over_the_version_in_force(live: Office) -> None:
    from shuzhi.apps.administration import own_definitions

    enforce(live, FILES)
    text = OWN_CATALOGUE["ledgers/industry/tea_sale.yaml"].replace("茶叶销售台账", "卖茶台账")

    assert enforce(live, [("ledgers/industry/tea_sale.yaml", text.encode())]) == "0002"

    assert set(own_definitions.own_files()) == set(OWN_CATALOGUE)
    enforce(live, [], without=["relations/industry/tea.yaml"])
    assert set(own_definitions.own_files()) == set(OWN_CATALOGUE) - {"relations/industry/tea.yaml"}


def test_a_zip_keeps_its_folders_and_single_files_find_theirs(live: Office) -> None:
    from shuzhi.apps.administration import own_definitions

    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as archive:
        for name, text in OWN_CATALOGUE.items():
            archive.writestr(f"ours/{name}", text)
        archive.writestr("ours/readme.txt", "notes")
    enforce(live, [("ours.zip", content.getvalue())])
    assert set(own_definitions.own_files()) == set(OWN_CATALOGUE)

    loose = [(name.rsplit("/", 1)[1].replace("tea", f"tea{n}"), text.encode()) for n, (name, text) in enumerate(OWN_CATALOGUE.items())]  # fmt: skip
    enforce(live, loose, area="industry", is_whole=True)

    folders = sorted(name.rsplit("/", 1)[0] for name in own_definitions.own_files())
    assert folders == sorted(name.rsplit("/", 1)[0] for name in OWN_CATALOGUE)


def test_what_is_no_definition_is_told_before_anything_is_kept(live: Office) -> None:
    from shuzhi.apps.administration import own_definitions

    admin = live.actor("管理员")

    def bring(*uploads: tuple[str, bytes]) -> list[str]:
        return codes(lambda: own_definitions.bring(admin, list(uploads)))

    assert bring() == ["DEFINITION_001"]
    assert bring(("a.docx", b"x"), ("b.yaml", b"hello: world")) == [
        "DEFINITION_002",
        "DEFINITION_003",
    ]
    assert bring(("a.zip", b"x")) == ["DEFINITION_010"]
    assert bring(("tea.yaml", b"key: t\nfields: []\n#" + b"x" * 6_000_000)) == ["DEFINITION_009"]
    evil = io.BytesIO()
    with zipfile.ZipFile(evil, "w") as archive:
        archive.writestr("../ledgers/x.yaml", "key: x\nfields: []\n")
    assert bring(("a.zip", evil.getvalue())) == ["DEFINITION_002"]


def test_rows_that_are_kept_keep_their_definitions(live: Office) -> None:
    from shuzhi.apps.administration import own_definitions

    enforce(live, FILES)
    live.record("tea", FIRST, date="2023-03-01", plot="T1", area="2", kind="绿茶")
    admin = live.actor("管理员")
    ledger = OWN_CATALOGUE["ledgers/industry/tea.yaml"]
    indicators = OWN_CATALOGUE["indicators/industry/tea.yaml"]

    def bring(name: str, text: str) -> list[str]:
        number = own_definitions.bring(admin, [(name, text.encode())])
        return [p.code for p in own_definitions.check(admin, number).problems]

    gone = "\n".join(line for line in ledger.splitlines() if "key: remark" not in line)
    assert bring("ledgers/industry/tea.yaml", gone) == ["DEFINITION_005"]
    longer = ledger.replace("title: {zh: 备注, en: Remarks}", "title: {zh: 说明, en: Notes}")
    assert bring("ledgers/industry/tea.yaml", longer) == []
    other = indicators.replace("where: kind == '绿茶'", "where: kind == '红茶'", 1)
    assert bring("indicators/industry/tea.yaml", other) == ["DEFINITION_006"]
    renamed = indicators.replace("zh: 绿茶面积", "zh: 绿茶园面积")
    assert bring("indicators/industry/tea.yaml", renamed) == []
    assert "DEFINITION_004" in codes(lambda: own_definitions.withdraw(admin, note="取消"))


def test_a_case_that_comes_out_differently_keeps_definitions_from_coming_into_force(
    live: Office,
) -> None:
    from shuzhi.apps.administration import own_definitions

    cases = """
- name: 两块地
  indicator: tea_area
  given: |
    | 单位 | 登记日期 | 地块号 | 茶园面积 |
    | 甲村 | 2023-03-01 | T1 | 2 |
    | 甲村 | 2023-03-01 | T2 | 3 |
  then:
    - {org: 甲村, period: "2023", value: "%s"}
"""
    admin = live.actor("管理员")

    def check(value: str) -> tuple[list[str], int]:
        extra = ("indicators/industry/tea.cases.yaml", (cases % value).encode())
        found = own_definitions.check(admin, own_definitions.bring(admin, [*FILES, extra]))
        return [p.code for p in found.problems], sum(c.passed for c in found.cases)

    assert check("5") == ([], 1)
    wrong, passed = check("6")
    assert len(wrong) == 1
    assert passed == 0


def test_only_an_administrator_of_the_whole_office_brings_definitions(
    tmp_path: Path, files: Path
) -> None:
    from shuzhi.apps.administration import own_definitions

    with open_office("sqlite", tmp_path) as made:
        for persona in ("镇领导", "县会计", "审计员", "安全员"):
            actor = made.actor(persona)
            assert codes(lambda actor=actor: own_definitions.bring(actor, FILES)) == ["PEOPLE_001"]  # type: ignore[misc]
        admin = made.actor("管理员")
        number = own_definitions.bring(admin, FILES)
        assert codes(lambda: own_definitions.enforce(admin, number, note=" ")) == ["DEFINITION_012"]
        assert codes(lambda: own_definitions.check(admin, "../../etc")) == ["DEFINITION_008"]
