"""Reports that were made: their versions, who confirmed which section, and the signed files.

A version is sealed like a revision: it is never altered, and each carries the seal of the one before it. What was signed is kept as
files by what they contain, so that years later the very same bytes come out.
"""

from django.db import models

from shuzhi.apps.organisations.models import Organisation


class Report(models.Model):
    """One report: template, unit, year, and where its life stands. Figures and missing things are those it was made with.

    `state`: draft · confirmed (every section by a line of work) · signed (frozen) · superseded (a later one was signed in its place).
    """

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
    title = models.CharField(max_length=200, default="")
    state = models.CharField(max_length=12, default="draft")
    version = models.IntegerField(
        default=0
    )  #: number of the latest version; 0 = made before there were any
    sections = models.IntegerField(default=0)  #: of the first level, in the latest version
    confirmed = models.IntegerField(default=0)  #: how many of them somebody has confirmed
    open_missing = models.IntegerField(default=0)  #: what the latest version could not say
    changed_at = models.CharField(max_length=32, default="")
    author = models.CharField(
        max_length=64, default=""
    )  #: who wrote the latest content; may not sign it
    signed_by = models.CharField(max_length=64, default="")
    signed_at = models.CharField(max_length=32, default="")
    signed_seq = models.BigIntegerField(null=True)  #: of the signing version

    class Meta:
        db_table = "report"
        indexes = [models.Index(fields=["organisation", "-year", "-id"], name="report_by_unit")]


class ReportVersion(models.Model):
    """A sealed version of a report's whole text. Signing and withdrawing a signature are versions, too."""

    seq = models.BigAutoField(primary_key=True)  # given by the clock
    report = models.ForeignKey(Report, models.PROTECT, related_name="versions", db_index=False)
    number = models.IntegerField()
    action = models.CharField(max_length=12)
    actor = models.CharField(max_length=64)
    at = models.CharField(max_length=32)
    reason = models.TextField(blank=True)
    as_of = models.BigIntegerField()
    content = models.TextField()  #: canonical JSON
    previous = models.CharField(max_length=64)
    hash = models.CharField(max_length=64)

    class Meta:
        db_table = "report_version"
        constraints = [
            models.UniqueConstraint(fields=["report", "number"], name="report_version_number")
        ]


class ReportConfirmation(models.Model):
    """A line of work's word that a section is right; it ends when the section changes afterwards."""

    report = models.ForeignKey(Report, models.PROTECT, related_name="confirmations")
    section = models.CharField(max_length=12)  #: id of the section's heading
    version = models.IntegerField()  #: the version that was confirmed
    actor = models.CharField(max_length=64)
    at = models.CharField(max_length=32)
    note = models.TextField(blank=True)
    ended = models.IntegerField(null=True)  #: number of the version that changed the section

    class Meta:
        db_table = "report_confirmation"


class ReportFile(models.Model):
    """A file of a signed version, kept under its digest."""

    report = models.ForeignKey(Report, models.PROTECT, related_name="files")
    version = models.IntegerField()
    format = models.CharField(max_length=8)
    digest = models.CharField(max_length=64)
    size = models.BigIntegerField()

    class Meta:
        db_table = "report_file"
        constraints = [
            models.UniqueConstraint(fields=["report", "version", "format"], name="report_file_once")
        ]
