"""What is near, among what: in one project, by one encoder, with and without an index."""

from collections.abc import Iterator

import numpy as np
import pytest
from django.db import connection

from queues import pipeline, sweeper
from queues.errors import WrongState
from queues.ingest.queries import Search
from queues.models import Enrichment, EnrichmentKind, Item, Part, Question, Queue, Scores
from queues.score import enrichment, finding, questions, similar, vectors
from queues.score.compute import Scored
from queues.score.enrichments import embed
from queues.score.similar import OpenIn, Reviewed
from tests.factories.arrivals import arrived
from tests.factories.encoders import POISON, HashedWords, use
from tests.factories.projects import Cast, cast
from tests.factories.reviews import reviewed
from tests.factories.search import embedded, judged
from tests.factories.work import queue_in, waiting

pytestmark = pytest.mark.django_db


@pytest.fixture
def people() -> Cast:
    return cast()


@pytest.fixture
def encoder(monkeypatch: pytest.MonkeyPatch, db: None) -> HashedWords:
    if not vectors.are_kept():
        pytest.skip("this PostgreSQL has no pgvector; the embedded one has")
    encoder = HashedWords()
    use(monkeypatch, encoder)
    return encoder


def said(people: Cast, text: str, *, asked: str = "How long?") -> int:
    id_ = arrived(people.project, {"input": {"prompt": asked}, "output": {"text": text}})
    embedded(id_)
    return id_


def item(queue: Queue, text: str, *, is_late: bool = False) -> Item:
    """An item that waits in the queue, with its vectors unless they are late."""
    record = {"input": {"prompt": "How long?"}, "output": {"text": text}}
    made = waiting(queue, output_text=text, record=record)
    if not is_late:
        embedded(made.prediction_id)
    return made


def test_the_nearest_comes_first_and_the_prediction_itself_not_at_all(
    people: Cast, encoder: HashedWords
) -> None:
    one = said(people, "refunds take five days")
    same = said(people, "refunds take five days")
    near = said(people, "refunds take ten days")
    far = said(people, "your boots have been sent")

    found = similar.like(people.project.pk, one, Part.OUTPUT, limit=10)

    assert found is not None
    assert [near.prediction_id for near in found] == [same, near, far]
    assert found[0].cosine == pytest.approx(1, abs=1e-3)
    assert found[0].cosine > found[1].cosine > found[2].cosine


def test_questions_and_answers_are_compared_apart(people: Cast, encoder: HashedWords) -> None:
    one = said(people, "yes", asked="may I return boots")
    other = said(people, "no", asked="may I return boots")

    (near,) = similar.like(people.project.pk, one, Part.INPUT, limit=1) or []

    assert near.prediction_id == other
    assert near.cosine == pytest.approx(1, abs=1e-3)


def test_nothing_of_another_project_or_another_encoder_is_near(
    people: Cast, encoder: HashedWords, monkeypatch: pytest.MonkeyPatch
) -> None:
    one = said(people, "refunds")
    elsewhere = arrived(people.other, {"input": {"prompt": "x"}, "output": {"text": "refunds"}})
    embedded(elsewhere)
    use(monkeypatch, HashedWords(name="another"))
    said(people, "refunds")
    use(monkeypatch, encoder)

    assert similar.like(people.project.pk, one, Part.OUTPUT, limit=10) == []


def test_a_text_without_words_has_no_vector(people: Cast, encoder: HashedWords) -> None:
    blank = said(people, "  \n ")

    assert similar.like(people.project.pk, blank, Part.OUTPUT, limit=1) is None
    assert similar.like(people.project.pk, blank, Part.INPUT, limit=1) == []


def test_embedding_twice_changes_nothing(people: Cast, encoder: HashedWords) -> None:
    one = said(people, "refunds")
    embedded(one)

    space = vectors.space_of(people.project.pk, encoder, Part.OUTPUT)
    assert space is not None
    (vector,) = vectors.vectors_of(space, [one]).values()
    assert np.allclose(vector, encoder.encode(["refunds"])[0], atol=1e-3)


def test_an_encoder_that_changes_its_dimensions_under_the_same_name_is_refused(
    people: Cast, encoder: HashedWords
) -> None:
    said(people, "refunds")
    encoder.dimensions = 16

    with pytest.raises(ValueError, match="give the new one another name"):
        vectors.known(encoder)


