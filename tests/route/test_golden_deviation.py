"""The rule "golden_deviation": what is far from a verified answer goes to people."""

from typing import Any

import pytest

from accounts.actor import SYSTEM, Actor
from accounts.models import Project
from accounts.roles import Role
from queues import pipeline
from queues.errors import Invalid
from queues.ingest.record import check
from queues.models import Item, Prediction, Routing
from queues.route import policies
from queues.route.fact import Arrival
from queues.route.facts.golden import golden_of
from queues.route.policy_document import parse
from queues.web.sentences import reason_of, rules_of, sentence_of
from tests.factories.golden import golden_record, verified
from tests.factories.projects import ProjectFactory, member
from tests.factories.work import queue_in
from tests.ingest.records import record

ASKED = {"prompt": "How long do refunds take?"}


def document(**options: Any) -> dict[str, Any]:
    rule = {"kind": "golden_deviation", "name": "wrong", "queue": "wrong", **options}
    return {"schema": "policy/1", "rules": [rule]}


@pytest.fixture
def project(db: None) -> Project:
    project = ProjectFactory.create()
    queue_in(project, slug="wrong")
    verified(project, golden_record(tags=["refunds"]))
    return project


def routed(
    project: Project, text: str, *, prediction_id: str = "p-1", **options: Any
) -> list[dict[str, Any]]:
    by = Actor(member(project, Role.LEAD).pk)
    policy = policies.new_version(project.pk, document=document(**options), by=by, reason="test")
    policies.activate(project.pk, policy.version, by=by, reason="test")
    sent = check(record("p-1", input=ASKED, output={"text": text}))
    (stored,) = pipeline.receive(project, [sent], by=SYSTEM)
    reasons: list[dict[str, Any]] = Routing.objects.get(prediction=stored.id).reasons
    return reasons


def test_what_deviates_goes_to_people_and_says_from_what(project: Project) -> None:
    (reason,) = routed(project, "Two weeks.")

    assert Item.objects.get().queue.slug == "wrong"
    assert (reason["golden_id"], reason["golden_version"], reason["matched_by"]) == ("g-1", 1, "exact")
    assert reason_of(reason).startswith("It deviates from the golden item “g-1”, version 1, by 0.")
    assert "five business days" not in str(reason)


def test_what_is_as_expected_does_not(project: Project) -> None:
    assert routed(project, "5 BUSINESS days") == []
    assert Prediction.objects.get().state == "not_routed"


@pytest.mark.parametrize(
    ("options", "picks"),
    [
        ({"min_distance": 0.2}, True),
        ({"min_distance": 0.99}, False),
        ({"matched_by": ["exact"]}, True),
        ({"matched_by": ["named", "sent"]}, False),
        ({"tags": ["refunds", "x"]}, True),
        ({"tags": ["x"]}, False),
    ],
)
def test_the_rule_can_ask_for_more(project: Project, options: dict[str, Any], *, picks: bool) -> None:
    assert bool(routed(project, "Two weeks.", **options)) is picks


def test_a_dry_run_sees_items_that_are_new(project: Project) -> None:
    arrival = Arrival(7, "p", "v", "production", record(input={"prompt": "New?"}))
    assert golden_of(project.pk, [arrival]) == {7: None}

    verified(project, golden_record("g-2", input={"prompt": "New?"}))

    assert golden_of(project.pk, [arrival])[7]


@pytest.mark.parametrize("options", [{"min_distance": 1.1}, {"matched_by": ["luck"]}, {"mood": 1}])
def test_nonsense_is_refused(options: dict[str, Any]) -> None:
    with pytest.raises(Invalid):
        parse(document(**options))


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({}, "Send when the output deviates from a verified answer."),
        ({"min_distance": 0.3}, "Send when the output deviates from a verified answer by 0.3 or more."),
        (
            {"tags": ["a", "b"]},
            "Send when the output deviates by 0 or more from a golden item tagged a or b.",
        ),
    ],
)
def test_the_rule_is_a_sentence(project: Project, options: dict[str, Any], said: str) -> None:
    policy = policies.new_version(project.pk, document=document(**options), by=SYSTEM, reason="test")

    assert [sentence_of(rule) for rule in rules_of(policy.document)] == [said]
