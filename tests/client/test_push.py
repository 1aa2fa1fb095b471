import gzip
import json
from pathlib import Path

import httpx
import pytest

from queues.models import Feedback, Prediction
from reviewapp.client import push as pushing
from reviewapp.client.ending import Away, Ending, Refused
from reviewapp.client.push import FEEDBACK, push
from reviewapp.client.server import TRIES, TRIES_UNREACHED, Server
from tests.client.conftest import Line
from tests.ingest.events import event
from tests.ingest.records import record


def written(path: Path, *records: object) -> Path:
    text = "".join((one if isinstance(one, str) else json.dumps(one)) + "\n" for one in records).encode()
    path.write_bytes(gzip.compress(text) if path.suffix == ".gz" else text)
    return path


@pytest.mark.parametrize("name", ["a.jsonl", "a.jsonl.gz"])
def test_a_file_is_pushed_whole_and_a_second_time_without_effect(
    server: Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    monkeypatch.setattr(pushing, "BATCH_RECORDS", 2)
    path = written(tmp_path / name, *[record(f"p-{n}") for n in range(5)])

    first, second = (push(server, path, has_bar=False) for _ in range(2))

    assert (first.created, first.duplicate, first.rejected) == (5, 0, [])
    assert (second.created, second.duplicate) == (0, 5)
    assert Prediction.objects.count() == 5


def test_what_was_rejected_is_told_with_its_line(server: Server, tmp_path: Path) -> None:
    path = written(tmp_path / "a.jsonl", record("p-0"), "", "not json", record("p-1", confidence=7))

    pushed = push(server, path, has_bar=False)

    assert pushed.created == 1
    assert [entry["line"] for entry in pushed.rejected] == [3, 4]


def test_a_batch_without_any_record_is_told_line_by_line(server: Server, tmp_path: Path) -> None:
    pushed = push(server, written(tmp_path / "a.jsonl", "no", "json"), has_bar=False)

    assert [entry["line"] for entry in pushed.rejected] == [1, 2]


def test_it_is_tried_again_after_a_cut_and_as_late_as_the_server_says(
    server: Server, line: Line, waits: list[float], tmp_path: Path
) -> None:
    line.mishaps = [
        httpx.ConnectError("gone"),
        httpx.Response(429, headers={"Retry-After": "7"}),
        httpx.Response(503),
    ]

    pushed = push(server, written(tmp_path / "a.jsonl", record()), has_bar=False)

    assert pushed.created == 1
    assert waits[1] == 7.0
    assert len(waits) == 3


def test_every_wait_is_told_with_its_reason(
    server: Server, line: Line, said: list[str], tmp_path: Path
) -> None:
    line.mishaps = [
        httpx.Response(429, headers={"Retry-After": "7"}),
        httpx.ReadError("[Errno 104] Connection reset by peer"),
    ]

    push(server, written(tmp_path / "a.jsonl", record()), has_bar=False)

    busy, cut = said
    assert busy == (
        "http://testserver gave no answer: it answered 429. Trying again in 7.0 s (2 of 8); Ctrl+C stops."
    )
    assert "connection reset by peer. Trying again in" in cut
    assert "(3 of 8)" in cut


def test_an_answer_that_was_lost_is_asked_for_again(server: Server, line: Line, tmp_path: Path) -> None:
    def lose(response: httpx.Response) -> httpx.Response:
        raise httpx.ReadError("cut")

    line.mishaps = [lose]

    pushed = push(server, written(tmp_path / "a.jsonl", record()), has_bar=False)

    assert (pushed.created, pushed.duplicate, Prediction.objects.count()) == (0, 1, 1)


def test_a_server_that_answered_once_is_waited_for(
    server: Server, line: Line, waits: list[float], tmp_path: Path
) -> None:
    push(server, written(tmp_path / "a.jsonl", record()), has_bar=False)
    line.mishaps = [httpx.ConnectError("gone")] * TRIES

    with pytest.raises(Away, match=f"in {TRIES} tries: gone"):
        push(server, written(tmp_path / "b.jsonl", record()), has_bar=False)

    assert len(waits) == TRIES - 1
    assert sum(waits) > 30


@pytest.mark.parametrize(
    "way", [httpx.ConnectError("[Errno 111] Connection refused"), httpx.ConnectTimeout("")]
)
def test_a_server_that_never_answered_is_given_up_within_seconds(
    server: Server, line: Line, waits: list[float], said: list[str], way: Exception, tmp_path: Path
) -> None:
    line.mishaps = [way] * TRIES

    with pytest.raises(Away, match="Is the address right"):
        push(server, written(tmp_path / "a.jsonl", record()), has_bar=False)

    assert len(line.requests) == TRIES_UNREACHED
    assert sum(waits) < 2
    assert all("cannot be reached" in sentence for sentence in said)


def test_a_refusal_is_not_tried_again(server: Server, line: Line, tmp_path: Path) -> None:
    line.mishaps = [httpx.Response(403, json={"detail": "You may not."})]

    with pytest.raises(Refused, match="You may not"):
        push(server, written(tmp_path / "a.jsonl", record()), has_bar=False)

    assert len(line.requests) == 1


def test_a_file_that_is_cut_is_told_as_such(server: Server, tmp_path: Path) -> None:
    path = written(tmp_path / "a.jsonl.gz", record())
    path.write_bytes(path.read_bytes()[:-6])

    with pytest.raises(Ending, match="not readable"):
        push(server, path, has_bar=False)


def test_feedback_is_pushed_to_its_own_address(server: Server, tmp_path: Path) -> None:
    events = [event("f-1", comment="a\0b"), event("f-2", value=9), event("f-3", prediction_id="later")]
    path = written(tmp_path / "events.jsonl", *events)

    first, second = (push(server, path, FEEDBACK, has_bar=False) for _ in range(2))

    assert (first.created, second.duplicate) == (2, 2)
    assert [(entry["line"], entry["event_id"]) for entry in first.rejected] == [(2, "f-2")]
    assert [entry["event_id"] for entry in first.altered] == ["f-1"]
    assert Feedback.objects.count() == 2
