"""A known draft as a file and back: Word, Markdown, web page, so that figures are also sought behind a reader.

A reader may set spaces and line ends anew, never the words: places are carried over from one character to the same character.
"""

from __future__ import annotations

import html
import io
from dataclasses import replace
from random import Random

import docx

from evaluation.model import KnownDraft, KnownFigure, Planted
from shuzhi.exchange.drafts import read_draft_bytes


def as_docx(text: str, rng: Random) -> bytes:
    """A Word file; paragraphs in several runs, as Word leaves them behind after some editing."""
    document = docx.Document()
    for at, line in enumerate(text.split("\n")):
        paragraph = document.add_paragraph(style="Title" if at == 0 else None)
        while line:
            length = len(line) if rng.random() < 0.6 else rng.randint(1, len(line))
            paragraph.add_run(line[:length])
            line = line[length:]
    written = io.BytesIO()
    document.save(written)
    return written.getvalue()


def as_markdown(text: str) -> bytes:
    """Markdown with the title as a heading and a blank line between paragraphs."""
    lines = [line.replace("*", "\\*") for line in text.split("\n")]
    return ("# " + "\n\n".join(lines)).encode()


def as_html(text: str, rng: Random) -> bytes:
    """A web page, old or new."""
    first, *rest = text.split("\n")
    tag = rng.choice(["p", "div"])
    body = "\n".join(f"<{tag}>{html.escape(line)}</{tag}>" for line in rest if line.strip())
    page = f"<html><head><meta charset='utf-8'><title>-</title></head><body><h1>{html.escape(first)}</h1>{body}</body></html>"
    return page.encode()


def through_a_file(known: KnownDraft, rng: Random) -> KnownDraft:
    """The draft as it comes back from a file; as it was when it is a plain text, or the format cannot hold it."""
    chance = rng.random()
    text = known.draft.text
    if chance < 0.7 or "\t" in text:
        return known
    if chance < 0.82:
        content, name = as_docx(text, rng), known.name + ".docx"
    elif chance < 0.91:
        content, name = as_markdown(text), known.name + ".md"
    else:
        content, name = as_html(text, rng), known.name + ".html"
    return _carried(known, read_draft_bytes(content, name).text, content, name)


def _carried(known: KnownDraft, read: str, content: bytes, name: str) -> KnownDraft:
    old = [at for at, one in enumerate(known.draft.text) if not one.isspace()]
    new = [at for at, one in enumerate(read) if not one.isspace()]
    if [known.draft.text[at] for at in old] != [read[at] for at in new]:
        return known  # Markdown took a number for a list: such a file would not be this draft
    places = dict(zip(old, new, strict=True))

    def carry(start: int, end: int) -> tuple[int, int]:
        inside = [places[at] for at in range(start, end) if at in places]
        if inside:
            return inside[0], inside[-1] + 1
        near = min(places, key=lambda at: abs(at - start))
        return places[near], places[near] + 1

    return replace(
        known,
        draft=read_draft_bytes(content, name),
        figures=tuple(KnownFigure(*carry(f.start, f.end), f.number) for f in known.figures),
        neutral=tuple(carry(*span) for span in known.neutral),
        traps=tuple(carry(*span) for span in known.traps),
        planted=tuple(
            Planted(one.kind, one.right, tuple(carry(*span) for span in one.spans))
            for one in known.planted
        ),
    )
