"""One record at a time: the form made for phones, revising, and the page for two people's changes to one record."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID, uuid4

from django.contrib import messages
from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse

from shuzhi.apps.audit.actions import today
from shuzhi.apps.entry import actions as entry
from shuzhi.apps.entry import queries as entry_queries
from shuzhi.apps.entry.queries import DraftView
from shuzhi.apps.ledgers import queries, record_history
from shuzhi.apps.ledgers.actions import StaleError, submit_values
from shuzhi.apps.ledgers.record_history import RecordState
from shuzhi.apps.ledgers.typed_rows import (
    CellProblem,
    CheckedRow,
    RowsRefusedError,
    check_rows,
    needs_unit,
    submit_rows,
)
from shuzhi.apps.office import definitions
from shuzhi.apps.organisations.models import Organisation
from shuzhi.apps.people.permissions import is_allowed
from shuzhi.core.definitions import LedgerDef
from shuzhi.core.ledgers import ORGANISATION_COLUMN
from shuzhi.core.masking import mask_value
from shuzhi.core.problems import ProblemsError
from shuzhi.web.context import page
from shuzhi.web.entry import values
from shuzhi.web.entry.values import Input
from shuzhi.web.problems import not_found, refused
from shuzhi.web.words import say, sentences, titled


@dataclass(frozen=True, slots=True)
class RecordForm:
    """The form for one record, new or revised."""

    ledger: LedgerDef
    unit: Organisation
    inputs: Sequence[Input]
    written_by: str
    batch: str
    addresses: Mapping[str, str]  #: of the fragments its module calls
    record: RecordState | None = None
    expected: int | None = None
    reason: str = ""
    draft: int | None = None
    drafts: Sequence[DraftView] = ()
    restored: str = ""  #: when the draft shown was kept
    held: str = ""
    problems: Sequence[str] = ()  #: of the whole row
    error_count: int = 0
    existing: int | None = None  #: the record this would revise; asked about once
    copied_from: int | None = None

    @property
    def words(self) -> dict[str, str]:
        """What the form's module says."""
        return {
            "saved": say("草稿已保存", "Draft saved"),
            "unsaved": say("还没有保存", "Not saved yet"),
            "kept": say("内容较多，草稿没有保存", "The draft could not be kept"),
        }


@dataclass(frozen=True, slots=True)
class ConflictField:
    """A field both people may have changed."""

    key: str
    title: str
    unit: str
    base: str
    theirs: str
    mine: str
    choice: str  #: theirs, mine, or empty where a person must choose
    note: str = ""


@dataclass(frozen=True, slots=True)
class Conflict:
    """Two versions of one record side by side."""

    record: RecordState
    unit: Organisation
    author: str
    at: str
    fields: Sequence[ConflictField]
    same: int  #: fields on which both agree
    posted: Sequence[tuple[str, str]]
    written_by: str
    must_choose: bool = False  #: somewhere both changed the same field


def ledger_for(request: HttpRequest, unit: Organisation, key: str, permission: str) -> LedgerDef | None:  # fmt: skip
    """The ledger with this key when the actor has the permission for its line of work at the unit."""
    found = definitions().catalogue.ledgers.get(key)
    actor = request.visit.actor  # type: ignore[attr-defined]
    if found is None or not is_allowed(actor, permission, unit.path, found.area):
        return None
    return found


def addresses(unit: Organisation, ledger: LedgerDef) -> dict[str, str]:
    """Of the fragments that forms and grids call."""
    parts = {"unit": unit.code, "ledger": ledger.key}
    return {
        "check": reverse("entry-check", kwargs=parts),
        "draft": reverse("draft-save", kwargs=parts),
        "suggest": reverse("entry-suggest", kwargs=parts),
    }


def held_row(request: HttpRequest, path: str) -> tuple[str, dict[str, str]]:
    """What was typed when the session ended, if the address names such a form of this very account and page."""
    text = request.GET.get("held", "")
    try:
        number = UUID(text)
    except ValueError:
        return "", {}
    found = entry_queries.find_held(request.visit.account, number)  # type: ignore[attr-defined]
    if found is None or found.address != path:
        messages.warning(
            request,
            say(
                "保留的内容已过期或属于别的帐号，没有取回。",
                "What was kept has expired or belongs to another account.",
            ),
        )
        return "", {}
    messages.success(
        request,
        say(
            "登录过期前填写的内容已取回，请核对后提交。",
            "What you entered before the session ended is back; check it and submit.",
        ),
    )
    return str(number), {k: v[-1] for k, v in entry.held_values(found).items() if v}


