"""Who may do what, where: one table of roles as data, and the one function that asks it.

Rights come from posts and reach the post's organisation and everything below it, inside the post's term. The three
administrator roles are kept apart: the administrator handles units, accounts and posts, and can neither record nor approve.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from shuzhi.apps import storage
from shuzhi.core.problems import Problem, ProblemsError

#: role → (Chinese, English, permissions)
ROLES: Mapping[str, tuple[str, str, frozenset[str]]] = {
    "clerk": ("记账员", "clerk", frozenset({"record.create", "record.revise", "record.withdraw", "record.read", "figure.read", "report.make", "ledger.export", "record.unmask", "match.confirm"})),
    "reviewer": ("审核员", "reviewer", frozenset({"record.approve", "record.return", "record.read", "figure.read", "book.check", "ledger.export", "record.unmask", "match.confirm", "finding.silence"})),
    "leader": ("负责人", "leader", frozenset({"book.open", "book.check", "book.close", "book.reopen", "record.read", "record.approve", "record.return", "figure.read", "report.make", "report.sign", "ledger.export", "record.unmask", "match.confirm", "finding.silence"})),
    "inspector": ("检查员", "inspector", frozenset({"record.read", "figure.read", "book.check"})),
    "administrator": ("系统管理员", "administrator", frozenset({"organisation.change", "account.change", "post.change"})),
    "security_administrator": ("安全管理员", "security administrator", frozenset({"post.change"})),
    "auditor": ("审计管理员", "auditor", frozenset({"event.read", "record.read", "figure.read", "book.check"})),
}  # fmt: skip
PERMISSIONS = frozenset().union(*(r[2] for r in ROLES.values()))


#: permission → how a person calls it
PERMISSION_WORDS: Mapping[str, str] = {
    "record.create": "记账", "record.revise": "更正", "record.withdraw": "撤回", "record.read": "查看记录",
    "record.approve": "审核", "record.return": "退回", "figure.read": "查看数字", "report.make": "生成报告",
    "report.sign": "签发报告", "ledger.export": "导出台账", "record.unmask": "查看未打码的个人信息", "book.open": "建账", "book.check": "查账", "book.close": "结账",
    "book.reopen": "重开账册", "organisation.change": "变动单位", "account.change": "管理帐号", "post.change": "任职免职",
    "event.read": "查看审计日志", "match.confirm": "确认核对匹配", "finding.silence": "停用疑点规则",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class HeldPost:
    """A post in force."""

    organisation: str  #: code
    path: str
    role: str
    name: str = ""  #: of the organisation


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
    """Raise ProblemsError PEOPLE_001 unless allowed. `organisation` is the unit's name, looked up when not given."""
    if is_allowed(actor, permission, path):
        return
    if not organisation:
        rows = storage.fetch("SELECT name FROM organisation WHERE path = %s", [path])
        organisation = rows[0][0] if rows else "—"
    held = "、".join(f"{p.name or p.organisation}{ROLES[p.role][0]}" for p in actor.posts) or "—"
    raise ProblemsError(
        [
            Problem(
                "PEOPLE_001",
                {
                    "actor": actor.name,
                    "permission": f"{PERMISSION_WORDS[permission]}（{permission}）",
                    "organisation": organisation,
                    "held": held,
                },
            )
        ]
    )
