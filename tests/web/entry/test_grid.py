"""The entry table: checked cell by cell, submitted as a whole, and a plain form without scripts."""

from __future__ import annotations

import json
from typing import Any

from django.http import HttpResponse
from django.test import Client

from shuzhi.apps.entry.models import EntryDraft
from shuzhi.apps.ledgers.models import Record
from shuzhi.apps.ledgers.queries import get
from tests.support.office import FIRST, SECOND, TOWN, Office
from tests.web.conftest import Visit

LEDGER = f"/at/{FIRST}/ledgers/tea/"
BATCH = "6b7f3b1e-58a5-4d0c-9a53-0f4c7a1a2222"


def row(number: int, **values: str) -> dict[str, Any]:
    return {"id": number * 10, "number": number, "values": values}


def send(client: Client, address: str, **body: Any) -> HttpResponse:
    return client.post(address, json.dumps(body), content_type="application/json")


def good(number: int, **more: str) -> dict[str, Any]:
    values = {"date": "2023-03-01", "plot": f"T{number:03d}", "area": "2.5"} | more
    return row(number, **values)


def test_checking_names_every_problem_at_its_cell_and_writes_nothing(
    web: Office, as_: Visit
) -> None:
    rows = [
        good(1),
        row(2),
        good(3, date="2023-13-01", area="约三亩", kind="白茶"),
        row(4, plot="T004"),
        good(5, plot="T001"),
        good(6, area="300"),
    ]
    told = send(as_("村会计"), f"{LEDGER}check/", rows=rows).json()["rows"]

    assert [r["id"] for r in told] == [10, 20, 30, 40, 50, 60]
    assert told[0]["errors"] == told[0]["warnings"] == {}
    assert told[1]["blank"]
    assert sorted(told[2]["errors"]) == ["area", "date", "kind"]
    assert sorted(told[3]["errors"]) == ["date"]
    assert "第 1 行重复" in told[4]["errors"]["plot"][0]
    assert told[4]["repeated"]
    assert list(told[5]["warnings"]) == ["area"]
    assert not Record.objects.exists()


def test_rows_are_submitted_whole_or_not_at_all(web: Office, as_: Visit) -> None:
    clerk = as_("村会计")
    rows = [good(1), good(2, area="x"), good(3)]

    refused = send(clerk, f"{LEDGER}grid/", rows=rows, batch=BATCH)
    written = Record.objects.count()
    partly = send(clerk, f"{LEDGER}grid/", rows=rows, batch=BATCH, only_valid=True)

    assert refused.status_code == 422
    assert list(refused.json()["rows"][1]["errors"]) == ["area"]
    assert written == 0
    told = partly.json()
    assert (told["taken"], told["created"], told["revised"]) == ([10, 30], 2, 0)


def test_the_same_submission_twice_writes_once(web: Office, as_: Visit) -> None:
    clerk, address = as_("村会计"), f"/at/{FIRST}/ledgers/tea_sale/grid/"
    rows = [row(1, date="2023-04-10", amount="1200"), row(2, date="2023-04-10", amount="1200")]

    for _ in range(2):
        assert send(clerk, address, rows=rows, batch=BATCH).json()["done"]

    assert Record.objects.count() == 2
    web.approve()
    assert web.value("tea_sales", FIRST, 2023) == 2400


def test_rows_with_a_known_key_are_asked_about_once(web: Office, as_: Visit) -> None:
    record = web.record("tea", FIRST, date="2023-03-01", plot="T001", area="1")
    clerk = as_("村会计")
    rows = [good(1), good(2)]

    told = send(clerk, f"{LEDGER}check/", rows=rows).json()["rows"]
    asked = send(clerk, f"{LEDGER}grid/", rows=rows, batch=BATCH)
    done = send(clerk, f"{LEDGER}grid/", rows=rows, batch=BATCH, may_revise=True).json()

    assert list(told[0]["warnings"]) == ["plot"]
    assert asked.status_code == 422
    assert asked.json()["revising"] == 1
    assert (done["created"], done["revised"]) == (1, 1)
    assert get(record).payload["area"] == "2.5"


def test_a_draft_is_kept_by_script_and_by_beacon_and_shrinks_to_what_is_left(
    web: Office, as_: Visit
) -> None:
    clerk = as_("村会计")
    rows = [good(1), good(2, area="x")]

    kept = send(clerk, f"{LEDGER}drafts/", rows=rows).json()["draft"]
    body = {"rows": [*rows, good(3, owner="张小三")], "draft": kept}
    clerk.post(f"{LEDGER}drafts/", {"payload": json.dumps(body)})
    saved = EntryDraft.objects.get()
    page = clerk.get(f"{LEDGER}grid/?draft={kept}").content.decode()
    send(clerk, f"{LEDGER}grid/", rows=body["rows"], batch=BATCH, draft=kept, only_valid=True)
    left = json.loads(EntryDraft.objects.get().content)

    assert (saved.id, saved.rows, saved.personal) == (kept, 3, True)
    assert "张小三" in page
    assert [r["plot"] for r in left] == ["T002"]


