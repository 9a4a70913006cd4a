"""The newest records of a unit from an index; it takes the place of the one on the unit alone, so that an import writes no more.

By plain SQL, because Django would rebuild SQLite's table to take an index from a column.
"""

from typing import Any

import django.db.models.deletion
from django.db import migrations, models


def replace(apps: Any, schema_editor: Any) -> None:
    """Make the index on unit and number; drop the one on the unit alone."""
    connection = schema_editor.connection
    with connection.cursor() as cursor:
        found = connection.introspection.get_constraints(cursor, "record")
    schema_editor.execute("CREATE INDEX record_newest ON record (organisation_id, id)", None)
    for name, one in found.items():
        if one["index"] and not one["unique"] and one["columns"] == ["organisation_id"]:
            schema_editor.execute(f"DROP INDEX {schema_editor.quote_name(name)}", None)


def put_back(apps: Any, schema_editor: Any) -> None:
    """The other way round."""
    schema_editor.execute("DROP INDEX record_newest", None)
    schema_editor.execute("CREATE INDEX record_organisation_id ON record (organisation_id)", None)


class Migration(migrations.Migration):
    dependencies = [("ledgers", "0007_batch"), ("organisations", "0001_initial")]
    operations = [
        migrations.SeparateDatabaseAndState(
            [migrations.RunPython(replace, put_back)],
            [
                migrations.AlterField(
                    "record",
                    "organisation",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        to="organisations.organisation",
                        db_index=False,
                    ),
                ),
                migrations.AddIndex(
                    "record",
                    models.Index(fields=["organisation", "id"], name="record_newest"),
                ),
            ],
        ),
    ]
