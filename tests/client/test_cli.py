import json
import socket
import time
from collections.abc import Callable, Iterator
from hashlib import sha256
from pathlib import Path
from random import Random
from typing import Any

import httpx
import pytest
from django.core.files.storage import FileSystemStorage

from queues.export.files import store
from queues.models import Prediction
from reviewapp.client.cli import main
from reviewapp.client.key import VARIABLE
from reviewapp.client.pull import pull
from reviewapp.client.server import Server
from tests.export.building import released
from tests.factories.people import api_key
from tests.factories.projects import Cast, cast
from tests.factories.verdicts import settled
from tests.factories.work import queue_in
from tests.ingest.records import record

Read = Callable[[], tuple[Any, str]]


@pytest.fixture(autouse=True)
def clean_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in (VARIABLE, "REVIEWAPP_URL", "REVIEWAPP_PROJECT"):
        monkeypatch.delenv(name, raising=False)


@pytest.fixture
def told(capsys: pytest.CaptureFixture[str]) -> Read:
    """The JSON on standard output (None when there is none) and the sentences on standard error."""

    def read() -> tuple[Any, str]:
        output, errors = capsys.readouterr()
        return json.loads(output) if output else None, errors

    return read


@pytest.mark.django_db(transaction=True)
def test_push_and_status_over_a_socket(live_server: Any, tmp_path: Path, told: Read) -> None:
    people: Cast = cast()
    key_file = tmp_path / "key"
    key_file.write_text(api_key(people.project, people.mel)[1] + "\n")
    key_file.chmod(0o600)
    there = ["--url", live_server.url, "--project", people.project.slug, "--key-file", str(key_file)]
    file = tmp_path / "a.jsonl"
    file.write_text(json.dumps(record("p-1")) + "\n" + json.dumps(record("p-2", confidence=7)) + "\n")

    assert main(["push", str(file), "--no-progress", *there]) == 1
    pushed, _errors = told()
    assert (pushed["created"], pushed["rejected"][0]["line"]) == (1, 2)

    assert main(["status", *there]) == 0
    status, _errors = told()
    assert (status["ready"], status["newest"][0]["prediction_id"]) == (True, "p-1")

    assert main(["pull", "nothing@1.0.0", *there]) == 3
    assert told()[0]["status"] == 404
    assert Prediction.objects.count() == 1


def test_a_server_that_is_not_there_is_told_of_at_once(
    tmp_path: Path, told: Read, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(VARIABLE, "rk_x")
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{free.getsockname()[1]}"

        began = time.monotonic()
        code = main(["pull", "a@1.0.0", "--project", "p", "--url", url, "--to", str(tmp_path)])

    assert (code, time.monotonic() - began < 5) == (4, True)
    output, errors = told()
    assert output is None
    first, second, last = errors.splitlines()
    assert f"{url} cannot be reached: connection refused. Trying again in" in first
    assert "(3 of 3); Ctrl+C stops" in second
    assert "Is the address right" in last


@pytest.mark.parametrize("url", ["localhost:8000", "http://[::1", "ftp://x"])
def test_an_address_that_is_none_is_not_tried_again(
    url: str, told: Read, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(VARIABLE, "rk_x")

    assert main(["status", "--project", "p", "--url", url]) == 2
    assert "begins with http:// or https://" in told()[1]


def test_a_key_that_others_can_read_is_not_used(tmp_path: Path, told: Read) -> None:
    key_file = tmp_path / "key"
    key_file.write_text("rk_x")
    key_file.chmod(0o644)

    assert main(["status", "--project", "p", "--key-file", str(key_file)]) == 2
    assert "chmod 600" in told()[1]


@pytest.mark.parametrize(
    ("arguments", "word"),
    [
        (["push", "gone.jsonl", "--project", "p"], VARIABLE),
        (["push", "gone.jsonl"], "--project"),
        (["verify", "gone"], "manifest.json"),
    ],
)
def test_what_is_missing_is_said(arguments: list[str], word: str, told: Read) -> None:
    assert main(arguments) == 2
    assert word in told()[1]


class _CutSometimes(httpx.HTTPTransport):
    """A line to a real server that breaks while files come, after so many bytes each time."""

    def __init__(self, cuts: list[int]) -> None:
        super().__init__()
        self.cuts = cuts

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        answer = super().handle_request(request)
        if "/files/" in request.url.path and self.cuts:
            answer.stream = _Cut(answer.stream, self.cuts.pop())
        return answer


class _Cut(httpx.SyncByteStream):
    def __init__(self, whole: Any, after: int) -> None:
        self._whole, self._left = whole, after

    def __iter__(self) -> Iterator[bytes]:
        for piece in self._whole:
            yield piece[: self._left]
            self._left -= len(piece)
            if self._left <= 0:
                raise httpx.ReadError("cut")

    def close(self) -> None:
        self._whole.close()


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_fifty_cuts_of_a_real_download_end_in_the_files_of_the_release(
    live_server: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(store, "default_storage", FileSystemStorage(tmp_path / "storage"))
    people: Cast = cast()
    queue = queue_in(people.project, slug="refunds")
    for n in range(60):
        settled(queue, corrected_text=f"answer {n} " * 40, person=people.ann)
    release = released(people)
    sizes = {file.path: file.bytes for file in release.files.all()}
    chance = Random(11)
    line = _CutSometimes([chance.randrange(1, sizes["train.jsonl"] // 60) for _cut in range(50)])
    _key, text = api_key(people.project, people.mel)
    server = Server(live_server.url, people.project.slug, text, sleep=lambda _seconds: None, transport=line)

    pull(server, "trl-dpo@latest", tmp_path / "pulled", has_bar=False)

    assert line.cuts == []
    sums = {file.path: file.sha256 for file in release.files.all()}
    found = {path: sha256((tmp_path / "pulled" / path).read_bytes()).hexdigest() for path in sums}
    assert found == sums
