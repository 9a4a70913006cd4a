"""What waits, counted by unit, ledger and author without touching the records themselves."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("ledgers", "0003_content")]
    operations = [
        migrations.AddIndex(
            "record",
            models.Index(
                condition=models.Q(("state", "submitted")),
                fields=["organisation", "ledger", "author", "occurred_on"],
                name="record_waiting_counts",
            ),
        ),
    ]
