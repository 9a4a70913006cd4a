"""Instants, months and periods as a person at the office reads them: ``{% load moments %}``."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django import template
from django.utils import timezone

from shuzhi.core.periods import Period, format_month, format_period, month, parse_period
from shuzhi.web import words

register = template.Library()


@register.filter
def moment(at: str) -> str:
    """An instant (UTC, ISO) in the office's time: 2023-05-03 16:20."""
    return f"{timezone.localtime(datetime.fromisoformat(at)):%Y-%m-%d %H:%M}" if at else ""


@register.filter
def day(at: str) -> str:
    """The day of an instant in the office's time."""
    return timezone.localtime(datetime.fromisoformat(at)).date().isoformat() if at else ""


@register.filter
def month_code(number: int | None) -> str:
    """A month as it stands in an address and in tables: 2023-05."""
    return format_month(number) if number else ""


@register.filter
def month_words(number: int | None) -> str:
    """A month in words of the page's language."""
    return format_period(month(number), words.language()) if number else ""


@register.filter
def period_words(period: Period | str | None) -> str:
    """A period, or its code, in words of the page's language."""
    if not period:
        return ""
    found = parse_period(period) if isinstance(period, str) else period
    return format_period(found, words.language())


@register.filter
def month_ranges(months: Sequence[int]) -> str:
    """Months of one year in short: 1, 3–5, 9."""
    numbers = [m % 100 for m in months]
    parts: list[str] = []
    for place, number in enumerate(numbers):
        if place and number == numbers[place - 1] + 1:
            continue
        end = number
        while end + 1 in numbers:
            end += 1
        parts.append(str(number) if end == number else f"{number}–{end}")
    return words.say("{list} 月", "{list}", list=words.listed(parts))
