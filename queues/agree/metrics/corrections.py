"""How alike two people's corrections of one output are.

No coefficient takes chance out of texts, so similarity stands beside two others: of corrections of
different outputs (what any two texts here have in common), and of each correction to the model's output
(who changes nothing agrees for free). Sources: Levenshtein; Popović 2015 (chrF), as sacrebleu computes it.
"""

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import combinations, islice
from statistics import median

from rapidfuzz.distance import Levenshtein

from queues.statistics.quantiles import Quantile, quantile

Similarity = Callable[[str, str], float]

_CHRF_ORDER = 6
_CHRF_BETA = 2.0  # recall counts twice
_BASELINE_PAIRS = 500


def edit_similarity(one: str, other: str, *, at_least: float = 0.0) -> float:
    """1 - edits / length of the longer, in code points, without any normalisation; 1 for two empty texts.

    0 where it is below `at_least`: that is known long before the edits are counted.
    """
    # Just at its limit the library rounds to either side, so it gets one that nothing else is near.
    similarity = Levenshtein.normalized_similarity(one, other, score_cutoff=max(0.0, at_least - 1e-6))
    return similarity if similarity >= at_least else 0.0


def chrf(text: str, reference: str) -> float:
    """0..100, the F-score of character n-grams up to 6, white space left out."""
    precisions, recalls = _overlaps(text, reference)
    return 100.0 * _f_score(precisions, recalls)


def mutual_chrf(one: str, other: str) -> float:
    """chrF as a share of 1, where neither text is the reference: the mean of both ways."""
    ones, others = _overlaps(one, other)
    return (_f_score(ones, others) + _f_score(others, ones)) / 2.0


def _overlaps(one: str, other: str) -> tuple[Sequence[float], Sequence[float]]:
    """What share of the n-grams of each text the other has too, for each order that both have."""
    ones, others = [], []
    for ours, theirs in zip(_ngrams(one), _ngrams(other), strict=True):
        if ours and theirs:
            matched = sum(min(ours[ngram], theirs[ngram]) for ngram in ours.keys() & theirs.keys())
            ones.append(matched / ours.total())
            others.append(matched / theirs.total())
    return ones, others


def _f_score(precisions: Sequence[float], recalls: Sequence[float]) -> float:
    precision, recall = sum(precisions), sum(recalls)
    if not precision + recall:
        return 0.0
    squared = _CHRF_BETA**2
    return (1 + squared) * precision * recall / (squared * precision + recall) / len(precisions)


@lru_cache(maxsize=256)
def _ngrams(text: str) -> tuple[Counter[str], ...]:
    """Of each order; kept, as a text is compared with several others."""
    dense = "".join(text.split())
    return tuple(
        Counter(dense[place : place + order] for place in range(len(dense) - order + 1))
        for order in range(1, _CHRF_ORDER + 1)
    )


@dataclass(frozen=True, slots=True)
class Corrected:
    """The model's output and the texts that people put in its place."""

    output: str
    texts: Sequence[str]


@dataclass(frozen=True, slots=True)
class TextAgreement:
    """Medians of similarities, one value to each output: the median of its pairs. None of nothing.

    between_people: corrections of one output with each other; to_output: with what the model wrote.
    between_outputs: the median over n_baseline pairs of corrections of different outputs, without an
    interval, as one text stands in several of the pairs. n_pairs: pairs on one output.
    """

    between_people: Quantile | None
    to_output: Quantile | None
    between_outputs: float | None
    n_pairs: int
    n_baseline: int

    @property
    def is_beyond_chance(self) -> bool:
        """Surely more alike than corrections of different outputs."""
        found = self.between_people
        return bool(found and found.low is not None and found.low > (self.between_outputs or 0.0))


def text_agreement(
    units: Sequence[Corrected], similarity: Similarity = edit_similarity, *, baseline: int = _BASELINE_PAIRS
) -> TextAgreement:
    """Corrections of the same output against each other, against those of others, and against the output.

    baseline: pairs of corrections of different outputs, at most.
    """
    shared = [[similarity(*pair) for pair in combinations(unit.texts, 2)] for unit in units]
    shared = [pairs for pairs in shared if pairs]
    to_output = [[similarity(unit.output, text) for text in unit.texts] for unit in units if unit.texts]
    unlike = [similarity(*pair) for pair in _unlike(units, baseline)]
    return TextAgreement(
        between_people=quantile([median(pairs) for pairs in shared], 0.5),
        to_output=quantile([median(pairs) for pairs in to_output], 0.5),
        between_outputs=median(unlike) if unlike else None,
        n_pairs=sum(map(len, shared)),
        n_baseline=len(unlike),
    )


def _unlike(units: Sequence[Corrected], most: int) -> list[tuple[str, str]]:
    """Pairs of corrections of two different outputs: every unit with its neighbours, ever farther away.

    Nothing is drawn, so the same texts always give the same figure.
    """
    firsts = [unit.texts[0] for unit in units if unit.texts]
    pairs = (
        (firsts[place], firsts[place + step])
        for step in range(1, len(firsts))
        for place in range(len(firsts) - step)
    )
    return list(islice(pairs, most))
