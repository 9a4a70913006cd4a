"""The demonstration's accounts for the sign-in page: ``{% load demonstration %}``. Nothing anywhere else."""

from __future__ import annotations

from django import template
from django.conf import settings

from shuzhi.web import words

register = template.Library()


@register.simple_tag
def demonstration_accounts() -> list[tuple[str, str, str, str]]:
    """Name, password, unit and role of each account of a demonstration; empty for an office."""
    if not settings.IS_DEMONSTRATION:
        return []
    from shuzhi.demo.office import demonstration_accounts as accounts

    language = 0 if words.language() == "zh" else 1
    return [(a.name, a.password, a.unit, a.role[language]) for a in accounts()]
