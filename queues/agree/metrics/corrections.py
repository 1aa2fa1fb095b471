"""How alike two people's corrections of one output are.

No coefficient takes chance out of texts, so similarity stands beside two others: of corrections of
different outputs (what any two texts here have in common), and of each correction to the model's output
(who changes nothing agrees for free). Sources: Levenshtein; Popović 2015 (chrF), as sacrebleu computes it.
"""

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import combinations
from statistics import median

from rapidfuzz.distance import Levenshtein

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
    text, reference = "".join(text.split()), "".join(reference.split())
    precisions, recalls = [], []
    for order in range(1, _CHRF_ORDER + 1):
        ours, theirs = _ngrams(text, order), _ngrams(reference, order)
        if ours and theirs:
            matched = (ours & theirs).total()
            precisions.append(matched / ours.total())
            recalls.append(matched / theirs.total())
    precision, recall = sum(precisions), sum(recalls)
    if not precision + recall:
        return 0.0
    squared = _CHRF_BETA**2
    return 100.0 * (1 + squared) * precision * recall / (squared * precision + recall) / len(precisions)


def _ngrams(text: str, order: int) -> Counter[str]:
    return Counter(text[place : place + order] for place in range(len(text) - order + 1))


@dataclass(frozen=True, slots=True)
class Corrected:
    """The model's output and the texts that people put in its place."""

    output: str
    texts: Sequence[str]


@dataclass(frozen=True, slots=True)
class TextAgreement:
    """Medians of similarities; None where there is nothing to compare. n_pairs: pairs on one output."""

    between_people: float | None
    between_outputs: float | None
    to_output: float | None
    n_units: int
    n_pairs: int


def text_agreement(units: Sequence[Corrected], similarity: Similarity = edit_similarity) -> TextAgreement:
    """Corrections of the same output against each other, against those of others, and against the output."""
    shared = [unit for unit in units if len(unit.texts) > 1]
    pairs = [similarity(*pair) for unit in shared for pair in combinations(unit.texts, 2)]
    return TextAgreement(
        between_people=_median(pairs),
        between_outputs=_median([similarity(*pair) for pair in _unlike(units)]),
        to_output=_median([similarity(unit.output, text) for unit in units for text in unit.texts]),
        n_units=len(shared),
        n_pairs=len(pairs),
    )


def _unlike(units: Sequence[Corrected]) -> list[tuple[str, str]]:
    """Pairs of corrections of two different outputs: every unit with its neighbours, ever farther away.

    Nothing is drawn, so the same texts always give the same figure.
    """
    firsts = [unit.texts[0] for unit in units if unit.texts]
    pairs: list[tuple[str, str]] = []
    for step in range(1, len(firsts)):
        for place in range(len(firsts) - step):
            if len(pairs) == _BASELINE_PAIRS:
                return pairs
            pairs.append((firsts[place], firsts[place + step]))
    return pairs


def _median(values: Sequence[float]) -> float | None:
    return median(values) if values else None
