"""Judges: do several verdicts on the same quality agree? (methods.md 2.7)

Judges of one family look at the same thing: `faithfulness`, `faithfulness/gpt-x` and `faithfulness:strict`.
Of several families the one that disagrees most counts.
"""

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from math import fsum, sqrt
from typing import Any

from queues.score.measure import Record, Value, measures, missing
from queues.score.measures.classes import entropy_of
from queues.score.normalise import normalise_v1

_SCORES = ("judge_disagreement", "judge_range")
_LABELS = ("judge_label_entropy",)
NAMES = _SCORES + _LABELS

_NO_JUDGES = missing(NAMES, "no_judges")
_VARIANT = re.compile(r"[/:#@]")


@measures.register("judges")
def judge_scores(record: Record, /) -> Mapping[str, Value]:
    """Spread of the scores and entropy of the labels, each the largest over the families."""
    judges = record.get("judges")
    if not judges:
        return _NO_JUDGES
    shares: dict[str, list[float]] = defaultdict(list)
    labels: dict[str, list[str]] = defaultdict(list)
    for judge in judges:
        family, share = family_of(judge["name"]), share_of(judge)
        if share is not None:
            shares[family].append(share)
        if judge.get("label"):
            labels[family].append(normalise_v1(judge["label"]))
    spreads, entropies = map(spread, shares.values()), map(label_entropy, labels.values())
    return _largest(spreads, _SCORES, "no_judge_scores") | _largest(entropies, _LABELS, "no_judge_labels")


def _largest(families: Iterable[Mapping[str, Value]], names: tuple[str, ...], why: str) -> dict[str, Value]:
    """Name by name the highest value; `why` there is none if there is no family at all."""
    found = list(families)
    if not found:
        return missing(names, why)
    return {name: max((scores[name] for scores in found), key=_height) for name in names}


def _height(score: Value) -> float:
    return -1.0 if score.value is None else score.value


def family_of(name: str) -> str:
    """The name up to the first of / : # @, behind which a variant may stand."""
    return _VARIANT.split(name, maxsplit=1)[0]


def share_of(judge: Mapping[str, Any]) -> float | None:
    """The judge's score on its scale as 0..1; without a scale only a score that lies in 0..1 anyway."""
    score, scale = judge.get("score"), judge.get("scale") or (0.0, 1.0)
    if score is None or not scale[0] <= score <= scale[1]:
        return None
    lowest, highest = (
        scale[0] / 2,
        scale[1] / 2,
    )  # halved: the widest scale's length is more than a float holds
    return float((score / 2 - lowest) / (highest - lowest))


def spread(shares: Sequence[float]) -> dict[str, Value]:
    """Population standard deviation and range of scores in 0..1."""
    n = len(shares)
    if n < 2:
        return missing(_SCORES, "only_one_judge")
    mean = fsum(shares) / n
    deviation = sqrt(fsum((share - mean) ** 2 for share in shares) / n)
    return {"judge_disagreement": Value(deviation), "judge_range": Value(max(shares) - min(shares))}


def label_entropy(labels: Sequence[str]) -> dict[str, Value]:
    """Entropy of the labels, in nats."""
    n = len(labels)
    if n < 2:
        return missing(_LABELS, "only_one_judge")
    return {"judge_label_entropy": Value(entropy_of([count / n for count in Counter(labels).values()]))}
