"""Attempts to sign in, the lock-out they lead to, and the sessions of an account; every step is noted, never a password.

An account is locked for a quarter of an hour after five failures, an address after thirty, whether the account exists or not:
nobody learns from the answers which names there are. Counters are rows, so that several server processes count together.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime

from django.contrib.sessions.models import Session
from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.crypto import salted_hmac

from shuzhi.apps.audit import actions as audit
from shuzhi.apps.people.models import Account, SignIn, SignInGuard
from shuzhi.apps.people.permissions import SYSTEM

WINDOW = 15 * 60  #: seconds in which failures count together
LOCK = 15 * 60  #: seconds a lock lasts
ACCOUNT_FAILURES, ADDRESS_FAILURES = 5, 30

#: the clock; tests put another in its place
now: Callable[[], float] = time.time


# ── attempts ──────────────────────────────────────────────────────────────────────────────────────────────────────────


def _account_key(name: str) -> str:
    if Account.objects.filter(name=name).exists():
        return f"account:{name}"
    # what was typed as a name may have been a password: it is kept unreadable
    return f"unknown:{salted_hmac('sign-in', name).hexdigest()}"


def locked_until(name: str, address: str) -> datetime | None:
    """Until when this account or this address is locked, in the office's time; None when it is not."""
    keys = [f"address:{address}"]
    if name:
        keys.append(_account_key(name))
    until = max(
        SignInGuard.objects.filter(key__in=keys).values_list("locked_until", flat=True), default=0
    )
    if until <= now():
        return None
    return timezone.localtime(datetime.fromtimestamp(until, UTC))


def failed(name: str, address: str, way: str = "password") -> None:
    """Count a failure against the account and the address, note it, and lock what has failed too often."""
    key = _account_key(name)
    is_known = key.startswith("account:")
    actor = name if is_known else SYSTEM.name
    is_locked = _count(key, ACCOUNT_FAILURES)
    is_shut = _count(f"address:{address}", ADDRESS_FAILURES)
    with transaction.atomic():
        audit.note("account.sign_in_failed", actor=actor, address=address, way=way, known=is_known)
        if is_locked or is_shut:
            audit.note(
                "account.locked",
                actor=actor,
                address=address,
                what="account" if is_locked else "address",
                minutes=LOCK // 60,
            )


def count_address(address: str) -> None:
    """Count a failure against the address alone; nothing can be noted before there is an office."""
    _count(f"address:{address}", ADDRESS_FAILURES)


def _count(key: str, limit: int) -> bool:
    """Add a failure; whether that was the one that locks."""
    moment = int(now())
    with transaction.atomic():
        guard = SignInGuard.objects.select_for_update().filter(key=key).first()
        if guard is None:
            try:
                with transaction.atomic():
                    guard = SignInGuard.objects.create(key=key, since=moment)
            except IntegrityError:  # another process made it meanwhile
                guard = SignInGuard.objects.select_for_update().get(key=key)
        if guard.since < moment - WINDOW or 0 < guard.locked_until <= moment:
            guard.failures, guard.since, guard.locked_until = 0, moment, 0
        guard.failures += 1
        locks = guard.failures >= limit and not guard.locked_until
        if locks:
            guard.locked_until = moment + LOCK
        guard.save()
    return locks


def left(name: str) -> int:
    """How many failures are still allowed before the account is locked; for the warning beside the form."""
    guard = SignInGuard.objects.filter(key=_account_key(name)).first()
    if guard is None or guard.since < now() - WINDOW:
        return ACCOUNT_FAILURES
    return max(ACCOUNT_FAILURES - guard.failures, 0)


def lift_lock(account: Account) -> None:
    """Forget the failures of an account."""
    SignInGuard.objects.filter(key=f"account:{account.name}").delete()


# ── sessions ──────────────────────────────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True)
class OpenSession:
    """One session of an account."""

    id: int
    at: datetime
    address: str
    browser: str
    is_this: bool


@transaction.atomic
def signed_in(account: Account, session: str, address: str, browser: str, way: str) -> None:
    """Note that an account came in, and forget the failures before."""
    lift_lock(account)
    SignIn.objects.filter(session=session).delete()
    SignIn.objects.create(
        account=account, session=session, address=address[:45], browser=browser[:200]
    )
    # rows whose session ran out serve nobody
    SignIn.objects.filter(account=account).exclude(
        session__in=Session.objects.filter(expire_date__gt=timezone.now()).values("session_key")
    ).exclude(session=session).delete()
    SignInGuard.objects.filter(since__lt=int(now()) - WINDOW, locked_until__lt=int(now())).delete()
    audit.note("account.signed_in", actor=account.name, address=address, way=way)


@transaction.atomic
def signed_out(account: Account, session: str) -> None:
    """Note that an account left."""
    SignIn.objects.filter(session=session).delete()
    audit.note("account.signed_out", actor=account.name)


def moved(old: str, new: str) -> None:
    """A session goes on under a new key, as after a change of the password."""
    SignIn.objects.filter(session=new).exclude(session=old).delete()
    SignIn.objects.filter(session=old).update(session=new)


def open_sessions(account: Account, present: str = "") -> list[OpenSession]:
    """The sessions of an account that are still good, the newest first."""
    found = SignIn.objects.filter(
        account=account,
        session__in=Session.objects.filter(expire_date__gt=timezone.now()).values("session_key"),
    ).order_by("-at")
    return [
        OpenSession(s.id, timezone.localtime(s.at), s.address, s.browser, s.session == present)
        for s in found
    ]


@transaction.atomic
def end_session(account: Account, number: int) -> bool:
    """End one of the account's own sessions; False when there is none with this number."""
    found = SignIn.objects.filter(account=account, id=number).first()
    if found is None:
        return False
    Session.objects.filter(session_key=found.session).delete()
    found.delete()
    audit.note("account.session_ended", actor=account.name, count=1)
    return True


@transaction.atomic
def end_sessions(account: Account, but: str = "") -> int:
    """End all sessions of an account but one; how many there were."""
    found = SignIn.objects.filter(account=account).exclude(session=but)
    keys = list(found.values_list("session", flat=True))
    Session.objects.filter(session_key__in=keys).delete()
    found.delete()
    return len(keys)


@transaction.atomic
def end_others(account: Account, present: str) -> int:
    """End all of the account's own sessions but the present one; how many there were."""
    ended = end_sessions(account, but=present)
    if ended:
        audit.note("account.session_ended", actor=account.name, count=ended)
    return ended


def clean() -> int:
    """Throw away what has run out: sessions, their rows here, failures nobody counts any more; how many sessions."""
    moment = timezone.now()
    gone, _ = Session.objects.filter(expire_date__lt=moment).delete()
    SignIn.objects.exclude(session__in=Session.objects.values("session_key")).delete()
    SignInGuard.objects.filter(since__lt=int(now()) - WINDOW, locked_until__lt=int(now())).delete()
    return gone
