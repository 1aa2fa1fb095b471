"""Dawid and Skene's estimate against the paper, and against what we planted ourselves."""

import csv
import os
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from queues.agree.metrics.dawid_skene import Rating, dawid_skene
from tests.flows.outside_data import FOLDER

PATIENTS = Path(os.environ.get("REVIEW_DATA_DIR") or FOLDER) / "canonical" / "dawid_skene_1979.csv"


def planted(n: int, accuracy: tuple[float, ...], *, share: float = 0.4) -> tuple[list[Rating], list[str]]:
    """n units that are "bad" with this share, judged by people who are right this often."""
    generator = np.random.default_rng(11)
    truth = ["bad" if generator.random() < share else "fine" for _unit in range(n)]
    other = {"bad": "fine", "fine": "bad"}
    ratings = [
        Rating(unit, person, one if generator.random() < right else other[one])
        for unit, one in enumerate(truth)
        for person, right in enumerate(accuracy)
    ]
    return ratings, truth


def test_the_patients_of_the_paper_have_its_classes() -> None:
    if not PATIENTS.exists():
        pytest.skip(f"no outside data: {PATIENTS} is not there (set REVIEW_DATA_DIR)")
    with PATIENTS.open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    ratings = [Rating(int(row["patient"]), int(row["anaesthetist"]), int(row["class"])) for row in rows]

    found = dawid_skene(ratings, [1, 2, 3, 4])

    # Dawid & Skene 1979: the classes are this common.
    assert found.prior == pytest.approx([0.40, 0.42, 0.11, 0.07], abs=0.005)
    assert found.has_settled
    assert np.isfinite(found.confusion).all()


def test_who_errs_is_found_and_outvoted() -> None:
    ratings, truth = planted(300, (0.95, 0.6, 0.6))

    found = dawid_skene(ratings, ["bad", "fine"])

    right = [found.of(unit)[one] > 0.5 for unit, one in enumerate(truth)]
    votes = [
        sum(rating.answer == truth[rating.unit] for rating in ratings if rating.unit == unit) >= 2
        for unit in range(300)
    ]
    assert sum(right) > sum(votes)
    by_person = dict(zip(found.people, found.confusion.diagonal(axis1=1, axis2=2).mean(axis=1), strict=True))
    assert by_person[0] > 0.85
    assert by_person[1] < 0.75


def test_each_persons_shares_of_a_class_sum_to_one() -> None:
    ratings, _truth = planted(40, (0.9, 0.8, 0.7))

    found = dawid_skene(ratings, ["bad", "fine", "never used"])

    assert found.confusion.sum(axis=2) == pytest.approx(np.ones((3, 3)))
    assert found.posterior.sum(axis=1) == pytest.approx(np.ones(40))
    assert found.of(0)["never used"] == pytest.approx(0.0, abs=1e-6)


@settings(max_examples=12, deadline=None)
@given(st.permutations(range(60)))
def test_the_order_of_the_answers_changes_nothing(order: list[int]) -> None:
    ratings, _truth = planted(20, (0.95, 0.8, 0.75))

    one = dawid_skene(ratings, ["bad", "fine"])
    other = dawid_skene([ratings[place] for place in order], ["bad", "fine"])

    for unit in range(20):
        assert one.of(unit) == pytest.approx(other.of(unit), abs=1e-6)


def test_without_an_answer_there_is_no_estimate() -> None:
    with pytest.raises(ValueError, match="nobody"):
        dawid_skene([], ["bad", "fine"])
