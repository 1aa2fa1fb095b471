import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from queues.models import Prediction
from reviewapp.client.cli import main
from reviewapp.client.key import VARIABLE
from tests.factories.people import api_key
from tests.factories.projects import Cast, cast
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
