"""Numbers with their units: which of them really count something, and what they are worth in the base unit.

Two rules carry the rest. An Arabic number with a unit counts unless something speaks against it; a Chinese one (两座, 三个) only
counts when something concrete stands by it, because reports name and list with the same words (三个方面, 两个维护). What is counted,
and of when and whom it is said, is read in `subjects`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Final

from shuzhi.core.checking.measures import (
    ARABIC_ONLY,
    ARABIC_OR_LONG,
    MeasureClass,
    Measures,
    base_of,
)
from shuzhi.core.checking.numbers import (
    BLANK,
    MAGNITUDES,
    NUMBER,
    NumberToken,
    plain_decimal,
    read_number,
)

ONE: Final = Decimal(1)

# ── the words that decide ─────────────────────────────────────────────────────────────────────────────────────────────

#: Heads of lists and slogans: 三个方面, 四项原则. Never figures, whoever counts them.
_STRUCTURE: Final = re.compile(
    r"(?:方面|层面|维度|角度|层次|阶段|步骤|坚持|带头|维护|确立|意识|自信|必须|字|统一|结合|部分|关键词|转变|聚焦|不摘|不变|不放松|到位(?!率)|一(?:[^一-鿿]|[一-鿿]{0,2}(?:工程|行动|活动|标准|措施|目标)))"
)
#: What a small Chinese number with a general measure word (两个, 三项) must count to be a figure.
_CONCRETE: Final = r"村|镇(?!定)|乡(?!村振兴)|社区|街道|县|组(?!织生活)|屯|户|人(?!民)|队(?!伍建设)|支部|总支|党组织|站|所|点(?!亮)|室|厅|堂|院|园|场|厂|棚|库|房|楼|馆|亭|塔|井|池|渠|坝|桥|路|街|巷|线路|管网|厕|坑|塘|沟|河|库|田|地块|基地|企业|公司|合作社|商户|商铺|超市|店|市场|农场|中心|平台|工厂|车间|车|机|设备|灯|箱|桶|牌|栏|屏|摄像头|探头|牛|羊|猪|鸡|鸭|鹅|蜂|鱼|树|苗|案|事故|火灾|纠纷|警情|信访|线索|团伙|嫌疑|项目|工程(?!建设)|产品|商标|专利|品牌|课题|成果|论文|奖|称号|荣誉|证|班(?!子)|课程?|讲座|培训|会(?!议精神)|比赛|竞赛|演练|演出|电影|晚会|活动|招聘|义诊|宣讲|督查|检查|巡察|巡查|排查|核查|普查|调研|走访|党课|党日|大赛|赛|展会|展览|报告|方案|文件|制度|简报|信息|稿件|报道|视频|音频|书|册|份|材料|台账|档案|问卷|建议|提案|议案|意见|问题|隐患|风险|小区|单位|学校|小学|中学|幼儿园|医院|卫生|学生|老师|教师|干部|党员|群众|居民|农民|贫困|代表|委员|专家|人才|医生|护士|志愿|专干|网格|岗位|孩子|儿童|老人|妇女|车位|床位|座位|品种|同志|功|嘉奖|先进集体|门面|广场|舞台|电站|变电|变压器|光伏|水泵|泵站|水塔|水厂|粪|垃圾|污水|闸|涵|墙|坡|码头|渡口|驿站|民宿|农家乐|景区|景点|茶|果|菜|药|粮|小时"
_CONCRETE_AHEAD: Final = re.compile(rf"[一-鿿A-Za-z0-9“”]{{0,9}}?(?:{_CONCRETE})")
_CONCRETE_BEHIND: Final = re.compile(rf"(?:{_CONCRETE})$")
_ABSTRACT_AHEAD: Final = re.compile(
    r"(?:重点|方面|关键|政策|环节|原则|目标|任务|要求|举措|措施|机制|体系|关系|行动|战役|攻坚|硬仗|文明|理念|思想|能力|抓手|突破|提升|优势|短板|特点|亮点|主题|专题|专项|着力|文章|核心|方向|思路|标准|规定|纪律|责任|清单|全覆盖|确保|不|新|更|大|高|主|字|以上|以内|季度|月|年|星期|小时|阶段|层|转|保障|建设|工作|率先|最|统筹|一|意识|指标|品牌战略|振兴|革命|到底|时代|百年|变|促|强|化|坚|动作|维|角|落|先进|典型|台阶|步|水平|巩固|全面|问题导向)"
)
_DOING: Final = re.compile(
    r"(?:新建|建成|建设|修建|改建|扩建|兴建|筹建|购置|购买|采购|购进|配备|安装|举办|召开|开展|组织|设立|成立|打造|引进|新增|增设|开办|开设|创建|搭建|注册|立案|查处|调处|调解|化解|拆除|维修|维护|聘请|聘用|选派|吸收|举行|建有|设有|修|建|盖|挖|打|打出|架设|铺设|更换|发展|培育|发生|破获|办理|获得?|荣获|争取|投入|补充|培养|选拔|入库|申报|申请|承办|投产|开工|种植|植|只有|仅有|(?<!没)有|配有|设|设置|记|荣立|立|产生|评选|推荐|派驻|派|带)(?:了|起|好|完|有)?$"
)
#: Small Chinese numbers before these count without further ado.
_STRONG: Final = frozenset(
    [
        "亩",
        "公顷",
        "平方米",
        "平方公里",
        "平方千米",
        "公里",
        "千米",
        "吨",
        "公斤",
        "千克",
        "斤",
        "元",
        "户",
        "人",
        "名",
        "座",
        "栋",
        "幢",
        "间",
        "处",
        "所",
        "家",
        "眼",
        "辆",
        "台",
        "盏",
        "人次",
        "场次",
        "次",
        "户次",
        "个百分点",
        "百分点",
        "倍",
        "岁",
        "匹",
        "羽",
        "棵",
        "株",
        "艘",
        "架",
        "工日",
        "个工日",
        "台次",
        "车次",
        "%",
        "件次",
        "平方",
    ]
)
_BUILT: Final = frozenset(
    ["座", "栋", "幢", "间", "所", "处", "辆", "台", "套", "盏", "眼", "口", "艘", "家"]
)
_SCALE_NOUN: Final = re.compile(
    r"[一-鿿]{0,8}(?:基地|园|田|村|镇|乡|示范|工程|项目|企业|场|大县|产业|片区|林|棚区|牧场|集群|长廊|茶|果|方|户|富翁|工厂|大会|党员|行动|干部)"
)
_HOLE_UNSURE: Final = frozenset(["家", "所", "台", "口", "场", "部", "园", "站", "组", "班", "队", "支", "面", "门", "片", "期", "集", "层", "位", "道", "段", "排", "列", "股", "单", "处", "升", "课", "节", "堂", "方", "首", "顶", "箱", "包", "车", "米", "字", "对", "届", "款", "种", "类", "架", "卷", "册", "张", "块", "幅", "本", "把", "分", "度", "克", "村", "乡镇", "镇", "乡", "县", "社区", "街道", "校", "社", "居"])  # fmt: skip
_HOLE_NAME: Final = re.compile(r"^(?:人大|人社|人民|人武|人力|人寿|名胜|条河|户外|户籍)")
_HOLE_NEXT: Final = re.compile(
    r"\s?(?:[，。；、,;）)（(]|$|\n|以上|以下|左右|余|多|[Xx×*\d]|的(?!镇|乡))"
)
_COUNTED_BEFORE: Final = re.compile(
    r"(?:辖|共|共有|有|设|的|覆盖|涉及|涵盖|带动|辐射|包括|全部|等|及|和|、|其余|其他|对|余|剩余|分为|划分为|涉)\s?$"
)
_DURATIONS: Final = frozenset({"天", "小时", "分钟", "个工作日", "工作日", "工时"})
_MEASURING: Final = re.compile(
    r"(?:工期|累计|历时|经过|上年|去年|同期|耗时|用时|共计?|服务|志愿|培训|提前|缩短|减少|压缩|压减|延长|节约|由|从|至|到|达|平均|超过|驻村|住村|人均|不少于|不低于|值守|优良|天数|时长|时间|达标|连续|学习|合计|完成|为|授课|约|按|计)[^，。；]{0,6}$"
)
_NO_DURATION: Final = re.compile(
    r"\s?(?:之?内|以内|后|前|来|以来|值班|值守|在线|不间断|轮流|巡逻|全天|动态|服务|轮值|待命|响应|到达|到场|候|热线|生活圈|便民|制|办结)"
)
_LONG_TIME: Final = re.compile(
    r"\s?(年|个月)(?![一-鿿]?(?:来|以来|内|度|级|底|初|后|前|末|均|终|龄|代|轻|产|货|年)|来|内|后|前)"
)
_TERM: Final = re.compile(
    r"(?:工期|期限|租期|承包期|承包期限|租赁期|年限|刑期|有期徒刑|寿命|贷款期|合同期|合同期限|流转期|流转期限|质保期|保修期|利用|缩短|延长|压缩|党龄|工龄|教龄|驾龄)(?:为|约|至|到|了|超过|达|由|从)?\s?$"
)
_SCORING: Final = re.compile(
    r"(?:得分?|评分|考核|满分|成绩|分数|总分|积分|均分|加|扣|为|达|打|测评|评估|考评|高|低|到|至|兑换)[一-鿿]{0,3}$|[\d.]$"
)
_PASS_MARK: Final = 60
_POWER: Final = re.compile(r"电[一-鿿]{0,10}$|发电|耗|节能")
_VOLUME: Final = re.compile(
    r"(?:土|石|砂|沙|垃圾|库容|水|木材|混凝土|浆砌|砼|淤泥|淤|粪|杂物|建筑|矿|料|量|清运|清理|开挖|回填|挖)[一-鿿]{0,10}$"
)
_AS_PERSONS: Final = re.compile(
    r"人口|群众|游客|党员|学生|居民|农民|职工|干部|人次|人数|参保|就业|劳动力|民众|师生|旅客|观众|客流|移民|人员|老年人|老人|儿童|妇女|农户|用户|人$"
)
_AS_MONEY: Final = re.compile(
    r"资金|投资|投入|补助|补贴|收入|产值|元|款|费|贷|奖|经费|支出|税|出资|捐|销售|额|债|产|价值|增收|创收|收益|利润|盈利|租金|分红|价|造价|薪|工资|赔|罚|注资|红利|出物|雨露|金|节约|节省|筹集|筹|年收|纯收|营收|成本|损失|创汇|预算|欠|存"
)
_AS_NUMBER: Final = re.compile(r"阅读|点击|浏览|播放|粉丝|访问|下载|关注|转发|点赞|曝光|人气|流量")
_AFTER_WORD: Final = re.compile(r"\s?(?:[（(]含[）)])?(以上|以下|以内|左右|上下)")
_JOIN: Final = re.compile(r"\s?(?:[-—–~至到]|——|--|一(?=\d))\s?")
_AND: Final = frozenset({"、", "和", "及", ",", "，", "与"})
_TOGETHER: Final = re.compile(r"(?:分别|依次)[^。；]{0,10}$")
_FROM: Final = re.compile(
    r"(?:由|从|自(?![治然己主动筹身我愿有行发查建救费留]|来水))[^，。；：\d]{0,14}$"
)
_LAST_YEAR: Final = 2100
_HOUSED: Final = frozenset({"号", "栋", "幢", "单元", "室", "层", "楼", "组", "村", "排", "号楼"})
_MEASURED: Final = frozenset({"%", "元", "亩", "米", "吨", "公斤", "个百分点", "百分点", "平方米"})
_LETTERED: Final = re.compile(r"[A-Za-z\d.\-]$")
_FALLING: Final = re.compile(
    r"提|升|增至|达|调|改(?!造)|变|原|扩|发展(?!党员)|低|比例|缩|压|回|降|减|少|落|跌"
)
_FROM_WORD: Final = re.compile(r"[由从自](?![治然己主动筹身我愿有行发查建救费留])")
_CHANGE: Final = re.compile(
    r"[一-鿿]{0,10}?(?:增加|增长|提高|提升|上升|扩大|发展|下降|降低|减少|压缩|缩短|增|升|降|减|上涨|优化|调整|跃升|达|精简|压减|拓展|壮大|变|扩|合并)[一-鿿]{0,4}?(?:到|至|为|成|达)?[一-鿿]{0,6}$|^[一-鿿]{0,4}(?:到|至)[一-鿿]{0,4}$"
)
_SLASH: Final = re.compile(
    r"\s?[/／]\s?(?P<per>[\u4e00-\u9fff]{1,3}|m3|m³|㎡|m2|kg|t|L)(?:[/／·・.](?P<more>年|月|天|日|人|次|季))?"
)
_SLASH_UNITS: Final = frozenset(["亩", "人", "户", "斤", "公斤", "千克", "吨", "年", "月", "天", "日", "头", "只", "平方米", "平米", "个", "次", "棵", "株", "羽", "米", "公里", "千米", "立方米", "座", "间", "台", "辆", "班", "学期", "村", "季", "盏", "度", "套", "件", "位", "名", "张", "床", "小时", "生", "公顷", "口", "车", "篇", "条", "份", "期", "场", "桌", "孔", "单", "人次", "户次", "处", "升", "平方公里"])  # fmt: skip
_SMALL_LATE: Final = frozenset({"起", "位", "门", "片", "道", "面", "组", "队", "层"})
_COMMON: Final = frozenset(
    {"个", "件", "场", "项", "条", "起", "只", "头", "份", "支", "套", "台", "期"}
)
_NO_COUNT_BEFORE: Final = re.compile(
    r"(?:[这那每其某另前后头分为]|做到|坚持|突出|抓好|实现|围绕|以下|如下|下列|落实|把握|把好|聚焦|强化|推进)$"
)
_NEVER_SMALL: Final = frozenset({"批", "类", "种", "轮", "样"})
_ALWAYS_SMALL: Final = frozenset(
    {"亩", "元", "公里", "吨", "斤", "公斤", "平方米", "户", "倍", "个百分点"}
)
_EVENTS: Final = frozenset({"场", "期", "次"})
_STRUCTURED: Final = frozenset({"个", "项", "种", "条", "次"})
_TEAMS: Final = frozenset({"组", "队", "班", "排", "列"})
_TEAM_BEFORE: Final = re.compile(r"(?:辖|共|有|设|置|备|展板|全部|覆盖|涉及|分|成|建)[一-鿿]{0,4}$")
_TEAM_NAME: Final = re.compile(r"[一-鿿]{0,2}(?:村民|道路|长)")
_NOUN_NEXT: Final = re.compile(r"\d+(?:个)?(?:村|社区|镇|乡|组|户|人|居|街道)")
_AFTER_YEAR: Final = re.compile(r"工作|年度|述职|总结|党建")
_HOLE_VILLAGES: Final = re.compile(r"(?:带动|辖|辐射|覆盖|涉及|共|惠及|联动|涵盖)$")
_HOLE_UNDER: Final = re.compile(r"(?:辖|共|下设|共有)$")
_HOLE_LIST: Final = re.compile(r"(?:辖|共|下设)[^，。]{0,10}$")
_HOLE_NOUN: Final = re.compile(
    r"[一-鿿]{0,6}?(?:企业|合作社|公司|单位|商户|农户|光伏|讲座|活动|培训|比赛|冷库|学校|小学|中学|幼儿园|医院|机构|超市)|桥|次"
)
_ORDINAL_BEFORE: Final = re.compile(r"(?:第|(?<!同)(?<!周)期|周|初|百分|星期|同|唯|统|万)$")
_ROUND_BEFORE: Final = re.compile(r"(?:近|上|超|逾|过|约|超过|突破|接近|将近|不足|不到|达)\s?$")
_MONEY_BEFORE: Final = re.compile(r"(?:收入|产值|投资|资金|突破)$")
_PLACE_BEFORE: Final = re.compile(r"[以向晚早路会身网线马街村镇县组户]上$")
_PEOPLE_NEXT: Final = re.compile(r"[党农住群村]")
_SHORTENED: Final = re.compile(r"(?:缩短|压缩|减少|由|从|提前|至|到|服务|累计)[^，。；]{0,4}$")
_CASE_BEHIND: Final = re.compile(r"(?:案件|事故|纠纷|火灾|案)$")
_EACH_BEFORE: Final = re.compile(r"每|同一|一$")
_NOT_BUILT: Final = re.compile(r"[每同第某一]")
_TEAM_OF_PERSONS: Final = re.compile(r"[一-鿿]{0,2}小组|行|成")
_CLAUSE_START: Final = re.compile(f"[，。；：\n{BLANK}]")
_SPREAD_OVER: Final = re.compile(r"(?:共|各|共计|约)$")
_HALF: Final = re.compile(r"半(?![年月天])")
_MINUS: Final = re.compile(r"[一-鿿（(]-$")
_TENTHS: Final = re.compile(
    r"成(?P<half>五|半)?(?P<more>[多余])?(?=[，。；、以的左\s）)（(：:群党农受干人村居学企耕土扩提升降增减至到即是用归给资用老青商民]|$)"
    r"(?!为|立|果|员|功|效|本|长|都|交|熟|年|绩|就|套|型|片|人礼|人教|品|群结|人高)"
)
_TENTHS_BEFORE: Final = re.compile(r"[分组变建完形养]$")
_FRACTION_NEXT: Final = re.compile(r"的|以上|左右|多|强")
_PERSONS_NEXT: Final = re.compile(
    r"(?:多|余)?(?:名)?(?:贫困|农村|常住|户籍|流动|城乡|各族|参保|在校|返乡|务工)?"
    r"(?:人口|群众|游客|党员|学生|居民|农民|职工|干部|劳动力|师生|旅客|人员|老人|儿童)"
)
_OTHER_NEXT: Final = re.compile(
    r"(?!以上|以下|左右|的|用于|和|及|与|至|到|给|由|支|建|为|对)[一-鿿]"
)
_LIST_BREAK: Final = re.compile(r"[，。；\n、]")
_NOT_FORMER: Final = re.compile(r"\s?(?:[年月日号%时点]|周[年岁])")
_DOUBLED: Final = re.compile(
    r"[（(](?:[套羽只头匹尾台次场件辆艘户棵株座处条期班]|[只头羽匹]、[羽只头匹]|人次|户次|场次|批次|车次)[）)](?:次(?![要数年]))?"
)
_SPACES: Final = " \u3000\u00a0"
_LOOK: Final = 16  #: characters looked at before a number
_AHEAD: Final = 14  #: characters looked at behind a unit


# ── amounts ───────────────────────────────────────────────────────────────────────────────────────────────────────────


@dataclass(slots=True)
class Amount:
    """A number with its unit at its place in the clean text."""

    token: NumberToken
    start: int
    end: int
    raw_unit: str  #: as written, 余 left out
    unit: str  #: the unit `value` is in
    factor: Decimal  #: how many of `unit` one written unit is
    value: Decimal | None
    after: int  #: where 以上 and the like end
    number: str
    upper: Decimal | None = None
    per: str = ""
    is_former: bool = False  #: 从3增加到5个: the three, which borrows its unit
    is_rank: bool = False

    @property
    def step(self) -> Decimal:
        """What one of the last digit written is worth."""
        return plain_decimal(self.token.step * self.factor)

    @property
    def is_share(self) -> bool:
        """A rate rather than a count."""
        return self.unit in {"%", "‰", "‱"} or self.token.unit == "1"


@dataclass(frozen=True, slots=True)
class _Place:
    """A number, the measure word behind it, and the words around both."""

    token: NumberToken
    unit: str
    kind: MeasureClass
    before: str
    ahead: str
    joined: str | None  #: the unit of the amount it stands right behind (71户331人)

    @property
    def clause(self) -> str:
        """What stands before the number in its clause."""
        return _CLAUSE_START.split(self.before)[-1]


def read_amounts(plain: str, clean: str, measures: Measures) -> list[Amount]:
    """Every number that counts something, in order, ranges joined into one.

    Args:
        plain: the clean text with names and ordinals blanked (`asides.put_aside`).
        clean: the clean text itself, of the same length.
        measures: the measure words.
    """
    return list(_Reader(plain, clean, measures).read())


def is_year(token: NumberToken) -> bool:
    """Whether a number looks like a year that reports speak of."""
    if len(token.digits) != 4 or not token.digits.isdigit() or token.magnitude:
        return False
    return 1950 <= int(token.digits) <= 2035


def begins_from(text: str, start: int) -> bool:
    """Whether 由, 从 or 自 stands before a number: 由8.2%提高到12%."""
    return _FROM.search(text[max(start - _LOOK, 0) : start]) is not None


def are_listed(text: str, end: int, start: int) -> bool:
    """Whether only 、, 和 or a comma stands between two places."""
    return text[end:start].strip() in _AND


class _Reader:
    """Walks over the numbers of one text from left to right."""

    def __init__(self, plain: str, clean: str, measures: Measures) -> None:
        self.plain, self.clean, self.measures = plain, clean, measures
        self.last: Amount | None = None  #: read, but perhaps the lower end of a range
        self.pending: NumberToken | None = None  #: without a unit; may begin a range
        self.chain: list[
            NumberToken
        ] = []  #: without units; may share the next one's (分别为11、24、35吨)

    def read(self) -> Iterator[Amount]:
        """The amounts in order."""
        at = 0
        for match in NUMBER.finditer(self.plain):
            if match.start() < at:
                continue
            token = read_number(match, self.plain)
            if token is None:
                self.pending, self.chain = None, []
                continue
            at = token.end
            one = self._with_unit(token)
            if one is None:
                self._keep(token)
                continue
            yield from self._take(one)
            at = max(at, one.end)
        if self.last is not None:
            yield self.last

    def _keep(self, token: NumberToken) -> None:
        if self.chain and not are_listed(self.plain, self.chain[-1].end, token.start):
            self.chain = []
        if token.kind == "arabic":
            self.chain.append(token)
        self.pending = token

    def _take(self, one: Amount) -> Iterator[Amount]:
        """Join an amount with what stands before it; give out what can no longer change."""
        for member in self._sharing(one):
            if self.last is not None:
                yield self.last
            self.last, self.pending = member, None
        self.chain = []
        last = self.last
        if last is not None and self._continues(last, one):
            last.upper, last.end, last.after = one.value, one.end, one.after
            last.raw_unit = one.raw_unit  # 30万—50万元
            self.pending = None
            return
        former = self._begin(self.pending, one) if self.pending is not None else None
        for done in (last, former):
            if done is not None:
                yield done
        self.last, self.pending = one, None

    def _sharing(self, one: Amount) -> list[Amount]:
        chain = self.chain
        if not chain or one.value is None or not are_listed(self.plain, chain[-1].end, one.start):
            return []
        if _TOGETHER.search(self.plain[max(chain[0].start - 24, 0) : chain[0].start]) is None:
            return []
        return [_borrowing(member, one) for member in chain]

    def _continues(self, low: Amount, high: Amount) -> bool:
        """63%～68%: both ends with their unit."""
        between = self.plain[low.end : high.start]
        if not between or len(between) > 4 or _JOIN.fullmatch(between) is None:
            return False
        if low.unit != high.unit or low.upper is not None or low.token.kind != high.token.kind:
            return False
        if low.value is not None and high.value is not None and low.value >= high.value:
            return low.value > high.value and self._is_reversed(low.start, between, high)
        return not begins_from(self.plain, low.start)

    def _is_reversed(self, start: int, between: str, high: Amount) -> bool:
        """5—3%, 1.2至0.8亿元: a range written backwards, not a fall (由5%降至3%) and not a line or a room (3-1室)."""
        if high.unit in _HOUSED or (between.strip() == "-" and high.unit not in _MEASURED):
            return False
        if _LETTERED.search(self.plain[max(start - 3, 0) : start]):
            return False
        before = _CLAUSE_START.split(self.plain[max(start - _LOOK, 0) : start])[-1]
        is_spelled = between.strip() in {"至", "到"}
        return not (is_spelled and _FALLING.search(before)) and _FROM_WORD.search(before) is None

    def _begin(self, pending: NumberToken, one: Amount) -> Amount | None:
        """Let a number without unit begin the range that `one` ends (8—10公里), or give it as a former level (从3增加到5个)."""
        between = self.plain[pending.end : one.start]
        if not between or len(between) > 18 or BLANK in between or "。" in between:
            return None
        if pending.kind == "chinese" and one.token.kind != "chinese":
            return None
        comes_from = begins_from(self.plain, pending.start)
        lower = _borrowing(pending, one)
        if _JOIN.fullmatch(between) is not None and not comes_from:
            if lower.value is None and one.value is None:
                one.start, one.number = pending.start, self.plain[pending.start : one.token.end]
            elif self._is_range(pending, between, lower, one):
                one.upper, one.value, one.start = one.value, lower.value, pending.start
            return None
        is_former = comes_from and _CHANGE.search(between) and _NOT_FORMER.match(between) is None
        is_known = lower.value is not None and one.value is not None
        if is_former and is_known and pending.kind == "arabic" and not is_year(pending):
            lower.is_former = True
            return lower
        return None

    def _is_range(self, pending: NumberToken, between: str, low: Amount, high: Amount) -> bool:
        if low.value is None or high.value is None or low.value == high.value:
            return False
        if low.value < high.value:
            return not (is_year(pending) and high.value < _LAST_YEAR)
        return not is_year(pending) and self._is_reversed(pending.start, between, high)

    # ── one number ────────────────────────────────────────────────────────────────────────────────────────────────────

    def _with_unit(self, token: NumberToken) -> Amount | None:
        """The number with the unit behind it, when together they count something."""
        plain = self.plain
        before = plain[max(token.start - _LOOK, 0) : token.start]
        if token.unit:  # 百分之八十, 三分之二
            unit = "" if token.unit == "1" else token.unit
            return self._made(token, token.end, unit)
        if token.kind == "arabic" and "/" in token.digits:
            is_part = _FRACTION_NEXT.match(plain, token.end) is not None
            return (
                self._made(token, token.end, "") if is_part and not before.endswith(BLANK) else None
            )
        if token.kind == "chinese":
            tenths = self._read_tenths(token, before)
            if tenths is not None:
                return tenths
        found = self.measures.pattern.match(plain, self._unit_place(token))
        if found is None:
            return self._without_measure(token, before)
        unit, end = found[0], found.end()
        doubled = _DOUBLED.match(plain, end) if token.kind == "arabic" else None
        if doubled is not None:  # 396.8万头（羽）次
            unit, end = unit + doubled[0], doubled.end()
        place = _Place(
            token=token,
            unit=unit,
            kind=self.measures.classes[found[0]],
            before=before,
            ahead=plain[end : end + _AHEAD],
            joined=self.last.unit
            if self.last is not None and self.last.end == token.start
            else None,
        )
        if _is_structure(place) or not _is_measured(place):
            return None
        if self.last is not None and place.joined == "元" and token.digits == "一":
            self.last.per = self.last.per or unit  # 6元一公斤
            return None
        counts = {"arabic": _arabic_counts, "chinese": _chinese_counts, "placeholder": _hole_counts}
        return self._made(token, end, unit) if counts[token.kind](place) else None

    def _unit_place(self, token: NumberToken) -> int:
        """Behind the spaces after a number; behind a line break too where a line of a printed page was full."""
        plain, position = self.plain, token.end
        while position - token.end < 3 and plain.startswith(tuple(_SPACES), position):
            position += 1
        if token.kind == "arabic" and plain.startswith("\n", position):
            line = plain[max(token.start - 15, 0) : token.start]
            if len(line) == 15 and "\n" not in line and not line.isspace():
                position += 1
                while plain.startswith(tuple(_SPACES), position):
                    position += 1
        return position

    def _made(self, token: NumberToken, end: int, written: str) -> Amount:
        """The amount of a number and the unit that ends at `end`."""
        plain = self.plain
        unit, factor = base_of(written)
        raw, per, value = written, "", token.value
        if token.kind == "chinese" and value is not None and written and _HALF.match(plain, end):
            value, end = value + Decimal("0.5"), end + 1
        slash = _SLASH.match(plain, end) if written else None
        if slash is not None:
            per, until = _read_per(slash)
            raw += plain[end:until]
            end = until
        start = token.start
        is_signed = unit in {"%", "百分点", "℃"} and _MINUS.search(plain[max(start - 2, 0) : start])
        if value is not None and is_signed:
            start, value = start - 1, -value
        after = _AFTER_WORD.match(plain, end)
        return Amount(
            token=token,
            start=start,
            end=end,
            raw_unit=token.magnitude + raw,
            unit=unit,
            factor=factor,
            value=None if value is None else plain_decimal(value * factor),
            after=after.end() if after else end,
            number=token.digits,
            upper=None if token.upper is None else plain_decimal(token.upper * factor),
            per=per,
        )

    def _read_tenths(self, token: NumberToken, before: str) -> Amount | None:
        """六成, 八成五, 近九成: tenths, that is tens of per cent."""
        found = _TENTHS.match(self.plain, token.end)
        if found is None or token.value is None or not 1 <= token.value <= 10 or token.inner:
            return None
        if _TENTHS_BEFORE.search(before):  # 分三成, 变成 are no tenths
            return None
        more = 5 if found["half"] else 0
        tenths = replace(
            token,
            value=token.value * 10 + more,
            upper=None if token.upper is None else token.upper * 10,
            step=Decimal(5 if found["half"] else 10),
        )
        if found["more"]:  # 五成多
            tenths = replace(tenths, inner=found["more"])
        made = self._made(tenths, found.end(), "")
        made.raw_unit, made.unit = "成", "%"
        return made

    def _without_measure(self, token: NumberToken, before: str) -> Amount | None:
        """承包期30年; 4.5万, 补贴2.3亿: a magnitude with nothing behind it is money, unless it stands by persons or clicks."""
        term = _LONG_TIME.match(self.plain, token.end)
        if term is not None and not token.is_small and _TERM.search(before) and not is_year(token):
            return self._made(token, term.end(), term[1])
        if token.magnitude[-1:] not in {"万", "亿"} or token.is_bare:
            return None
        following = self.plain[token.end : token.end + 8]
        words = _LIST_BREAK.split(self.clean[max(token.start - 14, 0) : token.start])[-1]
        is_money = _AS_MONEY.search(words) is not None
        unit = "元"
        if _AS_NUMBER.search(words):
            unit = ""
        elif _PERSONS_NEXT.match(following):
            unit = "人"
        elif _OTHER_NEXT.match(following) and not is_money:
            unit = ""
        elif _AS_PERSONS.search(words) and not is_money:
            unit = "人"
        if token.kind == "placeholder" and unit != "元":
            return None
        made = self._made(token, token.end, "")
        made.unit = unit
        return made


def _borrowing(member: NumberToken, one: Amount) -> Amount:
    """A number that leaves its unit, and 万 with it where that fits, to the amount behind it."""
    token = member
    if member.value is not None and not member.magnitude and one.token.value is not None:
        scale = MAGNITUDES.get(one.token.magnitude, ONE)
        if member.value * scale <= one.token.value * 10:  # 8000至1万元 is no 8000万
            token = replace(member, value=member.value * scale, step=member.step * scale)
    value = None if token.value is None else plain_decimal(token.value * one.factor)
    return Amount(
        token=token,
        start=member.start,
        end=member.end,
        raw_unit=one.raw_unit,
        unit=one.unit,
        factor=one.factor,
        value=value,
        after=member.end,
        number=member.digits,
    )


def _read_per(slash: re.Match[str]) -> tuple[str, int]:
    """What an amount is counted by after a slash (元/亩, 元/人·月), and where that ends."""
    written, more = slash["per"], slash["more"]
    per = written
    while per and per not in _SLASH_UNITS and not per.isascii():
        per = per[:-1]
    if not per:
        return "", slash.start()
    if per == written and more:
        return f"{per}·{more}", slash.end()
    return per, slash.start("per") + len(per)


# ── does it count? ────────────────────────────────────────────────────────────────────────────────────────────────────


def _is_structure(place: _Place) -> bool:
    """三个方面, 5个100%; 30万吨级: the parts of a slogan, the class of a thing."""
    if place.ahead.startswith("级") and not place.ahead.startswith("级以"):
        return True
    return place.unit in _STRUCTURED and _STRUCTURE.match(place.ahead) is not None


def _is_measured(place: _Place) -> bool:
    """Whether units that mean other things as well (天, 分, 度, 方, 字) are meant as units here."""
    token, unit, before = place.token, place.unit, place.before
    if unit in _DURATIONS:
        if _MEASURING.search(before) is None:
            return False
        is_limit = _NO_DURATION.match(place.ahead) is not None and token.kind != "placeholder"
        return not is_limit or _SHORTENED.search(before) is not None
    match unit:
        case "分":
            is_class = _AFTER_WORD.match(place.ahead) is not None and _is_mark(token)
            scored = is_class or _SCORING.search(before) is not None or "." in token.digits
            return token.kind == "arabic" and scored
        case "度":
            return _POWER.search(before) is not None or (token.magnitude == "万" and "电" in before)
        case "方":
            return _VOLUME.search(before) is not None or token.magnitude != ""
        case "字":
            return token.value is not None and token.value >= 100
        case "克" | "升":
            return token.kind == "arabic"
    return True


def _is_mark(token: NumberToken) -> bool:
    """600分以上: a mark in an examination rather than a short time."""
    return token.value is not None and token.value >= _PASS_MARK


def _arabic_counts(place: _Place) -> bool:
    """An Arabic number counts unless it is a village's or a group's name, or a year without 年."""
    token, unit = place.token, place.unit
    if place.kind == "noun":
        is_listed = place.joined is not None or _NOUN_NEXT.match(place.ahead) is not None
        return is_listed or (
            _COUNTED_BEFORE.search(place.before) is not None and not is_year(token)
        )
    if unit in _TEAMS:
        is_set_up = _TEAM_BEFORE.search(place.before) is not None
        return place.joined is not None or (is_set_up and _TEAM_NAME.match(place.ahead) is None)
    if is_year(token):  # 2023个人述职, 2023次年度考核
        return not (unit == "个" and place.ahead.startswith("人")) and not _AFTER_YEAR.match(
            place.ahead
        )
    return True


def _hole_counts(place: _Place) -> bool:
    """Whether XX with a unit stands for a number (XX户) and not for a name (XX村, XX家园)."""
    token, unit, before, ahead = place.token, place.unit, place.before, place.ahead
    if _HOLE_NAME.match(unit + ahead):
        return False
    if token.digits[0] in "（(" and not before.strip():
        return False
    if token.digits[0] == "*" and before[-1:].isdigit():
        return False
    if unit == "村":
        return len(token.digits) == 1 and _HOLE_VILLAGES.search(before) is not None
    if place.kind == "noun" or unit == "组":
        if _HOLE_UNDER.search(before):
            return True
        return _HOLE_NEXT.match(ahead) is not None and _HOLE_LIST.search(before) is not None
    if unit in _HOLE_UNSURE and not token.magnitude:
        return _HOLE_NEXT.match(ahead) is not None or _HOLE_NOUN.match(ahead) is not None
    return True


def _chinese_counts(place: _Place) -> bool:
    """Whether a Chinese number with a measure word really counts: 两座冷库 does, 三个方面 does not."""
    token, unit = place.token, place.unit
    if place.kind == "noun" or _ORDINAL_BEFORE.search(place.before):
        return False
    digits = token.digits
    if digits == "几" or (digits == "二" and unit not in {"亩", "元", "户", "人"}):
        return False
    if token.is_bare:
        return unit not in {"天", "分"} if token.inner else _bare_counts(place)
    if token.is_small:
        return _small_counts(place)
    is_rough = bool(token.inner) or token.is_vague
    if unit in ARABIC_ONLY and unit not in ARABIC_OR_LONG:
        return False
    if unit in {"条", "项", "个"} and not is_rough and _ABSTRACT_AHEAD.match(place.ahead):
        return False
    is_teen = len(digits) == 2 and digits[0] == "十" and not is_rough
    if is_teen and unit in {"条", "项", "类", "种"} and not _ends(place.ahead):
        return _CONCRETE_AHEAD.match(place.ahead) is not None
    return True


def _bare_counts(place: _Place) -> bool:
    """近百户, 上千万元 count; 万亩基地 and 网上百家 do not."""
    unit, before = place.unit, place.before
    is_round = _ROUND_BEFORE.search(before) is not None
    if not is_round and not (unit == "元" and _MONEY_BEFORE.search(before)):
        return False
    if unit in {"天", "分"} or _PLACE_BEFORE.search(before):
        return False
    if _SCALE_NOUN.match(place.ahead) is None:
        return True
    return unit in {"户", "名", "人"} and _PEOPLE_NEXT.match(place.ahead) is not None


def _small_counts(place: _Place) -> bool:
    """一, 两, 三 … 十 with a measure word: by what stands around them."""
    token, unit, ahead = place.token, place.unit, place.ahead
    if place.joined is not None and unit in _STRONG:
        return True
    is_one = token.digits == "一"
    if len(unit) == 2 and unit.endswith("次") and not is_one and _ends(ahead):  # 家访三家次
        return True
    if unit == "个" and not is_one and _HALF.match(ahead):
        return True
    clause = place.clause
    if _ends(ahead) and (unit not in ARABIC_ONLY or unit in _SMALL_LATE):
        behind = _SPREAD_OVER.sub("", clause)
        if _CONCRETE_BEHIND.search(behind) and not _EACH_BEFORE.search(clause):
            if is_one and unit == "起":
                return _CASE_BEHIND.search(behind) is not None
            return not is_one or unit not in _SMALL_LATE | {"批"}
        if is_one and unit in _BUILT and len(behind) >= 4 and not _NOT_BUILT.search(clause):
            return True
        is_common = unit in _STRONG or unit in _COMMON
        is_heading = ahead.startswith(("：", ":"))  # 主要有三条：
        if (
            not is_one
            and is_common
            and not is_heading
            and len(clause) >= 2
            and not _NO_COUNT_BEFORE.search(clause)
        ):
            return True
    if unit in _NEVER_SMALL:
        return False
    is_concrete = _CONCRETE_AHEAD.match(ahead) is not None
    is_abstract = _ABSTRACT_AHEAD.match(ahead) is not None
    if unit in _EVENTS and not is_one:  # 六场专题座谈会
        return is_concrete
    if is_one:
        doing = _DOING.search(clause)
        if doing is None or "每" in clause or "一" in clause:
            return False
        if unit == "套" or (unit == "次" and doing[0].startswith("有")):  # 一套制度, 有一次
            return False
    if unit in ARABIC_ONLY:
        return unit in {"起", "位", "节", "课", "门"} and is_concrete and not is_abstract
    if unit in _STRONG and not is_one:
        if unit in {"人", "名"} and _TEAM_OF_PERSONS.match(ahead):
            return False
        return unit in _ALWAYS_SMALL or is_concrete or not is_abstract
    return is_concrete and not is_abstract


def _ends(ahead: str) -> bool:
    """Whether what is counted stands before the number (文化广场一个，)."""
    return not ahead or ahead[0] in "，。；、,;）)（(：:\n和及与+＋" + BLANK or ahead[0].isdigit()
