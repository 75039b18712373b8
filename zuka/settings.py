"""Django's settings, built from the settings table in `zuka/platform/config.py`.

Nothing is read from the environment here but through that table; what it cannot read becomes a system check.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

from csp.constants import NONCE, NONE, SELF, UNSAFE_EVAL, UNSAFE_INLINE

from zuka.platform.admin.look import office_look
from zuka.platform.config import read_settings
from zuka.platform.db.databases import prepared_after, read_databases
from zuka.platform.logs import logging_config
from zuka.platform.mail.server import read_mail_url
from zuka.platform.queues.declared import CELERY_QUEUES, SOON, broker_url
from zuka.platform.tracing.choices import read_choices, tracing_middleware

VALUES, SETTING_PROBLEMS = read_settings(os.environ)

BASE_DIR = Path(__file__).resolve().parent.parent
DEBUG: bool = VALUES["DEBUG"]
SECRET_KEY: str = VALUES["SECRET_KEY"] or "not-a-secret-and-refused-by-a-system-check-outside-debug"
SECRET_KEY_FALLBACKS: list[str] = VALUES["SECRET_KEY_FALLBACKS"]
ALLOWED_HOSTS: list[str] = VALUES["ALLOWED_HOSTS"]
CSRF_TRUSTED_ORIGINS: list[str] = VALUES["CSRF_TRUSTED_ORIGINS"]
ADMIN_PATH: str = VALUES["ADMIN_PATH"]
PINNED_SETTINGS: list[str] = VALUES["PINNED_SETTINGS"]
STAFF_IDLE_MINUTES: int = VALUES["STAFF_IDLE_MINUTES"]
STAFF_REAUTH_MINUTES: int = VALUES["STAFF_REAUTH_MINUTES"]
STAFF_LOCK_ATTEMPTS: int = VALUES["STAFF_LOCK_ATTEMPTS"]
STAFF_LOCK_MINUTES: int = VALUES["STAFF_LOCK_MINUTES"]
STAFF_SIGN_IN_DAYS: int = VALUES["STAFF_SIGN_IN_DAYS"]
AUDIT_RETENTION_YEARS: int = VALUES["AUDIT_RETENTION_YEARS"]
TRUSTED_PROXY_COUNT: int = VALUES["TRUSTED_PROXY_COUNT"]

SHOP_NAME: str = VALUES["SHOP_NAME"]
SHOP_CURRENCY: str = VALUES["SHOP_CURRENCY"]
SHOP_URL: str = VALUES["SHOP_URL"]
ORDER_PATH: str = VALUES["ORDER_PATH"]
STOREFRONT: bool = VALUES["STOREFRONT"]
PAYSTACK_SECRET_KEY: str = VALUES["PAYSTACK_SECRET_KEY"]
PAYSTACK_URL: str = VALUES["PAYSTACK_URL"]
FLUTTERWAVE_SECRET_KEY: str = VALUES["FLUTTERWAVE_SECRET_KEY"]
FLUTTERWAVE_SECRET_HASH: str = VALUES["FLUTTERWAVE_SECRET_HASH"]
FLUTTERWAVE_URL: str = VALUES["FLUTTERWAVE_URL"]
PAYMENTS_TEST_MODE: bool = VALUES["PAYMENTS_TEST_MODE"]
PAYMENT_RETURN_URL: str = VALUES["PAYMENT_RETURN_URL"]
SHOP_ADDRESS: str = VALUES["SHOP_ADDRESS"]
SHOP_TAX_NUMBER: str = VALUES["SHOP_TAX_NUMBER"]
RETURN_DAYS: int = VALUES["RETURN_DAYS"]
ORDER_HOLD_MINUTES: int = VALUES["ORDER_HOLD_MINUTES"]
REFUND_FOUR_EYES: int = VALUES["REFUND_FOUR_EYES"]
MAIL_RETENTION_DAYS: int = VALUES["MAIL_RETENTION_DAYS"]
NOTICE_RETENTION_DAYS: int = VALUES["NOTICE_RETENTION_DAYS"]
SMS_URL: str = VALUES["SMS_URL"]
SMS_CALLING_CODES: list[str] = VALUES["SMS_CALLING_CODES"]
SMS_PHONE_DAILY: int = VALUES["SMS_PHONE_DAILY"]
SMS_ADDRESS_HOURLY: int = VALUES["SMS_ADDRESS_HOURLY"]
SMS_DAILY: int = VALUES["SMS_DAILY"]
GOOGLE_CLIENT_IDS: list[str] = VALUES["GOOGLE_CLIENT_IDS"]
GOOGLE_PAGE_URL: str = VALUES["GOOGLE_PAGE_URL"]
GOOGLE_KEYS_URL: str = VALUES["GOOGLE_KEYS_URL"]
APPLE_CLIENT_IDS: list[str] = VALUES["APPLE_CLIENT_IDS"]
APPLE_PAGE_URL: str = VALUES["APPLE_PAGE_URL"]
APPLE_KEYS_URL: str = VALUES["APPLE_KEYS_URL"]
PET_BRAIN: str = VALUES["PET_BRAIN"]
PET_MODEL: str = VALUES["PET_MODEL"]
PET_MODEL_URL: str = VALUES["PET_MODEL_URL"]
PET_MODEL_KEY: str = VALUES["PET_MODEL_KEY"]
PET_DAILY_TOKENS: int = VALUES["PET_DAILY_TOKENS"]
PET_RETENTION_MONTHS: int = VALUES["PET_RETENTION_MONTHS"]
ZUKA_STREAM_PORT: int = VALUES["ZUKA_STREAM_PORT"]
STREAM_URL: str = VALUES["STREAM_URL"]
ZUKA_URL: str = VALUES["ZUKA_URL"]
WEBHOOK_PRIVATE_ADDRESSES: bool = VALUES["WEBHOOK_PRIVATE_ADDRESSES"]
DATABASE_DISK_PATH: str = VALUES["DATABASE_DISK_PATH"]
DATABASE_DISK_GB: int = VALUES["DATABASE_DISK_GB"]
DISK_WARNING_DAYS: int = VALUES["DISK_WARNING_DAYS"]
RUN_RETENTION_DAYS, HISTORY_RETENTION_DAYS = VALUES["RUN_RETENTION_DAYS"], VALUES["HISTORY_RETENTION_DAYS"]
VALIDATION_RETENTION_MONTHS: int = VALUES["VALIDATION_RETENTION_MONTHS"]
CART_RETENTION_MONTHS: int = VALUES["CART_RETENTION_MONTHS"]
WEBHOOK_RETENTION_MONTHS: int = VALUES["WEBHOOK_RETENTION_MONTHS"]
PRODUCT_PATH: str = VALUES["PRODUCT_PATH"]
CART_PATH: str = VALUES["CART_PATH"]
CART_REMINDER_MINUTES: int = VALUES["CART_REMINDER_MINUTES"]
CART_ABANDONED_MINUTES: int = VALUES["CART_ABANDONED_MINUTES"]
POINTS_VALUE_KOBO: int = VALUES["POINTS_VALUE_KOBO"]
POINTS_BACK_PERCENT: int = VALUES["POINTS_BACK_PERCENT"]
POINTS_MOST_PERCENT: int = VALUES["POINTS_MOST_PERCENT"]
POINTS_VALID_DAYS: int = VALUES["POINTS_VALID_DAYS"]
POINTS_FOUR_EYES: int = VALUES["POINTS_FOUR_EYES"]
REFERRALS_MONTHLY: int = VALUES["REFERRALS_MONTHLY"]
REFERRAL_LEAST_KOBO: int = VALUES["REFERRAL_LEAST_KOBO"]
REFERRAL_PATH, REWARDS_PATH = VALUES["REFERRAL_PATH"], VALUES["REWARDS_PATH"]
SUBSCRIPTION_RETRY_DAYS: list[int] = VALUES["SUBSCRIPTION_RETRY_DAYS"]
SUBSCRIPTION_CARD_KOBO, SUBSCRIPTION_PATH = VALUES["SUBSCRIPTION_CARD_KOBO"], VALUES["SUBSCRIPTION_PATH"]
INGEST_MAX_BODY_BYTES: int = VALUES["INGEST_MAX_BODY_BYTES"]
INGEST_MAX_EVENTS: int = VALUES["INGEST_MAX_EVENTS"]
INGEST_MAX_EVENT_BYTES: int = VALUES["INGEST_MAX_EVENT_BYTES"]
INGEST_CONNECTIONS: int = VALUES["INGEST_CONNECTIONS"]
EVENT_RETENTION_MONTHS, EVENT_HOT_MONTHS = VALUES["EVENT_RETENTION_MONTHS"], VALUES["EVENT_HOT_MONTHS"]
ARCHIVE_EVENTS, ARCHIVE_URL = VALUES["ARCHIVE_EVENTS"], VALUES["ARCHIVE_URL"]
ANALYTICS_ENGINE, CLICKHOUSE_URL = VALUES["ANALYTICS_ENGINE"], VALUES["CLICKHOUSE_URL"]
CLICKHOUSE_CLUSTER, CLICKHOUSE_COLD_MONTHS = VALUES["CLICKHOUSE_CLUSTER"], VALUES["CLICKHOUSE_COLD_MONTHS"]
CLICKHOUSE_READS: str = VALUES["CLICKHOUSE_READS"]
CLICKHOUSE_EVENT_MONTHS: int = VALUES["CLICKHOUSE_EVENT_MONTHS"]
ARCHIVE_RESTORED_DAYS, ARCHIVE_QUERY_ROWS = VALUES["ARCHIVE_RESTORED_DAYS"], VALUES["ARCHIVE_QUERY_ROWS"]
ROLLUP_DAY_MONTHS, ROLLUP_MONTH_YEARS = VALUES["ROLLUP_DAY_MONTHS"], VALUES["ROLLUP_MONTH_YEARS"]
REPORT_SECONDS: int = VALUES["REPORT_SECONDS"]
REJECTED_RETENTION_DAYS: int = VALUES["REJECTED_RETENTION_DAYS"]
ATTRIBUTION_DAYS: int = VALUES["ATTRIBUTION_DAYS"]
SPOOL_PATH: str = VALUES["SPOOL_PATH"]
SPOOL_MAX_BYTES: int = VALUES["SPOOL_MAX_BYTES"]
PRIVACY_SIGNALS: bool = VALUES["PRIVACY_SIGNALS"]
CONSENT_REQUIRED: bool = VALUES["CONSENT_REQUIRED"]
ADDRESSES: str = VALUES["ADDRESSES"]
REDACT: list[str] = VALUES["REDACT"]
GEOIP_PATH: str = VALUES["GEOIP_PATH"]
API_USAGE_DAYS: int = VALUES["API_USAGE_DAYS"]
API_HOURS_MONTHS: int = VALUES["API_HOURS_MONTHS"]
METRICS_TOKEN, METRICS_PATH = VALUES["METRICS_TOKEN"], VALUES["METRICS_PATH"]
WEB_THREADS: int = VALUES["WEB_THREADS"]
TRACING = read_choices(VALUES)
DATABASE_DIRECT_URL: str = VALUES["DATABASE_DIRECT_URL"]
BACKUP_URL: str = VALUES["BACKUP_URL"]
BACKUP_HOURS, BACKUP_LATE_HOURS = VALUES["BACKUP_HOURS"], VALUES["BACKUP_LATE_HOURS"]
BACKUP_KEEP_DAYS, BACKUP_KEEP_WEEKS, BACKUP_KEEP_MONTHS = (
    VALUES[f"BACKUP_KEEP_{each}"] for each in ("DAYS", "WEEKS", "MONTHS")
)
BACKUP_MEDIA: bool = VALUES["BACKUP_MEDIA"]
POSTGRES_PROGRAMS: str = VALUES["POSTGRES_PROGRAMS"]

INSTALLED_APPS = [
    "unfold",
    "unfold.contrib.filters",
    "unfold.contrib.import_export",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "django.contrib.postgres",
    "django.contrib.humanize",
    "zuka.platform.admin.apps.ZukaAdminConfig",
    "rest_framework",
    "import_export",
    "drf_spectacular",
    "drf_spectacular_sidecar",
    "django_celery_beat",
    "allauth",
    "allauth.account",
    "allauth.headless",
    "allauth.mfa",
    "csp",
    "zuka.platform",
    "analytics",
    "commerce",
    "pets",
    "zuka.backup",
    "zuka.demo",
    "zuka.shop",
]

MIDDLEWARE = [
    # The tracking doors answer before everything else; under web even before Django's handler (zuka/wsgi.py).
    "analytics.ingest.doors.middleware.DoorsMiddleware",
    "zuka.platform.health.HealthMiddleware",
    *tracing_middleware(TRACING),
    "zuka.platform.usage.middleware.UsageMiddleware",
    "zuka.platform.shedding.middleware.SheddingMiddleware",
    "zuka.platform.http.RequestContextMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "zuka.platform.keys.door.ValidationMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "zuka.platform.audit.requests.AuditMiddleware",
    "zuka.platform.admin.idle.IdleMiddleware",
    "zuka.platform.staff.requests.StaffMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "csp.middleware.CSPMiddleware",
]

ROOT_URLCONF = "zuka.urls"
WSGI_APPLICATION = "zuka.wsgi.application"
AUTH_USER_MODEL = "commerce.User"
# E-mail is unique without regard to case among accounts not deleted: an index that this check cannot see.
SILENCED_SYSTEM_CHECKS = ["auth.E003"]
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
LOGIN_URL = "admin:login"
LOGIN_REDIRECT_URL = "admin:index"
STAFF_ROLES = "zuka.roles.ROLES"
URGENCIES = "zuka.urgency.URGENCIES"
KEY_OWNER_AUTHENTICATION = "commerce.accounts.authentication.CustomerTokenAuthentication"
AUDIT_RULES = "zuka.audited.AUDITED"

TEMPLATES: list[dict[str, Any]] = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "csp.context_processors.nonce",
            ]
        },
    }
]

DATABASE_POOLED: bool = VALUES["DATABASE_POOLED"]
PREPARED_AFTER = prepared_after(is_pooled=DATABASE_POOLED)
DATABASES = read_databases(VALUES)
REPLICA_DATABASE_URL: str = VALUES["REPLICA_DATABASE_URL"]
REPLICA_MAX_LAG_SECONDS: int = VALUES["REPLICA_MAX_LAG_SECONDS"]

REDIS_URL: str = VALUES["REDIS_URL"]
_redis_cache = {"BACKEND": "zuka.platform.cache.SteadyCache", "LOCATION": REDIS_URL, "KEY_PREFIX": "zuka"}
_local_cache = {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}
CACHES = {"default": _redis_cache if REDIS_URL else _local_cache}

CELERY_BROKER_URL = broker_url(REDIS_URL)
CELERY_TASK_QUEUES, CELERY_TASK_DEFAULT_QUEUE = CELERY_QUEUES, SOON
CELERY_TASK_ROUTES = ["zuka.platform.queues.routing.route_task"]
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_ACKS_LATE = True
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_BEAT_SCHEDULER = "zuka.platform.queues.beat:SteadyScheduler"
CELERY_TIMEZONE = "UTC"
CELERY_DB_REUSE_MAX = 500  # without it each task opens a connection: 60 tasks left 60 backends

EMAIL_URL: str = VALUES["EMAIL_URL"]
MAIL_FROM: str = VALUES["MAIL_FROM"]
_mail_server = read_mail_url(EMAIL_URL)
EMAIL_HOST, EMAIL_PORT = _mail_server.host, _mail_server.port
EMAIL_HOST_USER, EMAIL_HOST_PASSWORD = _mail_server.user, _mail_server.password
EMAIL_USE_TLS, EMAIL_USE_SSL = _mail_server.starts_tls, _mail_server.is_tls
EMAIL_TIMEOUT = 20
DEFAULT_FROM_EMAIL = SERVER_EMAIL = MAIL_FROM or "webmaster@localhost"

USE_TZ = True
TIME_ZONE: str = VALUES["SHOP_TIME_ZONE"]
LANGUAGE_CODE = "en-gb"
USE_I18N = True
FORMAT_MODULE_PATH = ["zuka.platform.formats"]

STATIC_URL = "static/"
STATIC_ROOT: str | None = VALUES["STATIC_ROOT"] or None  # without one, files come from the packages themselves
MEDIA_ROOT: str = VALUES["MEDIA_ROOT"]
MEDIA_URL = "/media/"
EXPORTS_ROOT: str = VALUES["EXPORTS_ROOT"]
EXPORT_RETENTION_DAYS: int = VALUES["EXPORT_RETENTION_DAYS"]
PERSONAL_DATA_DAYS: int = VALUES["PERSONAL_DATA_DAYS"]
FILE_UPLOAD_HANDLERS = [
    "zuka.platform.http.BoundedUploads",
    "django.core.files.uploadhandler.MemoryFileUploadHandler",
    "django.core.files.uploadhandler.TemporaryFileUploadHandler",
]
STORAGES = {
    "default": {"BACKEND": "zuka.platform.pictures.storing.WholeFileStorage"},
    # Compressed by collectstatic; names stay as they are, since the storefront's modules import each other by them.
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedStaticFilesStorage"},
}
WHITENOISE_USE_FINDERS = True
WHITENOISE_AUTOREFRESH = DEBUG

PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.Argon2PasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"django.contrib.auth.password_validation.{name}"}
    for name in (
        "UserAttributeSimilarityValidator",
        "MinimumLengthValidator",
        "CommonPasswordValidator",
        "NumericPasswordValidator",
    )
]

# allauth: customers sign in with tokens instead of cookies, and nobody signs up by password, which would tell who has
# an account. Rate limits are its defaults, kept in the cache: 30 sign-ins a minute and address, 5 wrong passwords in 5
# minutes. Codes are our own (services/codes.py): allauth keeps them readable in sessions and counts guesses loosely.
HEADLESS_ONLY = True
HEADLESS_CLIENTS = ("app",)
HEADLESS_TOKEN_STRATEGY = "commerce.accounts.authentication.CustomerTokens"  # noqa: S105 - a class, no secret
ACCOUNT_ADAPTER = "commerce.accounts.adapter.rules.AccountAdapter"
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*"]
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_EMAIL_VERIFICATION = "none"
# A code is guessed at 5 times and an address gets 5 an hour: one caller has fewer, so that nobody locks others out.
ACCOUNT_RATE_LIMITS = {
    "send_code": "10/m/ip",
    "check_code": "30/m/ip",
    "send_code_to": "3/h/key,10/d/key",
    "check_code_of": "4/15m/key",
    "send_sms": f"{SMS_ADDRESS_HOURLY}/h/ip",
    "read_token": "30/m/ip",
    "own_data": "30/h/key",
}
MFA_ADAPTER = "commerce.accounts.adapter.factors.FactorAdapter"
MFA_SUPPORTED_TYPES = ["totp", "recovery_codes"]
# end allauth

_https: bool = VALUES["HTTPS_ONLY"] and not DEBUG
SECURE_SSL_REDIRECT = _https
SECURE_HSTS_SECONDS = 31_536_000 if _https else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = _https
SECURE_HSTS_PRELOAD = _https
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if TRUSTED_PROXY_COUNT else None
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = _https
SESSION_COOKIE_NAME = "zuka_session"
SESSION_COOKIE_AGE = 14 * 24 * 3600
CSRF_COOKIE_HTTPONLY = True
X_FRAME_OPTIONS = "DENY"
DATA_UPLOAD_MAX_MEMORY_SIZE = INGEST_MAX_BODY_BYTES  # 2.5 MB by default, which breaks SDKs' batches

# Unfold's Alpine needs unsafe-eval; without it an invisible layer eats every click. The back office alone gets it.
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [SELF],
        "script-src": [SELF, NONCE, UNSAFE_EVAL],
        "style-src": [SELF, UNSAFE_INLINE],
        "img-src": [SELF, "data:"],
        "font-src": [SELF, "data:"],
        "connect-src": [SELF],
        "object-src": [NONE],
        "base-uri": [SELF],
        "form-action": [SELF],
        "frame-ancestors": [NONE],
    }
}

REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": [
        "zuka.platform.keys.authentication.ApiKeyAuthentication",
        "rest_framework.authentication.SessionAuthentication",
    ],
    "DEFAULT_PERMISSION_CLASSES": ["rest_framework.permissions.IsAuthenticated"],
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_PARSER_CLASSES": ["zuka.platform.http.PatientJSONParser"],
    "DEFAULT_SCHEMA_CLASS": "drf_spectacular.openapi.AutoSchema",
    "DEFAULT_PAGINATION_CLASS": "zuka.platform.http.CursorPages",
    "DEFAULT_THROTTLE_CLASSES": ["zuka.platform.throttling.requests.RateLimit"],
    "EXCEPTION_HANDLER": "zuka.platform.errors.answer_error",
    "UNAUTHENTICATED_USER": "django.contrib.auth.models.AnonymousUser",
}

SPECTACULAR_SETTINGS = {
    "TITLE": "Zuka API",
    "DESCRIPTION": "Catalogue, orders, tracking and reports of one shop. Errors are `{code, message, field?}`.",
    "VERSION": "1",
    "SERVE_INCLUDE_SCHEMA": False,
    "SWAGGER_UI_DIST": "SIDECAR",
    "SWAGGER_UI_FAVICON_HREF": "SIDECAR",
    "COMPONENT_SPLIT_REQUEST": True,
    "ENUM_NAME_OVERRIDES": {
        "KeyStatusEnum": "zuka.platform.models.ApiKey.Status",
        "DataRequestStatusEnum": "zuka.platform.personal_data.models.RequestStatus",
        "GenderEnum": "commerce.catalog.models.Gender",
        "MessageKindEnum": "pets.models.MessageKind",
        "TasteKindEnum": "pets.models.PreferenceKind",
        "ChannelEnum": "commerce.orders.models.Channel",  # as the platforms of devices
    },
    "POSTPROCESSING_HOOKS": [
        "drf_spectacular.hooks.postprocess_schema_enums",
        "analytics.ingest.doors.schema.add_doors",
        "commerce.accounts.adapter.schema.add_sign_in",
        "zuka.examples.add_examples",
    ],
}

UNFOLD = office_look(SHOP_NAME)

LOGGING = logging_config(level=VALUES["LOG_LEVEL"], style=VALUES["LOG_FORMAT"], errors_dsn=VALUES["ERRORS_DSN"])
