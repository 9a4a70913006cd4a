"""Sentences about words: miswritten, renamed, badly joined, missing or needless."""

from __future__ import annotations

from shuzhi.messages.message import Message

_MISWRITTEN = Message(
    zh="“{found}”是误写[[，应为“{right}”]][[（{note}）]]。请改正",
    en="“{found}” is miswritten[[; expected “{right}”]][[ ({note})]]. Correct it",
)
_DOUBTFUL = Message(
    zh="“{found}”不合规范写法[[，应为“{right}”]][[（{note}）]]。请改正，有意如此的可保留",
    en="“{found}” is not the standard wording[[; expected “{right}”]][[ ({note})]]. Correct it unless it is meant",
)
_TERM = Message(
    zh="“{found}”不是现行的规范提法[[，应为“{right}”]][[（{note}）]]。请改正",
    en="“{found}” is not the official wording in force[[; expected “{right}”]][[ ({note})]]. Correct it",
)
_COLLOCATION = Message(
    zh="“{found}”搭配或用法不当[[，可改为“{right}”]][[（{note}）]]。请改写",
    en="the words of “{found}” do not go together[[; write “{right}”]][[ ({note})]]. Reword it",
)

MESSAGES: dict[str, Message] = {
    "WORDING_001": _MISWRITTEN,
    "WORDING_002": _DOUBTFUL,
    "WORDING_003": _DOUBTFUL,
    "WORDING_004": _TERM,
    "WORDING_005": _TERM,
    "WORDING_006": _TERM,
    "WORDING_007": _COLLOCATION,
    "WORDING_008": _COLLOCATION,
    "WORDING_009": _COLLOCATION,
    "WORDING_010": Message(
        zh="“{found}”中的“{wrong_character}”疑为同音误写，应为“{right_character}”（{right}）。请改正",
        en="“{wrong_character}” in “{found}” seems to be written for “{right_character}”, which sounds alike; expected “{right}”. Correct it",
    ),
    "WORDING_011": Message(
        zh="“{found}”中的“{wrong_character}”疑为形近误写，应为“{right_character}”（{right}）。请改正",
        en="“{wrong_character}” in “{found}” seems to be written for “{right_character}”, which looks alike; expected “{right}”. Correct it",
    ),
    "WORDING_012": Message(
        zh="“{found}”中修饰动作的“的”应为“地”：{right}。请改正",
        en="的 in “{found}” modifies an action; expected 地: {right}. Correct it",
    ),
    "WORDING_013": Message(
        zh="“{found}”中引出程度的“的”应为“得”：{right}。请改正",
        en="的 in “{found}” leads to a degree; expected 得: {right}. Correct it",
    ),
    "WORDING_014": Message(
        zh="“{found}”把年份夹在名称与金额之间；年份应在名称之前：{right}。请调整语序",
        en="“{found}” puts the year between name and amount; expected it before the name: {right}. Reorder it",
    ),
    "WORDING_015": Message(
        zh="“{found}”后带时间，表示到那时为止，应为“{right}”；“截止”是停止受理的意思。请改正",
        en="“{found}” stands before a date and means “up to”; expected “{right}”, for 截止 means that something closes. Correct it",
    ),
    "WORDING_016": Message(
        zh="“{found}”处缺字，应为“{right}”。请补上",
        en="a character is missing at “{found}”; expected “{right}”. Add it",
    ),
    "WORDING_017": Message(
        zh="“{found}”是多余的字，前面没有数字[[，应为“{right}”]]。请删去",
        en="“{found}” is needless, no number stands before it[[; expected “{right}”]]. Delete it",
    ),
    "WORDING_018": Message(
        zh="“{found}”后缺少所办事项的名称，应为“{right}”。请补全",
        en="the thing done is not named behind “{found}”; expected “{right}”. Complete it",
    ),
    "WORDING_019": Message(
        zh="“{found}”是两种句式杂糅，应为“{right}”。请改写",
        en="“{found}” mixes two constructions; expected “{right}”. Rewrite it",
    ),
    "WORDING_020": Message(
        zh="“{found}”与文中他处的名称不一致，应统一为“{right}”。请改正",
        en="“{found}” differs from the name used elsewhere in the text; expected “{right}” throughout. Correct it",
    ),
    "WORDING_021": Message(
        zh="“{found}”不成词，其中的“{wrong_character}”疑为“{right_character}”之误（{right}）。请核对；确为名称或当地说法的可保留",
        en="“{found}” is no word; “{wrong_character}” seems to be written for “{right_character}” ({right}). Check it, and keep it when it is a name or a local word",
    ),
    "WORDING_022": Message(
        zh="“{found}”与同一句中的“{first}”重复；一件事说一次即可。请删去其中之一",
        en="“{found}” repeats “{first}” of the same sentence; expected it once. Delete one of them",
    ),
    "WORDING_023": Message(
        zh="“{found}”与文中另一处“{other}”说法相反；同一件事前后应一致。请核对实际情况并改正其中之一，范围不同的请写明",
        en="“{found}” contradicts “{other}” elsewhere in the text; expected the same state of things in both. Check and correct one of them, or say which part is meant",
    ),
    "WORDING_024": Message(
        zh="“{found}”疑缺一字，应为“{right}”。请补上",
        en="a character seems to be missing in “{found}”; expected “{right}”. Add it",
    ),
}
