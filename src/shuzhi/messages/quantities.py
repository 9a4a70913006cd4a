"""Sentences about numbers and units (QUANTITY_…)."""

from __future__ import annotations

from shuzhi.messages.message import Message

MESSAGES: dict[str, Message] = {
    "QUANTITY_001": Message(
        zh="读到计量单位“{unit}”，应为已定义的计量单位（如 {known}）。请改用已有单位，或在 units.yaml 中添加",
        en="found the unit “{unit}”, expected a defined unit (such as {known}). Use one of them, or add it to units.yaml",
    ),
    "QUANTITY_002": Message(
        zh="读到计量单位“{unit}”，应为可换算成“{expected}”的单位。两者不能自动换算，请按“{expected}”重新填写",
        en="found the unit “{unit}”, expected one that converts to “{expected}”. The two are not converted automatically; enter the value in “{expected}”",
    ),
    "QUANTITY_003": Message(
        zh="读到“{value}”，折合基本单位后应不超过 4 位小数。请按实际精度四舍五入后再填",
        en="found “{value}”, expected at most 4 decimals once converted to the base unit. Round it to its real precision and enter it again",
    ),
    "QUANTITY_004": Message(
        zh="读到“{value}”，超出账册能保存的范围（约正负 922 万亿）。请核对小数点和计量单位",
        en="found “{value}”, beyond what the books can hold (about ±922 trillion). Check the decimal point and the unit",
    ),
    "QUANTITY_005": Message(
        zh="读到“{value}”，应为一个确定的数。请改为数字；确实不详的请留空",
        en="found “{value}”, expected a definite number. Enter a number, or leave the cell blank if it is not known",
    ),
    "QUANTITY_006": Message(
        zh="计量单位“{unit}”的换算系数为 {factor}，应为大于 0 的数。请改正 factor",
        en="the unit “{unit}” has the factor {factor}, expected a number above 0. Correct `factor`",
    ),
    "QUANTITY_007": Message(
        zh="计量单位“{unit}”的基本单位“{base}”没有定义，应为 units 中已有的单位。请先定义“{base}”，或改正 base",
        en="the unit “{unit}” names the base unit “{base}”, which is not defined. Define “{base}” first, or correct `base`",
    ),
    "QUANTITY_008": Message(
        zh="计量单位“{unit}”的 base 写的是“{base}”，而“{base}”本身不是基本单位。应直接写最终的基本单位，并相应改正 factor",
        en="the unit “{unit}” names “{base}” as its base, but “{base}” is no base unit itself. Name the final base unit and adjust `factor`",
    ),
    "QUANTITY_009": Message(
        zh="写法“{spelling}”同时属于计量单位“{other}”和“{unit}”，一种写法只能指一个单位。请从其中一个删去",
        en="the spelling “{spelling}” belongs to both “{other}” and “{unit}”; one spelling may mean one unit only. Remove it from one of them",
    ),
    "QUANTITY_010": Message(
        zh="读到取整写法“{style}”，应为 余、多、以上、近、约 之一加步长，如 余100、近10。请改正",
        en="found the rounding style “{style}”, expected 余, 多, 以上, 近 or 约 with a step, such as 余100 or 近10. Correct it",
    ),
    "QUANTITY_011": Message(
        zh="读到日期“{date}”，应为历法中存在的日期，写作 2024-01-05。请改正",
        en="found the date “{date}”, expected a day of the calendar, written 2024-01-05. Correct it",
    ),
}
