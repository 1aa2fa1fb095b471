"""Which function of ours answers the methods of agreement."""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from itertools import combinations
from typing import Any

import numpy as np
from rapidfuzz.distance import Levenshtein

from queues.agree.distances import jaccard_distance, masi_distance
from queues.agree.metric import Figure, metrics
from queues.agree.metrics.alpha import alpha, coincidences, disagreement, left_out_alphas
from queues.agree.metrics.cohen import cohen_kappa
from queues.agree.metrics.corrections import chrf, edit_similarity
from queues.agree.metrics.dawid_skene import Rating, dawid_skene
from queues.agree.metrics.raters import team_of
from queues.agree.metrics.spans import Marked, Span, position_alpha, shared_marks
from queues.agree.patterns import (
    Answer,
    Answers,
    Pattern,
    answers_of,
    histogram_of,
    merged,
    pattern_of,
)

Input = Mapping[str, Any]
Ratings = Sequence[Sequence[Any]]


ORDERED = ("nominal", "ordinal", "interval")


def units_of(ratings: Ratings) -> list[list[Any]]:
    """ratings[rater][unit], null = missing → the answers of each unit."""
    return [[value for value in unit if value is not None] for unit in zip(*ratings, strict=True)]


def gave(ratings: Ratings, rater: int) -> Counter[tuple[Pattern, Answer]]:
    """The rater's histogram."""
    units = zip(ratings[rater], units_of(ratings), strict=True)
    return Counter((pattern_of(unit), value) for value, unit in units if value is not None)


def _ends(figure: Figure) -> list[float | None]:
    return [figure.low, figure.high]


def krippendorff_alpha(case: Input) -> object:
    units = units_of(case["ratings"])
    answers = answers_of(histogram_of(units), case.get("value_domain"))
    n_pairable = float(answers.pairable().units @ answers.pairable().sizes)
    if "level" in case:
        return {"alpha": alpha(answers, case["level"]).value, "n_pairable": n_pairable}
    return {
        "coincidence_matrix": coincidences(answers).tolist(),
        "n_pairable": n_pairable,
        "leave_one_annotator_out_nominal": _without_each(case["ratings"], answers.values),
        "by_level": {level: _at_level(answers, units, level) for level in _levels(case["value_domain"])},
    }


def _levels(values: Sequence[int]) -> tuple[str, ...]:
    """A scale from 0 on has no ratios; of two values all levels are the same."""
    return ORDERED if 0 in values and len(values) > 2 else (*ORDERED, "ratio")


def _without_each(ratings: Ratings, values: tuple[Answer, ...]) -> dict[str, float | None]:
    team = team_of(histogram_of(units_of(ratings)), "nominal", values)
    return {str(i): team.without(gave(ratings, i)).value for i in range(len(ratings))}


def _at_level(answers: Answers, units: list[list[Any]], level: str) -> object:
    figure, measured = alpha(answers, level), disagreement(answers, level)
    assert measured is not None
    pairable = answers.pairable()
    patterns = [pattern for pattern in histogram_of(units) if len(pattern) > 1]
    left_out = dict(zip(patterns, left_out_alphas(pairable, level).tolist(), strict=True))
    return {
        "alpha": figure.value,
        "Do": measured.observed,
        "De": measured.expected,
        "jackknife_se": figure.se,
        "ci95_atanh": _ends(figure),
        "jackknife_alphas": [left_out[pattern_of(unit)] for unit in units if len(unit) > 1],
    }


def incremental_alpha(case: Input) -> object:
    given: dict[str, dict[str, Any]] = {}
    histogram: Counter[Pattern] = Counter()
    values = []
    for operation in case["operations"]:
        unit = given.setdefault(operation["unit"], {})
        histogram[pattern_of(unit.values())] -= 1
        if operation["op"] == "set":
            unit[operation["rater"]] = operation["value"]
        else:
            unit.pop(operation["rater"], None)
        histogram[pattern_of(unit.values())] += 1
        present = {pattern: n for pattern, n in histogram.items() if pattern and n > 0}
        answers = answers_of(present, case["value_domain"])
        values.append(alpha(answers, "nominal").value)
    return {"alpha_after_each": values, "final_coincidence": coincidences(answers).tolist()}


