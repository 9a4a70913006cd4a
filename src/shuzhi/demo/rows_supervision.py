"""Problems found and put right in the demonstration, with the talks and home visits of a township's leading team.

Each debriefing organisation has a few open problems and at least one that another office has closed; the reports draw only on
the open ones. 206 talks and 34 visits stand behind 200余 and 30余.
"""

from __future__ import annotations

from collections.abc import Iterator

from shuzhi.demo.shares import day, pick, spread_whole
from shuzhi.demo.world import TOWN, TOWNSHIP, VILLAGE_A, VILLAGE_B, VILLAGE_C, villages

Rows = list[dict[str, object]]

_TALKS = (206, 41)  #: talks, sittings
_VISITS = (34, 17)
_SPEAKERS = ("班子成员甲", "班子成员乙", "班子成员丙", "班子成员丁", "班子成员戊")

#: source, area, problem, cause, measures, state (an open one) or the day it was closed
_Problem = tuple[str, str, str, str, str, str]
_PROBLEMS: dict[str, tuple[int, str, tuple[_Problem, ...]]] = {
    VILLAGE_A: (
        2023,
        "村",
        (
            (
                "自查",
                "党建",
                "各党小组活动开展不平衡，个别小组组织生活不够经常",
                "小组长抓活动的办法不多",
                "逐组排定活动计划，支委包组督促",
                "整改中",
            ),
            (
                "群众反映",
                "人居环境",
                "部分巷道垃圾清运不够及时",
                "保洁力量分布不均",
                "按路段重新划分保洁责任区",
                "整改中",
            ),
            (
                "考核反馈",
                "产业发展",
                "新建果园面积占比较大，短期内见效慢",
                "幼园管护投入不足",
                "安排技术人员跟组指导，推广间作套种",
                "长期坚持",
            ),
            (
                "督查检查",
                "乡村治理",
                "个别会议记录要素不全",
                "记录人员业务不熟",
                "统一记录样式并开展培训",
                "2023-11-20",
            ),
        ),
    ),
    VILLAGE_B: (
        2023,
        "村",
        (
            (
                "群众反映",
                "基础设施",
                "部分生活道路尚未硬化，雨季出行不便",
                "项目资金缺口较大",
                "列入项目储备，分段争取实施",
                "整改中",
            ),
            (
                "考核反馈",
                "集体经济",
                "村集体经济收入来源单一，带动能力不强",
                "可盘活的资产资源底数不够清",
                "清查资产资源，发展设施出租和服务收入",
                "整改中",
            ),
            (
                "自查",
                "民生保障",
                "个别帮扶措施的佐证资料不完整",
                "资料归集不及时",
                "按户补齐资料，月底核对",
                "2023-10-25",
            ),
        ),
    ),
    VILLAGE_C: (
        2022,
        "村",
        (
            (
                "自查",
                "党建",
                "党员教育形式较为单一，外出党员参加学习不够经常",
                "结合外出党员实际的办法不多",
                "建立外出党员联络名册，定期线上联系",
                "整改中",
            ),
            (
                "上级巡视巡察",
                "党建",
                "村干部考核办法落实不够严格",
                "考核结果运用不充分",
                "按季度公示考核结果",
                "待验收",
            ),
            (
                "自查",
                "作风建设",
                "主动研究新情况的意识不强",
                "调查研究不够深入",
                "班子成员每季度蹲组调研",
                "长期坚持",
            ),
            (
                "上级巡视巡察",
                "党建",
                "党小组活动记录不规范",
                "缺少统一要求",
                "统一记录样式，逐月检查",
                "2022-10-18",
            ),
        ),
    ),
    TOWN: (
        2023,
        "乡镇",
        (
            (
                "上级巡视巡察",
                "政治建设",
                "理论学习与业务工作结合不够紧密，交流研讨偏少",
                "学习安排重进度、轻研讨",
                "每次学习确定专题发言，结合分管工作谈落实",
                "整改中",
            ),
            (
                "自查",
                "政治建设",
                "宣传阵地管理力量偏弱",
                "专职人员不足",
                "明确阵地管理员并开展业务培训",
                "整改中",
            ),
            (
                "上级巡视巡察",
                "党风廉政",
                "“一岗双责”压力传导不够均衡，个别分管领域提醒谈话偏少",
                "责任清单不够具体",
                "细化责任清单，按季度检查谈话情况",
                "整改中",
            ),
            (
                "督查检查",
                "党风廉政",
                "发文和会议数量仍有压减空间",
                "统筹不够",
                "实行文件会议月度计划管理",
                "待验收",
            ),
            (
                "考核反馈",
                "党建",
                "流动党员教育管理不够经常",
                "外出党员分散，联系方式更新不及时",
                "建立流动党员信息库，指定专人联系",
                "整改中",
            ),
            (
                "考核反馈",
                "党建",
                "村级党建工作进展不平衡",
                "对边远村指导不够",
                "班子成员联系后进村，逐月调度",
                "整改中",
            ),
            (
                "上级巡视巡察",
                "巡察整改",
                "个别问题整改后的跟踪问效不够及时",
                "回头看没有形成制度",
                "销号后三个月内安排回头看",
                "整改中",
            ),
            (
                "审计",
                "集体经济",
                "个别村合同台账登记不全",
                "合同管理责任不清",
                "集中清理合同并统一编号",
                "2023-09-15",
            ),
            (
                "督查检查",
                "人居环境",
                "部分排水渠清淤不及时",
                "管护责任未落实到组",
                "划定管护责任段",
                "2023-06-30",
            ),
        ),
    ),
    TOWNSHIP: (
        2023,
        "乡镇",
        (
            (
                "自查",
                "产业发展",
                "产业结构转型步伐不快，加工链条较短",
                "经营主体规模偏小",
                "引进和培育加工主体，完善联农机制",
                "整改中",
            ),
            (
                "群众反映",
                "基础设施",
                "部分村组道路和灌溉设施还有短板",
                "项目资金有限",
                "分批纳入项目库，优先解决集中反映的路段",
                "整改中",
            ),
            (
                "督查检查",
                "民生保障",
                "外出务工服务的针对性有待增强",
                "用工信息与群众需求衔接不够",
                "建立务工意向台账，定向推送岗位",
                "整改中",
            ),
            (
                "考核反馈",
                "作风建设",
                "少数干部主动谋划工作不够",
                "激励和督促措施不够具体",
                "建立重点工作月度调度和通报制度",
                "长期坚持",
            ),
            (
                "督查检查",
                "乡村治理",
                "个别村综治中心值班记录不全",
                "值班制度落实不严",
                "统一值班记录并定期抽查",
                "2023-08-28",
            ),
        ),
    ),
}


