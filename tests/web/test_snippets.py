"""The code on the page of a dataset, run as it is copied; what needs heavy packages is in tests/consumers."""

import json
import os
import shutil
import subprocess
import sys
from hashlib import sha256
from pathlib import Path
from typing import Any

import httpx
import pytest
from django.core.files.storage import FileSystemStorage

from accounts.models import Event
from accounts.roles import Permission
from queues.export.files import store
from queues.models import ReleaseFile
from tests.export.building import content, released
from tests.export.recalling import withdraw
from tests.factories.people import api_key
from tests.factories.projects import Cast, cast
from tests.factories.verdicts import settled
from tests.factories.work import queue_in
from tests.web.copied import copied

pytestmark = pytest.mark.django_db(transaction=True)

ROOT = Path(__file__).parents[2]


@pytest.fixture
def people() -> Cast:
    return cast()


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(store, "default_storage", FileSystemStorage(tmp_path / "storage"))


@pytest.fixture
def rows(people: Cast) -> ReleaseFile:
    """The rows of trl-dpo@1.0.0."""
    queue = queue_in(people.project, slug="refunds")
    for n in range(3):
        settled(queue, corrected_text=f"answer {n} \u2028 é")
    return released(people).files.get(path="train.jsonl")


class Shell:
    """A plain POSIX shell with a key, `reviewapp` and nothing else of ours."""

    def __init__(self, people: Cast, place: Path) -> None:
        self.place = place
        place.mkdir()
        (place / "bin").mkdir()
        ours = place / "bin" / "reviewapp"
        ours.write_text(f'#!/bin/sh\nexec {sys.executable} -m reviewapp.client.cli "$@"\n')
        ours.chmod(0o755)
        key = api_key(people.project, people.mel, Permission.READ, Permission.PULL)[1]
        path = f"{place / 'bin'}:{os.environ['PATH']}"
        self.environ = {"PATH": path, "PYTHONPATH": str(ROOT), "REVIEWAPP_API_KEY": key, "HOME": str(place)}

    def run(self, code: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            ["sh", "-c", code], env=self.environ, cwd=self.place, capture_output=True, text=True, timeout=60
        )


@pytest.fixture
def shell(people: Cast, tmp_path: Path) -> Shell:
    if not shutil.which("curl"):
        pytest.skip("there is no curl")
    return Shell(people, tmp_path / "home")


def test_the_curl_command_is_right_however_often_it_is_run(
    people: Cast, rows: ReleaseFile, shell: Shell, live_server: Any
) -> None:
    code = copied(people, live_server.url, "trl-dpo")["curl"]
    file = shell.place / "trl-dpo-1.0.0" / "train.jsonl"

    def fetched() -> tuple[int, bool]:
        done = shell.run(code)
        return done.returncode, sha256(file.read_bytes()).hexdigest() == rows.sha256

    assert fetched() == (0, True)
    assert fetched() == (0, True)
    downloads = Event.objects.filter(kind="release.downloaded").count()
    file.write_bytes(file.read_bytes()[: rows.bytes // 2])  # what a cut leaves
    assert fetched() == (0, True)
    parts = (
        Event.objects.filter(kind="release.downloaded").order_by("id").values_list("after__part", flat=True)
    )
    assert downloads == 1
    assert parts[1] == f"bytes {rows.bytes // 2}-{rows.bytes - 1}/{rows.bytes}"
    file.write_bytes(b"x" * rows.bytes)
    spoilt = shell.run(code)
    assert spoilt.returncode == 1
    assert "remove trl-dpo-1.0.0/train.jsonl to begin anew" in spoilt.stdout


def test_the_curl_command_fails_where_rows_were_withdrawn_and_says_where_to_go(
    people: Cast, rows: ReleaseFile, shell: Shell, live_server: Any
) -> None:
    code = copied(people, live_server.url, "trl-dpo")["curl"]
    withdraw(
        people, json.loads(content(rows.release, "provenance.jsonl").split(b"\n")[0])["prediction_ids"][0]
    )
    released(people)

    done = shell.run(code)

    assert done.returncode == 1
    assert "train.jsonl: OK" in done.stdout
    assert "Reviewapp-Withdrawn-Rows: 1" in done.stdout
    assert "/releases/trl-dpo@2.0.0/files/train.jsonl" in done.stdout


def test_without_a_key_the_curl_command_says_so(
    people: Cast, rows: ReleaseFile, shell: Shell, live_server: Any
) -> None:
    del shell.environ["REVIEWAPP_API_KEY"]

    done = shell.run(copied(people, live_server.url, "trl-dpo")["curl"] + '\necho "still here"')

    assert "Set it to a key that may pull" in done.stderr
    assert "still here" in done.stdout
    assert not (shell.place / "trl-dpo-1.0.0").exists()


def test_the_pull_command_runs_as_it_is_copied(
    people: Cast, rows: ReleaseFile, shell: Shell, live_server: Any
) -> None:
    done = shell.run(copied(people, live_server.url, "trl-dpo")["reviewapp"])

    assert done.returncode == 0, done.stderr
    told = json.loads(done.stdout)
    assert (told["whole"], told["recalls"]) == (True, 0)
    assert sha256((shell.place / told["folder"] / "train.jsonl").read_bytes()).hexdigest() == rows.sha256


def test_the_signed_link_that_the_command_answers_gives_the_file(
    people: Cast, rows: ReleaseFile, shell: Shell, live_server: Any
) -> None:
    done = shell.run(copied(people, live_server.url, "trl-dpo")["signed link"])

    assert done.returncode == 0, done.stderr
    assert sha256(httpx.get(json.loads(done.stdout)["url"]).content).hexdigest() == rows.sha256


def test_no_shell_reads_a_comment(people: Cast, rows: ReleaseFile, live_server: Any) -> None:
    """Pasted into the shell of macOS, `# …` would be arguments."""
    found = copied(people, live_server.url, "trl-dpo")

    for name in ("pull, and train with TRL DPO", "reviewapp", "curl", "signed link"):
        assert "#" not in found[name]
