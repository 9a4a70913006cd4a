"""The office's clock and its diary: a sequence number for everything that happens, and who did what, never altered."""

from django.db import models


class Clock(models.Model):
    """One row: the last sequence number given out. Locked by every writing transaction, so numbers follow commits.

    That order is what makes an as-of point mean "everything up to here" for ever after.
    """

    seq = models.BigIntegerField(default=0)
    event_hash = models.CharField(max_length=64, default="")
    office = models.CharField(max_length=36)  #: UUID of this office, made at init

    class Meta:
        db_table = "clock"


class Event(models.Model):
    """Something somebody did that is not a record's revision: a book closed, a unit merged, a post given."""

    seq = models.BigAutoField(primary_key=True)  # given by the clock
    code = models.CharField(max_length=64)  #: dotted, past tense: book.closed
    actor = models.CharField(max_length=64)
    organisation = models.CharField(max_length=14, blank=True)
    at = models.CharField(max_length=32)  #: UTC, ISO 8601
    params = models.TextField()  #: canonical JSON
    previous = models.CharField(max_length=64)
    hash = models.CharField(max_length=64)

    class Meta:
        db_table = "event"
        indexes = [
            models.Index(fields=["organisation", "seq"], name="event_of_unit"),
            models.Index(fields=["actor", "seq"], name="event_of_actor"),
            models.Index(fields=["at"], name="event_time"),
        ]
