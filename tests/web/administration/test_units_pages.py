"""The organisation tree in the browser: what is typed stays, what happens is shown first, figures stay sound."""

from __future__ import annotations

from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from tests.support.office import FIRST, SECOND, THIRD, TOWN, VILLAGES, Office
from tests.web.conftest import Visit

NEW = "990101100299"


def plant(office: Office) -> None:
    """A tea garden of a different size in each village."""
    for number, village in enumerate(VILLAGES, 3):
        office.record("tea", village, date="2023-03-01", plot="T1", area=str(number), kind="绿茶")


def areas(office: Office, *units: str) -> list[object]:
    """The tea area of each unit in 2023."""
    return [office.value("tea_area", unit, 2023) for unit in units]


def address(unit: str, rest: str) -> str:
    """A page of this area."""
    return f"/at/{unit}/administration/{rest}"


def test_a_unit_is_opened_below_another(web_sqlite: Office, as_: Visit) -> None:
    client = as_("管理员")

    done = client.post(
        address(TOWN, "units/"),
        {"code": NEW, "name": "己村", "level": "village", "on": "2024-01-01"},
    )

    assert done.status_code == 302
    page = client.get(address(TOWN, "units/")).content.decode()
    assert "己村" in page
    assert "已开设" in page


def test_what_was_typed_stays_when_it_is_refused(web_sqlite: Office, as_: Visit) -> None:
    done = as_("管理员").post(
        address(TOWN, "units/"),
        {"code": FIRST, "name": "别的村", "level": "village", "on": "2024-01-01"},
    )

    text = done.content.decode()
    assert done.status_code == 422
    assert "ORG_003" in text
    assert 'value="别的村"' in text


def test_a_unit_is_renamed_moved_and_closed_with_a_reason(web_sqlite: Office, as_: Visit) -> None:
    from shuzhi.apps.organisations.queries import get
    from tests.support.office import OTHER_TOWN

    client = as_("管理员")
    refused = client.post(
        address(FIRST, "unit/"), {"action": "rename", "name": "甲家塬", "reason": ""}
    )
    assert refused.status_code == 422
    assert "UNIT_001" in refused.content.decode()
    assert 'value="甲家塬"' in refused.content.decode()

    client.post(address(FIRST, "unit/"), {"action": "rename", "name": "甲家塬", "reason": "批复"})
    client.post(address(FIRST, "unit/"), {"action": "move", "parent": OTHER_TOWN, "reason": "区划"})
    client.post(address(FIRST, "unit/"), {"action": "close", "on": "2024-05-01", "reason": "搬迁"})

    unit = get(FIRST)
    assert (unit.name, unit.parent and unit.parent.code, unit.closed_on) == (
        "甲家塬",
        OTHER_TOWN,
        "2024-05-01",
    )
    page = client.get(address(FIRST, "unit/")).content.decode()
    assert page.count("<td>甲家塬</td>") == 2, "both later placements stand in the history"
    assert "甲村" in page


def test_a_merger_shows_what_happens_before_it_is_done(web: Office, as_: Visit) -> None:
    plant(web)
    client = as_("管理员")
    form = {"unit": [FIRST, SECOND], "into": "", "code": NEW, "name": "合村", "on": "2024-05-01", "reason": "并村"}  # fmt: skip

    shown = client.post(address(TOWN, "merge/"), {**form, "action": "preview"})

    text = shown.content.decode()
    assert shown.status_code == 200
    assert "办理之后" in text
    assert 'name="action" value="merge"' in text
    assert areas(web, FIRST, SECOND, TOWN) == [3, 4, 12], "nothing was done yet"

    done = client.post(address(TOWN, "merge/"), {**form, "action": "merge"})

    assert done.status_code == 302
    assert areas(web, NEW, TOWN) == [7, 12]
    assert web.is_sound()


def test_a_merger_is_refused_in_place(web_sqlite: Office, as_: Visit) -> None:
    form = {
        "unit": [FIRST],
        "into": "",
        "code": "",
        "name": "",
        "on": "2024-05-01",
        "reason": "并村",
    }

    done = as_("管理员").post(address(TOWN, "merge/"), {**form, "action": "merge"})

    text = done.content.decode()
    assert done.status_code == 422
    assert "ORG_010" in text
    assert 'value="并村"' in text
    assert f'value="{FIRST}" checked' in text


