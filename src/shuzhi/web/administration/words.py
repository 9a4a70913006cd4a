"""Words of this area: what an event is called, what stands in it, what kinds of definitions and fields there are."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from shuzhi.apps.people.permissions import AREA_WORDS, ROLES
from shuzhi.web.words import Words, language, say

LEVELS: Mapping[str, Words] = {
    "province": Words("省", "Province"),
    "prefecture": Words("市（州）", "Prefecture"),
    "county": Words("县", "County"),
    "township": Words("乡镇", "Township"),
    "village": Words("村", "Village"),
    "group": Words("组", "Group"),
}

#: kinds of definitions: name → (Chinese and English, what it is)
KINDS: Mapping[str, Words] = {
    "ledger": Words("台账", "Ledgers"),
    "indicator": Words("指标", "Indicators"),
    "relation": Words("勾稽关系", "Relations"),
    "parameter": Words("标准和参数", "Standards"),
    "report": Words("报告模板", "Report templates"),
    "unit": Words("计量单位", "Units of measure"),
    "wordlist": Words("词表", "Word lists"),
    "programme": Words("专项行动", "Programmes"),
}

FIELD_TYPES: Mapping[str, Words] = {
    "text": Words("文字", "Text"),
    "integer": Words("整数", "Whole number"),
    "quantity": Words("数量", "Quantity"),
    "date": Words("日期", "Date"),
    "month": Words("月份", "Month"),
    "choice": Words("选择", "Choice"),
    "boolean": Words("是或否", "Yes or no"),
    "reference": Words("引用编号", "Reference"),
    "organisation": Words("单位", "Unit"),
    "identity_number": Words("身份证号", "Identity number"),
    "phone": Words("电话", "Telephone"),
    "indicator": Words("指标", "Indicator"),
    "ledger": Words("台账", "Ledger"),
}

NATURES: Mapping[str, Words] = {
    "register": Words(
        "登记册：一行一直有效，直到更正或终止",
        "Register: a row stays current until revised or ended",
    ),
    "journal": Words("流水：一行是一件事", "Journal: a row is one event"),
    "stock": Words("时点数：到期末为止有多少", "Stock: how much there is at a period's end"),
    "flow": Words("时期数：这段时间里有多少", "Flow: how much there was in a period"),
    "derived": Words(
        "派生数：每一级都按原始数重算，不平均、不相加",
        "Derived: recomputed at every level, never added or averaged",
    ),
}

RELATION_KINDS: Mapping[str, Words] = {
    "sum": Words("合计", "Sum"),
    "part": Words("包含", "Part"),
    "product": Words("乘积", "Product"),
    "rate": Words("比率", "Rate"),
    "growth": Words("增幅", "Growth"),
    "breakdown": Words("分项", "Breakdown"),
}

#: mark of the domain handbook → how far the basis can be relied on
TRUST: Mapping[str, Words] = {
    "V": Words("已查对来源", "Source was seen"),
    "L": Words("已读法律原文", "Text of the law was read"),
    "K": Words("国家规定，用前请核对原文", "National rule; check the text before use"),
    "P": Words("常见做法，各地不同", "Common practice, differs by place"),
    "S": Words("取自样本报告", "Taken from sample reports"),
    "D": Words("由本软件推算", "Derived by this program"),
}

CHANGES: Mapping[str, Words] = {
    "added": Words("新增", "Added"),
    "changed": Words("改变", "Changed"),
    "removed": Words("去掉", "Removed"),
    "restored": Words("恢复自带的", "Back to the shipped one"),
}

JOB_STATES: Mapping[str, Words] = {
    "waiting": Words("排队中", "Waiting"),
    "running": Words("进行中", "Running"),
    "done": Words("已完成", "Done"),
    "failed": Words("未完成", "Failed"),
    "cancelled": Words("已取消", "Cancelled"),
}

EVENTS: Mapping[str, Words] = {
    "office.created": Words("建立单位账", "Office made"),
    "office.restored": Words("从备份恢复", "Restored from a backup"),
    "organisation.opened": Words("开设单位", "Unit opened"),
    "organisation.renamed": Words("单位改名", "Unit renamed"),
    "organisation.moved": Words("调整隶属", "Unit moved"),
    "organisation.closed": Words("关闭单位", "Unit closed"),
    "organisation.merged": Words("合并单位", "Units merged"),
    "organisation.split": Words("拆分单位", "Unit split"),
    "organisation.located": Words("设定位置", "Place on the map set"),
    "account.created": Words("增设帐号", "Account opened"),
    "account.closed": Words("停用帐号", "Account closed"),
    "account.reopened": Words("恢复帐号", "Account reopened"),
    "account.password_set": Words("重设密码", "Password set by an administrator"),
    "account.password_changed": Words("本人改密码", "Own password changed"),
    "account.signed_in": Words("登录", "Signed in"),
    "account.signed_out": Words("退出", "Signed out"),
    "account.sign_in_failed": Words("登录失败", "Sign-in failed"),
    "account.locked": Words("帐号锁定", "Account locked"),
    "account.session_ended": Words("结束登录", "Session ended"),
    "account.factor_added": Words("增加登录验证方式", "Sign-in factor added"),
    "account.factor_removed": Words("去掉登录验证方式", "Sign-in factor removed"),
    "post.given": Words("任职", "Post given"),
    "post.changed": Words("任职变更", "Post changed"),
    "post.ended": Words("免职", "Post ended"),
    "book.opened": Words("建账", "Books opened"),
    "book.checked": Words("查账", "Books checked"),
    "book.closed": Words("结账", "Books closed"),
    "book.reopened": Words("重开账册", "Books reopened"),
    "book.backfilled": Words("补过账", "Backfilled"),
    "record.rebuilt": Words("重建检索文字", "Made the words to search by again"),
    "book.proved": Words("对账验封", "Reconciled or verified"),
    "ledger.imported": Words("导入台账", "Ledger imported"),
    "ledger.exported": Words("导出台账", "Ledger exported"),
    "report.made": Words("生成报告", "Report made"),
    "report.revised": Words("修改报告", "Report revised"),
    "report.confirmed": Words("确认报告", "Report confirmed"),
    "report.signed": Words("签发报告", "Report signed"),
    "report.unsigned": Words("撤回签发", "Sign-off taken back"),
    "record.unmasked": Words("查看未打码的个人信息", "Personal values shown"),
    "definition.enforced": Words("定义生效", "Definitions taken into force"),
    "definition.withdrawn": Words("撤回定义", "Definitions withdrawn"),
    "backup.made": Words("备份", "Backup made"),
    "backup.downloaded": Words("下载备份", "Backup downloaded"),
    "backup.removed": Words("删除备份", "Backup removed"),
    "match.confirmed": Words("确认核对匹配", "Match confirmed"),
    "match.withdrawn": Words("撤回核对匹配", "Match withdrawn"),
    "finding.silenced": Words("停用疑点规则", "Finding silenced"),
    "finding.unsilenced": Words("启用疑点规则", "Finding in use again"),
    "draft.handed_in": Words("交来核对的稿子", "Draft handed in"),
    "draft.removed": Words("删除核对的稿子", "Draft removed"),
    "token.issued": Words("新建接口密钥", "API key made"),
    "token.revoked": Words("收回接口密钥", "API key revoked"),
}

_PARAMS: Mapping[str, Words] = {
    "reason": Words("理由", "reason"),
    "name": Words("名称", "name"),
    "old": Words("原来", "before"),
    "new": Words("改为", "after"),
    "count": Words("数目", "count"),
    "year": Words("年度", "year"),
    "period": Words("期间", "period"),
    "account": Words("帐号", "account"),
    "role": Words("岗位", "role"),
    "on": Words("日期", "day"),
    "from_date": Words("起", "from"),
    "to_date": Words("止", "to"),
    "expires_on": Words("有效到", "valid until"),
    "to": Words("到", "to"),
    "into": Words("并入", "into"),
    "merged": Words("被合并", "merged"),
    "parts": Words("拆成", "parts"),
    "file": Words("文件", "file"),
    "files": Words("文件", "files"),
    "point": Words("时点", "as-of point"),
    "as_of": Words("时点", "as-of point"),
    "at": Words("时间", "time"),
    "version": Words("版本", "version"),
    "changed": Words("变动的定义", "definitions changed"),
    "safety": Words("恢复前的备份", "backup of the state before"),
    "office": Words("单位账编号", "office id"),
    "ledger": Words("台账", "ledger"),
    "indicator": Words("指标", "indicator"),
    "template": Words("模板", "template"),
    "report": Words("报告", "report"),
    "record": Words("记录", "record"),
    "number": Words("编号", "number"),
    "seq": Words("序号", "number"),
    "kind": Words("种类", "kind"),
    "subject": Words("对象", "subject"),
    "finding": Words("疑点", "finding"),
    "findings": Words("疑点数", "findings"),
    "excerpt": Words("摘录", "excerpt"),
    "words": Words("用词", "wording"),
    "digest": Words("校验和", "checksum"),
    "ends": Words("到期", "ends"),
    "lines": Words("业务", "lines of work"),
    "order": Words("检查文件", "order"),
    "what": Words("内容", "what"),
    "waiting": Words("待审", "waiting"),
    "sound": Words("相符", "sound"),
    "problems": Words("问题数", "problems"),
    "token": Words("密钥", "key"),
    "scopes": Words("用途", "purposes"),
    "minutes": Words("分钟", "minutes"),
    "address": Words("来自", "from address"),
    "way": Words("方式", "way"),
    "known": Words("有这个帐号", "account exists"),
    "before": Words("原来", "before"),
    "action": Words("动作", "action"),
    "section": Words("章节", "section"),
    "heading": Words("标题", "heading"),
    "slots": Words("数位", "slots"),
    "only": Words("仅本单位", "this unit only"),
    "post": Words("任职", "post"),
    "factor": Words("验证方式", "factor"),
    "batch": Words("批次", "batch"),
    "fields": Words("字段", "fields"),
    "records": Words("记录", "records"),
    "rows": Words("行数", "rows"),
    "code": Words("代码", "code"),
    "has_password": Words("设了密码", "with a password"),
    "is_withdrawal": Words("是撤回", "a withdrawal"),
}


#: how somebody signed in; several are joined with "+"
_WAYS: Mapping[str, Words] = {
    "password": Words("密码", "password"),
    "code": Words("验证码", "code"),
    "mfa": Words("第二步验证", "second step"),
    "passkey": Words("通行密钥", "passkey"),
    "change": Words("改密码时", "while changing the password"),
    "totp": Words("手机验证码", "code of a phone"),
    "webauthn": Words("通行密钥", "passkey"),
    "recovery_codes": Words("恢复码", "recovery code"),
    "socialaccount": Words("统一身份认证", "single sign-on"),
}


def event_title(code: str) -> str:
    """An event's name, or its code when it has none yet."""
    return str(EVENTS.get(code, code))


def param_lines(params: Mapping[str, Any]) -> list[tuple[str, str]]:
    """What belongs to an event, as name and value; blanks left out, the reason first."""
    shown = []
    for key in sorted(params, key=lambda k: (k != "reason", k)):
        value = params[key]
        if value in ("", None, []):
            continue
        shown.append((str(_PARAMS.get(key, key)), _shown(key, value)))
    return shown


def _shown(key: str, value: Any) -> str:
    if isinstance(value, bool):
        return say("是", "yes") if value else say("否", "no")
    if isinstance(value, list):
        return say("、", ", ").join(_shown(key, one) for one in value)
    if isinstance(value, dict):
        return say("；", "; ").join(
            f"{_PARAMS.get(k, k)} {_shown(k, v)}" for k, v in value.items() if v != ""
        )
    if key == "role" and value in ROLES:
        return ROLES[value][0 if language() == "zh" else 1]
    if key == "way":
        return " + ".join(str(_WAYS.get(one, one)) for one in str(value).split("+"))
    return str(value)


def area_title(area: str) -> str:
    """A line of work as a person calls it."""
    if not area:
        return say("其他", "Other")
    return AREA_WORDS.get(area, (area, area))[0 if language() == "zh" else 1]
