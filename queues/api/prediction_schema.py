"""prediction/1 in the OpenAPI description: the very types that check what arrives, as JSON schema."""

from typing import Any

from drf_spectacular.utils import extend_schema
from pydantic import TypeAdapter

from queues.api.batch_shapes import OBJECT, describes_batch, record_named, result_of
from queues.curate.golden.record import GoldenRecord
from queues.ingest.feedback.record import FeedbackRecord
from queues.ingest.record import PredictionRecord

_RECORDS = (PredictionRecord, FeedbackRecord, GoldenRecord)
_RECORD = record_named("PredictionRecord")
_RESULT = result_of(
    {
        "prediction_id": {"type": "string"},
        "environment": {"type": "string"},
        "id": {"type": "integer"},
    },
    statuses=[200, 201, 409, 422],
    results=["created", "duplicate", "conflict", "rejected"],
)

send_one = extend_schema(request={"application/json": _RECORD}, responses={200: _RESULT, 201: _RESULT})
send_many = describes_batch(_RECORD, _RESULT, kind="prediction/1")
read = extend_schema(responses={200: OBJECT})


def add_record_shape(result: dict[str, Any], **kwargs: object) -> dict[str, Any]:
    """Post-processing hook: the records that are sent, and the shapes inside them, as named components."""
    shapes = result.setdefault("components", {}).setdefault("schemas", {})
    for record in _RECORDS:
        shape = _readable(TypeAdapter(record).json_schema(ref_template="#/components/schemas/{model}"))
        shapes.update(shape.pop("$defs", {}))
        shapes[record.__name__] = shape
    return result


def _readable(shape: Any) -> Any:
    """Patterns that only Rust's regexes know, in words: most readers of OpenAPI could not load them."""
    if isinstance(shape, list):
        return [_readable(inner) for inner in shape]
    if not isinstance(shape, dict):
        return shape
    read = {key: _readable(inner) for key, inner in shape.items()}
    if _is_rust(read.get("pattern")):
        del read["pattern"]
        read["description"] = "Without control, format and outer space characters."
    if any(_is_rust(pattern) for pattern in read.get("patternProperties", ())):
        (read["additionalProperties"],) = read.pop("patternProperties").values()
    return read


def _is_rust(pattern: object) -> bool:
    return isinstance(pattern, str) and "\\p{" in pattern
