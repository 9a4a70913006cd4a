"""Many rows at once: the grid, checking what changed while somebody types, drafts, and suggestions for reference fields.

Without scripts the grid is a form of a few rows; with them static/shuzhi/grid.js takes the same table over and talks to the fragments here.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import uuid4

import orjson
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseBase, JsonResponse
from django.shortcuts import redirect
from django.urls import NoReverseMatch, reverse

from shuzhi.apps.audit.actions import today
from shuzhi.apps.entry import actions as entry
from shuzhi.apps.entry import queries as entry_queries
from shuzhi.apps.entry.queries import DraftView
from shuzhi.apps.ledgers import record_history
from shuzhi.apps.ledgers.typed_rows import (
    CheckedRow,
    RowsRefusedError,
    check_rows,
    needs_unit,
    submit_rows,
    typed_fields,
)
from shuzhi.apps.organisations.models import Organisation
from shuzhi.core.definitions import FieldDef, LedgerDef
from shuzhi.core.ledgers import ORGANISATION_COLUMN
from shuzhi.core.problems import ProblemsError
from shuzhi.exchange.columns import ORGANISATION_HEADERS
from shuzhi.web.context import page
from shuzhi.web.entry import values
from shuzhi.web.entry.forms import addresses, batch_of, clean_up, held_row, ledger_for
from shuzhi.web.problems import not_found
from shuzhi.web.words import Words, say, sentences, titled

LIMIT = 1000  #: rows the grid takes; more is an import
PLAIN_ROWS = 5  #: rows of the form without scripts
_PLAIN_MORE = 5  #: rows added to it at a time
_UNIT = "organisation"  #: name of the unit's column towards the page


@dataclass(frozen=True, slots=True)
class GridCell:
    """A cell of the form without scripts."""

    column: GridColumn
    name: str
    value: str
    errors: Sequence[str] = ()
    warnings: Sequence[str] = ()


@dataclass(frozen=True, slots=True)
class GridRow:
    """A row of the form without scripts."""

    number: int
    cells: Sequence[GridCell]
    problems: Sequence[str] = ()


@dataclass(frozen=True, slots=True)
class GridColumn:
    """A column as template and module need it."""

    key: str
    title: str
    title_zh: str
    title_en: str
    kind: str  #: text, number, date, month, choice, boolean, reference, unit, computed
    unit: str
    unit_names: Sequence[str]  #: other measures a pasted header may name
    is_required: bool
    is_key: bool
    synonyms: Sequence[str]
    options: Sequence[str]
    note: str
    example: str
    inputmode: str
    is_personal: bool

    @property
    def as_data(self) -> dict[str, Any]:
        """For the module."""
        return {name: getattr(self, name) for name in self.__slots__}


@dataclass(frozen=True, slots=True)
class Grid:
    """The grid of a ledger."""

    ledger: LedgerDef
    unit: Organisation
    columns: Sequence[GridColumn]
    rows: Sequence[GridRow]
    settings: Mapping[str, Any]  #: for the module
    written_by: str
    batch: str
    draft: int | None = None
    drafts: Sequence[DraftView] = ()
    restored: str = ""
    held: str = ""
    problems: Sequence[str] = ()
    error_count: int = 0
    wrong_rows: int = 0
    valid_rows: int = 0
    revising: int = 0  #: rows that would revise existing records; asked about once


def _column(field: FieldDef, ledger: LedgerDef) -> GridColumn:
    kinds = {"integer": "number", "quantity": "number", "indicator": "definition", "ledger": "definition"}  # fmt: skip
    kind = "computed" if field.computed else kinds.get(field.type, field.type)
    return GridColumn(
        field.key,
        titled(field),
        field.title.zh,
        field.title.en,
        kind,
        field.unit,
        values.measures_like(field.unit),
        not field.computed and (field.required or field.key == ledger.date),
        field.key in ledger.identified_by,
        field.synonyms,
        [o.title for o in values.options_of(field)],
        field.note,
        field.example,
        values.keyboard_of(field),
        bool(field.personal),
    )


def _unit_column(units: Sequence[values.Option]) -> GridColumn:
    title = Words("单位", "Unit")
    return GridColumn(
        _UNIT, str(title), title.zh, title.en, "unit", "", (), True, True,
        ORGANISATION_HEADERS, [u.value for u in units], "", "", "", False,
    )  # fmt: skip


def columns_of(ledger: LedgerDef, units: Sequence[values.Option]) -> list[GridColumn]:
    """The columns in the ledger's order, the unit first where rows may belong to several."""
    return [*([_unit_column(units)] if units else []), *(_column(f, ledger) for f in ledger.fields)]


