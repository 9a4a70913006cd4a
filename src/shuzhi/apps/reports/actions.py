"""Making reports from the books and bringing edited Word files back.

A report pins the point of the books it was made at; its figures can be recomputed from there years later. What was printed is kept,
so that a figure changed by hand in Word is found even when the file lost its own memory of it.
"""

from __future__ import annotations

import difflib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from uuid import uuid4

import orjson
from django.db import transaction

from shuzhi.apps.audit import actions as audit
from shuzhi.apps.books.models import Book
from shuzhi.apps.books.queries import Books
from shuzhi.apps.ledgers.actions import LEVEL_NAMES
from shuzhi.apps.office import definitions
from shuzhi.apps.organisations import queries as organisations
from shuzhi.apps.organisations.models import Organisation
from shuzhi.apps.people.permissions import Actor, require
from shuzhi.apps.reports.models import Report
from shuzhi.core.definitions import ReportDef
from shuzhi.core.figures import Trace
from shuzhi.core.problems import Problem, ProblemsError
from shuzhi.core.reports import (
    ComposedReport,
    OrganisationName,
    annex_of,
    compose,
    parse_tag,
    show_figure,
    tag,
    trace_figures,
)
from shuzhi.exchange.docx_refresh import RefreshedFigure, RefreshReport, refresh_docx
from shuzhi.exchange.docx_reports import render_docx
from shuzhi.exchange.html_reports import write_html
from shuzhi.exchange.pdf_reports import render_pdf


@dataclass(frozen=True, slots=True)
class MadeReport:
    """A composed report with the traces of its figures and the number it is kept under."""

    number: str
    composed: ComposedReport
    traces: Mapping[str, Trace]
    names: Mapping[str, str]  #: organisation names by code, for annexes


def get_template(key: str) -> ReportDef:
    """The template with this key or Chinese title. Raises ProblemsError REPORT_040 with the nearest keys."""
    templates = definitions().catalogue.reports
    found = templates.get(key) or next((t for t in templates.values() if t.title.zh == key), None)
    if found is None:
        near = difflib.get_close_matches(key, list(templates), 3, 0.3) or list(templates)
        raise ProblemsError(
            [Problem("REPORT_040", {"report": key, "near": "、".join(near) or "—"})]
        )
    return found


def _named(organisation: Organisation) -> OrganisationName:
    superior = organisation.parent.name if organisation.parent is not None else ""
    return OrganisationName(
        organisation.code, organisation.name, organisation.full_name, superior, organisation.level
    )


@transaction.atomic
def make_report(
    actor: Actor,
    template_key: str,
    organisation_code: str,
    year: int,
    *,
    date: str = "",
    as_of: int | None = None,
    with_traces: bool = True,
) -> MadeReport:
    """Compose a report from the books and keep what it prints.

    Args:
        date: the document's date, ISO; today when empty.
        as_of: an earlier point of the books; now when None.

    Raises:
        ProblemsError: REPORT_040 unknown template, REPORT_041 the template is for another level, REPORT_042 no book for the year, PEOPLE_001 no right.
    """
    template = get_template(template_key)
    organisation = organisations.get(organisation_code)
    require(actor, "report.make", organisation.path, organisation.name)
    if organisation.level != template.level:
        raise ProblemsError(
            [
                Problem(
                    "REPORT_041",
                    {
                        "report": template.title.zh,
                        "level": LEVEL_NAMES[template.level],
                        "name": organisation.name,
                        "found": LEVEL_NAMES[organisation.level],
                    },
                )
            ]
        )
    if not Book.objects.filter(organisation=organisation, year=year).exists():
        raise ProblemsError([Problem("REPORT_042", {"name": organisation.name, "year": year})])
    defs = definitions()
    books = Books(as_of)
    composed = compose(
        template,
        defs.catalogue,
        defs.units,
        books,
        organisation=_named(organisation),
        year=year,
        date=date or audit.today(),
    )
    traces = trace_figures(composed, books) if with_traces else {}
    number = str(uuid4())
    figures = {
        tag(f): {
            "display": f.text,
            "value": None if f.figure.value is None else str(f.figure.value),
            "unit": f.figure.unit,
        }
        for f in composed.figures
    }
    missing = [
        {
            "indicator": m.indicator,
            "title": m.title,
            "period": m.period,
            "ledger": m.ledger,
            "reason": m.reason,
        }
        for m in composed.missing
    ]
    Report.objects.create(
        number=number,
        template=template.key,
        template_version=template.version,
        organisation=organisation,
        year=year,
        as_of=composed.as_of,
        actor=actor.name,
        at=audit.timestamp(),
        figures=orjson.dumps(figures, option=orjson.OPT_SORT_KEYS).decode(),
        missing=orjson.dumps(missing).decode(),
    )
    audit.note(
        "report.made",
        actor=actor.name,
        organisation=organisation.code,
        report=template.key,
        year=year,
        number=number,
        as_of=composed.as_of,
    )
    names = dict(
        Organisation.objects.filter(path__startswith=organisation.path).values_list("code", "name")
    )
    return MadeReport(number, composed, traces, names)


#: how a report is written, by the file's suffix
WRITERS: Mapping[str, Callable[..., None]] = {
    "docx": render_docx,
    "html": write_html,
    "pdf": render_pdf,
}


def write_report(made: MadeReport, path: Path) -> None:
    """Write the made report with its annex of sources; the suffix says as what: .docx, .html or .pdf."""
    defs = definitions()
    WRITERS[path.suffix.removeprefix(".")](
        made.composed,
        made.traces,
        path,
        catalogue=defs.catalogue,
        units=defs.units,
        organisations=made.names,
    )


def resolver(actor: Actor, books: Books) -> Callable[[str], RefreshedFigure | None]:
    """How a figure of an edited Word file reads in `books`, by its identity text; only where the actor may read figures."""
    defs = definitions()
    readable: dict[str, bool] = {}

    def may_read(code: str) -> bool:
        known = readable.get(code)
        if known is None:
            organisation = organisations.find(code)
            if organisation is not None:
                require(actor, "figure.read", organisation.path, organisation.name)
            known = readable[code] = organisation is not None
        return known

    def resolve(text: str) -> RefreshedFigure | None:
        identity = parse_tag(text)
        if identity is None or not may_read(identity.figure.organisation):
            return None
        is_parameter = identity.figure.kind == "parameter"
        known = defs.catalogue.parameters if is_parameter else defs.catalogue.indicators
        if identity.figure.indicator not in known or identity.unit not in defs.units:
            return None  # the office no longer defines it: reported as unknown by the caller
        shown = show_figure(books.figure(identity.figure), identity, defs.units)
        return None if shown is None else RefreshedFigure(shown, "", books.as_of)

    return resolve


def refresh(
    actor: Actor,
    in_path: Path,
    out_path: Path,
    *,
    as_of: int | None = None,
    overwrite: bool = False,
) -> RefreshReport:
    """Bring an edited Word file up to date, body and annex at one point of the books.

    Figures are renewed in place, text is kept, figures changed by hand are reported; the annex of sources is made anew.
    """
    books, defs = Books(as_of), definitions()
    names = dict(Organisation.objects.values_list("code", "name"))
    return refresh_docx(
        in_path,
        out_path,
        resolver(actor, books),
        overwrite_hand_changed=overwrite,
        annex=lambda identities: annex_of(
            identities, books, defs.catalogue, defs.units, organisations=names
        ),
    )
