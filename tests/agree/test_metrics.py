"""Metrics: their laws, and what they say where nothing can be said. Known answers: tests/reference."""

from collections import Counter
from math import atanh, tanh
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import kendalltau, t

from queues.agree.distances import LEVELS as LEVELS_OF
from queues.agree.metric import Figure, metrics
from queues.agree.metrics.alpha import alpha, left_out_alphas
from queues.agree.metrics.cohen import cohen_kappa
from queues.agree.metrics.corrections import Corrected, chrf, mutual_chrf, text_agreement
from queues.agree.metrics.raters import team_of
from queues.agree.metrics.spans import Marked, Span, position_alpha, shared_marks
from queues.agree.patterns import answers_of, histogram_of, merged, pattern_of
from tests.flows.outside_data import rows_of

LEVELS = ("nominal", "ordinal", "interval", "ratio")
UNITS = st.lists(st.lists(st.integers(0, 4), max_size=4), max_size=25)
OF_NUMBERS = [f"alpha_{level}" for level in LEVELS] + [
    "percent_agreement",
    "gwet_ac1",
    "fleiss_kappa",
    "brennan_prediger",
]


def same(one: Figure, other: Figure) -> bool:
    """Equal up to the rounding of sums in another order."""
    pairs = [(one.value, other.value), (one.low, other.low), (one.high, other.high), (one.se, other.se)]
    return (one.why, one.n_units) == (other.why, other.n_units) and all(
        (ours is None and theirs is None) or ours == pytest.approx(theirs, abs=1e-7) for ours, theirs in pairs
    )


@pytest.mark.parametrize("name", OF_NUMBERS)
@settings(max_examples=25, deadline=None)
@given(units=UNITS, data=st.data())
def test_the_order_of_people_and_items_changes_nothing(name: str, units: Any, data: st.DataObject) -> None:
    shuffled = [data.draw(st.permutations(unit)) for unit in data.draw(st.permutations(units))]

    figure = metrics.get(name)(answers_of(histogram_of(units), range(5)))

    assert same(metrics.get(name)(answers_of(histogram_of(shuffled), range(5))), figure)


@settings(max_examples=25, deadline=None)
@given(parts=st.lists(UNITS, max_size=4))
def test_merging_the_histograms_of_days_equals_one_histogram(parts: Any) -> None:
    together = histogram_of([unit for part in parts for unit in part])

    assert merged(map(histogram_of, parts)) == together


@pytest.mark.parametrize("level", LEVELS)
@settings(max_examples=25, deadline=None)
@given(units=UNITS)
def test_leaving_out_a_unit_equals_computing_without_it(level: str, units: Any) -> None:
    histogram = histogram_of(unit for unit in units if len(unit) > 1)
    answers = answers_of(histogram, range(5))

    left_out = left_out_alphas(answers, level) if histogram else np.zeros(0)

    for pattern, value in zip(histogram, left_out, strict=True):
        rest = dict(histogram)
        rest[pattern] -= 1
        fresh = alpha(answers_of({key: n for key, n in rest.items() if n}, range(5)), level).value
        assert np.isnan(value) if fresh is None else value == pytest.approx(fresh, abs=1e-9)


@settings(max_examples=25, deadline=None)
@given(ratings=st.lists(st.lists(st.none() | st.integers(0, 3), min_size=4, max_size=4), max_size=25))
def test_agreement_without_a_person_equals_that_of_the_others(ratings: Any) -> None:
    units = [[value for value in row if value is not None] for row in ratings]
    others = [[value for value in row[1:] if value is not None] for row in ratings]
    gave = Counter(
        (pattern_of(unit), row[0]) for unit, row in zip(units, ratings, strict=True) if row[0] is not None
    )

    without = team_of(histogram_of(units), "ordinal", (0, 1, 2, 3)).without(gave)

    assert same(without, alpha(answers_of(histogram_of(others), range(4)), "ordinal"))


@pytest.mark.parametrize("name", [name for name, _metric in metrics if name != "kendall_w"])
def test_without_two_answers_to_one_unit_nothing_is_defined(name: str) -> None:
    figure = metrics.get(name)(answers_of(histogram_of([[frozenset("a")], [frozenset("b")], []])))

    assert (figure.value, figure.why) == (None, "no_pairs")


@pytest.mark.parametrize("name", ["alpha_nominal", "gwet_ac1", "fleiss_kappa", "brennan_prediger"])
def test_one_value_only_is_not_full_agreement(name: str) -> None:
    figure = metrics.get(name)(answers_of(histogram_of([["yes", "yes"]] * 30)))

    assert (figure.value, figure.why, figure.n_units) == (None, "one_value", 30)