def _settings(
    ledger: LedgerDef,
    unit: Organisation,
    columns: Sequence[GridColumn],
    rows: Sequence[Mapping[str, str]],
) -> dict[str, Any]:
    """What the module gets: columns, addresses, words, and the rows of a draft."""
    try:
        importing = reverse("import", kwargs={"unit": unit.code})
    except NoReverseMatch:
        importing = ""
    submitting = reverse("grid", kwargs={"unit": unit.code, "ledger": ledger.key})
    return {
        "columns": [c.as_data for c in columns],
        "addresses": {
            **addresses(unit, ledger), "submit": submitting, "import": importing,
            "table": reverse("ledger", kwargs={"unit": unit.code, "ledger": ledger.key}),
        },
        "limit": LIMIT, "rows": rows, "today": today(), "dateColumn": ledger.date, "ledger": ledger.title.zh, "key": ledger.key,
        "words": _words(),
    }  # fmt: skip


def _words() -> dict[str, str]:
    return {
        "cell": say("第 {row} 行，{column}", "Row {row}, {column}", row="{row}", column="{column}"),
        "required": say("必填", "required"),
        "saved": say("草稿已保存 {time}", "Draft saved {time}", time="{time}"),
        "unsaved": say("有未保存的改动", "Changes not saved yet"),
        "notKept": say("草稿没有保存成，内容还在页面上", "The draft was not kept; your rows are still on the page"),
        "checking": say("正在核对…", "Checking…"),
        "clean": say("已填 {rows} 行，没有问题", "{rows} rows, nothing wrong", rows="{rows}"),
        "wrong": say("已填 {rows} 行，{errors} 处要改", "{rows} rows, {errors} cells to mend", rows="{rows}", errors="{errors}"),
        "empty": say("还没有填", "Nothing entered yet"),
        "pasted": say("已粘贴 {rows} 行 {columns} 列", "Pasted {rows} rows, {columns} columns", rows="{rows}", columns="{columns}"),
        "pastedHeader": say("已按表头粘贴 {rows} 行：{columns}", "Pasted {rows} rows by their header: {columns}", rows="{rows}", columns="{columns}"),
        "ignored": say("没有用到的列：{columns}", "Columns not used: {columns}", columns="{columns}"),
        "cut": say("右边超出的 {n} 列没有粘贴", "{n} columns beyond the last one were not pasted", n="{n}"),
        "tooMany": say("这一块有 {n} 行，超过表格能放的 {limit} 行。可以直接转到导入：这些行会一起带过去。", "This block has {n} rows, more than the {limit} the grid takes. Go to the import instead: the rows come along.", n="{n}", limit="{limit}"),
        "undo": say("撤销", "Undo"),
        "removed": say("已删除 {n} 行", "Removed {n} rows", n="{n}"),
        "nothing": say("没有可提交的行，请先填写", "There is nothing to submit yet"),
        "revising": say("其中 {n} 行的编号已有记录，提交后是对那些记录的更正。要这样提交吗？", "{n} of the rows have a record already; submitting revises those records. Submit like this?", n="{n}"),
        "partly": say("已提交 {done} 行；还有 {left} 行要改，留在这里。", "Submitted {done} rows; {left} rows need mending and stay here.", done="{done}", left="{left}"),
        "refused": say("没有提交：{rows} 行共有 {errors} 处要改。按 F8 逐处查看。", "Not submitted: {rows} rows have {errors} cells to mend. Press F8 to go through them.", rows="{rows}", errors="{errors}"),
        "noErrors": say("没有要改的地方", "Nothing to mend"),
        "row": say("第 {row} 行", "Row {row}", row="{row}"),
        "total": say("合计", "Total"),
        "partOfTotal": say("有 {n} 格不是单纯的数，未计入", "{n} cells are not plain numbers and are left out", n="{n}"),
        "chosen": say("选中 {rows} 行 × {columns} 列", "{rows} rows × {columns} columns selected", rows="{rows}", columns="{columns}"),
        "sum": say("求和 {sum}", "sum {sum}", sum="{sum}"),
        "leave": say("还有没有提交的内容", "There are rows not submitted yet"),
    }  # fmt: skip


