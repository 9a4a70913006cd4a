"""Checking (核对): any draft report read figure by figure, its arithmetic redone, its defects named, held against the books.

Usable as a library without Django or a database::

    from shuzhi.core.checking import Draft, check_draft, lexicon_of

    checked = check_draft(Draft(text), lexicon_of(catalogue))
"""

from shuzhi.core.checking.lexicon import Lexicon, lexicon_of
from shuzhi.core.checking.model import CheckingContext, Draft, Finding, TextFigure
from shuzhi.core.checking.pipeline import Checked, check_draft
from shuzhi.core.checking.study import Study, study_draft

__all__ = [
    "Checked",
    "CheckingContext",
    "Draft",
    "Finding",
    "Lexicon",
    "Study",
    "TextFigure",
    "check_draft",
    "lexicon_of",
    "study_draft",
]
