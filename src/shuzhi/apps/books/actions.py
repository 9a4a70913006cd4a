"""The year's cycle: books are opened, checked at mid-year, closed and, from above and with a reason, reopened."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Literal

from django.db import transaction
from django.db.models import F, Q

from shuzhi.apps import storage
from shuzhi.apps.audit import actions as audit
from shuzhi.apps.books import checks
from shuzhi.apps.books.duties import duties_of, monthly_ledgers
from shuzhi.apps.books.models import Book, BookCheck
from shuzhi.apps.books.posting import transfer_records
from shuzhi.apps.books.queries import Books
from shuzhi.apps.office import definitions
from shuzhi.apps.organisations import actions as organisation_actions
from shuzhi.apps.organisations import queries as organisations
from shuzhi.apps.organisations.models import Organisation
from shuzhi.apps.people.permissions import ROLES, Actor, require
from shuzhi.core.figures import Figure, FigureId
from shuzhi.core.periods import Period, add_months, format_period, iterate_months, month_of
from shuzhi.core.periods import year as year_period
from shuzhi.core.problems import Problem, ProblemsError
from shuzhi.core.relations import RelationFinding, check_relations


def _open_units(organisation: Organisation) -> list[Organisation]:
    """The unit and those below it that still stand."""
    return list(
        Organisation.objects.filter(
            path__startswith=organisation.path, closed_on="", merged_into=None
        ).order_by("path")
    )


@transaction.atomic
def open_books(actor: Actor, organisation_code: str, year: int, *, only: bool = False) -> int:
    """Open the books of a year for a unit and (unless `only`) everything below it; returns how many were opened.

    Raises:
        ProblemsError: BOOK_004 when all of them were open already, BOOK_014 a year that is not yet to be opened.
    """
    latest = int(audit.today()[:4]) + 1
    if not 1949 <= year <= latest:
        raise ProblemsError([Problem("BOOK_014", {"year": year, "latest": latest})])
    audit.hold()
    organisation = organisations.get(organisation_code)
    require(actor, "book.open", organisation.path, organisation.name)
    units = [organisation] if only else _open_units(organisation)
    have = set(
        Book.objects.filter(year=year, organisation__in=units).values_list(
            "organisation_id", flat=True
        )
    )
    fresh = [u for u in units if u.id not in have]
    if not fresh:
        raise ProblemsError([Problem("BOOK_004", {"name": organisation.name, "year": year})])
    seq = audit.note(
        "book.opened",
        actor=actor.name,
        organisation=organisation.code,
        year=year,
        count=len(fresh),
        only=only,
    )
    Book.objects.bulk_create([Book(organisation=u, year=year, opened_seq=seq) for u in fresh])
    return len(fresh)


@dataclass(frozen=True, slots=True)
class TargetProgress:
    """A promised figure against what the books say."""

    target: Figure
    actual: Figure

    @property
    def is_met(self) -> bool | None:
        """Whether the promise is reached; unknown while the actual figure is."""
        if self.actual.value is None or self.target.value is None:
            return None
        return self.actual.value >= self.target.value


@dataclass(frozen=True, slots=True)
class OpenRecords:
    """Records of a unit and ledger that wait for approval or were returned."""

    unit: str  #: code
    name: str
    ledger: str
    state: str
    count: int


@dataclass(frozen=True, slots=True)
class MissingMonths:
    """Months in which a unit handed in neither a row nor a nil report of a ledger it keeps month by month."""

    unit: str  #: code
    name: str
    ledger: str
    months: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class MidYearCheck:
    """What a mid-year check found."""

    as_of: int
    targets: tuple[TargetProgress, ...]
    findings: tuple[RelationFinding, ...]
    waiting: int  #: records not yet approved
    open_records: tuple[OpenRecords, ...] = ()  #: the same by unit, ledger and state
    missing: tuple[MissingMonths, ...] = ()  #: what the unit and those below owe so far
    seq: int = 0  #: of the event that pins the check


def progress_of(
    organisation_code: str, year: int, books: Books | None = None
) -> list[TargetProgress]:
    """The unit's targets of a year, each with the actual figure."""
    source = books or Books()
    period = year_period(year)
    return [
        TargetProgress(t, source.figure(FigureId(t.id.indicator, organisation_code, period)))
        for t in source.targets(organisation_code, period)
    ]


