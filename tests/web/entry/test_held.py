"""A session that ended while a form was filled in: nothing is lost, and nobody else sees it."""

from __future__ import annotations

import re
from urllib.parse import parse_qs, urlsplit

from django.test import Client

from shuzhi.apps.entry.models import HeldForm
from shuzhi.apps.ledgers.models import Record
from tests.support.office import FIRST, Office
from tests.web.conftest import Visit, client_of

NEW = f"/at/{FIRST}/ledgers/tea/new/"
TEA = {"f-date": "2023-03-01", "f-plot": "T001", "f-area": "2.5", "f-owner": "张小三"}


def written_by(client: Client, address: str) -> str:
    page = client.get(address).content.decode()
    return re.findall(r'name="written_by" value="([^"]+)"', page)[0]


def following(answer) -> str:
    assert answer.status_code == 302
    return parse_qs(urlsplit(answer.url).query)["next"][0]


def test_what_was_posted_comes_back_in_the_form_after_signing_in(web: Office, as_: Visit) -> None:
    note = written_by(as_("村会计"), NEW)

    address = following(Client().post(NEW, TEA | {"written_by": note}))
    back = as_("村会计")
    page = back.get(address).content.decode()
    held = re.findall(r'name="held" value="([^"]+)"', page)[0]
    back.post(NEW, TEA | {"held": held})

    assert "张小三" not in address
    assert 'value="张小三"' in page
    assert 'value="T001"' in page
    assert Record.objects.count() == 1
    assert not HeldForm.objects.exists()


def test_the_grid_without_scripts_comes_back_too(web_sqlite: Office, as_: Visit) -> None:
    grid = f"/at/{FIRST}/ledgers/tea/grid/"
    rows = {"rows": "5", "r2-plot": "T002", "r2-area": "不详"}

    address = following(Client().post(grid, rows | {"written_by": written_by(as_("村会计"), grid)}))

    assert "不详" in as_("村会计").get(address).content.decode()


def test_another_account_never_sees_it(web: Office, as_: Visit) -> None:
    note = written_by(as_("村会计"), NEW)
    address = following(Client().post(NEW, TEA | {"written_by": note}))
    number = HeldForm.objects.get().number

    assert "张小三" not in as_("镇会计").get(address).content.decode()
    assert as_("镇会计").get(f"/held/{number}/").status_code == 404
    assert HeldForm.objects.count() == 1


def test_a_note_that_was_not_signed_here_holds_nothing(web: Office) -> None:
    for note in ("", "x", "eyJhY2NvdW50IjoxfQ:1aaaaa:forged"):
        answer = Client().post(NEW, TEA | {"written_by": note})
        assert answer.status_code == 401
        assert "张小三" not in answer.content.decode()
    assert not HeldForm.objects.exists()


def test_it_is_kept_for_an_hour_only(web: Office, as_: Visit) -> None:
    note = written_by(as_("村会计"), NEW)
    address = following(Client().post(NEW, TEA | {"written_by": note}))
    HeldForm.objects.update(at="2023-01-01T00:00:00.000000Z")

    page = as_("村会计").get(address).content.decode()
    Client().post(NEW, TEA | {"written_by": note})

    assert "张小三" not in page
    assert HeldForm.objects.count() == 1


def test_a_page_that_cannot_show_it_lists_it_to_be_sent_on(web: Office, as_: Visit) -> None:
    record = web.submit("tea", FIRST, by="村会计", date="2023-03-01", plot="T001")
    withdraw = f"/at/{FIRST}/records/{record}/withdraw/"
    note = written_by(as_("村会计"), f"/at/{FIRST}/records/{record}/")

    address = following(Client().post(withdraw, {"reason": "重复登记", "written_by": note}))
    page = as_("村会计").get(address).content.decode()

    assert "重复登记" in page
    assert f'action="{withdraw}"' in page


def test_scripts_are_told_to_sign_in_and_keep_their_rows(web_sqlite: Office) -> None:
    answer = client_of("").post(
        f"/at/{FIRST}/ledgers/tea/check/",
        "{}",
        content_type="application/json",
        headers={"X-Requested-With": "shuzhi"},
    )

    assert answer.status_code == 401
    assert answer["X-Sign-In"]
