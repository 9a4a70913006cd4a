"""The books: open, check, close, reopen, adjusting entries, the statement, reconcile and verify."""

from typing import Any

from tests.support.office import FIRST, Office

READERS = "clerk reviewer leader inspector auditor"
CHECKERS = "reviewer leader inspector auditor"


def _year(office: Office) -> dict[str, Any]:
    return {"year": 2023}


def _closing(office: Office) -> tuple[dict[str, Any], dict[str, Any]]:
    return {"year": 2023}, {"period": "2023", "how": "only"}


def _reopening(office: Office) -> tuple[dict[str, Any], dict[str, Any]]:
    return {"year": 2023}, {"period": "2023-12", "reason": "审计要求"}


def _check(office: Office) -> dict[str, Any]:
    from shuzhi.apps.books.actions import check_books

    return {"year": 2023, "seq": check_books(office.actor("镇办"), FIRST, 2023).seq}


def _closings(office: Office) -> dict[str, Any]:
    """The result of a job belongs to who asked for it: nobody else finds it."""
    return {"year": 2023, "number": "00000000-0000-4000-8000-000000000000"}


RIGHTS = {
    ("books", "GET"): READERS,
    ("book", "GET"): READERS,
    ("book-open", "POST"): "leader",
    ("book-checks", "POST"): CHECKERS,
    ("book-check", "GET"): READERS,
    ("book-close", "POST"): "leader",
    ("book-closings", "GET"): "",
    ("book-reopen", "POST"): "leader",
    ("book-adjusting", "GET"): READERS,
    ("book-statement", "GET"): READERS,
    ("proofs", "GET"): READERS,
    ("proofs", "POST"): CHECKERS,
    ("backfill", "POST"): "leader",
}
SAMPLES = {
    "book": _year,
    "book-open": _year,
    "book-checks": _year,
    "book-check": _check,
    "book-close": _closing,
    "book-closings": _closings,
    "book-reopen": _reopening,
    "book-adjusting": _year,
    "book-statement": _year,
}
