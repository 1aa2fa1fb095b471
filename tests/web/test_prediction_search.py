"""Searching by words, by meaning, by id, and for what is like one; every list has an address."""

import pytest
from django.db import connection
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from queues.models import Item, Queue
from queues.score import encoders, enrichment, questions, vectors
from queues.score.encoder import EncoderUnusable
from tests.factories.arrivals import arrived
from tests.factories.encoders import HashedWords, use
from tests.factories.projects import Cast
from tests.factories.reviews import REJECT, reviewed
from tests.factories.search import embedded, indexed
from tests.factories.work import queue_in, waiting
from tests.web.conftest import SignIn

pytestmark = pytest.mark.django_db

HOSTILE = "<script>alert(1)</script> refunds <img src=x onerror=alert(2)>"


def address(people: Cast) -> str:
    return f"/projects/{people.project.slug}/predictions/"


@pytest.fixture
def mel(people: Cast, signed_in: SignIn) -> Client:
    return signed_in(people.mel)


@pytest.fixture
def encoder(monkeypatch: pytest.MonkeyPatch) -> HashedWords:
    if not vectors.are_kept():
        pytest.skip("this PostgreSQL has no pgvector; the embedded one has")
    encoder = HashedWords()
    use(monkeypatch, encoder)
    return encoder


def said(people: Cast, text: str, *, asked: str = "How long?", locale: str = "en") -> int:
    record = {"input": {"prompt": asked}, "output": {"text": text}}
    id_ = arrived(people.project, record, locale=locale)
    indexed(id_)
    return id_


def shown(answer: object) -> list[int]:
    return [prediction.pk for prediction in answer.context["predictions"]]  # type: ignore[attr-defined]


def item(queue: Queue, text: str) -> Item:
    made = waiting(queue, output_text=text, record={"input": {"prompt": "?"}, "output": {"text": text}})
    indexed(made.prediction_id)
    return made


def test_hits_are_marked_and_hostile_text_stays_text(people: Cast, mel: Client) -> None:
    said(people, HOSTILE)

    page = mel.get(address(people), {"text": "refund"}).content.decode()

    assert "<mark>refunds</mark>" in page
    assert "<script>alert" not in page
    assert "<img src=x" not in page


def test_words_in_what_was_asked_are_shown_as_such(people: Cast, mel: Client) -> None:
    said(people, "Five days.", asked="Where are my trousers?")

    page = mel.get(address(people), {"text": "trousers"}).content.decode()

    assert "asked:" in page
    assert "<mark>trousers</mark>" in page


@pytest.mark.parametrize(
    ("wanted", "which"), [({"decision": "reject"}, 0), ({"locale": "de"}, 1), ({"segment": "b"}, None)]
)
def test_decision_and_cohort_narrow_a_search(
    people: Cast, mel: Client, wanted: dict[str, str], which: int | None
) -> None:
    rejected = item(queue_in(people.project), "refunds").prediction_id
    reviewed(Item.objects.get().queue, people.ann, REJECT)
    german = said(people, "refunds", locale="de")

    for text in ("refunds", ""):
        found = shown(mel.get(address(people), {"text": text, **wanted}))

        assert found == ([] if which is None else [(rejected, german)[which]])


def test_pages_of_words_follow_each_other_without_gap_or_repeat(people: Cast, mel: Client) -> None:
    ids = [said(people, f"refunds {number}") for number in range(53)]

    first = mel.get(address(people), {"text": "refunds"})
    second = mel.get(first.context["pager"]["next_url"])

    assert shown(first) + shown(second) == ids[::-1]
    assert "text=refunds" in first.context["pager"]["next_url"]


def test_what_is_not_indexed_yet_is_told(people: Cast, mel: Client) -> None:
    enrichment.owe(["index"], [arrived(people.project)])

    page = mel.get(address(people), {"text": "refunds"}).content.decode()

    assert "1 predictions are not indexed yet" in page


def test_by_id_finds_exactly_one_and_says_how_ids_are_compared(people: Cast, mel: Client) -> None:
    prediction = item(queue_in(people.project), "x").prediction

    hit = mel.get(address(people), {"text": prediction.prediction_id, "mode": "id"})
    miss = mel.get(address(people), {"text": prediction.prediction_id[:-1], "mode": "id"})

    assert hit["Location"] == f"{address(people)}{prediction.pk}/"
    assert "letter by letter" in miss.content.decode()


