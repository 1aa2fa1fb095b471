"""No reason is left behind when its rows are gone."""

import pytest

from tests.bad_inputs import corpus, not_yet


def test_no_reason_is_left_behind_when_its_rows_are_gone() -> None:
    files = ("form_posts.jsonl", not_yet.REQUESTS)
    rows = [(file, row) for file in files for kind in corpus.by_kind(file) for row in kind.values[0]]
    if not rows:
        pytest.skip("the corpus is not there")

    used = {not_yet.reason(file, row) for file, row in rows}

    assert {*not_yet.KINDS.values()} <= used
