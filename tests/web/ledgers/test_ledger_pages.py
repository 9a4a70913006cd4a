"""Ledgers in the browser: the overview, the table with its filters, saved views, withdrawal, personal values, the search."""

from __future__ import annotations

import io
import json
import re
from html import unescape

import openpyxl
import pytest
from django.test import Client
from django.test.utils import CaptureQueriesContext

from shuzhi.apps import storage
from shuzhi.apps.ledgers.actions import withdraw_records
from tests.support.office import FAR_FIRST, FIRST, SECOND, TOWN, Office
from tests.web.conftest import Visit

OWNER, PHONE = "张小三", "13812345678"


def tea(office: Office, plot: str, area: object, unit: str = FIRST, **more: object) -> int:
    """A tea garden with an owner, approved."""
    values = {"date": "2023-03-01", "plot": plot, "owner": OWNER, "phone": PHONE, "kind": "绿茶", **more}  # fmt: skip
    if area is not None:
        values["area"] = area
    return office.record("tea", unit, **values)


def at(rest: str = "", unit: str = FIRST) -> str:
    return f"/at/{unit}/ledgers/{rest}"


def shown(client: Client, address: str, status: int = 200, **more: object) -> str:
    answer = client.get(address, **more)
    assert answer.status_code == status, answer.content.decode()[:2000]
    return unescape(answer.content.decode())


def plots(html: str) -> list[str]:
    """The links of the rows, in order."""
    return re.findall(r'data-row-link href="[^"]*">([^<]*)<', html)


def test_the_overview_tells_what_waits_and_what_the_month_has(web: Office, as_: Visit) -> None:
    tea(web, "T1", 2)
    web.submit("tea_sale", FIRST, by="村会计", date="2023-05-03", amount=100)

    html = shown(as_("村会计"), at("?month=2023-05"))
    sale = html[html.index("tea_sale") :]
    assert "已记" in sale[:2000]
    assert "未记" in shown(as_("村会计"), at("?month=2023-06&q=茶叶销售"))
    assert "1／3 个单位" in shown(as_("镇会计"), at("?month=2023-05&q=茶叶销售", TOWN))
    assert "本月未记" not in shown(as_("村会计", "en"), at("?month=2023-06"))


def test_a_nil_report_settles_the_month(web: Office, as_: Visit) -> None:
    web.record("tea_sale", FIRST, date="2023-05-03", amount=100)
    web.submit("nil_report", FIRST, ledger="tea_sale", month="2023-06", reported_on="2023-06-30")

    assert "零报告" in shown(as_("村会计"), at("?month=2023-06&q=茶叶销售")).split("<tbody>")[1]


def test_the_number_of_queries_does_not_grow_with_the_rows(web_sqlite: Office, as_: Visit) -> None:
    from django.db import connection

    client = as_("镇会计")
    addresses = (
        at("?month=2023-05", TOWN),
        at("tea/", TOWN),
        at("tea/?sort=-area&f-area-from=1", TOWN),
        f"/at/{TOWN}/search/?q=T",
    )
    tea(web_sqlite, "T0", 1)
    for address in addresses:
        shown(client, address)
    tea(
        web_sqlite, "T00", 1
    )  # what is remembered until somebody writes is counted anew in both rounds
    before = {}
    for address in addresses:
        with CaptureQueriesContext(connection, ) as few:  # fmt: skip
            shown(client, address)
        before[address] = len(few)
    for n in range(1, 30):
        web_sqlite.submit("tea", FIRST, date="2023-03-02", plot=f"T{n}", area=n)
    for address in addresses:
        with CaptureQueriesContext(connection) as many:
            shown(client, address)
        assert len(many) <= before[address] + 1, address


def test_the_table_sorts_filters_and_adds_up(web: Office, as_: Visit) -> None:
    tea(web, "T1", "10")
    tea(web, "T2", "9.5")
    tea(web, "T3", None, kind="红茶")
    tea(web, "T4", "2.25", unit=SECOND)
    client = as_("村会计")

    html = shown(client, at("tea/?sort=-area"))
    assert plots(html) == ["T1", "T2", "T3"]
    assert 'aria-sort="descending"' in html
    assert "<b>19.5</b>" in html
    assert "空 1" in html
    assert plots(shown(client, at("tea/?f-area-from=9.6"))) == ["T1"]
    assert plots(shown(client, at("tea/?f-area-blank=1"))) == ["T3"]
    assert plots(shown(client, at("tea/?f-kind=红茶&q=t3"))) == ["T3"]
    assert "没有符合条件的记录" in shown(client, at("tea/?q=没有"))
    town = as_("镇会计")
    assert set(plots(shown(town, at("tea/", TOWN)))) == {"T1", "T2", "T3", "T4"}
    assert plots(shown(town, at(f"tea/?unit={SECOND}", TOWN))) == ["T4"]


