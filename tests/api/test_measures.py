"""Worth, refits and rates for programs: the same figures as the pages, null where undefined."""

import pytest

from accounts.actor import SYSTEM
from queues import jobs
from queues.models import Job
from queues.monitor import actions as monitor
from tests.api.conftest import Program
from tests.factories.labels import Picked, picked
from tests.factories.projects import Cast
from tests.factories.work import queue_in


@pytest.fixture
def lead(people: Cast) -> Program:
    return Program(people, people.lee)


def labels(people: Cast, n: int) -> None:
    rows = [
        Picked(
            "reject" if place % 4 == 0 else "approve",
            1.0,
            ("random_audit",),
            {"mean_nll": float(place % 4 == 0) + place / n},
            days_ago=0.1,
        )
        for place in range(n)
    ]
    picked(queue_in(people.project, slug="answers"), rows)


def test_before_a_refit_there_are_no_figures(lead: Program) -> None:
    assert lead.get("measures").status_code == 404


def test_a_refit_is_asked_for_and_then_the_figures_are_there(people: Cast, lead: Program) -> None:
    labels(people, 80)

    asked = lead.post("measures:refit", {})
    jobs.run_job(asked.json()["job"])
    found = lead.get("measures").json()

    assert asked.status_code == 202
    assert (found["model_version"], found["model_versions"]) == ("prod-17", ["prod-17"])
    measure = found["measures"][0]
    assert (measure["measure"], measure["labels"], measure["errors"]) == ("mean_nll", 80, 20)
    assert measure["auroc"]["low"] <= measure["auroc"]["value"] <= measure["auroc"]["high"]


def test_figures_that_are_not_defined_are_null(people: Cast, lead: Program) -> None:
    labels(people, 20)
    jobs.run_job(monitor.ask_for_refit(people.project.pk, by=SYSTEM).pk)

    measure = lead.get("measures?model_version=prod-17").json()["measures"][0]

    assert (measure["says"], measure["auroc"], measure["prr"], measure["calibrated"]) == (
        "too_few", None, None, None,
    )  # fmt: skip


def test_asking_again_while_one_is_under_way_gives_the_same_job(lead: Program) -> None:
    assert lead.post("measures:refit", {}).json()["job"] == lead.post("measures:refit", {}).json()["job"]
    assert Job.objects.count() == 1


def test_rates_say_what_they_are_of_and_why_there_is_none(people: Cast, lead: Program) -> None:
    empty = lead.get("rates").json()["overall"]
    labels(people, 80)

    found = lead.get("rates?days=7&model_version=prod-17").json()

    assert (empty["rate"], empty["undefined"]) == (None, "too_few")
    assert found["overall"]["rate"] == found["overall"]["of_reviewed"] == 0.25
    assert (found["overall"]["undefined"], found["overall"]["heard"]) == (None, 1.0)
    assert found["responses"] == [
        {
            "queue": "answers", "rules": ["random_audit"], "picked": 80, "reviewed": 80,
            "response_share": 1.0, "bad": 20,
        }
    ]  # fmt: skip


@pytest.mark.parametrize("query", ["days=0", "days=366", "days=x", "weeks=2"])
def test_a_query_that_means_nothing_is_refused(lead: Program, query: str) -> None:
    assert lead.get(f"rates?{query}").status_code == 400
