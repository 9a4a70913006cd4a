"""Names that cannot belong in this draft: units of somebody else's tree, and campaigns that have ended.

A draft copied from another village keeps its name in one corner; a draft copied from three years ago keeps its campaign. Both are
found from what is known: the office's own tree, the catalogue's programmes with their dates, and the year and name the draft itself
gives. Where nothing is known nothing is said. Placeholders for names are `placeholders`' matter.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from typing import TYPE_CHECKING, Final

import ahocorasick

from shuzhi.core.checking.confusions import part_of_speech
from shuzhi.core.checking.model import Finding, FindingKind, FindingSeverity

if TYPE_CHECKING:
    from shuzhi.core.checking.lexicon import Lexicon
    from shuzhi.core.checking.study import Study
    from shuzhi.core.definitions import ProgrammeDef

KINDS: Final[tuple[FindingKind, ...]] = (
    FindingKind("NAMES_001", "warning", "names"),
    FindingKind("NAMES_002", "warning", "names"),
    FindingKind("NAMES_003", "warning", "names"),
    FindingKind("NAMES_004", "warning", "names"),
)
_SEVERITY: Final[dict[str, FindingSeverity]] = {kind.code: kind.severity for kind in KINDS}

# ── campaigns that have ended ─────────────────────────────────────────────────────────────────────────────────────────

#: The sentence looks back, or speaks of what came of the campaign, so its name is right.
_LOOKS_BACK: Final = re.compile(
    r"以来|期间|时期|成果|战果|成效|胜利|收官|后评估|评估|曾|原有|原建|历史|过去|回顾|经验|教训|精神|过渡期|衔接|巩固|后续|遗留|结束|曾经|当年|"
    r"全部出列|出列|摘帽|退出|已脱贫|脱贫后|易地|资产|验收|档案|荣获|被评为|表彰|荣誉|先进|总结|之后|后时代|转入|转段|转为|升级|阻击战|大考|大战|三年来|五年来|四年来|近年来|多年来|几年来|历届|累计|自从"
)
#: What makes a campaign's name the name of work being done.
_AT_WORK: Final = re.compile(
    r"(?:开展|推进|实施|抓好|抓实|打好|打赢|落实|参与|助力|做好|做实|完成|深化|围绕|紧盯|聚焦|按照|宣传|动员|参加|缴纳|征缴|收缴|走访|慰问|投身|投入|坚持|加强|强化|加大|全力|决战|实现|推动|迎接|配合|会同|联合|协同|协助|主动与|报送|报请|报经|争取|对接|落细|扎实|夯实|统筹)[^，。；！？\n]{0,16}$"
)
#: An office is spoken of as being there wherever its name stands, except as the former one.
_AN_OFFICE: Final = re.compile(
    r"(?:局|办|办公室|委员会|农委|计生委|卫计委|领导小组|指挥部|工作站|服务站|服务所|计生站|专干)$"
)
_FORMER: Final = re.compile(r"(?:原|前|老|旧|[文化和体电广化业村游])[^，。；！？\n]{0,3}$")
_AFTER: Final = re.compile(
    r"^[”’\"]?(?:工作|行动|任务|要求|目标|标准|责任|政策|力度|攻坚|各项|措施)"
)
#: How much of a very long sentence is looked at around a name.
_NEAR: Final = 300
_YEAR: Final = re.compile(r"(20[0-3]\d)(?:年|—|－|-|–|~)")
_TITLE_YEAR: Final = re.compile(r"(20[0-3]\d)年?(?:度|上半年|下半年)?")


@dataclass(frozen=True, slots=True)
class _Campaigns:
    automaton: ahocorasick.Automaton
    has_any: bool


def _campaigns_of(lexicon: Lexicon) -> _Campaigns:
    made = lexicon.derived.get("names")
    if isinstance(made, _Campaigns):
        return made
    automaton = ahocorasick.Automaton()
    count = 0
    for programme in lexicon.programmes:
        if not programme.until:
            continue
        for name in {programme.title.zh, *programme.synonyms}:
            automaton.add_word(name, (name, programme))
            count += 1
    if count:
        automaton.make_automaton()
    made = _Campaigns(automaton, count > 0)
    lexicon.derived["names"] = made
    return made


def year_of(study: Study) -> int | None:
    """The year the draft reports on: as the office says, else as title or lead say, else None."""
    if study.context.year:
        return study.context.year
    text = study.reading.clean
    for node in study.outline:
        if node.kind == "title" and (match := _TITLE_YEAR.search(node.text)):
            return int(match[1])
    head = text[:400]
    if match := _TITLE_YEAR.search(head.split("\n", 1)[0]):
        return int(match[1])
    years = Counter(int(match[1]) for match in _YEAR.finditer(text[:1500]))
    if not years:
        return None
    year, count = years.most_common(1)[0]
    return year if count >= 2 or len(years) == 1 else None


def _stale_campaigns(study: Study) -> Iterator[Finding]:
    year = year_of(study)
    campaigns = _campaigns_of(study.lexicon)
    if year is None or not campaigns.has_any:
        return
    text = study.reading.clean
    best: dict[int, tuple[int, ProgrammeDef]] = {}
    for last, (name, programme) in campaigns.automaton.iter(text):
        start = last - len(name) + 1
        if start not in best or best[start][0] < last + 1:
            best[start] = (last + 1, programme)
    taken = 0
    told: dict[str, int] = {}
    for start, (end, programme) in sorted(best.items()):
        if start < taken or programme.until >= f"{year}":
            continue
        if not _is_current_work(study, start, end, year):
            continue
        taken = end
        told[programme.key] = told.get(programme.key, 0) + 1
        if told[programme.key] > 1:
            continue  # once is enough; the office silences or mends it everywhere
        first, stop = study.reading.back(start, end)
        yield Finding(
            "NAMES_001",
            _SEVERITY["NAMES_001"],
            first,
            stop,
            {
                "found": text[start:end],
                "until": programme.until,
                "year": year,
                "right": programme.successor,
            },
            expected=programme.successor,
        )


def _sentence_around(study: Study, position: int) -> tuple[int, int]:
    """The sentence a character stands in, of a very long one what lies near."""
    first, last = study.reading.sentences[study.reading.sentence_at(position)]
    return max(first, position - _NEAR), min(last, position + _NEAR)


def _is_current_work(study: Study, start: int, end: int, year: int) -> bool:
    """Whether the sentence speaks of a campaign as work of the report's own year."""
    text = study.reading.clean
    first, last = _sentence_around(study, start)
    sentence = text[first:last]
    if _LOOKS_BACK.search(sentence) or text.rfind("《", first, start) > text.rfind(
        "》", first, start
    ):
        return False
    if any(int(match[1]) < year for match in _YEAR.finditer(sentence)):
        return False
    if _AN_OFFICE.search(text[start:end]):
        return not _FORMER.search(text, max(start - 4, 0), start)
    clause = max(text.rfind(mark, first, start) for mark in "，：。；\n") + 1
    before = text[max(clause, first) : start]
    return bool(_AT_WORK.search(before)) or (
        bool(_AFTER.match(text[end : end + 8])) and not before.strip('“‘"、')
    )


