"""Near misses of fixed phrases: one character written for another that sounds or looks like it.

An input method gives 乡村镇兴 as readily as 乡村振兴, and the eye slides over 拔款. Fixed phrases of official language (the catalogue's
formulas, names and programmes) and the idioms of jieba's dictionary are the yardstick; pypinyin its readings. A phrase of four or
more characters with exactly one wrong character is reported when the pair is known to be mixed up and the written word is no word.
The usual two-character words of reports are a second yardstick, with stricter conditions: the wrong character must be an orphan, in
no word with either neighbour. Everything is made on first use and kept; a text is read in one pass.
"""

from __future__ import annotations

import importlib.util
import json
import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache
from typing import TYPE_CHECKING, Final, Literal

import ahocorasick

if TYPE_CHECKING:
    from shuzhi.core.checking.lexicon import Lexicon

Reason = Literal["sound", "shape"]


@dataclass(frozen=True, slots=True)
class NearMiss:
    """A fixed phrase with one character wrong."""

    start: int
    end: int
    found: str
    right: str
    wrong_character: str
    right_character: str
    reason: Reason


# ── which characters are mixed up ─────────────────────────────────────────────────────────────────────────────────────

#: Characters of similar shape that are mixed up in typing by strokes, in reading scans and in copying by hand.
_SHAPES: Final = (
    "己已巳 未末 干千于 土士 日曰 人入八 刀力 大太犬 天夫无 王玉主 木本 术木 田由甲申 白百 今令 冶治 冷泠 拔拨 折拆析 贷货 侯候 即既 祟崇 徙徒 "
    "券卷 赢羸嬴 竞竟 幅辐副 拢扰 钓钩 揭竭 搏博 漫慢 暴爆瀑 燥躁噪澡操 蜜密 陪赔部倍 村材杆 农衣 辨辩瓣辫 戴带载 栋拣 捡拣 渠集 蓝篮 "
    "摸模 抱饱跑 徽微徵 毫豪 准淮 拘构 购构沟 堡壁 仓仑 设没 没役 投役 住往 往住 晴睛清 请清情 精情清 精清 洒酒 洁结 遗遣 遭遇 "
    "牧收 攻收 政故 效郊 校较 较轮 转较 输轮 环坏 坏杯 怀坏 扶抚 抚扰 技枝 枝技 抓孤 孤狐 狼狠 很狠 限恨 根很 恨根 跟根 银根 "
    "板扳 版板 饭版 防访 妨防 仿防 坊防 纺访 径经 轻经 劲颈 茎经 径轻 免兔 兔免 鸟乌 马鸟 岛鸟 处外 外处 务备 各备 名各 客容 容客 "
    "员贝 负员 质贡 贫贪 贪贫 货贫 责贵 贵责 费贯 赞费 惯贯 积枳 织积 职织 识织 炽识 帜炽 组祖 祖组 租组 阻组 粗组 姐组 助肋 "
    "肋助 劝功 功劝 切功 巧功 动劫 劫动 劳荣 荣劳 营劳 菅营 管菅 官宫 宫官 宦官 宜宣 宣宜 宵宣 喧宣 渲宣 育盲 盲育 肓育 盾质 循盾 "
    "建健 健键 键建 律建 津律 建律 扬杨 场扬 汤扬 肠扬 畅扬 湖糊 糊湖 澎膨 梁粱 粮粱 裁栽 载裁 栽载 截载 戳截 "
    "堤提 题提 提堤 捉提 促捉 足促 确硬 硬便 使便 便使 更便 史吏 吏使 束柬 柬束 来束 策荣 刺剌 喇刺 赖懒 揽览 "
    "谋某 媒谋 煤媒 模漠 漠摸 摹模 幕墓 墓募 募慕 暮幕 慕幕 蔓漫 慢蔓 馒慢 侵浸 浸侵 寝侵 授受 援授 缓援 暖缓 媛援 "
    "栗票 粟栗 票栗 要栗 标栏 栏拦 拦栏 烂栏 兰栏 烧浇 浇绕 绕烧 挠绕 晓绕 陇拢 笼拢 垄龚 龚垄 袭龚 袭垄 "
    "微徵 徵微 徴微 征怔 证怔 症证 延廷 廷延 庭延 挺延 诞延 蜒延 聚骤 骤聚 娶聚 取娶 趣取 最量 量重 重量 里童 "
    "堕坠 坠堕 随堕 陏随 隋随 髓随 惰隋 隐稳 稳隐 急隐 稳急 念急 总急 惫备 意急 忘忌 忌忘 忠患 患忠 恩思 思恩 思息 息思 怠急 "
    "惕锡 踢惕 扬惕 赐惕 赐踢 措借 借惜 惜措 错措 醋措 猎措 籍藉 藉籍 箱籍 帐账 胀账 怅账 涨胀 张涨 "
    "吊吓 吐吓 叮盯 盯叮 钉叮 订叮 讨订 计订 许计 计汁 什计 汁什 针计 评平 坪评 秤评 抨评 "
    "沉沈 沈沉 沿沿 洽恰 恰洽 给恰 拾恰 哈洽 冶治 始治 治始 抬治 胎始 怡始 "
    "拓柘 括拓 柘拓 妥绥 接按 按接 换按 唤换 焕换 涣换 痪换 患愚 "
    "落洛 络落 略路 路略 露路 恪略 骆络 洛络 "
    "项顶 顶项 须顶 顺项 顺须 预项 预顶 领预 颂颁 颁领 频颁 颂领 烦频 顾愿 愿顾 颗颖 颇颗 "
    "纳讷 钠纳 呐纳 内纳 肉内 肉丙 丙内 芮内 "
    "绿缘 缘绿 录绿 碌绿 缘椽 喙缘 绽绿 "
    "敞敝 敝敞 弊蔽 蔽弊 撇弊 蹩弊 币弊 毙弊 "
    "榨炸 诈炸 作炸 昨作 怎作 "
    "励厉 厉历 历厉 砺励 蛎励 沥历 "
    "奋备 奄奋 奢奋 夺奋 夺奇 奇夺 寄奇 "
    "续读 读续 渎续 犊续 赎续 卖买 买卖 实买 "
    "范泛 泛范 犯范 氾泛 泛眨 贬眨 "
    "偏遍 遍编 编遍 骗编 篇遍 扁遍 匾遍 "
    "曾增 增憎 赠增 僧增 憎赠 "
    "练炼 炼练 拣练 冻练 栋练 "
    "低底 底低 抵低 邸低 柢低 诋低 "
    "辅铺 铺辅 捕辅 哺辅 埔铺 浦铺 敷数 数敷 "
    "驻住 注住 柱住 蛀驻 炷柱 "
    "秉乘 乘秉 垂乘 剩乘 "
    "遵尊 尊遵 蹲遵 樽尊 "
    "坚竖 竖坚 紧坚 紧坚 "
    "督瞥 督睿 监盐 盐监 蓝监 滥监 览监 "
    "检捡 验检 险检 俭检 捡险 脸检 敛检 剑检 "
    "疫疲 疲疫 疾疫 疼疫 痊疫 瘦疫 "
    "坊场 坞坊 培陪 赔培 倍培 焙培 "
    "惠慧 恵惠 穗惠 "
    "牲性 性牲 姓性 胜性 "
    "措猎 猎措 腊猎 蜡腊 "
    "宅宄 宅它 宅安 案安 按案 鞍按"
)


