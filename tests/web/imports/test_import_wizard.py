"""The import wizard, as a clerk without scripts goes through it, on both engines."""

from __future__ import annotations

import io
import re
import time
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from shuzhi.apps import storage
from shuzhi.apps.jobs.models import Job, Upload
from shuzhi.apps.jobs.worker import run_one
from shuzhi.apps.ledgers import uploaded
from tests.exchange.test_broken_inputs import ole_file
from tests.support.office import FIRST, SECOND, TOWN, Office
from tests.web.conftest import client_of

HEADERS = ["登记日期", "地块号", "户主姓名", "联系电话", "茶园面积", "茶叶品种"]


def row(n: int, **more: object) -> list[object]:
    """A good row of the tea ledger."""
    values: dict[str, object] = {"date": "2023-03-01", "plot": f"T{n:04d}", "owner": "张小三", "phone": "13812345678", "area": 2.5, "kind": "绿茶"}  # fmt: skip
    return list((values | more).values())


def workbook(rows: list[list[object]], headers: list[str] | None = None, sheet: str = "茶园台账") -> bytes:  # fmt: skip
    """An .xlsx as bytes."""
    book = openpyxl.Workbook()
    table = book.active
    assert table is not None
    table.title = sheet
    table.append(headers or HEADERS)
    for one in rows:
        table.append(one)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def upload(client: Client, content: bytes, name: str = "茶园.xlsx", unit: str = FIRST, **more: Any):  # type: ignore[no-untyped-def]  # fmt: skip
    """Post a file to the first step."""
    return client.post(
        reverse("import", kwargs={"unit": unit}),
        {"files": SimpleUploadedFile(name, content), **more},
    )


def kept() -> Upload:
    """The one upload there is."""
    return Upload.objects.get()


def at(name: str, unit: str = FIRST) -> str:
    """Address of a step of the one upload."""
    return reverse(name, kwargs={"unit": unit, "upload": kept().number})


def records() -> int:
    """How many records there are."""
    return int(storage.fetch("SELECT COUNT(*) FROM record")[0][0])


def text(answer: Any) -> str:
    """The page as text."""
    return str(answer.content.decode())


def test_a_file_goes_from_upload_to_a_batch_and_back(web: Office) -> None:
    client = client_of("村会计")

    answer = upload(client, workbook([row(1), row(2)]))
    assert answer.status_code == 302
    assert answer["Location"] == at("import-columns")
    shown = text(client.get(at("import-columns")))
    assert "茶园台账" in shown
    answer = client.post(at("import-columns"), {"do": "check"})
    assert answer["Location"] == at("import-check")
    shown = text(client.get(at("import-check")))
    assert records() == 0
    assert "新增 2，更正 0" in shown
    answer = client.post(at("import-check"))
    assert answer["Location"] == at("import-result")
    shown = text(client.get(at("import-result")))
    assert records() == 2
    assert "待审 2" in shown

    assert client.post(at("import-undo"), {"reason": " "}).status_code == 422
    assert client.post(at("import-undo"), {"reason": "拿错了文件"}).status_code == 302
    states = storage.fetch("SELECT state FROM record")
    assert states == [("withdrawn",), ("withdrawn",)]
    assert "这次导入已撤销" in text(client.get(at("import-result")))
    assert "已撤销" in text(client.get(reverse("import", kwargs={"unit": FIRST})))


def test_personal_values_are_masked_on_every_step(web: Office) -> None:
    client = client_of("村会计")
    upload(client, workbook([row(1), row(2, phone="1381234567")]))

    for name in ("import-columns", "import-check"):
        shown = text(client.get(at(name)))
        assert "张小三" not in shown
        assert "13812345678" not in shown
        assert "1381234567<" not in shown
    assert "张*三" in text(client.get(at("import-columns")))


def test_twenty_errors_in_five_thousand_rows_are_shown_with_their_cells_within_seconds(
    web: Office,
) -> None:
    rows = [row(n) for n in range(5000)]
    wrong = list(range(100, 5000, 245))[:20]
    for n in wrong:
        rows[n][4] = "约三亩"
    client = client_of("村会计")

    begun = time.monotonic()
    upload(client, workbook(rows))
    shown = text(client.get(at("import-check")))
    took = time.monotonic() - begun

    assert took < 12  # on a machine that is busy with other tests
    for n in wrong:
        assert f"<code>E{n + 2}</code>" in shown
    assert "有 20 处须改正" in shown
    assert client.post(at("import-check")).status_code == 422
    assert records() == 0