# ── units of another tree ─────────────────────────────────────────────────────────────────────────────────────────────

_OFFICE_TAIL: Final = re.compile(
    r"(?:村民委员会|村委会|社区居民委员会|居民委员会|居委会|人民政府|党委|党工委|办事处|党支部|党总支)$"
)
#: What may stand before the name of a village or town without belonging to it.
_LEADING: Final = (
    "在",
    "到",
    "对",
    "与",
    "和",
    "赴",
    "由",
    "将",
    "从",
    "向",
    "及",
    "以",
    "为",
    "是",
    "于",
    "给",
    "组织",
    "动员",
    "协调",
    "指导",
    "完成",
    "实施",
    "带领",
    "建成",
    "新建",
    "共创",
    "建设",
    "打造",
    "投入",
    "推进",
    "其中",
    "包括",
    "涉及",
    "确定",
    "选取",
    "选择",
    "我们",
    "我",
    "把",
    "让",
    "使",
    "使得",
    "感谢",
    "关于",
    "依靠",
    "为了",
    "推动",
    "助推",
    "全体",
    "广大",
    "成为",
    "作为",
    "热爱",
    "扎根",
    "描绘",
    "绘就",
    "按照",
    "根据",
    "围绕",
    "关心",
    "支持",
    "帮助",
    "引导",
    "号召",
    "发动",
    "促进",
    "加快",
    "加强",
    "努力把",
    "全力把",
    "着力把",
)
#: What makes an ordinary word with 村, 镇 or 乡 behind it: 全村, 行政村, 示范镇. Short names of one character are never sure enough.
_ORDINARY_ENDS: Final = frozenset(
    "全本我各该每个余城集小的在到入进驻包是有为与和及或对由将把被于给让使同比按等者外帮离返回扶农强弱类级层批次下回游思恋档省市县区镇乡村组户人名民干员"
)
_ORDINARY: Final = (
    "行政 自然 脱贫 贫困 示范 试点 重点 中心 美丽 文明 旅游 民族 历史 传统 古老 特色 产业 生态 振兴 数字 平安 清洁 卫生 绿色 森林 空心 薄弱 先进 后进 落后 富裕 小康 "
    "移民 搬迁 安置 整推 达标 挂牌 沿边 边境 边远 偏远 沿线 城郊 城边 周边 相邻 邻近 各个 全体 部分 个别 其他 其余 所有 任何 剩余 涉及 当地 本地 外地 重要 主要 一个 两个 三个 "
    "几个 多个 每个 这个 那个 某个 和美 幸福 最美 智慧 康养 红色 无讼 善治 民主 法治 信用 双强 四好 五星 三星 四星 明星 样板 标杆 领航 引领 党建 合并 撤并 建制 农业 工业 "
    "蔬菜 果业 茶叶 养殖 种植 淘宝 电商 专业 一品 亿元 百强 千强 经济 强弱 薄弱 兜底 联建 共建 包联 联系 帮扶 驻点 蹲点 挂钩 结对 受援 受灾 灾害 移风 老旧 城中 棚户 老年 儿童 学习 "
    "选派 选聘 选配 抽调 派驻 配齐 轮训 推荐 力争 确保 争取 力促 力保 预计 计划 打算 保证 带动 助推 促使 力推 助力 聚力 着力 全力 奋力 实现 撬动 反哺 盘活 激活 "
    "基层 农村 城市 街道 机关 企业 学校 新型 现代 宜居 和谐 友好 绿美 零碳 低碳 示点 创建 培育 整治 提升 巩固 监测 一般 普通 优秀 良好 较差 合格 深度 已脱贫 非贫困 已出列 未脱贫"
)
_ORDINARY_BODIES: Final = frozenset(_ORDINARY.split())
_NAMED: Final = re.compile(
    r"(?:(?<![\u4e00-\u9fffA-Za-z*×])(?:"
    + "|".join(_LEADING)
    + r")?|(?<=共创|代表|带领|助力|谱写|开创|书写|立足|结合|年来|以来|目前|如今))"
    r"(?P<name>[\u4e00-\u9fff]{1,3}(?P<kind>村|镇|乡|社区|街道))"
    r"(?=党支部|党总支|党委|村委会|居委会|[“\"]?两委|支部|村民|群众|[一二三四五六七八九十\d]+组|、|，|。|的|各项|人民|干部|党员|班子|全体|经济|美好|更加|高质量|位于|境内|辖区|实现|完成|建成|召开|开展|坚持|紧紧|围绕"
    r"|面貌|村容|村貌|镇容|变化|发生|呈现|上下|始终|严格|认真|积极|扎实|深入|持续|全力|将|现有|下辖|辖|集体|产业|社会|工作|“两委”|领导班子|班子|今年|全年|今后|党|支部|实际|村情|乡情|镇情|发展|建设|振兴|未来|明天|老百姓|父老|乡亲|百姓|广大|就|在|是|也|已|以|按|通过|把|为|！|；)"
)
_AWAY: Final = re.compile(
    r"参观|考察|观摩|取经|务工|输送|输出|对口|协作|合作|结成|友好|结对|共建|联建|联谊|交流学习|销往|嫁|籍|来自|引进|邻近|相邻|接壤|毗邻|迁|学习.{0,8}经验|[省市县州区旗][^，。；]{0,3}$"
)


