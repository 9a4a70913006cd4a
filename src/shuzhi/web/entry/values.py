"""Fields of a ledger as inputs of a page, and what a page posts as rows: one way for the form, the grid and the conflict page.

Personal values that are kept but not shown stay on the server: an input left blank keeps them unless somebody says to clear them.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.core import signing
from django.db.models import Q
from django.http import HttpRequest, QueryDict

from shuzhi.apps.ledgers import queries
from shuzhi.apps.ledgers.typed_rows import CellProblem, typed_fields
from shuzhi.apps.office import definitions
from shuzhi.apps.organisations.models import Organisation
from shuzhi.apps.people.permissions import Actor, is_allowed
from shuzhi.core.definitions import FieldDef, LedgerDef
from shuzhi.core.ledgers import ORGANISATION_COLUMN, parse_date, plain_text
from shuzhi.core.masking import mask_payload, mask_value
from shuzhi.core.problems import Problem
from shuzhi.web.words import Words, language, listed, sentence, titled

_RADIOS = 6  #: choices up to here stand side by side; more are a list
_LONG = 24  #: characters from which a text gets several lines
_SENTENCE = 10  #: an example longer than this is a sentence
#: what lists among the parameters of a problem are joined with
LIST_SIGN = Words("、", ", ").zh
WRITTEN_BY = "shuzhi.written_by"
_KEYBOARDS = {"integer": "numeric", "quantity": "decimal", "phone": "tel"}


@dataclass(frozen=True, slots=True)
class Option:
    """One choice."""

    value: str
    title: str


@dataclass(frozen=True, slots=True)
class Input:
    """A field as the form shows it."""

    key: str
    name: str  #: of the input
    title: str
    kind: str  #: text, long, date, month, radio, select, reference, computed
    value: str = ""
    unit: str = ""
    is_required: bool = False
    is_personal: bool = False
    inputmode: str = ""
    options: Sequence[Option] = ()
    note: str = ""
    example: str = ""
    held_back: str = ""  #: the masked value that stays unless something is typed
    is_cleared: bool = False
    errors: Sequence[str] = ()
    warnings: Sequence[str] = ()

    @property
    def described_by(self) -> str:
        """Ids of what explains the input, for assistive technology."""
        return f"m-{self.key}" + (f" h-{self.key}" if self.note or self.example else "")


def told(problem: Problem, ledger: LedgerDef, field: str = "") -> str:
    """The sentence for a problem, with the field's own title in the page's language."""
    params = dict(problem.params)
    if language() == "en":
        by_title = {f.title.zh: f for f in ledger.fields}
        for name in ("field", "fields"):
            shown = params.get(name)
            if isinstance(shown, str):
                parts = shown.split(LIST_SIGN)
                params[name] = listed(titled(by_title[p]) if p in by_title else p for p in parts)
        if params.get("ledger") == ledger.title.zh:
            params["ledger"] = titled(ledger)
    return sentence(Problem(problem.code, params, severity=problem.severity))


def text_of(value: Any) -> str:
    """A payload's value as a person types it."""
    return "" if value is None else plain_text(value)


def shown_value(field: FieldDef, value: Any) -> str:
    """A value (masked already, where it must be) as a page shows it: definitions by their title."""
    if value is None:
        return ""
    catalogue = definitions().catalogue
    named: Mapping[str, Any] = {
        "indicator": catalogue.indicators,
        "ledger": catalogue.ledgers,
    }.get(field.type, {})
    return titled(named[value]) if value in named else text_of(value)


def keyboard_of(field: FieldDef) -> str:
    """The keyboard a phone should show."""
    return _KEYBOARDS.get(field.type, "")


def measures_like(unit: str) -> list[str]:
    """Other measures of the same kind, which the header of a pasted column may name."""
    units = definitions().units
    if not unit:
        return []
    known = definitions().catalogue.units
    return sorted(u for u in known if u != unit and units.is_convertible(u, unit))


def suggestions(
    actor: Actor, ledger: str, home: Organisation, unit: str, query: str
) -> list[dict[str, str]]:
    """Keys of a register's records that fit what was typed, with masked words of the row; nothing where the actor may not read."""
    definition = definitions().catalogue.ledgers.get(ledger)
    place = home
    if unit:
        below = Organisation.objects.filter(path__startswith=home.path)
        place = below.filter(Q(name=unit) | Q(code=unit)).first() or home
    if definition is None or not is_allowed(actor, "record.read", place.path, definition.area):
        return []
    if any(f.personal for f in definition.fields if f.key in definition.identified_by):
        return []
    found = []
    for key, payload in queries.keys_like(ledger, place.id, query.strip()):
        masked = mask_payload(definition, payload)
        telling = [
            text_of(masked[f.key])
            for f in definition.fields
            if f.type in ("text", "choice")
            and f.personal != "sensitive"
            and f.key not in definition.identified_by
            and masked.get(f.key)
        ][:2]
        found.append({"value": key, "label": " ".join(telling)})
    return found


def units_below(ledger: LedgerDef, unit: Organisation) -> list[Option]:
    """The units at or below that keep this ledger, for rows entered from above."""
    found = Organisation.objects.filter(
        path__startswith=unit.path, level__in=ledger.kept_by, closed_on="", merged_into=None
    ).order_by("path")
    return [Option(o.name, o.name) for o in found[:500]]


