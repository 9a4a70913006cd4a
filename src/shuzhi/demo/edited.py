"""A report of the demonstration as somebody might hand it in: one number changed by hand, one sentence added that does not add up.

Only for showing what checking finds; what it does to the file is what a clerk does in Word, no more.
"""

from __future__ import annotations

import copy
import zipfile
from pathlib import Path

from lxml import etree

from shuzhi.core.reports import parse_tag

_W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_DOCUMENT = "word/document.xml"

#: A list whose parts exceed its total: 0.5 and 0.9 are not 1.2.
ADDED = "全村新修产业路1.2公里，其中东组0.5公里、西组0.9公里。"


def write_edited(report: Path, target: Path, indicator: str) -> tuple[str, str]:
    """Copy a report with the digits of one figure turned round and one sentence added.

    Args:
        report: A .docx that Shuzhi wrote.
        target: Where the copy goes; written over.
        indicator: Whose first figure is changed.

    Returns:
        What stood there and what stands there now.

    Raises:
        LookupError: the report tells no figure of this indicator.
    """
    with zipfile.ZipFile(report) as package:
        parts = {item: package.read(item.filename) for item in package.infolist()}
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as copied:
        changed = ("", "")
        for item, content in parts.items():
            if item.filename == _DOCUMENT:
                tree = etree.fromstring(content)
                changed = _change(tree, indicator)
                _add_sentence(tree)
                content = etree.tostring(
                    tree, xml_declaration=True, encoding="UTF-8", standalone=True
                )
            copied.writestr(item, content)
    return changed


def _change(tree: etree._Element, indicator: str) -> tuple[str, str]:
    for control in tree.iter(f"{_W}sdt"):
        tag = control.find(f"{_W}sdtPr/{_W}tag")
        identity = parse_tag(tag.get(f"{_W}val") or "") if tag is not None else None
        if identity is None or identity.figure.indicator != indicator:
            continue
        text = next(control.iter(f"{_W}t"))
        before = text.text or ""
        digits = "".join(c for c in before if c.isdigit())
        after = before.replace(digits, digits[1] + digits[0] + digits[2:], 1)
        if len(digits) > 1 and digits in before and after != before:
            text.text = after
            return before, after
    raise LookupError(f"no figure of {indicator} whose digits can be swapped")


def _add_sentence(tree: etree._Element) -> None:
    """At the end of the first paragraph that holds a figure, in its own type."""
    host = next(p for p in tree.iter(f"{_W}p") if p.find(f"{_W}sdt") is not None)
    runs = host.findall(f"{_W}r")
    run = copy.deepcopy(runs[-1])
    for child in [c for c in run if c.tag not in {f"{_W}rPr", f"{_W}t"}]:
        run.remove(child)
    text = run.find(f"{_W}t")
    if text is None:
        text = etree.SubElement(run, f"{_W}t")
    text.text = ADDED
    host.append(run)