@cache
def _looks_like() -> frozenset[tuple[str, str]]:
    pairs: set[tuple[str, str]] = set()
    for group in _SHAPES.split():
        pairs.update((one, other) for one in group for other in group if one != other)
    return frozenset(pairs)


#: Pairs that other checks judge by context: particles and pronouns.
_LEFT_TO_OTHERS: Final = "的地 的得 地得 它他 她他 它她"
#: Pairs of which idioms have either in print (唯惟, 采彩), or whose characters begin or end ordinary words beside an idiom.
_LOOSE: Final = (
    "制治 订定 账帐 像象 做作 在再 以已 及即 其期 份分 唯惟 连联 两俩 二两 需须 至止 当挡 品拼 粘黏 划画 计记 工公 坐座 交缴 侧测 "
    "型形 形性 质治 性型 实时 示事 事式 是实 是事 有又 由有 和合 或获 增曾 县乡 市是 村存 组族 户护 元员 人任 名民 民明 省升 区去 期起 "
    "年念 月约 日时 一亿 五无 零领 百白 千前 副幅 复覆 采彩 辞词 叠迭 扎札 愈越 弘宏 赢盈 察查 融溶 熔融 叙序 辉挥 练炼 钩勾 决绝 "
    "勠戮 固故 鼎顶 尽竟 倒到 道到 指制 至致 直值 植值 综总"
)


