"""The processes behind ``shuzhi serve``: an application server whose workers share one catalogue, and one process for jobs.

Knows nothing of pages or definitions; it is told when the application is loaded, and ends everything it started.
"""

from __future__ import annotations

import contextlib
import gc
import os
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

_PATIENCE = 20  #: seconds the process for jobs gets to finish a step
_RESTART_AFTER = 3  #: seconds before a process for jobs that fell over is started again


@dataclass(frozen=True, slots=True)
class Served:
    """How the office is served."""

    host: str
    port: int
    workers: int
    threads: int
    has_job_worker: bool = True


class JobWorker:
    """The process that does long work; started again when it falls over, ended with us."""

    def __init__(self) -> None:
        self._process: subprocess.Popen[bytes] | None = None
        self._ended_at = 0.0
        self._is_over = False

    def keep(self) -> None:
        """Start the process unless it runs; one that fell over waits a moment first."""
        if self._is_over:
            return
        if self._process is not None:
            if self._process.poll() is None:
                return
            self._process, self._ended_at = None, time.monotonic()
        if time.monotonic() - self._ended_at < _RESTART_AFTER and self._ended_at:
            return
        # its standard input stays open as long as we live: whatever ends us, it notices
        self._process = subprocess.Popen(
            [sys.executable, "-m", "shuzhi.cli.main", "worker", "--until-input-ends"],
            stdin=subprocess.PIPE,
            start_new_session=True,  # Ctrl+C in the terminal is ours to pass on
        )

    def end(self) -> None:
        """Ask the process to finish its step and go."""
        self._is_over = True
        process, self._process = self._process, None
        if process is None or process.poll() is not None:
            return
        process.terminate()
        try:
            process.wait(_PATIENCE)
        except subprocess.TimeoutExpired:
            process.kill()


def serve(served: Served, load: Callable[[], Any], announce: Callable[[], None]) -> None:
    """Serve until told to stop. `load` gives the WSGI application, `announce` is called once it can be reached."""
    jobs, ours = JobWorker(), os.getpid()
    try:
        if sys.platform == "win32":
            _with_waitress(served, load, announce, jobs)
        else:
            _with_gunicorn(served, load, announce, jobs)
    except SystemExit as done:
        # a worker process leaves this way, too: it was parted from us inside
        if done.code or os.getpid() != ours:
            raise
    finally:
        if os.getpid() == ours:
            jobs.end()


def _with_gunicorn(
    served: Served, load: Callable[[], Any], announce: Callable[[], None], jobs: JobWorker
) -> None:
    from gunicorn.app.base import BaseApplication
    from gunicorn.arbiter import Arbiter

    def ready(_: Any) -> None:
        gc.freeze()  # what is loaded now is shared by all workers; their searches for cycles leave its pages alone
        announce()

    class Keeper(Arbiter):  # type: ignore[misc]
        def manage_workers(self) -> None:
            super().manage_workers()
            if served.has_job_worker:
                jobs.keep()

    class Application(BaseApplication):  # type: ignore[misc]
        def load_config(self) -> None:
            memory = Path("/dev/shm")
            settings = {
                "bind": f"{_bracketed(served.host)}:{served.port}",
                "workers": served.workers,
                "threads": served.threads,
                "worker_class": "gthread",
                "preload_app": True,
                "timeout": 180,
                "graceful_timeout": _PATIENCE,
                "keepalive": 5,
                "max_requests": 20_000,
                "max_requests_jitter": 2_000,
                "loglevel": "warning",
                "proc_name": "shuzhi",
                "control_socket_disable": True,
                "worker_tmp_dir": str(memory) if memory.is_dir() else None,
                "when_ready": ready,
            }
            for name, value in settings.items():
                if name in self.cfg.settings:
                    self.cfg.set(name, value)

        def load(self) -> Any:
            return load()

        def run(self) -> None:
            Keeper(self).run()

    Application().run()


def _with_waitress(
    served: Served, load: Callable[[], Any], announce: Callable[[], None], jobs: JobWorker
) -> None:
    from waitress import create_server

    application = load()
    server = create_server(
        application,
        host=served.host,
        port=served.port,
        threads=served.workers * served.threads,
        ident="shuzhi",
    )
    over = threading.Event()

    def keep() -> None:
        while served.has_job_worker and not over.wait(1):
            jobs.keep()

    threading.Thread(target=keep, daemon=True).start()
    announce()
    with contextlib.suppress(KeyboardInterrupt):
        server.run()
    over.set()
    server.close()


def end_with_parent(stop: threading.Event) -> None:
    """Set `stop` when standard input ends, that is when the one who started this process is gone."""

    def watch() -> None:
        while os.read(sys.stdin.fileno(), 1):  # unbuffered: a lock held at the end would be fatal
            pass
        stop.set()

    threading.Thread(target=watch, daemon=True).start()


def is_taken(host: str, port: int) -> bool:
    """Whether somebody listens there already."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError:
            return True
    return False


def _bracketed(host: str) -> str:
    return f"[{host}]" if ":" in host else host


def own_names(host: str) -> list[str]:
    """Names and addresses under which browsers reach this machine when it listens at `host`."""
    if host not in ("0.0.0.0", "::", ""):
        return [_bracketed(host)]
    names = ["localhost", "127.0.0.1", "[::1]", socket.gethostname()]
    with contextlib.suppress(OSError):
        found = socket.getaddrinfo(socket.gethostname(), None, type=socket.SOCK_STREAM)
        names += [_bracketed(str(entry[4][0])) for entry in found]
    with (
        contextlib.suppress(OSError),
        socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe,
    ):
        probe.connect(("192.0.2.1", 9))  # sends nothing; tells which of our addresses would be used
        names.append(str(probe.getsockname()[0]))
    return list(dict.fromkeys(names))


def addresses(host: str, port: int, names: Sequence[str]) -> list[str]:
    """What a person types into the browser, the most useful last."""
    shown = names if host in ("0.0.0.0", "::", "") else [_bracketed(host)]
    wanted = [n for n in shown if n not in ("[::1]", "127.0.0.1")] or list(shown)
    return [f"http://{name}:{port}/" for name in wanted]
