"""Seal the versions of reports."""

from django.db import migrations

from shuzhi.apps.audit.sealing import seal


class Migration(migrations.Migration):
    dependencies = [("reports", "0002_versions")]
    operations = [
        migrations.RunPython(*seal("report_version")),
    ]
