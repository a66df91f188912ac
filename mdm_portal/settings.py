"""The site's settings: one file, everything from the environment, secrets also from NAME_FILE.

Without DATABASE_URL the settings of a running ``manage.py up`` of the same data directory apply.
"""

import os
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import environ
from django.core.exceptions import ImproperlyConfigured
from django.utils.translation import gettext_lazy as _

from mdm_portal import jobs, logs, runtime

BASE_DIR = Path(__file__).resolve().parent.parent
DATA_DIR = runtime.data_directory()
runtime.adopt(DATA_DIR)

env = environ.FileAwareEnv()

# prometheus_client reads it from there, once, when it is imported.
os.environ.setdefault("PROMETHEUS_MULTIPROC_DIR", str(DATA_DIR / "metrics"))


def required(name: str) -> str:
    """Return the value of an environment variable, or fail with what to do."""
    value: str = env(name, default="")
    if not value and not env("DATABASE_URL", default=""):
        raise ImproperlyConfigured(runtime.advice(DATA_DIR))
    if not value:
        raise ImproperlyConfigured(f"{name} is not set: set it, or {name}_FILE.")
    return value


SECRET_KEY = required("SECRET_KEY")
TOKEN_PEPPER = required("TOKEN_PEPPER")
# While a pepper is replaced: the one before is accepted, and the next one before it is in force.
TOKEN_PEPPER_PREVIOUS = env("TOKEN_PEPPER_PREVIOUS", default="")
TOKEN_PEPPER_NEXT = env("TOKEN_PEPPER_NEXT", default="")
DEBUG = env.bool("DEBUG", default=False)
PUBLIC_URL = env("PUBLIC_URL", default="").rstrip("/")
ALLOWED_HOSTS = env.list("ALLOWED_HOSTS", default=["localhost", "127.0.0.1", "[::1]"])
ALLOWED_HOSTS += filter(None, [urlsplit(PUBLIC_URL).hostname])
CSRF_TRUSTED_ORIGINS = env.list("CSRF_TRUSTED_ORIGINS", default=[PUBLIC_URL] if PUBLIC_URL else [])
LOCAL_URL = env("LOCAL_URL", default="http://localhost:8000")
BEHIND_PROXY = env.bool("BEHIND_PROXY", default=False)

INSTALLED_APPS = [
    "mdm_portal",
    "mdm_portal.portal",
    "mdm_portal.api",
    "audit",
    "scim_provisioning.directory",
    "scim_provisioning.scim",
    "scim_provisioning.tokens",
    "scim_provisioning.settings",
    "scim_provisioning.configurations",
    "scim_provisioning.invitations",
    "scim_provisioning.activity",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.postgres",
    "django.contrib.humanize",
    "django.forms",
    "django_filters",
    "rest_framework",
    "drf_spectacular",
    "django_htmx",
    "axes",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "mdm_portal.middleware.ScimMiddleware",
    # What follows is the portal's alone: an identity provider has no session and no language.
    "mdm_portal.middleware.RequestIdMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.middleware.gzip.GZipMiddleware",
    "csp.middleware.CSPMiddleware",
    "django_permissions_policy.PermissionsPolicyMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.auth.middleware.LoginRequiredMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "mdm_portal.middleware.ActorMiddleware",
    "mdm_portal.portal.replica.OwnChangeMiddleware",
    "mdm_portal.roles.RoleMiddleware",
    "axes.middleware.AxesMiddleware",
]

SILENCED_SYSTEM_CHECKS = [
    # The SCIM routes follow "scim/v2" without a slash between.
    "urls.W002",
    # Whether all subdomains speak TLS, and plain HTTP is led there, is the proxy's affair.
    *("security.W005", "security.W008", "security.W021"),
]

ROOT_URLCONF = "mdm_portal.urls"
WSGI_APPLICATION = "mdm_portal.wsgi.application"
APPEND_SLASH = True

FORM_RENDERER = "django.forms.renderers.TemplatesSetting"
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
                "django.template.context_processors.i18n",
                "mdm_portal.portal.context.shell",
            ],
            "builtins": ["mdm_portal.portal.icons"],
        },
    }
]

