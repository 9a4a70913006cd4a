"""Sentences about arithmetic in drafts: what the text itself claims and what comes out when it is done again."""

from shuzhi.messages.message import Message

MESSAGES: dict[str, Message] = {
    "ARITHMETIC_001": Message(
        "总数“{whole}”小于所列各项之和：{expression}；应为 {computed}。请核对总数和各项，改正其中写错的一个",
        "the total “{whole}” is smaller than the items listed for it: {expression}; expected {computed}. Check the total and the items and correct the one that is wrong",
    ),
    "ARITHMETIC_002": Message(
        "总数“{whole}”大于所列各项之和：{expression}，有 {difference} 没有列明；各项齐全时应为 {computed}。请核对总数，或补列缺少的项目",
        "the total “{whole}” is larger than the items listed for it: {expression}, {difference} is not accounted for; expected {computed} if the list is complete. Check the total or add what is missing",
    ),
    "ARITHMETIC_003": Message(
        "部分“{part}”大于整体“{whole}”；应不大于整体。请核对这两个数",
        "the part “{part}” is larger than the whole “{whole}”; expected at most the whole. Check both figures",
    ),
    "ARITHMETIC_004": Message(
        "“{persons}”少于“{households}”；每户至少一人，人数应不少于户数。请核对这两个数",
        "“{persons}” is fewer than “{households}”; a household has at least one person. Check both figures",
    ),
    "ARITHMETIC_005": Message(
        "比率“{found}”超过 100%；这一比率是占整体的份额，应不超过 100%。请核对",
        "the rate “{found}” is above 100%; it is a share of a whole and can be 100% at most. Check it",
    ),
    "ARITHMETIC_006": Message(
        "“{part}”除以“{whole}”得 {computed}，文中写的是“{rate}”。请核对这三个数，改正其中写错的一个",
        "“{part}” divided by “{whole}” gives {computed}, the text says “{rate}”. Check the three figures and correct the one that is wrong",
    ),
    "ARITHMETIC_007": Message(
        "由“{first}”到“{last}”，增减幅度应为 {computed}，文中写的是“{change}”。请核对这三个数，改正其中写错的一个",
        "from “{first}” to “{last}” the change is {computed}, the text says “{change}”. Check the three figures and correct the one that is wrong",
    ),
    "ARITHMETIC_008": Message(
        "由“{first}”到“{last}”，增减数应为 {computed}，文中写的是“{change}”。请核对这三个数，改正其中写错的一个",
        "from “{first}” to “{last}” the difference is {computed}, the text says “{change}”. Check the three figures and correct the one that is wrong",
    ),
    "ARITHMETIC_009": Message(
        "由“{first}”到“{last}”，方向与“{word}”相反。请核对两个数是否写反，或改用相应的词",
        "from “{first}” to “{last}” goes against the word “{word}”. Check whether the figures are swapped, or change the word",
    ),
    "ARITHMETIC_010": Message(
        "“{total}”与数量乘以标准不符：{expression}；应为 {computed}[[，正好差 {times} 倍，多半是万元与元写错]]。请核对数量、标准和总额",
        "“{total}” is not the quantity times the standard: {expression}; expected {computed}[[, off by a factor of exactly {times}, most likely 元 for 万元 or the other way round]]. Check quantity, standard and total",
    ),
    "ARITHMETIC_011": Message(
        "“{total}”按“{count}”平均为 {computed}，文中写的是“{average}”。请核对这三个数，改正其中写错的一个",
        "“{total}” over “{count}” averages {computed}, the text says “{average}”. Check the three figures and correct the one that is wrong",
    ),
    "ARITHMETIC_012": Message(
        "“{whole}”减去“{done}”应剩 {computed}，文中写的是“{left}”。请核对这三个数，改正其中写错的一个",
        "“{whole}” less “{done}” leaves {computed}, the text says “{left}”. Check the three figures and correct the one that is wrong",
    ),
    "ARITHMETIC_013": Message(
        "文中称“{claim}”（{claimed} 项），下文列了 {found} 项；应当一致。请改正数目，或补删所列各项",
        "the text announces “{claim}” ({claimed}), and {found} follow; expected the same number. Correct the number or the list",
    ),
    "ARITHMETIC_014": Message(
        "文中称“{claim}”（{claimed} 个），所列“{names}”是 {found} 个；应当一致。请改正数目，或补删所列名称",
        "the text says “{claim}” ({claimed}), but “{names}” are {found}; expected the same number. Correct the number or the names",
    ),
    "ARITHMETIC_015": Message(
        "“{noun}”此处为“{found}”，别处为“{other}”；同一个数应前后一致。请核对后统一",
        "“{noun}” is “{found}” here and “{other}” elsewhere; expected one figure throughout. Check which is right and use it in both places",
    ),
    "ARITHMETIC_016": Message(
        "“{noun}”上半年为“{half}”，大于全年的“{whole}”；上半年应不大于全年。请核对这两个数",
        "“{noun}” is “{half}” for the first half-year and “{whole}” for the whole year; expected the half-year not to exceed the year. Check both figures",
    ),
    "ARITHMETIC_017": Message(
        "“{claim}”与“{left}”矛盾；有剩余就不是全部。请改正其中一处",
        "“{claim}” contradicts “{left}”; where some are left it is not all. Correct one of them",
    ),
    "ARITHMETIC_018": Message(
        "“{found}”不是日历上有的日期或钟点。请核对",
        "“{found}” is no date or time of day that exists. Check it",
    ),
    "ARITHMETIC_019": Message(
        "范围“{found}”前大后小；应为“{expected}”。请调换，或确认是否另有所指",
        "the range “{found}” runs from large to small; expected “{expected}”. Swap the ends or make clear what is meant",
    ),
    "ARITHMETIC_020": Message(
        "此处写 {found} 年，而“{place}”表明报告年度；应为 {expected} 年。请核对是否沿用了往年的文字",
        "the year {found} stands here, while “{place}” gives the report's year; expected {expected}. Check whether an earlier year's text was carried over",
    ),
    "ARITHMETIC_021": Message(
        "与 {base} 年相比，而报告年度是 {year} 年；比较的基期应在报告年度之前，一般为 {expected} 年。请核对",
        "compared with {base}, while the report is for {year}; expected an earlier year, usually {expected}. Check it",
    ),
    "ARITHMETIC_022": Message(
        "“{found}”缺“元”；同类金额都写明“元”，应为“{expected}”。请补上",
        "“{found}” lacks 元; amounts of this kind are written with it, expected “{expected}”. Add it",
    ),
    "ARITHMETIC_023": Message(
        "同一句中资金有的用元（“{found}”）、有的用万元（“{other}”）；应统一单位，可写作“{expected}”。请统一",
        "funds in one sentence are given in 元 (“{found}”) and in 万元 (“{other}”); expected one unit, e.g. “{expected}”. Use one of them",
    ),
    "ARITHMETIC_024": Message(
        "同一段中长度有的用千米（“{found}”）、有的用公里（“{other}”）；应统一，可写作“{expected}”。请统一",
        "lengths in one paragraph are given in 千米 (“{found}”) and in 公里 (“{other}”); expected one of them, e.g. “{expected}”. Use one throughout",
    ),
    "ARITHMETIC_025": Message(
        "{what}“{found}”与常情相差几个数量级；很可能单位或“万”“亿”写错。请核对",
        "{what} “{found}” is off by orders of magnitude; most probably the unit or 万/亿 is wrong. Check it",
    ),
    "ARITHMETIC_026": Message(
        "“{found}”各部分之和为 {computed}；构成比之和应为 100。请核对",
        "the shares “{found}” add up to {computed}; expected 100. Check them",
    ),
    "ARITHMETIC_027": Message(
        "由“{first}”到“{last}”，相差的是百分点，文中写的是“{change}”；应为“{expected}”。请改写",
        "from “{first}” to “{last}” the difference is in percentage points, the text says “{change}”; expected “{expected}”. Reword it",
    ),
    "ARITHMETIC_028": Message(
        "收入“{income}”减支出“{expense}”，[[应结余 {surplus}]][[应超支 {deficit}]]，文中写的是“{found}”。请核对这三个数，改正其中写错的一个",
        "income “{income}” less expenditure “{expense}” leaves [[a surplus of {surplus}]][[a deficit of {deficit}]], the text says “{found}”. Check the three figures and correct the one that is wrong",
    ),
}
