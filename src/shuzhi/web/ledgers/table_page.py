"""A ledger as a table, and what is done from it: export, bulk withdrawal, saved views, personal values for a reason."""

from __future__ import annotations

import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlencode

from django.contrib import messages
from django.core.signing import BadSignature, Signer
from django.http import FileResponse, HttpRequest, HttpResponse, HttpResponseBase, QueryDict
from django.shortcuts import redirect
from django.urls import reverse

from shuzhi.apps.ledgers import tables
from shuzhi.apps.ledgers.actions import withdraw_records
from shuzhi.apps.ledgers.columns import Column
from shuzhi.apps.ledgers.exporting import export_table, note_unmasking
from shuzhi.apps.ledgers.saved_views import ViewShown, remove_view, save_view, views_of
from shuzhi.apps.ledgers.table_addresses import TableAddress, read_address
from shuzhi.apps.ledgers.tables import Count, Totals
from shuzhi.apps.office import definitions
from shuzhi.apps.organisations.models import Organisation
from shuzhi.apps.people.permissions import is_allowed, require
from shuzhi.core.definitions import LedgerDef
from shuzhi.core.masking import has_personal_fields
from shuzhi.core.problems import Problem, ProblemsError
from shuzhi.web.context import page
from shuzhi.web.ledgers import private, showing
from shuzhi.web.ledgers.private import Unmasking
from shuzhi.web.problems import not_found
from shuzhi.web.words import say, sentence

_ADDED_UP = 2000  #: records that are added up with the page; more are when the page is there
_EXPORTED = 100_000  #: rows written while somebody waits
_SIGNER = Signer(salt="ledgers.table")
_CURSOR = ("after", "before", "totals")


@dataclass(frozen=True, slots=True)
class UnitOption:
    """A unit below that keeps the ledger."""

    code: str
    name: str
    is_chosen: bool


@dataclass(frozen=True, slots=True)
class StateOption:
    """A state to filter by."""

    key: str
    title: str
    is_chosen: bool


@dataclass(frozen=True, slots=True)
class ColumnOption:
    """A column that may be shown."""

    key: str
    title: str
    is_shown: bool


@dataclass(frozen=True, slots=True)
class Table:
    """The page."""

    unit: Organisation
    ledger: LedgerDef
    base: str  #: address of the table without a query
    address: TableAddress
    heads: Sequence[showing.HeadShown]
    rows: Sequence[showing.RowShown]
    totals: Sequence[showing.TotalShown]
    has_totals: bool  #: some column is added up
    are_totals_known: bool
    count: Count
    count_text: str
    before: str  #: address of the page before; empty for none
    after: str
    chips: Sequence[showing.ChipShown]
    fields: Sequence[showing.FieldShown]
    columns: Sequence[ColumnOption]
    units: Sequence[UnitOption]
    states: Sequence[StateOption]
    views: Sequence[ViewShown]
    view: ViewShown | None  #: the saved view that is open
    may: Mapping[str, bool]
    unmasking: Unmasking | None
    has_personal: bool
    problems: Sequence[Problem] = ()
    part: str = ""  #: of the page the problems belong to
    reason: str = ""
    ticked: frozenset[int] = frozenset()
    name: str = ""

    @property
    def is_filtered(self) -> bool:
        """Whether the rows are not all of them."""
        return bool(self.chips) or bool(self.unmasking and self.unmasking.text)


def _definition(request: HttpRequest, unit: Organisation, key: str) -> LedgerDef | None:
    """The ledger, if there is one of this key; refuses an actor whose line of work it is not."""
    ledger = definitions().catalogue.ledgers.get(key)
    if ledger is not None:
        actor = request.visit.actor  # type: ignore[attr-defined]
        require(actor, "record.read", unit.path, unit.name, area=ledger.area)
    return ledger


