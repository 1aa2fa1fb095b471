"""Safe by default: what the environment may and may not ask for."""

import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from gunicorn.config import Config
from gunicorn.http.message import Request
from gunicorn.http.unreader import IterUnreader

from reviewapp import environment, gunicorn_config
from reviewapp.embedded import secret
from reviewapp.environment import ROOT, Misconfigured

KEY = "k" * 60


def manage(*words: str, **env: str) -> "subprocess.CompletedProcess[str]":
    """A command in an environment that holds nothing but `env`."""
    return subprocess.run(
        [sys.executable, "manage.py", *words], cwd=ROOT, env=env, capture_output=True, text=True, check=False
    )


def test_production_without_a_key_does_not_start() -> None:
    done = manage("check", DATABASE_URL="postgresql:///production")

    assert done.returncode != 0
    assert "SECRET_KEY is not" in done.stderr


def test_two_embedded_installations_have_different_keys_of_their_own(tmp_path: Path) -> None:
    one, two = (secret.read_or_make(tmp_path / name / "secret_key") for name in ("one", "two"))

    assert one != two
    assert len(one) >= 50
    assert (tmp_path / "one" / "secret_key").stat().st_mode & 0o777 == 0o600


def test_processes_that_start_at_once_agree_on_one_key(tmp_path: Path) -> None:
    with ThreadPoolExecutor(8) as pool:
        keys = set(pool.map(secret.read_or_make, [tmp_path / "secret_key"] * 24))

    assert len(keys) == 1
    assert [file.name for file in tmp_path.iterdir()] == ["secret_key"]


def test_nothing_set_means_embedded_closed_and_not_debugging() -> None:
    env = environment.read({})

    assert env.database_is_embedded
    assert not env.debug
    assert not env.is_https
    assert set(env.allowed_hosts) == {"127.0.0.1", "localhost", "[::1]"}


def test_a_public_address_allows_its_own_host_and_turns_https_on() -> None:
    env = environment.read({"PUBLIC_URL": "https://review.example.org/", "TRUST_PROXY": "1"})

    assert env.allowed_hosts == ("review.example.org", "127.0.0.1", "localhost", "[::1]")
    assert env.is_https


@pytest.mark.parametrize("said", ["2", "yes please", "ture"])
def test_what_is_neither_yes_nor_no_is_refused(said: str) -> None:
    with pytest.raises(Misconfigured, match="Set TRUST_PROXY=1 or TRUST_PROXY=0"):
        environment.read({"PUBLIC_URL": "https://review.example.org", "TRUST_PROXY": said})


def test_a_public_address_over_https_says_who_speaks_it() -> None:
    with pytest.raises(Misconfigured, match="TRUST_PROXY does not say who speaks it"):
        environment.read({"PUBLIC_URL": "https://review.example.org"})


@pytest.mark.parametrize(("said", "is_trusted"), [("1", True), ("0", False), ("no", False)])
def test_a_proxy_is_believed_only_when_it_is_asked_for(said: str, is_trusted: bool) -> None:
    env = environment.read({"PUBLIC_URL": "https://review.example.org", "TRUST_PROXY": said})

    assert env.trusts_proxy is is_trusted
    assert not environment.read({}).trusts_proxy


@pytest.mark.parametrize("peer", ["127.0.0.1", "::1", "192.0.2.7"])
def test_the_web_server_believes_nobody_about_the_way_a_request_came(peer: str) -> None:
    config = Config()
    for name in ("forwarded_allow_ips", "secure_scheme_headers"):
        config.set(name, getattr(gunicorn_config, name))
    sent = b"GET / HTTP/1.1\r\nHost: a\r\nX-Forwarded-Proto: https\r\nX-Forwarded-For: 198.51.100.1\r\n\r\n"

    request = Request(config, IterUnreader([sent]), (peer, 5000))

    assert request.scheme == "http"


def test_a_port_that_is_not_a_number_is_refused_with_its_name() -> None:
    with pytest.raises(Misconfigured, match="REVIEWAPP_PORT is '80x'"):
        environment.read({"REVIEWAPP_PORT": "80x"})


@pytest.mark.parametrize("value", ["", "hashing", "minilm", "/srv/models/bge"])
def test_an_encoder_is_a_word_or_a_folder(value: str) -> None:
    assert environment.read({"ENCODER": value}).encoder == value


def test_the_folder_of_an_encoder_does_not_depend_on_where_a_process_stands() -> None:
    assert environment.read({"ENCODER": "./models/bge"}).encoder == str(Path.cwd() / "models" / "bge")


def test_a_mistyped_encoder_is_refused_with_what_there_is() -> None:
    with pytest.raises(Misconfigured, match="ENCODER is 'minilmm', which is none of: hashing, minilm"):
        environment.read({"ENCODER": "minilmm"})


def test_django_finds_nothing_to_warn_about_in_production() -> None:
    done = manage(
        *("check", "--deploy", "--tag", "security", "--fail-level", "WARNING"),
        SECRET_KEY="".join(chr(48 + n) for n in range(60)),
        DATABASE_URL="postgresql:///production",
        PUBLIC_URL="https://review.example.org",
        TRUST_PROXY="1",
    )

    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize("name", ["MODERATION_URL", "LLAMA_GUARD_URL"])
@pytest.mark.parametrize(
    "address",
    [
        "http://moderation.example.org/v1",
        "http://10.0.0.7/v1",
        "http://127.0.0.1.example.org/v1",
        "ftp://127.0.0.1/v1",
        "//elsewhere/v1",
        "https://",
        "https://user:pass@api.example.org/v1",
        "https://[/v1",
        "file:///etc/passwd",
    ],
)
def test_texts_are_sent_over_https_or_stay_on_this_machine(name: str, address: str) -> None:
    with pytest.raises(Misconfigured, match=name):
        environment.read({name: address})


@pytest.mark.parametrize(
    "address", ["https://api.openai.com/v1/moderations", "http://localhost:8000/v1", "http://[::1]/v1"]
)
def test_an_address_that_is_safe_is_kept_as_it_is(address: str) -> None:
    env = environment.read({"MODERATION_URL": address, "MODERATION_KEY": "sk-1"})

    assert (env.moderation.url, env.moderation.key, env.moderation.model) == (
        address,
        "sk-1",
        "omni-moderation-latest",
    )


def test_origins_that_webhooks_may_lead_to_are_named_whole() -> None:
    env = environment.read({"WEBHOOK_INTERNAL": "https://Hooks.internal, http://10.0.0.5:8080 http://[::1]"})

    assert env.webhook_internal == ("https://hooks.internal:443", "http://10.0.0.5:8080", "http://[::1]:80")


@pytest.mark.parametrize(
    "said",
    [
        "hooks.internal",
        "ftp://hooks",
        "https://",
        "https://a/b",
        "https://a:b",
        "https://me@a",
        "https://a?b",
        "*",
    ],
)
def test_an_origin_that_is_none_is_refused(said: str) -> None:
    with pytest.raises(Misconfigured, match="WEBHOOK_INTERNAL names"):
        environment.read({"WEBHOOK_INTERNAL": said})


def test_a_detector_that_cannot_be_chosen_is_refused_by_its_name() -> None:
    assert environment.read({"DETECTORS": "presidio"}).detectors == ("presidio",)
    with pytest.raises(Misconfigured, match="DETECTORS names detoxify"):
        environment.read({"DETECTORS": "presidio, detoxify"})
