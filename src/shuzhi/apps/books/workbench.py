"""What waits at a unit and what is new there: for the workbench and for the overview of the books.

Counts are of units and ledgers, never of people; whose records wait is only asked for the person who looks. Every function is a
fixed number of queries, and all of them go through indexes of what is still open, however many records are done.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

import orjson

from shuzhi.apps import storage
from shuzhi.apps.audit import actions as audit
from shuzhi.apps.books.duties import Duty, duties_of, monthly_ledgers
from shuzhi.apps.books.models import Book
from shuzhi.apps.books.posting import book_states
from shuzhi.apps.books.queries import last_worked_year
from shuzhi.apps.office import definitions
from shuzhi.apps.organisations.models import Organisation
from shuzhi.apps.people.models import Post
from shuzhi.apps.people.permissions import ROLES, Actor, permitted_areas
from shuzhi.core.definitions import LedgerDef
from shuzhi.core.indicators import rows_key
from shuzhi.core.masking import mask_value
from shuzhi.core.periods import add_months, month_of

_TELLING = frozenset({"reference", "text", "choice", "month", "indicator", "ledger"})
#: how many of the office's last entries are looked through for what is new
_NEWS_REACH = 5_000
#: up to how many units below the missing ledgers are worked out for each
_DUTY_UNITS = 80


@dataclass(frozen=True, slots=True)
class WorkMonth:
    """The month a unit is working at, and whether its book is open."""

    month: int  #: YYYYMM
    has_book: bool
    years: tuple[int, ...]  #: with a book, latest first

    @property
    def year(self) -> int:
        return self.month // 100

    @property
    def is_now(self) -> bool:
        """Whether it is the month of today."""
        return self.month == month_of(audit.today())


def work_month(unit: Organisation, asked: int | None = None) -> WorkMonth:
    """The month asked for, or that of today; the end of the last year with figures where nothing was posted for half a year,
    and of the last year that has a book where this one has none.
    """
    years = tuple(
        Book.objects.filter(organisation=unit).order_by("-year").values_list("year", flat=True)
    )
    if asked is None:
        now, year = month_of(audit.today()), last_worked_year(unit)
        if year == now // 100 and (year in years or not years):
            asked = now
        elif year in years:
            asked = year * 100 + 12
        else:
            asked = years[0] * 100 + (12 if years[0] < now // 100 else 1) if years else now
    return WorkMonth(asked, asked // 100 in years, years)


# ── what is open ──────────────────────────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True)
class OpenCount:
    """Records of a unit and ledger that wait for approval or were returned."""

    unit: int
    ledger: str
    state: str
    count: int
    own: int  #: of them, of the person who asks


def open_counts(actor: Actor, unit: Organisation) -> list[OpenCount]:
    """What waits or was returned at the unit and below, by unit and ledger, in the actor's lines of work."""
    rows = storage.fetch(
        "SELECT r.organisation_id, r.ledger, 'submitted', COUNT(*), SUM(CASE WHEN r.author = %s THEN 1 ELSE 0 END) "
        "FROM record r JOIN organisation o ON o.id = r.organisation_id WHERE r.state = 'submitted' AND o.path LIKE %s "
        "GROUP BY r.organisation_id, r.ledger UNION ALL "
        "SELECT r.organisation_id, r.ledger, 'returned', COUNT(*), SUM(CASE WHEN r.author = %s THEN 1 ELSE 0 END) "
        "FROM record r JOIN organisation o ON o.id = r.organisation_id WHERE r.state = 'returned' AND o.path LIKE %s "
        "GROUP BY r.organisation_id, r.ledger",
        [actor.name, unit.path + "%", actor.name, unit.path + "%"],
    )
    ledgers = definitions().catalogue.ledgers
    areas = permitted_areas(actor, "record.read", unit.path)
    return [
        OpenCount(r[0], r[1], r[2], int(r[3]), int(r[4]))
        for r in rows
        if areas is None or (r[1] in ledgers and ledgers[r[1]].area in areas)
    ]


