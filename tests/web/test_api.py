"""The API: keys, purposes, reach, every problem at once, no 500 and no undocumented answer."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from shuzhi.apps.people import tokens
from shuzhi.web.api.operations import SCOPE_OF, api
from tests.support.office import COUNTY, FAR_FIRST, FIRST, SECOND, TOWN, Office

ALL = list(tokens.SCOPES)
TEA = {"date": "2023-04-01", "plot": "T9", "area": "2.5", "kind": "绿茶"}


def caller(office: Office, persona: str, unit: str, scopes: list[str] | None = None) -> Any:
    """A program with the persona's key: ``call("get", "units", …)`` gives (status, document)."""
    _, key = tokens.issue(office.actor(persona), "试", scopes or ALL, unit, days=30)
    client = Client(headers={"Authorization": f"Bearer {key}"})

    def call(method: str, path: str, body: Any = None, **query: Any) -> tuple[int, Any]:
        given = (
            {"data": body, "content_type": "application/json"}
            if body is not None
            else {"data": query}
        )
        answer = getattr(client, method)(f"/api/v1/{path}", **given)
        kind = answer.headers.get("Content-Type", "")
        return answer.status_code, answer.json() if "json" in kind and answer.content else None

    return call


def codes(document: dict[str, Any]) -> list[str]:
    return [p["code"] for p in document["problems"]]


def test_without_a_key_nothing_is_told(web_sqlite: Office) -> None:
    for operation in ("me", "ledgers", f"units/{FIRST}/ledgers/tea/records", "point"):
        answer = Client().get(f"/api/v1/{operation}")
        assert answer.status_code == 401
        assert answer["WWW-Authenticate"] == "Bearer"
        assert codes(answer.json()) == ["TOKEN_006"]


def test_a_session_in_a_browser_is_no_key(web_sqlite: Office) -> None:
    from tests.web.conftest import client_of

    assert client_of("村会计").get("/api/v1/ledgers").status_code == 401


def test_every_operation_asks_for_a_purpose_or_names_only_the_key() -> None:
    operations = {
        one["operationId"]
        for methods in api.get_openapi_schema(path_prefix="")["paths"].values()
        for one in methods.values()
    }

    assert {o for o in operations if not any(o.endswith(f"_{name}") for name in SCOPE_OF)} == {
        o for o in operations if o.endswith("_me")
    }


@pytest.mark.parametrize(
    ("path", "scope"),
    [
        ("ledgers", "ledgers.read"),
        (f"units/{FIRST}/ledgers/tea/records", "records.read"),
        (f"units/{FIRST}/figures/tea_area/2023", "figures.read"),
        (f"units/{FIRST}/reports", "reports.read"),
    ],
)
def test_a_key_does_only_what_it_was_made_for(web_sqlite: Office, path: str, scope: str) -> None:
    can = caller(web_sqlite, "村会计", FIRST, [scope])
    cannot = caller(web_sqlite, "村会计", FIRST, [one for one in ALL if one != scope])

    assert can("get", path)[0] == 200
    status, told = cannot("get", path)
    assert (status, codes(told)) == (403, ["TOKEN_005"])


def test_a_key_reaches_its_unit_and_below_even_when_the_account_reaches_further(
    web: Office,
) -> None:
    mine, theirs = web.record("tea", FIRST, **TEA), web.record("tea", FAR_FIRST, **TEA)
    call = caller(web, "县会计", TOWN)

    assert call("get", f"records/{mine}")[0] == 200
    for path in (
        f"records/{theirs}",
        f"records/{theirs}/history",
        f"units/{FAR_FIRST}/ledgers/tea/records",
        f"units/{FAR_FIRST}/figures/tea_area/2023",
        f"units/{COUNTY}/reports",
    ):
        status, told = call("get", path)
        assert (status, codes(told)) == (404, ["API_001"]), path
    assert {u["code"] for u in call("get", "units")[1]} == {TOWN, FIRST, SECOND, "990101100203"}


