"""The seals of reports' versions: each carries the one before it, so a text that was changed behind the program's back is found.

They stand here, below the books, so that verifying asks for every chain of the office at once.
"""

from __future__ import annotations

from hashlib import sha256

import orjson

from shuzhi.apps import storage
from shuzhi.core.problems import Problem


def version_hash(previous: str, fields: list[object]) -> str:
    """The seal of a version over its fields and the seal before it."""
    return sha256(previous.encode() + orjson.dumps(fields)).hexdigest()


def broken_versions() -> list[Problem]:
    """For each report the first version whose seal does not fit, or a latest version that is gone."""
    problems: list[Problem] = []
    heads: dict[str, tuple[int, str]] = {}
    broken: set[str] = set()
    last = 0
    while True:
        rows = storage.fetch(
            "SELECT v.seq, r.number, v.number, v.action, v.actor, v.at, v.reason, v.as_of, v.content, v.previous, v.hash "
            "FROM report_version v JOIN report r ON r.id = v.report_id WHERE v.seq > %s ORDER BY v.seq LIMIT 200",
            [last],
        )
        if not rows:
            break
        last = rows[-1][0]
        for *fields, previous, sealed in rows:
            number = fields[1]
            count, head = heads.get(number, (0, ""))
            fits = previous == head and sealed == version_hash(previous, fields)
            if number not in broken and not (fits and fields[2] == count + 1):
                broken.add(number)
                problems.append(Problem("REPORT_080", {"report": number, "version": fields[2]}))
            heads[number] = (count + 1, sealed)
    for number, version in storage.fetch("SELECT number, version FROM report WHERE version > 0"):
        if number not in broken and heads.get(number, (0, ""))[0] != version:
            problems.append(Problem("REPORT_080", {"report": number, "version": version}))
    return problems
