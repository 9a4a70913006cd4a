"""The API's operations. They do what the pages do, through the same actions and queries, with a key in place of a session.

Everything wrong is answered in one shape (`ProblemsOut`); what lies outside the key's unit is not found. Personal values are masked, always.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import wraps
from inspect import signature
from typing import Any, Literal
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from ninja import File, NinjaAPI, Path, Query, UploadedFile
from ninja.errors import AuthenticationError, HttpError, ValidationError
from ninja.security import HttpBearer

from shuzhi.apps.audit.actions import current
from shuzhi.apps.books import figure_pages, trace_pages
from shuzhi.apps.checking import checks
from shuzhi.apps.ledgers import actions as ledger_actions
from shuzhi.apps.ledgers import queries as ledger_queries
from shuzhi.apps.ledgers import tables
from shuzhi.apps.office import definitions
from shuzhi.apps.organisations.models import Organisation
from shuzhi.apps.people import tokens
from shuzhi.apps.people.models import Token
from shuzhi.apps.people.permissions import Actor, is_allowed, require
from shuzhi.apps.reports import queries as report_queries
from shuzhi.apps.reports import signing
from shuzhi.core.definitions import IndicatorDef, LedgerDef
from shuzhi.core.figures import Figure, FigureId
from shuzhi.core.ledgers import finish_rows, read_values
from shuzhi.core.masking import mask_value
from shuzhi.core.periods import Period, format_period, parse_period
from shuzhi.core.problems import Problem, ProblemsError
from shuzhi.core.quantities import canonical
from shuzhi.web.api import shapes
from shuzhi.web.api.shapes import Line, Point, ProblemsOut, RecordId
from shuzhi.web.words import sentence, speak, titled

_NO_RIGHT = frozenset({"PEOPLE_001", "BOOK_010", "TOKEN_005"})
_MISSING = frozenset(
    {"API_001", "RECORD_001", "LEDGER_030", "FIGURE_001", "REPORT_057", "ORG_001", "ORG_002"}
)
_CONFLICT = frozenset({"RECORD_006", "RECORD_007"})


class Key(HttpBearer):
    """``Authorization: Bearer sz_…``"""

    openapi_description = "A key made under “API keys”. It reaches one unit and what is below it, for the purposes it was made for."

    def authenticate(self, request: HttpRequest, token: str) -> tuple[Token, Actor] | None:
        """The key in force with its actor."""
        return tokens.find(token)


api = NinjaAPI(
    title="Shuzhi",
    version="1",
    description="Ledgers, records, figures with their traces, reports and checking. Sentences follow Accept-Language (zh, en).",
    docs_url=None,
    openapi_url="openapi.json",
    auth=Key(),
    urls_namespace="api",
)


# ── answers ───────────────────────────────────────────────────────────────────────────────────────────────────────────


def _speak(request: HttpRequest) -> None:
    wanted = request.headers.get("Accept-Language", "").strip().lower()
    speak("en" if wanted.startswith("en") else "zh")


def _problem(one: Problem) -> dict[str, Any]:
    return {
        "code": one.code,
        "message": sentence(one),
        "severity": one.severity,
        "row": one.place.row,
        "field": one.place.column or None,
    }


def _told(request: HttpRequest, problems: list[Problem], status: int) -> HttpResponse:
    _speak(request)
    return api.create_response(
        request, {"problems": [_problem(p) for p in problems]}, status=status
    )


@api.exception_handler(ProblemsError)
def _problems(request: HttpRequest, error: ProblemsError) -> HttpResponse:
    codes = {p.code for p in error.problems}
    status = (
        403
        if codes <= _NO_RIGHT
        else 404
        if codes <= _MISSING
        else 409
        if codes & _CONFLICT
        else 422
    )
    return _told(request, list(error.problems), status)


@api.exception_handler(AuthenticationError)
def _no_key(request: HttpRequest, error: AuthenticationError) -> HttpResponse:
    answer = _told(request, [Problem("TOKEN_006")], 401)
    answer["WWW-Authenticate"] = "Bearer"
    return answer


@api.exception_handler(ValidationError)
def _not_valid(request: HttpRequest, error: ValidationError) -> HttpResponse:
    problems = [
        Problem(
            "API_002",
            {
                "field": ".".join(str(p) for p in one["loc"][1:]) or str(one["loc"][0]),
                "detail": one["msg"],
            },
        )
        for one in error.errors
    ]
    return _told(request, problems, 422)


@api.exception_handler(Http404)
def _not_found(request: HttpRequest, error: Http404) -> HttpResponse:
    return _told(request, [Problem("API_001", {"what": request.path})], 404)


@api.exception_handler(HttpError)
def _bad_request(request: HttpRequest, error: HttpError) -> HttpResponse:
    return _told(
        request, [Problem("API_002", {"field": "body", "detail": error.message})], error.status_code
    )


# ── rights ────────────────────────────────────────────────────────────────────────────────────────────────────────────

#: what an operation that names something may answer besides its result
_USUAL = {400: ProblemsOut, 401: ProblemsOut, 403: ProblemsOut, 404: ProblemsOut, 422: ProblemsOut}
_WRITING = {**_USUAL, 409: ProblemsOut}

#: operation → purpose of the key it needs; tests/web/test_api.py compares
SCOPE_OF: dict[str, str] = {}


def purpose(scope: str) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """The key must be for this."""

    def around(operation: Callable[..., Any]) -> Callable[..., Any]:
        SCOPE_OF[operation.__name__] = scope
        known = set(signature(operation).parameters)

        @wraps(operation)
        def asked(request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
            _speak(request)
            token, _ = request.auth  # type: ignore[attr-defined]
            if scope not in token.scopes:
                raise ProblemsError([Problem("TOKEN_005", {"scope": scope})])
            strange = sorted(set(request.GET) - known)
            if strange:  # a parameter that is misspelt must not be passed over in silence
                raise ProblemsError(
                    [
                        Problem("API_002", {"field": name[:40], "detail": "unknown parameter"})
                        for name in strange
                    ]
                )
            return operation(request, *args, **kwargs)

        return asked

    return around


def _actor(request: HttpRequest) -> Actor:
    actor: Actor = request.auth[1]  # type: ignore[attr-defined]
    return actor


def _missing(what: object) -> ProblemsError:
    return ProblemsError([Problem("API_001", {"what": what})])


def _unit(request: HttpRequest, code: str, permission: str = "", area: str = "") -> Organisation:
    """The unit, when the key reaches it; with a permission, when the account holds that there."""
    actor = _actor(request)
    found = Organisation.objects.filter(code=code).first() if "\x00" not in code else None
    if found is None or not actor.reaches(found.path):
        raise _missing(code[:40])
    if permission:
        require(actor, permission, found.path, found.name, area=area)
    return found


def _ledger(key: str) -> LedgerDef:
    found = definitions().catalogue.ledgers.get(key)
    if found is None:
        raise _missing(key[:80])
    return found


def _indicator(key: str) -> IndicatorDef:
    found = definitions().catalogue.indicators.get(key)
    if found is None:
        raise _missing(key[:80])
    return found


def _period(text: str) -> Period:
    try:
        return parse_period(text)
    except ProblemsError as error:
        raise ProblemsError([Problem("API_003", {"found": text[:40]})]) from error


def _record(request: HttpRequest, record: int) -> tuple[ledger_queries.RecordView, LedgerDef]:
    """The record, when its unit is within reach and its line of work is the account's."""
    try:
        found = ledger_queries.get(record)
    except ProblemsError as error:
        raise _missing(record) from error
    ledger = _ledger(found.ledger)
    unit = Organisation.objects.filter(code=found.organisation).first()
    if unit is None or not is_allowed(_actor(request), "record.read", unit.path, ledger.area):
        raise _missing(record)
    return found, ledger