# ── the page ──────────────────────────────────────────────────────────────────────────────────────────────────────────


def grid(request: HttpRequest, unit: Organisation, ledger: str) -> HttpResponseBase:
    """The entry table; POST takes it from the module as JSON or from the form without scripts."""
    definition = ledger_for(request, unit, ledger, "record.create")
    if definition is None:
        return not_found(request)
    if request.method == "POST":
        if request.content_type == "application/json":
            return _submit_json(request, unit, definition)
        return _submit_plain(request, unit, definition)
    visit = request.visit  # type: ignore[attr-defined]
    rows: list[dict[str, str]] = []
    draft = values.number_in(request.GET, "draft")
    found = entry_queries.find_draft(visit.account, draft, ledger, unit) if draft else None
    if found is not None:
        rows = found[1]
    held, back = held_row(request, request.path)
    if held:
        rows = _posted_rows(definition, back)
    drafts = () if found else entry_queries.drafts(visit.account, ledger, unit, "grid")
    return page(
        request,
        "entry/grid.html",
        _grid(
            request,
            unit,
            definition,
            rows,
            draft=found[0].id if found else None,
            drafts=drafts,
            restored=found[0].at if found else "",
            held=held,
        ),
    )


def _grid(
    request: HttpRequest,
    unit: Organisation,
    ledger: LedgerDef,
    rows: Sequence[Mapping[str, str]],
    checked: Sequence[CheckedRow] = (),
    *,
    plain: int = PLAIN_ROWS,
    batch: str = "",
    **more: Any,
) -> Grid:
    units = values.units_below(ledger, unit) if needs_unit(ledger, unit) else []
    columns = columns_of(ledger, units)
    by_number = {row.number: row for row in checked}
    shown = [
        _plain_row(ledger, columns, n, rows[n - 1] if n <= len(rows) else {}, by_number.get(n))
        for n in range(1, max(plain, min(len(rows), 100)) + 1)
    ]
    named = [_for_page(row) for row in rows]
    return Grid(
        ledger,
        unit,
        columns,
        shown,
        _settings(ledger, unit, columns, named),
        values.written_by(request, restores=True),
        batch or str(uuid4()),
        **more,
    )


def _for_page(row: Mapping[str, str]) -> dict[str, str]:
    return {(_UNIT if k == ORGANISATION_COLUMN else k): v for k, v in row.items()}


def _from_page(ledger: LedgerDef, given: Mapping[str, Any]) -> dict[str, str]:
    row = {f.key: str(given[f.key]) for f in typed_fields(ledger) if given.get(f.key)}
    if given.get(_UNIT):
        row[ORGANISATION_COLUMN] = str(given[_UNIT])
    return row


def _plain_row(
    ledger: LedgerDef,
    columns: Sequence[GridColumn],
    number: int,
    row: Mapping[str, str],
    checked: CheckedRow | None,
) -> GridRow:
    problems = checked.problems if checked else ()
    cells = []
    for column in columns:
        key = ORGANISATION_COLUMN if column.kind == "unit" else column.key
        mine = [p.problem for p in problems if p.field == key]
        value = row.get(key, "")
        if column.kind == "computed":
            value = values.text_of(checked.computed.get(key)) if checked else ""
        cells.append(
            GridCell(
                column,
                f"r{number}-{column.key}",
                value,
                [values.told(p, ledger) for p in mine if p.severity == "error"],
                [values.told(p, ledger) for p in mine if p.severity == "warning"],
            )
        )
    whole = [values.told(p.problem, ledger) for p in problems if not p.field]
    return GridRow(number, cells, whole)


def _posted_rows(ledger: LedgerDef, posted: Mapping[str, Any]) -> list[dict[str, str]]:
    count = min(values.number_in(posted, "rows") or PLAIN_ROWS, LIMIT)
    return [values.row_of(ledger, posted, f"r{n}-") for n in range(1, count + 1)]


