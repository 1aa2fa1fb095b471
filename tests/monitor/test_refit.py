"""Calibration: fitted from labels, tested on the newest, kept only if not worse, and history afterwards."""

from collections.abc import Iterator

import numpy as np
import pytest
from django.db import IntegrityError, transaction
from django.db.models import Model
from hypothesis import given
from hypothesis import strategies as st

from accounts.actor import SYSTEM
from accounts.models import Event
from queues import jobs, sweeper
from queues.models import Because, Calibration, Job, Queue, Worth
from queues.monitor import actions as monitor
from queues.monitor.columns import Column
from queues.monitor.fitting import fit
from queues.score.calibrations import current
from tests.factories.labels import Picked, picked
from tests.factories.projects import ProjectFactory
from tests.factories.work import queue_in


@pytest.fixture
def queue(db: None) -> Queue:
    return queue_in(ProjectFactory.create())


def labels(n: int, *, seed: int = 1, turned: bool = False, version: str = "prod-17") -> Iterator[Picked]:
    """A score in 0..1 that is the chance of an error, or of none."""
    generator = np.random.default_rng(seed)
    for score in generator.random(n).tolist():
        chance = 1.0 - score if turned else score
        yield Picked(
            decision="reject" if generator.random() < chance else "approve",
            values={"mean_nll": score, "n_tokens": float(generator.integers(5, 50))},
            model_version=version,
        )


def refit(queue: Queue) -> Job:
    job = monitor.ask_for_refit(queue.project_id, by=SYSTEM)
    jobs.run_job(job.pk)
    job.refresh_from_db()
    return job


def in_force(queue: Queue, measure: str = "mean_nll") -> Calibration | None:
    return Calibration.objects.filter(project=queue.project_id, measure=measure, is_current=True).first()


def test_below_fifty_labels_nothing_is_fitted_and_the_worth_says_too_few(queue: Queue) -> None:
    picked(queue, labels(49))

    job = refit(queue)

    assert job.state == "done"
    assert not Calibration.objects.exists()
    worth = Worth.objects.get(measure="mean_nll")
    assert (worth.figures["says"], worth.figures["labels"], worth.figures["auroc"]) == ("too_few", 49, None)


@pytest.mark.parametrize(("n", "method"), [(60, "platt"), (600, "isotonic")])
def test_the_curve_follows_from_the_number_of_labels_and_rises(queue: Queue, n: int, method: str) -> None:
    picked(queue, labels(n))

    refit(queue)

    stored = in_force(queue)
    assert stored
    assert (stored.method, stored.n_labels, stored.because, stored.brier_old) == (
        method,
        n,
        Because.FIRST,
        None,
    )
    curve = current(queue.project_id, ["prod-17"])["prod-17", "mean_nll"]
    assert curve.probability(0.1) < curve.probability(0.9)


def test_a_fit_that_is_worse_on_the_newest_labels_is_stored_and_not_taken(queue: Queue) -> None:
    picked(queue, labels(150, seed=1))
    refit(queue)
    before = in_force(queue)
    picked(queue, labels(600, seed=2, turned=True))
    picked(queue, labels(190, seed=3))

    refit(queue)

    assert in_force(queue) == before
    dropped = Calibration.objects.filter(measure="mean_nll").latest("id")
    assert (dropped.because, dropped.is_current) == (Because.WORSE, False)
    assert dropped.brier_old
    assert dropped.brier_new > dropped.brier_old


def test_a_fit_that_is_not_worse_replaces_the_one_before(queue: Queue) -> None:
    picked(queue, labels(60, turned=True))
    refit(queue)
    picked(queue, labels(600, seed=5))

    refit(queue)

    stored = in_force(queue)
    assert stored
    assert (stored.because, stored.n_labels) == (Because.NOT_WORSE, 660)
    assert Calibration.objects.filter(measure="mean_nll").count() == 2


def test_the_same_labels_give_no_second_calibration(queue: Queue) -> None:
    picked(queue, labels(60))
    refit(queue)
    Job.objects.update(unique_key="earlier")

    refit(queue)

    assert Calibration.objects.filter(measure="mean_nll").count() == 1