def _rectification(organisation: str) -> Iterator[dict[str, object]]:
    year, owner, problems = _PROBLEMS[organisation]
    for order, (source, area, problem, cause, measures, state) in enumerate(problems):
        row: dict[str, object] = {
            "number": f"{year}-{order + 1:02d}",
            "source": source,
            "owner": owner,
            "area": area,
            "problem": problem,
            "cause": cause,
            "measures": measures,
            "leader": "负责人甲" if order % 2 else "负责人乙",
            "found_on": day(year, 2 + order % 4, order),
        }
        if state == "长期坚持":
            row["state"] = state
        elif state[0].isdigit():
            row |= {
                "state": "已销号",
                "due_on": f"{year}-12-31",
                "closed_on": state,
                "closed_by": "示范镇党委" if owner == "村" else "示例县委督查室",
            }
        else:
            row |= {"state": state, "due_on": f"{year + 1}-06-30"}
        yield row


def _talks(units: tuple[str, ...]) -> Rows:
    parts = spread_whole(_TALKS[0], _TALKS[1], 1)
    return [
        {
            "date": day(2023, 1 + order * 12 // len(parts), order),
            "speaker": pick(_SPEAKERS, order),
            "unit": pick(units, order),
            "attendance": part,
        }
        for order, part in enumerate(parts)
    ]


def _visits() -> Rows:
    parts = spread_whole(_VISITS[0], _VISITS[1], 4)
    return [
        {
            "date": day(2023, 1 + order * 12 // len(parts), order + 2),
            "visitor": pick(_SPEAKERS, order),
            "attendance": part,
        }
        for order, part in enumerate(parts)
    ]


def rows() -> Iterator[tuple[str, str, Rows]]:
    """All rows of this area: (ledger key, organisation code, rows as a person types them)."""
    for organisation in _PROBLEMS:
        yield "rectification", organisation, list(_rectification(organisation))
    units = ("党政综合办公室", "农业综合服务中心", *(v.name for v in villages(TOWNSHIP)))
    yield "discipline_talk", TOWNSHIP, _talks(units)
    yield "integrity_visit", TOWNSHIP, _visits()
