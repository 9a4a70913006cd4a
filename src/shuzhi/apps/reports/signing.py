"""Confirming sections, signing a report, withdrawing a signature, and the files of what was signed.

Who signs answers for the text, so nobody signs what he wrote last himself: the signer must not be the author of the latest content,
unless the unit has nobody else who may sign. "Else" means other accounts with a leader's post in force at the unit itself or between
the unit and the signer's own post; a county leader is not called upon to sign for a village that has its own. In the same way nobody
confirms a section that he worded himself. Signing is a sealed version of its own and pins the point of the books; the files are made
then and kept by what they contain.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from hashlib import sha256
from importlib.metadata import version as version_of
from pathlib import Path
from typing import Any

import orjson
from django.conf import settings
from django.db import transaction
from django.db.models import Q

from shuzhi.apps.audit import actions as audit
from shuzhi.apps.books.queries import Books
from shuzhi.apps.ledgers.attachments import path_of
from shuzhi.apps.office import definitions
from shuzhi.apps.organisations.models import Organisation
from shuzhi.apps.people.models import Post
from shuzhi.apps.people.permissions import ROLES, Actor, is_allowed, refusal, require
from shuzhi.apps.reports.actions import FROZEN, lock_free_report, lock_report
from shuzhi.apps.reports.models import Report, ReportConfirmation, ReportFile, ReportVersion
from shuzhi.apps.reports.versions import (
    NOT_CONTENT,
    append_version,
    get_version,
    settle,
    stale,
    text_of_version,
)
from shuzhi.core.figures import Trace
from shuzhi.core.problems import Problem, ProblemsError
from shuzhi.core.report_versions import (
    ReportText,
    TextSection,
    composed_of,
    pack,
    sections_of,
)
from shuzhi.core.reports import tag
from shuzhi.exchange.docx_reports import docx_bytes, write_whole
from shuzhi.exchange.html_reports import render_html
from shuzhi.exchange.pdf_reports import pdf_bytes

#: what a version can be had as, with its media type
FORMATS: Mapping[str, str] = {
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "pdf": "application/pdf",
    "html": "text/html; charset=utf-8",
}


# ── confirmation by lines of work ─────────────────────────────────────────────────────────────────────────────────────


def may_confirm(actor: Actor, report: Report, section: TextSection) -> bool:
    """Whether one of the actor's posts covers a line of work that the section's figures come from."""
    path = report.organisation.path
    if not section.areas:
        return is_allowed(actor, "report.confirm", path)
    return any(is_allowed(actor, "report.confirm", path, area) for area in section.areas)


def writer_of(report: Report, section: TextSection) -> str:
    """Who gave the section its present words; "" when they came from the books and the template alone."""
    author = ""
    for version in ReportVersion.objects.filter(report=report).order_by("-number").iterator():
        sections = sections_of(text_of_version(version), definitions().catalogue)
        same = next((one for one in sections if one.id == section.id), None)
        if same is None or same.words != section.words:
            break
        author = "" if version.action in ("make", "refresh", *NOT_CONTENT) else version.actor
    return author


@transaction.atomic
def confirm_section(
    actor: Actor, number: str, expected: int, section_id: str, *, note: str = ""
) -> ReportConfirmation:
    """Say for a line of work that a section is right.

    Raises:
        ProblemsError: REPORT_061 the section changed meanwhile, REPORT_065 no such section, REPORT_066 the actor worded it himself,
            REPORT_060 the report is signed, PEOPLE_001 no post that covers it.
    """
    report = lock_report(number)
    if report.state in FROZEN:
        raise ProblemsError([Problem("REPORT_060", {"title": report.title})])
    section = _section(report, section_id)
    if not may_confirm(actor, report, section):
        area = section.areas[0] if section.areas else ""
        where = report.organisation
        raise ProblemsError([refusal(actor, "report.confirm", where.path, where.name, area=area)])
    seen = text_of_version(get_version(report, expected))
    before = next(
        (one for one in sections_of(seen, definitions().catalogue) if one.id == section_id), None
    )
    if before is None or before.words != section.words:
        raise ProblemsError([stale(report, section_id)])
    if writer_of(report, section) == actor.name:
        raise ProblemsError([Problem("REPORT_066", {"section": section.mark + section.title})])
    standing = ReportConfirmation.objects.filter(
        report=report, section=section_id, actor=actor.name, ended__isnull=True
    ).first()
    if standing is not None:
        return standing
    made = ReportConfirmation.objects.create(
        report=report,
        section=section_id,
        version=report.version,
        actor=actor.name,
        at=audit.timestamp(),
        note=note,
    )
    audit.note(
        "report.confirmed",
        actor=actor.name,
        organisation=report.organisation.code,
        number=number,
        section=section_id,
        version=report.version,
    )
    settle(report, text_of_version(get_version(report)))
    report.save()
    return made


def _section(report: Report, section_id: str) -> TextSection:
    text = text_of_version(get_version(report))
    for one in sections_of(text, definitions().catalogue):
        if one.id == section_id:
            return one
    raise ProblemsError([Problem("REPORT_065", {})])


# ── signing ───────────────────────────────────────────────────────────────────────────────────────────────────────────


def signers_of(organisation: Organisation) -> list[Post]:
    """Leaders' posts in force at the unit and above it, the nearest first."""
    ids = [int(part) for part in organisation.path.strip("/").split("/")]
    day = audit.today()
    found = (
        Post.objects.filter(
            Q(to_date="") | Q(to_date__gte=day),
            from_date__lte=day,
            organisation_id__in=ids,
            role__in=[role for role, (_, _, rights) in ROLES.items() if "report.sign" in rights],
            account__is_active=True,
        )
        .select_related("account", "organisation")
        .order_by("id")
    )
    return sorted(found, key=lambda post: -len(post.organisation.path))