def _masked(ledger: LedgerDef, values: dict[str, Any]) -> dict[str, Any]:
    return {f.key: mask_value(f, values[f.key]) for f in ledger.fields if f.key in values}


# ── who, where, what ──────────────────────────────────────────────────────────────────────────────────────────────────


@api.get("me", response={200: shapes.MeOut, 401: ProblemsOut}, tags=["key"])
def me(request: HttpRequest) -> Any:
    """Whose key this is and what it is for."""
    token, actor = request.auth  # type: ignore[attr-defined]
    return {
        "account": actor.name,
        "scopes": token.scopes,
        "unit": token.organisation.code,
        "expires_on": token.expires_on,
    }


@api.get("units", response={200: list[shapes.UnitOut], **_USUAL}, tags=["units"])
@purpose("ledgers.read")
def units(
    request: HttpRequest,
    below: Line = Query("", description="code of a unit; its own level and all below"),
) -> Any:
    """The units within the key's reach."""
    token, _ = request.auth  # type: ignore[attr-defined]
    top = _unit(request, below) if below else token.organisation
    found = (
        Organisation.objects.filter(path__startswith=top.path)
        .select_related("parent")
        .order_by("path")
    )
    actor = _actor(request)
    return [
        {
            "code": o.code,
            "name": o.name,
            "level": o.level,
            "superior": o.parent.code if o.parent else None,
            "closed_on": o.closed_on or None,
        }
        for o in found
        if actor.reaches(o.path)
    ]


