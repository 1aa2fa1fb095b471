"""Detectors that run elsewhere, against a real server: what they answer, and every way not to answer."""

from collections.abc import Iterator
from typing import Any

import pytest

from queues.score.adapters import http
from queues.score.adapters.adapter import AdapterFailed
from queues.score.adapters.llama_guard import LlamaGuard
from queues.score.adapters.moderation import PIECE_CHARACTERS, PIECES_AT_ONCE, Moderation
from queues.score.detector import HIGH, MEDIUM, SEVERE
from tests.score.servers import Server, serving

Record = dict[str, Any]


def record(output: str, prompt: str = "Hello?") -> Record:
    return {"input": {"prompt": prompt}, "output": {"text": output}}


@pytest.fixture
def server() -> Iterator[Server]:
    with serving(Server()) as running:
        yield running


def moderation(server: Server) -> Moderation:
    return Moderation(server.url, "sk-secret", "omni")


def llama_guard(server: Server) -> LlamaGuard:
    return LlamaGuard(server.url, "", "guard-4")


def result(**scores: float) -> dict[str, Any]:
    """One result of a moderation endpoint: flagged from 0.5 on."""
    return {
        "flagged": any(score >= 0.5 for score in scores.values()),
        "categories": {name: score >= 0.5 for name, score in scores.items()},
        "category_scores": scores,
    }


def by_words(body: dict[str, Any]) -> dict[str, Any]:
    """A moderation endpoint that knows two words."""
    results = [
        result(hate=0.93 if "hate" in t else 0.1, violence=0.6 if "hit" in t else 0.0) for t in body["input"]
    ]
    return {"id": "m-1", "model": "omni-2024-09-26", "results": results}


def chat(text: Any) -> dict[str, Any]:
    return {"choices": [{"index": 0, "message": {"role": "assistant", "content": text}}]}


def test_moderation_gives_the_flagged_categories_of_each_output(server: Server) -> None:
    server.answer = by_words

    fine, both = moderation(server).findings([record("Good day."), record("I hate you and hit you.")])

    assert fine == []
    assert [(one.category, one.score, one.severity, one.group) for one in both] == [
        ("hate", 0.93, HIGH, "hate"),
        ("violence", 0.6, HIGH, "violence"),
    ]
    assert {(one.component, one.component_version, one.taxonomy, one.verdict) for one in both} == {
        ("remote:moderation", "omni-2024-09-26", "openai-moderation", "deny")
    }
    [asked] = server.asked
    assert asked == {
        "body": {"model": "omni", "input": ["Good day.", "I hate you and hit you."]},
        "key": "Bearer sk-secret",
        "path": "/v1/answer",
    }


def test_all_of_a_long_output_is_looked_at_and_many_are_asked_in_parts(server: Server) -> None:
    server.answer = by_words
    long = record("a" * 3 * PIECE_CHARACTERS + " hate")
    records = [record(f"text {n}") for n in range(PIECES_AT_ONCE)]

    found = moderation(server).findings([long, *records, record("")])

    assert [[one.category for one in each] for each in found] == [["hate"]] + [[]] * (PIECES_AT_ONCE + 1)
    assert len(server.asked) == 2


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        ("safe", []),
        ("\n\nsafe\n", []),
        ("unsafe\nS1,S11", [("S1", HIGH, "violent_crime"), ("S11", SEVERE, "self_harm")]),
        ("unsafe", [("unparsed", MEDIUM, "unparsed")]),
        ("I cannot help with that.", [("unparsed", MEDIUM, "unparsed")]),
        ("safe\nunsafe\nS1", [("unparsed", MEDIUM, "unparsed")]),
        ("", [("unparsed", MEDIUM, "unparsed")]),
        (None, [("unparsed", MEDIUM, "unparsed")]),
    ],
)
def test_llama_guard_is_read_or_flagged_as_unreadable_and_never_taken_for_an_allow(
    server: Server, said: Any, expected: list[tuple[str, int, str]]
) -> None:
    server.answer = chat(said)

    [found] = llama_guard(server).findings([record("An answer.", "A question?")])

    assert [(one.category, one.severity, one.group) for one in found] == expected
    assert all(one.flagged for one in found)
    assert server.asked[0]["body"]["messages"] == [
        {"role": "user", "content": "A question?"},
        {"role": "assistant", "content": "An answer."},
    ]
    assert server.asked[0]["key"] is None


