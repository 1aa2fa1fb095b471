"""axe finds nothing on any page, in light and in dark; and no page scrolls sideways on a phone."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import Page
from pytest_django.live_server_helper import LiveServer

from accounts.actor import SYSTEM, Actor
from accounts.models import Person
from queues import pipeline
from queues.models import Item, Queue
from queues.route import policies
from queues.route.dry_run import asking
from tests.factories.labels import judged
from tests.factories.projects import Cast
from tests.factories.questions import KINDS
from tests.factories.questions import question as ask
from tests.factories.traffic import came
from tests.factories.verdicts import settled
from tests.factories.work import FORM, TONE, queue_in, waiting
from tests.flows.conftest import Enter

RULES = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]}
# A theme changes nothing else.
COLOURS = {"runOnly": {"type": "rule", "values": ["color-contrast", "link-in-text-block"]}}
AXE = Axe()


@pytest.fixture
def queue(people: Cast) -> Queue:
    """A queue with waiting, settled and flagged items of several looks."""
    question = {**TONE, "help": "Judge the words only.", "guideline": "Rude is rude."}
    questions = [question, *(ask(kind, help="As it is.", allows_unsure=True) for kind in KINDS)]
    queue = queue_in(people.project, form={**FORM, "guideline": "Be fair.", "questions": questions})
    record = {
        "input": {
            "system_instructions": [{"type": "text", "content": "Be brief."}],
            "messages": [
                {"role": "user", "parts": [{"type": "text", "content": "How long?"}]},
                {
                    "role": "assistant",
                    "parts": [{"type": "tool_call", "name": "find", "arguments": {"q": 1}}],
                },
            ],
        },
        "retrieval": {
            "documents": [{"id": "kb-1", "content": "Five days.", "score": 0.8, "citations": [[0, 7]]}]
        },
    }
    policies.first_policy(people.project, [queue])
    nested = {
        "name": "nested", "kind": "all_of", "queue": queue.slug, "near_duplicates": "attach", "daily_cap": 9,
        "of": [
            {"kind": "attribute", "attribute": "locale", "values": ["de", ""]},
            {"kind": "none_of", "of": [{"kind": "safety_flagged"}]},
        ],
    }  # fmt: skip
    policies.new_version(
        people.project.pk,
        document={"schema": "policy/1", "rules": [nested]},
        by=Actor(people.lee.pk),
        reason="Parts.",
    )
    settled(queue, person=people.ann, answers={"tone": "fine"})
    for kinds in (("uncertain",), ("safety_flagged", "random_audit")):
        waiting(queue, record=record, kinds=kinds, priority=90, output_text="Refunds\u200b are instant.")
    return queue


# Each page by a name, and how its address is made.
PAGES: dict[str, Callable[[Queue], str]] = {
    "home": lambda queue: "/",
    "settings": lambda queue: reverse("accounts:settings"),
    "shortcuts": lambda queue: reverse("accounts:shortcuts"),
    "password": lambda queue: reverse("accounts:password"),
    "keys": lambda queue: reverse("accounts:keys", args=[queue.project.slug]),
    "people": lambda queue: reverse("accounts:people", args=[queue.project.slug]),
    "overview": lambda queue: reverse("web:project", args=[queue.project.slug]),
    "queues": lambda queue: reverse("web:queues", args=[queue.project.slug]),
    "items": lambda queue: reverse("web:items", args=[queue.project.slug, queue.slug]),
    "form": lambda queue: reverse("web:form", args=[queue.project.slug, queue.slug]),
    "form version": lambda queue: reverse("web:form-version", args=[queue.project.slug, queue.slug, 1]),
    "form builder": lambda queue: reverse("web:form-edit", args=[queue.project.slug, queue.slug]) + "?open=1",
    "disputes": lambda queue: reverse("web:disputes", args=[queue.project.slug]),
    "predictions": lambda queue: reverse("web:predictions", args=[queue.project.slug]),
    "prediction": lambda queue: reverse(
        "web:prediction",
        args=[queue.project.slug, Item.objects.filter(queue=queue).latest("pk").prediction_id],
    ),
    "history": lambda queue: reverse("web:history", args=[queue.project.slug]),
    "policy": lambda queue: reverse("web:policy", args=[queue.project.slug]),
    "measures": lambda queue: reverse("web:measures", args=[queue.project.slug]),
    "policy-edit": lambda queue: reverse("web:policy-edit", args=[queue.project.slug]) + "?open=0",
    "policy-json": lambda queue: reverse("web:policy-edit", args=[queue.project.slug]) + "?as=json",
    "policy-version": lambda queue: reverse("web:policy-version", args=[queue.project.slug, 1]),
    "policy-activate": lambda queue: reverse("web:policy-activate", args=[queue.project.slug, 2]),
    "dry-run": lambda queue: reverse("web:dry-run", args=[queue.project.slug, dry_run_of(queue)]),
    "dry-run-waiting": lambda queue: reverse(
        "web:dry-run", args=[queue.project.slug, dry_run_of(queue, is_done=False)]
    ),
    "events": lambda queue: reverse("web:events", args=[queue.project.slug]),
    "datasets": lambda queue: reverse("web:datasets", args=[queue.project.slug]),
    "new-dataset": lambda queue: reverse("web:new-dataset", args=[queue.project.slug]),
    "review": lambda queue: reverse("web:review", args=[queue.project.slug, queue.slug]),
    "no-such-queue": lambda queue: reverse("web:review", args=[queue.project.slug, "none"]),
    "no-such-page": lambda queue: "/nothing/",
}


def dry_run_of(queue: Queue, *, is_done: bool = True) -> int:
    """The number of a dry run of the version in force."""
    asked = asking.ask(queue.project_id, last=1_000, version=1, by=SYSTEM)
    if is_done:
        for n in range(60):
            came(queue.project, {"mean_nll": n / 60}, at=timezone.now() - timedelta(hours=60 - n))
        pipeline.run_job(asked.job.pk if asked.job else 0)
    return asked.run.pk


def faults(page: Page, *, only_colours: bool = False) -> list[str]:
    """What axe says, one line per rule with the elements."""
    answer = AXE.run(page, options=COLOURS if only_colours else RULES).response
    assert len(answer["passes"]) > (0 if only_colours else 15), "axe did not look"
    found = answer["violations"]
    return [f"{rule['id']}: {[node['html'][:160] for node in rule['nodes'][:3]]}" for rule in found]


def check_both_themes(page: Page) -> None:
    page.emulate_media(reduced_motion="reduce", color_scheme="light")
    light = faults(page)
    page.emulate_media(reduced_motion="reduce", color_scheme="dark")
    dark = faults(page, only_colours=True)
    assert (light, dark) == ([], [])


@pytest.mark.parametrize("name", PAGES)
def test_a_page_is_accessible_in_both_themes(
    name: str, queue: Queue, people: Cast, enter: Enter, live_server: LiveServer
) -> None:
    page = enter(people.olga)

    page.goto(live_server.url + PAGES[name](queue))

    check_both_themes(page)
    page.set_viewport_size({"width": 360, "height": 740})
    assert page.evaluate("document.documentElement.scrollWidth") <= 360


@pytest.mark.parametrize("name", ["measures", "overview"])
def test_a_page_full_of_figures_is_accessible_too(
    name: str, queue: Queue, people: Cast, enter: Enter, live_server: LiveServer
) -> None:
    judged(queue)
    page = enter(people.olga)

    page.goto(live_server.url + PAGES[name](queue))
    for twin in page.locator("details.twin").all():
        twin.locator("summary").click()

    check_both_themes(page)
    page.set_viewport_size({"width": 360, "height": 740})
    assert page.evaluate("document.documentElement.scrollWidth") <= 360


def test_the_review_screen_is_accessible_while_it_is_used(
    queue: Queue, people: Cast, enter: Enter, live_server: LiveServer
) -> None:
    page = enter(people.ann)
    page.goto(live_server.url + PAGES["review"](queue))
    page.wait_for_load_state("networkidle")
    page.wait_for_timeout(550)

    page.keyboard.press("i")
    page.keyboard.press("c")
    page.keyboard.type("Changed. ")
    page.keyboard.press("Control+Enter")
    check_both_themes(page)
    page.set_viewport_size({"width": 360, "height": 740})
    check_both_themes(page)
    page.set_viewport_size({"width": 1280, "height": 800})
    page.keyboard.press("Escape")
    page.keyboard.press("?")
    check_both_themes(page)
    page.keyboard.press("Escape")
    page.keyboard.press("s")
    check_both_themes(page)


def test_an_empty_queue_is_accessible(people: Cast, enter: Enter, live_server: LiveServer) -> None:
    empty = queue_in(people.project)
    page = enter(people.ann)

    page.goto(live_server.url + PAGES["review"](empty))

    check_both_themes(page)


def test_the_login_page_is_accessible(people: Cast, page: Page, live_server: LiveServer) -> None:
    page.goto(live_server.url + reverse("accounts:login"))

    check_both_themes(page)


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_the_theme_of_the_settings_wins_over_the_systems(
    people: Cast, enter: Enter, live_server: LiveServer, theme: str
) -> None:
    Person.objects.filter(pk=people.ann.pk).update(theme=theme)
    page = enter(people.ann)
    page.emulate_media(color_scheme="dark" if theme == "light" else "light")

    page.goto(live_server.url)

    assert page.evaluate("getComputedStyle(document.documentElement).colorScheme") == theme