def test_a_newcomer_is_compared_with_the_open_items_of_a_queue(people: Cast, encoder: HashedWords) -> None:
    queue, other_queue = queue_in(people.project), queue_in(people.project)
    twin = item(queue, "refunds take five days").prediction_id
    apart = item(queue, "your boots").prediction_id
    item(other_queue, "refunds take five days")
    settled = item(queue, "refunds take five days")
    Item.objects.filter(pk=settled.pk).update(state="withdrawn")
    new = said(people, "refunds take five days")

    found = similar.nearest(people.project.pk, new, Part.OUTPUT, among=OpenIn(queue.pk), limit=5)

    assert [near.prediction_id for near in found] == [twin, apart]
    assert found[0].cosine == pytest.approx(1, abs=1e-3)


def test_novelty_is_the_distance_to_the_nearest_that_was_ever_reviewed(
    people: Cast, encoder: HashedWords
) -> None:
    known = said(people, "x", asked="how long do refunds take")
    same, new = said(people, "x", asked="how long do refunds take"), said(people, "x", asked="boots")

    before = similar.novelty(people.project.pk, [same, new])
    judged(known)
    after = similar.novelty(people.project.pk, [same, new])

    assert before == {same: 1.0, new: 1.0}
    assert after[same] == pytest.approx(0, abs=1e-3)
    assert after[new] > 0.5
    assert set(similar.novelty(people.project.pk, [known])) == {known}  # itself does not count
    assert similar.novelty(people.project.pk, [known])[known] == 1.0


def test_a_verdict_marks_its_prediction_also_when_it_is_embedded_later(
    people: Cast, encoder: HashedWords
) -> None:
    queue = queue_in(people.project)
    first, second = item(queue, "refunds").prediction_id, item(queue, "boots", is_late=True).prediction_id

    reviewed(queue, people.ann)
    reviewed(queue, people.ann)
    enrichment.work_on(EnrichmentKind.REVIEWED, then=pipeline.after_enrichment)
    embedded(second)

    assert marked() == {first, second}
    assert not Enrichment.objects.exists()


def marked() -> set[int]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT prediction_id FROM queues_vector WHERE is_reviewed")
        return {id_ for (id_,) in cursor.fetchall()}


def test_without_an_encoder_nothing_is_near_and_a_sentence_says_why(
    people: Cast, encoder: HashedWords, monkeypatch: pytest.MonkeyPatch
) -> None:
    one = said(people, "refunds")
    use(monkeypatch, None)

    assert similar.novelty(people.project.pk, [one]) == {}
    assert similar.nearest(people.project.pk, one, Part.OUTPUT, among=Reviewed()) == []
    with pytest.raises(WrongState, match="set ENCODER"):
        finding.like(people.project.pk, one, Search(), Part.OUTPUT)


def test_without_pgvector_nothing_is_embedded_and_a_sentence_says_why(
    people: Cast, encoder: HashedWords
) -> None:
    with connection.cursor() as cursor:
        cursor.execute("DROP EXTENSION vector CASCADE")
    id_ = arrived(people.project)
    enrichment.owe([EnrichmentKind.EMBED], [id_])

    assert not vectors.make_table()
    assert not enrichment.work_on(EnrichmentKind.EMBED, then=pipeline.after_enrichment)
    assert similar.novelty(people.project.pk, [id_]) == {}
    with pytest.raises(WrongState, match="no pgvector"):
        finding.by_text(people.project.pk, Search(text="refunds"), Part.OUTPUT, wait_seconds=0)
    assert Enrichment.objects.filter(kind="embed", attempts=0).exists()

    with connection.cursor() as cursor:
        cursor.execute("CREATE EXTENSION vector")
    assert vectors.make_table()
    assert enrichment.work_on(EnrichmentKind.EMBED, then=pipeline.after_enrichment)


def test_embedded_scores_join_the_others_and_reasons_give_way(people: Cast, encoder: HashedWords) -> None:
    id_ = arrived(people.project)
    Scores.objects.create(
        prediction_id=id_,
        project=people.project,
        model_version="prod-17",
        values={"mean_nll": 0.5, "stale": 1.0},
        missing={"seu": "not_embedded", "class_margin": "no_class_probs"},
    )

    embed.merge({id_: Scored({"seu": 0.25}, {"stale": "no_samples"})})

    scores = Scores.objects.get(pk=id_)
    assert scores.values == {"mean_nll": 0.5, "seu": 0.25}
    assert scores.missing == {"class_margin": "no_class_probs", "stale": "no_samples"}


def test_filters_choose_among_the_nearest(people: Cast, encoder: HashedWords) -> None:
    queue = queue_in(people.project)
    routed = item(queue, "refunds take days").prediction_id
    said(people, "refunds take days")

    found = finding.by_text(
        people.project.pk, Search(text="refunds", state="routed"), Part.OUTPUT, wait_seconds=0
    )

    assert [one.prediction.pk for one in found.likenesses] == [routed]
    assert found.looked_at == 2


