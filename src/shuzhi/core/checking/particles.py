"""的, 地 and 得: only the patterns in which the written 的 cannot stand.

的 before a verb may head a noun (积极有效的推进措施, 得到有效的落实), so a pattern asks for what makes the verb a predicate: 了, 把, 好
or its usual object. What is a matter of taste is left alone. Knows a text and nothing else.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True)
class ParticleSlip:
    """A 的 that should be 地 or 得; `found` and `wording` show it with its neighbours."""

    start: int
    end: int
    right: str
    found: str
    wording: str


_MANNERS: Final = (
    "很好|更好|较好|最好|积极有效|积极主动|主动|积极|扎扎实实|扎实|扎实有效|扎实有序|认真|切实|切切实实|有效|有效有序|有力|有序|有力有效|有力有序|有序有效|全面|深入|充分|努力|自觉|"
    "稳妥|积极稳妥|不断|逐渐|稳步|圆满|顺利|及时|逐步|严格|坚决|坚定|坚定不移|始终不渝|持之以恒|一如既往|旗帜鲜明|卓有成效|全心全意|创造性|有针对性|有计划|有步骤|有组织|有条不紊|"
    "尽职尽责|脚踏实地|实实在在|真真正正|真正|高质量|高标准|高效|较好较快|又好又快|保质保量|迅速|快速|圆满成功|不折不扣|毫不动摇|深入细致|认认真真|兢兢业业"
)
_PREDICATES: Final = (
    "把|将(?!来|军|领|士)|开[展张]工作(?!的)|开展了|开展好|开展各项|完成了|完成好|完成各项|完成上级|完成镇|完成乡|完成党|推进了|推动了|落实了|落实好|落实上级|做好|抓好|搞好|办好|管好|"
    "履行了|履行好|履行职责|履行自己|履行岗位|服务群众|服务于|服务百姓|服务人民|服务大局|为群众|为人民|为村民|为百姓|投入到|参与到|融入到|解决了|处理好|处理了|促进了|提高了|提升了|改善了|"
    "保障了|发挥了|发挥好|贯彻了|贯彻落实党|贯彻执行党|执行了|调动了|带动了|增强了|维护了|化解了|防止了|遏制了|杜绝了|凝聚了|激发了|团结带领|带领群众|带领全村|引导群众"
)
#: A noun phrase is being made or received: 得到了很好的落实.
_RECEIVED: Final = re.compile(
    r"(?:得到|取得|获得|受到|进行|作出|做出|予以|给予|提供|有着|是|以)了?[^，。；]{0,6}$"
)
_ADVERBIAL: Final = re.compile(rf"(?P<manner>{_MANNERS})(?P<de>的)(?P<verb>{_PREDICATES})")
#: A subject before and the clause's end behind leave the verb no noun to be: 各项工作有条不紊的开展。
_AT_THE_END: Final = re.compile(
    r"(?:工作|活动|项目|建设|事业|整治|改革|任务|工程|教育|行动)"
    r"(?P<manner>有条不紊|扎扎实实|稳步|有序|顺利|持续|深入|扎实|全面|不断|积极|圆满|有力|有力有序|平稳|快速|高效|正常)"
    r"(?P<de>的)(?P<verb>开展|推进|进行|落实|实施|完成)(?=[，。；])"
)
_DEGREE: Final = re.compile(
    r"(?P<verb>研究|落实|学习|理解|执行|把握|掌握|宣传|发挥|开展|贯彻|考虑|了解|领会|认识|思考|剖析|分析|推进|整改|履行|解决|处理|抓|做|管|学|想|干|钻|查|改|悟|坚持|监督|督促|谋划|沟通|联系|协调|保障|衔接)"
    r"(?P<de>的)(?P<degree>还(?:不够|不到位|不深|不透|不好|不细|不实|不牢|不紧|不严)|不够(?!的)|不深(?!的|入的)|不透|不到位(?!的)|不好(?!的)|不细|不实(?!际|用|施|现)|不紧|不严(?!重)|不全面(?!的)|不扎实(?!的)|不彻底(?!的)|不及时(?!的)|不牢|比较好(?!的)|很好(?!的)|较好(?!的))"
)
#: 对学习的不够重视: the verb is a noun here.
_OWNER: Final = re.compile(r"(?:对|关于)$")


def find_particles(text: str) -> Iterator[ParticleSlip]:
    """Every 的 that must be 地 or 得, in three passes over the text. Linear in its length."""
    for match in _ADVERBIAL.finditer(text):
        if _RECEIVED.search(text, max(match.start() - 12, 0), match.start()):
            continue
        yield _slip(match, "地", match["manner"], match["verb"])
    for match in _AT_THE_END.finditer(text):
        if not _RECEIVED.search(text, max(match.start() - 12, 0), match.start()):
            yield _slip(match, "地", match["manner"], match["verb"])
    for match in _DEGREE.finditer(text):
        if _OWNER.search(text, max(match.start() - 8, 0), match.start()):
            continue
        yield _slip(match, "得", match["verb"], match["degree"])


def _slip(match: re.Match[str], right: str, before: str, after: str) -> ParticleSlip:
    start, end = match.span("de")
    return ParticleSlip(start, end, right, f"{before}的{after}", f"{before}{right}{after}")
