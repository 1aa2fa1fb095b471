"""Rates over all traffic; the published answers are in tests/reference."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from queues.statistics.proportions import wilson
from queues.statistics.response import Picked, final_groups, response_shares
from queues.statistics.stratified import stratified_rate
from queues.statistics.weighted import Group, rate_of_groups, weighted_rate

REVIEWED = st.lists(st.tuples(st.booleans(), st.floats(min_value=1e-3, max_value=1)), min_size=1, max_size=30)


@given(REVIEWED)
def test_a_rate_lies_in_its_interval_and_both_in_0_to_1(reviewed: list[tuple[bool, float]]) -> None:
    rate = weighted_rate([positive for positive, _pi in reviewed], [pi for _positive, pi in reviewed])

    assert rate is not None
    assert 0 <= rate.low <= rate.hajek + 1e-9
    assert rate.hajek - 1e-9 <= rate.high <= 1
    assert rate.n_eff <= len(reviewed) + 1e-9


@given(st.lists(st.booleans(), min_size=1, max_size=50))
def test_when_all_was_taken_the_rate_is_the_plain_one_without_error(positives: list[bool]) -> None:
    rate = weighted_rate(positives, [1.0] * len(positives))

    assert rate
    assert rate.hajek == rate.naive == pytest.approx(sum(positives) / len(positives))
    assert (rate.se_hajek, rate.n_eff) == (0.0, len(positives))


@given(st.lists(st.tuples(st.sampled_from([0.02, 0.5, 1.0]), st.booleans()), min_size=1, max_size=40))
def test_counts_give_what_the_single_rows_give(rows: list[tuple[float, bool]]) -> None:
    groups = [
        Group(
            pi, sum(row[0] == pi for row in rows), sum(positive for row_pi, positive in rows if row_pi == pi)
        )
        for pi in {pi for pi, _positive in rows}
    ]

    single = weighted_rate([positive for _pi, positive in rows], [pi for pi, _positive in rows])
    counted = rate_of_groups(groups)

    assert single
    assert counted
    for name in ("n", "naive", "total", "population", "hajek", "se_hajek", "low", "high", "n_eff"):
        assert getattr(counted, name) == pytest.approx(getattr(single, name), abs=1e-9)


def test_nothing_reviewed_gives_no_rate() -> None:
    assert weighted_rate([], []) is None
    assert rate_of_groups([Group(1.0, 0, 0)]) is None


@pytest.mark.parametrize("pi", [0.0, 1.1, float("nan")])
def test_what_could_not_be_picked_has_no_weight(pi: float) -> None:
    with pytest.raises(ValueError, match="probability above 0"):
        weighted_rate([True], [pi])


@pytest.mark.parametrize(("positive", "low", "high"), [(0, 0.0, 0.2775), (1, 0.0179, 0.4042)])
def test_wilson_of_ten_draws_is_as_published(positive: int, low: float, high: float) -> None:
    assert wilson(positive / 10, 10) == pytest.approx((low, high), abs=1e-4)


def test_the_reviewed_of_a_cell_stand_for_what_was_picked_in_it() -> None:
    rows = [Picked("audit", 0.05, 20, 10, 1), Picked("audit", 1.0, 20, 10, 5), Picked("safety", 1.0, 8, 8, 2)]

    shares = response_shares(rows)

    assert (shares["audit"].rate, shares["safety"].rate) == (0.5, 1.0)
    assert final_groups(rows) == [Group(0.025, 10, 1), Group(0.5, 10, 5), Group(1.0, 8, 2)]


def test_a_cell_without_an_answer_has_no_voice() -> None:
    assert final_groups([Picked("audit", 0.05, 20, 0, 0)]) == []


def test_the_stratified_rate_has_hajeks_value_and_a_narrower_interval() -> None:
    rows = [Picked("uncertain", 1.0, 300, 300, 90), Picked("audit", 0.05, 100, 100, 4)]

    hajek, stratified = rate_of_groups(final_groups(rows)), stratified_rate(rows)

    assert hajek
    assert stratified
    assert stratified.rate == pytest.approx(hajek.hajek)
    assert stratified.high - stratified.low < hajek.high - hajek.low


@pytest.mark.parametrize(
    "rows",
    [
        [Picked("a", 1.0, 5, 5, 1)],
        [Picked("a", 0.1, 5, 5, 1), Picked("b", 0.2, 5, 5, 1)],
        [Picked("a", 1.0, 5, 5, 1), Picked("b", 0.2, 5, 5, 1), Picked("c", 0.1, 5, 5, 1)],
        [Picked("a", 1.0, 5, 5, 1), Picked("b", 0.2, 5, 0, 0)],
    ],
)
def test_without_exactly_two_strata_there_is_no_stratified_rate(rows: list[Picked[str]]) -> None:
    assert stratified_rate(rows) is None


@pytest.mark.parametrize("population", [None, 20_000])
def test_the_stratified_interval_covers_the_truth(population: int | None) -> None:
    """20,000 predictions, the worst 1 % taken, 2 % audited, a third of that never answered."""
    generator = np.random.default_rng(5)
    covered = 0
    for _run in range(400):
        taken_bad, rest_bad = generator.binomial(200, 0.4), generator.binomial(19_800, 0.05)
        drawn = generator.binomial(19_800, 0.02)
        answered = generator.binomial(drawn, 2 / 3)
        found = generator.hypergeometric(rest_bad, 19_800 - rest_bad, answered)
        rows = [Picked("uncertain", 1.0, 200, 200, taken_bad), Picked("audit", 0.02, drawn, answered, found)]
        rate = stratified_rate(rows, population=population)
        assert rate
        covered += rate.low <= (taken_bad + rest_bad) / 20_000 <= rate.high

    assert covered >= 0.93 * 400
