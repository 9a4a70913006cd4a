"""Words: what is miswritten, renamed or badly joined is found; what is right stays untouched. All places are invented."""

from __future__ import annotations

import random
import time
from collections import defaultdict

import pytest

from shuzhi.catalogue.loader import shipped_catalogue
from shuzhi.core.checking.confusions import find_near_misses, find_orphans, frequency_of, reason_of
from shuzhi.core.checking.lexicon import Lexicon, lexicon_of
from shuzhi.core.checking.model import Draft, Finding
from shuzhi.core.checking.study import study_draft
from shuzhi.core.checking.wording import KINDS, find_wording_defects
from shuzhi.core.definitions import WordDef, WordListDef
from shuzhi.messages import all_messages


@pytest.fixture(scope="module")
def lexicon() -> Lexicon:
    return lexicon_of(shipped_catalogue())


def findings(text: str, lexicon: Lexicon, *, with_info: bool = False) -> list[Finding]:
    study = study_draft(Draft(text), lexicon)
    return [one for one in find_wording_defects(study) if with_info or one.severity != "info"]


# text | what is marked | what should stand there
WRONG = """
会议布署了秋收工作。 | 布署 | 部署
坚强对村干部的监督。 | 坚强对 | 加强对
坚持高标准，开张工作有序。 | 开张工作 | 开展工作
遇事不推读扯皮。 | 推读扯皮 | 推诿扯皮
建成热解汽化炉一座。 | 热解汽化 | 热解气化
象钉子一样扎根甲村。 | 象钉子一样 | 像钉子一样
象老黄牛一样干活。 | 象老黄牛一样 | 像老黄牛一样
截止目前，已发放补贴3万元。 | 截止 | 截至
截止2022年，建成果园5个。 | 截止 | 截至
择优2名同志为后备干部。 | 择优 | 择优推荐
全年办理高龄12人、低保3人。 | 办理高龄 | 办理高龄津贴
现就本人2022履行职责情况述职。 | 2022 | 2022年
制定考核方案元，压实责任。 | 元 |
成了村级劳务工作站3个。 | 成了 | 成立了
14户异地搬迁户已入住。 | 异地搬迁 | 易地搬迁
全面实施镇村振兴战略。 | 镇村振兴战略 | 乡村振兴战略
党员光辉模范作用不强。 | 光辉模范作用 | 先锋模范作用
紧盯巩固拓展脱贫攻坚，抓好产业。 | 巩固拓展脱贫攻坚， | 巩固拓展脱贫攻坚成果，
不断提高基层工作经验。 | 提高基层工作经验 | 积累基层工作经验
在去年基础上增幅20%。 | 基础上增幅 | 基础上增长
产品销往省内外全国各地。 | 省内外全国各地 | 全国各地
防止不再发生类似问题。 | 防止不再 | 防止再
在学习上下大力，补短板。 | 下大力， | 下大力气，
坚持以问题导向，改进作风。 | 以问题导向， | 以问题为导向，
利用“三会一课”和文化广场为载体，开展宣讲。 | 利用“三会一课”和文化广场为载体 | 以“三会一课”和文化广场为载体
（购牛补助4万元，母牛补助2023年2万元）。 | 母牛补助2023年 | 2023年母牛补助
没有很好的把工作抓起来。 | 的 | 地
积极有效的开展工作。 | 的 | 地
对新情况研究的不深。 | 的 | 得
责任落实的还不到位。 | 的 | 得
扎实推进乡村镇兴各项任务。 | 乡村镇兴 | 乡村振兴
做好矛盾纠纷排茶化解。 | 矛盾纠纷排茶 | 矛盾纠纷排查
常态化开展疫情坊控工作。 | 疫情坊控 | 疫情防控
扎实推进乡村振战略。 | 乡村振战略 | 乡村振兴战略
层层落实安全产责任制。 | 安全产责任制 | 安全生产责任制
进一步提高扶务群众的能力。 | 扶务 | 服务
逐步打造甲村“示例油品牌”路径，努力打造“示例油品牌”。 | 打造“示例油品牌” |
"""