def test_rows_are_recorded_all_or_none_and_everything_wrong_is_told(web: Office) -> None:
    call = caller(web, "村会计", FIRST)
    rows = [
        TEA,
        {**TEA, "plot": "T10", "area": "很多"},
        {**TEA, "plot": "T11", "date": "2023-13-40"},
        {**TEA, "farbe": "1"},
    ]

    status, told = call("post", f"units/{FIRST}/ledgers/tea/records", {"rows": rows[:3]})
    assert status == 422
    assert {(p["row"], p["field"]) for p in told["problems"]} == {(2, "茶园面积"), (3, "登记日期")}
    status, told = call("post", f"units/{FIRST}/ledgers/tea/records", {"rows": rows})
    assert (status, codes(told)) == (422, ["API_002"])
    assert call("get", f"units/{FIRST}/ledgers/tea/records")[1]["records"] == []
    status, made = call("post", f"units/{FIRST}/ledgers/tea/records", {"rows": rows[:1]})
    assert (status, made["created"]) == (201, 1)


def test_personal_values_are_masked_whoever_asks(web: Office) -> None:
    record = web.record("tea", FIRST, **TEA, owner="张三丰", phone="13800001234")
    call = caller(web, "村会计", FIRST)

    text = str(
        [
            call("get", p)
            for p in (
                f"records/{record}",
                f"records/{record}/history",
                f"units/{FIRST}/ledgers/tea/records",
            )
        ]
    )
    assert "张三丰" not in text
    assert "13800001234" not in text


def test_revising_needs_the_number_seen_and_a_stale_one_is_a_conflict(web: Office) -> None:
    record = web.record("tea", FIRST, **TEA)
    call = caller(web, "村会计", FIRST)

    first = call("put", f"records/{record}", {"values": {**TEA, "area": "3"}, "expected": 1})
    second = call("put", f"records/{record}", {"values": {**TEA, "area": "4"}, "expected": 1})

    assert first[0] == 200
    assert second[0] == 409


def test_a_figure_carries_its_point_and_leads_to_its_rows(web: Office) -> None:
    record = web.record("tea", FIRST, **TEA)
    call = caller(web, "镇会计", TOWN)

    status, figure = call("get", f"units/{TOWN}/figures/tea_area/2023")
    assert (status, figure["value"], figure["unit"]) == (200, "2.5", "亩")
    trace = call("get", f"units/{TOWN}/figures/tea_area/2023/trace")[1]
    assert [(r["record"], r["amount"]) for r in trace["rows"]] == [(record, "2.5")]
    assert call("get", f"units/{TOWN}/figures/tea_area/2023", as_of=0)[1]["value"] is None


def test_what_is_not_known_is_null_and_not_zero(web_sqlite: Office) -> None:
    assert (
        caller(web_sqlite, "村会计", FIRST)("get", f"units/{FIRST}/figures/tea_area/2023")[1][
            "value"
        ]
        is None
    )


def test_an_ended_key_works_no_more(web_sqlite: Office) -> None:
    actor = web_sqlite.actor("村会计")
    token, key = tokens.issue(actor, "试", ALL, FIRST, days=1)
    client = Client(headers={"Authorization": f"Bearer {key}"})

    assert client.get("/api/v1/me").status_code == 200
    tokens.revoke(actor, token.id)
    assert client.get("/api/v1/me").status_code == 401


def test_somebody_elses_key_cannot_be_revoked(web_sqlite: Office) -> None:
    from tests.web.conftest import client_of

    token, _ = tokens.issue(web_sqlite.actor("村会计"), "试", ALL, FIRST, days=1)

    assert client_of("镇会计").post(f"/me/keys/{token.id}/revoke/").status_code == 404
    assert client_of("管理员").post(f"/me/keys/{token.id}/revoke/").status_code == 302


def test_sentences_follow_the_language_asked_for(web_sqlite: Office) -> None:
    answer = Client().get("/api/v1/me", headers={"Accept-Language": "en"})

    assert "no key was sent" in answer.json()["problems"][0]["message"]


def test_a_draft_is_checked(web_sqlite: Office) -> None:
    from django.core.files.uploadedfile import SimpleUploadedFile

    _, key = tokens.issue(web_sqlite.actor("村会计"), "试", ALL, FIRST, days=30)
    client = Client(headers={"Authorization": f"Bearer {key}"})
    answer = client.post(
        f"/api/v1/units/{FIRST}/checks",
        {"draft": SimpleUploadedFile("稿.txt", "政策，，落实。".encode())},
    )

    assert answer.status_code == 201
    assert answer.json()["findings"]
    again = client.get(f"/api/v1/units/{FIRST}/checks/{answer.json()['number']}").json()
    assert again["findings"] == answer.json()["findings"]
