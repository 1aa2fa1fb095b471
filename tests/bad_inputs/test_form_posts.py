from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.core.files.storage import FileSystemStorage

from queues.export.files import store
from tests.bad_inputs import corpus, form_posts, not_yet
from tests.bad_inputs.desks import take_seat
from tests.bad_inputs.form_checks import complaints_of, reviews_of
from tests.bad_inputs.outcome import complaints
from tests.factories.projects import ProjectFactory

FILE = "form_posts.jsonl"

# Twenty submits at once, and an export as one snapshot, need transactions of their own.
pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Releases of this test lie in a folder of its own."""
    monkeypatch.setattr(store, "default_storage", FileSystemStorage(tmp_path))


@pytest.mark.parametrize("rows", corpus.by_kind(FILE, without=corpus.SHORTCUTS))
def test_every_post_is_taken_once_or_refused_with_nothing_lost(
    rows: list[corpus.Row], tally: Callable[[str], Any]
) -> None:
    told = tally(FILE)
    project = ProjectFactory.create()

    for row in rows:
        desk = take_seat(project, row["payload"]["state"])
        if row["kind"] == "undo":
            form_posts.prepare_undo(row, desk)
        posted = form_posts.send(row, desk)
        outcome = posted.outcome
        if why := not_yet.reason(FILE, row):
            told.leave_out(row["id"], why)
            assert outcome.status in not_yet.REFUSED, row["id"]
            assert reviews_of(posted) == [], row["id"]
            continue
        wrong = [
            *complaints(row, outcome, places=form_posts.places(row)),
            *complaints_of(row, posted),
        ]
        told.note(row["id"], status=outcome.status, seconds=outcome.seconds, wrong=wrong)

    assert told.failed == {}
