"""Drafts with findings made by hand, for tests of what is shown; no detector runs here."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

from shuzhi.core.checking.model import Draft, FindingSeverity, OutlineNode, TextFigure
from shuzhi.exchange.checked_sheets import (
    BookValue,
    Sheet,
    SheetFigure,
    SheetFinding,
    block_at,
    draft_blocks,
    excerpt,
)
from shuzhi.messages import Language
from shuzhi.messages.checking import place_words

TEXT = (
    "示例县示例镇甲村2023年工作述职报告\n"
    "一、产业发展\n"
    "全村共有412户，其中一组200户、二组202户，占比百分之XX。果园480亩，比上年增加70亩。\n"
    "二、下步打算\n"
    "新建果园30亩。"
)


def finding(
    draft: Draft,
    place: str | tuple[int, int],
    *,
    severity: FindingSeverity = "wrong",
    sentence: str = "这里不对；请改正",
    expected: str = "",
    related: Sequence[str] = (),
    number: int = 1,
    area: str = "arithmetic",
    language: Language = "zh",
) -> SheetFinding:
    """A finding at some words of the draft (their first occurrence) or at a range of characters."""
    start, end = place if isinstance(place, tuple) else span(draft.text, place)
    block = block_at(draft_blocks(draft), start)
    where = draft.place_of(start)
    return SheetFinding(
        number=number,
        code=f"ARITHMETIC_{number:03d}",
        severity=severity,
        area=area,
        start=start,
        end=end,
        sentence=sentence,
        expected=expected,
        has_replacement=False,
        related=tuple(span(draft.text, one) for one in related),
        place=where,
        place_words=place_words(where, block.kind if block else "paragraph", language),
        excerpt=excerpt(draft.text, start, end),
    )


def span(text: str, words: str) -> tuple[int, int]:
    """Where words stand in a text."""
    start = text.index(words)
    return start, start + len(words)


def figure(draft: Draft, words: str, value: str | None, unit: str, **more: object) -> SheetFigure:
    """A figure at some words of the draft."""
    book = more.pop("book", None)
    start, end = span(draft.text, words)
    made = TextFigure(
        start=start,
        end=end,
        at=(start, end),
        text=words,
        value=None if value is None else Decimal(value),
        unit=unit,
        raw_unit=unit,
        number=words.removesuffix(unit),
        role="placeholder" if value is None else "achieved",
        **more,  # type: ignore[arg-type]
    )
    where = draft.place_of(start)
    assert book is None or isinstance(book, BookValue)
    return SheetFigure(made, where, place_words(where), book)


def sheet(
    draft: Draft,
    findings: Sequence[SheetFinding] = (),
    figures: Sequence[SheetFigure] = (),
    outline: Sequence[OutlineNode] = (),
    language: Language = "zh",
) -> Sheet:
    """A sheet with its findings in order and numbered."""
    ordered = sorted(findings, key=lambda one: (one.start, one.end))
    from dataclasses import replace

    numbered = [replace(one, number=number) for number, one in enumerate(ordered, 1)]
    return Sheet(
        path=draft.name or "草稿.txt",
        language=language,
        draft=draft,
        findings=tuple(numbered),
        figures=tuple(figures),
        outline=tuple(outline),
    )
