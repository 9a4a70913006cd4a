"""Saved views of a ledger's table."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("ledgers", "0005_attached"),
        ("organisations", "0001_initial"),
    ]

    operations = [
        migrations.CreateModel(
            name="SavedView",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("account", models.CharField(max_length=64)),
                ("ledger", models.CharField(max_length=64)),
                ("name", models.CharField(max_length=40)),
                ("query", models.TextField(blank=True)),
                ("is_shared", models.BooleanField(default=False)),
                (
                    "organisation",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, to="organisations.organisation"
                    ),
                ),
            ],
            options={
                "db_table": "saved_view",
                "constraints": [
                    models.UniqueConstraint(
                        fields=("account", "ledger", "organisation", "name"), name="saved_view_once"
                    )
                ],
            },
        ),
    ]
