"""Harmful content is told before it is seen, counted, and kept from who does not want it; goals and holds."""

import re

import pytest
from django.utils import timezone

from accounts.models import Event
from queues.assign.claim import LOOK_AHEAD
from queues.assign.queries import cards_for
from queues.models import Flag, Item, Queue, Slot, WorkProfile
from queues.score.detectors import taxonomy
from queues.web.my_work import GROUPS
from tests.factories.projects import Cast
from tests.factories.reviews import reviewed
from tests.factories.work import queue_in, waiting
from tests.web.reviewing import AS_SCRIPT, Reviewer, on_screen

pytestmark = pytest.mark.django_db


def flagged(queue: Queue, category: str = "hate", *, severity: int = 3, taxonomy: str = "") -> Item:
    item = waiting(queue)
    Flag.objects.create(
        prediction_id=item.prediction_id,
        component="filter",
        taxonomy=taxonomy,
        category=category,
        flagged=True,
        severity=severity,
    )
    return item


@pytest.fixture
def queue(people: Cast) -> Queue:
    return queue_in(people.project, session_goal=None)


def test_severe_content_is_named_first_and_hidden_until_asked_for(people: Cast, queue: Queue) -> None:
    flagged(queue, "<b>hate</b>")
    page = Reviewer(people.ann, queue).open().content.decode()

    assert '<details class="veil">' in page
    assert "A filter found something severe:" in page and "&lt;b&gt;hate&lt;/b&gt;" in page
    assert 'data-key="x"' in page
    assert page.index("A filter found something severe:") < page.index("Refunds are instant.")


def test_what_is_not_severe_is_not_hidden(people: Cast, queue: Queue) -> None:
    flagged(queue, severity=2)

    assert "veil" not in Reviewer(people.ann, queue).open().content.decode()


def test_who_does_not_want_the_veil_sees_it_open(people: Cast, queue: Queue) -> None:
    flagged(queue)
    reviewer = Reviewer(people.ann, queue)

    reviewer.client.post(f"{reviewer.project_url}/my-work", {"refused": []})

    assert '<details class="veil" open>' in reviewer.open().content.decode()


def test_a_blind_review_is_warned_without_being_told_what_was_found(people: Cast, queue: Queue) -> None:
    flagged(queue, "hate").slots.update(is_blind=True)
    page = Reviewer(people.ann, queue).open().content.decode()

    assert "This text may be hard to read." in page
    assert "hate" not in page


def test_a_break_is_suggested_after_so_many_severe_items(people: Cast) -> None:
    queue = queue_in(people.project, break_after=2)
    for _ in range(4):
        flagged(queue)
    reviewer = Reviewer(people.ann, queue)
    suggested = []
    for _ in range(4):
        suggested.append("A few minutes away" in reviewer.open().content.decode())
        reviewed(queue, people.ann)

    assert suggested == [False, False, True, False]


def test_items_with_refused_content_go_to_others(people: Cast, queue: Queue) -> None:
    first = flagged(queue, "sexual", taxonomy="openai_moderation")
    second = flagged(queue, "self-harm", taxonomy="openai_moderation")
    third = waiting(queue)
    ann = Reviewer(people.ann, queue)
    ann.client.post(f"{ann.project_url}/my-work", {"veils": "on", "refused": ["sexual_content", "self_harm"]})

    page = ann.open()

    assert Slot.objects.get(pk=on_screen(page).slot).item_id == third.pk
    reviewed(queue, people.ann)
    assert "Nothing waits for you" in ann.open().content.decode()
    lees = Reviewer(people.lee, queue)
    assert Slot.objects.get(pk=on_screen(lees.open()).slot).item_id in (first.pk, second.pk)
    event = Event.objects.get(kind="person.care_changed")
    assert (event.before, event.after) == (None, None)  # that there is a choice, not which


@pytest.mark.parametrize("order", ["priority_due", "language"])
def test_past_all_that_is_refused_the_rest_is_found_and_counted(
    people: Cast, queue: Queue, order: str
) -> None:
    queue.order = order
    queue.save()
    for _ in range(LOOK_AHEAD + 1):
        flagged(queue, "sexual", taxonomy="openai_moderation")
    last = waiting(queue)
    ann = Reviewer(people.ann, queue)
    ann.client.post(f"{ann.project_url}/my-work", {"veils": "on", "refused": ["sexual_content"]})

    (card,) = cards_for(people.ann.pk, [queue], today=timezone.now())

    assert card.waiting == 1
    assert Slot.objects.get(pk=on_screen(ann.open()).slot).item_id == last.pk
    (card,) = cards_for(people.ann.pk, [queue], today=timezone.now())
    assert card.waiting == 0


def test_every_group_that_can_be_refused_has_words() -> None:
    assert set(taxonomy.groups()) == set(GROUPS)


def test_a_group_that_is_none_is_refused(people: Cast, queue: Queue) -> None:
    ann = Reviewer(people.ann, queue)

    answer = ann.client.post(f"{ann.project_url}/my-work", {"refused": ["everything"]})

    assert answer.status_code == 422
    assert not WorkProfile.objects.exists()


def test_a_goal_says_how_far_and_about_how_long(people: Cast) -> None:
    queue = queue_in(people.project, session_goal=5)
    for _ in range(7):
        waiting(queue)
    reviewer = Reviewer(people.ann, queue)
    assert "<b>0</b> of 5 today" in reviewer.open().content.decode()
    for _ in range(3):
        reviewed(queue, people.ann)

    assert re.search(r"<b>3</b> of 5, about 1 minute left", reviewer.open().content.decode())
    for _ in range(2):
        reviewed(queue, people.ann)
    assert "the goal of 5 is reached" in reviewer.open().content.decode()


def test_an_item_is_kept_from_the_skip_dialog_and_taken_up_from_home(people: Cast, queue: Queue) -> None:
    waiting(queue), waiting(queue)
    reviewer = Reviewer(people.ann, queue)
    item = on_screen(reviewer.open())

    following = reviewer.post(item, "skip", as_script=True, reason="later-4")
    assert on_screen(following).slot != item.slot
    home = reviewer.client.get("/").content.decode()
    assert "Kept for later" in home and f"/slots/{item.slot}/take-up" in home

    answer = reviewer.client.post(f"{reviewer.project_url}/slots/{item.slot}/take-up")
    page = reviewer.client.get(answer.headers["Location"])
    assert on_screen(page).slot == item.slot
    assert "Kept for later" not in reviewer.client.get("/").content.decode()


@pytest.mark.parametrize("reason", ["later-", "later-99", "later-x", "later-1 or 1"])
def test_a_time_that_is_not_offered_is_refused(people: Cast, queue: Queue, reason: str) -> None:
    waiting(queue)
    reviewer = Reviewer(people.ann, queue)

    answer = reviewer.post(on_screen(reviewer.open()), "skip", reason=reason)

    assert answer.status_code == 422
    assert not Slot.objects.filter(aside=True).exists()


def test_the_one_rendered_ahead_has_its_veil(people: Cast, queue: Queue) -> None:
    waiting(queue), flagged(queue)
    reviewer = Reviewer(people.ann, queue)
    shown = on_screen(reviewer.open())

    ahead = reviewer.client.get(f"{reviewer.page_url}/ahead", {"beside": shown.slot}, headers=AS_SCRIPT)

    assert '<details class="veil">' in ahead.content.decode()
