from collections.abc import Callable
from typing import Any

import pytest

from tests.bad_inputs import corpus, ingest_bodies
from tests.bad_inputs.conftest import Sender, undone
from tests.bad_inputs.outcome import complaints

FILE = "ingest_bodies.jsonl"


@pytest.mark.parametrize("rows", corpus.by_kind(FILE))
def test_every_body_is_read_as_sent_or_refused_with_nothing_stored(
    rows: list[corpus.Row], sender: Sender, tally: Callable[[str], Any]
) -> None:
    told = tally(FILE)

    for row in rows:
        with undone():
            outcome = ingest_bodies.send(row, sender)
            wrong = [*complaints(row, outcome), *ingest_bodies.stored_complaints(row, outcome, sender)]
        told.note(row["id"], status=outcome.status, seconds=outcome.seconds, wrong=wrong)

    assert told.failed == {}


def test_the_corpus_in_our_words_is_still_a_good_record(sender: Sender) -> None:
    rows = {row["id"]: row for kind in corpus.by_kind(FILE) for row in kind.values[0] if row}
    good = [row for row in rows.values() if row["why"] == "gzip body, correct"]
    if not good:
        pytest.skip("the corpus holds no plainly good body")

    outcome = ingest_bodies.send(good[0], sender)

    assert outcome.status == 201, outcome.body
