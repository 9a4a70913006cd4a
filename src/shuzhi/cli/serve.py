"""``shuzhi serve`` and ``shuzhi worker``: the office in a browser, with an application server, static files and one process for jobs.

Makes what is missing (a secret key, the tables of an empty database) and refuses what it must not touch (a database older than
the program). See docs/howto/serve.md.
"""

from __future__ import annotations

import os
import secrets
import signal
import stat
from pathlib import Path
from threading import Event

import click

from shuzhi.cli.serving import Served, addresses, end_with_parent, is_taken, own_names
from shuzhi.cli.serving import serve as run
from shuzhi.cli.session import Session, database_url, pass_session, pending_migrations
from shuzhi.core.problems import Problem, ProblemsError

_KEY_LENGTH = 50


@click.command("serve")
@click.option(
    "--host",
    default="127.0.0.1",
    show_default=True,
    help="监听地址；0.0.0.0 表示本机所有地址 / address to listen at",
)
@click.option(
    "--port",
    type=click.IntRange(1, 65535),
    default=8000,
    show_default=True,
    help="端口 / port",
)
@click.option(
    "--workers",
    type=click.IntRange(1, 64),
    help="进程数，默认同处理器核数 / processes, by default one for each core",
)
@click.option(
    "--threads",
    type=click.IntRange(1, 64),
    default=4,
    show_default=True,
    help="每个进程的线程数 / threads in each process",
)
@click.option(
    "--no-worker",
    is_flag=True,
    help="不带后台任务进程（另用 shuzhi worker） / without the process for jobs",
)
@click.option(
    "--demo",
    "is_demo",
    is_flag=True,
    help="用虚构的示例县，帐号和密码见屏幕 / with the demonstration county",
)
@click.option(
    "-o",
    "--out",
    type=click.Path(path_type=Path, file_okay=False),
    default=Path("out"),
    show_default=True,
    help="示例县放在哪个文件夹 / folder of the demonstration",
)
@pass_session
def serve(
    session: Session,
    host: str,
    port: int,
    workers: int | None,
    threads: int,
    no_worker: bool,
    is_demo: bool,
    out: Path,
) -> None:
    """启动网页版：在浏览器里记账、审核、看数、出报告。

    Start the office in the browser.
    """
    if is_taken(host, port):
        raise ProblemsError([Problem("SERVE_001", {"host": host, "port": port})])
    if is_demo:
        out.mkdir(parents=True, exist_ok=True)
        if "DATABASE_URL" not in os.environ:
            os.environ["DATABASE_URL"] = database_url(str(out / "demo.sqlite3"))
        os.environ.setdefault("SHUZHI_FILES", str((out / "files").absolute()))
        os.environ["SHUZHI_DEMO"] = "1"
    names = own_names(host)
    os.environ.setdefault(
        "SHUZHI_HOSTS", ",".join(dict.fromkeys([*names, "localhost", "127.0.0.1", "[::1]"]))
    )
    session.connect(made=False)
    _provide_secret_key()
    if is_demo:
        _make_demonstration(session, out)
    else:
        _make_tables(session)
    served = Served(host, port, workers or os.cpu_count() or 1, threads, not no_worker)

    def announce() -> None:
        for address in addresses(host, port, names):
            session.print(f"请在浏览器打开：{address}", f"Open in the browser: {address}", "bold")
        session.print("按 Ctrl+C 停止。", "Ctrl+C ends it.")

    run(served, _load, announce)
    session.print("已停止。", "Ended.")


@click.command("worker")
@click.option(
    "--until-input-ends",
    is_flag=True,
    hidden=True,
    help="标准输入关闭时结束 / end when standard input is closed",
)
@pass_session
def worker(session: Session, until_input_ends: bool) -> None:
    """后台任务进程：导入、核对、备份等要一会儿的事；shuzhi serve 自带一个。

    The process for jobs; `shuzhi serve` brings one along.
    """
    session.connect(made=False)
    _provide_secret_key()
    pending, _ = pending_migrations()
    if pending:
        raise ProblemsError([Problem("OFFICE_004", {"count": pending})])
    from shuzhi.apps.jobs.worker import run_forever

    stop = Event()
    for sign in (signal.SIGTERM, signal.SIGINT):
        signal.signal(sign, lambda *_: stop.set())
    if until_input_ends:
        end_with_parent(stop)
    else:
        session.print("后台任务进程已启动，按 Ctrl+C 停止。", "Waiting for jobs; Ctrl+C ends it.")
    run_forever(stop)


