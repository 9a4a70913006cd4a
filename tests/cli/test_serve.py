"""`shuzhi serve`: made ready by itself, reached at once, ended whole; and what it refuses to touch."""

from __future__ import annotations

import os
import re
import shutil
import signal
import socket
import sqlite3
import stat
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from shuzhi.cli.serve import key_file, read_or_make_key
from shuzhi.cli.serving import addresses, is_taken
from shuzhi.core.problems import ProblemsError
from tests.cli.conftest import run_process
from tests.support.office import _template, set_up_django

PATIENCE = 60


def free_port() -> int:
    """A port nobody listens at."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def serving(folder: Path, *options: str) -> Iterator[tuple[subprocess.Popen[str], int, Path]]:
    """The command as a process of its own; it, its port and what it says."""
    port, said = free_port(), folder / "said.txt"
    inherited = {k: v for k, v in os.environ.items() if not k.startswith(("SHUZHI_", "DATABASE_"))}
    with said.open("w", encoding="utf-8") as out:
        process = subprocess.Popen(
            [sys.executable, "-m", "shuzhi.cli.main", "serve", "--port", str(port), "--workers", "1", *options],
            cwd=folder, env=inherited, stdout=out, stderr=subprocess.STDOUT, text=True,
        )  # fmt: skip
    try:
        for _ in range(PATIENCE * 10):
            if "Ctrl+C" in said.read_text(encoding="utf-8") or process.poll() is not None:
                break
            time.sleep(0.1)
        yield process, port, said
    finally:
        if process.poll() is None:
            process.send_signal(signal.SIGINT)
            process.wait(PATIENCE)


def fetch(port: int, path: str) -> tuple[int, str]:
    """A page as a browser gets it."""
    with urllib.request.urlopen(f"http://127.0.0.1:{port}{path}", timeout=20) as answer:
        return answer.status, answer.read().decode()


def children(parent: int) -> list[int]:
    """Processes that this one started."""
    found = []
    for entry in Path("/proc").iterdir():
        try:
            fields = (entry / "stat").read_text().rsplit(")", 1)[1].split()
        except (OSError, IndexError):
            continue
        if int(fields[1]) == parent and fields[0] != "Z":
            found.append(int(entry.name))
    return found


def dump(file: Path) -> list[str]:
    """Everything in a database, as statements."""
    with sqlite3.connect(file) as database:
        return list(database.iterdump())


def test_an_empty_folder_becomes_an_office_that_can_be_reached(tmp_path: Path) -> None:
    with serving(tmp_path) as (process, port, said):
        text = said.read_text(encoding="utf-8")
        assert re.search(r"开通码（只用一次）：\w+", text), text
        assert f"http://127.0.0.1:{port}/" in text
        began = time.monotonic()
        status, page = fetch(port, "/")
        assert status == 200
        assert time.monotonic() - began < 3
        assert "<html" in page
        assert fetch(port, "/alive/") == (200, "alive\n")
        assert fetch(port, "/static/shuzhi/office.css")[0] == 200
        key = tmp_path / "shuzhi.sqlite3.secret-key"
        assert stat.S_IMODE(key.stat().st_mode) == 0o600
        assert key.read_text().strip() not in text
        time.sleep(2)
        started = children(process.pid)
        assert len(started) == 2, "one worker of the server, one for jobs"

        process.send_signal(signal.SIGINT)
        assert process.wait(PATIENCE) == 0

    time.sleep(1)
    assert [pid for pid in started if Path(f"/proc/{pid}").exists()] == []
    assert said.read_text(encoding="utf-8").count("已停止") == 1
    assert "Traceback" not in said.read_text(encoding="utf-8")


def test_the_process_for_jobs_is_started_again_and_goes_when_the_server_is_killed(
    tmp_path: Path,
) -> None:
    with serving(tmp_path) as (process, port, _):
        fetch(port, "/alive/")
        time.sleep(2)
        (worker,) = (p for p in children(process.pid) if b"until-input-ends" in Path(f"/proc/{p}/cmdline").read_bytes())  # fmt: skip
        os.kill(worker, signal.SIGKILL)
        time.sleep(6)
        again = [p for p in children(process.pid) if b"until-input-ends" in Path(f"/proc/{p}/cmdline").read_bytes()]  # fmt: skip
        assert len(again) == 1
        assert again != [worker]
        process.kill()
        process.wait(PATIENCE)
    for _ in range(200):
        if not Path(f"/proc/{again[0]}").exists():
            break
        time.sleep(0.1)
    assert not Path(f"/proc/{again[0]}").exists()


def test_an_outdated_database_is_left_alone(tmp_path: Path) -> None:
    set_up_django()
    file = tmp_path / "old.sqlite3"
    shutil.copyfile(_template("sqlite", True).removeprefix("sqlite:///"), file)
    with sqlite3.connect(file) as database:
        database.execute("DELETE FROM django_migrations WHERE app = 'audit' AND name LIKE '0003%'")
    before = dump(file)

    ran = run_process("serve", "--port", free_port(), url=f"sqlite:///{file}", cwd=tmp_path)

    assert ran.code == 1
    assert "OFFICE_004" in ran.err
    assert "init --upgrade" in ran.err
    assert dump(file) == before


def test_a_port_that_is_taken_is_told(tmp_path: Path) -> None:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen()
        port = listener.getsockname()[1]

        ran = run_process("serve", "--port", port, cwd=tmp_path)

        assert is_taken("127.0.0.1", port)
    assert ran.code == 1
    assert "SERVE_001" in ran.err
    assert list(tmp_path.iterdir()) == [], "nothing was made"


def test_the_secret_key_is_made_once_and_kept_from_others(tmp_path: Path) -> None:
    path = key_file(str(tmp_path / "office.sqlite3"), tmp_path / "files")
    assert path == tmp_path / "office.sqlite3.secret-key"
    assert key_file("", tmp_path / "files") == tmp_path / "files" / "secret-key"

    key = read_or_make_key(path)
    path.chmod(0o644)

    assert read_or_make_key(path) == key
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    path.write_text("short")
    with pytest.raises(ProblemsError) as error:
        read_or_make_key(path)
    assert [p.code for p in error.value.problems] == ["SERVE_002"]


def test_addresses_are_what_a_person_types() -> None:
    assert addresses("127.0.0.1", 8000, []) == ["http://127.0.0.1:8000/"]
    assert addresses("::1", 8000, []) == ["http://[::1]:8000/"]
    assert addresses("0.0.0.0", 80, ["localhost", "127.0.0.1", "10.0.0.8"]) == [
        "http://localhost:80/",
        "http://10.0.0.8:80/",
    ]
