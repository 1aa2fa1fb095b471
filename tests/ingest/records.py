"""Records for tests: a small good one, and a full one with every field of prediction/1."""

from typing import Any

from queues.ingest.jsontext import Sent, parse


def record(prediction_id: str = "p-1", **changed: Any) -> dict[str, Any]:
    """A small record that is accepted, with these top-level fields changed."""
    good = {
        "prediction_id": prediction_id,
        "occurred_at": "2026-03-01T10:00:02Z",
        "input": {"messages": [{"role": "user", "parts": [{"type": "text", "content": "How long?"}]}]},
        "output": {"text": "Refunds are instant."},
        "model": {"request_model": "gpt-x"},
    }
    return good | changed


def read(text: bytes) -> Sent:
    """The one value of a text that is no list."""
    found = parse(text)
    assert isinstance(found, Sent)
    return found


def full_record(prediction_id: str = "full-1") -> dict[str, Any]:
    """Every field of prediction/1 once."""
    return record(
        prediction_id,
        environment="staging",
        operation="chat",
        input={
            "messages": [
                {"role": "system", "parts": [{"type": "text", "content": "Be brief."}]},
                {
                    "role": "user",
                    "parts": [{"type": "uri", "modality": "image", "uri": "https://example.org/a.png"}],
                },
                {
                    "role": "assistant",
                    "parts": [
                        {"type": "reasoning", "content": "Look it up."},
                        {"type": "tool_call", "id": "c1", "name": "search", "arguments": {"q": "refund"}},
                    ],
                },
                {
                    "role": "tool",
                    "parts": [{"type": "tool_call_response", "id": "c1", "response": ["5 days"]}],
                },
                {"role": "x-critic", "parts": [{"type": "anything", "foo": 1}]},
            ],
            "system_instructions": [{"type": "text", "content": "Be kind."}],
            "tools": [{"name": "search", "parameters": {"type": "object"}}],
        },
        output={
            "messages": [
                {
                    "role": "assistant",
                    "parts": [{"type": "text", "content": "Five "}, {"type": "text", "content": "days."}],
                    "finish_reason": "stop",
                }
            ],
            "text": "Five days.",
            "class_probs": {"refund": 0.9, "other": 0.1},
            "structured": {"days": 5},
        },
        model={
            "provider": "openai",
            "request_model": "gpt-x",
            "response_model": "gpt-x-0301",
            "response_id": "r-1",
            "version": "prod-17",
            "system_fingerprint": "fp",
        },
        prompt={"name": "support", "version": "12", "template_sha256": "ab" * 32, "variables": {"who": "A"}},
        params={
            "temperature": 0.7,
            "top_p": 1,
            "top_k": 40,
            "seed": 42,
            "max_tokens": 100,
            "frequency_penalty": -0.5,
            "presence_penalty": 0,
            "stop_sequences": ["\n"],
            "choice_count": 1,
        },
        usage={
            "input_tokens": 10,
            "output_tokens": 5,
            "reasoning_tokens": 0,
            "latency_ms": 812.5,
            "ttft_ms": 90,
            "cost": 0.0004,
        },
        retrieval={
            "config_version": "kb-9",
            "query": "refund time",
            "documents": [
                {
                    "id": "kb-1",
                    "score": 0.8,
                    "content": "…",
                    "uri": "kb:1",
                    "version": "3",
                    "used": True,
                    "citations": [[0, 4]],
                }
            ],
        },
        trace={
            "trace_id": "0af7651916cd43dd8448eb211c80319c",
            "span_id": "b7ad6b7169203331",
            "conversation_id": "c-77",
            "turn_index": 0,
            "parent_prediction_ids": ["p-0"],
            "experiment_id": "e-1",
        },
        subject={
            "user_ref": "h:5b1c",
            "locale": "en-GB",
            "segment": "retail",
            "cohort": {"plan": "gold", "n": 1},
        },
        logprobs={
            "content": [
                {
                    "token": "Five",
                    "logprob": -0.11,
                    "bytes": [70, 105],
                    "top_logprobs": [{"token": "Five", "logprob": -0.11, "bytes": None}],
                }
            ]
        },
        samples=[
            {
                "text": "Ten days.",
                "mean_token_logprob": -0.4,
                "logprobs": {"content": []},
                "temperature": 1.0,
                "model": "gpt-x",
            }
        ],
        judges=[
            {
                "name": "faithfulness",
                "version": "3",
                "kind": "LLM",
                "score": 0.4,
                "scale": [0, 1],
                "logprobs": {"content": []},
                "label": "low",
                "explanation": "…",
            }
        ],
        guardrails=[
            {
                "component": "openai_moderation",
                "component_version": "1",
                "taxonomy": "openai-moderation",
                "category": "violence",
                "score": 0.01,
                "threshold": 0.5,
                "flagged": False,
                "target": "output",
                "subtype": "llm",
                "policy_id": "p",
                "policy_version": "safety-7",
                "rule_id": "r",
                "verdict": "allow",
                "action": "allow",
                "content_modified": False,
                "reason": "fine",
                "provider_code": "0",
            }
        ],
        expected={"golden_id": "g-1", "value": ["5 days"]},
        rights={
            "origin": "human",
            "licence": "CC-BY-4.0",
            "consent": "granted",
            "consent_scope": ["review", "train"],
            "retention_until": "2027-01-31",
            "region": "EU",
        },
        confidence=0.62,
        tags=["billing"],
        metadata={"ticket": "T-1", "source": "prod-api"},
    )
