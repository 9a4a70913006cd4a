"""Sentences about division codes and organisation paths (DIVISION_…)."""

from __future__ import annotations

from shuzhi.messages.message import Message

MESSAGES: dict[str, Message] = {
    "DIVISION_001": Message(
        zh="读到区划代码“{code}”，共 {length} 位，应为 12 位（村民小组为 14 位）。不足的请在末尾补 0；若从 Excel 来，请把该列设为文本",
        en="found the division code “{code}” with {length} digits, expected 12 (14 for a group). Pad it with zeros at the end; if it comes from Excel, format the column as text",
    ),
    "DIVISION_002": Message(
        zh="读到区划代码“{code}”，其中有“{characters}”，应只含数字。请删去或改正；若显示为 6.2E+11，请把该列设为文本后重填",
        en="found the division code “{code}” containing “{characters}”, expected digits only. Remove or correct them; if it shows as 6.2E+11, format the column as text and enter it again",
    ),
    "DIVISION_003": Message(
        zh="读到区划代码“{code}”，第 {first}–{last} 位全为 0，后面却还有数字，应先有上一级的代码。请补上第 {first}–{last} 位",
        en="found the division code “{code}” with only zeros in digits {first}–{last} and other digits after them, expected the code of the unit above there. Fill in digits {first}–{last}",
    ),
    "DIVISION_004": Message(
        zh="读到区划代码“{code}”，前两位为 00，应为省级代码（如 62）。请改正前两位",
        en="found the division code “{code}” starting with 00, expected the code of a province (such as 62). Correct the first two digits",
    ),
    "DIVISION_005": Message(
        zh="读到村民小组代码“{code}”，第 10–12 位为 000，应为所在村的代码。请补上村的三位代码",
        en="found the group code “{code}” with 000 in digits 10–12, expected the code of its village. Fill in the village's three digits",
    ),
    "DIVISION_006": Message(
        zh="读到区划代码“{code}”，其中“{segment}”超出通常范围（不大于 {limit}）。请对照统计用区划代码核实，属实可不改",
        en="found the division code “{code}” with “{segment}”, expected at most {limit}. Check it against the statistical codes; keep it if it is right",
    ),
    "DIVISION_007": Message(
        zh="读到“{name}”的区划代码“{code}”，其中“{segment}”通常用于{kind}，与名称不一致。请核实代码和名称，属实可不改",
        en="found the division code “{code}” for “{name}”; “{segment}” is expected for {kind}, which the name does not say. Check code and name; keep them if they are right",
    ),
    "DIVISION_008": Message(
        zh="读到区划代码“{code}”，是统计用的虚拟单位，应为实际存在的村（社区）。请改用实际单位的代码",
        en="found the division code “{code}”, a placeholder of the statistics bureau, expected a village that exists. Use the code of a real unit",
    ),
    "DIVISION_009": Message(
        zh="读到单位代码“{key}”，应不为空，且不含“/”和空格。请改正",
        en="found the organisation code “{key}”, expected one that is not empty and holds no “/” or blanks. Correct it",
    ),
}
