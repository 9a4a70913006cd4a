"""Seal what must never change; keep SQLite tables in primary key order."""

from django.db import migrations

from shuzhi.apps.audit.sealing import seal


class Migration(migrations.Migration):
    dependencies = [("audit", "0001_initial")]
    operations = [
        migrations.RunPython(*seal("event")),
    ]
