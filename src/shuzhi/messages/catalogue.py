"""Sentences about definitions: what is wrong in a YAML file, and the words of the `catalogue` commands.

Codes 001 to 029 are about reading a file, 030 to 059 about definitions fitting together, 060 to 069 are advice,
070 to 089 are about the definitions' own test cases, 090 to 099 about word lists and programmes. Report templates have sentences of their own (REPORT_…).
"""

from __future__ import annotations

from shuzhi.messages.message import Message

MESSAGES: dict[str, Message] = {
    "CATALOGUE_001": Message(
        zh="没有找到文件夹“{file}”；应为存放定义的文件夹（内有 ledgers、indicators 等）。请核对路径",
        en="the folder “{file}” was not found; expected a folder of definitions (with ledgers, indicators, …). Check the path",
    ),
    "CATALOGUE_002": Message(
        zh="这一行起的文字不是 UTF-8 编码；定义文件应为 UTF-8。请在编辑器中“另存为”UTF-8",
        en="from this line on the text is not UTF-8; definition files must be UTF-8. Save the file as UTF-8 in your editor",
    ),
    "CATALOGUE_003": Message(
        zh="这里不符合 YAML 写法（{detail}）；应为“键: 值”，用空格缩进。请检查缩进、冒号后的空格和成对的引号、括号",
        en="this is not valid YAML ({detail}); expected “key: value” indented with spaces. Check indentation, the space after colons, and paired quotes and brackets",
    ),
    "CATALOGUE_004": Message(
        zh="键“{key}”写了两次（第一次在第 {first} 行）；每个键只能写一次。请删去其中一个",
        en="the key “{key}” is written twice (first on line {first}); each key may be written once. Remove one of them",
    ),
    "CATALOGUE_005": Message(
        zh="用了 YAML 的锚点或别名“{name}”；定义中应逐字写全，谁读都一样。请把内容直接写在这里",
        en="found the YAML anchor or alias “{name}”; definitions are written out in full so that everybody reads the same. Write the content here",
    ),
    "CATALOGUE_006": Message(
        zh="用了 YAML 标签“{tag}”；定义中不用标签，类型由键决定。请删去标签",
        en="found the YAML tag “{tag}”; definitions use no tags, the key decides the type. Remove the tag",
    ),
    "CATALOGUE_007": Message(
        zh="用了 YAML 的合并键“<<”；定义中应逐键写全。请把要合并的键直接写在这里",
        en="found the YAML merge key “<<”; definitions are written out key by key. Write the merged keys here",
    ),
    "CATALOGUE_008": Message(
        zh="嵌套超过 {limit} 层；定义不需要这么深。请检查括号是否成对、缩进是否逐行加深",
        en="nested deeper than {limit} levels; no definition needs that. Check brackets and growing indentation",
    ),
    "CATALOGUE_009": Message(
        zh="文件“{file}”以 .yml 结尾，不会被读取；应以 .yaml 结尾。请改文件名",
        en="the file “{file}” ends in .yml and would not be read; expected .yaml. Rename the file",
    ),
    "CATALOGUE_010": Message(
        zh="键的位置读到“{found}”，应为一个词。请把键写成单个词，后跟冒号和空格",
        en="found “{found}” where a key should be; expected one word. Write the key as a single word followed by a colon and a space",
    ),
    "CATALOGUE_011": Message(
        zh="不认识的键“{key}”；此处应为“{similar}”之类的已定义的键。是否想写“{similar}”？请改正或删去",
        en="unknown key “{key}”; expected a defined key such as “{similar}”. Did you mean “{similar}”? Correct or remove it",
    ),
    "CATALOGUE_012": Message(
        zh="缺少必填的“{key}”；应在这里写明，且不能为空。请补上“{key}: …”",
        en="the required “{key}” is missing; it must be given here and not be empty. Add “{key}: …”",
    ),
    "CATALOGUE_013": Message(
        zh="读到“{found}”，应为单个文字或数。请改写成一个值，含特殊符号时加引号",
        en="found “{found}”, expected a single text or number. Write one value, quoted when it holds special characters",
    ),
    "CATALOGUE_014": Message(
        zh="读到“{found}”，应为数（如 0.5、-3）。请只写半角数字、小数点和负号",
        en="found “{found}”, expected a number (such as 0.5 or -3). Write plain digits, a point and a minus sign only",
    ),
    "CATALOGUE_015": Message(
        zh="读到“{found}”，应为整数。请只写半角数字",
        en="found “{found}”, expected a whole number. Write plain digits only",
    ),
    "CATALOGUE_016": Message(
        zh="读到“{found}”，应为 true（是）或 false（否）。请改为其中之一",
        en="found “{found}”, expected true or false. Write one of them",
    ),
    "CATALOGUE_017": Message(
        zh="读到“{found}”，应为一个列表。请每项一行、以“- ”开头，或写成 [甲, 乙]",
        en="found “{found}”, expected a list. Put each item on a line starting with “- ”, or write [a, b]",
    ),
    "CATALOGUE_018": Message(
        zh="读到“{found}”，应为一组键值；可用的键：{allowed}。请改写成“键: 值”",
        en="found “{found}”, expected a group of keys; possible keys: {allowed}. Write “key: value” lines",
    ),
    "CATALOGUE_019": Message(
        zh="key 写的是“{key}”；应为小写英文字母开头，只含小写字母、数字和下划线，且不是公式中的保留词（如 in、not）。请改名",
        en="the key is “{key}”; expected lower-case letters, digits and underscores, starting with a letter, and no word reserved in expressions (in, not, …). Rename it",
    ),
    "CATALOGUE_020": Message(
        zh="“{key}”已在 {file} 第 {first} 行定义过；同一文件夹中每个 key 只能定义一次。请改名或删去其中一个",
        en="“{key}” is already defined in {file} line {first}; within one folder each key may be defined once. Rename or remove one of them",
    ),
    "CATALOGUE_021": Message(
        zh="不认识的键“{key}”；此处可用的键：{allowed}。请改正或删去",
        en="unknown key “{key}”; possible keys here: {allowed}. Correct or remove it",
    ),
    "CATALOGUE_022": Message(
        zh="读到“{found}”，应为以下之一：{allowed}。请改为其中之一",
        en="found “{found}”, expected one of: {allowed}. Use one of them",
    ),
    "CATALOGUE_023": Message(
        zh="读到“{found}”，应为以下之一：{allowed}。是否想写“{similar}”？请改正",
        en="found “{found}”, expected one of: {allowed}. Did you mean “{similar}”? Correct it",
    ),
    "CATALOGUE_024": Message(
        zh="列表中有一项是空的；每一项都应有内容。请填写或删去这一项",
        en="an item of the list is empty; each item must hold something. Fill it in or remove it",
    ),
    "CATALOGUE_025": Message(
        zh="“{found}”不是定义的存放位置，不会被读取；应放在：{allowed}。是否想写“{similar}”？请移动或改名",
        en="“{found}” is no place for definitions and would not be read; expected: {allowed}. Did you mean “{similar}”? Move or rename it",
    ),
    "CATALOGUE_026": Message(
        zh="文件打不开（{detail}）；应为可读取的文件。请检查文件权限",
        en="the file cannot be opened ({detail}); expected a readable file. Check its permissions",
    ),
    "CATALOGUE_027": Message(
        zh="文件有 {size} 字节，超过 {limit} 字节；定义文件不应这么大。请检查是否放错了文件，或拆成几个",
        en="the file has {size} bytes, more than {limit}; definitions are not that large. Check whether it is the right file, or split it",
    ),
    "CATALOGUE_028": Message(
        zh="读到“{found}”，应为以 units: 开头的计量单位列表。请写成“units:”，下面每个单位一项",
        en="found “{found}”, expected a list of units under `units:`. Write “units:” with one item for each unit",
    ),
    "CATALOGUE_029": Message(
        zh="“{key}”被读成了一个键；花括号内的文字含有逗号、冒号时应加引号。请把整个式子用双引号括起来",
        en="“{key}” was read as a key; inside braces a text holding a comma or colon must be quoted. Put the whole expression in double quotes",
    ),
    "CATALOGUE_030": Message(
        zh="没有名为“{name}”的台账；应为已定义台账的 key，相近的有：{similar}。请改正或先定义该台账",
        en="there is no ledger “{name}”; expected the key of a defined ledger, the nearest are: {similar}. Correct it or define the ledger first",
    ),
    "CATALOGUE_031": Message(
        zh="台账“{ledger}”没有字段“{name}”；应为该台账字段的 key，相近的有：{similar}。请改正或先加上该字段",
        en="the ledger “{ledger}” has no field “{name}”; expected the key of one of its fields, the nearest are: {similar}. Correct it or add the field first",
    ),
    "CATALOGUE_032": Message(
        zh="字段“{name}”的类型是 {found}，此处应为 {expected} 类型的字段。请换一个字段或改正其类型",
        en="the field “{name}” is of type {found}, expected a field of type {expected} here. Use another field or correct its type",
    ),
    "CATALOGUE_033": Message(
        zh="没有计量单位“{name}”；应为 units.yaml 中的单位，相近的有：{similar}。请改正或在 units.yaml 中添加",
        en="there is no unit “{name}”; expected a unit of units.yaml, the nearest are: {similar}. Correct it or add it to units.yaml",
    ),
    "CATALOGUE_034": Message(
        zh="没有名为“{name}”的指标；应为已定义指标的 key，相近的有：{similar}。请改正或先定义该指标",
        en="there is no indicator “{name}”; expected the key of a defined indicator, the nearest are: {similar}. Correct it or define the indicator first",
    ),
    "CATALOGUE_035": Message(
        zh="“{expression}”中的“{name}”不存在；应为这里可用的字段，相近的有：{similar}。请改正",
        en="“{name}” in “{expression}” does not exist; expected a field that can be used here, the nearest are: {similar}. Correct it",
    ),
    "CATALOGUE_036": Message(
        zh="“{expression}”用了函数“{function}”，它只能用于派生指标；逐行计算的式子只能用字段和逐行函数。请改写",
        en="“{expression}” calls “{function}”, which is for derived indicators only; an expression over a row may use fields and row functions. Rewrite it",
    ),
    "CATALOGUE_038": Message(
        zh="“{name}”的单位是“{found}”，应为可换算成“{expected}”的单位。请改用同类单位，或改正其中之一",
        en="“{name}” is in “{found}”, expected a unit that converts to “{expected}”. Use units of one kind, or correct one of them",
    ),
    "CATALOGUE_039": Message(
        zh="派生指标循环引用：{chain}；派生指标不能直接或间接地算到自己。请断开其中一环",
        en="derived indicators refer to each other in a circle: {chain}; none may depend on itself. Break one link",
    ),
    "CATALOGUE_040": Message(
        zh="计算字段循环引用：{chain}；计算字段不能直接或间接地算到自己。请断开其中一环",
        en="computed fields refer to each other in a circle: {chain}; none may depend on itself. Break one link",
    ),
    "CATALOGUE_041": Message(
        zh="字段“{name}”与“{found}”比较，而它的选项只有：{options}。请改为其中之一，或在字段中加上该选项",
        en="the field “{name}” is compared with “{found}”, but its options are: {options}. Use one of them, or add the option to the field",
    ),
    "CATALOGUE_042": Message(
        zh="没有名为“{name}”的参数；应为已定义参数的 key，相近的有：{similar}。请改正或先定义该参数",
        en="there is no parameter “{name}”; expected the key of a defined parameter, the nearest are: {similar}. Correct it or define the parameter first",
    ),
    "CATALOGUE_043": Message(
        zh="读到层级“{found}”，应为以下之一：{allowed}。请改正",
        en="found the level “{found}”, expected one of: {allowed}. Correct it",
    ),
    "CATALOGUE_046": Message(
        zh="写了“{property}”，而“{case}”时不用它。请删去“{property}”，或改正“{case}”",
        en="“{property}” is given, but it is not used with “{case}”. Remove “{property}”, or correct “{case}”",
    ),
    "CATALOGUE_047": Message(
        zh="“{name}”写了两次；同一列表中应各不相同。请改名或删去其中一个",
        en="“{name}” is written twice; within one list each must differ. Rename or remove one of them",
    ),
    "CATALOGUE_048": Message(
        zh="“{case}”时应写明“{property}”，这里没有。请补上“{property}: …”",
        en="“{case}” needs “{property}”, which is missing here. Add “{property}: …”",
    ),
    "CATALOGUE_049": Message(
        zh="最小值 {min} 大于最大值 {max}；应为最小值不超过最大值。请改正其中之一",
        en="the minimum {min} is above the maximum {max}; expected the minimum not to exceed the maximum. Correct one of them",
    ),
    "CATALOGUE_050": Message(
        zh="表头“{name}”同时指字段“{other}”和“{field}”；一个表头只能指一个字段，否则导入会填错列。请改其中一个的标题或别名",
        en="the header “{name}” means both the field “{other}” and “{field}”; a header may mean one field only, or an import would fill the wrong column. Change the title or synonym of one",
    ),
    "CATALOGUE_051": Message(
        zh="函数“{function}”的参数不对；应为 last_year(指标)、parameter('参数')、count_units('village', 条件) 这样的写法。请改正",
        en="wrong arguments of “{function}”; expected last_year(indicator), parameter('key') or count_units('village', condition). Correct it",
    ),
    "CATALOGUE_052": Message(
        zh="nature 写的是“{nature}”，与 value“{value}”不符；sum、count、distinct、sum_distinct 用 stock 或 flow，其他算式用 derived。请改正其中之一",
        en="the nature “{nature}” does not fit the value “{value}”; sum, count, distinct and sum_distinct go with stock or flow, other expressions with derived. Correct one of them",
    ),
    "CATALOGUE_053": Message(
        zh="sum_distinct 所加的指标“{name}”没有写 by；应为按对象分别保存的指标。请在该指标中写明 by",
        en="the indicator “{name}” summed by sum_distinct has no `by`; expected one that is also kept per subject. Give it a `by`",
    ),
    "CATALOGUE_054": Message(
        zh="sum_distinct 所加的指标“{name}”按台账“{found}”的对象保存，应为台账“{expected}”的对象。请换一个指标或字段",
        en="the indicator “{name}” summed by sum_distinct is kept per subject of the ledger “{found}”, expected the ledger “{expected}”. Use another indicator or field",
    ),
    "CATALOGUE_055": Message(
        zh="关系“{kind}”有 {found} 个 parts，应为 {expected} 个。请增减 parts",
        en="the relation “{kind}” has {found} parts, expected {expected}. Add or remove parts",
    ),
    "CATALOGUE_056": Message(
        zh="指标“{name}”是派生指标，不能按台账字段分解；应为直接取自台账的指标。请换一个指标",
        en="the indicator “{name}” is derived and cannot be broken down by a field; expected one that reads a ledger. Use another indicator",
    ),
    "CATALOGUE_057": Message(
        zh="读到“{found}”，应为日期（如 2023-01-01；口径的生效日期也可写到月或年）。请改正",
        en="found “{found}”, expected a date (such as 2023-01-01; a basis may also give a month or year). Correct it",
    ),
    "CATALOGUE_058": Message(
        zh="读到“{found}”，而前一个值从 {previous} 起；应按日期先后排列，最新的在最后。请调整顺序",
        en="found “{found}” after a value in force from {previous}; values are listed by date, newest last. Put them in order",
    ),
    "CATALOGUE_060": Message(
        zh="“{name}”没有英文名称；应有中英文两种。请补上 en",
        en="“{name}” has no English title; both languages are expected. Add `en`",
    ),
    "CATALOGUE_061": Message(
        zh="“{name}”没有写依据；应有文件、条款和日期。请补上 basis",
        en="“{name}” gives no basis; document, article and date are expected. Add `basis`",
    ),
    "CATALOGUE_062": Message(
        zh="指标“{name}”没有用例；应在旁边的 .cases.yaml 中写出已知数据和应得的数。请补上用例",
        en="the indicator “{name}” has no cases; a .cases.yaml beside it should give known rows and the figures they make. Add a case",
    ),
    "CATALOGUE_063": Message(
        zh="“{name}”是个人信息而没有标明；应写 personal: personal 或 sensitive。请补上",
        en="“{name}” is personal data but not marked; expected personal: personal or sensitive. Add it",
    ),
    "CATALOGUE_064": Message(
        zh="名称“{name}”也用于“{other}”；名称应能区分。请改其中一个的标题或别名",
        en="the name “{name}” is also used by “{other}”; names should tell definitions apart. Change the title or synonym of one",
    ),
    "CATALOGUE_065": Message(
        zh="这些字段没有英文名称：{fields}；应有中英文两种。请补上 en",
        en="these fields have no English title: {fields}; both languages are expected. Add `en`",
    ),
    "CATALOGUE_070": Message(
        zh="given 不是表格；应为以“|”分列的表，第一行是表头。请按“| 单位 | 日期 | … |”书写",
        en="`given` is no table; expected columns parted by “|”, the first row holding the headers. Write “| 单位 | 日期 | … |”",
    ),
    "CATALOGUE_071": Message(
        zh="表格第 {row} 行有 {found} 格，表头有 {expected} 格。请补齐或删去多余的格",
        en="row {row} of the table has {found} cells, the header has {expected}. Add or remove cells",
    ),
    "CATALOGUE_072": Message(
        zh="表头“{name}”不是台账“{ledger}”的字段；应为字段标题、别名、key，或 单位、日期、户、状态，相近的有：{similar}。请改正",
        en="the header “{name}” is no field of the ledger “{ledger}”; expected a field's title, synonym or key, or 单位, 日期, 户, 状态; the nearest are: {similar}. Correct it",
    ),
    "CATALOGUE_073": Message(
        zh="表格第 {row} 行没有写单位；每一行都应写明单位。请在“单位”列填写",
        en="row {row} of the table names no organisation; each row must. Fill in the column 单位",
    ),
    "CATALOGUE_074": Message(
        zh="状态写的是“{found}”；应为：通过、撤回。请改正",
        en="the state is “{found}”; expected 通过 (approved) or 撤回 (withdrawn). Correct it",
    ),
    "CATALOGUE_075": Message(
        zh="用例没有说明测试哪个指标，文件名“{file}”也不是指标的 key；请写明 indicator",
        en="the case does not say which indicator it tests, and the file name “{file}” is no indicator's key. Give `indicator`",
    ),
    "CATALOGUE_076": Message(
        zh="指标“{name}”是派生指标，given 的表格不知属于哪个台账；应写成“台账 key: 表格”。请改写",
        en="the indicator “{name}” is derived, so the ledger of the table in `given` is not known; expected “ledger key: table”. Rewrite it",
    ),
    "CATALOGUE_077": Message(
        zh='读到“{found}”，应为确切的数（如 "3.5"），不知道时写 null。请改正',
        en='found “{found}”, expected an exact number (such as "3.5"), or null when it is not known. Correct it',
    ),
    "CATALOGUE_078": Message(
        zh="用例“{name}”的 {org} {period} {indicator} 应为 {expected}，算得 {found}。请核对用例或定义",
        en="case “{name}”: {indicator} of {org} in {period} should be {expected}, computed {found}. Check the case or the definition",
    ),
    "CATALOGUE_079": Message(
        zh="用例“{name}”写了两次；同一文件中名称应各不相同。请改名",
        en="the case “{name}” is written twice; names within one file must differ. Rename it",
    ),
    "CATALOGUE_081": Message(
        zh="单位“{name}”在表格和 units 中都没有；应为用例中的单位，相近的有：{similar}。请改正",
        en="the organisation “{name}” is neither in the table nor in `units`; expected one of the case, the nearest are: {similar}. Correct it",
    ),
    "CATALOGUE_080": Message(
        zh="没有 key 为“{key}”的定义；相近的有：{similar}。请用 shuzhi catalogue list 查看全部",
        en="there is no definition “{key}”; the nearest are: {similar}. See all with `shuzhi catalogue list`",
    ),
    "CATALOGUE_090": Message(
        zh="“{text}”的 right 与 text 相同；right 应为改正后的写法。请改正或删去这一条",
        en="`right` of “{text}” equals its `text`; expected the corrected wording. Correct or remove the entry",
    ),
    "CATALOGUE_091": Message(
        zh="“{text}”的“…”在开头、结尾或连写；“…”应夹在两段文字之间。请补上前后的文字或删去“…”",
        en="a “…” of “{text}” stands at the edge or beside another; expected it between two pieces of text. Add the text around it or remove it",
    ),
    "CATALOGUE_092": Message(
        zh="“{text}”的改法“{right}”中“…”多于原文；每个“…”应对应原文中的一个。请删去多余的“…”",
        en="the correction “{right}” of “{text}” has more “…” than the text; each must stand for one of the text's. Remove those too many",
    ),
    "CATALOGUE_093": Message(
        zh="“{text}”的 unless 写了同样的文字，这一条永远不会起作用；unless 应为更长的正确写法。请改正或删去",
        en="`unless` of “{text}” repeats the same words, so that the entry never applies; expected a longer wording that is right. Correct or remove it",
    ),
    "CATALOGUE_094": Message(
        zh="结束日期 {until} 早于开始日期 {since}；应为先开始后结束。请改正其中之一",
        en="it ends on {until}, before it begins on {since}; expected the beginning first. Correct one of them",
    ),
}


