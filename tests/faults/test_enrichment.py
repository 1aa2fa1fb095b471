"""What is owed after arrival survives lost messages, killed workers and poison; nothing is done twice."""

import threading
from collections.abc import Sequence
from contextlib import nullcontext
from datetime import timedelta
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction
from django.utils import timezone

from accounts.actor import Actor
from queues import pipeline, sweeper
from queues.ingest.record import check
from queues.models import ATTEMPTS_MAX, Enrichment, EnrichmentKind, Prediction, Scores, SearchDocument
from queues.score import enrichment, vectors
from queues.score.enrichment import Changed, Kind, NotNow
from tests.factories.encoders import POISON, HashedWords, use
from tests.factories.projects import Cast, cast

pytestmark = pytest.mark.django_db


@pytest.fixture
def people() -> Cast:
    return cast()


@pytest.fixture
def encoder(monkeypatch: pytest.MonkeyPatch) -> HashedWords:
    if not vectors.are_kept():
        pytest.skip("this PostgreSQL has no pgvector; the embedded one has")
    encoder = HashedWords()
    use(monkeypatch, encoder)
    return encoder


@pytest.fixture(autouse=True)
def _no_naps(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sweeper, "_LINGERS_SECONDS", 0.0)
    monkeypatch.setattr(sweeper, "_NAP_SECONDS", 0.0)
    monkeypatch.setattr(
        vectors, "build_indexes", lambda encoder: None
    )  # needs to be outside of a transaction


def arrive(people: Cast, *texts: str) -> list[int]:
    """The ids of new predictions that answer with these texts."""
    records = [
        check(
            {
                "prediction_id": f"p-{number}-{text[:20]}",
                "occurred_at": "2026-11-21T10:00:00Z",
                "input": {"prompt": "How long do refunds take?"},
                "output": {"text": text},
                "model": {"request_model": "acme-chat"},
            }
        )
        for number, text in enumerate(texts)
    ]
    return [one.id for one in pipeline.receive(people.project, records, by=Actor(people.mel.pk))]


def followed(ids: Sequence[int], changed: Changed) -> None:
    """What routing will do one day."""


def owed(kind: str = EnrichmentKind.EMBED) -> list[int]:
    return sorted(Enrichment.objects.filter(kind=kind).values_list("prediction_id", flat=True))


def embedded() -> list[tuple[int, str]]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT prediction_id, part FROM queues_vector ORDER BY 1, 2")
        return cursor.fetchall()


def due_again(**narrowed: Any) -> None:
    """The time of the lease, or of the pause after a failure, is over."""
    Enrichment.objects.filter(attempts__gte=1, **narrowed).update(
        retry_at=timezone.now() - timedelta(hours=1)
    )


def test_an_arrival_owes_full_text_and_with_an_encoder_vectors(
    people: Cast, encoder: HashedWords, monkeypatch: pytest.MonkeyPatch
) -> None:
    both = arrive(people, "Five days.")
    use(monkeypatch, None)
    one = arrive(people, "Six days.")

    assert owed(EnrichmentKind.INDEX) == [*both, *one]
    assert owed(EnrichmentKind.EMBED) == both


def test_what_was_left_to_the_sweeper_owes_it_too(people: Cast, encoder: HashedWords) -> None:
    (id_,) = arrive(people, "Five days.")
    Enrichment.objects.all().delete()
    Scores.objects.all().delete()
    Prediction.objects.update(state="received")

    pipeline.after_arrival([id_])
    pipeline.after_arrival([id_])

    assert owed() == [id_]
    assert owed(EnrichmentKind.INDEX) == [id_]


def test_a_message_that_was_lost_is_rung_again_by_the_sweeper(
    people: Cast, encoder: HashedWords, monkeypatch: pytest.MonkeyPatch
) -> None:
    arrive(people, "Five days.")
    rung: list[str] = []
    monkeypatch.setattr(sweeper, "ring", rung.append)

    sweeper.sweep()

    assert rung == ["queues.tasks.enrich_plain", "queues.tasks.enrich"]


def test_all_that_is_owed_is_done_once_and_its_rows_are_gone(people: Cast, encoder: HashedWords) -> None:
    ids = arrive(people, *(f"Answer {number}." for number in range(40)))

    for _message in range(3):
        sweeper.enrich("embed")
        sweeper.enrich("score")

    assert embedded() == [(id_, part) for id_ in ids for part in ("input", "output")]
    assert sorted(document.prediction_id for document in SearchDocument.objects.all()) == ids
    assert not Enrichment.objects.exists()
    assert sum(encoder.calls) == 80


def test_the_predictions_that_people_wait_for_come_first_then_the_newest(
    people: Cast, encoder: HashedWords
) -> None:
    ids = arrive(people, *(f"Answer {number}." for number in range(20)))
    Enrichment.objects.filter(prediction__in=ids[:2]).update(is_routed=True)

    enrichment.work_on(EnrichmentKind.EMBED, then=followed)

    assert owed() == ids[2:6]


def test_a_worker_killed_in_the_middle_of_a_batch_loses_nothing(people: Cast, encoder: HashedWords) -> None:
    ids = arrive(people, "One.", "Two.", "Three.")

    class Killed(BaseException):
        """As abrupt as a kill: no handler of ours sees it."""

    def die(prediction_ids: Sequence[int], changed: Changed) -> None:
        raise Killed

    with pytest.raises(Killed):
        enrichment.work_on(EnrichmentKind.EMBED, then=die)
    assert owed() == ids
    assert embedded() == []
    assert not enrichment.work_on(EnrichmentKind.EMBED, then=followed)  # its lease still runs

    due_again()
    while enrichment.work_on(EnrichmentKind.EMBED, then=followed):
        pass

    assert (owed(), len(embedded())) == ([], 6)


