"""A backup as one zip file: the database as of one moment, attachments and own definitions, and a list with a checksum for each.

Knows both engines: SQLite's online backup, PostgreSQL's pg_dump and pg_restore. Who may make or restore a backup is decided in `actions`.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import sqlite3
import subprocess
import tempfile
import zipfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from dataclasses import asdict, dataclass, field
from importlib.metadata import version
from pathlib import Path, PurePosixPath
from typing import IO, Any

import orjson
from django.conf import settings
from django.core.management import call_command
from django.db import DatabaseError, connection, transaction
from django.db.migrations.recorder import MigrationRecorder

from shuzhi.apps import storage
from shuzhi.apps.audit.actions import timestamp
from shuzhi.core.problems import Problem, ProblemsError

FORMAT = 1
MANIFEST = "manifest.json"
READ_ME = "说明.txt"
_SQLITE, _DUMP = "database/shuzhi.sqlite3", "database/shuzhi.dump"
#: among the office's files: what is no part of its books, or comes back by itself
_LEFT_OUT = frozenset({"backups", "jobs", "uploads", "secret-key"})
_COUNTED = ("organisation", "account", "record", "revision", "posting", "event")
_CHUNK = 1 << 20
_SPARE = 1.2  #: free room asked for, as a multiple of what is written

Tell = Callable[[int, int], None]


@dataclass(frozen=True, slots=True)
class Member:
    """One file of an archive."""

    name: str
    size: int
    sha256: str


@dataclass(frozen=True, slots=True)
class Manifest:
    """What an archive says of itself."""

    office: str
    name: str  #: of the top unit
    engine: str
    program: str
    at: str
    seq: int
    seal: str  #: of the last event
    counts: Mapping[str, int]
    migrations: Sequence[str]
    members: Sequence[Member] = field(default_factory=tuple)
    format: int = FORMAT

    @property
    def size(self) -> int:
        """Of everything, unpacked."""
        return sum(m.size for m in self.members)


def _ignore(done: int, total: int) -> None:
    """Progress nobody asked for."""


# ── making one ────────────────────────────────────────────────────────────────────────────────────────────────────────


def write_archive(target: Path, tell: Tell = _ignore) -> Manifest:
    """Write a backup of the whole office to `target`; the file appears when it is complete.

    Raises:
        ProblemsError: BACKUP_008 pg_dump is not there, BACKUP_009 it failed, BACKUP_012 not enough room.
    """
    target.parent.mkdir(parents=True, exist_ok=True)
    files = list(_files())
    sizes = sum(path.stat().st_size for _, path in files)
    _require_room(target.parent, sizes + 2 * database_size())
    part = target.with_name(target.name + ".part")
    try:
        with tempfile.TemporaryDirectory(dir=target.parent, prefix=".") as folder:
            dump = Path(folder) / "database"
            manifest = _dump(dump)
            total = sizes + dump.stat().st_size
            database = _DUMP if manifest.engine == "postgresql" else _SQLITE
            members: list[Member] = []
            done = 0
            handle = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
            with os.fdopen(handle, "wb") as file, zipfile.ZipFile(file, "w") as archive:
                for name, path in ((database, dump), *files):
                    packed = (
                        zipfile.ZIP_DEFLATED
                        if name == _SQLITE or name.endswith(".yaml")
                        else zipfile.ZIP_STORED
                    )
                    members.append(_add(archive, name, path, packed))
                    done += members[-1].size
                    tell(done, total)
                manifest = Manifest(**{**_plain(manifest), "members": tuple(members)})
                archive.writestr(READ_ME, _read_me(manifest))
                archive.writestr(
                    MANIFEST, orjson.dumps(asdict(manifest), option=orjson.OPT_INDENT_2)
                )
        part.replace(target)
    finally:
        part.unlink(missing_ok=True)
    return manifest


def _plain(manifest: Manifest) -> dict[str, Any]:
    return {name: getattr(manifest, name) for name in Manifest.__dataclass_fields__}


def _add(archive: zipfile.ZipFile, name: str, path: Path, packed: int) -> Member:
    info = zipfile.ZipInfo.from_file(path, name)
    info.compress_type = packed
    info._compresslevel = 1  # type: ignore[attr-defined]  # the database is large and packs well at any level
    digest, size = hashlib.sha256(), 0
    with path.open("rb") as source, archive.open(info, "w", force_zip64=True) as into:
        while chunk := source.read(_CHUNK):
            digest.update(chunk)
            size += len(chunk)
            into.write(chunk)
    return Member(name, size, digest.hexdigest())


def _files() -> Iterator[tuple[str, Path]]:
    """The office's files and the folders of definitions beside them, with their names in the archive."""
    root = Path(settings.OFFICE_FILES)
    own = _database_files()
    for path in sorted(root.rglob("*")) if root.is_dir() else ():
        parts = path.relative_to(root).parts
        is_draft = parts[:2] == ("catalogue", "drafts")
        if (
            path.is_file()
            and parts[0] not in _LEFT_OUT
            and not is_draft
            and path.resolve() not in own
        ):
            yield f"files/{'/'.join(parts)}", path
    for number, folder in enumerate(settings.OFFICE_CATALOGUES):
        for path in sorted(folder.rglob("*.yaml")):
            yield f"catalogues/{number}/{path.relative_to(folder).as_posix()}", path


