"""The import wizard: upload → what was understood → problems and differences → recorded as one batch, undone as one.

What was chosen is kept with the upload on the server, so every step survives a reload and the back key. An upload is its owner's alone.
"""

from __future__ import annotations

import tempfile
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from io import BytesIO
from pathlib import Path
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import FileResponse, HttpRequest, HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse

from shuzhi.apps.jobs.models import Upload
from shuzhi.apps.ledgers import importing, uploaded
from shuzhi.apps.office import definitions
from shuzhi.apps.organisations.models import Organisation
from shuzhi.apps.people.permissions import Actor, is_allowed
from shuzhi.core.definitions import FieldDef, LedgerDef
from shuzhi.core.ledgers import ORGANISATION_COLUMN
from shuzhi.core.problems import Problem, ProblemsError
from shuzhi.exchange.columns import column_letter
from shuzhi.exchange.templates import write_template
from shuzhi.web.context import page
from shuzhi.web.entry.values import shown_value, told
from shuzhi.web.problems import not_found
from shuzhi.web.words import Words, language, say, titled

SHOWN = 200  #: problems and differences on a page; all problems are in the marked copy
NEW_SHOWN = 50  #: new rows written out; they stand in the person's own file
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_SHOWN_IN_TABLE = frozenset({"EXCHANGE_022", "EXCHANGE_023"})  #: a column that was not recognised
STEPS = (
    Words("上传文件", "Upload"),
    Words("看懂了什么", "What was understood"),
    Words("问题与变化", "Problems and changes"),
    Words("完成", "Done"),
)
HOW = {
    "correction": Words("您指定的", "as you said"),
    "title": Words("与字段同名", "the field's name"),
    "key": Words("与字段键同名", "the field's key"),
    "synonym": Words("别的叫法", "another name for it"),
    "organisation": Words("记账单位", "the unit that keeps the row"),
    "counting": Words("行号，不导入", "row numbers, left out"),
    "ignored": Words("您说不导入", "left out, as you said"),
    "unknown": Words("没认出来，不导入", "not recognised, left out"),
}


def _actor(request: HttpRequest) -> Actor:
    actor: Actor = request.visit.actor  # type: ignore[attr-defined]
    return actor


def _upload(request: HttpRequest, unit: Organisation, number: UUID) -> Upload | None:
    """The visitor's own upload at this unit, or None."""
    try:
        found = uploaded.get(_actor(request), str(number))
    except ProblemsError:
        return None
    return found if found.organisation.id == unit.id else None


# ── 1 upload ──────────────────────────────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True)
class Area:
    """Ledgers of one area, for a list to choose from."""

    title: str
    ledgers: Sequence[LedgerDef]


@dataclass(frozen=True, slots=True)
class Line:
    """One of one's own imports."""

    made: uploaded.Import
    address: str


@dataclass(frozen=True, slots=True)
class Start:
    """The first step, and one's own imports."""

    unit: Organisation
    steps: Sequence[Words]
    areas: Sequence[Area]
    chosen: str
    imports: Sequence[Line]
    problems: Sequence[Problem] = ()
    refused: int = 0  #: files that could not be taken


def _areas(actor: Actor, unit: Organisation) -> list[Area]:
    from shuzhi.apps.people.permissions import area_titles

    found: dict[str, list[LedgerDef]] = {}
    for one in importing.ledgers_for(actor, unit):
        found.setdefault(one.area, []).append(one)
    index = 0 if language() == "zh" else 1
    return [Area(area_titles([area], index)[0], ledgers) for area, ledgers in found.items()]


def _address(one: uploaded.Import) -> str:
    name = "import-result" if one.is_done else "import-columns"
    return reverse(name, kwargs={"unit": one.upload.organisation.code, "upload": one.upload.number})


def _start(
    request: HttpRequest, unit: Organisation, problems: Sequence[Problem] = (), refused: int = 0
) -> HttpResponseBase:
    actor = _actor(request)
    chosen = request.GET.get("ledger", "") or request.POST.get("ledger", "")
    lines = [Line(one, _address(one)) for one in uploaded.imports_of(actor, unit)]
    context = Start(unit, STEPS, _areas(actor, unit), chosen, lines, problems, refused)
    return page(request, "imports/start.html", context, status=422 if problems else 200)


