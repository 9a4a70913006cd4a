"""Drafts handed in by people: kept, checked against the books of their unit, corrected by accepted suggestions, given back.

A check keeps the file and a point of the books. Its findings are never stored: whoever opens it sees what the rules, the office's
confirmations and silences, and the books at that point say now – computed anew, and the same for everybody who may read the figures.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from hashlib import blake2b, sha256
from pathlib import Path, PurePath
from typing import Any
from uuid import uuid4

from django.conf import settings
from django.db import transaction
from django.db.models import Max

from shuzhi.apps.audit import actions as audit
from shuzhi.apps.checking.models import Check, Confirmation, Silence
from shuzhi.apps.checking.queries import (
    CheckedAgainstBooks,
    check_against_books,
    finding_kind_table,
)
from shuzhi.apps.organisations import queries as organisations
from shuzhi.apps.organisations.models import Organisation
from shuzhi.apps.people.permissions import Actor, is_allowed, require
from shuzhi.core.checking.comparing import Comparison
from shuzhi.core.checking.model import Draft
from shuzhi.core.periods import format_period
from shuzhi.core.periods import year as year_period
from shuzhi.core.problems import Place, Problem, ProblemsError
from shuzhi.exchange.checked_sheets import BookValue, Sheet, SheetFinding, make_sheet
from shuzhi.exchange.docx_comments import annotate, map_of_plain, plain_docx
from shuzhi.exchange.docx_corrections import Correction, apply_corrections
from shuzhi.exchange.drafts import read_draft_bytes
from shuzhi.messages import Language

LIMIT = 20 * 2**20  #: bytes of one draft
_KEPT_SHEETS = 16


def path_of(digest: str) -> Path:
    """Where a draft's file is kept."""
    return Path(settings.OFFICE_FILES) / "drafts" / digest[:2] / digest


# ── handing in ────────────────────────────────────────────────────────────────────────────────────────────────────────


