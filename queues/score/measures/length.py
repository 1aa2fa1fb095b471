"""Length: the baseline. A measure that does not find errors better than this does not earn its place."""

from collections.abc import Mapping

from queues.score.answers import output_text
from queues.score.measure import Record, Value, measures


@measures.register("length")
def length_scores(record: Record, /) -> Mapping[str, Value]:
    """`n_chars`: code points of the output's text. Never missing."""
    return {"n_chars": Value(float(len(output_text(record))))}
