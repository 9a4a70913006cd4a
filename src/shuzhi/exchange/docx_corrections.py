"""Puts other words at places of a Word draft and leaves everything else as it was, character for character.

The new words take the look of the first character they replace. Places that Word itself makes (numbers of lists, formulas) cannot be
written to; they are left and not counted.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from lxml import etree

from shuzhi.exchange.docx_comments import packed
from shuzhi.exchange.drafts_docx import DocxMap, Stretch, locate_runs

_SPACE = "{http://www.w3.org/XML/1998/namespace}space"


@dataclass(frozen=True, slots=True)
class Correction:
    """Other words for the characters [start, end) of `Draft.text`; empty words take them out."""

    start: int
    end: int
    text: str


def apply_corrections(
    content: bytes, corrections: Sequence[Correction], name: str = "", found: DocxMap | None = None
) -> tuple[bytes, int]:
    """The Word file with the corrections in place, and how many could be made.

    Args:
        content: The .docx file.
        corrections: Places that do not overlap, of the draft the file was read as.
        name: Of the file, for problems.
        found: Where its characters stand, when that is known already; its trees are changed.

    Raises:
        ProblemsError: as `locate_runs`, when the file cannot be read.
    """
    found = found or locate_runs(content, name)
    changed: set[str] = set()
    done = 0
    for one in sorted(
        corrections, key=lambda c: c.start, reverse=True
    ):  # from behind: offsets stay true
        stretches = found.find(one.start, one.end)
        if not stretches or not all(_is_text(s) for s in stretches):
            continue
        for at, stretch in reversed(list(enumerate(stretches))):
            element = stretch.element
            if element is None:
                raise ValueError("a stretch of text without its element")
            words = element.text or ""
            length = stretch.end - stretch.start
            put = one.text if at == 0 else ""
            element.text = words[: stretch.offset] + put + words[stretch.offset + length :]
            element.set(_SPACE, "preserve")
            changed.add(stretch.part)
        done += 1
    if not changed:
        return content, done
    return packed(content, {part: found.trees[part] for part in changed}, name), done


def _is_text(stretch: Stretch) -> bool:
    return stretch.element is not None and etree.QName(stretch.element).localname == "t"
