"""Every setting of the desk, read from the environment (docs/settings.md, `.env.example`).

A bare checkout runs as it is: with none of SECRET_KEY, DATABASE_URL and PUBLIC_URL set, this is a trial machine
(DEBUG on, private PostgreSQL and Valkey, a simulated Telegram). Reading the settings starts nothing.
"""

import os
from functools import partial
from pathlib import Path
from urllib.parse import urlsplit

import environ
from django.core.exceptions import ImproperlyConfigured
from django.utils.translation import gettext_lazy as _

from config import rest_settings
from config.connections import celery_url, database_config, file_storage
from config.embedded.locations import service_urls
from config.environment import (
    Environment,
    derive_secret,
    parse_bot_token,
    parse_folder,
    parse_group,
    parse_time_zone,
    parse_within,
    read_or_make_secret,
)
from config.running_desk import find_ports

BASE_DIR = Path(__file__).resolve().parent.parent
env = Environment(BASE_DIR)

# --- What kind of machine this is -----------------------------------------------------------------------------------
DEBUG = env.flag("DEBUG", default=not any(env.find(name) for name in ("SECRET_KEY", "DATABASE_URL", "PUBLIC_URL")))
DATA_DIR = Path(env.text("DATA_DIR", str(BASE_DIR / ".data"))).resolve()
SECRETS_DIR = DATA_DIR / "secrets"
_running = find_ports(DATA_DIR)  # of the desk that runs from this folder: commands talk to that one
PORT = env.number("PORT", _running.get("PORT", 8000))
PUBLIC_URL = env.url("PUBLIC_URL", ["http", "https"], f"http://127.0.0.1:{PORT}" if DEBUG else "").rstrip("/")


def _secret(name: str) -> str:
    value = env.find(name)
    if value is None and not DEBUG:
        raise ImproperlyConfigured(
            f"{name} is not set: give a long random text, for example from `openssl rand -hex 32`."
        )
    return value or read_or_make_secret(SECRETS_DIR / name.lower())


SECRET_KEY = _secret("SECRET_KEY")
JWT_SIGNING_KEY = _secret("JWT_SIGNING_KEY")
VERSION = "0.1.0"

if not DEBUG and not PUBLIC_URL:
    raise ImproperlyConfigured(
        "PUBLIC_URL is not set: give the address of the desk, for example https://desk.example.com."
    )
PUBLIC_HOST = urlsplit(PUBLIC_URL).hostname or "127.0.0.1"
ALLOWED_HOSTS = env.words("ALLOWED_HOSTS", [PUBLIC_HOST, "127.0.0.1", "localhost", "[::1]"] if DEBUG else [PUBLIC_HOST])
TRUSTED_PROXIES = env.networks("TRUSTED_PROXIES", [])  # addresses or networks whose X-Forwarded-For is believed
CSRF_TRUSTED_ORIGINS = [PUBLIC_URL]

# --- Services -------------------------------------------------------------------------------------------------------
EMBEDDED_SERVICES_DIR = DATA_DIR / "services"
_embedded = service_urls(EMBEDDED_SERVICES_DIR)
EMBEDDED_POSTGRES = env.find("DATABASE_URL") is None
EMBEDDED_VALKEY = env.find("REDIS_URL") is None
DATABASE_URL = env.url("DATABASE_URL", ["postgres", "postgresql"], _embedded.database)
REDIS_URL = env.url("REDIS_URL", ["redis", "rediss", "unix"], _embedded.redis)

