"""Batches of records in the OpenAPI description: what is sent, and what became of each record of it."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from drf_spectacular.utils import extend_schema

Shape = Mapping[str, Any]

OBJECT: Shape = {"type": "object", "additionalProperties": {}}
RECORDS_MOST = 1000


def record_named(name: str) -> Shape:
    """A record by the name of its type, which the description holds as a component."""
    return {"$ref": f"#/components/schemas/{name}"}


def result_of(named: Shape, *, statuses: Sequence[int], results: Sequence[str]) -> Shape:
    """What became of one record. named: the properties that are of its kind alone."""
    return {
        "type": "object",
        "required": ["status"],
        "properties": {
            "index": {"type": "integer", "description": "The record's place in the batch, from 0."},
            **named,
            "status": {"type": "integer", "enum": list(statuses)},
            "result": {"type": "string", "enum": list(results)},
            "warnings": {"type": "array", "items": {"type": "object"}},
            "problem": {"$ref": "#/components/schemas/Problem"},
        },
    }


def describes_batch(record: Shape, result: Shape, *, kind: str) -> Callable[[Any], Any]:
    """Of an endpoint that takes many records. kind: the name of their format, such as prediction/1."""
    lines = {"type": "string", "description": f"One {kind} record per line; gzip is taken."}
    results = {
        "type": "object",
        "required": ["results"],
        "properties": {"results": {"type": "array", "items": result}},
    }
    sent = {
        "application/json": {"type": "array", "items": record, "maxItems": RECORDS_MOST},
        "application/x-ndjson": lines,
    }
    return extend_schema(request=sent, responses={207: results})
