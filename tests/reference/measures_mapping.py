"""Which functions of ours answer the reference cases about measures."""

from collections.abc import Callable, Mapping
from math import fsum, log
from typing import Any

from queues.score.measures.judges import spread
from queues.score.measures.lexical import lexical_uncertainty
from queues.score.measures.p_true import masses, probability_of_true
from queues.score.measures.semantic import (
    cluster_entropy,
    cluster_shares,
    clusters_of,
    dispersion_of,
    pairwise_cosines,
    weights_of,
)
from queues.score.measures.verbalised import stated_confidence

Input = Mapping[str, Any]


def semantic_entropy(case: Input) -> object:
    ids, logliks = case["semantic_ids"], case["mean_token_logliks"]
    weights = weights_of(logliks)
    return {
        "n_clusters": len(cluster_shares(ids)),
        "discrete": cluster_entropy(ids),
        "discrete_normalised": cluster_entropy(ids) / log(len(ids)),
        "rao_blackwellised": cluster_entropy(ids, weights),
        "cluster_probs_rb": cluster_shares(ids, weights),
        "naive_entropy": -fsum(logliks) / len(logliks),
    }


def embedding_semantic_entropy(case: Input) -> object:
    cosines = pairwise_cosines(case["embeddings"])
    ids = clusters_of(cosines, case["similarity_threshold"])
    return {
        "semantic_ids": ids,
        "n_clusters": len(cluster_shares(ids)),
        "discrete": cluster_entropy(ids),
        "seu": dispersion_of(cosines),
        "min_pair_cosine": float(cosines.min()),
    }


def lexical_dissimilarity(case: Input) -> object:
    uncertainty = lexical_uncertainty(case["texts"])["lexical_dissimilarity"].value
    return {
        "mean_rougeL_f1": None if uncertainty is None else 1.0 - uncertainty,
        "lexical_uncertainty": uncertainty,
    }


def verbalised_confidence(case: Input) -> object:
    confidence = stated_confidence(case["text"])
    return {"confidence": confidence, "uncertainty": None if confidence is None else 1.0 - confidence}


def p_true(case: Input) -> object:
    asked = case["top_logprobs"], frozenset(case["true_tokens"]), frozenset(case["false_tokens"])
    p = probability_of_true(*asked)
    return {"mass": sum(masses(*asked)), "p_true": p, "uncertainty": None if p is None else 1.0 - p}


def judge_disagreement(case: Input) -> object:
    scores = spread(case["scores"])
    return {
        "mean": fsum(case["scores"]) / len(case["scores"]),
        "sd_population": scores["judge_disagreement"].value,
        "range": scores["judge_range"].value,
    }


MEASURES: dict[str, Callable[[Input], object]] = {
    "embedding_semantic_entropy": embedding_semantic_entropy,
    "judge_disagreement": judge_disagreement,
    "lexical_dissimilarity": lexical_dissimilarity,
    "p_true": p_true,
    "semantic_entropy": semantic_entropy,
    "verbalised_confidence": verbalised_confidence,
}