def test_what_killed_its_worker_is_tried_alone_and_given_up_after_five_attempts(
    people: Cast, encoder: HashedWords, monkeypatch: pytest.MonkeyPatch
) -> None:
    good, bad = arrive(people, "One.", "Two.")
    real = encoder.encode

    def die(texts: Sequence[str], /) -> Any:
        if "Two." in texts:
            raise KeyboardInterrupt
        return real(texts)

    monkeypatch.setattr(encoder, "encode", die)
    for _life in range(8):
        with pytest.raises(KeyboardInterrupt) if bad in owed() else nullcontext():
            while enrichment.work_on(EnrichmentKind.EMBED, then=followed):
                pass
        due_again(attempts__lt=ATTEMPTS_MAX)
        if Enrichment.objects.filter(kind="embed", attempts=ATTEMPTS_MAX).exists():
            break

    assert owed() == [bad]
    assert {id_ for id_, _part in embedded()} == {good}


def test_a_poisonous_prediction_holds_up_no_other_and_stays_with_its_error(
    people: Cast, encoder: HashedWords
) -> None:
    *good, bad = arrive(people, "One.", "Two.", "Three.", f"This is {POISON}.")

    for _time in range(ATTEMPTS_MAX + 5):
        while enrichment.work_on(EnrichmentKind.EMBED, then=followed):
            pass
        due_again()

    assert {id_ for id_, _part in embedded()} == set(good)
    left = Enrichment.objects.get(kind="embed")
    assert (left.prediction_id, left.attempts) == (bad, ATTEMPTS_MAX)
    assert "cannot be encoded" in left.error


def test_an_encoder_that_is_away_costs_no_prediction_an_attempt(people: Cast, encoder: HashedWords) -> None:
    ids = arrive(people, "One.", "Two.")
    encoder.is_broken = True

    assert not enrichment.work_on(EnrichmentKind.EMBED, then=followed)

    assert set(Enrichment.objects.filter(kind="embed").values_list("attempts", "retry_at")) == {(0, None)}
    assert "hashed-words cannot be used" in Enrichment.objects.filter(kind="embed")[0].error
    encoder.is_broken = False
    assert enrichment.work_on(EnrichmentKind.EMBED, then=followed)
    assert (owed(), len(embedded())) == ([], 2 * len(ids))


def test_what_follows_fails_with_the_enrichment_and_is_done_again_with_it(
    people: Cast, encoder: HashedWords
) -> None:
    (id_,) = arrive(people, "One.")

    def fail(prediction_ids: Sequence[int], changed: Changed) -> None:
        raise ValueError("routing is at fault")

    enrichment.work_on(EnrichmentKind.EMBED, then=fail)

    assert (owed(), embedded()) == ([id_], [])
    assert "routing is at fault" in Enrichment.objects.get(kind="embed").error


def test_what_follows_hears_what_changed(people: Cast, encoder: HashedWords) -> None:
    (id_,) = arrive(people, "One.")
    heard: list[tuple[list[int], Changed]] = []

    enrichment.work_on(EnrichmentKind.EMBED, then=lambda ids, changed: heard.append((list(ids), changed)))

    assert heard == [([id_], frozenset({"vectors", "scores"}))]


def test_a_second_loop_in_the_same_process_does_nothing(people: Cast, encoder: HashedWords) -> None:
    arrive(people, "One.")
    with sweeper._at_work["embed"]:
        sweeper.enrich("embed")

    assert encoder.calls == []


@pytest.mark.django_db(transaction=True)
def test_many_workers_at_once_do_each_prediction_once(people: Cast, encoder: HashedWords) -> None:
    ids = arrive(people, *(f"Answer {number}." for number in range(200)))

    def work() -> None:
        while enrichment.work_on(EnrichmentKind.EMBED, then=followed):
            pass
        connection.close()

    workers = [threading.Thread(target=work) for _ in range(4)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()

    assert sum(encoder.calls) == 2 * len(ids)
    assert len(embedded()) == 2 * len(ids)


def test_a_prediction_owes_each_kind_once(people: Cast) -> None:
    (id_,) = arrive(people, "One.")

    with pytest.raises(IntegrityError, match="queues_enrichment_pkey"), transaction.atomic():
        enrichment.owe_new(people.project.pk, [EnrichmentKind.INDEX], {id_: False})


@pytest.mark.parametrize(
    ("wrong", "constraint"),
    [
        ({"kind": "strange"}, "enrichment_kind_known"),
        ({"attempts": 1}, "enrichment_tried_has_a_time"),
        ({"attempts": ATTEMPTS_MAX + 1, "retry_at": timezone.now()}, "enrichment_tried_has_a_time"),
    ],
)
def test_the_database_refuses_a_row_that_makes_no_sense(
    people: Cast, wrong: dict[str, Any], constraint: str
) -> None:
    arrive(people, "One.")

    with pytest.raises(IntegrityError, match=constraint), transaction.atomic():
        Enrichment.objects.update(**wrong)


def test_a_kind_is_one_plug_in() -> None:
    assert {name for name, _kind in enrichment.kinds} <= set(EnrichmentKind.values)
    assert isinstance(enrichment.kinds.get("index"), Kind)
    assert issubclass(NotNow, Exception)
