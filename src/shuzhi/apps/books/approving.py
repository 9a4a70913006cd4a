"""What an approver looks at and decides: what waits by ledger and unit, what is new in each record, and what a decision changed.

A decision holds for the content that was shown. Whatever was written after that is not approved or returned unseen.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from django.db import transaction

from shuzhi.apps import storage
from shuzhi.apps.audit import actions as audit
from shuzhi.apps.books.posting import approve_records
from shuzhi.apps.books.queries import Books
from shuzhi.apps.ledgers import queries as ledgers
from shuzhi.apps.ledgers.actions import Progress, return_records
from shuzhi.apps.ledgers.record_history import FieldChange, compare, names_of
from shuzhi.apps.office import definitions
from shuzhi.apps.organisations import queries as organisations
from shuzhi.apps.organisations.models import Organisation
from shuzhi.apps.people.permissions import Actor, is_allowed, permitted_areas
from shuzhi.core.definitions import IndicatorDef, LedgerDef
from shuzhi.core.figures import FigureId
from shuzhi.core.formulas import parse_indicator_value
from shuzhi.core.periods import Period, year
from shuzhi.core.problems import Problem, ProblemsError
from shuzhi.core.quantities import from_scaled

STATE_WORDS: Mapping[str, str] = {
    "submitted": "待审", "approved": "已审", "returned": "已退回", "withdrawn": "已撤回",
}  # fmt: skip
_SHOWN_FIGURES = 40  #: indicators shown after an approval


# ── what waits ────────────────────────────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True)
class QueueLine:
    """What waits of one ledger in one unit."""

    ledger: LedgerDef
    unit: Organisation
    count: int
    own: int  #: of these, written by the actor, who may not approve them
    oldest: str  #: the earliest date a row is about


@dataclass(frozen=True, slots=True)
class LedgerQueue:
    """What waits of one ledger, unit by unit."""

    ledger: LedgerDef
    lines: Sequence[QueueLine]

    @property
    def count(self) -> int:
        """All that wait."""
        return sum(line.count for line in self.lines)

    @property
    def own(self) -> int:
        """Of these, one's own."""
        return sum(line.own for line in self.lines)

    @property
    def oldest(self) -> str:
        """The earliest date a row is about."""
        return min(line.oldest for line in self.lines)


def queue(actor: Actor, unit: Organisation, ledger: str = "") -> list[LedgerQueue]:
    """What waits for the actor's approval at a unit and below it, by ledger; the longest waiting first."""
    areas = permitted_areas(actor, "record.approve", unit.path)
    catalogue = definitions().catalogue.ledgers
    units = {o.id: o for o in Organisation.objects.filter(path__startswith=unit.path)}
    condition, extra = (" AND r.ledger = %s", [ledger]) if ledger else ("", [])
    found: dict[str, list[QueueLine]] = {}
    for chunk in storage.in_chunks(sorted(units)):
        # the state stands in the text so that SQLite finds the partial index
        for organisation, key, count, own, oldest in storage.fetch(
            "SELECT r.organisation_id, r.ledger, COUNT(*), SUM(CASE WHEN r.author = %s THEN 1 ELSE 0 END), MIN(r.occurred_on) "
            f"FROM record r WHERE r.state = 'submitted' AND r.organisation_id IN ({storage.marks(chunk)}){condition} "
            "GROUP BY r.organisation_id, r.ledger",
            [actor.name, *chunk, *extra],
        ):
            kept = catalogue.get(key)
            if kept is None or (areas is not None and kept.area not in areas):
                continue
            line = QueueLine(kept, units[organisation], count, int(own), oldest)
            found.setdefault(key, []).append(line)
    made = [
        LedgerQueue(catalogue[key], sorted(lines, key=lambda one: one.unit.path))
        for key, lines in found.items()
    ]
    return sorted(made, key=lambda one: (one.oldest, one.ledger.key))


@dataclass(frozen=True, slots=True)
class WaitingRecord:
    """A record that waits, with what is different from what was approved before; personal values masked."""

    id: int
    current: int  #: number of the content shown; a decision names it
    unit: Organisation
    author: str
    author_name: str
    at: str  #: when it was submitted
    action: str  #: create, revise, withdraw
    reason: str  #: given with the content
    source: str
    occurred_on: str
    is_own: bool
    is_new: bool  #: nothing of it was approved before
    fields: Sequence[FieldChange] = field(default_factory=tuple)

    @property
    def is_withdrawal(self) -> bool:
        """Approving it takes the record out of the figures."""
        return self.action == "withdraw"

    @property
    def changed(self) -> list[FieldChange]:
        """Only the fields that differ from what was approved."""
        return [one for one in self.fields if one.is_changed]


@dataclass(frozen=True, slots=True)
class WaitingPage:
    """One page of what waits of a ledger, by unit, author and date."""

    records: Sequence[WaitingRecord]
    after: int | None  #: cursor of the next page
    as_of: int  #: point of the clock at which this was read


