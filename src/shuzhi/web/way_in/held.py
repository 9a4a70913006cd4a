"""A form that arrives after the session has ended, sent by a browser without scripts: kept for its account, never shown to another.

The form says in a signed hidden field (``written_by``, see `web.entry.values.written_by`) which account opened it. What was typed is kept
for an hour and comes back after that account has signed in again; files chosen in the form do not, and the page says so.
"""

from __future__ import annotations

from urllib.parse import urlencode

from django.contrib import messages
from django.core import signing
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse

from shuzhi.apps.entry.actions import HELD_MINUTES, hold_form
from shuzhi.apps.people.models import Account
from shuzhi.web.context import page
from shuzhi.web.entry.values import WRITTEN_BY
from shuzhi.web.problems import Trouble
from shuzhi.web.words import say

_VALID_SECONDS = 24 * 3600  #: a form opened longer ago is not kept for anybody
_NOT_KEPT = ("csrfmiddlewaretoken", "written_by", "password", "held")


def hold(request: HttpRequest) -> HttpResponse:
    """Keep the posted form for the account that had opened it and lead to the sign-in page."""
    sign_in = reverse("account_login")
    try:
        note = signing.loads(
            request.POST.get("written_by", ""), salt=WRITTEN_BY, max_age=_VALID_SECONDS
        )
        account = Account.objects.filter(
            pk=note["account"], is_active=True, is_system=False
        ).first()
    except signing.BadSignature:
        note, account = {}, None
    number = None
    if account is not None:
        values = {k: request.POST.getlist(k) for k in request.POST if k not in _NOT_KEPT}
        number = hold_form(account, request.path, values, restores=bool(note.get("restores")))
    if number is None:
        return _lost(request, sign_in)
    following = (
        f"{request.path}?{urlencode({'held': number})}"
        if note.get("restores")
        else reverse("held", kwargs={"number": number})
    )
    messages.info(
        request,
        say(
            "填写的内容已为您保留 {n} 分钟（选好的文件除外，要重新选）。用同一帐号登录后接着提交。",
            "What you entered is kept for {n} minutes (chosen files are not; choose them again). Sign in with the same account and submit it.",
            n=HELD_MINUTES,
        ),
    )
    return redirect(f"{sign_in}?{urlencode({'next': following})}")


def _lost(request: HttpRequest, sign_in: str) -> HttpResponse:
    trouble = Trouble(
        say("登录已过期，这次提交没有写入", "Your session has ended; nothing was written"),
        [
            say(
                "填写的内容还在刚才的页面上：请在新窗口登录，再用返回键回到那一页重新提交。",
                "What you entered is still on the page before: sign in in a new window, go back to it and submit again.",
            )
        ],
        say("登录地址：{address}", "Sign in at: {address}", address=sign_in),
    )
    return page(request, "problem.html", trouble, status=401)