def test_perfect_agreement_has_a_lower_bound_in_place_of_an_interval() -> None:
    figure = metrics.get("alpha_nominal")(answers_of(histogram_of([["a", "a"], ["b", "b"]] * 20)))

    assert (figure.value, figure.low, figure.why) == (1.0, None, "perfect")
    assert figure.at_least == pytest.approx(0.05 ** (1 / 40))


def test_fewer_than_ten_units_have_no_interval() -> None:
    figure = metrics.get("alpha_nominal")(answers_of(histogram_of([["a", "a"], ["a", "b"], ["b", "b"]] * 3)))

    assert figure.value is not None
    assert (figure.low, figure.high, figure.why) == (None, None, "few_units")


def test_a_single_unit_that_carries_the_figure_is_named_as_the_reason() -> None:
    figure = metrics.get("alpha_nominal")(answers_of(histogram_of([["a", "a"]] * 30 + [["a", "b"]])))

    assert figure.value is not None and figure.low is None
    assert figure.why == "hinges_on_one"


def test_the_interval_of_percent_agreement_stays_within_its_range() -> None:
    figure = metrics.get("percent_agreement")(answers_of(histogram_of([["a", "a"]] * 59 + [["a", "b"]])))

    assert figure.low is not None and figure.high is not None and figure.value is not None
    assert 0.0 < figure.low < figure.value < figure.high < 1.0


def test_different_numbers_of_answers_leave_fleiss_undefined() -> None:
    figure = metrics.get("fleiss_kappa")(answers_of(histogram_of([["a", "b"], ["a", "a", "b"]])))

    assert (figure.value, figure.why) == (None, "unequal_raters")


def test_a_million_units_give_the_same_alpha_as_their_pattern_in_small() -> None:
    small = {("a", "a"): 41, ("a", "b"): 12, ("b", "b"): 30, ("a", "b", "b"): 17}
    large = {pattern: n * 10_000 for pattern, n in small.items()}

    one, other = alpha(answers_of(small), "nominal"), alpha(answers_of(large), "nominal")

    assert other.n_units == 1_000_000
    assert one.value == pytest.approx(other.value, abs=5e-3)
    assert one.low is not None and other.low is not None
    assert one.low < other.low


def test_the_interval_is_the_jackknife_on_the_atanh_scale() -> None:
    units = [["a", "a"], ["a", "b"], ["b", "b"], ["b", "b"]] * 5
    whole = alpha(answers_of(histogram_of(units)), "nominal")
    without = np.array(
        [alpha(answers_of(histogram_of(units[:i] + units[i + 1 :])), "nominal").value for i in range(20)]
    )

    se = np.sqrt(19 / 20 * ((without - without.mean()) ** 2).sum())

    assert whole.value is not None
    reach = t.ppf(0.975, 19) * se / (1 - whole.value**2)
    assert whole.low == pytest.approx(tanh(atanh(whole.value) - reach))
    assert whole.high == pytest.approx(tanh(atanh(whole.value) + reach))


def test_who_says_the_opposite_stands_out_against_the_rest() -> None:
    units = [["a", "a", "b"], ["b", "b", "a"]] * 10
    team = team_of(histogram_of(units), "nominal")
    contrary = Counter((pattern_of(unit), unit[2]) for unit in units)
    steady = Counter((pattern_of(unit), unit[0]) for unit in units)

    low, high = (team.against_rest(one).value for one in (contrary, steady))

    assert low is not None and high is not None
    assert low < 0.0 < high + 1.0
    assert low < high


@pytest.mark.parametrize("level", ["nominal", "ordinal", "interval"])
def test_the_interval_against_the_rest_leaves_out_each_shared_unit_once(level: str) -> None:
    units = [[1, 1, 2], [2, 2, 1], [3, 3, 3], [1, 3, 3]] * 5 + [[2, 1]] * 4
    mine = [Counter({(pattern_of(unit), unit[-1]): 1}) for unit in units[:20]]

    def figure(left_out: int | None) -> float:
        rest = [unit for place, unit in enumerate(units) if place != left_out]
        gave = sum((one for place, one in enumerate(mine) if place != left_out), Counter())
        found = team_of(histogram_of(rest), level, (1, 2, 3)).against_rest(gave).value
        assert found is not None
        return found

    whole = team_of(histogram_of(units), level, (1, 2, 3)).against_rest(sum(mine, Counter()))

    without = np.array([figure(place) for place in range(20)])
    se = np.sqrt(19 / 20 * ((without - without.mean()) ** 2).sum())
    assert whole.value == pytest.approx(figure(None))
    assert whole.n_units == 20
    assert whole.se == pytest.approx(se)
    assert whole.low is not None and whole.value is not None and whole.low < whole.value


