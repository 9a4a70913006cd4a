"""Confirming sections, signing, and withdrawing a signature."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import redirect

from shuzhi.apps.checking.reports import errors_of, examine_report, sign_report
from shuzhi.apps.jobs import actions as jobs
from shuzhi.apps.organisations.models import Organisation
from shuzhi.apps.reports import actions, queries, signing
from shuzhi.apps.reports.models import Report
from shuzhi.apps.reports.versions import get_version, text_of_version
from shuzhi.core.problems import Problem, ProblemsError
from shuzhi.web.context import page
from shuzhi.web.problems import not_found
from shuzhi.web.reports.views import (
    FindingLine,
    MissingLine,
    actor_of,
    address_of,
    finding_lines,
    missing_lines,
    number_in,
    report_of,
)
from shuzhi.web.words import say


def confirm(request: HttpRequest, unit: Organisation, number: UUID) -> HttpResponseBase:
    """A line of work's word that a section is right."""
    report = report_of(request, unit, number)
    if report is None:
        return not_found(request)
    given = request.POST
    expected = number_in(given, "version")
    section = given.get("section", "")
    signing.confirm_section(
        actor_of(request),
        report.number,
        expected,
        section,
        note=given.get("note", "").strip()[:500],
    )
    messages.success(request, say("已确认；这一部分以后有改动，确认自动失效。", "Confirmed. The confirmation ends by itself when this section changes."))  # fmt: skip
    return redirect(f"{address_of(report)}#sections")


@dataclass(frozen=True, slots=True)
class SignPage:
    """Context of signing."""

    report: Report
    version: int
    as_of: int
    figures: int
    findings: Sequence[FindingLine]
    errors: int
    missing: Sequence[MissingLine]
    unconfirmed: Sequence[str]
    sections: int
    typed: Sequence[tuple[str, str]]
    needs_reason: bool
    is_open: bool
    problems: Sequence[Problem] = ()
    reason: str = ""


def sign(request: HttpRequest, unit: Organisation, number: UUID) -> HttpResponseBase:
    """See once more what is open, and sign."""
    report = report_of(request, unit, number)
    if report is None:
        return not_found(request)
    problems: Sequence[Problem] = ()
    reason = request.POST.get("reason", "").strip()[:1000]
    if request.method == "POST":
        actor, expected = actor_of(request), number_in(request.POST, "version")
        try:
            text = text_of_version(get_version(report))
            if signing.has_many_rows(text) and not signing.is_prepared(text):
                errors = errors_of(actor, report.number, expected)
                signing.check_signing(actor, report, expected, errors, reason)
                params = {"report": report.number, "version": expected, "reason": reason}
                job = jobs.start(actor, "report.sign", unit.code, params)
                return redirect("job", number=job.number)
            sign_report(actor, report.number, expected, reason=reason)
        except ProblemsError as error:
            problems = error.problems
            report.refresh_from_db()
        else:
            messages.success(
                request,
                say("已签发并封存。以后账再变，这份报告也不变；下载到的永远是这一份。", "Signed and frozen. Whatever the books say later, this report stays; downloads give this very file."),
            )  # fmt: skip
            return redirect(address_of(report))
    version = get_version(report)
    text = text_of_version(version)
    found = examine_report(actor_of(request), report, version)
    errors = sum(one.is_error for one in found)
    states = queries.sections_with_confirmations(report, text)
    context = SignPage(
        report,
        version.number,
        text.as_of,
        len(text.used),
        finding_lines(found),
        errors,
        missing_lines(actor_of(request), unit, queries.with_ledgers(text.missing, unit)),
        [one.section.mark + one.section.title for one in states if not one.standing],
        len(states),
        [(one.block, one.text) for one in queries.numbers_without_source(report, version)],
        bool(errors or text.open_missing),
        report.state not in actions.FROZEN,
        problems,
        reason,
    )
    return page(request, "reports/sign.html", context, status=422 if problems else 200)


def withdraw(request: HttpRequest, unit: Organisation, number: UUID) -> HttpResponseBase:
    """Open a signed report again, with the reason."""
    report = report_of(request, unit, number)
    if report is None:
        return not_found(request)
    signing.withdraw_signature(
        actor_of(request), report.number, reason=request.POST.get("reason", "").strip()[:1000]
    )
    messages.success(request, say("签发已撤回，可以修改；签发过的稿子和文件仍在版本里。", "The signature is withdrawn and the text can be changed; what was signed stays among the versions."))  # fmt: skip
    return redirect(address_of(report))
