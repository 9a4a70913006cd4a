"""The set-up code: shown in the terminal that starts the server, asked of a browser on another machine, useless once the office is made."""

from __future__ import annotations

import base64
import hmac
from hashlib import sha256

from django.conf import settings
from django.db import connection

_LENGTH = 8
_NO_KEY = "command-line-only"  #: the key of a process that was not started by `shuzhi serve`


def setup_code() -> str:
    """The code of this server and database; the same in all its processes, because they share the signing key."""
    name = str(connection.settings_dict["NAME"])
    made = hmac.new(settings.SECRET_KEY.encode(), f"set-up:{name}".encode(), sha256).digest()
    return base64.b32encode(made).decode()[:_LENGTH]


def is_right(given: str) -> bool:
    """Whether this is the code. Without a signing key of its own a server accepts none."""
    plain = given.replace("-", "").replace(" ", "").upper()
    return settings.SECRET_KEY != _NO_KEY and hmac.compare_digest(
        plain.encode(), setup_code().encode()
    )