def clean_up(request: HttpRequest, posted: Mapping[str, Any]) -> None:
    """After a submission: the draft and the held form it came from are deleted."""
    account = request.visit.account  # type: ignore[attr-defined]
    draft = values.number_in(posted, "draft")
    if draft is not None:
        entry.discard_draft(account, draft)
    try:
        entry.release_form(account, UUID(str(posted.get("held", ""))))
    except ValueError:
        return


def batch_of(posted: Mapping[str, Any]) -> str:
    """The submission's own number from a form, or a new one; so that sending twice records once."""
    try:
        return str(UUID(str(posted.get("batch", ""))))
    except ValueError:
        return str(uuid4())


def _errors(checked: Sequence[CheckedRow]) -> int:
    return sum(p.problem.severity == "error" for row in checked for p in row.problems)


# ── new ───────────────────────────────────────────────────────────────────────────────────────────────────────────────


def record_new(request: HttpRequest, unit: Organisation, ledger: str) -> HttpResponseBase:
    """A new record."""
    definition = ledger_for(request, unit, ledger, "record.create")
    if definition is None:
        return not_found(request)
    units = values.units_below(definition, unit) if needs_unit(definition, unit) else []
    if request.method == "POST":
        return _submit_new(request, unit, definition, units)
    visit = request.visit  # type: ignore[attr-defined]
    typed = _first_values(request, definition)
    draft = values.number_in(request.GET, "draft")
    found = entry_queries.find_draft(visit.account, draft, ledger, unit) if draft else None
    restored = ""
    if found is not None and found[1]:
        typed, restored = found[1][0], found[0].at
    copied = None
    source = values.number_in(request.GET, "copy")
    if source is not None and found is None:
        original = record_history.find(visit.actor, unit, source)
        if original is not None and original.ledger.key == ledger:
            copied = original.id
            typed = values.typed_of(definition, original.payload, personal=False)
            typed = {k: v for k, v in typed.items() if k not in definition.identified_by}
            if units:
                typed[ORGANISATION_COLUMN] = original.unit.name
    held, back = held_row(request, request.path)
    if held:
        typed = values.row_of(definition, back)
    form = RecordForm(
        definition,
        unit,
        values.inputs_of(definition, typed, units=units),
        values.written_by(request, restores=True),
        str(uuid4()),
        addresses(unit, definition),
        reason=back.get("reason", ""),
        draft=found[0].id if found else None,
        drafts=() if found else entry_queries.drafts(visit.account, ledger, unit, "form"),
        restored=restored,
        held=held,
        copied_from=copied,
    )
    return page(request, "entry/form.html", form)


def _first_values(request: HttpRequest, ledger: LedgerDef) -> dict[str, str]:
    """Today in the field of the date, or the date of the row entered before."""
    given = request.GET.get("date", "")
    try:
        day = date.fromisoformat(given).isoformat()
    except ValueError:
        day = today()
    return {ledger.date: day} if any(f.key == ledger.date for f in ledger.fields) else {}


def _submit_new(
    request: HttpRequest, unit: Organisation, ledger: LedgerDef, units: Sequence[values.Option]
) -> HttpResponseBase:
    visit, posted = request.visit, request.POST  # type: ignore[attr-defined]
    typed = values.row_of(ledger, posted)
    draft = values.number_in(posted, "draft")
    batch = batch_of(posted)
    if posted.get("do") == "draft":
        try:
            kept = entry.save_draft(
                visit.actor, visit.account, ledger.key, unit, [typed], kind="form", draft=draft
            )
        except ProblemsError as error:
            form = RecordForm(
                ledger,
                unit,
                values.inputs_of(ledger, typed, units=units),
                values.written_by(request, restores=True),
                batch,
                addresses(unit, ledger),
                reason=posted.get("reason", ""),
                problems=sentences(error.problems),
            )
            return page(request, "entry/form.html", form, status=422)
        messages.success(request, say("草稿已保存，只有您自己看得到。", "Draft saved; only you can see it."))  # fmt: skip
        return redirect(f"{request.path}?draft={kept.id}")
    try:
        done = submit_rows(
            visit.actor,
            ledger,
            unit,
            [typed],
            batch=batch,
            source="form",
            reason=posted.get("reason", "").strip(),
            may_revise=posted.get("may_revise") == "1",
        )
    except RowsRefusedError as refusal:
        row = refusal.checked[0]
        form = RecordForm(
            ledger,
            unit,
            values.inputs_of(ledger, typed, row.problems, computed=row.computed, units=units),
            values.written_by(request, restores=True),
            batch,
            addresses(unit, ledger),
            reason=posted.get("reason", ""),
            draft=draft,
            held=posted.get("held", ""),
            problems=[values.told(p.problem, ledger) for p in row.problems if not p.field],
            error_count=_errors([row]),
            existing=row.existing if row.revises and not row.has_errors else None,
        )
        return page(request, "entry/form.html", form, status=422)
    clean_up(request, posted)
    _say_done(request, done.submission.created, done.submission.revised)
    if posted.get("do") == "next":
        following = reverse("record-new", kwargs={"unit": unit.code, "ledger": ledger.key})
        return redirect(f"{following}?date={typed.get(ledger.date, '')}")
    if done.submission.records:
        return redirect("record", unit=unit.code, record=done.submission.records[0])
    return redirect("ledger", unit=unit.code, ledger=ledger.key)


