"""`reviewapp row`: which data, who approved it, and may it still be used; against the real application."""

import json
from pathlib import Path
from typing import Any

import pytest
from django.core.files.storage import FileSystemStorage
from django.utils import timezone

from queues.export.files import store
from queues.models import Verdict
from reviewapp.client import cli
from reviewapp.client.ending import Ending
from reviewapp.client.row import row
from reviewapp.client.server import Server
from tests.export.building import content, released
from tests.export.recalling import withdraw
from tests.factories.projects import Cast
from tests.factories.verdicts import settled
from tests.factories.work import queue_in

RELEASE = "trl-dpo@1.0.0"


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(store, "default_storage", FileSystemStorage(tmp_path))


@pytest.fixture
def lines(people: Cast) -> list[dict[str, Any]]:
    """Of the provenance of trl-dpo@1.0.0, which has three rows."""
    queue = queue_in(people.project, slug="refunds")
    for n in range(3):
        settled(queue, corrected_text=f"answer {n}", person=people.ann)
    return [json.loads(line) for line in content(released(people), "provenance.jsonl").split(b"\n")[:-1]]


@pytest.fixture
def asked(server: Server, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Any:
    """The exit code, the JSON and the sentence."""
    monkeypatch.setattr(cli, "_server", lambda _options: server)

    def ask(named: str) -> tuple[int, dict[str, Any], str]:
        code = cli.main(["row", RELEASE, named])
        output, errors = capsys.readouterr()
        return code, json.loads(output), errors

    return ask


def test_a_row_is_named_by_its_id_its_line_or_its_file_and_line(
    server: Server, lines: list[dict[str, Any]]
) -> None:
    second = next(line for line in lines if line["line"] == 2)

    ways = [second["record_id"], "2", "train.jsonl:2", "here/train.jsonl.gz:2:"]
    found = [row(server, RELEASE, named) for named in ways]

    assert [told.record_id for told in found] == [second["record_id"]] * 4
    assert found[0].prediction_id == second["prediction_ids"][0]


@pytest.mark.parametrize("named", ["", "r-", "r-x", "-1", "1.5", "x:y", "r-1/../..", "train.jsonl:"])
def test_what_names_no_row_is_not_asked_for(server: Server, named: str) -> None:
    with pytest.raises(Ending, match="named by its id"):
        row(server, RELEASE, named)


def test_the_sentence_says_which_data_who_and_whether_it_may_be_used(
    asked: Any, lines: list[dict[str, Any]]
) -> None:
    code, told, sentence = asked("1")

    first = next(line for line in lines if line["line"] == 1)
    assert (code, told["line"]) == (0, 1)
    assert first["prediction_ids"][0] in sentence
    assert told["reviews"][0]["reviewer"] in sentence
    assert "It may still be used" in sentence


def test_a_row_that_was_withdrawn_ends_with_a_code_of_its_own(
    people: Cast, asked: Any, lines: list[dict[str, Any]]
) -> None:
    withdraw(people, next(line for line in lines if line["line"] == 1)["prediction_ids"][0])

    code, told, sentence = asked("1")

    assert (code, told["status"]) == (5, 410)
    assert "Do not use it any more" in sentence


def test_so_does_one_whose_verdict_was_taken_back(asked: Any, lines: list[dict[str, Any]]) -> None:
    Verdict.objects.update(withdrawn_at=timezone.now())

    code, told, sentence = asked("1")

    assert (code, told["still_stands"]) == (5, False)
    assert "taken back since" in sentence
