"""Addresses of the way in: signing in and out, the second step, the own account, the set-up of a new office.

The names of most are allauth's, which looks them up itself; what allauth has besides (signing up, mail, …) has no address here.
"""

from __future__ import annotations

from shuzhi.web.pages import ANYONE, SIGNED_IN, Help, Page
from shuzhi.web.way_in import factors, first_run, me, oidc, sign_in
from shuzhi.web.words import Words

_SIGN_IN = Help(
    Words(
        "用系统管理员给的帐号名和密码登录。第一次登录会请您换成自己的密码。连续输错 5 次，帐号锁定 15 分钟；忘了密码，请系统管理员重设。设了通行密钥的，可以不用密码。",
        "Sign in with the account name and password the administrator gave you; the first time you are asked for a password of your own. After five failures the account is locked for 15 minutes. If you forgot the password, the administrator can give you a new one. With a passkey you need no password.",
    ),
    Words("帐号“示范镇记账员”，密码注意大小写和输入法。", "Your account name as it was given to you; mind capitals and the input method."),
)  # fmt: skip
_SECOND = Help(
    Words(
        "您的帐号开了第二步验证。打开手机上的验证器，输入现在显示的六位数；手机不在身边，就输入一个恢复码。",
        "Your account has a second step. Open the authenticator on your phone and type the six digits it shows now; without the phone, type a recovery code.",
    ),
    Words("手机上显示 482 913，输入 482913。", "The phone shows 482 913: type 482913."),
)  # fmt: skip
_FACTORS = Help(
    Words(
        "第二步验证让别人知道了密码也进不来。验证码由手机上的验证器（如腾讯身份验证器、Microsoft Authenticator）产生，不用联网；通行密钥用指纹、刷脸或电脑的 PIN。换手机前先在这里停用。",
        "With a second step nobody gets in with the password alone. Codes come from an authenticator on the phone (for example Microsoft Authenticator) and need no network; passkeys use a finger, the face or the PIN of the computer. Before changing phones, turn codes off here.",
    ),
    Words("启用验证码后，再生成恢复码，打印一份锁进抽屉。", "After turning codes on, make recovery codes and lock a print in the drawer."),
)  # fmt: skip
_ME = Help(
    Words(
        "这里是您自己的帐号：任职和期限、密码、第二步验证、正在登录的浏览器。看到不认识的浏览器，请让它退出，再改密码。任职要变动，请找系统管理员。",
        "Your own account: posts and their terms, the password, the second step, the browsers that are signed in. If you do not know one of them, sign it out and change the password. Posts are changed by the administrator.",
    ),
    Words("在公用电脑上忘了退出：点“让其他浏览器都退出”。", "Forgot to sign out on a shared computer: “Sign out all others”."),
)  # fmt: skip
_PASSWORD = Help(
    Words(
        "密码至少 10 个字符；含大写、小写、数字、符号中三种的，8 个也可以。用一句自己记得住的话最好。改了以后，其他浏览器都会退出。",
        "At least 10 characters, or 8 with three of: capitals, small letters, digits, signs. A sentence you remember is best. After the change all other browsers are signed out.",
    ),
    Words("例如四个不相干的词连起来：核桃-渡口-蓝布-三月。", "For example four unrelated words: walnut-ferry-linen-march."),
)  # fmt: skip
_AGAIN = Help(
    Words(
        "改动登录方式以前，请再确认一次是您本人。确认后 15 分钟内不再问。",
        "Before the way you sign in is changed, confirm once more that it is you. You are not asked again for 15 minutes.",
    ),
    Words("输入密码，或用验证码、通行密钥。", "Type the password, or use a code or a passkey."),
)  # fmt: skip
_SETUP = Help(
    Words(
        "第一次使用，三步就好：本单位和下级单位，第一位系统管理员，要不要示范数据。单位可以查名称、上传 Excel 或 CSV，也可以手填。做完以前什么也不写入；做完后这一页就没有了。",
        "The first time takes three steps: your unit and those below it, the first administrator, and whether you want demonstration data. Units are found by name, uploaded as Excel or CSV, or typed. Nothing is written before the end; afterwards this page is gone.",
    ),
    Words("示范镇：代码 990101100000，级别乡镇，下面三个村。", "A township: its 12-digit code, the level, and three villages below."),
)  # fmt: skip
_WITHOUT = Help(
    Words(
        "您的帐号还没有任职，所以看不到台账。请系统管理员在“人员与任职”里给您任职，说明单位、岗位和起止日期。",
        "Your account holds no post yet, so there are no ledgers to see. Ask the administrator for a post under “People and posts”, saying unit, role and term.",
    ),
    Words("“请给我甲村记账员的任职，今天起。”", "“Please make me clerk of the village from today.”"),
)  # fmt: skip