def _ledger_line(one: LedgerDef) -> dict[str, Any]:
    return {
        "key": one.key,
        "title": titled(one),
        "area": one.area,
        "nature": one.nature,
        "kept_by": list(one.kept_by),
    }


@api.get("ledgers", response={200: list[shapes.LedgerLine], **_USUAL}, tags=["ledgers"])
@purpose("ledgers.read")
def ledgers(request: HttpRequest) -> Any:
    """Every ledger that is defined."""
    return [_ledger_line(one) for one in definitions().catalogue.ledgers.values()]


@api.get("ledgers/{key}", response={200: shapes.LedgerOut, **_USUAL}, tags=["ledgers"])
@purpose("ledgers.read")
def ledger(request: HttpRequest, key: Path[Line]) -> Any:
    """A ledger with its columns."""
    one = _ledger(key)
    return {
        **_ledger_line(one),
        "version": one.version,
        "date": one.date,
        "identified_by": list(one.identified_by),
        "fields": [
            {
                "key": f.key, "title": titled(f), "type": f.type, "unit": f.unit or None, "required": f.required,
                "options": list(f.options), "personal": bool(f.personal), "computed": bool(f.computed),
            }
            for f in one.fields
        ],
    }  # fmt: skip


# ── records ───────────────────────────────────────────────────────────────────────────────────────────────────────────


@api.get(
    "units/{code}/ledgers/{key}/records",
    response={200: shapes.RecordPage, **_USUAL},
    tags=["records"],
)
@purpose("records.read")
def records(
    request: HttpRequest,
    code: Path[Line],
    key: Path[Line],
    state: shapes.State | None = Query(None),
    text: Line = Query("", max_length=80, description="words in the fields that are not personal"),
    after: RecordId | None = Query(None),
    size: int = Query(50, ge=1, le=500),
) -> Any:
    """Records of a ledger in a unit and below, the latest date first."""
    one = _ledger(key)
    unit = _unit(request, code, "record.read", one.area)
    query = tables.TableQuery(one, unit, states=(state,) if state else (), text=text)
    found = tables.read(query, after=after or 0, size=size)
    return {
        "records": [
            {
                "id": r.id, "ledger": key, "unit": r.unit, "state": r.state, "number": r.number, "author": r.author,
                "date": r.date or None, "values": dict(r.values),
            }
            for r in found.rows
        ],
        "next": found.after or None,
    }  # fmt: skip