def test_a_split_gives_every_record_a_home(web: Office, as_: Visit) -> None:
    plant(web)
    web.record("tea", FIRST, date="2023-04-01", plot="T2", area="10", kind="红茶")
    client = as_("管理员")
    form = {
        "code1": NEW, "name1": "东村", "code2": NEW + "9", "name2": "西村", "field": "kind",
        "value0": NEW + "9", "on": "2024-06-01", "reason": "拆村",
    }  # fmt: skip

    shown = client.post(address(FIRST, "split/"), {**form, "action": "preview"}).content.decode()
    assert "还有 1 条没有去处" in shown
    assert 'value="split"' not in shown
    refused = client.post(address(FIRST, "split/"), {**form, "action": "split"})
    assert refused.status_code == 422
    assert "ORG_014" in refused.content.decode()

    ready = {**form, "rest": NEW}
    assert 'value="split"' in client.post(address(FIRST, "split/"), {**ready, "action": "preview"}).content.decode()  # fmt: skip
    done = client.post(address(FIRST, "split/"), {**ready, "action": "split"})

    assert done.status_code == 302
    assert sorted(areas(web, NEW, NEW + "9")) == [3, 10]
    assert areas(web, TOWN) == [22]
    assert web.is_sound()


def test_a_unit_with_units_below_is_not_split_by_records(web_sqlite: Office, as_: Visit) -> None:
    page = as_("管理员").get(address(TOWN, "split/"))

    assert "UNIT_004" in page.content.decode()


def units_csv(*rows: str) -> SimpleUploadedFile:
    """A file of units."""
    text = "\n".join(["代码,名称,级别,上级代码", *rows])
    return SimpleUploadedFile("单位.csv", text.encode("utf-8-sig"), "text/csv")


def test_units_from_a_file_are_looked_at_before_they_are_opened(
    web_sqlite: Office, as_: Visit
) -> None:
    from shuzhi.apps.organisations.models import Organisation

    client = as_("管理员")
    file = units_csv(f"{NEW},己村,村,{TOWN}", f"{THIRD},丙村,村,{TOWN}")

    shown = client.post(address(TOWN, "units/import/"), {"file": file}).content.decode()

    assert "己村" in shown
    assert not Organisation.objects.filter(code=NEW).exists()
    number = shown.split('name="number" value="')[1].split('"')[0]
    client.post(address(TOWN, "units/import/"), {"number": number})
    assert Organisation.objects.get(code=NEW).parent.code == TOWN  # type: ignore[union-attr]
    assert Organisation.objects.filter(code=THIRD).count() == 1


@pytest.mark.parametrize(
    ("row", "code"),
    [
        (f"{NEW},己村,寨,{TOWN}", "ORG_005"),
        (f"{NEW},己村,村,123", "ORG_004"),
        ("", ""),
    ],
)
def test_a_file_with_mistakes_opens_nothing(
    web_sqlite: Office, as_: Visit, row: str, code: str, tmp_path: Path
) -> None:
    from shuzhi.apps.organisations.models import Organisation

    client: Client = as_("管理员")

    shown = client.post(address(TOWN, "units/import/"), {"file": units_csv(row)})

    text = shown.content.decode()
    if 'name="number"' in text:
        number = text.split('name="number" value="')[1].split('"')[0]
        shown = client.post(address(TOWN, "units/import/"), {"number": number})
        text = shown.content.decode()
    assert not code or code in text
    assert not Organisation.objects.filter(code=NEW).exists()


def test_the_tree_asks_the_same_number_of_questions_however_many_units_there_are(
    web_sqlite: Office, as_: Visit
) -> None:
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    from shuzhi.apps.organisations.actions import open_units

    client = as_("管理员")
    client.get(address(TOWN, "units/"))
    with CaptureQueriesContext(connection) as few:
        client.get(address(TOWN, "units/"))
    open_units(
        web_sqlite.actor("管理员"),
        [{"code": f"9901011003{n:02}", "name": f"新{n}村", "level": "village", "parent": TOWN} for n in range(40)],
    )  # fmt: skip
    with CaptureQueriesContext(connection) as many:
        client.get(address(TOWN, "units/"))

    assert len(many) == len(few)
