"""What the checker made of known drafts: figures right and wrong, errors found and missed, false alarms.

A figure counts when its characters, its value and its unit are right; a planted error when a finding of more than taste
touches it; every finding of more than taste in a clean draft is a false alarm.
"""

from __future__ import annotations

import re
import time
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from decimal import Decimal

from evaluation.model import KnownDraft, KnownFigure, Number
from shuzhi.core.checking import Finding, TextFigure, check_draft
from shuzhi.core.checking.lexicon import Lexicon

_SAME_UNIT = {"％": "%", "个百分点": "百分点", "m²": "㎡", "m3": "m³"}


@dataclass
class Tally:
    """Counts over many drafts; `excerpts` show where."""

    drafts: int = 0
    characters: int = 0
    seconds: float = 0.0
    read: Counter[str] = field(default_factory=Counter)  #: figures read right, by writing
    known: Counter[str] = field(default_factory=Counter)
    wrongly_read: int = 0
    wrong_value: int = 0
    traps: int = 0
    traps_read: int = 0
    roles: int = 0
    found: Counter[str] = field(default_factory=Counter)  #: planted errors, by kind
    planted: Counter[str] = field(default_factory=Counter)
    clean: int = 0
    alarms: Counter[str] = field(default_factory=Counter)
    excerpts: dict[str, list[str]] = field(
        default_factory=lambda: {"figures": [], "misses": [], "alarms": []},
        repr=False,  # a failing test must not print what the held-out set says
    )

    @property
    def right(self) -> int:
        """Figures read right."""
        return self.read.total()

    @property
    def precision(self) -> float:
        """Of the figures read, how many are right."""
        return self.right / max(self.right + self.wrongly_read, 1)

    @property
    def recall(self) -> float:
        """Of the figures that are there, how many were read right."""
        return self.right / max(self.known.total(), 1)

    @property
    def f1(self) -> float:
        """The harmonic mean of precision and recall."""
        both = self.precision + self.recall
        return 2 * self.precision * self.recall / both if both else 0.0

    @property
    def found_share(self) -> float:
        """Of the planted errors, how many were found."""
        return self.found.total() / max(self.planted.total(), 1)

    @property
    def alarms_per_clean(self) -> float:
        """False alarms in a clean draft, on average."""
        return self.alarms.total() / max(self.clean, 1)


def _unit(text: str) -> str:
    """The unit without what may be added to it: 台（套）, 元/亩."""
    plain = re.sub(r"[（(/].*", "", text)
    return _SAME_UNIT.get(plain, plain)


def _same_value(number: Number, read: TextFigure) -> bool:
    if number.value is None:
        return read.value is None and read.role == "placeholder"
    if number.writing == "fraction":
        return read.value is not None
    if read.value is None:
        return False
    wanted: list[tuple[Decimal, str]] = [(number.value, number.unit), *number.others]
    return any(read.value == value and _unit(read.unit) == _unit(unit) for value, unit in wanted)


def _same_place(known: KnownFigure, read: TextFigure) -> bool:
    starts = {known.start, *(known.start - len(one) for one in known.number.heads)}
    ends = {known.end, *(known.end + len(one) for one in known.number.tails)}
    return read.start in starts and read.end in ends


def _touches(span: tuple[int, int], others: Iterable[tuple[int, int]]) -> bool:
    return any(span[0] < end and start < span[1] for start, end in others)


def _excerpt(text: str, start: int, end: int) -> str:
    left, right = text[max(start - 22, 0) : start], text[end : end + 22]
    return f"{left}⟦{text[start:end]}⟧{right}".replace("\n", "⏎")


def measure(drafts: Iterable[KnownDraft], lexicon: Lexicon) -> Tally:
    """Check every draft and count."""
    tally = Tally()
    for known in drafts:
        started = time.perf_counter()
        checked = check_draft(known.draft, lexicon, known.context)
        tally.seconds += time.perf_counter() - started
        tally.drafts += 1
        tally.characters += len(known.draft.text)
        _count_figures(tally, known, checked.figures)
        shown = [one for one in checked.findings if one.severity != "info"]
        _count_planted(tally, known, shown)
        if known.is_clean:
            tally.clean += 1
            for one in shown:
                tally.alarms[one.code] += 1
                words = _excerpt(known.draft.text, one.start, one.end)
                tally.excerpts["alarms"].append(
                    f"{known.name} {one.code} {one.severity} {words} {dict(one.params)}"
                )
    return tally


