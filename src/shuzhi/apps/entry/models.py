"""What somebody typed and has not submitted: drafts of forms and grids, and forms held while signing in again.

Nothing here is a record: no figure, list or search of anybody else ever reads it, and it is deleted, not kept, once it is submitted.
"""

from django.db import models

from shuzhi.apps.organisations.models import Organisation
from shuzhi.apps.people.models import Account


class EntryDraft(models.Model):
    """Rows as they were typed, of one account; `record` is the record being revised, none for new rows."""

    account = models.ForeignKey(Account, models.CASCADE, related_name="entry_drafts")
    ledger = models.CharField(max_length=64)
    organisation = models.ForeignKey(Organisation, models.PROTECT, db_index=False)
    kind = models.CharField(max_length=8)  #: form or grid
    record = models.BigIntegerField(null=True)
    expected = models.IntegerField(null=True)  #: number of the content the revision starts from
    content = models.TextField()  #: JSON, exactly as typed
    rows = models.IntegerField(default=1)  #: how many rows have something in them
    personal = models.BooleanField(default=False)  #: something stands in a personal field
    at = models.CharField(max_length=32)

    class Meta:
        db_table = "entry_draft"
        indexes = [
            models.Index(fields=["account", "ledger"], name="entry_draft_own"),
            models.Index(
                fields=["at"], name="entry_draft_expiring", condition=models.Q(personal=True)
            ),
        ]


class HeldForm(models.Model):
    """A form posted after the session had ended, kept for an hour for the account that had opened it."""

    number = models.UUIDField(primary_key=True)
    account = models.ForeignKey(Account, models.CASCADE, related_name="held_forms")
    address = models.CharField(max_length=500)  #: path it was posted to
    restores = models.BooleanField(
        default=False
    )  #: the page itself can show it again in its fields
    content = models.TextField()  #: JSON: name → values
    at = models.CharField(max_length=32)

    class Meta:
        db_table = "held_form"
        indexes = [models.Index(fields=["at"], name="held_form_expiring")]