def test_an_encoder_that_understands_is_asked_through_the_worker(people: Cast, encoder: HashedWords) -> None:
    encoder.is_semantic = True
    first = questions.ask(people.project.pk, encoder, "  refunds \n please", wait_seconds=0.01)
    assert (first.vector, first.error) == (None, "")
    assert encoder.calls == []

    assert questions.answer_all()
    again = questions.ask(people.project.pk, encoder, "refunds please", wait_seconds=0.01)

    assert again.vector is not None
    assert np.allclose(again.vector, encoder.encode(["refunds please"])[0])
    assert Question.objects.count() == 1
    assert not questions.answer_all()


def test_a_text_that_cannot_be_encoded_takes_no_other_along(people: Cast, encoder: HashedWords) -> None:
    encoder.is_semantic = True
    for text in ("refunds", POISON):
        questions.ask(people.project.pk, encoder, text, wait_seconds=0)

    questions.answer_all()

    assert questions.ask(people.project.pk, encoder, "refunds", wait_seconds=0).vector is not None
    assert "cannot be encoded" in questions.ask(people.project.pk, encoder, POISON, wait_seconds=0).error


def test_questions_wait_while_the_encoder_is_away_and_are_forgotten_in_time(
    people: Cast, encoder: HashedWords
) -> None:
    encoder.is_semantic = encoder.is_broken = True
    questions.ask(people.project.pk, encoder, "refunds", wait_seconds=0)

    assert not questions.answer_all()
    assert questions.are_waiting()
    with connection.cursor() as cursor:
        cursor.execute("UPDATE queues_question SET asked_at = now() - interval '8 days'")
    assert questions.forget_old() == 1


def test_an_encoder_that_sees_wording_only_is_asked_in_place(people: Cast, encoder: HashedWords) -> None:
    answer = questions.ask(people.project.pk, encoder, "refunds", wait_seconds=0)

    assert answer.vector is not None
    assert not Question.objects.exists()


@pytest.fixture
def _small_indexes(monkeypatch: pytest.MonkeyPatch, transactional_db: None) -> Iterator[None]:
    monkeypatch.setattr(vectors, "INDEX_FROM", 20)
    yield
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM queues_vector")
        cursor.execute("SELECT indexrelid::regclass::text FROM pg_index WHERE indexrelid::regclass::text"
                       " LIKE 'vector\\_%put%'")  # fmt: skip
        for (name,) in cursor.fetchall():
            cursor.execute(f"DROP INDEX {name}")


@pytest.mark.usefixtures("_small_indexes")
@pytest.mark.django_db(transaction=True)
def test_a_large_space_gets_its_index_and_the_planner_uses_it(
    encoder: HashedWords, monkeypatch: pytest.MonkeyPatch
) -> None:
    people = cast()
    ids = [
        arrived(people.project, {"input": {"prompt": f"word{n} a"}, "output": {"text": f"text{n} b"}})
        for n in range(60)
    ]
    embedded(*ids)
    monkeypatch.setattr(sweeper, "_LINGERS_SECONDS", 0.0)

    sweeper.enrich("embed")
    sweeper.enrich("embed")

    space = vectors.space_of(people.project.pk, encoder, Part.OUTPUT)
    assert space is not None
    assert vectors._has_index(space)
    with connection.cursor() as cursor:
        cursor.execute("SET enable_sort = off")
        cursor.execute(
            f"EXPLAIN SELECT prediction_id FROM queues_vector WHERE {space.condition}"
            f" ORDER BY vector::{space.kind} <=> %s::{space.kind} LIMIT 5",
            [vectors.as_text(encoder.encode(["text1 b"])[0])],
        )
        plan = "\n".join(line for (line,) in cursor.fetchall())
        cursor.execute("RESET enable_sort")
    assert space.index in plan
    near = similar.nearest_to(space, encoder.encode(["text7 b"])[0], limit=3)
    assert near[0].cosine == pytest.approx(1, abs=1e-3)


@pytest.mark.usefixtures("_small_indexes")
@pytest.mark.django_db(transaction=True)
def test_a_small_space_beside_it_is_searched_in_full(encoder: HashedWords) -> None:
    people = cast()
    few = said(people, "boots")
    many = [
        arrived(people.other, {"input": {"prompt": "x"}, "output": {"text": f"boots {n}"}}) for n in range(30)
    ]
    embedded(*many)
    vectors.build_indexes(encoder)

    small = vectors.space_of(people.project.pk, encoder, Part.OUTPUT)
    assert small is not None
    assert not vectors._has_index(small)
    found = similar.nearest_to(small, encoder.encode(["boots"])[0], limit=10)
    assert [near.prediction_id for near in found] == [few]
