"""Units as an administrator sees and changes them: what hangs where, what a merger or split would do, and the forms' own checks.

The changes themselves are those of `organisations.actions` and `books.actions`; here it is asked that a reason and a day are given.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from django.db.models import Count, Q

from shuzhi.apps import storage
from shuzhi.apps.administration.splitting import Rule, assign, rows_of
from shuzhi.apps.books.actions import split_unit
from shuzhi.apps.organisations import actions
from shuzhi.apps.organisations.models import Organisation
from shuzhi.apps.people.permissions import Actor
from shuzhi.core.problems import Problem, ProblemsError


@dataclass(frozen=True, slots=True)
class Branch:
    """A unit in the tree, with how many hang below it."""

    unit: Organisation
    below: int


@dataclass(frozen=True, slots=True)
class Placed:
    """Where a unit hung from a point on, and under which name."""

    name: str
    above: str  #: name of the superior then
    from_at: str
    to_at: str  #: empty: still


@dataclass(frozen=True, slots=True)
class Weight:
    """What hangs on a unit."""

    unit: Organisation
    records: int
    posts: int
    years: Sequence[int]
    closed: int | None  #: the last closed month


def children(unit: Organisation) -> list[Branch]:
    """The units right below, open ones first; one query however many there are."""
    found = (
        Organisation.objects.filter(parent=unit)
        .select_related("merged_into")
        .annotate(below=Count("children"))
        .order_by("closed_on", "code")
    )
    return [Branch(one, one.below) for one in found]


def find_units(unit: Organisation, text: str, limit: int = 50) -> list[Organisation]:
    """Units below whose name or code holds the text."""
    return list(
        Organisation.objects.filter(
            Q(name__icontains=text) | Q(code__startswith=text), path__startswith=unit.path
        )
        .select_related("parent", "merged_into")
        .order_by("path")[:limit]
    )


def possible_superiors(unit: Organisation, actor: Actor, limit: int = 500) -> list[Organisation]:
    """Units that one could be moved below: open, of the level right above, within the actor's own reach."""
    if unit.parent is None:
        return []
    reach = Q()
    for post in actor.posts:
        reach |= Q(path__startswith=post.path)
    return list(
        Organisation.objects.filter(
            reach, level=unit.parent.level, tree=unit.tree, closed_on="", merged_into=None
        )
        .exclude(path__startswith=unit.path)
        .order_by("path")[:limit]
    )


def placements(unit: Organisation) -> list[Placed]:
    """The unit's history in the tree, latest first."""
    rows = storage.fetch(
        "SELECT p.name, p.path, (SELECT MIN(e.at) FROM event e WHERE e.seq = (SELECT MIN(seq) FROM event WHERE seq >= p.from_seq)), "
        "(SELECT MIN(e.at) FROM event e WHERE e.seq = (SELECT MIN(seq) FROM event WHERE seq >= p.to_seq)) "
        "FROM placement p WHERE p.organisation_id = %s ORDER BY p.from_seq DESC",
        [unit.id],
    )
    above = [int(path.strip("/").split("/")[-2]) if path.count("/") > 2 else 0 for _, path, _, _ in rows]  # fmt: skip
    names = dict(Organisation.objects.filter(id__in=above).values_list("id", "name"))
    return [
        Placed(name, names.get(parent, ""), since or "", until or "")
        for (name, _, since, until), parent in zip(rows, above, strict=True)
    ]


def weights(units: Sequence[Organisation]) -> list[Weight]:
    """What hangs on each of the units: three queries, however many they are."""
    ids = [u.id for u in units]
    if not ids:
        return []
    marks = storage.marks(ids)
    records = dict(storage.fetch(f"SELECT organisation_id, COUNT(*) FROM record WHERE organisation_id IN ({marks}) GROUP BY organisation_id", ids))  # fmt: skip
    posts = dict(storage.fetch(f"SELECT organisation_id, COUNT(*) FROM post WHERE organisation_id IN ({marks}) GROUP BY organisation_id", ids))  # fmt: skip
    books: dict[int, list[tuple[int, int | None]]] = {}
    for unit, year, closed in storage.fetch(
        f"SELECT organisation_id, year, closed_through FROM book WHERE organisation_id IN ({marks}) ORDER BY year", ids
    ):  # fmt: skip
        books.setdefault(unit, []).append((year, closed))
    return [
        Weight(
            unit,
            records.get(unit.id, 0),
            posts.get(unit.id, 0),
            [year for year, _ in books.get(unit.id, ())],
            max((closed for _, closed in books.get(unit.id, ()) if closed), default=None),
        )
        for unit in units
    ]


# ── changes, with what a form must hold ───────────────────────────────────────────────────────────────────────────────


def _need(values: Mapping[str, str]) -> None:
    codes = {"reason": "UNIT_001", "name": "UNIT_002", "on": "UNIT_003", "parent": "UNIT_005"}
    missing = [Problem(codes[k]) for k, v in values.items() if not v.strip()]
    if missing:
        raise ProblemsError(missing)


def add(actor: Actor, superior: Organisation, *, code: str, name: str, level: str, on: str) -> Organisation:  # fmt: skip
    """Open a unit below another."""
    _need({"name": name, "on": on})
    opened = actions.open_units(
        actor,
        [{"code": code.strip(), "name": name.strip(), "level": level, "parent": superior.code, "opened_on": on}],
    )  # fmt: skip
    if not opened:
        raise ProblemsError([Problem("ORG_003", {"code": code, "name": name, "found": name})])
    return opened[0]


def rename(actor: Actor, unit: Organisation, *, name: str, reason: str) -> Organisation:
    """Give a unit a new name."""
    _need({"name": name, "reason": reason})
    return actions.rename(actor, unit.code, name.strip(), reason=reason.strip())


def move(actor: Actor, unit: Organisation, *, parent: str, reason: str) -> Organisation:
    """Hang a unit below another superior."""
    _need({"parent": parent, "reason": reason})
    return actions.move(actor, unit.code, parent, reason=reason.strip())


def close(actor: Actor, unit: Organisation, *, on: str, reason: str) -> Organisation:
    """Close a unit."""
    _need({"on": on, "reason": reason})
    return actions.close_unit(actor, unit.code, on=on, reason=reason.strip())


def merge(
    actor: Actor, codes: Sequence[str], *, into: str, name: str, on: str, reason: str
) -> Organisation:
    """Merge units into one of them, or into a new one."""
    _need({"on": on, "reason": reason, "parent": into})
    return actions.merge(
        actor, codes, into.strip(), name=name.strip(), on=on, reason=reason.strip()
    )


def split(
    actor: Actor,
    unit: Organisation,
    parts: Sequence[Mapping[str, str]],
    rules: Sequence[Rule],
    rest: str,
    *,
    on: str,
    reason: str,
) -> int:
    """Split a unit, its records divided by rules; returns how many were given over.

    Raises:
        ProblemsError: UNIT_004 units below still stand, and what `books.actions.split_unit` finds.
    """
    _need({"on": on, "reason": reason})
    require_leaf(unit)
    return split_unit(
        actor, unit.code, parts, assign(rows_of(unit), rules, rest), on=on, reason=reason.strip()
    )


def require_leaf(unit: Organisation) -> None:
    """Raise ProblemsError UNIT_004 when open units hang below: they are moved one by one, not divided by records."""
    if Organisation.objects.filter(parent=unit, closed_on="", merged_into=None).exists():
        raise ProblemsError([Problem("UNIT_004", {"name": unit.name})])