RIGHT = """
村务公开栏公布署名文章三篇。
按装机容量30千瓦建设光伏电站。
这种现象一样值得重视，对象一样要核实。
报名截止时间为6月底，申报截止2022年5月1日。
在镇党委的坚强领导下，坚强对待困难。
择优推荐2名同志，择优录取3人。
下大力气抓整改，下大力度抓环境。
坚持以问题为导向，树立鲜明的用人导向。
巩固拓展脱贫攻坚成果同乡村振兴有效衔接。
2022年村集体收入2022年10万元、2023年15万元。
得到有效的落实，取得了较好的成绩，采取积极有效的推进措施。
党员部署工作，全体党员部分时间下沉。
坚持正面宣传，支持正面宣传。
上海拨款3万元，建立清廉结合的机制，强调拔高品质。
全体人民群众自己经营果园，来自已脱贫户的劳力。
贷款20万元，货款已结清，推进贷款发放。
利用广播作为载体，以院坝会为载体。
研究竞争上岗办法，一般迁移户，安徽信息。
清洁家园行动中群众积极投工投劳，新建温室6座。
通村道路硬化全覆盖，部分入户路尚未硬化。
进一步强化措施，落实第一责任人责任。
大屏等设备已到位，物流较快，乙村种植大姜。
以勠力同心的干劲抓落实。
“莓”好生活、“枣”日致富。
王建社、李福群、赵利艺三位同志参加。
"""


@pytest.mark.parametrize("line", WRONG.strip().splitlines())
def test_a_slip_is_marked_with_what_should_stand_there(line: str, lexicon: Lexicon) -> None:
    text, marked, right = (cell.strip() for cell in line.split("|"))

    found = findings(text, lexicon)

    shown = [(text[one.start : one.end], one.expected) for one in found]
    assert any(
        words == marked and (right in expected if right else True) for words, expected in shown
    ), shown


@pytest.mark.parametrize("text", RIGHT.strip().splitlines())
def test_right_wording_is_left_alone(text: str, lexicon: Lexicon) -> None:
    assert findings(text, lexicon) == []


def test_every_finding_fills_its_sentence(lexicon: Lexicon) -> None:
    for line in WRONG.strip().splitlines():
        for one in findings(line.split("|")[0].strip(), lexicon, with_info=True):
            for language in ("zh", "en"):
                assert all_messages()[one.code].fill(language, one.params)


def test_every_code_says_its_own_severity(lexicon: Lexicon) -> None:
    severities = {kind.code: kind.severity for kind in KINDS}
    for line in WRONG.strip().splitlines():
        for one in findings(line.split("|")[0].strip(), lexicon, with_info=True):
            assert one.severity == severities[one.code]


def test_an_entry_is_matched_around_residue_and_led_back_to_the_draft(lexicon: Lexicon) -> None:
    text = "认真布##paidbegin##署工作。"

    (finding,) = findings(text, lexicon)

    assert text[finding.start : finding.end] == "布##paidbegin##署"
    assert finding.expected == "部署"
    assert not finding.has_replacement


def test_what_a_gap_held_is_carried_over_and_a_longer_right_wording_protects(
    lexicon: Lexicon,
) -> None:
    words = (WordDef(text="甲…乙", right="丙…丁", unless=("甲…乙木",), note="示例"),)
    own = Lexicon(
        units=lexicon.units,
        lists={
            "confusion": (
                WordListDef(
                    key="own",
                    title=next(iter(shipped_catalogue().words.values())).title,
                    kind="confusion",
                    words=words,
                ),
            )
        },
    )

    assert [one.expected for one in findings("由甲之子乙来办。", own)] == ["丙之子丁"]
    assert findings("由甲之子乙木来办。", own) == []
    assert findings("由甲，乙来办。", own) == []


def test_no_entry_marks_the_right_wording_of_another(lexicon: Lexicon) -> None:
    """The corrections of all lists are themselves right."""
    wrong = []
    for kind in ("confusion", "term"):
        for word in lexicon.words(kind):
            if not word.right or "…" in word.right:
                continue
            study = study_draft(Draft(word.right), lexicon)
            wrong += [
                (word.text, word.right, one.code, one.params["found"])
                for one in find_wording_defects(study)
                if one.severity == "error"
            ]
    assert wrong == []


# ── near misses ───────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("written", "right", "reason"),
    [("镇", "振", "sound"), ("拔", "拨", "shape"), ("已", "己", "shape"), ("村", "天", None)],
)
def test_characters_are_mixed_up_by_sound_or_by_shape(
    written: str, right: str, reason: str | None
) -> None:
    assert reason_of(written, right, merged=False) in (reason, "sound" if reason else None)


def test_the_dictionary_is_searched_by_halves() -> None:
    assert frequency_of("工作") > 1000
    assert frequency_of("实绩") > 0
    assert frequency_of("扶务") == 0
    assert frequency_of("龠龠") == 0
    assert frequency_of("一") > 0


FRAME = "一年来，我村{0}，持续抓好{1}，积极做好{2}等各项任务。"


