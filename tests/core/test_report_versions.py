"""The text of a report as people work on it: kept and given back, changed around locked figures, compared, read back from a file."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest

from shuzhi.core.checking.model import Block, Control, Draft
from shuzhi.core.definitions import ParagraphDef, SentenceDef
from shuzhi.core.figures import Figure
from shuzhi.core.problems import ProblemsError
from shuzhi.core.quantities import Units
from shuzhi.core.report_versions import (
    BLOCKS_LIMIT,
    PARAGRAPH_LIMIT,
    ReportText,
    brought_back,
    compare_texts,
    compare_words,
    composed_of,
    deleted,
    draft_of,
    frame_of,
    inserted,
    is_unwritten,
    likeness,
    moved,
    pack,
    parse_tokens,
    reframed,
    refreshed,
    reworded,
    sections_of,
    text_of,
    tokens_of,
    unpack,
    with_new_figures,
)
from shuzhi.core.reports import tag_of
from tests.reports.sample_report import DictSource, composed, make_catalogue, village_report

KNOWN = {
    "articles": "120", "articles@2023H1": "55", "households": "300", "persons": "1200", "orchard_area": "600", "orchard_share": "2",
    "greenhouses": "12", "subsidy_paid": "482875", "road_hardened": "3200", "disputes": "4", "expected_sales": "1000",
}  # fmt: skip
PARTS = {"orchard_area": [("丰产园", "400"), ("幼园", "200")]}


def _text(**more: str | None) -> ReportText:
    report = replace(
        village_report(), closing=(ParagraphDef(sentences=(SentenceDef("谢谢大家。"),)),)
    )
    return text_of(composed(report, DictSource(values={**KNOWN, **more}, parts=PARTS)))


def _code(error: pytest.ExceptionInfo[ProblemsError]) -> str:
    return error.value.problems[0].code


def _with(text: ReportText, words: str) -> str:
    return next(block.id for block in text.blocks if words in text.shown(block))


def _file(text: ReportText, changes: dict[str, str], *, cells: int = 0) -> Draft:
    """The text as a Word file reads after a person replaced some words, figures as controls."""
    draft = draft_of(text).draft
    made, blocks, controls = "", [], []
    for block in draft.blocks:
        start = len(made)
        at = block.start
        inside = [c for c in draft.controls if block.start <= c.start and c.end <= block.end]
        for control in [*inside, None]:
            plain = draft.text[at : control.start if control else block.end]
            for old, new in changes.items():
                plain = plain.replace(old, new)
            made += plain
            if control is None:
                break
            words = draft.text[control.start : control.end]
            words = changes.get(words, words)
            controls.append(Control(len(made), len(made) + len(words), control.tag))
            made += words
            at = control.end
        blocks.append(Block(start, len(made), level=block.level))
        made += "\n"
    for number in range(cells):
        blocks.append(Block(len(made), len(made) + 2, kind="cell"))
        made += f"表{number}\n"
    return Draft(made, "改.docx", "docx", tuple(blocks), tuple(controls))


def test_a_composed_report_comes_back_unchanged_and_so_does_what_is_kept() -> None:
    made = composed(village_report(), DictSource(values=KNOWN, parts=PARTS))
    text = text_of(made)

    assert composed_of(text).plain_text() == made.plain_text()
    assert [run.number for run in composed_of(text).figures] == [r.number for r in made.figures]
    assert unpack(pack(text)) == text


def test_figures_are_named_by_number_and_their_words_do_not_matter() -> None:
    text = _text()
    block = text.block(_with(text, "硬化组级道路"))
    typed = tokens_of(text, block)

    assert "3.2公里]" in typed
    assert parse_tokens(text, typed) == block.pieces
    assert parse_tokens(text, typed.replace("3.2公里", "九十九公里")) == block.pieces
    assert parse_tokens(text, "  今年\n修了 [1：x] 　路 ") == ("今年 修了 ", 1, " 路")


@pytest.mark.parametrize(
    ("typed", "code"),
    [
        ("  \n", "REPORT_050"),
        ("长" * (PARAGRAPH_LIMIT + 1), "REPORT_051"),
        ("[99:x]路", "REPORT_053"),
    ],
)
def test_what_cannot_stand_is_said(typed: str, code: str) -> None:
    with pytest.raises(ProblemsError) as error:
        parse_tokens(_text(), typed)
    assert _code(error) == code


def test_a_heading_holds_no_figure_and_a_report_not_endlessly_many_blocks() -> None:
    text = _text()
    heading = next(block.id for block in text.blocks if block.level == 1)
    with pytest.raises(ProblemsError) as error:
        reworded(text, heading, ("产业", 1))
    assert _code(error) == "REPORT_054"
    with pytest.raises(ProblemsError) as error:
        reworded(text, "b999", ("话",))
    assert _code(error) == "REPORT_052"
    full = replace(text, blocks=text.blocks[:1] * BLOCKS_LIMIT)
    with pytest.raises(ProblemsError) as error:
        inserted(full, "", ("话",))
    assert _code(error) == "REPORT_055"
    with pytest.raises(ValueError, match="9"):
        inserted(text, "", ("话",), 9)


def test_headings_are_numbered_anew_and_ids_never_given_twice() -> None:
    text = _text()
    made, first = inserted(text, "", ("新的一节",), 1)
    again, second = inserted(deleted(made, first), "", ("又一节",), 1)

    marks = [block.mark for block in again.blocks if block.level == 1]
    assert marks[:2] == ["一、", "二、"]
    assert first != second
    assert again.block(second).mark == "一、"


def test_what_is_put_behind_the_closing_stays_behind_all_sections() -> None:
    text = _text()
    closing = text.blocks[-1]
    assert closing.is_closing

    made, added = inserted(text, closing.id, ("请予评议。",))

    assert composed_of(made).closing[-1].text == "请予评议。"
    assert moved(made, added, 1) is made
    assert moved(made, text.blocks[0].id, -1) is made
    up = moved(made, added, -1)
    assert [one.id for one in up.blocks][-2:] == [added, closing.id]


def test_title_addressee_signature_and_date_can_be_changed() -> None:
    text = _text()

    made = reframed(reframed(text, "title", "新 标题"), "addressee", "")
    made = reframed(made, "date", "2024-02-01")

    assert (made.title, made.addressee, frame_of(made, "date")) == ("新标题", "", "2024-02-01")
    changed = [one.id for one in compare_texts(text, made) if one.change == "changed"]
    assert changed == ["title", "addressee", "date"]
    for which, words, code in (("title", "", "REPORT_056"), ("date", "一月五日", "REPORT_059")):
        with pytest.raises(ProblemsError) as error:
            reframed(text, which, words)
        assert _code(error) == code


def test_a_refresh_prints_what_the_source_says_now_and_names_what_is_lost() -> None:
    text = _text()
    catalogue = make_catalogue()
    source = DictSource(values={**KNOWN, "road_hardened": "4100", "disputes": None}, as_of=99)

    def read(identity: object) -> Figure:
        if identity.breakdown is not None:  # type: ignore[attr-defined]
            return next(r.figure for r in text.figures.values() if r.figure.id == identity)
        return source.figure(identity)  # type: ignore[arg-type]

    made, changes = refreshed(text, read, Units(catalogue.units), 99)

    told = {one.title: (one.before, one.after, one.is_used) for one in changes}
    assert told == {"硬化道路": ("3.2公里", "4.1公里", True), "矛盾纠纷": ("4户", "", True)}
    assert made.as_of == 99
    assert "硬化组级道路4.1公里" in made.shown(made.block(_with(made, "硬化组级道路")))


def test_paragraphs_that_can_be_written_now_are_offered_with_their_figures() -> None:
    text = _text(road_hardened=None)
    assert all("硬化组级道路" not in text.shown(block) for block in text.blocks)

    made, offered = with_new_figures(text, _text())

    assert len(offered) == 1
    assert "硬化组级道路3.2公里" in offered[0].shown
    assert all(piece in made.figures for piece in offered[0].pieces if isinstance(piece, int))
    assert made.missing == _text().missing


def test_sections_say_which_lines_of_work_they_come_from() -> None:
    text = _text()
    catalogue = make_catalogue()
    found = replace(
        catalogue,
        indicators={k: replace(v, area="industry") for k, v in catalogue.indicators.items()},
    )

    sections = sections_of(text, found)

    assert [one.mark for one in sections][:2] == ["一、", "二、"]
    assert all("谢谢" not in one.words for one in sections)
    assert {area for one in sections for area in one.areas} == {"industry"}
    assert all(one.areas == () for one in sections_of(text, catalogue))


def test_two_versions_are_compared_word_by_word() -> None:
    left, right = compare_words("果园32.5亩，长势好。", "果园33亩，长势很好。")
    assert [s.text for s in left if s.is_different] == ["32.5"]
    assert [s.text for s in right if s.is_different] == ["33", "很"]

    text = _text()
    first, last = text.blocks[0].id, text.blocks[-1].id
    made = reworded(text, first, ("完全另一句话。",))
    made, _ = inserted(made, first, ("加的一段。",))
    made = deleted(made, last)
    changes = {one.change for one in compare_texts(text, made)}
    assert changes == {"same", "changed", "added", "removed"}
    heads = [block.id for block in text.blocks if not block.level][:2]
    swapped = moved(text, heads[1], -1)
    assert "moved" in {one.change for one in compare_texts(text, swapped)} or swapped == text
    assert compare_texts(deleted(text, first), text)[0].change == "added"
    assert compare_texts(text, deleted(text, first))[0].change == "removed"


def test_a_draft_knows_which_block_a_character_stands_in() -> None:
    text = _text()
    draft = draft_of(text)
    block = text.block(_with(text, "硬化组级道路"))
    at = draft.draft.text.index("3.2公里")

    found, offset = draft.place(at)

    assert found == block.id
    assert text.shown(block)[offset:].startswith("3.2公里")
    assert draft.place(0) == ("", 0)
    assert all(c.tag for c in draft.draft.controls)


# ── a file edited outside ─────────────────────────────────────────────────────────────────────────────────────────────


def test_a_file_nobody_touched_says_the_same() -> None:
    text = _text()
    found = brought_back(text, _file(text, {}))

    assert found.changes == ()
    assert found.same == len(text.blocks)
    assert found.figures == len([p for b in text.blocks for p in b.pieces if isinstance(p, int)])
    assert likeness(text, _file(text, {})) == len(text.blocks)


def test_changed_words_and_changed_figures_are_told_apart() -> None:
    text = _text()
    file = _file(
        text, {"雨天出门不再沾泥": "出门不沾泥", "3.2公里": "32公里", "300户": "3000户"}, cells=2
    )

    found = brought_back(text, file)

    told = {one.change: one for one in found.changes}
    assert set(told) == {"changed", "figures"}
    assert [(f.printed, f.found) for f in told["changed"].figures] == [("3.2公里", "32公里")]
    assert "出门不沾泥" in "".join(p for p in told["changed"].pieces if isinstance(p, str))
    assert any(isinstance(p, int) for p in told["changed"].pieces)
    assert [(f.printed, f.found) for f in told["figures"].figures] == [("300户", "3000户")]
    assert found.left_out == 2


def test_added_removed_and_retitled_parts_are_found() -> None:
    text = _text()
    other, _ = inserted(text, text.blocks[0].id, ("文件里新加的一段话，写的是别的事情。",))
    other, _ = inserted(other, text.blocks[0].id, ("新加的小节",), 1)
    other = deleted(other, _with(other, "硬化组级道路"))
    other = reframed(other, "title", "另一个标题")

    found = brought_back(text, _file(other, {}))

    assert [one.change for one in found.changes if one.level == 0] == ["added", "removed"]
    heading = next(one for one in found.changes if one.level)
    assert heading.change == "added"
    assert heading.pieces == ("新加的小节",)
    assert found.title == "另一个标题"


def test_a_figure_that_left_its_paragraph_is_named() -> None:
    text = _text()
    block = text.block(_with(text, "硬化组级道路"))
    other = reworded(text, block.id, tuple(p for p in block.pieces if isinstance(p, str)))

    (change,) = brought_back(text, _file(other, {})).changes

    assert change.dropped == tuple(p for p in block.pieces if isinstance(p, int))


def test_the_likest_version_is_the_one_the_file_was_made_from() -> None:
    text = _text()
    block = text.block(_with(text, "硬化组级道路"))
    later = reworded(text, block.id, (*block.pieces, "后来又加了一句。"))
    file = _file(text, {"雨天出门不再沾泥": "出门不沾泥"})

    assert likeness(text, file) > likeness(later, file)


def test_tags_are_those_of_the_word_file_and_an_unwritten_section_is_known() -> None:
    text = _text()
    controls = {one.tag for one in draft_of(text).draft.controls}
    assert controls == {tag_of(run.identity) for run in text.figures.values()}
    unwritten = [block.id for block in text.blocks if is_unwritten(block)]
    assert len(unwritten) == sum(one.reason == "section" for one in text.missing)
    assert text.figures[1].figure.value == Decimal(120)


def test_a_paragraph_put_before_the_first_one_is_no_part_of_the_title() -> None:
    text = reframed(_text(), "addressee", "")
    other, _ = inserted(text, "", ("最前面加的一段。",))

    found = brought_back(text, _file(other, {}))

    assert found.title == ""
    assert [(one.change, one.after, one.pieces) for one in found.changes] == [
        ("added", "", ("最前面加的一段。",))
    ]
