"""Policies that route by score and audit the rest: does the interval over all traffic hold the truth?

Everything goes through the product's own functions: the policy document, `decide` with its salted draws
and its pi, the response shares, and the estimates. What differs from run to run is the salt.
"""

import random
from collections import Counter
from collections.abc import Iterable, Sequence
from statistics import fmean
from typing import NamedTuple

import numpy as np
import pytest

from queues.route.condition import Case
from queues.route.decide import decide
from queues.route.policy_document import PolicyDocument, parse
from queues.route.window import Window
from queues.score.measure import Value
from queues.score.measures.token import likelihood
from queues.score.measures.votes import vote_uncertainty
from queues.statistics.proportions import wilson
from queues.statistics.response import Picked, final_groups
from queues.statistics.stratified import stratified_rate
from queues.statistics.weighted import rate_of_groups
from tests.flows.outside_data import rows_of

RUNS = 500
COVERED = 0.93


class Traffic(NamedTuple):
    """Predictions: id, score, whether it is bad."""

    ids: Sequence[str]
    scores: Sequence[float]
    bad: Sequence[bool]


def policy(*, threshold: float, rate: float) -> PolicyDocument:
    common = {"queue": "answers", "priority": 50}
    return parse(
        {
            "schema": "policy/1",
            "rules": [
                {
                    "name": "uncertain", "kind": "uncertain", "measure": "mean_nll", "by": "rank",
                    "threshold": threshold, **common,
                },
                {"name": "audit", "kind": "random_audit", "rate": rate, **common},
            ],
        }
    )  # fmt: skip


def ranks_of(traffic: Traffic) -> list[Value]:
    """The rank of each among all, by the window that routing uses."""
    window = Window(traffic.scores)
    return [window.rank(score) for score in traffic.scores]


def cells(
    document: PolicyDocument, traffic: Traffic, ranks: Sequence[Value], *, salt: str, answered: float
) -> list[Picked[tuple[str, ...]]]:
    """One run: what was picked by which rules with which pi, and what was reviewed of it."""
    luck = random.Random(salt)
    counts: Counter[tuple[tuple[str, ...], float, bool, bool]] = Counter()
    for id_, score, bad, rank in zip(*traffic, ranks, strict=True):
        case = Case(id_, {"mean_nll": score}, {"mean_nll": rank}, [], salt)
        decision = decide(document, case)
        if decision.is_routed:
            rules = tuple(str(reason["rule"]) for reason in decision.reasons)
            counts[rules, decision.pi, luck.random() < answered, bad] += 1
    keys = {(rules, pi) for rules, pi, _is_reviewed, _bad in counts}
    return [
        Picked(
            rules,
            pi,
            sum(counts[rules, pi, seen, bad] for seen in (True, False) for bad in (True, False)),
            sum(counts[rules, pi, True, bad] for bad in (True, False)),
            counts[rules, pi, True, True],
        )
        for rules, pi in sorted(keys)
    ]


class Coverage(NamedTuple):
    """The share of runs whose interval holds the true rate."""

    hajek: float
    stratified: float
    naive: float


def coverage(traffic: Traffic, document: PolicyDocument, *, answered: float = 1.0) -> Coverage:
    truth, ranks = fmean(traffic.bad), ranks_of(traffic)
    held: Counter[str] = Counter()
    for run in range(RUNS):
        rows = cells(document, traffic, ranks, salt=f"salt-{run}", answered=answered)
        weighted, stratified = rate_of_groups(final_groups(rows)), stratified_rate(rows)
        assert weighted
        assert stratified
        naive = wilson(weighted.naive, weighted.n)
        held["hajek"] += weighted.low <= truth <= weighted.high
        held["stratified"] += stratified.low <= truth <= stratified.high
        held["naive"] += naive.low <= truth <= naive.high
    found = Coverage(**{name: held[name] / RUNS for name in Coverage._fields})
    print(f"{len(traffic.ids)} predictions, {truth:.3f} bad: {found}")
    return found


def check(found: Coverage) -> None:
    assert found.hajek >= COVERED
    assert found.stratified >= COVERED
    assert found.naive < 0.5


def made_up(n: int = 600) -> Traffic:
    """Outputs of which 8 % are bad, mostly among the uncertain ones."""
    generator = np.random.default_rng(12)
    bad = generator.random(n) < 0.08
    scores = generator.normal(size=n) + 1.5 * bad
    return Traffic([f"p-{place}" for place in range(n)], scores.tolist(), bad.tolist())


@pytest.mark.slow
@pytest.mark.parametrize("answered", [1.0, 0.7])
def test_the_rate_over_made_up_traffic_is_covered_and_the_naive_one_is_not(answered: float) -> None:
    check(coverage(made_up(), policy(threshold=0.85, rate=0.15), answered=answered))


def translations(pairs: Iterable[str]) -> Traffic:
    rows = [row for row in rows_of("mlqe_pe") if row["attributes"]["language_pair"] in pairs]
    ratings = [
        fmean(one["value"] for one in row["annotations"] if one["question"] == "direct_assessment")
        for row in rows
    ]
    return Traffic(
        [row["prediction_id"] for row in rows],
        [likelihood(row["signals"]["token_logprobs"])["mean_nll"].value or 0.0 for row in rows],
        [rating < 50 for rating in ratings],
    )


@pytest.mark.slow
@pytest.mark.parametrize("answered", [1.0, 0.8])
def test_the_rate_over_real_translations_is_covered_and_the_naive_one_is_not(answered: float) -> None:
    check(coverage(translations(["et-en", "en-de"]), policy(threshold=0.85, rate=0.1), answered=answered))


def test_the_rate_over_real_answers_is_covered_and_the_naive_one_is_not() -> None:
    rows = rows_of("uq_triviaqa")
    votes = [vote_uncertainty(row["signals"]["samples_cleaned"]) for row in rows]
    answers = [row["annotations"][0]["value"].strip().lower() for row in rows]
    traffic = Traffic(
        [row["prediction_id"] for row in rows],
        [vote["vote_disagreement"].value or 0.0 for vote in votes],
        [
            row["signals"]["samples"][0].strip().lower() != answer
            for row, answer in zip(rows, answers, strict=True)
        ],
    )

    check(coverage(traffic, policy(threshold=0.7, rate=0.2)))