def test_drafts_with_personal_data_are_deleted_after_thirty_days(web: Office, as_: Visit) -> None:
    clerk = as_("村会计")
    send(clerk, f"{LEDGER}drafts/", rows=[good(1, owner="张小三")])
    send(clerk, f"{LEDGER}drafts/", rows=[good(2)])
    EntryDraft.objects.update(at="2023-01-01T00:00:00.000000Z")

    page = clerk.get(f"{LEDGER}grid/").content.decode()
    send(clerk, f"{LEDGER}drafts/", rows=[good(3)])

    assert page.count("draft-offer") == 1
    assert sorted(json.loads(d.content)[0]["plot"] for d in EntryDraft.objects.all()) == ["T002", "T003"]  # fmt: skip


def test_without_scripts_five_rows_are_a_form(web: Office, as_: Visit) -> None:
    clerk, address = as_("村会计"), f"{LEDGER}grid/"
    plain = {
        "rows": "5", "batch": BATCH, "r1-date": "2023-03-01", "r1-plot": "T001", "r1-area": "1",
        "r3-date": "2023-03-02", "r3-plot": "T003", "r3-area": "不详",
    }  # fmt: skip
    empty = clerk.get(address).content.decode()
    refused = clerk.post(address, plain | {"do": "submit"})
    more = clerk.post(address, plain | {"do": "more"}).content.decode()
    partly = clerk.post(address, plain | {"do": "valid"})

    assert 'name="r5-plot"' in empty
    assert 'name="r6-plot"' not in empty
    page = refused.content.decode()
    assert refused.status_code == 422
    assert "LEDGER_003" in page.split('id="m-r3-area"')[1].split("</td>")[0]
    assert 'value="不详"' in page
    assert 'name="r10-plot"' in more
    assert 'value="T003"' in more
    assert "?draft=" in partly.url
    assert Record.objects.get().key == "T001"
    assert "不详" in clerk.get(partly.url).content.decode()


def test_nothing_else_than_the_own_village_takes_rows(web: Office, as_: Visit) -> None:
    clerk = as_("村会计")
    there = f"/at/{SECOND}/ledgers/tea/"
    for part in ("check/", "drafts/", "keys/", "grid/"):
        assert send(clerk, there + part, rows=[good(1)], field="x").status_code == 403, part
    record = web.submit("tea", SECOND, by="县会计", date="2023-03-01", plot="T9", owner="李四")

    checked = send(clerk, f"{LEDGER}check/", rows=[good(1)], record=record)
    kept = send(clerk, f"{LEDGER}drafts/", rows=[good(1)], record=record)
    named = send(clerk, f"{LEDGER}check/", rows=[good(1, organisation="乙村")]).json()

    assert checked.status_code == kept.status_code == 404
    assert "ORG_013" in named["rows"][0]["errors"]["organisation"][0]
    assert not Record.objects.exclude(id=record).exists()


def test_suggestions_stay_inside_the_unit_and_masked(web: Office, as_: Visit) -> None:
    values = {
        "registered_on": "2019-01-01", "group": "一组", "residence": "常住", "address": "一组3号",
    }  # fmt: skip
    web.submit("household", FIRST, number="001", head="张小三", **values)
    web.submit("household", SECOND, number="002", head="李四", **values)
    address = f"/at/{TOWN}/ledgers/orchard/keys/"
    clerk = as_("镇会计")

    none = send(clerk, address, field="household", q="0").json()["found"]
    here = send(clerk, address, field="household", q="0", unit="甲村").json()["found"]
    away = send(clerk, address, field="household", q="0", unit="丁村").json()["found"]
    other = send(as_("村会计"), f"/at/{FIRST}/ledgers/orchard/keys/", field="household", q="00", unit="乙村").json()["found"]  # fmt: skip

    assert none == away == []
    assert [one["value"] for one in here] == [one["value"] for one in other] == ["001"]
    assert "张小三" not in str(here)


def test_broken_bodies_are_refused(web_sqlite: Office, as_: Visit) -> None:
    clerk = as_("村会计")
    for part in ("check/", "drafts/", "grid/"):
        for body in ("{", "[]", '{"rows": 1}', '{"rows": [1]}', '{"rows": [{"values": 2}]}'):
            answer = clerk.post(LEDGER + part, body, content_type="application/json")
            assert answer.status_code == 400, (part, body)
    many = [good(n) for n in range(1, 1002)]
    assert send(clerk, f"{LEDGER}check/", rows=many).status_code == 400


def test_checking_asks_the_database_no_more_for_more_rows(web: Office, as_: Visit) -> None:
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    clerk = as_("村会计")
    send(clerk, f"{LEDGER}check/", rows=[good(1)])
    counts = []
    for rows in (1, 300):
        with CaptureQueriesContext(connection) as queries:
            send(clerk, f"{LEDGER}check/", rows=[good(n) for n in range(1, rows + 1)])
        counts.append(len(queries))

    assert counts[0] == counts[1]
