"""Settings, all from the environment.

A missing secret stops the start with a sentence; every other default is the safe one.
"""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

from csp.constants import NONE, SELF
from kombu import Queue

from . import env, logs

BASE_DIR = Path(__file__).resolve().parent.parent
DATA_DIR = Path(env.text("DATA_DIR", str(BASE_DIR / ".data")))

# ── who this process is ───────────────────────────────────────────────────────────────────────────
PROCESS_ROLE = env.choice("PROCESS_ROLE", "command", ("web", "worker", "sweeper", "command"))
DEBUG = env.boolean("DEBUG", default=False)
SECRET_KEY = env.secret("DJANGO_SECRET_KEY")
ALLOWED_HOSTS = env.words("ALLOWED_HOSTS", "127.0.0.1,localhost")
# On one machine the console is served over plain HTTP on the loopback address, a secure context to browsers.
HTTPS = env.boolean("HTTPS", default=True)

# ── keys (see verification/vault/crypto.py for who holds which) ───────────────────────────────────
PSEUDONYM_KEY = env.secret("PSEUDONYM_KEY")
FRAME_PUBLIC_KEY = env.secret("FRAME_PUBLIC_KEY", "")
FRAME_PRIVATE_KEY = env.secret("FRAME_PRIVATE_KEY", "")
CROP_PUBLIC_KEY = env.secret("CROP_PUBLIC_KEY", "")
CROP_PRIVATE_KEY = env.secret("CROP_PRIVATE_KEY", "")
TRACE_KEY = env.secret("TRACE_KEY", "")

# ── the audit log's keys: who signs, who countersigns, and by which public keys both are known (see audit/notes.py) ─
LOG_PRIVATE_KEY = env.secret("LOG_PRIVATE_KEY", "")
LOG_VERIFIER_KEY = env.secret("LOG_VERIFIER_KEY", "")
WITNESS_PRIVATE_KEY = env.secret("WITNESS_PRIVATE_KEY", "")
WITNESS_VERIFIER_KEY = env.secret("WITNESS_VERIFIER_KEY", "")
# Where the witness listens: `unix:/path`, `http://host:port` or `https://…`; empty where there is none.
WITNESS_ADDRESS = env.text("WITNESS_ADDRESS", "")
# Directories that checkpoints are published to, best ones that nobody who owns the database can write to.
ANCHOR_DIRS = [Path(one) for one in env.words("ANCHOR_DIRS", str(DATA_DIR / "anchor"))]
# Who has the day's last checkpoint by e-mail.
CHECKPOINT_MAIL_TO = env.words("CHECKPOINT_MAIL_TO")

# ── application ───────────────────────────────────────────────────────────────────────────────────
INSTALLED_APPS = [
    # First, because of two commands of one name the first one counts: `changepassword` must leave an audit entry.
    "verification.apps.VerificationConfig",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.humanize",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "django.contrib.postgres",
    "axes",
    "csp",
    "rest_framework",
    "drf_spectacular",
]
MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "verification.web.denials.Denials",
    "verification.web.middleware.SessionLimits",
    "django.contrib.auth.middleware.LoginRequiredMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "verification.web.middleware.NoStore",
    "verification.web.middleware.NoDevices",
    "axes.middleware.AxesMiddleware",
]
ROOT_URLCONF = "reviewconsole.urls"
WSGI_APPLICATION = "reviewconsole.wsgi.application"
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
                "verification.web.context.person",
            ],
            "libraries": {"console": "verification.web.words"},
        },
    },
]
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# ── data ──────────────────────────────────────────────────────────────────────────────────────────
DATABASES = {
    "default": env.database("DATABASE_URL")
    | {
        "CONN_MAX_AGE": 60,
        "CONN_HEALTH_CHECKS": True,
    }
}
# A session that holds an old snapshot slows every claim (measured: fivefold), so an idle transaction is ended.
DATABASES["default"]["OPTIONS"] |= {"options": "-c idle_in_transaction_session_timeout=60s -c lock_timeout=10s"}
MEDIA_ROOT = env.text("MEDIA_ROOT", str(DATA_DIR / "media"))
MEDIA_STORAGE = env.choice("MEDIA_STORAGE", "filesystem", ("filesystem", "s3"))
STORAGES = {
    "media": (
        {"BACKEND": "storages.backends.s3.S3Storage", "OPTIONS": {"default_acl": None, "querystring_auth": True}}
        if MEDIA_STORAGE == "s3"
        else {
            "BACKEND": "django.core.files.storage.FileSystemStorage",
            "OPTIONS": {
                "location": MEDIA_ROOT,
                "base_url": None,
                "file_permissions_mode": 0o600,
                "directory_permissions_mode": 0o700,
            },
        }
    ),
    "default": {"BACKEND": "django.core.files.storage.InMemoryStorage"},
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
}
STATIC_URL = "/static/"
STATIC_ROOT = env.text("STATIC_ROOT", str(DATA_DIR / "static"))
STATICFILES_DIRS = [BASE_DIR / "static"]
STATICFILES_FINDERS = [
    "django.contrib.staticfiles.finders.FileSystemFinder",
    "django.contrib.staticfiles.finders.AppDirectoriesFinder",
    "reviewconsole.finders.PageRuntimeFinder",
]

