"""A composed report as a PDF with the page of an official document (GB/T 9704-2012), typeset by typst.

The text goes to the typesetter as data, never as markup, so that nothing a clerk writes can be taken for a command. Fonts
are taken from the machine; where it has no Chinese font, open ones that come with a Python package are used. Nothing here
knows where figures come from or how sentences were chosen.
"""

from __future__ import annotations

import importlib.util
import json
import shutil
import tempfile
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Any

import typst

from shuzhi.core.definitions import Catalogue
from shuzhi.core.figures import Trace
from shuzhi.core.formatting import format_date
from shuzhi.core.problems import Problem, ProblemsError
from shuzhi.core.quantities import Units
from shuzhi.core.reports import AnnexEntry, ComposedReport, FigureRun, Heading, annex
from shuzhi.exchange.docx_reports import (
    ANNEX_COLUMNS,
    ANNEX_EXAMPLES,
    ANNEX_TITLE,
    DRAFT_LINE,
    annex_note,
    signature_starts,
    title_lines,
    write_whole,
)

#: Open fonts (SIL OFL) of the package mplfonts; its other fonts are not free and stay unused.
_OPEN_FONTS = ("NotoSerifCJKsc-Regular.otf", "NotoSansCJKsc-Regular.otf")


def render_pdf(
    report: ComposedReport,
    traces: Mapping[str, Trace] | None,
    path: Path | str,
    *,
    catalogue: Catalogue,
    units: Units,
    organisations: Mapping[str, str] | None = None,
    annex_rows: int = 3,
) -> None:
    """Write the report as a .pdf file; the arguments are those of `docx_reports.render_docx`.

    Raises:
        ProblemsError: REPORT_030 when typesetting fails, REPORT_027 when the file cannot be written.
    """
    made = pdf_bytes(
        report,
        traces,
        catalogue=catalogue,
        units=units,
        organisations=organisations,
        annex_rows=annex_rows,
    )
    write_whole(path, made)


def pdf_bytes(
    report: ComposedReport,
    traces: Mapping[str, Trace] | None,
    *,
    catalogue: Catalogue,
    units: Units,
    organisations: Mapping[str, str] | None = None,
    annex_rows: int = 3,
    ignore_system_fonts: bool = False,
) -> bytes:
    """The .pdf file of a report, see `render_pdf`. `ignore_system_fonts` sets it in the package's open fonts alone."""
    entries: Sequence[AnnexEntry] = ()
    if traces is not None:
        entries = annex(
            report,
            traces,
            catalogue,
            units,
            organisations=organisations,
            rows=annex_rows,
            examples=min(annex_rows, ANNEX_EXAMPLES),
        )
    try:
        made = typst.compile(
            _template(),
            format="pdf",
            font_paths=_fonts(system=not ignore_system_fonts),
            timestamp=datetime.fromisoformat(report.date).replace(tzinfo=UTC),
            sys_inputs={"report": json.dumps(_data(report, entries), ensure_ascii=False)},
        )
    except RuntimeError as error:
        raise ProblemsError([Problem("REPORT_030", {"detail": str(error)})]) from error
    return bytes(made)


@cache
def _template() -> bytes:
    return Path(__file__).with_name("templates_typst").joinpath("report.typ").read_bytes()


@cache
def _fonts(*, system: bool) -> typst.Fonts:
    """The fonts of the machine and the open ones, looked up once: that takes longer than typesetting."""
    folder = _font_folder()
    return typst.Fonts(include_system_fonts=system, font_paths=[folder.name] if folder else [])


@cache
def _font_folder() -> tempfile.TemporaryDirectory[str] | None:
    """A folder with the open fonts of mplfonts alone: typst takes whole folders, and that package's holds others, too."""
    found = importlib.util.find_spec("mplfonts")
    if found is None or found.origin is None:
        return None
    fonts = Path(found.origin).parent / "fonts"
    folder = tempfile.TemporaryDirectory(prefix="shuzhi-fonts-")
    for name in _OPEN_FONTS:
        if (fonts / name).is_file():
            target = Path(folder.name) / name
            try:
                target.symlink_to(fonts / name)
            except OSError:  # Windows lets only some accounts make links
                shutil.copyfile(fonts / name, target)
    return folder


def _data(report: ComposedReport, entries: Sequence[AnnexEntry]) -> dict[str, Any]:
    """What the template reads."""
    date = format_date(report.date)
    signature_start, date_start = signature_starts(report.signature, date)
    return {
        "title": report.title,
        "title_lines": title_lines(report.title, report.organisation.name),
        "draft": DRAFT_LINE if report.is_empty else "",
        "addressee": report.addressee,
        "blocks": [
            {"level": block.level, "text": block.number + block.text}
            if isinstance(block, Heading)
            else {
                "runs": [
                    {"text": run.text, "number": run.number}
                    if isinstance(run, FigureRun)
                    else {"text": run.text}
                    for run in block.runs
                ]
            }
            for block in report.blocks()
        ],
        "signature": report.signature,
        "signature_start": signature_start,
        "date": date,
        "date_start": date_start,
        "date_parts": [int(part) for part in report.date.split("-")],
        "annex_title": ANNEX_TITLE,
        "note": annex_note(entries) if entries else "",
        "annex_columns": [title for title, _ in ANNEX_COLUMNS],
        "entries": [
            {
                "number": entry.number,
                "text": entry.text,
                "title": entry.title + ("（目标）" if entry.kind == "target" else ""),
                "organisation": entry.organisation,
                "period": entry.period,
                "sources": list(entry.sources_in_words()),
            }
            for entry in entries
        ],
    }
