"""Semantic entropy and its kin: do several answers say the same thing? (methods.md 2.4 and 2.12)

Source: Farquhar et al. (Nature 2024) with clusters from embeddings, Grewal et al. (2024) for SEU. Checked
against the authors' code, scikit-learn and scipy by the reference cases. With an encoder that sees words only
the one score is called `wording_dispersion`: nothing about meaning is claimed.
"""

from collections.abc import Mapping, Sequence
from math import exp, fsum
from typing import Any

import numpy as np
import numpy.typing as npt

from queues.score.answers import answers
from queues.score.encoder import EncoderFacts, Vectors, unit_rows
from queues.score.linkage import average_linkage
from queues.score.measure import Record, Value, embedded_measures, missing
from queues.score.measures.classes import entropy_of
from queues.score.measures.token import likelihood
from queues.score.veto import Mark, mark_of

_SEMANTIC = ("semantic_entropy", "semantic_entropy_rb", "seu")
_WORDING = ("wording_dispersion",)
NAMES = _SEMANTIC + _WORDING


@embedded_measures.register("semantic")
def semantic_scores(record: Record, vectors: Vectors, encoder: EncoderFacts, /) -> Mapping[str, Value]:
    """Dispersion of the answers, and with a semantic encoder the entropy of their clusters."""
    if len(vectors) < 2:
        return missing(NAMES, "no_samples")
    texts = answers(record)
    if len(vectors) != len(texts):
        raise ValueError(f"{len(vectors)} vectors for {len(texts)} answers")
    cosines = pairwise_cosines(vectors)
    dispersion = Value(dispersion_of(cosines))
    if not encoder.is_semantic:
        return missing(_SEMANTIC, "encoder_sees_only_words") | {"wording_dispersion": dispersion}
    ids = clusters_of(cosines, encoder.similarity, _marks(record, texts))
    return {
        "semantic_entropy": Value(cluster_entropy(ids)),
        "semantic_entropy_rb": _weighted_entropy(record, ids),
        "seu": dispersion,
        **missing(_WORDING, "encoder_sees_meaning"),
    }


def _weighted_entropy(record: Record, ids: Sequence[int]) -> Value:
    logprobs = mean_logprobs(record)
    known = [logprob for logprob in logprobs if logprob is not None]
    if len(known) < len(logprobs):
        return Value(None, "sample_without_logprobs")
    return Value(cluster_entropy(ids, weights_of(known)))


def pairwise_cosines(vectors: npt.ArrayLike) -> npt.NDArray[np.float64]:
    """Cosines of all rows with all rows, -1..1."""
    unit = unit_rows(vectors)
    return np.clip(unit @ unit.T, -1.0, 1.0)


def dispersion_of(cosines: npt.NDArray[np.float64]) -> float:
    """1 - the mean cosine over all pairs: SEU when the encoder is semantic. 0..2."""
    pairs = cosines[np.triu_indices(len(cosines), k=1)]
    return max(0.0, float(1.0 - pairs.mean()))


def clusters_of(
    cosines: npt.NDArray[np.float64], similarity: float, marks: Sequence[object] = ()
) -> list[int]:
    """One id per text, numbered by first appearance: average linkage on 1 - cosine, cut at 1 - similarity.

    marks: texts with different ones are never together (see `veto.py`).
    """
    distances = 1.0 - cosines
    if marks:
        apart = [[one != other for other in marks] for one in marks]
        distances[np.array(apart)] = np.inf
    return average_linkage(distances, cut=1.0 - similarity)


def _marks(record: Record, texts: Sequence[str]) -> list[Mark]:
    locale = (record.get("subject") or {}).get("locale") or ""
    return [mark_of(text, locale) for text in texts]


def cluster_shares(ids: Sequence[int], weights: Sequence[float] | None = None) -> list[float]:
    """The share of each cluster, by its id: of the texts, or of their weights (Rao-Blackwellised)."""
    each = [1.0] * len(ids) if weights is None else weights
    sums = [fsum(w for w, id_ in zip(each, ids, strict=True) if id_ == k) for k in range(max(ids) + 1)]
    total = fsum(sums)
    return [part / total for part in sums]


def cluster_entropy(ids: Sequence[int], weights: Sequence[float] | None = None) -> float:
    """-sum p ln p over the clusters; 0 for one cluster."""
    return entropy_of(cluster_shares(ids, weights))


def weights_of(mean_token_logprobs: Sequence[float]) -> list[float]:
    """exp of each, up to a common factor: the most likely one weighs 1, so that they never are all 0."""
    highest = max(mean_token_logprobs)
    return [exp(logprob - highest) for logprob in mean_token_logprobs]


def mean_logprobs(record: Record) -> list[float | None]:
    """Mean log-probability per token of the output and of each sample; None where it did not come."""
    return [_mean_logprob(part) for part in (record, *(record.get("samples") or ()))]


def _mean_logprob(part: Mapping[str, Any]) -> float | None:
    given = part.get("mean_token_logprob")
    if given is not None:
        return float(given)
    content = (part.get("logprobs") or {}).get("content")
    if not content:
        return None
    mean_nll = likelihood([position["logprob"] for position in content])["mean_nll"].value
    return None if mean_nll is None else 0.0 - mean_nll
