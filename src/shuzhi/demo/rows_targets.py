"""What the demonstration's organisations promised for a year, and the nil reports of months without disputes.

Targets are set in the December before their year. A town promises for itself what its villages do not promise, so that a
promise is never counted twice on the way up.
"""

from __future__ import annotations

from collections.abc import Iterator

from shuzhi.demo.world import TOWN, TOWNSHIP, VILLAGE_A, VILLAGE_B, VILLAGE_C, villages

Rows = list[dict[str, object]]

#: (organisation, year) → indicator, promised figure in the indicator's unit, measures
_TARGETS: dict[tuple[str, int], tuple[tuple[str, str, str], ...]] = {
    (VILLAGE_A, 2023): (
        ("open_field_vegetable_area", "200", "统一供苗，落实种植补贴"),
        ("dangerous_houses_renovated", "14", "逐户核查，分批实施"),
        ("road_paved_length", "1300", "争取项目资金，组织群众投工"),
    ),
    (VILLAGE_A, 2024): (
        ("curtains_replaced", "10", "申报设施改造补助，农户自筹配套"),
        ("open_field_vegetable_area", "200", "统一供苗，落实种植补贴"),
        ("road_paved_length", "900", "争取项目资金，组织群众投工"),
        ("party_activists", "2", "从致富能手和返乡青年中选拔"),
    ),
    (VILLAGE_B, 2023): (
        ("orchard_management_area", "220", "组织技术员跟组指导"),
        ("open_field_vegetable_area", "150", "统一供苗，落实种植补贴"),
    ),
    (VILLAGE_B, 2024): (
        ("solar_greenhouses_built", "6", "争取项目支持，发动农户自建"),
        ("steel_sheds_built", "18", "集中连片建设，先建后补"),
        ("orchard_management_area", "227", "继续落实标准化管理和间作套种"),
        ("open_field_vegetable_area", "144", "统一供苗，落实种植补贴"),
    ),
    (VILLAGE_C, 2022): (
        ("tree_planting_area", "5", "利用村旁路旁空地"),
        ("theme_days", "12", "每月固定一天"),
    ),
    (VILLAGE_C, 2023): (
        ("theme_days", "12", "每月固定一天"),
        ("party_lectures", "4", "书记带头，每季度一次"),
        ("reserve_cadres_chosen", "1", "党员大会推荐"),
        ("tree_planting_area", "6", "利用村旁路旁空地"),
    ),
    (TOWN, 2023): (
        ("village_greening_length", "8000", "分村落实管护责任"),
        ("skill_training_participants", "340", "按务工意向开班"),
        ("higher_party_school_attendance", "40", "分批选派"),
    ),
    (TOWN, 2024): (
        ("study_group_sessions", "12", "每月安排一次专题学习"),
        ("probationary_members_received", "7", "从产业工人和返乡青年中培养"),
        ("higher_party_school_attendance", "40", "分批选派"),
        ("skill_training_participants", "360", "按务工意向开班"),
        ("sewage_pipe_length", "3000", "优先安排人口集中的村"),
        ("village_greening_length", "9000", "分村落实管护责任"),
    ),
    (TOWNSHIP, 2023): (
        ("grain_sown_area", "52500", "稳定撂荒地复耕面积"),
        ("tourist_visits", "32000", "办好季节性文旅活动"),
    ),
    (TOWNSHIP, 2024): (
        ("grain_sown_area", "53000", "稳定撂荒地复耕面积"),
        ("tobacco_area", "6800", "落实种植合同，统一育苗"),
        ("tourist_visits", "34000", "办好季节性文旅活动"),
        ("labor_transferred", "450", "建立务工意向台账，定向推送岗位"),
        ("skill_training_participants", "180", "按务工意向开班"),
    ),
}
#: villages of 示范镇 had no dispute in these months and said so
_NIL_MONTHS = ("2022-12", "2023-12")


def _targets(organisation: str, year: int) -> Rows:
    return [
        {
            "year": year,
            "indicator": indicator,
            "amount": amount,
            "kind": "预期性",
            "leader": "负责人甲",
            "measures": measures,
            "set_on": f"{year - 1}-12-20",
        }
        for indicator, amount, measures in _TARGETS[organisation, year]
    ]


def rows() -> Iterator[tuple[str, str, Rows]]:
    """All rows of this area: (ledger key, organisation code, rows as a person types them)."""
    for organisation, year in _TARGETS:
        yield "annual_target", organisation, _targets(organisation, year)
    for village in villages(TOWN):
        if int(village.code[9:]) % 2 == 0:
            yield (
                "nil_report",
                village.code,
                [
                    {"ledger": "dispute", "month": month, "reported_on": f"{month}-31"}
                    for month in _NIL_MONTHS
                ],
            )
