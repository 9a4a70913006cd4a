"""The life of a report: made, worked on by several people, confirmed by lines of work, signed, superseded; on both engines."""

from __future__ import annotations

import hashlib
import io
from collections.abc import Iterator
from pathlib import Path

import docx
import pytest
from django.db import DatabaseError, transaction

from shuzhi.apps import storage
from shuzhi.apps.audit.report_seals import broken_versions
from shuzhi.apps.checking.reports import examine_report, sign_report
from shuzhi.apps.people.permissions import SYSTEM
from shuzhi.apps.reports import actions, queries, signing
from shuzhi.apps.reports.models import Report, ReportFile, ReportVersion
from shuzhi.apps.reports.versions import get_version, text_of_version
from shuzhi.core.problems import ProblemsError
from shuzhi.core.report_versions import tokens_of
from shuzhi.core.reports import is_tag
from shuzhi.exchange.drafts import read_draft_bytes
from tests.support.office import ENGINES, FIRST, Office
from tests.support.reporting import (
    W,
    block_with,
    edited_word,
    latest,
    new_report,
    reporting_office,
)


@pytest.fixture(params=ENGINES)
def desk(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Office]:
    """The office with one village report template and a little data, on each engine."""
    with reporting_office(request.param, tmp_path) as made:
        yield made


def _codes(error: pytest.ExceptionInfo[ProblemsError]) -> list[str]:
    return [one.code for one in error.value.problems]


def _report(number: str) -> Report:
    return Report.objects.get(number=number)


def _edit(desk: Office, number: str, words: str, typed: str, by: str = "县会计") -> ReportVersion:
    block = block_with(number, words)
    return actions.edit_paragraph(desk.actor(by), number, _report(number).version, block.id, typed)


def _draft_text(number: str) -> str:
    text = latest(number)
    return "\n".join(text.shown(block) for block in text.blocks)


# ── versions ──────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_made_report_is_its_first_version(desk: Office) -> None:
    number = new_report(desk)

    report = _report(number)
    assert (report.version, report.state, report.sections) == (1, "draft", 2)
    assert "现有果园32.5亩，其中花椒12亩" in _draft_text(number)
    assert get_version(report).action == "make"


def test_figures_are_locked_whatever_is_typed_around_them(desk: Office) -> None:
    number = new_report(desk)
    block = block_with(number, "果园")
    area, pepper = (piece for piece in block.pieces if isinstance(piece, int))

    _edit(desk, number, "果园", f"花椒[{pepper}:花椒面积 999亩]长势好，果园共[{area}:九百亩]。")

    assert "花椒12亩长势好，果园共32.5亩。" in _draft_text(number)
    with pytest.raises(ProblemsError) as error:
        _edit(desk, number, "果园", "果园[77:果园面积 900亩]。")
    assert _codes(error) == ["REPORT_053"]


def test_a_number_typed_by_hand_is_kept_and_said_to_have_no_source(desk: Office) -> None:
    number = new_report(desk)
    block = block_with(number, "果园")

    made = _edit(desk, number, "果园", tokens_of(latest(number), block) + "新栽果园350亩。")

    found = queries.numbers_without_source(_report(number), made)
    assert [(one.block, one.text) for one in found] == [(block.id, "350亩")]


def test_two_people_may_change_different_paragraphs_and_not_the_same_one(desk: Office) -> None:
    number = new_report(desk)
    orchard, visits = block_with(number, "果园").id, block_with(number, "全年走访").id
    words = tokens_of(latest(number), latest(number).block(visits))
    actions.edit_paragraph(desk.actor("县会计"), number, 1, orchard, "果园管得好。")

    made = actions.edit_paragraph(desk.actor("镇会计"), number, 1, visits, f"{words}户户走到。")
    with pytest.raises(ProblemsError) as error:
        actions.edit_paragraph(desk.actor("镇会计"), number, 1, orchard, "果园管得更好。")

    assert made.number == 3
    assert _codes(error) == ["REPORT_061"]
    assert error.value.problems[0].params["actor"] == "镇会计"
    assert "果园管得好。" in _draft_text(number)
    assert "户户走到。" in _draft_text(number)


