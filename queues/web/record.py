"""A prediction/1 record prepared for reading: every field, in the order in which people ask for it."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import exp
from typing import Any

from django.utils.translation import gettext as _

from queues.review.conversation import Document, Turn, documents_of, facts_of, system_of, turns_of
from queues.web.desk import ROLES

TOKENS_SHOWN = 2_000
# p of a token, from sure to unsure: where the marks of the strip change.
TOKEN_STEPS = (0.9, 0.6, 0.3, 0.1)
GUARDRAIL_COLUMNS = frozenset(
    {"component", "component_version", "taxonomy", "category", "score", "threshold"}
)
GUARDRAIL_COLUMNS |= {"flagged", "verdict", "action", "reason"}

Record = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Token:
    """One token of the output. step: 0 sure … 4 unsure; others: what else it might have been, with p."""

    text: str
    p: float
    logprob: float
    step: int
    others: str


@dataclass(frozen=True, slots=True)
class Group:
    """Some facts under one heading: (name, value as text)."""

    title: str
    facts: Sequence[tuple[str, str]]


@dataclass(frozen=True, slots=True)
class Conversation:
    """What the model was asked and given, and why it stopped."""

    system: str
    turns: list[tuple[object, Turn]]  # (role in words, turn)
    tools: str
    documents: tuple[Document, ...]
    finish_reasons: str


@dataclass(frozen=True, slots=True)
class ShownRecord(Conversation):
    """The record as the story page draws it; `raw` is all of it, exactly as accepted."""

    facts: Mapping[str, str]
    class_probs: list[tuple[str, float]]
    structured: str
    tokens: list[Token]
    tokens_left_out: int
    samples: list[Mapping[str, Any]]
    judges: list[Mapping[str, Any]]
    guardrails: list[Mapping[str, Any]]
    groups: list[Group]
    tags: list[str]
    metadata: str
    raw: str


def conversation_of(record: Record) -> Conversation:
    """What is read before an output is judged. An erased or empty record gives empty parts."""
    source, output = record.get("input") or {}, record.get("output") or {}
    return Conversation(
        system=system_of(record),
        turns=[(ROLES.get(turn.role, turn.role), turn) for turn in turns_of(record)],
        tools=_json(source.get("tools")),
        documents=documents_of(record),
        finish_reasons=_finish_reasons(output),
    )


def shown_record(record: Record) -> ShownRecord:
    """The record in all its parts."""
    said, output = conversation_of(record), record.get("output") or {}
    tokens = (record.get("logprobs") or {}).get("content") or []
    probabilities = output.get("class_probs") or {}
    return ShownRecord(
        system=said.system,
        turns=said.turns,
        tools=said.tools,
        documents=said.documents,
        finish_reasons=said.finish_reasons,
        facts=facts_of(record),
        class_probs=sorted(probabilities.items(), key=lambda pair: -pair[1]),
        structured=_json(output.get("structured")),
        tokens=[_token(token) for token in tokens[:TOKENS_SHOWN]],
        tokens_left_out=max(0, len(tokens) - TOKENS_SHOWN),
        samples=record.get("samples") or [],
        judges=record.get("judges") or [],
        guardrails=[{**row, "rest": _rest(row)} for row in record.get("guardrails") or []],
        groups=_groups(record),
        tags=record.get("tags") or [],
        metadata=_json(record.get("metadata")),
        raw=_json(record),
    )


def _groups(record: Record) -> list[Group]:
    """The small objects of the record as lists of facts; those that are absent are left out."""
    retrieval = {
        name: value for name, value in (record.get("retrieval") or {}).items() if name != "documents"
    }
    itself = {name: record.get(name) for name in ("operation", "occurred_at", "confidence")}
    named = (
        (_("Record"), itself),
        (_("Model"), record.get("model")),
        (_("Prompt"), record.get("prompt")),
        (_("Parameters"), record.get("params")),
        (_("Usage"), record.get("usage")),
        (_("Retrieval"), retrieval),
        (_("Trace"), record.get("trace")),
        (_("Subject"), record.get("subject")),
        (_("Expected"), record.get("expected")),
        (_("Rights"), record.get("rights")),
    )
    groups = [Group(title, _facts(values or {})) for title, values in named]
    return [group for group in groups if group.facts]


def _facts(values: Mapping[str, Any]) -> list[tuple[str, str]]:
    return [(name, _plain(value)) for name, value in values.items() if value is not None]


def _plain(value: object) -> str:
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def _rest(row: Mapping[str, Any]) -> str:
    """What a guardrail row says beside the columns of its table."""
    return ", ".join(
        f"{name} {_plain(value)}" for name, value in row.items() if name not in GUARDRAIL_COLUMNS
    )


def _token(token: Mapping[str, Any]) -> Token:
    p = exp(min(0.0, token["logprob"]))
    step = sum(p < bound for bound in TOKEN_STEPS)
    others = ", ".join(
        f"{other['token']!r} {exp(min(0.0, other['logprob'])):.3f}" for other in _others(token)
    )
    return Token(token["token"], p, token["logprob"], step, others)


def _others(token: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    return [other for other in token.get("top_logprobs") or [] if other["token"] != token["token"]][:5]


def _finish_reasons(output: Record) -> str:
    found = [message.get("finish_reason") for message in output.get("messages") or []]
    return ", ".join(reason for reason in found if reason)


def _json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, indent=2) if value not in (None, "", [], {}) else ""
