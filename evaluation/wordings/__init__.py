"""How the drafts are worded: two sets to develop on and two only to measure, which share nothing with them.

Marks in a sentence: `[a 亩]` a figure that is called a and counts 亩; `~` behind the name: it may be written with 余, 近, 约 …;
`..`: a range; `!`: never in 万; ` T` at the end: a target. `{o}` and the like are names. `«…»` is a trap (numerals that count
nothing), `⟨…⟩` numerals on which careful readers differ (neither asked for nor held against a reader). `@2018-2022` says in
which years a sentence may stand. In front of a sentence stands what holds between its figures:

* `sum|`  t is all of a, b, d, e            * `sub|`  a, b … are parts of t, not all of it
* `rate|` r = n / m in per cent             * `grow|` from o to v it is g per cent (either way)
* `diff|` from o to v it is d               * `prod|` q times s is m
* `avg|`  m over q is s; `yield|` in 吨      * `pair:` anywhere: h households of p persons
"""

from __future__ import annotations

from dataclasses import dataclass, fields
from types import ModuleType
from typing import Literal

from evaluation.wordings import development, held_out, second, unseen


@dataclass(frozen=True)
class Wording:
    """Everything one set of drafts is written with."""

    sentences: dict[str, list[str]]  #: by topic
    headlines: list[tuple[str, str, str]]  #: unit, how the lead says it, how the body says it
    fillers: list[str]
    problems: list[str]
    plans: list[str]
    counted: list[tuple[str, list[str]]]  #: clause with {n}, what may be listed behind it
    remainders: list[str]  #: contradictions: all of it, and something left
    leads: list[str]
    closings: list[str]
    titles: list[str]
    heads: dict[str, list[str]]
    plan_heads: list[str]
    problem_heads: list[str]
    counties: list[str]
    towns: list[str]
    villages: list[str]
    communities: list[str]
    cooperatives: list[str]
    crops: list[str]
    beasts: list[str]
    slips: list[tuple[str, str, str]]  #: right, wrong, the clause it stands in
    missing: list[tuple[str, str, str]]  #: whole phrase, phrase with a character missing, clause
    outdated: list[tuple[str, int, str]]  #: term, year from which it is out of date, clause
    advertisements: list[str]
    markers: list[str]
    dated: list[str]
    bracketed: list[str]
    alien: list[str]  #: clauses that speak of {alien}
    aliens: list[str]


SetName = Literal["dev", "second", "held", "unseen"]


def wording_of(set_name: SetName) -> Wording:
    """The words of one set: each constant of its module is the field of the same name."""
    modules: dict[SetName, ModuleType] = {
        "dev": development,
        "second": second,
        "held": held_out,
        "unseen": unseen,
    }
    module = modules[set_name]
    renamed = {"cooperatives": "COOPS"}
    return Wording(
        **{
            one.name: getattr(module, renamed.get(one.name, one.name.upper()))
            for one in fields(Wording)
        }
    )
