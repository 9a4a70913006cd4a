"""Postings, cells and the books of each year."""

from django.db import models

from shuzhi.apps.organisations.models import Organisation


class IndicatorKey(models.Model):
    """The small number under which an indicator's postings are kept."""

    id = models.IntegerField(primary_key=True)
    key = models.CharField(max_length=80, unique=True)
    from_seq = (
        models.BigIntegerField()
    )  #: before this point it was not defined, and nothing posted meant unknown

    class Meta:
        db_table = "indicator"


class Posting(models.Model):
    """A signed amount that an approved revision added: 1/10000 of the base unit, rows with a value, rows without."""

    pk = models.CompositePrimaryKey("seq", "line")
    seq = models.BigIntegerField()  #: of the approving entry
    line = models.IntegerField()
    indicator = models.ForeignKey(IndicatorKey, models.PROTECT, db_index=False, db_constraint=False)
    organisation = models.ForeignKey(
        Organisation, models.PROTECT, db_index=False, db_constraint=False
    )
    month = models.IntegerField()
    amount = models.BigIntegerField()
    rows = models.IntegerField()
    blanks = models.IntegerField()
    subject = models.CharField(max_length=80, blank=True)
    adjusting = models.BooleanField(default=False)

    class Meta:
        db_table = "posting"
        indexes = [
            models.Index(fields=["indicator", "organisation", "month"], name="posting_by_figure"),
            models.Index(
                fields=["organisation", "month", "seq"],
                name="posting_adjusting",
                condition=models.Q(adjusting=True),
            ),
        ]


class Cell(models.Model):
    """The running sum of postings for indicator, organisation and month."""

    pk = models.CompositePrimaryKey("organisation_id", "month", "indicator_id")
    organisation = models.ForeignKey(
        Organisation, models.PROTECT, db_index=False, db_constraint=False
    )
    month = models.IntegerField()
    indicator = models.ForeignKey(IndicatorKey, models.PROTECT, db_index=False, db_constraint=False)
    amount = models.BigIntegerField()
    rows = models.BigIntegerField()
    blanks = models.BigIntegerField()

    class Meta:
        db_table = "cell"
        indexes = [
            # holds the sums too, so that a page of figures reads nothing else
            models.Index(
                fields=["indicator", "organisation", "month", "amount", "rows", "blanks"],
                name="cell_by_figure",
            )
        ]


class Participation(models.Model):
    """Per subject (household, person): what postings add up to, for exact distinct counts."""

    pk = models.CompositePrimaryKey("indicator_id", "organisation_id", "month", "subject")
    indicator = models.ForeignKey(IndicatorKey, models.PROTECT, db_index=False, db_constraint=False)
    organisation = models.ForeignKey(
        Organisation, models.PROTECT, db_index=False, db_constraint=False
    )
    month = models.IntegerField()
    subject = models.CharField(max_length=80)
    amount = models.BigIntegerField()
    rows = models.BigIntegerField()

    class Meta:
        db_table = "participation"


class Book(models.Model):
    """A unit's book for a year: opened, checked at mid-year, closed month by month up to `closed_through`."""

    organisation = models.ForeignKey(Organisation, models.PROTECT)
    year = models.IntegerField()
    opened_seq = models.BigIntegerField()
    checked_seq = models.BigIntegerField(null=True)
    closed_through = models.IntegerField(null=True)  #: YYYYMM; the year is closed at month 12
    closed_seq = models.BigIntegerField(null=True)

    class Meta:
        db_table = "book"
        constraints = [models.UniqueConstraint(fields=["organisation", "year"], name="book_once")]


class BookCheck(models.Model):
    """A mid-year check as it came out: kept so that it can be looked at and printed later. Never altered."""

    organisation = models.ForeignKey(Organisation, models.PROTECT)
    year = models.IntegerField()
    seq = models.BigIntegerField(unique=True)  #: of the event that pins the check
    as_of = models.BigIntegerField()  #: the point its figures stand on
    actor = models.CharField(max_length=64)
    at = models.CharField(max_length=32)
    result = models.TextField()  #: canonical JSON: targets, findings, missing months, waiting

    class Meta:
        db_table = "book_check"
        indexes = [models.Index(fields=["organisation", "year", "seq"], name="book_check_of")]


class Proof(models.Model):
    """What reconciling or verifying the whole office found, kept to be looked at later. Never altered."""

    kind = models.CharField(max_length=12)  #: reconcile, verify
    as_of = models.BigIntegerField()  #: the clock when it began
    actor = models.CharField(max_length=64)
    at = models.CharField(max_length=32)  #: when it ended, UTC
    seconds = models.IntegerField()  #: how long it took
    is_sound = models.BooleanField()
    counts = models.TextField()  #: canonical JSON: what was looked at, and how many
    problems = models.TextField()  #: canonical JSON: code and parameters of each, in order
    problem_count = models.IntegerField()  #: how many there were; the list may be shorter

    class Meta:
        db_table = "proof"
