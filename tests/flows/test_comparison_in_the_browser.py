"""Two outputs side by side in a real browser: by keys, on a phone, accessible, and hostile ones."""

import pytest
from django.urls import reverse
from playwright.sync_api import expect
from pytest_django.live_server_helper import LiveServer

from queues.models import Item, Queue, Review
from tests.factories.pairs import COMPARED, comparison, pair_queue
from tests.factories.projects import Cast
from tests.factories.reviews import reviewed
from tests.factories.work import waiting
from tests.flows.axe import check_both_themes
from tests.flows.conftest import Enter
from tests.flows.screen import Screen

HOSTILE = "<img src=x onerror=alert(1)><script>document.title = 'mine'</script>\u200b"


@pytest.fixture
def queue(people: Cast) -> Queue:
    queue = pair_queue(people.project)
    comparison(queue, this=HOSTILE, other="Refunds\u200b take five days.", priority=90)
    comparison(queue, priority=80)
    waiting(queue, priority=70)
    return queue


@pytest.fixture
def screen(queue: Queue, people: Cast, enter: Enter, live_server: LiveServer) -> Screen:
    return Screen(enter(people.ann), live_server.url, queue).open()


def test_a_digit_answers_and_one_key_submits(screen: Screen) -> None:
    first = screen.slot

    screen.press("2").leave("a")

    review = Review.objects.get(slot=first)
    assert (review.decision, review.answers) == ("approve", {"preference": "b"})
    expect(screen.page.locator(".sides .output")).to_have_count(2)
    screen.press("1").leave("Control+Enter")
    expect(screen.page.locator("[name=corrected_text]")).to_have_count(1)  # one output, as ever


@pytest.mark.slow
def test_without_an_answer_it_says_what_is_missing(screen: Screen) -> None:
    screen.press("a")

    expect(screen.page.locator(".said")).to_contain_text("Not answered yet")
    assert not Review.objects.exists()


@pytest.mark.slow
def test_i_reveals_what_cannot_be_seen_in_both_and_puts_it_back(screen: Screen) -> None:
    texts = screen.page.locator("[data-output]").all_text_contents()

    screen.press("i")
    expect(screen.page.locator(".output .invisible-mark")).to_have_count(2)

    screen.press("i")
    assert screen.page.locator("[data-output]").all_text_contents() == texts


def test_neither_text_acts_and_each_stays_in_its_frame(screen: Screen) -> None:
    assert screen.page.locator("[data-output]").first.text_content() == HOSTILE
    assert screen.page.locator(".output img, .output script").count() == 0
    assert "mine" not in screen.page.title()


def test_side_by_side_where_there_is_room_and_under_each_other_on_a_phone(screen: Screen) -> None:
    def corners() -> list[tuple[float, float]]:
        boxes = [output.bounding_box() for output in screen.page.locator(".sides .output").all()]
        return [(box["x"], box["y"]) for box in boxes if box]

    screen.page.set_viewport_size({"width": 1280, "height": 800})
    (a_left, a_top), (b_left, b_top) = corners()
    assert (a_top, a_left < b_left) == (b_top, True)

    screen.page.set_viewport_size({"width": 360, "height": 740})
    (a_left, a_top), (b_left, b_top) = corners()
    assert (a_left, a_top < b_top) == (b_left, True)
    assert screen.page.evaluate("document.documentElement.scrollWidth") <= 360


def test_the_pages_of_a_comparison_are_accessible(
    screen: Screen, queue: Queue, people: Cast, enter: Enter, live_server: LiveServer
) -> None:
    screen.press("i")
    check_both_themes(screen.page)
    screen.press("1").leave("a")
    item = Item.objects.filter(queue=queue, state="settled").get()

    page = enter(people.lee)
    page.goto(live_server.url + reverse("web:prediction", args=[queue.project.slug, item.prediction_id]))

    expect(page.locator(".compared")).to_contain_text("A")
    check_both_themes(page)
    page.set_viewport_size({"width": 360, "height": 740})
    assert page.evaluate("document.documentElement.scrollWidth") <= 360


@pytest.mark.slow
def test_a_lead_settles_a_comparison_on_an_accessible_page(
    people: Cast, enter: Enter, live_server: LiveServer
) -> None:
    queue = pair_queue(people.project)
    item = comparison(queue, reviews_needed=2)
    reviewed(queue, people.ann, COMPARED)
    reviewed(queue, people.mel, {**COMPARED, "answers": {"preference": "b"}})

    page = enter(people.lee)
    page.goto(live_server.url + reverse("web:settle", args=[queue.project.slug, item.pk]))

    expect(page.locator(".sides .frame")).to_have_count(2)
    check_both_themes(page)