def test_a_filter_that_cannot_be_read_is_told_and_the_rest_holds(web_sqlite: Office, as_: Visit) -> None:  # fmt: skip
    tea(web_sqlite, "T1", "10")
    tea(web_sqlite, "T2", "1", kind="红茶")
    client = as_("村会计")

    html = shown(client, at("tea/?f-area-from=十亩&f-kind=红茶&since=2023-13"))
    assert "TABLE_003" in html
    assert "十亩" in html
    assert plots(html) == ["T2"]
    for strange in ("sort=nothing", "sort=owner", "f-owner=张", "f-nothing=1", "after=12:x", "before=zz", "col=nothing", "state=x", f"unit={FAR_FIRST}"):  # fmt: skip
        shown(client, at(f"tea/?{strange}"))


def test_pages_follow_each_other_in_both_directions(
    web_sqlite: Office, as_: Visit, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("shuzhi.apps.ledgers.tables.read.__kwdefaults__", {"after": 0, "before": 0, "size": 3})  # fmt: skip
    for n in range(8):
        web_sqlite.submit("tea", FIRST, date=f"2023-03-0{n + 1}", plot=f"T{n}", area=n)
    client = as_("村会计")

    html = shown(client, at("tea/?sort=plot"))
    found = plots(html)
    while following := re.search(r'rel="next" href="([^"]*)"', html):
        html = shown(client, following[1])
        found += plots(html)
    assert found == [f"T{n}" for n in range(8)]
    back = re.search(r'rel="prev" href="([^"]*)"', html)
    assert back is not None
    assert plots(shown(client, back[1])) == ["T3", "T4", "T5"]


def test_htmx_gets_the_table_alone_and_the_back_key_the_whole_page(
    web_sqlite: Office, as_: Visit
) -> None:
    tea(web_sqlite, "T1", 1)
    client, address = as_("村会计"), at("tea/")

    part = shown(client, address, HTTP_HX_REQUEST="true", HTTP_HX_TARGET="table-part")
    assert part.lstrip().startswith('<div id="table-part"')
    for more in (
        {},
        {"HTTP_HX_REQUEST": "true", "HTTP_HX_TARGET": "table-part", "HTTP_HX_HISTORY_RESTORE_REQUEST": "true"},
    ):  # fmt: skip
        assert "<h1>" in shown(client, address, **more)


def test_personal_values_are_masked_until_a_reason_is_given_and_noted(
    web: Office, as_: Visit
) -> None:
    tea(web, "T1", 1)
    tea(web, "T2", 1, owner="李大四")
    client, address = as_("村会计"), at("tea/")

    html = shown(client, address)
    assert OWNER not in html
    assert PHONE not in html
    assert "张*三" in html
    refused = client.post(at("tea/unmask/"), {"reason": " "})
    assert refused.status_code == 422
    assert "TABLE_007" in refused.content.decode()
    assert OWNER not in shown(client, address)

    done = client.post(at("tea/unmask/"), {"reason": "核对名单", "back": "sort=plot"})
    assert done["Location"] == at("tea/?sort=plot")
    assert OWNER in shown(client, address)
    noted = storage.fetch("SELECT actor, params FROM event WHERE code = 'record.unmasked'")
    assert [(a, json.loads(p)["reason"]) for a, p in noted] == [("村会计", "核对名单")]

    found = client.post(at("tea/unmask/"), {"do": "find", "text": "李大四"})
    assert "李" not in found["Location"]
    assert plots(shown(client, address)) == ["T2"]
    # elsewhere, for others, and afterwards all is masked
    assert OWNER not in shown(as_("镇办"), at("tea/"))
    client.post(at("tea/unmask/"), {"do": "end"})
    assert OWNER not in shown(client, address)


def test_an_inspector_sees_masked_rows_and_no_way_to_unmask_or_export(
    web_sqlite: Office, as_: Visit
) -> None:
    tea(web_sqlite, "T1", 1)
    client = as_("检查员")

    html = shown(client, at("tea/"))
    assert OWNER not in html
    for word in ("看未打码的", "/export/", "/new/", "撤回的理由"):
        assert word not in html, word
    assert client.post(at("tea/unmask/"), {"reason": "看看"}).status_code == 403
    assert client.post(at("tea/export/")).status_code == 403


def test_the_export_has_the_filtered_rows_masked_and_is_noted(web: Office, as_: Visit) -> None:
    tea(web, "T1", 10)
    tea(web, "T2", 1)
    client = as_("村会计")

    def rows() -> list[tuple[object, ...]]:
        answer = client.post(at("tea/export/?f-area-from=5"))
        assert answer.status_code == 200
        book = openpyxl.load_workbook(io.BytesIO(b"".join(answer.streaming_content)))
        return [r for r in book.worksheets[0].iter_rows(values_only=True) if any(r)]

    cells = {c for r in rows() for c in r}
    assert "T1" in cells
    assert "T2" not in cells
    assert "张*三" in cells
    assert OWNER not in cells
    client.post(at("tea/unmask/"), {"reason": "核对名单"})
    assert OWNER in {c for r in rows() for c in r}
    codes = [c for (c,) in storage.fetch("SELECT code FROM event WHERE code IN ('ledger.exported', 'record.unmasked') ORDER BY seq")]  # fmt: skip
    assert codes == ["ledger.exported", "record.unmasked", "record.unmasked", "ledger.exported"]


def test_ticked_records_are_withdrawn_together_with_one_reason(web: Office, as_: Visit) -> None:
    first, second = tea(web, "T1", 1), tea(web, "T2", 2)
    waiting = web.submit("tea", FIRST, by="村会计", date="2023-03-01", plot="T3")
    client = as_("村会计")

    refused = client.post(at("tea/withdraw/"), {"record": [first, waiting], "reason": "", "back": "sort=plot"})  # fmt: skip
    html = refused.content.decode()
    assert refused.status_code == 422
    assert "RECORD_002" in html
    assert len(re.findall(r'name="record" value="\d+" checked', html)) == 2
    assert "TABLE_008" in client.post(at("tea/withdraw/"), {"reason": "x"}).content.decode()

    done = client.post(at("tea/withdraw/"), {"record": [first, waiting], "reason": "重复", "back": "sort=plot"})  # fmt: skip
    assert done["Location"] == at("tea/?sort=plot")
    states = dict(storage.fetch("SELECT id, state FROM record"))
    assert states == {first: "submitted", second: "approved", waiting: "withdrawn"}
    assert web.is_sound()


def test_records_of_elsewhere_cannot_be_withdrawn_through_this_table(
    web_sqlite: Office, as_: Visit
) -> None:
    here, far = tea(web_sqlite, "T1", 1), tea(web_sqlite, "T1", 1, unit=FAR_FIRST)
    sale = web_sqlite.record("tea_sale", FIRST, date="2023-05-03", amount=100)
    for other in (far, sale, 10**15):
        answer = as_("村会计").post(at("tea/withdraw/"), {"record": [here, other], "reason": "x"})
        assert answer.status_code == 404
    assert as_("村会计").get(at("tea/", FAR_FIRST)).status_code == 403
    assert {s for (s,) in storage.fetch("SELECT state FROM record")} == {"approved"}


def test_a_view_is_saved_opened_shared_and_removed(web: Office, as_: Visit) -> None:
    tea(web, "T1", 10)
    clerk, other = as_("村会计"), as_("镇会计")

    saved = clerk.post(at("tea/views/"), {"name": "大块", "back": "f-area-from=5&after=zzz&f-area-to="})  # fmt: skip
    assert saved["Location"] == at("tea/?f-area-from=5")
    assert "大块" in shown(clerk, at("tea/"))
    assert "大块" not in shown(other, at("tea/"))
    clerk.post(at("tea/views/"), {"name": "大块", "back": "f-area-from=6", "shared": "1"})
    html = shown(other, at("tea/"))
    assert "大块" in html
    assert "f-area-from=6" in html
    number = storage.fetch("SELECT id FROM saved_view")[0][0]
    other.post(at("tea/views/remove/"), {"view": number})
    assert "大块" in shown(clerk, at("tea/"))
    clerk.post(at("tea/views/remove/"), {"view": number})
    assert storage.fetch("SELECT id FROM saved_view") == []
    assert clerk.post(at("tea/views/"), {"name": " "}).status_code == 422


def test_totals_of_many_rows_come_when_the_page_is_there(
    web: Office, as_: Visit, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("shuzhi.web.ledgers.table_page._ADDED_UP", 1)
    monkeypatch.setattr("shuzhi.apps.ledgers.tables.read.__kwdefaults__", {"after": 0, "before": 0, "size": 2})  # fmt: skip
    for n in range(3):
        tea(web, f"T{n}", "1.5")
    client = as_("村会计")

    html = shown(client, at("tea/"))
    assert "<b>4.5</b>" not in html
    assert f'hx-get="{at("tea/totals/")}"' in html
    assert "totals=1" in html
    assert "<b>4.5</b>" in shown(client, at("tea/totals/"))
    assert "<b>4.5</b>" in shown(client, at("tea/?totals=1"))


def test_the_search_finds_ledgers_indicators_units_and_records_of_the_subtree_alone(
    web: Office, as_: Visit
) -> None:
    tea(web, "T001", 1, remark="东沟新茶")
    tea(web, "T002", 1, unit=FAR_FIRST, remark="东沟新茶")
    gone = tea(web, "T003", 1, remark="东沟旧茶")
    withdraw_records(web.actor("县会计"), [gone], reason="重复")
    web.approve()
    client = as_("镇会计")

    def find(text: str) -> str:
        html = shown(client, f"/at/{TOWN}/search/?q={text}")
        return html[html.index("<h1>") :]

    assert "茶园台账" in find("茶园")
    assert "亩均茶叶收入" in find("亩均茶叶")
    assert f"/at/{SECOND}/ledgers/" in find("乙村")
    for text in ("T00", "t001", "东沟", "新茶"):
        html = find(text)
        assert "T001" in html, text
        assert "T002" not in html.replace(text, ""), text
        assert "T003" not in html, text
    for text in (OWNER, PHONE, "没有的"):
        assert "没有找到" in find(text)
    refused = client.post(f"/at/{TOWN}/search/", {"q": OWNER})
    assert refused.status_code == 422
    assert "T001" not in refused.content.decode()
    posted = client.post(f"/at/{TOWN}/search/", {"q": OWNER, "reason": "核对名单"}).content.decode()
    assert "T001" in posted
    assert "张*三" in posted
    assert posted.count(OWNER) == 1  # only in the box it was typed in
    assert as_("检查员").post(f"/at/{TOWN}/search/", {"q": OWNER}).status_code == 403


def test_suggestions_are_masked_and_of_the_unit_alone(web: Office, as_: Visit) -> None:
    tea(web, "T001", 1, remark="东沟")
    tea(web, "T002", 1, unit=FAR_FIRST)

    found = as_("村会计").get(f"/at/{FIRST}/suggest/tea/?q=T").json()["options"]
    assert [o["value"] for o in found] == ["T001"]
    assert OWNER not in json.dumps(found, ensure_ascii=False)
    assert as_("外镇会计").get(f"/at/{FIRST}/suggest/tea/?q=T").status_code == 403


def test_a_clerk_limited_to_a_line_of_work_sees_no_ledger_of_another(
    web_sqlite: Office, as_: Visit
) -> None:
    from shuzhi.apps.people.models import Post

    tea(web_sqlite, "T1", 1)
    post = Post.objects.get(account__name="村会计")
    if not hasattr(post, "lines"):
        pytest.skip("posts are not limited yet")
    post.lines = ["party"] if isinstance(post.lines, list) else "party"
    post.save()
    client = as_("村会计")

    assert "茶园台账" not in shown(client, at(""))
    assert client.get(at("tea/")).status_code == 403
    assert client.get(f"/at/{FIRST}/suggest/tea/?q=T").status_code == 403
    html = shown(client, f"/at/{FIRST}/search/?q=T1")
    assert "data-row-link" not in html
    assert "/records/" not in html
