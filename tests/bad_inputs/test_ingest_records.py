from collections.abc import Callable
from typing import Any

import pytest

from tests.bad_inputs import canonical, corpus, ingest_records
from tests.bad_inputs.conftest import Sender, undone
from tests.bad_inputs.outcome import complaints

FILE = "ingest_records.jsonl"
NO_SUCH_ADDRESS = 404  # a record without a project has no address to go to


@pytest.mark.parametrize("rows", corpus.by_kind(FILE))
def test_every_record_is_stored_as_it_is_or_refused_in_the_right_place(
    rows: list[corpus.Row], sender: Sender, tally: Callable[[str], Any]
) -> None:
    told = tally(FILE)

    for row in rows:
        with undone():
            outcome, sent = ingest_records.send(row, sender)
            is_lost = row.get("error_field") == "project" and outcome.status == NO_SUCH_ADDRESS
            places = [] if is_lost else canonical.places(row.get("error_field"))
            statuses = [NO_SUCH_ADDRESS] if is_lost else []
            wrong = [
                *complaints(row, outcome, places=places, statuses=statuses),
                *ingest_records.stored_complaints(row, outcome, sent, sender),
            ]
        told.note(row["id"], status=outcome.status, seconds=outcome.seconds, wrong=wrong)

    assert told.failed == {}