def _address(
    request: HttpRequest, unit: Organisation, ledger: LedgerDef, given: QueryDict
) -> tuple[TableAddress, Unmasking | None]:
    unmasking = private.present(request, unit, ledger)
    address = read_address(
        ledger,
        unit,
        dict(given.lists()),
        author=request.visit.account.name,  # type: ignore[attr-defined]
        is_private=unmasking is not None,
        private_text=unmasking.text if unmasking else "",
    )
    return address, unmasking


def _cursor(text: str) -> int:
    try:
        return int(_SIGNER.unsign(text)) if text else 0
    except (BadSignature, ValueError):
        return 0


def _back(unit: Organisation, ledger: LedgerDef, query: str) -> str:
    """The table's address; the query is made anew of what it says, so that nothing else can be slipped in."""
    address = reverse("ledger", kwargs={"unit": unit, "ledger": ledger.key})
    text = QueryDict(query).urlencode()
    return f"{address}?{text}" if text else address


def ledger_table(request: HttpRequest, unit: Organisation, ledger: str) -> HttpResponseBase:
    """The table; alone without its frame when htmx asks for it."""
    definition = _definition(request, unit, ledger)
    if definition is None:
        return not_found(request)
    return _show(request, unit, definition, request.GET)


def _show(
    request: HttpRequest,
    unit: Organisation,
    ledger: LedgerDef,
    given: QueryDict,
    *,
    problems: Sequence[Problem] = (),
    part: str = "",
    reason: str = "",
    ticked: frozenset[int] = frozenset(),
    name: str = "",
) -> HttpResponse:
    visit = request.visit  # type: ignore[attr-defined]
    address, unmasking = _address(request, unit, ledger, given)
    query = address.query
    after, before = _cursor(given.get("after", "")), _cursor(given.get("before", ""))
    slice_ = tables.read(query, after=after, before=before)
    if slice_.before or slice_.after:
        count = tables.count(query)
    else:
        count = Count(len(slice_.rows))
    columns = _shown_columns(address, unit)
    has_totals = any(one.is_summed for one in columns)
    wants = bool(given.get("totals")) or (count.is_exact and count.number <= _ADDED_UP)
    totals = tables.totals(query) if has_totals and wants and count.number else None
    if totals is not None:
        count = Count(totals.count)

    def may(permission: str) -> bool:
        return is_allowed(visit.actor, permission, unit.path, ledger.area)

    rights = {
        "create": may("record.create"),
        "withdraw": may("record.withdraw"),
        "export": may("ledger.export"),
        "unmask": may("record.unmask"),
        "share": may("record.create") or may("record.approve"),
    }
    base = reverse("ledger", kwargs={"unit": unit, "ledger": ledger.key})

    def turned(side: str, edge: int) -> str:
        return f"{base}?{urlencode([*_pairs(address), (side, _SIGNER.sign(str(edge)))])}" if edge else ""  # fmt: skip

    views = views_of(visit.actor, ledger.key, unit)
    shown = Table(
        unit,
        ledger,
        base,
        address,
        showing.heads(address, columns, base),
        [
            showing.row_shown(
                columns, row, is_private=query.is_private, can_withdraw=rights["withdraw"]
            )
            for row in slice_.rows
        ],
        showing.totals_shown(columns, totals),
        has_totals,
        totals is not None or not count.number,
        count,
        showing.count_words(count),
        turned("before", slice_.before),
        turned("after", slice_.after),
        showing.chips(address, base),
        showing.filter_fields(address),
        _column_options(address, columns, unit),
        _units(unit, ledger, address),
        [StateOption(key, str(showing.STATES[key]), key in query.states) for key in tables.STATES],
        views,
        next((v for v in views if v.query == address.text), None) if address.text else None,
        rights,
        unmasking,
        has_personal_fields(ledger),
        [*address.problems, *problems],
        part,
        reason,
        ticked,
        name,
    )
    htmx = request.htmx  # type: ignore[attr-defined]
    is_part = htmx and not htmx.history_restore_request and htmx.target == "table-part"
    template = "ledgers/table_part.html" if is_part else "ledgers/table.html"
    response = page(request, template, shown, status=422 if part else 200)
    # one address, two shapes: a cache must not give one for the other
    response["Vary"] = "HX-Request, HX-Target, Cookie"
    return response