@dataclass(frozen=True, slots=True)
class ReturnedRecord:
    """A record that came back to its author, with what the reviewer wrote."""

    id: int
    ledger: LedgerDef
    unit: str  #: code
    unit_name: str
    label: str
    occurred_on: str
    reason: str
    by: str  #: name shown of who returned it
    at: str


def label_of(ledger: LedgerDef, payload: Mapping[str, Any]) -> str:
    """How a person finds a row again: its natural key or first telling fields, masked."""
    fields = ledger.identified_by or tuple(
        f.key for f in ledger.fields if f.type in _TELLING and f.key in payload
    )
    catalogue = definitions().catalogue
    shown = []
    for key in fields[:3]:
        value = payload.get(key)
        if value in (None, ""):
            continue
        definition = ledger.field(key)
        named: Mapping[str, Any] = {
            "indicator": catalogue.indicators,
            "ledger": catalogue.ledgers,
        }.get(definition.type, {})
        shown.append(
            named[value].title.zh if value in named else str(mask_value(definition, value))
        )
    return " · ".join(shown)


def returned_to(
    actor: Actor, unit: Organisation, limit: int = 20
) -> tuple[list[ReturnedRecord], int]:
    """The actor's own records that were returned at the unit or below, latest first, and how many there are in all."""
    rows = storage.fetch(
        "SELECT r.id, r.ledger, o.code, o.name, r.occurred_on, r.number, COUNT(*) OVER () FROM record r "
        "JOIN organisation o ON o.id = r.organisation_id "
        f"WHERE r.state = 'returned' AND r.author = %s AND o.path LIKE %s ORDER BY r.id DESC LIMIT {int(limit)}",
        [actor.name, unit.path + "%"],
    )
    if not rows:
        return [], 0
    ids = [r[0] for r in rows]
    contents: dict[int, dict[str, Any]] = {}
    decisions: dict[int, tuple[str, str, str]] = {}
    for record, action, payload, reason, by, display, at in storage.fetch(
        "SELECT v.record_id, v.action, v.payload, v.reason, v.actor, a.display, v.at FROM revision v "
        "LEFT JOIN account a ON a.name = v.actor "
        f"WHERE v.record_id IN ({storage.marks(ids)}) AND v.action IN ('create', 'revise', 'return') ORDER BY v.record_id, v.number",
        ids,
    ):
        if action == "return":
            decisions[record] = (reason, display or by, at)
        else:
            contents[record] = orjson.loads(payload) if payload else {}
    ledgers = definitions().catalogue.ledgers
    return [
        ReturnedRecord(
            r[0],
            ledgers[r[1]],
            r[2],
            r[3],
            label_of(ledgers[r[1]], contents.get(r[0], {})),
            r[4],
            *decisions.get(r[0], ("", "", "")),
        )
        for r in rows
        if r[1] in ledgers
    ], int(rows[0][6])


@dataclass(frozen=True, slots=True)
class WaitingLedger:
    """A ledger with records the person may approve."""

    ledger: LedgerDef
    count: int  #: of others
    own: int  #: of the person, for somebody else to approve
    units: tuple[tuple[str, str, int], ...]  #: code, name, count; most first


def waiting_for(
    actor: Actor, unit: Organisation, counts: Sequence[OpenCount]
) -> list[WaitingLedger]:
    """By ledger what waits for the actor's approval at the unit and below, in the order of the catalogue; nobody approves their own."""
    areas = permitted_areas(actor, "record.approve", unit.path)
    if areas is not None and not areas:
        return []
    by_ledger: dict[str, list[OpenCount]] = defaultdict(list)
    for one in counts:
        if one.state == "submitted":
            by_ledger[one.ledger].append(one)
    names = {i: (c, n) for i, c, n in _names({o.unit for g in by_ledger.values() for o in g})}
    found = []
    for key, ledger in definitions().catalogue.ledgers.items():
        group = by_ledger.get(key)
        if not group or (areas is not None and ledger.area not in areas):
            continue
        theirs = sorted(
            ((*names[o.unit], o.count - o.own) for o in group if o.count > o.own),
            key=lambda u: -u[2],
        )
        found.append(
            WaitingLedger(
                ledger, sum(u[2] for u in theirs), sum(o.own for o in group), tuple(theirs)
            )
        )
    return found


