"""Token scores from log-probabilities: free, and good on short answers (methods.md 2.1).

Source: OpenAI's `logprobs.content[]`, checked against `token_logprobs/*` of the reference cases.
"""

from collections.abc import Mapping, Sequence
from math import exp, fsum, log
from typing import Any

from queues.score.measure import Record, Value, measures, missing

# A token less likely than this counts as this. Also catches -9999.0, OpenAI's "not among the top 20".
FLOOR = log(1e-10)

_COUNTS = ("n_tokens", "n_floored")
_LIKELIHOOD = ("sum_nll", "mean_nll", "perplexity", "min_logprob", "max_nll")
_ENTROPY = ("mean_entropy", "max_entropy", "mean_entropy_renorm", "max_entropy_renorm")

FROM_LOGPROBS = _LIKELIHOOD + _ENTROPY  # what says little when many tokens were floored

_NO_LOGPROBS = missing(_COUNTS + _LIKELIHOOD + _ENTROPY, "no_logprobs")
_NO_TOKENS = {"n_tokens": Value(0.0), "n_floored": Value(0.0)} | missing(_LIKELIHOOD + _ENTROPY, "no_tokens")
_NO_TOP_LOGPROBS = missing(_ENTROPY, "position_without_top_logprobs")


@measures.register("token")
def token_scores(record: Record, /) -> Mapping[str, Value]:
    """Likelihood and entropy of the output's tokens.

    `sum_nll` grows with length: never compare it across lengths, `n_tokens` is the baseline for that.
    `min_logprob` keeps its usual sign (lower = more uncertain); `max_nll` is the same, oriented as the rest.
    """
    content = (record.get("logprobs") or {}).get("content")
    if content is None:
        return _NO_LOGPROBS
    if not content:
        return _NO_TOKENS
    return likelihood([position["logprob"] for position in content]) | entropies(content)


def likelihood(logprobs: Sequence[float]) -> dict[str, Value]:
    """Scores of the sampled tokens alone; `logprobs` holds at least one number <= 0."""
    floored = [logprob if logprob > FLOOR else FLOOR for logprob in logprobs]
    n_tokens = len(floored)
    sum_nll = 0.0 - fsum(floored)  # 0.0 - x, because -x would make -0.0 of a certain output
    mean_nll = sum_nll / n_tokens
    lowest = min(floored)
    return {
        "n_tokens": Value(float(n_tokens)),
        "n_floored": Value(float(sum(logprob < FLOOR for logprob in logprobs))),
        "sum_nll": Value(sum_nll),
        "mean_nll": Value(mean_nll),
        "perplexity": Value(exp(mean_nll)),
        "min_logprob": Value(float(lowest)),
        "max_nll": Value(0.0 - lowest),
    }


def entropies(content: Sequence[Mapping[str, Any]]) -> dict[str, Value]:
    """Mean and largest entropy over the positions; undefined if one position has no alternatives."""
    if not all(position.get("top_logprobs") for position in content):
        return _NO_TOP_LOGPROBS
    pairs = [_entropy(position) for position in content]
    lumped = [pair[0] for pair in pairs]
    renormalised = [pair[1] for pair in pairs]
    return {
        "mean_entropy": Value(fsum(lumped) / len(lumped)),
        "max_entropy": Value(max(lumped)),
        "mean_entropy_renorm": Value(fsum(renormalised) / len(renormalised)),
        "max_entropy_renorm": Value(max(renormalised)),
    }


def _entropy(position: Mapping[str, Any]) -> tuple[float, float]:
    """Entropy at one position: (with the unseen tail lumped into one symbol, of the seen part alone).

    The first is a lower bound of the true entropy, the second is kept for comparison only.
    """
    top = position["top_logprobs"]
    logs = [_floored(alternative["logprob"]) for alternative in top]
    sampled = position["token"]
    if all(alternative["token"] != sampled for alternative in top):
        logs.append(_floored(position["logprob"]))
    shares = [exp(logprob) for logprob in logs]
    seen = fsum(shares)
    entropy = 0.0 - sum(map(float.__mul__, shares, logs))
    renormalised = max(0.0, entropy / seen + log(seen))
    tail = 1.0 - seen
    return (entropy - tail * log(tail) if tail > 0.0 else entropy), renormalised


def _floored(logprob: float) -> float:
    return float(logprob) if logprob > FLOOR else FLOOR
