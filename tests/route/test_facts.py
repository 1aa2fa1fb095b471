"""What rules may ask beyond scores and flags: attributes, the pace of traffic, who else has answered."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.db import DatabaseError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.models import Project
from queues.ingest.input_key import input_key
from queues.models import Prediction
from queues.route import fact
from queues.route.fact import Arrival
from queues.route.facts import pair, traffic
from queues.route.facts.attributes import attributes_of
from tests.factories.projects import cast
from tests.factories.rules import in_force, rule
from tests.factories.sent import receive, sent
from tests.factories.work import queue_in

NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)


@pytest.fixture
def project() -> Project:
    traffic.forget()
    project = cast().project
    queue_in(project, slug="answers")
    return project


def _arrival(
    id_: int = 1, version: str = "prod-17", environment: str = "production", **fields: Any
) -> Arrival:
    return Arrival(id_, f"p-{id_}", version, environment, sent(**fields))


def _arrived(project: Project, number: int, *, hours: float) -> Prediction:
    """A prediction that came so many hours ago."""
    return Prediction(
        project=project,
        prediction_id=f"old-{number}",
        content_hash=b"\0" * 32,
        model_version="prod-17",
        occurred_at=timezone.now(),
        received_at=timezone.now() - timedelta(hours=hours),
    )


# ---- attributes


def _attributes(**fields: Any) -> dict[str, tuple[str, ...]]:
    return dict(attributes_of(1, [_arrival(**fields)])[1])


@pytest.mark.parametrize(
    ("fields", "name", "values"),
    [
        ({"subject": {"locale": "de-CH"}}, "locale", ("de-CH",)),
        ({"subject": {"segment": "gold"}}, "segment", ("gold",)),
        (
            {"subject": {"cohort": {"age": "under-18", "is_new": True, "visits": 3}}},
            "cohort.is_new",
            ("true",),
        ),
        ({"subject": {"cohort": {"visits": 0, "is_new": False}}}, "cohort.visits", ("0",)),
        ({"subject": {"cohort": {"visits": 0, "is_new": False}}}, "cohort.is_new", ("false",)),
        ({"prompt": {"name": "support", "version": "4"}}, "prompt", ("support",)),
        ({"prompt": {"name": "support", "version": "4"}}, "prompt_version", ("4",)),
        ({"operation": "chat"}, "operation", ("chat",)),
        ({"rights": {"origin": "production"}}, "origin", ("production",)),
        ({"tags": ["refund", "urgent"]}, "tag", ("refund", "urgent")),
        ({}, "environment", ("production",)),
        ({}, "model_version", ("prod-17",)),
    ],
)
def test_a_record_says_of_itself(fields: dict[str, Any], name: str, values: tuple[str, ...]) -> None:
    assert _attributes(**fields)[name] == values


@pytest.mark.parametrize(
    "fields", [{}, {"subject": None, "tags": []}, {"subject": {"locale": "", "cohort": None}}, {"prompt": {}}]
)
def test_what_a_record_does_not_have_is_absent(fields: dict[str, Any]) -> None:
    assert set(_attributes(**fields)) == {"environment", "model_version"}


@pytest.mark.django_db
def test_attributes_are_read_from_the_stored_record_too(project: Project) -> None:
    in_force(project, rule("attribute", attribute="cohort.plan", values=["free"]))

    free, paid = receive(
        project,
        sent(subject={"cohort": {"plan": "free"}}),
        sent(subject={"cohort": {"plan": "paid"}}),
    )

    states = dict(Prediction.objects.values_list("pk", "state"))
    assert (states[free], states[paid]) == ("routed", "not_routed")


# ---- traffic


@pytest.mark.parametrize(
    ("seen", "since", "pace"),
    [
        (5_000, NOW - timedelta(hours=12), 10_000),
        (50, NOW - timedelta(days=2), 25),
        (49, NOW - timedelta(days=1), None),
        (5_000, NOW, None),
        (5_000, NOW + timedelta(seconds=1), None),
        (0, None, None),
    ],
)
def test_the_pace_is_how_many_came_in_the_time_of_the_newest(
    seen: int, since: datetime | None, pace: float | None
) -> None:
    assert traffic.per_day(seen, since, NOW) == pace


@pytest.mark.django_db
def test_the_pace_of_a_project_is_its_own_and_read_once_a_minute(project: Project) -> None:
    for owner, hours in ((project, 6), (cast().project, 1)):
        Prediction.objects.bulk_create(_arrived(owner, n, hours=hours) for n in range(60))

    pace = traffic.traffic_of(project.pk, [_arrival(1), _arrival(2)])

    assert pace == {1: pytest.approx(240, rel=0.01), 2: pytest.approx(240, rel=0.01)}
    with CaptureQueriesContext(connection) as statements:
        assert traffic.traffic_of(project.pk, [_arrival(3)])[3] == pace[1]
    assert len(statements) == 0


@pytest.mark.django_db
def test_a_project_of_few_predictions_has_no_pace(project: Project) -> None:
    receive(project, sent())

    assert traffic.traffic_of(project.pk, [_arrival()]) == {1: None}


# ---- who else answered


def test_equal_inputs_have_one_key_whatever_the_order_of_their_keys() -> None:
    one = {"input": {"prompt": "How long?", "system_instructions": [{"type": "text", "content": "Be kind."}]}}
    turned = {"input": dict(reversed(one["input"].items()))}

    assert input_key(one) == input_key(turned)
    assert input_key(one) != input_key({"input": {"prompt": "How long?"}})
    assert -(2**63) <= input_key(one) < 2**63


@pytest.mark.django_db
def test_the_newest_of_each_version_before_it_is_found(project: Project) -> None:
    old, new, challenger, _another = receive(
        project, sent(), sent("Six."), sent(version="prod-18"), sent(question="Why?", version="prod-19")
    )

    found = pair.others_of(project.pk, [_arrival(challenger + 10, "prod-20")])

    assert found == {challenger + 10: {"prod-17": new, "prod-18": challenger}}
    assert pair.others_of(project.pk, [_arrival(new)]) == {new: {"prod-17": old}}


@pytest.mark.django_db
def test_another_environment_another_input_and_another_project_are_not_the_same(project: Project) -> None:
    receive(project, sent(environment="staging"), sent(question="Why?"))
    receive(cast().project, sent())

    assert pair.others_of(project.pk, [_arrival(10**9)]) == {10**9: {}}


@pytest.mark.django_db
def test_those_of_one_batch_find_the_earlier_ones(project: Project) -> None:
    arrivals = [_arrival(10**9 + n, version) for n, version in enumerate(("prod-17", "prod-18", "prod-17"))]

    found = pair.others_of(project.pk, list(reversed(arrivals)))

    assert found == {
        10**9: {},
        10**9 + 1: {"prod-17": 10**9},
        10**9 + 2: {"prod-17": 10**9, "prod-18": 10**9 + 1},
    }


@pytest.mark.django_db
def test_facts_are_read_for_a_whole_batch_with_as_many_statements_as_for_one(project: Project) -> None:
    counts = []
    for n in (1, 40):
        traffic.forget()
        with CaptureQueriesContext(connection) as statements:
            fact.read(
                ["attributes", "pair", "traffic"], project.pk, [_arrival(id_) for id_ in range(1, n + 1)]
            )
        counts.append(len(statements))

    assert counts == [2, 2]


@pytest.mark.django_db
def test_the_key_of_an_input_is_never_changed(project: Project) -> None:
    receive(project, sent())

    with pytest.raises(DatabaseError, match="is history"), transaction.atomic():
        Prediction.objects.update(input_key=1)
