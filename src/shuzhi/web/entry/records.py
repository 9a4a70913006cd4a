"""The page of one record: what it says, for whom it waits, its history with differences, its evidence, postings and figures."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import quote

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect

from shuzhi.apps.books.record_postings import (
    PartOf,
    RecordPosting,
    figures_of_record,
    postings_of,
)
from shuzhi.apps.ledgers import record_history
from shuzhi.apps.ledgers.actions import withdraw_records
from shuzhi.apps.ledgers.attachments import (
    LIMIT,
    TYPES,
    Attachment,
    attach_content,
    attachments_of,
    find_attachment,
    shared_with,
    type_of,
)
from shuzhi.apps.ledgers.record_history import Chapter, FieldChange, RecordState
from shuzhi.apps.organisations.models import Organisation
from shuzhi.apps.people.permissions import is_allowed
from shuzhi.core.definitions import LedgerDef
from shuzhi.core.masking import has_personal_fields, mask_value
from shuzhi.core.problems import Problem, ProblemsError
from shuzhi.web.context import page
from shuzhi.web.entry import values
from shuzhi.web.problems import not_found, refused
from shuzhi.web.words import Words, listed, say, sentence, titled

#: state → how a person calls it
STATES = {
    "submitted": Words("待审", "Waiting"),
    "approved": Words("已审", "Approved"),
    "returned": Words("已退回", "Returned"),
    "withdrawn": Words("已撤回", "Withdrawn"),
}
#: what an entry of the history did
ACTIONS = {
    "create": Words("新记", "recorded it"),
    "revise": Words("更正", "revised it"),
    "withdraw": Words("撤回", "withdrew it"),
    "approve": Words("审核通过", "approved it"),
    "return": Words("退回", "returned it"),
    "attach": Words("上传佐证", "attached a file"),
    "transfer": Words("划转到新单位", "transferred it to another unit"),
    "backfill": Words("补过账", "posted it for a new indicator"),
}
_SOURCES = {
    "form": Words("网页表单", "form"),
    "grid": Words("网页表格", "grid"),
    "cli": Words("命令行", "command line"),
}
_PICTURE_BYTES = 2 * 2**20  #: pictures up to here are shown in the page; larger ones on demand


@dataclass(frozen=True, slots=True)
class Shown:
    """A field's value on the page."""

    title: str
    value: str
    unit: str
    is_number: bool
    is_masked: bool


@dataclass(frozen=True, slots=True)
class ShownChange:
    """A field before and after, in words."""

    title: str
    unit: str
    before: str
    after: str
    is_masked: bool


@dataclass(frozen=True, slots=True)
class ShownChapter:
    """An entry of the history, in words."""

    number: int
    action: str  #: key of the action
    what: str
    who: str
    at: str
    reason: str
    source: str
    changes: Sequence[ShownChange]
    is_present: bool
    is_posted: bool
    file: str = ""


@dataclass(frozen=True, slots=True)
class ShownFile:
    """A file of the record; `others` are records within reach that have the very same content."""

    attachment: Attachment
    who: str
    size: str
    is_picture: bool
    others: Sequence[tuple[int, str]]
    elsewhere: int  #: how many records beyond one's reach have it


@dataclass(frozen=True, slots=True)
class RecordPage:
    """Everything about one record."""

    record: RecordState
    unit: Organisation
    name: str
    state: str
    waiting: str  #: the state in words: who waits for whom
    fields: Sequence[Shown]
    chapters: Sequence[ShownChapter]
    files: Sequence[ShownFile]
    postings: Sequence[RecordPosting]
    figures: Sequence[PartOf]
    may_revise: bool
    may_withdraw: bool
    may_create: bool
    may_unmask: bool
    is_unmasked: bool
    has_personal: bool
    written_by: str
    allowed: str  #: kinds of files, for the chooser
    limit: int  #: megabytes of one file
    problems: Sequence[str] = ()
    open: str = ""  #: the part a problem belongs to


def _size(size: int) -> str:
    return f"{size / 2**20:.1f} MB" if size >= 2**20 else f"{max(1, round(size / 1024))} KB"


def _name(record: RecordState) -> str:
    """How a person tells the record: its natural key (masked), or date and number."""
    ledger = record.ledger
    if ledger.identified_by:
        fields = [ledger.field(k) for k in ledger.identified_by]
        shown = [values.shown_value(f, mask_value(f, record.payload.get(f.key))) for f in fields]
        found = " · ".join(s for s in shown if s)
        if found:
            return found
    return f"{record.occurred_on} · {record.id}"


