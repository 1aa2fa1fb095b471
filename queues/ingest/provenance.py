"""Where the output came from: model, prompt, parameters, retrieval, trace, person, rights."""

from typing import Annotated, Any, Literal, NotRequired

from pydantic import AfterValidator, Field, StringConstraints, with_config
from pydantic_core import PydanticCustomError
from typing_extensions import TypedDict

from queues.ingest import limits
from queues.ingest.kinds import (
    STRICT,
    Count,
    Free,
    FreeObject,
    Locale,
    Name,
    NotNegative,
    Share,
    SpanId,
    Text,
    TraceId,
    check_free,
    parse_time,
)

Names = Annotated[list[Name], Field(max_length=limits.MESSAGES)]


@with_config(STRICT)
class Model(TypedDict):
    request_model: Name
    provider: NotRequired[Name | None]
    response_model: NotRequired[Name | None]
    response_id: NotRequired[Name | None]
    version: NotRequired[Name | None]
    system_fingerprint: NotRequired[Name | None]


@with_config(STRICT)
class Prompt(TypedDict):
    name: NotRequired[Name | None]
    version: NotRequired[Name | None]
    template_sha256: NotRequired[Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{64}$")] | None]
    variables: NotRequired[FreeObject | None]


@with_config(STRICT)
class Params(TypedDict):
    temperature: NotRequired[NotNegative | None]
    top_p: NotRequired[Share | None]
    top_k: NotRequired[NotNegative | None]
    seed: NotRequired[int | None]
    max_tokens: NotRequired[Count | None]
    frequency_penalty: NotRequired[float | None]
    presence_penalty: NotRequired[float | None]
    stop_sequences: NotRequired[Annotated[list[Text], Field(max_length=limits.MESSAGES)] | None]
    choice_count: NotRequired[Annotated[int, Field(ge=1)] | None]


@with_config(STRICT)
class Usage(TypedDict):
    input_tokens: NotRequired[Count | None]
    output_tokens: NotRequired[Count | None]
    reasoning_tokens: NotRequired[Count | None]
    latency_ms: NotRequired[NotNegative | None]
    ttft_ms: NotRequired[NotNegative | None]
    cost: NotRequired[NotNegative | None]


def _check_span(span: list[int]) -> list[int]:
    if span[0] >= span[1]:
        raise PydanticCustomError("span.empty", "A span is [start, end] in code points, the end exclusive.")
    return span


Span = Annotated[list[Count], Field(min_length=2, max_length=2), AfterValidator(_check_span)]


@with_config(STRICT)
class Document(TypedDict):
    id: Name
    score: NotRequired[float | None]
    content: NotRequired[Text | None]
    uri: NotRequired[Text | None]
    version: NotRequired[Name | None]
    used: NotRequired[bool | None]
    citations: NotRequired[Annotated[list[Span], Field(max_length=limits.DOCUMENTS)] | None]


@with_config(STRICT)
class Retrieval(TypedDict):
    config_version: NotRequired[Name | None]
    query: NotRequired[Text | None]
    documents: NotRequired[Annotated[list[Document], Field(max_length=limits.DOCUMENTS)] | None]


@with_config(STRICT)
class Trace(TypedDict):
    trace_id: NotRequired[TraceId | None]
    span_id: NotRequired[SpanId | None]
    conversation_id: NotRequired[Name | None]
    turn_index: NotRequired[Count | None]
    parent_prediction_ids: NotRequired[Names | None]
    experiment_id: NotRequired[Name | None]


def _check_cohort(cohort: dict[str, Any]) -> dict[str, Any]:
    for key, value in cohort.items():
        if isinstance(value, str) and len(value) <= limits.NAME_CHARACTERS:
            continue
        if not isinstance(value, bool | int | float):
            detail = "A cohort value is a short text, a number, true or false."
            raise PydanticCustomError("subject.cohort", detail, {"at": (key,)})
    return cohort


Cohort = Annotated[
    dict[Name, Any],
    Field(max_length=limits.COHORT_KEYS),
    AfterValidator(check_free),
    AfterValidator(_check_cohort),
]


@with_config(STRICT)
class Subject(TypedDict):
    """The person that the output was for, never by name: see `pseudonym`."""

    user_ref: NotRequired[Name | None]
    locale: NotRequired[Locale | None]
    segment: NotRequired[Name | None]
    cohort: NotRequired[Cohort | None]


def _check_day(text: str) -> str:
    try:
        parse_time(f"{text}T00:00:00Z" if len(text) == len("2027-01-31") else text)
    except ValueError:
        raise PydanticCustomError(
            "rights.retention_until", "This must be a day like 2027-01-31, or a time with its offset."
        ) from None
    return text


@with_config(STRICT)
class Rights(TypedDict):
    origin: NotRequired[Literal["human", "model", "synthetic", "mixed"] | None]
    licence: NotRequired[Name | None]
    consent: NotRequired[Literal["granted", "denied", "unknown", "withdrawn"] | None]
    consent_scope: NotRequired[
        Annotated[list[Literal["review", "train", "eval"]], Field(max_length=3)] | None
    ]
    retention_until: NotRequired[Annotated[str, AfterValidator(_check_day)] | None]
    region: NotRequired[Name | None]


@with_config(STRICT)
class Expected(TypedDict):
    """What a golden question should have been answered with."""

    golden_id: NotRequired[Name | None]
    value: NotRequired[Free]
