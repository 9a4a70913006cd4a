"""Database triggers that refuse to change or delete what is sealed, on SQLite and PostgreSQL.

Hand-written SQL, because Django has no words for triggers. A later `AlterField` on SQLite rebuilds the table and drops them
silently, so `missing_triggers` is part of `shuzhi book verify` and of the tests.
"""

from __future__ import annotations

from typing import Any

SEALED_TABLES = ("revision", "posting", "event")

_SQLITE = """
CREATE TRIGGER {table}_no_{verb} BEFORE {verb} ON {table}
BEGIN SELECT RAISE(ABORT, '{table} is sealed: {verb} refused'); END
"""
_POSTGRESQL_FUNCTION = """
CREATE OR REPLACE FUNCTION shuzhi_sealed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN RAISE EXCEPTION '% is sealed: % refused', TG_TABLE_NAME, lower(TG_OP); END $$
"""
_POSTGRESQL = """
CREATE TRIGGER {table}_no_{verb} BEFORE {verb} ON {table}
FOR EACH STATEMENT EXECUTE FUNCTION shuzhi_sealed()
"""


def verbs(vendor: str) -> tuple[str, ...]:
    """What is refused; SQLite has no TRUNCATE."""
    return ("update", "delete", "truncate") if vendor == "postgresql" else ("update", "delete")


def seal(table: str) -> Any:
    """A migration step that seals `table`."""

    def forwards(apps: Any, schema_editor: Any) -> None:
        vendor = schema_editor.connection.vendor
        if vendor == "postgresql":
            schema_editor.execute(_POSTGRESQL_FUNCTION, None)
        for verb in verbs(vendor):
            template = _POSTGRESQL if vendor == "postgresql" else _SQLITE
            schema_editor.execute(template.format(table=table, verb=verb), None)

    def backwards(apps: Any, schema_editor: Any) -> None:
        on = f" ON {table}" if schema_editor.connection.vendor == "postgresql" else ""
        for verb in verbs(schema_editor.connection.vendor):
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
    """Names of sealing triggers that are not in the database, or on PostgreSQL are switched off."""
    wanted = {f"{t}_no_{v}" for t in SEALED_TABLES for v in verbs(connection.vendor)}
    query = (
        "SELECT tgname FROM pg_trigger WHERE tgenabled IN ('O', 'A')"
        if connection.vendor == "postgresql"
        else "SELECT name FROM sqlite_master WHERE type = 'trigger'"
    )
    with connection.cursor() as cursor:
        cursor.execute(query)
        found = {row[0] for row in cursor.fetchall()}
    return sorted(wanted - found)