def merge_coincidences(case: Input) -> object:
    parts = [histogram_of(units_of(case[window])) for window in ("window_a", "window_b")]
    counted = [answers_of(part, case["value_domain"]) for part in [*parts, merged(parts)]]
    names = ("a", "b", "merged")
    tables = {f"coinc_{name}": coincidences(one).tolist() for name, one in zip(names, counted, strict=True)}
    figures = {f"alpha_{name}": alpha(one, "nominal").value for name, one in zip(names, counted, strict=True)}
    return tables | figures


def from_histogram(case: Input) -> object:
    histogram = {tuple(key.split(",")): n for key, n in case["patterns"].items()}
    answers = answers_of(histogram, case["categories"])
    figure, measured = alpha(answers, "nominal"), disagreement(answers, "nominal")
    assert measured is not None
    return {
        "alpha": figure.value,
        "jackknife_se": figure.se,
        "ci95_atanh": _ends(figure),
        "n_units": figure.n_units,
        "Do": measured.observed,
        "De": measured.expected,
        "percent_agreement": metrics.get("percent_agreement")(answers).value,
        "gwet_ac1": metrics.get("gwet_ac1")(answers).value,
    }


def set_alpha(case: Input) -> object:
    units: dict[str, list[frozenset[str]]] = {}
    for rating in case["ratings"]:
        units.setdefault(rating["unit"], []).append(frozenset(rating["labels"]))
    answers = answers_of(histogram_of(units.values()))
    names = {"alpha_masi": "alpha_masi", "alpha_jaccard": "alpha_jaccard", "alpha_exact_set": "alpha_nominal"}
    return {theirs: metrics.get(ours)(answers).value for theirs, ours in names.items()}


def set_distance(case: Input) -> object:
    pairs = [(frozenset(one), frozenset(other)) for one, other in case["pairs"]]
    return {
        "masi": [masi_distance(*pair) for pair in pairs],
        "jaccard": [jaccard_distance(*pair) for pair in pairs],
    }


def table_of(one: Sequence[Any], other: Sequence[Any], values: Sequence[Any]) -> np.ndarray:
    """Pair counts of two raters, units that both answered."""
    table = np.zeros((len(values), len(values)))
    for ours, theirs in zip(one, other, strict=True):
        if ours is not None and theirs is not None:
            table[values.index(ours), values.index(theirs)] += 1
    return table


def nominal_coefficients(case: Input) -> object:
    answers = answers_of(histogram_of(units_of(case["ratings"])), case["categories"])
    pair = table_of(case["ratings"][0], case["ratings"][1], case["categories"])
    return {
        "percent_agreement": metrics.get("percent_agreement")(answers).value,
        "cohen_kappa_01": cohen_kappa(pair).value,
        "cohen_kappa_01_linear": cohen_kappa(pair, "linear").value,
        "cohen_kappa_01_quadratic": cohen_kappa(pair, "quadratic").value,
        "cohen_kappa_01_ci95": _ends(cohen_kappa(pair)),
        "fleiss_kappa": metrics.get("fleiss_kappa")(answers).value,
        "gwet_ac1": metrics.get("gwet_ac1")(answers).value,
        "brennan_prediger": metrics.get("brennan_prediger")(answers).value,
        "krippendorff_nominal": metrics.get("alpha_nominal")(answers).value,
    }


def two_by_two(case: Input) -> object:
    table = np.array(case["table"])
    cells = {(i, j): int(table[i, j]) for i in (0, 1) for j in (0, 1)}
    answers = answers_of(histogram_of(cell for cell, n in cells.items() for _ in range(n)), [0, 1])
    return {
        "percent_agreement": metrics.get("percent_agreement")(answers).value,
        "cohen_kappa": cohen_kappa(table).value,
        "gwet_ac1": metrics.get("gwet_ac1")(answers).value,
        "pabak": metrics.get("brennan_prediger")(answers).value,
        "krippendorff_nominal": metrics.get("alpha_nominal")(answers).value,
    }


