"""Writing many rows quickly through Django's connection, the same on SQLite and PostgreSQL.

The ORM's bulk_create is ten times slower than what the engines can do (docs/decisions); a ledger of 100,000 rows goes
through here: executemany on SQLite, COPY on PostgreSQL. Only SQL both understand.
"""

from __future__ import annotations

import gc
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from django.db import connection, transaction

_COPY_FROM = 200  #: rows from which COPY beats executemany on PostgreSQL


@contextmanager
def without_cycle_search() -> Iterator[None]:
    """Pause Python's search for reference cycles while hundreds of thousands of small tuples are made, none of them in a cycle.

    An eighth of an import's time. Memory is still freed by reference counts.
    """
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()


@contextmanager
def snapshot() -> Iterator[None]:
    """Read everything inside the block as of one moment, without holding up anybody who writes.

    What is compared must belong together: revisions read before a commit and cells read after it would look like an error.
    """
    if connection.in_atomic_block:
        yield
    elif connection.vendor == "postgresql":
        with transaction.atomic():
            execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY")
            yield
    else:
        execute("BEGIN")  # deferred: SQLite's readers see the state of their first read
        try:
            yield
        finally:
            execute("ROLLBACK")


def insert_rows(table: str, columns: Sequence[str], rows: Sequence[Sequence[Any]]) -> None:
    """Insert the rows; column names come from code, never from input."""
    if not rows:
        return
    names = ", ".join(f'"{c}"' for c in columns)
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql" and len(rows) >= _COPY_FROM:
            with cursor.cursor.copy(f'COPY "{table}" ({names}) FROM STDIN') as copy:
                for row in rows:
                    copy.write_row(row)
            return
        marks = ", ".join(["%s"] * len(columns))
        cursor.executemany(f'INSERT INTO "{table}" ({names}) VALUES ({marks})', rows)


def add_sums(
    table: str, keys: Sequence[str], sums: Sequence[str], rows: Sequence[Sequence[Any]]
) -> None:
    """Add to running sums, making rows that are not there yet. Rows are key values, then amounts to add."""
    if not rows:
        return
    names = ", ".join(f'"{c}"' for c in (*keys, *sums))
    marks = ", ".join(["%s"] * (len(keys) + len(sums)))
    target = ", ".join(f'"{k}"' for k in keys)
    update = ", ".join(f'"{s}" = "{table}"."{s}" + excluded."{s}"' for s in sums)
    with connection.cursor() as cursor:
        cursor.executemany(
            f'INSERT INTO "{table}" ({names}) VALUES ({marks}) '
            f"ON CONFLICT ({target}) DO UPDATE SET {update}",
            sorted(rows, key=lambda r: r[: len(keys)]),  # one order for all writers: no deadlocks
        )


def fetch(query: str, params: Sequence[Any] = ()) -> list[tuple[Any, ...]]:
    """All rows of a query."""
    with connection.cursor() as cursor:
        cursor.execute(query, params)
        return cursor.fetchall()


def execute(query: str, params: Sequence[Any] = ()) -> int:
    """Run a statement; returns the number of rows touched."""
    with connection.cursor() as cursor:
        cursor.execute(query, params)
        return int(cursor.rowcount)


def execute_many(query: str, rows: Iterable[Sequence[Any]]) -> None:
    """Run a statement for each row."""
    with connection.cursor() as cursor:
        cursor.executemany(query, list(rows))


def refresh_statistics() -> None:
    """Let SQLite look at how many rows its indexes tell apart, or it picks the wrong one; PostgreSQL does so by itself."""
    if connection.vendor == "sqlite":
        with connection.cursor() as cursor:
            cursor.execute("PRAGMA analysis_limit=2000")
            cursor.execute("PRAGMA optimize=0x10002")


def marks(values: Sequence[Any]) -> str:
    """Placeholders for an IN list."""
    return ", ".join(["%s"] * len(values))


def in_chunks(values: Sequence[Any], size: int = 500) -> Iterable[Sequence[Any]]:
    """Slices small enough for an IN list on every engine."""
    for start in range(0, len(values), size):
        yield values[start : start + size]
