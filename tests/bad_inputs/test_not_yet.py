"""The rows that are left out are really about what is not there: their addresses say so."""

import json
from collections.abc import Callable
from typing import Any

import pytest

from tests.bad_inputs import corpus, not_yet
from tests.bad_inputs.conftest import Sender
from tests.bad_inputs.corpus import expand
from tests.bad_inputs.http import post

FILE = not_yet.FEEDBACK


@pytest.mark.parametrize("rows", corpus.by_kind(FILE))
def test_feedback_has_no_address_yet(
    rows: list[corpus.Row], sender: Sender, tally: Callable[[str], Any]
) -> None:
    told = tally(FILE)

    for row in rows:
        why = not_yet.reason(FILE, row)
        assert why, row["id"]
        body = json.dumps(expand(row["payload"]), default=str).encode()
        outcome = post(sender, sender.address("feedback"), body, "application/json")
        assert outcome.status == 404, row["id"]
        assert outcome.is_problem, row["id"]
        told.leave_out(row["id"], why)


def test_no_reason_is_left_behind_when_its_rows_are_gone() -> None:
    files = (not_yet.FEEDBACK, not_yet.FORMS, not_yet.REQUESTS)
    rows = [(file, row) for file in files for kind in corpus.by_kind(file) for row in kind.values[0]]
    if not rows:
        pytest.skip("the corpus is not there")

    used = {not_yet.reason(file, row) for file, row in rows}

    assert {*not_yet.KINDS.values(), *not_yet.WHY.values()} <= used
