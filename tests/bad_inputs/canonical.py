"""The corpus has words of its own for a record; here they become those of prediction/1, once.

Where the corpus may leave out what prediction/1 requires (model, time), a client of ours says it.
"""

from typing import Any

PROJECT = "support-bot"
MODEL = {"request_model": "acme-chat"}
TIME = "2025-03-01T12:00:00Z"

# Where a fault in a canonical field is found in ours.
PLACES = {
    "external_id": ["/prediction_id"],
    "created_at": ["/occurred_at"],
    "messages": ["/input"],
    "output": ["/output"],
    "token_logprobs": ["/logprobs"],
    "safety": ["/guardrails"],
    "language": ["/subject"],
    "source": ["/metadata"],
    "reference": ["/target"],  # of a golden item
}
_RENAMED = {"external_id": "prediction_id", "created_at": "occurred_at"}


def places(field: str | None) -> list[str]:
    """The pointers of ours that stand for a canonical field."""
    return PLACES.get(field, [f"/{field}"]) if field else []


def to_record(sent: dict[str, Any]) -> dict[str, Any]:
    """The canonical record as prediction/1. What is wrong with it stays wrong in the same place."""
    record: dict[str, Any] = {"occurred_at": TIME, "model": MODEL}
    for name, value in sent.items():
        if name != "source" and not (name == "project" and value == PROJECT):
            record |= field(name, value)
    if "source" in sent and isinstance(record.get("metadata", {}), dict):
        record["metadata"] = {**record.get("metadata", {}), "source": sent["source"]}
    return record


def field(name: str, value: Any) -> dict[str, Any]:
    """One canonical field in our words; an unknown one stays unknown."""
    return _MAPPED[name](value) if name in _MAPPED else {_RENAMED.get(name, name): value}


def _model(model: Any) -> dict[str, Any]:
    if isinstance(model, dict):
        model = {"request_model" if key == "name" else key: value for key, value in model.items()}
    return {"model": model}


def _logprobs(values: Any) -> dict[str, Any]:
    if isinstance(values, list):
        values = [{"token": f"t{index}", "logprob": value} for index, value in enumerate(values)]
    return {"logprobs": None if values is None else {"content": values}}


def _guardrails(safety: Any) -> dict[str, Any]:
    """One finding per category; a block that is no object becomes one finding that is none."""
    if safety is None:
        return {"guardrails": None}
    if not isinstance(safety, dict):
        return {"guardrails": [safety]}
    common = {"component": "filter", "flagged": safety.get("flagged", False)}
    if "category_label" in safety:
        common["reason"] = safety["category_label"]
    scores = safety.get("scores") or {"violence": 0.0}
    if not isinstance(scores, dict):
        return {"guardrails": [common | {"score": scores}]}
    return {"guardrails": [common | {"category": c, "score": score} for c, score in scores.items()]}


_MAPPED = {
    "model": _model,
    "messages": lambda messages: {"input": {"messages": messages}},
    "output": lambda output: {"output": {"text": output}},
    "token_logprobs": _logprobs,
    "safety": _guardrails,
    "language": lambda language: {"subject": {"locale": language}},
}