def test_the_marked_copy_has_the_wrong_cells_marked(web: Office) -> None:
    client = client_of("村会计")
    upload(client, workbook([row(1), row(2, area="约三亩")]))

    answer = client.get(at("import-marked"))
    book = openpyxl.load_workbook(io.BytesIO(b"".join(answer.streaming_content)))  # type: ignore[arg-type]

    assert book["茶园台账"]["E3"].comment is not None
    assert "attachment" in answer["Content-Disposition"]


def test_the_mended_file_takes_over_what_was_chosen(web: Office) -> None:
    client = client_of("村会计")
    headers = [*HEADERS[:4], "有多大", "茶叶品种"]
    upload(client, workbook([row(1, area="约三亩")], headers), ledger="tea")
    client.post(at("import-columns"), {"do": "check", "c-4": "area"})
    assert "有 1 处须改正" in text(client.get(at("import-check")))

    mended = SimpleUploadedFile("茶园2.xlsx", workbook([row(1)], headers))
    answer = client.post(at("import-again"), {"files": mended})

    assert answer["Location"] == at("import-check")
    assert kept().name == "茶园2.xlsx"
    assert "新增 1，更正 0" in text(client.get(at("import-check")))


def test_a_column_that_was_not_understood_can_be_named_and_left_out(web: Office) -> None:
    client = client_of("村会计")
    headers = [*HEADERS[:4], "有多大", "茶叶品种"]
    upload(client, workbook([row(1)], headers), ledger="tea")
    assert "没认出来，不导入" in text(client.get(at("import-columns")))

    client.post(at("import-columns"), {"do": "again", "c-4": "area", "c-3": ""})
    shown = text(client.get(at("import-columns")))
    assert "您指定的" in shown
    assert "您说不导入" in shown
    client.post(at("import-check"))
    content = storage.fetch("SELECT content FROM record")[0][0]
    assert '"area"' in content
    assert "phone" not in content

    Upload.objects.all().delete()
    upload(client, workbook([row(9)], headers), ledger="tea")
    client.post(at("import-columns"), {"do": "again", "c-4": "area"})
    client.post(at("import-columns"), {"do": "forget"})
    assert kept().choices["corrections"] == {}


def test_another_ledger_and_another_sheet_can_be_chosen(web: Office) -> None:
    book = openpyxl.load_workbook(io.BytesIO(workbook([row(1)])))
    other = book.create_sheet("第二张")
    other.append(HEADERS)
    other.append(row(2))
    other.append(row(3))
    out = io.BytesIO()
    book.save(out)
    client = client_of("村会计")
    upload(client, out.getvalue())
    assert "读到 1 行" in text(client.get(at("import-columns")))

    client.post(at("import-columns"), {"do": "table", "ledger": "tea", "sheet": "第二张"})
    assert "读到 2 行" in text(client.get(at("import-columns")))
    client.post(at("import-columns"), {"do": "table", "ledger": "tea_sale", "sheet": "第二张"})
    assert kept().choices["ledger"] == "tea_sale"
    client.post(at("import-columns"), {"do": "table", "ledger": "no_such", "sheet": ""})
    assert kept().choices["ledger"] == "tea_sale"


def test_revisions_show_what_changes_and_take_a_reason(web: Office) -> None:
    client = client_of("村会计")
    upload(client, workbook([row(1), row(2)]))
    client.post(at("import-check"))
    Upload.objects.all().delete()
    upload(client, workbook([row(1), row(2, area=3, phone="13987654321")]))

    shown = text(client.get(at("import-check")))
    assert re.search(r"<del>2\.5</del>.*?<ins>3</ins>", shown, re.DOTALL)
    assert "13987654321" not in shown
    assert "新增 0，更正 1" in shown
    client.post(at("import-check"), {"reason": "实测"})

    assert records() == 2
    assert storage.fetch("SELECT reason FROM revision WHERE number = 2") == [("实测",)]


def test_the_same_file_again_has_nothing_to_import(web: Office) -> None:
    client = client_of("村会计")
    upload(client, workbook([row(1)]))
    client.post(at("import-check"))
    Upload.objects.all().delete()
    upload(client, workbook([row(1)]))

    assert "都已经记过" in text(client.get(at("import-check")))


def test_sending_the_last_step_twice_imports_once(web: Office) -> None:
    client = client_of("村会计")
    upload(client, workbook([row(1)]))
    check = at("import-check")

    client.post(check)
    assert client.post(check)["Location"] == at("import-result")
    assert storage.fetch("SELECT COUNT(*) FROM revision") == [(1,)]


