"""AUROC, PRR and their kin: by brute force, and what must not change them."""

from itertools import product

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from queues.statistics.discrimination import auroc, average_precision, labelled, prr, rejection

ROW = st.tuples(st.integers(-4, 4), st.booleans(), st.integers(1, 5))
ROWS = st.lists(ROW, min_size=2, max_size=25)
Rows = list[tuple[int, bool, int]]


def by_hand(rows: Rows) -> float:
    wrong, right = [row for row in rows if row[1]], [row for row in rows if not row[1]]
    pairs = list(product(wrong, right))
    won = sum(a[2] * b[2] * (1.0 if a[0] > b[0] else 0.5 if a[0] == b[0] else 0.0) for a, b in pairs)
    return won / sum(a[2] * b[2] for a, b in pairs)


@given(ROWS)
def test_auroc_is_the_chance_that_a_wrong_output_scores_above_a_right_one(rows: Rows) -> None:
    scores, errors, weights = zip(*rows, strict=True)
    assume(any(errors) and not all(errors))

    assert auroc(labelled(scores, errors, weights)) == pytest.approx(by_hand(rows))


@given(ROWS)
def test_a_rising_map_of_the_scores_changes_nothing_and_a_falling_one_turns_it(rows: Rows) -> None:
    scores, errors, weights = zip(*rows, strict=True)
    assume(any(errors) and not all(errors))
    before = labelled(scores, errors, weights)

    raised = labelled(np.exp(np.array(scores)), errors, weights)
    turned = labelled([-score for score in scores], errors, weights)

    assert auroc(raised) == pytest.approx(auroc(before))
    assert prr(raised) == pytest.approx(prr(before))
    assert auroc(turned) == pytest.approx(1.0 - (auroc(before) or 0.0))


@given(st.permutations(list(range(12))))
def test_the_order_in_which_labels_come_changes_nothing(order: list[int]) -> None:
    rows = [(place // 4, place % 3 == 0, place % 5 + 1) for place in range(12)]
    scores, errors, weights = zip(*(rows[place] for place in order), strict=True)
    before = labelled(*zip(*rows, strict=True))

    assert prr(labelled(scores, errors, weights)) == pytest.approx(prr(before))


def test_knowing_the_errors_gives_one_and_one_score_for_all_gives_chance() -> None:
    errors = [False] * 6 + [True] * 2

    assert (prr(labelled(errors, errors)), auroc(labelled(errors, errors))) == (1.0, 1.0)
    assert prr(labelled([3.0] * 8, errors)) == pytest.approx(0.0)
    assert auroc(labelled([3.0] * 8, errors)) == 0.5


@pytest.mark.parametrize("errors", [[], [True, True], [False, False]])
def test_without_both_right_and_wrong_outputs_nothing_is_defined(errors: list[bool]) -> None:
    labels = labelled([float(place) for place in range(len(errors))], errors)

    assert auroc(labels) is None
    assert rejection(labels) is None
    assert (average_precision(labels) is None) is not any(errors)


@pytest.mark.parametrize("scores", [[float("nan"), 1.0], [float("inf"), 1.0]])
def test_what_is_no_finite_number_is_refused(scores: list[float]) -> None:
    with pytest.raises(ValueError, match="finite"):
        labelled(scores, [True, False])


def test_a_weight_of_nothing_is_refused() -> None:
    with pytest.raises(ValueError, match="above 0"):
        labelled([1.0, 2.0], [True, False], [0.0, 1.0])
