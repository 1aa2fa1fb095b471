"""Records of other tools as prediction/1: spans, observations, runs; complete, or refused with a reason."""

import json
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command
from hypothesis import given, settings
from hypothesis import strategies as st

from queues.errors import Invalid
from queues.ingest import dialects as _shipped  # noqa: F401 - importing it registers the dialects
from queues.ingest.dialect import convert, dialects
from queues.ingest.jsontext import Sent
from queues.ingest.record import CheckedRecord, check_sent
from queues.models import Prediction
from tests.factories.projects import ProjectFactory

NAMES = sorted(name for name, _mapper in dialects)
TRACE, SPAN = "0af7651916cd43dd8448eb211c80319c", "b7ad6b7169203331"
TIMES = {"start": "2026-03-01T10:00:00Z", "end": "2026-03-01T10:00:02.250Z"}


def converted(dialect: str, sent: dict[str, Any]) -> CheckedRecord:
    return check_sent(convert(Sent(sent), dialect), user_key=b"k")


def faults(dialect: str, sent: dict[str, Any]) -> set[tuple[str, str]]:
    with pytest.raises(Invalid) as refused:
        converted(dialect, sent)
    return {(fault.pointer, fault.code) for fault in refused.value.faults}


def otlp(**values: Any) -> list[dict[str, Any]]:
    return [{"key": key.replace("__", "."), "value": value} for key, value in values.items()]


OTLP_SPAN: dict[str, Any] = {
    "traceId": TRACE,
    "spanId": SPAN,
    "startTimeUnixNano": "1772359200000000000",
    "endTimeUnixNano": "1772359202250000000",
    "attributes": otlp(
        gen_ai__request__model={"stringValue": "gpt-x"},
        gen_ai__input__messages={
            "stringValue": '[{"role":"user","parts":[{"type":"text","content":"How long?"}]}]'
        },
        gen_ai__output__messages={
            "stringValue": '[{"role":"assistant","parts":[{"type":"text","content":"Days."}]}]'
        },
        gen_ai__usage__input_tokens={"intValue": "12"},
        gen_ai__request__stop_sequences={"arrayValue": {"values": [{"stringValue": "END"}]}},
        user__id={"stringValue": "jane@example.com"},
        deployment={"stringValue": "blue"},
    ),
    "events": [
        {
            "name": "gen_ai.evaluation.result",
            "attributes": {"gen_ai.evaluation.name": "faithful", "gen_ai.evaluation.score.value": 0.4},
        }
    ],
}
OPENINFERENCE_SPAN: dict[str, Any] = {
    "context": {"trace_id": TRACE, "span_id": SPAN},
    "start_time": TIMES["start"],
    "end_time": TIMES["end"],
    "attributes": {
        "openinference.span.kind": "LLM",
        "llm": {
            "model_name": "gpt-x",
            "input_messages": [
                {
                    "message": {
                        "role": "user",
                        "contents": [{"message_content": {"type": "text", "text": "Hi"}}],
                    }
                },
                {
                    "message": {
                        "role": "assistant",
                        "tool_calls": [
                            {"tool_call": {"id": "c1", "function": {"name": "f", "arguments": '{"a": 1}'}}}
                        ],
                    }
                },
                {"message": {"role": "tool", "tool_call_id": "c1", "content": "rainy"}},
            ],
            "output_messages": [{"message": {"role": "assistant", "content": "Rainy."}}],
        },
        "retrieval.documents.0.document.id": "kb-1",
        "retrieval.documents.0.document.score": 0.5,
        "tag.tags": ["a", "b"],
        "own.thing": 7,
    },
}
OBSERVATION: dict[str, Any] = {
    "id": "obs-1",
    "type": "GENERATION",
    "traceId": TRACE,
    "startTime": TIMES["start"],
    "endTime": TIMES["end"],
    "model": "gpt-x",
    "modelParameters": {"temperature": 0.7, "max_tokens": 100},
    "input": {"messages": [{"role": "user", "content": "How long?"}]},
    "output": {"role": "assistant", "content": "Days."},
    "promptName": "support",
    "promptVersion": 12,
    "usageDetails": {"input": 3, "output": 2},
    "scores": [
        {"name": "faithful", "value": 1, "source": "EVAL", "comment": "fine"},
        {"name": "thumb", "value": 1, "source": "API"},
    ],
    "level": "DEFAULT",
}
RUN: dict[str, Any] = {
    "id": "run-1",
    "trace_id": "0af76519-16cd-43dd-8448-eb211c80319c",
    "run_type": "llm",
    "start_time": "2026-03-01T10:00:00",
    "end_time": "2026-03-01T10:00:02.250000",
    "inputs": {
        "messages": [
            [{"lc": 1, "id": ["langchain", "schema", "HumanMessage"], "kwargs": {"content": "How long?"}}]
        ]
    },
    "outputs": {
        "generations": [[{"text": "Days.", "message": {"type": "ai", "data": {"content": "Days."}}}]]
    },
    "extra": {"metadata": {"ls_model_name": "gpt-x", "ls_provider": "openai", "ls_temperature": 0.2}},
    "reference_example_id": "g-7",
    "tags": ["prod"],
    "session_name": "default",
}
GOOD = {
    "otel-genai@1.41": OTLP_SPAN,
    "openinference@1": OPENINFERENCE_SPAN,
    "langfuse@3": OBSERVATION,
    "langsmith@1": RUN,
}


