"""Fifty people at once in the office's pages, on a township of a million records: how long a page takes, and what limits it.

Each person opens a page, reads it for some seconds and opens the next, as people do; a request without a person behind it would measure
only how long a queue can get. The server is the one of production (gunicorn, one worker for each core). The baseline of the same run is a page
that asks the database for nothing.
"""

from __future__ import annotations

import http.client
import json
import os
import random
import re
import statistics
import subprocess
import sys
import threading
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

PEOPLE = 50
SECONDS = 60
THINKING = 5.0  #: seconds between two pages of one person, on average
WARMING = 12.0


@dataclass
class Person:
    """Somebody in the office: where, in which session, and what they open (name of the page, address)."""

    session: str
    pages: list[tuple[str, str]]


@dataclass
class Took:
    """What the pages took, by name, in milliseconds."""

    times: dict[str, list[float]] = field(default_factory=dict)
    wrong: list[str] = field(default_factory=list)
    lock: threading.Lock = field(default_factory=threading.Lock)

    def add(self, name: str, milliseconds: float) -> None:
        with self.lock:
            self.times.setdefault(name, []).append(milliseconds)


def visit(
    host: str, port: int, person: Person, took: Took, until: float, measured_from: float, seed: int
) -> None:
    """One person's session: pages in random order with pauses."""
    chance = random.Random(seed)
    connection = http.client.HTTPConnection(host, port, timeout=60)
    time.sleep(chance.uniform(0, THINKING))
    while time.monotonic() < until:
        name, address = chance.choice(person.pages)
        # the server closes a connection that says nothing for two seconds, as a browser knows; the next page opens another
        connection.close()
        started = time.perf_counter()
        try:
            connection.request(
                "GET",
                address,
                headers={"Cookie": f"shuzhi={person.session}", "Accept-Encoding": "gzip"},
            )
            answer = connection.getresponse()
            answer.read()
        except (OSError, http.client.HTTPException) as error:
            took.wrong.append(f"{name}: {error!r}")
            continue
        spent = (time.perf_counter() - started) * 1000
        if answer.status != 200:
            took.wrong.append(f"{name}: {answer.status} {address}")
        elif time.monotonic() >= measured_from:
            took.add(name, spent)
        time.sleep(min(chance.expovariate(1 / THINKING), 4 * THINKING))
    connection.close()


def cpu_seconds(group: int) -> float:
    """Processor time of a process group so far."""
    total = 0.0
    ticks = os.sysconf("SC_CLK_TCK")
    for entry in Path("/proc").iterdir():
        if not entry.name.isdigit():
            continue
        try:
            parts = (entry / "stat").read_text().rsplit(")", 1)[1].split()
        except (OSError, IndexError):
            continue
        if int(parts[2]) == group:
            total += (int(parts[11]) + int(parts[12])) / ticks
    return total


def percentile(values: list[float], part: float) -> float:
    """The value below which `part` of them lie."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(part * len(ordered)))]


def run(
    url: str, folder: Path, people: list[Person], *, people_count: int = PEOPLE
) -> dict[str, Any]:
    """Serve the database at `url` and let the people work on it."""
    from tests.support.browser import free_port

    port = free_port()
    workers = os.cpu_count() or 2
    log = (folder / "server.log").open("wb")
    server = subprocess.Popen(
        [sys.executable, "-m", "gunicorn", "shuzhi.web.wsgi", "-b", f"127.0.0.1:{port}", "--workers", str(workers),
         "--threads", "4", "--worker-class", "gthread", "--preload"],
        env={**os.environ, "DATABASE_URL": url, "DJANGO_SETTINGS_MODULE": "shuzhi.settings", "SHUZHI_FILES": str(folder / "files")},
        stdout=log, stderr=log, start_new_session=True,
    )  # fmt: skip
    try:
        _wait(port)
        took = Took()
        began = time.monotonic()
        measured_from = began + WARMING
        until = measured_from + SECONDS
        chosen = [people[i % len(people)] for i in range(people_count)]
        threads = [
            threading.Thread(
                target=visit, args=("127.0.0.1", port, person, took, until, measured_from, seed)
            )
            for seed, person in enumerate(chosen)
        ]
        for thread in threads:
            thread.start()
        time.sleep(max(0.0, measured_from - time.monotonic()))
        before = cpu_seconds(server.pid)
        for thread in threads:
            thread.join()
        spent = cpu_seconds(server.pid) - before
        span = time.monotonic() - measured_from
        memory = _memory(server.pid)
        return {
            "times": took.times,
            "wrong": took.wrong,
            "cpu": spent / span / workers,
            "per_second": sum(map(len, took.times.values())) / span,
            "memory": memory,
        }
    finally:
        server.terminate()
        server.wait(20)
        log.close()


def _memory(group: int) -> float:
    """Private memory of the server's processes, in MB."""
    total = 0
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                if int((entry / "stat").read_text().rsplit(")", 1)[1].split()[2]) == group:
                    found = re.search(r"^Pss:\s+(\d+)", (entry / "smaps_rollup").read_text(), re.M)
                    total += int(found[1]) if found else 0
            except (OSError, IndexError):
                continue
    return total / 1024


def _wait(port: int) -> None:
    for _ in range(600):
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
        try:
            connection.request("GET", "/alive/")
            connection.getresponse().read()
            return
        except OSError:
            time.sleep(0.1)
        finally:
            connection.close()
    raise RuntimeError("the server did not start")