def test_an_encoder_that_sees_wording_is_never_said_to_understand(
    people: Cast, mel: Client, encoder: HashedWords
) -> None:
    near, far = said(people, "refunds take five days"), said(people, "your boots")
    embedded(near, far)

    answer = mel.get(address(people), {"text": "five days refunds", "mode": "meaning"})

    assert shown(answer) == [near, far]
    page = answer.content.decode()
    assert "similar wording" in page
    assert ">meaning<" not in page
    assert "knows nothing of meaning" in page


def test_by_meaning_the_page_waits_for_the_worker_and_asks_again(
    people: Cast, mel: Client, encoder: HashedWords, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("queues.web.prediction_list.WAIT_SECONDS", 0.0)
    encoder.is_semantic = True
    id_ = said(people, "refunds")
    embedded(id_)
    query = {"text": "refunds", "mode": "meaning"}

    waits = mel.get(address(people), query)
    assert "Asking the encoder" in waits.content.decode()
    assert 'hx-trigger="load delay:1s"' in waits.content.decode()
    assert 'href="/projects/' in waits.content.decode()  # "look again" without scripts

    questions.answer_all()
    part = mel.get(address(people), query, headers={"HX-Request": "true"})

    assert shown(part) == [id_]
    assert "<html" not in part.content.decode()
    assert "HX-Request" in part["Vary"]


def test_a_worker_that_is_away_is_said_plainly(
    people: Cast, mel: Client, encoder: HashedWords, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("queues.web.prediction_list.WAIT_SECONDS", 0.0)
    encoder.is_semantic = True
    query = {"text": "refunds", "mode": "meaning"}
    mel.get(address(people), query)
    with connection.cursor() as cursor:
        cursor.execute("UPDATE queues_question SET asked_at = now() - interval '1 minute'")

    page = mel.get(address(people), query).content.decode()

    assert "No worker with the encoder has answered for 60 s" in page


def test_without_an_encoder_the_page_says_what_to_set(people: Cast, mel: Client) -> None:
    id_ = said(people, "refunds")

    by_meaning = mel.get(address(people), {"text": "refunds", "mode": "meaning"}).content.decode()
    like = mel.get(address(people), {"like": id_}).content.decode()
    story = mel.get(f"{address(people)}{id_}/").content.decode()

    assert "set ENCODER" in by_meaning
    assert "set ENCODER" in like
    assert "set ENCODER" in story


def test_like_this_one_is_reached_from_the_story(people: Cast, mel: Client, encoder: HashedWords) -> None:
    one, same, far = said(people, "refunds days"), said(people, "refunds days"), said(people, "boots")
    embedded(one, same, far)

    story = mel.get(f"{address(people)}{one}/").content.decode()
    answer = mel.get(address(people), {"like": str(one), "part": "output"})

    assert f'href="{address(people)}?like={one}&amp;part=output"' in story
    assert shown(answer) == [same, far]


def test_what_is_not_embedded_yet_says_how_many_come_first(
    people: Cast, mel: Client, encoder: HashedWords
) -> None:
    waits = said(people, "refunds")
    enrichment.owe(["embed"], [waits, *(said(people, "boots") for _ in range(3))])

    page = mel.get(address(people), {"like": waits}).content.decode()

    assert "Not embedded yet: 3 predictions come first" in page


def test_nobody_looks_for_what_is_like_a_prediction_of_another_project(
    people: Cast, mel: Client, encoder: HashedWords
) -> None:
    elsewhere = arrived(people.other)
    embedded(elsewhere)

    assert mel.get(address(people), {"like": elsewhere}).status_code == 404


def test_the_statements_of_a_search_do_not_grow_with_what_it_finds(
    people: Cast, mel: Client, encoder: HashedWords, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    embedded(*(said(people, f"refunds {number}") for number in range(20)))
    for query, statements in ({"text": "refunds"}, 21), ({"text": "refunds", "mode": "meaning"}, 20):
        with django_assert_max_num_queries(statements):
            assert len(shown(mel.get(address(people), query))) == 20


def test_an_encoder_that_cannot_be_used_breaks_no_page(
    people: Cast, mel: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse() -> None:
        raise EncoderUnusable("the folder is empty")

    monkeypatch.setattr(encoders, "configured", refuse)
    id_ = said(people, "refunds")

    for path in ("", f"{id_}/", "?text=refunds&mode=meaning", f"?like={id_}"):
        answer = mel.get(f"{address(people)}{path}")

        assert answer.status_code == 200
        assert path == "" or "the folder is empty" in answer.content.decode()
