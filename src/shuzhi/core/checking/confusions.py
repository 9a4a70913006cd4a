"""Near misses of fixed phrases: one character written for another that sounds or looks like it.

An input method gives 乡村镇兴 as readily as 乡村振兴, and the eye slides over 拔款. Fixed phrases of official language (the catalogue's
formulas, names and programmes) and the idioms of jieba's dictionary are the yardstick; pypinyin its readings. A phrase of four or
more characters with exactly one wrong character is reported when the pair is known to be mixed up and the written word is no word.
Two-character words are a second yardstick, with stricter conditions: the wrong character must be an orphan, in no word with either
neighbour, and with the right one the text must fall into words that are far more probable by the dictionary's frequencies. Everything
is made on first use and kept; a text is read in one pass.
"""

from __future__ import annotations

import importlib.util
import json
import math
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

#: Characters that share a part, mostly the one that gives the sound; inside a word any of them is written for another.
_FAMILIES: Final = (
    "峻竣俊骏浚唆梭酸 憾撼感 嫁稼家 堤提题 浦圃铺捕辅 赎渎读犊续牍 厉励砺 缉辑揖 藉籍 契挈锲揳楔 沤呕讴枢抠 篷蓬 "
    "尉慰蔚 幻幼 顷倾项 械戒诫懈 崛掘倔 僻辟避譬壁璧劈 疑凝 瞎辖豁割 捉促足 缴激檄邀 早旱 燥躁操澡噪藻 裁栽载戴 "
    "偿尝 伸申神审绅 炼练拣 灌罐 梳疏蔬 揭竭歇渴喝葛 植值殖直置 培陪赔倍部剖 扶抚夫 凑揍奏 妨防仿访纺房坊芳 "
    "卷倦圈券拳眷 棘刺辣 钮扭纽 融溶容熔榕 驻住注柱蛀 峰锋蜂逢蓬 幅辐福富副逼 概慨溉既 郊效校较绞胶狡饺咬 跃沃妖 "
    "拔拨 挖控空 控腔 崇祟 徒徙 辨辩辫瓣 待侍持诗恃 径经颈茎劲轻 历厉 坐座 渡度镀 竟竞境镜 沧苍舱抢仓枪创 "
    "伦沦论轮抡 渗掺惨 摸模漠膜摹幕墓慕募暮 振震赈晨辰唇 整正证政征症惩 供拱洪哄 胀账帐张涨 磨摩魔 漫慢蔓馒 贷货 "
    "贪贫 迫追 迁迂 延廷 庭挺艇 诞涎 建健键 盲育 坚竖 贤肾紧 监蓝篮滥 鉴签 检捡险验脸敛俭剑 签检 侦帧贞 "
    "愤喷坟 馈溃愧块 遗遣 谴遣 缱遣 徽微徵 型形刑 刊列 例列烈裂 制治 冶治 洽恰拾给 络洛落骆略 阔括活 刮括 "
    "拓妥 措借惜错醋猎蜡 腊猎 析折拆 诉拆 坼拆 晰析 渐暂惭崭斩 哲折誓逝 侵浸 寝浸 蜜密秘 泌秘密 逐遂 隧遂 "
    "坠堕随 椭随 粮粱梁 娱误悟 晤悟 语悟 倡唱猖 畅汤杨场扬肠荡 烫荡 标票漂飘膘 瞟飘 栗粟 凛廪 懔凛 禀凛 "
    "缘绿录 碌禄绿 椽缘 彻砌切 撤澈辙彻 徹彻 拢扰 扰忧优犹 垄陇笼聋 宠笼 袭龚 享亨 孰熟 塾熟 郭廓 敦淳 谆淳 "
    "醇淳 熬傲 遨傲 傲激 缆揽览榄 搅觉 绕浇烧饶挠晓翘 侥绕 尧绕 仇抗 杭抗航坑 炕抗 吭航 沉沈枕忱 耽沈 耿耽 "
    "贬泛眨 乏泛 范犯 氾范 案按鞍 桉按 宴晏 安按 滋磁慈 兹滋 磋搓 差搓 嗟磋 蹉磋 据剧锯居 踞据 询殉旬徇荀 "
    "讯汛迅 逊孙 沟构购钩勾 垢后 诟垢 毁毅 殴欧呕 段锻缎煅 暇瑕霞遐 假暇 瑕疵 癖僻 魄迫 泊迫拍柏伯怕帕 碧壁 "
    "弊蔽敝撇憋 币弊 毙弊 偏遍编篇骗 翩偏 扁编 贩版板扳返饭叛 阪坂 般搬船 盘般 舶船 诠全铨痊栓 拴栓 绘会烩 "
    "侩会 核该刻孩骇咳 劾核 亥核 赅该 恢灰诙 魁愧 鬼愧 瑰愧 傀魁 赢羸嬴 蠃赢 盈楹 萤莹营荧荣 莺营 茔营 "
    "劳捞涝唠 崂劳 辉挥浑晕 荤浑 军晖 睦陆 谨勤瑾 仅谨 馑谨 叹汉 难滩摊 瘫摊 谁推 维唯惟堆推 稚雅 准淮 椎锥 "
    "雄熊 罹罗 锣箩罗 惰堕 懈解 邂解 蟹懈 擅檀坛 颤擅 膻擅 稳隐 瘾隐 急稳 忌记己纪 计什 改攻 讥机饥肌叽 "
    "几机 玑机 极级汲吸圾 及级 岌极 济剂挤齐跻 荠脐 际察 祭际 擦察 绩积渍债 碛绩 啧责 策责 继断 维继 蓟继 "
    "续继 捷睫婕 截载 劫却 怯却 脚却 节书 杰木 洁结桔拮诘 髻结 秸秆 杆竿秆肝 干杆 赶杆 捍焊悍旱 罕旱 扞捍 "
    "函涵 菡涵 涌勇 踊涌 恿涌 蛹涌 诵通 捅桶 痛通 俑诵 用甬 拥佣 庸佣 雍拥 臃拥 壅拥 踪综棕宗 崇宗 淙综 "
    "琮综 粽综 彰章障樟嶂 漳彰 瘴障 璋彰 招绍昭召沼诏 照昭 邵绍 超召 迢超 详祥洋样 翔详 庠详 佯样 氧养 痒养 "
    "漾样 箱湘 相箱 厢箱 响晌 向响 饷响 项顶 巷港 象像橡 向象 削消销宵霄硝 屑消 逍消 稍梢 捎稍 哨稍 肖俏 "
    "峭俏 悄俏 晰淅 熙照 犀牺 晒洒 牺栖 息熄媳 袭习 悉息 膝漆 惜昔 锡惕踢 蜥晰 喜嘉 禧喜 系糸 戏戳 隙细 "
    "侠峡狭挟 夹侠 陕峡 衔街 涯崖 弦炫玄眩 舷弦 嫌谦歉赚廉 兼嫌 献南 羡美 线浅钱践贱 栈践 笺践 残践 现视 "
    "视祝 宪先洗 铣选 陷馅焰 掐陷 谄陷 限恨很狠根跟 垦恳 艰垠 墾懇 眼狠 泄世 蝶谍喋 碟蝶 屉泄 泻写 卸御 "
    "谐偕皆楷 揩谐 阶价介 界介 芥界 携隽 斜叙余徐 途涂 除徐 胁协 办胁 苏协 邪雅 芽雅 讶雅 呀牙 穿牙 欣掀 "
    "锨掀 薪新 辛新 亲新 莘辛 芯心 沁心 衅畔 畔伴 判伴 叛伴 拌绊伴 胖伴 醒星腥猩 性姓牲胜 惺醒 幸辛 兴光 "
    "邢形 汹凶匈胸 雄宏 弘宏 泓弘 鸿红 虹红江 洪宏 休体 秀透 诱透 莠透 锈绣 袖抽 油由抽轴宙 柚油 釉油 铀油 "
    "迪笛 邮油 邹邮 需须 须顺 蓄畜 绪诸 储诸 猪诸 渚诸 堵赌 睹都 署暑薯曙 煮署 著着 箸著 奢著 墅野 序予 "
    "预予 抒舒 豫像 旭九 恤血 叙序 喧宣渲 煊宣 萱宣 悬县 旋施 璇旋 绚询 选洗 学字 雪扫 妇扫 穴究 血皿 "
    "循遁 盾循 巡迎 训川 驯训 顺训 环坏 妨碍 委诿萎 顶鼎 付副 股鼓 报抱 力利 堡保褒 班斑 帖贴 粘沾 松忪 "
    "弛驰 部布 寨塞赛 惩罚 烁砾 铄烁 砾砺 寥廖 缪谬 绪序 蕴酝 酝韵 酿娘 筹畴涛 铸筹 寿筹 傅博缚 簿薄博 "
    "泊舶 搏膊 驳驭 驱躯 岖驱 妪驱 衷哀衰 裹衷 脊背 嵴脊 瘠脊 膳缮擅 善擅 痿萎 绥妥 馁绥 桅危 诡危 沪护 "
    "户沪 互沪 炉驴 庐炉 芦庐 滤虑 掳虏 撸鲁 魂瑰 槐魁 块魂 淋琳 霖淋 磷鳞嶙 麟鳞 粼鳞 菱凌陵棱绫 "
    "岭领龄铃玲零伶怜 邻怜 令邻 聆铃 浏刘 榴溜瘤 留榴 缕楼搂屡 褛缕 履覆复 腹复馥 瞻赡檐 斋齐 债责 帜炽职识 "
    "织帜 挚执势垫 蛰执 致至 窒至 侄至 挡档裆 党挡 蹈稻滔 韬滔 淘陶掏 萄陶 誊腾 藤腾 滕腾 剔踢惕 涕递弟梯 "
    "锑梯 第弟 悌弟 缔帝蒂谛 蹄啼 恬甜 舔添 填慎镇颠 真填 滇镇 铁贴 厅听 停亭 婷停 梃挺 屠署 徒陡 吐土 "
    "湍瑞揣喘端 屯纯钝盹 囤屯 臀殿 驼陀鸵 砣驼 洼娃蛙挂卦 佳挂 挽晚 婉碗腕豌惋 宛婉 枉汪旺狂 逛狂 往住 忘望 "
    "妄忘 违伟围苇 纬伟 玮伟 韦违 味昧妹 魅味 畏喂 渭谓 胃谓 纹蚊坟 紊纹 瓮翁嗡 窝锅祸涡 蜗涡 巫诬 污巧 "
    "屋握 侮梅海悔诲每霉敏 晦悔 捂悟 勿吻 务雾 溪奚 蹊溪 铣洗 隙陈 呷甲 厦夏 仙灿 闲娴 衔衍 镶壤嚷攘襄 瓤壤 "
    "让嚷 惹若诺匿 壬任 妊任 韧纫忍认仞 刃韧 扔仍 茸绒 戎绒 蓉容 揉糅 孺儒蠕 乳孔 褥辱 软转 蕊芯 "
    "锐悦税说脱蜕阅 闰润 若苦 撒散 飒讽 桑嗓 骚搔 瑟涩 杀刹 纱沙 砂沙 莎沙 删珊栅姗 册删 杉衫彬 煽扇 汕灿 "
    "缮善 赏尝 裳尝 绍韶 舌话 设没 涉步 摄慑 赦郝 射谢 慎真 绳蝇 渑绳 圣怪 盛诚城成 剩乘 虱风 湿显 蚀蛀 "
    "矢失 屎尿 驶使 仕任 饰饬 拭试 轼试 嗜耆 守寺 授受绶 兽曾 殊珠株诛朱 黍暑 蜀触 述术 恕怒 庶遮 漱嗽 "
    "刷涮 率摔 蟀率 霜箱 爽夹 瞬舜 撕斯嘶 肆肄 嗣祠 饲伺词 颂送 讼颂松 诵涌 搜艘嫂叟 擞数 酥稣 溯塑 朔塑 "
    "素索 蒜算 虽遂 髓随 碎粹 翠碎 悴粹 瘁粹 淬粹 萃粹 穗惠 笋荀 损陨 缩宿 琐锁 嗦索 塌榻蹋 踏塔 搭塔 "
    "抬治 苔笞 泰秦 态太 坛云 谈淡 痰谈 毯谈 潭谭 坦担但 袒坦 探深 塘糖搪 膛堂螳 倘躺淌趟 敞倘"
)