@pytest.mark.parametrize("level", LEVELS)
@settings(max_examples=25, deadline=None)
@given(ratings=st.lists(st.lists(st.none() | st.integers(0, 4), min_size=4, max_size=4), max_size=25))
def test_a_person_against_the_rest_is_the_mean_distance_from_each_other_answer(
    level: str, ratings: Any
) -> None:
    units = [[value for value in row if value is not None] for row in ratings]
    gave = Counter(
        (pattern_of(unit), row[0]) for unit, row in zip(units, ratings, strict=True) if row[0] is not None
    )
    team = team_of(histogram_of(units), level, tuple(range(5)))

    found = team.against_rest(gave)

    plain = _plainly_against_the_rest(ratings, level)
    assert found.value == (None if plain is None else pytest.approx(plain, abs=1e-9))
    if found.se is not None:
        is_met = [row[0] is not None and any(one is not None for one in row[1:]) for row in ratings]
        places = [place for place, met in enumerate(is_met) if met]
        left_out = [_plainly_against_the_rest(ratings[:k] + ratings[k + 1 :], level) for k in places]
        m, without = len(places), np.array(left_out, dtype=float)
        spread = np.sqrt((m - 1) / m * ((without - without.mean()) ** 2).sum())
        assert found.se == pytest.approx(spread, abs=1e-9)


def _plainly_against_the_rest(ratings: Any, level: str) -> float | None:
    """By its words, answer by answer: the first person of each row against the others of that row."""
    rows = [[value for value in row if value is not None] for row in ratings]
    answers = [value for row in rows if len(row) > 1 for value in row]
    if len(answers) < 2:
        return None
    distances = LEVELS_OF[level](range(5), np.bincount(answers, minlength=5).astype(float))
    apart = [
        distances[one, other] for k, one in enumerate(answers) for j, other in enumerate(answers) if j != k
    ]
    met = [
        np.mean([distances[row[0], other] for other in row[1:] if other is not None])
        for row in ratings
        if row[0] is not None and any(other is not None for other in row[1:])
    ]
    return 1.0 - float(np.mean(met) / np.mean(apart)) if met and np.mean(apart) > 0 else None


def test_who_shares_no_unit_has_no_figure_against_the_rest() -> None:
    team = team_of(histogram_of([["a", "b"], ["a"]]), "nominal")

    assert team.against_rest(Counter({(("a",), "a"): 1})).value is None


def test_kappa_of_two_people_who_use_one_value_is_not_defined() -> None:
    figure = cohen_kappa(np.array([[30.0, 0.0], [0.0, 0.0]]))

    assert (figure.value, figure.why) == (None, "one_value")


def test_kappa_without_a_shared_unit_is_not_defined() -> None:
    assert cohen_kappa(np.zeros((2, 2))).why == "no_pairs"


def test_equal_rankings_agree_and_opposite_ones_do_not() -> None:
    up, down = ("a", "b", "c"), ("c", "b", "a")

    equal, opposite = (
        metrics.get("kendall_w")(answers_of({pattern: 12})).value for pattern in ((up, up), (down, up))
    )

    assert (equal, opposite) == (1.0, 0.0)


def test_kendalls_w_of_two_people_is_spearmans_rho_on_its_own_scale() -> None:
    one, other = ("a", "b", "c", "d"), ("b", "a", "d", "c")
    rho = 1 - 6 * 4 / (4 * 15)

    figure = metrics.get("kendall_w")(answers_of({tuple(sorted((one, other))): 20}))

    assert figure.value == pytest.approx((rho + 1) / 2)
    assert kendalltau([1, 2, 3, 4], [2, 1, 4, 3]).statistic < rho  # another coefficient, not to be mixed up


def test_a_text_without_marks_is_an_answer() -> None:
    marked = Marked(10, {"ann": [Span(0, 5, "fact")], "lee": []})

    assert position_alpha([marked]).value == pytest.approx(1 - 19 * 10 / (2 * 5 * 15))
    assert shared_marks([marked]).value == 0.0


def test_two_people_who_mark_nothing_share_no_defined_share() -> None:
    nothing = Marked(10, {"ann": [], "lee": []})

    assert shared_marks([nothing]).why == "one_value"
    assert position_alpha([nothing]).why == "one_value"


