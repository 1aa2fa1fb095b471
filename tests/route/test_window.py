"""Ranks within the trailing scores."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from queues.route.window import ENOUGH, Window

scores = st.floats(min_value=-1e6, max_value=1e6)


@given(st.lists(scores, min_size=ENOUGH, max_size=120), scores, scores)
def test_a_rank_lies_between_0_and_1_and_rises_with_the_score(
    values: list[float], one: float, two: float
) -> None:
    window = Window(values)

    low, high = (window.rank(value).value or 0.0 for value in sorted((one, two)))

    assert 0 <= low <= high <= 1


@given(st.lists(st.none() | st.sampled_from([1.0, 2.0, 3.0]), max_size=40))
def test_a_window_fed_one_by_one_equals_one_made_of_the_last_values(values: list[float | None]) -> None:
    fed = Window(capacity=7)
    for value in values:
        fed.add(value)

    made = Window(values[-7:], capacity=7)

    assert fed._sorted == made._sorted
    assert len(fed) == sum(value is not None for value in values[-7:])


def test_the_rank_is_the_share_below_plus_half_of_the_equal() -> None:
    window = Window([1.0] * 50 + [2.0] * 50)

    assert window.rank(1.0).value == pytest.approx(0.25)
    assert window.rank(2.0).value == pytest.approx(0.75)
    assert window.rank(3.0).value == 1


def test_with_fewer_than_50_scores_there_is_no_rank() -> None:
    window = Window([float(n) for n in range(ENOUGH - 1)])

    assert window.rank(1.0) == (None, "fewer_than_50_scores")


def test_a_batch_is_ranked_among_itself_whatever_its_order() -> None:
    values = [float(n) for n in range(60)]

    forth = Window().ranks_of_arriving(values)
    back = Window().ranks_of_arriving(values[::-1])

    assert forth == back[::-1]


def test_a_prediction_without_a_score_takes_a_place_but_has_no_rank() -> None:
    window = Window([1.0] * 50, capacity=50)

    ranks = window.ranks_of_arriving([None])

    assert ranks == [(None, "no_score")]
    assert len(window) == 49