def _waiting(record: RecordState, chapters: Sequence[Chapter]) -> str:
    last = chapters[0]
    author = next((c.name for c in chapters if c.entry.number == record.current), chapters[-1].name)
    if record.state == "submitted":
        who = [
            say("{who}（{unit}）", "{who} ({unit})", who=display, unit=unit)
            for account, display, unit in record_history.holders(
                "record.approve", record.unit.path, record.ledger.area
            )
            if account != record.author
        ][:4]
        if not who:
            return _what_waits(record, chapters, author) + say(
                "但目前没有人能审核它，请管理员任命一位审核员。",
                " But nobody can approve it now; let the administrator give somebody the post of reviewer.",
            )
        return _what_waits(record, chapters, author) + say(
            "可以审核的有：{names}。本人不能审核自己所记。",
            " These may approve it: {names}. Nobody approves their own record.",
            names=listed(who),
        )
    if record.state == "returned":
        reason = next((c.entry.reason for c in chapters if c.entry.action == "return"), "")
        return say(
            "已退回，等 {author} 更正后重新提交。理由：{reason}",
            "Returned; it waits for {author} to revise and submit it again. Reason: {reason}",
            author=author, reason=reason,
        )  # fmt: skip
    if record.state == "withdrawn":
        return say(
            "已撤回，不再计入任何数。{who} 办理。",
            "Withdrawn; it counts in no figure any more. Done by {who}.",
            who=last.name,
        )  # fmt: skip
    return say("已审核并过账，不等谁。", "Approved and posted; it waits for nobody.")


def _what_waits(record: RecordState, chapters: Sequence[Chapter], author: str) -> str:
    action = next((c.entry.action for c in chapters if c.entry.number == record.current), "")
    if action == "withdraw":
        return say(
            "{who} 的撤回等待审核；审核前，这条仍计入各数。",
            "The withdrawal by {who} waits for approval; until then the record counts.",
            who=author,
        )
    if record.approved is not None:
        return say(
            "{who} 的更正等待审核；审核前，各数仍按原来的内容。",
            "The revision by {who} waits for approval; until then figures keep the content before.",
            who=author,
        )
    return say("{who} 新记的这条等待审核。", "The new record by {who} waits for approval.", who=author)  # fmt: skip


def _change(change: FieldChange, unmasked: bool) -> ShownChange:
    one = change.field
    return ShownChange(
        titled(one),
        one.unit,
        values.shown_value(one, change.before),
        values.shown_value(one, change.after),
        bool(one.personal) and not unmasked,
    )


def _source(text: str) -> str:
    name, _, row = text.partition("#")
    shown = str(_SOURCES.get(name, name))
    return say("{name} 第 {row} 行", "{name}, row {row}", name=shown, row=row) if row and name != "form" else shown  # fmt: skip


def _chapters(
    record: RecordState, chapters: Sequence[Chapter], unmasked: bool
) -> list[ShownChapter]:
    return [
        ShownChapter(
            c.entry.number,
            c.entry.action,
            str(ACTIONS.get(c.entry.action, c.entry.action)),
            c.name,
            c.entry.at,
            c.entry.reason,
            _source(c.entry.source),
            [_change(one, unmasked) for one in c.changed],
            c.is_present,
            c.entry.number == record.approved,
            str(c.entry.payload.get("name", "")) if c.entry.action == "attach" else "",
        )
        for c in chapters
    ]


def _called(unit: str, ledger: LedgerDef) -> str:
    return f"{unit} · {titled(ledger)}"


def _files(request: HttpRequest, record: RecordState) -> list[ShownFile]:
    visit = request.visit  # type: ignore[attr-defined]
    found = attachments_of(record.id)
    if not found:
        return []
    shared = shared_with(record.id)
    names = record_history.names_of({a.actor for a in found})
    reachable = record_history.within_reach(
        visit.actor, sorted({r for others in shared.values() for r in others})
    )
    files = []
    for one in found:
        others = shared.get(one.digest, [])
        kind = type_of(one.name)
        files.append(
            ShownFile(
                one,
                names.get(one.actor, one.actor),
                _size(one.size),
                bool(kind and kind.is_picture and one.size <= _PICTURE_BYTES),
                [(r, _called(*reachable[r])) for r in others if r in reachable],
                sum(r not in reachable for r in others),
            )
        )
    return files


def _page(
    request: HttpRequest,
    unit: Organisation,
    record: RecordState,
    *,
    unmasked: bool = False,
    problems: Sequence[Problem] = (),
    part: str = "",
    status: int = 200,
) -> HttpResponse:
    actor = request.visit.actor  # type: ignore[attr-defined]
    ledger = record.ledger

    def may(permission: str) -> bool:
        return is_allowed(actor, permission, record.unit.path, ledger.area)

    chapters = record_history.story(record, unmasked=unmasked)
    postings = postings_of(record.id)
    fields = [
        Shown(
            titled(f),
            values.shown_value(
                f, record.payload[f.key] if unmasked else mask_value(f, record.payload[f.key])
            )
            if f.key in record.payload
            else "",
            f.unit,
            f.type in ("integer", "quantity"),
            bool(f.personal) and not unmasked and f.key in record.payload,
        )
        for f in ledger.fields
    ]
    stands = record.state != "withdrawn"
    has_personal = has_personal_fields(ledger)
    context = RecordPage(
        record,
        unit,
        _name(record),
        str(STATES[record.state]),
        _waiting(record, chapters),
        fields,
        _chapters(record, chapters, unmasked),
        _files(request, record),
        postings,
        figures_of_record(postings),
        stands and may("record.revise"),
        stands and may("record.withdraw") and not _withdrawal_waits(record, chapters),
        may("record.create"),
        has_personal and not unmasked and may("record.unmask"),
        unmasked,
        has_personal,
        values.written_by(request),
        ",".join(TYPES),
        LIMIT // 2**20,
        [sentence(p) for p in problems],
        part,
    )
    return page(request, "entry/record.html", context, status=status)


