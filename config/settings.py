"""Settings, all from the environment.

Two worlds: `DAILIES_ENV=development` (the default: SQLite, embedded broker, a secret made on first use and kept in
the data folder) and `production`, which refuses to start when anything that keeps it safe is missing.
"""

from __future__ import annotations

import os
import secrets
from contextlib import suppress
from pathlib import Path
from tempfile import NamedTemporaryFile

import dj_database_url
import django_stubs_ext
from django.core.exceptions import ImproperlyConfigured
from django.utils.translation import gettext_lazy as _

django_stubs_ext.monkeypatch()  # generics of Django, such as ModelForm[User], at run time

BASE_DIR = Path(__file__).resolve().parent.parent
ENV = os.environ.get("DAILIES_ENV", "development")
if ENV not in {"development", "production"}:
    raise ImproperlyConfigured(f"DAILIES_ENV is {ENV!r}; use 'development' or 'production'.")
IS_PRODUCTION = ENV == "production"


def required(name: str, default: str) -> str:
    """Read a variable that development has a default for and production must set."""
    value = os.environ.get(name)
    if value:
        return value
    if IS_PRODUCTION:
        raise ImproperlyConfigured(f"{name} must be set in production.")
    return default


def kept_secret(folder: Path) -> str:
    """Return development's secret key, made once and readable by its owner only."""
    path = folder / "secret_key"
    if not path.exists():
        folder.mkdir(parents=True, exist_ok=True)
        with NamedTemporaryFile("w", dir=folder) as file:  # of mode 0600; whole before it gets its name
            file.write(secrets.token_urlsafe(50))
            file.flush()
            with suppress(FileExistsError):  # another process was quicker
                os.link(file.name, path)
    return path.read_text()


# ---------------------------------------------------------------- places
DATA_DIR = Path(required("DAILIES_DATA", str(BASE_DIR / "var" / "data"))).resolve()
OBJECTS_DIR = DATA_DIR / "objects"  # content-addressed media, never served from here by a web server
S3_BUCKET = os.environ.get("DAILIES_S3_BUCKET", "")  # holds all media; the folder is then a cache of it
S3_ENDPOINT = os.environ.get("DAILIES_S3_ENDPOINT", "")  # of another service than Amazon's
S3_REGION = os.environ.get("DAILIES_S3_REGION", "")
ENGINES_DIR = Path(os.environ.get("DAILIES_ENGINES", str(BASE_DIR / "var" / "engines")))
SHIPPED_ENGINES_DIR = BASE_DIR / "fixtures" / "engines"  # weights that come with the project
SCHOOL_CA_DIR = DATA_DIR / "school_ca"
TRACES_DIR = DATA_DIR / "traces"  # what was found in films; deleted ones are found again
C2PA_TRUST_LISTS = [path for path in os.environ.get("DAILIES_C2PA_TRUST_LISTS", "").split(os.pathsep) if path]
"""PEM files of camera makers' and other authorities whose credentials prove a capture."""
LEDGER_KEY_PATH = DATA_DIR / "ledger" / "signing_key"
CURRICULUM_DIR = BASE_DIR / "fixtures" / "curriculum"

# ---------------------------------------------------------------- security
SECRET_KEY = os.environ.get("DAILIES_SECRET_KEY") or ("" if IS_PRODUCTION else kept_secret(DATA_DIR))
if IS_PRODUCTION and len(SECRET_KEY) < 50:
    raise ImproperlyConfigured("DAILIES_SECRET_KEY must be set in production, with at least 50 characters.")
SECRETS_KEYS = [key for key in os.environ.get("DAILIES_SECRETS_KEY", "").split(",") if key] + [SECRET_KEY]
"""What seals the keys of remote engines; the first seals, all open. See docs/operations/engines.md for rotation."""
if any(len(key) < 20 for key in SECRETS_KEYS):
    raise ImproperlyConfigured("Every key in DAILIES_SECRETS_KEY must have at least 20 characters.")
DEBUG = os.environ.get("DAILIES_DEBUG") == "1"
if IS_PRODUCTION and DEBUG:
    raise ImproperlyConfigured("DAILIES_DEBUG must be off in production.")
ALLOWED_HOSTS = required("DAILIES_HOSTS", "localhost,127.0.0.1,[::1],testserver").split(",")
if IS_PRODUCTION and "*" in ALLOWED_HOSTS:
    raise ImproperlyConfigured("DAILIES_HOSTS must name the hosts in production; '*' is refused.")
CSRF_TRUSTED_ORIGINS = [f"https://{host}" for host in ALLOWED_HOSTS] if IS_PRODUCTION else []
SECURE_SSL_REDIRECT = IS_PRODUCTION
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if IS_PRODUCTION else None
SECURE_HSTS_SECONDS = 31_536_000 if IS_PRODUCTION else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = IS_PRODUCTION
SECURE_HSTS_PRELOAD = IS_PRODUCTION
SESSION_COOKIE_SECURE = IS_PRODUCTION
CSRF_COOKIE_SECURE = IS_PRODUCTION
SESSION_COOKIE_HTTPONLY = True
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"

