"""Reading accounts and posts."""

from __future__ import annotations

import difflib

from django.db.models import Q

from shuzhi.apps.audit.actions import today
from shuzhi.apps.people.models import Account, Post
from shuzhi.apps.people.permissions import Actor, HeldPost
from shuzhi.core.problems import Problem, ProblemsError


def get_actor(name: str) -> Actor:
    """The account as an actor, with the posts in force today.

    Raises:
        ProblemsError: PEOPLE_002 no such account or closed.
    """
    account = Account.objects.filter(name=name, is_active=True, is_system=False).first()
    if account is None:
        names = list(Account.objects.filter(is_system=False).values_list("name", flat=True))
        near = difflib.get_close_matches(name, names, 3, 0.3) or names[:3]
        raise ProblemsError([Problem("PEOPLE_002", {"name": name, "near": "、".join(near) or "—"})])
    day = today()
    posts = Post.objects.filter(
        Q(to_date="") | Q(to_date__gte=day), account=account, from_date__lte=day
    ).select_related("organisation")
    return Actor(
        account.name,
        tuple(
            HeldPost(p.organisation.code, p.organisation.path, p.role, p.organisation.name)
            for p in posts
        ),
    )
