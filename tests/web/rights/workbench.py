"""The workbench."""

from typing import Any

from tests.support.office import Office
from tests.web.rights import SIGNED_IN


def _nil(office: Office) -> tuple[dict[str, Any], dict[str, Any]]:
    return {}, {"ledger": "tea_sale", "month": "2023-05"}


RIGHTS = {
    ("workbench", "GET"): SIGNED_IN,
    ("nil-report", "POST"): "clerk",
}
SAMPLES = {"nil-report": _nil}
