"""Opening accounts and giving posts."""

from __future__ import annotations

from django.db import transaction
from django.db.models import Q

from shuzhi.apps.audit import actions as audit
from shuzhi.apps.organisations import queries as organisations
from shuzhi.apps.people.models import Account, Post
from shuzhi.apps.people.permissions import ROLES, SYSTEM, Actor, require
from shuzhi.core.problems import Problem, ProblemsError


@transaction.atomic
def create_account(actor: Actor, name: str, display: str) -> Account:
    """Open an account. Raises ProblemsError PEOPLE_003 when the name is taken."""
    if not actor.is_system and not any("account.change" in ROLES[p.role][2] for p in actor.posts):
        raise ProblemsError(
            [
                Problem(
                    "PEOPLE_001",
                    {
                        "actor": actor.name,
                        "permission": "account.change",
                        "organisation": "",
                        "held": "—",
                    },
                )
            ]
        )
    if not name or name == SYSTEM.name or Account.objects.filter(name=name).exists():
        raise ProblemsError([Problem("PEOPLE_003", {"name": name})])
    account = Account.objects.create(name=name, display=display or name)
    audit.note("account.created", actor=actor.name, name=name)
    return account


@transaction.atomic
def give_post(
    actor: Actor,
    account_name: str,
    organisation_code: str,
    role: str,
    *,
    from_date: str,
    to_date: str = "",
) -> Post:
    """Give an account a role in an organisation for a term.

    Raises:
        ProblemsError: PEOPLE_002 unknown account, PEOPLE_004 unknown role, PEOPLE_005 an administrator would also record or approve.
    """
    organisation = organisations.get(organisation_code)
    require(actor, "post.change", organisation.path)
    account = Account.objects.filter(name=account_name).first()
    if account is None:
        raise ProblemsError([Problem("PEOPLE_002", {"name": account_name, "near": "—"})])
    if role not in ROLES:
        raise ProblemsError([Problem("PEOPLE_004", {"role": role, "roles": "、".join(ROLES)})])
    kept_apart = {"administrator", "security_administrator", "auditor"}
    # posts whose terms touch this one; an end in years to come is no reason to hold both until then
    terms = Post.objects.filter(Q(to_date="") | Q(to_date__gte=from_date), account=account)
    if to_date:
        terms = terms.filter(from_date__lte=to_date)
    held = set(terms.values_list("role", flat=True))
    if (role in kept_apart and held - {role}) or (held & kept_apart and role not in held):
        raise ProblemsError(
            [
                Problem(
                    "PEOPLE_005",
                    {
                        "name": account_name,
                        "role": ROLES[role][0],
                        "held": "、".join(ROLES[h][0] for h in sorted(held)),
                    },
                )
            ]
        )
    post = Post.objects.create(
        account=account, organisation=organisation, role=role, from_date=from_date, to_date=to_date
    )
    audit.note(
        "post.given", actor=actor.name, organisation=organisation.code, account=account_name, role=role,
        from_date=from_date, to_date=to_date,
    )  # fmt: skip
    return post


@transaction.atomic
def end_post(actor: Actor, post_id: int, *, on: str) -> Post:
    """End a post on a day."""
    post = Post.objects.select_related("organisation").get(id=post_id)
    require(actor, "post.change", post.organisation.path)
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
