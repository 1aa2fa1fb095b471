"""Two models' answers to the same input become one item, in an order that is drawn and stored."""

from typing import Any

import pytest
from django.db import IntegrityError, transaction

from accounts.models import Project
from queues.models import Item, Routing
from queues.route.condition import Case
from queues.route.rules.pair import SIDE
from tests.factories.projects import cast
from tests.factories.rules import in_force, rule
from tests.factories.sent import receive, sent
from tests.factories.work import queue_in

pytestmark = pytest.mark.django_db
PAIR = rule("pair", "versus", champion="prod-17", challenger="prod-18")


@pytest.fixture
def project() -> Project:
    project = cast().project
    queue_in(project, slug="answers")
    return project


def _pairs() -> list[tuple[int, int | None]]:
    return list(Item.objects.order_by("pk").values_list("prediction_id", "other_id"))


@pytest.mark.parametrize("versions", [("prod-17", "prod-18"), ("prod-18", "prod-17")])
def test_the_second_of_one_batch_makes_the_pair(project: Project, versions: tuple[str, str]) -> None:
    in_force(project, PAIR)

    first, second = receive(project, *(sent(version=version) for version in versions))

    assert _pairs() == [(second, first)]


def test_the_second_of_a_later_batch_makes_the_pair(project: Project) -> None:
    in_force(project, PAIR)
    [first] = receive(project, sent())
    receive(project, sent(question="Why?"))

    [second] = receive(project, sent("Six.", version="prod-18"))

    assert _pairs() == [(second, first)]


def test_another_environment_makes_no_pair(project: Project) -> None:
    in_force(project, PAIR)

    receive(project, sent(), sent(version="prod-18", environment="staging"))

    assert _pairs() == []


def test_the_newest_answer_of_the_other_version_is_compared(project: Project) -> None:
    in_force(project, PAIR)

    _old, new, challenger = receive(project, sent(), sent("Six."), sent("Seven.", version="prod-18"))

    assert _pairs() == [(challenger, new)]


def test_a_pair_within_another_condition_is_a_pair(project: Project) -> None:
    german = {"kind": "attribute", "attribute": "locale", "values": ["de"]}
    nested = {"kind": "any_of", "of": [{"kind": "none_of", "of": [german]}, german]}
    pair: dict[str, Any] = {"kind": "pair", "champion": "prod-17", "challenger": "prod-18"}
    in_force(project, rule("all_of", of=[nested, {"kind": "all_of", "of": [pair]}]))

    first, second = receive(project, sent(), sent(version="prod-18"))

    assert _pairs() == [(second, first)]
    assert Item.objects.get().other_first is not None


def test_the_order_that_was_drawn_is_stored_with_item_and_reason(project: Project) -> None:
    made = in_force(project, PAIR)
    records = [
        sent(question=f"Question {n}?", version=version)
        for n in range(200)
        for version in ("prod-17", "prod-18")
    ]

    receive(project, *records)

    items = list(Item.objects.select_related("prediction"))
    reasons = {routing.prediction_id: routing.reasons for routing in Routing.objects.exclude(reasons=[])}
    for item in items:
        drawn = Case(item.prediction.prediction_id, {}, {}, (), made.salt).draw(SIDE)
        assert item.other_first is (drawn >= 0.5)
        [reason] = reasons[item.prediction_id]
        assert (reason["other"], reason["first"]) == (item.other_id, "other" if item.other_first else "this")
    others_first = sum(bool(item.other_first) for item in items)
    assert len(items) == 200
    assert abs(others_first - 100) < 5 * (200 * 0.25) ** 0.5


def test_a_pair_has_an_order_and_what_is_no_pair_has_none(project: Project) -> None:
    in_force(project, PAIR)
    receive(project, sent(), sent(version="prod-18"))

    for wrong in ({"other_first": None}, {"other": None}):
        with pytest.raises(IntegrityError, match="item_pair_has_an_order"), transaction.atomic():
            Item.objects.update(**wrong)
