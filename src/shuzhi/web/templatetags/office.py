"""Tags of the pages, loaded everywhere: the two languages, icons, numbers."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django import template
from django.templatetags.static import static
from django.urls import reverse
from django.utils.html import conditional_escape, format_html
from django.utils.safestring import SafeString, mark_safe

from shuzhi.core.problems import Problem
from shuzhi.core.quantities import canonical
from shuzhi.web import words

register = template.Library()


@register.simple_tag(name="t")
def both(zh: str, en: str, **values: Any) -> SafeString:
    """``{% t "共 {n} 条" "{n} records" n=count %}``: the sentence in the page's language, values escaped."""
    text = zh if words.language() == "zh" else en
    return format_html(text, **values) if values else mark_safe(conditional_escape(text))


@register.filter
def titled(definition: Any) -> str:
    """A definition's title in the page's language."""
    return words.titled(definition)


@register.filter
def sentence(problem: Problem) -> str:
    """A problem in the page's language."""
    return words.sentence(problem)


@register.simple_tag
def icon(name: str) -> SafeString:
    """A small drawing from our own sheet; decoration, hidden from screen readers."""
    return format_html(
        '<svg class="icon" aria-hidden="true"><use href="{}#{}"></use></svg>',
        static("shuzhi/icons.svg"),
        name,
    )


@register.filter
def number(value: Decimal | int | None) -> str:
    """A quantity as people write it: thousands apart, no zeros behind; nothing for what is not known."""
    if value is None:
        return ""
    text = canonical(Decimal(value))
    whole, _, rest = text.partition(".")
    sign, digits = ("-", whole[1:]) if whole.startswith("-") else ("", whole)
    grouped = f"{int(digits):,}"
    return f"{sign}{grouped}.{rest}" if rest else f"{sign}{grouped}"


@register.filter
def get(mapping: Any, key: Any) -> Any:
    """The value at a key, or nothing."""
    return mapping.get(key) if mapping is not None else None


@register.simple_tag(takes_context=True)
def with_query(context: dict[str, Any], **changes: Any) -> str:
    """The present query with some parts changed; an empty value takes a part out."""
    query = context["request"].GET.copy()
    for key, value in changes.items():
        if value in (None, ""):
            query.pop(key, None)
        else:
            query[key] = str(value)
    text = query.urlencode()
    return f"?{text}" if text else "?"


#: what an address may name besides its unit and still make sense at another one
_ELSEWHERE = frozenset({"unit", "ledger", "indicator", "period", "year", "key"})


@register.simple_tag(takes_context=True)
def same_page(context: dict[str, Any], unit: Any) -> str:
    """The present page for another unit; the workbench where the page is about one record or report."""
    match = context["request"].resolver_match
    if match is not None and "unit" in match.kwargs and set(match.kwargs) <= _ELSEWHERE:
        return reverse(match.url_name, kwargs={**match.kwargs, "unit": unit.code})
    return reverse("workbench", kwargs={"unit": unit.code})
