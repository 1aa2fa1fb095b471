"""P(True): the model was shown its own answer and asked "A) true or B) false?" (methods.md 2.7).

The extra call is the client's. Its answer comes as the judge named `p_true`, with the log-probabilities of
its first token in `logprobs`, or with the probability that somebody else computed as its `score`.
"""

from collections.abc import Mapping, Sequence
from math import exp, fsum
from typing import Any

from queues.score.measure import Record, Value, measures, missing
from queues.score.measures.judges import family_of, share_of

NAMES = ("p_true",)
JUDGE = "p_true"
MIN_MASS = 0.5
_TRUE, _FALSE = frozenset({"a"}), frozenset({"b"})


@measures.register("p_true")
def p_true_scores(record: Record, /) -> Mapping[str, Value]:
    """`p_true` = 1 - P(True), so that higher is more uncertain."""
    for judge in record.get("judges") or ():
        if family_of(judge["name"]) == JUDGE:
            return {"p_true": _score(judge)}
    return missing(NAMES, "no_p_true_judge")


def _score(judge: Mapping[str, Any]) -> Value:
    content = (judge.get("logprobs") or {}).get("content")
    if content:
        p = probability_of_true(_alternatives(content[0]))
        return Value(None, "little_mass_on_a_and_b") if p is None else Value(1.0 - p)
    share = share_of(judge)
    return Value(None, "no_logprobs_and_no_score") if share is None else Value(1.0 - share)


def _alternatives(position: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    """What could have stood at this position: `top_logprobs`, and the token that was drawn."""
    top = list(position.get("top_logprobs") or ())
    drawn = all(alternative["token"] != position["token"] for alternative in top)
    return [*top, position] if drawn else top


def masses(
    alternatives: Sequence[Mapping[str, Any]], true: frozenset[str] = _TRUE, false: frozenset[str] = _FALSE
) -> tuple[float, float]:
    """The probability on "true" and on "false" tokens, which are stripped and casefolded first."""
    read = [(item["token"].strip().casefold(), exp(item["logprob"])) for item in alternatives]
    return fsum(p for token, p in read if token in true), fsum(p for token, p in read if token in false)


def probability_of_true(
    alternatives: Sequence[Mapping[str, Any]], true: frozenset[str] = _TRUE, false: frozenset[str] = _FALSE
) -> float | None:
    """mass(A) / (mass(A) + mass(B)); None when the two together hold less than half: it did not answer."""
    mass_true, mass_false = masses(alternatives, true, false)
    mass = mass_true + mass_false
    return mass_true / mass if mass >= MIN_MASS else None
