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
from shuzhi.exchange.docx_reports import ANNEX_TITLE, DRAFT_LINE, annex_note, write_whole


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


def write_html(
    report: ComposedReport,
    traces: Mapping[str, Trace] | None,
    path: Path | str,
    *,
    catalogue: Catalogue,
    units: Units,
    organisations: Mapping[str, str] | None = None,
    annex_rows: int = 50,
) -> None:
    """Write the report as an .html file; the arguments are those of `render_html`.

    Raises:
        ProblemsError: REPORT_027 when the file cannot be written; what stood there before is kept.
    """
    page = render_html(
        report,
        traces,
        catalogue=catalogue,
        units=units,
        organisations=organisations,
        annex_rows=annex_rows,
    )
    write_whole(path, page.encode())


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
        draft=DRAFT_LINE if report.is_empty else "",
        optional=len({one.sentence for one in report.optional_missing}),
        date=format_date(report.date),
    )
