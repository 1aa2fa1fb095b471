"""Predictions find the golden item that they answer, and what came of it is written down."""

from typing import Any

import pytest
from pytest_django import DjangoAssertNumQueries

from accounts.actor import SYSTEM
from accounts.models import Project
from queues import pipeline
from queues.curate.golden import actions, queries
from queues.ingest.record import check
from queues.models import Deviation, Golden, Prediction
from queues.score.golden import Asked, matches
from tests.factories.golden import golden_record, verified
from tests.factories.projects import ProjectFactory
from tests.ingest.records import record

ASKED = "How long do refunds take?"


@pytest.fixture
def project(db: None) -> Project:
    return ProjectFactory.create()


def arrives(
    project: Project, prediction_id: str = "p-1", *, asked: str = ASKED, **changed: Any
) -> Deviation | None:
    sent = record(prediction_id, input={"prompt": asked}, **changed)
    (stored,) = pipeline.receive(project, [check(sent)], by=SYSTEM)
    return Deviation.objects.filter(prediction=stored.id).first()


@pytest.mark.parametrize(
    ("asked", "expected", "matched_by"),
    [
        (ASKED, {}, "exact"),
        ("how LONG do  refunds take?", {}, "normalised"),
        ("Something else?", {"golden_id": "g-1"}, "named"),
        (ASKED, {"golden_id": "unknown"}, "exact"),
    ],
)
def test_a_prediction_finds_what_it_answers(
    project: Project, asked: str, expected: dict[str, str], matched_by: str
) -> None:
    verified(project)

    found = arrives(project, asked=asked, output={"text": "Two weeks."}, expected=expected)

    assert found
    assert found.version
    assert (found.matched_by, found.deviates, found.version.version) == (matched_by, True, 1)
    assert 0 < found.distance <= 1


def test_what_is_as_expected_is_written_down_too(project: Project) -> None:
    verified(project)

    found = arrives(project, output={"text": "5 business  days"})

    assert found
    assert (found.deviates, found.distance, found.why) == (False, 0.0, "same")


def test_other_questions_leave_no_row(project: Project) -> None:
    verified(project)

    assert arrives(project, asked="When do you open?") is None


def test_the_named_item_goes_before_the_same_question(project: Project) -> None:
    verified(project, golden_record(), golden_record("g-2", input={"prompt": "Other?"}, target="x"))

    found = arrives(project, output={"text": "x"}, expected={"golden_id": "g-2"})

    assert found
    assert (found.deviates, found.matched_by) == (False, "named")


def test_the_current_version_counts_and_a_retired_item_does_not(project: Project) -> None:
    (stored,) = verified(project)
    verified(project, golden_record(target="Two weeks."), as_new_version=True)
    second = arrives(project, "p-1", output={"text": "Two weeks."})
    actions.retire(stored.id, project_id=project.pk, by=SYSTEM, reason="outdated")

    assert second
    assert second.version
    assert (second.deviates, second.version.version) == (False, 2)
    assert arrives(project, "p-2", output={"text": "Two weeks."}) is None
    assert arrives(project, "p-3", expected={"golden_id": "g-1"}) is None


def test_golden_items_of_another_project_are_not_seen(project: Project) -> None:
    verified(ProjectFactory.create())

    assert arrives(project, expected={"golden_id": "g-1"}) is None


@pytest.mark.parametrize(("text", "deviates"), [("Five Days", False), ("Six days", True)])
def test_a_value_that_the_sender_expected_needs_no_golden_item(
    project: Project, text: str, *, deviates: bool
) -> None:
    found = arrives(project, output={"text": text}, expected={"value": "five days"})

    assert found
    assert (found.matched_by, found.version, found.deviates) == ("sent", None, deviates)


def test_what_the_sweeper_scores_is_held_against_golden_items_as_well(project: Project) -> None:
    verified(project)
    found = arrives(project, output={"text": "5 business days"})
    assert found
    Prediction.objects.update(state="received")

    rows = matches(project.pk, [Asked(found.prediction_id, "", ASKED)])

    assert rows[found.prediction_id].golden_id == "g-1"


def test_a_batch_is_matched_with_one_statement(
    project: Project, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    verified(project, *(golden_record(f"g-{n}", input={"prompt": f"Q {n}"}) for n in range(20)))
    asked = [Asked(n, "", f"q  {n}") for n in range(200)]

    with django_assert_num_queries(1):
        found = matches(project.pk, asked)

    assert sorted(found) == list(range(20))


def test_an_item_knows_what_was_held_against_it(project: Project) -> None:
    verified(project)
    arrives(project, "p-1", output={"text": "5 business days"})
    verified(project, golden_record(target="Two weeks."), as_new_version=True)
    arrives(project, "p-2", output={"text": "5 business days"})

    found = queries.matched(Golden.objects.get())

    assert [(row.prediction.prediction_id, row.deviates) for row in found.shown] == [
        ("p-2", True),
        ("p-1", False),
    ]
    assert (found.counted, found.deviating) == (2, 1)


def test_against_a_stored_pattern_that_is_refused_by_now_nothing_is_held(project: Project) -> None:
    verified(project, golden_record(rule={"kind": "regex", "pattern": "days"}, target=None))
    replace_rule(project, {"kind": "regex", "pattern": r"\C"})

    assert arrives(project) is None


def replace_rule(project: Project, rule: dict[str, Any]) -> None:
    """A version as it may have been stored before its rule was checked."""
    old = Golden.objects.get(project=project).versions.get()
    old.__class__.objects.filter(pk=old.pk).update(is_current=False)
    old.pk, old.version, old.rule, old.is_current = None, 2, rule, True
    old.save(force_insert=True)