def _pairs(address: TableAddress) -> list[tuple[str, str]]:
    return [(name, value) for name, values in sorted(address.given.items()) for value in values]


def _has_units(unit: Organisation, ledger: LedgerDef) -> bool:
    """Whether rows of more than one unit can stand in the table."""
    return unit.level != "group" and any(level != unit.level for level in ledger.kept_by)


def _shown_columns(address: TableAddress, unit: Organisation) -> list[Column]:
    """Chosen columns; without a choice all but the author, and the unit only where there are several."""
    several = unit.level != "village"
    return [one for one in address.shown if several or one.key != "@unit" or "col" in address.given]


def _column_options(
    address: TableAddress, columns: Sequence[Column], unit: Organisation
) -> list[ColumnOption]:
    shown = {one.key for one in columns}
    return [
        ColumnOption(one.key, showing.titled(one.title), one.key in shown)
        for one in address.query.columns.values()
    ]


def _units(unit: Organisation, ledger: LedgerDef, address: TableAddress) -> list[UnitOption]:
    if not _has_units(unit, ledger):
        return []
    chosen = address.unit.code if address.unit else ""
    below = Organisation.objects.filter(
        path__startswith=unit.path, level__in=ledger.kept_by
    ).order_by("path")
    return [UnitOption(code, name, code == chosen) for code, name in below.values_list("code", "name")[:600]]  # fmt: skip


@dataclass(frozen=True, slots=True)
class TotalsPart:
    """The totals row alone, with the count it also knows."""

    totals: Sequence[showing.TotalShown]
    count_text: str
    has_boxes: bool


def ledger_totals(request: HttpRequest, unit: Organisation, ledger: str) -> HttpResponseBase:
    """The totals row, fetched when the page is there already."""
    definition = _definition(request, unit, ledger)
    if definition is None:
        return not_found(request)
    address, _ = _address(request, unit, definition, request.GET)
    totals: Totals = tables.totals(address.query)
    actor = request.visit.actor  # type: ignore[attr-defined]
    return page(
        request,
        "ledgers/totals.html",
        TotalsPart(
            showing.totals_shown(_shown_columns(address, unit), totals),
            showing.count_words(Count(totals.count)),
            is_allowed(actor, "record.withdraw", unit.path, definition.area),
        ),
    )


def ledger_export(request: HttpRequest, unit: Organisation, ledger: str) -> HttpResponseBase:
    """The filtered table as an Excel file in the shape of the template; personal values only while they are shown for a reason."""
    definition = _definition(request, unit, ledger)
    if definition is None:
        return not_found(request)
    address, unmasking = _address(request, unit, definition, request.GET)
    count = tables.totals(address.query).count
    if count > _EXPORTED:
        raise ProblemsError([Problem("TABLE_009", {"count": count, "limit": _EXPORTED})])
    actor = request.visit.actor  # type: ignore[attr-defined]
    name = f"{unit.name}-{definition.title.zh}.xlsx"
    with tempfile.TemporaryDirectory(prefix="shuzhi-export-") as folder:
        path = Path(folder) / "table.xlsx"
        export_table(actor, address.query, path, reason=unmasking.reason if unmasking else "")
        file = tempfile.TemporaryFile()  # noqa: SIM115 – closed by the response when it has been sent
        file.write(path.read_bytes())
        file.seek(0)
    return FileResponse(file, as_attachment=True, filename=name)