def test_many_rows_are_written_in_the_background(
    web: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(uploaded, "AT_ONCE", 2)
    client = client_of("村会计")
    upload(client, workbook([row(n) for n in range(3)]))

    answer = client.post(at("import-check"))
    job = Job.objects.get()
    assert answer["Location"] == reverse("job", kwargs={"number": job.number})
    assert "排队中" in text(client.get(answer["Location"]))
    assert client.post(at("import-check"))["Location"] == answer["Location"]
    assert client.get(at("import-check"))["Location"] == answer["Location"]
    run_one()

    shown = text(client.get(answer["Location"]))
    assert at("import-result") in shown
    assert records() == 3
    assert Job.objects.count() == 1


def test_what_became_wrong_before_the_background_work_began_is_told_there(
    web: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    from shuzhi.apps.people.models import Account, Post

    monkeypatch.setattr(uploaded, "AT_ONCE", 0)
    client = client_of("村会计")
    upload(client, workbook([row(1)]))
    address = client.post(at("import-check"))["Location"]
    Post.objects.filter(account=Account.objects.get(name="村会计")).update(role="inspector")
    run_one()

    assert "PEOPLE_001" in text(client.get(address))
    assert records() == 0


BAD = {
    "empty": ("茶园.xlsx", b"", "0 字节"),
    "a text named .xlsx": ("茶园.xlsx", "登记日期,地块号\n".encode(), "EXCHANGE"),
    "another kind of file": ("照片.jpg", b"\xff\xd8\xff", "IMPORT_006"),
}


@pytest.mark.parametrize("case", BAD)
def test_a_file_that_cannot_be_read_is_refused_with_the_reason(
    web_sqlite: Office, case: str
) -> None:
    name, content, expected = BAD[case]
    answer = upload(client_of("村会计"), content, name)

    assert answer.status_code == 422
    assert expected in text(answer)
    assert not Upload.objects.exists()


def test_a_password_is_named_as_the_reason(web_sqlite: Office) -> None:
    locked = ole_file("EncryptionInfo", "EncryptedPackage")

    answer = upload(client_of("村会计"), locked)

    assert "EXCHANGE_013" in text(answer)
    assert not Upload.objects.exists()


def test_no_file_no_rows_and_the_wrong_unit_are_said_clearly(web_sqlite: Office) -> None:
    client = client_of("村会计")
    answer = client.post(reverse("import", kwargs={"unit": FIRST}), {})
    assert "IMPORT_008" in text(answer)

    upload(client, workbook([]))
    assert "没有读到一行数据" in text(client.get(at("import-check")))
    assert client.post(at("import-check")).status_code == 422
    Upload.objects.all().delete()

    book = openpyxl.load_workbook(io.BytesIO(workbook([row(1)])))
    table = book["茶园台账"]
    table.insert_rows(1)
    table["A1"] = "填报单位：乙村"
    out = io.BytesIO()
    book.save(out)
    upload(client, out.getvalue())
    shown = text(client.get(at("import-check")))
    assert "IMPORT_003" in shown
    assert "--org" not in shown
    assert client.post(at("import-check")).status_code == 422


def test_a_file_nobody_recognises_asks_for_the_ledger(web_sqlite: Office) -> None:
    client = client_of("村会计")
    upload(client, workbook([["x", "y"]], ["某某", "其他"], "Sheet1"), "随便.xlsx")

    assert "没有认出是哪本台账" in text(client.get(at("import-columns")))
    assert client.get(at("import-check"))["Location"] == at("import-columns")


def test_several_files_are_listed_to_go_through_one_by_one(web_sqlite: Office) -> None:
    client = client_of("村会计")
    files = [SimpleUploadedFile(f"{n}.xlsx", workbook([row(n)])) for n in (1, 2)]
    answer = client.post(reverse("import", kwargs={"unit": FIRST}), {"files": files})

    assert answer["Location"] == reverse("import", kwargs={"unit": FIRST})
    shown = text(client.get(answer["Location"]))
    assert "1.xlsx" in shown
    assert "2.xlsx" in shown
    assert "还没有写入" in shown


def test_an_upload_is_its_owners_alone_and_bound_to_its_unit(web: Office) -> None:
    mine = client_of("村会计")
    upload(mine, workbook([row(1)]))
    steps = ("import-columns", "import-check", "import-marked", "import-result")

    for other in ("镇会计", "县会计"):
        for name in steps:
            assert client_of(other).get(at(name)).status_code == 404
        for name in ("import-columns", "import-check", "import-again", "import-discard", "import-undo"):  # fmt: skip
            assert client_of(other).post(at(name)).status_code == 404
    assert client_of("镇会计").get(at("import-columns", TOWN)).status_code == 404
    assert mine.get(at("import-columns", SECOND)).status_code == 403
    mine.post(at("import-discard"))
    assert not Upload.objects.exists()


def test_a_template_is_given_for_a_ledger(web_sqlite: Office) -> None:
    client = client_of("村会计")
    address = reverse("import-template", kwargs={"unit": FIRST})

    answer = client.get(address, {"ledger": "tea"})
    book = openpyxl.load_workbook(io.BytesIO(b"".join(answer.streaming_content)))  # type: ignore[arg-type]
    assert "茶园台账" in book.sheetnames
    assert client.get(address, {"ledger": "no_such"}).status_code == 404


def test_the_problems_can_be_looked_at_by_kind(web_sqlite: Office) -> None:
    client = client_of("村会计")
    upload(client, workbook([row(1, area="约三亩"), row(2, date="昨天"), row(3, date="前天")]))

    shown = text(client.get(at("import-check"), {"kind": "LEDGER_006"}))
    assert "<code>A3</code>" in shown
    assert "<code>E2</code>" not in shown


def test_the_pages_ask_no_more_questions_for_more_rows(
    web_sqlite: Office, django_assert_queries: Any
) -> None:
    client = client_of("村会计")
    counts = []
    for n in (5, 400):
        Upload.objects.all().delete()
        upload(client, workbook([row(k) for k in range(n)]))
        with django_assert_queries() as asked:
            client.get(at("import-check"))
        counts.append(len(asked))

    assert counts[0] == counts[1]


@pytest.fixture
def django_assert_queries() -> Any:
    """Queries made inside a block."""
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    return lambda: CaptureQueriesContext(connection)


@pytest.mark.parametrize("language", ["zh", "en"])
def test_every_step_is_there_in_both_languages(web_sqlite: Office, language: str) -> None:
    client = client_of("村会计", language)
    upload(client, workbook([row(1), row(2, area="约三亩")]))

    for name in ("import-columns", "import-check"):
        assert client.get(at(name)).status_code == 200
    word = "What was understood" if language == "en" else "看懂了什么"
    assert word in text(client.get(at("import-columns")))


def test_old_uploads_are_gone_after_seven_days(web_sqlite: Office, office_files: Path) -> None:
    from shuzhi.apps.jobs import uploads

    client = client_of("村会计")
    upload(client, workbook([row(1)]))
    columns = at("import-columns")
    Upload.objects.update(at="2023-01-01T00:00:00.000000Z")
    uploads.clean()

    assert client.get(columns).status_code == 404
    assert [p for p in (office_files / "uploads").rglob("*") if p.is_file()] == []


def test_a_missing_column_that_would_empty_records_is_warned_of(web: Office) -> None:
    client = client_of("村会计")
    upload(client, workbook([row(1)]))
    client.post(at("import-check"))
    Upload.objects.all().delete()
    short = [HEADERS[0], HEADERS[1], HEADERS[4]]
    upload(client, workbook([["2023-03-01", "T0001", 3]], short), ledger="tea")

    shown = text(client.get(at("import-check")))
    assert "表里没有这些栏：" in shown
    assert "户主姓名、联系电话、茶叶品种" in re.sub(r"\s*<[^>]+>\s*", "", shown).replace("\n", "")


def test_rows_without_a_number_are_said_to_be_recorded_again(web_sqlite: Office) -> None:
    client = client_of("村会计")
    headers = ["销售日期", "收购方", "销售收入"]
    sales: list[list[object]] = [["2023-04-10", "某茶厂", 1200], ["2023-04-11", "某茶厂", 900]]
    upload(client, workbook(sales, headers, "茶叶销售台账"))
    client.post(at("import-check"))
    Upload.objects.all().delete()
    sales[1][2] = 950
    upload(client, workbook(sales, headers, "茶叶销售台账"))

    assert "没有编号栏" in text(client.get(at("import-check")))


def test_a_very_long_name_is_no_hindrance(web_sqlite: Office) -> None:
    client = client_of("村会计")
    upload(client, workbook([row(1)]), "茶园" * 90 + ".xlsx")

    assert "新增 1，更正 0" in text(client.get(at("import-check")))
