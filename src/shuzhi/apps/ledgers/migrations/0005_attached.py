"""Index of the entries that attach files, so that the same photo on another record is found among attachments alone."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("ledgers", "0004_state_indexes")]

    operations = [
        migrations.AddIndex(
            model_name="revision",
            index=models.Index(
                condition=models.Q(("action", "attach")),
                fields=["record"],
                name="revision_attached",
            ),
        ),
    ]
