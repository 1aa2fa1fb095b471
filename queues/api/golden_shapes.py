"""Golden items as JSON, and in the OpenAPI description: the very types that check what arrives."""

from typing import Any

from drf_spectacular.utils import extend_schema

from queues.curate.golden.queries import Matched, record_of
from queues.models import Golden, GoldenVersion

_RECORD = {"$ref": "#/components/schemas/GoldenRecord"}
_WITH_REASON = {
    "allOf": [_RECORD],
    "properties": {"reason": {"type": "string", "minLength": 1, "maxLength": 2000}},
    "required": ["reason"],
}
_LINES = {"type": "string", "description": "One golden/1 record per line; gzip is taken."}
_RESULT = {
    "type": "object",
    "required": ["status"],
    "properties": {
        "index": {"type": "integer", "description": "The record's place in the batch, from 0."},
        "golden_id": {"type": "string"},
        "id": {"type": "integer"},
        "version": {"type": "integer"},
        "status": {"type": "integer", "enum": [200, 201, 409, 422]},
        "result": {
            "type": "string",
            "enum": ["created", "updated", "duplicate", "conflict", "retired", "invalid"],
        },
        "warnings": {"type": "array", "items": {"type": "object"}},
        "problem": {"$ref": "#/components/schemas/Problem"},
    },
}
_RESULTS = {
    "type": "object",
    "required": ["results"],
    "properties": {"results": {"type": "array", "items": _RESULT}},
}
_OBJECT = {"type": "object", "additionalProperties": {}}
_REASON = {
    "type": "object",
    "required": ["reason"],
    "properties": {"reason": {"type": "string", "minLength": 1, "maxLength": 2000}},
}

add = extend_schema(request={"application/json": _WITH_REASON}, responses={201: _OBJECT})
edit = extend_schema(request={"application/json": _WITH_REASON}, responses={200: _OBJECT})
send_many = extend_schema(
    request={
        "application/json": {"type": "array", "items": _RECORD, "maxItems": 1000},
        "application/x-ndjson": _LINES,
    },
    responses={207: _RESULTS},
)
give_reason = extend_schema(request={"application/json": _REASON}, responses={200: _OBJECT})
read = extend_schema(responses={200: _OBJECT})


def golden_line(version: GoldenVersion) -> dict[str, Any]:
    """One item of a list: the current version in full."""
    golden = version.golden
    return {
        "id": golden.pk,
        "version": version.version,
        "record": record_of(version),
        "retired_at": golden.retired_at,
        "retired_why": golden.retired_why,
        "created_at": golden.created_at,
        "changed_at": version.created_at,
        "author": version.author.name if version.author else None,
        "reason": version.reason,
    }


def full_golden(golden: Golden, versions: list[GoldenVersion], matched: Matched) -> dict[str, Any]:
    """One item: its current version, those before, and what was held against it."""
    for version in versions:
        version.golden = golden
    return golden_line(versions[0]) | {
        "versions": [_version(version) for version in versions],
        "matched": {
            "counted": matched.counted,
            "deviating": matched.deviating,
            "newest": [_deviation(row) for row in matched.shown],
        },
    }


def _version(version: GoldenVersion) -> dict[str, Any]:
    return {
        "version": version.version,
        "record": record_of(version),
        "author": version.author.name if version.author else None,
        "reason": version.reason,
        "created_at": version.created_at,
    }


def _deviation(row: Any) -> dict[str, Any]:
    return {
        "prediction": row.prediction_id,
        "prediction_id": row.prediction.prediction_id,
        "version": row.version.version,
        "matched_by": row.matched_by,
        "deviates": row.deviates,
        "distance": row.distance,
        "why": row.why,
        "compared_at": row.compared_at,
    }
