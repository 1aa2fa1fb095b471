from collections.abc import Callable
from typing import Any

import pytest

from tests.bad_inputs import corpus, feedback_events
from tests.bad_inputs.outcome import complaints

FILE = "feedback_events.jsonl"

# The same event fifty times at once needs transactions of its own.
pytestmark = pytest.mark.django_db(transaction=True)


@pytest.mark.parametrize("rows", corpus.by_kind(FILE))
def test_every_event_is_counted_once_or_refused_in_the_right_place(
    rows: list[corpus.Row], tally: Callable[[str], Any]
) -> None:
    told = tally(FILE)

    for row in rows:
        desk = feedback_events.desk()
        outcome = feedback_events.send(row, desk)
        field = row.get("error_field")
        places = feedback_events.PLACES.get(field, [f"/{field}"]) if field else []
        wrong = [
            *complaints(row, outcome, places=places),
            *feedback_events.stored_complaints(row, outcome, desk),
        ]
        told.note(row["id"], status=outcome.status, seconds=outcome.seconds, wrong=wrong)

    assert told.failed == {}
