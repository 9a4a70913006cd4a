"""Opening, renaming, moving, closing, merging and splitting units, with the history as-of figures need.

A merged unit hangs below its successor from then on: its rows stay what they were, and the successor's figures of earlier years
are the sum of its predecessors. A split gives the rows to the new units one by one (`books.actions.split_unit`).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from django.db import transaction
from django.db.models import Max

from shuzhi.apps import storage
from shuzhi.apps.audit import actions as audit
from shuzhi.apps.organisations import queries
from shuzhi.apps.organisations.models import Organisation, Placement
from shuzhi.apps.people.permissions import Actor, require
from shuzhi.core.problems import Place, Problem, ProblemsError

LEVELS = ("province", "prefecture", "county", "township", "village", "group")


def end_placement(organisation: Organisation, seq: int) -> None:
    """From `seq` on the unit hangs nowhere: its rows went to other units, it is none any more."""
    Placement.objects.filter(organisation=organisation, to_seq=None).update(to_seq=seq)


def _place(organisation: Organisation, seq: int) -> None:
    """Close the unit's present placement and open a new one as it now hangs."""
    end_placement(organisation, seq)
    Placement.objects.create(
        organisation=organisation, path=organisation.path, name=organisation.name, from_seq=seq
    )


def _set_parent(organisation: Organisation, parent: Organisation | None, seq: int) -> None:
    old = organisation.path
    organisation.parent = parent
    organisation.path = f"{parent.path if parent else '/'}{organisation.id}/"
    organisation.save()
    _place(organisation, seq)
    if old and old != organisation.path:
        for child in Organisation.objects.filter(path__startswith=old).exclude(id=organisation.id):
            child.path = organisation.path + child.path[len(old) :]
            child.save()
            _place(child, seq)


def _new(
    code: str,
    name: str,
    level: str,
    parent: Organisation | None,
    seq: int,
    *,
    full_name: str,
    opened_on: str,
    tree: str,
) -> Organisation:
    highest = Organisation.objects.aggregate(Max("id"))["id__max"] or 0
    organisation = Organisation(
        id=highest + 1,
        code=code,
        name=name,
        full_name=full_name
        or (f"{parent.full_name}{name}" if parent and parent.level != "county" else name),
        level=level,
        tree=tree,
        opened_on=opened_on,
        path="",
    )
    _set_parent(organisation, parent, seq)
    return organisation


def open_units(
    actor: Actor, units: Iterable[Mapping[str, str]], *, file: str = ""
) -> list[Organisation]:
    """Open units given as mappings with ``code``, ``name``, ``level``, ``parent`` (code; empty for the top) and optionally ``full_name``,
    ``opened_on``, ``tree``. Units already there with the same data are passed over; all problems are reported and nothing is done.

    Raises:
        ProblemsError: ORG_003 code taken by another unit, ORG_004 unknown parent, ORG_005 unknown level, ORG_006 level not below its parent's.
    """
    rows = [dict(u) for u in units]
    with transaction.atomic():
        audit.hold()
        problems: list[Problem] = []
        known = {o.code: o for o in Organisation.objects.all()}
        opened: list[Organisation] = []
        fresh = [row for row in rows if row.get("code") not in known]
        for path in {known[r["parent"]].path for r in fresh if r.get("parent") in known}:
            require(actor, "organisation.change", path)
        for row in fresh:
            if not row.get("parent"):
                # a new top of the tree lies below nobody's post: only setting up an office may make one
                require(actor, "organisation.change", "/", row.get("name", ""))
        seq = audit.take(1)
        for number, row in enumerate(rows, 2):
            place = Place(file=file, row=number if file else None)
            problem = _unit_problem(row, known, place)
            if problem is not None:
                problems.append(problem)
                continue
            if row["code"] in known:
                continue
            parent = known.get(row.get("parent", ""))
            organisation = _new(
                row["code"], row["name"], row["level"], parent, seq,
                full_name=row.get("full_name", ""), opened_on=row.get("opened_on", ""), tree=row.get("tree") or "administrative",
            )  # fmt: skip
            known[organisation.code] = organisation
            opened.append(organisation)
        if problems:
            raise ProblemsError(problems)
        if opened:
            audit.note(
                "organisation.opened",
                actor=actor.name,
                organisation=opened[0].code,
                count=len(opened),
            )
        return opened


def _unit_problem(
    row: Mapping[str, str], known: Mapping[str, Organisation], place: Place
) -> Problem | None:
    if not row.get("code") or not row.get("name"):
        return Problem("ORG_007", {}, place)
    if row.get("level") not in LEVELS:
        return Problem(
            "ORG_005", {"found": row.get("level", ""), "levels": "、".join(LEVELS)}, place
        )
    present = known.get(row["code"])
    if present is not None:
        if present.name != row["name"]:
            return Problem(
                "ORG_003", {"code": row["code"], "name": present.name, "found": row["name"]}, place
            )
        return None
    parent = row.get("parent", "")
    if parent and parent not in known:
        return Problem("ORG_004", {"code": row["code"], "parent": parent}, place)
    if parent and LEVELS.index(known[parent].level) >= LEVELS.index(row["level"]):
        return Problem("ORG_006", {"name": row["name"], "parent": known[parent].name}, place)
    return None


