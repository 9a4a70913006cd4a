"""One draft laid open: its reading, outline and figures, with the words and the context every detector needs.

Made once per draft and handed to each detector; a detector is a pure function from a `Study` to findings.
"""

from __future__ import annotations

from dataclasses import dataclass

from shuzhi.core.checking.figures import read_figures
from shuzhi.core.checking.lexicon import Lexicon
from shuzhi.core.checking.model import CheckingContext, Draft, OutlineNode, TextFigure
from shuzhi.core.checking.outline import find_outline
from shuzhi.core.checking.text import Reading, read


@dataclass(frozen=True)
class Study:
    """A draft with everything read out of it."""

    draft: Draft
    reading: Reading
    outline: tuple[OutlineNode, ...]
    figures: tuple[TextFigure, ...]  #: in the order of the text, not overlapping
    lexicon: Lexicon
    context: CheckingContext


def study_draft(draft: Draft, lexicon: Lexicon, context: CheckingContext | None = None) -> Study:
    """Read a draft: residue out, outline, figures."""
    known = context or CheckingContext()
    reading = read(draft.text)
    outline = find_outline(reading, draft.blocks)
    figures = read_figures(reading, outline, lexicon, known)
    return Study(draft, reading, outline, figures, lexicon, known)