@cache
def _pairs(listed: str) -> frozenset[frozenset[str]]:
    return frozenset(frozenset(pair) for pair in listed.split())


#: Sounds that input methods and southern and northern speakers mix up; the first stands for both.
_MERGED_SOUNDS: Final = (
    (re.compile("^(z|c|s)h"), r"\1"),
    (re.compile("(a|e|i)ng$"), r"\1n"),
)


@cache
def _sounds() -> _Readings:
    """pypinyin's readings of single characters; its phrases, the slow part of its start, are not wanted."""
    table: dict[str, str] = json.loads(_data_of("pypinyin", "pinyin_dict.json"))
    return _Readings(table)


class _Readings(dict[str, tuple[str, ...]]):
    """Readings without tones by character, the most usual first, made when first asked for."""

    def __init__(self, table: dict[str, str]) -> None:
        super().__init__()
        self._table = table

    def __missing__(self, character: str) -> tuple[str, ...]:
        readings = self._table.get(str(ord(character)), "").split(",")[:3]
        found = tuple(_without_tone(one) for one in readings if one)
        self[character] = found
        return found


def _without_tone(sound: str) -> str:
    """`lǜ` → `lv`, `zhōng` → `zhong`."""
    plain = unicodedata.normalize("NFD", sound).replace("u\u0308", "v")
    return "".join(one for one in plain if not unicodedata.combining(one))


def reason_of(written: str, right: str, *, merged: bool) -> Reason | None:
    """Why somebody may have written one character for the other: its sound, its shape, or None.

    Args:
        written: the character in the text.
        right: the character of the fixed phrase.
        merged: also take sounds for equal that are only nearly so (zh and z, in and ing).
    """
    sounds = _sounds()
    ours, theirs = sounds[written], sounds[right]
    if any(one in theirs for one in ours):
        return "sound"
    if (written, right) in _looks_like():
        return "shape"
    if merged and {_merge(one) for one in ours} & {_merge(one) for one in theirs}:
        return "sound"
    return None


def _merge(sound: str) -> str:
    for pattern, put in _MERGED_SOUNDS:
        sound = pattern.sub(put, sound)
    return sound


# ── the dictionary ────────────────────────────────────────────────────────────────────────────────────────────────────


def _data_of(package: str, name: str) -> str:
    """A data file of an installed package, without importing it: starting either package costs more than all of checking."""
    spec = importlib.util.find_spec(package)
    if spec is None or spec.submodule_search_locations is None or spec.loader is None:
        raise ModuleNotFoundError(package)
    folder = next(iter(spec.submodule_search_locations))
    data: bytes = spec.loader.get_data(f"{folder}/{name}")  # type: ignore[attr-defined]
    return data.decode("utf-8")


@cache
def _dictionary() -> str:
    """jieba's dictionary as one text, a line for each word: word, frequency, part of speech; from 一 on in order."""
    text = _data_of("jieba", "dict.txt").replace("\r\n", "\n")
    return text[text.index("\n一 ") :]


