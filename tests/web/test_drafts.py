"""My drafts: what I hold, what I typed, where it stands; opened again, put away and brought back."""

from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.actor import Actor
from accounts.models import Event
from accounts.roles import Role
from queues import reviewing
from queues.assign import actions as assign
from queues.assign import aside
from queues.models import Draft, Item, Queue, Slot
from queues.review import put_away
from tests.factories.projects import Cast, member
from tests.factories.reviews import APPROVE, leased, reviewed
from tests.factories.work import queue_in, waiting
from tests.web.conftest import SignIn
from tests.web.reviewing import Reviewer, on_screen

pytestmark = pytest.mark.django_db


@pytest.fixture
def queue(people: Cast) -> Queue:
    return queue_in(people.project)


@pytest.fixture
def ann(people: Cast, signed_in: SignIn) -> Client:
    return signed_in(people.ann)


def address(people: Cast, rest: str = "") -> str:
    return f"/projects/{people.project.slug}/drafts/{rest}"


def typed(people: Cast, item: Item, **content: Any) -> Draft:
    """Ann's draft on an item that she held, and gave back."""
    lease = leased(item.queue, people.ann)
    assert lease.item_id == item.pk
    assign.give_back(lease.slot_id, token=lease.token, by=Actor(people.ann.pk))
    return Draft.objects.create(item=item, person=people.ann, content=content or {"note": "half a thought"})


def standings(page: Any) -> list[str]:
    return [standing.value for _draft, standing, _excerpt in page.context["drafts"]]


def test_without_anything_the_page_says_what_will_stand_there(people: Cast, ann: Client) -> None:
    assert "Nothing in hand and nothing typed" in ann.get(address(people)).content.decode()


def test_what_i_hold_and_keep_is_listed_with_its_draft_and_its_end(
    people: Cast, ann: Client, queue: Queue
) -> None:
    waiting(queue), waiting(queue)
    kept = leased(queue, people.ann)
    aside.keep(kept.slot_id, token=kept.token, by=Actor(people.ann.pk), hours=4)
    held = leased(queue, people.ann)
    Draft.objects.create(item_id=held.item_id, person=people.ann, content={"note": "<b>begun</b>"})
    waiting(queue)  # and one is rendered ahead, which she has not seen
    assert assign.lease_next(queue, by=Actor(people.ann.pk), beside=[held.slot_id], ahead=True)

    page = ann.get(address(people))

    found = [(one.slot.pk, one.slot.aside, one.draft is not None) for one, _text in page.context["in_hand"]]
    assert found == [(held.slot_id, False, True), (kept.slot_id, True, False)]
    assert page.context["drafts"] == []
    assert "&lt;b&gt;begun&lt;/b&gt;" in page.content.decode()


def test_each_draft_says_where_its_item_stands(people: Cast, ann: Client, queue: Queue) -> None:
    free = waiting(queue)
    typed(people, free)
    busy_queue, over_queue = queue_in(people.project), queue_in(people.project)
    busy, over = waiting(busy_queue), waiting(over_queue)
    typed(people, busy), typed(people, over)
    leased(busy_queue, people.lee)
    reviewed(over_queue, people.lee)

    page = ann.get(address(people))

    assert standings(page) == ["over", "busy", "free"]
    assert page.content.decode().count("Open the item") == 1


def test_an_item_that_is_open_is_taken_again_with_its_text(people: Cast, queue: Queue) -> None:
    item, _urgent = waiting(queue), waiting(queue, priority=40)
    draft = typed(people, item, corrected_text="My half text.")
    reviewer = Reviewer(people.ann, queue)

    answer = reviewer.client.post(address(people, f"{draft.pk}/open"), follow=True)

    assert Slot.objects.get(pk=on_screen(answer).slot).item_id == item.pk
    assert "My half text.</textarea>" in answer.content.decode()
    assert Event.objects.filter(kind="slot.leased", subject_id=on_screen(answer).slot).count() == 2


def test_an_item_that_others_have_is_not_taken_and_the_text_stays(
    people: Cast, ann: Client, queue: Queue
) -> None:
    draft = typed(people, waiting(queue))
    leased(queue, people.lee)

    answer = ann.post(address(people, f"{draft.pk}/open"))

    assert answer.status_code == 409
    assert "Your text is kept." in answer.content.decode()
    assert Draft.objects.filter(pk=draft.pk).exists()


def test_a_kept_item_is_taken_up_from_its_draft(people: Cast, queue: Queue) -> None:
    waiting(queue)
    lease = leased(queue, people.ann)
    draft = Draft.objects.create(item_id=lease.item_id, person=people.ann, content={"note": "n"})
    aside.keep(lease.slot_id, token=lease.token, by=Actor(people.ann.pk), hours=4)
    reviewer = Reviewer(people.ann, queue)

    answer = reviewer.client.post(address(people, f"{draft.pk}/open"), follow=True)

    assert on_screen(answer).slot == lease.slot_id
    assert not Slot.objects.get(pk=lease.slot_id).aside


def test_who_holds_enough_takes_no_further_item(people: Cast, ann: Client, queue: Queue) -> None:
    draft = typed(people, waiting(queue))
    Queue.objects.filter(pk=queue.pk).update(max_held=1)
    Item.objects.filter(pk=draft.item_id).update(priority=1)
    Slot.objects.filter(item=draft.item_id).update(priority=1)
    waiting(queue)
    leased(queue, people.ann)

    assert ann.post(address(people, f"{draft.pk}/open")).status_code == 422


