"""Pages of no area."""

from tests.web.rights import ANYONE

RIGHTS = {("language", "POST"): ANYONE}
