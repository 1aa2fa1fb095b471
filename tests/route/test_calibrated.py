"""Routing by the calibrated probability of an error: the fact source and the rule together."""

import pytest

from accounts.actor import SYSTEM
from accounts.models import Project
from queues.models import Calibration, Item, Routing
from queues.route import policies
from queues.route.actions import route
from queues.score.actions import score
from tests.factories.arrivals import arrived, record
from tests.factories.projects import cast
from tests.factories.work import queue_in

pytestmark = pytest.mark.django_db


@pytest.fixture
def project() -> Project:
    project = cast().project
    queue_in(project, slug="answers")
    document = {
        "schema": "policy/1",
        "rules": [
            {"name": "likely-wrong", "kind": "uncertain", "queue": "answers", "measure": "mean_nll",
             "by": "probability", "threshold": 0.5},
        ],
    }  # fmt: skip
    policy = policies.new_version(project.pk, document=document, by=SYSTEM, reason="for the test")
    policies.activate(project.pk, policy.version, by=SYSTEM, reason="for the test")
    return project


def _in_force(project: Project, model_version: str) -> None:
    """P(error) = 1 / (1 + exp(2 - 2 score)): one half at a score of 1."""
    Calibration.objects.create(
        project=project,
        model_version=model_version,
        measure="mean_nll",
        method="platt",
        parameters={"intercept": -2.0, "slope": 2.0},
        n_labels=100,
        n_errors=40,
        brier_new=0.2,
        because="first",
        is_current=True,
    )


def _routed(project: Project, *nlls: float) -> list[bool]:
    ids = [arrived(project, record(nll=nll)) for nll in nlls]
    route(ids, scored=score(ids))
    return [Item.objects.filter(prediction=id_).exists() for id_ in ids]


def test_what_is_more_likely_wrong_than_right_is_sent_and_says_how_likely(project: Project) -> None:
    version = "prod-17"
    _in_force(project, version)

    assert _routed(project, 0.9, 1.1) == [False, True]
    [reason] = Routing.objects.get(prediction__items__isnull=False).reasons
    assert reason["probability"] == pytest.approx(0.549834)


def test_without_a_curve_for_its_model_version_nothing_is_sent(project: Project) -> None:
    _in_force(project, "another version")

    assert _routed(project, 0.9, 1.1) == [False, False]
