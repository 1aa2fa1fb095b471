"""The client's own estimate. Weak and often over-confident: never the only score (methods.md 2.6)."""

from collections.abc import Mapping

from queues.score.measure import Record, Value, measures, missing

NAMES = ("client_confidence",)


@measures.register("client")
def client_scores(record: Record, /) -> Mapping[str, Value]:
    """`client_confidence` = 1 - `confidence`, so that it points the same way as all other scores."""
    confidence = record.get("confidence")
    if confidence is None:
        return missing(NAMES, "no_confidence")
    return {"client_confidence": Value(1.0 - confidence)}