def _database_files() -> set[Path]:
    if connection.vendor != "sqlite":
        return set()
    file = Path(str(connection.settings_dict["NAME"])).resolve()
    return {file, *(file.with_name(file.name + end) for end in ("-wal", "-shm", ".secret-key"))}


def _read_me(manifest: Manifest) -> str:
    return (
        f"述职（Shuzhi {manifest.program}）的备份，{manifest.name}，{manifest.at}（世界时）。\n"
        "恢复：shuzhi restore 本文件；网页上在“管理 → 备份与恢复”。内有群众个人信息，请按规定加密存放。\n"
        "A backup made by Shuzhi. To restore it: shuzhi restore FILE. It holds personal data; keep it safe.\n"
    )


def _facts(fetch: Callable[[str], Sequence[Any]], engine: str) -> Manifest:
    ((seq, seal, office),) = fetch("SELECT seq, event_hash, office FROM clock WHERE id = 1")
    names = fetch("SELECT name FROM organisation WHERE parent_id IS NULL ORDER BY id LIMIT 1")
    migrations = fetch("SELECT app, name FROM django_migrations ORDER BY app, name")
    return Manifest(
        office=office,
        name=names[0][0] if names else "",
        engine=engine,
        program=version("shuzhi"),
        at=timestamp(),
        seq=seq,
        seal=seal,
        counts={table: fetch(f"SELECT COUNT(*) FROM {table}")[0][0] for table in _COUNTED},
        migrations=tuple(f"{app}.{name}" for app, name in migrations),
    )


def _dump(target: Path) -> Manifest:
    """The database as of one moment, and what stands in it at that moment."""
    if connection.vendor == "sqlite":
        file = str(connection.settings_dict["NAME"])
        with (
            closing(sqlite3.connect(file, timeout=60)) as source,
            closing(sqlite3.connect(target)) as copy,
        ):
            source.backup(copy)
            copy.execute("PRAGMA journal_mode=DELETE")
            return _facts(lambda query: copy.execute(query).fetchall(), "sqlite")
    with transaction.atomic():
        storage.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY")
        snapshot = storage.fetch("SELECT pg_export_snapshot()")[0][0]
        manifest = _facts(storage.fetch, "postgresql")
        _tool("pg_dump", "--format=custom", "--no-owner", "--no-privileges", f"--snapshot={snapshot}", f"--file={target}")  # fmt: skip
    return manifest


def database_size() -> int:
    """Bytes the database takes."""
    if connection.vendor == "sqlite":
        file = Path(str(connection.settings_dict["NAME"]))
        sides = (file, file.with_name(file.name + "-wal"))
        return sum(path.stat().st_size for path in sides if path.exists())
    return int(storage.fetch("SELECT pg_database_size(current_database())")[0][0])


def _require_room(folder: Path, size: int) -> None:
    free = shutil.disk_usage(folder).free
    if free < size * _SPARE:
        raise ProblemsError(
            [
                Problem(
                    "BACKUP_012",
                    {
                        "folder": folder,
                        "wanted": int(size * _SPARE) // 2**20,
                        "free": free // 2**20,
                    },
                )
            ]
        )


# ── PostgreSQL's own tools ────────────────────────────────────────────────────────────────────────────────────────────


def has_tool(name: str) -> bool:
    """Whether a program of PostgreSQL's client can be called."""
    return shutil.which(name) is not None