def _say_done(request: HttpRequest, created: int, revised: int) -> None:
    if created:
        messages.success(request, say("已提交，等待审核。", "Submitted; it waits for approval."))
    elif revised:
        messages.success(request, say("更正已提交，等待审核；通过以前，数字不变。", "The revision is submitted and waits for approval; until then no figure changes."))  # fmt: skip
    else:
        messages.info(request, say("内容与已有记录相同，没有变化。", "The content is the same as before; nothing changed."))  # fmt: skip


# ── revising ──────────────────────────────────────────────────────────────────────────────────────────────────────────


def record_edit(request: HttpRequest, unit: Organisation, record: int) -> HttpResponseBase:
    """Revise a record."""
    visit = request.visit  # type: ignore[attr-defined]
    found = record_history.find(visit.actor, unit, record)
    if found is None:
        return not_found(request)
    if not is_allowed(visit.actor, "record.revise", found.unit.path, found.ledger.area):
        return refused(request, visit.page.rights["GET"], found.unit)
    if found.state == "withdrawn":
        messages.info(request, say("已撤回的记录不能再更正；可以照此新记一条。", "A withdrawn record cannot be revised; copy it as new."))  # fmt: skip
        return redirect("record", unit=unit.code, record=record)
    if request.method == "POST":
        return _submit_revision(request, unit, found)
    draft = values.number_in(request.GET, "draft")
    kept = (
        entry_queries.find_draft(visit.account, draft, found.ledger.key, found.unit, record)
        if draft
        else None
    )
    typed = values.typed_of(found.ledger, found.payload, personal=False)
    expected, restored = found.current, ""
    if kept is not None and kept[1]:
        typed, restored = kept[1][0], kept[0].at
        expected = kept[0].expected or found.current
    held, back = held_row(request, request.path)
    if held:
        typed = values.row_of(found.ledger, back)
        expected = values.number_in(back, "expected") or found.current
    own = [
        d
        for d in entry_queries.drafts(visit.account, found.ledger.key, found.unit, "form")
        if d.record == record and not kept
    ]
    form = _edit_form(
        request,
        unit,
        found,
        typed,
        expected,
        draft=kept[0].id if kept else None,
        drafts=own,
        restored=restored,
        held=held,
        reason=back.get("reason", ""),
    )
    return page(request, "entry/form.html", form)


def _edit_form(
    request: HttpRequest,
    unit: Organisation,
    found: RecordState,
    typed: Mapping[str, str],
    expected: int,
    problems: Sequence[CellProblem] = (),
    computed: Mapping[str, Any] | None = None,
    cleared: Sequence[str] = (),
    **more: Any,
) -> RecordForm:
    return RecordForm(
        found.ledger,
        unit,
        values.inputs_of(
            found.ledger,
            typed,
            problems,
            computed=found.payload if computed is None else computed,
            kept=found.payload,
            cleared=cleared,
        ),
        values.written_by(request, restores=True),
        str(uuid4()),
        addresses(unit, found.ledger),
        record=found,
        expected=expected,
        problems=[values.told(p.problem, found.ledger) for p in problems if not p.field],
        error_count=sum(p.problem.severity == "error" for p in problems),
        **more,
    )


def _content_at(record: RecordState, number: int) -> Mapping[str, Any]:
    """The content of an entry of the record; the latest when there is no such entry."""
    if number == record.current:
        return record.payload
    for one in queries.history(record.id):
        if one.number == number and one.action in record_history.CONTENT:
            return one.payload
    return record.payload


