"""A form of a session that ended, for pages that cannot show it in their own fields: listed, and sent on with one button."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from django.http import HttpRequest, HttpResponseBase

from shuzhi.apps.entry.actions import held_values, release_form
from shuzhi.apps.entry.queries import find_held
from shuzhi.web.context import page
from shuzhi.web.entry.values import written_by
from shuzhi.web.problems import not_found
from shuzhi.web.words import say


@dataclass(frozen=True, slots=True)
class Held:
    """The held form."""

    number: UUID
    address: str
    values: Sequence[tuple[str, str]]
    written_by: str


def held(request: HttpRequest, number: UUID) -> HttpResponseBase:
    """Show one's own held form again; nobody else's exists."""
    account = request.visit.account  # type: ignore[attr-defined]
    found = find_held(account, number)
    if found is None:
        return not_found(request)
    if request.method == "POST":
        from django.contrib import messages
        from django.shortcuts import redirect

        release_form(account, number)
        messages.info(request, say("保留的内容已删除。", "What was kept is deleted."))
        return redirect("start")
    listed = [(name, one) for name, many in held_values(found).items() for one in many]
    return page(
        request,
        "entry/held.html",
        Held(number, found.address, listed, written_by(request)),
    )
