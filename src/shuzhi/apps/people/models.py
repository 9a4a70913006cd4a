"""Accounts and the posts they hold: who may record and who may approve, where, from when to when."""

from django.db import models

from shuzhi.apps.organisations.models import Organisation


class Account(models.Model):
    """Somebody who acts. The name is what the command line is given; nothing here is a villager's data."""

    name = models.CharField(max_length=64, unique=True)
    display = models.CharField(max_length=64)
    is_active = models.BooleanField(default=True)
    is_system = models.BooleanField(default=False)

    class Meta:
        db_table = "account"


class Post(models.Model):
    """A role in an organisation and everything below it, for a term."""

    account = models.ForeignKey(Account, models.PROTECT, related_name="posts")
    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="posts")
    role = models.CharField(max_length=24)
    from_date = models.CharField(max_length=10)
    to_date = models.CharField(max_length=10, blank=True)  #: inclusive; empty = open

    class Meta:
        db_table = "post"