@api.post(
    "units/{code}/ledgers/{key}/records",
    response={201: shapes.SubmittedOut, **_WRITING},
    tags=["records"],
)
@purpose("records.write")
def submit(request: HttpRequest, code: Path[Line], key: Path[Line], body: shapes.RowsIn) -> Any:
    """Record rows, waiting for somebody else's approval. A row with a known natural key becomes a revision; anything wrong, and nothing is written."""
    one = _ledger(key)
    unit = _unit(request, code, "record.create", one.area)
    known = {f.key for f in one.fields if not f.computed}
    problems: list[Problem] = []
    drafts = []
    for number, given in enumerate(body.rows, 1):
        values = dict(given)
        place = str(_plain(values.pop("@organisation", "") or ""))
        unknown = sorted(set(values) - known)
        for name in unknown:
            values.pop(name)
            problems.append(
                Problem(
                    "API_002",
                    {"field": f"rows.{number - 1}.{name[:40]}", "detail": "unknown field"},
                )
            )
        draft = read_values(one, definitions().units, {k: _plain(v) for k, v in values.items()})
        draft.row = number
        draft.problems = [replace(p, place=replace(p.place, row=number)) for p in draft.problems]
        draft.organisation = place
        drafts.append(draft)
    if problems:
        raise ProblemsError(problems)
    finish_rows(one, drafts)
    made = ledger_actions.submit_drafts(
        _actor(request),
        one.key,
        unit.code,
        drafts,
        source=body.source or "API",
        reason=body.reason,
        by_hand=True,
    )
    return 201, _submitted(made)


def _plain(value: Any) -> Any:
    """A value as a person would type it; what is no single value is shown as text and refused by its field."""
    if value is None or isinstance(value, bool | int):
        return value
    return str(value).encode(errors="replace").decode()


def _submitted(made: ledger_actions.Submission) -> dict[str, Any]:
    return {
        "batch": made.batch, "created": made.created, "revised": made.revised, "unchanged": made.unchanged, "records": made.records,
        "warnings": [_problem(p) for p in made.warnings],
    }  # fmt: skip


@api.get("records/{record}", response={200: shapes.RecordOut, **_USUAL}, tags=["records"])
@purpose("records.read")
def record(request: HttpRequest, record: Path[RecordId]) -> Any:
    """One record with its latest content."""
    found, one = _record(request, record)
    return {
        "id": found.id, "ledger": found.ledger, "unit": found.organisation, "state": found.state, "number": found.number,
        "author": found.author, "date": found.occurred_on or None, "values": _masked(one, found.payload),
    }  # fmt: skip


@api.get(
    "records/{record}/history", response={200: list[shapes.EntryOut], **_USUAL}, tags=["records"]
)
@purpose("records.read")
def history(request: HttpRequest, record: Path[RecordId]) -> Any:
    """Every entry of a record, first to last, with its seal."""
    _, one = _record(request, record)
    return [
        {
            "seq": e.seq, "number": e.number, "action": e.action, "actor": e.actor, "at": e.at, "reason": e.reason,
            "source": e.source, "values": _masked(one, e.payload), "hash": e.hash,
        }
        for e in ledger_queries.history(record)
    ]  # fmt: skip


@api.put("records/{record}", response={200: shapes.SubmittedOut, **_WRITING}, tags=["records"])
@purpose("records.write")
def revise(request: HttpRequest, record: Path[RecordId], body: shapes.ReviseIn) -> Any:
    """Put new content on a record. Answers 409 when somebody else wrote meanwhile."""
    found, one = _record(request, record)
    made = ledger_actions.submit_values(
        _actor(request), one.key, found.organisation, {_plain(k): _plain(v) for k, v in body.values.items()},
        reason=body.reason, source="API", record=record, expected=body.expected,
    )  # fmt: skip
    return 200, _submitted(made)


@api.post("records/{record}/withdraw", response={204: None, **_WRITING}, tags=["records"])
@purpose("records.write")
def withdraw(request: HttpRequest, record: Path[RecordId], body: shapes.ReasonIn) -> Any:
    """Take a record back; an approved one waits for approval of that."""
    _record(request, record)
    ledger_actions.withdraw_records(_actor(request), [record], reason=body.reason)
    return 204, None


# ── figures ───────────────────────────────────────────────────────────────────────────────────────────────────────────


