"""Reading the tree of organisations. Everything bound to the tree asks for a scope; nothing answers for "all" by accident."""

from __future__ import annotations

import difflib
from collections.abc import Sequence

from shuzhi.apps import storage
from shuzhi.apps.organisations.models import Organisation
from shuzhi.core.problems import Problem, ProblemsError


def find(code_or_name: str) -> Organisation | None:
    """The unit with this code, or the only one with this name."""
    found = Organisation.objects.filter(code=code_or_name).first()
    if found is None:
        named = list(Organisation.objects.filter(name=code_or_name)[:2]) or list(
            Organisation.objects.filter(full_name=code_or_name)[:2]
        )
        found = named[0] if len(named) == 1 else None
    return found


def get(code_or_name: str) -> Organisation:
    """The unit with this code or name.

    Raises:
        ProblemsError: ORG_001 unknown (with the nearest names), ORG_002 when several units bear the name.
    """
    found = find(code_or_name)
    if found is not None:
        return found
    same = list(Organisation.objects.filter(name=code_or_name).values_list("code", "full_name"))
    if same:
        listed = "、".join(f"{name}（{code}）" for code, name in same)
        raise ProblemsError([Problem("ORG_002", {"name": code_or_name, "units": listed})])
    known = dict(Organisation.objects.values_list("name", "code"))
    near = difflib.get_close_matches(code_or_name, [*known, *known.values()], 3, 0.4)
    raise ProblemsError(
        [Problem("ORG_001", {"name": code_or_name, "near": "、".join(near) or "—"})]
    )


def below(organisation: Organisation, as_of: int | None = None) -> list[int]:
    """Ids of the unit and all units below it; with `as_of`, in the tree of that point."""
    if as_of is None:
        rows = storage.fetch(
            "SELECT id FROM organisation WHERE path LIKE %s ORDER BY path",
            [organisation.path + "%"],
        )
        return [r[0] for r in rows]
    return _below_then(organisation.id, as_of)


def open_below(organisation: Organisation, levels: Sequence[str]) -> list[Organisation]:
    """The unit and those below it of these levels that are neither closed nor merged, in the order of the tree."""
    return list(
        Organisation.objects.filter(
            path__startswith=organisation.path, level__in=levels, closed_on="", merged_into=None
        ).order_by("path")
    )


def _below_then(organisation_id: int, as_of: int) -> list[int]:
    rows = storage.fetch(
        "SELECT p.organisation_id FROM placement p "
        "WHERE p.from_seq <= %s AND (p.to_seq IS NULL OR p.to_seq > %s) AND p.path LIKE %s ORDER BY p.path",
        [as_of, as_of, f"%/{organisation_id}/%"],
    )
    return [r[0] for r in rows]


def foremost(ids: Sequence[int], as_of: int | None = None) -> list[int]:
    """Those of the units that have none of the others above them, in the tree of the as-of point."""
    point = (
        "to_seq IS NULL" if as_of is None else "from_seq <= %s AND (to_seq IS NULL OR to_seq > %s)"
    )
    points = [] if as_of is None else [as_of, as_of]
    found: list[tuple[str, int]] = []
    for chunk in storage.in_chunks(list(ids)):
        found += storage.fetch(
            f"SELECT path, organisation_id FROM placement WHERE {point} AND organisation_id IN ({storage.marks(chunk)})",
            [*points, *chunk],
        )
    chosen: list[tuple[str, int]] = []
    for path, organisation_id in sorted(found, key=lambda f: len(f[0])):
        if not any(path.startswith(above) for above, _ in chosen):
            chosen.append((path, organisation_id))
    return sorted(organisation_id for _, organisation_id in chosen)


def of_level(ids: Sequence[int], level: str, as_of: int | None = None, since: int = 0) -> list[str]:
    """Codes of the separate units of a level among `ids`, as things stood at `as_of`.

    A merged unit is part of its successor from the merger on, a split one no unit at all; one that was closed before the month
    `since` is left out, because nothing could be recorded there any more.
    """
    found: list[str] = []
    point = (
        "p.to_seq IS NULL"
        if as_of is None
        else "p.from_seq <= %s AND (p.to_seq IS NULL OR p.to_seq > %s)"
    )
    points = [] if as_of is None else [as_of, as_of]
    for chunk in storage.in_chunks(list(ids)):
        rows = storage.fetch(
            "SELECT o.code, o.closed_on FROM organisation o JOIN placement p ON p.organisation_id = o.id "
            f"WHERE {point} AND o.level = %s AND o.id IN ({storage.marks(chunk)}) "
            "AND (o.merged_into_id IS NULL OR p.path NOT LIKE '%%/' || o.merged_into_id || '/%%') ORDER BY p.path",
            [*points, level, *chunk],
        )
        for code, closed_on in rows:
            is_over = bool(closed_on) and int(closed_on[:4] + closed_on[5:7]) < since
            if not (is_over and (as_of is None or _was_closed(code, as_of))):
                found.append(code)
    return found


def _was_closed(code: str, as_of: int) -> bool:
    return bool(
        storage.fetch(
            "SELECT seq FROM event WHERE code = 'organisation.closed' AND organisation = %s AND seq <= %s",
            [code, as_of],
        )
    )
