"""What an office has said about checking: which wording is which indicator, and which kinds of finding it does not want to hear.

Both tables only grow: an entry that no longer holds is ended by another entry, so that it can always be seen who said what, when and why.
"""

from django.db import models

from shuzhi.apps.organisations.models import Organisation


class Confirmation(models.Model):
    """A person's word that a wording means an indicator, or that no ledger is behind it; holds for the unit and all below it."""

    organisation = models.ForeignKey(Organisation, models.PROTECT)
    subject = models.CharField(
        max_length=120
    )  #: normalised wording, see `core.checking.matching.subject_key`
    indicator = models.CharField(max_length=80, blank=True)  #: empty = no ledger behind it
    excerpt = models.CharField(max_length=120, blank=True)  #: the words it was said of
    is_withdrawal = models.BooleanField(
        default=False
    )  #: says nothing but that `ends` holds no more
    ends = models.OneToOneField("self", models.PROTECT, null=True, related_name="ended_by")
    actor = models.CharField(max_length=64)
    at = models.CharField(max_length=32)
    seq = models.BigIntegerField()  #: of its event

    class Meta:
        db_table = "confirmation"
        indexes = [models.Index(fields=["organisation", "subject"], name="confirmation_by_subject")]


class Silence(models.Model):
    """A kind of finding, or a kind for exactly these words, that an office does not want to hear of; with the reason."""

    organisation = models.ForeignKey(Organisation, models.PROTECT)
    code = models.CharField(max_length=32)  #: of the kind of finding
    words = models.CharField(max_length=120, blank=True)  #: empty = all of this kind
    reason = models.TextField()
    is_end = models.BooleanField(default=False)  #: says nothing but that `ends` holds no more
    ends = models.OneToOneField("self", models.PROTECT, null=True, related_name="ended_by")
    actor = models.CharField(max_length=64)
    at = models.CharField(max_length=32)
    seq = models.BigIntegerField()  #: of its event

    class Meta:
        db_table = "silence"
        indexes = [models.Index(fields=["organisation", "code"], name="silence_by_code")]


class Check(models.Model):
    """A draft that was handed in to be checked, with the point of the books it is held against. What is found is computed anew when shown."""

    number = models.CharField(max_length=36, unique=True)  #: UUID
    organisation = models.ForeignKey(Organisation, models.PROTECT)
    name = models.CharField(max_length=200)  #: of the file
    digest = models.CharField(max_length=64)  #: SHA-256 of the file, under which it is kept
    size = models.IntegerField()
    year = models.IntegerField(null=True)  #: of the report; None = as the draft says
    as_of = models.BigIntegerField()
    actor = models.CharField(max_length=64)
    at = models.CharField(max_length=32)
    state = models.CharField(max_length=8)  #: waiting · done · failed · removed
    counts = models.JSONField(default=dict)  #: severity → findings, at the first look
    figures = models.IntegerField(default=0)
    problems = models.JSONField(default=list)  #: why it could not be read: [code, params]
    accepted = models.JSONField(default=list)  #: suggestions taken: keys as in `checks.finding_key`

    class Meta:
        db_table = "draft_check"
        indexes = [models.Index(fields=["organisation", "-id"], name="draft_check_latest")]
