"""The year's cycle: books are opened, checked at mid-year, closed and, from above and with a reason, reopened."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from django.db import transaction
from django.db.models import F, Q

from shuzhi.apps import storage
from shuzhi.apps.audit import actions as audit
from shuzhi.apps.books.models import Book
from shuzhi.apps.books.posting import transfer_records
from shuzhi.apps.books.queries import Books
from shuzhi.apps.office import definitions
from shuzhi.apps.organisations import actions as organisation_actions
from shuzhi.apps.organisations import queries as organisations
from shuzhi.apps.organisations.models import Organisation
from shuzhi.apps.people.permissions import ROLES, Actor, require
from shuzhi.core.figures import Figure, FigureId
from shuzhi.core.periods import Period, add_months, format_period
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
        "book.opened", actor=actor.name, organisation=organisation.code, year=year, count=len(fresh)
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
class MidYearCheck:
    """What a mid-year check found."""

    as_of: int
    targets: tuple[TargetProgress, ...]
    findings: tuple[RelationFinding, ...]
    waiting: int  #: records not yet approved


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
    """年中查账: hold the year's figures against targets and relations, and pin the point at which that was done."""
    audit.hold()
    organisation = organisations.get(organisation_code)
    require(actor, "book.check", organisation.path, organisation.name)
    book = _book(organisation, year)
    books = Books()
    result = MidYearCheck(
        books.as_of,
        tuple(progress_of(organisation.code, year, books)),
        tuple(findings_of(organisation.code, year_period(year), books)),
        _waiting(organisation, year * 100 + 12),
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
    return result


def _book(organisation: Organisation, year: int) -> Book:
    book = Book.objects.filter(organisation=organisation, year=year).first()
    if book is None:
        raise ProblemsError([Problem("BOOK_001", {"name": organisation.name, "year": year})])
    return book


def _waiting(organisation: Organisation, through: int) -> int:
    day = f"{through // 100:04d}-{through % 100:02d}-31"
    return int(
        storage.fetch(
            "SELECT COUNT(*) FROM record r JOIN organisation o ON o.id = r.organisation_id "
            "WHERE r.state IN ('submitted', 'returned') AND r.occurred_on <= %s AND o.path LIKE %s",
            [day, organisation.path + "%"],
        )[0][0]
    )


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
    through, year = period.last, period.year
    units = [organisation] if only else _open_units(organisation)
    books = {b.organisation_id: b for b in Book.objects.filter(year=year, organisation__in=units)}
    problems = [
        Problem("BOOK_001", {"name": u.name, "year": year}) for u in units if u.id not in books
    ]
    if not problems and all((b.closed_through or 0) >= through for b in books.values()):
        problems.append(
            Problem("BOOK_007", {"name": organisation.name, "period": format_period(period)})
        )
    earlier = Book.objects.filter(organisation__in=units, year__lt=year).exclude(
        closed_through=F("year") * 100 + 12
    )
    problems += [
        Problem("BOOK_008", {"name": b.organisation.name, "year": b.year})
        for b in earlier.select_related("organisation")[:5]
    ]
    waiting = _waiting(organisation, through)
    if waiting:
        problems.append(Problem("BOOK_005", {"name": organisation.name, "count": waiting}))
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
            problems.append(
                Problem("BOOK_006", {"name": organisation.name, "units": "、".join(still[:10])})
            )
    if problems:
        raise ProblemsError(problems)
    seq = audit.note(
        "book.closed",
        actor=actor.name,
        organisation=organisation.code,
        period=format_period(period, "code"),
        count=len(units),
    )
    closed = [b for b in books.values() if (b.closed_through or 0) < through]
    for book in closed:
        book.closed_through, book.closed_seq = through, seq
    Book.objects.bulk_update(closed, ["closed_through", "closed_seq"])
    return len(closed)


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
    above = [
        p
        for p in actor.posts
        if "book.reopen" in ROLES[p.role][2]
        and organisation.path.startswith(p.path)
        and (organisation.path != p.path or organisation.parent_id is None)
    ]
    if not above:
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