def _tool(name: str, *arguments: str, into: IO[bytes] | None = None) -> None:
    if not has_tool(name):
        raise ProblemsError([Problem("BACKUP_008", {"tool": name})])
    described = connection.settings_dict
    given = {
        "PGHOST": described["HOST"], "PGPORT": described["PORT"], "PGUSER": described["USER"],
        "PGPASSWORD": described["PASSWORD"], "PGDATABASE": described["NAME"],
    }  # fmt: skip
    environment = {**os.environ, **{k: str(v) for k, v in given.items() if v}}
    done = subprocess.run(
        [name, *arguments],
        env=environment,
        stdout=into or subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        check=False,
    )
    if done.returncode:
        told = done.stderr.decode("utf-8", "replace").strip().splitlines()
        # the first line names the cause and no row; later ones may quote one
        raise ProblemsError(
            [Problem("BACKUP_009", {"tool": name, "detail": told[0][:300] if told else "—"})]
        )


# ── looking at one ────────────────────────────────────────────────────────────────────────────────────────────────────


def read_manifest(path: Path) -> Manifest:
    """What the archive says of itself. Raises ProblemsError BACKUP_001 when it is none, BACKUP_003 when it is of a later program."""
    try:
        with zipfile.ZipFile(path) as archive:
            found = orjson.loads(archive.read(MANIFEST))
        if found["format"] > FORMAT:
            raise ProblemsError(
                [Problem("BACKUP_003", {"file": path.name, "program": found["program"]})]
            )
        members = tuple(Member(**m) for m in found.pop("members"))
        return Manifest(**found, members=members)
    except (zipfile.BadZipFile, OSError, KeyError, TypeError, orjson.JSONDecodeError) as error:
        raise ProblemsError([Problem("BACKUP_001", {"file": path.name})]) from error


def check_archive(path: Path, tell: Tell = _ignore) -> Manifest:
    """Read the whole archive and compare every file with its checksum; look whether this program can restore it here.

    Raises:
        ProblemsError: everything that is wrong: BACKUP_001 no archive, BACKUP_002 files that are missing or differ, BACKUP_003 and
            BACKUP_004 made by a later program, BACKUP_005 the other engine, BACKUP_008 PostgreSQL's tools are not there.
    """
    manifest = read_manifest(path)
    problems: list[Problem] = []
    wrong: list[str] = []
    done = 0
    with zipfile.ZipFile(path) as archive:
        present = set(archive.namelist())
        for member in manifest.members:
            if member.name not in present or not _is_inside(member.name):
                wrong.append(member.name)
                continue
            try:
                with archive.open(member.name) as source:
                    size, digest = _read(source)
            except (zipfile.BadZipFile, OSError, EOFError):
                wrong.append(member.name)
                continue
            if (size, digest) != (member.size, member.sha256):
                wrong.append(member.name)
            done += member.size
            tell(done, manifest.size)
    names = {m.name for m in manifest.members}
    wrong += sorted(present - names - {MANIFEST, READ_ME})
    if not names & {_SQLITE, _DUMP}:
        wrong.append(_SQLITE if manifest.engine == "sqlite" else _DUMP)
    if wrong:
        params = {"file": path.name, "count": len(wrong), "first": wrong[0]}
        problems.append(Problem("BACKUP_002", params))
    if manifest.engine != connection.vendor:
        params = {"file": path.name, "found": manifest.engine, "here": connection.vendor}
        problems.append(Problem("BACKUP_005", params))
    elif manifest.engine == "postgresql":
        problems += [
            Problem("BACKUP_008", {"tool": tool})
            for tool in ("pg_restore", "psql")
            if not has_tool(tool)
        ]
    unknown = set(manifest.migrations) - _known_migrations()
    if unknown:
        params = {"file": path.name, "program": manifest.program, "count": len(unknown)}
        problems.append(Problem("BACKUP_004", params))
    if problems:
        raise ProblemsError(problems)
    return manifest


def _read(source: IO[bytes]) -> tuple[int, str]:
    digest, size = hashlib.sha256(), 0
    while chunk := source.read(_CHUNK):
        digest.update(chunk)
        size += len(chunk)
    return size, digest.hexdigest()


def _is_inside(name: str) -> bool:
    """Whether a name leads nowhere but below the folder it is unpacked to."""
    path = PurePosixPath(name)
    return (
        not path.is_absolute() and ".." not in path.parts and "\\" not in name and ":" not in name
    )


def _known_migrations() -> set[str]:
    from django.db.migrations.loader import MigrationLoader

    loader = MigrationLoader(None, ignore_no_migrations=True)
    return {f"{app}.{name}" for app, name in loader.disk_migrations}


# ── putting one back ──────────────────────────────────────────────────────────────────────────────────────────────────


