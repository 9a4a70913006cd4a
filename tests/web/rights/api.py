"""Keys and documentation are every account's own; the operations' rights are in tests/web/test_api.py."""

from tests.support.office import Office
from tests.web.rights import SIGNED_IN

RIGHTS = {
    ("api-documentation", "GET"): SIGNED_IN,
    ("api-keys", "GET"): SIGNED_IN,
    ("api-keys", "POST"): SIGNED_IN,
    ("api-key-revoke", "POST"): SIGNED_IN,
}


def a_key(office: Office, persona: str) -> dict[str, int]:
    """A key of the persona's own."""
    from shuzhi.apps.people import tokens

    actor = office.actor(persona)
    made, _ = tokens.issue(actor, "试", ["figures.read"], actor.posts[0].organisation, days=9)
    return {"token": made.id}


SAMPLES = {"api-key-revoke": a_key}
