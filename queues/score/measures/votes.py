"""Votes: do several generations for the same input give the same answer? (methods.md 2.3)

Meant for short answers: two long texts are never equal, so each would be a vote of its own.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from math import log

from queues.score.answers import answers
from queues.score.measure import Record, Value, measures, missing
from queues.score.measures.classes import entropy_of
from queues.score.normalise import normalise_v1

NAMES = ("vote_disagreement", "vote_entropy", "vote_entropy_norm")


@measures.register("votes")
def vote_scores(record: Record, /) -> Mapping[str, Value]:
    """Disagreement among the output itself and the alternative generations in `samples`."""
    if not record.get("samples"):
        return missing(NAMES, "no_samples")
    return vote_uncertainty(answers(record))


def vote_uncertainty(votes: Sequence[str]) -> dict[str, Value]:
    """1 - modal share, entropy, and entropy / ln N of answers compared after normalisation; N >= 2."""
    n = len(votes)
    if n < 2:
        return missing(NAMES, "only_one_vote")
    counts = Counter(map(normalise_v1, votes)).values()
    entropy = entropy_of([count / n for count in counts])
    return {
        "vote_disagreement": Value(1.0 - max(counts) / n),
        "vote_entropy": Value(entropy),
        "vote_entropy_norm": Value(min(1.0, entropy / log(n))),
    }
