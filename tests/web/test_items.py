"""The items of a queue by state, in the order in which they are handed out."""

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from accounts.roles import Permission
from queues.assign.items import after
from tests.factories.projects import Cast
from tests.factories.reviews import REJECT, leased, reviewed
from tests.factories.work import queue_in, waiting
from tests.web.conftest import SignIn

pytestmark = pytest.mark.django_db


@pytest.fixture
def lee(people: Cast, signed_in: SignIn) -> Client:
    return signed_in(people.lee)


def shown(client: Client, people: Cast, slug: str, **query: str) -> list[int]:
    page = client.get(f"/projects/{people.project.slug}/queues/{slug}/items/", query)
    return [item.pk for item in page.context["page"].rows]


def test_the_most_urgent_item_stands_first(people: Cast, lee: Client) -> None:
    queue = queue_in(people.project)
    now = timezone.now()
    late = waiting(queue, due_at=now + timedelta(hours=2))
    soon = waiting(queue, due_at=now)
    important = waiting(queue, priority=90, due_at=now + timedelta(days=1))

    assert shown(lee, people, queue.slug) == [important.pk, soon.pk, late.pk]


def test_states_reasons_and_verdicts_narrow_the_list(people: Cast, lee: Client) -> None:
    queue = queue_in(people.project)
    first, second = waiting(queue, kinds=("audit",), priority=60), waiting(queue)
    reviewed(queue, people.ann, REJECT)

    assert shown(lee, people, queue.slug) == [second.pk]
    assert shown(lee, people, queue.slug, state="settled") == [first.pk]
    assert shown(lee, people, queue.slug, state="settled", decision="reject") == [first.pk]
    assert shown(lee, people, queue.slug, state="settled", decision="approve") == []
    assert shown(lee, people, queue.slug, reason="audit") == []
    assert shown(lee, people, queue.slug, reason="uncertain") == [second.pk]


def test_pages_follow_each_other_without_gap_or_repeat(people: Cast, lee: Client) -> None:
    queue = queue_in(people.project)
    due = timezone.now()
    expected = [waiting(queue, priority=priority, due_at=due).pk for priority in (80, 50) for _n in range(27)]
    address = f"/projects/{people.project.slug}/queues/{queue.slug}/items/"

    first = lee.get(address)
    second = lee.get(first.context["next_url"])

    assert [item.pk for page in (first, second) for item in page.context["page"].rows] == expected
    assert second.context["next_url"] == ""


@pytest.mark.parametrize("text", ["", "x", "1_2_3", "50_2026-01-01T00:00:00_1", "-1_2026-01-01T00:00:00Z_1"])
def test_a_cursor_that_nobody_wrote_starts_at_the_beginning(text: str) -> None:
    assert after(text) is None


def test_who_holds_an_item_is_named(people: Cast, lee: Client) -> None:
    queue = queue_in(people.project)
    waiting(queue)
    leased(queue, people.ann)

    page = lee.get(f"/projects/{people.project.slug}/queues/{queue.slug}/items/?state=in_review")

    assert "Ann" in page.content.decode()


def test_an_unknown_queue_and_a_foreign_one_read_the_same(people: Cast, lee: Client) -> None:
    foreign = queue_in(people.other)

    for slug in ("unknown", foreign.slug):
        assert lee.get(f"/projects/{people.project.slug}/queues/{slug}/items/").status_code == 404


def test_queues_show_an_annotator_where_to_start_and_no_counts_of_others(
    people: Cast, signed_in: SignIn
) -> None:
    waiting(queue_in(people.project))

    page = signed_in(people.ann).get(f"/projects/{people.project.slug}/queues/")

    assert page.context["cards"][0].can_start
    assert page.context["lines"] == []


def test_queues_show_settings_to_who_may_change_them(people: Cast, signed_in: SignIn) -> None:
    queue = queue_in(people.project)
    address = f"/projects/{people.project.slug}/queues/"

    assert signed_in(people.lee).get(address).context["may_tune"]
    assert f"{queue.slug}/settings" in signed_in(people.lee).get(address).content.decode()
    assert f"{queue.slug}/settings" not in signed_in(people.mel).get(address).content.decode()
    assert Permission.TUNE not in signed_in(people.mel).get(address).context["request"].permissions


def test_counts_of_items_say_that_they_are_of_items(people: Cast, signed_in: SignIn) -> None:
    waiting(queue_in(people.project))

    page = signed_in(people.lee).get(f"/projects/{people.project.slug}/queues/").content.decode()

    assert "How many items stand where" in page
    assert '<th scope="col" class="number">open</th>' in page
    assert "reviews an item, at least" in page


def test_all_items_of_a_page_can_be_ticked_at_once(people: Cast, lee: Client) -> None:
    queue = queue_in(people.project)
    waiting(queue)

    page = lee.get(f"/projects/{people.project.slug}/queues/{queue.slug}/items/").content.decode()

    assert 'data-tick-all="item"' in page
    assert 'data-ticked="item"' in page
    assert "js/ticks" in page


def test_the_statements_of_the_list_do_not_grow_with_the_items(
    people: Cast, lee: Client, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    queue = queue_in(people.project)
    for _number in range(6):
        waiting(queue, reviews_needed=2)
        leased(queue, people.ann)

    with django_assert_max_num_queries(15):
        lee.get(f"/projects/{people.project.slug}/queues/{queue.slug}/items/?state=in_review")
