"""Sentences about names in a draft: ended campaigns and units that are not the writer's."""

from __future__ import annotations

from shuzhi.messages.message import Message

MESSAGES: dict[str, Message] = {
    "NAMES_001": Message(
        zh="“{found}”已于 {until} 结束，却写成了 {year} 年的工作；应写当年的提法[[，如“{right}”]]。请改写，确为回顾往年的请写明年份",
        en="“{found}” ended in {until} but is told as work of {year}; expected what is said today[[, such as “{right}”]]. Reword it, or give the year when you look back",
    ),
    "NAMES_002": Message(
        zh="“{name}”不在本单位的机构名册中（出现 {times} 次），可能是从别处材料带来的；应为名册中的单位[[，相近的有“{near}”]]。请核对并改正",
        en="“{name}” is no unit of your tree (found {times} times) and may be left over from another text; expected a unit of the tree[[, the nearest is “{near}”]]. Check and correct it",
    ),
    "NAMES_003": Message(
        zh="这里应写本单位“{own}”，却写了“{name}”，可能是从别处材料带来的。请核对并改正",
        en="expected your own unit “{own}” here, found “{name}”, which may be left over from another text. Check and correct it",
    ),
    "NAMES_004": Message(
        zh="前面说的上级是“{first}”，这里却是“{name}”；同一份报告的上级应一致。请核对并改正其中之一",
        en="the unit above was “{first}” before and is “{name}” here; expected the same one throughout a report. Check and correct one of them",
    ),
}