def ledger_withdraw(request: HttpRequest, unit: Organisation, ledger: str) -> HttpResponseBase:
    """Take the ticked records back, with one reason for all; nothing is done when one of them cannot be."""
    definition = _definition(request, unit, ledger)
    if definition is None:
        return not_found(request)
    given = QueryDict(request.POST.get("back", ""))
    address, _ = _address(request, unit, definition, given)
    ticked = [int(i) for i in request.POST.getlist("record") if i.isdecimal() and len(i) < 19]
    reason = request.POST.get("reason", "")
    here = tables.narrowed(tables.at(address.query, unit), ticked)
    if len(here) != len(ticked):
        return not_found(request)
    try:
        if not here:
            raise ProblemsError([Problem("TABLE_008")])
        withdrawn = withdraw_records(request.visit.actor, here, reason=reason)  # type: ignore[attr-defined]
    except ProblemsError as error:
        if any(p.code == "PEOPLE_001" for p in error.problems):
            raise
        return _show(
            request,
            unit,
            definition,
            given,
            problems=error.problems,
            part="withdraw",
            reason=reason,
            ticked=frozenset(here),
        )
    messages.success(
        request,
        say(
            "已撤回 {n} 条；其中已审过的要等别人审核撤回后才不再计数。",
            "{n} records withdrawn; those approved before count until somebody else approves the withdrawal.",
            n=withdrawn,
        ),
    )
    return redirect(_back(unit, definition, given.urlencode()))


def ledger_unmask(request: HttpRequest, unit: Organisation, ledger: str) -> HttpResponseBase:
    """Begin or end showing personal values, or search in them."""
    definition = _definition(request, unit, ledger)
    if definition is None:
        return not_found(request)
    given = QueryDict(request.POST.get("back", ""))
    back = _back(unit, definition, given.urlencode())
    if request.POST.get("do") == "end":
        private.end(request, unit, definition)
        return redirect(back)
    if request.POST.get("do") == "find":
        private.look_for(request, unit, definition, request.POST.get("text", ""))
        return redirect(back)
    reason = request.POST.get("reason", "")
    try:
        note_unmasking(request.visit.actor, definition, unit, reason)  # type: ignore[attr-defined]
    except ProblemsError as error:
        if any(p.code == "PEOPLE_001" for p in error.problems):
            raise
        return _show(
            request, unit, definition, given, problems=error.problems, part="unmask", reason=reason
        )
    private.begin(request, unit, definition, reason.strip())
    return redirect(back)


def ledger_view_save(request: HttpRequest, unit: Organisation, ledger: str) -> HttpResponseBase:
    """Keep the filters, columns and order under a name."""
    definition = _definition(request, unit, ledger)
    if definition is None:
        return not_found(request)
    given = QueryDict(request.POST.get("back", ""))
    address, _ = _address(request, unit, definition, given)
    name = request.POST.get("name", "")
    try:
        view = save_view(
            request.visit.actor,  # type: ignore[attr-defined]
            definition.key,
            unit.code,
            name,
            address.text,
            is_shared=bool(request.POST.get("shared")),
        )
    except ProblemsError as error:
        if any(p.code == "PEOPLE_001" for p in error.problems):
            raise
        return _show(request, unit, definition, given, problems=error.problems, part="view", name=name)  # fmt: skip
    messages.success(request, say("已存为视图“{name}”。", "Saved as the view “{name}”.", name=view.name))  # fmt: skip
    return redirect(_back(unit, definition, view.query))


def ledger_view_remove(request: HttpRequest, unit: Organisation, ledger: str) -> HttpResponseBase:
    """Take one's own saved view away."""
    definition = _definition(request, unit, ledger)
    number = request.POST.get("view", "")
    if definition is None or not number.isdecimal() or len(number) > 18:
        return not_found(request)
    try:
        remove_view(request.visit.actor, int(number), definition.key)  # type: ignore[attr-defined]
    except ProblemsError as error:
        messages.error(request, " ".join(sentence(p) for p in error.problems))
    else:
        messages.success(request, say("视图已删除。", "The view was removed."))
    return redirect(_back(unit, definition, request.POST.get("back", "")))