# live and bot serve many coroutines from a few threads: they pool connections; the others keep one a thread.
DATABASES = {"default": database_config(DATABASE_URL, pooled=env.flag("DATABASE_POOL", False))}
DATABASE_TIMEOUTS = {"statement_timeout": "30s", "lock_timeout": "10s", "idle_in_transaction_session_timeout": "60s"}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# Redis ignores database numbers in publish/subscribe: parallel test workers are kept apart by name.
REDIS_PREFIX = "desk" + os.environ.get("PYTEST_XDIST_WORKER", "")
CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.redis.RedisCache",
        "LOCATION": REDIS_URL,
        "KEY_PREFIX": REDIS_PREFIX,
    }
}
CHANNEL_LAYERS = {
    "default": {
        "BACKEND": "channels_redis.pubsub.RedisPubSubChannelLayer",
        # redis-py 8 would close idle sockets after five seconds without socket_timeout None
        "CONFIG": {"hosts": [{"address": REDIS_URL, "socket_timeout": None}], "prefix": REDIS_PREFIX},
    }
}
CELERY_BROKER_URL = env.text("CELERY_BROKER_URL", celery_url(REDIS_URL))
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_SERIALIZER = "json"
CELERY_ACCEPT_CONTENT = ["json"]
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_TASK_TIME_LIMIT = 300
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_BROKER_TRANSPORT_OPTIONS = {
    "visibility_timeout": 600,
    "global_keyprefix": REDIS_PREFIX + ":",
    # whoever wakes a worker does not wait for a broker that stands still; workers do (config.celery)
    "socket_connect_timeout": 0.5,
    "socket_timeout": 0.5,
}
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_BEAT_SCHEDULER = "django_celery_beat.schedulers:DatabaseScheduler"
CELERY_TIMEZONE = "UTC"

STORAGE_URL = env.url("STORAGE_URL", ["file", "s3"], f"file://{DATA_DIR / 'files'}")
# nginx: a file is answered by X-Accel-Redirect, after the desk has checked who asks (deploy/nginx)
FILES_SERVED_BY = env.choice("FILES_SERVED_BY", ["desk", "nginx"], "desk")
FILES_ACCEL_PREFIX = "/stored-files/"
STATIC_URL = "/static/"
STATIC_ROOT = Path(env.text("STATIC_ROOT", str(BASE_DIR / "collected_static")))
STATICFILES_DIRS = [BASE_DIR / "static"]
_STATIC_STORAGE = (
    "django.contrib.staticfiles.storage.StaticFilesStorage" if DEBUG else "config.static_storage.HashedModulesStorage"
)
WHITENOISE_USE_FINDERS = DEBUG
WHITENOISE_KEEP_ONLY_HASHED_FILES = True
STORAGES = {"default": file_storage(STORAGE_URL), "staticfiles": {"BACKEND": _STATIC_STORAGE}}

# --- Telegram -------------------------------------------------------------------------------------------------------
TELEGRAM_BOT_TOKEN = env.secret(
    "TELEGRAM_BOT_TOKEN", parse_bot_token, "", "a bot's token as @BotFather gives it: a number, a colon, letters"
)
SIMULATOR_PORT = env.number("SIMULATOR_PORT", _running.get("SIMULATOR_PORT", PORT + 1))
SIMULATOR_URL = f"http://127.0.0.1:{SIMULATOR_PORT}"
USE_SIMULATOR = DEBUG and not TELEGRAM_BOT_TOKEN
if USE_SIMULATOR:
    # Telegram's own form of a token: the bot's numeric id, a colon, 35 characters
    TELEGRAM_BOT_TOKEN = read_or_make_secret(
        SECRETS_DIR / "simulator_bot_token", lambda: f"7000000001:{os.urandom(18).hex()[:35]}"
    )
TELEGRAM_API_URL = env.url(
    "TELEGRAM_API_URL", ["http", "https"], SIMULATOR_URL if USE_SIMULATOR else "https://api.telegram.org"
).rstrip("/")
# a Bot API server of one's own with --local keeps what it fetched on its disk, which this desk sees as the same folder
TELEGRAM_FILES_DIR = env.read("TELEGRAM_FILES_DIR", parse_folder, None, "the absolute path of a folder")
# bytes of the largest file that is fetched from Telegram (Bot API, getFile; "Using a Local Bot API Server")
TELEGRAM_DOWNLOAD_LIMIT = 2**20 * env.read(
    "TELEGRAM_DOWNLOAD_MB",
    partial(parse_within, 1, 2000 if TELEGRAM_FILES_DIR else 20),
    2000 if TELEGRAM_FILES_DIR else 20,
    "a whole number of MB: up to 20, and up to 2000 where TELEGRAM_FILES_DIR is set",
)
TELEGRAM_MODE = env.choice("TELEGRAM_MODE", ["polling", "webhook"], "polling" if DEBUG else "webhook")
# derived, so that every process of the desk knows the same one
TELEGRAM_WEBHOOK_SECRET = env.find("TELEGRAM_WEBHOOK_SECRET") or derive_secret(SECRET_KEY, "telegram webhook")
# what a customer's further message does to a resolved ticket: it reopens, or a new one goes on from it
AFTER_RESOLVED = env.choice("AFTER_RESOLVED", ["reopen", "new"], "reopen")
# ask each customer once for the phone, with the first ticket
ASK_PHONE = env.flag("ASK_PHONE", False)
TELEGRAM_STAFF_CHAT_ID = env.read("TELEGRAM_STAFF_CHAT_ID", parse_group, None, "the negative number of a group")