def _submit_plain(request: HttpRequest, unit: Organisation, ledger: LedgerDef) -> HttpResponseBase:
    visit, posted = request.visit, request.POST  # type: ignore[attr-defined]
    rows = _posted_rows(ledger, posted)
    draft = values.number_in(posted, "draft")
    wanted = posted.get("do", "")
    if wanted == "more":
        made = _grid(
            request, unit, ledger, rows, plain=len(rows) + _PLAIN_MORE, draft=draft, batch=batch_of(posted)
        )  # fmt: skip
        return page(request, "entry/grid.html", made)
    if wanted == "draft":
        try:
            kept = entry.save_draft(visit.actor, visit.account, ledger.key, unit, rows, draft=draft)
        except ProblemsError as error:
            told = sentences(error.problems)
            made = _grid(request, unit, ledger, rows, plain=len(rows), problems=told, batch=batch_of(posted))  # fmt: skip
            return page(request, "entry/grid.html", made, status=422)
        messages.success(request, say("草稿已保存，只有您自己看得到。", "Draft saved; only you can see it."))  # fmt: skip
        return redirect(f"{request.path}?draft={kept.id}")
    batch = batch_of(posted)
    try:
        done = submit_rows(
            visit.actor,
            ledger,
            unit,
            rows,
            batch=batch,
            source="grid",
            may_revise=posted.get("may_revise") == "1",
            only_valid=wanted == "valid",
        )
    except RowsRefusedError as refusal:
        made = _refused_grid(request, unit, ledger, rows, refusal, batch, draft)
        return page(request, "entry/grid.html", made, status=422)
    left = [row for n, row in enumerate(rows, 1) if n not in done.taken and any(row.values())]
    _say_done(request, len(done.taken), done.submission.created, done.submission.revised)
    if not left:
        clean_up(request, posted)
        return redirect("ledger", unit=unit.code, ledger=ledger.key)
    try:
        kept = entry.save_draft(visit.actor, visit.account, ledger.key, unit, left, draft=draft)
    except ProblemsError as error:
        # what was good is written; the rest is only on the page
        made = _grid(request, unit, ledger, left, problems=sentences(error.problems))
        return page(request, "entry/grid.html", made, status=422)
    return redirect(f"{request.path}?draft={kept.id}")


def _say_done(request: HttpRequest, rows: int, created: int, revised: int) -> None:
    same = rows - created - revised
    text = say(
        "已提交 {rows} 行：新增 {created}，更正 {revised}，内容相同 {same}。等待审核。",
        "Submitted {rows} rows: {created} new, {revised} revised, {same} the same as before. They wait for approval.",
        rows=rows, created=created, revised=revised, same=max(same, 0),
    )  # fmt: skip
    messages.success(request, text)


def _refused_grid(
    request: HttpRequest,
    unit: Organisation,
    ledger: LedgerDef,
    rows: Sequence[Mapping[str, str]],
    refusal: RowsRefusedError,
    batch: str,
    draft: int | None,
) -> Grid:
    wrong = [row for row in refusal.checked if row.has_errors]
    good = [row for row in refusal.checked if not row.is_blank and not row.has_errors]
    return _grid(
        request,
        unit,
        ledger,
        rows,
        refusal.checked,
        plain=len(rows),
        batch=batch,
        draft=draft,
        held=request.POST.get("held", ""),
        error_count=sum(p.problem.severity == "error" for r in wrong for p in r.problems),
        wrong_rows=len(wrong),
        valid_rows=len(good),
        revising=0
        if wrong and request.POST.get("do") != "valid"
        else sum(row.revises for row in good),
    )


# ── fragments for the modules ─────────────────────────────────────────────────────────────────────────────────────────


def _body(request: HttpRequest) -> dict[str, Any] | None:
    """The JSON a module sent: as the body, or in the field `payload` of a beacon."""
    text: Any = (
        request.body
        if request.content_type == "application/json"
        else request.POST.get("payload", "")
    )
    try:
        found = orjson.loads(text)
    except orjson.JSONDecodeError:
        return None
    return found if isinstance(found, dict) else None