def _figure(one: Figure) -> dict[str, Any]:
    code = format_period(one.id.period, "code")
    page = reverse(
        "figure",
        kwargs={"unit": one.id.organisation, "indicator": one.id.indicator, "period": code},
    )
    return {
        "indicator": one.id.indicator, "title": one.title, "unit_code": one.id.organisation, "period": code, "kind": one.id.kind,
        "value": None if one.value is None else canonical(one.value), "unit": one.unit, "rows": one.rows, "blanks": one.blanks,
        "as_of": one.as_of, "page": page,
    }  # fmt: skip


@api.get("indicators", response={200: list[shapes.IndicatorOut], **_USUAL}, tags=["figures"])
@purpose("figures.read")
def indicators(request: HttpRequest, text: Line = Query("", max_length=80)) -> Any:
    """Indicators whose name holds the words; all without."""
    found = figure_pages.search(text, 10_000)
    return [
        {
            "key": d.key, "title": titled(d), "unit": d.unit, "nature": d.nature, "value": d.value, "source": d.source or None,
            "basis": d.basis.source if d.basis else "",
        }
        for d in found
    ]  # fmt: skip


@api.get(
    "units/{code}/figures/{indicator}/{period}",
    response={200: shapes.FigureOut, **_USUAL},
    tags=["figures"],
)
@purpose("figures.read")
def figure(
    request: HttpRequest,
    code: Path[Line],
    indicator: Path[Line],
    period: Path[Line],
    as_of: Point | None = Query(None),
    kind: Literal["actual", "target"] = Query("actual"),
) -> Any:
    """One figure."""
    unit = _unit(request, code, "figure.read")
    identity = FigureId(_indicator(indicator).key, unit.code, _period(period), kind)
    sheet = figure_pages.Sheet(unit, as_of)
    sheet.load([identity])
    return _figure(sheet.figure(identity))


@api.get("units/{code}/figures", response={200: shapes.FiguresOut, **_USUAL}, tags=["figures"])
@purpose("figures.read")
def figures(
    request: HttpRequest,
    code: Path[Line],
    period: Line = Query(..., max_length=40),
    indicator: list[Line] = Query(..., min_length=1, max_length=300),
    as_of: Point | None = Query(None),
) -> Any:
    """Several figures of one unit and period."""
    unit = _unit(request, code, "figure.read")
    wanted = [FigureId(_indicator(key).key, unit.code, _period(period)) for key in indicator]
    sheet = figure_pages.Sheet(unit, as_of)
    sheet.load(wanted)
    return {"as_of": sheet.as_of, "figures": [_figure(sheet.figure(one)) for one in wanted]}


@api.get(
    "units/{code}/figures/{indicator}/{period}/trace",
    response={200: shapes.TraceOut, **_USUAL},
    tags=["figures"],
)
@purpose("figures.read")
def trace(
    request: HttpRequest,
    code: Path[Line],
    indicator: Path[Line],
    period: Path[Line],
    as_of: Point | None = Query(None),
    kind: Literal["actual", "target"] = Query("actual"),
    cursor: Line = Query("", max_length=80),
) -> Any:
    """The rows a figure is the sum of, page by page, or the figures it is worked out from."""
    unit = _unit(request, code, "figure.read")
    definition = _indicator(indicator)
    if definition.nature != "derived":  # rows are read only by who may read their ledger
        source = definitions().catalogue.ledgers.get(definition.source)
        require(_actor(request), "record.read", unit.path, unit.name, area=source.area if source else "")  # fmt: skip
    identity = FigureId(definition.key, unit.code, _period(period), kind)
    found = trace_pages.trace_page(unit, identity, as_of, cursor)
    return {
        "figure": _figure(found.figure),
        "kind": found.kind,
        "rows": [
            {
                "record": line.row.record, "ledger": line.row.ledger, "unit": line.row.organisation, "label": line.row.label,
                "date": line.row.date, "amount": None if line.row.amount is None else canonical(line.row.amount),
                "adjusting": line.row.adjusting,
            }
            for line in found.lines
        ],
        "inputs": [_figure(line.figure) for line in found.inputs],
        "next": found.following or None,
    }  # fmt: skip


