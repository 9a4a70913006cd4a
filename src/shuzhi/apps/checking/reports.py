"""A report's own text held to the same checks as any draft, and signing that asks for them.

Checking stands on reports, so the way from "what is wrong with it" to "sign it" goes through here.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from shuzhi.apps.checking.queries import check_against_books
from shuzhi.apps.people.permissions import Actor
from shuzhi.apps.reports import signing
from shuzhi.apps.reports.actions import lock_free_report
from shuzhi.apps.reports.models import Report, ReportVersion
from shuzhi.apps.reports.versions import get_version, text_of_version
from shuzhi.core.checking.model import Finding
from shuzhi.core.periods import year
from shuzhi.core.report_versions import draft_of

#: severities that must not stand in what is signed
ERRORS = frozenset({"wrong", "error"})


@dataclass(frozen=True, slots=True)
class ReportFinding:
    """One thing found in a report's text, with the paragraph it stands in."""

    finding: Finding
    block: str  #: id; "" = title, addressee, signature or date
    start: int  #: among the characters of the block
    end: int
    words: str  #: what it speaks of

    @property
    def is_error(self) -> bool:
        """Whether signing asks for a reason because of it."""
        return self.finding.severity in ERRORS


def examine_report(actor: Actor, report: Report, version: ReportVersion) -> list[ReportFinding]:
    """Check a version by itself and against the books at the point it stands on; matters of style are left out.

    The point is the version's own: what was recorded since is no error of the text, and a refresh shows it.
    """
    text = text_of_version(version)
    draft = draft_of(text)
    checked = check_against_books(
        actor, draft.draft, report.organisation.code, year(report.year), as_of=text.as_of
    )
    found: list[ReportFinding] = []
    for one in checked.findings:
        if one.severity == "info":
            continue
        block, start = draft.place(one.start)
        found.append(
            ReportFinding(
                one,
                block,
                start,
                start + one.end - one.start,
                draft.draft.text[one.start : one.end],
            )
        )
    return found


def errors_of(actor: Actor, number: str, expected: int) -> int:
    """How many findings of a version ask for a reason when it is signed."""
    report = lock_free_report(number)
    found = examine_report(actor, report, get_version(report, expected))
    return sum(one.is_error for one in found)


def sign_report(
    actor: Actor,
    number: str,
    expected: int,
    *,
    reason: str = "",
    tell: Callable[[int, int], None] = lambda done, total: None,
) -> ReportVersion:
    """Check the version that was read and sign it; see `apps.reports.signing.sign`."""
    errors = errors_of(actor, number, expected)
    return signing.sign(actor, number, expected, errors=errors, reason=reason, tell=tell)
