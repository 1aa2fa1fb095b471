"""Webhooks through the API and on the pages: secrets are shown once, bad input is named, deliveries seen."""

from typing import Any

import pytest
from django.db import transaction
from django.test import Client

from accounts.models import Event, StoredAnswer
from queues.export.webhooks import outbox
from queues.models import Delivery, Webhook, WebhookEvent, WebhookSecret
from tests.api.conftest import Program
from tests.factories.projects import Cast

pytestmark = pytest.mark.django_db
URL = "http://127.0.0.1:1/told"


@pytest.fixture(autouse=True)
def named(settings: Any) -> None:
    """The operator allows this origin, at which nobody is."""
    settings.WEBHOOK_INTERNAL = ["http://127.0.0.1:1"]


@pytest.fixture
def mel(people: Cast) -> Program:
    return Program(people, people.mel)


def owe(people: Cast, number: int = 1) -> None:
    with transaction.atomic():
        outbox.announce(people.project, WebhookEvent.RECALL_MADE, subject="recalls", facts={"recall": number})


def test_a_program_adds_changes_and_disables_a_webhook(people: Cast, mel: Program) -> None:
    made = mel.post("webhooks", {"url": URL, "events": ["recall.made"]}, Idempotency_Key="k-1")
    number = made.json()["id"]
    address = f"{mel.base}webhooks/{number}"
    changed = mel.client.patch(
        address, {"events": ["release.published"], "is_enabled": False}, "application/json"
    )

    assert made.status_code == 201
    assert made.headers["Location"] == f"{mel.base}webhooks/{number}"
    assert (changed.json()["events"], changed.json()["is_enabled"], changed.json()["disabled_why"]) == (
        ["release.published"],
        False,
        "by_hand",
    )
    assert mel.client.patch(address, {"is_enabled": True}, "application/json").json()["is_enabled"]
    kinds = Event.objects.filter(subject_kind="webhook").order_by("pk").values_list("kind", flat=True)
    assert list(kinds) == ["webhook.added", "webhook.changed", "webhook.disabled", "webhook.enabled"]
    assert "told" not in str(list(Event.objects.values()))  # a path may be a secret of the receiver


def test_a_secret_is_in_one_answer_and_is_kept_for_no_repeat(people: Cast, mel: Program) -> None:
    made = mel.post("webhooks", {"url": URL, "events": ["recall.made"]}, Idempotency_Key="k-1").json()
    rotated = mel.post(f"webhooks/{made['id']}:rotate", {"at_once": True}, Idempotency_Key="k-2").json()

    assert made["secret"].startswith("whsec_")
    assert rotated["secret"] != made["secret"]
    assert WebhookSecret.objects.get().text == rotated["secret"]
    assert not StoredAnswer.objects.exists()
    assert "secret" not in mel.get(f"webhooks/{made['id']}").json()
    assert "secret" not in mel.get("webhooks").json()["items"][0]


@pytest.mark.parametrize(
    ("body", "pointers"),
    [
        ({"url": "https://127.0.0.1/", "events": ["recall.made"]}, ["/url"]),
        ({"url": URL, "events": []}, ["/events"]),
        ({"url": URL, "events": ["review.completed"]}, ["/events/0"]),
        ({"url": "x", "events": ["recall.made", "x"]}, ["/url", "/events/1"]),
        ({"url": 7, "events": "recall.made"}, ["/url", "/events"]),
        ({"url": URL, "events": ["recall.made"], "secret": "whsec_x"}, ["/secret"]),
    ],
)
def test_what_is_wrong_is_named_and_nothing_is_added(
    mel: Program, body: dict[str, Any], pointers: list[str]
) -> None:
    answer = mel.post("webhooks", body)

    assert (answer.status_code, [fault["pointer"] for fault in answer.json()["errors"]]) == (422, pointers)
    assert not Webhook.objects.exists()


def test_an_address_is_told_once(mel: Program) -> None:
    mel.post("webhooks", {"url": URL, "events": ["recall.made"]})
    again = mel.post("webhooks", {"url": URL, "events": ["recall.made"]})

    assert (again.status_code, again.json()["errors"][0]["code"]) == (422, "url.taken")


def test_another_project_finds_neither_the_webhook_nor_its_deliveries(people: Cast, mel: Program) -> None:
    made = mel.post("webhooks", {"url": URL, "events": ["recall.made"]}).json()
    owe(people)
    theirs = Client()
    theirs.force_login(people.sam)
    base = f"/api/v1/projects/{people.other.slug}/webhooks/{made['id']}"

    for path in ("", "/deliveries"):
        assert theirs.get(base + path).status_code == 404
    assert theirs.post(f"{base}/deliveries/{Delivery.objects.get().pk}:replay").status_code == 404
    assert theirs.patch(base, {"is_enabled": False}, "application/json").status_code == 404


def test_deliveries_come_newest_first_and_are_sent_again(people: Cast, mel: Program) -> None:
    made = mel.post("webhooks", {"url": URL, "events": ["recall.made"]}).json()
    owe(people, 1)
    owe(people, 2)
    newest = Delivery.objects.latest("pk")
    address = f"webhooks/{made['id']}/deliveries"

    first = mel.get(f"{address}?limit=1").json()
    refused = mel.post(f"{address}/{newest.pk}:replay", {})
    Delivery.objects.update(state="failed", attempts=10, status=500, finished_at=newest.created_at)
    again = mel.post(f"{address}/{newest.pk}:replay", {})
    unknown = mel.post(f"{address}/999999999:replay", {})

    assert [one["message_id"] for one in first["items"]] == [newest.message_id]
    assert len(mel.get(f"{address}?cursor={first['next_cursor']}").json()["items"]) == 1
    assert (refused.status_code, again.status_code, unknown.status_code) == (409, 202, 404)
    assert (again.json()["state"], again.json()["attempts"]) == ("waiting", 0)


def test_the_pages_show_the_secret_once_and_what_became_of_each_delivery(people: Cast) -> None:
    client = Client()
    client.force_login(people.lee)
    base = f"/projects/{people.project.slug}/webhooks/"
    empty = client.get(base).content.decode()
    wrong = client.post(base, {"url": "https://10.0.0.1/<i>", "events": ["recall.made"]})
    made = client.post(base, {"url": URL, "events": ["recall.made", "release.published"]})
    webhook = Webhook.objects.get()
    secret = WebhookSecret.objects.get().text
    owe(people)
    Delivery.objects.update(attempts=3, status=410)
    client.post(f"{base}{webhook.pk}/disable")
    Webhook.objects.update(disabled_why="gone")
    shown = client.get(f"{base}{webhook.pk}/").content.decode()
    rotated = client.post(f"{base}{webhook.pk}/rotate", {"at_once": "on"}).content.decode()

    assert "Nobody is told yet" in empty
    assert (wrong.status_code, "not public" in wrong.content.decode()) == (422, True)
    assert "<i>" not in wrong.content.decode()
    assert (made.status_code, secret in made.content.decode()) == (201, True)
    assert secret not in shown
    assert "Its program answered 410" in shown
    assert "<code>410</code>" in shown
    assert WebhookSecret.objects.get().text in rotated
    assert URL in client.get(base).content.decode()


def test_an_annotator_sees_no_webhook(people: Cast) -> None:
    client = Client()
    client.force_login(people.ann)

    assert client.get(f"/projects/{people.project.slug}/webhooks/").status_code == 403