def start(request: HttpRequest, unit: Organisation) -> HttpResponseBase:
    """Upload files, fetch a template, go on with or undo earlier imports."""
    if request.method != "POST":
        return _start(request, unit)
    files = request.FILES.getlist("files")
    ledger = request.POST.get("ledger", "")
    if ledger not in definitions().catalogue.ledgers:
        ledger = ""
    if not files:
        return _start(request, unit, [Problem("IMPORT_008")])
    kept: list[Upload] = []
    problems: list[Problem] = []
    refused = 0
    for file in files:
        try:
            kept.append(
                uploaded.keep(_actor(request), unit, file.name or "", file.chunks(), ledger)
            )
        except ProblemsError as error:
            problems += error.problems
            refused += 1
    if problems:
        return _start(request, unit, problems, refused)
    if len(kept) == 1:
        return redirect("import-columns", unit=unit.code, upload=kept[0].number)
    messages.success(
        request,
        say("已收下 {n} 个文件，请逐个看过再导入。", "{n} files are here; go through each of them.", n=len(kept)),
    )  # fmt: skip
    return redirect("import", unit=unit.code)


def template(request: HttpRequest, unit: Organisation) -> HttpResponseBase:
    """A ledger's empty template as an Excel file."""
    if "ledger" not in request.GET:
        return redirect("import", unit=unit.code)
    ledger = definitions().catalogue.ledgers.get(request.GET["ledger"])
    if ledger is None:
        return not_found(request)
    defs = definitions()
    with tempfile.TemporaryDirectory(prefix="shuzhi-template-") as folder:
        path = Path(folder) / "template.xlsx"
        write_template(ledger, defs.units, path, catalogue=defs.catalogue)
        content = path.read_bytes()
    name = f"{unit.name}-{ledger.title.zh}.xlsx"
    return FileResponse(BytesIO(content), as_attachment=True, filename=name, content_type=XLSX)


# ── 2 what was understood ─────────────────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True)
class Choice:
    """What a column may be read as."""

    value: str
    title: str
    unit: str = ""


@dataclass(frozen=True, slots=True)
class ColumnLine:
    """One column of the sheet as the page shows it."""

    letter: str
    position: int
    header: str
    value: str  #: what it is read as
    how: Words
    is_unknown: bool
    unit: str
    unit_note: str
    samples: Sequence[str]
    suggestion: str
    is_personal: bool


@dataclass(frozen=True, slots=True)
class Columns:
    """The second step."""

    unit: Organisation
    steps: Sequence[Words]
    upload: Upload
    areas: Sequence[Area]
    ledger: LedgerDef | None
    likely: Sequence[LedgerDef]
    read: importing.Understanding | None
    lines: Sequence[ColumnLine] = ()
    choices: Sequence[Choice] = ()
    problems: Sequence[Problem] = ()
    size: int = 0  #: KB
    is_corrected: bool = False


def _unit_note(one: importing.Column) -> str:
    explanation, known = one.explanation, one.field
    if known is None or not known.unit:
        return ""
    if explanation.unit and explanation.unit != known.unit:
        return say("表头写的是{a}，自动换算为{b}", "the header says {a}; converted to {b}", a=explanation.unit, b=known.unit)  # fmt: skip
    return ""


def _column_line(one: importing.Column) -> ColumnLine:
    explanation = one.explanation
    return ColumnLine(
        column_letter(explanation.position),
        explanation.position,
        explanation.header,
        explanation.field,
        HOW[explanation.how],
        explanation.how == "unknown",
        one.field.unit if one.field else "",
        _unit_note(one),
        one.samples,
        explanation.suggestion,
        bool(one.field and one.field.personal),
    )


def _choices(ledger: LedgerDef) -> list[Choice]:
    return [
        Choice("", say("不导入", "leave out")),
        Choice(ORGANISATION_COLUMN, say("单位（这一行由谁记账）", "unit (who keeps the row)")),
        *(Choice(f.key, titled(f), f.unit) for f in ledger.fields if not f.computed),
    ]


