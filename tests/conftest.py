"""Shared set-up: Django on SQLite in a temporary folder, PostgreSQL started on demand."""

from __future__ import annotations

import os

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "shuzhi.settings")
