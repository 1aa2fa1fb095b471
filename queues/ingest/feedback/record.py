"""`feedback/1`: what an end user did with one output, checked in full. No Django here."""

import hashlib
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal, NotRequired

import orjson
from pydantic import TypeAdapter, with_config
from typing_extensions import TypedDict

from queues.errors import Fault
from queues.ingest.checking import faults_of_shape, pseudonymous, storable
from queues.ingest.feedback import references
from queues.ingest.feedback.values import KIND_OF, Comment, FeedbackName, ReasonCodes, faults_of_value, said
from queues.ingest.jsontext import Sent
from queues.ingest.kinds import STRICT, Free, Metadata, Name, PastTime, SpanId, TraceId, parse_time
from queues.ingest.messages import as_parts
from queues.ingest.pseudonym import is_pseudonym
from queues.ingest.record import DEFAULT_ENVIRONMENT

ActorKind = Literal["end_user", "annotator", "system"]
_WAYS = ("prediction_id", "trace_id", "response_id")


@dataclass(frozen=True, slots=True)
class CheckedFeedback:
    """An event that may be stored; `json` is what is stored, `content_hash` its SHA-256.

    reference: the key of what it is about; environment and prediction_id are set where it says the id.
    actor: 16 bytes of who did it; without a user_ref, all of one kind are one actor.
    """

    event_id: str
    content_hash: bytes
    reference: bytes
    environment: str | None
    prediction_id: str | None
    actor_kind: str
    actor: bytes
    kind: str
    name: str
    number: float | None
    label: str
    is_negative: bool
    occurred_at: datetime
    json: bytes
    altered: tuple[str, ...]


@with_config(STRICT)
class FeedbackActor(TypedDict):
    """Who did it, never by name."""

    kind: NotRequired[ActorKind]
    user_ref: NotRequired[Name | None]


@with_config(STRICT)
class FeedbackRecord(TypedDict):
    """One thing that one actor did with one output. null means unknown, as absent does."""

    event_id: Name
    environment: NotRequired[Name]
    prediction_id: NotRequired[Name | None]
    trace_id: NotRequired[TraceId | None]
    span_id: NotRequired[SpanId | None]
    response_id: NotRequired[Name | None]
    occurred_at: PastTime
    actor: NotRequired[FeedbackActor | None]
    kind: Literal["explicit", "implicit"]
    name: FeedbackName
    value: NotRequired[Free]
    reason_codes: NotRequired[ReasonCodes | None]
    comment: NotRequired[Comment | None]
    metadata: NotRequired[Metadata | None]


_SHAPE = TypeAdapter(FeedbackRecord)


def check(sent: object, *, user_key: bytes | None = None) -> CheckedFeedback:
    """The event as it will be stored. Raises Invalid with every fault that was found."""
    return check_sent(Sent(sent), user_key=user_key)


def check_sent(sent: Sent, *, user_key: bytes | None = None) -> CheckedFeedback:
    """`check` for an event that was read from JSON text.

    user_key: makes a raw `actor.user_ref` a pseudonym; without it a raw one is refused.
    """
    found = storable(sent, _faults)
    accepted, compact = _accepted(found.record, user_key), found.compact
    if accepted is not found.record:
        compact = orjson.dumps(accepted, option=orjson.OPT_SORT_KEYS)
    return _checked(accepted, compact, found.altered)


def _faults(record: dict[str, Any]) -> list[Fault]:
    faults = faults_of_shape(_SHAPE, record) + _faults_of_reference(record)
    name = record.get("name")
    if isinstance(name, str) and name in KIND_OF:
        faults += faults_of_value(name, record)
        if record.get("kind") in ("explicit", "implicit") and record["kind"] != KIND_OF[name]:
            detail = f"Feedback of this name is {KIND_OF[name]}."
            faults.append(Fault("/kind", "feedback.kind", detail))
    return faults


def _faults_of_reference(record: dict[str, Any]) -> list[Fault]:
    """Exactly one way to name the prediction."""
    used = [way for way in _WAYS if record.get(way) is not None]
    has_span = record.get("span_id") is not None
    if len(used) > 1:
        detail = "Name the prediction in one way: prediction_id, trace_id with span_id, or response_id."
        return [Fault(f"/{used[1]}", "feedback.references", detail)]
    if not used and not has_span:
        detail = "Say what it is about: prediction_id, trace_id with span_id, or response_id."
        return [Fault("/prediction_id", "feedback.reference", detail)]
    if has_span != (used == ["trace_id"]):
        detail = "A span is named by trace_id and span_id together, and by nothing else beside them."
        return [Fault("/trace_id" if has_span else "/span_id", "feedback.trace", detail)]
    return []


def _accepted(record: dict[str, Any], user_key: bytes | None) -> dict[str, Any]:
    """With corrections as parts and the actor as a pseudonym; the same object if it had both."""
    changed: dict[str, Any] = {}
    value = record.get("value")
    if record["name"] == "correction" and isinstance(value, list) and (parts := as_parts(value)) is not value:
        changed["value"] = parts
    user_ref = (record.get("actor") or {}).get("user_ref")
    if user_ref and not is_pseudonym(user_ref):
        changed["actor"] = record["actor"] | {"user_ref": pseudonymous(user_ref, user_key, "/actor/user_ref")}
    return record | changed if changed else record


def _checked(record: dict[str, Any], compact: bytes, altered: tuple[str, ...]) -> CheckedFeedback:
    actor = record.get("actor") or {}
    actor_kind = actor.get("kind", "end_user")
    prediction_id = record.get("prediction_id")
    environment = record.get("environment", DEFAULT_ENVIRONMENT) if prediction_id else None
    read = said(record["name"], record.get("value"))
    return CheckedFeedback(
        event_id=record["event_id"],
        content_hash=hashlib.sha256(compact).digest(),
        reference=_reference(record, environment),
        environment=environment,
        prediction_id=prediction_id,
        actor_kind=actor_kind,
        actor=references.digest(actor_kind, actor.get("user_ref") or ""),
        kind=record["kind"],
        name=record["name"],
        number=None if read.number is None else float(read.number),
        label=read.label,
        is_negative=read.is_negative,
        occurred_at=parse_time(record["occurred_at"]),
        json=compact,
        altered=altered,
    )


def _reference(record: dict[str, Any], environment: str | None) -> bytes:
    if environment is not None:
        return references.by_prediction(environment, record["prediction_id"])
    if record.get("trace_id"):
        return references.by_trace(record["trace_id"], record["span_id"])
    return references.by_response(record["response_id"])