def waiting_page(
    actor: Actor, ledger: LedgerDef, lines: Sequence[QueueLine], after: int | None, size: int = 50
) -> WaitingPage:
    """Records that wait of a ledger in the units of `lines`, from behind the record `after`."""
    as_of = audit.current()
    start: tuple[Any, ...] | None = None
    if after is not None:
        rows = storage.fetch(
            "SELECT organisation_id, author, occurred_on, id FROM record WHERE id = %s", [after]
        )
        # a record of elsewhere: the first page, as if nothing had been asked
        start = rows[0] if rows and rows[0][0] in {line.unit.id for line in lines} else None
    ids = _ids(ledger.key, lines, start, size + 1)
    shown = ids[:size]
    return WaitingPage(
        _waiting(actor, ledger, shown), shown[-1] if len(ids) > size else None, as_of
    )


def _ids(
    ledger: str, lines: Sequence[QueueLine], start: tuple[Any, ...] | None, count: int
) -> list[int]:
    """The next records in the order of the index: unit, author, date, id. At most two queries, whatever waits."""
    by_unit = sorted((line.unit.id, line.count) for line in lines)
    columns = "SELECT id, organisation_id, author, occurred_on FROM record WHERE state = 'submitted' AND ledger = %s"
    order = f"ORDER BY author, occurred_on, id LIMIT {int(count)}"
    found: list[int] = []
    if start is not None:
        rows = storage.fetch(
            f"{columns} AND organisation_id = %s AND (author, occurred_on, id) > (%s, %s, %s) {order}",
            [ledger, *start],
        )
        found = [row[0] for row in rows]
        by_unit = [one for one in by_unit if one[0] > start[0]]
    wanted: list[int] = []
    room = count - len(found)
    for unit, waiting in by_unit:
        if room <= 0:
            break
        wanted.append(unit)
        room -= waiting
    if wanted:
        rows = storage.fetch(
            f"{columns} AND organisation_id IN ({storage.marks(wanted)}) ORDER BY organisation_id, author, occurred_on, id LIMIT %s",
            [ledger, *wanted, count - len(found)],
        )
        found += [row[0] for row in rows]
    return found


def _waiting(actor: Actor, ledger: LedgerDef, ids: Sequence[int]) -> list[WaitingRecord]:
    if not ids:
        return []
    rows = storage.fetch(
        "SELECT r.id, r.current, r.organisation_id, r.author, v.at, v.action, v.reason, v.source, r.occurred_on, v.payload, a.payload "
        "FROM record r JOIN revision v ON v.record_id = r.id AND v.number = r.current "
        "LEFT JOIN revision a ON a.record_id = r.id AND a.number = r.approved "
        f"WHERE r.id IN ({storage.marks(ids)})",
        list(ids),
    )
    names = names_of({row[3] for row in rows})
    units = Organisation.objects.in_bulk({row[2] for row in rows})
    by_id = {}
    for identity, current, place, author, at, action, reason, source, date, text, approved in rows:
        before = ledgers.content_of(approved or "")
        after = ledgers.content_of(text)
        by_id[identity] = WaitingRecord(
            identity,
            current,
            units[place],
            author,
            names.get(author, author),
            at,
            action,
            reason,
            source,
            date,
            author == actor.name,
            approved is None,
            compare(ledger, before, after),
        )
    return [by_id[one] for one in ids if one in by_id]


# ── deciding ──────────────────────────────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True)
class Decision:
    """What an approval did, between two points of the clock that nobody else wrote between."""

    approved: int
    adjusting: int
    passed_over: int
    first: int
    last: int
    refused: Sequence[Problem] = field(default_factory=tuple)


def approve_seen(
    actor: Actor, unit: Organisation, seen: Mapping[int, int], *, reason: str = ""
) -> Decision:
    """Approve records as they were shown: id → number of the content; all of them or none.

    Raises:
        ProblemsError: APPROVAL_001 changed meanwhile, APPROVAL_002 dealt with by somebody else, APPROVAL_003 none selected, and whatever
            `approve_records` refuses; nothing was approved.
    """
    with transaction.atomic():
        audit.hold()
        _require_as_seen(unit, seen)
        first = audit.current()
        made = approve_records(actor, list(seen), reason=reason)
        return Decision(made.approved, made.adjusting, 0, first, audit.current())


def approve_all_shown(
    actor: Actor,
    unit: Organisation,
    ledger: str,
    up_to: int,
    *,
    reason: str = "",
    progress: Progress | None = None,
) -> Decision:
    """Approve everything of a ledger at a unit and below it that was written up to a point of the clock.

    One's own records, and those no book takes, are passed over.
    """
    with transaction.atomic():
        audit.hold()
        first = audit.current()
        made = approve_records(
            actor,
            organisation_path=unit.path,
            ledger=ledger,
            up_to=up_to,
            reason=reason,
            progress=progress,
        )
        return Decision(
            made.approved,
            made.adjusting,
            made.passed_over,
            first,
            audit.current(),
            made.refused,
        )


def return_seen(actor: Actor, unit: Organisation, seen: Mapping[int, int], *, reason: str) -> int:
    """Return records as they were shown, with a reason; all of them or none.

    Raises:
        ProblemsError: APPROVAL_001 to APPROVAL_004, PEOPLE_001; nothing was returned.
    """
    if not reason.strip():
        raise ProblemsError([Problem("APPROVAL_004")])
    with transaction.atomic():
        audit.hold()
        _require_as_seen(unit, seen)
        return return_records(actor, list(seen), reason=reason.strip())