def annotator_agreement(case: Input) -> object:
    ratings, level = case["ratings"], case["level"]
    team = team_of(histogram_of(units_of(ratings)), level)
    pairs = combinations(range(len(ratings)), 2)
    people = range(len(ratings))
    return {
        "alpha": alpha(team.answers, level).value,
        "pairwise_alpha": {
            f"{i}-{j}": alpha(answers_of(histogram_of(units_of([ratings[i], ratings[j]]))), level).value
            for i, j in pairs
        },
        "vs_rest": {str(i): team.against_rest(gave(ratings, i)).value for i in people},
        "leave_one_out": _without_each(ratings, team.answers.values),
    }


def span_agreement(case: Input) -> object:
    spans = {
        person: [Span(one["start"], one["end"], one["label"]) for one in marks]
        for person, marks in case["spans"].items()
    }
    texts = [Marked(case["n_tokens"], spans)]
    marked = {
        person: [any(one.start <= place < one.end for one in marks) for place in range(case["n_tokens"])]
        for person, marks in spans.items()
    }
    return {
        "token_alpha_nominal": position_alpha(texts).value,
        "pair_exact_f1": _f1_of_pairs(texts[0], iou=1.0),
        "pair_iou50_f1": _f1_of_pairs(texts[0], iou=0.5),
        "binary_token_kappa_AB": cohen_kappa(table_of(marked["A"], marked["B"], [False, True])).value,
    }


def _f1_of_pairs(text: Marked, *, iou: float) -> dict[str, float | None]:
    return {
        f"{i}-{j}": shared_marks([Marked(text.length, {i: text.spans[i], j: text.spans[j]})], iou=iou).value
        for i, j in combinations(text.spans, 2)
    }


def text_agreement(case: Input) -> object:
    pairs = case["pairs"]
    return {
        "levenshtein": [Levenshtein.distance(*pair) for pair in pairs],
        "edit_similarity": [edit_similarity(*pair) for pair in pairs],
        "word_levenshtein": [Levenshtein.distance(one.split(), other.split()) for one, other in pairs],
        "chrf": [chrf(text, reference) for reference, text in pairs],
    }


def aggregation(case: Input) -> object:
    ratings = [Rating(one["unit"], one["rater"], one["label"]) for one in case["ratings"]]
    found = dawid_skene(ratings, case["labels"])
    shares: dict[str, Counter[Any]] = {}
    for rating in ratings:
        shares.setdefault(str(rating.unit), Counter())[rating.answer] += 1
    most = {unit: max(case["labels"], key=lambda label: counts[label]) for unit, counts in shares.items()}
    return {
        "posterior_label1": {unit: found.of(unit)[1] for unit in shares},
        "majority_vote": most,
        "prior": found.prior.tolist(),
    }


# Scott's pi of two people is Fleiss' kappa, Bennett's S is Brennan and Prediger's coefficient.
PUBLISHED = {"bennett_s": "brennan_prediger", "scott_pi": "fleiss_kappa"}


def published(name: str, ratings: Ratings) -> float | None:
    """The coefficient that an author prints."""
    answers = answers_of(histogram_of(units_of(ratings)))
    if name == "cohen_kappa":
        return cohen_kappa(table_of(ratings[0], ratings[1], list(answers.values))).value
    if name == "percent_agreement_pairable":  # over answers instead of units
        measured = disagreement(answers, "nominal")
        return None if measured is None else 1.0 - measured.observed
    return metrics.get(PUBLISHED.get(name, name))(answers).value


MAPPED: dict[str, Callable[[Input], object]] = {
    "alpha_from_pattern_histogram": from_histogram,
    "annotator_agreement": annotator_agreement,
    "dawid_skene": aggregation,
    "incremental_alpha": incremental_alpha,
    "krippendorff_alpha": krippendorff_alpha,
    "merge_coincidences": merge_coincidences,
    "nominal_coefficients": nominal_coefficients,
    "nominal_coefficients_2x2": two_by_two,
    "set_alpha": set_alpha,
    "set_distance": set_distance,
    "span_agreement": span_agreement,
    "text_agreement": text_agreement,
}
