"""`shuzhi demo`: on SQLite and on PostgreSQL the same rows, postings, findings and figures, and it can be gone on with."""

from __future__ import annotations

import re
import uuid
from pathlib import Path

import psycopg
import pytest

from tests.support.postgres import server_url

from .conftest import Demo, made_once, run_process
from .test_report_commands import controls


def _make_on_postgres(folder: Path) -> str:
    name = f"demo_{uuid.uuid4().hex[:8]}"
    with psycopg.connect(f"{server_url()}/postgres", autocommit=True) as server:
        server.execute(f'CREATE DATABASE "{name}"')
        try:
            return run_process("demo", "-o", folder, url=f"{server_url()}/{name}").done().out
        finally:
            server.execute(f'DROP DATABASE "{name}" WITH (FORCE)')


@pytest.fixture(scope="module")
def on_postgres(tmp_path_factory: pytest.TempPathFactory) -> Demo:
    """The demonstration on a PostgreSQL server."""
    return Demo(*made_once(tmp_path_factory, "demo_postgres", _make_on_postgres))


def told(demo: Demo) -> list[str]:
    """What the demonstration says, without folder, time and database."""
    lines = demo.output.replace(str(demo.folder), "FOLDER").splitlines()
    return [line for line in lines if not line.startswith(("用时", "接着看"))]


def test_both_databases_tell_the_same(demo: Demo, on_postgres: Demo) -> None:
    assert told(on_postgres) == told(demo)


def test_both_databases_give_the_same_figures_in_every_report(
    demo: Demo, on_postgres: Demo
) -> None:
    files = sorted(p.name for p in demo.folder.glob("*.docx"))

    assert len(files) == 5
    for name in files:
        assert controls(on_postgres.folder / name) == controls(demo.folder / name)


def test_every_row_written_to_the_workbooks_becomes_a_record(demo: Demo) -> None:
    (written,) = re.findall(r"写出 \d+ 个工作簿、(\d+) 行", demo.output)
    (records, postings) = re.findall(r"对账：(\d+) 条记录、(\d+) 笔分录", demo.output)[0]
    (total,) = re.findall(r"合计 +│ +\d+ │ +(\d+) │ +(\d+) │ +(\d+) │", demo.output)

    assert total == (written, written, postings)
    assert records == written
    assert int(written) > 20_000
    assert demo.output.count("全部相符") == 2


def test_the_summary_names_the_files_and_ends_with_a_command_that_works(demo: Demo) -> None:
    for kind in ("docx", "html", "pdf"):
        assert len(list(demo.folder.glob(f"*.{kind}"))) == 5
    (line,) = (li for li in demo.output.splitlines() if li.startswith("接着看：shuzhi "))
    ran = run_process(*line.removeprefix("接着看：shuzhi ").split()).done()
    assert "果园面积 · 乙村 · 2023年：480 亩" in ran.out


def test_a_servers_password_is_not_printed(on_postgres: Demo) -> None:
    assert "postgres://" not in on_postgres.output


def test_an_existing_demonstration_is_gone_on_with(demo_copy: str, tmp_path: Path) -> None:
    ran = run_process("demo", "-o", tmp_path, "--keep").done()

    assert "接着用" in ran.out
    (made,) = re.findall(r"合计 +│ +\d+ │ +(\d+) │ +(\d+) │", ran.out)
    assert (int(made[0]) > 20_000, made[1]) == (True, "0")  # every row was there already
    assert ran.out.count("全部相符") == 2