def _submit_revision(
    request: HttpRequest, unit: Organisation, found: RecordState
) -> HttpResponseBase:
    visit, posted = request.visit, request.POST  # type: ignore[attr-defined]
    ledger = found.ledger
    typed = values.row_of(ledger, posted)
    cleared = [f.key for f in ledger.fields if f.personal and posted.get(f"clear-{f.key}") == "1"]
    expected = values.number_in(posted, "expected") or found.current
    draft = values.number_in(posted, "draft")
    if posted.get("do") == "draft":
        try:
            kept = entry.save_draft(
                visit.actor, visit.account, ledger.key, found.unit, [typed],
                kind="form", draft=draft, record=found.id, expected=expected,
            )  # fmt: skip
        except ProblemsError as error:
            wrong = [CellProblem("", p) for p in error.problems]
            form = _edit_form(request, unit, found, typed, expected, wrong, None, cleared)
            return page(request, "entry/form.html", form, status=422)
        messages.success(request, say("草稿已保存，只有您自己看得到。", "Draft saved; only you can see it."))  # fmt: skip
        return redirect(f"{request.path}?draft={kept.id}")
    base = _content_at(found, values.number_in(posted, "base") or expected)
    row = values.with_kept(ledger, typed, base, cleared)
    theirs = _content_at(found, expected)
    for one in ledger.fields:
        if posted.get(f"pick-{one.key}") == "theirs":
            row[one.key] = values.text_of(theirs.get(one.key))
    shown = {
        k: v
        for k, v in row.items()
        if k not in {f.key for f in ledger.fields if f.personal} or typed.get(k)
    }
    if expected != found.current:
        return _conflict(request, unit, found, row, expected, posted)
    checked = check_rows(visit.actor, ledger, found.unit, [row], record=found.id)[0]
    more: dict[str, Any] = {"reason": posted.get("reason", ""), "draft": draft, "held": posted.get("held", "")}  # fmt: skip
    if checked.has_errors or checked.is_blank:
        form = _edit_form(
            request, unit, found, shown, expected, checked.problems, checked.computed, cleared, **more
        )  # fmt: skip
        return page(request, "entry/form.html", form, status=422)
    try:
        done = submit_values(
            visit.actor,
            ledger.key,
            found.unit.code,
            {k: v for k, v in row.items() if k != ORGANISATION_COLUMN},
            reason=posted.get("reason", "").strip(),
            source="form",
            record=found.id,
            expected=expected,
        )
    except StaleError:
        fresh = record_history.get(visit.actor, unit, found.id)
        return _conflict(request, unit, fresh, row, expected, posted)
    except ProblemsError as error:
        problems = [CellProblem("", p) for p in error.problems]
        form = _edit_form(request, unit, found, shown, expected, problems, None, cleared, **more)
        return page(request, "entry/form.html", form, status=422)
    clean_up(request, posted)
    _say_done(request, 0, done.revised)
    for warning in done.warnings:
        messages.warning(request, values.told(warning, ledger))
    return redirect("record", unit=unit.code, record=found.id)


def _conflict(
    request: HttpRequest,
    unit: Organisation,
    found: RecordState,
    mine: Mapping[str, str],
    expected: int,
    posted: Mapping[str, Any],
) -> HttpResponseBase:
    """Both versions side by side; nothing was written and nothing is lost."""
    base, ledger = _content_at(found, expected), found.ledger
    theirs = found.payload
    fields: list[ConflictField] = []
    same = 0
    carried: list[tuple[str, str]] = []
    for one in ledger.fields:
        if one.computed:
            continue
        was, now = values.text_of(base.get(one.key)), values.text_of(theirs.get(one.key))
        own = mine.get(one.key, "").strip()
        typed = str(posted.get(f"f-{one.key}", ""))
        if one.personal and posted.get(f"clear-{one.key}") == "1":
            carried.append((f"clear-{one.key}", "1"))
        carried.append((f"f-{one.key}", typed if one.personal else mine.get(one.key, "")))
        if own == now:
            same += 1
            continue
        choice = "theirs" if own == was else "mine" if now == was else ""
        masked = bool(one.personal)
        fields.append(
            ConflictField(
                one.key,
                titled(one),
                one.unit,
                *(
                    values.shown_value(one, mask_value(one, text) if masked and text else text)
                    for text in (was, now, own)
                ),
                choice,
            )
        )
    history = {e.number: e for e in queries.history(found.id)}
    latest = history[found.current]
    names = record_history.names_of({latest.actor})
    carried += [
        ("expected", str(found.current)),
        ("base", str(values.number_in(posted, "base") or expected)),
        ("reason", str(posted.get("reason", ""))),
        ("draft", str(posted.get("draft", ""))),
    ]
    context = Conflict(
        found,
        unit,
        names.get(latest.actor, latest.actor),
        latest.at,
        fields,
        same,
        carried,
        values.written_by(request),
        any(not f.choice for f in fields),
    )
    return page(request, "entry/conflict.html", context, status=409)
