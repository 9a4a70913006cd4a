"""Mid-year checks as they were kept: written once when the check is made, read back for the page and for printing.

A kept check says what was found at its point, whatever was corrected or redefined since; titles are kept with it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import orjson

from shuzhi.apps import storage
from shuzhi.apps.office import definitions
from shuzhi.apps.organisations.models import Organisation
from shuzhi.core.definitions import Text
from shuzhi.core.figures import Figure
from shuzhi.core.periods import format_period
from shuzhi.core.quantities import canonical

if TYPE_CHECKING:
    from shuzhi.apps.books.actions import MidYearCheck


@dataclass(frozen=True, slots=True)
class KeptFigure:
    """A figure as it was then."""

    indicator: str
    title: Text
    value: Decimal | None
    unit: str
    period: str  #: code


@dataclass(frozen=True, slots=True)
class KeptTarget:
    """A promise and how far it was kept then."""

    target: KeptFigure
    actual: KeptFigure

    @property
    def is_met(self) -> bool | None:
        """Whether it was reached; unknown where the figure was."""
        if self.actual.value is None or self.target.value is None:
            return None
        return self.actual.value >= self.target.value

    @property
    def share(self) -> int | None:
        """Reached, in whole per cent."""
        if self.actual.value is None or not self.target.value:
            return None
        return int(self.actual.value * 100 / self.target.value)

    @property
    def bar(self) -> int:
        """What a bar from 0 to 100 shows."""
        return max(0, min(self.share or 0, 100))


@dataclass(frozen=True, slots=True)
class KeptFinding:
    """A relation that did not hold then."""

    title: Text
    severity: str
    kind: str
    total: KeptFigure
    parts: tuple[KeptFigure, ...]
    expected: Decimal
    difference: Decimal
    message: str


@dataclass(frozen=True, slots=True)
class KeptOpen:
    """Records that waited or were returned then."""

    unit: str
    name: str
    ledger: str
    title: Text
    state: str
    count: int


@dataclass(frozen=True, slots=True)
class KeptMissing:
    """Months a unit owed then."""

    unit: str
    name: str
    ledger: str
    title: Text
    months: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class KeptCheck:
    """A check with everything it found."""

    seq: int
    year: int
    as_of: int
    by: str
    at: str
    targets: tuple[KeptTarget, ...]
    findings: tuple[KeptFinding, ...]
    open_records: tuple[KeptOpen, ...]
    missing: tuple[KeptMissing, ...]

    @property
    def waiting(self) -> int:
        """How many records were not approved then."""
        return sum(o.count for o in self.open_records)

    @property
    def met(self) -> int:
        """How many targets were reached."""
        return sum(t.is_met is True for t in self.targets)

    @property
    def errors(self) -> int:
        """How many relations were broken, warnings aside."""
        return sum(f.severity == "error" for f in self.findings)

    @property
    def warnings(self) -> int:
        """How many relations should be looked at."""
        return len(self.findings) - self.errors


# ── writing ───────────────────────────────────────────────────────────────────────────────────────────────────────────


def _number(value: Decimal | None) -> str | None:
    return None if value is None else canonical(value)


def _figure(figure: Figure) -> dict[str, Any]:
    return {
        "indicator": figure.id.indicator,
        "title": figure.title,
        "value": _number(figure.value),
        "unit": figure.unit,
        "period": format_period(figure.id.period, "code"),
    }


def written(check: MidYearCheck) -> str:
    """The check as canonical JSON."""
    document = {
        "targets": [{"target": _figure(t.target), "actual": _figure(t.actual)} for t in check.targets],
        "findings": [
            {
                "relation": f.relation,
                "title": f.title,
                "severity": f.severity,
                "kind": f.kind,
                "total": _figure(f.total),
                "parts": [_figure(p) for p in f.parts],
                "expected": canonical(f.expected),
                "difference": canonical(f.difference),
                "message": f.message,
            }
            for f in check.findings
        ],
        "open": [
            {"unit": o.unit, "name": o.name, "ledger": o.ledger, "state": o.state, "count": o.count}
            for o in check.open_records
        ],
        "missing": [
            {"unit": m.unit, "name": m.name, "ledger": m.ledger, "months": list(m.months)}
            for m in check.missing
        ],
    }  # fmt: skip
    return orjson.dumps(document, option=orjson.OPT_SORT_KEYS).decode()


# ── reading ───────────────────────────────────────────────────────────────────────────────────────────────────────────


def _title(defined: Mapping[str, Any], key: str, kept: str) -> Text:
    """The title of then; its English from the present definition where that is still called the same."""
    found = defined.get(key)
    return found.title if found is not None and kept in ("", found.title.zh) else Text(kept or key)


def _read_figure(kept: Mapping[str, Any]) -> KeptFigure:
    value = kept["value"]
    return KeptFigure(
        kept["indicator"],
        _title(definitions().catalogue.indicators, kept["indicator"], kept["title"]),
        None if value is None else Decimal(value),
        kept["unit"],
        kept["period"],
    )


def _read(row: tuple[Any, ...]) -> KeptCheck:
    seq, year, as_of, actor, display, at, text = row
    kept = orjson.loads(text)
    catalogue = definitions().catalogue
    return KeptCheck(
        seq,
        year,
        as_of,
        display or actor,
        at,
        tuple(
            KeptTarget(_read_figure(t["target"]), _read_figure(t["actual"]))
            for t in kept["targets"]
        ),
        tuple(
            KeptFinding(
                _title(catalogue.relations, f["relation"], f["title"]),
                f["severity"],
                f["kind"],
                _read_figure(f["total"]),
                tuple(_read_figure(p) for p in f["parts"]),
                Decimal(f["expected"]),
                Decimal(f["difference"]),
                f["message"],
            )
            for f in kept["findings"]
        ),
        tuple(
            KeptOpen(
                o["unit"],
                o["name"],
                o["ledger"],
                _title(catalogue.ledgers, o["ledger"], ""),
                o["state"],
                o["count"],
            )
            for o in kept["open"]
        ),
        tuple(
            KeptMissing(
                m["unit"],
                m["name"],
                m["ledger"],
                _title(catalogue.ledgers, m["ledger"], ""),
                tuple(m["months"]),
            )
            for m in kept["missing"]
        ),
    )


_COLUMNS = "c.seq, c.year, c.as_of, c.actor, a.display, c.at, c.result"


def checks_of(organisation: Organisation, year: int, limit: int = 10) -> list[KeptCheck]:
    """The unit's checks of a year, latest first."""
    return [
        _read(row)
        for row in storage.fetch(
            f"SELECT {_COLUMNS} FROM book_check c LEFT JOIN account a ON a.name = c.actor "
            f"WHERE c.organisation_id = %s AND c.year = %s ORDER BY c.seq DESC LIMIT {int(limit)}",
            [organisation.id, year],
        )
    ]


def find_check(organisation: Organisation, year: int, seq: int) -> KeptCheck | None:
    """One check of the unit and year, or None."""
    rows = storage.fetch(
        f"SELECT {_COLUMNS} FROM book_check c LEFT JOIN account a ON a.name = c.actor "
        "WHERE c.seq = %s AND c.organisation_id = %s AND c.year = %s",
        [seq, organisation.id, year],
    )
    return _read(rows[0]) if rows else None
