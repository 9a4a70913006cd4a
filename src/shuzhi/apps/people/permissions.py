"""Who may do what, where: one table of roles as data, and the one function that asks it.

Rights come from posts and reach the post's organisation and everything below it, inside the post's term. The three
administrator roles are kept apart: the administrator handles units, accounts and posts, and can neither record nor approve.
A post may be limited to lines of work, that is to areas of ledgers; whatever concerns a ledger is then asked with its area.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from shuzhi.apps import storage
from shuzhi.core.problems import Problem, ProblemsError

#: role → (Chinese, English, permissions)
ROLES: Mapping[str, tuple[str, str, frozenset[str]]] = {
    "clerk": ("记账员", "clerk", frozenset({"record.create", "record.revise", "record.withdraw", "record.read", "figure.read", "report.make", "report.confirm", "ledger.export", "record.unmask", "match.confirm"})),
    "reviewer": ("审核员", "reviewer", frozenset({"record.approve", "record.return", "record.read", "figure.read", "report.confirm", "book.check", "ledger.export", "record.unmask", "match.confirm", "finding.silence"})),
    "leader": ("负责人", "leader", frozenset({"book.open", "book.check", "book.close", "book.reopen", "record.read", "record.approve", "record.return", "figure.read", "report.make", "report.sign", "ledger.export", "record.unmask", "match.confirm", "finding.silence"})),
    "inspector": ("检查员", "inspector", frozenset({"record.read", "figure.read", "book.check"})),
    "administrator": ("系统管理员", "administrator", frozenset({"organisation.change", "definition.change", "office.backup", "account.change", "post.change"})),
    "security_administrator": ("安全管理员", "security administrator", frozenset({"post.change"})),
    "auditor": ("审计管理员", "auditor", frozenset({"event.read", "record.read", "figure.read", "book.check"})),
}  # fmt: skip
PERMISSIONS = frozenset().union(*(r[2] for r in ROLES.values()))


#: permission → how a person calls it
PERMISSION_WORDS: Mapping[str, str] = {
    "record.create": "记账", "record.revise": "更正", "record.withdraw": "撤回", "record.read": "查看记录",
    "record.approve": "审核", "record.return": "退回", "figure.read": "查看数字", "report.make": "生成报告",
    "report.sign": "签发报告", "report.confirm": "确认报告中的数据", "ledger.export": "导出台账", "record.unmask": "查看未打码的个人信息", "book.open": "建账", "book.check": "查账", "book.close": "结账",
    "book.reopen": "重开账册", "organisation.change": "变动单位", "account.change": "管理帐号", "post.change": "任职免职",
    "definition.change": "上传定义", "office.backup": "备份与恢复",
    "event.read": "查看审计日志", "match.confirm": "确认核对匹配", "finding.silence": "停用疑点规则",
}  # fmt: skip


#: area of the catalogue → the line of work as a person calls it, Chinese and English; an office's own areas keep their key
AREA_WORDS: Mapping[str, tuple[str, str]] = {
    "party": ("党建", "Party building"), "governance": ("基层治理", "Governance"), "people": ("人口和农户", "People and households"),
    "livelihood": ("民生保障", "Livelihood"), "industry": ("产业发展", "Industry"), "collective": ("集体经济", "Collective economy"),
    "infrastructure": ("基础设施", "Infrastructure"), "environment": ("人居环境", "Environment"), "land": ("土地和资源", "Land"),
    "organisations": ("组织和机构", "Organisations"), "supervision": ("监督检查", "Supervision"), "training": ("培训", "Training"),
    "targets": ("目标任务", "Targets"),
}  # fmt: skip

#: roles that never go together with any other, because each watches the others
KEPT_APART = frozenset({"administrator", "security_administrator", "auditor"})


@dataclass(frozen=True, slots=True)
class HeldPost:
    """A post in force."""

    organisation: str  #: code
    path: str
    role: str
    name: str = ""  #: of the organisation
    lines: frozenset[str] = frozenset()  #: areas of ledgers it is limited to; empty = all
    id: int = 0

    def allows(self, permission: str, area: str = "") -> bool:
        """Whether the post gives the permission, for a ledger of this area where one is concerned."""
        return permission in ROLES[self.role][2] and not (
            area and self.lines and area not in self.lines
        )


@dataclass(frozen=True, slots=True)
class Actor:
    """Who acts: an account's name with the posts in force today."""

    name: str
    posts: tuple[HeldPost, ...]
    is_system: bool = False

    def reaches(self, path: str) -> bool:
        """Whether a post of any kind covers the organisation with this path."""
        return any(path.startswith(post.path) for post in self.posts)


#: for what the program does by itself at set-up; named in every event like anyone else
SYSTEM = Actor("SYSTEM", (), is_system=True)


def is_allowed(actor: Actor, permission: str, path: str, area: str = "") -> bool:
    """Whether the actor has `permission` at the organisation with this path, for ledgers of `area` where one is concerned.

    Without an area the question is whether the actor may do it at all there; lists are then cut by `permitted_areas`.

    Raises:
        KeyError: a permission that is in no role's list; a mistake in the program.
    """
    if permission not in PERMISSIONS:
        raise KeyError(permission)
    if actor.is_system:
        return permission in ("organisation.change", "account.change", "post.change")
    return any(path.startswith(p.path) and p.allows(permission, area) for p in actor.posts)


def permitted_areas(actor: Actor, permission: str, path: str) -> frozenset[str] | None:
    """The areas of ledgers for which the actor has `permission` at the organisation; None = all, empty = none.

    Raises:
        KeyError: a permission that is in no role's list; a mistake in the program.
    """
    if permission not in PERMISSIONS:
        raise KeyError(permission)
    found: set[str] = set()
    for post in actor.posts:
        if path.startswith(post.path) and post.allows(permission):
            if not post.lines:
                return None
            found |= post.lines
    return frozenset(found)


def require(
    actor: Actor, permission: str, path: str, organisation: str = "", *, area: str = ""
) -> None:
    """Raise ProblemsError PEOPLE_001 unless allowed. `organisation` is the unit's name, looked up when not given."""
    if is_allowed(actor, permission, path, area):
        return
    raise ProblemsError([refusal(actor, permission, path, organisation, area=area)])


def refusal(
    actor: Actor, permission: str, path: str, organisation: str = "", *, area: str = ""
) -> Problem:
    """What is said to somebody who lacks a right: which, where, for which line of work, and what posts are held."""
    if not organisation:
        rows = storage.fetch("SELECT name FROM organisation WHERE path = %s", [path])
        organisation = rows[0][0] if rows else "—"
    held = (
        "、".join(
            f"{p.name or p.organisation}{ROLES[p.role][0]}"
            + (f"（{'、'.join(area_titles(p.lines))}）" if p.lines else "")
            for p in actor.posts
        )
        or "—"
    )
    words = PERMISSION_WORDS[permission]
    if area:
        words = f"{words}·{area_titles([area])[0]}"
    return Problem(
        "PEOPLE_001",
        {
            "actor": actor.name,
            "permission": f"{words}（{permission}）",
            "organisation": organisation,
            "held": held,
        },
    )


def area_titles(areas: Iterable[str], language: int = 0) -> list[str]:
    """Areas of ledgers as a person calls them, in the order of the catalogue's folders; `language` 1 is English."""
    return [AREA_WORDS.get(a, (a, a))[language] for a in sorted(areas)]