def test_cutting_a_text_at_its_marks_equals_looking_at_each_position() -> None:
    spans = {"ann": [Span(2, 9, "fact"), Span(4, 6, "tone")], "lee": [Span(3, 9, "fact")], "kim": []}
    labels = [
        [tuple(sorted({s.category for s in marks if s.start <= place < s.end})) for marks in spans.values()]
        for place in range(12)
    ]

    by_position = alpha(answers_of(histogram_of(labels)), "nominal").value

    assert position_alpha([Marked(12, spans)]).value == pytest.approx(by_position)


def test_a_mark_is_matched_once_and_by_its_best_fit() -> None:
    marked = Marked(20, {"ann": [Span(0, 10, "fact")], "lee": [Span(0, 6, "fact"), Span(0, 9, "fact")]})

    assert shared_marks([marked], iou=0.5).value == pytest.approx(2 / 3)
    assert shared_marks([marked]).value == 0.0


def test_shared_marks_of_many_texts_leave_out_each_text_once() -> None:
    agreed = Marked(9, {"ann": [Span(0, 3, "fact")], "lee": [Span(0, 3, "fact")], "kim": []})
    apart = Marked(9, {"ann": [Span(0, 3, "fact")], "lee": [Span(4, 6, "fact")]})
    texts = [agreed] * 8 + [apart] * 6

    found = shared_marks(texts)

    def plain(rest: list[Marked]) -> float:  # a mark of one pair is shared, of 4 of three people and of 2
        n_agreed = sum(text is agreed for text in rest)
        return 2 * n_agreed / (4 * n_agreed + 2 * (len(rest) - n_agreed))

    left_out = np.array([plain(texts[:place] + texts[place + 1 :]) for place in range(14)])
    assert found.value == pytest.approx(plain(texts))
    assert found.se == pytest.approx(np.sqrt(13 / 14 * ((left_out - left_out.mean()) ** 2).sum()))
    assert found.low is not None and found.value is not None and 0.0 < found.low < found.value


def test_corrections_are_compared_with_chance_and_with_changing_nothing() -> None:
    units = [
        Corrected("Refunds are instant.", ["Refunds take five days.", "Refunds take 5 days."]),
        Corrected("We open at nine.", ["We open at ten.", "We open at ten."]),
    ]

    agreement = text_agreement(units)

    assert agreement.between_people is not None and agreement.between_outputs is not None
    assert (agreement.between_people.n, agreement.n_pairs, agreement.n_baseline) == (2, 2, 1)
    assert agreement.between_people.value > agreement.between_outputs
    assert not agreement.is_beyond_chance  # two outputs have no interval


def test_a_third_correction_of_an_output_adds_no_further_output() -> None:
    one = Corrected("Old.", ["New text.", "New text.", "Else."])

    agreement = text_agreement([one, Corrected("Old too.", ["New text."])] * 6, baseline=4)

    assert agreement.between_people is not None
    assert (agreement.between_people.n, agreement.n_pairs, agreement.n_baseline) == (6, 18, 4)
    assert agreement.to_output is not None and agreement.to_output.n == 12


def test_a_single_correction_is_compared_with_nobody() -> None:
    agreement = text_agreement([Corrected("Yes.", ["No."])])

    assert (agreement.between_people, agreement.between_outputs, agreement.n_pairs) == (None, None, 0)
    assert agreement.to_output is not None


@pytest.mark.parametrize(("text", "reference"), [("", ""), ("", "abc"), (" ", "abc"), ("abc", "xyz")])
def test_chrf_of_texts_that_share_nothing_is_zero(text: str, reference: str) -> None:
    assert chrf(text, reference) == mutual_chrf(text, reference) == 0.0


def test_chrf_of_two_texts_of_which_neither_is_the_reference_is_the_mean_of_both_ways() -> None:
    one, other = "Refunds take five days.", "A refund takes 5 days, mostly."

    assert mutual_chrf(one, other) == pytest.approx((chrf(one, other) + chrf(other, one)) / 200.0)
    assert mutual_chrf(one, other) == mutual_chrf(other, one) < mutual_chrf(one, one) == 1.0


@pytest.mark.parametrize(("left_out", "expected"), [("", 0.160860), ("Unsure", 0.200800)])
def test_123_people_on_350_conversations_agree_as_little_as_the_data_say(
    left_out: str, expected: float
) -> None:
    """DICES-350 (Aroyo et al. 2023), with "Unsure" as a value and as no answer."""
    units = [
        [one["value"] for one in row["annotations"] if one["role"] == "human"] for row in rows_of("dices")
    ]
    kept = [[value for value in unit if value != left_out] for unit in units]

    figure = metrics.get("alpha_nominal")(answers_of(histogram_of(kept)))

    assert figure.value == pytest.approx(expected, abs=1e-6)