def test_paragraphs_come_go_and_move_and_headings_are_numbered_anew(desk: Office) -> None:
    number = new_report(desk)
    clerk = desk.actor("县会计")
    first = block_with(number, "一、产业发展").id

    actions.insert_paragraph(clerk, number, "", "班子建设", level=1)
    assert block_with(number, "产业发展").mark == "二、"
    actions.move_paragraph(clerk, number, block_with(number, "件件有着落").id, -1)
    text = latest(number)
    order = [text.shown(block) for block in text.blocks]
    assert order.index("走访中听到的意见当天登记、逐件回复，件件有着落。") < order.index(
        "全年走访1次，发放慰问金300元。"
    )
    actions.delete_paragraph(clerk, number, _report(number).version, first)
    assert all("产业发展" not in latest(number).shown(one) for one in latest(number).blocks)


def test_undo_and_redo_are_versions_too(desk: Office) -> None:
    number = new_report(desk)
    clerk = desk.actor("县会计")
    _edit(desk, number, "果园", "第二稿。")
    _edit(desk, number, "第二稿", "第三稿。")

    def step(which: int) -> None:
        report = _report(number)
        wanted = queries.undo_and_redo(report, queries.versions_of(report))[which]
        actions.restore_version(clerk, number, report.version, wanted)

    step(0)
    assert "第二稿。" in _draft_text(number)
    step(0)
    assert "现有果园" in _draft_text(number)
    step(1)
    assert "第二稿。" in _draft_text(number)
    step(1)
    assert "第三稿。" in _draft_text(number)
    report = _report(number)
    assert report.version == 7
    assert queries.undo_and_redo(report, queries.versions_of(report)) == (2, 0)


def test_versions_are_sealed_and_a_forged_one_is_found(desk: Office) -> None:
    number = new_report(desk)
    _edit(desk, number, "果园", "第二稿。")
    assert broken_versions() == []

    with pytest.raises(DatabaseError, match="sealed"), transaction.atomic():
        ReportVersion.objects.filter(number=1).update(content="{}")
    from django.apps import apps
    from django.db import connection

    from shuzhi.apps.audit.sealing import seal

    with connection.schema_editor() as editor:
        seal("report_version")[1](apps, editor)
    storage.execute("UPDATE report_version SET reason = 'x' WHERE number = 1")
    with connection.schema_editor() as editor:
        seal("report_version")[0](apps, editor)

    assert [one.code for one in broken_versions()] == ["REPORT_080"]


def test_only_those_who_make_reports_there_may_change_one(desk: Office) -> None:
    number = new_report(desk)
    for persona in ("外镇会计", "镇办", "检查员", "管理员"):
        with pytest.raises(ProblemsError) as error:
            _edit(desk, number, "果园", "改。", by=persona)
        assert _codes(error) == ["PEOPLE_001"], persona
    unit = _report(number).organisation
    assert queries.find_report(desk.actor("外镇会计"), number, unit) is None
    assert queries.find_report(desk.actor("村会计"), number, unit) is not None


# ── figures as the books say them now ─────────────────────────────────────────────────────────────────────────────────


def test_a_refresh_says_beforehand_what_it_changes_and_keeps_the_words(desk: Office) -> None:
    number = new_report(desk)
    _edit(desk, number, "全年走访", "访了[3:走访次数 1次]，送去[4:慰问金 300元]，户户放心。")
    desk.record("visit", FIRST, date="2023-09-01", topic="慰问", amount="200")
    assert "访了1次，送去300元" in _draft_text(number)

    found = actions.renewal_of(desk.actor("县会计"), number)
    actions.refresh_figures(desk.actor("县会计"), number, 2)

    assert [(one.before, one.after) for one in found.changes] == [
        ("1次", "2次"),
        ("300元", "500元"),
    ]
    assert "访了2次，送去500元，户户放心。" in _draft_text(number)


