"""LangSmith runs of the type llm, as its API and its bulk exports give them."""

from collections.abc import Mapping
from typing import Any

from queues.ingest.dialect import Mapped, dialects, not_an_output
from queues.ingest.dialect_values import (
    message,
    milliseconds_between,
    params_of,
    present,
    text_or_json,
    time_of,
    trace_id,
    unpacked,
)

_MAPPED = {
    "id",
    "trace_id",
    "parent_run_ids",
    "run_type",
    "inputs",
    "outputs",
    "start_time",
    "end_time",
    "first_token_time",
    "tags",
    "reference_example_id",
    "prompt_tokens",
    "completion_tokens",
    "total_cost",
}


@dialects.register("langsmith@1")
def langsmith(run: Mapping[str, Any], /) -> Mapped:
    """One call of a model; the example that it was run on is the golden item that it names."""
    kind = run.get("run_type")
    if kind not in (None, "llm"):
        raise not_an_output("/run_type", "Only runs of the type llm hold an output; leave the others out.")
    rest = {name: value for name, value in run.items() if name not in _MAPPED and value is not None}
    return Mapped(_record(run), rest)


def _record(run: Mapping[str, Any]) -> dict[str, Any]:
    inputs, outputs, extra = (unpacked(run.get(name)) for name in ("inputs", "outputs", "extra"))
    invocation = _of(extra, "invocation_params") or {}
    about = _of(extra, "metadata") or {}
    start, end = run.get("start_time"), run.get("end_time")
    return present(
        {
            "prediction_id": run.get("id"),
            "occurred_at": time_of(end),
            "input": _input(inputs),
            "output": _output(outputs) or None,
            "model": present(
                {
                    "provider": _of(about, "ls_provider"),
                    "request_model": _of(about, "ls_model_name")
                    or _of(invocation, "model")
                    or _of(invocation, "model_name"),
                }
            ),
            "params": _params(invocation, about),
            "usage": present(
                {
                    "input_tokens": run.get("prompt_tokens"),
                    "output_tokens": run.get("completion_tokens"),
                    "latency_ms": milliseconds_between(start, end),
                    "ttft_ms": milliseconds_between(start, run.get("first_token_time")),
                    "cost": run.get("total_cost"),
                }
            ),
            "trace": present(
                {
                    "trace_id": trace_id(run.get("trace_id")),
                    "conversation_id": _of(about, "session_id") or _of(about, "thread_id"),
                    "parent_prediction_ids": run.get("parent_run_ids"),
                }
            ),
            "expected": present({"golden_id": run.get("reference_example_id")}),
            "tags": run.get("tags"),
        }
    )


def _params(invocation: Any, about: Any) -> dict[str, Any]:
    stop = _of(about, "ls_stop")
    known = {
        "temperature": _of(about, "ls_temperature"),
        "max_tokens": _of(about, "ls_max_tokens"),
        "stop_sequences": [stop] if isinstance(stop, str) else stop,
    }
    return present(known) | params_of(invocation)


def _input(inputs: Any) -> dict[str, Any]:
    """`messages` (a list, or a list of one list), `prompts`, `prompt`; anything else as JSON text."""
    sent = _first(_of(inputs, "messages"))
    if isinstance(sent, list) and sent:
        return present({"messages": [_message(one) for one in sent], "tools": _of(inputs, "tools")})
    prompts = _of(inputs, "prompts")
    prompt = prompts[0] if isinstance(prompts, list) and prompts else _of(inputs, "prompt")
    if prompt is None:
        prompt = inputs or None
    return {} if prompt is None else {"prompt": text_or_json(prompt)}


def _output(outputs: Any) -> dict[str, Any]:
    """LangChain's `generations`, OpenAI's `choices`, one message, or a text under `output` or `content`."""
    candidates = _candidates(outputs)
    if candidates:
        return {"messages": candidates}
    for name in ("output", "content", "text"):
        said = _of(outputs, name)
        if isinstance(said, Mapping) and ("role" in said or "type" in said):
            return {"messages": [_message(said)]}
        if said is not None:
            return {"text": text_or_json(said)}
    return {"text": text_or_json(outputs), "structured": outputs} if outputs else {}


def _candidates(outputs: Any) -> list[Any]:
    generations = _first(_of(outputs, "generations"))
    if isinstance(generations, list) and generations:
        return [_generated(one) for one in generations]
    choices = _of(outputs, "choices")
    if isinstance(choices, list) and choices:
        return [_chosen(one) for one in choices]
    if isinstance(outputs, Mapping) and "role" in outputs:
        return [_message(outputs)]
    return []


def _generated(one: Any) -> Any:
    said = _of(one, "message")
    if isinstance(said, Mapping):
        return _message(said)
    return {"role": "assistant", "content": _of(one, "text")}


def _chosen(one: Any) -> Any:
    said = _message(_of(one, "message") or {})
    reason = _of(one, "finish_reason")
    return said | {"finish_reason": reason} if isinstance(said, dict) and reason else said


def _message(sent: Any) -> Any:
    """A message, also as LangChain writes it: its class as `id` and `kwargs`, or `type` and `data`."""
    if not isinstance(sent, Mapping):
        return sent
    inner = sent.get("kwargs", sent.get("data"))
    if isinstance(inner, Mapping):
        classes = sent.get("id")
        named = classes[-1] if isinstance(classes, list) and classes else sent.get("type")
        return message({**inner, "role": inner.get("role", named)})
    return message({"role": sent.get("type"), **sent})


def _first(value: Any) -> Any:
    """The inner list of a list of lists, of which a run has one."""
    return value[0] if isinstance(value, list) and value and isinstance(value[0], list) else value


def _of(value: Any, name: str) -> Any:
    return value.get(name) if isinstance(value, Mapping) else None
