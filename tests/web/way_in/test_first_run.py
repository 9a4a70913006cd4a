"""The set-up of a new office in the browser."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from io import BytesIO
from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client, override_settings

from shuzhi.apps.audit.models import Clock, Event
from shuzhi.apps.organisations.models import Organisation
from shuzhi.apps.people.models import Account, Post
from tests.support.office import ENGINES, database
from tests.web.way_in.conftest import PASSWORD, sign_in

TYPED = {
    "way": "typed", "level": "township", "name": "示范镇", "code_of_unit": "990101100000",
    "below": "甲村\n乙村 990101100207\n\n990101100209，丙村\n",
}  # fmt: skip
ADMINISTRATOR = {"name": "张三", "display": "张三", "password": PASSWORD, "again": PASSWORD}
Empty = Callable[[], Client]


@pytest.fixture(params=ENGINES)
def empty(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Client]:
    """A browser before a migrated database without an office."""
    with (
        database(request.param, tmp_path),
        override_settings(SECRET_KEY="a key of its own", DIVISIONS=tmp_path / "none.sqlite"),
    ):
        yield Client()


@pytest.fixture
def empty_sqlite(tmp_path: Path) -> Iterator[Client]:
    """The same on SQLite alone."""
    with (
        database("sqlite", tmp_path),
        override_settings(SECRET_KEY="a key of its own", DIVISIONS=tmp_path / "none.sqlite"),
    ):
        yield Client()


def test_every_address_leads_to_the_set_up(empty: Client) -> None:
    for path in ("/", "/sign-in/", "/me/", "/at/990101100000/ledgers/", "/nowhere/"):
        assert empty.get(path).url == "/setup/"
    assert empty.get("/setup/").status_code == 200


def test_an_office_is_typed_looked_over_and_made(empty: Client) -> None:
    assert empty.post("/setup/", TYPED).url == "/setup/units/"
    text = empty.get("/setup/units/").content.decode()
    assert "990101100201" in text
    assert empty.post("/setup/units/").url == "/setup/administrator/"
    assert not Clock.objects.exists()

    assert empty.post("/setup/administrator/", ADMINISTRATOR).url == "/setup/progress/"

    assert dict(Organisation.objects.values_list("code", "name")) == {
        "990101100000": "示范镇", "990101100201": "甲村", "990101100207": "乙村", "990101100209": "丙村",
    }  # fmt: skip
    assert list(Post.objects.values_list("account__name", "role", "organisation__name")) == [
        ("张三", "administrator", "示范镇")
    ]
    assert "张三" in empty.get("/setup/progress/").content.decode()
    assert (
        sign_in("张三").get("/", follow=True).request["PATH_INFO"] == "/at/990101100000/workbench/"
    )
    assert not Account.objects.get(name="张三").must_change


def test_after_the_set_up_its_pages_are_gone(empty_sqlite: Client) -> None:
    empty_sqlite.post("/setup/", TYPED)
    empty_sqlite.post("/setup/administrator/", ADMINISTRATOR)

    for path in (
        "/setup/",
        "/setup/units/",
        "/setup/administrator/",
        "/setup/template/",
        "/setup/divisions/",
    ):
        assert empty_sqlite.get(path).status_code == 404
    assert Client().get("/setup/progress/").status_code == 404
    assert (
        empty_sqlite.post("/setup/administrator/", ADMINISTRATOR | {"name": "李四"}).status_code
        == 404
    )
    assert Account.objects.count() == 1


def test_the_template_comes_back_as_the_list_of_units(empty: Client) -> None:
    file = SimpleUploadedFile("单位.csv", empty.get("/setup/template/").content)

    assert empty.post("/setup/", {"way": "file", "file": file}).url == "/setup/units/"

    assert "乙村" in empty.get("/setup/units/").content.decode()


def test_a_workbook_is_read_like_the_csv(empty_sqlite: Client) -> None:
    import openpyxl

    book = openpyxl.Workbook()
    for row in (
        ["代码", "名称", "级别", "上级代码"],
        ["990101100000", "示范镇", "乡镇", ""],
        ["990101100201", "甲村", "村", "990101100000"],
    ):
        book.active.append(row)
    kept = BytesIO()
    book.save(kept)

    answer = empty_sqlite.post(
        "/setup/", {"way": "file", "file": SimpleUploadedFile("units.xlsx", kept.getvalue())}
    )

    assert answer.url == "/setup/units/"


def test_all_problems_of_a_file_are_shown_and_nothing_is_written(empty: Client) -> None:
    text = (
        "代码,名称,级别,上级代码\n990101100000,示范镇,乡镇,\n990101100201,甲村,庄,990101100000\n"
        "990101100202,,村,990101100000\n990101100203,丙村,村,990101199000\n"
    )
    file = SimpleUploadedFile("单位.csv", text.encode())

    answer = empty.post("/setup/", {"way": "file", "file": file})

    shown = answer.content.decode()
    assert answer.status_code == 422
    assert [code for code in ("ORG_005", "ORG_007", "ORG_004") if code not in shown] == []
    assert (Clock.objects.count(), Event.objects.count(), Organisation.objects.count()) == (0, 0, 0)


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"code_of_unit": "12"}, "OFFICE_009"),
        ({"name": ""}, "ORG_007"),
        ({"level": "hamlet"}, "ORG_005"),
        ({"below": "甲村 990101100201\n乙村 990101100201"}, "ORG_003"),
    ],
)
def test_what_is_typed_wrong_is_said_and_kept(
    empty_sqlite: Client, change: dict[str, str], code: str
) -> None:
    answer = empty_sqlite.post("/setup/", TYPED | change)

    shown = answer.content.decode()
    assert answer.status_code == 422
    assert code in shown
    assert "丙村" in shown or "乙村" in shown


def test_two_units_at_the_top_are_one_too_many(empty_sqlite: Client) -> None:
    text = "code,name,level,parent\n990101100000,示范镇,township,\n990101101000,样板乡,township,\n"

    answer = empty_sqlite.post(
        "/setup/", {"way": "file", "file": SimpleUploadedFile("a.csv", text.encode())}
    )

    assert "OFFICE_008" in answer.content.decode()


@pytest.mark.parametrize(
    ("change", "codes"),
    [
        ({"password": "short", "again": "other"}, ["PEOPLE_010", "PEOPLE_016"]),
        ({"name": " "}, ["PEOPLE_003"]),
        ({"name": "SYSTEM"}, ["PEOPLE_003"]),
    ],
)
def test_an_administrator_that_will_not_do_makes_no_office(
    empty_sqlite: Client, change: dict[str, str], codes: list[str]
) -> None:
    empty_sqlite.post("/setup/", TYPED)

    answer = empty_sqlite.post("/setup/administrator/", ADMINISTRATOR | change)

    assert [c for c in codes if c not in answer.content.decode()] == []
    assert PASSWORD not in answer.content.decode()
    assert not Clock.objects.exists()


def test_a_step_cannot_be_skipped(empty_sqlite: Client) -> None:
    assert empty_sqlite.get("/setup/units/").url == "/setup/"
    assert empty_sqlite.post("/setup/administrator/", ADMINISTRATOR).url == "/setup/"


# ── strangers ─────────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    "more", [{"REMOTE_ADDR": "10.0.0.9"}, {"headers": {"X-Forwarded-For": "10.0.0.9"}}]
)
def test_a_browser_elsewhere_needs_the_code_of_the_terminal(
    empty_sqlite: Client, more: dict[str, object]
) -> None:
    from shuzhi.web.way_in.setup_code import setup_code

    away = Client(**more)  # type: ignore[arg-type]
    assert "启动码" in away.get("/setup/").content.decode()
    assert away.get("/setup/units/").url == "/setup/"
    assert "启动码" in away.post("/setup/", TYPED).content.decode()
    assert away.post("/setup/", {"code": "WRONGONE"}).status_code == 422
    code = setup_code()

    assert away.post("/setup/", {"code": f"{code[:4].lower()} {code[4:]}"}).url == "/setup/"

    assert away.post("/setup/", TYPED).url == "/setup/units/"


def test_the_code_cannot_be_guessed_for_long(empty_sqlite: Client) -> None:
    from shuzhi.web.way_in.setup_code import setup_code

    away = Client(REMOTE_ADDR="10.0.0.9")
    for _ in range(30):
        away.post("/setup/", {"code": "WRONGONE"})

    assert "PEOPLE_021" in away.post("/setup/", {"code": setup_code()}).content.decode()


def test_a_server_without_a_key_of_its_own_accepts_no_code(empty_sqlite: Client) -> None:
    from shuzhi.web.way_in.setup_code import setup_code

    with override_settings(SECRET_KEY="command-line-only"):
        away = Client(REMOTE_ADDR="10.0.0.9")
        assert away.post("/setup/", {"code": setup_code()}).status_code == 422


# ── the demonstration ─────────────────────────────────────────────────────────────────────────────────────────────────


def test_the_demonstration_is_made_in_the_background(empty_sqlite: Client) -> None:
    from shuzhi.apps.jobs.models import Job

    assert empty_sqlite.post("/setup/", {"way": "demonstration"}).url == "/setup/administrator/"
    assert empty_sqlite.post("/setup/administrator/", ADMINISTRATOR).url == "/setup/progress/"

    shown = empty_sqlite.get("/setup/progress/").content.decode()
    assert "data-reload" in shown
    assert "示范镇记账员" in shown
    job = Job.objects.get()
    assert (job.kind, job.actor, job.state) == ("office.demonstration", "张三", "waiting")
    for name in ("张三", "示范镇记账员", "示例县负责人"):
        assert sign_in(name).answer.status_code == 302


def test_a_database_without_tables_says_how_to_start(tmp_path: Path) -> None:
    from tests.support.office import _close, connect

    connect(f"sqlite:///{tmp_path / 'nothing.sqlite3'}")
    try:
        assert Client().get("/me/").url == "/setup/"
        answer = Client().get("/setup/")
        assert answer.status_code == 503
        assert "shuzhi serve" in answer.content.decode()
    finally:
        _close()


# ── the national list ─────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.fixture
def national_list(tmp_path: Path) -> Path:
    """A list with one invented county, in the form of the npm package."""
    import sqlite3

    file = tmp_path / "data.sqlite"
    with sqlite3.connect(file) as made:
        made.executescript(
            """
            CREATE TABLE province (code TEXT PRIMARY KEY, name TEXT);
            CREATE TABLE city (code TEXT PRIMARY KEY, name TEXT, provinceCode TEXT);
            CREATE TABLE area (code TEXT PRIMARY KEY, name TEXT, cityCode TEXT, provinceCode TEXT);
            CREATE TABLE street (code TEXT PRIMARY KEY, name TEXT, areaCode TEXT, provinceCode TEXT, cityCode TEXT);
            CREATE TABLE village (code TEXT PRIMARY KEY, name TEXT, streetCode TEXT);
            INSERT INTO province VALUES ('99', '示例省');
            INSERT INTO city VALUES ('9901', '示例市', '99');
            INSERT INTO area VALUES ('990101', '示例县', '9901', '99'), ('990102', '别的县', '9901', '99');
            INSERT INTO street VALUES ('990101100', '示范镇', '990101', '99', '9901'), ('990101101', '样板乡', '990101', '99', '9901'),
              ('990102100', '示范镇', '990102', '99', '9901');
            INSERT INTO village VALUES ('990101100201', '甲村委会', '990101100'), ('990101100202', '乙村民委员会', '990101100'),
              ('990101100003', '丙社区居委会', '990101100'), ('990101101201', '丁村委会', '990101101'), ('990102100201', '外村委会', '990102100');
            """
        )
    made.close()
    return file


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("示例县", ["990101000000"]),
        ("示范", ["990101100000", "990102100000"]),
        ("示例县 示范", ["990101100000"]),
        ("990101", ["990101000000", "990101100000", "990101101000"]),
        ("990101100000", ["990101100000"]),
        ("100%_", []),
        ("", []),
    ],
)
def test_a_division_is_found_by_name_or_code(
    national_list: Path, text: str, found: list[str]
) -> None:
    from shuzhi.exchange.divisions import find_divisions

    assert [d.code for d in find_divisions(national_list, text)] == found


def test_a_county_comes_with_its_townships_and_villages(
    empty_sqlite: Client, national_list: Path
) -> None:
    with override_settings(DIVISIONS=national_list):
        assert "示例省 示例市" in empty_sqlite.get("/setup/divisions/?q=示例县").content.decode()
        assert (
            empty_sqlite.post("/setup/", {"way": "list", "division": "990101000000"}).url
            == "/setup/units/"
        )
        assert (
            empty_sqlite.post("/setup/", {"way": "list", "division": "999999000000"}).status_code
            == 422
        )
        empty_sqlite.post("/setup/administrator/", ADMINISTRATOR)

    assert list(Organisation.objects.order_by("code").values_list("name", "level", "parent__name")) == [
        ("示例县", "county", None), ("示范镇", "township", "示例县"), ("丙社区", "village", "示范镇"), ("甲村", "village", "示范镇"),
        ("乙村", "village", "示范镇"), ("样板乡", "township", "示例县"), ("丁村", "village", "样板乡"),
    ]  # fmt: skip
