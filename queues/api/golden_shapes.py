"""Golden items as JSON, and in the OpenAPI description: the very types that check what arrives."""

from typing import Any

from drf_spectacular.utils import extend_schema

from queues.api.batch_shapes import OBJECT, describes_batch, record_named, result_of
from queues.curate.golden.queries import Matched, record_of
from queues.models import Golden, GoldenVersion

_RECORD = record_named("GoldenRecord")
_REASONS = {"reason": {"type": "string", "minLength": 1, "maxLength": 2000}}
_WITH_REASON = {"allOf": [_RECORD], "properties": _REASONS, "required": ["reason"]}
_RESULT = result_of(
    {
        "golden_id": {"type": "string"},
        "id": {"type": "integer"},
        "version": {"type": "integer"},
    },
    statuses=[200, 201, 409, 422],
    results=["created", "updated", "duplicate", "conflict", "retired", "invalid"],
)
_REASON = {"type": "object", "required": ["reason"], "properties": _REASONS}

add = extend_schema(request={"application/json": _WITH_REASON}, responses={201: OBJECT})
edit = extend_schema(request={"application/json": _WITH_REASON}, responses={200: OBJECT})
send_many = describes_batch(_RECORD, _RESULT, kind="golden/1")
give_reason = extend_schema(request={"application/json": _REASON}, responses={200: OBJECT})
read = extend_schema(responses={200: OBJECT})


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
