"""Finding predictions by program: words, vectors, and what is like one."""

from typing import Any

import pytest

from queues.models import Part
from queues.score import enrichment, questions, vectors
from tests.api.conftest import Program
from tests.factories.arrivals import arrived
from tests.factories.encoders import POISON, HashedWords, use
from tests.factories.projects import Cast
from tests.factories.search import embedded, indexed

pytestmark = pytest.mark.django_db


@pytest.fixture
def program(people: Cast) -> Program:
    return Program(people, people.mel)


@pytest.fixture
def encoder(monkeypatch: pytest.MonkeyPatch, db: None) -> HashedWords:
    if not vectors.are_kept():
        pytest.skip("this PostgreSQL has no pgvector; the embedded one has")
    encoder = HashedWords()
    use(monkeypatch, encoder)
    return encoder


def said(people: Cast, text: str, *, asked: str = "How long?") -> int:
    id_ = arrived(people.project, {"input": {"prompt": asked}, "output": {"text": text}}, locale="en")
    indexed(id_)
    return id_


def ids(answer: Any) -> list[int]:
    return [item["id"] for item in answer.json()["items"]]


def test_words_are_found_newest_first_in_pages_with_their_hits(people: Cast, program: Program) -> None:
    all_of_them = [said(people, f"Refunds {number}") for number in range(3)]

    first = program.get("predictions?text=refund&limit=2")
    second = program.get(f"predictions?text=refund&limit=2&cursor={first.json()['next_cursor']}")

    assert ids(first) + ids(second) == all_of_them[::-1]
    assert second.json()["next_cursor"] is None
    snippet = first.json()["items"][0]["snippet"]
    assert snippet["of"] == "output"
    assert {"text": "Refunds", "is_hit": True} in snippet["pieces"]


@pytest.mark.parametrize(
    ("query", "pointer"),
    [
        ("text=", "?text"),
        ("text=x&mode=guess", "?mode"),
        ("text=x&decision=escalate", "?decision"),
        ("text=x&received_after=2026-01-01T00:00:00Z", "?received_after"),
        ("mode=text", "?mode"),
        ("reason=x", "?reason"),
        ("text=x&mode=meaning&cursor=abc", "?cursor"),
        ("text=x&cursor=abc", "?cursor"),
        ("text=x&like=1", "?like"),
        ("text=x&output_text__regex=.*", "?output_text__regex"),
    ],
)
def test_a_search_takes_what_is_on_its_list_and_nothing_else(
    program: Program, encoder: HashedWords, query: str, pointer: str
) -> None:
    answer = program.get(f"predictions?{query}")

    assert answer.status_code == 400
    assert answer.json()["errors"][0]["pointer"] == pointer


def test_by_vectors_the_nearest_come_first_with_their_cosine(
    people: Cast, program: Program, encoder: HashedWords
) -> None:
    near, far = said(people, "refunds take days"), said(people, "your boots")
    embedded(near, far)

    answer = program.get("predictions?text=refunds&mode=meaning&limit=2")

    assert ids(answer) == [near, far]
    assert answer.json()["items"][0]["cosine"] > answer.json()["items"][1]["cosine"]
    assert answer.json()["encoder"] == {"name": "hashed-words", "is_semantic": False}
    assert not answer.json()["is_pending"]


def test_while_a_worker_embeds_the_text_the_answer_is_202(
    people: Cast, program: Program, encoder: HashedWords, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("queues.api.prediction_search.WAIT_SECONDS", 0.1)
    encoder.is_semantic = True
    id_ = said(people, "refunds")
    embedded(id_)

    pending = program.get("predictions?text=refunds&mode=meaning")
    questions.answer_all()
    done = program.get("predictions?text=refunds&mode=meaning")

    assert (pending.status_code, pending.headers["Retry-After"]) == (202, "1")
    assert pending.json()["is_pending"]
    assert (done.status_code, ids(done)) == (200, [id_])


def test_a_text_that_the_encoder_cannot_read_is_refused_with_its_error(
    program: Program, encoder: HashedWords, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("queues.api.prediction_search.WAIT_SECONDS", 0.0)
    encoder.is_semantic = True
    program.get(f"predictions?text={POISON}&mode=meaning")
    questions.answer_all()

    answer = program.get(f"predictions?text={POISON}&mode=meaning")

    assert answer.status_code == 409
    assert "cannot be encoded" in answer.json()["detail"]


def test_without_an_encoder_the_refusal_says_what_to_set(people: Cast, program: Program) -> None:
    id_ = said(people, "refunds")

    for path in ("predictions?text=refunds&mode=meaning", f"predictions/{id_}/similar"):
        answer = program.get(path)

        assert answer.status_code == 409
        assert "set ENCODER" in answer.json()["detail"]


def test_what_is_like_a_prediction(people: Cast, program: Program, encoder: HashedWords) -> None:
    one, same = said(people, "x", asked="long refunds"), said(people, "y", asked="long refunds")
    embedded(one, same)

    assert ids(program.get(f"predictions/{one}/similar?part={Part.INPUT}&limit=1")) == [same]
    assert program.get("predictions/999999999/similar").status_code == 404
    assert program.get(f"predictions/{one}/similar?part=both").status_code == 400


def test_what_is_not_embedded_yet_says_so(people: Cast, program: Program, encoder: HashedWords) -> None:
    id_ = said(people, "refunds")
    enrichment.owe(["embed"], [id_])

    answer = program.get(f"predictions/{id_}/similar")

    assert answer.status_code == 409
    assert "Not embedded yet" in answer.json()["detail"]


def test_nothing_of_another_project_is_found(people: Cast, program: Program, encoder: HashedWords) -> None:
    elsewhere = arrived(people.other, {"input": {"prompt": "?"}, "output": {"text": "refunds"}})
    indexed(elsewhere)
    embedded(elsewhere)

    assert ids(program.get("predictions?text=refunds")) == []
    assert ids(program.get("predictions?text=refunds&mode=meaning")) == []
    assert program.get(f"predictions/{elsewhere}/similar").status_code == 404
