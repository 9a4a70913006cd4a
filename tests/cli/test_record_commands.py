"""`shuzhi record`: one row recorded, approved by somebody else, sent back, withdrawn, and all of it in its history."""

from __future__ import annotations

from tests.support.office import FIRST, SECOND, TOWN, Office

from .conftest import Ran, Run

CLERK, REVIEWER = "村会计", "镇办"


def add(shuzhi: Run, *values: str, actor: str = CLERK, unit: str = FIRST) -> Ran:
    given = [part for value in values for part in ("--set", value)]
    return shuzhi("record", "add", "茶园台账", "--org", unit, *given, "--json", actor=actor)


def area(office: Office) -> str:
    return str(office.value("tea_area", TOWN, "2023"))


def test_a_row_is_recorded_by_titles_or_keys_and_waits(tea_office: Office, shuzhi: Run) -> None:
    made = add(shuzhi, "登记日期=2023年3月1日", "plot=T001", "茶园面积=２．５").done().json

    assert (made["created"], len(made["records"])) == (1, 1)
    waiting = shuzhi("record", "waiting", "--org", TOWN, "--json").done().json
    assert waiting == [{"ledger": "tea", "organisation": "甲村", "count": 1}]
    assert area(tea_office) == "None"
    assert "茶园台账" in shuzhi("record", "waiting", "--org", TOWN).out
    again = add(shuzhi, "date=2023-03-01", "plot=T001", "area=2.5").done().json
    assert (again["created"], again["revised"], again["unchanged"]) == (0, 0, 1)


def test_a_doubtful_row_is_recorded_with_a_warning(tea_sqlite: Office, shuzhi: Run) -> None:
    made = add(shuzhi, "date=2023-03-01", "plot=T001", "area=200").done()
    spoken = shuzhi(
        "record", "add", "tea", "--org", FIRST, "--set", "date=2023-03-01", "--set", "plot=T2", "--set", "area=300",
        actor=CLERK,
    )  # fmt: skip

    assert [(p["severity"], "超过 100 亩" in p["message"]) for p in made.json["problems"]] == [
        ("warning", True)
    ]
    assert "超过 100 亩" in spoken.done().err


def test_everything_wrong_with_a_row_is_told_at_once(tea_sqlite: Office, shuzhi: Run) -> None:
    ran = add(shuzhi, "date=2023-02-30", "area=-1", "kind=乌龙茶", "面积=3")

    assert ran.code == 1
    assert (
        len(ran.codes) >= 4
    )  # date, area, kind; the plot that is missing or the field that is not there
    assert shuzhi("record", "waiting", "--org", TOWN, "--json").json == []


def test_nobody_approves_their_own_row(tea_office: Office, shuzhi: Run) -> None:
    (record,) = add(shuzhi, "date=2023-03-01", "plot=T001", "area=2.5").json["records"]
    shuzhi("post", "give", CLERK, "示范镇", "reviewer", actor="管理员").done()

    single = shuzhi("record", "approve", record, "--json", actor=CLERK)
    together = shuzhi("record", "approve", "--org", TOWN, "--json", actor=CLERK)
    spoken = shuzhi("record", "approve", "--org", TOWN, actor=CLERK)

    assert (single.code, single.codes) == (1, ["RECORD_006"])
    assert (together.code, together.json["approved"]) == (1, 0)
    assert [p["code"] for p in together.json["refused"]] == ["RECORD_006"]
    assert (spoken.code, "未审 1 条" in spoken.out, "RECORD_006" in spoken.err) == (1, True, True)
    assert area(tea_office) == "None"
    assert shuzhi("record", "approve", record, actor="村会计").code == 1
    assert shuzhi("record", "approve", record, actor="外镇办").code == 3
    assert (
        shuzhi("record", "approve", record, actor=REVIEWER).done().out.startswith("审核通过 1 条")
    )
    assert area(tea_office) == "2.5"


def test_a_returned_row_keeps_what_was_approved_and_is_mended(
    tea_office: Office, shuzhi: Run
) -> None:
    (record,) = add(shuzhi, "date=2023-03-01", "plot=T001", "area=2.5").json["records"]
    shuzhi("record", "approve", record, actor=REVIEWER).done()
    add(shuzhi, "date=2023-03-01", "plot=T001", "area=25").done()

    shuzhi("record", "return", record, "--reason", "小数点错了", actor=REVIEWER).done()

    assert area(tea_office) == "2.5"
    twice = shuzhi("record", "return", record, "--reason", "再退", "--json", actor=REVIEWER)
    assert (twice.code, twice.codes) == (1, ["RECORD_003"])
    add(shuzhi, "date=2023-03-01", "plot=T001", "area=2.6").done()
    shuzhi("record", "approve", record, actor=REVIEWER).done()
    assert area(tea_office) == "2.6"
    entries = shuzhi("record", "history", record, "--json", actor=CLERK).done().json
    assert [e["action"] for e in entries] == [
        "create",
        "approve",
        "revise",
        "return",
        "revise",
        "approve",
    ]
    assert [e["number"] for e in entries] == [1, 2, 3, 4, 5, 6]
    assert (entries[3]["actor"], entries[3]["reason"]) == (REVIEWER, "小数点错了")
    assert len({e["hash"] for e in entries}) == 6
    told = shuzhi("record", "history", record, actor=CLERK).done().out
    assert "茶园面积：25 → 2.6" in told
    assert "退回" in told
    assert tea_office.is_sound()


