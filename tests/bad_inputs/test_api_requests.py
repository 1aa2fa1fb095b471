import logging
import socket
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from django.core.files.storage import FileSystemStorage

from queues.export.files import store
from tests.bad_inputs import api_requests, corpus, not_yet
from tests.bad_inputs.api_checks import Before, complaints_of
from tests.bad_inputs.outcome import complaints
from tests.bad_inputs.tenants import contents, world

FILE = "api_requests.jsonl"

# Twenty requests at once, and an export as one snapshot, need transactions of their own.
pytestmark = pytest.mark.django_db(transaction=True)


class _Lines(logging.Handler):
    """The lines of the request log."""

    def __init__(self) -> None:
        super().__init__()
        self.lines: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.lines.append(record.getMessage())


@pytest.fixture
def log() -> Iterator[list[str]]:
    handler = _Lines()
    logger = logging.getLogger("reviewapp.requests")
    logger.addHandler(handler)
    yield handler.lines
    logger.removeHandler(handler)


@pytest.fixture
def reached(monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    """Whatever a socket of this process connects to."""
    found: list[Any] = []
    monkeypatch.setattr(socket.socket, "connect", lambda _self, address: found.append(address))
    return found


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Releases of this test lie in a folder of its own."""
    monkeypatch.setattr(store, "default_storage", FileSystemStorage(tmp_path))
    return tmp_path


@pytest.mark.parametrize("rows", corpus.by_kind(FILE))
def test_every_request_is_answered_by_the_rules_and_reaches_nothing_else(
    rows: list[corpus.Row],
    folder: Path,
    log: list[str],
    reached: list[Any],
    tally: Callable[[str], Any],
) -> None:
    told = tally(FILE)
    both = world()

    for row in rows:
        log.clear()
        reached.clear()
        before = Before(both, contents(), set(folder.rglob("*")), folder, log, reached)
        wrong: list[str] = []
        for asked in api_requests.send(row, both):
            if why := not_yet.reason(FILE, row):
                told.leave_out(row["id"], why)
                assert asked.outcome.status in not_yet.REFUSED, row["id"]
                continue
            outcome = asked.outcome
            place = [f"/{row['error_field']}"] if "error_field" in row else []
            found = [*complaints(row, outcome, places=place), *complaints_of(row, asked, before)]
            wrong += [f"{asked.address}: {complaint}" for complaint in found]
        if not not_yet.reason(FILE, row):
            told.note(row["id"], status=outcome.status, seconds=outcome.seconds, wrong=wrong)

    assert told.failed == {}
