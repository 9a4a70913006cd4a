"""Up to where each account has seen what happened."""

from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("people", "0003_way_in"),
    ]

    operations = [
        migrations.CreateModel(
            name="LastSeen",
            fields=[
                (
                    "account",
                    models.OneToOneField(
                        on_delete=models.deletion.CASCADE,
                        primary_key=True,
                        related_name="seen",
                        serialize=False,
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                ("since_seq", models.BigIntegerField()),
                ("since_at", models.CharField(max_length=32)),
                ("seen_seq", models.BigIntegerField()),
                ("seen_at", models.CharField(max_length=32)),
            ],
            options={"db_table": "last_seen"},
        ),
    ]