def _rows_in(ledger: LedgerDef, given: Mapping[str, Any]) -> list[dict[str, str]] | None:
    rows = given.get("rows")
    if not isinstance(rows, list) or len(rows) > LIMIT:
        return None
    if not all(isinstance(r, dict) and isinstance(r.get("values"), dict) for r in rows):
        return None
    return [_from_page(ledger, r["values"]) for r in rows]


def _numbers_in(given: Mapping[str, Any]) -> list[int]:
    """How the page numbers the rows it sent; nothing when it does not say, or not clearly."""
    numbers = [row.get("number") for row in given["rows"]]
    if not all(isinstance(n, int) and 0 < n < 10**6 for n in numbers):
        return []
    return numbers if len(set(numbers)) == len(numbers) else []


def _said(ledger: LedgerDef, row: CheckedRow) -> dict[str, Any]:
    """A checked row for a module: what is wrong by column, what is computed."""
    errors: dict[str, list[str]] = {}
    warnings: dict[str, list[str]] = {}
    for one in row.problems:
        key = _UNIT if one.field == ORGANISATION_COLUMN else one.field
        into = errors if one.problem.severity == "error" else warnings
        into.setdefault(key, []).append(values.told(one.problem, ledger))
    return {
        "errors": errors,
        "warnings": warnings,
        "computed": {k: values.text_of(v) for k, v in row.computed.items()},
        "blank": row.is_blank,
        "revises": row.revises,
        "repeated": any(p.problem.code == "LEDGER_020" for p in row.problems),
    }


def _bad_request() -> HttpResponse:
    return HttpResponse(status=400)


def _place_of(
    request: HttpRequest, unit: Organisation, ledger: str, given: Mapping[str, Any]
) -> tuple[LedgerDef, Organisation, int | None] | None:
    """Ledger, unit and record a fragment is about, within the actor's rights; else None."""
    record = given.get("record")
    if not isinstance(record, int):
        definition = ledger_for(request, unit, ledger, "record.create")
        return None if definition is None else (definition, unit, None)
    found = record_history.find(request.visit.actor, unit, record)  # type: ignore[attr-defined]
    if found is None or found.ledger.key != ledger:
        return None
    definition = ledger_for(request, found.unit, ledger, "record.revise")
    return None if definition is None else (definition, found.unit, record)


def _sent(
    request: HttpRequest, unit: Organisation, ledger: str
) -> (
    tuple[dict[str, Any], LedgerDef, Organisation, int | None, list[dict[str, str]]]
    | HttpResponseBase
):
    """What a script sent: the document, its ledger, unit and record, and the rows; or the answer to what cannot be read."""
    given = _body(request)
    if given is None:
        return _bad_request()
    place = _place_of(request, unit, ledger, given)
    if place is None:
        return not_found(request)
    rows = _rows_in(place[0], given)
    return _bad_request() if rows is None else (given, *place, rows)


def entry_check(request: HttpRequest, unit: Organisation, ledger: str) -> HttpResponseBase:
    """What is wrong with the rows sent, cell by cell; writes nothing."""
    sent = _sent(request, unit, ledger)
    if isinstance(sent, HttpResponseBase):
        return sent
    given, definition, where, record, rows = sent
    if record is not None and rows:
        found = record_history.get(request.visit.actor, unit, record)  # type: ignore[attr-defined]
        cleared = [str(k) for k in given.get("cleared", [])]
        rows = [values.with_kept(definition, rows[0], found.payload, cleared)]
    checked = check_rows(
        request.visit.actor,  # type: ignore[attr-defined]
        definition,
        where,
        rows,
        record=record,
        numbers=_numbers_in(given),
    )
    ids = [r.get("id") for r in given["rows"]]
    return JsonResponse(
        {
            "rows": [
                {"id": i, **_said(definition, row)} for i, row in zip(ids, checked, strict=False)
            ]
        }
    )