# ---------------------------------------------------------------- the rooms
INSTALLED_APPS = [
    "grading",
    "ethics",
    "generation",
    "assignments",
    "courses",
    "accounts",
    "ledger",
    "ui",
    "config.apps.ConfigApp",
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "django_htmx",
    "template_partials",
    "rest_framework",
    "rest_framework.authtoken",
    "drf_spectacular",
    "drf_spectacular_sidecar",
]
MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "ui.middleware.ContentSecurityPolicy",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "accounts.middleware.PreferredLanguage",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "ui.middleware.RefusedMessages",
]
ROOT_URLCONF = "config.urls"
ASGI_APPLICATION = "config.asgi.application"
AUTH_USER_MODEL = "accounts.User"
LOGIN_URL = "accounts:log_in"
LOGIN_REDIRECT_URL = "home"
LOGOUT_REDIRECT_URL = "accounts:log_in"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
SILENCED_SYSTEM_CHECKS: list[str] = []
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "django.template.context_processors.i18n",
                "config.context.navigation",
            ],
        },
    }
]

# ---------------------------------------------------------------- data
DATABASES = {
    "default": dj_database_url.parse(
        required("DATABASE_URL", f"sqlite:///{DATA_DIR / 'dailies.sqlite3'}"), conn_max_age=60
    )
}
if DATABASES["default"]["ENGINE"].endswith("sqlite3"):
    DATABASES["default"]["OPTIONS"] = {
        "transaction_mode": "IMMEDIATE",  # writers wait in line at BEGIN instead of failing half-way
        "timeout": 30,
        "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL; PRAGMA foreign_keys=ON;",
    }
    DATABASES["default"]["CONN_MAX_AGE"] = 0
    DATABASES["default"]["TEST"] = {"NAME": os.environ.get("DAILIES_TEST_DATABASE") or None}
else:  # a worker that freezes within a transaction must not hold its locks for ever; 0: no limit
    LONGEST_IDLE = float(os.environ.get("DAILIES_IDLE_TRANSACTION_SECONDS", "60"))
    DATABASES["default"].setdefault("OPTIONS", {}).setdefault(
        "options", f"-c idle_in_transaction_session_timeout={LONGEST_IDLE * 1000:.0f}"
    )
CACHES = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}}
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": (
            "whitenoise.storage.CompressedManifestStaticFilesStorage"
            if IS_PRODUCTION
            else "django.contrib.staticfiles.storage.StaticFilesStorage"
        )
    },
}
MEDIA_ROOT = DATA_DIR / "unused"  # media go through assignments.backends.store only
STATIC_URL = "static/"
STATIC_ROOT = DATA_DIR / "static" if IS_PRODUCTION else None  # development serves from the rooms' own folders
STATICFILES_FINDERS = [
    "django.contrib.staticfiles.finders.AppDirectoriesFinder",
    "ui.finders.PlotlyFinder",
]
WHITENOISE_USE_FINDERS = not IS_PRODUCTION
WHITENOISE_AUTOREFRESH = DEBUG

# ---------------------------------------------------------------- uploads: streamed to disk, never held in memory
DATA_UPLOAD_MAX_MEMORY_SIZE = 2 * 1024 * 1024
FILE_UPLOAD_MAX_MEMORY_SIZE = 256 * 1024
UPLOAD_MAX_BYTES = int(os.environ.get("DAILIES_UPLOAD_MAX_BYTES", 20 * 1024**3))

# ---------------------------------------------------------------- languages
LANGUAGE_CODE = "en"
LANGUAGES = [("en", _("English")), ("zh-hans", _("Simplified Chinese"))]
LOCALE_PATHS = [BASE_DIR / "locale"]
LANGUAGE_COOKIE_NAME = "dailies_language"
USE_I18N = True
USE_TZ = True
TIME_ZONE = os.environ.get("DAILIES_TIME_ZONE", "UTC")

# ---------------------------------------------------------------- workers
CELERY_BROKER_URL = required("DAILIES_BROKER", f"redis+socket://{DATA_DIR / 'broker.sock'}")
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_DEFAULT_QUEUE = "cpu"
CELERY_TASK_ROUTES = {"generation.run_jobs": {"queue": "gpu"}}
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_PUBLISH_RETRY = False  # a message is only a doorbell; beat looks for rows that were missed
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_BROKER_TRANSPORT_OPTIONS = {
    "visibility_timeout": 900,
    "socket_connect_timeout": 2,
    "socket_timeout": 10,
    "unacked_restore_interval": 5,
}
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
JOB_LEASE_SECONDS = float(
    os.environ.get("DAILIES_LEASE_SECONDS", "30")
)  # a silent worker loses its jobs then
CELERY_BEAT_SCHEDULE = {
    "sweep-jobs": {"task": "generation.sweep_jobs", "schedule": 5.0},
    "sweep-releases": {"task": "generation.sweep_releases", "schedule": 3600.0},
    "sweep-media": {"task": "assignments.sweep_media", "schedule": 10.0},
    "sweep-assessments": {"task": "ethics.sweep_assessments", "schedule": 10.0},
    "sweep-packages": {"task": "ethics.sweep_packages", "schedule": 20.0},
    "sweep-index": {"task": "ethics.sweep_index", "schedule": 30.0},
    "keep-up-assessments": {"task": "ethics.keep_up", "schedule": 3600.0},
    "sweep-reports": {"task": "grading.sweep_reports", "schedule": 10.0},
    "sign-tree-head": {"task": "config.sign_tree_head", "schedule": 60.0},
    "ask-witnesses": {"task": "ledger.ask_witnesses", "schedule": 300.0},
}

