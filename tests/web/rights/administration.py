"""Units, definitions, running the office (people are in `people`)."""

from __future__ import annotations

from typing import Any

from tests.support.office import Office
from tests.web.rights import ANYONE, SIGNED_IN

_TOP = "administrator"

RIGHTS = {
    ("administration", "GET"): "administrator security_administrator auditor",
    ("organisations", "GET"): _TOP,
    ("organisations", "POST"): _TOP,
    ("organisation-branches", "GET"): _TOP,
    ("organisation", "GET"): _TOP,
    ("organisation", "POST"): _TOP,
    ("organisation-merge", "GET"): _TOP,
    ("organisation-merge", "POST"): _TOP,
    ("organisation-split", "GET"): _TOP,
    ("organisation-split", "POST"): _TOP,
    ("organisations-import", "GET"): _TOP,
    ("organisations-import", "POST"): _TOP,
    ("catalogue", "GET"): SIGNED_IN,
    ("ledger-definition", "GET"): SIGNED_IN,
    ("indicator-definition", "GET"): SIGNED_IN,
    ("relation-definition", "GET"): SIGNED_IN,
    ("report-definition", "GET"): SIGNED_IN,
    ("parameters", "GET"): SIGNED_IN,
    ("catalogue-upload", "GET"): _TOP,
    ("catalogue-upload", "POST"): _TOP,
    ("catalogue-version", "GET"): _TOP,
    ("events", "GET"): "auditor",
    ("jobs", "GET"): _TOP,
    ("system", "GET"): "administrator auditor",
    ("backup", "GET"): _TOP,
    ("backup", "POST"): _TOP,
    ("backup-file", "GET"): _TOP,
    ("alive", "GET"): ANYONE,
}


def _version(office: Office) -> dict[str, Any]:
    """A version of own definitions in force."""
    from shuzhi.apps.administration import own_definitions
    from shuzhi.apps.office import own_version

    text = 'key: own_standard\ntitle: {zh: 自定标准, en: Own standard}\nunit: 元\nvalues:\n  - {effective: "2024-01-01", value: "1", basis: {source: 镇定}}\n'
    actor = office.actor("管理员")
    draft = own_definitions.bring(actor, [("own_standard.yaml", text.encode())])
    own_definitions.enforce(actor, draft, note="试")
    return {"version": own_version()}


def _backup(office: Office) -> dict[str, Any]:
    """A kept backup, whatever it holds."""
    from shuzhi.apps.administration.actions import backup_folder

    backup_folder().mkdir(parents=True, exist_ok=True)
    (backup_folder() / "shuzhi-20240105-093000.zip").write_bytes(b"PK")
    return {"name": "shuzhi-20240105-093000.zip"}


SAMPLES = {
    "ledger-definition": lambda office: {"key": "tea"},
    "indicator-definition": lambda office: {"key": "tea_area"},
    "relation-definition": lambda office: {"key": "tea_area_parts"},
    "report-definition": lambda office: {"key": "village_committees"},
    "catalogue-version": _version,
    "backup-file": _backup,
    "organisations": lambda office: ({}, {"code": "990101100201001", "name": "一组", "level": "group", "on": "2024-01-01"}),
    "organisation": lambda office: ({}, {"action": "rename", "name": "", "reason": ""}),
    "organisation-merge": lambda office: ({}, {}),
    "organisation-split": lambda office: ({}, {"action": "preview"}),
    "organisations-import": lambda office: ({}, {}),
    "catalogue-upload": lambda office: ({}, {"action": "bring"}),
    "backup": lambda office: ({}, {"action": "bring"}),
}  # fmt: skip
