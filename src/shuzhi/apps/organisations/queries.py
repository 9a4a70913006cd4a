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


def _below_then(organisation_id: int, as_of: int) -> list[int]:
    rows = storage.fetch(
        "SELECT p.organisation_id FROM placement p "
        "WHERE p.from_seq <= %s AND (p.to_seq IS NULL OR p.to_seq > %s) AND p.path LIKE %s ORDER BY p.path",
        [as_of, as_of, f"%/{organisation_id}/%"],
    )
    return [r[0] for r in rows]


def of_level(ids: Sequence[int], level: str) -> list[str]:
    """Codes of the still separate units of a level among `ids` (merged ones are part of their successor)."""
    found: list[str] = []
    for chunk in storage.in_chunks(list(ids)):
        rows = storage.fetch(
            f"SELECT code FROM organisation WHERE level = %s AND merged_into_id IS NULL "
            f"AND id IN ({storage.marks(chunk)}) ORDER BY path",
            [level, *chunk],
        )
        found += [r[0] for r in rows]
    return found
