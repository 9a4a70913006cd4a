"""Sentences about periods and months (PERIOD_…)."""

from __future__ import annotations

from shuzhi.messages.message import Message

MESSAGES: dict[str, Message] = {
    "PERIOD_001": Message(
        zh="读到期间“{text}”，应为 2023、2023H1、2023Q3、2023-07、2019..2023、..2023 或 2023年上半年 这样的写法。请改正",
        en="found the period “{text}”, expected 2023, 2023H1, 2023Q3, 2023-07, 2019..2023, ..2023 or 2023年上半年. Correct it",
    ),
    "PERIOD_002": Message(
        zh="读到月份 {month}，应为 1 至 12。请改正月份",
        en="found the month {month}, expected 1 to 12. Correct the month",
    ),
    "PERIOD_003": Message(
        zh="读到年份 {year}，应在 {first} 至 {last} 之间。请核对年份",
        en="found the year {year}, expected one between {first} and {last}. Check the year",
    ),
    "PERIOD_004": Message(
        zh="读到半年 H{number}，应为 H1（上半年）或 H2（下半年）。请改正",
        en="found the half-year H{number}, expected H1 or H2. Correct it",
    ),
    "PERIOD_005": Message(
        zh="读到季度 Q{number}，应为 Q1 至 Q4。请改正",
        en="found the quarter Q{number}, expected Q1 to Q4. Correct it",
    ),
    "PERIOD_006": Message(
        zh="期间从 {start} 起、到 {end} 止，终止早于起始。应起始在前，请对调或改正",
        en="the period starts in {start} and ends in {end}, before it starts. Put the earlier end first, or correct it",
    ),
    "PERIOD_007": Message(
        zh="期间为空，应填写一个期间，如 2023 或 2023-07。请补填",
        en="the period is empty, expected one such as 2023 or 2023-07. Fill it in",
    ),
    "PERIOD_008": Message(
        zh="读到“{text}”，应为一个月份，如 2023-07。请改为单个月份",
        en="found “{text}”, expected a single month such as 2023-07. Give one month",
    ),
}