def unpack_archive(path: Path, manifest: Manifest, tell: Tell = _ignore) -> None:
    """Put a checked archive in place of the office: first its files beside those that are there, then the database, at one stroke.

    Raises:
        ProblemsError: BACKUP_006 the database inside is damaged, BACKUP_009 PostgreSQL refused it; then the old one still stands.
    """
    root = Path(settings.OFFICE_FILES)
    root.mkdir(parents=True, exist_ok=True)
    _require_room(root, manifest.size)
    with (
        tempfile.TemporaryDirectory(dir=root, prefix=".") as folder,
        zipfile.ZipFile(path) as archive,
    ):
        database = Path(folder) / "database"
        done = 0
        current: Path | None = None
        for member in manifest.members:
            target: Path
            if member.name in (_SQLITE, _DUMP):
                target = database
            elif member.name == "files/catalogue/current":
                target = current = Path(folder) / "current"
            elif member.name.startswith("files/"):
                target = root / member.name.removeprefix("files/")
            else:
                continue  # folders named by SHUZHI_CATALOGUE are the machine's: put back by hand
            target.parent.mkdir(parents=True, exist_ok=True)
            fresh = Path(folder) / "file"
            with archive.open(member.name) as source, fresh.open("wb") as into:
                shutil.copyfileobj(source, into, _CHUNK)
            fresh.replace(target)
            done += member.size
            tell(done, manifest.size)
        _replace_database(database)
        in_force = root / "catalogue" / "current"
        if current is not None:
            in_force.parent.mkdir(parents=True, exist_ok=True)
            current.replace(in_force)
        else:
            in_force.unlink(missing_ok=True)
    call_command("migrate", verbosity=0, interactive=False)


def _replace_database(dump: Path) -> None:
    if connection.vendor == "sqlite":
        file = str(connection.settings_dict["NAME"])
        connection.close()
        with closing(sqlite3.connect(dump)) as source:
            damage = _damage(source)
            if damage:
                raise ProblemsError([Problem("BACKUP_006", {"detail": damage[:200]})])
            with closing(sqlite3.connect(file, timeout=120)) as live:
                source.backup(live)
                live.execute("PRAGMA journal_mode=WAL")
        return
    with tempfile.NamedTemporaryFile(dir=dump.parent, suffix=".sql") as script:
        tables = [t.name for t in _tables()]
        listed = ", ".join(connection.ops.quote_name(name) for name in tables)
        drop = f"DROP TABLE IF EXISTS {listed} CASCADE;\n" if tables else ""
        script.write(f"{drop}DROP FUNCTION IF EXISTS shuzhi_sealed() CASCADE;\n".encode())
        script.flush()
        _tool(
            "pg_restore", "--no-owner", "--no-privileges", "--file=-", str(dump), into=script.file
        )
        script.flush()
        connection.close()
        _tool("psql", "--single-transaction", "--quiet", "--no-psqlrc", "--set=ON_ERROR_STOP=1", f"--file={script.name}")  # fmt: skip


def _damage(database: sqlite3.Connection) -> str:
    """What is damaged in an SQLite file, in its own words; empty when all is well.

    Table by table, because integrity_check takes clustered tables for full of blanks in SQLite before 3.41; those are read through.
    """
    try:
        tables = database.execute(
            "SELECT name, sql FROM sqlite_master WHERE type = 'table'"
        ).fetchall()
        for name, sql in tables:
            if sql and sql.rstrip().endswith("WITHOUT ROWID"):
                for _ in database.execute(f'SELECT * FROM "{name}"'):
                    pass
                continue
            found = database.execute(f'PRAGMA integrity_check("{name}")').fetchone()[0]
            if found != "ok":
                return str(found)
    except sqlite3.DatabaseError as error:
        return str(error)
    return ""


def _tables() -> Sequence[Any]:
    with connection.cursor() as cursor:
        return connection.introspection.get_table_list(cursor)


def is_empty() -> bool:
    """Whether the database holds no office yet, so that nothing can be lost by restoring into it."""
    try:
        if MigrationRecorder.Migration._meta.db_table not in connection.introspection.table_names():
            return True
        return "clock" not in connection.introspection.table_names() or not storage.fetch(
            "SELECT seq FROM clock"
        )
    except DatabaseError as error:
        raise ProblemsError([Problem("BACKUP_006", {"detail": type(error).__name__})]) from error


@contextmanager
def received(chunks: Iterator[bytes], folder: Path) -> Iterator[Path]:
    """An uploaded archive while it is looked at; gone afterwards unless it was moved away."""
    folder.mkdir(parents=True, exist_ok=True)
    handle, temporary = tempfile.mkstemp(dir=folder, prefix=".")
    try:
        with os.fdopen(handle, "wb") as file:
            for chunk in chunks:
                file.write(chunk)
        yield Path(temporary)
    finally:
        Path(temporary).unlink(missing_ok=True)
