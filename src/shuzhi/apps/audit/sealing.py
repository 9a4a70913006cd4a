"""Database triggers that refuse to change or delete what is sealed, on SQLite and PostgreSQL.

Hand-written SQL, because Django has no words for triggers. A later `AlterField` on SQLite rebuilds the table and drops them
silently, so `missing_triggers` is part of `shuzhi book verify` and of the tests.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

#: sealed table → keys on which SQLite's INSERT OR REPLACE is refused; it takes the old row away without a DELETE. Postings do without
#: that trigger (it would cost an approval a fifth of its speed): Shuzhi's own connections refuse it there by recursive triggers, and
#: reconciling computes every posting again from the revisions anyway.
SEALED_TABLES: Mapping[str, tuple[tuple[str, ...], ...]] = {
    "revision": (("seq",), ("record_id", "number")),
    "posting": (),
    "event": (("seq",),),
    "report_version": (("seq",), ("report_id", "number")),
}

_SQLITE = """CREATE TRIGGER {table}_no_{verb} BEFORE {verb} ON {table}
BEGIN SELECT RAISE(ABORT, '{table} is sealed: {verb} refused'); END"""
_SQLITE_REPLACE = """CREATE TRIGGER {table}_no_replace BEFORE INSERT ON {table}
WHEN {there} BEGIN SELECT RAISE(ABORT, '{table} is sealed: replace refused'); END"""
_POSTGRESQL_FUNCTION = (
    """CREATE OR REPLACE FUNCTION shuzhi_sealed() RETURNS trigger LANGUAGE plpgsql AS $${body}$$"""
)
_POSTGRESQL_BODY = """
BEGIN RAISE EXCEPTION '% is sealed: % refused', TG_TABLE_NAME, lower(TG_OP); END """
_POSTGRESQL = """CREATE TRIGGER {table}_no_{verb} BEFORE {verb} ON {table}
FOR EACH STATEMENT EXECUTE FUNCTION shuzhi_sealed()"""


def verbs(vendor: str, table: str) -> tuple[str, ...]:
    """What is refused on this table; SQLite has no TRUNCATE."""
    if vendor == "postgresql":
        return ("update", "delete", "truncate")
    return ("update", "delete", "replace") if SEALED_TABLES[table] else ("update", "delete")


def _trigger(vendor: str, table: str, verb: str) -> str:
    if vendor == "postgresql":
        return _POSTGRESQL.format(table=table, verb=verb)
    if verb != "replace":
        return _SQLITE.format(table=table, verb=verb)
    there = " OR ".join(
        f"EXISTS (SELECT 1 FROM {table} WHERE {' AND '.join(f'{c} = NEW.{c}' for c in key)})"
        for key in SEALED_TABLES[table]
    )
    return _SQLITE_REPLACE.format(table=table, there=there)


def seal(table: str) -> Any:
    """A migration step that seals `table`."""

    def forwards(apps: Any, schema_editor: Any) -> None:
        vendor = schema_editor.connection.vendor
        if vendor == "postgresql":
            schema_editor.execute(_POSTGRESQL_FUNCTION.format(body=_POSTGRESQL_BODY), None)
        for verb in verbs(vendor, table):
            schema_editor.execute(_trigger(vendor, table, verb), None)

    def backwards(apps: Any, schema_editor: Any) -> None:
        on = f" ON {table}" if schema_editor.connection.vendor == "postgresql" else ""
        for verb in verbs(schema_editor.connection.vendor, table):
            schema_editor.execute(f"DROP TRIGGER IF EXISTS {table}_no_{verb}{on}")

    return forwards, backwards


def cluster(table: str) -> Any:
    """A migration step that keeps an empty SQLite table in primary key order (WITHOUT ROWID).

    Half the trees to write on every posting, and a unit's cells lie side by side when a dashboard reads them.
    """

    def forwards(apps: Any, schema_editor: Any) -> None:
        connection = schema_editor.connection
        if connection.vendor != "sqlite":
            return
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT type, sql FROM sqlite_master WHERE tbl_name = %s AND sql IS NOT NULL",
                [table],
            )
            statements = dict.fromkeys(cursor.fetchall())
        schema_editor.execute(f'DROP TABLE "{table}"')
        for kind, sql in sorted(statements, key=lambda s: s[0] != "table"):
            schema_editor.execute(sql + " WITHOUT ROWID" if kind == "table" else sql)

    return forwards, lambda apps, schema_editor: None


def missing_triggers(connection: Any) -> list[str]:
    """Names of sealing triggers that are not in the database, are switched off, or do something else than refuse."""
    vendor = connection.vendor
    wanted = {f"{t}_no_{v}": (t, v) for t in SEALED_TABLES for v in verbs(vendor, t)}
    query = (
        "SELECT t.tgname, c.relname, p.prosrc FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid "
        "JOIN pg_proc p ON p.oid = t.tgfoid WHERE t.tgenabled IN ('O', 'A') AND c.relnamespace = current_schema()::regnamespace"
        if vendor == "postgresql"
        else "SELECT name, tbl_name, sql FROM sqlite_master WHERE type = 'trigger'"
    )
    with connection.cursor() as cursor:
        cursor.execute(query)
        found = {name: (table, text) for name, table, text in cursor.fetchall()}
    missing = []
    for name, (table, verb) in wanted.items():
        text = _POSTGRESQL_BODY if vendor == "postgresql" else _trigger(vendor, table, verb)
        if found.get(name) != (table, text):
            missing.append(name)
    return sorted(missing)
