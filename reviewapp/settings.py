"""Django's settings: one file, from the environment, safe by default. What varies is in environment.py."""

from psycopg.conninfo import conninfo_to_dict

from reviewapp import environment
from reviewapp.embedded import secret
from reviewapp.logs import logging_of
from reviewapp.storage import inside, storage_of

ENV = environment.read()

DEBUG = ENV.debug
SECRET_KEY = ENV.secret_key or secret.read_or_make(ENV.var / "secret_key")
SECRET_KEY_FALLBACKS = list(ENV.secret_key_fallbacks)
ALLOWED_HOSTS = list(ENV.allowed_hosts)
CSRF_TRUSTED_ORIGINS = [ENV.public_url]

INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "django.contrib.postgres",
    "django.contrib.humanize",
    "guardian",
    "rest_framework",
    "drf_spectacular",
    "django_htmx",
    "reviewapp",
    "accounts",
    "queues",
]
MIDDLEWARE = [
    "accounts.middleware.request_log.RequestLog",
    "queues.api.problems.ProblemsOnly",
    "django.middleware.security.SecurityMiddleware",
    "reviewapp.headers.Headers",
    "reviewapp.readable.Readable",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "accounts.middleware.own_language.OwnLanguage",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "accounts.middleware.closed_door.ClosedDoor",
    "accounts.middleware.own_time.OwnTime",
    "queues.web.errors.Refusals",
]
ROOT_URLCONF = "reviewapp.urls"
WSGI_APPLICATION = "reviewapp.wsgi.application"
APPEND_SLASH = False  # a redirect would turn a POST into a GET
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [environment.ROOT / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            ],
        },
    }
]

