"""People and posts of a unit: who is there, what they may do, opening and closing accounts, giving and ending posts.

Whoever holds `account.change` at the unit looks after the accounts, whoever holds `post.change` after the posts; the actions of
apps/people ask once more for every unit an account is home in or holds a post in.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.debug import sensitive_post_parameters

from shuzhi.apps.audit.actions import today
from shuzhi.apps.office import definitions
from shuzhi.apps.organisations import queries as organisations
from shuzhi.apps.organisations.models import Organisation
from shuzhi.apps.people import actions, queries, signing_in
from shuzhi.apps.people.models import Account, Post
from shuzhi.apps.people.passwords import first_password
from shuzhi.apps.people.permissions import ROLES, area_titles
from shuzhi.core.formatting import format_date
from shuzhi.core.problems import Problem, ProblemsError
from shuzhi.web.context import page
from shuzhi.web.pages import Help, Page, Right
from shuzhi.web.problems import not_found
from shuzhi.web.way_in.me import OwnPost, shown_post
from shuzhi.web.words import Words, language, say

#: role → what it is for, in plain words
ROLE_WORDS: Mapping[str, Words] = {
    "clerk": Words("记台账、改台账、导入 Excel，出报告", "Records, corrects and imports rows, makes reports"),
    "reviewer": Words("审核和退回别人记的账，查账", "Approves or returns what others recorded, checks the books"),
    "leader": Words("建账、结账、重开，审核，签发报告", "Opens, closes and reopens books, approves, signs reports"),
    "inspector": Words("只看不改：检查期间查看台账和数字，要有检查文件和截止日期", "Looks and changes nothing, for the term of an inspection with its order"),
    "administrator": Words("管单位、帐号、任职、任务和备份；不记账、不审核", "Looks after units, accounts, posts, jobs and backups; neither records nor approves"),
    "security_administrator": Words("管任职和权限；不开帐号，不记账", "Looks after posts and rights; opens no accounts, records nothing"),
    "auditor": Words("看审计日志，查账；什么也不改", "Reads the audit log and checks the books; changes nothing"),
}  # fmt: skip
#: permission → what it allows, for the table of rights
RIGHT_WORDS: Mapping[str, Words] = {
    "record.read": Words("看台账", "See ledgers"), "record.create": Words("记账", "Record"), "record.revise": Words("更正", "Correct"),
    "record.withdraw": Words("撤回", "Withdraw"), "record.approve": Words("审核", "Approve"), "record.return": Words("退回", "Return"),
    "record.unmask": Words("看未打码的个人信息（要写理由）", "See personal data unmasked (with a reason)"),
    "ledger.export": Words("导出台账", "Export ledgers"), "figure.read": Words("看数字", "See figures"),
    "report.make": Words("出报告", "Make reports"), "report.confirm": Words("核实报告中本线的数字", "Confirm the own figures of a report"),
    "report.sign": Words("签发报告", "Sign reports"),
    "match.confirm": Words("确认核对的配对", "Confirm matches of a check"), "finding.silence": Words("停用疑点规则", "Silence a rule of checking"),
    "book.open": Words("建账", "Open books"), "book.check": Words("查账", "Check books"), "book.close": Words("结账", "Close books"),
    "book.reopen": Words("重开账册", "Reopen books"), "organisation.change": Words("变动单位", "Change units"),
    "account.change": Words("管帐号", "Look after accounts"), "post.change": Words("任职、免职", "Give and end posts"),
    "event.read": Words("看审计日志", "Read the audit log"), "definition.change": Words("改本单位的定义", "Change the office's definitions"),
    "office.backup": Words("备份和恢复", "Back up and restore"),
}  # fmt: skip
_BESIDE: Mapping[str, str] = {
    "PEOPLE_003": "name", "PEOPLE_004": "role", "PEOPLE_005": "role", "PEOPLE_006": "to_date", "PEOPLE_007": "to_date",
    "PEOPLE_008": "lines", "PEOPLE_010": "password", "PEOPLE_011": "password", "PEOPLE_012": "password", "PEOPLE_013": "password",
    "PEOPLE_014": "password", "PEOPLE_019": "reason", "ORG_001": "place", "ORG_002": "place", "QUANTITY_011": "from_date",
}  # fmt: skip
_LEVELS = ("province", "prefecture", "county", "township", "village")


# ── what the pages show ───────────────────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True)
class Person:
    """A row of the list."""

    id: int
    name: str
    display: str
    posts: Sequence[OwnPost]
    has_password: bool
    is_active: bool


@dataclass(frozen=True, slots=True)
class PeoplePage:
    """The people of a unit."""

    unit: Organisation
    people: Sequence[Person]
    search: str
    is_closed: bool
    after: str
    may_open: bool


@dataclass(frozen=True, slots=True)
class Choice:
    """Something to choose from a list."""

    key: str
    title: str
    hint: str = ""


@dataclass(frozen=True, slots=True)
class PostForm:
    """The fields of a post as typed."""

    roles: Sequence[Choice]
    places: Sequence[Choice]
    lines: Sequence[Choice]
    typed: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class FormPage:
    """Opening an account, giving or changing a post, setting a password."""

    unit: Organisation
    kind: str  #: account, post, change or password
    title: str
    back: str
    typed: Mapping[str, Any]
    post: PostForm | None = None
    errors: Mapping[str, Sequence[Problem]] = field(default_factory=dict)
    account: str = ""


@dataclass(frozen=True, slots=True)
class HeldPostRow:
    """A post with its number, for changing and ending it."""

    id: int
    post: OwnPost
    may_change: bool


@dataclass(frozen=True, slots=True)
class AccountPage:
    """One account."""

    unit: Organisation
    id: int
    name: str
    display: str
    home: str
    is_active: bool
    has_password: bool
    must_change: bool
    has_second_step: bool
    last_login: Any
    locked_until: str
    posts: Sequence[HeldPostRow]
    elsewhere: int  #: posts at units outside this one
    may_account: bool
    may_post: bool
    is_self: bool
    errors: Mapping[str, Sequence[Problem]] = field(default_factory=dict)
    given: str = ""


@dataclass(frozen=True, slots=True)
class RoleRow:
    """A role in the table of rights."""

    title: str
    words: Words
    allowed: Sequence[bool]


@dataclass(frozen=True, slots=True)
class RolesPage:
    """Who may do what."""

    unit: Organisation
    roles: Sequence[Choice]
    rights: Sequence[RoleRow]  #: a row per right, a column per role


# ── reading ───────────────────────────────────────────────────────────────────────────────────────────────────────────


def _zh() -> bool:
    return language() == "zh"


def people(request: HttpRequest, unit: Organisation) -> HttpResponseBase:
    """The accounts of the unit and the units below it."""
    search, is_closed = request.GET.get("q", "").strip(), request.GET.get("closed") == "1"
    accounts, after = queries.accounts_at(
        unit.path, search=search, closed=is_closed, after=request.GET.get("after", "")
    )
    posts = queries.posts_of(accounts)
    rows = [
        Person(
            a.pk,
            a.name,
            a.display,
            [
                shown_post(p)
                for p in posts.get(a.pk, [])
                if p.path.startswith(unit.path) and not p.is_over
            ],
            a.has_usable_password(),
            a.is_active,
        )
        for a in accounts
    ]
    may_open = request.visit.may("account.change", unit)  # type: ignore[attr-defined]
    shown = PeoplePage(unit, rows, search, is_closed, after, may_open)
    return page(request, "administration/people.html", shown)


def account(request: HttpRequest, unit: Organisation, account: int) -> HttpResponseBase:
    """One account with its posts."""
    found = queries.find_account(unit.path, account)
    return not_found(request) if found is None else _account(request, unit, found)


def _account(
    request: HttpRequest, unit: Organisation, found: Account, problems: Sequence[Problem] = ()
) -> HttpResponse:
    visit = request.visit  # type: ignore[attr-defined]
    posts = queries.posts_of([found]).get(found.pk, [])
    here = [p for p in posts if p.path.startswith(unit.path)]
    is_self = found.pk == visit.account.pk
    may_post = visit.may("post.change", unit)
    until = signing_in.locked_until(found.name, "")
    shown = AccountPage(
        unit,
        found.pk,
        found.name,
        found.display,
        found.home.name if found.home is not None else "",
        found.is_active,
        found.has_usable_password(),
        found.must_change,
        queries.has_second_step(found),
        found.last_login,
        f"{until:%H:%M}" if until is not None else "",
        [
            HeldPostRow(p.id, shown_post(p), may_post and not p.is_over and not is_self)
            for p in here
        ],
        len(posts) - len(here),
        visit.may("account.change", unit),
        may_post,
        is_self,
        _beside(problems),
        request.POST.get("reason", ""),
    )
    return page(
        request, "administration/people_account.html", shown, status=422 if problems else 200
    )


def roles(request: HttpRequest, unit: Organisation) -> HttpResponseBase:
    """Which role may do what, in plain words."""
    number = 0 if _zh() else 1
    heads = [Choice(key, ROLES[key][number], str(ROLE_WORDS[key])) for key in ROLES]
    rows = [
        RoleRow(right, words, [right in ROLES[role][2] for role in ROLES])
        for right, words in RIGHT_WORDS.items()
    ]
    return page(request, "administration/people_roles.html", RolesPage(unit, heads, rows))


# ── forms ─────────────────────────────────────────────────────────────────────────────────────────────────────────────


def _beside(problems: Sequence[Problem]) -> dict[str, list[Problem]]:
    """Problems by the field they are shown at; the others under ``""``."""
    found: dict[str, list[Problem]] = {}
    for problem in problems:
        found.setdefault(_BESIDE.get(problem.code, ""), []).append(problem)
    return found


def _post_form(unit: Organisation, typed: Mapping[str, Any]) -> PostForm:
    number = 0 if _zh() else 1
    areas = sorted({ledger.area for ledger in definitions().catalogue.ledgers.values()})
    places = organisations.open_below(unit, _LEVELS)
    top = unit.path.count("/")
    return PostForm(
        [Choice(key, ROLES[key][number], str(ROLE_WORDS[key])) for key in ROLES],
        [Choice(p.code, "\u00a0\u00a0\u00a0" * (p.path.count("/") - top) + p.name) for p in places],
        [Choice(a, area_titles([a], number)[0]) for a in areas],
        typed,
    )


def _typed(request: HttpRequest, **defaults: Any) -> dict[str, Any]:
    if request.method != "POST":
        return {"lines": [], **defaults}
    names = ("name", "display", "password", "role", "place", "from_date", "to_date", "order")
    found: dict[str, Any] = {n: request.POST.get(n, "").strip() for n in names}
    return found | {"lines": request.POST.getlist("lines")}


def _day(text: str) -> str:
    return format_date(text, "code") if text else ""


def _place(unit: Organisation, code: str) -> Organisation:
    """The unit a post is for, which must be this one or below it."""
    found = organisations.find(code)
    if found is None or not found.path.startswith(unit.path):
        raise ProblemsError([Problem("ORG_001", {"name": code, "near": ""})])
    return found


def _address(unit: Organisation, account: Account) -> str:
    return reverse("account", kwargs={"unit": unit.code, "account": account.pk})


@sensitive_post_parameters("password")
def open_account(request: HttpRequest, unit: Organisation) -> HttpResponseBase:
    """Open an account with a first password, and at once give it its first post where the actor may."""
    visit = request.visit  # type: ignore[attr-defined]
    may_post = visit.may("post.change", unit)
    typed = _typed(
        request, password=first_password(), place=unit.code, from_date=today(), role="clerk"
    )
    problems: Sequence[Problem] = ()
    if request.method == "POST":
        try:
            made = _open(visit.actor, unit, typed, with_post=may_post and bool(typed["role"]))
        except ProblemsError as error:
            problems = error.problems
        else:
            messages.success(
                request,
                say("已开设帐号“{name}”。把帐号名和首次密码告诉本人，第一次登录会请他改密码。", "Account “{name}” is open. Tell its owner the name and the first password; it must be changed at the first sign-in.", name=made.name),
            )  # fmt: skip
            return redirect(_address(unit, made))
    shown = FormPage(
        unit,
        "account",
        say("开设帐号", "Open an account"),
        reverse("people", kwargs={"unit": unit.code}),
        typed,
        _post_form(unit, typed) if may_post else None,
        _beside(problems),
    )
    return page(request, "administration/people_form.html", shown, status=422 if problems else 200)


def _open(actor: Any, unit: Organisation, typed: Mapping[str, Any], *, with_post: bool) -> Account:
    place = _place(unit, typed["place"]) if with_post else unit
    post = None
    if with_post:
        post = {
            "role": typed["role"], "from_date": _day(typed["from_date"]) or today(), "to_date": _day(typed["to_date"]),
            "lines": typed["lines"], "order": typed["order"],
        }  # fmt: skip
    return actions.open_account(
        actor,
        typed["name"],
        typed["display"],
        home=place.code,
        password=typed["password"],
        post=post,
    )


def give_post(request: HttpRequest, unit: Organisation, account: int) -> HttpResponseBase:
    """Give an account a post."""
    found = queries.find_account(unit.path, account)
    if found is None:
        return not_found(request)
    typed = _typed(request, place=unit.code, from_date=today(), role="clerk")
    problems: Sequence[Problem] = ()
    if request.method == "POST":
        try:
            place = _place(unit, typed["place"])
            actions.give_post(
                request.visit.actor,  # type: ignore[attr-defined]
                found.name,
                place.code,
                typed["role"],
                from_date=_day(typed["from_date"]) or today(),
                to_date=_day(typed["to_date"]),
                lines=typed["lines"],
                order=typed["order"],
            )
        except ProblemsError as error:
            problems = error.problems
        else:
            messages.success(request, say("已任职", "The post was given"))
            return redirect(_address(unit, found))
    shown = FormPage(
        unit,
        "post",
        say("给“{name}”任职", "Give “{name}” a post", name=found.display),
        _address(unit, found),
        typed,
        _post_form(unit, typed),
        _beside(problems),
    )
    return page(request, "administration/people_form.html", shown, status=422 if problems else 200)


def _own_post(unit: Organisation, account: int, post: int) -> Post | None:
    found = queries.find_post(post)
    if (
        found is None
        or found.account_id != account
        or not found.organisation.path.startswith(unit.path)
    ):
        return None
    return found


def change_post(
    request: HttpRequest, unit: Organisation, account: int, post: int
) -> HttpResponseBase:
    """Change the term, the lines of work or the order of a post."""
    found = _own_post(unit, account, post)
    if found is None:
        return not_found(request)
    typed = _typed(
        request, role=found.role, place=found.organisation.code, from_date=found.from_date, to_date=found.to_date, order=found.order
    )  # fmt: skip
    if request.method != "POST":
        typed["lines"] = [line for line in found.lines.split(",") if line]
    problems: Sequence[Problem] = ()
    if request.method == "POST":
        try:
            actions.change_post(
                request.visit.actor,  # type: ignore[attr-defined]
                found.id,
                to_date=_day(typed["to_date"]),
                lines=typed["lines"],
                order=typed["order"],
            )
        except ProblemsError as error:
            problems = error.problems
        else:
            messages.success(request, say("任职已更改", "The post was changed"))
            return redirect(_address(unit, found.account))
    shown = FormPage(
        unit,
        "change",
        say("更改任职：{unit} {role}", "Change the post: {unit} {role}", unit=found.organisation.name, role=ROLES[found.role][0 if _zh() else 1]),
        _address(unit, found.account),
        typed | {"role": found.role},
        _post_form(unit, typed),
        _beside(problems),
    )  # fmt: skip
    return page(request, "administration/people_form.html", shown, status=422 if problems else 200)


def end_post(request: HttpRequest, unit: Organisation, account: int, post: int) -> HttpResponseBase:
    """End a post today."""
    found = _own_post(unit, account, post)
    if found is None:
        return not_found(request)
    actions.end_post(request.visit.actor, found.id, on=today())  # type: ignore[attr-defined]
    messages.success(request, say("任职到今天为止", "The post ends today"))
    return redirect(_address(unit, found.account))


@sensitive_post_parameters("password")
def reset_password(request: HttpRequest, unit: Organisation, account: int) -> HttpResponseBase:
    """Give an account a new first password."""
    found = queries.find_account(unit.path, account)
    if found is None:
        return not_found(request)
    if found.pk == request.visit.account.pk:  # type: ignore[attr-defined]
        return redirect("account_change_password")  # one's own is changed with the old one
    typed = _typed(request, password=first_password())
    problems: Sequence[Problem] = ()
    if request.method == "POST":
        try:
            actions.set_password(request.visit.actor, found.name, typed["password"])  # type: ignore[attr-defined]
        except ProblemsError as error:
            problems = error.problems
        else:
            messages.success(request, say("密码已重设；请告诉本人，登录后会请他改掉", "The password was set; tell its owner, who must change it after signing in"))  # fmt: skip
            return redirect(_address(unit, found))
    shown = FormPage(
        unit,
        "password",
        say("重设“{name}”的密码", "Set a new password for “{name}”", name=found.display),
        _address(unit, found),
        typed,
        errors=_beside(problems),
        account=found.name,
    )
    return page(request, "administration/people_form.html", shown, status=422 if problems else 200)


def _with_reason(act: Any, done: Words) -> Any:
    """A view that does something to an account for a reason, and comes back to its page."""

    def view(request: HttpRequest, unit: Organisation, account: int) -> HttpResponseBase:
        found = queries.find_account(unit.path, account)
        if found is None:
            return not_found(request)
        try:
            act(request.visit.actor, found.name, reason=request.POST.get("reason", ""))  # type: ignore[attr-defined]
        except ProblemsError as error:
            if any(p.code == "PEOPLE_001" for p in error.problems):
                raise
            return _account(request, unit, found, error.problems)
        messages.success(request, str(done))
        return redirect(_address(unit, found))

    return view


# ── addresses ─────────────────────────────────────────────────────────────────────────────────────────────────────────

_PEOPLE = Help(
    Words(
        "这里是本单位和下级单位的人员：帐号、任职、期限。先开帐号，再任职；一个人可以有几个任职。人走了，先免去任职，再停用帐号；他记过的账不受影响。",
        "The people of this unit and the units below: accounts, posts, terms. Open an account, then give it posts; one person may hold several. When somebody leaves, end the posts and close the account; what they recorded stays.",
    ),
    Words("甲村换了会计：给新会计开帐号，任甲村记账员；老会计的任职到今天为止。", "A village has a new clerk: open an account with a post there, and end the former clerk's post today."),
)  # fmt: skip
_FORM = Help(
    Words(
        "岗位管本单位和所有下级单位。只管一两条业务的，勾选业务；不勾就是全部。检查员要写检查文件和截止日期，到期自动失效。系统管理员、安全管理员、审计员三者分开，也不能兼记账、审核。",
        "A post reaches the unit and all units below it. For one or two lines of work tick them; none ticked means all. An inspector needs the order and a last day, after which the post ends by itself. The three administrators are kept apart and neither record nor approve.",
    ),
    Words("农业站的小李：示范镇记账员，业务只勾“产业发展”。", "Somebody of the farming office: clerk of the township, for “Industry” alone."),
)  # fmt: skip
_ROLES = Help(
    Words("每种岗位能做什么，一行一项权限。权限都在任职的单位和它的下级单位里有效。", "What each role may do, a right to a row. Rights hold at the unit of the post and below it."),
    Words("看“审核”一行：审核员和负责人能审核，但都不能审自己记的。", "Look at “Approve”: reviewers and leaders may, but never their own records."),
)  # fmt: skip
_READ = Right(any_of=("account.change", "post.change"))
_ACCOUNT, _POST = Right("account.change"), Right("post.change")
_AT = "at/<unit:unit>/administration/people/"

PEOPLE_PAGES = [
    Page("people", _AT, {"GET": _READ}, people, _PEOPLE),
    Page("account-new", f"{_AT}new/", {"GET": _ACCOUNT, "POST": _ACCOUNT}, open_account, _FORM),
    Page("roles", f"{_AT}roles/", {"GET": Right(any_of=("account.change", "post.change", "event.read"))}, roles, _ROLES),
    Page("account", f"{_AT}<int:account>/", {"GET": _READ}, account, _PEOPLE),
    Page("post-give", f"{_AT}<int:account>/posts/new/", {"GET": _POST, "POST": _POST}, give_post, _FORM),
    Page("post-change", f"{_AT}<int:account>/posts/<int:post>/", {"GET": _POST, "POST": _POST}, change_post, _FORM),
    Page("post-end", f"{_AT}<int:account>/posts/<int:post>/end/", {"POST": _POST}, end_post, fragment=True),
    Page("account-password", f"{_AT}<int:account>/password/", {"GET": _ACCOUNT, "POST": _ACCOUNT}, reset_password, _FORM),
    Page("account-close", f"{_AT}<int:account>/close/", {"POST": _ACCOUNT}, _with_reason(actions.close_account, Words("帐号已停用", "The account was closed")), _PEOPLE),
    Page("account-reopen", f"{_AT}<int:account>/reopen/", {"POST": _ACCOUNT}, _with_reason(actions.reopen_account, Words("帐号已恢复", "The account was reopened")), _PEOPLE),
    Page("account-second-step", f"{_AT}<int:account>/second-step/", {"POST": _ACCOUNT}, _with_reason(actions.reset_second_step, Words("第二步验证已取消", "The second step was taken away")), _PEOPLE),
]  # fmt: skip