def test_each_output_gets_its_own_answer(server: Server) -> None:
    server.answer = lambda body: chat("unsafe\nS10" if "bad" in body["messages"][1]["content"] else "safe")

    found = llama_guard(server).findings([record("bad" if n % 3 == 0 else "good") for n in range(20)])

    assert [len(each) for each in found] == [1 if n % 3 == 0 else 0 for n in range(20)]


FAILURES = [
    ("a status that is not 200", {"status": 500, "answer": {}}, "answered 500"),
    ("nothing to say", {"status": 204, "answer": b""}, "answered 204"),
    ("garbage", {"answer": b"\xff\x00{"}, "no JSON"),
    ("half of it", {"answer": b'{"results": ['}, "no JSON"),
    ("a page", {"answer": b"<html>", "content_type": "text/html"}, "not declared as JSON"),
    ("JSON declared as something else", {"answer": {}, "content_type": "text/plain"}, "not declared as JSON"),
    ("a huge answer", {"answer": b" " * (http.LARGEST_BYTES + 1)}, "more than 65536 bytes"),
    ("another value", {"answer": [1, 2]}, "did not answer"),
    ("another shape", {"answer": {"error": {"message": "no"}}}, "did not answer"),
]


@pytest.mark.parametrize(("how", "said"), [row[1:] for row in FAILURES], ids=[row[0] for row in FAILURES])
@pytest.mark.parametrize("make", [moderation, llama_guard])
def test_whoever_does_not_answer_fails_and_says_nothing_about_the_text(
    server: Server, make: Any, how: dict[str, Any], said: str
) -> None:
    for name, value in how.items():
        setattr(server, name, value)

    with pytest.raises(AdapterFailed, match=said) as failed:
        make(server).findings([record("text")])

    assert "sk-secret" not in str(failed.value)


@pytest.mark.parametrize(
    "results",
    [
        [],
        [result(hate=0.9), result(hate=0.9)],
        [{}],
        ["flagged"],
        [{"categories": {"hate": 1}, "category_scores": {"hate": 0.9}}],
        [{"categories": {"hate": True}, "category_scores": {"hate": 7}}],
        [{"categories": {"hate": True}, "category_scores": {"hate": "0.9"}}],
        [{"categories": {}, "category_scores": {}}],
    ],
)
def test_a_moderation_result_of_another_shape_is_a_failure(server: Server, results: list[Any]) -> None:
    server.answer = {"model": "m", "results": results}

    with pytest.raises(AdapterFailed):
        moderation(server).findings([record("text")])


def test_a_redirect_is_not_followed_and_the_key_stays_here(server: Server) -> None:
    with serving(Server(answer=by_words)) as elsewhere:
        server.status, server.answer = 307, {}
        server.headers = {"Location": elsewhere.url}

        with pytest.raises(AdapterFailed, match="answered 307"):
            moderation(server).findings([record("text")])

        assert elsewhere.asked == []


@pytest.mark.parametrize("make", [moderation, llama_guard])
def test_whoever_is_too_slow_fails(server: Server, make: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(http, "SECONDS", 0.2)
    server.seconds, server.answer = 1.0, by_words

    with pytest.raises(AdapterFailed, match="Timeout"):
        make(server).findings([record("text")])


def test_nobody_there_is_a_failure() -> None:
    with serving(Server()) as gone:
        url = gone.url

    with pytest.raises(AdapterFailed, match="ConnectError"):
        Moderation(url, "", "m").findings([record("text")])


def test_the_proxy_of_the_machine_is_not_asked(server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:1")
    monkeypatch.setenv("ALL_PROXY", "http://127.0.0.1:1")
    server.answer = by_words

    assert moderation(server).findings([record("text")]) == [[]]