def _short(name: str) -> str:
    """甲村民委员会 and 甲村委会 are 甲村; 样板镇人民政府 is 样板镇."""
    if name.endswith(("村民委员会", "村委会")):
        return name.removesuffix("民委员会").removesuffix("委会")
    return _OFFICE_TAIL.sub("", name)


def _kind(name: str) -> str:
    return next((one for one in ("社区", "街道", "村", "镇", "乡") if name.endswith(one)), "")


def _foreign_names(study: Study) -> Iterator[Finding]:
    known = {_short(one) for one in study.context.organisations}
    kinds = {_kind(one) for one in known} - {""}
    if not kinds:
        return
    text = study.reading.clean
    places: dict[str, list[tuple[int, int]]] = {}
    for match in _NAMED.finditer(text):
        name = match["name"]
        if (
            match["kind"] not in kinds
            or _is_known(name, known)
            or _is_ordinary(name, match["kind"])
        ):
            continue
        if match["kind"] == "村" and text.startswith(("干部", "集体", "级"), match.end()):
            continue  # 村干部 and 村集体 are words of their own, with a verb before them as often as a name
        first, last = _sentence_around(study, match.start("name"))
        if _AWAY.search(text[first:last]) or _AWAY.search(text[first : match.start("name")]):
            continue
        places.setdefault(name, []).append(match.span("name"))
    yield from _told(study, "NAMES_002", places, known)


