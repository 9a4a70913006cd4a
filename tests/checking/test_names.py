"""Names: campaigns that have ended and units that are somebody else's. All places are invented."""

from __future__ import annotations

import pytest

from shuzhi.catalogue.loader import shipped_catalogue
from shuzhi.core.checking.lexicon import Lexicon, lexicon_of
from shuzhi.core.checking.model import CheckingContext, Draft, Finding
from shuzhi.core.checking.names import find_name_defects
from shuzhi.core.checking.study import study_draft
from shuzhi.messages import all_messages


@pytest.fixture(scope="module")
def lexicon() -> Lexicon:
    return lexicon_of(shipped_catalogue())


def findings(text: str, lexicon: Lexicon, **context: object) -> list[Finding]:
    known = CheckingContext(**context)  # type: ignore[arg-type]
    found = list(find_name_defects(study_draft(Draft(text), lexicon, known)))
    for one in found:
        for language in ("zh", "en"):
            assert all_messages()[one.code].fill(language, one.params)
    return found


# year of the report | sentence | what is stale
STALE = """
2023 | 扎实推进扫黑除恶专项斗争，线索核查到位。 | 扫黑除恶专项斗争
2023 | 全面开展农村人居环境整治三年行动。 | 农村人居环境整治三年行动
2024 | 深入开展精准扶贫，走访农户。 | 精准扶贫
2022 | 加大对贫困村的投入。 | 贫困村
2025 | 深入开展党纪学习教育，组织党课四次。 | 党纪学习教育
2024 | 抓好常态化疫情防控，设立卡点。 | 常态化疫情防控
2024 | 推进第七次全国人口普查入户登记。 | 第七次全国人口普查
2022 | 全面落实新农合政策，群众踊跃缴费。 | 新农合
2023 | 扎实推进“十三五”规划各项任务。 | “十三五”规划
2024 | 深入开展安全生产专项整治三年行动。 | 安全生产专项整治三年行动
2021 | 与县工商局联合检查市场。 | 工商局
2022 | 请县农业局派人到田间讲课。 | 农业局
2022 | 向县脱贫攻坚指挥部报送材料。 | 脱贫攻坚指挥部
2021 | 镇计生办上门随访。 | 计生办
"""

CURRENT = """
2020 | 扎实推进扫黑除恶专项斗争，线索核查到位。
2020 | 决战决胜脱贫攻坚，开展冲刺清零。
2023 | 巩固拓展脱贫攻坚成果，守住底线。
2023 | 脱贫攻坚以来，共实施项目十个。
2023 | 2020年全面开展扫黑除恶专项斗争。
2024 | 农村集体产权制度改革成果得到巩固。
2024 | 深入开展党纪学习教育，组织党课四次。
2023 | 深入开展学习贯彻习近平新时代中国特色社会主义思想主题教育。
2022 | 抓好常态化疫情防控，设立卡点。
2021 | 深入开展党史学习教育。
2023 | 荣获脱贫攻坚先进集体称号。
2022 | 实施农村人居环境整治提升五年行动。
2022 | 县文化和旅游局派人指导。
2022 | 原县工商局家属院完成改造。
2018 | 与县工商局联合检查市场。
2024 | 对排查出的问题动态清零。
"""


@pytest.mark.parametrize("line", STALE.strip().splitlines())
def test_an_ended_campaign_told_as_this_years_work_is_stale(line: str, lexicon: Lexicon) -> None:
    year, sentence, stale = (cell.strip() for cell in line.split("|"))
    text = f"甲村{year}年工作总结\n{sentence}\n"

    (finding,) = findings(text, lexicon)

    assert finding.code == "NAMES_001"
    assert stale in text[finding.start : finding.end] or text[finding.start : finding.end] in stale


@pytest.mark.parametrize("line", CURRENT.strip().splitlines())
def test_a_campaign_of_its_own_time_or_looked_back_upon_is_right(
    line: str, lexicon: Lexicon
) -> None:
    year, sentence = (cell.strip() for cell in line.split("|"))

    assert findings(f"甲村{year}年工作总结\n{sentence}\n", lexicon) == []


def test_without_a_year_no_campaign_is_stale(lexicon: Lexicon) -> None:
    assert findings("甲村工作总结\n深入开展精准扶贫。\n", lexicon) == []


def test_the_office_may_say_the_year(lexicon: Lexicon) -> None:
    text = "工作总结\n深入开展精准扶贫，走访农户。\n"

    assert [one.code for one in findings(text, lexicon, year=2024)] == ["NAMES_001"]
    assert findings(text, lexicon, year=2019) == []


TREE = frozenset({"示例县", "样板镇", "甲村民委员会", "乙村民委员会", "丙村"})


@pytest.mark.parametrize(
    ("sentence", "names"),
    [
        ("组织甲村、丁家村、乙村开展清洁行动。", ["丁家村"]),
        ("丁家村党支部严格落实责任。", ["丁家村"]),
        ("完成全村道路硬化，行政村全覆盖，我村、各村群众满意。", []),
        ("向福建省丁家村学习，赴丁家村考察。", []),
        ("甲村、乙村、丙村分别完成任务。", []),
        ("脱贫村、示范村、美丽乡村建设稳步推进，民族村、中心村各一个。", []),
        ("对接外地旗丁村，输送务工人员。", []),
    ],
)
def test_a_village_that_is_in_no_tree_is_left_over_from_another_text(
    sentence: str, names: list[str], lexicon: Lexicon
) -> None:
    text = f"样板镇2023年工作总结\n{sentence}\n"

    found = findings(text, lexicon, organisations=TREE)

    assert [one.params["name"] for one in found if one.code == "NAMES_002"] == names


def test_without_a_tree_no_village_is_foreign(lexicon: Lexicon) -> None:
    assert findings("工作总结\n组织甲村、丁家村开展清洁行动。\n", lexicon) == []


@pytest.mark.parametrize(
    ("sentence", "codes"),
    [
        ("在丁家村党支部的坚强领导下，各项工作有序推进。", ["NAMES_003"]),
        ("让我们共创丁家村美好明天。", ["NAMES_003"]),
        ("在甲村党支部的坚强领导下，各项工作有序推进。", []),
        ("在村党支部的领导下，共创我村美好明天。", []),
        ("在样板镇党委、政府的正确领导下，工作有序推进。", []),
    ],
)
def test_another_name_where_the_writers_own_should_stand(
    sentence: str, codes: list[str], lexicon: Lexicon
) -> None:
    text = f"甲村2023年工作述职报告\n{sentence}\n"

    assert [one.code for one in findings(text, lexicon)] == codes


def test_two_townships_thanked_for_leading_one_village(lexicon: Lexicon) -> None:
    text = (
        "甲村2023年工作述职报告\n在样例镇党委、政府的正确领导下，工作有序推进。\n"
        "在示例镇党委的大力支持下，新建道路两公里。\n"
    )

    (finding,) = findings(text, lexicon)

    assert (finding.code, finding.params["name"]) == ("NAMES_004", "示例镇")
