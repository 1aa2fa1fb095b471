"""Class scores from `output.class_probs` (methods.md 2.2). Formulae as in modAL."""

from collections.abc import Mapping, Sequence
from math import fsum, log

from queues.score.measure import Record, Value, measures, missing

NAMES = ("least_confidence", "class_margin", "class_entropy", "class_entropy_norm")


@measures.register("classes")
def class_scores(record: Record, /) -> Mapping[str, Value]:
    """Uncertainty of a classification, from its label: probability object."""
    probabilities = (record.get("output") or {}).get("class_probs")
    if not probabilities:
        return missing(NAMES, "no_class_probs")
    return class_uncertainty(list(probabilities.values()))


def class_uncertainty(probabilities: Sequence[float]) -> dict[str, Value]:
    """Least confidence, margin (1 - (p1 - p2)) and entropy of shares >= 0, made to sum to 1 first."""
    total = fsum(probabilities)
    if total <= 0.0:
        return missing(NAMES, "class_probs_sum_to_zero")
    if len(probabilities) == 1:
        return missing(NAMES, "only_one_class")
    shares = sorted((p / total for p in probabilities), reverse=True)
    entropy = entropy_of(shares)
    return {
        "least_confidence": Value(1.0 - shares[0]),
        "class_margin": Value(1.0 - (shares[0] - shares[1])),
        "class_entropy": Value(entropy),
        "class_entropy_norm": Value(min(1.0, entropy / log(len(shares)))),
    }


def entropy_of(shares: Sequence[float]) -> float:
    """-sum p ln p in nats of shares that sum to 1; 0 ln 0 is 0."""
    return max(0.0, 0.0 - fsum(p * log(p) for p in shares if p > 0.0))