def _names(ids: Collection[int]) -> list[tuple[int, str, str]]:
    found: list[tuple[int, str, str]] = []
    for chunk in storage.in_chunks(sorted(ids)):
        found += storage.fetch(
            f"SELECT id, code, name FROM organisation WHERE id IN ({storage.marks(chunk)})", chunk
        )
    return found


# ── the units below ───────────────────────────────────────────────────────────────────────────────────────────────────


@dataclass(slots=True)
class UnitState:
    """How a unit (with all below it) stands in a month."""

    id: int
    code: str
    name: str
    level: str
    recorded: int = 0  #: approved rows and nil reports dated in the month
    waiting: int = 0
    returned: int = 0
    missing: int | None = None  #: ledgers it owes for the month; None = not worked out
    units: int = 0  #: how many standing units it is, itself included
    opened: int = 0  #: of them, with a book of the year
    checked: int = 0
    closed: int = 0  #: closed through the month
    year_closed: int = 0
    closed_through: int | None = None  #: of the unit's own book
    duties: list[Duty] = field(default_factory=list)

    @property
    def is_closed(self) -> bool:
        """Closed through the month, with all below."""
        return self.units > 0 and self.closed == self.units


def unit_states(
    unit: Organisation,
    month: int,
    counts: Sequence[OpenCount],
    *,
    areas: Collection[str] | None = None,
    itself: bool = False,
    with_duties: bool = True,
) -> list[UnitState]:
    """The units right below, each with everything below it, in the order of their codes.

    Args:
        counts: of `open_counts` at the unit.
        areas: only duties of ledgers of these areas; None = all.
        itself: with the unit's own state first.
        with_duties: work out what each unit owes for the month.
    """
    family = storage.fetch(
        "SELECT o.id, o.code, o.name, o.level, o.path, o.closed_on, o.merged_into_id, b.id, b.checked_seq, b.closed_through "
        "FROM organisation o LEFT JOIN book b ON b.organisation_id = o.id AND b.year = %s WHERE o.path LIKE %s ORDER BY o.code",
        [month // 100, unit.path + "%"],
    )
    rows: dict[int, UnitState] = {}
    place: dict[int, int] = {}  #: unit → the one right below in whose row it counts
    depth = unit.path.strip("/").count("/") + 1
    for id_, code, name, level, path, closed_on, merged, *_ in family:
        parts = path.strip("/").split("/")
        place[id_] = int(parts[depth]) if len(parts) > depth else unit.id
        is_row = len(parts) == depth + 1 or (itself and id_ == unit.id)
        if is_row and not closed_on and merged is None:
            rows[id_] = UnitState(id_, code, name, level)
    if not rows:
        return []
    for id_, _, _, _, _, closed_on, merged, book, checked, through in family:
        row = rows.get(place[id_])
        if row is None or closed_on or merged is not None:
            continue
        row.units += 1
        row.opened += book is not None
        row.checked += checked is not None
        row.closed += (through or 0) >= month
        row.year_closed += (through or 0) == month // 100 * 100 + 12
        if id_ == row.id:
            row.closed_through = through
    for one in counts:
        row = rows.get(place.get(one.unit, 0))
        if row is not None and one.state == "submitted":
            row.waiting += one.count
        elif row is not None:
            row.returned += one.count
    for id_, count in _recorded(unit, month).items():
        row = rows.get(place.get(id_, 0))
        if row is not None:
            row.recorded += count
    if with_duties:
        _add_duties(rows, place, family, month, areas)
    first = [rows.pop(unit.id)] if unit.id in rows else []
    return first + list(rows.values())


def _recorded(unit: Organisation, month: int) -> dict[int, int]:
    """Rows posted to a month, by unit."""
    keys = {rows_key(key) for key in definitions().catalogue.ledgers}
    numbers = [n for n, key in storage.fetch("SELECT id, key FROM indicator") if key in keys]
    if not numbers:
        return {}
    return {
        r[0]: int(r[1])
        for r in storage.fetch(
            'SELECT c.organisation_id, SUM(c."rows") FROM cell c JOIN organisation o ON o.id = c.organisation_id '
            f"WHERE o.path LIKE %s AND c.month = %s AND c.indicator_id IN ({storage.marks(numbers)}) GROUP BY c.organisation_id",
            [unit.path + "%", month, *numbers],
        )
    }


def _add_duties(
    rows: Mapping[int, UnitState],
    place: Mapping[int, int],
    family: Sequence[Sequence[Any]],
    month: int,
    areas: Collection[str] | None,
) -> None:
    standing = [
        (f[0], f[3])
        for f in family
        if not f[5] and f[6] is None and place[f[0]] in rows and (f[9] or 0) < month
    ]
    if len(standing) > _DUTY_UNITS:
        return
    by_level = {level: monthly_ledgers(level, areas) for level in {s[1] for s in standing}}
    owed = duties_of({id_: by_level[level] for id_, level in standing}, [month])
    for row in rows.values():
        row.missing = 0
    for id_, duties in owed.items():
        row = rows[place[id_]]
        row.missing = (row.missing or 0) + len(duties)
        row.duties += duties


def own_duties(
    unit: Organisation, month: int, areas: Collection[str] | None = None
) -> tuple[list[Duty], list[Duty]]:
    """What the unit itself owes: (late: for the month before and not closed yet, due by the end of the month)."""
    months = [add_months(month, -1), month]
    owed = duties_of({unit.id: monthly_ledgers(unit.level, areas)}, months).get(unit.id, [])
    closed = book_states([(unit.id, unit.path)])[unit.id].locked_through
    late = [
        Duty(d.ledger, (months[0],)) for d in owed if months[0] in d.months and months[0] > closed
    ]
    due = [
        Duty(d.ledger, (months[1],)) for d in owed if months[1] in d.months and months[1] > closed
    ]
    return late, due


# ── what is new ───────────────────────────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True)
class Change:
    """What others did with records of a ledger and unit."""

    action: str  #: approve, return, revise, withdraw, transfer
    ledger: LedgerDef
    unit: str  #: code
    unit_name: str
    count: int
    own: int  #: of the person's own records


@dataclass(frozen=True, slots=True)
class News:
    """Something that was decided for a unit: a book closed, a report signed."""

    code: str  #: of the event
    unit: str
    unit_name: str
    at: str
    params: Mapping[str, Any]


#: events that are news to everybody at a unit
_NEWS = (
    "book.opened", "book.checked", "book.closed", "book.reopened", "book.backfilled", "report.signed", "report.unsigned",
    "organisation.merged", "organisation.split", "organisation.renamed",
)  # fmt: skip
_ORDER = {"return": 0, "approve": 1, "revise": 2, "withdraw": 3, "transfer": 4}


def changes_since(
    actor: Actor, unit: Organisation, since: int, limit: int = 12
) -> tuple[list[Change], bool]:
    """What others did with records at the unit and below after a point, and whether older entries were left out."""
    now = audit.current()
    start = max(since, now - _NEWS_REACH)
    areas = permitted_areas(actor, "record.read", unit.path)
    rows = storage.fetch(
        "SELECT d.action, r.ledger, o.code, o.name, COUNT(*), SUM(CASE WHEN r.author = %s THEN 1 ELSE 0 END) FROM revision d "
        "JOIN record r ON r.id = d.record_id JOIN organisation o ON o.id = d.organisation_id "
        "WHERE d.seq > %s AND d.actor <> %s AND d.action IN ('approve', 'return', 'revise', 'withdraw', 'transfer') AND o.path LIKE %s "
        "GROUP BY d.action, r.ledger, o.code, o.name",
        [actor.name, start, actor.name, unit.path + "%"],
    )
    ledgers = definitions().catalogue.ledgers
    found = [
        Change(r[0], ledgers[r[1]], r[2], r[3], int(r[4]), int(r[5]))
        for r in rows
        if r[1] in ledgers and (areas is None or ledgers[r[1]].area in areas)
    ]
    found.sort(key=lambda c: (-(c.own > 0), _ORDER[c.action], -c.count))
    return found[:limit], start > since or len(found) > limit


def news_since(actor: Actor, unit: Organisation, since: int, limit: int = 12) -> list[News]:
    """Books, reports and units at the unit, above and below it: what others decided after a point, latest first."""
    above = [int(part) for part in unit.path.strip("/").split("/")]
    rows = storage.fetch(
        "SELECT e.code, o.code, o.name, e.at, e.params FROM event e JOIN organisation o ON o.code = e.organisation "
        f"WHERE e.seq > %s AND e.actor <> %s AND (o.path LIKE %s OR (o.id IN ({storage.marks(above)}) AND e.code LIKE %s)) "
        f"AND e.code IN ({storage.marks(_NEWS)}) "
        f"ORDER BY e.seq DESC LIMIT {int(limit)}",
        [since, actor.name, unit.path + "%", *above, "book.%", *_NEWS],
    )
    return [News(r[0], r[1], r[2], r[3], orjson.loads(r[4])) for r in rows]


# ── an administrator's view ───────────────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True)
class Gap:
    """A unit at which nobody may do something that has to be done there."""

    code: str
    name: str
    permission: str


def gaps(unit: Organisation, limit: int = 12) -> tuple[list[Gap], int]:
    """Units at and below where nobody in office may record, or nobody may approve; how many such gaps there are."""
    day = audit.today()
    posts = [
        (path, role)
        for path, role, until, active in Post.objects.filter(from_date__lte=day).values_list(
            "organisation__path", "role", "to_date", "account__is_active"
        )
        if active and (not until or until >= day)
    ]
    kept = {level for d in definitions().catalogue.ledgers.values() for level in d.kept_by}
    reach = {
        p: {path for path, role in posts if p in ROLES[role][2]}
        for p in ("record.create", "record.approve")
    }
    found = []
    for code, name, level, path in storage.fetch(
        "SELECT code, name, level, path FROM organisation WHERE path LIKE %s AND closed_on = '' AND merged_into_id IS NULL ORDER BY path",
        [unit.path + "%"],
    ):
        if level not in kept:
            continue
        ids = path.strip("/").split("/")
        above = {f"/{'/'.join(ids[:count])}/" for count in range(1, len(ids) + 1)}
        for permission, paths in reach.items():
            if not above & paths:
                found.append(Gap(code, name, permission))
    return found[:limit], len(found)


@dataclass(frozen=True, slots=True)
class EndingPost:
    """A post in force whose term ends soon."""

    display: str
    unit_name: str
    role: str
    until: str


def ending_posts(unit: Organisation, days: int = 30, limit: int = 12) -> list[EndingPost]:
    """Posts at the unit and below that end within some days, the next first."""
    today = audit.today()
    until = (date.fromisoformat(today) + timedelta(days=days)).isoformat()
    found = Post.objects.filter(
        organisation__path__startswith=unit.path,
        account__is_active=True,
        from_date__lte=today,
        to_date__gte=today,
        to_date__lte=until,
    )
    return [
        EndingPost(*row)
        for row in found.order_by("to_date", "id").values_list(
            "account__display", "organisation__name", "role", "to_date"
        )[:limit]
    ]