# ── reports ───────────────────────────────────────────────────────────────────────────────────────────────────────────


@api.get("units/{code}/reports", response={200: shapes.ReportPage, **_USUAL}, tags=["reports"])
@purpose("reports.read")
def reports(
    request: HttpRequest,
    code: Path[Line],
    year: int | None = Query(None, ge=1900, le=2100),
    before: RecordId | None = Query(None),
) -> Any:
    """Reports of a unit, the newest first."""
    unit = _unit(request, code, "figure.read")
    found = report_queries.list_reports(_actor(request), unit, year=year, before=before or 0)
    return {
        "reports": [
            {
                "number": r.number, "template": r.template, "unit": unit.code, "year": r.year, "state": r.state, "version": r.version,
                "as_of": r.as_of, "at": r.at,
            }
            for r in (line.report for line in found.lines)
        ],
        "next": found.next or None,
    }  # fmt: skip


@api.get(
    "units/{code}/reports/{number}/{format}",
    response={200: None, **_USUAL},
    tags=["reports"],
    openapi_extra={
        "responses": {
            200: {
                "description": "the file",
                "content": {
                    "application/octet-stream": {"schema": {"type": "string", "format": "binary"}}
                },
            }
        }
    },
)
@purpose("reports.read")
def report_file(
    request: HttpRequest,
    code: Path[Line],
    number: Path[UUID],
    format: Path[Literal["docx", "pdf", "html"]],
) -> Any:
    """A report's latest version as a file; a signed one is the very file that was signed."""
    unit = _unit(request, code, "figure.read")
    found = report_queries.find_report(_actor(request), str(number), unit)
    if found is None:
        raise _missing(number)
    file = signing.get_file(_actor(request), found.number, found.version, format)
    return HttpResponse(file.content, content_type="application/octet-stream")


# ── checking ──────────────────────────────────────────────────────────────────────────────────────────────────────────


def _checked(request: HttpRequest, one: checks.Check) -> dict[str, Any]:
    from shuzhi.web.words import language

    findings = []
    if one.state == "done":
        findings = [
            {
                "number": f.number, "code": f.code, "severity": f.severity, "start": f.start, "end": f.end, "message": f.sentence,
                "expected": f.expected, "place": f.place_words,
            }
            for f in checks.look(_actor(request), one, language()).sheet.findings
        ]  # fmt: skip
    return {
        "number": one.number, "name": one.name, "unit": one.organisation.code, "as_of": one.as_of, "state": one.state,
        "figures": one.figures, "findings": findings, "problems": [_problem(p) for p in checks.problems_of(one)],
        "page": reverse("check", kwargs={"unit": one.organisation.code, "number": one.number}),
    }  # fmt: skip


@api.post("units/{code}/checks", response={201: shapes.CheckOut, **_USUAL}, tags=["checks"])
@purpose("checks.write")
def check_draft(
    request: HttpRequest,
    code: Path[Line],
    draft: UploadedFile = File(...),
    year: int | None = Query(None, ge=1900, le=2100),
) -> Any:
    """Check a draft (.docx, .pdf, .txt, …) by itself and against the unit's books."""
    unit = _unit(request, code, "figure.read")
    made = checks.hand_in(_actor(request), unit.code, draft.name or "", draft.read(), year=year)
    return 201, _checked(request, checks.run(_actor(request), made))


@api.get("units/{code}/checks/{number}", response={200: shapes.CheckOut, **_USUAL}, tags=["checks"])
@purpose("checks.write")
def check(request: HttpRequest, code: Path[Line], number: Path[UUID]) -> Any:
    """What was found in a draft handed in before."""
    unit = _unit(request, code, "figure.read")
    found = checks.find(_actor(request), unit, str(number))
    if found is None:
        raise _missing(number)
    return _checked(request, found)


@api.get(
    "point", response={200: shapes.Point, 401: ProblemsOut, 403: ProblemsOut}, tags=["figures"]
)
@purpose("figures.read")
def point(request: HttpRequest) -> Any:
    """The present point of the books, to pin figures to."""
    return current()
