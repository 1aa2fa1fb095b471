"""What the environment says. Read here and nowhere else; imports no Django, so the supervisor stays small."""

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from reviewapp.embedded import place

ROOT = Path(__file__).resolve().parent.parent
ENCODERS = ("hashing", "minilm")
MOST_DAYS = 36_500


class Misconfigured(Exception):
    """The environment asks for something that cannot or must not be done."""


DETECTORS = frozenset({"presidio"})  # those that can be chosen; the others always run
_THIS_MACHINE = frozenset({"127.0.0.1", "::1", "localhost"})


@dataclass(frozen=True, slots=True)
class Service:
    """Somebody who is asked over HTTP. url empty: nobody is."""

    url: str
    key: str
    model: str


@dataclass(frozen=True, slots=True)
class Environment:
    """All settings that differ between machines."""

    var: Path  # data of the embedded services, logs, static files, release files
    port: int
    debug: bool
    database_url: str  # always filled: the embedded server's when DATABASE_URL is empty
    database_is_embedded: bool
    broker_url: str  # empty: the broker is a schema of the database
    storage_url: str  # empty: files below var/
    heads_url: str  # where the heads of the audit log lie; empty: audit-heads/ beside or in the above
    public_url: str  # how browsers reach us; https:// here turns on secure cookies
    trusts_proxy: bool  # a proxy in front says by X-Forwarded-Proto how it was spoken to, and is believed
    secret_key: str  # empty in embedded mode until the key file is read
    secret_key_fallbacks: tuple[str, ...]
    allowed_hosts: tuple[str, ...]
    pool_size: int  # database connections that a web process may hold; 0: no pool
    statement_seconds: int  # the database gives up on a longer statement; 0: never
    json_logs: bool
    encoder: str  # what makes vectors of texts: empty, hashing, minilm, or a model's folder
    detectors: tuple[str, ...]  # optional ones that run in the worker
    moderation: Service
    llama_guard: Service
    classifier_path: str  # a folder with a text classifier; empty: none
    webhook_internal: tuple[str, ...]  # origins that webhooks may lead to although they are not public
    webhook_kept_days: int  # after which a delivery that was heard or given up is deleted

    @property
    def is_https(self) -> bool:
        return self.public_url.startswith("https://")


def read(env: Mapping[str, str] = os.environ) -> Environment:
    """The environment, with safe defaults. Raises Misconfigured with a sentence that says what to do."""
    var = Path(env.get("REVIEWAPP_VAR") or ROOT / "var").absolute()
    database_url = env.get("DATABASE_URL", "")
    port = _number(env, "REVIEWAPP_PORT", 8000)
    public_url = env.get("PUBLIC_URL", "").rstrip("/") or f"http://127.0.0.1:{port}"
    if database_url and not env.get("SECRET_KEY"):
        raise Misconfigured(
            "DATABASE_URL is set but SECRET_KEY is not. Set SECRET_KEY to at least 50 random characters, "
            "the same ones for every process: python -c 'import secrets; print(secrets.token_urlsafe(50))'"
        )
    _check_who_speaks_https(env, public_url)
    return Environment(
        var=var,
        port=port,
        debug=_yes(env, "DEBUG"),
        database_url=database_url or place.database_url(var),
        database_is_embedded=not database_url,
        broker_url=env.get("BROKER_URL", ""),
        storage_url=env.get("STORAGE_URL", ""),
        heads_url=env.get("AUDIT_HEADS_URL", ""),
        public_url=public_url,
        trusts_proxy=_yes(env, "TRUST_PROXY"),
        secret_key=env.get("SECRET_KEY", ""),
        secret_key_fallbacks=_words(env, "SECRET_KEY_FALLBACKS"),
        allowed_hosts=_hosts(public_url, _words(env, "ALLOWED_HOSTS")),
        pool_size=_number(env, "DATABASE_POOL", 0),
        statement_seconds=_number(env, "STATEMENT_SECONDS", 0),
        json_logs=env.get("LOG_FORMAT", "") == "json",
        encoder=_encoder(env.get("ENCODER", "").strip()),
        detectors=_chosen(_words(env, "DETECTORS")),
        moderation=Service(
            _address(env, "MODERATION_URL"),
            env.get("MODERATION_KEY", ""),
            env.get("MODERATION_MODEL", "") or "omni-moderation-latest",
        ),
        llama_guard=Service(
            _address(env, "LLAMA_GUARD_URL"),
            env.get("LLAMA_GUARD_KEY", ""),
            env.get("LLAMA_GUARD_MODEL", "") or "meta-llama/Llama-Guard-4-12B",
        ),
        classifier_path=env.get("CLASSIFIER_PATH", ""),
        webhook_internal=tuple(_origin(word) for word in _words(env, "WEBHOOK_INTERNAL")),
        webhook_kept_days=_days(env, "WEBHOOK_KEPT_DAYS", 90),
    )