def test_there_is_an_example_of_each_dialect() -> None:
    assert sorted(GOOD) == NAMES


@pytest.mark.parametrize("name", NAMES)
def test_a_record_of_another_tool_is_accepted_with_its_times_and_texts(name: str) -> None:
    found = converted(name, GOOD[name])

    assert found.output_text in ("Days.", "Rainy.")
    assert found.occurred_at.isoformat() == "2026-03-01T10:00:02.250000+00:00"
    assert found.record["model"]["request_model"] == "gpt-x"
    assert found.record["usage"]["latency_ms"] == 2250
    assert found.record["metadata"]["dialect"] == name
    assert found.altered == ()


def test_otlp_is_read_with_its_typed_values() -> None:
    record = converted("otel-genai@1.41", OTLP_SPAN).record

    assert record["prediction_id"] == f"{TRACE}:{SPAN}"
    assert record["usage"]["input_tokens"] == 12
    assert record["params"] == {"stop_sequences": ["END"]}
    assert record["subject"]["user_ref"].startswith("h:")
    assert record["judges"] == [{"name": "faithful", "score": 0.4}]
    assert record["metadata"]["rest"] == {"deployment": "blue"}


def test_content_may_stand_in_the_event_of_the_call() -> None:
    attributes = OTLP_SPAN["attributes"]
    event = {"name": "gen_ai.client.inference.operation.details", "attributes": attributes}

    found = converted("otel-genai@1.41", OTLP_SPAN | {"attributes": [], "events": [event]})

    assert found.output_text == "Days."


def test_openinference_is_read_flat_or_nested_with_tools_and_documents() -> None:
    record = converted("openinference@1", OPENINFERENCE_SPAN).record

    assert record["input"]["messages"][1]["parts"] == [
        {"type": "tool_call", "id": "c1", "name": "f", "arguments": {"a": 1}}
    ]
    assert record["input"]["messages"][2]["parts"] == [
        {"type": "tool_call_response", "id": "c1", "response": "rainy"}
    ]
    assert record["retrieval"]["documents"] == [{"id": "kb-1", "score": 0.5}]
    assert (record["tags"], record["metadata"]["rest"]) == (["a", "b"], {"own.thing": 7})


def test_langfuse_keeps_prompt_parameters_and_evaluations() -> None:
    record = converted("langfuse@3", OBSERVATION).record

    assert record["prompt"] == {"name": "support", "version": "12"}
    assert record["params"] == {"temperature": 0.7, "max_tokens": 100}
    assert record["judges"] == [{"name": "faithful", "score": 1.0, "explanation": "fine"}]
    assert record["metadata"]["rest"] == {"level": "DEFAULT"}


@pytest.mark.parametrize(
    ("sent", "input_", "text"),
    [
        ({"input": "How?", "output": "So."}, {"prompt": "How?"}, "So."),
        ({"input": {"q": "How?"}, "output": {"a": 1}}, {"prompt": '{"q":"How?"}'}, '{"a":1}'),
    ],
)
def test_langfuse_takes_texts_and_objects(sent: dict[str, Any], input_: dict[str, str], text: str) -> None:
    found = converted("langfuse@3", OBSERVATION | sent)

    assert (found.record["input"], found.output_text) == (input_, text)


