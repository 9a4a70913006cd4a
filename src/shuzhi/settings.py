"""Django settings of Shuzhi. Everything an office may want to change comes from the environment.

``DATABASE_URL`` names the database (default: SQLite file ``shuzhi.sqlite3`` in the working directory),
``SHUZHI_CATALOGUE`` a folder of the office's own definitions laid over the shipped ones.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import dj_database_url

DEFAULT_DATABASE = "sqlite:///shuzhi.sqlite3"


def database(url: str) -> dict[str, Any]:
    """Django's database settings for a URL; SQLite gets WAL, immediate transactions and a patient lock."""
    found: dict[str, Any] = dict(dj_database_url.parse(url, conn_max_age=600))
    if found["ENGINE"].endswith("sqlite3"):
        found["OPTIONS"] = {
            "transaction_mode": "IMMEDIATE",
            "timeout": 30,
            "init_command": (
                "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL; PRAGMA foreign_keys=ON; PRAGMA recursive_triggers=ON; "
                "PRAGMA cache_size=-65536; PRAGMA temp_store=MEMORY; PRAGMA mmap_size=268435456;"
            ),
        }
    return found


DATABASES = {"default": database(os.environ.get("DATABASE_URL", DEFAULT_DATABASE))}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
INSTALLED_APPS = [
    "shuzhi.apps.audit",
    "shuzhi.apps.organisations",
    "shuzhi.apps.people",
    "shuzhi.apps.ledgers",
    "shuzhi.apps.books",
    "shuzhi.apps.reports",
    "shuzhi.apps.checking",
]
# Signs nothing yet: the command line has no sessions. The web application refuses to start without its own key.
SECRET_KEY = os.environ.get("SHUZHI_SECRET_KEY", "command-line-only")
USE_TZ = True
TIME_ZONE = "Asia/Shanghai"
LANGUAGE_CODE = "zh-hans"

#: folders of the office's own definitions, separated as PATH is
OFFICE_CATALOGUES = tuple(
    Path(p) for p in os.environ.get("SHUZHI_CATALOGUE", "").split(os.pathsep) if p
)
#: where reports and attachments are kept
OFFICE_FILES = Path(os.environ.get("SHUZHI_FILES", "shuzhi-files"))