# Uploads stay in memory and are bounded: no clear byte of a face is ever written to disk by the web process.
FILE_UPLOAD_HANDLERS = ["verification.api.uploads.BoundedMemoryUploadHandler"]
DATA_UPLOAD_MAX_MEMORY_SIZE = 1 * 1024 * 1024
DATA_UPLOAD_MAX_NUMBER_FILES = 16
DATA_UPLOAD_MAX_NUMBER_FIELDS = 50
UPLOAD_TOTAL_BYTES = 40 * 1024 * 1024

# ── models ────────────────────────────────────────────────────────────────────────────────────────
MODELS_DIR = env.text("MODELS_DIR", str(DATA_DIR / "models"))
MODEL_SET = env.choice("MODEL_SET", "open", ("open", "buffalo_l", "antelopev2"))

# ── known cases: how many of the cases in the queue have a known answer, and how long they stay behind real ones ──
KNOWN_CASE_SHARE = env.fraction("KNOWN_CASE_SHARE", 0.10, low=0.0, high=0.5)
KNOWN_CASE_SPREAD_MINUTES = env.integer("KNOWN_CASE_SPREAD_MINUTES", 10, low=0, high=240)

# ── working days, by which a filing falls due: Monday to Friday, but for these days off and these days worked ──
PUBLIC_HOLIDAYS = env.dates("PUBLIC_HOLIDAYS")
EXTRA_WORKDAYS = env.dates("EXTRA_WORKDAYS")

# ── Celery: the broker is a doorbell; the database is the queue of record ─────────────────────────
REDIS_URL = env.secret("REDIS_URL", "redis://127.0.0.1:6379/0")
CELERY_BROKER_URL = REDIS_URL
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_TASK_IGNORE_RESULT = True
# Somebody waits for a wider view with the case before them. Workers take from both queues in turn, so that it never
# stands in line behind a backlog of cases.
CELERY_TASK_QUEUES = (Queue("celery"), Queue("wider"))
CELERY_TASK_ROUTES = {"verification.render_wider": {"queue": "wider"}}
CELERY_TASK_SERIALIZER = "json"
CELERY_ACCEPT_CONTENT = ["json"]
CELERY_TASK_SOFT_TIME_LIMIT = 30
CELERY_TASK_TIME_LIMIT = 45
CELERY_WORKER_SOFT_SHUTDOWN_TIMEOUT = 10
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_WORKER_MAX_MEMORY_PER_CHILD = 700_000
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_BROKER_TRANSPORT_OPTIONS = {
    "visibility_timeout": 120,
    "unacked_restore_interval": 10,
    "unacked_restore_throttle": 1,
    "socket_connect_timeout": 1,
    "socket_timeout": 5,
    "max_retries": 1,
    # Kombu would wait 2 s before that one retry, and the sender of a case with it.
    "interval_start": 0,
    "interval_step": 0,
}
# The case is safe in the database before the bell is rung, so a dead broker must cost the caller moments, not seconds.
CELERY_TASK_PUBLISH_RETRY = False

# ── people ────────────────────────────────────────────────────────────────────────────────────────
AUTH_USER_MODEL = "verification.User"
AUTHENTICATION_BACKENDS = ["axes.backends.AxesStandaloneBackend", "django.contrib.auth.backends.ModelBackend"]
PASSWORD_HASHERS = ["django.contrib.auth.hashers.Argon2PasswordHasher"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 12}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
LOGIN_URL = "login"
LOGIN_REDIRECT_URL = "home"
LOGOUT_REDIRECT_URL = "login"
AXES_FAILURE_LIMIT = 5
AXES_COOLOFF_TIME = timedelta(minutes=15)
AXES_LOCKOUT_PARAMETERS = [["username", "ip_address"]]
AXES_RESET_ON_SUCCESS = True
AXES_LOCKOUT_CALLABLE = "verification.web.accounts.locked_out"
AXES_VERBOSE = False
AXES_DISABLE_ACCESS_LOG = True

# How many pictures of faces one person may look at within an hour.
LOOKS_PER_REVIEWER_HOUR = env.integer("LOOKS_PER_REVIEWER_HOUR", 300, low=1, high=100_000)

