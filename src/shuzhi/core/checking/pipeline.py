"""Checking a draft: read it, let every detector look at it, give the findings in the order of the text.

Works on a text alone: no database, no settings, no files. Comparing with the books stands on top (`comparing`).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Final

from shuzhi.core.checking import (
    arithmetic,
    layout,
    names,
    outline,
    placeholders,
    punctuation,
    similarity,
    wording,
)
from shuzhi.core.checking.lexicon import Lexicon
from shuzhi.core.checking.model import (
    SEVERITIES,
    CheckingContext,
    Draft,
    Finding,
    FindingKind,
    TextFigure,
)
from shuzhi.core.checking.study import Study, study_draft

#: Every detector with the kinds of finding it may give.
DETECTORS: Final[
    tuple[tuple[Callable[[Study], Iterable[Finding]], tuple[FindingKind, ...]], ...]
] = (
    (placeholders.find_placeholder_defects, placeholders.KINDS),
    (outline.find_outline_defects, outline.KINDS),
    (punctuation.find_punctuation_defects, punctuation.KINDS),
    (wording.find_wording_defects, wording.KINDS),
    (names.find_name_defects, names.KINDS),
    (arithmetic.find_arithmetic, arithmetic.KINDS),
    (similarity.find_similarities, similarity.KINDS),
    (layout.find_layout_defects, layout.KINDS),
)


@dataclass(frozen=True)
class Checked:
    """A draft with what was read and found in it."""

    study: Study
    findings: tuple[Finding, ...]  #: by place; those an office has silenced are left out
    silenced: int = 0  #: how many were left out

    @property
    def figures(self) -> tuple[TextFigure, ...]:
        """The figures of the draft, in order."""
        return self.study.figures


def finding_kinds() -> dict[str, FindingKind]:
    """Every kind of finding a text alone can give, by code."""
    return {kind.code: kind for _, kinds in DETECTORS for kind in kinds}


def check_draft(draft: Draft, lexicon: Lexicon, context: CheckingContext | None = None) -> Checked:
    """Everything that is wrong with a draft by itself."""
    study = study_draft(draft, lexicon, context)
    found = [finding for detector, _ in DETECTORS for finding in detector(study)]
    heard = [one for one in found if not is_silenced(one, study)]
    silenced = len(found) - len(heard)
    return Checked(study, tuple(_once(heard)), silenced)


def _once(findings: Iterable[Finding]) -> list[Finding]:
    """The findings by place; of several that put the same in the same characters' place the gravest alone is told."""
    kept: dict[object, Finding] = {}
    for one in sorted(findings, key=lambda one: (SEVERITIES.index(one.severity), one.code)):
        is_mend = bool(one.expected) or one.has_replacement
        key = (one.start, one.end, one.expected) if is_mend else id(one)
        kept.setdefault(key, one)
    return sorted(kept.values(), key=lambda one: (one.start, one.end, one.code))


def is_silenced(finding: Finding, study: Study) -> bool:
    """Whether the office has silenced this kind of finding, or this kind for exactly these words."""
    silenced = study.context.silenced
    if not silenced:
        return False
    words = study.draft.text[finding.start : finding.end]
    return finding.code in silenced or f"{finding.code}:{words}" in silenced
