from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.bad_inputs import canonical, corpus, uploads
from tests.bad_inputs.conftest import Sender, undone
from tests.bad_inputs.outcome import complaints

FILE = "uploads.jsonl"


@pytest.mark.parametrize("rows", corpus.by_kind(FILE))
def test_every_file_is_read_or_refused_with_line_and_reason(
    rows: list[corpus.Row], sender: Sender, tally: Callable[[str], Any], tmp_path: Path
) -> None:
    told = tally(FILE)

    for number, row in enumerate(rows):
        folder = tmp_path / str(number)
        folder.mkdir()
        with undone():
            outcome = uploads.send(row, sender, folder)
            wrong = [
                *complaints(row, outcome, places=canonical.places(row.get("error_field"))),
                *uploads.stored_complaints(row, outcome),
            ]
        told.note(row["id"], status=outcome.status, seconds=outcome.seconds, wrong=wrong)
        assert {path.parent for path in tmp_path.rglob("*") if path.is_file()} <= set(tmp_path.iterdir())

    assert told.failed == {}