def findings_of(
    organisation_code: str, period: Period, books: Books | None = None
) -> list[RelationFinding]:
    """Relations that do not hold in the unit's figures."""
    results = check_relations(definitions().catalogue, books or Books(), organisation_code, period)
    return [r.finding for r in results if r.finding is not None]


@transaction.atomic
def check_books(actor: Actor, organisation_code: str, year: int) -> MidYearCheck:
    """年中查账: hold the year's figures against targets and relations, pin the point at which that was done, and keep the result."""
    audit.hold()
    organisation = organisations.get(organisation_code)
    require(actor, "book.check", organisation.path, organisation.name)
    book = _book(organisation, year)
    books = Books()
    waiting = open_records(organisation, year * 100 + 12)
    result = MidYearCheck(
        books.as_of,
        tuple(progress_of(organisation.code, year, books)),
        tuple(findings_of(organisation.code, year_period(year), books)),
        sum(w.count for w in waiting),
        tuple(waiting),
        tuple(missing_of(organisation, year)),
    )
    seq = audit.note(
        "book.checked",
        actor=actor.name,
        organisation=organisation.code,
        year=year,
        findings=len(result.findings),
        waiting=result.waiting,
    )
    book.checked_seq = seq
    book.save()
    result = replace(result, seq=seq)
    BookCheck.objects.create(
        organisation=organisation,
        year=year,
        seq=seq,
        as_of=books.as_of,
        actor=actor.name,
        at=audit.timestamp(),
        result=checks.written(result),
    )
    return result


def missing_of(organisation: Organisation, year: int) -> list[MissingMonths]:
    """What the unit and the standing ones below it owe of a year's months that are over."""
    this = month_of(audit.today())
    months = [m for m in iterate_months(year_period(year)) if m < this]
    units = {u.id: u for u in _open_units(organisation)}
    kept = {level: monthly_ledgers(level) for level in {u.level for u in units.values()}}
    owed = duties_of({u.id: kept[u.level] for u in units.values()}, months)
    return [
        MissingMonths(unit.code, unit.name, duty.ledger.key, duty.months)
        for id_, unit in units.items()
        for duty in owed.get(id_, ())
    ]


def _book(organisation: Organisation, year: int) -> Book:
    book = Book.objects.filter(organisation=organisation, year=year).first()
    if book is None:
        raise ProblemsError([Problem("BOOK_001", {"name": organisation.name, "year": year})])
    return book


def open_records(organisation: Organisation, through: int) -> list[OpenRecords]:
    """Records at the unit and below, dated up to the month `through`, that wait for approval or were returned."""
    day = f"{through // 100:04d}-{through % 100:02d}-31"
    # each state by itself and written out: that is how the engines find their indexes of what is open
    query = (
        "SELECT o.path, o.code, o.name, r.ledger, '{state}', COUNT(*) FROM record r JOIN organisation o ON o.id = r.organisation_id "
        "WHERE r.state = '{state}' AND r.occurred_on <= %s AND o.path LIKE %s GROUP BY o.path, o.code, o.name, r.ledger"
    )
    rows = storage.fetch(
        " UNION ALL ".join(query.format(state=state) for state in ("submitted", "returned")),
        [day, organisation.path + "%"] * 2,
    )
    return [
        OpenRecords(code, name, ledger, state, int(count))
        for _, code, name, ledger, state, count in sorted(rows)
    ]


@dataclass(frozen=True, slots=True)
class Hindrance:
    """One thing that stands in the way of closing, and where it is to be mended."""

    problem: Problem
    unit: str  #: code
    kind: Literal["unopened", "closed", "earlier", "open_records", "below"]


