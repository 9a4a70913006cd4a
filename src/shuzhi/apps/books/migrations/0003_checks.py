"""Kept checks and proofs; indexes for adjusting entries and for the cells of one figure."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("books", "0002_sealed"),
        ("organisations", "0001_initial"),
    ]

    operations = [
        migrations.CreateModel(
            name="BookCheck",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("year", models.IntegerField()),
                ("seq", models.BigIntegerField(unique=True)),
                ("as_of", models.BigIntegerField()),
                ("actor", models.CharField(max_length=64)),
                ("at", models.CharField(max_length=32)),
                ("result", models.TextField()),
            ],
            options={
                "db_table": "book_check",
            },
        ),
        migrations.CreateModel(
            name="Proof",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("kind", models.CharField(max_length=12)),
                ("as_of", models.BigIntegerField()),
                ("actor", models.CharField(max_length=64)),
                ("at", models.CharField(max_length=32)),
                ("seconds", models.IntegerField()),
                ("is_sound", models.BooleanField()),
                ("counts", models.TextField()),
                ("problems", models.TextField()),
                ("problem_count", models.IntegerField()),
            ],
            options={
                "db_table": "proof",
            },
        ),
        migrations.AddIndex(
            model_name="cell",
            index=models.Index(
                fields=["indicator", "organisation", "month", "amount", "rows", "blanks"],
                name="cell_by_figure",
            ),
        ),
        migrations.AddIndex(
            model_name="posting",
            index=models.Index(
                condition=models.Q(("adjusting", True)),
                fields=["organisation", "month", "seq"],
                name="posting_adjusting",
            ),
        ),
        migrations.AddField(
            model_name="bookcheck",
            name="organisation",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, to="organisations.organisation"
            ),
        ),
        migrations.AddIndex(
            model_name="bookcheck",
            index=models.Index(fields=["organisation", "year", "seq"], name="book_check_of"),
        ),
    ]