def _require_as_seen(unit: Organisation, seen: Mapping[int, int]) -> None:
    if not seen:
        raise ProblemsError([Problem("APPROVAL_003")])
    there: dict[int, tuple[str, int]] = {}
    for chunk in storage.in_chunks(sorted(seen)):
        for record, state, current, path in storage.fetch(
            "SELECT r.id, r.state, r.current, o.path FROM record r JOIN organisation o ON o.id = r.organisation_id "
            f"WHERE r.id IN ({storage.marks(chunk)})",
            chunk,
        ):
            if path.startswith(unit.path):
                there[record] = (state, current)
    problems: list[Problem] = []
    for record, number in seen.items():
        state, current = there.get(record, ("", 0))
        if not state:
            problems.append(Problem("RECORD_001", {"record": record}))
        elif state != "submitted":
            params = {"record": record, "state": STATE_WORDS[state]}
            problems.append(Problem("APPROVAL_002", params))
        elif current != number:
            problems.append(Problem("APPROVAL_001", {"record": record}))
    if problems:
        raise ProblemsError(problems)


# ── what a decision changed ───────────────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True)
class FigureChange:
    """An indicator at a unit before and after an approval."""

    indicator: IndicatorDef
    period: Period
    unit: str  #: base unit of the values
    before: Decimal | None
    after: Decimal | None


@dataclass(frozen=True, slots=True)
class Changes:
    """What one approval did."""

    approved: int
    ledgers: Sequence[tuple[LedgerDef, int]]
    adjusting: int  #: postings that went to the first open month because theirs is closed
    figures: Sequence[FigureChange]
    more: int  #: indicators not shown


def changes_of(actor: Actor, unit: Organisation, first: int, last: int) -> Changes | None:
    """What the actor's own approval between two points did to the unit's figures; None when there was none there."""
    ids = organisations.below(unit)
    counts: dict[str, int] = {}
    for key, count in storage.fetch(
        "SELECT r.ledger, COUNT(*) FROM revision v JOIN record r ON r.id = v.record_id JOIN organisation o ON o.id = v.organisation_id "
        "WHERE v.seq > %s AND v.seq <= %s AND v.action = 'approve' AND v.actor = %s AND o.path LIKE %s GROUP BY r.ledger",
        [first, last, actor.name, unit.path + "%"],
    ):
        counts[key] = count
    if not counts or not is_allowed(actor, "record.approve", unit.path):
        return None
    deltas: dict[tuple[str, int], tuple[int, int]] = {}
    adjusting = 0
    inside = set(ids)
    for key, organisation, month, amount, count, late in storage.fetch(
        'SELECT i.key, p.organisation_id, p.month, SUM(p.amount), SUM(p."rows"), SUM(CASE WHEN p.adjusting THEN 1 ELSE 0 END) FROM posting p '
        "JOIN indicator i ON i.id = p.indicator_id WHERE p.seq > %s AND p.seq <= %s GROUP BY i.key, p.organisation_id, p.month",
        [first, last],
    ):
        if organisation in inside:
            known_amount, known_rows = deltas.get((key, month), (0, 0))
            deltas[key, month] = (known_amount + int(amount), known_rows + int(count))
            adjusting += int(late)
    figures, more = _figures(unit, deltas, first)
    known = definitions().catalogue.ledgers
    lines = [(known[key], count) for key, count in sorted(counts.items()) if key in known]
    return Changes(sum(counts.values()), lines, adjusting, figures, more)


def _figures(
    unit: Organisation, deltas: Mapping[tuple[str, int], tuple[int, int]], first: int
) -> tuple[list[FigureChange], int]:
    """Each touched indicator in the latest year it was touched in, where it did change."""
    catalogue = definitions().catalogue.indicators
    latest: dict[str, int] = {}
    for key, month in deltas:
        if key in catalogue:
            latest[key] = max(latest.get(key, 0), month // 100)
    now, then = Books(), Books(first)
    made: list[FigureChange] = []
    more = 0
    for key, year_number in sorted(latest.items()):
        if len(made) == _SHOWN_FIGURES:
            more += 1
            continue
        indicator, period = catalogue[key], year(year_number)
        identity = FigureId(key, unit.code, period)
        after = now.figure(identity)
        start = 0 if indicator.nature == "stock" else period.start
        came = [
            delta
            for (one, month), delta in deltas.items()
            if one == key and start <= month < period.end
        ]
        is_sum = parse_indicator_value(indicator.value).kind not in ("distinct", "sum_distinct")
        if is_sum and after.value is not None and after.rows > sum(rows for _, rows in came):
            # what is there now less what came; reading all postings as of then would be slow
            before: Decimal | None = after.value - from_scaled(sum(amount for amount, _ in came))
        else:
            before = then.figure(identity).value
        if before != after.value:
            made.append(FigureChange(indicator, period, after.unit, before, after.value))
    return made, more
