"""Seal what must never change; keep SQLite tables in primary key order."""

from django.db import migrations

from shuzhi.apps.audit.sealing import cluster, seal


class Migration(migrations.Migration):
    dependencies = [("books", "0001_initial")]
    operations = [
        migrations.RunPython(*cluster("posting")),
        migrations.RunPython(*cluster("cell")),
        migrations.RunPython(*cluster("participation")),
        migrations.RunPython(*seal("posting")),
    ]