# Office hours in local time: from and up to a full hour, on the first so many days of the week, Monday being the first.
# Looks outside them are no offence; reports count them apart.
OFFICE_OPENS = env.integer("OFFICE_OPENS", 7, low=0, high=23)
OFFICE_CLOSES = env.integer("OFFICE_CLOSES", 20, low=1, high=24)
OFFICE_DAYS = env.integer("OFFICE_DAYS", 5, low=1, high=7)

# NIST SP 800-63B, AAL3: signed in for at most 12 hours, and for at most 15 minutes without a sign of life.
SESSION_COOKIE_AGE = 12 * 3600
SESSION_IDLE_SECONDS = 15 * 60
SESSION_EXPIRE_AT_BROWSER_CLOSE = True
SESSION_COOKIE_SAMESITE = "Strict"
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SECURE = HTTPS
CSRF_COOKIE_SECURE = HTTPS
CSRF_COOKIE_SAMESITE = "Strict"
CSRF_COOKIE_HTTPONLY = True
CSRF_USE_SESSIONS = True
CSRF_FAILURE_VIEW = "verification.web.errors.csrf_failure"

# ── notices by e-mail: none unless EMAIL_FROM says from whom ──────────────────────────────────────
EMAIL_FROM = env.text("EMAIL_FROM", "")
# Where the console is reached, for the link in a message.
SITE_ADDRESS = env.text("SITE_ADDRESS", "")
# The worker alone sends, so it alone needs the mail server.
_MAIL = env.mail("EMAIL_URL")
EMAIL_HOST, EMAIL_PORT = _MAIL["EMAIL_HOST"], _MAIL["EMAIL_PORT"]
EMAIL_HOST_USER, EMAIL_HOST_PASSWORD = _MAIL["EMAIL_HOST_USER"], _MAIL["EMAIL_HOST_PASSWORD"]
EMAIL_USE_TLS, EMAIL_USE_SSL = _MAIL["EMAIL_USE_TLS"], _MAIL["EMAIL_USE_SSL"]
EMAIL_TIMEOUT = 10

# ── browser ───────────────────────────────────────────────────────────────────────────────────────
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF],
        "connect-src": [SELF],
        "font-src": [SELF],
        "form-action": [SELF],
        "frame-ancestors": [NONE],
        "base-uri": [NONE],
    }
}
X_FRAME_OPTIONS = "DENY"
SECURE_CONTENT_TYPE_NOSNIFF = True
# Not "no-referrer": with it browsers send `Origin: null` with a form, which the CSRF check rightly refuses.
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
SECURE_SSL_REDIRECT = HTTPS
SECURE_HSTS_SECONDS = 63_072_000 if HTTPS else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = HTTPS
SECURE_HSTS_PRELOAD = HTTPS
SECURE_PROXY_SSL_HEADER = (
    ("HTTP_X_FORWARDED_PROTO", "https") if env.boolean("BEHIND_TLS_PROXY", default=False) else None
)

# ── API ───────────────────────────────────────────────────────────────────────────────────────────
REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": ["verification.api.authentication.ApiKeyAuthentication"],
    "DEFAULT_PERMISSION_CLASSES": ["verification.api.authentication.IsRelyingParty"],
    "DEFAULT_THROTTLE_CLASSES": ["verification.api.throttling.PerKeyThrottle"],
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_PARSER_CLASSES": ["rest_framework.parsers.JSONParser"],
    "DEFAULT_SCHEMA_CLASS": "drf_spectacular.openapi.AutoSchema",
    "EXCEPTION_HANDLER": "verification.api.problems.handle",
    "UNAUTHENTICATED_USER": None,
}
API_REQUESTS_PER_MINUTE = env.integer("API_REQUESTS_PER_MINUTE", 600, low=1, high=1_000_000)
SPECTACULAR_SETTINGS = {
    "TITLE": "Face verification",
    "DESCRIPTION": (
        "Send a capture and a reference; receive an outcome. A person looks only when the machine could not decide."
    ),
    "VERSION": "1.0.0",
    "SERVE_INCLUDE_SCHEMA": False,
    "SERVE_AUTHENTICATION": [],
    "SERVE_PERMISSIONS": ["rest_framework.permissions.AllowAny"],
    "SCHEMA_PATH_PREFIX": "/api/v1",
}

# ── language and time ─────────────────────────────────────────────────────────────────────────────
LANGUAGE_CODE = "en"
LANGUAGES = [("en", "English"), ("zh-hans", "简体中文"), ("zh-hant", "繁體中文")]
USE_I18N = True
TIME_ZONE = env.text("TIME_ZONE", "UTC")
USE_TZ = True

LOGGING_CONFIG = None
logs.configure(PROCESS_ROLE)