DATABASES: dict[str, dict[str, Any]] = {"default": env.db_url_config(required("DATABASE_URL"))}
# Statements of mdm_portal.database.statements are planned once a connection. Not behind a pooler of
# transactions, which may have another connection execute what one has prepared. As if on a turning
# disk, PostgreSQL would read all of a hundred groups for the name of each that a user is in.
_PREPARED = {"options": "-c plan_cache_mode=force_generic_plan -c random_page_cost=1.1"}
_IS_POOLED_ELSEWHERE = env.bool("DATABASE_TRANSACTION_POOLING", default=False)
DATABASES["default"]["OPTIONS"] = {
    **({} if _IS_POOLED_ELSEWHERE else _PREPARED),
    **DATABASES["default"].get("OPTIONS", {}),
    "pool": {
        "min_size": 1,
        "max_size": env.int("DATABASE_POOL_SIZE", default=8),
        "timeout": (_patience := env.int("DATABASE_POOL_TIMEOUT", default=10)),
        # Else the pauses between its tries would grow with an outage, and outlast it as long again.
        "reconnect_timeout": _patience,
    },
}
DATABASES["default"]["ENGINE"] = "mdm_portal.database"
DATABASES["default"]["DISABLE_SERVER_SIDE_CURSORS"] = _IS_POOLED_ELSEWHERE
# A standby that lists of the portal are read from; nothing else knows of it.
if REPLICA := env("REPLICA_DATABASE_URL", default=""):
    DATABASES["replica"] = env.db_url_config(REPLICA) | {"ENGINE": "mdm_portal.database"}
    DATABASES["replica"]["OPTIONS"] = {
        "connect_timeout": 2,
        **DATABASES["replica"].get("OPTIONS", {}),
        # Whoever found no standby looks for one again after five minutes.
        "pool": DATABASES["default"]["OPTIONS"]["pool"]
        | {"min_size": 0, "timeout": 3, "max_lifetime": 300},
    }
    DATABASES["replica"]["DISABLE_SERVER_SIDE_CURSORS"] = True
    DATABASES["replica"]["TEST"] = {"MIRROR": "default"}
    DATABASE_ROUTERS = ["mdm_portal.portal.replica.Router"]
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

REDIS_URL = required("REDIS_URL")
CACHES = {
    "default": {
        "BACKEND": "mdm_portal.cache.RedisCache",
        "LOCATION": REDIS_URL,
    }
}

LANGUAGE_CODE = "en"
LANGUAGES = [("en", _("English")), ("es", _("Spanish")), ("fr", _("French"))]
LOCALE_PATHS = [BASE_DIR / "locale"]
FORMAT_MODULE_PATH = "mdm_portal.formats"
TIME_ZONE = env("TIME_ZONE", default="UTC")
USE_TZ = True

STATIC_URL = "/static/"
STATIC_ROOT = DATA_DIR / "static"
STATICFILES_DIRS = [BASE_DIR / "static"]
STORAGES = {
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
}

AUTHENTICATION_BACKENDS = [
    "axes.backends.AxesStandaloneBackend",
    "django.contrib.auth.backends.ModelBackend",
]
PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.Argon2PasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {
        "NAME": "django.contrib.auth.password_validation.MinimumLengthValidator",
        "OPTIONS": {"min_length": 12},
    },
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
CSRF_FAILURE_VIEW = "mdm_portal.portal.pages.csrf_failure"
LOGIN_URL = "sign-in"
LOGIN_REDIRECT_URL = "home"
LOGOUT_REDIRECT_URL = "sign-in"
AXES_FAILURE_LIMIT = 5
AXES_COOLOFF_TIME = 0.25
AXES_LOCKOUT_PARAMETERS = [["username", "ip_address"]]
AXES_RESET_ON_SUCCESS = True
AXES_LOCKOUT_CALLABLE = "mdm_portal.portal.sign_in.locked_out"
AXES_CLIENT_IP_CALLABLE = "mdm_portal.portal.sign_in.caller"
AXES_ENABLE_ACCESS_FAILURE_LOG = False

