"""Pages for what went wrong: problems with the way to mend them, no right, not found, and a fault of the program."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from dataclasses import dataclass, field
from uuid import uuid4

from django.http import HttpRequest, HttpResponse, JsonResponse

from shuzhi.apps.organisations.models import Organisation
from shuzhi.apps.people.permissions import PERMISSION_WORDS
from shuzhi.core.problems import Problem
from shuzhi.web.context import page
from shuzhi.web.pages import Right
from shuzhi.web.words import language, listed, say, sentence, sentences, speak

logger = logging.getLogger("shuzhi.web")


@dataclass(frozen=True, slots=True)
class Trouble:
    """What an error page shows."""

    title: str
    lines: Sequence[str] = field(default_factory=tuple)
    mend: str = ""
    number: str = ""


def shown_problems(
    request: HttpRequest, problems: Sequence[Problem], status: int = 422
) -> HttpResponse:
    """Problems that stopped an action: nothing was written, everything that is wrong is listed."""
    trouble = Trouble(
        say("没有办成，什么也没有写入", "Not done; nothing was written"),
        sentences(problems),
        say("请按提示改正后再试；用浏览器的返回键可回到刚才填写的页面。", "Mend what is listed and try again; the browser's back key returns to what you entered."),
    )  # fmt: skip
    return page(request, "problem.html", trouble, status=status)


def refused(
    request: HttpRequest,
    right: Right | None,
    unit: Organisation | None,
    problems: Sequence[Problem] = (),
) -> HttpResponse:
    """The account lacks a right; says which, and who can give it."""
    names = right.wanted if right else ()
    wanted = listed(PERMISSION_WORDS[p] if language() == "zh" else p for p in names)
    where = unit.name if unit is not None else ""
    lines = sentences(problems) or [
        say("需要的权限：{wanted}{where}。", "Right needed: {wanted}{where}.", wanted=wanted, where=(say("（{unit}）", " at {unit}", unit=where) if where else ""))
    ]  # fmt: skip
    trouble = Trouble(
        say("您没有这项权限", "You do not have this right"),
        lines,
        say("如工作需要，请由系统管理员在“人员与任职”中办理。", "If your work needs it, the administrator can give it under “People and posts”."),
    )  # fmt: skip
    return page(request, "problem.html", trouble, status=403)


def forbidden(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """What an account of this kind cannot do; a right would not help."""
    trouble = Trouble(
        say("这个帐号不能这样做", "This account cannot do that"),
        [
            say(
                "这一步需要帐号有密码，或者现在不允许。",
                "This step needs an account with a password, or is not allowed now.",
            )
        ],
        say(
            "请回到“我的帐号”查看，或请系统管理员处理。",
            "See “My account”, or ask the administrator.",
        ),
    )
    return page(request, "problem.html", trouble, status=403)


def not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """Nothing at this address, or nothing this account may know of; programs are told as programs are."""
    if request.path.startswith("/api/v1/"):
        speak("en" if request.headers.get("Accept-Language", "").startswith("en") else "zh")
        missing = Problem("API_001", {"what": request.path[:200]})
        document = {
            "code": missing.code,
            "message": sentence(missing),
            "severity": "error",
            "row": None,
            "field": None,
        }
        return JsonResponse({"problems": [document]}, status=404)
    trouble = Trouble(
        say("没有找到", "Not found"),
        [say("这个地址没有内容，或者不在您的任职范围内。", "There is nothing at this address, or it lies outside your posts.")],
        say("请从工作台重新进入，或核对地址。", "Start again from the workbench, or check the address."),
    )  # fmt: skip
    return page(request, "problem.html", trouble, status=404)


def fault(request: HttpRequest) -> HttpResponse:
    """A mistake of the program: a number to tell the administrator; details are only in the log."""
    number = uuid4().hex[:8]
    logger.error("fault %s at %s", number, getattr(request.resolver_match, "route", "?"))
    trouble = Trouble(
        say("程序出错了", "The program failed"),
        [say("这不是您的操作问题。已写入的数据没有受影响。", "It was not your doing. What was written before is unharmed.")],
        say("请把编号告诉管理员，以便查找原因。", "Give this number to the administrator, who can find the cause."),
        number,
    )  # fmt: skip
    return page(request, "problem.html", trouble, status=500)


def forged(request: HttpRequest, reason: str = "") -> HttpResponse:
    """The form's token is missing or old, mostly because the session changed in another window."""
    trouble = Trouble(
        say("页面已过期", "The page is out of date"),
        [say("这个页面打开太久，或者已在别的窗口重新登录。", "This page was open too long, or you signed in again in another window.")],
        say("请返回上一页、刷新后再提交；填写的内容浏览器会保留。", "Go back, reload and submit again; the browser keeps what you entered."),
    )  # fmt: skip
    return page(request, "problem.html", trouble, status=403)