def planted(lexicon: Lexicon, count: int) -> list[tuple[str, int, str]]:
    """Texts with one character of a fixed phrase written for another that sounds or looks like it."""
    from shuzhi.core.checking.confusions import _looks_like, _sounds

    phrases = [w.text for w in lexicon.words("formula") if 4 <= len(w.text) <= 9]
    usual = "".join(
        w.text for kind in ("formula", "confusion", "term") for w in lexicon.words(kind)
    )
    by_sound = defaultdict(set)
    for character in set(usual) - {"…"}:
        for sound in _sounds()[character][:1]:
            by_sound[sound].add(character)
    by_shape = defaultdict(set)
    for one, other in _looks_like():
        by_shape[other].add(one)
    pick = random.Random(20231228)
    texts = []
    while len(texts) < count:
        chosen = pick.sample(phrases, 3)
        at = pick.randrange(len(chosen[0]))
        right = chosen[0][at]
        sounds = _sounds()[right]
        like = by_sound[sounds[0]] if sounds and pick.random() < 0.5 else by_shape[right]
        candidates = sorted(like - {right})
        if not candidates:
            continue
        wrong = pick.choice(candidates)
        broken = chosen[0][:at] + wrong + chosen[0][at + 1 :]
        text = FRAME.format(broken, chosen[1], chosen[2])
        texts.append((text, text.index(broken) + at, right))
    return texts


def test_planted_slips_in_fixed_phrases_are_found(lexicon: Lexicon) -> None:
    cases = planted(lexicon, 400)
    hits = rights = 0
    for text, place, right in cases:
        near = [*find_near_misses(text, lexicon), *find_orphans(text, lexicon)]
        at = [one for one in near if one.start <= place < one.end]
        hits += bool(at)
        rights += any(one.right_character == right for one in at)

    print(
        f"\nplanted {len(cases)}: found {hits / len(cases):.3f}, named rightly {rights / hits:.3f}"
    )
    assert hits / len(cases) >= 0.85
    assert rights / hits >= 0.97


def test_fixed_phrases_side_by_side_are_no_near_misses(lexicon: Lexicon) -> None:
    phrases = [w.text for w in lexicon.words("formula") if len(w.text) >= 4]
    pick = random.Random(7)
    wrong = []
    for _ in range(400):
        text = FRAME.format(*pick.sample(phrases, 3))
        wrong += [
            (one.found, one.right)
            for one in [*find_near_misses(text, lexicon), *find_orphans(text, lexicon)]
        ]

    print(f"\nfalse alarms in 400 sentences: {wrong}")
    assert wrong == []


@pytest.mark.parametrize(
    ("sentence", "found", "right"),
    [
        ("着力打造区域物流枢钮。", "枢钮", "枢纽"),
        ("大胆偿试股份合作的新办法。", "偿试", "尝试"),
        ("邀请专家传授果树稼接技术。", "稼接", "嫁接"),
        ("把网点开到了偏辟山村。", "偏辟", "偏僻"),
        ("多部门会商解决凝难问题。", "凝难", "疑难"),
        ("对街道两侧进行了澎胀检查。", "澎胀", "膨胀"),
    ],
)
def test_an_orphan_is_named_when_the_right_word_makes_the_text_far_more_probable(
    lexicon: Lexicon, sentence: str, found: str, right: str
) -> None:
    named = [*find_orphans(sentence, lexicon)]
    listed = findings(sentence, lexicon)
    assert (found, right) in {(one.found, one.right) for one in named} | {
        (one.params["found"], one.expected) for one in listed
    }


@pytest.mark.parametrize(
    "sentence",
    [
        "硬化通组道路3公里，砂化田间道路2公里。",
        "持之以恒纠治四风，织密保障网。",
        "甲家湾村和鹅公堡村的群众踊跃参加。",
        "修建挡水坝30道，公布署名文章5篇。",
        "“莓”好时光采摘园正式开园。",
        "村干部主动补位，迎检工作有序。",
    ],
)
def test_short_forms_and_names_are_no_slips(lexicon: Lexicon, sentence: str) -> None:
    assert list(find_orphans(sentence, lexicon)) == []
    assert [one.params for one in findings(sentence, lexicon) if one.severity != "info"] == []


# ── time ──────────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_ten_times_the_text_takes_about_ten_times_as_long(lexicon: Lexicon) -> None:
    sentences = [line.split("|")[0].strip() for line in WRONG.strip().splitlines()]
    short = "\n".join([*sentences, *RIGHT.strip().splitlines()] * 5)

    def measure(text: str) -> float:
        study = study_draft(Draft(text), lexicon)
        list(find_wording_defects(study))
        started = time.perf_counter()
        list(find_wording_defects(study))
        return time.perf_counter() - started

    one, ten = measure(short), measure("\n".join([short] * 10))
    print(f"\n{len(short)} characters {one * 1000:.1f} ms, ten times that {ten * 1000:.1f} ms")
    assert ten < one * 30