def options_of(field: FieldDef) -> list[Option]:
    """The choices of a field that has a list of them."""
    catalogue = definitions().catalogue
    if field.type == "choice":
        return [Option(o, o) for o in field.options]
    if field.type == "boolean":
        return [Option(plain_text(True), plain_text(True)), Option(plain_text(False), plain_text(False))]  # fmt: skip
    if field.type == "indicator":
        return [Option(k, titled(d)) for k, d in catalogue.indicators.items()]
    if field.type == "ledger":
        return [Option(k, titled(d)) for k, d in catalogue.ledgers.items()]
    return []


def _kind(field: FieldDef, ledger: LedgerDef, value: str) -> str:
    if field.computed:
        return "computed"
    if field.type in ("choice", "boolean"):
        known = {o.value for o in options_of(field)}
        if value and value not in known:
            return "text"  # what was typed elsewhere must not vanish
        return "radio" if len(known) <= _RADIOS else "select"
    if field.type in ("indicator", "ledger"):
        return "select"
    if field.type == "date":
        return "date" if not value or value == parse_date(value) else "text"
    if field.type == "month":
        return "month" if not value or (len(value) == 7 and value[4] == "-") else "text"
    if field.type == "reference":
        return "reference"
    if field.type == "text" and field.key not in ledger.identified_by:
        plain = not (field.example or field.personal or field.required)
        if plain or len(field.example) > _SENTENCE or len(value) > _LONG or "\n" in value:
            return "long"
    return "text"


def inputs_of(
    ledger: LedgerDef,
    typed: Mapping[str, str],
    problems: Sequence[CellProblem] = (),
    *,
    computed: Mapping[str, Any] | None = None,
    kept: Mapping[str, Any] | None = None,
    cleared: Sequence[str] = (),
    units: Sequence[Option] = (),
) -> list[Input]:
    """The form's inputs in the ledger's order.

    Args:
        kept: the content being revised, where personal values are not shown: their inputs are blank and say that the value stays.
        units: units to choose from, when the row may belong to one below.
    """
    made: list[Input] = []
    if units:
        errors = [told(p.problem, ledger) for p in problems if p.field == ORGANISATION_COLUMN]
        made.append(
            Input(
                "organisation",
                "f-organisation",
                "",
                "unit",
                typed.get(ORGANISATION_COLUMN, ""),
                is_required=True,
                options=units,
                errors=errors,
            )
        )
    for field in ledger.fields:
        value = typed.get(field.key, "")
        hidden = ""
        if field.computed:
            value = text_of((computed or {}).get(field.key))
        elif kept is not None and field.personal and field.key in kept and not value:
            hidden = text_of(mask_value(field, kept[field.key]))
        mine = [p.problem for p in problems if p.field == field.key]
        kind = _kind(field, ledger, value)
        made.append(
            Input(
                field.key,
                f"f-{field.key}",
                titled(field),
                kind,
                value,
                field.unit,
                not field.computed and (field.required or field.key == ledger.date),
                bool(field.personal),
                keyboard_of(field),
                options_of(field) if kind in ("radio", "select") else (),
                field.note,
                "" if kind in ("radio", "select", "computed") else field.example,
                hidden,
                field.key in cleared,
                [told(p, ledger) for p in mine if p.severity == "error"],
                [told(p, ledger) for p in mine if p.severity == "warning"],
            )
        )
    return made


def row_of(ledger: LedgerDef, posted: QueryDict | Mapping[str, Any], before: str = "f-") -> dict[str, str]:  # fmt: skip
    """The row a form posted."""
    row = {
        f.key: str(posted.get(f"{before}{f.key}", "")).replace("\r\n", "\n")
        for f in typed_fields(ledger)
    }
    unit = posted.get(f"{before}organisation", "")
    if unit:
        row[ORGANISATION_COLUMN] = str(unit)
    return row


def typed_of(ledger: LedgerDef, payload: Mapping[str, Any], *, personal: bool) -> dict[str, str]:
    """A content as it would be typed; personal values only where they may be shown."""
    return {
        f.key: text_of(payload[f.key])
        for f in typed_fields(ledger)
        if f.key in payload and (personal or not f.personal)
    }


def with_kept(
    ledger: LedgerDef, typed: Mapping[str, str], kept: Mapping[str, Any], cleared: Sequence[str]
) -> dict[str, str]:
    """The row to submit: personal inputs left blank take the value that was kept, unless they are to be cleared."""
    row = dict(typed)
    for field in ledger.fields:
        if field.personal and not field.computed and field.key in kept:
            if field.key in cleared:
                row[field.key] = ""
            elif not row.get(field.key, "").strip():
                row[field.key] = text_of(kept[field.key])
    return row


def written_by(request: HttpRequest, *, restores: bool = False) -> str:
    """The signed note in a form that says who opened it, so that it can be kept for that account when the session has ended."""
    account = request.visit.account  # type: ignore[attr-defined]
    return signing.dumps({"account": account.pk, "restores": restores}, salt=WRITTEN_BY)


def number_in(posted: Mapping[str, Any], name: str) -> int | None:
    """A number from a form or an address, or None."""
    text = str(posted.get(name) or "")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 18 else None