def _withdrawal_waits(record: RecordState, chapters: Sequence[Chapter]) -> bool:
    present = next((c for c in chapters if c.entry.number == record.current), None)
    return present is not None and present.entry.action == "withdraw"


def _find(request: HttpRequest, unit: Organisation, record: int) -> RecordState | None:
    return record_history.find(request.visit.actor, unit, record)  # type: ignore[attr-defined]


def record(request: HttpRequest, unit: Organisation, record: int) -> HttpResponseBase:
    """One record."""
    found = _find(request, unit, record)
    return not_found(request) if found is None else _page(request, unit, found)


def record_unmask(request: HttpRequest, unit: Organisation, record: int) -> HttpResponseBase:
    """The record with personal fields readable, for this view only; the reason goes into the audit log."""
    visit = request.visit  # type: ignore[attr-defined]
    found = _find(request, unit, record)
    if found is None:
        return not_found(request)
    if not is_allowed(visit.actor, "record.unmask", found.unit.path, found.ledger.area):
        return refused(request, visit.page.rights["POST"], found.unit)
    reason = request.POST.get("reason", "").strip()
    try:
        record_history.note_unmasking(visit.actor, found, reason)
    except ProblemsError as error:
        return _page(request, unit, found, problems=error.problems, part="unmask", status=422)
    return _page(request, unit, found, unmasked=True)


def record_withdraw(request: HttpRequest, unit: Organisation, record: int) -> HttpResponseBase:
    """Take the record back, with a reason."""
    visit = request.visit  # type: ignore[attr-defined]
    found = _find(request, unit, record)
    if found is None:
        return not_found(request)
    reason = request.POST.get("reason", "").strip()
    problems: Sequence[Problem]
    if not reason:
        problems = [Problem("ENTRY_004")]
    else:
        try:
            withdraw_records(visit.actor, [found.id], reason=reason)
        except ProblemsError as error:
            problems = error.problems
        else:
            if found.approved is None:
                text = say("已撤回。", "Withdrawn.")
            else:
                text = say("撤回申请已提交，等待审核；审核前仍计入各数。", "The withdrawal is submitted and waits for approval; until then the record counts.")  # fmt: skip
            messages.success(request, text)
            return redirect("record", unit=unit.code, record=found.id)
    return _page(request, unit, found, problems=problems, part="withdraw", status=422)


def record_attach(request: HttpRequest, unit: Organisation, record: int) -> HttpResponseBase:
    """Add photos and files."""
    visit = request.visit  # type: ignore[attr-defined]
    found = _find(request, unit, record)
    if found is None:
        return not_found(request)
    uploads = request.FILES.getlist("files")
    problems: list[Problem] = [] if uploads else [Problem("ENTRY_005")]
    shared: list[str] = []
    kept = 0
    for upload in uploads:
        if (upload.size or 0) > LIMIT:
            params = {"name": upload.name or "", "size": f"{(upload.size or 0) / 2**20:.0f}", "limit": LIMIT // 2**20}  # fmt: skip
            problems.append(Problem("ATTACH_001", params))
            continue
        try:
            done = attach_content(
                visit.actor,
                found.id,
                upload.name or "",
                upload.read(),
                reason=request.POST.get("reason", "").strip(),
            )
        except ProblemsError as error:
            problems += error.problems
        else:
            kept += 1
            if done.also:
                shared.append(done.attachment.name)
    if kept:
        messages.success(request, say("已收下 {n} 份佐证。", "Kept {n} files.", n=kept))
    for name in shared:
        text = say(
            "“{name}”与别的记录上的佐证完全相同，请核对是否传错。",
            "“{name}” is the very same as a file of another record; check that it is the right one.",
            name=name,
        )
        messages.warning(request, text)
    if problems:
        fresh = record_history.get(visit.actor, unit, found.id)
        return _page(request, unit, fresh, problems=problems, part="attach", status=422)
    return redirect("record", unit=unit.code, record=found.id)


def attachment(
    request: HttpRequest, unit: Organisation, record: int, digest: str
) -> HttpResponseBase:
    """The content of a file of this record."""
    found = _find(request, unit, record)
    kept = find_attachment(found.id, digest) if found is not None else None
    if kept is None:
        return not_found(request)
    one, content = kept
    kind = type_of(one.name)
    response = HttpResponse(
        content, content_type=kind.media if kind else "application/octet-stream"
    )
    shown = kind is not None and kind.is_picture and "download" not in request.GET
    way = "inline" if shown else "attachment"
    response["Content-Disposition"] = f"{way}; filename*=UTF-8''{quote(one.name)}"
    response["Content-Security-Policy"] = "default-src 'none'; sandbox"
    response["Cache-Control"] = "private, max-age=600"
    return response