def columns(request: HttpRequest, unit: Organisation, upload: UUID) -> HttpResponseBase:
    """Look at what each column was taken for, and say what it is."""
    kept = _upload(request, unit, upload)
    if kept is None:
        return not_found(request)
    if kept.state == "done":
        return redirect("import-result", unit=unit.code, upload=kept.number)
    if request.method == "POST":
        return _choose(request, unit, kept)
    actor = _actor(request)
    ledger = uploaded.ledger_of(kept)
    catalogue = definitions().catalogue.ledgers
    likely = [catalogue[k] for k, _ in kept.choices.get("candidates", []) if k in catalogue]
    read, problems = None, []
    if ledger is not None:
        try:
            read = uploaded.understand(kept)
            problems = [
                replace(p, place=replace(p.place, file=""))
                for p in read.problems
                if p.code not in _SHOWN_IN_TABLE
            ]
        except ProblemsError as error:
            problems = list(error.problems)
    context = Columns(
        unit,
        STEPS,
        kept,
        _areas(actor, unit),
        ledger,
        likely[:4],
        read,
        [_column_line(one) for one in read.columns] if read else (),
        _choices(ledger) if ledger else (),
        problems,
        max(kept.size // 1024, 1),
        bool(kept.choices.get("corrections")),
    )
    return page(request, "imports/columns.html", context)


def _choose(request: HttpRequest, unit: Organisation, kept: Upload) -> HttpResponseBase:
    posted = request.POST
    here = redirect("import-columns", unit=unit.code, upload=kept.number)
    if posted.get("do") == "table":
        key = posted.get("ledger", "")
        open_to = {one.key for one in importing.ledgers_for(_actor(request), unit)}
        if key in open_to:
            uploaded.choose_table(kept, key, posted.get("sheet", ""))
        return here
    if posted.get("do") == "forget":
        uploaded.forget_columns(kept)
        return here
    ledger = uploaded.ledger_of(kept)
    if ledger is None:
        return here
    read = uploaded.understand(kept)
    known = {choice.value for choice in _choices(ledger)}
    corrections: dict[str, str | None] = {}
    for one in read.columns:
        explanation = one.explanation
        said = posted.get(f"c-{explanation.position}")
        if said is not None and said in known and said != explanation.field:
            corrections[explanation.header] = said or None
    if corrections:
        uploaded.choose_columns(kept, corrections)
    if posted.get("do") == "again":
        return here
    return redirect("import-check", unit=unit.code, upload=kept.number)


# ── 3 problems and differences ────────────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True)
class ProblemLine:
    """One problem at its cell."""

    cell: str
    sheet: str
    row: int | None
    header: str
    text: str
    is_error: bool


@dataclass(frozen=True, slots=True)
class Kind:
    """Problems of one code."""

    code: str
    count: int
    example: str
    is_error: bool


@dataclass(frozen=True, slots=True)
class Cell:
    """A value before and after, as the page shows it."""

    title: str
    before: str
    after: str
    is_changed: bool
    unit: str = ""
    is_number: bool = False


@dataclass(frozen=True, slots=True)
class RowLine:
    """A row that would be new or would change."""

    row: int
    unit: str
    record: int | None
    state: str
    cells: Sequence[Cell]


@dataclass(frozen=True, slots=True)
class Check:
    """The third step."""

    unit: Organisation
    steps: Sequence[Words]
    upload: Upload
    ledger: LedgerDef | None
    preview: importing.Preview | None
    kinds: Sequence[Kind] = ()
    kind: str = ""
    lines: Sequence[ProblemLine] = ()
    found: int = 0  #: problems of the chosen kind
    heads: Sequence[FieldDef] = ()
    new: Sequence[RowLine] = ()
    changed: Sequence[RowLine] = ()
    problems: Sequence[Problem] = ()
    reason: str = ""
    in_background: bool = False
    doubles: bool = False  #: rows changed in the file would be recorded a second time


def _problem_line(problem: Problem, ledger: LedgerDef) -> ProblemLine:
    place = problem.place
    cell = ""
    if place.row is not None:
        cell = f"{column_letter(place.column_number - 1) if place.column_number else ''}{place.row}"
    return ProblemLine(
        cell,
        place.sheet,
        place.row,
        place.column,
        told(problem, ledger),
        problem.severity == "error",
    )


def _kinds(problems: Sequence[Problem], ledger: LedgerDef) -> list[Kind]:
    counts = Counter(p.code for p in problems)
    first: dict[str, Problem] = {}
    for problem in problems:
        first.setdefault(problem.code, problem)
    made = [
        Kind(code, counts[code], _short(told(one, ledger)), one.severity == "error")
        for code, one in first.items()
    ]
    return sorted(made, key=lambda kind: (not kind.is_error, -kind.count, kind.code))


def _short(text: str) -> str:
    limit = 26 if language() == "zh" else 52
    return text if len(text) <= limit else text[: limit - 1] + "…"


def _cells(row: importing.RowChange) -> Iterator[Cell]:
    for one in row.fields:
        yield Cell(
            titled(one.field),
            shown_value(one.field, one.before),
            shown_value(one.field, one.after),
            one.is_changed,
            one.field.unit,
            one.field.type in ("quantity", "integer"),
        )


def _new_lines(rows: Sequence[importing.RowChange], heads: Sequence[FieldDef]) -> list[RowLine]:
    made = []
    for row in rows:
        by_key = {one.field.key: one for one in row.fields}
        cells = [
            Cell(
                titled(f),
                "",
                shown_value(f, by_key[f.key].after) if f.key in by_key else "",
                False,
                f.unit,
                f.type in ("quantity", "integer"),
            )
            for f in heads
        ]
        made.append(RowLine(row.row, row.unit, None, "", cells))
    return made


def check(request: HttpRequest, unit: Organisation, upload: UUID) -> HttpResponseBase:
    """Everything that is wrong and everything that would change; then import."""
    kept = _upload(request, unit, upload)
    if kept is None:
        return not_found(request)
    if kept.state == "done":
        return redirect("import-result", unit=unit.code, upload=kept.number)
    actor = _actor(request)
    running = uploaded.job_of(kept)
    if running is not None and running.state in ("waiting", "running"):
        return redirect("job", number=running.number)
    ledger = uploaded.ledger_of(kept)
    if ledger is None:
        return redirect("import-columns", unit=unit.code, upload=kept.number)
    refused: Sequence[Problem] = ()
    reason = request.POST.get("reason", "")
    try:
        if request.method == "POST" and not uploaded.clear_rows(kept):
            uploaded.preview(actor, kept)  # sent without having been looked at
        if request.method == "POST" and (rows := uploaded.clear_rows(kept)):
            try:
                number = uploaded.commit(actor, kept, rows=rows, reason=reason)
            except ProblemsError as error:
                refused = error.problems
            else:
                if number:
                    return redirect("job", number=number)
                return redirect("import-result", unit=unit.code, upload=kept.number)
        made = uploaded.preview(actor, kept)
    except ProblemsError as error:
        context = Check(unit, STEPS, kept, ledger, None, problems=error.problems)
        return page(request, "imports/check.html", context, status=422)
    kind = request.GET.get("kind", "")
    chosen = [p for p in made.problems if not kind or p.code == kind]
    used = {one.field.key for row in made.new[:NEW_SHOWN] for one in row.fields}
    heads = [f for f in ledger.fields if f.key in used]
    context = Check(
        unit,
        STEPS,
        kept,
        ledger,
        made,
        _kinds(made.problems, ledger),
        kind,
        [_problem_line(p, ledger) for p in chosen[:SHOWN]],
        len(chosen),
        heads,
        _new_lines(made.new[:NEW_SHOWN], heads),
        [
            RowLine(row.row, row.unit, row.record, row.state, [c for c in _cells(row) if c.is_changed])
            for row in made.changed[:SHOWN]
        ],
        refused,
        reason,
        made.rows > uploaded.AT_ONCE,
        not ledger.identified_by and bool(made.created and made.unchanged),
    )  # fmt: skip
    status = 422 if request.method == "POST" else 200
    return page(request, "imports/check.html", context, status=status)


def again(request: HttpRequest, unit: Organisation, upload: UUID) -> HttpResponseBase:
    """Take the mended file in place of the one before, with everything that was chosen."""
    kept = _upload(request, unit, upload)
    if kept is None:
        return not_found(request)
    file = request.FILES.get("files")
    if file is None:
        return _start(request, unit, [Problem("IMPORT_008")])
    try:
        fresh = uploaded.keep(_actor(request), unit, file.name or "", file.chunks(), like=kept)
    except ProblemsError as error:
        return _start(request, unit, error.problems, 1)
    if kept.state == "open":
        uploaded.discard(kept)
    return redirect("import-check", unit=unit.code, upload=fresh.number)


def marked(request: HttpRequest, unit: Organisation, upload: UUID) -> HttpResponseBase:
    """One's own file with everything that is wrong marked in it."""
    kept = _upload(request, unit, upload)
    if kept is None or kept.state == "done":
        return not_found(request)
    with tempfile.TemporaryDirectory(prefix="shuzhi-marked-") as folder:
        path = Path(folder) / "marked.xlsx"
        uploaded.write_marked(_actor(request), kept, path, language())
        content = path.read_bytes()
    stem = Path(kept.name).stem
    name = say("{stem}-问题.xlsx", "{stem}-problems.xlsx", stem=stem)
    return FileResponse(BytesIO(content), as_attachment=True, filename=name, content_type=XLSX)


def discard(request: HttpRequest, unit: Organisation, upload: UUID) -> HttpResponseBase:
    """Throw away an upload that was not imported."""
    kept = _upload(request, unit, upload)
    if kept is None:
        return not_found(request)
    uploaded.discard(kept)
    messages.success(request, say("已放弃“{name}”，没有写入任何内容。", "“{name}” was discarded; nothing was written.", name=kept.name))  # fmt: skip
    return redirect("import", unit=unit.code)


# ── 4 done ────────────────────────────────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True)
class Result:
    """The last step."""

    unit: Organisation
    steps: Sequence[Words]
    made: uploaded.Import
    may_undo: bool
    problems: Sequence[Problem] = ()
    reason: str = ""
    outcome: Mapping[str, Any] = field(default_factory=dict)


def _result(
    request: HttpRequest,
    unit: Organisation,
    kept: Upload,
    problems: Sequence[Problem] = (),
    reason: str = "",
) -> HttpResponseBase:
    (made,) = uploaded.with_states([kept])
    area = made.ledger.area if made.ledger else ""
    may_undo = is_allowed(_actor(request), "record.withdraw", unit.path, area)
    context = Result(unit, STEPS, made, may_undo, problems, reason, kept.outcome)
    return page(request, "imports/result.html", context, status=422 if problems else 200)


def result(request: HttpRequest, unit: Organisation, upload: UUID) -> HttpResponseBase:
    """What was imported, and how to undo it."""
    kept = _upload(request, unit, upload)
    if kept is None:
        return not_found(request)
    if kept.state != "done":
        running = uploaded.job_of(kept)
        if running is not None:
            return redirect("job", number=running.number)
        return redirect("import-columns", unit=unit.code, upload=kept.number)
    return _result(request, unit, kept)


def undo(request: HttpRequest, unit: Organisation, upload: UUID) -> HttpResponseBase:
    """Take the whole import back as one, with a reason."""
    kept = _upload(request, unit, upload)
    if kept is None or kept.state != "done":
        return not_found(request)
    reason = request.POST.get("reason", "").strip()
    if not reason:
        return _result(request, unit, kept, [Problem("IMPORT_009")])
    try:
        count = uploaded.undo(_actor(request), kept, reason=reason)
    except ProblemsError as error:
        return _result(request, unit, kept, error.problems, reason)
    messages.success(
        request, say("已撤销这次导入，涉及 {n} 条记录。", "The import was undone; {n} records.", n=count)
    )  # fmt: skip
    return redirect("import-result", unit=unit.code, upload=kept.number)
