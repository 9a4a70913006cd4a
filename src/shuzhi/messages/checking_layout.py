"""Sentences about how a Word draft is set, against GB/T 9704-2012."""

from shuzhi.messages.message import Message

MESSAGES = {
    "LAYOUT_001": Message(
        "纸张为 {found} 毫米；公文用 A4 纸，应为 {wanted} 毫米。请在“页面设置—纸张”中改为 A4",
        "the paper is {found} mm; official documents are on A4, {wanted} mm. Set the paper to A4 in the page set-up",
    ),
    "LAYOUT_002": Message(
        "页边距为上 {top}、下 {bottom}、左 {left}、右 {right} 毫米；公文版心 156×225 毫米，应为上 37、下 35、左 28、右 26 毫米。请在“页面设置—页边距”中改正",
        "the margins are top {top}, bottom {bottom}, left {left}, right {right} mm; for the type area of 156×225 mm expected top 37, bottom 35, left 28, right 26 mm. Set them in the page set-up",
    ),
    "LAYOUT_003": Message(
        "标题用的是{font}{size}；公文标题应为小标宋二号（22 磅）。请改字体、字号",
        "the title is set in {font} {size}; expected 小标宋 of 22 points (二号). Change font and size",
    ),
    "LAYOUT_004": Message(
        "标题没有居中；公文标题应分一行或多行居中排布。请设为居中",
        "the title does not stand in the middle; expected one or more centred lines. Centre it",
    ),
    "LAYOUT_005": Message(
        "正文 {total} 段中有 {count} 段用{found}；公文正文应为仿宋。请改字体",
        "{count} of {total} paragraphs of the body are set in {found}; expected 仿宋. Change the font",
    ),
    "LAYOUT_006": Message(
        "正文 {total} 段中有 {count} 段是{found}；公文正文应为三号（16 磅）。请改字号",
        "{count} of {total} paragraphs of the body are set in {found}; expected 三号 (16 points). Change the size",
    ),
    "LAYOUT_007": Message(
        "正文 {total} 段中有 {count} 段首行没有缩进两字；公文每个自然段左空二字，回行顶格。请设“首行缩进 2 字符”",
        "{count} of {total} paragraphs of the body do not begin two characters in; expected each first line so and the others flush. Set a first-line indent of 2 characters",
    ),
    "LAYOUT_008": Message(
        "有 {count} 处小标题的字体不合规范，如“{heading}”用{found}，应为{wanted}；公文一级标题用黑体、二级用楷体、三级和四级用仿宋。请改字体",
        "{count} headings are set in other fonts than the standard's: “{heading}” in {found}, expected {wanted}; level one is 黑体, level two 楷体, levels three and four 仿宋. Change the fonts",
    ),
    "LAYOUT_009": Message(
        "正文 {total} 段中有 {count} 段没有按每页 22 行排[[，如固定行距 {found} 磅]]；应为固定行距 28 至 30 磅左右。请在“段落—行距”中设为固定值",
        "{count} of {total} paragraphs of the body are not set at 22 lines a page[[, such as an exact line spacing of {found} points]]; expected exact line spacing of about 28 to 30 points. Set it in the paragraph settings",
    ),
    "LAYOUT_010": Message(
        "没有页码；公文应在页脚用四号宋体数字编页码，左右各放一条一字线，如“— 1 —”。请插入页码",
        "there are no page numbers; expected figures of 14 points in the footer with a dash on either side, as in “— 1 —”. Insert them",
    ),
    "LAYOUT_011": Message(
        "正文大多用{usual}，有 {count} 段用{found}（从“{first}”起），像是从别处粘贴来的；全文正文应用同一种字体。请核对这几段的内容，并统一字体",
        "most of the body is set in {usual}, {count} paragraphs in {found} (from “{first}” on), as if pasted from elsewhere; expected one font throughout. Check what these paragraphs say and set them alike",
    ),
    "LAYOUT_012": Message(
        "正文大多是{usual}，有 {count} 段是{found}（从“{first}”起），像是从别处粘贴来的；全文正文应用同一种字号。请核对这几段的内容，并统一字号",
        "most of the body is set in {usual}, {count} paragraphs in {found} (from “{first}” on), as if pasted from elsewhere; expected one size throughout. Check what these paragraphs say and set them alike",
    ),
}
