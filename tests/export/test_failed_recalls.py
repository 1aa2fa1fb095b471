"""A recall that fails for good is told to whoever subscribed, once, and can be tried again."""

from pathlib import Path
from typing import Any

import pytest
from django.core.files.storage import FileSystemStorage
from django.db import IntegrityError, transaction
from django.test import Client

from accounts.actor import Actor
from accounts.models import Event
from queues import jobs, sweeper
from queues.errors import WrongState
from queues.export.files import store
from queues.export.recalls import asking, failing
from queues.export.webhooks import actions
from queues.models import Delivery, Job, Queue, Recall, RecallRequest, Webhook
from tests.export.building import released
from tests.factories.people import api_key
from tests.factories.projects import Cast, cast
from tests.factories.verdicts import settled
from tests.factories.work import queue_in

pytestmark = pytest.mark.django_db(transaction=True)


class Stuck(FileSystemStorage):
    """A disk that lets nothing be removed."""

    def delete(self, name: str) -> None:
        raise OSError("read-only file system")


@pytest.fixture
def people() -> Cast:
    return cast()


@pytest.fixture
def queue(people: Cast) -> Queue:
    return queue_in(people.project, slug="refunds")


@pytest.fixture
def webhook(people: Cast, settings: Any) -> Webhook:
    settings.WEBHOOK_INTERNAL = ["http://127.0.0.1:1"]
    by = Actor(people.mel.pk)
    return actions.add(people.project, url="http://127.0.0.1:1/", wants=["recall.failed"], by=by)[0]


@pytest.fixture
def failed(
    people: Cast, queue: Queue, webhook: Webhook, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> RecallRequest:
    """An erasure of one of two rows that a release has: its file cannot be removed, in three attempts."""
    rows = [settled(queue, corrected_text=f"answer {n}") for n in range(2)]
    released(people)
    request, job = asking.ask(
        people.project,
        by_what="predictions",
        named=[rows[0].item.prediction.prediction_id],
        reason="consent_withdrawn",
        why="They took it back.",
        erases=True,
        publishes=False,
        by=Actor(people.mel.pk),
    )
    with monkeypatch.context() as full:
        full.setattr(store, "default_storage", Stuck(folder))
        for _attempt in range(3):
            jobs.run_job(job.pk)
    sweeper.sweep()
    request.refresh_from_db()
    return request


def test_it_is_told_once_with_what_was_withdrawn_up_to_then(
    people: Cast, failed: RecallRequest, webhook: Webhook
) -> None:
    sweeper.sweep()

    told = Delivery.objects.get(webhook=webhook)
    assert (told.event, told.subject) == ("recall.failed", "recalls")
    for word in ('"predictions":1', '"release":"trl-dpo@1.0.0"', '"rows":1', f'"recall":{failed.pk}'):
        assert word in told.body
    assert Event.objects.filter(kind="recall.failed", subject_id=failed.pk).count() == 1
    assert Recall.objects.filter(request=failed).count() == 1


def test_a_lead_sees_it_on_the_overview_until_it_was_tried_again_and_done(
    people: Cast, failed: RecallRequest
) -> None:
    lead, engineer = Client(), Client()
    lead.force_login(people.lee)
    engineer.force_login(people.mel)
    home = f"/projects/{people.project.slug}/"
    recalls = f"{home}recalls/"

    assert f'href="{recalls}"' in lead.get(home).content.decode().split("failed in every attempt")[1][:400]
    assert "read-only file system" in lead.get(recalls).content.decode()
    assert lead.post(f"{recalls}{failed.pk}/again").status_code == 403
    assert engineer.post(f"{recalls}{failed.pk}/again").status_code == 302
    assert "failed in every attempt" not in lead.get(home).content.decode()
    jobs.run_job(Job.objects.get(kind="recall").pk)
    failed.refresh_from_db()
    assert (failed.found, failed.failed_at) == (1, None)
    assert Event.objects.filter(kind="recall.tried_again", subject_id=failed.pk).count() == 1


def test_what_has_not_failed_is_not_tried_again(people: Cast, failed: RecallRequest) -> None:
    _key, text = api_key(people.project, people.mel)
    client = Client(headers={"Authorization": f"Bearer {text}"})
    address = f"/api/v1/projects/{people.project.slug}/recalls"

    assert client.post(f"{address}/{failed.pk}:again").json()["state"] == "queued"
    assert client.post(f"{address}/{failed.pk}:again").status_code == 409
    assert client.post(f"{address}/{failed.pk + 1}:again").status_code == 404
    with pytest.raises(WrongState):
        failing.try_again(failed, by=Actor(people.mel.pk))


def test_one_that_failed_is_not_done(failed: RecallRequest) -> None:
    done = RecallRequest.objects.filter(pk=failed.pk)

    with pytest.raises(IntegrityError, match="recall_request_failed_or_done"), transaction.atomic():
        done.update(named=[], found=1, finished_at=failed.failed_at)
