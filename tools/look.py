"""Pictures of pages to look at while working: ``python -m tools.look --as 示范镇记账员 /at/990101100000/ledgers/ …``.

Serves a copy of a database (brought up to date), opens each address at both sizes and in both languages (``--zh`` Chinese alone), and writes PNG
files; says what went wrong in the browser's console and what axe found.
"""

from __future__ import annotations

import argparse
import os
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

AXE = Path(__file__).parents[1] / "node_modules" / "axe-core" / "axe.min.js"


def main() -> None:
    """Take the pictures."""
    parser = argparse.ArgumentParser()
    parser.add_argument("paths", nargs="+")
    parser.add_argument("--as", dest="persona", default="")
    parser.add_argument("--database", type=Path, default=Path("out/demo.sqlite3"))
    parser.add_argument("--out", type=Path, default=Path("out/look"))
    parser.add_argument("--zh", action="store_true")
    parser.add_argument("--desktop", action="store_true")
    parser.add_argument("--full", action="store_true", help="the whole page, not only the window")
    given = parser.parse_args()
    given.out.mkdir(parents=True, exist_ok=True)
    folder = Path(tempfile.mkdtemp())
    for part in ("", "-wal"):
        source = given.database.with_name(given.database.name + part)
        if source.exists():
            shutil.copyfile(source, folder / f"copy.sqlite3{part}")
    url = f"sqlite:///{folder}/copy.sqlite3"
    os.environ |= {"DATABASE_URL": url, "DJANGO_SETTINGS_MODULE": "shuzhi.settings"}
    subprocess.run([sys.executable, "-m", "django", "migrate", "-v0"], check=True)
    import django

    django.setup()
    sys.path.insert(0, str(Path(__file__).parents[1]))
    from tests.support.browser import DESKTOP, PHONE, browsing, served, session_cookie, window

    cookie = session_cookie(given.persona) if given.persona else ""
    kept = {"SHUZHI_FILES": os.environ["SHUZHI_FILES"]} if "SHUZHI_FILES" in os.environ else {}
    with served(url, folder, **kept) as address, browsing() as browser:
        for language in ("zh",) if given.zh else ("zh", "en"):
            for size_name, size in (
                (("desktop", DESKTOP),)
                if given.desktop
                else (("desktop", DESKTOP), ("phone", PHONE))
            ):
                for path in given.paths:
                    name = re.sub(r"[^0-9A-Za-z]+", "-", path).strip("-") or "start"
                    try:
                        with window(
                            browser,
                            address,
                            cookie=cookie,
                            size=size,
                            language=language,
                            bypass_csp=True,
                        ) as seen:
                            page = seen.open(path)
                            page.wait_for_timeout(400)
                            target = given.out / f"{name}-{size_name}-{language}.png"
                            page.screenshot(path=str(target), full_page=given.full)
                            print(target)
                            wide = page.evaluate(
                                "document.documentElement.scrollWidth - document.documentElement.clientWidth"
                            )
                            if wide > 1:
                                print(f"  {path} is {wide} px too wide at {size_name}")
                            page.add_script_tag(path=str(AXE))
                            found = page.evaluate(
                                "axe.run().then(r => r.violations.map(v => [v.impact, v.id, v.nodes.map(n => n.target.join(' ')).slice(0, 3).join(' | ')]))"
                            )
                            for impact, rule, nodes in found:
                                print(f"  axe {impact}: {rule}: {nodes}")
                    except AssertionError as error:
                        print(f"  {path}: {error}")
    shutil.rmtree(folder, ignore_errors=True)


if __name__ == "__main__":
    main()
