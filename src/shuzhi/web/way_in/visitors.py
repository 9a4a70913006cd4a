"""What a request tells about where it comes from: the address, the kind of browser, and whether it is the server's own machine."""

from __future__ import annotations

import re
from ipaddress import ip_address

from django.conf import settings
from django.http import HttpRequest

from shuzhi.web.words import Words

#: the order matters: the others call themselves Chrome and Safari too
_BROWSERS = (
    ("MicroMessenger", Words("微信", "WeChat")), ("QQBrowser", Words("QQ 浏览器", "QQ Browser")),
    ("360", Words("360 浏览器", "360 Browser")), ("QIHU", Words("360 浏览器", "360 Browser")), ("Edg", Words("Edge", "Edge")),
    ("Firefox", Words("Firefox", "Firefox")), ("Chrome", Words("Chrome", "Chrome")), ("Safari", Words("Safari", "Safari")),
)  # fmt: skip
_SYSTEMS = (
    ("HarmonyOS", "HarmonyOS"), ("Android", "Android"), ("iPhone", "iPhone"), ("iPad", "iPad"), ("Windows", "Windows"), ("Mac OS", "macOS"),
    ("Linux", "Linux"),
)  # fmt: skip


def client_address(request: HttpRequest) -> str:
    """The visitor's address; behind our own proxy the last one that the proxy was spoken to from."""
    given = str(request.META.get("REMOTE_ADDR", ""))
    if settings.IS_BEHIND_HTTPS:
        forwarded = request.headers.get("X-Forwarded-For", "").rsplit(",", 1)[-1].strip()
        given = forwarded or given
    try:
        return str(ip_address(given))
    except ValueError:
        return "unknown"


def is_same_machine(request: HttpRequest) -> bool:
    """Whether the browser runs on the server itself; with a proxy in between nobody can say so."""
    if request.headers.get("X-Forwarded-For") or request.headers.get("Forwarded"):
        return False
    try:
        return ip_address(str(request.META.get("REMOTE_ADDR", ""))).is_loopback
    except ValueError:
        return False


def browser_of(request: HttpRequest) -> str:
    """The browser in a few words, as it is kept: the name's number and the system, never the whole identification."""
    agent = request.headers.get("User-Agent", "")
    found = next((i for i, (mark, *_) in enumerate(_BROWSERS) if mark in agent), -1)
    system = next((name for mark, name in _SYSTEMS if mark in agent), "")
    return f"{found}|{system}"


def browser_words(kept: str) -> str:
    """What `browser_of` kept, for a person."""
    number, _, system = kept.partition("|")
    name = ""
    if re.fullmatch(r"\d+", number) and int(number) < len(_BROWSERS):
        name = str(_BROWSERS[int(number)][1])
    return " · ".join(filter(None, (name, system)))