@cache
def _looks_like() -> frozenset[tuple[str, str]]:
    pairs: set[tuple[str, str]] = set()
    for group in f"{_SHAPES} {_FAMILIES}".split():
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
def _entry_of(word: str) -> tuple[int, str]:
    """Frequency and part of speech of a word; (0, "") = no word. A search by halves over the sorted lines."""
    text = _dictionary()
    low, high = 0, len(text)
    while low < high:
        start = text.rfind("\n", low, (low + high) // 2 + 1) + 1 or low + 1
        end = text.find("\n", start)
        if end < 0:
            break
        found, frequency, part = text[start:end].split(" ", 2)
        if found == word:
            return int(frequency), part
        if found < word:
            low = end
        else:
            high = start - 1
    return 0, ""


def frequency_of(word: str) -> int:
    """How often jieba's dictionary has seen a word; 0 = no word."""
    return _entry_of(word)[0]


def part_of_speech(word: str) -> str:
    """The dictionary's part of speech of a word (v, n, ns, d …); "" = no word."""
    return _entry_of(word)[1]


def is_usual_word(word: str) -> bool:
    """Whether the general language has a word of at least two characters often enough to be meant as written."""
    return len(word) > 1 and frequency_of(word) >= _A_COMMON_WORD


#: Idioms (i), set phrases (l) and four-character words of the general language.
_IDIOM: Final = re.compile(r"^([\u4e00-\u9fff]{4}) ([5-9]|\d{2,}) [il]$", re.M)
#: Very common verbs and nouns of the general language; names and numbers left out.
_A_COMMON_TARGET: Final = 2500
_VERBS_AND_NOUNS: Final = frozenset(("v", "vn", "n", "a", "ad", "an", "d"))
#: Words as they are met; names met now and then only are left out.
_TWO_CHARACTERS: Final = re.compile(r"^([\u4e00-\u9fff]{2}) (?!\d n[rstz])", re.M)
#: What may be meant when a character of similar shape stands there: any word but names.
_TARGET: Final = re.compile(r"^([\u4e00-\u9fff]{2}) (\d{2,}) (?!nt)(\w+)$", re.M)
_A_TARGET: Final = 40


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
    words: frozenset[str] = frozenset()  #: every two-character word known
    #: the same for all words that are met now and then
    any_firsts: dict[str, str] = field(default_factory=dict)
    any_seconds: dict[str, str] = field(default_factory=dict)
    shaped: dict[tuple[str, str, bool], tuple[tuple[str, Reason], ...]] = field(
        default_factory=dict
    )
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

    def add_any(self, word: str) -> None:
        first, second = word[0], word[1]
        self.any_firsts[second] = self.any_firsts.get(second, "") + first
        self.any_seconds[first] = self.any_seconds.get(first, "") + second

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
        # short forms that a general dictionary hardly knows are known, but not proposed
        if len(word.text) == 2 and frequency_of(word.text) >= _A_COMMON_WORD:
            index.add_word(word.text)
    listed = {word.text for word in lexicon.words("formula") if len(word.text) == 2}
    index.words = frozenset(listed).union(_TWO_CHARACTERS.findall(_dictionary()))
    for short in listed:
        if frequency_of(short) >= _A_COMMON_WORD:
            index.add_any(short)
    for match in _TARGET.finditer(_dictionary()):
        frequency = int(match[2])
        if frequency >= _A_TARGET:
            index.add_any(match[1])
        if frequency >= _A_COMMON_TARGET and match[3] in _VERBS_AND_NOUNS:
            index.add_common(match[1])
    index.official = len(index.phrases)
    for match in _IDIOM.finditer(_dictionary()):
        if match[1] not in official:
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
    """Words in which one character was written for another like it, and the written one makes no word.

    Names of people, places and crops are what could be taken for slips; so what stands around must be words or free characters.
    A character of the same sound is proposed for the words that the catalogue lists as usual and for very common ones, one of
    similar shape for any word, provided that the text can then be cut into words that are much more probable.

    Args:
        text: the draft's text as detectors read it.
        lexicon: whose formulas are the usual words.
    """
    index = _index_of(lexicon)
    words = index.words
    for match in _HAN.finditer(text):
        run = match[0]
        # a character is covered when it makes a word with a neighbour
        covered = [run[at : at + 2] in words for at in range(len(run) - 1)]
        for at, written in enumerate(run):
            if (at and covered[at - 1]) or (at < len(covered) and covered[at]):
                continue
            near = None if written in _FREE else _orphan(run, at, written, index)
            near = near or _broken_word(run, at, written, covered, index)
            if near is None:
                continue
            start, right, reason = near
            found = run[start : start + len(right)]
            first = match.start() + start
            if not _is_quoted(text, first, first + len(right)):
                yield NearMiss(
                    first, first + len(right), found, right, written, right[at - start], reason
                )


#: How much more probable the text must become, as a difference of logarithms.
_LEAST_GAIN: Final = 6.0
_LEAST_GAIN_BY_LOOK: Final = 8.0
_LEAST_GAIN_BY_SOUND: Final = 9.0
_A_WELL_KNOWN_WORD: Final = 1000
_WINDOW: Final = 5
_PARTICLES: Final = frozenset("的了着过地得")
#: What is put behind names of places, and what stands before names.
_SURNAMES: Final = frozenset(
    "王李张刘陈杨黄赵周吴徐孙朱马胡郭林何高梁郑罗宋谢唐韩曹许邓萧冯曾程蔡彭潘袁董余苏叶吕魏蒋田杜丁沈姜范江傅钟卢汪戴崔任陆廖姚方金邱夏谭韦贾邹石熊孟秦阎薛侯雷白龙段郝孔邵史毛常万顾赖武康贺严尹钱施牛洪龚"
)
_A_USUAL_CHARACTER: Final = 800
_PLACE_ENDS: Final = frozenset("村镇乡县市区组路寨屯湾岭坪沟桥河江湖山庄街巷社坝站")


def _broken_word(
    run: str, at: int, written: str, covered: list[bool], index: _Index
) -> tuple[int, str, Reason] | None:
    """The word that a character like the written one makes here, when it makes the text around it far more probable."""
    best: tuple[float, int, str, Reason] | None = None
    before = ""
    for is_behind in (True, False):
        partner = run[at + 1 : at + 2] if is_behind else run[max(at - 1, 0) : at]
        if not partner or partner in _PARTICLES:
            continue
        start = at if is_behind else at - 1
        for meant, reason in _made_words(written, partner, is_behind, index):
            if not _is_open_around(run, start, covered):
                break
            if _is_in_a_long_word(run, at):
                return None
            right = meant + partner if is_behind else partner + meant
            first, last = max(start - _WINDOW, 0), start + 2 + _WINDOW
            before = before or run[first:last]
            gain = _cost(run[first:last]) - _cost(run[first:start] + right + run[start + 2 : last])
            if gain >= _least_gain(written, meant, right, reason) and (
                best is None or gain > best[0]
            ):
                best = (gain, start, right, reason)
    return best[1:] if best else None


@cache
def _least_gain(written: str, meant: str, right: str, reason: Reason) -> float:
    """What is asked of a slip: more where the two characters only look alike or only sound alike."""
    if reason == "sound":
        return _LEAST_GAIN_BY_SOUND
    if reason_of(written, meant, merged=True) == "sound":
        return _LEAST_GAIN
    return _LEAST_GAIN_BY_LOOK if frequency_of(right) >= _A_USUAL_WORD else math.inf


def _is_in_a_long_word(run: str, at: int) -> bool:
    return any(
        frequency_of(run[first : first + length])
        for length in (3, 4)
        for first in range(max(at - length + 1, 0), min(at, len(run) - length) + 1)
    )


def _is_open_around(run: str, start: int, covered: list[bool]) -> bool:
    """Whether what stands on both sides of a pair can be left alone and is no name."""
    end = start + 2
    if end < len(run) and run[end] in _PLACE_ENDS:
        return False
    is_open_behind = (
        end >= len(run) or _may_stand_alone(run[end]) or covered[end : end + 1] == [True]
    )
    return is_open_behind and (
        start == 0 or _may_stand_alone(run[start - 1]) or (start > 1 and covered[start - 2])
    )


@cache
def _may_stand_alone(character: str) -> bool:
    return character in _FREE or (
        character not in _SURNAMES and frequency_of(character) >= _A_USUAL_CHARACTER
    )


def _made_words(
    written: str, partner: str, is_behind: bool, index: _Index
) -> tuple[tuple[str, Reason], ...]:
    """The characters that make any word with the partner and are mixed up with the written one."""
    asked = (written, partner, is_behind)
    if asked not in index.shaped:
        others = (index.any_firsts if is_behind else index.any_seconds).get(partner, "")
        index.shaped[asked] = tuple(
            (other, reason)
            for other in others
            if (reason := _inside_a_word(written, other, partner, is_behind)) is not None
        )
    return index.shaped[asked]


def _inside_a_word(written: str, meant: str, partner: str, is_behind: bool) -> Reason | None:
    """Why one character may have been written for another inside a word; by sound alone only in a very usual one."""
    if written + meant in _LEFT_TO_OTHERS:
        return None
    if (written, meant) in _looks_like():
        return "shape"
    sounds = _sounds()
    is_usual = frequency_of(meant + partner if is_behind else partner + meant) >= _A_WELL_KNOWN_WORD
    return "sound" if is_usual and sounds[written] and sounds[written] == sounds[meant] else None


#: Words that jieba's dictionary counts, all together.
_ALL_COUNTED: Final = 60_101_750
_LONGEST_WORD: Final = 4


@cache
def _word_cost(word: str) -> float | None:
    """How improbable a word is; None = no word."""
    frequency = frequency_of(word)
    if frequency or len(word) == 1:
        return math.log(_ALL_COUNTED / max(frequency, 1))
    return None


def _cost(text: str) -> float:
    """How improbable a short text is, cut into words in the most probable way."""
    best = [0.0]
    for end in range(1, len(text) + 1):
        least = math.inf
        for length in range(1, min(_LONGEST_WORD, end) + 1):
            cost = _word_cost(text[end - length : end])
            if cost is not None:
                least = min(least, best[end - length] + cost)
        best.append(least)
    return best[-1]


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
