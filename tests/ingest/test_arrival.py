"""What follows from an arrival: everything in one go, or at least what was sent is stored."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.utils import timezone

from accounts.actor import Actor
from accounts.models import Event
from queues import pipeline
from queues.ingest import queries
from queues.ingest.record import check
from queues.models import Item, Prediction, Routing, Scores
from queues.route import actions as route
from queues.route import policies, windows
from tests.factories.projects import Cast, cast
from tests.factories.work import queue_in
from tests.ingest.records import record

pytestmark = pytest.mark.django_db

AUDIT = {"name": "audit", "kind": "random_audit", "queue": "answers", "rate": 1.0}


@pytest.fixture
def people() -> Cast:
    windows.shared.forget()
    people = cast()
    queue_in(people.project, slug="answers")
    by = Actor(people.lee.pk)
    document = {"schema": "policy/1", "rules": [AUDIT]}
    policy = policies.new_version(people.project.pk, document=document, by=by, reason="test")
    policies.activate(people.project.pk, policy.version, by=by, reason="test")
    return people


def receive(people: Cast, *ids: str) -> list[str]:
    records = [check(record(id_)) for id_ in ids]
    return [stored.status for stored in pipeline.receive(people.project, records, by=Actor(people.mel.pk))]


@pytest.mark.parametrize("how_many", [1, 10])
def test_what_arrives_is_scored_routed_and_in_a_queue_at_once(people: Cast, how_many: int) -> None:
    receive(people, *(f"p-{n}" for n in range(how_many)))

    assert list(Prediction.objects.values_list("state", flat=True)) == ["routed"] * how_many
    assert [model.objects.count() for model in (Scores, Routing, Item)] == [how_many] * 3


def test_the_log_says_that_it_was_received_before_what_follows(people: Cast) -> None:
    receive(people, "p-1")

    kinds = list(Event.objects.order_by("id").values_list("kind", flat=True))
    assert kinds[-3:] == ["predictions.received", "predictions.routed", "item.opened"]


def test_what_cannot_be_routed_is_stored_all_the_same_and_routed_later(
    people: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_arguments: Any) -> Any:
        raise RuntimeError("a rule of ours has a fault")

    with monkeypatch.context() as patched:
        patched.setattr(route, "route_new", broken)
        assert receive(people, "p-1", "p-2") == ["created", "created"]

    ids: Sequence[int] = list(Prediction.objects.values_list("pk", flat=True))
    assert set(Prediction.objects.values_list("state", flat=True)) == {"received"}
    assert (Scores.objects.count(), Item.objects.count()) == (0, 0)
    pipeline.after_arrival(ids)
    assert set(Prediction.objects.values_list("state", flat=True)) == {"routed"}
    assert Item.objects.count() == 2


def test_what_was_there_already_is_not_routed_again(people: Cast) -> None:
    receive(people, "p-1")

    assert receive(people, "p-1", "p-2") == ["duplicate", "created"]
    assert Item.objects.count() == 2


def test_more_than_two_thousand_arrivals_within_a_second_are_a_flood(people: Cast) -> None:
    assert not queries.is_flooded()

    arrive_at_once(people, "before", timezone.now() - timedelta(seconds=2))
    was_flooded = queries.is_flooded()
    arrive_at_once(people, "now", timezone.now())

    assert not was_flooded
    assert queries.is_flooded()


def arrive_at_once(people: Cast, name: str, at: datetime) -> None:
    """One more than may arrive without being a flood."""
    Prediction.objects.bulk_create(
        Prediction(
            project=people.project,
            prediction_id=f"{name}-{n}",
            content_hash=b"-",
            model_version="m",
            occurred_at=at,
            received_at=at,
        )
        for n in range(queries.FLOOD + 1)
    )