# Database: PostgreSQL, and nothing else.
_DATABASE = conninfo_to_dict(ENV.database_url)
DATABASES = {
    "default": {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": _DATABASE.pop("dbname", ""),
        "USER": _DATABASE.pop("user", ""),
        "PASSWORD": _DATABASE.pop("password", ""),
        "HOST": _DATABASE.pop("host", ""),
        "PORT": _DATABASE.pop("port", ""),
        "CONN_MAX_AGE": 0,  # the pool keeps connections; worker and commands hold one as needed
        "CONN_HEALTH_CHECKS": True,
        "OPTIONS": {
            "connect_timeout": 5,
            # A statement that comes again is planned once per connection: half the database's work.
            "server_side_binding": True,
            "prepare_threshold": 5,
            "options": f"-c statement_timeout={ENV.statement_seconds}s",
            **({"pool": {"min_size": 1, "max_size": ENV.pool_size, "timeout": 2}} if ENV.pool_size else {}),
            **_DATABASE,
        },
    }
}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# People.
AUTH_USER_MODEL = "accounts.Person"
AUTHENTICATION_BACKENDS = [
    "accounts.backend.PersonBackend",
    "guardian.backends.ObjectPermissionBackend",
]
ANONYMOUS_USER_NAME = None
GUARDIAN_MONKEY_PATCH_USER = False
PASSWORD_HASHERS = ["django.contrib.auth.hashers.Argon2PasswordHasher"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {
        "NAME": "django.contrib.auth.password_validation.MinimumLengthValidator",
        "OPTIONS": {"min_length": 12},
    },
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
LOGIN_URL = "accounts:login"
LOGIN_REDIRECT_URL = "/"

# Cookies and transport. __Host- cookies need https, which the demo on this machine does not have.
_PREFIX = "__Host-" if ENV.is_https else ""
SESSION_ENGINE = "accounts.session_store"
SESSION_COOKIE_NAME = f"{_PREFIX}session"
SESSION_COOKIE_AGE = 8 * 3600  # without use; the longest life is in accounts.sessions
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = ENV.is_https
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = "Lax"
CSRF_COOKIE_NAME = f"{_PREFIX}csrf"
CSRF_COOKIE_HTTPONLY = True
CSRF_FAILURE_VIEW = "queues.web.errors.csrf_failure"
# Anybody can send this header: a proxy is believed only when the operator says that it sets it.
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if ENV.trusts_proxy else None
SECURE_SSL_REDIRECT = ENV.is_https
SECURE_REDIRECT_EXEMPT = [r"^(healthz|readyz)$"]
SECURE_HSTS_SECONDS = 365 * 24 * 3600 if ENV.is_https else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = ENV.is_https
# Towards other sites nothing is sent; "no-referrer" would also send `Origin: null` to our own forms.
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"

# For how long a review of an item that several people review may be taken back; until then its author is
# not told what became of the item.
BLIND_UNDO_SECONDS = 60

# Sizes, on purpose: a batch has at most 16 MiB (the API reads bodies itself and counts what is unpacked).
DATA_UPLOAD_MAX_MEMORY_SIZE = 17 * 1024 * 1024
DATA_UPLOAD_MAX_NUMBER_FIELDS = 1000
DATA_UPLOAD_MAX_NUMBER_FILES = 4
FILE_UPLOAD_MAX_MEMORY_SIZE = 2 * 1024 * 1024

# Words and times.
USE_TZ = True
TIME_ZONE = "UTC"
USE_I18N = True
LANGUAGE_CODE = "en"
LANGUAGES = [("en", "English"), ("de", "Deutsch")]  # a language is offered when its catalogue is whole
LOCALE_PATHS = [environment.ROOT / "locale"]

# Files.
STATIC_URL = "/static/"
STATICFILES_DIRS = [environment.ROOT / "static"]
STATIC_ROOT = ENV.var / "static"
WHITENOISE_MAX_AGE = 3600
STORAGES = {
    "default": storage_of(ENV.storage_url, ENV.var / "files"),
    "audit_heads": storage_of(
        ENV.heads_url or inside(ENV.storage_url, "audit-heads"), ENV.var / "audit-heads"
    ),
    "staticfiles": {
        "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"
        if DEBUG
        else "reviewapp.static_files.HashedFiles"
    },
}

REST_FRAMEWORK = {
    "DEFAULT_SCHEMA_CLASS": "drf_spectacular.openapi.AutoSchema",
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_PARSER_CLASSES": ["rest_framework.parsers.JSONParser"],
    "DEFAULT_AUTHENTICATION_CLASSES": [],
    "DEFAULT_PERMISSION_CLASSES": [],
    "UNAUTHENTICATED_USER": None,
    "URL_FORMAT_OVERRIDE": None,  # ?format= is an unknown parameter like any other
}
# A token bucket per key and per person: generous, so that only a runaway program meets it.
API_REQUESTS_PER_SECOND = 1000
API_REQUESTS_AT_ONCE = 5000
SPECTACULAR_SETTINGS = {
    "TITLE": "reviewapp",
    "VERSION": "1.0.0",
    "OAS_VERSION": "3.1.0",
    "SERVE_INCLUDE_SCHEMA": False,
    "SCHEMA_PATH_PREFIX": "/api/v1/",
    "PATH_CONVERTER_OVERRIDES": {"id": {"type": "integer", "format": "int64", "minimum": 0}},
    "ENUM_NAME_OVERRIDES": {"SelectionAnswerByEnum": "queues.models.SelectedBy.values"},  # sent and answered
    "POSTPROCESSING_HOOKS": [
        "drf_spectacular.hooks.postprocess_schema_enums",
        "queues.api.schema.add_problem_shape",
        "queues.api.prediction_schema.add_record_shape",
    ],
}

# What makes vectors of texts, in the worker of the queue `embed` only. See queues/score/encoders.
ENCODER = ENV.encoder
# Detectors that run in the worker, chosen by the operator (queues.score.remote).
DETECTORS = list(ENV.detectors)
MODERATION_URL, MODERATION_KEY, MODERATION_MODEL = (
    ENV.moderation.url,
    ENV.moderation.key,
    ENV.moderation.model,
)
LLAMA_GUARD_URL, LLAMA_GUARD_KEY = ENV.llama_guard.url, ENV.llama_guard.key
LLAMA_GUARD_MODEL = ENV.llama_guard.model
CLASSIFIER_PATH = ENV.classifier_path

# Origins that webhooks may lead to although they are not public (queues.export.webhooks.address).
WEBHOOK_INTERNAL = list(ENV.webhook_internal)
# After which a delivery that was heard or given up is deleted (queues.export.webhooks.delivering).
WEBHOOK_KEPT_DAYS = ENV.webhook_kept_days

LOGGING = logging_of(as_json=ENV.json_logs)