def test_sentences_that_become_possible_are_offered(desk: Office) -> None:
    from shuzhi.apps.reports.actions import make_report
    from tests.support.office import SECOND

    clerk = desk.actor("县会计")
    number = make_report(clerk, "village_debrief", SECOND, 2023, with_traces=False).number
    assert _report(number).open_missing > 0
    desk.record("visit", SECOND, date="2023-09-01", topic="慰问", amount="200")

    offered = actions.renewal_of(clerk, number).offered
    actions.refresh_figures(clerk, number, 1, with_sentences=[0])

    assert [one.heading for one in offered] == ["二、走访群众"]
    assert "全年走访1次，发放慰问金200元。" in _draft_text(number)


# ── confirmation ──────────────────────────────────────────────────────────────────────────────────────────────────────


def test_every_section_confirmed_makes_the_report_confirmed_until_one_changes(
    desk: Office,
) -> None:
    number = new_report(desk)
    for words in ("产业发展", "走访群众"):
        signing.confirm_section(desk.actor("镇办"), number, 1, block_with(number, words).id)
    assert _report(number).state == "confirmed"

    _edit(desk, number, "全年走访", "走访不断线。")

    report = _report(number)
    assert (report.state, report.confirmed) == ("draft", 1)
    states = queries.sections_with_confirmations(report, latest(number))
    assert [len(one.standing) for one in states] == [1, 0]
    assert [len(one.ended) for one in states] == [0, 1]


def test_a_post_limited_to_a_line_of_work_confirms_that_line_alone(desk: Office) -> None:
    from shuzhi.apps.people.actions import create_account, give_post
    from shuzhi.apps.people.models import Post

    create_account(SYSTEM, "农业办", "农业办")
    give_post(SYSTEM, "农业办", FIRST, "reviewer", from_date="2020-01-01")
    Post.objects.filter(account__name="农业办").update(lines="industry")
    number = new_report(desk)
    actor = desk.actor("农业办")

    signing.confirm_section(actor, number, 1, block_with(number, "产业发展").id)
    with pytest.raises(ProblemsError) as error:
        signing.confirm_section(actor, number, 1, block_with(number, "走访群众").id)

    assert _codes(error) == ["PEOPLE_001"]


def test_nobody_confirms_his_own_words(desk: Office) -> None:
    number = new_report(desk)
    section = block_with(number, "走访群众").id
    signing.confirm_section(desk.actor("县会计"), number, 1, section)  # from the books alone
    _edit(desk, number, "全年走访", "走访不断线。")

    with pytest.raises(ProblemsError) as error:
        signing.confirm_section(desk.actor("县会计"), number, 2, section)

    assert _codes(error) == ["REPORT_066"]
    signing.confirm_section(desk.actor("镇会计"), number, 2, section)


# ── signing ───────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_signed_report_stays_when_the_books_change_and_its_files_byte_for_byte(
    desk: Office,
) -> None:
    number = new_report(desk)
    leader = desk.actor("镇领导")
    sign_report(leader, number, 1)
    before = {one: signing.get_file(leader, number, 2, one).content for one in signing.FORMATS}
    digests = dict(ReportFile.objects.values_list("format", "digest"))

    desk.record("orchard", FIRST, plot="003", date="2023-04-01", bearing="100", young="0", variety="苹果")  # fmt: skip

    after = {one: signing.get_file(leader, number, 2, one) for one in signing.FORMATS}
    assert {one: file.content for one, file in after.items()} == before
    assert all(file.is_kept for file in after.values())
    assert {one: hashlib.sha256(c).hexdigest() for one, c in before.items()} == digests
    assert "果园32.5亩" in _draft_text(number)
    with pytest.raises(ProblemsError) as error:
        _edit(desk, number, "果园", "改。")
    assert _codes(error) == ["REPORT_060"]


