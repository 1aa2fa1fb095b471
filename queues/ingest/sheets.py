"""Which columns a table of each kind of records may have: paths of the record, by what they hold."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Sheet:
    """Columns of text and of numbers; required, those that a header must name; kept, where "" is a text.

    free: the beginning of columns that may have any name, "" for none.
    """

    required: tuple[str, ...]
    texts: frozenset[str]
    numbers: frozenset[str]
    kept: frozenset[str] = frozenset()
    free: str = ""

    def is_known(self, path: str) -> bool:
        """Whether a column may have this name."""
        if path in self.texts or path in self.numbers or path in self.required:
            return True
        return bool(self.free) and path.startswith(self.free) and len(path) > len(self.free)


PREDICTIONS = Sheet(
    required=("prediction_id", "occurred_at", "input.prompt", "output.text", "model.request_model"),
    texts=frozenset(
        {
            "environment",
            "operation",
            "model.provider",
            "model.response_model",
            "model.response_id",
            "model.version",
            "model.system_fingerprint",
            "prompt.name",
            "prompt.version",
            "trace.trace_id",
            "trace.span_id",
            "trace.conversation_id",
            "subject.user_ref",
            "subject.locale",
            "subject.segment",
            "expected.golden_id",
            "expected.value",
            "rights.origin",
            "rights.licence",
            "rights.consent",
            "rights.region",
        }
    ),
    numbers=frozenset(
        {
            "confidence",
            "params.temperature",
            "params.top_p",
            "params.seed",
            "usage.input_tokens",
            "usage.output_tokens",
            "usage.latency_ms",
            "usage.cost",
        }
    ),
    kept=frozenset({"input.prompt", "output.text"}),
    free="metadata.",
)
# A number where the cell spells one: a thumb, stars; else the text of a report or comment.
FEEDBACK = Sheet(
    required=("event_id", "occurred_at", "kind", "name"),
    texts=frozenset(
        {
            "environment",
            "prediction_id",
            "trace_id",
            "span_id",
            "response_id",
            "actor.kind",
            "actor.user_ref",
            "comment",
        }
    ),
    numbers=frozenset(
        {"value", "value.share", "value.ms", "value.count", "value.similarity", "value.edit_similarity"}
    ),
    free="metadata.",
)
GOLDEN = Sheet(
    required=("golden_id", "input.prompt"),
    texts=frozenset(
        {"target", "rule.kind", "rule.pattern", "rule.pick", "rule.decimal", "rubric", "context", "locale"}
    ),
    numbers=frozenset({"rule.threshold", "rule.absolute", "rule.relative"}),
    kept=frozenset({"input.prompt"}),
)
