"""The form for one record: every problem beside its field, nothing typed is lost, drafts, two people at once."""

from __future__ import annotations

from shuzhi.apps.entry.models import EntryDraft
from shuzhi.apps.ledgers.queries import get, history
from tests.support.office import FIRST, SECOND, TOWN, Office
from tests.web.conftest import Visit

NEW = f"/at/{FIRST}/ledgers/tea/new/"
TEA = {"f-date": "2023-03-01", "f-plot": "T001", "f-area": "2.5", "f-kind": "绿茶"}


def tea(office: Office, **more: str) -> int:
    values = {
        "date": "2023-03-01",
        "plot": "T001",
        "area": "2.5",
        "kind": "绿茶",
        "owner": "张小三",
    } | more
    return office.submit("tea", FIRST, by="村会计", **values)


def test_a_record_is_entered_and_waits_for_approval(web: Office, as_: Visit) -> None:
    answer = as_("村会计").post(NEW, TEA, follow=True)

    page = answer.content.decode()
    assert answer.status_code == 200
    assert "T001" in page
    assert "等待审核" in page
    assert "镇办" in page  # who may approve it


def test_every_problem_stands_at_its_field_and_what_was_typed_stays(
    web: Office, as_: Visit
) -> None:
    wrong = TEA | {"f-date": "2023-02-30", "f-area": "两亩半", "f-kind": "白茶", "f-phone": "12", "f-remark": "新栽"}  # fmt: skip
    answer = as_("村会计").post(NEW, wrong)

    page = answer.content.decode()
    assert answer.status_code == 422
    for key in ("date", "area", "kind", "phone"):
        messages = page.split(f'data-messages="{key}">')[1].split("</div>")[0]
        assert "field-error" in messages, key
    for typed in ("2023-02-30", "两亩半", "白茶", "新栽"):
        assert typed in page
    assert web.value("tea_area", FIRST, 2023) is None


def test_english_sentences_name_fields_in_english(web_sqlite: Office, as_: Visit) -> None:
    page = as_("村会计", "en").post(NEW, TEA | {"f-area": "x"}).content.decode()

    assert "“Tea area” is “x”" in page


def test_submit_and_next_keeps_the_date(web_sqlite: Office, as_: Visit) -> None:
    answer = as_("村会计").post(NEW, TEA | {"do": "next"})

    assert answer.url == f"{NEW}?date=2023-03-01"


def test_sending_the_same_form_twice_records_one_event(web: Office, as_: Visit) -> None:
    clerk = as_("村会计")
    sale = {"f-date": "2023-04-10", "f-amount": "1200", "batch": "6b7f3b1e-58a5-4d0c-9a53-0f4c7a1a1111"}  # fmt: skip
    address = f"/at/{FIRST}/ledgers/tea_sale/new/"

    first, second = clerk.post(address, sale), clerk.post(address, sale)
    other = clerk.post(address, sale | {"batch": ""})

    assert first.url == second.url != other.url


def test_a_known_key_is_asked_about_before_it_revises(web: Office, as_: Visit) -> None:
    record = tea(web)
    clerk = as_("村会计")

    asked = clerk.post(NEW, TEA | {"f-area": "3"})
    done = clerk.post(NEW, TEA | {"f-area": "3", "may_revise": "1"})

    assert asked.status_code == 422
    assert f"/records/{record}/" in asked.content.decode()
    assert done.url == f"/at/{FIRST}/records/{record}/"
    assert get(record).payload["area"] == "3"


def test_from_above_the_unit_is_chosen(web: Office, as_: Visit) -> None:
    address = f"/at/{TOWN}/ledgers/tea/new/"
    clerk = as_("镇会计")

    missing = clerk.post(address, TEA)
    clerk.post(address, TEA | {"f-organisation": "乙村"})
    outside = clerk.post(address, TEA | {"f-organisation": "丁村"})

    assert missing.status_code == outside.status_code == 422
    assert b"ORG_013" in outside.content
    assert web.approve().approved == 1
    assert web.value("tea_area", SECOND, 2023) == 2.5


# ── drafts ────────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_draft_comes_back_as_typed_and_goes_when_submitted(web: Office, as_: Visit) -> None:
    clerk = as_("村会计")
    kept = clerk.post(NEW, TEA | {"f-area": "约两亩", "do": "draft"})

    page = clerk.get(kept.url).content.decode()
    offered = clerk.get(NEW).content.decode()
    draft = EntryDraft.objects.get()
    clerk.post(NEW, TEA | {"draft": str(draft.id)})

    assert "约两亩" in page
    assert f"?draft={draft.id}" in offered
    assert not EntryDraft.objects.exists()


def test_drafts_are_private_to_the_account(web: Office, as_: Visit) -> None:
    as_("村会计").post(NEW, TEA | {"f-remark": "只给自己看", "do": "draft"})
    draft = EntryDraft.objects.get().id
    other = as_("镇会计")

    page = other.get(f"{NEW}?draft={draft}").content.decode()
    discarded = other.post(f"/at/{FIRST}/ledgers/tea/drafts/{draft}/discard/")

    assert "只给自己看" not in page
    assert "接着填" not in page
    assert discarded.status_code == 404
    assert EntryDraft.objects.count() == 1