def hindrances_of(
    organisation: Organisation, period: Period, *, only: bool = False
) -> list[Hindrance]:
    """What stands in the way of closing a period for the unit and (unless `only`) everything below it."""
    units = [organisation] if only else _open_units(organisation)
    return _hindrances(organisation, period, units, _books_of(units, period.year), only)


def _books_of(units: Sequence[Organisation], year: int) -> dict[int, Book]:
    return {b.organisation_id: b for b in Book.objects.filter(year=year, organisation__in=units)}


def _hindrances(
    organisation: Organisation,
    period: Period,
    units: Sequence[Organisation],
    books: Mapping[int, Book],
    only: bool,
) -> list[Hindrance]:
    through, year = period.last, period.year
    found = [
        Hindrance(Problem("BOOK_001", {"name": u.name, "year": year}), u.code, "unopened")
        for u in units
        if u.id not in books
    ]
    if not found and all((b.closed_through or 0) >= through for b in books.values()):
        params = {"name": organisation.name, "period": format_period(period)}
        found.append(Hindrance(Problem("BOOK_007", params), organisation.code, "closed"))
    earlier = Book.objects.filter(organisation__in=units, year__lt=year).exclude(
        closed_through=F("year") * 100 + 12
    )
    found += [
        Hindrance(
            Problem("BOOK_008", {"name": b.organisation.name, "year": b.year}),
            b.organisation.code,
            "earlier",
        )
        for b in earlier.select_related("organisation")[:5]
    ]
    waiting = sum(w.count for w in open_records(organisation, through))
    if waiting:
        params = {"name": organisation.name, "count": waiting}
        found.append(Hindrance(Problem("BOOK_005", params), organisation.code, "open_records"))
    if only:
        open_below = Book.objects.filter(
            organisation__path__startswith=organisation.path, organisation__closed_on="", year=year
        ).exclude(organisation=organisation)
        still = [
            b.organisation.name
            for b in open_below.select_related("organisation")
            if (b.closed_through or 0) < through
        ]
        if still:
            params = {"name": organisation.name, "units": "、".join(still[:10])}
            found.append(Hindrance(Problem("BOOK_006", params), organisation.code, "below"))
    return found


@transaction.atomic
def close_books(actor: Actor, organisation_code: str, period: Period, *, only: bool = False) -> int:
    """Close a year or the part of it that ends with `period`, for a unit and (unless `only`) everything below it.

    Closed months take no more postings; later corrections go to the next open month, marked adjusting.

    Raises:
        ProblemsError: BOOK_001 not opened, BOOK_005 records still wait, BOOK_006 units below are still open,
            BOOK_007 already closed, BOOK_008 an earlier year is still open.
    """
    audit.hold()
    organisation = organisations.get(organisation_code)
    require(actor, "book.close", organisation.path, organisation.name)
    through = period.last
    units = [organisation] if only else _open_units(organisation)
    books = _books_of(units, period.year)
    hindrances = _hindrances(organisation, period, units, books, only)
    if hindrances:
        raise ProblemsError(h.problem for h in hindrances)
    seq = audit.note(
        "book.closed",
        actor=actor.name,
        organisation=organisation.code,
        period=format_period(period, "code"),
        count=len(units),
        only=only,
    )
    closed = [b for b in books.values() if (b.closed_through or 0) < through]
    for book in closed:
        book.closed_through, book.closed_seq = through, seq
    Book.objects.bulk_update(closed, ["closed_through", "closed_seq"])
    return len(closed)


@dataclass(frozen=True, slots=True)
class Closing:
    """How closing one unit came out."""

    unit: str  #: code
    name: str
    outcome: Literal["closed", "already", "hindered"]
    problems: tuple[Problem, ...] = ()


