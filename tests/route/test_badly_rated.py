"""The rule "badly rated": end users' feedback sends a prediction to people, whenever it comes."""

from typing import Any

import pytest
from pytest_django import DjangoAssertNumQueries

from accounts.actor import SYSTEM, Actor
from accounts.models import Project
from accounts.roles import Role
from queues import pipeline
from queues.errors import Invalid
from queues.ingest.feedback.record import check
from queues.ingest.record import check as check_prediction
from queues.models import Item, Prediction, Routing, SecondLook
from queues.route import policies
from queues.route.fact import Arrival
from queues.route.facts.feedback import ratings_of
from queues.route.policy_document import parse
from queues.web.sentences import reason_of, rules_of, sentence_of
from tests.factories.projects import ProjectFactory, member
from tests.factories.work import queue_in
from tests.ingest.events import event
from tests.ingest.records import record

CRITERIA: dict[str, Any] = {"thumbs_down": 1, "reports": ["*"], "edit_similarity": 0.5}


def document(**criteria: Any) -> dict[str, Any]:
    rule = {"kind": "badly_rated", "name": "unhappy", "queue": "unhappy", **criteria}
    return {"schema": "policy/1", "rules": [rule]}


@pytest.fixture
def project(db: None) -> Project:
    project = ProjectFactory.create()
    queue_in(project, slug="unhappy")
    by = Actor(member(project, Role.LEAD).pk)
    policy = policies.new_version(project.pk, document=document(**CRITERIA), by=by, reason="test")
    policies.activate(project.pk, policy.version, by=by, reason="test")
    return project


def arrives(project: Project, prediction_id: str = "p-1") -> int:
    sent = check_prediction(record(prediction_id))
    return pipeline.receive(project, [sent], by=SYSTEM)[0].id


def sends(project: Project, *events: dict[str, Any]) -> None:
    pipeline.receive_feedback(project, [check(one, user_key=b"k") for one in events], by=SYSTEM)


def test_a_complaint_after_the_decision_brings_the_prediction_to_people(project: Project) -> None:
    number = arrives(project)
    assert Prediction.objects.get(pk=number).state == "not_routed"

    sends(project, event())

    look = SecondLook.objects.get(prediction=number)
    assert Item.objects.get().prediction_id == number
    assert look.reasons[0]["met"] == {"thumbs_down": 1}
    assert reason_of(look.reasons[0]) == "End users were not content. Thumbs down: 1."


def test_a_complaint_that_waited_is_a_reason_at_arrival(project: Project) -> None:
    sends(project, event(name="report", value="hate"))

    number = arrives(project)

    (reason,) = Routing.objects.get(prediction=number).reasons
    assert Prediction.objects.get(pk=number).state == "routed"
    assert reason_of(reason) == "End users were not content. Reported as “hate”."


def test_praise_is_no_reason(project: Project) -> None:
    arrives(project)

    sends(project, event(value=1), event("b", name="stars", value=5))

    assert not Item.objects.exists()


def test_a_flood_of_events_opens_one_item(project: Project) -> None:
    arrives(project)

    for start in range(0, 2_000, 500):
        sends(
            project,
            *(
                event(f"f-{n}", name="report", value="spam", actor={"user_ref": f"u-{n}"})
                for n in range(start, start + 500)
            ),
        )

    assert Item.objects.count() == SecondLook.objects.count() == 1


def test_who_takes_it_back_is_no_longer_counted(project: Project) -> None:
    sends(project, event("down"), event("up", value=1, occurred_at="2026-03-01T10:02:00Z"))

    arrives(project)

    assert not Item.objects.exists()


def test_ratings_of_a_batch_are_read_with_one_statement(
    project: Project, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    numbers = [arrives(project, f"p-{n}") for n in range(5)]
    sends(project, *(event(f"f-{n}", prediction_id=f"p-{n}") for n in range(4)))
    arrivals = [Arrival(number, "", "", "", {}) for number in numbers]

    with django_assert_num_queries(1):
        found = ratings_of(project.pk, arrivals)

    assert [found[number].thumbs_down for number in numbers] == [1, 1, 1, 1, 0]


@pytest.mark.parametrize(
    "criteria",
    [
        {},
        {"reports": []},
        {"stars": 0},
        {"stars": 6},
        {"thumbs_down": 0},
        {"edit_similarity": 0},
        {"mood": 1},
    ],
)
def test_a_rule_that_asks_nothing_or_nonsense_is_refused(criteria: dict[str, Any]) -> None:
    with pytest.raises(Invalid):
        parse(document(**criteria))


def test_the_rule_is_a_sentence(project: Project) -> None:
    policy = policies.new_version(project.pk, document=document(**CRITERIA), by=SYSTEM, reason="test")

    assert [sentence_of(rule) for rule in rules_of(policy.document)] == [
        "Send when end users are not content: thumbs down from 1 or more, reports of any category"
        " or less than 0.5 alike after editing."
    ]