def test_each_model_version_has_curves_of_its_own(queue: Queue) -> None:
    picked(queue, labels(80, version="a"))
    picked(queue, labels(80, version="b", turned=True))

    refit(queue)

    curves = current(queue.project_id, ["a", "b"])
    assert curves["a", "mean_nll"].probability(0.9) > 0.6
    assert curves["b", "mean_nll"].probability(0.9) == pytest.approx(curves["b", "mean_nll"].probability(0.1))


def test_scores_of_floored_tokens_are_left_out_of_calibration(queue: Queue) -> None:
    rows = [row._replace(values={**row.values, "n_tokens": 10.0, "n_floored": 1.0}) for row in labels(60)]
    picked(queue, rows)

    refit(queue)

    assert in_force(queue) is None
    assert in_force(queue, "n_tokens") is not None
    assert not Worth.objects.filter(measure__in=["mean_nll", "n_floored"]).exists()


def test_what_could_not_be_picked_is_no_label(queue: Queue) -> None:
    picked(queue, [row._replace(pi=0.0) for row in labels(60)])

    refit(queue)

    assert not Worth.objects.exists()


def test_a_calibration_in_force_is_one_and_its_figures_are_history(queue: Queue) -> None:
    picked(queue, labels(60))
    refit(queue)
    stored = in_force(queue)
    assert stored

    for refusal, change in (
        ("is history", lambda: Calibration.objects.filter(pk=stored.pk).update(brier_new=0.0)),
        ("is history", lambda: Calibration.objects.filter(pk=stored.pk).delete()),
        ("calibration_one_in_force", lambda: _again(stored)),
    ):
        with pytest.raises(IntegrityError, match=refusal), transaction.atomic():
            change()
    Calibration.objects.filter(pk=stored.pk).update(is_current=False)


WORSE = "calibration_worse_is_not_in_force"


@pytest.mark.parametrize(
    ("wrong", "constraint"),
    [
        ({"because": "worse", "brier_old": 0.1, "brier_new": 0.2, "is_current": True}, WORSE),
        ({"because": "worse", "brier_old": None}, WORSE),
        ({"because": "not_worse", "brier_old": None}, WORSE),
        ({"because": "not_worse", "brier_old": 0.1, "brier_new": 0.2}, WORSE),
        ({"because": "first", "brier_old": 0.2}, WORSE),
        ({"because": "luck"}, "calibration_because_known"),
        ({"method": "magic"}, "calibration_method_known"),
        ({"n_errors": 61}, "calibration_errors_are_labels"),
        ({"brier_new": 1.5}, "calibration_brier_is_a_share"),
    ],
)
def test_the_database_refuses_a_calibration_that_contradicts_itself(
    queue: Queue, wrong: dict[str, object], constraint: str
) -> None:
    row: dict[str, object] = {
        "measure": "mean_nll", "method": "platt", "parameters": {}, "n_labels": 60, "n_errors": 6,
        "brier_new": 0.1, "because": "first",
    }  # fmt: skip

    with pytest.raises(IntegrityError, match=constraint), transaction.atomic():
        Calibration.objects.create(project=queue.project, model_version="prod-17", **(row | wrong))


def _again(row: Model) -> None:
    row.pk = None
    row.save(force_insert=True)


def test_asking_twice_makes_one_job_and_one_event(queue: Queue) -> None:
    first = monitor.ask_for_refit(queue.project_id, by=SYSTEM)
    second = monitor.ask_for_refit(queue.project_id, by=SYSTEM)

    assert first == second
    assert Event.objects.filter(kind="calibration.asked").count() == 1


def test_the_sweeper_asks_when_fifty_labels_came_and_then_not_before_a_tenth_more(queue: Queue) -> None:
    picked(queue, labels(49))
    assert monitor.ask_for_owed_refits() == 0
    picked(queue, labels(951))

    sweeper.sweep()
    job = Job.objects.get(kind="refit_calibration")
    assert monitor.ask_for_owed_refits() == 0  # one is under way
    jobs.run_job(job.pk)
    picked(queue, labels(99))
    assert monitor.ask_for_owed_refits() == 0
    picked(queue, labels(1))

    assert monitor.ask_for_owed_refits() == 1


@given(st.integers(50, 80), st.booleans())
def test_labels_of_one_kind_give_no_curve(n: int, is_error: bool) -> None:
    column = Column("mean_nll", np.linspace(0, 1, n), np.full(n, is_error), np.ones(n), np.arange(n))

    assert fit(column, None) is None