def draft_save(request: HttpRequest, unit: Organisation, ledger: str) -> HttpResponseBase:
    """Keep what is typed, while it is typed."""
    sent = _sent(request, unit, ledger)
    if isinstance(sent, HttpResponseBase):
        return sent
    given, definition, where, record, rows = sent
    visit = request.visit  # type: ignore[attr-defined]
    draft, expected = given.get("draft"), given.get("expected")
    try:
        kept = entry.save_draft(
            visit.actor,
            visit.account,
            definition.key,
            where,
            rows,
            kind="form" if given.get("kind") == "form" else "grid",
            draft=draft if isinstance(draft, int) else None,
            record=record,
            expected=expected if isinstance(expected, int) else None,
        )
    except ProblemsError as error:
        return JsonResponse({"problems": sentences(error.problems)}, status=422)
    return JsonResponse({"draft": kept.id, "personal": kept.personal})


def draft_discard(
    request: HttpRequest, unit: Organisation, ledger: str, draft: int
) -> HttpResponseBase:
    """Delete one's own draft."""
    account = request.visit.account  # type: ignore[attr-defined]
    mine = next((d for d in entry_queries.drafts(account, ledger, unit) if d.id == draft), None)
    if mine is None or not entry.discard_draft(account, draft):
        return not_found(request)
    if request.headers.get("X-Requested-With") == "shuzhi":
        return HttpResponse(status=204)
    messages.info(request, say("草稿已丢弃。", "Draft discarded."))
    if mine.record is not None:
        return redirect("record-edit", unit=unit.code, record=mine.record)
    return redirect("grid" if mine.kind == "grid" else "record-new", unit=unit.code, ledger=ledger)


def _submit_json(request: HttpRequest, unit: Organisation, ledger: LedgerDef) -> HttpResponseBase:
    given = _body(request)
    rows = _rows_in(ledger, given) if given is not None else None
    if given is None or rows is None:
        return _bad_request()
    visit = request.visit  # type: ignore[attr-defined]
    numbers = _numbers_in(given) or list(range(1, len(rows) + 1))
    ids = {n: row.get("id") for n, row in zip(numbers, given["rows"], strict=True)}
    only_valid = given.get("only_valid") is True
    try:
        done = submit_rows(
            visit.actor,
            ledger,
            unit,
            rows,
            batch=batch_of(given),
            source="grid",
            may_revise=given.get("may_revise") is True,
            only_valid=only_valid,
            numbers=numbers,
        )
    except RowsRefusedError as refusal:
        told = [{"id": ids.get(row.number), **_said(ledger, row)} for row in refusal.checked]
        wrong = any(row.has_errors for row in refusal.checked)
        revising = sum(row.revises and not row.has_errors for row in refusal.checked)
        ask = revising if only_valid or not wrong else 0
        return JsonResponse({"done": False, "rows": told, "revising": ask}, status=422)
    except ProblemsError as error:
        stopped = {"done": False, "rows": [], "problems": sentences(error.problems)}
        return JsonResponse(stopped, status=422)
    draft = given.get("draft")
    left = [row for n, row in zip(numbers, rows, strict=True) if n not in done.taken and row]
    problems: list[str] = []
    if isinstance(draft, int) and not left:
        entry.discard_draft(visit.account, draft)
    elif isinstance(draft, int):
        try:
            entry.save_draft(visit.actor, visit.account, ledger.key, unit, left, draft=draft)
        except ProblemsError as error:
            problems = sentences(error.problems)  # the rows stay on the page
    created, revised = done.submission.created, done.submission.revised
    if not left:
        _say_done(request, len(done.taken), created, revised)
    taken = [ids[n] for n in done.taken]
    return JsonResponse(
        {
            "done": True,
            "taken": taken,
            "created": created,
            "revised": revised,
            "problems": problems,
        }
    )


def entry_suggest(request: HttpRequest, unit: Organisation, ledger: str) -> HttpResponseBase:
    """Keys of the register a reference field speaks of, with a masked word or two to know them by."""
    given = _body(request)
    if given is None:
        return _bad_request()
    place = _place_of(request, unit, ledger, given)
    if place is None:
        return not_found(request)
    definition, where, _ = place
    named = str(given.get("field", ""))
    field = next((f for f in definition.fields if f.key == named), None)
    if field is None or field.type != "reference" or field.personal:
        return JsonResponse({"found": []})
    found = values.suggestions(
        request.visit.actor,  # type: ignore[attr-defined]
        field.ledger,
        where,
        str(given.get("unit", "")),
        str(given.get("q", "")),
    )
    return JsonResponse({"found": found})