def test_langsmith_reads_langchains_messages_and_names_the_golden_item() -> None:
    record = converted("langsmith@1", RUN).record

    assert record["input"]["messages"][0] == {
        "role": "user",
        "parts": [{"type": "text", "content": "How long?"}],
    }
    assert record["expected"] == {"golden_id": "g-7"}
    assert record["trace"] == {"trace_id": TRACE}
    assert record["model"] == {"provider": "openai", "request_model": "gpt-x"}


@pytest.mark.parametrize(
    ("outputs", "text"),
    [
        ({"choices": [{"message": {"role": "assistant", "content": "A."}, "finish_reason": "stop"}]}, "A."),
        ({"role": "assistant", "content": "B."}, "B."),
        ({"output": {"type": "ai", "content": "C."}}, "C."),
        ({"output": "D."}, "D."),
        ({"generations": [[{"text": "E."}]]}, "E."),
        ({"label": 1}, '{"label":1}'),
    ],
)
def test_langsmith_reads_outputs_of_many_shapes(outputs: dict[str, Any], text: str) -> None:
    assert converted("langsmith@1", RUN | {"outputs": outputs}).output_text == text


@pytest.mark.parametrize(
    ("name", "sent"),
    [
        (
            "otel-genai@1.41",
            OTLP_SPAN | {"attributes": OTLP_SPAN["attributes"][:2]},
        ),
        ("openinference@1", OPENINFERENCE_SPAN | {"attributes": {"llm.model_name": "m", "input.value": "x"}}),
        ("langfuse@3", OBSERVATION | {"output": None}),
        ("langsmith@1", RUN | {"outputs": None}),
    ],
)
def test_a_record_without_content_is_refused_not_stored_empty(name: str, sent: dict[str, Any]) -> None:
    assert ("/output", "output.missing") in faults(name, sent)


@pytest.mark.parametrize(
    ("name", "sent", "place"),
    [
        ("openinference@1", {"attributes": {"openinference.span.kind": "CHAIN"}}, "/attributes"),
        ("langfuse@3", {"type": "SPAN"}, "/type"),
        ("langsmith@1", {"run_type": "chain"}, "/run_type"),
    ],
)
def test_what_is_no_call_of_a_model_is_refused(name: str, sent: dict[str, Any], place: str) -> None:
    assert faults(name, sent) == {(place, "dialect.kind")}


def test_what_does_not_fit_is_named() -> None:
    record = converted("langfuse@3", OBSERVATION | {"a": "x" * 20_000, "b": 1}).record

    assert record["metadata"] == {
        "dialect": "langfuse@3",
        "rest": {"level": "DEFAULT", "b": 1},
        "dropped": ["a"],
        "dropped_count": 1,
    }


@pytest.mark.parametrize("name", NAMES)
def test_the_same_record_is_the_same_content(name: str) -> None:
    again = json.loads(json.dumps(GOOD[name], sort_keys=True))

    assert converted(name, GOOD[name]).content_hash == converted(name, again).content_hash


_KEYS = (
    *("attributes", "events", "llm", "message", "messages", "input", "inputs", "outputs", "role", "key"),
    *("content", "parts", "type", "text", "tool_calls", "kwargs", "id", "value", "generations", "scores"),
    *("extra", "metadata", "endTime", "gen_ai.output.messages", "llm.input_messages.0.message.role"),
)
_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.sampled_from(_KEYS), inner, max_size=5),
    max_leaves=20,
)
_FIELDS = sorted({key for sent in GOOD.values() for key in sent})


@pytest.mark.parametrize("name", NAMES)
@settings(max_examples=40, deadline=None)
@given(
    changes=st.dictionaries(
        st.sampled_from(sorted({key for sent in GOOD.values() for key in sent})), _JSON, max_size=4
    )
)
def test_whatever_arrives_is_stored_or_refused(name: str, changes: dict[str, Any]) -> None:
    with suppress(Invalid):
        converted(name, GOOD[name] | changes)


@pytest.mark.django_db
def test_a_file_of_another_tool_is_brought_in(tmp_path: Path) -> None:
    project = ProjectFactory.create()
    path = tmp_path / "runs.jsonl"
    path.write_text(json.dumps(RUN) + "\n")

    call_command("ingest", path, project=project.slug, dialect="langsmith@1", no_progress=True)

    assert Prediction.objects.get().prediction_id == "run-1"