def _load() -> object:
    """The application with everything it needs in memory, before the processes part."""
    from django.db import connections
    from django.urls import get_resolver

    from shuzhi.apps.office import definitions
    from shuzhi.web.wsgi import application

    definitions()
    get_resolver().url_patterns  # noqa: B018  every area's pages are imported now, not by the first visitor
    connections.close_all()  # a connection must not be shared by two processes
    return application


# ── the secret key ────────────────────────────────────────────────────────────────────────────────────────────────────


def key_file(database: str, files: Path) -> Path:
    """Where the secret key is kept: beside an SQLite database, else among the office's files."""
    if database:
        file = Path(database).absolute()
        return file.with_name(f"{file.name}.secret-key")
    return files.absolute() / "secret-key"


def read_or_make_key(path: Path) -> str:
    """The key in the file, made on the first use; nobody but its owner may read it.

    Raises:
        ProblemsError: SERVE_002 the file holds no key.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    fresh = secrets.token_urlsafe(_KEY_LENGTH)
    try:
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        if stat.S_IMODE(path.stat().st_mode) & 0o077:
            path.chmod(0o600)
        kept = path.read_text(encoding="ascii", errors="replace").strip()
        if len(kept) < _KEY_LENGTH:
            raise ProblemsError([Problem("SERVE_002", {"file": path})]) from None
        return kept
    with os.fdopen(handle, "w", encoding="ascii") as file:
        file.write(fresh + "\n")
    return fresh


def _provide_secret_key() -> None:
    """Give the program its key, and every process started from here; needs the settings to be read."""
    from django.conf import settings
    from django.db import connection

    if os.environ.get("SHUZHI_SECRET_KEY"):
        return
    is_sqlite = connection.vendor == "sqlite"
    path = key_file(
        str(connection.settings_dict["NAME"]) if is_sqlite else "", settings.OFFICE_FILES
    )
    os.environ["SHUZHI_SECRET_KEY"] = settings.SECRET_KEY = read_or_make_key(path)


# ── the database ──────────────────────────────────────────────────────────────────────────────────────────────────────


def _make_tables(session: Session) -> None:
    """Make the tables of an empty database; an office that is there must be up to date."""
    pending, total = pending_migrations()
    if pending and pending < total:
        raise ProblemsError([Problem("OFFICE_004", {"count": pending})])
    from shuzhi.apps.audit.models import Clock

    if pending:
        from django.core.management import call_command

        call_command("migrate", verbosity=0, interactive=False)
    if not Clock.objects.exists():
        from shuzhi.web.way_in.setup_code import setup_code

        code = setup_code()
        session.print(
            f"这个数据库还没有单位账。打开网页后按提示建账；开通码（只用一次）：{code}",
            f"This database has no office yet. The page leads on; set-up code (used once): {code}",
            "bold",
        )


def _make_demonstration(session: Session, out: Path) -> None:
    from shuzhi.demo.office import make_county, open_to_all

    session.print(
        "正在准备示例县，第一次约需一分钟……",
        "Preparing the demonstration county; a minute the first time …",
    )
    with session.progress("导入、审核、过账", "importing, approving, posting") as tick:
        make_county(out, tick)
    accounts = open_to_all()
    session.print("示例帐号（仅供演示）：", "Demonstration accounts:")
    if not session.as_json:
        session.console().print(
            session.table(
                [("帐号", "account"), ("密码", "password"), ("岗位", "post")],
                [
                    (a.name, a.password, session.say(f"{a.unit} {a.role[0]}", f"{a.unit}, {a.role[1]}"))
                    for a in accounts
                ],
            )
        )  # fmt: skip
