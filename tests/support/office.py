"""A small office for tests: one county, one town, two villages, named people, a catalogue made in Python."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import django
from django.conf import settings


def set_up_django() -> None:
    """Configure Django once per process."""
    if not settings.configured or not django.apps.apps.ready:
        django.setup()


@contextmanager
def database(engine: str, folder: Path) -> Iterator[None]:
    """A fresh, migrated database of its own: ``sqlite`` in `folder`, or ``postgresql`` on the tests' server."""
    set_up_django()
    from django.core.management import call_command
    from django.db import connections

    from shuzhi.settings import database as describe

    name = f"t{uuid.uuid4().hex}"
    if engine == "sqlite":
        url = f"sqlite:///{folder / name}.sqlite3"
    else:
        import psycopg

        from tests.support.postgres import server_url

        base = server_url()
        with psycopg.connect(f"{base}/postgres", autocommit=True) as connection:
            connection.execute(f'CREATE DATABASE "{name}"')
        url = f"{base}/{name}"
    connections["default"].close()
    described = describe(url)
    connections.databases["default"] = connections.configure_settings({"default": described})[
        "default"
    ]
    if hasattr(connections._connections, "default"):
        del connections["default"]
    try:
        call_command("migrate", verbosity=0, interactive=False)
        yield
    finally:
        connections["default"].close()
        del connections["default"]