# ---------------------------------------------------------------- the school
HAND_IN_GATES = ["ethics.services.refuse_over_cap"]  # called with the cut; a refusal stops the handing in
DOWNLOAD_GATES = ["generation.services.refuse_lapsed"]  # called with the medium before its bytes are served
EVIDENCE_WATCHERS = [
    "ethics.services.remeasuring.measure_anew"
]  # called with a work whose material or set log has changed
RELEASE_WATCHERS = ["generation.services.stop_jobs_of"]  # called with a release as it is revoked
SAFETY_GATES = ["generation.backends.gates.words.WordGate"]
GATE_WORDS = os.environ.get("DAILIES_GATE_WORDS", str(BASE_DIR / "fixtures" / "gates" / "words.yaml"))
GATE_CLASSIFIER_DIR = os.environ.get(
    "DAILIES_GATE_CLASSIFIER", ""
)  # folder of a picture classifier; none ships
if GATE_CLASSIFIER_DIR:
    SAFETY_GATES.append("generation.backends.gates.classifier.ClassifierGate")
SCHOOL_NAME = os.environ.get("DAILIES_SCHOOL", "Dailies Film School")
SCHOOL_TERRITORY = os.environ.get("DAILIES_SCHOOL_TERRITORY", "").upper()
"""ISO 3166-1 alpha-2 code of where the school is, for licences of engines; empty: unknown."""
SCHOOL_REVENUE_USD = int(os.environ.get("DAILIES_SCHOOL_REVENUE_USD") or -1)
"""Of a year, for licences with a ceiling; below zero: unknown."""
SCHOOL_USE = os.environ.get("DAILIES_SCHOOL_USE", "teaching")
if SCHOOL_USE not in {"teaching", "commercial"}:
    raise ImproperlyConfigured(f"DAILIES_SCHOOL_USE is {SCHOOL_USE!r}; use 'teaching' or 'commercial'.")
LEDGER_ORIGIN = os.environ.get("DAILIES_LEDGER_ORIGIN", "dailies.example/ledger")
PROVIDER_CODE = os.environ.get("DAILIES_PROVIDER_CODE", "0011DAILIES000000000000001")

# ---------------------------------------------------------------- API
REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": [
        "rest_framework.authentication.TokenAuthentication",
        "rest_framework.authentication.SessionAuthentication",
    ],
    "DEFAULT_PERMISSION_CLASSES": ["rest_framework.permissions.IsAuthenticated"],
    "DEFAULT_PAGINATION_CLASS": "rest_framework.pagination.LimitOffsetPagination",
    "PAGE_SIZE": 50,
    "DEFAULT_SCHEMA_CLASS": "drf_spectacular.openapi.AutoSchema",
    "EXCEPTION_HANDLER": "config.api.exception_handler",
    "DEFAULT_THROTTLE_RATES": {},
}
SPECTACULAR_SETTINGS = {
    "TITLE": "Dailies",
    "DESCRIPTION": "Courses, works, generation jobs, assessments, marks and the ledger of a film school.",
    "VERSION": "1",
    "SERVE_INCLUDE_SCHEMA": False,
    "ENUM_NAME_OVERRIDES": {
        "CourseRole": "courses.choices.Role",
        "MediaRole": "assignments.choices.MediaRole",
        "MediaState": "assignments.choices.MediaState",
        "JobState": "generation.choices.JobState",
        "AssessmentState": "ethics.choices.AssessmentState",
        "MarkerRole": "grading.choices.MarkerRole",
        "ReportState": "grading.choices.ReportState",
    },
    "SWAGGER_UI_DIST": "SIDECAR",  # the pages of /api/docs/ come from here, not from elsewhere
    "SWAGGER_UI_FAVICON_HREF": "SIDECAR",
}

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "%(asctime)s %(levelname)s %(name)s %(message)s"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["console"], "level": os.environ.get("DAILIES_LOG_LEVEL", "INFO")},
    "loggers": {
        "celery": {"level": "WARNING"},
        "httpx2": {"level": "WARNING"},  # its lines hold addresses, and addresses of answers may be secrets
        "fontTools": {"level": "WARNING"},
    },
}
