"""Confirming what a wording means, and silencing kinds of findings; each entry can be taken back, none is ever deleted."""

from __future__ import annotations

from django.db import transaction

from shuzhi.apps.audit import actions as audit
from shuzhi.apps.checking.models import Confirmation, Silence
from shuzhi.apps.checking.queries import finding_codes, standing_confirmation, standing_silence
from shuzhi.apps.office import definitions
from shuzhi.apps.organisations import queries as organisations
from shuzhi.apps.organisations.models import Organisation
from shuzhi.apps.people.permissions import Actor, require
from shuzhi.core.checking.matching import Match
from shuzhi.core.problems import Problem, ProblemsError


@transaction.atomic
def confirm_match(
    actor: Actor, organisation_code: str, match: Match | str, indicator: str, *, excerpt: str = ""
) -> Confirmation:
    """Keep that a wording means this indicator ("" = that no ledger is behind it), for the unit and all below it.

    Args:
        match: The match of a draft, or its subject key.
        indicator: Key of an indicator or parameter; "" for none.
        excerpt: The words it is said of, for whoever reads the list; taken from a match.

    Raises:
        ProblemsError: PEOPLE_001 no right, ORG_001 no such unit, CONFIRM_001 no such indicator, CONFIRM_002 nothing to remember it by.
    """
    audit.hold()
    organisation = _required(actor, "match.confirm", organisation_code)
    subject = match.subject if isinstance(match, Match) else match
    shown = match.text if isinstance(match, Match) and not excerpt else excerpt
    if not subject.partition("|")[0]:
        raise ProblemsError([Problem("CONFIRM_002", {"text": shown})])
    catalogue = definitions().catalogue
    if (
        indicator
        and indicator not in catalogue.indicators
        and indicator not in catalogue.parameters
    ):
        raise ProblemsError([Problem("CONFIRM_001", {"indicator": indicator})])
    present = standing_confirmation(organisation, subject)
    if present is not None and present.indicator == indicator:
        return present
    seq = audit.note(
        "match.confirmed",
        actor=actor.name,
        organisation=organisation.code,
        subject=subject,
        indicator=indicator,
    )
    return Confirmation.objects.create(
        organisation=organisation,
        subject=subject,
        indicator=indicator,
        excerpt=shown[:120],
        ends=present,
        actor=actor.name,
        at=audit.timestamp(),
        seq=seq,
    )


@transaction.atomic
def withdraw_confirmation(actor: Actor, organisation_code: str, subject: str) -> Confirmation:
    """Take back what was confirmed of a wording; from now on it is proposed again.

    Raises:
        ProblemsError: PEOPLE_001 no right, ORG_001 no such unit, CONFIRM_003 nothing was confirmed there.
    """
    audit.hold()
    organisation = _required(actor, "match.confirm", organisation_code)
    present = standing_confirmation(organisation, subject)
    if present is None:
        raise ProblemsError(
            [Problem("CONFIRM_003", {"subject": subject, "name": organisation.name})]
        )
    seq = audit.note(
        "match.withdrawn", actor=actor.name, organisation=organisation.code, subject=subject
    )
    return Confirmation.objects.create(
        organisation=organisation,
        subject=subject,
        indicator=present.indicator,
        excerpt=present.excerpt,
        is_withdrawal=True,
        ends=present,
        actor=actor.name,
        at=audit.timestamp(),
        seq=seq,
    )


@transaction.atomic
def silence(
    actor: Actor, organisation_code: str, code: str, *, reason: str, words: str = ""
) -> Silence:
    """Leave a kind of finding, or this kind for exactly these words, out of what the unit and all below it are told.

    Raises:
        ProblemsError: PEOPLE_001 no right, ORG_001 no such unit, SILENCE_001 no such kind, SILENCE_002 no reason given.
    """
    audit.hold()
    organisation = _required(actor, "finding.silence", organisation_code)
    problems = []
    if code not in finding_codes():
        problems.append(Problem("SILENCE_001", {"code": code}))
    if not reason.strip():
        problems.append(Problem("SILENCE_002", {"code": code}))
    if problems:
        raise ProblemsError(problems)
    present = standing_silence(organisation, code, words)
    if present is not None:
        return present
    seq = audit.note(
        "finding.silenced",
        actor=actor.name,
        organisation=organisation.code,
        finding=code,
        words=words,
        reason=reason,
    )
    return Silence.objects.create(
        organisation=organisation,
        code=code,
        words=words,
        reason=reason.strip(),
        actor=actor.name,
        at=audit.timestamp(),
        seq=seq,
    )


@transaction.atomic
def end_silence(
    actor: Actor, organisation_code: str, code: str, *, reason: str, words: str = ""
) -> Silence:
    """Hear of a silenced kind of finding again.

    Raises:
        ProblemsError: PEOPLE_001 no right, ORG_001 no such unit, SILENCE_002 no reason given, SILENCE_003 it is not silenced there.
    """
    audit.hold()
    organisation = _required(actor, "finding.silence", organisation_code)
    if not reason.strip():
        raise ProblemsError([Problem("SILENCE_002", {"code": code})])
    present = standing_silence(organisation, code, words)
    if present is None:
        raise ProblemsError(
            [Problem("SILENCE_003", {"code": code, "words": words, "name": organisation.name})]
        )
    seq = audit.note(
        "finding.unsilenced",
        actor=actor.name,
        organisation=organisation.code,
        finding=code,
        words=words,
        reason=reason,
    )
    return Silence.objects.create(
        organisation=organisation,
        code=code,
        words=words,
        reason=reason.strip(),
        is_end=True,
        ends=present,
        actor=actor.name,
        at=audit.timestamp(),
        seq=seq,
    )


def _required(actor: Actor, permission: str, organisation_code: str) -> Organisation:
    organisation = organisations.get(organisation_code)
    require(actor, permission, organisation.path, organisation.name)
    return organisation