def hand_in(
    actor: Actor, organisation_code: str, name: str, content: bytes, *, year: int | None = None
) -> Check:
    """Keep a draft to be checked against the books of a unit as they stand now.

    Raises:
        ProblemsError: PEOPLE_001 no right to read figures there, CHECK_020 an empty file, CHECK_021 too large.
    """
    organisation = organisations.get(organisation_code)
    require(actor, "figure.read", organisation.path, organisation.name)
    name = PurePath(name.replace("\\", "/")).name.strip()[-200:] or "—"
    if not content:
        raise ProblemsError([Problem("CHECK_020", {"name": name})])
    if len(content) > LIMIT:
        raise ProblemsError([Problem("CHECK_021", {"name": name, "limit": LIMIT // 2**20})])
    digest = sha256(content).hexdigest()
    target = path_of(digest)
    if not target.exists():
        target.parent.mkdir(parents=True, exist_ok=True)
        temporary = target.with_suffix(f".{uuid4().hex}")
        temporary.write_bytes(content)
        temporary.replace(target)
    with transaction.atomic():
        made = Check.objects.create(
            number=str(uuid4()),
            organisation=organisation,
            name=name,
            digest=digest,
            size=len(content),
            year=year,
            as_of=audit.current(),
            actor=actor.name,
            at=audit.timestamp(),
            state="waiting",
        )
        audit.note(
            "draft.handed_in",
            actor=actor.name,
            organisation=organisation.code,
            number=made.number,
            digest=digest,
        )
    return made


def run(actor: Actor, check: Check) -> Check:
    """Check a draft for the first time and keep how many findings there are, or why it cannot be read."""
    try:
        sheet = look(actor, check, "zh").sheet
    except ProblemsError as error:
        check.state = "failed"
        check.problems = [
            [p.code, {k: str(v) for k, v in p.params.items()}] for p in error.problems
        ]
    else:
        check.state = "done"
        check.figures = len(sheet.figures)
        check.counts = {
            severity: count
            for severity in ("wrong", "error", "unexplained", "warning", "info")
            if (count := sheet.count(severity))
        }
    check.save(update_fields=["state", "figures", "counts", "problems"])
    return check


def problems_of(check: Check) -> tuple[Problem, ...]:
    """Why a draft could not be read."""
    return tuple(Problem(code, params, Place(check.name)) for code, params in check.problems)


@transaction.atomic
def remove(actor: Actor, check: Check) -> None:
    """Take a draft away; that it was there, and who took it away, stays in the audit log.

    Raises:
        ProblemsError: PEOPLE_001 neither who handed it in nor somebody who may make reports there.
    """
    if check.actor != actor.name:
        require(actor, "report.make", check.organisation.path, check.organisation.name)
    check.state = "removed"
    check.save(update_fields=["state"])
    audit.note(
        "draft.removed",
        actor=actor.name,
        organisation=check.organisation.code,
        number=check.number,
        digest=check.digest,
    )
    if not Check.objects.filter(digest=check.digest).exclude(state="removed").exists():
        transaction.on_commit(lambda: path_of(check.digest).unlink(missing_ok=True))


# ── finding them again ────────────────────────────────────────────────────────────────────────────────────────────────


def checks_of(
    organisation: Organisation, *, before: int | None = None, limit: int = 30
) -> list[Check]:
    """A unit's checks, the latest first; `before` is the id the last page ended with."""
    found = Check.objects.filter(organisation=organisation).exclude(state="removed")
    if before is not None:
        found = found.filter(id__lt=before)
    return list(found.order_by("-id")[:limit])


def find(actor: Actor, organisation: Organisation, number: str) -> Check | None:
    """A check of this unit by its number; None where there is none the actor may see."""
    if not is_allowed(actor, "figure.read", organisation.path):
        return None
    return (
        Check.objects.select_related("organisation")
        .filter(organisation=organisation, number=number)
        .exclude(state="removed")
        .first()
    )


# ── looking ───────────────────────────────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True)
class Looked:
    """A draft with everything found in it."""

    draft: Draft
    found: CheckedAgainstBooks
    sheet: Sheet
    keys: tuple[str, ...]  #: of the sheet's findings, in their order


_looked: OrderedDict[tuple[Any, ...], Looked] = OrderedDict()


def _stamp(actor: Actor) -> tuple[Any, ...]:
    """What a look depends on besides the file and the point of the books."""
    from shuzhi.apps.office import definitions

    said = (
        Confirmation.objects.aggregate(last=Max("id"))["last"],
        Silence.objects.aggregate(last=Max("id"))["last"],
    )
    return (*said, id(definitions().catalogue), tuple((p.path, p.role) for p in actor.posts))


def look(actor: Actor, check: Check, language: Language) -> Looked:
    """What is found in a draft, held against the books at the check's point.

    Raises:
        ProblemsError: the file cannot be read, or is gone (CHECK_022).
    """
    key = (check.number, language, *_stamp(actor))
    present = _looked.get(key)
    if present is not None:
        _looked.move_to_end(key)
        return present
    draft = read_draft_bytes(content_of(check), check.name)
    found = check_against_books(
        actor,
        draft,
        check.organisation.code,
        year_period(check.year) if check.year else None,
        as_of=check.as_of,
    )
    names = dict(
        Organisation.objects.filter(
            code__in={c.match.organisation for c in found.comparisons}
        ).values_list("code", "name")
    )
    sheet = make_sheet(
        check.name,
        draft,
        found.checked.figures,
        found.findings,
        finding_kind_table(),
        outline=found.checked.study.outline,
        language=language,
        silenced=found.silenced,
        books=book_values(found, lambda code: names.get(code, code)),
    )
    made = Looked(draft, found, sheet, tuple(finding_key(one) for one in sheet.findings))
    _looked[key] = made
    while len(_looked) > _KEPT_SHEETS:
        _looked.popitem(last=False)
    return made


def content_of(check: Check) -> bytes:
    """The file as it was handed in. Raises ProblemsError CHECK_022 when it is gone."""
    try:
        return path_of(check.digest).read_bytes()
    except FileNotFoundError as error:
        raise ProblemsError([Problem("CHECK_022", {"name": check.name})]) from error


def finding_key(one: SheetFinding) -> str:
    """A finding's name that stays the same as long as it says the same of the same characters."""
    said = f"{one.code}|{one.start}|{one.end}|{one.expected}"
    return blake2b(said.encode(), digest_size=8).hexdigest()


def book_values(found: CheckedAgainstBooks, name_of: Callable[[str], str]) -> dict[int, BookValue]:
    """What the books say of each figure, by its index among the draft's figures."""
    places = {(one.start, one.end): at for at, one in enumerate(found.checked.figures)}
    values: dict[int, BookValue] = {}
    for one in found.comparisons:
        figure = one.match.figure
        at = places.get((figure.start, figure.end)) if figure else None
        if at is not None:
            values[at] = book_value(one, name_of)
    return values


def book_value(one: Comparison, name_of: Callable[[str], str]) -> BookValue:
    """A comparison, ready to be shown."""
    match = one.match
    return BookValue(
        outcome=one.outcome,
        shown=one.shown,
        title=match.title,
        organisation=name_of(match.organisation) if match.organisation else "",
        period=format_period(match.period) if match.period else "",
        how=match.how,
        confidence=f"{match.confidence:.2f}",
        candidates=tuple(candidate.title for candidate in match.candidates),
    )


# ── accepting suggestions, giving back ────────────────────────────────────────────────────────────────────────────────


def acceptable(sheet: Sheet) -> dict[str, SheetFinding]:
    """The findings whose suggestion can simply be put in place, by key; of overlapping ones the first."""
    found: dict[str, SheetFinding] = {}
    end = -1
    for one in sorted(
        (f for f in sheet.findings if f.has_replacement), key=lambda f: (f.start, f.end)
    ):
        if one.start >= end and one.end > one.start:
            found[finding_key(one)] = one
            end = one.end
    return found


@transaction.atomic
def accept(actor: Actor, check: Check, keys: Sequence[str], *, is_taken: bool = True) -> Check:
    """Take suggestions of a draft's findings, or leave them again.

    Raises:
        ProblemsError: CHECK_023 a finding that is not there any more or has no suggestion.
    """
    known = acceptable(look(actor, check, "zh").sheet)
    unknown = [key for key in keys if key not in known]
    if unknown and is_taken:
        raise ProblemsError([Problem("CHECK_023", {"name": check.name})])
    locked = Check.objects.select_for_update().get(id=check.id)
    taken = set(locked.accepted)
    taken = taken | set(keys) if is_taken else taken - set(keys)
    locked.accepted = sorted(taken)
    locked.save(update_fields=["accepted"])
    check.accepted = locked.accepted
    return check


def corrected(actor: Actor, check: Check) -> tuple[bytes, str, int]:
    """The draft with the accepted suggestions put in place: content, file name's ending, number of places mended.

    A Word file stays the file it was, character for character elsewhere; what was another format comes back as a plain Word file.
    """
    looked = look(actor, check, "zh")
    known = acceptable(looked.sheet)
    wanted = [known[key] for key in check.accepted if key in known]
    corrections = [Correction(one.start, one.end, one.expected) for one in wanted]
    content = content_of(check)
    if looked.draft.format == "docx" and content.startswith(b"PK"):
        done, count = apply_corrections(content, corrections, check.name)
        return done, ".docx", count
    if looked.draft.format in ("txt", "md") or PurePath(check.name).suffix.lower() in (
        ".txt",
        ".md",
    ):
        text = looked.draft.text
        for one in sorted(corrections, key=lambda c: -c.start):
            text = text[: one.start] + one.text + text[one.end :]
        return text.encode(), PurePath(check.name).suffix or ".txt", len(corrections)
    plain = plain_docx(looked.sheet)
    done, count = apply_corrections(
        plain, corrections, check.name, map_of_plain(plain, looked.sheet)
    )
    return done, ".docx", count


def commented(actor: Actor, check: Check, language: Language) -> bytes:
    """The draft as a Word file with a comment at each finding."""
    looked = look(actor, check, language)
    content = content_of(check)
    own = content if looked.draft.format == "docx" and content.startswith(b"PK") else None
    return annotate(looked.sheet, own, moment=check.at[:19])
