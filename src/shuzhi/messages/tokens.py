"""Sentences about keys for other programs and about the API."""

from __future__ import annotations

from shuzhi.messages.message import Message

MESSAGES = {
    "TOKEN_001": Message(
        "密钥没有名称，应写明给哪个程序用。请填写名称，如“统计平台对接”",
        "the key has no name; expected which program it is for. Give it a name, such as “statistics platform”",
    ),
    "TOKEN_002": Message(
        "密钥的用途是“{found}”，应至少选一项：{known}。请选择",
        "the key's purposes are “{found}”; expected at least one of: {known}. Choose",
    ),
    "TOKEN_003": Message(
        "密钥有效期 {days} 天，应为 1 到 {limit} 天。请改短",
        "the key would be valid for {days} days; expected 1 to {limit}. Make it shorter",
    ),
    "TOKEN_004": Message(
        "没有这个密钥，或者不是您的，应为自己名下的密钥。请在“接口密钥”里核对",
        "there is no such key, or it is not yours; expected one of your own. See “API keys”",
    ),
    "TOKEN_005": Message(
        "密钥没有“{scope}”这项用途，应为带有该用途的密钥。请另建一个",
        "the key is not for “{scope}”; expected one that is. Make another",
    ),
    "TOKEN_006": Message(
        "没有带密钥，或密钥不存在、已过期、已收回；应在 Authorization 标头写“Bearer 密钥”。请在“接口密钥”里新建",
        "no key was sent, or it is unknown, expired or revoked; expected the header “Authorization: Bearer KEY”. Make one under “API keys”",
    ),
    "API_001": Message(
        "没有找到“{what}”，或者不在密钥的范围内；应为范围内已有的。请核对地址",
        "“{what}” was not found or lies outside the key's reach; expected something within. Check the address",
    ),
    "API_002": Message(
        "“{field}”不对：{detail}；应与接口文档一致。请改正后再发",
        "“{field}” is wrong: {detail}; expected what the documentation says. Mend it and send again",
    ),
    "API_003": Message(
        "期间“{found}”读不懂，应如 2023、2023H1、2023Q3、2023-06。请改写",
        "the period “{found}” cannot be read; expected 2023, 2023H1, 2023Q3 or 2023-06. Rewrite it",
    ),
}