def test_the_word_file_reopens_with_its_figures_as_content_controls(desk: Office) -> None:
    number = new_report(desk)
    _edit(desk, number, "果园", "果园[1:]都管住了，花椒[2:]。")
    content = signing.get_file(desk.actor("村会计"), number, 2, "docx").content

    document = docx.Document(io.BytesIO(content))

    text = "".join(t.text or "" for t in document.element.body.iter(f"{W}t"))
    assert "果园32.5亩都管住了，花椒12亩。" in text
    tags = [one.get(f"{W}val") for one in document.element.body.iter(f"{W}tag")]
    assert len([one for one in tags if is_tag(one)]) == 4


def test_a_kept_file_that_was_altered_is_not_given_out(desk: Office) -> None:
    from shuzhi.apps.ledgers.attachments import path_of

    number = new_report(desk)
    sign_report(desk.actor("镇领导"), number, 1)
    path_of(ReportFile.objects.get(format="pdf").digest).write_bytes(b"other")

    with pytest.raises(ProblemsError) as error:
        signing.get_file(desk.actor("镇领导"), number, 2, "pdf")

    assert _codes(error) == ["REPORT_071"]


def test_missing_things_and_errors_ask_for_a_reason(desk: Office) -> None:
    from shuzhi.apps.reports.actions import make_report
    from tests.support.office import SECOND

    number = make_report(desk.actor("县会计"), "village_debrief", SECOND, 2023).number
    leader = desk.actor("镇领导")

    with pytest.raises(ProblemsError) as error:
        sign_report(leader, number, 1)
    assert _codes(error) == ["REPORT_067"]
    made = sign_report(leader, number, 1, reason="年底急报")
    assert (made.action, made.reason) == ("sign", "年底急报")

    other = new_report(desk)
    _edit(desk, other, "果园", "全村现有果园XX亩。")
    assert any(
        one.is_error for one in examine_report(leader, _report(other), get_version(_report(other)))
    )
    with pytest.raises(ProblemsError) as error:
        sign_report(leader, other, 2)
    assert _codes(error) == ["REPORT_067"]


def test_nobody_signs_what_he_wrote_last_unless_he_is_the_only_leader(desk: Office) -> None:
    from shuzhi.apps.people.actions import create_account, give_post

    number = new_report(desk)
    _edit(desk, number, "果园", "果园[1:]。", by="镇领导")
    signing.sign(desk.actor("镇领导"), number, 2, errors=0)  # nobody else leads the town
    signing.withdraw_signature(desk.actor("镇领导"), number, reason="补写一句")

    create_account(SYSTEM, "副镇长", "副镇长")
    give_post(SYSTEM, "副镇长", "990101100000", "leader", from_date="2020-01-01")
    with pytest.raises(ProblemsError) as error:
        signing.sign(desk.actor("镇领导"), number, 4, errors=0)

    assert _codes(error) == ["REPORT_068"]
    signing.sign(desk.actor("副镇长"), number, 4, errors=0)


def test_a_stale_page_signs_nothing(desk: Office) -> None:
    number = new_report(desk)
    _edit(desk, number, "果园", "果园[1:]。")

    with pytest.raises(ProblemsError) as error:
        sign_report(desk.actor("镇领导"), number, 1)

    assert _codes(error) == ["REPORT_061"]
    assert _report(number).state == "draft"


def test_a_later_signature_supersedes_and_a_withdrawn_one_opens_the_text_again(
    desk: Office,
) -> None:
    first, second = new_report(desk), new_report(desk)
    leader = desk.actor("镇领导")
    sign_report(leader, first, 1)
    sign_report(leader, second, 1)
    assert (_report(first).state, _report(second).state) == ("superseded", "signed")

    with pytest.raises(ProblemsError) as error:
        signing.withdraw_signature(leader, second, reason=" ")
    assert _codes(error) == ["REPORT_070"]
    signing.withdraw_signature(leader, second, reason="数据有误")

    report = _report(second)
    assert (report.state, report.version, report.signed_by) == ("draft", 3, "")
    assert signing.get_file(leader, second, 2, "pdf").is_kept
    _edit(desk, second, "果园", "果园[1:]。")
    assert broken_versions() == []


# ── a Word file brought back ──────────────────────────────────────────────────────────────────────────────────────────