# --- Django ---------------------------------------------------------------------------------------------------------
INSTALLED_APPS = [
    "config",
    "telegram_bot",
    "chat",
    "tickets",
    "accounts",
    "config.back_office.BackOfficeConfig",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.postgres",
    "rest_framework",
    "channels",
    "django_celery_beat",
    "drf_spectacular",
    "drf_spectacular_sidecar",
    "csp",
]
MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "config.middleware.RequestContextMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "config.middleware.refuse_unstorable_queries",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "csp.middleware.CSPMiddleware",
]
ROOT_URLCONF = "config.urls"
WSGI_APPLICATION = "config.wsgi.application"
ASGI_APPLICATION = "config.asgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "telegram_bot.context_processors.bot",
            ]
        },
    }
]
AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = ["django.contrib.auth.backends.ModelBackend"]
PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.Argon2PasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"django.contrib.auth.password_validation.{name}"}
    for name in ("UserAttributeSimilarityValidator", "MinimumLengthValidator", "CommonPasswordValidator")
]
LANGUAGE_CODE = env.choice("LANGUAGE_CODE", ["ru", "en"], "ru")
LANGUAGES = [("ru", _("Russian")), ("en", _("English"))]
LANGUAGE_COOKIE_NAME = "desk_language"  # of the back office: elsewhere the person or the client says it
LANGUAGE_COOKIE_PATH = "/admin/"
FORMAT_MODULE_PATH = "config.formats"
LOCALE_PATHS = [BASE_DIR / "config" / "locale"]
TIME_ZONE = env.read("TIME_ZONE", parse_time_zone, "UTC", "an IANA name such as Europe/Moscow")
USE_TZ = True

# --- Security -------------------------------------------------------------------------------------------------------
HTTPS = PUBLIC_URL.startswith("https://")
SECURE_SSL_REDIRECT = False  # nginx redirects; the probes inside speak plain HTTP
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if TRUSTED_PROXIES else None
SECURE_HSTS_SECONDS = 31_536_000 if HTTPS and not DEBUG else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = HTTPS
SECURE_HSTS_PRELOAD = HTTPS
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
SILENCED_SYSTEM_CHECKS = ["security.W008"]  # SECURE_SSL_REDIRECT: see above
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = HTTPS
SESSION_COOKIE_AGE = 12 * 3600
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = LANGUAGE_COOKIE_SAMESITE = "Lax"
LANGUAGE_COOKIE_SECURE, LANGUAGE_COOKIE_HTTPONLY = HTTPS, True
SESSION_ENGINE = "django.contrib.sessions.backends.db"
X_FRAME_OPTIONS = "DENY"
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
    }
}
DATA_UPLOAD_MAX_MEMORY_SIZE = 1_048_576  # a JSON body; files are streamed by their own view
DATA_UPLOAD_MAX_NUMBER_FIELDS = 2000

# --- REST -----------------------------------------------------------------------------------------------------------
REST_FRAMEWORK = rest_settings.REST_FRAMEWORK
SPECTACULAR_SETTINGS = {**rest_settings.SPECTACULAR, "VERSION": VERSION}

# --- Mail, logs -----------------------------------------------------------------------------------------------------
_mail = environ.Env.email_url_config(
    env.url("EMAIL_URL", ["smtp", "smtp+tls", "smtp+ssl", "consolemail", "smtps"], "consolemail://")
)
vars().update(_mail)
DEFAULT_FROM_EMAIL = env.text("DEFAULT_FROM_EMAIL", f"desk@{PUBLIC_HOST}")
LOG_FORMAT = env.choice("LOG_FORMAT", ["console", "json"], "console" if DEBUG else "json")
LOG_LEVEL = env.choice("LOG_LEVEL", ["DEBUG", "INFO", "WARNING", "ERROR"], "INFO")
LOGGING_CONFIG = "config.logging.configure"
LOGGING = {"format": LOG_FORMAT, "level": LOG_LEVEL}
SENTRY_DSN = env.text("SENTRY_DSN")
