"""Pages about running the office: overview, audit log, jobs, state of the system, backup and restore."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from django.contrib import messages
from django.http import FileResponse, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect
from django.urls import NoReverseMatch, reverse

from shuzhi.apps import office
from shuzhi.apps.administration import actions, queries
from shuzhi.apps.administration.queries import KeptBackup, SystemState
from shuzhi.apps.audit import queries as audit
from shuzhi.apps.audit.actions import EVENTS as CODES
from shuzhi.apps.audit.actions import today
from shuzhi.apps.audit.queries import Entry, Search
from shuzhi.apps.jobs import actions as jobs
from shuzhi.apps.jobs import queries as job_queries
from shuzhi.apps.jobs.queries import JobView
from shuzhi.apps.organisations.models import Organisation
from shuzhi.core.formatting import format_date
from shuzhi.core.problems import Problem, ProblemsError
from shuzhi.web.administration import words
from shuzhi.web.context import page
from shuzhi.web.words import Words, say

_MB = 2**20


# ── overview ──────────────────────────────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True)
class Way:
    """A card of the overview: where it leads and what is done there."""

    title: Words
    text: Words
    address: str
    icon: str
    note: str = ""


@dataclass(frozen=True, slots=True)
class OverviewPage:
    """Everything this visitor administers."""

    groups: Sequence[tuple[Words, Sequence[Way]]]


#: group → (page, needs one of, title, what it is for, icon)
_WAYS: Sequence[tuple[Words, Sequence[tuple[str, tuple[str, ...], Words, Words, str]]]] = (
    (Words("单位和人", "Units and people"), (
        ("organisations", ("organisation.change",), Words("单位", "Units"), Words("新设、改名、调整隶属、合并、拆分", "Open, rename, move, merge, split"), "tree"),
        ("people", ("account.change", "post.change"), Words("人员与任职", "People and posts"), Words("帐号、岗位、任期、业务", "Accounts, roles, terms, lines of work"), "person"),
    )),
    (Words("定义", "Definitions"), (
        ("catalogue", (), Words("目录", "Catalogue"), Words("每本台账、每个指标说的是什么、依据是什么", "What each ledger and indicator means, and why"), "ledger"),
        ("catalogue-upload", ("definition.change",), Words("本单位的定义", "Own definitions"), Words("上传、核对、生效、撤回自己的台账和指标", "Upload, check, take into force, withdraw"), "upload"),
        ("parameters", (), Words("标准和参数", "Standards"), Words("补贴标准、门槛，各自的日期和依据", "Rates and thresholds with dates and basis"), "calendar"),
    )),
    (Words("运行", "Running"), (
        ("backup", ("office.backup",), Words("备份与恢复", "Backup and restore"), Words("一个文件备份全部账，先核对再恢复", "All books in one checked file"), "database"),
        ("system", ("organisation.change", "event.read"), Words("系统状态", "State of the system"), Words("数据库、磁盘、任务、版本", "Database, disk, jobs, versions"), "info"),
        ("jobs", ("organisation.change",), Words("后台任务", "Jobs"), Words("正在做和做过的长时间工作", "Long work going on and done"), "clock"),
        ("events", ("event.read",), Words("审计日志", "Audit log"), Words("谁在什么时候做了什么，改不了也删不掉", "Who did what and when, never altered"), "history"),
    )),
)  # fmt: skip


def overview(request: HttpRequest, unit: Organisation) -> HttpResponse:
    """What there is to administer, as far as this visitor may."""
    visit = request.visit  # type: ignore[attr-defined]
    groups = []
    for title, ways in _WAYS:
        shown = []
        for name, needs, heading, text, icon in ways:
            if needs and not any(visit.may(p, unit) for p in needs):
                continue
            try:
                address = reverse(name, kwargs={"unit": unit.code})
            except NoReverseMatch:
                continue
            shown.append(Way(heading, text, address, icon, _note(name, request)))
        if shown:
            groups.append((title, shown))
    return page(request, "administration/overview.html", OverviewPage(groups))


def _note(name: str, request: HttpRequest) -> str:
    if name == "backup":
        kept = queries.last_backup()
        return (
            say("最近一次：{day}", "Last one: {day}", day=kept.at.date().isoformat())
            if kept is not None
            else say("还没有备份过", "None made yet")
        )
    if name == "catalogue-upload":
        version = office.own_version()
        return say("现行版本 {version}", "Version {version} in force", version=version) if version else ""  # fmt: skip
    return ""


# ── audit log ─────────────────────────────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True)
class EventRow:
    """An event with its words."""

    entry: Entry
    title: str
    lines: Sequence[tuple[str, str]]


@dataclass(frozen=True, slots=True)
class EventsPage:
    """One page of the diary."""

    rows: Sequence[EventRow]
    older: int
    newer: int
    codes: Sequence[tuple[str, str]]
    actors: Sequence[str]
    since: str
    until: str
    actor: str
    code: str
    text: str
    is_top: bool
    problems: Sequence[Problem] = ()

    @property
    def is_narrowed(self) -> bool:
        """Whether anything was looked for."""
        return any((self.since, self.until, self.actor, self.code, self.text))


def _day(text: str) -> str:
    return format_date(text, "code") if text else ""


def _number(text: str) -> int:
    return int(text) if text.isdecimal() and len(text) < 19 else 0


def events(request: HttpRequest, unit: Organisation) -> HttpResponse:
    """Who did what: by time, person, kind of event and words."""
    given = {
        k: request.GET.get(k, "").strip()[:100] for k in ("since", "until", "actor", "code", "q")
    }
    problems: Sequence[Problem] = ()
    try:
        since, until = _day(given["since"]), _day(given["until"])
    except ProblemsError as error:
        since, until, problems = "", "", error.problems
    wanted = Search(
        unit.path,
        unit.parent_id is None,
        since,
        until,
        given["actor"],
        [c for c in CODES if c == given["code"] or c.startswith(given["code"] + ".")]
        if given["code"]
        else (),
        given["q"],
        _number(request.GET.get("before", "")),
        _number(request.GET.get("after", "")),
    )
    is_unknown = bool(given["code"]) and not wanted.codes
    found = audit.search(wanted) if not is_unknown else audit.Found((), 0, 0)
    rows = [
        EventRow(e, words.event_title(e.code), words.param_lines(e.params)) for e in found.entries
    ]
    codes = sorted(((c, words.event_title(c)) for c in CODES), key=lambda pair: pair[0])
    context = EventsPage(
        rows, found.older, found.newer, codes, audit.actors(wanted), given["since"], given["until"],
        given["actor"], given["code"], given["q"], unit.parent_id is None, problems,
    )  # fmt: skip
    return page(request, "administration/events.html", context, 422 if problems else 200)


# ── jobs ──────────────────────────────────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True)
class JobsPage:
    """Jobs of a unit and below, latest first."""

    jobs: Sequence[JobView]
    state: str
    states: Sequence[tuple[str, Words]]
    older: str

    @property
    def state_words(self) -> Mapping[str, Words]:
        """How states are called."""
        return words.JOB_STATES


_JOBS_SHOWN = 50


def job_list(request: HttpRequest, unit: Organisation) -> HttpResponse:
    """Long work at the unit and below."""
    state = request.GET.get("state", "")
    state = state if state in job_queries.STATES else ""
    found = job_queries.jobs_at(
        unit, state=state, before=request.GET.get("before", "")[:32], limit=_JOBS_SHOWN + 1
    )
    older = found[_JOBS_SHOWN - 1].at if len(found) > _JOBS_SHOWN else ""
    context = JobsPage(found[:_JOBS_SHOWN], state, list(words.JOB_STATES.items()), older)
    return page(request, "administration/jobs.html", context)


# ── system ────────────────────────────────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True)
class SystemPage:
    """The state of the system, with what deserves attention."""

    state: SystemState
    size: str
    free: str
    room: str
    used: int  #: per cent of the disk
    warnings: Sequence[str]
    may_back_up: bool


def in_megabytes(size: int) -> str:
    """A size as people read it."""
    if size >= 1024 * _MB:
        return f"{size / (1024 * _MB):.1f} GB"
    return f"{size / _MB:.1f} MB"


def system(request: HttpRequest, unit: Organisation) -> HttpResponse:
    """Database, disk, jobs, versions, last backup and last proof."""
    visit = request.visit  # type: ignore[attr-defined]
    state = queries.system_state()
    warnings = []
    if state.free < state.room // 10:
        warnings.append(say("磁盘只剩不到十分之一，请清理或换大磁盘。", "Less than a tenth of the disk is free; clear some or take a larger one."))  # fmt: skip
    if state.backup is None:
        warnings.append(say("还没有备份过，请先做一次备份。", "Nothing was backed up yet; make a backup."))  # fmt: skip
    elif (date.fromisoformat(today()) - state.backup.at.date()).days > 7:
        warnings.append(say("最近一次备份已超过七天。", "The last backup is more than seven days old."))  # fmt: skip
    if state.failed:
        warnings.append(say("最近七天有 {n} 个后台任务没有做完。", "{n} jobs failed in the last seven days.", n=state.failed))  # fmt: skip
    for proof in state.proofs:
        if not proof.is_sound:
            warnings.append(say("最近一次对账或验封发现了问题，请查看。", "The last reconciling or verifying found problems; look at it."))  # fmt: skip
            break
    context = SystemPage(
        state,
        in_megabytes(state.size),
        in_megabytes(state.free),
        in_megabytes(state.room),
        round(100 * (state.room - state.free) / state.room) if state.room else 0,
        warnings,
        visit.may("office.backup", unit),
    )
    return page(request, "administration/system.html", context)


def alive(request: HttpRequest) -> HttpResponse:
    """For whoever watches whether the server answers: asks the database one question."""
    from shuzhi.apps import storage

    storage.fetch("SELECT 1")
    return HttpResponse("alive\n", content_type="text/plain; charset=utf-8")


# ── backup and restore ────────────────────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True)
class BackupRow:
    """A kept backup as it is shown."""

    kept: KeptBackup
    size: str
    is_other_office: bool


@dataclass(frozen=True, slots=True)
class BackupPage:
    """Kept backups and what can be done with them."""

    rows: Sequence[BackupRow]
    jobs: Sequence[JobView]
    folder: str
    engine: str
    lacks: Sequence[str]
    chosen: str = ""
    typed: Mapping[str, str] = field(default_factory=dict)
    problems: Sequence[Problem] = ()
    may: bool = True


def backup(request: HttpRequest, unit: Organisation) -> HttpResponseBase:
    """Kept backups; make, bring, restore or remove one."""
    visit = request.visit  # type: ignore[attr-defined]
    actions.require_everywhere(visit.actor, actions.KEEPS_BACKUPS)
    if request.method != "POST":
        return _backups(request, unit, chosen=request.GET.get("file", ""))
    name, wanted = request.POST.get("file", ""), request.POST.get("action", "")
    try:
        if wanted == "make":
            job = jobs.start(visit.actor, "backup.make", unit.code)
            return redirect("job", number=job.number)
        if wanted == "bring":
            archive = request.FILES.get("archive")
            if archive is None:
                raise ProblemsError([Problem("BACKUP_010", {"file": "—"})])
            kept = actions.receive_backup(visit.actor, archive.chunks())
            messages.success(request, say("备份已收下并核对：{file}", "The backup was received and checked: {file}", file=kept.path.name))  # fmt: skip
            return redirect(
                f"{reverse('backup', kwargs={'unit': unit.code})}?file={kept.path.name}"
            )
        if wanted == "remove":
            actions.remove_backup(visit.actor, name)
            messages.success(request, say("已删除备份 {file}", "Backup {file} removed", file=name))
            return redirect("backup", unit=unit.code)
        if wanted == "restore":
            return _restore(request, unit, name)
    except ProblemsError as error:
        return _backups(request, unit, chosen=name, problems=error.problems, status=422)
    return _backups(
        request, unit, status=422, problems=[Problem("BACKUP_010", {"file": name or "—"})]
    )


def _restore(request: HttpRequest, unit: Organisation, name: str) -> HttpResponseBase:
    path = actions.find_backup(name)
    reason = request.POST.get("reason", "").strip()
    if not reason:
        raise ProblemsError([Problem("BACKUP_011")])
    manifest = queries.archives.read_manifest(path)
    other = bool(request.POST.get("other_office"))
    if manifest.office != queries.audit.office() and not other:
        raise ProblemsError([Problem("BACKUP_007", {"name": manifest.name})])
    params = {"file": path.name, "reason": reason, "allow_other_office": other}
    job = jobs.start(request.visit.actor, "backup.restore", unit.code, params)  # type: ignore[attr-defined]
    return redirect("job", number=job.number)


def _backups(
    request: HttpRequest,
    unit: Organisation,
    *,
    chosen: str = "",
    problems: Sequence[Problem] = (),
    status: int = 200,
) -> HttpResponse:
    from django.db import connection

    here = queries.audit.office()
    rows = [
        BackupRow(
            kept,
            in_megabytes(kept.size),
            kept.manifest is not None and kept.manifest.office != here,
        )
        for kept in queries.backups()
    ]
    tools = ("pg_dump", "pg_restore", "psql") if connection.vendor == "postgresql" else ()
    going = [
        j
        for j in job_queries.jobs_at(unit, limit=20)
        if j.kind.startswith("backup.") and not j.is_over
    ]
    context = BackupPage(
        rows,
        going,
        str(actions.backup_folder()),
        connection.vendor,
        [t for t in tools if not queries.archives.has_tool(t)],
        chosen,
        {k: request.POST.get(k, "") for k in ("reason", "other_office")},
        problems,
    )
    return page(request, "administration/backup.html", context, status)


def backup_file(request: HttpRequest, unit: Organisation, name: str) -> HttpResponseBase:
    """A backup to take away; noted."""
    path = actions.download_backup(request.visit.actor, name)  # type: ignore[attr-defined]
    return FileResponse(path.open("rb"), as_attachment=True, filename=path.name)
