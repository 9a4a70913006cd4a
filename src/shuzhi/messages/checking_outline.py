"""Sentences about how a draft is built: numbering, titles, closing parts."""

from shuzhi.messages.message import Message

MESSAGES = {
    "OUTLINE_001": Message(
        "序号“{mark}”重复，前面已有“{previous}”；这里应为[[“{expected}”]]接续的序号。请改正，并检查后面的序号",
        "the number “{mark}” is used twice, “{previous}” stands before it; expected the next number[[ “{expected}”]]. Correct it and look at the numbers behind it",
    ),
    "OUTLINE_002": Message(
        "序号从“{previous}”跳到“{mark}”；中间应有[[“{expected}”]]接续的一项。请补上漏掉的内容，或改正序号",
        "the numbering jumps from “{previous}” to “{mark}”; expected the next item[[ “{expected}”]] between them. Add what is missing or correct the number",
    ),
    "OUTLINE_003": Message(
        "序号“{mark}”排在“{previous}”之后，次序不对；这里应为[[“{expected}”]]接续的序号。请调整次序或改正序号",
        "the number “{mark}” stands behind “{previous}”, out of order; expected the next number[[ “{expected}”]]. Put the parts in order or correct the number",
    ),
    "OUTLINE_004": Message(
        "这一组序号从“{mark}”开始，前面没有[[“{expected}”]]第一项；序号应从一起。请补上第一项，或改正序号",
        "this run of numbers begins with “{mark}” and has no first item[[ “{expected}”]]; expected it to begin with one. Add the first item or correct the number",
    ),
    "OUTLINE_005": Message(
        "序号“{mark}”的写法与同级的其他序号不同；同一级应写法一致，本文多用“{usual}”。请统一",
        "the number “{mark}” is written unlike the others of its level; expected one form for a level, here mostly “{usual}”. Make them alike",
    ),
    "OUTLINE_006": Message(
        "标题写了两遍：“{first}”和“{second}”；一份报告应只有一个标题。请保留准确的一个",
        "the title stands twice: “{first}” and “{second}”; expected one title. Keep the one that is right",
    ),
    "OUTLINE_007": Message(
        "标题“{heading}”下没有内容，紧接着就是下一个标题；标题下应有正文。请补写，或删去这个标题",
        "nothing stands below the heading “{heading}”, the next heading follows at once; expected text. Write it or remove the heading",
    ),
    "OUTLINE_008": Message(
        "标题“{title}”没有写年度；述职和工作报告的标题应有年度。请补上，如“2023年度”",
        "the title “{title}” names no year; expected the year of the report. Add it, such as “2023年度”",
    ),
    "OUTLINE_009": Message(
        "全文没有结束语，到这里突然停止；报告末尾应有表态或结束的话。请补写，如“以上报告，请予审议”",
        "the report has no closing words and breaks off here; expected a closing. Add one, such as “以上报告，请予审议”",
    ),
    "OUTLINE_010": Message(
        "文末没有署名；正式报告应写明报告的单位或个人。请补上",
        "no signature stands at the end; expected the office or person reporting. Add it",
    ),
    "OUTLINE_011": Message(
        "文末没有成文日期；正式报告应写明年月日。请补上",
        "no date stands at the end; expected year, month and day. Add it",
    ),
}