def test_a_withdrawn_row_leaves_the_figures_when_its_withdrawal_is_approved(
    tea_office: Office, shuzhi: Run
) -> None:
    (first,) = add(shuzhi, "date=2023-03-01", "plot=T001", "area=2.5").json["records"]
    (second,) = add(shuzhi, "date=2023-03-01", "plot=T002", "area=4").json["records"]
    shuzhi("record", "approve", first, actor=REVIEWER).done()

    gone = shuzhi(
        "record", "withdraw", first, second, "--reason", "重复登记", "--json", actor=CLERK
    )

    assert gone.done().json["withdrawn"] == 2
    assert area(tea_office) == "2.5"
    waiting = shuzhi("record", "waiting", "--org", TOWN, "--json").json
    assert [w["count"] for w in waiting] == [1]  # the one never approved is gone at once
    shuzhi("record", "approve", first, actor=REVIEWER).done()
    assert area(tea_office) == "None"
    again = shuzhi("record", "withdraw", second, "--reason", "x", "--json", actor=CLERK)
    assert (again.code, again.codes) == (1, ["RECORD_004"])
    assert tea_office.is_sound()


def test_a_whole_import_is_withdrawn_as_one(tea_sqlite: Office, shuzhi: Run) -> None:
    made = [
        add(shuzhi, "date=2023-03-01", f"plot=T{n}", "area=1").json["records"][0] for n in (1, 2)
    ]
    from shuzhi.apps.ledgers.models import Record

    batch = Record.objects.get(id=made[0]).batch
    both = shuzhi(
        "record", "withdraw", made[1], "--batch", batch, "--reason", "x", "--json", actor=CLERK
    )
    done = shuzhi(
        "record", "withdraw", "--batch", batch, "--reason", "导错了", "--json", actor=CLERK
    )
    again = shuzhi(
        "record", "withdraw", "--batch", batch, "--reason", "导错了", "--json", actor=CLERK
    )

    assert (both.code, both.codes) == (2, ["CLI_015"])
    assert done.done().json["withdrawn"] == 1
    assert (again.code, again.codes) == (1, ["RECORD_005"])


def test_only_what_is_asked_for_is_approved(tea_sqlite: Office, shuzhi: Run) -> None:
    add(shuzhi, "date=2023-03-01", "plot=T001", "area=1").done()
    add(shuzhi, "date=2023-03-01", "plot=T001", "area=2", unit=SECOND, actor="镇会计").done()
    shuzhi(
        "record",
        "add",
        "tea_sale",
        "--org",
        FIRST,
        "--set",
        "date=2023-05-01",
        "--set",
        "amount=100",
        actor=CLERK,
    ).done()

    one = shuzhi(
        "record", "approve", "--org", FIRST, "--ledger", "茶园台账", "--json", actor=REVIEWER
    )

    assert one.done().json["approved"] == 1
    left = shuzhi("record", "waiting", "--org", TOWN, "--json").json
    assert {(w["ledger"], w["organisation"]) for w in left} == {
        ("tea", "乙村"),
        ("tea_sale", "甲村"),
    }
    assert shuzhi("record", "approve", "--json", actor=REVIEWER).codes == ["CLI_015"]
    assert shuzhi("record", "approve", 1, "--org", FIRST, "--json", actor=REVIEWER).codes == [
        "CLI_015"
    ]


def test_a_row_of_a_year_without_books_waits(tea_sqlite: Office, shuzhi: Run) -> None:
    (record,) = add(shuzhi, "date=2031-03-01", "plot=T001", "area=1").json["records"]

    ran = shuzhi("record", "approve", record, "--json", actor=REVIEWER)

    assert ran.code == 1
    assert ran.codes[0].startswith("BOOK_")


def test_history_hides_who_it_is_about(tea_sqlite: Office, shuzhi: Run) -> None:
    (record,) = add(shuzhi, "date=2023-03-01", "plot=T001", "户主姓名=张大山").json["records"]

    told = shuzhi("record", "history", record, actor="审计员").done().out

    assert "张*山" in told
    assert "张大山" not in told
    assert shuzhi("record", "history", record, actor="管理员").code == 3