def close_each(
    actor: Actor,
    organisation_code: str,
    period: Period,
    progress: Callable[[int, int], None] | None = None,
) -> list[Closing]:
    """Close every unit for which nothing stands in the way, lowest first; a unit that is hindered stops only those above it.

    Each unit is a transaction of its own: what is closed stays closed when a later one is hindered.
    """
    organisation = organisations.get(organisation_code)
    require(actor, "book.close", organisation.path, organisation.name)
    units = sorted(_open_units(organisation), key=lambda u: (-u.path.count("/"), u.path))
    found = []
    for done, unit in enumerate(units, 1):
        try:
            close_books(actor, unit.code, period, only=True)
            found.append(Closing(unit.code, unit.name, "closed"))
        except ProblemsError as error:
            if [p.code for p in error.problems] == ["BOOK_007"]:
                found.append(Closing(unit.code, unit.name, "already"))
            else:
                found.append(Closing(unit.code, unit.name, "hindered", error.problems))
        if progress is not None:
            progress(done, len(units))
    return found


def may_reopen(actor: Actor, organisation: Organisation) -> bool:
    """Whether one of the actor's posts is above the unit (at the top of the tree: at it) and may reopen books."""
    return any(
        "book.reopen" in ROLES[p.role][2]
        and organisation.path.startswith(p.path)
        and (organisation.path != p.path or organisation.parent_id is None)
        for p in actor.posts
    )


@transaction.atomic
def reopen_books(actor: Actor, organisation_code: str, period: Period, *, reason: str) -> Book:
    """Reopen a unit's book from the first month of `period` on. Only a post above the unit may, and only with a reason.

    Raises:
        ProblemsError: BOOK_009 no reason, BOOK_010 the actor's post is not above the unit, BOOK_011 not closed,
            BOOK_012 the superior's book of that time is itself closed, BOOK_013 a later year is closed.
    """
    audit.hold()
    organisation = organisations.get(organisation_code)
    if not reason.strip():
        raise ProblemsError([Problem("BOOK_009")])
    if not may_reopen(actor, organisation):
        raise ProblemsError([Problem("BOOK_010", {"actor": actor.name, "name": organisation.name})])
    book = _book(organisation, period.year)
    if (book.closed_through or 0) < period.start:
        raise ProblemsError(
            [Problem("BOOK_011", {"name": organisation.name, "period": format_period(period)})]
        )
    if organisation.parent_id is not None:
        superior = Book.objects.filter(
            organisation_id=organisation.parent_id,
            year=period.year,
            closed_through__gte=period.start,
        ).select_related("organisation")
        if superior.exists():
            raise ProblemsError(
                [
                    Problem(
                        "BOOK_012",
                        {"name": organisation.name, "superior": superior[0].organisation.name},
                    )
                ]
            )
    later = Book.objects.filter(
        organisation=organisation, year__gt=period.year, closed_through__gt=0
    ).first()
    if later is not None:
        raise ProblemsError([Problem("BOOK_013", {"name": organisation.name, "year": later.year})])
    through = add_months(period.start, -1)
    book.closed_through = through if through // 100 == book.year else None
    book.save()
    audit.note(
        "book.reopened",
        actor=actor.name,
        organisation=organisation.code,
        period=format_period(period, "code"),
        reason=reason,
    )
    return book


