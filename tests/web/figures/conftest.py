"""What a template was given can be looked at: the test client then keeps the contexts."""

from __future__ import annotations

import pytest
from django.template.base import Template
from django.test.utils import instrumented_test_render


@pytest.fixture(autouse=True)
def kept_contexts(monkeypatch: pytest.MonkeyPatch) -> None:
    """Answers carry ``.context``."""
    monkeypatch.setattr(Template, "_render", instrumented_test_render)