def _check_who_speaks_https(env: Mapping[str, str], public_url: str) -> None:
    """Anybody can send the header that a proxy would: it is believed only when the operator asks for it."""
    if public_url.startswith("https://") and not env.get("TRUST_PROXY", "").strip():
        raise Misconfigured(
            "PUBLIC_URL is https, and TRUST_PROXY does not say who speaks it. Set TRUST_PROXY=1 if browsers"
            " reach the web processes only through a proxy that itself sets X-Forwarded-Proto each time,"
            " or TRUST_PROXY=0 if the web server holds the certificate."
        )


def _encoder(wanted: str) -> str:
    """As `queues.score.encoders.named` takes it; whether it is installed only the worker needs to know."""
    if not wanted or wanted in ENCODERS:
        return wanted
    if os.sep not in wanted:
        raise Misconfigured(
            f"ENCODER is {wanted!r}, which is none of: {', '.join(ENCODERS)}, or a folder with a model"
            f" (written with a {os.sep}). Set it to one of them, or unset it to do without."
        )
    return str(Path(wanted).absolute())


def _chosen(detectors: tuple[str, ...]) -> tuple[str, ...]:
    if unknown := set(detectors) - DETECTORS:
        known = ", ".join(sorted(DETECTORS))
        raise Misconfigured(f"DETECTORS names {', '.join(sorted(unknown))}. What can be chosen is: {known}.")
    return detectors


def _address(env: Mapping[str, str], name: str) -> str:
    """An address that texts and a key may be sent to: https, or this machine."""
    text = env.get(name, "").strip()
    if not text:
        return ""
    try:
        parts = urlsplit(text)
        host = parts.hostname
    except ValueError:
        host = None
    if not host or not (parts.scheme == "https" or (parts.scheme == "http" and host in _THIS_MACHINE)):
        raise Misconfigured(
            f"{name} is not an https address (or http on this machine). Texts are sent there."
        )
    if parts.username is not None or parts.fragment:
        key = name.replace("_URL", "_KEY")
        raise Misconfigured(f"{name} carries more than an address. Put the key into {key}.")
    return text


def _origin(text: str) -> str:
    """An origin that people may have told of events, as `scheme://host:port`."""
    try:
        parts = urlsplit(text)
        port = parts.port or {"https": 443, "http": 80}.get(parts.scheme)
    except ValueError:
        port = None
    if port is None or not parts.hostname or "@" in parts.netloc or parts.path + parts.query + parts.fragment:
        raise Misconfigured(
            f"WEBHOOK_INTERNAL names {text!r}, which is no origin. Write https://host, or with its port"
            " http://host:8080; nothing behind it."
        )
    host = f"[{parts.hostname}]" if ":" in parts.hostname else parts.hostname
    return f"{parts.scheme}://{host}:{port}"


def _hosts(public_url: str, more: tuple[str, ...]) -> tuple[str, ...]:
    """The public address's host, this machine's own names (health checks), and what ALLOWED_HOSTS adds."""
    host = urlsplit(public_url).hostname or ""
    return (*dict.fromkeys((host, "127.0.0.1", "localhost", "[::1]", *more)),)


_YES = {"1", "true", "yes", "on"}
_NO = {"", "0", "false", "no", "off"}


def _yes(env: Mapping[str, str], name: str) -> bool:
    said = env.get(name, "").strip().lower()
    if said not in _YES | _NO:
        raise Misconfigured(f"{name} is neither yes nor no. Set {name}=1 or {name}=0.")
    return said in _YES


def _words(env: Mapping[str, str], name: str) -> tuple[str, ...]:
    return tuple(word for word in env.get(name, "").replace(",", " ").split() if word)


def _days(env: Mapping[str, str], name: str, default: int) -> int:
    days = _number(env, name, default)
    if not 1 <= days <= MOST_DAYS:
        raise Misconfigured(f"{name} is {days}. Set it to a number of days from 1 to {MOST_DAYS}.")
    return days


def _number(env: Mapping[str, str], name: str, default: int) -> int:
    text = env.get(name, "").strip()
    if not text:
        return default
    if not (text.isascii() and text.isdigit()):
        raise Misconfigured(f"{name} is {text!r}, which is not a whole number. Set it to one, or unset it.")
    return int(text)