@transaction.atomic
def rename(actor: Actor, code: str, name: str, *, full_name: str = "", reason: str) -> Organisation:
    """Give a unit a new name; figures and rows stay with it."""
    audit.hold()
    organisation = queries.get(code)
    require(actor, "organisation.change", organisation.path)
    seq = audit.note(
        "organisation.renamed",
        actor=actor.name,
        organisation=organisation.code,
        old=organisation.name,
        new=name,
        reason=reason,
    )
    parent = organisation.parent
    organisation.name = name
    organisation.full_name = full_name or (
        f"{parent.full_name}{name}" if parent and parent.level != "county" else name
    )
    organisation.save()
    _place(organisation, seq)
    return organisation


@transaction.atomic
def move(actor: Actor, code: str, parent_code: str, *, reason: str) -> Organisation:
    """Hang a unit under another superior. Today's tree decides today's figures; as-of figures keep the old tree.

    Raises:
        ProblemsError: ORG_006 the superior's level is not above the unit's, ORG_008 the superior is part of the unit, ORG_011 one of
            them is closed or merged.
    """
    audit.hold()
    organisation, parent = queries.get(code), queries.get(parent_code)
    for path in (organisation.path, parent.path):
        require(actor, "organisation.change", path)
    if parent.path.startswith(organisation.path):
        raise ProblemsError(
            [Problem("ORG_008", {"name": organisation.name, "parent": parent.name})]
        )
    problems = [
        Problem("ORG_011", {"name": o.name})
        for o in (organisation, parent)
        if o.closed_on or o.merged_into_id
    ]
    if LEVELS.index(parent.level) >= LEVELS.index(organisation.level):
        problems.append(Problem("ORG_006", {"name": organisation.name, "parent": parent.name}))
    if problems:
        raise ProblemsError(problems)
    seq = audit.note(
        "organisation.moved",
        actor=actor.name,
        organisation=organisation.code,
        to=parent.code,
        reason=reason,
    )
    _set_parent(organisation, parent, seq)
    return organisation


@transaction.atomic
def close_unit(actor: Actor, code: str, *, on: str, reason: str) -> Organisation:
    """Close a unit: nothing more is recorded there; what was stays in its superior's figures.

    Raises:
        ProblemsError: ORG_009 units below still stand, ORG_011 it is closed or merged already.
    """
    audit.hold()
    organisation = queries.get(code)
    require(actor, "organisation.change", organisation.path)
    if organisation.closed_on or organisation.merged_into_id:
        raise ProblemsError([Problem("ORG_011", {"name": organisation.name})])
    if Organisation.objects.filter(parent=organisation, closed_on="", merged_into=None).exists():
        raise ProblemsError([Problem("ORG_009", {"name": organisation.name})])
    audit.note(
        "organisation.closed",
        actor=actor.name,
        organisation=organisation.code,
        on=on,
        reason=reason,
    )
    organisation.closed_on = on
    organisation.save()
    return organisation


@transaction.atomic
def merge(
    actor: Actor, codes: Iterable[str], into_code: str, *, name: str = "", on: str, reason: str
) -> Organisation:
    """Merge units into a successor: an existing one, or a new one with `name` beside them.

    Raises:
        ProblemsError: ORG_010 fewer than one unit besides the successor, ORG_011 a unit already closed, ORG_012 different superiors or levels.
    """
    audit.hold()
    successor = queries.find(into_code)
    by_id = {unit.id: unit for unit in (queries.get(c) for c in codes)}
    merged = [m for m in by_id.values() if successor is None or m.id != successor.id]
    if not merged or (successor is None and len(merged) < 2):
        raise ProblemsError([Problem("ORG_010")])
    first = merged[0]
    family = [*merged, successor] if successor is not None else merged
    problems = [
        Problem("ORG_011", {"name": m.name}) for m in family if m.closed_on or m.merged_into_id
    ]
    if len({(m.parent_id, m.level) for m in family}) > 1:
        problems.append(Problem("ORG_012", {"names": "、".join(m.name for m in family)}))
    if successor is None and not name:
        problems.append(Problem("ORG_007", {}))
    if problems:
        raise ProblemsError(problems)
    for unit in family:
        require(actor, "organisation.change", unit.path)
    seq = audit.note(
        "organisation.merged",
        actor=actor.name,
        organisation=into_code,
        merged=[m.code for m in merged],
        on=on,
        reason=reason,
    )
    if successor is None:
        successor = _new(
            into_code,
            name,
            first.level,
            first.parent,
            seq,
            full_name="",
            opened_on=on,
            tree=first.tree,
        )
    for unit in merged:
        unit.closed_on, unit.merged_into = on, successor
        _set_parent(unit, successor, seq)
    # the successor goes on where its predecessors' books stand
    storage.execute(
        f"INSERT INTO book (organisation_id, year, opened_seq, closed_through) "
        f"SELECT %s, year, %s, MIN(COALESCE(closed_through, 0)) FROM book WHERE organisation_id IN ({storage.marks(merged)}) "
        f"AND year NOT IN (SELECT year FROM book WHERE organisation_id = %s) GROUP BY year",
        [successor.id, seq, *[m.id for m in merged], successor.id],
    )
    storage.execute(
        "UPDATE book SET closed_through = NULL WHERE organisation_id = %s AND closed_through = 0",
        [successor.id],
    )
    return successor
