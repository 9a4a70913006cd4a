"""Reports that were made, with the figures they printed and the point of the books they stand on."""

from django.db import models

from shuzhi.apps.organisations.models import Organisation


class Report(models.Model):
    """One report as generated: template, unit, year, as-of point, and every figure as it was printed."""

    number = models.CharField(max_length=36, unique=True)  #: UUID
    template = models.CharField(max_length=64)
    template_version = models.IntegerField()
    organisation = models.ForeignKey(Organisation, models.PROTECT)
    year = models.IntegerField()
    as_of = models.BigIntegerField()
    actor = models.CharField(max_length=64)
    at = models.CharField(max_length=32)
    figures = models.TextField()  #: canonical JSON: tag → {display, value, unit}
    missing = models.TextField()  #: canonical JSON: what could not be printed

    class Meta:
        db_table = "report"