def may_sign(actor: Actor, report: Report) -> bool:
    """Whether the right is there and the latest content was written by another, or nobody else could sign."""
    path = report.organisation.path
    return is_allowed(actor, "report.sign", path) and not _must_be_another(actor, report)


def _must_be_another(actor: Actor, report: Report) -> str:
    """Names of those who are to sign instead; "" when the actor may."""
    if report.author != actor.name:
        return ""
    path = report.organisation.path
    own = max(
        (
            len(post.path)
            for post in actor.posts
            if path.startswith(post.path) and post.allows("report.sign")
        ),
        default=0,
    )
    others = [
        post.account.display
        for post in signers_of(report.organisation)
        if post.account.name != actor.name and len(post.organisation.path) >= own
    ]
    return "、".join(dict.fromkeys(others))


def sign(
    actor: Actor,
    number: str,
    expected: int,
    *,
    errors: int,
    reason: str = "",
    tell: Callable[[int, int], None] = lambda done, total: None,
) -> ReportVersion:
    """Sign the latest version: it is frozen at its point of the books, and its files are kept.

    Args:
        expected: The version that was read.
        errors: How many findings of checking are errors and not resolved; `apps.checking.reports.sign_report` counts them.
        reason: Why it is signed all the same, when there are errors or things missing.
        tell: Is told how far the files are.

    Raises:
        ProblemsError: REPORT_060 signed already, REPORT_061 another version meanwhile, REPORT_067 errors or things missing and no
            reason, REPORT_068 the actor wrote it himself, PEOPLE_001 no right.
    """
    report = lock_free_report(number)
    check_signing(actor, report, expected, errors, reason)
    # Made before anything is locked: typesetting takes a second. The version cannot change, and that it is the latest is asked again.
    text = text_of_version(get_version(report, expected))
    files = prepare_files(report, text, tell=tell)
    digests = {one: sha256(content).hexdigest() for one, content in files.items()}
    for one, content in files.items():
        target = path_of(digests[one])
        if not target.exists():
            target.parent.mkdir(parents=True, exist_ok=True)
            write_whole(target, content)
    with transaction.atomic():
        report = lock_report(number)
        check_signing(actor, report, expected, errors, reason)
        at = audit.timestamp()
        seq = audit.note(
            "report.signed",
            actor=actor.name,
            organisation=report.organisation.code,
            number=number,
            version=report.version + 1,
            as_of=text.as_of,
            files=digests,
            reason=reason,
        )
        Report.objects.filter(
            organisation=report.organisation,
            template=report.template,
            year=report.year,
            state="signed",
        ).exclude(id=report.id).update(state="superseded")
        report.state = "signed"
        report.signed_by = actor.name
        report.signed_at = at
        report.signed_seq = seq
        made = append_version(report, text, "sign", seq=seq, actor=actor.name, at=at, reason=reason)
        ReportFile.objects.bulk_create(
            ReportFile(
                report=report,
                version=made.number,
                format=one,
                digest=digests[one],
                size=len(content),
            )
            for one, content in files.items()
        )
        return made


def check_signing(actor: Actor, report: Report, expected: int, errors: int, reason: str) -> None:
    """Raise ProblemsError with everything that stands against signing this version now; see `sign`."""
    where = report.organisation
    require(actor, "report.sign", where.path, where.name)
    if report.state in FROZEN:
        raise ProblemsError([Problem("REPORT_060", {"title": report.title})])
    if expected != report.version:
        raise ProblemsError([stale(report)])
    problems: list[Problem] = []
    others = _must_be_another(actor, report)
    if others:
        problems.append(Problem("REPORT_068", {"others": others}))
    missing = text_of_version(get_version(report)).open_missing
    if (errors or missing) and not reason.strip():
        problems.append(Problem("REPORT_067", {"errors": errors, "missing": missing}))
    if problems:
        raise ProblemsError(problems)


