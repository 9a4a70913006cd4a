"""Versions of a report as they are kept: appended, sealed one after the other, read back.

Only `actions` and `signing` write through here, inside their transactions. Nothing here asks for rights.
"""

from __future__ import annotations

from datetime import datetime
from functools import lru_cache

import orjson
from django.utils import timezone

from shuzhi.apps.audit.report_seals import version_hash
from shuzhi.apps.office import definitions
from shuzhi.apps.reports.models import Report, ReportConfirmation, ReportVersion
from shuzhi.core.problems import Problem, ProblemsError
from shuzhi.core.report_versions import ReportText, pack, sections_of, unpack

#: what a version came from → Chinese, English
VERSION_ACTIONS = {
    "make": ("生成", "made"),
    "edit": ("修改", "edited"),
    "insert": ("增段", "paragraph added"),
    "delete": ("删段", "paragraph deleted"),
    "move": ("移动", "moved"),
    "frame": ("改题头落款", "title or signature changed"),
    "refresh": ("刷新数字", "figures refreshed"),
    "restore": ("恢复", "restored"),
    "bring_back": ("带回 Word 稿", "brought back from Word"),
    "sign": ("签发", "signed"),
    "unsign": ("撤回签发", "signature withdrawn"),
}

#: what a report is → Chinese, English
REPORT_STATES = {
    "draft": ("草稿", "draft"),
    "confirmed": ("已确认", "confirmed"),
    "signed": ("已签发", "signed"),
    "superseded": ("已被取代", "superseded"),
}

#: actions that leave the text as it was
NOT_CONTENT = frozenset({"sign", "unsign"})


@lru_cache(maxsize=256)
def _unpacked(content: str) -> ReportText:
    return unpack(orjson.loads(content))


def text_of_version(version: ReportVersion) -> ReportText:
    """The text a version holds."""
    return _unpacked(version.content)


def find_version(report: Report, number: int) -> ReportVersion | None:
    """The version with this number."""
    return ReportVersion.objects.filter(report=report, number=number).first()


def get_version(report: Report, number: int | None = None) -> ReportVersion:
    """The version with this number, or the latest.

    Raises:
        ProblemsError: REPORT_057 when there is none.
    """
    found = find_version(report, number or report.version)
    if found is None:
        raise ProblemsError([Problem("REPORT_057", {"version": number or report.version})])
    return found


def append_version(
    report: Report,
    text: ReportText,
    action: str,
    *,
    seq: int,
    actor: str,
    at: str,
    reason: str = "",
) -> ReportVersion:
    """Seal a version behind the latest one and bring the report's own columns up to date; the report must be locked.

    Confirmations of sections that read otherwise now are ended.
    """
    before = find_version(report, report.version) if report.version else None
    content = orjson.dumps(pack(text), option=orjson.OPT_SORT_KEYS).decode()
    number = report.version + 1
    previous = before.hash if before is not None else ""
    fields = [seq, report.number, number, action, actor, at, reason, text.as_of, content]
    made = ReportVersion(
        seq=seq,
        report=report,
        number=number,
        action=action,
        actor=actor,
        at=at,
        reason=reason,
        as_of=text.as_of,
        content=content,
        previous=previous,
        hash=version_hash(previous, list(fields)),
    )
    made.save(force_insert=True)
    report.version = number
    report.as_of = text.as_of
    report.title = text.title
    report.changed_at = at
    report.open_missing = text.open_missing
    if action not in NOT_CONTENT:
        report.author = actor
        _end_confirmations(report, before, text, number)
    settle(report, text)
    report.save()
    return made


def _end_confirmations(
    report: Report, before: ReportVersion | None, text: ReportText, number: int
) -> None:
    if before is None:
        return
    catalogue = definitions().catalogue
    old = {one.id: one.words for one in sections_of(text_of_version(before), catalogue)}
    new = {one.id: one.words for one in sections_of(text, catalogue)}
    changed = [one for one in old if new.get(one) != old[one]]
    if changed:
        ReportConfirmation.objects.filter(
            report=report, section__in=changed, ended__isnull=True
        ).update(ended=number)


def settle(report: Report, text: ReportText) -> None:
    """Count what is confirmed, and say so in the state while the report is neither signed nor superseded."""
    sections = {one.id for one in sections_of(text, definitions().catalogue)}
    standing = set(
        ReportConfirmation.objects.filter(report=report, ended__isnull=True).values_list(
            "section", flat=True
        )
    )
    report.sections = len(sections)
    report.confirmed = len(sections & standing)
    if report.state in ("draft", "confirmed"):
        is_confirmed = bool(sections) and sections <= standing
        report.state = "confirmed" if is_confirmed else "draft"


def local_minute(at: str) -> str:
    """An instant as the office's clock shows it: 2026-03-01 09:30; "" for none."""
    if not at:
        return ""
    return timezone.localtime(datetime.fromisoformat(at)).strftime("%Y-%m-%d %H:%M")


def stale(report: Report, block: str = "") -> Problem:
    """What is said to somebody whose page is older than the latest version: who made that, when, and which paragraph it is."""
    latest = get_version(report)
    ids = [one.id for one in text_of_version(latest).blocks]
    return Problem(
        "REPORT_061",
        {
            "actor": latest.actor,
            "at": local_minute(latest.at),
            "version": report.version,
            "paragraph": ids.index(block) + 1 if block in ids else "",
        },
    )
