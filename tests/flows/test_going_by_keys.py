"""Keys that lead to places, to the search and through rows, and when they do not."""

from playwright.sync_api import expect
from pytest_django.live_server_helper import LiveServer

from accounts.models import Person
from queues.models import Review
from tests.factories.projects import Cast
from tests.factories.work import queue_in, waiting
from tests.flows.conftest import Enter
from tests.flows.screen import Screen


def test_g_and_a_letter_opens_a_place_and_no_other_letter_acts_after_g(screen: Screen) -> None:
    page, first = screen.page, screen.slot
    screen.press("g", "a", "g", "Escape", "g", "d")  # ann has no overview
    page.wait_for_timeout(300)
    assert (screen.slot, screen.decision, Review.objects.count()) == (first, None, 0)

    screen.press("c").type("gq Kept. ").press("Escape")
    assert page.locator("[name=corrected_text]").input_value().startswith("gq Kept. ")
    screen.press("g", "q")
    page.wait_for_url("**/queues/")
    screen.press("g", "h")
    page.wait_for_url("**/history/")
    page.goto(screen.address)
    assert page.locator("[name=corrected_text]").input_value().startswith("gq Kept. ")


def test_the_second_key_is_awaited_for_a_while_and_g_may_be_somebodys_own(
    people: Cast, screen: Screen
) -> None:
    page = screen.page
    screen.press("g")
    page.wait_for_timeout(1600)
    screen.press("q")
    page.wait_for_timeout(300)
    screen.press("?")
    assert page.url == screen.address
    shown = page.locator("#keys-help kbd").all_inner_texts()
    assert {"G Q", "G H", "/"} <= set(shown) and "G D" not in shown

    Person.objects.filter(pk=people.ann.pk).update(shortcuts={"correct": "g"})
    screen.press("Escape").open().press("?")
    assert not [text for text in page.locator("#keys-help kbd").all_inner_texts() if text.startswith("G ")]
    screen.press("Escape", "g")
    expect(page.locator("[name=corrected_text]")).to_be_focused()


def test_slash_leads_to_the_search_and_j_and_k_through_the_rows(
    people: Cast, enter: Enter, live_server: LiveServer
) -> None:
    queue = queue_in(people.project)
    for _number in range(2):
        waiting(queue)
    page = enter(people.lee)
    page.goto(f"{live_server.url}/projects/{people.project.slug}/queues/{queue.slug}/items/")
    links = page.locator("tbody th a")

    for key, row in (("j", 0), ("j", 1), ("j", 1), ("k", 0)):
        page.keyboard.press(key)
        expect(links.nth(row)).to_be_focused()
    page.keyboard.press("/")
    field = page.locator("form[role=search] input:focus")
    page.keyboard.type("a/jk")
    expect(field).to_have_value("a/jk")
    page.keyboard.press("Escape")
    page.goto(f"{live_server.url}/projects/{people.project.slug}/predictions/")
    page.keyboard.press("/")
    expect(page.get_by_label("Look for")).to_be_focused()
    page.keyboard.press("Escape")
    page.keyboard.press("g")
    page.keyboard.press("d")
    page.wait_for_url(f"**/projects/{people.project.slug}/")
    page.keyboard.press("/")
    expect(page.locator("#palette")).to_be_visible()
    page.keyboard.press("Escape")

    Person.objects.filter(pk=people.lee.pk).update(has_shortcuts=False)
    page.reload()
    for key in ("/", "g", "q"):
        page.keyboard.press(key)
    page.wait_for_timeout(300)
    expect(page.locator("#palette")).to_be_hidden()
    assert page.url.endswith(f"/projects/{people.project.slug}/")
