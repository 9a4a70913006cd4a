"""Entering rows, the record's page, drafts, evidence, forms of a session that ended."""

from typing import Any
from uuid import uuid4

from django.core.files.uploadedfile import SimpleUploadedFile

from tests.support.office import FIRST, Office
from tests.web.rights import SIGNED_IN

READERS = "clerk reviewer leader inspector auditor"
_ROW = {"payload": '{"rows": []}'}


def _ledger(office: Office) -> dict[str, Any]:
    return {"ledger": "tea"}


def _fragment(office: Office) -> tuple[dict[str, Any], dict[str, Any]]:
    return {"ledger": "tea"}, _ROW


def _record(office: Office) -> dict[str, Any]:
    return {
        "record": office.submit("tea", FIRST, by="县会计", date="2023-03-01", plot=uuid4().hex[:8])
    }


def _reasoned(office: Office) -> tuple[dict[str, Any], dict[str, Any]]:
    return _record(office), {"reason": "核对"}


def _attached(office: Office) -> dict[str, Any]:
    from shuzhi.apps.ledgers.attachments import attach_content

    record = _record(office)["record"]
    photo = b"\x89PNG\r\n\x1a\n" + b"a photo"
    made = attach_content(office.actor("县会计"), record, "photo.png", photo)
    return {"record": record, "digest": made.attachment.digest}


def _uploaded(office: Office) -> tuple[dict[str, Any], dict[str, Any]]:
    photo = SimpleUploadedFile("photo.png", b"\x89PNG\r\n\x1a\n" + b"another")
    return _record(office), {"files": photo}


def _draft(office: Office, persona: str) -> dict[str, Any]:
    """A draft of the persona's own; who may not record has none, and nobody finds another's."""
    from shuzhi.apps.entry.actions import save_draft
    from shuzhi.apps.organisations.queries import get
    from shuzhi.apps.people.models import Account
    from shuzhi.apps.people.permissions import is_allowed

    unit, actor = get(FIRST), office.actor(persona)
    if not is_allowed(actor, "record.create", unit.path, "industry"):
        return {"ledger": "tea", "draft": 999}
    account = Account.objects.get(name=persona)
    return {
        "ledger": "tea",
        "draft": save_draft(actor, account, "tea", unit, [{"plot": "T1"}]).pk,
    }


def _held(office: Office, persona: str) -> dict[str, Any]:
    """A form of the persona's own; nobody finds another's (tests/web/entry/test_held.py)."""
    from shuzhi.apps.entry.actions import hold_form
    from shuzhi.apps.people.models import Account

    account = Account.objects.get(name=persona)
    return {"number": hold_form(account, f"/at/{FIRST}/approval/", {"reason": ["核对"]})}


RIGHTS = {
    ("record-new", "GET"): "clerk",
    ("record-new", "POST"): "clerk",
    ("grid", "GET"): "clerk",
    ("grid", "POST"): "clerk",
    ("entry-check", "POST"): "clerk",
    ("entry-suggest", "POST"): "clerk",
    ("draft-save", "POST"): "clerk",
    ("draft-discard", "POST"): "clerk",
    ("record", "GET"): READERS,
    ("record-edit", "GET"): "clerk",
    ("record-edit", "POST"): "clerk",
    ("record-unmask", "POST"): "clerk reviewer leader",
    ("record-withdraw", "POST"): "clerk",
    ("record-attach", "POST"): "clerk",
    ("attachment", "GET"): READERS,
    ("held", "GET"): "村会计",
    ("held", "POST"): SIGNED_IN,
}
SAMPLES = {
    "record-new": _ledger,
    "grid": _ledger,
    "entry-check": _fragment,
    "entry-suggest": _fragment,
    "draft-save": _fragment,
    "draft-discard": _draft,
    "record": _record,
    "record-edit": _record,
    "record-unmask": _reasoned,
    "record-withdraw": _reasoned,
    "record-attach": _uploaded,
    "attachment": _attached,
    "held": _held,
}
