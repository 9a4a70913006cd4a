"""One search box over a unit, and suggestions for fields that refer to a register."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.http import HttpRequest, HttpResponseBase, JsonResponse

from shuzhi.apps.audit.actions import today
from shuzhi.apps.ledgers import queries
from shuzhi.apps.ledgers.exporting import note_private_search
from shuzhi.apps.ledgers.searching import Found, label_of, search
from shuzhi.apps.office import definitions
from shuzhi.apps.organisations.models import Organisation
from shuzhi.apps.people.permissions import is_allowed, permitted_areas, require
from shuzhi.core.masking import has_personal_fields
from shuzhi.core.problems import Problem, ProblemsError
from shuzhi.web.context import page
from shuzhi.web.ledgers.showing import CHIPS, STATES
from shuzhi.web.problems import not_found


@dataclass(frozen=True, slots=True)
class RecordLine:
    """A record that was found."""

    id: int
    ledger: object
    unit_name: str
    date: str
    label: str
    state: str
    chip: str


@dataclass(frozen=True, slots=True)
class Search:
    """The page."""

    unit: Organisation
    text: str
    found: Found
    records: list[RecordLine]
    period: str  #: the present year, for links to figures
    may_see_figures: bool
    is_private: bool
    may_unmask: bool
    reason: str = ""  #: why personal values are searched
    problems: Sequence[Problem] = ()

    @property
    def is_empty(self) -> bool:
        """Whether nothing at all was found."""
        f = self.found
        return not (f.ledgers or f.indicators or f.units or f.records)


def search_all(request: HttpRequest, unit: Organisation) -> HttpResponseBase:
    """Ledgers, indicators, units and records of the unit. Personal words are searched only when the text was posted, never from an address."""
    actor = request.visit.actor  # type: ignore[attr-defined]
    is_private = request.method == "POST"
    text = (request.POST if is_private else request.GET).get("q", "").strip()[:60]
    reason = request.POST.get("reason", "").strip()
    problems: Sequence[Problem] = ()
    if is_private:
        try:
            note_private_search(actor, unit, reason)
        except ProblemsError as error:
            if any(p.code == "PEOPLE_001" for p in error.problems):
                raise
            problems = error.problems
    areas = permitted_areas(actor, "record.read", unit.path)
    if is_private:
        # where the right to unmask is limited to lines of work, so is the search
        own = permitted_areas(actor, "record.unmask", unit.path)
        if own is not None:
            areas = own if areas is None else areas & own
    found = search(unit, "" if problems else text, areas=areas, with_private=is_private)
    return page(
        request,
        "ledgers/search.html",
        Search(
            unit,
            text,
            found,
            [
                RecordLine(r.id, r.ledger, r.unit_name, r.date, r.label, str(STATES[r.state]), CHIPS[r.state])
                for r in found.records
            ],
            today()[:4],
            is_allowed(actor, "figure.read", unit.path),
            is_private,
            is_allowed(actor, "record.unmask", unit.path),
            reason,
            problems,
        ),
        status=422 if problems else 200,
    )  # fmt: skip


def suggest(request: HttpRequest, unit: Organisation, ledger: str) -> HttpResponseBase:
    """Keys of a register that fit what was typed, each with masked words; none where the key itself is personal."""
    definition = definitions().catalogue.ledgers.get(ledger)
    if definition is None:
        return not_found(request)
    actor = request.visit.actor  # type: ignore[attr-defined]
    require(actor, "record.read", unit.path, unit.name, area=definition.area)
    keys = set(definition.identified_by)
    hides = has_personal_fields(definition) and any(
        f.personal for f in definition.fields if f.key in keys
    )
    text = request.GET.get("q", "").strip()[:60]
    found = [] if hides else queries.keys_like(definition.key, unit.id, text)
    return JsonResponse(
        {
            "options": [
                {"value": key, "label": label_of(definition, {k: v for k, v in payload.items() if k not in keys}, 2)}
                for key, payload in found
            ]
        }
    )  # fmt: skip
