"""Past items that are like one, with what was decided on them."""

import pytest

from accounts.actor import Actor
from queues import pipeline
from queues.curate.checks import actions as checks
from queues.models import EnrichmentKind, Item, Queue
from queues.review import past
from queues.score import enrichment, vectors
from tests.factories.encoders import HashedWords, use
from tests.factories.projects import Cast, cast
from tests.factories.reviews import REJECT, leased, reviewed
from tests.factories.search import embedded
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


def asked(queue: Queue, question: str, *, priority: int) -> Item:
    record = {"input": {"prompt": question}, "output": {"text": "x"}}
    item = waiting(queue, output_text="x", record=record, priority=priority)
    embedded(item.prediction_id)
    return item


def test_settled_items_are_listed_nearest_first_with_their_verdicts(
    people: Cast, encoder: HashedWords
) -> None:
    queue = queue_in(people.project)
    far, near = asked(queue, "boots size", priority=90), asked(queue, "how long do refunds take", priority=80)
    new = asked(queue, "how long do refunds take now", priority=10)
    assert past.like(new, reader_id=people.ann.pk, reads_all=True) == []
    reviewed(queue, people.ann)
    reviewed(queue, people.ann, REJECT)
    enrichment.work_on(EnrichmentKind.REVIEWED, then=pipeline.after_enrichment)

    found = past.like(new, reader_id=people.ann.pk, reads_all=True)

    assert found is not None
    assert [(one.verdict.item, one.verdict.decision) for one in found] == [(near, "reject"), (far, "approve")]
    assert found[0].cosine > found[1].cosine


def test_what_the_reader_holds_is_left_out(people: Cast, encoder: HashedWords) -> None:
    queue, other = queue_in(people.project), queue_in(people.project)
    settled = asked(queue, "how long do refunds take", priority=90)
    new = asked(queue, "how long do refunds take now", priority=10)
    reviewed(queue, people.ann)
    enrichment.work_on(EnrichmentKind.REVIEWED, then=pipeline.after_enrichment)
    again = waiting(other)
    Item.objects.filter(pk=again.pk).update(prediction=settled.prediction_id)
    leased(other, people.lee)

    assert past.like(new, reader_id=people.lee.pk, reads_all=True) == []
    assert len(past.like(new, reader_id=people.mel.pk, reads_all=True) or ()) == 1


def test_what_may_come_as_a_hidden_check_is_shown_to_who_reads_the_project_only(
    people: Cast, encoder: HashedWords
) -> None:
    queue = queue_in(people.project)
    settled = asked(queue, "how long do refunds take", priority=90)
    new = asked(queue, "how long do refunds take now", priority=10)
    reviewed(queue, people.lee)
    enrichment.work_on(EnrichmentKind.REVIEWED, then=pipeline.after_enrichment)
    checks.make(settled.pk, project_id=people.project.pk, by=Actor(people.olga.pk), why="It says so.")

    assert past.like(new, reader_id=people.ann.pk, reads_all=False) == []
    assert len(past.like(new, reader_id=people.lee.pk, reads_all=True) or ()) == 1


def test_without_an_encoder_nothing_is_said_to_be_similar(
    people: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    use(monkeypatch, None)

    item = waiting(queue_in(people.project))

    assert past.like(item, reader_id=people.ann.pk, reads_all=True) is None
    assert "encoder" in past.why_none()