def test_one_draft_too_many_is_told_with_everything_still_there(
    web_sqlite: Office, as_: Visit
) -> None:
    clerk = as_("村会计")
    for _ in range(20):
        clerk.post(NEW, TEA | {"do": "draft"})

    for address, field in ((NEW, "f-remark"), (f"/at/{FIRST}/ledgers/tea/grid/", "r1-remark")):
        answer = clerk.post(address, {field: "第二十一份", "do": "draft"})
        assert answer.status_code == 422
        assert "ENTRY_002" in answer.content.decode()
        assert "第二十一份" in answer.content.decode()
    assert EntryDraft.objects.count() == 20


# ── revising ──────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_personal_values_are_kept_without_being_shown(web: Office, as_: Visit) -> None:
    record = tea(web)
    clerk, address = as_("村会计"), f"/at/{FIRST}/records/{record}/edit/"

    page = clerk.get(address).content.decode()
    clerk.post(address, TEA | {"f-owner": "", "f-area": "4", "expected": "1"})

    assert "张小三" not in page
    assert "张*三" in page
    assert get(record).payload["owner"] == "张小三"
    assert get(record).payload["area"] == "4"


def test_a_personal_value_is_cleared_only_on_demand(web: Office, as_: Visit) -> None:
    record = tea(web)

    as_("村会计").post(
        f"/at/{FIRST}/records/{record}/edit/",
        TEA | {"f-owner": "", "clear-owner": "1", "expected": "1"},
    )

    assert "owner" not in get(record).payload


def test_a_second_person_meanwhile_is_shown_side_by_side_and_merged(
    web: Office, as_: Visit
) -> None:
    record = tea(web)
    address = f"/at/{FIRST}/records/{record}/edit/"
    mine, other = as_("村会计"), as_("镇会计")

    other.post(address, TEA | {"f-area": "9", "expected": "1"})
    conflict = mine.post(address, TEA | {"f-kind": "红茶", "expected": "1"})
    page = conflict.content.decode()
    merged = TEA | {
        "f-kind": "红茶", "expected": "2", "base": "1", "pick-area": "theirs", "pick-kind": "mine", "f-owner": "",
    }  # fmt: skip
    done = mine.post(address, merged)

    assert conflict.status_code == 409
    assert "镇会计" in page
    assert 'name="pick-area" value="theirs" required checked' in page
    assert 'name="pick-kind" value="mine" required checked' in page
    assert done.status_code == 302
    payload = get(record).payload
    assert (payload["area"], payload["kind"], payload["owner"]) == ("9", "红茶", "张小三")
    assert [e.action for e in history(record)] == ["create", "revise", "revise"]


def test_an_approval_meanwhile_is_no_conflict(web: Office, as_: Visit) -> None:
    record = tea(web)
    web.approve(record)

    done = as_("村会计").post(
        f"/at/{FIRST}/records/{record}/edit/", TEA | {"f-area": "3", "expected": "1"}
    )

    assert done.status_code == 302
    assert get(record).state == "submitted"


def test_the_natural_key_may_change_but_not_to_a_taken_one(web: Office, as_: Visit) -> None:
    record, other = tea(web), tea(web, plot="T002")
    clerk, address = as_("村会计"), f"/at/{FIRST}/records/{record}/edit/"

    taken = clerk.post(address, TEA | {"f-plot": "T002", "expected": "1"})
    moved = clerk.post(address, TEA | {"f-plot": "T003", "expected": "1"})

    assert taken.status_code == 422
    assert str(other) in taken.content.decode().split('data-messages="plot">')[1]
    assert moved.status_code == 302
    assert get(record).key == "T003"
    assert web.approve().approved == 2
    assert web.is_sound()


def test_a_copy_brings_neither_key_nor_personal_data(web: Office, as_: Visit) -> None:
    record = tea(web, kind="红茶", remark="坡地")

    page = as_("村会计").get(f"{NEW}?copy={record}").content.decode()

    assert "坡地" in page
    assert 'value="红茶" checked' in page
    assert 'value="T001"' not in page
    assert "张小三" not in page


# ── other villages ────────────────────────────────────────────────────────────────────────────────────────────────────


def test_nothing_of_another_village_is_reached_by_its_number(web: Office, as_: Visit) -> None:
    there = web.submit("tea", SECOND, by="县会计", date="2023-03-01", plot="T9", owner="李四")
    clerk = as_("村会计")

    for part in ("", "edit/"):
        assert clerk.get(f"/at/{FIRST}/records/{there}/{part}").status_code == 404
        assert clerk.get(f"/at/{SECOND}/records/{there}/{part}").status_code == 403
    for part in ("edit/", "withdraw/", "unmask/", "files/"):
        posted = clerk.post(f"/at/{FIRST}/records/{there}/{part}", TEA | {"reason": "看看"})
        assert posted.status_code == 404, part
    copied = clerk.get(f"{NEW}?copy={there}").content.decode()
    assert "T9" not in copied
    assert get(there).number == 1
