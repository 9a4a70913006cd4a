"""A composed report as one web page that stands alone: no request leaves it, and it prints like the Word file.

Each figure is a link to its trace further down on the same page; what could not be written is listed in a marked box at the
end, for the secretary. Nothing here knows where figures come from or how sentences were chosen.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from pathlib import Path

import jinja2

from shuzhi.core.definitions import Catalogue
from shuzhi.core.figures import Trace
from shuzhi.core.formatting import format_date
from shuzhi.core.quantities import Units
from shuzhi.core.reports import ComposedReport, annex
from shuzhi.exchange.docx_reports import ANNEX_TITLE, annex_note


@cache
def _template() -> jinja2.Template:
    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader(Path(__file__).with_name("templates_html")),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    return environment.get_template("report.html.j2")


def render_html(
    report: ComposedReport,
    traces: Mapping[str, Trace] | None,
    *,
    catalogue: Catalogue,
    units: Units,
    organisations: Mapping[str, str] | None = None,
    annex_rows: int = 50,
) -> str:
    """The report as a whole HTML page.

    Args:
        report: The composed report.
        traces: By tag, as `core.reports.trace_figures` gives them; None lists figures without their rows.
        catalogue: For the ledgers' titles.
        units: For the amounts.
        organisations: Names by code.
        annex_rows: How many rows of each ledger are shown for a figure.
    """
    entries = annex(
        report, traces or {}, catalogue, units, organisations=organisations, rows=annex_rows
    )
    return _template().render(
        report=report,
        blocks=list(report.blocks()),
        entries=entries,
        annex_title=ANNEX_TITLE,
        note=annex_note(entries),
        date=format_date(report.date),
    )