@cache
def frequency_of(word: str) -> int:
    """How often jieba's dictionary has seen a word; 0 = no word. A search by halves over the sorted lines."""
    text = _dictionary()
    low, high = 0, len(text)
    while low < high:
        start = text.rfind("\n", low, (low + high) // 2 + 1) + 1 or low + 1
        end = text.find("\n", start)
        if end < 0:
            return 0
        found, frequency, _ = text[start:end].split(" ", 2)
        if found == word:
            return int(frequency)
        if found < word:
            low = end
        else:
            high = start - 1
    return 0


#: Idioms (i), set phrases (l) and four-character words of the general language.
_IDIOM: Final = re.compile(r"^([\u4e00-\u9fff]{4}) (\d+) ([il])$", re.M)
_IDIOM_FREQUENCY: Final = 5
#: Two-character verbs and nouns of the general language; names and numbers left out.
_COMMON_WORD: Final = re.compile(r"^([\u4e00-\u9fff]{2}) (\d{4,}) (?:v|vn|n|a|ad|an|d)$", re.M)
_A_COMMON_TARGET: Final = 2500


# ── the phrases, indexed by their grams with one character left out ───────────────────────────────────────────────────

_GRAM: Final = 4
_HAN: Final = re.compile(r"[\u4e00-\u9fff]{4,}")
#: Two characters of a fixed phrase are a word of their own when the general language has them so often.
_A_USUAL_WORD: Final = 200


@dataclass(slots=True)
class _Index:
    phrases: list[str] = field(default_factory=list)
    official: int = 0  #: phrases before this number are official language, those behind it idioms
    grams: dict[str, list[tuple[int, int]]] = field(default_factory=dict)  #: key → phrase, offset
    heads: set[str] = field(default_factory=set)  #: first halves of grams
    tails: set[str] = field(default_factory=set)  #: second halves of grams
    known: set[str] = field(default_factory=set)  #: grams that stand in some phrase as they are
    #: usual two-character words: the first characters by the second, and the second by the first
    firsts: dict[str, str] = field(default_factory=dict)
    seconds: dict[str, str] = field(default_factory=dict)
    #: the same for very common words of the general language
    common_firsts: dict[str, str] = field(default_factory=dict)
    common_seconds: dict[str, str] = field(default_factory=dict)
    #: what may be meant by a written character before or behind a partner, as far as asked
    meant: dict[tuple[str, str, bool], tuple[tuple[str, Reason], ...]] = field(default_factory=dict)

    def add_word(self, word: str) -> None:
        first, second = word[0], word[1]
        if first not in self.firsts.get(second, ""):
            self.firsts[second] = self.firsts.get(second, "") + first
            self.seconds[first] = self.seconds.get(first, "") + second

    def add_common(self, word: str) -> None:
        first, second = word[0], word[1]
        self.common_firsts[second] = self.common_firsts.get(second, "") + first
        self.common_seconds[first] = self.common_seconds.get(first, "") + second

    def add(self, phrase: str) -> None:
        number = len(self.phrases)
        self.phrases.append(phrase)
        last = len(phrase) - _GRAM
        for offset in {*range(0, last + 1, _GRAM), last}:
            gram = phrase[offset : offset + _GRAM]
            self.heads.add(gram[:2])
            self.tails.add(gram[2:])
            for key in _keys(gram):
                self.grams.setdefault(key, []).append((number, offset))
        for offset in range(last + 1):
            self.known.add(phrase[offset : offset + _GRAM])


def _keys(gram: str) -> tuple[str, str, str, str]:
    """The gram with each of its characters left out, marked by where."""
    return (
        "0" + gram[1:],
        "1" + gram[0] + gram[2:],
        "2" + gram[:2] + gram[3],
        "3" + gram[:3],
    )


def _index_of(lexicon: Lexicon) -> _Index:
    made = lexicon.derived.get("confusions")
    if isinstance(made, _Index):
        return made
    index = _Index()
    official = dict.fromkeys(
        run for text in _official_language(lexicon) for run in _HAN.findall(text)
    )
    for phrase in official:
        index.add(phrase)
        for at in range(0, len(phrase) - 1, 2):
            if frequency_of(phrase[at : at + 2]) >= _A_USUAL_WORD:
                index.add_word(phrase[at : at + 2])
    for word in lexicon.words("formula"):
        if len(word.text) == 2:
            index.add_word(word.text)
    for match in _COMMON_WORD.finditer(_dictionary()):
        if int(match[2]) >= _A_COMMON_TARGET:
            index.add_common(match[1])
    index.official = len(index.phrases)
    for match in _IDIOM.finditer(_dictionary()):
        if int(match[2]) >= _IDIOM_FREQUENCY and match[1] not in official:
            index.add(match[1])
    lexicon.derived["confusions"] = index
    return index


def _official_language(lexicon: Lexicon) -> Iterator[str]:
    for kind in ("formula", "name"):
        for word in lexicon.words(kind):
            yield word.text
    for word in lexicon.words("term"):
        if "…" not in word.right:
            yield word.right
    for programme in lexicon.programmes:
        yield programme.title.zh
        yield from programme.synonyms


def find_near_misses(text: str, lexicon: Lexicon) -> Iterator[NearMiss]:
    """Fixed phrases in which one character was written for another like it.

    Args:
        text: the draft's text as detectors read it.
        lexicon: whose formulas, names, terms and programmes are the fixed phrases.
    """
    index = _index_of(lexicon)
    grams, known = index.grams, index.known
    seen: set[int] = set()
    for run in _HAN.finditer(text):
        start, characters = run.start(), run[0]
        for at in range(len(characters) - _GRAM + 1):
            # one wrong character leaves one half of the gram as it is
            head = characters[at : at + 2] in index.heads
            tail = characters[at + 2 : at + _GRAM] in index.tails
            if not (head or tail):
                continue
            gram = characters[at : at + _GRAM]
            if gram in known:
                continue
            for mask, key in enumerate(_keys(gram)):
                if key not in grams:
                    continue
                place = start + at + mask
                if place in seen:
                    continue
                for number, offset in grams[key]:
                    near = _judge(text, start + at - offset, place, number, index)
                    if near is not None:
                        seen.add(place)
                        yield near
                        break


# ── a character left out of a fixed phrase ────────────────────────────────────────────────────────────────────────────

#: Shorter phrases leave too little behind when a character is missing.
_LEAST_PHRASE: Final = 5
#: Characters that phrases are said with or without.
_OPTIONAL: Final = frozenset("的和与及了等之并新大小好再更各全村镇乡县党")


@dataclass(frozen=True, slots=True)
class Omission:
    """A fixed phrase with one character left out."""

    start: int
    end: int
    found: str
    right: str


def _omissions_of(lexicon: Lexicon) -> ahocorasick.Automaton:
    made = lexicon.derived.get("omissions")
    if isinstance(made, ahocorasick.Automaton):
        return made
    automaton = ahocorasick.Automaton()
    phrases = dict.fromkeys(_official_language(lexicon))
    all_phrases = "|".join(phrases)
    for phrase in phrases:
        if len(phrase) < _LEAST_PHRASE or not _HAN.fullmatch(phrase):
            continue
        for at in range(1, len(phrase) - 1):
            if phrase[at] not in _OPTIONAL:
                left = phrase[:at] + phrase[at + 1 :]
                if left not in all_phrases:  # what is left may be a phrase of its own
                    automaton.add_word(left, (left, phrase, at))
    if len(automaton):
        automaton.make_automaton()
    lexicon.derived["omissions"] = automaton
    return automaton


def find_omissions(text: str, lexicon: Lexicon) -> Iterator[Omission]:
    """Fixed phrases with one inner character missing, where what is left cannot be read as whole words.

    Args:
        text: the draft's text as detectors read it.
        lexicon: whose formulas, names, terms and programmes are the fixed phrases.
    """
    automaton = _omissions_of(lexicon)
    if not len(automaton):
        return
    for last, (left, phrase, at) in automaton.iter(text):
        start = last - len(left) + 1
        # 进一步强化 is not 进一步[加]强 with something behind it
        is_cut_short = (
            at == len(phrase) - 2 and frequency_of(text[last : last + 2]) >= _A_WORD
        ) or (at == 1 and start > 0 and frequency_of(text[start - 1 : start + 1]) >= _A_WORD)
        if not is_cut_short and not _is_whole_words(left) and _is_within_a_word(phrase, at):
            yield Omission(start, last + 1, left, phrase)


@cache
def _is_whole_words(text: str) -> bool:
    """Whether the text can be cut into words of the dictionary of two to four characters."""
    reached = [True] + [False] * len(text)
    for end in range(2, len(text) + 1):
        reached[end] = any(
            reached[end - length] and frequency_of(text[end - length : end]) >= _A_WORD
            for length in (2, 3, 4)
            if length <= end
        )
    return reached[-1]


@cache
def _is_within_a_word(phrase: str, at: int) -> bool:
    """Whether the character at a place makes a word with a neighbour, so that it cannot simply be left out."""
    return any(frequency_of(phrase[first : first + 2]) >= _A_USUAL_WORD for first in (at - 1, at))


# ── orphans: one wrong character in a usual two-character word ────────────────────────────────────────────────────────

#: Characters that stand alone or begin and end words freely; beside one of them nothing can be told.
_FREE: Final = frozenset(
    "的了和是在有与及或为以于对从到由向将把被使让给同比按等不也都又再还就才更最很已要能会可应须需我本全各每该此其之者所而且但则个次名户人亩元年月日时后前中上下内外里间大小多少新老"
    "村镇乡县市省组区里路河山水田地家一二三四五六七八九十百千万两几第无未非只"
    "甲乙丙丁戊较均共约近超余仅曾即仍尚正现另既若因如自至起止处位条座间户项批期届次类种级层度率量数额价费款物件套台辆头只羽株棵亩里吨斤米"
    "姜椒薯茶菌菇枣桃杏梨橘柚橙莓蒜葱瓜豆麦稻棉麻桑蚕蜂鱼虾蟹鸡鸭鹅兔羊牛猪药菊莲藕笋菜果花草林竹松柏杨柳"
)


def find_orphans(text: str, lexicon: Lexicon) -> Iterator[NearMiss]:
    """Usual words of reports in which one character was written for another like it, and the written one makes no word.

    Names of people, places and crops are what could be taken for slips; so the neighbours on both sides must be words or free
    characters, and only words that the catalogue lists as usual are proposed.

    Args:
        text: the draft's text as detectors read it.
        lexicon: whose formulas are the usual words.
    """
    index = _index_of(lexicon)
    for run in _HAN.finditer(text):
        characters = run[0]
        for at, written in enumerate(characters):
            if written in _FREE:
                continue
            near = _orphan(characters, at, written, index)
            if near is not None:
                start, right, reason = near
                found = characters[start : start + 2]
                first = run.start() + start
                yield NearMiss(first, first + 2, found, right, written, right[at - start], reason)


def _orphan(run: str, at: int, written: str, index: _Index) -> tuple[int, str, Reason] | None:
    behind = run[at + 1] if at + 1 < len(run) else ""
    before = run[at - 1] if at else ""
    for partner, is_behind in ((behind, True), (before, False)):
        meant = _meant_by(written, partner, is_behind, index)
        if not meant:
            continue
        start = at if is_behind else at - 1
        if _stands_alone(run, at, start, index):
            right, reason = meant[0]
            return start, right + partner if is_behind else partner + right, reason
    return None


def _meant_by(
    written: str, partner: str, is_behind: bool, index: _Index
) -> tuple[tuple[str, Reason], ...]:
    """The characters that make a usual word with the partner and are mixed up with the written one."""
    asked = (written, partner, is_behind)
    if asked in index.meant:
        return index.meant[asked]
    others = (index.firsts if is_behind else index.seconds).get(partner, "")
    found: tuple[tuple[str, Reason], ...] = ()
    if partner and written not in others:
        found = tuple(
            (other, reason)
            for other in others
            if (reason := _strict_reason(written, other)) is not None
        )
        if not found and partner not in _FREE:
            wider = (index.common_firsts if is_behind else index.common_seconds).get(partner, "")
            found = tuple(
                (other, "sound")
                for other in wider
                if written not in wider and _strict_reason(written, other) == "sound"
            )
    index.meant[asked] = found
    return found


def _strict_reason(written: str, right: str) -> Reason | None:
    """As `reason_of`, by the most usual reading only."""
    pair = frozenset((written, right))
    if pair in _pairs(_LEFT_TO_OTHERS) or pair in _pairs(_LOOSE):
        return None
    sounds = _sounds()
    if sounds[written][:1] == sounds[right][:1] and sounds[written]:
        return "sound"
    return "shape" if (written, right) in _looks_like() else None


def _stands_alone(run: str, at: int, start: int, index: _Index) -> bool:
    """Whether the character is in no word, its partner in no other word, and what lies around is words."""
    if any(run[first : first + _GRAM] in index.known for first in range(max(at - 3, 0), at + 1)):
        return False
    if any(frequency_of(run[first : first + 2]) for first in (at - 1, at) if first >= 0):
        return False
    if any(frequency_of(run[first : first + 3]) for first in range(max(at - 2, 0), at + 1)):
        return False
    return _ends_well(run[:start]) and _begins_well(run[start + 2 :], run[start + 1 : start + 3])


def _ends_well(before: str) -> bool:
    """Whether the characters before a word can be left alone: none, a free one, or a word."""
    return not before or before[-1] in _FREE or bool(len(before) > 1 and frequency_of(before[-2:]))


def _begins_well(behind: str, across: str) -> bool:
    """Whether the characters behind a word can be left alone, and none of them belongs to the word's own last one."""
    if not behind:
        return True
    if len(across) == 2 and frequency_of(across):
        return False
    return behind[0] in _FREE or bool(len(behind) > 1 and frequency_of(behind[:2]))


# ── what may have been meant as written ───────────────────────────────────────────────────────────────────────────────

#: A written word met at least so often is taken as meant.
_A_WORD: Final = 3
#: A word made with a neighbour outside the phrase must be common to be taken as meant.
_A_COMMON_WORD: Final = 60


def _judge(text: str, start: int, place: int, number: int, index: _Index) -> NearMiss | None:
    """Whether [start, …) is the phrase with one character wrong, at `place`."""
    phrase = index.phrases[number]
    end = start + len(phrase)
    if start < 0 or end > len(text):
        return None
    found = text[start:end]
    at = place - start
    if found[:at] != phrase[:at] or found[at + 1 :] != phrase[at + 1 :]:
        return None
    written, right = found[at], phrase[at]
    is_official = number < index.official
    pair = frozenset((written, right))
    if pair in _pairs(_LEFT_TO_OTHERS) or (not is_official and pair in _pairs(_LOOSE)):
        return None
    reason = reason_of(written, right, merged=is_official)
    if reason is None or _is_meant(text, start, end, place, found, index):
        return None
    if not is_official and _is_quoted(text, start, end):
        return None
    return NearMiss(start, end, found, phrase, written, right, reason)


def _is_meant(text: str, start: int, end: int, place: int, found: str, index: _Index) -> bool:
    """Whether the written character makes a word with its neighbours, so that the phrase was not what was meant."""
    if frequency_of(found) or found in index.known:
        return True
    for first in (place - 1, place):
        word = text[first : first + 2]
        inside = start <= first and first + 2 <= end
        if len(word) == 2 and frequency_of(word) >= (_A_WORD if inside else _A_COMMON_WORD):
            return True
    return any(
        frequency_of(text[first : first + 3]) >= _A_WORD
        for first in range(max(place - 2, 0), place + 1)
    )


def _is_quoted(text: str, start: int, end: int) -> bool:
    """Inside quotation marks idioms are played with on purpose (“莓”开眼笑)."""
    opened = text.rfind("“", max(start - 16, 0), start)
    if opened < 0 or text.rfind("”", opened, start) >= 0:
        return False
    return text.find("”", end, end + 16) >= 0
