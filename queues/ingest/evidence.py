"""What came with the output: token probabilities, other samples, judges, guardrails, confidence."""

from typing import Annotated, Any, Literal, NotRequired

from pydantic import AfterValidator, Field, with_config
from pydantic_core import PydanticCustomError
from typing_extensions import TypedDict

from queues.ingest import limits
from queues.ingest.kinds import STRICT, LogProbability, Name, NotNegative, Share, Text

Bytes = Annotated[list[Annotated[int, Field(ge=0, le=255)]], Field(max_length=1_000)]


@with_config(STRICT)
class Alternative(TypedDict):
    """One candidate for a position; -9999.0 is the documented "not among the top 20"."""

    token: Text
    logprob: LogProbability
    bytes: NotRequired[Bytes | None]


@with_config(STRICT)
class Token(TypedDict):
    token: Text
    logprob: LogProbability
    bytes: NotRequired[Bytes | None]
    top_logprobs: NotRequired[Annotated[list[Alternative], Field(max_length=limits.TOP_LOGPROBS)] | None]


Tokens = Annotated[list[Token], Field(max_length=limits.TOKENS)]


@with_config(STRICT)
class Logprobs(TypedDict):
    """As OpenAI gives them."""

    content: Tokens | None
    refusal: NotRequired[Tokens | None]


@with_config(STRICT)
class Sample(TypedDict):
    """Another generation for the same input."""

    text: Annotated[Text, Field(max_length=limits.OUTPUT_CHARACTERS)]
    mean_token_logprob: NotRequired[LogProbability | None]
    logprobs: NotRequired[Logprobs | None]
    temperature: NotRequired[NotNegative | None]
    model: NotRequired[Name | None]


@with_config(STRICT)
class _Judge(TypedDict):
    name: Name
    version: NotRequired[Name | None]
    kind: NotRequired[Literal["LLM", "CODE", "HUMAN"] | None]
    score: NotRequired[float | None]
    scale: NotRequired[Annotated[list[float], Field(min_length=2, max_length=2)] | None]
    logprobs: NotRequired[Logprobs | None]  # of a judge that answers A or B, see measures/p_true.py
    label: NotRequired[Text | None]
    explanation: NotRequired[Text | None]


def _check_scale(judge: dict[str, Any]) -> dict[str, Any]:
    score, scale = judge.get("score"), judge.get("scale")
    if scale and scale[0] >= scale[1]:
        detail = "The scale is [lowest, highest], the lowest first."
        raise PydanticCustomError("judge.scale", detail, {"at": ("scale",)})
    if scale and score is not None and not scale[0] <= score <= scale[1]:
        detail = "The score lies outside of its scale."
        raise PydanticCustomError("judge.score", detail, {"at": ("score",)})
    return judge


Judge = Annotated[_Judge, AfterValidator(_check_scale)]


@with_config(STRICT)
class _Guardrail(TypedDict):
    """One finding of one filter. The verdict and the action taken are apart on purpose."""

    component: Name
    component_version: NotRequired[Name | None]
    taxonomy: NotRequired[Name | None]
    category: NotRequired[Name | None]
    score: NotRequired[Share | None]
    threshold: NotRequired[Share | None]
    flagged: bool
    target: NotRequired[Literal["input", "output"] | None]
    subtype: NotRequired[Literal["llm", "tool_call", "retrieval", "memory"] | None]
    policy_id: NotRequired[Name | None]
    policy_version: NotRequired[Name | None]
    rule_id: NotRequired[Name | None]
    verdict: NotRequired[Literal["allow", "deny", "modify", "warn", "escalate"] | None]
    action: NotRequired[Literal["allow", "block", "modify", "escalate"] | None]
    content_modified: NotRequired[bool | None]
    reason: NotRequired[Text | None]
    provider_code: NotRequired[Text | None]


def _check_score(finding: dict[str, Any]) -> dict[str, Any]:
    """A filter that gives scores and has none this time may have failed: that must not read as "fine"."""
    if "score" in finding and finding["score"] is None and not finding.get("verdict"):
        detail = "A finding whose score is null needs its verdict."
        raise PydanticCustomError("guardrail.score", detail, {"at": ("score",)})
    return finding


Guardrail = Annotated[_Guardrail, AfterValidator(_check_score)]

Samples = Annotated[list[Sample], Field(max_length=limits.SAMPLES)]
Judges = Annotated[list[Judge], Field(max_length=limits.JUDGES)]
Guardrails = Annotated[list[Guardrail], Field(max_length=limits.GUARDRAILS)]
