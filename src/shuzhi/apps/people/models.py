"""Accounts, the posts they hold, and how they come in: who may record and who may approve, where, from when to when."""

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.db import models

from shuzhi.apps.organisations.models import Organisation


class AccountManager(BaseUserManager["Account"]):
    """Finds accounts for signing in; accounts are opened by `actions.create_account` alone."""

    def get_by_natural_key(self, username: str | None) -> "Account":
        """The account with this name; system accounts sign in nowhere."""
        return self.get(name=username, is_system=False)


class Account(AbstractBaseUser):
    """Somebody who acts. The name is what the command line is given; nothing here is a villager's data.

    An account without a usable password works on the command line only.
    """

    password = models.CharField(max_length=128, blank=True)
    #: Django's, with a name that no language changes
    last_login = models.DateTimeField("last login", blank=True, null=True)
    USERNAME_FIELD = "name"
    objects = AccountManager()

    name = models.CharField(max_length=64, unique=True)
    display = models.CharField(max_length=64)
    is_active = models.BooleanField(default=True)
    is_system = models.BooleanField(default=False)
    #: the unit whose administrator looks after the account; null = opened at set-up or on the command line
    home = models.ForeignKey(Organisation, models.PROTECT, null=True, related_name="accounts")
    #: the password was given by somebody else and must be changed at the next sign-in
    must_change = models.BooleanField(default=False)

    class Meta:
        db_table = "account"

    def __str__(self) -> str:
        return self.name


class Post(models.Model):
    """A role in an organisation and everything below it, for a term."""

    account = models.ForeignKey(Account, models.PROTECT, related_name="posts")
    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="posts")
    role = models.CharField(max_length=24)
    from_date = models.CharField(max_length=10)
    to_date = models.CharField(max_length=10, blank=True)  #: inclusive; empty = open
    #: areas of ledgers the post is limited to, separated by commas; empty = all lines of work
    lines = models.CharField(max_length=255, blank=True)
    #: the document that orders an inspection: number and title
    order = models.CharField(max_length=120, blank=True)

    class Meta:
        db_table = "post"


class SignIn(models.Model):
    """A session in a browser, so that its owner can see and end it; gone when it has ended."""

    account = models.ForeignKey(Account, models.CASCADE, related_name="sign_ins")
    session = models.CharField(max_length=40, unique=True)
    at = models.DateTimeField(auto_now_add=True)
    address = models.CharField(max_length=45)
    browser = models.CharField(max_length=200)

    class Meta:
        db_table = "sign_in"


class SignInGuard(models.Model):
    """Failed attempts to sign in, counted for an account and for an address, with the lock they led to."""

    key = models.CharField(max_length=100, primary_key=True)
    failures = models.IntegerField(default=0)
    since = models.BigIntegerField()  #: seconds since 1970 of the first failure that counts
    locked_until = models.BigIntegerField(default=0)

    class Meta:
        db_table = "sign_in_guard"


class CacheEntry(models.Model):
    """What Django's cache keeps between server processes: counters of attempts, nothing about villagers."""

    cache_key = models.CharField(max_length=255, primary_key=True)
    value = models.TextField()
    expires = models.DateTimeField(db_index=True)

    class Meta:
        db_table = "cache"


class LastSeen(models.Model):
    """Up to which point of the clock an account has seen what happened: on an earlier day (`since`), and up to now.

    Only so that the workbench can say what is new; nothing is counted and nobody else is shown it.
    """

    account = models.OneToOneField(Account, models.CASCADE, primary_key=True, related_name="seen")
    since_seq = models.BigIntegerField()  #: where the last earlier day ended
    since_at = models.CharField(max_length=32)
    seen_seq = models.BigIntegerField()  #: the latest opening of a workbench
    seen_at = models.CharField(max_length=32)

    class Meta:
        db_table = "last_seen"


class Token(models.Model):
    """A key with which another program acts for an account: never with more than the account's rights, and only for what it was made for."""

    account = models.ForeignKey(Account, models.PROTECT, related_name="tokens")
    name = models.CharField(max_length=80)  #: what it is for
    digest = models.CharField(
        max_length=64, unique=True
    )  #: SHA-256 of the key, which is shown once
    hint = models.CharField(max_length=8)  #: its last characters, to tell keys apart
    scopes = models.JSONField(default=list)  #: keys of `tokens.SCOPES`
    organisation = models.ForeignKey(
        Organisation, models.PROTECT
    )  #: it reaches this unit and below
    at = models.CharField(max_length=32)
    expires_on = models.CharField(max_length=10)  #: the last day on which it works
    used_on = models.CharField(max_length=10, blank=True)  #: the last day on which it was used
    revoked_at = models.CharField(max_length=32, blank=True)

    class Meta:
        db_table = "token"
