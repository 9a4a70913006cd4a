"""A real browser on a real server: the office served as in production on a test's database, and headless Chromium looking at it.

Every page that is opened is watched: an error in the console, a request to another host or an answer of 500 fails the test.
"""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

DESKTOP, PHONE = (1366, 768), (390, 844)
SIZES = {"desktop": DESKTOP, "phone": PHONE}
#: no talk with hosts of the browser's maker
ARGUMENTS = (
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync", "--font-render-hinting=none",
)  # fmt: skip


def chromium() -> str | None:
    """Where Debian's Chromium (or another) is."""
    return next(
        (p for n in ("chromium", "chromium-browser", "google-chrome") if (p := shutil.which(n))),
        None,
    )


def free_port() -> int:
    """A port nobody listens on."""
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return int(one.getsockname()[1])


@contextmanager
def served(url: str, folder: Path, **environment: str) -> Iterator[str]:
    """The office on the database at `url`, as an application server runs it; gives its address."""
    port = free_port()
    log = (folder / f"server-{port}.log").open("wb")
    process = subprocess.Popen(
        [sys.executable, "-m", "gunicorn", "shuzhi.web.wsgi", "-b", f"127.0.0.1:{port}", "--threads", "4", "--worker-class", "gthread"],
        stdout=log, stderr=log,
        env={**os.environ, "DATABASE_URL": url, "DJANGO_SETTINGS_MODULE": "shuzhi.settings", "SHUZHI_FILES": str(folder / "files"), **environment},
    )  # fmt: skip
    address = f"http://127.0.0.1:{port}"
    try:
        _wait(address, process, folder / f"server-{port}.log")
        yield address
    finally:
        process.terminate()
        process.wait(10)
        log.close()


def _wait(address: str, process: subprocess.Popen[bytes], log: Path) -> None:
    for _ in range(300):
        if process.poll() is not None:
            raise RuntimeError(f"the server ended: {log.read_text(encoding='utf-8')[-2000:]}")
        try:
            urllib.request.urlopen(f"{address}/sign-in/", timeout=5)
            return
        except urllib.error.HTTPError:
            return  # it answers
        except OSError:
            time.sleep(0.1)
    raise RuntimeError("the server did not start")


@contextmanager
def browsing() -> Iterator[Browser]:
    """Headless Chromium."""
    path = chromium()
    assert path is not None, "chromium is not installed (make system)"
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=list(ARGUMENTS))
        try:
            yield browser
        finally:
            browser.close()


@dataclass
class Watched:
    """A browser window of one person, with everything that went wrong in it."""

    page: Page
    address: str
    context: BrowserContext
    wrong: list[str] = field(default_factory=list)

    def open(self, path: str) -> Page:
        """Go to an address of the office."""
        self.page.goto(self.address + path, wait_until="load")
        return self.page


def session_cookie(persona: str) -> str:
    """A session of the persona in the database in use, as signing in makes it."""
    from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
    from django.contrib.sessions.backends.db import SessionStore

    from shuzhi.apps.people.models import Account

    account = Account.objects.get(name=persona)
    store = SessionStore()
    store[SESSION_KEY] = str(account.pk)
    store[BACKEND_SESSION_KEY] = "django.contrib.auth.backends.ModelBackend"
    store[HASH_SESSION_KEY] = account.get_session_auth_hash()
    store.save()
    return str(store.session_key)


@contextmanager
def window(
    browser: Browser,
    address: str,
    *,
    cookie: str = "",
    size: tuple[int, int] = DESKTOP,
    language: str = "zh",
    **options: Any,
) -> Iterator[Watched]:
    """A window of the browser, signed in with the session `cookie`. What went wrong in it raises at the end."""
    context = browser.new_context(
        viewport={"width": size[0], "height": size[1]}, locale="zh-CN" if language == "zh" else "en-GB",
        has_touch=size[0] < 600, is_mobile=size[0] < 600, accept_downloads=True, **options,
    )  # fmt: skip
    context.add_cookies([{"name": "shuzhi_language", "value": language, "url": address}])
    if cookie:
        context.add_cookies([{"name": "shuzhi", "value": cookie, "url": address}])
    page = context.new_page()
    page.set_default_timeout(30_000)
    watched = Watched(page, address, context)

    def console(message: Any) -> None:
        # the browser's own note of an answer that a script expects and handles is no error of the page
        if message.type == "error" and "Failed to load resource" not in message.text:
            watched.wrong.append(f"console: {message.text}")

    def asked(request: Any) -> None:
        if not request.url.startswith((address, "data:", "blob:")):
            watched.wrong.append(f"request to another host: {request.url}")

    def answered(response: Any) -> None:
        if response.status >= 500:
            watched.wrong.append(f"{response.status} from {response.url}")

    context.on(
        "page",
        lambda p: (
            p.on("console", console),
            p.on("pageerror", lambda e: watched.wrong.append(f"script: {e}")),
        ),
    )
    page.on("console", console)
    page.on("pageerror", lambda error: watched.wrong.append(f"script: {error}"))
    context.on("request", asked)
    context.on("response", answered)
    try:
        yield watched
        assert watched.wrong == []
    finally:
        context.close()
