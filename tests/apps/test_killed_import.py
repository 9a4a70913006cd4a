"""Issue 2, done when 5: an import that is killed leaves the books whole, and running it again completes it.

A process of its own records and approves 20,000 rows in batches; it is killed with SIGKILL at random moments (seeded), twenty
times in all, and each time the database is looked at by another process's eyes.
"""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from shuzhi.apps import storage
from shuzhi.apps.books.reconciling import reconcile, verify
from shuzhi.apps.office import use_catalogue
from tests.support.office import COUNTY, ENGINES, VILLAGES, office, small_catalogue

ROWS = 20_000
KILLS = {"sqlite": 20, "postgresql": 5}

_IMPORT = """
import sys
from tests.support.office import VILLAGES, connect, set_up_django, small_catalogue
set_up_django()
connect(sys.argv[1])
from shuzhi.apps.books.posting import approve_records
from shuzhi.apps.ledgers.actions import submit_drafts
from shuzhi.apps.office import definitions, use_catalogue
from shuzhi.apps.organisations.queries import get
from shuzhi.apps.people.queries import get_actor
from shuzhi.core.ledgers import ColumnPlan, compile_reader
rows = int(sys.argv[2])
with use_catalogue(small_catalogue()) as defs:
    ledger = defs.catalogue.ledgers["orchard"]
    keys = ("plot", "household", "date", "bearing", "young", "variety")
    reader = compile_reader(ledger, defs.units, [ColumnPlan(k, i, k) for i, k in enumerate(keys)])
    clerk, reviewer = get_actor("县会计"), get_actor("县办")
    print("ready", flush=True)
    per_village = rows // len(VILLAGES)
    for village in VILLAGES:
        drafts = [
            reader.read((f"{n:05d}", f"{n % 700:03d}", "2023-03-01", "2.5", "1", ("花椒", "核桃")[n % 2]), n + 1)
            for n in range(per_village)
        ]
        submit_drafts(clerk, "orchard", village, drafts, source=f"{village}.xlsx")
        approve_records(reviewer, organisation_path=get(village).path)
    print("done", flush=True)
"""


def _start(url: str) -> subprocess.Popen[str]:
    root = Path(__file__).parents[2]
    environment = {
        **os.environ, "DJANGO_SETTINGS_MODULE": "shuzhi.settings", "PYTHONPATH": f"{root}{os.pathsep}{root / 'src'}",
    }  # fmt: skip
    process = subprocess.Popen(
        [sys.executable, "-c", _IMPORT, url, str(ROWS)],
        stdout=subprocess.PIPE, text=True, env=environment, cwd=root,
    )  # fmt: skip
    assert process.stdout is not None
    assert process.stdout.readline() == "ready\n"
    return process


def _counts() -> dict[str, int]:
    return {
        table: storage.fetch(f"SELECT COUNT(*) FROM {table}")[0][0]
        for table in ("record", "revision", "posting")
    }


@pytest.mark.slow
@pytest.mark.parametrize("engine", ENGINES)
def test_an_import_killed_at_any_moment_leaves_the_books_whole(engine: str, tmp_path: Path) -> None:
    chance = random.Random(20230301)

    with office(engine, tmp_path) as made:
        made.open(2023)
        process = _start(made.url)
        running = time.perf_counter()
        assert process.stdout is not None
        assert process.stdout.readline() == "done\n"
        process.wait()
        needed = time.perf_counter() - running
        whole = _counts()
        assert whole == {"record": ROWS, "revision": 2 * ROWS, "posting": 4 * ROWS + ROWS // 2}
        area = made.value("orchard_area", COUNTY, 2023)

    interrupted, progress = 0, []
    kills = KILLS[engine]
    while kills:
        with office(engine, tmp_path) as made:
            made.open(2023)
            complete = False
            while kills and not complete:
                kills -= 1
                process = _start(made.url)
                # what is there already is passed over quickly: the later runs get less time
                time.sleep(chance.uniform(0, needed * 0.6))
                complete = process.poll() is not None
                process.send_signal(signal.SIGKILL)
                process.wait()
                interrupted += process.returncode == -signal.SIGKILL

                counts = _counts()
                progress.append(counts["record"])
                assert counts["record"] % (ROWS // len(VILLAGES)) == 0, (
                    "a batch is there whole or not at all"
                )
                assert [*reconcile().problems, *verify().problems] == []

            process = _start(made.url)
            assert process.wait() == 0
            assert _counts() == whole
            assert made.value("orchard_area", COUNTY, 2023) == area
            assert [*reconcile().problems, *verify().problems] == []

    assert interrupted >= KILLS[engine] // 2, "the kills came too late to interrupt anything"
    assert any(0 < found < ROWS for found in progress), progress


def test_the_same_rows_again_change_nothing(tmp_path: Path) -> None:
    from shuzhi.apps.ledgers.actions import submit_drafts
    from shuzhi.core.ledgers import read_values
    from shuzhi.core.quantities import Units

    with office("sqlite", tmp_path) as made, use_catalogue(small_catalogue()):
        made.open(2023)
        ledger, units = made.catalogue.ledgers["orchard"], Units(made.catalogue.units)
        drafts = [
            read_values(
                ledger, units, {"plot": str(n), "date": "2023-03-01", "bearing": "1", "young": "1"}
            )
            for n in range(50)
        ]
        first = submit_drafts(made.actor("县会计"), "orchard", VILLAGES[0], drafts)
        before = _counts()

        again = submit_drafts(made.actor("县会计"), "orchard", VILLAGES[0], drafts)

        assert (first.created, first.revised, first.unchanged) == (50, 0, 0)
        assert (again.created, again.revised, again.unchanged) == (0, 0, 50)
        assert again.records == []
        assert _counts() == before