#: Words of the `shuzhi catalogue` commands.
LABELS: dict[str, Message] = {
    "all_good": Message(zh="没有发现错误", en="no errors found"),
    "errors": Message(zh="错误 {count} 处", en="{count} errors"),
    "advice": Message(zh="建议 {count} 条", en="{count} pieces of advice"),
    "show_advice": Message(zh="加 --advice 逐条查看", en="add --advice to read them"),
    "loaded": Message(
        zh="台账 {ledgers} · 指标 {indicators} · 关系 {relations} · 参数 {parameters} · 报告 {reports} · 单位 {units} · 词表 {words} · 专项行动 {programmes}",
        en="{ledgers} ledgers · {indicators} indicators · {relations} relations · {parameters} parameters · {reports} reports · {units} units · {words} word lists · {programmes} programmes",
    ),
    "cases_run": Message(
        zh="用例 {count} 项：通过 {passed}，未通过 {failed}",
        en="{count} expectations: {passed} passed, {failed} failed",
    ),
    "unit": Message(zh="单位", en="unit"),
    "ledger": Message(zh="台账", en="ledger"),
    "indicator": Message(zh="指标", en="indicator"),
    "relation": Message(zh="关系", en="relation"),
    "parameter": Message(zh="参数", en="parameter"),
    "report": Message(zh="报告", en="report"),
    "wordlist": Message(zh="词表", en="word list"),
    "programme": Message(zh="专项行动", en="programme"),
    "kind": Message(zh="种类", en="kind"),
    "key": Message(zh="key", en="key"),
    "title": Message(zh="名称", en="title"),
    "area": Message(zh="领域", en="area"),
    "nature": Message(zh="性质", en="nature"),
    "kept_by": Message(zh="由谁记", en="kept by"),
    "date": Message(zh="日期字段", en="date field"),
    "until": Message(zh="终止日期字段", en="until field"),
    "identified_by": Message(zh="识别同一行", en="identified by"),
    "subject": Message(zh="记的是谁", en="subject"),
    "description": Message(zh="说明", en="description"),
    "basis": Message(zh="依据", en="basis"),
    "synonyms": Message(zh="别名", en="synonyms"),
    "value": Message(zh="口径", en="rule"),
    "where": Message(zh="条件", en="where"),
    "at": Message(zh="计入月份", en="month of"),
    "fields": Message(zh="字段", en="fields"),
    "type": Message(zh="类型", en="type"),
    "required": Message(zh="必填", en="required"),
    "details": Message(zh="细则", en="details"),
    "rules": Message(zh="核对规则", en="rules"),
    "used_by": Message(zh="用在哪里", en="used by"),
    "unused": Message(zh="目前没有定义用到它", en="no definition uses it yet"),
    "total": Message(zh="总数", en="total"),
    "parts": Message(zh="部分", en="parts"),
    "factor": Message(zh="标准", en="factor"),
    "by": Message(zh="按", en="by"),
    "values": Message(zh="各时期的值", en="values by date"),
    "level": Message(zh="层级", en="level"),
    "sections": Message(zh="章节", en="sections"),
    "base": Message(zh="基本单位", en="base unit"),
    "file": Message(zh="定义在", en="defined in"),
    "yes": Message(zh="是", en="yes"),
    "computed": Message(zh="自动计算：{text}", en="computed: {text}"),
    "register": Message(
        zh="登记册（一行一直有效，直到修订）", en="register (a row stays current until revised)"
    ),
    "journal": Message(zh="流水（一行是一件事）", en="journal (a row is an event)"),
    "stock": Message(zh="时点数", en="stock"),
    "flow": Message(zh="时期数", en="flow"),
    "derived": Message(zh="派生数（各级按原始数重算）", en="derived (recomputed at every level)"),
    "sum": Message(zh="合计 {text}", en="sum of {text}"),
    "count": Message(zh="{ledger}的行数", en="number of rows of {ledger}"),
    "distinct": Message(zh="不重复的“{field}”个数", en="number of different “{field}”"),
    "sum_distinct": Message(
        zh="不重复的“{field}”的“{indicator}”合计",
        en="sum of “{indicator}” over the different “{field}”",
    ),
    "province": Message(zh="省", en="province"),
    "prefecture": Message(zh="市（州）", en="prefecture"),
    "county": Message(zh="县", en="county"),
    "township": Message(zh="乡镇", en="township"),
    "village": Message(zh="村", en="village"),
    "group": Message(zh="组", en="group"),
    "written": Message(zh="已更新 {count} 个文件", en="{count} files updated"),
}
