"""How the demo's annotators depart from a careful reviewer: who slips where, and how long each reads.

Drawn from person and prediction, so that everybody does the same in each installation.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import sha256
from math import exp
from typing import Any

WORDS_PER_SECOND = 4.0
LEAST_SECONDS = 4.0
# What who is a little off says of "supported". Nobody careful is unsure, but visitors of the demo may be.
NEXT_TO: Mapping[str, str] = {"fully": "partly", "partly": "no", "no": "partly", "unsure": "no"}


@dataclass(frozen=True, slots=True)
class Leaning:
    """Shares are 0..1. misses: faulty answers that they approve; strict: good ones that they reject.

    vague, clear: other words for "supported", before and after the guideline explained them. pace: how long
    they read, of what the text takes.
    """

    misses: float
    strict: float
    vague: float
    clear: float
    pace: float


LEANINGS: Mapping[str, Leaning] = {
    "ann": Leaning(misses=0.03, strict=0.02, vague=0.5, clear=0.04, pace=1.0),
    "ben": Leaning(misses=0.03, strict=0.15, vague=0.5, clear=0.04, pace=1.3),
    "cem": Leaning(misses=0.80, strict=0.02, vague=0.5, clear=0.06, pace=0.25),
}


def said_by(
    name: str, prediction_id: str, careful: dict[str, Any], *, is_explained: bool, is_flagged: bool
) -> dict[str, Any]:
    """What this person submits to the queue of answers, where a careful one would submit `careful`.

    is_flagged: a filter objected, which the desk shows, so nobody overlooks what is wrong.
    """
    leaning, is_faulty = LEANINGS[name], careful["decision"] != "approve"
    supported = careful["answers"]["supported"]
    if _drawn(name, prediction_id, "supported") < (leaning.clear if is_explained else leaning.vague):
        supported = NEXT_TO[supported]
    said = careful | {"answers": {"supported": supported}}
    if is_faulty and not is_flagged and _drawn(name, prediction_id, "misses") < leaning.misses:
        said = said | {"decision": "approve", "reasons": []}
        said.pop("corrected_text", None)
    if not is_faulty and _drawn(name, prediction_id, "strict") < leaning.strict:
        said = said | {"decision": "reject", "reasons": ["tone"]}
    return said


def seconds_of(name: str, prediction_id: str, output_text: str) -> float:
    """How long this person looks at an answer: they read it twice, and a page beside it."""
    words = len(output_text.split())
    spread = exp(1.2 * (_drawn(name, prediction_id, "seconds") - 0.5))
    return LEAST_SECONDS + LEANINGS[name].pace * spread * (12.0 + 2.0 * words / WORDS_PER_SECOND)


def _drawn(name: str, prediction_id: str, what: str) -> float:
    """0..1, the same for the same person, prediction and purpose."""
    digest = sha256(f"{name}/{prediction_id}/{what}".encode()).digest()
    return int.from_bytes(digest[:6]) / 2**48
