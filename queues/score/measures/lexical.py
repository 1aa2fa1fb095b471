"""Lexical dissimilarity: how differently are several answers worded? (methods.md 2.5)

Meant for longer texts where votes find no two equal and no encoder is at hand. Equal to 1 - ROUGE-L F1, which
`rouge_score` computes wrongly for scripts other than Latin.
"""

import re
from collections.abc import Mapping, Sequence
from itertools import combinations, islice
from math import fsum

from rapidfuzz.distance import Indel

from queues.score.answers import answers
from queues.score.measure import Record, Value, measures, missing

NAMES = ("lexical_dissimilarity",)
MAX_TOKENS = 256
"""Of a longer text only the first tokens are compared: 21 long answers may not hold up a request."""

_TOKEN = re.compile(r"\w+")


@measures.register("lexical")
def lexical_scores(record: Record, /) -> Mapping[str, Value]:
    """Dissimilarity among the output itself and the alternative generations in `samples`."""
    if not record.get("samples"):
        return missing(NAMES, "no_samples")
    return lexical_uncertainty(answers(record))


def lexical_uncertainty(texts: Sequence[str]) -> dict[str, Value]:
    """1 - the mean over all pairs of 2 * LCS / (m + n) of lower-cased word tokens; N >= 2."""
    if len(texts) < 2:
        return missing(NAMES, "only_one_text")
    pairs = list(combinations(map(tokens_of, texts), 2))
    similarity = fsum(Indel.normalized_similarity(one, other) for one, other in pairs) / len(pairs)
    return {"lexical_dissimilarity": Value(max(0.0, 1.0 - similarity))}


def tokens_of(text: str) -> list[str]:
    return [found.group() for found in islice(_TOKEN.finditer(text.lower()), MAX_TOKENS)]
