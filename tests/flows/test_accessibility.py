"""axe finds nothing on pages in their richer states, in light and dark; none scrolls sideways on a phone.

Each page of the routes is looked at in test_every_page.
"""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import Page
from pytest_django.live_server_helper import LiveServer

from accounts.actor import SYSTEM, Actor
from accounts.models import Person
from queues import jobs
from queues.models import Item, Queue
from queues.route import policies
from queues.route.dry_run import asking
from tests.factories.policies import first_policy
from tests.factories.projects import Cast
from tests.factories.questions import KINDS
from tests.factories.questions import question as ask
from tests.factories.traffic import came
from tests.factories.verdicts import settled
from tests.factories.work import FORM, TONE, queue_in, waiting
from tests.flows.axe import check_both_themes, wrong_on
from tests.flows.conftest import Enter


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
    first_policy(people.project, [queue])
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


def dry_run_of(queue: Queue, *, is_done: bool = True) -> int:
    """The number of a dry run of the version in force."""
    asked = asking.ask(queue.project_id, last=1_000, version=1, by=SYSTEM)
    if is_done:
        for n in range(60):
            came(queue.project, {"mean_nll": n / 60}, at=timezone.now() - timedelta(hours=60 - n))
        jobs.run_job(asked.job.pk if asked.job else 0)
    return asked.run.pk


def review(queue: Queue) -> str:
    return reverse("web:review", args=[queue.project.slug, queue.slug])


def richer(queue: Queue) -> dict[str, str]:
    """State → address: what the routes alone do not lead to, or only in a plainer state."""
    slug = queue.project.slug
    last = Item.objects.filter(queue=queue).latest("pk")
    return {
        "items of several looks": reverse("web:items", args=[slug, queue.slug]),
        "a form with every kind of question": reverse("web:form", args=[slug, queue.slug]),
        "its version": reverse("web:form-version", args=[slug, queue.slug, 1]),
        "a question being built": reverse("web:form-edit", args=[slug, queue.slug]) + "?open=1",
        "a prediction with all of a record": reverse("web:prediction", args=[slug, last.prediction_id]),
        "a nested rule": reverse("web:policy", args=[slug]),
        "a rule being edited": reverse("web:policy-edit", args=[slug]) + "?open=0",
        "a policy as JSON": reverse("web:policy-edit", args=[slug]) + "?as=json",
        "a version that is not in force": reverse("web:policy-activate", args=[slug, 2]),
        "a dry run that waits": reverse("web:dry-run", args=[slug, dry_run_of(queue, is_done=False)]),
        "a dry run that is done": reverse("web:dry-run", args=[slug, dry_run_of(queue)]),
        "no such queue": reverse("web:review", args=[slug, "none"]),
        "no such page": "/nothing/",
        "an empty queue": review(queue_in(queue.project)),
        "the review screen": review(queue),
    }


def test_the_richer_states_of_the_pages_are_accessible(
    queue: Queue, people: Cast, enter: Enter, live_server: LiveServer
) -> None:
    page = enter(people.olga)

    wrong = {
        name: found
        for name, address in richer(queue).items()
        if (found := wrong_on(page, live_server.url + address, also_at=360))
    }

    assert wrong == {}


def test_the_login_page_is_accessible(people: Cast, page: Page, live_server: LiveServer) -> None:
    page.goto(live_server.url + reverse("accounts:login"))

    check_both_themes(page)


def test_the_review_screen_is_accessible_while_it_is_used(
    queue: Queue, people: Cast, enter: Enter, live_server: LiveServer
) -> None:
    page = enter(people.ann)
    page.goto(live_server.url + review(queue))
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


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_the_theme_of_the_settings_wins_over_the_systems(
    people: Cast, enter: Enter, live_server: LiveServer, theme: str
) -> None:
    Person.objects.filter(pk=people.ann.pk).update(theme=theme)
    page = enter(people.ann)
    page.emulate_media(color_scheme="dark" if theme == "light" else "light")

    page.goto(live_server.url)

    assert page.evaluate("getComputedStyle(document.documentElement).colorScheme") == theme
