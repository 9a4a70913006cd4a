"""The catalogue in the browser for everybody, and an office's own definitions for its administrator."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from shuzhi.catalogue.loader import shipped_catalogue
from tests.cli.conftest import OWN_CATALOGUE
from tests.support.office import COUNTY, FIRST, Office, _people, database
from tests.web.conftest import Visit, client_of


@pytest.fixture
def live(tmp_path: Path, office_files: Path) -> Iterator[None]:
    """An office whose definitions are those in force."""
    from shuzhi.apps import office

    with database("sqlite", tmp_path):
        _people()
        office.refresh()
        yield
    (office_files / "catalogue" / "current").unlink(missing_ok=True)
    office.refresh()


def address(rest: str, unit: str = FIRST) -> str:
    """A page of the catalogue."""
    return f"/at/{unit}/catalogue/{rest}"


def files(**changed: str) -> list[SimpleUploadedFile]:
    """The office's own definitions, some changed."""
    return [
        SimpleUploadedFile(name.rsplit("/", 1)[1].replace(".yaml", f"_{name.split('/')[0]}.yaml"), changed.get(name.split("/")[0], text).encode())
        for name, text in OWN_CATALOGUE.items()
    ]  # fmt: skip


def test_a_clerk_reads_what_an_indicator_counts(web_sqlite: Office, as_: Visit) -> None:
    page = as_("村会计").get(address("indicators/green_tea_area/")).content.decode()

    assert "“茶园台账”各行“茶园面积”之和" in page
    assert "茶叶品种是“绿茶”" in page
    assert "镇产业台账要求" in page
    assert address("ledgers/tea/") in page


def test_a_clerk_reads_how_a_ledger_is_filled_in(web_sqlite: Office, as_: Visit) -> None:
    page = as_("村会计").get(address("ledgers/tea/")).content.decode()

    for text in ("茶园台账", "个人信息", "绿茶、红茶", "单块茶园超过 100 亩", "不清楚的留空"):
        assert text in page
    assert "绿茶面积" in page, "indicators that read it are linked"


def test_the_cases_of_an_indicator_are_shown(web_sqlite: Office, as_: Visit) -> None:
    page = as_("村会计").get(address("indicators/orchard_area/")).content.decode()

    assert "修订只过差额，镇数等于村数之和" in page
    assert "果园面积 = 8" in page


def test_the_catalogue_is_searched_by_title_synonym_and_english(
    web_sqlite: Office, as_: Visit
) -> None:
    for wanted in ("茶园", "Tea area", "tea_area"):
        assert "indicators/tea_area/" in as_("村会计").get(address(f"?q={wanted}")).content.decode()
    assert "没有找到" in as_("村会计").get(address("?q=没有这个词")).content.decode()


@pytest.mark.parametrize("language", ["zh", "en"])
def test_every_definition_can_be_shown(web_sqlite: Office, language: str) -> None:
    client = client_of("村会计", language)
    catalogue = shipped_catalogue()
    kinds = {
        "ledgers": list(catalogue.ledgers)[::7],
        "indicators": list(catalogue.indicators)[::23],
        "relations": list(catalogue.relations)[::9],
        "reports": list(catalogue.reports),
    }

    wrong = [f"{folder}/{key}" for folder, keys in kinds.items() for key in keys if client.get(address(f"{folder}/{key}/")).status_code != 200]  # fmt: skip

    assert wrong == []
    for folder in kinds:
        assert client.get(address(f"{folder}/no_such_key/")).status_code == 404
    for kind in ("ledger", "indicator", "relation", "parameter", "report", "unit", "wordlist", "programme"):  # fmt: skip
        assert client.get(address(f"?kind={kind}")).status_code == 200
    assert client.get(address("parameters/")).status_code == 200


def test_an_upload_shows_every_error_with_its_place(live: None, as_: Visit) -> None:
    client = as_("管理员")
    broken = {
        "ledgers": OWN_CATALOGUE["ledgers/industry/tea.yaml"].replace("unit: 亩", "unit: 斗").replace("type: choice", "typ: choice"),
        "relations": OWN_CATALOGUE["relations/industry/tea.yaml"].replace("kind: sum", "kind: summe"),
    }  # fmt: skip

    done = client.post(address("own/", COUNTY), {"action": "bring", "files": files(**broken), "area": "industry"})  # fmt: skip

    text = done.content.decode()
    assert done.status_code == 422
    assert text.count('<th scope="row"><code>') >= 3
    assert "斗" in text
    assert "typ" in text
    assert "summe" in text
    assert 'value="enforce"' not in text


def test_definitions_are_looked_at_taken_into_force_and_withdrawn(live: None, as_: Visit) -> None:
    client = as_("管理员")
    assert client.get(address("ledgers/tea/")).status_code == 404

    brought = client.post(address("own/", COUNTY), {"action": "bring", "files": files(), "area": "industry"})  # fmt: skip
    assert brought.status_code == 302
    number = brought["Location"].split("draft=")[1]
    shown = client.get(brought["Location"]).content.decode()
    assert "检查通过" in shown
    assert "茶园台账" in shown
    refused = client.post(
        address("own/", COUNTY), {"action": "enforce", "draft": number, "note": ""}
    )
    assert refused.status_code == 422
    assert "DEFINITION_012" in refused.content.decode()
    assert client.get(address("ledgers/tea/")).status_code == 404, "nothing is in force yet"

    client.post(address("own/", COUNTY), {"action": "enforce", "draft": number, "note": "要求"})

    assert client.get(address("ledgers/tea/")).status_code == 200
    assert client.get(address("own/0001/", COUNTY)).content.startswith(b"PK")
    client.post(address("own/", COUNTY), {"action": "withdraw", "to": "", "note": "取消"})
    assert client.get(address("ledgers/tea/")).status_code == 404


def test_what_was_pasted_stays_when_it_is_refused(live: None, as_: Visit) -> None:
    done = as_("管理员").post(
        address("own/", COUNTY), {"action": "bring", "text": "hello: there", "name": "mine.yaml"}
    )

    text = done.content.decode()
    assert done.status_code == 422
    assert "DEFINITION_003" in text
    assert "hello: there" in text
    assert 'value="mine.yaml"' in text
