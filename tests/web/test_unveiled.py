"""What is hidden because it is severe is neither approved nor corrected by who has not unfolded it."""

from typing import Any

import pytest

from queues.models import Flag, Queue, Review, WorkProfile
from tests.factories.projects import Cast
from tests.factories.work import queue_in, waiting
from tests.web.reviewing import OnScreen, Reviewer, on_screen

pytestmark = pytest.mark.django_db

APPROVE: dict[str, Any] = {"decision": "approve"}
CORRECT: dict[str, Any] = {
    "decision": "correct",
    "reasons": "factual",
    "corrected_text": "Refunds take five days.",
}
SENTENCE = "Show it before you approve or correct it"


def severe(queue: Queue, severity: int = 3) -> None:
    item = waiting(queue)
    Flag.objects.create(
        prediction_id=item.prediction_id, component="filter", category="hate", flagged=True, severity=severity
    )


@pytest.fixture
def ann(people: Cast) -> Reviewer:
    reviewer = Reviewer(people.ann, queue_in(people.project))
    severe(reviewer.queue)
    return reviewer


@pytest.fixture
def item(ann: Reviewer) -> OnScreen:
    return on_screen(ann.open())


@pytest.mark.parametrize("document", [APPROVE, CORRECT])
@pytest.mark.parametrize("as_script", [False, True])
def test_what_was_never_unfolded_is_neither_approved_nor_corrected(
    ann: Reviewer, item: OnScreen, document: dict[str, Any], as_script: bool
) -> None:
    answer = ann.post(item, "submit", as_script=as_script, **document)

    page = answer.content.decode()
    assert answer.status_code == 422
    assert SENTENCE in page
    assert page.index(SENTENCE) < page.index('<details class="veil">')
    assert "<code>/unveiled</code>" not in page  # it stands where it is to be shown
    assert not Review.objects.exists()


@pytest.mark.parametrize("document", [APPROVE, CORRECT])
def test_once_unfolded_it_is(ann: Reviewer, item: OnScreen, document: dict[str, Any]) -> None:
    assert ann.post(item, "submit", unveiled="yes", **document).status_code == 302
    assert Review.objects.get().decision == document["decision"]


@pytest.mark.parametrize(
    "document",
    [
        {"decision": "reject", "reasons": "factual"},
        {"decision": "escalate", "note": "Must I read this?"},
    ],
)
def test_to_reject_or_to_ask_nobody_has_to_look(
    ann: Reviewer, item: OnScreen, document: dict[str, Any]
) -> None:
    assert ann.post(item, "submit", **document).status_code == 302


def test_who_is_shown_all_at_once_has_seen_it(ann: Reviewer, item: OnScreen) -> None:
    WorkProfile.objects.create(project=ann.queue.project, person=ann.person, veils=False)

    assert ann.post(item, "submit", **APPROVE).status_code == 302


def test_what_is_not_severe_needs_no_unfolding(people: Cast) -> None:
    ann = Reviewer(people.ann, queue_in(people.project))
    severe(ann.queue, severity=2)

    assert ann.post(on_screen(ann.open()), "submit", **APPROVE).status_code == 302


def test_after_another_refusal_it_stays_unfolded_and_the_next_item_is_folded(
    ann: Reviewer, item: OnScreen
) -> None:
    severe(ann.queue)

    refused = ann.post(item, "submit", unveiled="yes", **(CORRECT | {"reasons": "nonsense"}))
    following = ann.post(item, "submit", as_script=True, unveiled="yes", **APPROVE)

    assert '<details class="veil" open>' in refused.content.decode()
    assert on_screen(following).slot != item.slot
    assert '<details class="veil">' in following.content.decode()


def test_the_form_says_with_which_key_it_is_shown_and_works_without_a_script(ann: Reviewer) -> None:
    page = ann.open().content.decode()

    assert 'data-missing="This is still hidden. Show it with X before you approve or correct it."' in page
    assert '<noscript><label class="check"><input type="checkbox" name="unveiled" value="yes"' in page


def test_a_draft_is_kept_whether_it_was_unfolded_or_not(ann: Reviewer, item: OnScreen) -> None:
    assert ann.post(item, "draft", as_script=True, note="x", unveiled="yes").status_code == 200
    assert ann.post(item, "draft", as_script=True, note="xy", revision=1).status_code == 200