def _count_figures(tally: Tally, known: KnownDraft, figures: Iterable[TextFigure]) -> None:
    text = known.draft.text
    left = sorted(figures, key=lambda one: one.start)
    used: set[int] = set()
    for one in known.figures:
        writing = one.number.writing
        tally.known[writing] += 1
        match = next(
            (at for at, read in enumerate(left) if at not in used and _same_place(one, read)), None
        )
        if match is not None and _same_value(one.number, left[match]):
            used.add(match)
            tally.read[writing] += 1
            tally.roles += left[match].role == one.number.role
            continue
        near = [read for read in left if read.start < one.end and one.start < read.end]
        tally.wrong_value += match is not None
        got = "; ".join(f"{read.text}={read.value}{read.unit}" for read in near) or "nothing"
        wanted = f"{one.number.value}{one.number.unit}"
        tally.excerpts["figures"].append(
            f"{known.name} {writing}: {_excerpt(text, one.start, one.end)} wanted {wanted}, read {got}"
        )
    # a figure is wanted only once: what is left was read where nothing, or something else, stands
    for at, read in enumerate(left):
        if at in used or _touches((read.start, read.end), known.neutral):
            continue
        tally.wrongly_read += 1
        if not _touches((read.start, read.end), ((one.start, one.end) for one in known.figures)):
            tally.excerpts["figures"].append(
                f"{known.name} no figure: {_excerpt(text, read.start, read.end)} read {read.value}{read.unit}"
            )
    tally.traps += len(known.traps)
    tally.traps_read += sum(
        _touches(trap, ((read.start, read.end) for read in left)) for trap in known.traps
    )


def _count_planted(tally: Tally, known: KnownDraft, shown: list[Finding]) -> None:
    text = known.draft.text
    places = [
        place for one in shown for place in ((one.start, max(one.end, one.start + 1)), *one.related)
    ]
    for error in known.planted:
        tally.planted[error.kind] += 1
        if any(_touches(span, places) for span in error.spans):
            tally.found[error.kind] += 1
            continue
        first, last = error.spans[0], error.spans[-1]
        tally.excerpts["misses"].append(
            f"{known.name} {error.kind}: {_excerpt(text, first[0], last[1])} right {error.right}"
        )


def table(tally: Tally) -> str:
    """The figures as a page of text."""
    lines = [
        f"drafts {tally.drafts} ({tally.clean} clean), {tally.characters} characters, "
        f"{tally.seconds:.1f} s, {tally.seconds / max(tally.characters, 1) * 6e6:.0f} ms per 6,000 characters",
        "",
        f"figures   precision {tally.precision:.4f}  recall {tally.recall:.4f}  F1 {tally.f1:.4f}   "
        f"({tally.right} of {tally.known.total()} right, {tally.wrongly_read} wrongly read; right place but "
        f"wrong value {tally.wrong_value}; traps read as figures {tally.traps_read} of {tally.traps}; "
        f"kind right {tally.roles / max(tally.right, 1):.3f})",
    ]
    for writing, count in tally.known.most_common():
        lines.append(
            f"    {writing:<14} {tally.read[writing]:>6} of {count:<6} {tally.read[writing] / count:.3f}"
        )
    lines += [
        "",
        f"planted   found {tally.found.total()} of {tally.planted.total()}  {tally.found_share:.3f}",
    ]
    for kind, count in sorted(tally.planted.items()):
        lines.append(
            f"    {kind:<30} {tally.found[kind]:>4} of {count:<4} {tally.found[kind] / count:.2f}"
        )
    lines += [
        "",
        f"alarms    {tally.alarms.total()} in {tally.clean} clean drafts  {tally.alarms_per_clean:.2f} each",
    ]
    for code, count in tally.alarms.most_common():
        lines.append(f"    {code:<18} {count:>4}  {count / max(tally.clean, 1):.2f}")
    return "\n".join(lines)
