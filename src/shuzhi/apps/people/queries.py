"""Reading accounts and posts."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from allauth.mfa.models import Authenticator
from django.db.models import Exists, OuterRef, Q

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
    return actor_of(account)


def actor_of(account: Account) -> Actor:
    """An account that was found, as an actor with the posts in force today."""
    day = today()
    posts = (
        Post.objects.filter(
            Q(to_date="") | Q(to_date__gte=day), account=account, from_date__lte=day
        )
        .select_related("organisation")
        .order_by("id")
    )
    return Actor(
        account.name,
        tuple(
            HeldPost(
                p.organisation.code,
                p.organisation.path,
                p.role,
                p.organisation.name,
                frozenset(p.lines.split(",")) - {""},
                p.id,
            )
            for p in posts
        ),
    )


def caretakers(account: Account) -> list[str]:
    """Names of the administrators an account can ask for a post: of its home unit and above, or all where it has none."""
    day = today()
    posts = Post.objects.filter(
        Q(to_date="") | Q(to_date__gte=day),
        role="administrator",
        from_date__lte=day,
        account__is_active=True,
    ).select_related("account", "organisation")
    home = account.home
    return list(
        dict.fromkeys(
            f"{p.account.display}（{p.organisation.name}）"
            for p in posts.order_by("organisation__path", "id")
            if home is None or home.path.startswith(p.organisation.path)
        )
    )[:5]


@dataclass(frozen=True, slots=True)
class PostView:
    """A post as a page shows it."""

    id: int
    code: str  #: of the unit
    path: str
    unit: str
    role: str
    lines: Sequence[str]
    from_date: str
    to_date: str
    order: str
    is_in_force: bool
    is_over: bool


def _post_view(post: Post, day: str) -> PostView:
    is_over = bool(post.to_date) and post.to_date < day
    return PostView(
        post.id, post.organisation.code, post.organisation.path, post.organisation.name, post.role,
        [line for line in post.lines.split(",") if line], post.from_date, post.to_date, post.order,
        post.from_date <= day and not is_over, is_over,
    )  # fmt: skip


def posts_of(accounts: Iterable[Account]) -> dict[int, list[PostView]]:
    """The posts of accounts by account id, those in force first, the latest first."""
    day = today()
    found: dict[int, list[PostView]] = {}
    for post in (
        Post.objects.filter(account__in=list(accounts))
        .select_related("organisation")
        .order_by("-from_date", "-id")
    ):
        found.setdefault(post.account_id, []).append(_post_view(post, day))
    for posts in found.values():
        posts.sort(key=lambda p: (p.is_over, not p.is_in_force))
    return found


def find_post(post_id: int) -> Post | None:
    """A post with its account and unit."""
    return Post.objects.select_related("organisation", "account").filter(id=post_id).first()


PAGE = 50  #: accounts on one page


def accounts_at(
    path: str, *, search: str = "", closed: bool = False, after: str = ""
) -> tuple[list[Account], str]:
    """Accounts that are home at the unit or below, or hold (or held) a post there, by name; and the cursor behind them.

    Args:
        search: part of the account's name or of the name shown.
        closed: the closed ones instead of the open ones.
        after: name of the last account of the page before.
    """
    here = Post.objects.filter(account=OuterRef("pk"), organisation__path__startswith=path)
    found = Account.objects.filter(is_system=False, is_active=not closed).filter(
        Q(home__path__startswith=path) | Exists(here)
    )
    if search:
        found = found.filter(Q(name__icontains=search) | Q(display__icontains=search))
    if after:
        found = found.filter(name__gt=after)
    rows = list(found.select_related("home").order_by("name")[: PAGE + 1])
    return rows[:PAGE], rows[PAGE - 1].name if len(rows) > PAGE else ""


def find_account(path: str, number: int) -> Account | None:
    """The account with this number, if it belongs to the unit or something below it."""
    here = Post.objects.filter(account=OuterRef("pk"), organisation__path__startswith=path)
    return (
        Account.objects.filter(pk=number, is_system=False)
        .filter(Q(home__path__startswith=path) | Exists(here))
        .select_related("home")
        .first()
    )


def has_second_step(account: Account) -> bool:
    """Whether the account signs in with more than a password."""
    return Authenticator.objects.filter(user=account).exists()
