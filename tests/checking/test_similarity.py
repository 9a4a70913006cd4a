"""Passages that stood in another report: copied ones are shown side by side, stock phrases are nobody's. All texts are invented."""

from __future__ import annotations

import time

import pytest

from shuzhi.catalogue.loader import shipped_catalogue
from shuzhi.core.checking.lexicon import Lexicon, lexicon_of
from shuzhi.core.checking.model import CheckingContext, Draft, EarlierText, Finding
from shuzhi.core.checking.similarity import find_similarities
from shuzhi.core.checking.study import study_draft
from shuzhi.messages import all_messages

ROAD = "针对沟渠老旧、雨季漫水的老毛病，组织二组和三组村民自带工具清淤，并在拐弯处砌了石坎，共清淤1200米、砌石坎36米。"
TEA = "请县里的制茶师傅到晒场现场教了三晚手工杀青，愿意学的妇女轮流上手，最后评出炒得最匀的五锅茶送到展销会上。"
OTHER_TEA = "请县里的养蜂师傅到晒场现场教了两晚分箱取蜜，愿意学的老人轮流上手。"
STOCK = "在镇党委政府的坚强领导下，全面推进乡村振兴，巩固拓展脱贫攻坚成果，农村人居环境整治提升。"


@pytest.fixture(scope="module")
def lexicon() -> Lexicon:
    return lexicon_of(shipped_catalogue())


def findings(text: str, lexicon: Lexicon, *earlier: EarlierText) -> list[Finding]:
    context = CheckingContext(organisation="甲村", earlier=earlier)
    found = list(find_similarities(study_draft(Draft(text), lexicon, context)))
    for one in found:
        for language in ("zh", "en"):
            assert all_messages()[one.code].fill(language, one.params)
    return found


def passages(found: list[Finding]) -> list[Finding]:
    return [one for one in found if one.code not in ("SIMILARITY_005", "SIMILARITY_006")]


def test_with_nothing_to_compare_nothing_is_said(lexicon: Lexicon) -> None:
    assert findings(ROAD, lexicon) == []


def test_a_neighbours_sentence_with_its_figures_is_copied(lexicon: Lexicon) -> None:
    text = f"甲村工作总结\n{ROAD}\n今年还修了戏台一座，排了两出戏，腊月里唱给老人听。\n"

    (finding,) = passages(findings(text, lexicon, EarlierText("乙村2023年总结", ROAD)))

    assert finding.code == "SIMILARITY_001"
    assert text[finding.start : finding.end] == ROAD
    assert finding.params["passage"] == ROAD
    assert finding.params["percent"] == 100


def test_a_neighbours_sentence_with_new_figures_is_unexplained_and_the_changes_are_shown(
    lexicon: Lexicon,
) -> None:
    changed = ROAD.replace("1200", "800").replace("36", "20")

    (finding,) = passages(
        findings(changed + TEA, lexicon, EarlierText("乙村2023年总结", ROAD + TEA))
    )

    assert finding.code == "SIMILARITY_002"
    assert finding.params["changed"] == "1200→800、36→20"


def test_a_copied_sentence_that_still_names_the_neighbour_is_worse(lexicon: Lexicon) -> None:
    theirs = TEA.replace("愿意学的", "乙村愿意学的")

    (finding,) = passages(findings(theirs, lexicon, EarlierText("乙村2023年总结", theirs)))

    assert finding.code == "SIMILARITY_001"


def test_ones_own_sentence_of_last_year_is_told_only_when_its_figures_are_unchanged(
    lexicon: Lexicon,
) -> None:
    last = EarlierText("甲村2022年总结", ROAD + TEA, is_own=True)

    same = passages(findings(ROAD, lexicon, last))
    updated = passages(findings(ROAD.replace("1200", "900"), lexicon, last))

    assert [one.code for one in same] == ["SIMILARITY_003"]
    assert [(one.code, one.severity) for one in updated] == [("SIMILARITY_004", "info")]


@pytest.mark.parametrize("text", [STOCK, OTHER_TEA])
def test_stock_phrases_and_a_common_way_of_speaking_are_no_copy(
    text: str, lexicon: Lexicon
) -> None:
    assert findings(text, lexicon, EarlierText("乙村2023年总结", STOCK + TEA)) == []


def test_what_many_texts_share_is_the_genres(lexicon: Lexicon) -> None:
    others = [EarlierText(f"第{number}村总结", TEA) for number in range(5)]

    assert findings(TEA, lexicon, *others) == []


def test_the_overall_share_is_told_once_for_each_text(lexicon: Lexicon) -> None:
    whole = findings(ROAD + TEA, lexicon, EarlierText("乙村2023年总结", ROAD + TEA))
    part = findings(ROAD + "戏台" * 60 + "。", lexicon, EarlierText("乙村2023年总结", ROAD))

    assert [(one.code, one.params["percent"]) for one in whole][-1] == ("SIMILARITY_006", 100)
    assert [one.code for one in part][-1] == "SIMILARITY_005"


def test_time_grows_with_the_text(lexicon: Lexicon) -> None:
    lines = [
        f"第{n}组在{n % 7}号坡栽了{n}棵核桃苗，浇了{n % 5}遍水，成活的补挂了木牌编号。"
        for n in range(150)
    ]
    short, long = "\n".join(lines), "\n".join(lines * 10)

    def measure(text: str) -> float:
        started = time.perf_counter()
        findings(text, lexicon, EarlierText("乙村总结", text))
        return time.perf_counter() - started

    one, ten = measure(short), measure(long)
    print(f"\n{len(short)} characters {one * 1000:.1f} ms, ten times that {ten * 1000:.1f} ms")
    assert ten < one * 30