def summary(result: dict[str, Any], figures_pages: frozenset[str]) -> dict[str, str]:
    """The lines `make bench` prints."""
    lines: dict[str, str] = {}
    base = statistics.median(result["times"].get("alive", [1.0]))
    for title, names in (
        (
            "pages a clerk uses",
            [n for n in result["times"] if n not in figures_pages and n != "alive"],
        ),
        ("figures pages", [n for n in result["times"] if n in figures_pages]),
    ):
        values = [v for n in names for v in result["times"][n]]
        if values:
            lines[title] = (
                f"p50 {percentile(values, 0.5):.0f} ms, p95 {percentile(values, 0.95):.0f} ms, p99 {percentile(values, 0.99):.0f} ms, "
                f"{len(values)} opened, p95 {percentile(values, 0.95) / base:.0f}× a page without questions ({base:.1f} ms)"
            )
    for name, values in sorted(result["times"].items(), key=lambda kv: -percentile(kv[1], 0.95)):
        lines[f"  {name}"] = (
            f"p50 {percentile(values, 0.5):.0f}, p95 {percentile(values, 0.95):.0f} ms ({len(values)})"
        )
    lines["asked"] = (
        f"{result['per_second']:.1f} pages a second; the server's cores {result['cpu'] * 100:.0f} % busy; {result['memory']:.0f} MB"
    )
    if result["wrong"]:
        lines["wrong"] = json.dumps(result["wrong"][:5], ensure_ascii=False)
    return lines


#: pages whose bound is 400 ms; the others' is 200 ms
FIGURES_PAGES = frozenset(
    {"figures", "figure", "figure below", "figure by month", "trace", "compare", "report"}
)


def people_of(town: str) -> list[Person]:
    """The clerks of each village and four people of the township's office, with what each of them opens."""

    from tests.support.browser import session_cookie

    from shuzhi.apps import storage
    from shuzhi.apps.organisations.models import Organisation
    from shuzhi.apps.people.actions import create_account, give_post
    from shuzhi.apps.people.models import Account
    from shuzhi.apps.people.permissions import SYSTEM

    top = Organisation.objects.get(code=town)
    villages = list(Organisation.objects.filter(parent=top, closed_on="").order_by("code"))
    ledgers = ("orchard", "person", "household", "livestock", "dispute", "insurance_roll")
    found = []
    for number, unit in enumerate([*villages, top, top, top, top]):
        name = f"bench-{number}"
        if not Account.objects.filter(name=name).exists():
            create_account(SYSTEM, name, name)
            give_post(
                SYSTEM, name, unit.code, "clerk" if number % 3 else "leader", from_date="2020-01-01"
            )
        ids = [
            row[0]
            for row in storage.fetch(
                "SELECT id FROM record WHERE ledger = 'orchard' AND organisation_id IN (SELECT id FROM organisation WHERE path LIKE %s) LIMIT 40",
                [unit.path + "%"],
            )
        ]
        at = f"/at/{unit.code}"
        pages = [
            ("alive", "/alive/"),
            ("workbench", f"{at}/workbench/"),
            ("workbench", f"{at}/workbench/"),
            ("ledgers", f"{at}/ledgers/"),
        ]
        for key in ledgers:
            pages += [
                ("ledger", f"{at}/ledgers/{key}/"),
                ("ledger sorted", f"{at}/ledgers/{key}/?sort=-date"),
                ("ledger searched", f"{at}/ledgers/{key}/?q=东沟"),
            ]
        pages += [("ledger by quantity", f"{at}/ledgers/orchard/?sort=-bearing_area")] * 2
        pages += [("record", f"{at}/records/{one}/") for one in ids[:8]]
        if number % 3:  # who records
            pages += [
                ("form", f"{at}/ledgers/orchard/new/"),
                ("grid", f"{at}/ledgers/orchard/grid/"),
            ]
        pages += [
            ("search", f"{at}/search/?q=东沟"),
        ]
        if not number % 3:
            pages += [("approval", f"{at}/approval/")] * 2
        pages += [
            ("figures", f"{at}/figures/?period=2023"),
            ("figure", f"{at}/figures/orchard_area/2023/"),
            ("figure below", f"{at}/figures/orchard_area/2023/?by=below"),
            ("figure by month", f"{at}/figures/orchard_area/2023/?by=months"),
            ("trace", f"{at}/figures/orchard_area/2023/trace/"),
            ("books", f"{at}/books/"),
        ]
        found.append(
            Person(
                session_cookie(name),
                [(n, a.replace("东沟", "%E4%B8%9C%E6%B2%9F")) for n, a in pages],
            )
        )
    return found


def bench(folder: Path, engine: str, records: int) -> dict[str, Any]:
    """Make the township on an engine, let fifty people work in it, and say what the pages took."""
    os.environ["DJANGO_SETTINGS_MODULE"] = "shuzhi.settings"
    if engine == "postgresql":
        import psycopg
        from tests.support.postgres import server_url

        with psycopg.connect(f"{server_url()}/postgres", autocommit=True) as connection:
            connection.execute("CREATE DATABASE pages_bench")
        url = f"{server_url()}/pages_bench"
    else:
        url = f"sqlite:///{folder / 'pages.sqlite3'}"
    os.environ["DATABASE_URL"] = url
    import django

    django.setup()
    from benchmarks.office_data import TOWN, fill

    started = time.perf_counter()
    count = fill(records)
    made = time.perf_counter() - started
    people = people_of(TOWN)
    from django.db import connections

    connections.close_all()
    result = run(url, folder, people)
    return {
        "title": f"pages: {PEOPLE} people at once, {count:,} records in one township, {engine}",
        "made in": f"{made:.0f} s",
        **summary(result, FIGURES_PAGES),
    }