def _is_known(name: str, known: set[str]) -> bool:
    return any(name.endswith(one) or one.endswith(name) for one in known)


def _is_ordinary(name: str, kind: str) -> bool:
    """Whether the characters before 村 or 镇 make an ordinary word, or too short a name to be sure of."""
    body = name.removesuffix(kind)
    return (
        len(body) < 2
        or body[-1] in _ORDINARY_ENDS
        or body in _ORDINARY_BODIES
        or body[-2:] in _ORDINARY_BODIES
        # 力争村集体收入…, 深入农村: a verb or adverb that happens to stand before 村
        or part_of_speech(body[-2:]) in _NO_NAMES
    )


#: Parts of speech that make no name of a place: verbs, adverbs, prepositions, conjunctions, pronouns, numbers.
_NO_NAMES: Final = frozenset(("v", "vd", "vn", "vi", "d", "ad", "p", "c", "r", "m", "u", "t"))


def _told(
    study: Study, code: str, places: Mapping[str, list[tuple[int, int]]], known: set[str]
) -> Iterator[Finding]:
    for name, spans in places.items():
        start, end = study.reading.back(*spans[0])
        same = sorted(one for one in known if _kind(one) == _kind(name))
        nearest = next(iter(get_close_matches(name, same, 1, 0.3)), "")
        yield Finding(
            code,
            _SEVERITY[code],
            start,
            end,
            {"name": name, "near": nearest, "times": len(spans)},
            expected=nearest,
            related=tuple(study.reading.back(*span) for span in spans[1:]),
        )


# ── another name where the writer's own should stand ──────────────────────────────────────────────────────────────────

