"""`golden/1`: a question, its verified answers, and what counts as deviating from them. Checked in full."""

import hashlib
from dataclasses import dataclass
from typing import Annotated, Any, Literal, NotRequired

import orjson
from pydantic import Discriminator, Field, StringConstraints, Tag, TypeAdapter, with_config
from typing_extensions import TypedDict

from queues.errors import Fault
from queues.ingest import limits
from queues.ingest.checking import faults_of_shape, invalid, storable
from queues.ingest.jsontext import Sent
from queues.ingest.kinds import STRICT, Locale, Name, Share, Text
from queues.ingest.kinds import Tag as TagText
from queues.ingest.messages import as_parts
from queues.ingest.record import Input
from queues.score.detectors.patterns import refusal_of
from queues.score.deviation import compare
from queues.score.golden import prompt_hashes
from queues.score.list_document import seconds_of
from queues.score.prompt_text import prompt_text

DEFAULT_RULE: dict[str, Any] = {"kind": "normalised"}

Tolerance = Annotated[float, Field(ge=0, le=1e15)]  # beyond it the database gives whole numbers back
SLOW_SECONDS = 0.02  # on a text of 5,000 characters; an ordinary pattern needs a hundredth of that


@with_config(STRICT)
class ExactRule(TypedDict):
    kind: Literal["exact"]


@with_config(STRICT)
class NormalisedRule(TypedDict):
    kind: Literal["normalised"]


@with_config(STRICT)
class SimilarityRule(TypedDict):
    """threshold: at least so much alike, 0..1."""

    kind: Literal["similarity"]
    threshold: Share


@with_config(STRICT)
class RegexRule(TypedDict):
    """pattern: in RE2's syntax; it must be found somewhere in the output."""

    kind: Literal["regex"]
    pattern: Annotated[Text, StringConstraints(min_length=1, max_length=limits.PATTERN_CHARACTERS)]


@with_config(STRICT)
class NumberRule(TypedDict):
    """The difference may be `absolute`, or `relative` × the answer, whichever is more; by default nothing."""

    kind: Literal["number"]
    absolute: NotRequired[Tolerance]
    relative: NotRequired[Tolerance]
    pick: NotRequired[Literal["last", "first"]]
    decimal: NotRequired[Literal[".", ","]]


DeviationRule = Annotated[
    ExactRule | NormalisedRule | SimilarityRule | RegexRule | NumberRule, Discriminator("kind")
]
_Target = Annotated[Text, StringConstraints(min_length=1, max_length=limits.TARGET_CHARACTERS)]
_Targets = Annotated[list[_Target], Field(max_length=limits.TARGETS)]
_OneOrMore = Annotated[_Target, Tag("one")] | Annotated[_Targets, Tag("list")]


def _one_or_list(value: object) -> str:
    return "list" if isinstance(value, list) else "one"


@with_config(STRICT)
class GoldenRecord(TypedDict):
    """One golden item. target: the answer, or several any of which is right. null means unknown."""

    golden_id: Name
    input: Input
    target: NotRequired[Annotated[_OneOrMore, Discriminator(_one_or_list)]]
    rule: NotRequired[DeviationRule]
    rubric: NotRequired[Annotated[Text, Field(max_length=limits.TARGET_CHARACTERS)] | None]
    context: NotRequired[Annotated[Text, Field(max_length=limits.OUTPUT_CHARACTERS)] | None]
    locale: NotRequired[Locale | None]
    tags: NotRequired[Annotated[list[TagText], Field(max_length=limits.TAGS)] | None]


_SHAPE = TypeAdapter(GoldenRecord)


@dataclass(frozen=True, slots=True)
class CheckedGolden:
    """A golden item that may be stored; content_hash: of all that makes one version differ from another."""

    golden_id: str
    content_hash: bytes
    input: dict[str, Any]
    prompt: str
    prompt_sha256: bytes
    normalised_sha256: bytes
    targets: list[str]
    rule: dict[str, Any]
    rubric: str
    context: str
    locale: str
    tags: list[str]
    altered: tuple[str, ...]


def check(sent: object) -> CheckedGolden:
    """The item as it will be stored. Raises Invalid with every fault that was found."""
    return check_sent(Sent(sent))


def check_sent(sent: Sent) -> CheckedGolden:
    """`check` for an item that was read from JSON text."""
    found = storable(sent, _faults)
    checked = _checked(found.record, found.altered)
    if faults := _faults_of_answers(checked):
        raise invalid(faults)
    return checked


def _faults(record: dict[str, Any]) -> list[Fault]:
    faults = faults_of_shape(_SHAPE, record)
    rule = record.get("rule") or DEFAULT_RULE
    if isinstance(rule, dict) and rule.get("kind") == "regex":
        return faults + _faults_of_pattern(rule.get("pattern"))
    if "target" not in record or record["target"] in (None, []):
        faults = [fault for fault in faults if fault.pointer != "/target"]
        faults.append(Fault("/target", "target.missing", "A golden item needs its answer, or a regex rule."))
    return faults


def _faults_of_pattern(pattern: object) -> list[Fault]:
    if not isinstance(pattern, str) or len(pattern) > limits.PATTERN_CHARACTERS:
        return []
    if refusal := refusal_of(pattern):
        detail = f"RE2 does not take this pattern: {refusal.why[:200]}"
        if refusal.is_bytes:
            detail = "\\C stands for a single byte, which is no text. Use . for any character."
        return [Fault("/rule/pattern", "rule.pattern", detail)]
    if seconds_of(pattern) > SLOW_SECONDS:
        detail = "This pattern is too slow for long texts. Use smaller bounds, or * and + instead of them."
        return [Fault("/rule/pattern", "rule.pattern_slow", detail)]
    return []


def _faults_of_answers(checked: CheckedGolden) -> list[Fault]:
    """An answer that deviates by the item's own rule would make every right output wrong."""
    if not checked.prompt.strip():
        return [Fault("/input", "input.empty", "The question is empty; say what is asked.")]
    return [
        Fault(f"/target/{place}", "target.deviates", _OWN_RULE.format(why=told.why))
        for place, target in enumerate(checked.targets)
        if (told := compare(target, [target], checked.rule)).deviates
    ]


_OWN_RULE = "This answer deviates by the item's own rule ({why}); change the rule or the answer."


def _checked(record: dict[str, Any], altered: tuple[str, ...]) -> CheckedGolden:
    input_ = record["input"]
    if "messages" in input_:
        input_ = input_ | {"messages": as_parts(input_["messages"])}
    target = record.get("target") or []
    prompt = prompt_text(input_)
    exact, normalised = prompt_hashes(prompt)
    content: dict[str, Any] = {
        "input": input_,
        "targets": [target] if isinstance(target, str) else target,
        "rule": record.get("rule") or DEFAULT_RULE,
        "rubric": record.get("rubric") or "",
        "context": record.get("context") or "",
        "locale": record.get("locale") or "",
        "tags": record.get("tags") or [],
    }
    return CheckedGolden(
        golden_id=record["golden_id"],
        content_hash=hashlib.sha256(orjson.dumps(content, option=orjson.OPT_SORT_KEYS)).digest(),
        prompt=prompt,
        prompt_sha256=exact,
        normalised_sha256=normalised,
        altered=altered,
        **content,
    )
