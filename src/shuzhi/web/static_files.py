"""Addresses of static files carry a stamp of their content, so that a browser never works with last year's script."""

from __future__ import annotations

from functools import cache
from hashlib import blake2b
from pathlib import Path

from django.contrib.staticfiles import finders
from django.contrib.staticfiles.storage import StaticFilesStorage


@cache
def _stamp(name: str) -> str:
    found = finders.find(name)
    if not isinstance(found, str):
        return ""
    return blake2b(Path(found).read_bytes(), digest_size=5).hexdigest()


#: modules that others import by their plain name: under two addresses a browser would run them twice
_SHARED = frozenset({"shuzhi/office.js"})


class Stamped(StaticFilesStorage):
    """``/static/shuzhi/office.css?v=1a2b3c4d5e``."""

    def url(self, name: str | None) -> str:
        address = super().url(name)
        stamp = "" if name in _SHARED else _stamp(name or "")
        return f"{address}?v={stamp}" if stamp else address