_OWN: Final = re.compile(
    r"^(?:中共)?(?:(?:(?![省市县区州旗])[\u4e00-\u9fff]){1,8}[省市县区州旗]){0,4}(?:[\u4e00-\u9fff]{1,4}?[镇乡])??(?P<name>[\u4e00-\u9fff]{1,4}?(?:村|社区|镇|乡|街道))"
    r"(?=20\d\d年|党|村?民?委|居委|人民政府|工作|述职|[“\"]?两委|支部|领导班子)"
)
#: Places where a writer puts the name of their own unit.
_WRITERS_PLACE: Final = (
    re.compile(
        r"在(?P<name>[\u4e00-\u9fff]{1,4}?(?:村|社区|镇|乡|街道))(?:党支部|党总支|党委|“两委”|两委班子|村“两委”)的?(?:坚强|正确)?(?:领导|带领)下"
    ),
    re.compile(
        r"共创(?P<name>[\u4e00-\u9fff]{1,4}?(?:村|社区|镇|乡))(?:更加)?(?:美好|辉煌|灿烂|幸福)"
    ),
    re.compile(
        r"(?:谱写|书写|开创)(?P<name>[\u4e00-\u9fff]{1,4}?(?:村|社区|镇|乡))(?:高质量)?(?:发展)?(?:新篇章|新局面|更加)"
    ),
    re.compile(
        r"(?:(?<=[，。；：、！\n　 ])|^)(?P<name>[\u4e00-\u9fff]{2,3}?(?:村|社区|镇|乡|街道))"
        r"(?=(?:[“\"]?两委[”\"]?|领导)班子(?:成员|全体|上下|始终|团结|齐心|凝心|带领|认真|坚持|切实|分工|作风|精诚)|(?:的)?面貌(?:发生|焕然)|各项(?:任务|工作|目标|指标|事业)(?:均|都|全部|圆满|稳步|顺利|取得|有序|如期|扎实))",
        re.M,
    ),
    re.compile(
        r"(?:我代表|受)(?P<name>[\u4e00-\u9fff]{1,4}?(?:村|社区|镇|乡|街道))(?:党支部|党总支|党委|村?“?两委|村委会|人民政府)"
    ),
)


def _own_name(study: Study) -> str:
    """What the draft calls its own unit, from title, signature, or the office's own word; "" = not said."""
    if study.context.organisation:
        return _short(study.context.organisation)
    text = study.reading.clean.lstrip("\n 　")
    title = next((node.text for node in study.outline if node.kind == "title"), "")
    match = _OWN.match(title or text.split("\n", 1)[0])
    if match is None or match["name"].removesuffix(_kind(match["name"]))[-1] in _ORDINARY_ENDS:
        return ""
    return match["name"]


def _displaced_names(study: Study) -> Iterator[Finding]:
    own = _own_name(study)
    if not own:
        return
    text = study.reading.clean
    known = {_short(one) for one in study.context.organisations}
    for pattern in _WRITERS_PLACE:
        for match in pattern.finditer(text):
            name = match["name"]
            if _is_ordinary(name, _kind(name)) or name.endswith(own) or own.endswith(name):
                continue
            if _AWAY.search(
                text,
                study.reading.sentences[study.reading.sentence_at(match.start())][0],
                match.start("name"),
            ):
                continue
            # a unit of another level may stand here when it is the writer's own; a stranger to the tree may not
            is_strange = bool(known) and not _is_known(name, known)
            if not is_strange and _kind(name) != _kind(own):
                continue
            start, end = study.reading.back(*match.span("name"))
            yield Finding(
                "NAMES_003",
                _SEVERITY["NAMES_003"],
                start,
                end,
                {"name": name, "own": own},
                expected=own,
            )


_ABOVE: Final = re.compile(
    r"在(?P<name>[\u4e00-\u9fff]{1,3}?[镇乡])(?:党委|党委、政府|党委政府)[^，。；]{0,8}(?:领导|支持|指导|关心)"
)


def _two_superiors(study: Study) -> Iterator[Finding]:
    """Two different townships thanked for leading the same village: one was left over."""
    text = study.reading.clean
    seen: dict[str, tuple[int, int]] = {}
    for match in _ABOVE.finditer(text):
        name = match["name"]
        if _is_ordinary(name, _kind(name)):
            continue
        seen.setdefault(name, match.span("name"))
    if len(seen) < 2 or _kind(_own_name(study)) not in ("村", "社区"):
        return
    (first, first_span), *others = seen.items()
    for name, span in others:
        start, end = study.reading.back(*span)
        yield Finding(
            "NAMES_004",
            _SEVERITY["NAMES_004"],
            start,
            end,
            {"name": name, "first": first},
            related=(study.reading.back(*first_span),),
        )


def find_name_defects(study: Study) -> Iterator[Finding]:
    """Ended campaigns told as current work, and names of units that are not this writer's.

    Args:
        study: the draft laid open; its context may hold the tree and the writer's own name.
    """
    yield from _stale_campaigns(study)
    displaced = list(_displaced_names(study))
    told = {one.start for one in displaced}
    yield from (one for one in _foreign_names(study) if one.start not in told)
    yield from displaced
    yield from _two_superiors(study)
