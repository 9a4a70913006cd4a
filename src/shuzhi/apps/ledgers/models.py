"""Records and their sealed revisions. A record is never overwritten; a revision is never altered."""

from django.db import models

from shuzhi.apps.organisations.models import Organisation


class Chain(models.Model):
    """The head of one hash chain: one for each organisation and year of recording."""

    organisation = models.ForeignKey(Organisation, models.PROTECT)
    year = models.IntegerField()
    length = models.BigIntegerField()
    head = models.CharField(max_length=64)

    class Meta:
        db_table = "chain"
        constraints = [models.UniqueConstraint(fields=["organisation", "year"], name="chain_once")]


class Record(models.Model):
    """One row of a ledger; it only points at its revisions.

    `state`: submitted (waiting for approval) · approved · returned · withdrawn. `id` is the sequence number of the first revision.
    """

    id = models.BigAutoField(
        primary_key=True
    )  # given by the clock; the type makes it SQLite's rowid
    ledger = models.CharField(max_length=64)
    organisation = models.ForeignKey(Organisation, models.PROTECT)
    key = models.CharField(max_length=200)
    state = models.CharField(max_length=12)
    number = models.IntegerField()  #: of the latest entry of any kind
    current = models.IntegerField()  #: number of the latest content
    approved = models.IntegerField(null=True)  #: number of the content that is posted
    author = models.CharField(max_length=64)  #: who wrote the current content; may not approve it
    occurred_on = models.CharField(max_length=10)
    batch = models.CharField(max_length=36, blank=True)  #: the import it came with, to undo as one

    class Meta:
        db_table = "record"
        constraints = [
            models.UniqueConstraint(fields=["ledger", "organisation", "key"], name="record_key")
        ]
        indexes = [
            models.Index(
                fields=["organisation", "id"],
                name="record_waiting",
                condition=models.Q(state="submitted"),
            ),
        ]


class Revision(models.Model):
    """A sealed entry in a record's history: content (create, revise, withdraw) or a decision on it (approve, return, transfer)."""

    seq = models.BigAutoField(
        primary_key=True
    )  # given by the clock; the type makes it SQLite's rowid
    record = models.ForeignKey(Record, models.PROTECT, related_name="revisions", db_index=False)
    number = models.IntegerField()
    action = models.CharField(max_length=10)
    subject_number = models.IntegerField(null=True)  #: decisions: the content they are about
    organisation = models.ForeignKey(Organisation, models.PROTECT, db_index=False)
    year = models.IntegerField()  #: of recording: which chain
    occurred_on = models.CharField(max_length=10, blank=True)
    payload = models.TextField(blank=True)  #: canonical JSON
    ledger_version = models.IntegerField()
    locked_through = models.IntegerField(null=True)  #: approvals: last closed month at the time
    actor = models.CharField(max_length=64)
    at = models.CharField(max_length=32)
    reason = models.TextField(blank=True)
    source = models.CharField(max_length=200, blank=True)
    previous = models.CharField(max_length=64)
    hash = models.CharField(max_length=64)

    class Meta:
        db_table = "revision"
        constraints = [models.UniqueConstraint(fields=["record", "number"], name="revision_number")]