def test_a_word_file_comes_back_with_its_words_and_without_its_numbers(desk: Office) -> None:
    number = new_report(desk)
    clerk = desk.actor("县会计")
    content = signing.get_file(clerk, number, 1, "docx").content
    edited = edited_word(
        content, {"群众看得见变化": "群众看得见、摸得着", "32.5亩": "325亩", "较好完成": "圆满完成"}
    )

    found = actions.bring_back(clerk, number, read_draft_bytes(edited, "改.docx"))

    changes = found.brought.changes
    assert [one.change for one in changes] == ["changed", "changed"]
    (figure,) = changes[1].figures
    assert (figure.printed, figure.found) == ("32.5亩", "325亩")
    actions.accept_brought(
        clerk,
        number,
        found.version,
        [
            actions.Accepted(
                one.change,
                one.block,
                "".join(p if isinstance(p, str) else f"[{p}:]" for p in one.pieces),
            )
            for one in changes
        ],
    )
    assert "圆满完成" in _draft_text(number)
    assert "现有果园32.5亩" in _draft_text(number)
    assert "群众看得见、摸得着" in _draft_text(number)
    assert _report(number).version == 2


def test_a_number_changed_alone_is_pointed_out_and_changes_nothing(desk: Office) -> None:
    number = new_report(desk)
    clerk = desk.actor("县会计")
    content = signing.get_file(clerk, number, 1, "docx").content

    found = actions.bring_back(
        clerk, number, read_draft_bytes(edited_word(content, {"300元": "3000元"}), "改.docx")
    )

    (change,) = found.brought.changes
    assert change.change == "figures"
    assert [(one.printed, one.found) for one in change.figures] == [("300元", "3000元")]


def test_a_file_is_held_against_the_version_it_was_made_from(desk: Office) -> None:
    number = new_report(desk)
    clerk = desk.actor("县会计")
    content = signing.get_file(clerk, number, 1, "docx").content
    _edit(desk, number, "果园", "果园[1:]，树形改造分片推进，群众看得见变化，收成一年比一年好。")
    edited = edited_word(content, {"群众看得见变化": "群众都说好"})

    found = actions.bring_back(clerk, number, read_draft_bytes(edited, "改.docx"))
    accepted = [
        actions.Accepted(
            one.change,
            one.block,
            "".join(p if isinstance(p, str) else f"[{p}:]" for p in one.pieces),
        )
        for one in found.brought.changes
    ]
    with pytest.raises(ProblemsError) as error:
        actions.accept_brought(clerk, number, found.version, accepted)

    assert (found.version, found.latest) == (1, 2)
    assert _codes(error) == ["REPORT_061"]
    assert "收成一年比一年好" in _draft_text(number)


def test_another_file_is_refused(desk: Office) -> None:
    number = new_report(desk)
    document = docx.Document()
    document.add_paragraph("会议通知")
    buffer = io.BytesIO()
    document.save(buffer)

    with pytest.raises(ProblemsError) as error:
        actions.bring_back(
            desk.actor("县会计"), number, read_draft_bytes(buffer.getvalue(), "通知.docx")
        )

    assert _codes(error) == ["REPORT_063"]


def test_every_step_is_in_the_diary(desk: Office) -> None:
    number = new_report(desk)
    _edit(desk, number, "果园", "果园[1:]。")
    signing.confirm_section(desk.actor("镇办"), number, 2, block_with(number, "走访群众").id)
    sign_report(desk.actor("镇领导"), number, 2)
    signing.withdraw_signature(desk.actor("镇领导"), number, reason="补写")

    codes = [
        row[0]
        for row in storage.fetch("SELECT code FROM event WHERE code LIKE 'report.%%' ORDER BY seq")
    ]
    assert codes == ["report.made", "report.revised", "report.confirmed", "report.signed", "report.unsigned"]  # fmt: skip
    versions = ReportVersion.objects.order_by("number")
    assert [one.action for one in versions] == ["make", "edit", "sign", "unsign"]
    assert text_of_version(versions[1]) == text_of_version(versions[2])
