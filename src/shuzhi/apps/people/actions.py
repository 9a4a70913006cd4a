"""Opening and closing accounts, giving, changing and ending posts, setting passwords. Whoever acts is named, and all is noted.

Signing in itself (attempts, lock-out, sessions) is in `signing_in`; what a password must be is in `passwords`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from allauth.mfa.models import Authenticator
from django.db import transaction
from django.db.models import Q

from shuzhi.apps.audit import actions as audit
from shuzhi.apps.office import definitions
from shuzhi.apps.organisations import queries as organisations
from shuzhi.apps.organisations.models import Organisation
from shuzhi.apps.people import signing_in
from shuzhi.apps.people.models import Account, Post
from shuzhi.apps.people.passwords import password_problems
from shuzhi.apps.people.permissions import KEPT_APART, ROLES, SYSTEM, Actor, refusal, require
from shuzhi.core.problems import Problem, ProblemsError

_LONGEST = 64  #: characters of an account's name


# ── accounts ──────────────────────────────────────────────────────────────────────────────────────────────────────────


@transaction.atomic
def create_account(
    actor: Actor, name: str, display: str, *, home: str = "", password: str = ""
) -> Account:
    """Open an account.

    Args:
        home: code of the unit whose administrator looks after it; needs the right there.
        password: the first password, to be changed at the first sign-in; without one the account works on the command line only.

    Raises:
        ProblemsError: PEOPLE_001 no right, PEOPLE_003 the name is taken or not allowed, PEOPLE_010 to PEOPLE_014 the password.
    """
    unit: Organisation | None = None
    if home:
        unit = organisations.get(home)
        require(actor, "account.change", unit.path, unit.name)
    elif not actor.is_system and not any("account.change" in ROLES[p.role][2] for p in actor.posts):
        raise ProblemsError([refusal(actor, "account.change", "", "—")])
    name = name.strip()
    problems = []
    is_free = name and name != SYSTEM.name and len(name) <= _LONGEST and name.isprintable()
    if not is_free or Account.objects.filter(name=name).exists():
        problems.append(Problem("PEOPLE_003", {"name": name}))
    if password:
        problems += password_problems(password, name, display)
    if problems:
        raise ProblemsError(problems)
    account = Account(name=name, display=(display or name)[:_LONGEST], home=unit)
    if password:
        account.set_password(password)
        account.must_change = not actor.is_system
    else:
        account.set_unusable_password()
    account.save()
    audit.note(
        "account.created",
        actor=actor.name,
        organisation=unit.code if unit else "",
        name=name,
        has_password=bool(password),
    )
    return account


@transaction.atomic
def open_account(
    actor: Actor,
    name: str,
    display: str,
    *,
    home: str,
    password: str,
    post: Mapping[str, Any] | None = None,
) -> Account:
    """Open an account with a first password and, with `post`, give it its first post at its home; both or neither.

    Args:
        post: role, from_date, to_date, lines and order, as for `give_post`.

    Raises:
        ProblemsError: as `create_account` and `give_post`; PEOPLE_010 also when there is no password.
    """
    problems: list[Problem] = []
    if not password:
        problems += password_problems("", name, display)
    if post is not None:
        problems += _term_problems(
            post["role"], post["from_date"], post["to_date"], post["lines"], post["order"]
        )
    try:
        account = create_account(actor, name, display, home=home, password=password)
    except ProblemsError as error:
        raise ProblemsError([*error.problems, *problems]) from error
    if problems:
        raise ProblemsError(problems)
    if post is not None:
        give_post(actor, account.name, home, **post)
    return account


def get_account(name: str) -> Account:
    """The account with this name, open or closed, locked for a change.

    Raises:
        ProblemsError: PEOPLE_002 no such account.
    """
    account = Account.objects.select_for_update().filter(name=name, is_system=False).first()
    if account is None:
        raise ProblemsError([Problem("PEOPLE_002", {"name": name, "near": "—"})])
    return account


def require_account(actor: Actor, account: Account) -> None:
    """Raise ProblemsError PEOPLE_001 unless the actor looks after every unit the account is home in or holds a post in.

    Otherwise the administrator of a village could take over the account of a county's leader who also holds a post there.
    """
    if actor.is_system:
        return
    day = audit.today()
    places = {
        p.organisation
        for p in Post.objects.filter(account=account)
        .exclude(Q(to_date__lt=day) & ~Q(to_date=""))
        .select_related("organisation")
    }
    if account.home is not None:
        places.add(account.home)
    for place in places:
        require(actor, "account.change", place.path, place.name)
    if not places and not any("account.change" in ROLES[p.role][2] for p in actor.posts):
        raise ProblemsError([refusal(actor, "account.change", "", "—")])


@transaction.atomic
def set_password(actor: Actor, name: str, password: str, *, must_change: bool = True) -> Account:
    """Give an account a password, as its administrator; all its sessions end and locks are lifted.

    Raises:
        ProblemsError: PEOPLE_001 no right, PEOPLE_002 no such account, PEOPLE_010 to PEOPLE_014 the password.
    """
    account = get_account(name)
    require_account(actor, account)
    problems = password_problems(password, account.name, account.display)
    if problems:
        raise ProblemsError(problems)
    account.set_password(password)
    account.must_change = must_change
    account.save()
    signing_in.end_sessions(account)
    signing_in.lift_lock(account)
    audit.note("account.password_set", actor=actor.name, name=name)
    return account


@transaction.atomic
def change_own_password(
    account_name: str, old: str, new: str, again: str, *, session: str = ""
) -> Account:
    """Change one's own password; all sessions end but the one that `session` is the key of.

    Raises:
        ProblemsError: PEOPLE_015 the old one is wrong, PEOPLE_016 the two new ones differ, PEOPLE_017 new and old are the same,
            PEOPLE_010 to PEOPLE_014 what the new one lacks.
    """
    account = get_account(account_name)
    problems = []
    if account.has_usable_password() and not account.check_password(old):
        problems.append(Problem("PEOPLE_015"))
    elif new and new == old:
        problems.append(Problem("PEOPLE_017"))
    problems += password_problems(new, account.name, account.display)
    if new != again:
        problems.append(Problem("PEOPLE_016"))
    if problems:
        raise ProblemsError(problems)
    account.set_password(new)
    account.must_change = False
    account.save()
    signing_in.end_sessions(account, but=session)
    audit.note("account.password_changed", actor=account.name, name=account.name)
    return account


@transaction.atomic
def close_account(actor: Actor, name: str, *, reason: str) -> Account:
    """Close an account: it signs in nowhere any more; what it recorded keeps its name.

    Raises:
        ProblemsError: PEOPLE_018 one's own account, PEOPLE_019 no reason given.
    """
    account = get_account(name)
    require_account(actor, account)
    problems = [Problem("PEOPLE_018")] if actor.name == name else []
    if not reason.strip():
        problems.append(Problem("PEOPLE_019"))
    if problems:
        raise ProblemsError(problems)
    account.is_active = False
    account.save()
    signing_in.end_sessions(account)
    audit.note("account.closed", actor=actor.name, name=name, reason=reason)
    return account


def _given_a_reason(actor: Actor, name: str, reason: str) -> Account:
    """The account the actor may change, when a reason was given."""
    account = get_account(name)
    require_account(actor, account)
    if not reason.strip():
        raise ProblemsError([Problem("PEOPLE_019")])
    return account


@transaction.atomic
def reopen_account(actor: Actor, name: str, *, reason: str) -> Account:
    """Open a closed account again, with the posts it still has and the password it had.

    Raises:
        ProblemsError: PEOPLE_019 no reason given.
    """
    account = _given_a_reason(actor, name, reason)
    account.is_active = True
    account.save()
    signing_in.lift_lock(account)
    audit.note("account.reopened", actor=actor.name, name=name, reason=reason)
    return account


@transaction.atomic
def reset_second_step(actor: Actor, name: str, *, reason: str) -> Account:
    """Take every second step (codes, passkeys, recovery codes) from an account whose owner lost the phone.

    Raises:
        ProblemsError: PEOPLE_019 no reason given.
    """
    account = _given_a_reason(actor, name, reason)
    Authenticator.objects.filter(user=account).delete()
    signing_in.end_sessions(account)
    audit.note("account.factor_removed", actor=actor.name, name=name, kind="all", reason=reason)
    return account


# ── posts ─────────────────────────────────────────────────────────────────────────────────────────────────────────────


@transaction.atomic
def give_post(
    actor: Actor,
    account_name: str,
    organisation_code: str,
    role: str,
    *,
    from_date: str,
    to_date: str = "",
    lines: Iterable[str] = (),
    order: str = "",
) -> Post:
    """Give an account a role in an organisation for a term.

    Args:
        lines: areas of ledgers the post is limited to; none = all lines of work.
        order: the document that orders an inspection; an inspector needs one, and a last day.

    Raises:
        ProblemsError: PEOPLE_002 unknown account, PEOPLE_004 unknown role, PEOPLE_005 an administrator would also record or approve,
            PEOPLE_006 an inspector without order or last day, PEOPLE_007 the term ends before it begins, PEOPLE_008 no such line of
            work, PEOPLE_009 a post for oneself.
    """
    organisation = organisations.get(organisation_code)
    require(actor, "post.change", organisation.path, organisation.name)
    account = Account.objects.filter(name=account_name, is_system=False).first()
    if account is None:
        raise ProblemsError([Problem("PEOPLE_002", {"name": account_name, "near": "—"})])
    if role not in ROLES:
        raise ProblemsError([Problem("PEOPLE_004", {"role": role, "roles": "、".join(ROLES)})])
    wanted = sorted(set(lines))
    problems = _term_problems(role, from_date, to_date, wanted, order)
    if actor.name == account_name:
        problems.append(Problem("PEOPLE_009"))
    # posts whose terms touch this one; an end in years to come is no reason to hold both until then
    terms = Post.objects.filter(Q(to_date="") | Q(to_date__gte=from_date), account=account)
    if to_date:
        terms = terms.filter(from_date__lte=to_date)
    held = set(terms.values_list("role", flat=True))
    if (role in KEPT_APART and held - {role}) or (held & KEPT_APART and role not in held):
        problems.append(
            Problem(
                "PEOPLE_005",
                {
                    "name": account_name,
                    "role": ROLES[role][0],
                    "held": "、".join(ROLES[h][0] for h in sorted(held)),
                },
            )
        )
    if problems:
        raise ProblemsError(problems)
    post = Post.objects.create(
        account=account, organisation=organisation, role=role, from_date=from_date, to_date=to_date,
        lines=",".join(wanted), order=order.strip(),
    )  # fmt: skip
    audit.note(
        "post.given", actor=actor.name, organisation=organisation.code, account=account_name, role=role,
        from_date=from_date, to_date=to_date, lines=wanted, order=order.strip(),
    )  # fmt: skip
    return post


def _term_problems(
    role: str, from_date: str, to_date: str, lines: Sequence[str], order: str
) -> list[Problem]:
    problems = []
    if role == "inspector" and not (to_date and order.strip()):
        problems.append(Problem("PEOPLE_006"))
    if to_date and to_date < from_date:
        problems.append(Problem("PEOPLE_007", {"from": from_date, "to": to_date}))
    if lines:
        areas = {ledger.area for ledger in definitions().catalogue.ledgers.values()}
        problems += [
            Problem("PEOPLE_008", {"line": line, "lines": "、".join(sorted(areas))})
            for line in lines
            if line not in areas
        ]
    return problems


def _locked_post(actor: Actor, post_id: int) -> Post:
    post = (
        Post.objects.select_for_update(of=("self",))
        .select_related("organisation", "account")
        .filter(id=post_id)
        .first()
    )
    if post is None:
        raise ProblemsError([Problem("CLI_007", {"post": post_id})])
    require(actor, "post.change", post.organisation.path, post.organisation.name)
    return post


@transaction.atomic
def change_post(
    actor: Actor, post_id: int, *, to_date: str, lines: Iterable[str] = (), order: str = ""
) -> Post:
    """Change the last day, the lines of work or the order of a post. Another role or unit is another post.

    Raises:
        ProblemsError: CLI_007 no such post, PEOPLE_006 to PEOPLE_009 as for `give_post`.
    """
    post = _locked_post(actor, post_id)
    wanted = sorted(set(lines))
    problems = _term_problems(post.role, post.from_date, to_date, wanted, order)
    if actor.name == post.account.name:
        problems.append(Problem("PEOPLE_009"))
    if problems:
        raise ProblemsError(problems)
    before = {"to_date": post.to_date, "lines": post.lines, "order": post.order}
    post.to_date, post.lines, post.order = to_date, ",".join(wanted), order.strip()
    post.save()
    audit.note(
        "post.changed", actor=actor.name, organisation=post.organisation.code, account=post.account.name, role=post.role,
        to_date=to_date, lines=wanted, order=post.order, before=before,
    )  # fmt: skip
    return post


@transaction.atomic
def end_post(actor: Actor, post_id: int, *, on: str) -> Post:
    """End a post on a day, which is its last.

    Raises:
        ProblemsError: CLI_007 no such post.
    """
    post = _locked_post(actor, post_id)
    post.to_date = on
    post.save()
    audit.note(
        "post.ended",
        actor=actor.name,
        organisation=post.organisation.code,
        account=post.account.name,
        role=post.role,
        on=on,
    )
    return post
