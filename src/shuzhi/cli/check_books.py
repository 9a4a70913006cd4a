"""Checking with the office's books: opens the database in whatever process it runs, and turns comparisons into words to be shown.

Only loaded when there are books and a unit was named; a text alone is checked without any of it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from shuzhi.cli.session import Session
from shuzhi.core.checking.lexicon import Lexicon, lexicon_of
from shuzhi.core.checking.model import CheckingContext, Draft, Finding, FindingKind
from shuzhi.core.checking.pipeline import Checked, check_draft
from shuzhi.core.periods import year as year_period
from shuzhi.core.problems import Problem
from shuzhi.exchange.checked_sheets import BookValue, Sheet, make_sheet

if TYPE_CHECKING:
    from shuzhi.cli.check_files import Plan


@dataclass(frozen=True, slots=True)
class Books:
    """Whose books a draft is held against, and who looks. Without an actor only the office's names and silences count."""

    actor: str
    organisation: str  #: code or name
    year: int | None = None
    as_of: int | None = None


class BookChecker:
    """Checks drafts with what one office knows."""

    def __init__(self, books: Books, plan: Plan, kinds: Mapping[str, FindingKind]):
        self.books = books
        self.plan = plan
        self.kinds = kinds
        self.session = Session(plan.language, books.actor)
        self.session.connect()
        self._lexicon: Lexicon | None = None

    def sheet(
        self, draft: Draft, path: str, context: CheckingContext, notes: Sequence[Problem] = ()
    ) -> Sheet:
        """The sheet of a draft, with notes on what is not done with it.

        Raises:
            ProblemsError: no right, no such unit, no such point of the books.
        """
        made = (
            self._held_against_books(draft, path, context)
            if self.books.actor
            else self._text_alone(draft, path, context)
        )
        return replace(made, notes=(*notes, *made.notes))

    def _held_against_books(self, draft: Draft, path: str, context: CheckingContext) -> Sheet:
        from shuzhi.apps.checking.checks import book_values
        from shuzhi.apps.checking.queries import check_against_books

        books = self.books
        found = check_against_books(
            self.session.actor(),
            draft,
            books.organisation,
            year_period(books.year) if books.year else None,
            as_of=books.as_of,
            earlier=context.earlier,
        )
        # what the office has silenced is left out already; this run may leave out more
        findings = [one for one in found.findings if not _is_silenced(one, draft, context)]
        values = book_values(found, self.session.name_of)
        silenced = found.silenced + len(found.findings) - len(findings)
        return self._made(draft, path, found.checked, findings, silenced, values)

    def _text_alone(self, draft: Draft, path: str, context: CheckingContext) -> Sheet:
        from shuzhi.apps.checking.queries import context_for
        from shuzhi.apps.office import definitions

        if self._lexicon is None:
            self._lexicon = lexicon_of(definitions().catalogue)
        known = context_for(self.books.organisation, year=self.books.year, earlier=context.earlier)
        known = replace(known, silenced=known.silenced | context.silenced)
        checked = check_draft(draft, self._lexicon, known)
        return self._made(draft, path, checked, checked.findings, checked.silenced, {})

    def _made(
        self,
        draft: Draft,
        path: str,
        checked: Checked,
        findings: tuple[Finding, ...] | list[Finding],
        silenced: int,
        values: Mapping[int, BookValue],
    ) -> Sheet:
        return make_sheet(
            path,
            draft,
            checked.figures,
            findings,
            self.kinds,
            outline=checked.study.outline,
            language=self.plan.language,
            with_notes=self.plan.with_notes,
            silenced=silenced,
            books=values,
        )


def _is_silenced(finding: Finding, draft: Draft, context: CheckingContext) -> bool:
    words = f"{finding.code}:{draft.text[finding.start : finding.end]}"
    return finding.code in context.silenced or words in context.silenced
