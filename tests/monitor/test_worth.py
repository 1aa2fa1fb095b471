"""What is said of a measure: that it works, that it is no better than length or chance, where it fails."""

import numpy as np
import pytest

from queues.monitor.labels import Label
from queues.monitor.worth import Says, Worth, as_json, from_json, worth_of
from queues.statistics.calibrator import Calibrator


def labels(n: int = 600, *, seed: int = 2) -> list[Label]:
    """`good` finds errors, `long` is as good as length, `noise` says nothing, `wrong` points away."""
    generator = np.random.default_rng(seed)
    errors = generator.random(n) < 0.25
    length = generator.normal(size=n) + 0.8 * errors
    return [
        Label(
            verdict_id=place,
            model_version="prod-17",
            locale="de" if place % 2 else "en",
            segment="",
            is_error=bool(errors[place]),
            pi=1.0 if place % 3 else 0.2,
            is_audit=place % 3 == 0,
            values={
                "good": float(generator.normal() + 2.0 * errors[place]),
                "long": float(length[place] + generator.normal() / 100),
                "noise": float(generator.normal()),
                "wrong": float(generator.normal() - errors[place]),
                "n_tokens": float(length[place]),
                "fails_in_german": float(generator.normal() + (0.0 if place % 2 else 3.0) * errors[place]),
            },
        )
        for place in range(n)
    ]


@pytest.fixture(scope="module")
def found() -> dict[str, Worth]:
    return {worth.measure: worth for worth in worth_of(labels(), {})}


def test_each_measure_is_called_what_it_is(found: dict[str, Worth]) -> None:
    assert {name: worth.says for name, worth in found.items()} == {
        "good": Says.WORKS,
        "long": Says.LIKE_LENGTH,
        "noise": found["noise"].says,
        "wrong": Says.FAILS,
        "n_tokens": Says.BASELINE,
        "fails_in_german": Says.WORKS,
    }
    assert found["noise"].says in (Says.LIKE_CHANCE, Says.FAILS)


def test_a_measure_that_fails_in_one_locale_is_found_out_there(found: dict[str, Worth]) -> None:
    groups = {group.name: group for group in found["fails_in_german"].groups}

    assert groups["en"].says == Says.WORKS
    assert groups["de"].says in (Says.LIKE_CHANCE, Says.FAILS)
    assert groups["de"].audit
    assert groups["de"].audit.n == 100


def test_groups_without_a_name_are_no_groups(found: dict[str, Worth]) -> None:
    assert {group.kind for group in found["good"].groups} == {"locale"}


def test_too_few_labels_have_no_figure() -> None:
    worth = worth_of(labels(49), {})[0]

    assert (worth.says, worth.auroc, worth.prr, worth.found, worth.accepted) == (
        Says.TOO_FEW, None, None, [], [],
    )  # fmt: skip


def test_errors_only_or_none_have_no_figure() -> None:
    right = [label._replace(is_error=False) for label in labels(80)]

    assert {worth.says for worth in worth_of(right, {})} == {Says.TOO_FEW}


def test_what_is_stored_comes_back_the_same() -> None:
    curve = Calibrator("platt", {"intercept": -1.0, "slope": 0.5})

    for worth in worth_of(labels(200), {"good": curve}):
        assert from_json(as_json(worth)) == worth


def test_a_calibration_is_judged_on_the_newest_fifth_only() -> None:
    curve = Calibrator("platt", {"intercept": -1.0, "slope": 0.5})

    worth = next(worth for worth in worth_of(labels(200), {"good": curve}) if worth.measure == "good")

    assert worth.calibrated
    assert worth.calibrated.labels == 40
    assert sum(row.n for row in worth.calibrated.bins) == 40


def test_a_larger_budget_finds_more_errors(found: dict[str, Worth]) -> None:
    steps = found["good"].found

    assert [step.found for step in steps] == sorted(step.found for step in steps)
    assert all(step.low <= step.found <= step.high for step in steps)
