"""What may pass without a person: thresholds that keep what they promise."""

from math import inf

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from queues.statistics.accept import acceptance_curve, highest_safe, split_conformal


def test_a_conformal_threshold_lets_the_promised_share_of_right_outputs_pass() -> None:
    generator = np.random.default_rng(2)

    passed = [
        generator.normal() <= split_conformal(generator.normal(size=60), 0.1).threshold
        for _run in range(2000)
    ]

    assert 0.88 <= np.mean(passed) <= 0.94


def test_too_few_labels_promise_nothing() -> None:
    assert split_conformal([], 0.1).threshold == inf
    assert highest_safe(acceptance_curve([], []), 0.05) is None
    assert highest_safe(acceptance_curve([0.1] * 58, [False] * 58), 0.05) is None


def test_fifty_nine_outputs_without_an_error_promise_five_percent() -> None:
    found = highest_safe(acceptance_curve([0.1] * 59, [False] * 59), 0.05)

    assert found
    assert (found.threshold, found.labels, found.share) == (0.1, 59, 1.0)
    assert found.bound <= 0.05


@pytest.mark.parametrize("target", [0.05, 0.1])
def test_the_chosen_threshold_breaks_its_promise_in_at_most_one_case_of_twenty(target: float) -> None:
    """Errors rise with the score: at score s in 0..1, s^2 of the outputs are wrong; below t, t^2 / 3."""
    generator = np.random.default_rng(9)
    broken = reached = 0
    for _run in range(400):
        scores = generator.random(800)
        found = highest_safe(acceptance_curve(scores, generator.random(800) < scores**2), target)
        if found:
            reached += 1
            broken += found.threshold**2 / 3 > target

    assert reached >= 0.7 * 400
    assert broken <= 0.07 * 400


@given(
    st.lists(st.tuples(st.integers(0, 6), st.booleans(), st.floats(1, 9)), min_size=1, max_size=60),
)
def test_no_step_parts_equal_scores_and_the_last_lets_all_pass(rows: list[tuple[int, bool, float]]) -> None:
    scores, errors, weights = zip(*rows, strict=True)

    steps = acceptance_curve(scores, errors, weights)

    assert [step.labels for step in steps] == [sum(s <= step.threshold for s in scores) for step in steps]
    assert steps[-1].share == pytest.approx(1.0)
    assert all(step.rate <= step.bound + 1e-9 for step in steps)