def test_an_item_that_i_passed_on_is_not_offered_again(people: Cast, ann: Client, queue: Queue) -> None:
    waiting(queue)
    lease = leased(queue, people.ann)
    draft = Draft.objects.create(item_id=lease.item_id, person=people.ann, content={"note": "n"})
    assign.skip(lease.slot_id, token=lease.token, by=Actor(people.ann.pk), reason="too_hard")

    assert standings(ann.get(address(people))) == ["busy"]
    assert ann.post(address(people, f"{draft.pk}/open")).status_code == 409


def test_a_draft_is_put_away_and_brought_back(people: Cast, ann: Client, queue: Queue) -> None:
    draft = typed(people, waiting(queue))

    away = ann.post(address(people, f"{draft.pk}/discard"), follow=True)
    home = ann.get("/").content.decode()
    ann.post(address(people, f"{draft.pk}/discard"))
    back = ann.post(address(people, f"{draft.pk}/restore"), follow=True)

    assert (away.context["drafts"], len(away.context["away"])) == ([], 1)
    assert "half a thought" not in home
    assert (len(back.context["drafts"]), back.context["away"]) == (1, [])
    assert list(Event.objects.filter(kind__startswith="draft.").values_list("kind", flat=True)) == [
        "draft.discarded",
        "draft.brought_back",
    ]


def test_a_desk_does_not_show_what_was_put_away_and_typing_anew_replaces_it(
    people: Cast, ann: Client, queue: Queue
) -> None:
    draft = typed(people, waiting(queue), note="the old text")
    ann.post(address(people, f"{draft.pk}/discard"))
    reviewer = Reviewer(people.ann, queue)
    page = reviewer.open()
    item = on_screen(page)

    saved = reviewer.post(item, "draft", as_script=True, revision=0, note="the new text")

    assert "the old text" not in page.content.decode()
    assert saved.status_code == 200
    draft.refresh_from_db()
    assert (draft.content["note"], draft.discarded_at) == ("the new text", None)


def test_a_submit_beside_what_was_put_away_is_no_conflict(people: Cast, ann: Client, queue: Queue) -> None:
    draft = typed(people, waiting(queue))
    ann.post(address(people, f"{draft.pk}/discard"))
    reviewer = Reviewer(people.ann, queue)
    item = on_screen(reviewer.open())

    assert reviewer.post(item, "submit", revision=0, decision="approve").status_code == 302
    assert not Draft.objects.exists()


def test_what_was_put_away_is_removed_after_a_day(people: Cast, ann: Client, queue: Queue) -> None:
    old, new = typed(people, waiting(queue)), typed(people, waiting(queue_in(people.project)))
    for draft in (old, new):
        ann.post(address(people, f"{draft.pk}/discard"))
    Draft.objects.filter(pk=old.pk).update(discarded_at=timezone.now() - timedelta(days=1, minutes=1))

    put_away.forget_old()

    assert list(Draft.objects.all()) == [new]


def test_one_draft_has_an_address_with_all_that_was_typed(people: Cast, ann: Client, queue: Queue) -> None:
    item = waiting(queue)
    text = "</textarea><script>alert(1)</script>\u202e" + "x" * 500
    draft = typed(people, item, decision="correct", reasons=["factual"], corrected_text=text, note="why")
    lease = leased(queue, people.lee)
    reviewing.submit(
        lease.slot_id, project=queue.project, token=lease.token, by=Actor(people.lee.pk), submission=APPROVE
    )

    page = ann.get(address(people, str(draft.pk))).content.decode()

    assert "x" * 500 in page
    assert "<script>alert" not in page
    assert "Factually wrong" in page
    assert "needs no review any more" in page
    assert "Open the item" not in page


@pytest.mark.parametrize("what", ["", "/open", "/discard", "/restore"])
def test_nobody_sees_or_touches_the_draft_of_another_person(
    people: Cast, signed_in: SignIn, queue: Queue, what: str
) -> None:
    draft = typed(people, waiting(queue))
    other = member(people.project, Role.ANNOTATOR)

    for person in (other, people.lee, people.olga):
        client = signed_in(person)
        place = address(people, f"{draft.pk}{what}")
        assert (client.post(place) if what else client.get(place)).status_code == 404
    draft.refresh_from_db()
    assert draft.discarded_at is None


def test_a_draft_on_a_withdrawn_item_is_not_shown(people: Cast, ann: Client, queue: Queue) -> None:
    typed(people, waiting(queue))
    Item.objects.update(state="withdrawn")

    assert ann.get(address(people)).context["drafts"] == []


def test_the_page_takes_no_more_statements_for_more_drafts(people: Cast, ann: Client) -> None:
    ann.get(address(people))
    counts = []
    for _round in range(2):
        for _number in range(4):
            queue = queue_in(people.project)
            typed(people, waiting(queue))
            waiting(queue)
            leased(queue, people.ann)
        with CaptureQueriesContext(connection) as seen:
            ann.get(address(people))
        counts.append(len(seen))

    assert counts[0] == counts[1]
