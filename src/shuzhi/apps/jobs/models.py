"""Work in the background, and files uploaded to be worked on."""

from django.db import models

from shuzhi.apps.organisations.models import Organisation


class Job(models.Model):
    """One piece of work: what was asked, how far it is, what came of it.

    `state`: waiting · running · done · failed · cancelled. Nothing personal stands in `params`, `result` or `problems`.
    """

    number = models.CharField(max_length=36, primary_key=True)  #: UUID
    kind = models.CharField(max_length=40)
    organisation = models.ForeignKey(Organisation, models.PROTECT, null=True)
    actor = models.CharField(max_length=64)
    params = models.JSONField(default=dict)
    state = models.CharField(max_length=10, default="waiting")
    stage = models.CharField(max_length=40, blank=True)  #: a key of the kind's stages
    done = models.BigIntegerField(default=0)
    total = models.BigIntegerField(default=0)  #: 0: not known
    result = models.JSONField(default=dict)
    problems = models.JSONField(default=list)
    at = models.CharField(max_length=32)
    started = models.CharField(max_length=32, blank=True)
    ended = models.CharField(max_length=32, blank=True)
    heartbeat = models.CharField(max_length=32, blank=True)  #: last sign of life of the worker
    runner = models.CharField(
        max_length=36, blank=True
    )  #: which run has it; another run's word does not count
    attempts = models.IntegerField(default=0)
    is_cancel_wanted = models.BooleanField(default=False)

    class Meta:
        db_table = "job"
        indexes = [
            models.Index(
                fields=["at"],
                name="job_waiting",
                condition=models.Q(state__in=("waiting", "running")),
            ),
            models.Index(fields=["actor", "at"], name="job_of_actor"),
            models.Index(fields=["organisation", "at"], name="job_of_organisation"),
        ]


class Upload(models.Model):
    """A file somebody uploaded to be worked on, with how far the work is; private to the account, and gone after seven days."""

    number = models.CharField(max_length=36, primary_key=True)  #: UUID
    purpose = models.CharField(max_length=20)
    organisation = models.ForeignKey(Organisation, models.PROTECT)
    actor = models.CharField(max_length=64)
    name = models.CharField(max_length=200)  #: as the person calls the file
    digest = models.CharField(max_length=64)  #: SHA-256 of the content
    size = models.BigIntegerField()
    state = models.CharField(
        max_length=10, default="open"
    )  #: open · done (kept as a note; the content goes after seven days)
    choices = models.JSONField(default=dict)  #: what the person chose on the way
    outcome = models.JSONField(default=dict)  #: what came of it
    at = models.CharField(max_length=32)

    class Meta:
        db_table = "upload"
        indexes = [
            models.Index(fields=["actor", "purpose", "at"], name="upload_of_actor"),
            models.Index(fields=["at"], name="upload_age"),
        ]