# Not in Valkey: whoever watches over an outage of it must be able to sign in.
SESSION_ENGINE = "django.contrib.sessions.backends.db"
SESSION_COOKIE_AGE = 8 * 3600
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = PUBLIC_URL.startswith("https://")
SESSION_COOKIE_HTTPONLY = True
LANGUAGE_COOKIE_AGE = 365 * 24 * 3600
LANGUAGE_COOKIE_HTTPONLY = True
LANGUAGE_COOKIE_SAMESITE = "Lax"
LANGUAGE_COOKIE_SECURE = SESSION_COOKIE_SECURE
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
if BEHIND_PROXY:
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
SECURE_HSTS_SECONDS = 31536000 if PUBLIC_URL.startswith("https://") else 0
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": ["'none'"],
        "script-src": ["'self'"],
        "style-src": ["'self'"],
        "img-src": ["'self'", "data:"],
        "font-src": ["'self'"],
        "connect-src": ["'self'"],
        "form-action": ["'self'"],
        "base-uri": ["'none'"],
        "frame-ancestors": ["'none'"],
        "manifest-src": ["'self'"],
    }
}
PERMISSIONS_POLICY: dict[str, list[str]] = {
    "camera": [],
    "geolocation": [],
    "microphone": [],
}

# A body larger than SCIM_MAX_BODY is refused with 413 before it is parsed (RFC 7644 section 3.12).
SCIM_MAX_BODY = 1024 * 1024
DATA_UPLOAD_MAX_MEMORY_SIZE = 6 * 1024 * 1024
SCIM_SERVICE_PROVIDER = {
    "USER_ADAPTER": "scim_provisioning.scim.adapters.UserAdapter",
    "GROUP_ADAPTER": "scim_provisioning.scim.adapters.GroupAdapter",
    "USER_MODEL_GETTER": "scim_provisioning.scim.adapters.user_model",
    "GROUP_MODEL": "scim_provisioning.directory.models.Group",
    "BASE_LOCATION_GETTER": "scim_provisioning.scim.locations.base_location",
    "AUTH_CHECK_MIDDLEWARE": "scim_provisioning.scim.authentication.TokenRequired",
    "NETLOC": "localhost",
    "AUTHENTICATION_SCHEMES": [{"type": "oauthbearertoken"}],
    "WWW_AUTHENTICATE_HEADER": 'Bearer realm="SCIM"',
}

REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": [
        "mdm_portal.api.authentication.ApiTokenAuthentication",
        "rest_framework.authentication.SessionAuthentication",
    ],
    "DEFAULT_PERMISSION_CLASSES": ["mdm_portal.api.permissions.RolePermission"],
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_PARSER_CLASSES": ["mdm_portal.api.parsers.JSONParser"],
    "DEFAULT_SCHEMA_CLASS": "mdm_portal.api.schema.ApiSchema",
    "EXCEPTION_HANDLER": "mdm_portal.api.errors.handle",
    "UNAUTHENTICATED_USER": "django.contrib.auth.models.AnonymousUser",
}
SPECTACULAR_SETTINGS = {
    "TITLE": "MDM portal: admin API",
    "DESCRIPTION": "What administrators do in the portal, for scripts.",
    "VERSION": "1",
    "OAS_VERSION": "3.1.1",
    "SERVE_INCLUDE_SCHEMA": False,
    "SERVE_PERMISSIONS": ["rest_framework.permissions.IsAuthenticated"],
    "ENUM_GENERATE_CHOICE_DESCRIPTION": False,
    "ENUM_NAME_OVERRIDES": {"ProviderEnum": "scim_provisioning.providers.CHOICES"},
}

METRICS_TOKEN = env("METRICS_TOKEN", default="")

CELERY_BROKER_URL = REDIS_URL
CELERY_BROKER_TRANSPORT_OPTIONS = {
    "visibility_timeout": 60,
    "unacked_restore_interval": 5,
    "unacked_restore_throttle": 1,
}
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
# A worker and its clock wait for the broker as long as it takes.
CELERY_BROKER_CONNECTION_MAX_RETRIES = None
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_TIMEZONE = "UTC"
CELERY_BEAT_SCHEDULE = jobs.schedule()

# For so many days things are kept; 0 is for ever.
REQUEST_LOG_RETENTION_DAYS = env.int("REQUEST_LOG_RETENTION_DAYS", default=30)
AUDIT_RETENTION_DAYS = env.int("AUDIT_RETENTION_DAYS", default=730)
DEPROVISIONED_RETENTION_DAYS = env.int("DEPROVISIONED_RETENTION_DAYS", default=180)

vars().update(env.email_url("EMAIL_URL", default=f"filemail:///{DATA_DIR / 'mail'}"))
DEFAULT_FROM_EMAIL = env("DEFAULT_FROM_EMAIL", default="MDM portal <no-reply@localhost>")

LOG_FORMAT = env("LOG_FORMAT", default=logs.default_format())
LOGGING = logs.configuration(LOG_FORMAT, env("LOG_LEVEL", default="WARNING"))
