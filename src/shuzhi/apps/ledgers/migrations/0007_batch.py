"""The records of one import, found without looking through the ledger."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("ledgers", "0006_saved_view")]

    operations = [
        migrations.AddIndex(
            "record",
            models.Index(
                condition=models.Q(("batch__gt", "")), fields=["batch"], name="record_batch"
            ),
        ),
    ]
