"""A lead writes a policy with every kind of rule by keyboard, tries it, puts it in force, and goes back."""

import orjson
import pytest
from django.test import Client
from playwright.sync_api import Page, expect
from pytest_django.live_server_helper import LiveServer

from queues import jobs
from queues.models import Item, Job, Policy
from queues.route.condition import conditions
from tests.factories.arrivals import record
from tests.factories.people import api_key
from tests.factories.policies import first_policy
from tests.factories.projects import Cast
from tests.factories.traffic import came
from tests.factories.work import queue_in
from tests.flows.conftest import Enter


@pytest.fixture
def editor(people: Cast, enter: Enter, live_server: LiveServer) -> Page:
    """Lee in front of the editor of a project in which sixty predictions came."""
    queues = [queue_in(people.project, slug=slug, name=slug.title()) for slug in ("answers", "safety")]
    first_policy(people.project, queues)
    for n in range(60):
        came(people.project, {"mean_nll": n / 60})
    page = enter(people.lee)
    page.goto(f"{live_server.url}/projects/{people.project.slug}/policy/edit")
    page.wait_for_load_state("networkidle")
    return page


def press(page: Page, button: str) -> None:
    """Reach a button of the editor by its id, press it by keyboard, wait for what it brings."""
    page.locator(f"#{button}").focus()
    with page.expect_response(lambda answer: answer.url.endswith("/edit/change")):
        page.keyboard.press("Enter")
    page.wait_for_timeout(150)


def type_into(page: Page, name: str, text: str) -> None:
    """Type over a value of the open rule; it is saved when the field is left."""
    page.locator(f'[name="{name}"]').focus()
    page.keyboard.press("Control+a")
    page.keyboard.type(text)
    with page.expect_response(lambda answer: answer.url.endswith("/edit/change")):
        page.keyboard.press("Tab")
    page.wait_for_timeout(150)


def send_on(page: Page, name: str, text: str, button: str) -> None:
    """Fill the reason of a form and send it."""
    page.locator(f'[name="{name}"]:visible').last.fill(text)
    page.get_by_role("button", name=button).focus()
    page.keyboard.press("Enter")
    page.wait_for_load_state("networkidle")


@pytest.mark.slow
def test_a_lead_writes_tries_activates_and_takes_back_a_policy(
    people: Cast, editor: Page, live_server: LiveServer
) -> None:
    page, kinds = editor, [kind for kind, _condition in conditions]
    for kind in kinds:
        if not page.locator(f"#add-{kind}").is_visible():
            page.locator(".kinds summary").press("Enter")
        press(page, f"add-{kind}")
    place = 3 + kinds.index("pair")
    press(page, "open-pair")
    type_into(page, f"/rules/{place}/champion", "prod-17")
    type_into(page, f"/rules/{place}/challenger", "prod-18")
    # Two random rules need two draws; the one that every project starts with goes.
    press(page, "remove-audit")
    press(page, "open-random_audit")
    type_into(page, f"/rules/{2 + kinds.index('random_audit')}/rate", "1")
    expect(page.locator("#draft-state")).to_contain_text("no faults")

    page.locator("#last-draft").select_option("1000")
    page.get_by_role("button", name="Dry run").press("Enter")
    page.wait_for_load_state("networkidle")
    jobs.run_job(Job.objects.get(kind="dry_run").pk)
    expect(page.get_by_role("heading", name="Rule by rule")).to_be_visible(timeout=15_000)
    expect(page.locator("main")).to_contain_text("60 picked")

    page.get_by_role("link", name="Back to the draft").press("Enter")
    page.wait_for_load_state("networkidle")
    send_on(page, "reason", "All kinds at once.", "Store as a new version")
    page.get_by_role("link", name="Activate…").press("Enter")
    page.wait_for_load_state("networkidle")
    send_on(page, "reason", "To see them work.", "Put version 2 in force")
    expect(page.locator("main")).to_contain_text("version 2 is in force")
    assert {rule["kind"] for rule in Policy.objects.get(is_active=True).document["rules"]} == set(kinds)

    send(people, live_server)
    item = Item.objects.get()
    page.goto(f"{live_server.url}/projects/{people.project.slug}/predictions/{item.prediction_id}/")
    expect(page.locator(".reasons")).to_contain_text("Drawn for the random audit")
    expect(page.locator(".reasons")).to_contain_text("The locale is en-GB.")

    page.goto(f"{live_server.url}/projects/{people.project.slug}/policy/")
    page.get_by_role("button", name="Undo: back to version 1").press("Enter")
    page.wait_for_load_state("networkidle")
    expect(page.locator("main")).to_contain_text("version 1 is in force")


def test_typing_goes_on_while_a_value_is_saved(editor: Page) -> None:
    page = editor
    press(page, "open-uncertain")

    page.locator('[name="/rules/0/threshold"]').fill("0.7")
    page.keyboard.press("Tab")
    page.locator('[name="/rules/0/priority"]').focus()
    page.keyboard.type("7")
    page.wait_for_load_state("networkidle")
    page.wait_for_timeout(400)

    assert "7" in page.locator('[name="/rules/0/priority"]').input_value()
    expect(page.locator("#said-0")).to_contain_text("at least 0.7")


@pytest.mark.slow
def test_the_editor_works_without_javascript(people: Cast, editor: Page, live_server: LiveServer) -> None:
    context = editor.context.browser.new_context(java_script_enabled=False)  # type: ignore[union-attr]
    context.add_cookies(editor.context.cookies())  # type: ignore[arg-type]
    page = context.new_page()
    page.goto(f"{live_server.url}/projects/{people.project.slug}/policy/edit")

    page.locator("#open-uncertain").click()
    page.locator('[name="/rules/0/threshold"]').fill("0.6")
    page.locator('[name="/rules/0/threshold"]').press("Enter")
    page.locator("#wrap-uncertain").click()
    page.locator("#down-uncertain").click()

    expect(page.locator("#rule-1")).to_contain_text("the rank of mean_nll is at least 0.6")
    expect(page.locator("#rule-1")).to_contain_text("the locale is en")
    context.close()


def send(people: Cast, live_server: LiveServer) -> None:
    """A program sends one prediction."""
    _key, text = api_key(people.project, people.mel)
    sent = record(nll=0.4, subject={"locale": "en-GB"}, prediction_id="new-1")
    sent |= {
        "occurred_at": "2026-11-20T09:30:00Z",
        "input": {"prompt": "How long?"},
        "model": {"request_model": "gpt-x", "version": "prod-17"},
    }
    answer = Client(headers={"Authorization": f"Bearer {text}"}).post(
        f"/api/v1/projects/{people.project.slug}/predictions", orjson.dumps(sent), "application/json"
    )
    assert answer.status_code == 201, answer.content
