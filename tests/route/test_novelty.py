"""The rule "novelty": what is unlike everything reviewed so far is sent when its vector is there."""

from collections.abc import Iterator

import pytest
from django.test import override_settings

from accounts.actor import SYSTEM
from accounts.models import Project
from queues import pipeline, sweeper
from queues.ingest.record import check
from queues.models import Item, Prediction, Queue, SecondLook
from queues.route import policies
from queues.score import vectors
from tests.factories.projects import Cast, cast
from tests.factories.reviews import reviewed
from tests.factories.work import queue_in
from tests.ingest.records import record

pytestmark = pytest.mark.django_db

RULE = {"name": "new", "kind": "novelty", "queue": "answers", "threshold": 0.6}
SEEN = "How long does a refund take to reach my card?"
ALIKE = "How long does a refund take to reach my bank card?"
UNLIKE = "Which screws fit the oak shelf?"


@pytest.fixture
def people(db: None) -> Iterator[Cast]:
    if not vectors.are_kept():
        pytest.skip("this PostgreSQL has no pgvector; the embedded one has")
    with override_settings(ENCODER="hashing"):
        yield cast()


@pytest.fixture
def queue(people: Cast) -> Queue:
    return queue_in(people.project, slug="answers")


def _in_force(project: Project, *rules: dict[str, object]) -> None:
    document = {"schema": "policy/1", "rules": list(rules)}
    policy = policies.new_version(project.pk, document=document, by=SYSTEM, reason="for the test")
    policies.activate(project.pk, policy.version, by=SYSTEM, reason="for the test")


def _receive(project: Project, id_: str, question: str) -> int:
    sent = record(prediction_id=id_, input={"prompt": question}, output={"text": "It depends."})
    [stored] = pipeline.receive(project, [check(sent)], by=SYSTEM)
    return stored.id


def _enrich() -> None:
    sweeper.enrich("embed")


def test_what_is_unlike_all_that_was_reviewed_is_sent_once_its_vector_is_there(
    people: Cast, queue: Queue
) -> None:
    _in_force(people.project, {"name": "all", "kind": "random_audit", "queue": "answers", "rate": 1.0})
    _receive(people.project, "seen", SEEN)
    _enrich()
    reviewed(queue, people.ann)
    _in_force(people.project, RULE)
    alike, unlike = (_receive(people.project, q, q) for q in (ALIKE, UNLIKE))
    assert not Item.objects.filter(prediction__in=[alike, unlike]).exists()

    _enrich()

    assert Item.objects.get(prediction__in=[alike, unlike]).prediction_id == unlike
    [look] = SecondLook.objects.filter(prediction=unlike)
    assert "fact:novelty" in look.changed
    assert look.pi == 1.0
    assert look.reasons[0]["rule"] == "new"
    assert look.reasons[0]["score"] >= 0.6
    assert Prediction.objects.get(pk=unlike).state == "routed"


@override_settings(ENCODER="")
def test_without_an_encoder_nothing_is_picked(people: Cast, queue: Queue) -> None:
    _in_force(people.project, RULE)

    id_ = _receive(people.project, "first", UNLIKE)

    assert Prediction.objects.get(pk=id_).state == "not_routed"
