"""``make evaluate``: write the drafts, check them, print how well it went.

The held-out sets, held and unseen, are only measured: their excerpts are refused, so that nobody mends by
looking at them.
"""

from __future__ import annotations

import argparse
import re
import sys
from pathlib import Path
from typing import Final

from evaluation.composing import make_draft
from evaluation.scoring import measure, table
from evaluation.wordings import SetName
from shuzhi.catalogue.loader import shipped_catalogue
from shuzhi.core.checking import lexicon_of

PAGE: Final = Path(__file__).parents[1] / "docs" / "reference" / "evaluation.md"
#: two to develop on, two that are only measured
SETS: Final[tuple[SetName, ...]] = ("dev", "second", "held", "unseen")
MARK: Final = "<!-- what follows is written by `python -m evaluation --write-docs` -->"


def main() -> int:
    """Run the command line."""
    parser = argparse.ArgumentParser(prog="evaluation", description=__doc__)
    parser.add_argument(
        "--set",
        choices=["dev", "second", "held", "unseen", "all"],
        default="all",
        dest="sets",
    )
    parser.add_argument("--drafts", type=int, default=300, help="how many of each set")
    parser.add_argument("--first", type=int, default=0, help="number of the first draft")
    parser.add_argument(
        "--show", choices=["misses", "alarms", "figures", "text"], help="excerpts; dev set only"
    )
    parser.add_argument(
        "--write-docs", action="store_true", help="put the tables into docs/reference/evaluation.md"
    )
    parser.add_argument("--most", type=int, default=60, help="how many excerpts")
    given = parser.parse_args()
    if given.show and given.sets not in {"dev", "second"}:
        sys.stderr.write(
            "--show works with --set dev and --set second only: the held-out sets are not looked at\n"
        )
        return 2
    numbers = range(given.first, given.first + given.drafts)
    if given.show == "text":
        for number in numbers:
            sys.stdout.write(make_draft(given.sets, number).draft.text + "\n\n")
        return 0
    lexicon = lexicon_of(shipped_catalogue())
    tables = []
    for name in SETS if given.sets == "all" else (given.sets,):
        tally = measure((make_draft(name, number) for number in numbers), lexicon)
        tables.append(f"== {name}\n{table(tally)}\n\n")
        sys.stdout.write(tables[-1])
        if given.show:
            sys.stdout.write("\n".join(tally.excerpts[given.show][: given.most]) + "\n")
    if given.write_docs:
        _write_docs("".join(tables))
    return 0


def _write_docs(tables: str) -> None:
    text = PAGE.read_text("utf-8")
    before, mark, _ = text.partition(MARK)
    # speed differs from machine to machine and is `make bench`'s matter
    kept = re.sub(r"( characters), .*", r"\1", tables.rstrip())
    PAGE.write_text(f"{before}{mark}\n\n```text\n{kept}\n```\n", "utf-8")


if __name__ == "__main__":
    sys.exit(main())