@transaction.atomic
def withdraw_signature(actor: Actor, number: str, *, reason: str) -> ReportVersion:
    """Open a signed report again; the signed version and its files stay.

    Raises:
        ProblemsError: REPORT_069 it is not signed, REPORT_070 no reason, PEOPLE_001 no right.
    """
    report = lock_report(number)
    where = report.organisation
    require(actor, "report.sign", where.path, where.name)
    if report.state not in FROZEN:
        raise ProblemsError([Problem("REPORT_069", {"title": report.title})])
    if not reason.strip():
        raise ProblemsError([Problem("REPORT_070", {})])
    at = audit.timestamp()
    seq = audit.note(
        "report.unsigned",
        actor=actor.name,
        organisation=where.code,
        number=number,
        version=report.version + 1,
        reason=reason,
    )
    report.state = "draft"
    report.signed_by = report.signed_at = ""
    report.signed_seq = None
    text = text_of_version(get_version(report))
    return append_version(report, text, "unsign", seq=seq, actor=actor.name, at=at, reason=reason)


# ── files ─────────────────────────────────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True)
class VersionFile:
    """A version as a file."""

    name: str
    media_type: str
    content: bytes
    is_kept: bool  #: made at signing, the same bytes for ever


#: rows behind a report's figures from which its files are made in the background
MANY_ROWS = 20_000
#: seconds a draft's prepared files are kept
_KEPT_SECONDS = 7 * 24 * 3600


def _prepared_path(text: ReportText, format: str) -> Path:
    """Where a file of this very text is kept for the next download; a text never changes, so the file does not either."""
    content = orjson.dumps(pack(text), option=orjson.OPT_SORT_KEYS)
    name = sha256(content + version_of("shuzhi").encode()).hexdigest()[:40]
    return Path(settings.OFFICE_FILES) / "drafts" / f"{name}.{format}"


def is_prepared(text: ReportText, *formats: str) -> bool:
    """Whether these files (or all) have been made before and can be had at once."""
    return all(_prepared_path(text, one).is_file() for one in formats or FORMATS)


def has_many_rows(text: ReportText) -> bool:
    """Whether so many rows stand behind the figures that a person should not wait for the files in front of the page."""
    return sum(text.figures[key].figure.rows for key in text.used) > MANY_ROWS


def prepare_files(
    report: Report,
    text: ReportText,
    formats: Iterable[str] = FORMATS,
    tell: Callable[[int, int], None] = lambda done, total: None,
) -> dict[str, bytes]:
    """A text as files, with the annex of its sources at its point of the books; what was made before is taken from there.

    Args:
        tell: Is told how many figures have been traced, of how many.
    """
    made: dict[str, bytes] = {}
    open_formats: list[str] = []
    for one in formats:
        path = _prepared_path(text, one)
        if path.is_file():
            made[one] = path.read_bytes()
        else:
            open_formats.append(one)
    if not open_formats:
        return made
    defs = definitions()
    composed = composed_of(text)
    books = Books(text.as_of)
    traces: dict[str, Trace] = {}
    for done, run in enumerate(composed.figures):
        tell(done, len(composed.figures))
        if tag(run) not in traces:
            traces[tag(run)] = books.trace(run.figure)
    names = dict(
        Organisation.objects.filter(path__startswith=report.organisation.path).values_list(
            "code", "name"
        )
    )
    known: dict[str, Any] = {
        "catalogue": defs.catalogue,
        "units": defs.units,
        "organisations": names,
    }
    for one in open_formats:
        if one == "html":
            made[one] = render_html(composed, traces, **known).encode()
        else:
            make = docx_bytes if one == "docx" else pdf_bytes
            made[one] = make(composed, traces, **known)
        path = _prepared_path(text, one)
        path.parent.mkdir(parents=True, exist_ok=True)
        write_whole(path, made[one])
    return made


def forget_prepared() -> int:
    """Throw away prepared files of drafts that nobody asked for this week; returns how many."""
    folder = Path(settings.OFFICE_FILES) / "drafts"
    oldest = time.time() - _KEPT_SECONDS
    old = [one for one in folder.glob("*.*") if one.stat().st_mtime < oldest]
    for one in old:
        one.unlink(missing_ok=True)
    return len(old)


def get_file(actor: Actor, number: str, version: int, format: str) -> VersionFile:
    """A version as a file: of a signed one the very bytes that were kept.

    Raises:
        ProblemsError: REPORT_057 no such version, REPORT_071 the kept file is gone or altered, PEOPLE_001 no right.
    """
    report = lock_free_report(number)
    require(actor, "figure.read", report.organisation.path, report.organisation.name)
    kept = ReportFile.objects.filter(report=report, version=version, format=format).first()
    text = text_of_version(get_version(report, version))
    name = f"{text.title}.{format}"
    if kept is None:
        return VersionFile(
            name,
            FORMATS[format],
            prepare_files(report, text, [format])[format],
            is_kept=False,
        )
    path = path_of(kept.digest)
    content = path.read_bytes() if path.is_file() else b""
    if sha256(content).hexdigest() != kept.digest:
        raise ProblemsError([Problem("REPORT_071", {"name": name, "digest": kept.digest[:12]})])
    return VersionFile(name, FORMATS[format], content, is_kept=True)
