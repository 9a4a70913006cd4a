"""Keys for other programs: each for some purposes, one unit and what is below it, until a day; the account's own rights are the limit.

A key is random and long, so its plain SHA-256 is kept: there is nothing to guess. Only who made it sees it, once.
"""

from __future__ import annotations

import secrets
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date, timedelta
from hashlib import sha256

from django.db import transaction

from shuzhi.apps.audit import actions as audit
from shuzhi.apps.organisations import queries as organisations
from shuzhi.apps.people.models import Account, Token
from shuzhi.apps.people.permissions import Actor, is_allowed, require
from shuzhi.apps.people.queries import actor_of
from shuzhi.core.definitions import Text
from shuzhi.core.problems import Problem, ProblemsError

PREFIX = "sz_"
LONGEST_DAYS = 366

#: what a key may be for
SCOPES: Mapping[str, Text] = {
    "ledgers.read": Text("查看台账定义和单位", "read ledgers' definitions and units"),
    "records.read": Text("查看记录", "read records"),
    "records.write": Text("记账、更正、撤回", "record, revise, withdraw"),
    "figures.read": Text("查看指标数字和溯源", "read figures and their traces"),
    "reports.read": Text("查看和下载报告", "read and download reports"),
    "checks.write": Text("核对稿子", "check drafts"),
}


@transaction.atomic
def issue(
    actor: Actor, name: str, scopes: Sequence[str], organisation_code: str, *, days: int
) -> tuple[Token, str]:
    """Make a key for oneself; returns it with the text that is shown once.

    Raises:
        ProblemsError: TOKEN_001 no name, TOKEN_002 unknown or no purposes, TOKEN_003 days out of range, PEOPLE_001 no post there.
    """
    organisation = organisations.get(organisation_code)
    problems = []
    if not name.strip():
        problems.append(Problem("TOKEN_001"))
    unknown = [one for one in scopes if one not in SCOPES]
    if unknown or not scopes:
        problems.append(
            Problem("TOKEN_002", {"found": "、".join(unknown) or "—", "known": "、".join(SCOPES)})
        )
    if not 1 <= days <= LONGEST_DAYS:
        problems.append(Problem("TOKEN_003", {"days": days, "limit": LONGEST_DAYS}))
    if problems:
        raise ProblemsError(problems)
    if not actor.reaches(organisation.path):
        require(actor, "figure.read", organisation.path, organisation.name)
    key = PREFIX + secrets.token_urlsafe(32)
    account = Account.objects.get(name=actor.name)
    made = Token.objects.create(
        account=account,
        name=name.strip()[:80],
        digest=_digest(key),
        hint=key[-4:],
        scopes=list(dict.fromkeys(scopes)),
        organisation=organisation,
        at=audit.timestamp(),
        expires_on=(date.fromisoformat(audit.today()) + timedelta(days=days)).isoformat(),
    )
    audit.note(
        "token.issued",
        actor=actor.name,
        organisation=organisation.code,
        token=made.id,
        scopes="、".join(made.scopes),
        expires_on=made.expires_on,
    )
    return made, key


@transaction.atomic
def revoke(actor: Actor, token_id: int) -> Token:
    """End a key: one's own, or anybody's where one administers accounts.

    Raises:
        ProblemsError: TOKEN_004 no such key, or somebody else's.
    """
    found = Token.objects.select_related("account", "organisation").filter(id=token_id).first()
    if found is None or (
        found.account.name != actor.name
        and not is_allowed(actor, "account.change", found.organisation.path)
    ):
        raise ProblemsError([Problem("TOKEN_004")])
    if not found.revoked_at:
        found.revoked_at = audit.timestamp()
        found.save(update_fields=["revoked_at"])
        audit.note(
            "token.revoked",
            actor=actor.name,
            organisation=found.organisation.code,
            token=found.id,
            account=found.account.name,
        )
    return found


def tokens_of(actor: Actor) -> list[Token]:
    """One's own keys, those in force first."""
    found = Token.objects.select_related("organisation").filter(account__name=actor.name)
    today = audit.today()
    return sorted(found, key=lambda t: (bool(t.revoked_at) or t.expires_on < today, -t.id))


def find(key: str) -> tuple[Token, Actor] | None:
    """The key in force with its actor, whose posts are cut to the key's unit; None for any other text."""
    if not key.startswith(PREFIX):
        return None
    today = audit.today()
    found = (
        Token.objects.select_related("account", "organisation")
        .filter(digest=_digest(key), revoked_at="", expires_on__gte=today, account__is_active=True)
        .first()
    )
    if found is None:
        return None
    if found.used_on != today:
        Token.objects.filter(id=found.id).update(used_on=today)
    return found, limited(actor_of(found.account), found.organisation.path)


def limited(actor: Actor, path: str) -> Actor:
    """The actor with posts only where the path reaches: a county's post used at a township counts there alone."""
    posts = []
    for post in actor.posts:
        if post.path.startswith(path):
            posts.append(post)
        elif path.startswith(post.path):
            posts.append(replace(post, path=path))
    return replace(actor, posts=tuple(posts))


def _digest(key: str) -> str:
    return sha256(key.encode()).hexdigest()
