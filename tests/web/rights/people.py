"""People and posts, under administration."""

from __future__ import annotations

from typing import Any

from tests.support.office import Office

ACCOUNTS = "administrator"
POSTS = "administrator security_administrator"

RIGHTS = {
    ("people", "GET"): POSTS,
    ("account", "GET"): POSTS,
    ("account-new", "GET"): ACCOUNTS,
    ("account-new", "POST"): ACCOUNTS,
    ("roles", "GET"): f"{POSTS} auditor",
    ("post-give", "GET"): POSTS,
    ("post-give", "POST"): POSTS,
    ("post-change", "GET"): POSTS,
    ("post-change", "POST"): POSTS,
    ("post-end", "POST"): POSTS,
    ("account-password", "GET"): ACCOUNTS,
    ("account-password", "POST"): ACCOUNTS,
    ("account-close", "POST"): ACCOUNTS,
    ("account-reopen", "POST"): ACCOUNTS,
    ("account-second-step", "POST"): ACCOUNTS,
}


def _account(office: Office) -> dict[str, Any]:
    from shuzhi.apps.people.models import Account

    return {"account": Account.objects.get(name="村会计").pk}


def _post(office: Office) -> dict[str, Any]:
    from shuzhi.apps.people.models import Post

    post = Post.objects.get(account__name="村会计")
    return {"account": post.account_id, "post": post.pk}


SAMPLES = {
    "account": _account,
    "post-give": _account,
    "post-change": _post,
    "post-end": _post,
    "account-password": _account,
    "account-close": lambda office: (_account(office), {"reason": "调离"}),
    "account-reopen": lambda office: (_account(office), {"reason": "回来了"}),
    "account-second-step": lambda office: (_account(office), {"reason": "手机丢了"}),
}