_GET, _POST = {"GET": SIGNED_IN}, {"POST": SIGNED_IN}
_BOTH = {"GET": SIGNED_IN, "POST": SIGNED_IN}
_OPEN = {"GET": ANYONE, "POST": ANYONE}

PAGES = [
    Page("start", "", _GET, sign_in.start, fragment=True),
    Page("without-post", "without-post/", _GET, sign_in.without_post, _WITHOUT),
    Page("account_login", "sign-in/", _OPEN, sign_in.sign_in, _SIGN_IN),
    Page("account_logout", "sign-out/", _POST, sign_in.sign_out, fragment=True),
    Page("mfa_authenticate", "sign-in/second-step/", _OPEN, factors.SecondStep.as_view(), _SECOND),
    Page("mfa_login_webauthn", "sign-in/passkey/", _OPEN, factors.LoginPasskey.as_view(), fragment=True),
    Page("openid_connect_login", "sign-in/with/<slug:provider_id>/", {"GET": ANYONE}, oidc.leave, fragment=True),
    Page("openid_connect_callback", "sign-in/with/<slug:provider_id>/back/", {"GET": ANYONE}, oidc.come_back, fragment=True),
    Page("me", "me/", _GET, me.me, _ME),
    Page("account_change_password", "me/password/", _BOTH, me.password, _PASSWORD),
    Page("session-end", "me/sessions/<int:number>/end/", _POST, me.end_session, fragment=True),
    Page("sessions-end", "me/sessions/end/", _POST, me.end_other_sessions, fragment=True),
    Page("account_reauthenticate", "me/again/", _BOTH, factors.AgainByPassword.as_view(), _AGAIN),
    Page("mfa_reauthenticate", "me/again/code/", _BOTH, factors.AgainByCode.as_view(), _AGAIN),
    Page("mfa_reauthenticate_webauthn", "me/again/passkey/", _BOTH, factors.AgainByPasskey.as_view(), _AGAIN),
    Page("mfa_index", "me/second-step/", _GET, factors.Index.as_view(), _FACTORS),
    Page("mfa_activate_totp", "me/second-step/codes/", _BOTH, factors.ActivateCodes.as_view(), _FACTORS),
    Page("mfa_deactivate_totp", "me/second-step/codes/off/", _BOTH, factors.turn_codes_off, _FACTORS),
    Page("mfa_view_recovery_codes", "me/second-step/recovery/", _GET, factors.ViewRecovery.as_view(), _FACTORS),
    Page("mfa_generate_recovery_codes", "me/second-step/recovery/new/", _BOTH, factors.GenerateRecovery.as_view(), _FACTORS),
    Page("mfa_download_recovery_codes", "me/second-step/recovery/file/", _GET, factors.download_recovery, fragment=True),
    Page("mfa_list_webauthn", "me/second-step/passkeys/", _GET, factors.ListPasskeys.as_view(), _FACTORS),
    Page("mfa_add_webauthn", "me/second-step/passkeys/new/", _BOTH, factors.AddPasskey.as_view(), _FACTORS),
    Page("mfa_edit_webauthn", "me/second-step/passkeys/<int:pk>/name/", _BOTH, factors.own_passkey(factors.RenamePasskey.as_view()), _FACTORS),
    Page("mfa_remove_webauthn", "me/second-step/passkeys/<int:pk>/remove/", _BOTH, factors.own_passkey(factors.RemovePasskey.as_view()), _FACTORS),
    Page("setup", "setup/", _OPEN, first_run.choose, _SETUP),
    Page("setup-search", "setup/divisions/", {"GET": ANYONE}, first_run.divisions, fragment=True),
    Page("setup-template", "setup/template/", {"GET": ANYONE}, first_run.template, fragment=True),
    Page("setup-units", "setup/units/", _OPEN, first_run.units, _SETUP),
    Page("setup-administrator", "setup/administrator/", _OPEN, first_run.administrator, _SETUP),
    Page("setup-progress", "setup/progress/", {"GET": ANYONE}, first_run.progress, _SETUP),
]  # fmt: skip
