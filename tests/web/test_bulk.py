"""The list of a queue's items with its filters, and changes of many from it."""

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from queues import jobs
from queues.models import BulkChange, Item, Job, Queue
from tests.factories.projects import Cast
from tests.factories.reviews import leased
from tests.factories.search import indexed
from tests.factories.work import queue_in, waiting
from tests.web.conftest import SignIn

pytestmark = pytest.mark.django_db


@pytest.fixture
def queue(people: Cast) -> Queue:
    return queue_in(people.project)


@pytest.fixture
def lee(people: Cast, signed_in: SignIn) -> Client:
    return signed_in(people.lee)


def address(queue: Queue, page: str = "", query: str = "") -> str:
    return f"/projects/{queue.project.slug}/queues/{queue.slug}/items/{page}{query}"


def shown(lee: Client, queue: Queue, query: str) -> list[int]:
    return [item.pk for item in lee.get(address(queue, query=query)).context["page"].rows]


def test_the_list_is_narrowed_to_what_is_overdue_and_marks_it(lee: Client, queue: Queue) -> None:
    late = waiting(queue, due_at=timezone.now() - timedelta(hours=1))
    waiting(queue)

    assert shown(lee, queue, "?late=on") == [late.pk]
    assert lee.get(address(queue)).content.decode().count('class="pill warn"') == 1


def test_the_list_is_narrowed_to_who_holds_or_did_it(people: Cast, lee: Client, queue: Queue) -> None:
    item = waiting(queue, reviews_needed=2)
    leased(queue, people.ann)

    assert shown(lee, queue, f"?state=in_review&who={people.ann.pk}") == [item.pk]
    assert shown(lee, queue, f"?state=in_review&who={people.mel.pk}") == []
    assert shown(lee, queue, "?state=in_review&who=999999999") == [
        item.pk
    ]  # nobody of the list: asks nothing


def test_the_list_is_searched_by_words(lee: Client, queue: Queue) -> None:
    found = waiting(queue, output_text="The parcel has left the depot.")
    other = waiting(queue, output_text="Refunds take five days.")
    indexed(found.prediction_id, other.prediction_id)

    assert shown(lee, queue, "?text=parcel") == [found.pk]


def test_chosen_items_are_changed_followed_and_undone(lee: Client, queue: Queue) -> None:
    chosen, other = waiting(queue), waiting(queue)

    begun = lee.post(
        address(queue, "change"),
        {
            "which": "chosen",
            "item": [chosen.pk],
            "kind": "priority",
            "amount_priority": "90",
            "why": "urgent",
        },
    )
    change = BulkChange.objects.get()
    assert begun.headers["Location"].endswith(f"/changes/{change.pk}")
    assert "Stop" in lee.get(begun.headers["Location"]).content.decode()
    jobs.run_job(Job.objects.get().pk)
    page = lee.get(begun.headers["Location"]).content.decode()
    assert "1 item was changed." in page and "Undo it" in page
    assert lee.get(f"{begun.headers['Location']}/progress").headers["HX-Refresh"] == "true"
    assert Item.objects.get(pk=chosen.pk).priority == 90
    assert Item.objects.get(pk=other.pk).priority == 50

    lee.post(f"{begun.headers['Location']}/undo")
    jobs.run_job(Job.objects.order_by("-id")[0].pk)
    assert Item.objects.get(pk=chosen.pk).priority == 50
    assert "was undone" in lee.get(begun.headers["Location"]).content.decode()


def test_all_that_fit_the_filter_of_the_list_are_changed(lee: Client, queue: Queue) -> None:
    late = waiting(queue, due_at=timezone.now() - timedelta(hours=1))
    waiting(queue)

    lee.post(
        address(queue, "change", "?state=open&late=on"),
        {"which": "all", "kind": "due", "amount_due": "5", "why": "a holiday"},
    )
    jobs.run_job(Job.objects.get().pk)

    assert BulkChange.objects.get().changed == 1
    assert Item.objects.get(pk=late.pk).due_at > timezone.now()


@pytest.mark.parametrize(
    ("typed", "says"),
    [
        ({"kind": "priority", "amount_priority": "x", "why": "y", "which": "all"}, "between 1 and 100"),
        ({"kind": "withdraw", "why": "", "which": "all"}, "Say why"),
        ({"kind": "withdraw", "why": "y", "which": "chosen"}, "Choose at least one item"),
        ({"kind": "withdraw", "why": "y", "which": "chosen", "item": "1 or 1"}, "Choose at least one item"),
        ({"kind": "move", "why": "y", "which": "all", "target": "nowhere"}, "Choose another queue"),
        ({"kind": "move", "why": "y", "which": "all", "target": "a\0"}, "Choose another queue"),
        ({"why": "y", "which": "all"}, "Choose one of the changes"),
    ],
)
def test_what_is_wrong_is_said_above_the_buttons(
    lee: Client, queue: Queue, typed: dict[str, str], says: str
) -> None:
    waiting(queue)

    answer = lee.post(address(queue, "change"), typed)

    assert answer.status_code == 422
    assert says in answer.content.decode()
    assert not BulkChange.objects.exists()


def test_who_may_only_read_sees_the_list_without_boxes(people: Cast, signed_in: SignIn, queue: Queue) -> None:
    waiting(queue)
    page = signed_in(people.mel).get(address(queue)).content.decode()

    assert 'type="checkbox" name="item"' not in page and "change-items" not in page


def test_no_change_is_offered_of_what_is_settled(lee: Client, queue: Queue) -> None:
    item = waiting(queue)
    Item.objects.filter(pk=item.pk).update(state="settled", settled_at=timezone.now())

    assert "change-items" not in lee.get(address(queue, query="?state=settled")).content.decode()


def test_the_reason_of_a_change_is_shown_and_not_run(lee: Client, queue: Queue) -> None:
    waiting(queue)
    evil = "<img src=x onerror=alert(1)>"
    lee.post(address(queue, "change"), {"which": "all", "kind": "withdraw", "why": evil})

    for page in (
        lee.get(address(queue)),
        lee.get(f"/projects/{queue.project.slug}/changes/{BulkChange.objects.get().pk}"),
    ):
        assert evil not in page.content.decode()


def test_all_is_refused_where_the_list_is_narrowed_by_what_a_job_could_not_find_again(
    people: Cast, lee: Client, queue: Queue
) -> None:
    waiting(queue)
    change = {"kind": "priority", "amount_priority": "90", "why": "urgent", "which": "all"}

    for narrowed in (f"who={people.ann.pk}", "text=parcel", "decision=approve"):
        assert lee.post(address(queue, "change", f"?{narrowed}"), change).status_code == 422

    assert not BulkChange.objects.exists()


def test_the_change_reads_late_as_its_list_does(lee: Client, queue: Queue) -> None:
    waiting(queue)
    change = {"kind": "priority", "amount_priority": "90", "why": "urgent", "which": "all"}

    lee.post(address(queue, "change", "?late=False"), change)

    assert BulkChange.objects.get().late is False
