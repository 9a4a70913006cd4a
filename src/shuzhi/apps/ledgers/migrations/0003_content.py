"""The content beside the pointers, with the words to search by; filled from the revisions.

Columns are added by plain SQL: Django would rebuild SQLite's table for a column that may not be null.
"""

from typing import Any

from django.db import migrations, models

from shuzhi.apps.ledgers.contents import rebuild
from shuzhi.apps.ledgers.models import ContentField

_COLUMNS = (("content", "'{}'"), ("words", "''"), ("private_words", "''"))


def add(apps: Any, schema_editor: Any) -> None:
    """Add the columns with constant defaults, which no engine writes row by row."""
    for name, default in _COLUMNS:
        kind = (
            "jsonb"
            if name == "content" and schema_editor.connection.vendor == "postgresql"
            else "text"
        )
        schema_editor.execute(
            f"ALTER TABLE record ADD COLUMN {name} {kind} NOT NULL DEFAULT {default}", None
        )


def drop(apps: Any, schema_editor: Any) -> None:
    """Take the columns away again."""
    for name, _ in _COLUMNS:
        schema_editor.execute(f"ALTER TABLE record DROP COLUMN {name}", None)


def fill(apps: Any, schema_editor: Any) -> None:
    """Contents of the records that are there already."""
    rebuild()


class Migration(migrations.Migration):
    dependencies = [("ledgers", "0002_sealed")]
    operations = [
        migrations.SeparateDatabaseAndState(
            [migrations.RunPython(add, drop)],
            [
                migrations.AddField("record", "content", ContentField(db_default="{}")),
                migrations.AddField("record", "words", models.TextField(db_default="")),
                migrations.AddField("record", "private_words", models.TextField(db_default="")),
            ],
        ),
        migrations.RunPython(fill, migrations.RunPython.noop),
        migrations.AddIndex(
            "record",
            models.Index(
                condition=models.Q(("state", "returned")),
                fields=["organisation", "ledger"],
                name="record_returned",
            ),
        ),
        migrations.AddIndex(
            "record",
            models.Index(
                condition=models.Q(("state", "withdrawn")),
                fields=["ledger", "organisation"],
                name="record_withdrawn",
            ),
        ),
        migrations.AddIndex(
            "record",
            models.Index(fields=["ledger", "organisation", "occurred_on"], name="record_by_date"),
        ),
    ]
