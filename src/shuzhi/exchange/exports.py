"""Writes rows of a ledger to Excel in the shape of its template, so that what goes out can come in again.

Personal values are masked unless the caller, who has checked the right to them, asks for the real ones; a masked file
carries a mark so that it can never overwrite real names. This module must not know who is asking.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from shuzhi.core.definitions import Catalogue, LedgerDef
from shuzhi.core.masking import has_personal_fields, mask_payload
from shuzhi.core.quantities import Units
from shuzhi.exchange.templates import LedgerSheet, open_for_writing, sampled, sheet_columns, stamp


def write_rows(
    ledger: LedgerDef,
    units: Units,
    rows: Iterable[Mapping[str, Any]],
    path: str | Path,
    *,
    unmasked: bool = False,
    heading: str = "",
    catalogue: Catalogue | None = None,
) -> int:
    """Write payloads to `path`; returns how many rows.

    Args:
        ledger: the ledger the rows are of.
        units: the units known.
        rows: payloads; the keeping organisation's name stands under ``@organisation`` (or 单位).
        path: the .xlsx to write; replaced only when all of it has been written.
        unmasked: write personal values as they are. The caller has checked the right and noted the reason.
        heading: title above the table; the ledger's by default.
        catalogue: gives Chinese titles to ledgers and indicators named in the rows.

    Raises:
        ProblemsError: EXCHANGE_046 when the file cannot be written, EXCHANGE_047 when there are too many rows.
    """
    masked = not unmasked and has_personal_fields(ledger)
    shown = (mask_payload(ledger, row) for row in rows) if masked else rows
    sample, every = sampled(shown)
    with open_for_writing(path, constant_memory=True) as (workbook, _):
        stamp(workbook, ledger, masked=masked)
        sheet = LedgerSheet(
            workbook, ledger, units, sheet_columns(ledger, computed=True), catalogue
        )
        sheet.begin(example=False, sample=sample, heading=heading)
        count = sheet.write_rows(every)
        sheet.finish(for_filling=False)
    return count
