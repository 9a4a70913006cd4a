"""``make pictures``: every page of the office anew, as it looks at 1366×768 in Chinese and on a phone in English, into docs/pictures/pages.

The pages the READMEs show are taken in all four ways. The office is the demonstration county, with what a morning's work leaves behind.
Pictures are reduced to a palette, so that the folder stays small.
"""

from __future__ import annotations

import io
import os
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[1]
OUT = ROOT / "docs" / "pictures" / "pages"


def reduced(png: bytes) -> bytes:
    """The picture with 96 colours."""
    from PIL import Image

    image = Image.open(io.BytesIO(png)).convert("RGB").quantize(96, dither=Image.Dither.NONE)
    out = io.BytesIO()
    image.save(out, "PNG", optimize=True)
    return out.getvalue()


def set_up_pictures(folder: Path) -> set[str]:
    """The first step of a new office, on an empty database of its own."""
    from tests.support.browser import DESKTOP, PHONE, browsing, served, window

    url = f"sqlite:///{folder / 'empty.sqlite3'}"
    subprocess.run(
        [sys.executable, "-m", "django", "migrate", "-v0"],
        check=True,
        env={**os.environ, "DATABASE_URL": url},
    )
    kept = set()
    with served(url, folder) as address, browsing() as browser:
        for size_name, size, language in (("desktop", DESKTOP, "zh"), ("phone", PHONE, "en")):
            with window(browser, address, size=size, language=language) as seen:
                target = OUT / f"setup-{size_name}-{language}.png"
                target.write_bytes(reduced(seen.open("/setup/").screenshot()))
                kept.add(target.name)
    return kept


def main() -> None:
    """Make the demonstration, serve it, open every page."""
    folder = Path(tempfile.mkdtemp(prefix="shuzhi-pictures-"))
    url = f"sqlite:///{folder / 'demo.sqlite3'}"
    os.environ |= {
        "DATABASE_URL": url,
        "DJANGO_SETTINGS_MODULE": "shuzhi.settings",
        "DJANGO_ALLOW_ASYNC_UNSAFE": "true",  # Playwright's loop runs in this thread
        "SHUZHI_FILES": str(folder / "files"),
    }
    subprocess.run(
        [sys.executable, "-m", "shuzhi.cli.main", "demo", "-o", str(folder)],
        check=True,
        stdout=subprocess.DEVNULL,
    )
    import django

    django.setup()
    sys.path.insert(0, str(ROOT))
    from tests.support.browser import DESKTOP, PHONE, browsing, served, session_cookie, window

    from tools.pictured import addresses, prepare

    prepare(folder)
    OUT.mkdir(parents=True, exist_ok=True)
    kept: set[str] = set()
    cookies: dict[str, str] = {}
    skipped: set[str] = set()
    with served(url, folder, SHUZHI_FILES=str(folder / "files")) as address, browsing() as browser:
        for name, persona, path, is_shown in addresses():
            if persona and persona not in cookies:
                cookies[persona] = session_cookie(persona)
            ways: list[tuple[str, tuple[int, int], str]] = [
                ("desktop", DESKTOP, "zh"),
                ("phone", PHONE, "en"),
            ]
            if is_shown:
                ways += [("desktop", DESKTOP, "en"), ("phone", PHONE, "zh")]
            for size_name, size, language in ways:
                given: dict[str, Any] = {
                    "cookie": cookies.get(persona, ""),
                    "size": size,
                    "language": language,
                }
                with window(browser, address, **given) as seen:
                    page = seen.page
                    answer = page.goto(address + path, wait_until="load")
                    if answer is None or answer.status != 200:
                        skipped.add(name)  # there is none of these in the demonstration
                        continue
                    page.wait_for_timeout(300)
                    target = OUT / f"{name}-{size_name}-{language}.png"
                    target.write_bytes(reduced(page.screenshot()))
                    kept.add(target.name)
    kept |= set_up_pictures(folder)
    for old in OUT.glob("*.png"):
        if old.name not in kept:
            old.unlink()
    print(
        f"{len(kept)} pictures in {OUT.relative_to(ROOT)}; not in the demonstration: {', '.join(sorted(skipped))}"
    )


if __name__ == "__main__":
    main()
