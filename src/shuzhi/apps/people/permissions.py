"""Who may do what, where: one table of roles as data, and the one function that asks it.

Rights come from posts and reach the post's organisation and everything below it, inside the post's term. The three
administrator roles are kept apart: the administrator handles units, accounts and posts, and can neither record nor approve.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from shuzhi.core.problems import Problem, ProblemsError

#: role → (Chinese, English, permissions)
ROLES: Mapping[str, tuple[str, str, frozenset[str]]] = {
    "clerk": ("记账员", "clerk", frozenset({"record.create", "record.revise", "record.withdraw", "record.read", "figure.read", "report.make", "ledger.export"})),
    "reviewer": ("审核员", "reviewer", frozenset({"record.approve", "record.return", "record.read", "figure.read", "book.check", "ledger.export"})),
    "leader": ("负责人", "leader", frozenset({"book.open", "book.check", "book.close", "book.reopen", "record.read", "record.approve", "record.return", "figure.read", "report.make", "report.sign"})),
    "inspector": ("检查员", "inspector", frozenset({"record.read", "figure.read", "book.check"})),
    "administrator": ("系统管理员", "administrator", frozenset({"organisation.change", "account.change", "post.change"})),
    "security_administrator": ("安全管理员", "security administrator", frozenset({"post.change"})),
    "auditor": ("审计管理员", "auditor", frozenset({"event.read", "record.read", "figure.read", "book.check"})),
}  # fmt: skip
PERMISSIONS = frozenset().union(*(r[2] for r in ROLES.values()))


@dataclass(frozen=True, slots=True)
class HeldPost:
    """A post in force."""

    organisation: str  #: code
    path: str
    role: str


@dataclass(frozen=True, slots=True)
class Actor:
    """Who acts: an account's name with the posts in force today."""

    name: str
    posts: tuple[HeldPost, ...]
    is_system: bool = False


#: for what the program does by itself at set-up; named in every event like anyone else
SYSTEM = Actor("SYSTEM", (), is_system=True)


def is_allowed(actor: Actor, permission: str, path: str) -> bool:
    """Whether the actor has `permission` at the organisation with this path.

    Raises:
        KeyError: a permission that is in no role's list; a mistake in the program.
    """
    if permission not in PERMISSIONS:
        raise KeyError(permission)
    if actor.is_system:
        return permission in ("organisation.change", "account.change", "post.change")
    return any(path.startswith(p.path) and permission in ROLES[p.role][2] for p in actor.posts)


def require(actor: Actor, permission: str, path: str, organisation: str = "") -> None:
    """Raise ProblemsError PEOPLE_001 unless allowed."""
    if not is_allowed(actor, permission, path):
        held = "、".join(f"{p.organisation} {ROLES[p.role][0]}" for p in actor.posts) or "—"
        raise ProblemsError(
            [
                Problem(
                    "PEOPLE_001",
                    {
                        "actor": actor.name,
                        "permission": permission,
                        "organisation": organisation or path,
                        "held": held,
                    },
                )
            ]
        )
