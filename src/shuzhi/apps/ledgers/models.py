"""Records and their sealed revisions. A record is never overwritten; a revision is never altered."""

from typing import Any

from django.db import models

from shuzhi.apps.organisations.models import Organisation


class ContentField(models.TextField):
    """JSON that both engines look into where it lies: text on SQLite, ``jsonb`` on PostgreSQL. Read and written as text."""

    def db_type(self, connection: Any) -> str:
        """The column's type on this engine."""
        return "jsonb" if connection.vendor == "postgresql" else "text"


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
    organisation = models.ForeignKey(Organisation, models.PROTECT, db_index=False)
    key = models.CharField(max_length=200)
    state = models.CharField(max_length=12)
    number = models.IntegerField()  #: of the latest entry of any kind
    current = models.IntegerField()  #: number of the latest content
    approved = models.IntegerField(null=True)  #: number of the content that is posted
    author = models.CharField(max_length=64)  #: who wrote the current content; may not approve it
    occurred_on = models.CharField(max_length=10)
    batch = models.CharField(max_length=36, blank=True)  #: the import it came with, to undo as one
    #: the latest content, as its revision's payload; kept when the record is withdrawn
    content = ContentField(db_default="{}")
    words = models.TextField(db_default="")  #: of the content, to search by; no personal field
    private_words = models.TextField(db_default="")  #: of its personal fields

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
            models.Index(
                fields=["organisation", "ledger", "author", "occurred_on"],
                name="record_waiting_counts",
                condition=models.Q(state="submitted"),
            ),
            models.Index(
                fields=["organisation", "ledger"],
                name="record_returned",
                condition=models.Q(state="returned"),
            ),
            models.Index(
                fields=["ledger", "organisation"],
                name="record_withdrawn",
                condition=models.Q(state="withdrawn"),
            ),
            models.Index(fields=["ledger", "organisation", "occurred_on"], name="record_by_date"),
            models.Index(fields=["organisation", "id"], name="record_newest"),
            models.Index(
                fields=["batch"], name="record_batch", condition=models.Q(batch__gt="")
            ),  # queries name the condition too, or SQLite does not see it
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
        indexes = [
            models.Index(
                fields=["record"], name="revision_attached", condition=models.Q(action="attach")
            )
        ]


class SavedView(models.Model):
    """A named way to look at a ledger's table: filters, columns, order. No personal value is ever part of it."""

    account = models.CharField(max_length=64)
    ledger = models.CharField(max_length=64)
    organisation = models.ForeignKey(Organisation, models.PROTECT)  #: where it was made
    name = models.CharField(max_length=40)
    query = models.TextField(blank=True)  #: of the table's address
    is_shared = models.BooleanField(default=False)  #: seen by everybody who reads the ledger there

    class Meta:
        db_table = "saved_view"
        constraints = [
            models.UniqueConstraint(
                fields=["account", "ledger", "organisation", "name"], name="saved_view_once"
            )
        ]
