"""`prediction/1`: the record that a program sends for one output, checked in full.

`check` either gives a record that can be stored as it is, or raises Invalid with every fault.
No Django here: the same check serves the API, the command line and the client.
"""

import hashlib
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Any, NotRequired

import orjson
from pydantic import AfterValidator, Field, TypeAdapter, with_config
from pydantic_core import PydanticCustomError
from typing_extensions import TypedDict

from queues.errors import Fault
from queues.ingest import evidence, limits, provenance
from queues.ingest.checking import faults_of_shape, pseudonymous, storable
from queues.ingest.faults import OUTPUT_MISSING
from queues.ingest.input_key import input_key
from queues.ingest.jsontext import Sent
from queues.ingest.kinds import STRICT, Free, Metadata, Name, PastTime, Share, Tag, Text, parse_time
from queues.ingest.messages import Messages, Part, as_parts, output_text, text_of
from queues.ingest.pseudonym import is_pseudonym

DEFAULT_ENVIRONMENT = "production"


@dataclass(frozen=True, slots=True)
class CheckedRecord:
    """A record that may be stored; `json` is what is stored, `content_hash` its SHA-256.

    altered: pointers to the texts in which NUL or lone surrogates became U+FFFD.
    """

    prediction_id: str
    environment: str
    content_hash: bytes
    occurred_at: datetime
    operation: str
    model_version: str
    locale: str
    segment: str
    record: dict[str, Any]
    json: bytes
    output_text: str
    altered: tuple[str, ...]
    input_key: int

    @property
    def cohort(self) -> dict[str, Any]:
        """By key; empty where the record names none."""
        return (self.record.get("subject") or {}).get("cohort") or {}


@with_config(STRICT)
class _Input(TypedDict):
    messages: NotRequired[Messages]
    prompt: NotRequired[Text]
    system_instructions: NotRequired[Annotated[list[Part], Field(max_length=limits.PARTS)] | Text | None]
    tools: NotRequired[Annotated[list[Free], Field(max_length=limits.TOOLS)] | None]


def _check_input(sent: dict[str, Any]) -> dict[str, Any]:
    if "messages" in sent and "prompt" in sent:
        raise PydanticCustomError(
            "input.both", "Send either messages or prompt, not both.", {"at": ("prompt",)}
        )
    if "messages" not in sent and "prompt" not in sent:
        raise PydanticCustomError(
            "input.missing", "Send what the model was asked, as messages or prompt.", {"at": ("messages",)}
        )
    return sent


Input = Annotated[_Input, AfterValidator(_check_input)]


def _check_class_probs(probabilities: dict[str, float]) -> dict[str, float]:
    if abs(sum(probabilities.values()) - 1) > 0.01:
        raise PydanticCustomError("output.class_probs", "The probabilities must sum to 1, give or take 0.01.")
    return probabilities


ClassProbabilities = Annotated[
    dict[Name, Share], Field(min_length=1, max_length=1_000), AfterValidator(_check_class_probs)
]


@with_config(STRICT)
class _Output(TypedDict):
    messages: NotRequired[Messages]
    text: NotRequired[Annotated[Text, Field(max_length=limits.OUTPUT_CHARACTERS)]]
    class_probs: NotRequired[ClassProbabilities | None]
    structured: NotRequired[Free]


def _check_output(output: dict[str, Any]) -> dict[str, Any]:
    if "messages" not in output and "text" not in output:
        raise PydanticCustomError("output.missing", OUTPUT_MISSING)
    return output


@with_config(STRICT)
class PredictionRecord(TypedDict):
    """One input and the model's output to it, with provenance. null means unknown, as absent does."""

    prediction_id: Name
    environment: NotRequired[Name]
    occurred_at: PastTime
    operation: NotRequired[Name | None]
    input: Input
    output: Annotated[_Output, AfterValidator(_check_output)]
    model: provenance.Model
    prompt: NotRequired[provenance.Prompt | None]
    params: NotRequired[provenance.Params | None]
    usage: NotRequired[provenance.Usage | None]
    retrieval: NotRequired[provenance.Retrieval | None]
    trace: NotRequired[provenance.Trace | None]
    subject: NotRequired[provenance.Subject | None]
    logprobs: NotRequired[evidence.Logprobs | None]
    samples: NotRequired[evidence.Samples | None]
    judges: NotRequired[evidence.Judges | None]
    guardrails: NotRequired[evidence.Guardrails | None]
    expected: NotRequired[provenance.Expected | None]
    rights: NotRequired[provenance.Rights | None]
    confidence: NotRequired[Share | None]
    tags: NotRequired[Annotated[list[Tag], Field(max_length=limits.TAGS)] | None]
    metadata: NotRequired[Metadata | None]


_SHAPE = TypeAdapter(PredictionRecord)


def check(sent: object, *, user_key: bytes | None = None) -> CheckedRecord:
    """The record as it will be stored. Raises Invalid with every fault that was found.

    user_key: makes a raw `subject.user_ref` a pseudonym; without it a raw one is refused.
    """
    return check_sent(Sent(sent), user_key=user_key)


def check_sent(sent: Sent, *, user_key: bytes | None = None) -> CheckedRecord:
    """`check` for a record that was read from JSON text: nothing is written twice."""
    found = storable(sent, _faults)
    accepted, compact = _accepted(found.record, user_key), found.compact
    if accepted is not found.record:
        compact = orjson.dumps(accepted, option=orjson.OPT_SORT_KEYS)
    return _checked(accepted, compact, found.altered)


def _faults(record: dict[str, Any]) -> list[Fault]:
    return faults_of_shape(_SHAPE, record) or _faults_of_output(record["output"])


def _faults_of_output(output: dict[str, Any]) -> list[Fault]:
    """`text` is the first message's text parts, joined, where both are sent."""
    if "messages" not in output or "text" not in output:
        return []
    if text_of(as_parts(output["messages"])[0]) == output["text"]:
        return []
    detail = "text and messages say different things; send one of them, or the text parts joined."
    return [Fault("/output/text", "output.differs", detail)]


def _accepted(record: dict[str, Any], user_key: bytes | None) -> dict[str, Any]:
    """The record with messages as parts and the user as a pseudonym; the same object if it had both."""
    changed: dict[str, Any] = {}
    for section in ("input", "output"):
        messages = record[section].get("messages")
        if messages and (parts := as_parts(messages)) is not messages:
            changed[section] = record[section] | {"messages": parts}
    user_ref = (record.get("subject") or {}).get("user_ref")
    if user_ref and not is_pseudonym(user_ref):
        pseudonym = pseudonymous(user_ref, user_key, "/subject/user_ref")
        changed["subject"] = record["subject"] | {"user_ref": pseudonym}
    return record | changed if changed else record


def _checked(record: dict[str, Any], compact: bytes, altered: tuple[str, ...]) -> CheckedRecord:
    model, subject = record["model"], record.get("subject") or {}
    return CheckedRecord(
        prediction_id=record["prediction_id"],
        environment=record.get("environment", DEFAULT_ENVIRONMENT),
        content_hash=hashlib.sha256(compact).digest(),
        occurred_at=parse_time(record["occurred_at"]),
        operation=record.get("operation") or "",
        model_version=model.get("version") or model.get("response_model") or model["request_model"],
        locale=subject.get("locale") or "",
        segment=subject.get("segment") or "",
        record=record,
        json=compact,
        output_text=output_text(record["output"]),
        altered=altered,
        input_key=input_key(record),
    )
