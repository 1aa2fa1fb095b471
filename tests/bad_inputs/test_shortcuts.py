"""Rows of form_posts.jsonl that choose keys: each is refused at the key that it names, and saves nothing."""

from collections.abc import Callable
from typing import Any

import pytest

from accounts.models import Person
from tests.accounts.conftest import signed_in
from tests.bad_inputs import corpus
from tests.bad_inputs.pages import page_of
from tests.factories.projects import cast

FILE = "form_posts.jsonl"
pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("rows", corpus.by_kind(FILE, only=corpus.SHORTCUTS))
def test_what_cannot_be_a_key_is_named_and_never_acts(
    rows: list[corpus.Row], tally: Callable[[str], Any]
) -> None:
    told, ann = tally(FILE), cast().ann
    client = signed_in(ann)
    for row in rows:
        chosen = dict(row["payload"]["fields"])

        answer = client.post("/me/shortcuts/", {"has_shortcuts": "on", **chosen})

        page, faults = page_of(answer), answer.context["form"].errors
        wrong = [*page.acting]
        wrong += [] if answer.status_code in row["status"] else [f"answered {answer.status_code}"]
        wrong += [] if row["error_field"] in faults else [f"the refusal points at {list(faults)}"]
        wrong += [] if chosen["approve"] in page.text.lower() else ["what was typed is not shown"]
        told.note(row["id"], status=answer.status_code, seconds=0.0, wrong=wrong)
    assert told.failed == {}
    assert Person.objects.get(pk=ann.pk).shortcuts == {}
