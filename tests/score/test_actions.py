"""received → scored."""

import threading

import pytest
from django.db import connection

from accounts.models import Project
from queues.models import Flag, Prediction, Scores
from queues.score import queries
from queues.score.actions import score
from tests.factories.arrivals import arrived, record
from tests.factories.projects import cast

pytestmark = pytest.mark.django_db


@pytest.fixture
def project() -> Project:
    return cast().project


def test_scores_and_what_is_missing_are_stored_with_the_new_state(project: Project) -> None:
    id_ = arrived(project, record(nll=0.25))

    score([id_])

    stored = Scores.objects.get(prediction=id_)
    assert stored.values["mean_nll"] == 0.25
    assert stored.missing["vote_entropy"] == "no_samples"
    assert (stored.project_id, stored.model_version) == (project.pk, "prod-17")
    assert Prediction.objects.get(pk=id_).state == "scored"


def test_every_guardrail_row_becomes_a_flag_but_only_flagged_ones_go_on_to_routing(project: Project) -> None:
    rows = [
        {"component": "a", "category": "hate", "flagged": False, "score": 0.1, "threshold": 0.5},
        {"component": "b", "component_version": "2", "category": "S4", "flagged": True, "verdict": "deny"},
    ]
    id_ = arrived(project, record(guardrails=rows))

    [scored] = score([id_])

    flags = Flag.objects.filter(prediction=id_).order_by("id")
    assert [(flag.component, flag.flagged, flag.severity) for flag in flags] == [
        ("a", False, 1),
        ("b", True, 4),
    ]
    assert [finding.component for finding in scored.findings] == ["b"]


def test_scoring_twice_changes_nothing(project: Project) -> None:
    id_ = arrived(project, record(guardrails=[{"component": "a", "category": "hate", "flagged": True}]))

    first, second = score([id_]), score([id_, id_])

    assert (len(first), len(second)) == (1, 0)
    assert (Scores.objects.count(), Flag.objects.count()) == (1, 1)


@pytest.mark.django_db(transaction=True)
def test_two_workers_score_each_prediction_once() -> None:
    project = cast().project
    ids = [arrived(project) for _ in range(20)]
    scored: list[int] = []

    def work() -> None:
        try:
            scored.extend(prediction.id for prediction in score(ids))
        finally:
            connection.close()

    threads = [threading.Thread(target=work) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sorted(scored) == ids
    assert Scores.objects.count() == 20


def test_what_our_own_detectors_find_is_stored_with_its_place_and_goes_on_to_routing(
    project: Project,
) -> None:
    id_ = arrived(project, {"output": {"text": "Write to ann@hearthline.de, you idiot."}})

    [scored] = score([id_])

    flags = Flag.objects.filter(prediction=id_).order_by("id")
    assert [(flag.component, flag.category, flag.span) for flag in flags] == [
        ("reviewapp", "insult", [32, 37]),
        ("reviewapp", "email", [9, 26]),
    ]
    assert [(finding.category, finding.span) for finding in scored.findings] == [
        ("insult", (32, 37)),
        ("email", (9, 26)),
    ]
    assert queries.scored([id_])[0].findings == scored.findings