@transaction.atomic
def split_unit(
    actor: Actor,
    organisation_code: str,
    parts: Sequence[Mapping[str, str]],
    assignment: Mapping[int, str],
    *,
    on: str,
    reason: str,
) -> int:
    """Split a unit into new ones (each with ``code`` and ``name``) and give every record to one of them.

    Args:
        assignment: record id → code of its new unit; every record of the unit must be there.

    Returns:
        How many records were transferred. The unit is closed; its as-of figures stay what they were.

    Raises:
        ProblemsError: ORG_010 fewer than two parts, ORG_011 the unit or a part is closed, ORG_014 records without a new unit,
            ORG_015 an unknown part, ORG_017 a part that is there already has a record with the same key.
    """
    audit.hold()
    organisation = organisations.get(organisation_code)
    require(actor, "organisation.change", organisation.path, organisation.name)
    problems: list[Problem] = []
    if len(parts) < 2:
        problems.append(Problem("ORG_010"))
    records = [
        r[0]
        for r in storage.fetch(
            "SELECT r.id FROM record r JOIN organisation o ON o.id = r.organisation_id "
            "WHERE o.id = %s OR (o.path LIKE %s AND o.merged_into_id IS NOT NULL) ORDER BY r.id",
            [organisation.id, organisation.path + "%"],  # with the rows of units merged into it
        )
    ]
    forgotten = [r for r in records if r not in assignment]
    if forgotten:
        problems.append(
            Problem(
                "ORG_014",
                {"name": organisation.name, "count": len(forgotten), "first": forgotten[0]},
            )
        )
    codes = {p["code"] for p in parts}
    problems += [Problem("ORG_015", {"code": c}) for c in sorted(set(assignment.values()) - codes)]
    if organisation.closed_on or organisation.merged_into_id:
        problems.append(Problem("ORG_011", {"name": organisation.name}))
    problems += _collisions(assignment)
    for present in Organisation.objects.filter(code__in=codes):
        if present.closed_on or present.merged_into_id:
            problems.append(Problem("ORG_011", {"name": present.name}))
        problems += _same_keys(records, present, assignment)
    if problems:
        raise ProblemsError(problems)
    superior = organisation.parent
    opened = organisation_actions.open_units(
        actor,
        [
            {
                "code": p["code"],
                "name": p["name"],
                "level": organisation.level,
                "parent": superior.code if superior else "",
                "opened_on": on,
            }
            for p in parts
        ],
    )
    by_code = {o.code: o.id for o in opened} | {
        c: organisations.get(c).id for c in codes - {o.code for o in opened}
    }
    point = audit.current()
    for new in by_code.values():
        storage.execute(
            "INSERT INTO book (organisation_id, year, opened_seq, closed_through) SELECT %s, year, %s, closed_through FROM book "
            "WHERE organisation_id = %s AND year NOT IN (SELECT year FROM book WHERE organisation_id = %s)",
            [new, point, organisation.id, new],
        )
    moved = transfer_records(actor, [(r, by_code[assignment[r]]) for r in records], reason=reason)
    seq = audit.note(
        "organisation.split",
        actor=actor.name,
        organisation=organisation.code,
        parts=sorted(codes),
        on=on,
        reason=reason,
    )
    organisation.closed_on = on
    organisation.save()
    family = Organisation.objects.filter(path__startswith=organisation.path)
    for unit in family.filter(Q(id=organisation.id) | Q(merged_into__isnull=False)):
        organisation_actions.end_placement(unit, seq)
    return moved


def _collisions(assignment: Mapping[int, str]) -> list[Problem]:
    """Records that cannot go to the same part, because units merged before gave them the same key."""
    seen: dict[tuple[str, str, str], int] = {}
    same: dict[str, list[int]] = {}
    for chunk in storage.in_chunks(sorted(assignment)):
        for record, ledger, key in storage.fetch(
            f"SELECT id, ledger, key FROM record WHERE id IN ({storage.marks(chunk)}) ORDER BY id",
            chunk,
        ):
            part = assignment[record]
            if seen.setdefault((part, ledger, key), record) != record:
                same.setdefault(part, []).append(record)
    return [
        Problem("ORG_017", {"name": part, "count": len(found), "first": found[0]})
        for part, found in sorted(same.items())
    ]


def _same_keys(
    records: Sequence[int], part: Organisation, assignment: Mapping[int, str]
) -> list[Problem]:
    """Records that cannot go to a unit that is there already, because it has one with the same key."""
    wanted = [r for r in records if assignment.get(r) == part.code]
    same: list[int] = []
    for chunk in storage.in_chunks(wanted):
        rows = storage.fetch(
            "SELECT r.id FROM record r JOIN record s ON s.ledger = r.ledger AND s.key = r.key "
            f"WHERE s.organisation_id = %s AND r.id IN ({storage.marks(chunk)}) ORDER BY r.id",
            [part.id, *chunk],
        )
        same += [record for (record,) in rows]
    if not same:
        return []
    params = {"name": part.name, "count": len(same), "first": same[0]}
    return [Problem("ORG_017", params)]
