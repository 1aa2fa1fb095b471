"""Who asks nearly what a golden item asks is held against it, as soon as both have vectors."""

from typing import Any

import numpy as np
import pytest
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext

from accounts.actor import SYSTEM
from accounts.models import Project
from queues import pipeline
from queues.curate.golden import actions
from queues.models import (
    Deviation,
    EnrichmentKind,
    GoldenVector,
    GoldenVersion,
    Item,
    KnownEncoder,
    Prediction,
)
from queues.score import enrichment, vectors
from queues.score.golden import held_against
from tests.factories.encoders import POISON, HashedWords, use
from tests.factories.golden import golden_record, verified
from tests.factories.projects import cast
from tests.factories.rules import in_force, rule
from tests.factories.sent import receive, sent
from tests.factories.work import queue_in

# Of one cosine: 1 for the same words in another order; a word more of fourteen: 0.966.
ASKED = "after how many working days will you refund what I have paid in euros"
REORDERED = "what I have paid in euros will you refund after how many working days"
DEVIATES = rule("golden_deviation", "wrong")


@pytest.fixture
def encoder(monkeypatch: pytest.MonkeyPatch, db: None) -> HashedWords:
    if not vectors.are_kept():
        pytest.skip("this PostgreSQL has no pgvector; the embedded one has")
    encoder = HashedWords()
    use(monkeypatch, encoder)
    return encoder


@pytest.fixture
def project(encoder: HashedWords) -> Project:
    project = cast().project
    queue_in(project, slug="answers")
    in_force(project, DEVIATES)
    return project


def golden(project: Project, golden_id: str = "g-1", asked: str = ASKED, **changed: Any) -> None:
    verified(project, golden_record(golden_id, input={"prompt": asked}, **changed))


def embed() -> None:
    while enrichment.work_on(EnrichmentKind.EMBED, then=pipeline.after_enrichment):
        pass


def arrives(project: Project, asked: str = REORDERED, text: str = "Two weeks.", **fields: Any) -> int:
    (id_,) = receive(project, sent(text, question=asked, **fields))
    embed()
    return id_


def found(id_: int) -> tuple[str, str] | None:
    row = Deviation.objects.filter(prediction=id_).first()
    return (row.matched_by, row.version.golden.golden_id if row.version else "") if row else None


def test_who_asks_in_another_order_is_held_against_it_at_the_second_look(project: Project) -> None:
    golden(project)
    (id_,) = receive(project, sent("Two weeks.", question=REORDERED))
    before = (Prediction.objects.get().state, found(id_))

    embed()

    assert before == ("not_routed", None)
    assert (Prediction.objects.get().state, found(id_)) == ("routed", ("embedding", "g-1"))
    (reason,) = Item.objects.get().reasons
    assert (reason["rule"], reason["matched_by"], reason["golden_id"]) == ("wrong", "embedding", "g-1")


def test_what_is_as_expected_is_written_down_and_goes_to_nobody(project: Project) -> None:
    golden(project)

    id_ = arrives(project, text="5 business days")

    assert found(id_) == ("embedding", "g-1")
    assert not Deviation.objects.get().deviates
    assert not Item.objects.exists()


@pytest.mark.parametrize(
    "asked",
    [
        "after how many working days will you NOT refund what I have paid in euros",
        "after how many working days will you refund what I have paid in 2 euros",
        "when do you open",
        "  ",
    ],
)
def test_other_questions_are_not_held_against_it(project: Project, asked: str) -> None:
    golden(project)

    assert found(arrives(project, asked)) is None


def test_the_nearest_without_a_veto_is_taken_and_the_newest_of_equals(project: Project) -> None:
    golden(project, "other-number", f"{REORDERED} 7")
    golden(project, "near", f"{ASKED} please")
    golden(project, "same-words", ASKED)
    golden(project, "same-words-too", f"{ASKED}?")

    assert found(arrives(project)) == ("embedding", "same-words-too")


def test_words_and_what_the_sender_expected_go_before_likeness(project: Project) -> None:
    golden(project)
    golden(project, "exact", REORDERED)

    assert found(arrives(project)) == ("exact", "exact")
    assert found(arrives(project, f"{REORDERED} sir", expected={"value": "x"})) == ("sent", "")


def test_of_a_conversation_the_last_turn_is_not_the_question(project: Project) -> None:
    golden(project)
    turns = [("user", "about my rent"), ("assistant", "yes?"), ("user", ASKED)]
    said = [{"role": role, "parts": [{"type": "text", "content": text}]} for role, text in turns]

    (id_,) = receive(project, sent("Two weeks.", input={"messages": said}))
    embed()

    assert found(id_) is None


def test_a_golden_conversation_has_no_vector_and_is_not_tried_again(
    project: Project, encoder: HashedWords
) -> None:
    turns = [("user", "about my rent"), ("assistant", "yes?"), ("user", ASKED)]
    said = [{"role": role, "parts": [{"type": "text", "content": text}]} for role, text in turns]
    verified(project, golden_record(input={"messages": said}))

    assert found(arrives(project)) is None
    assert bytes(GoldenVector.objects.get().vector) == b""
    calls = len(encoder.calls)
    arrives(project)
    assert len(encoder.calls) == calls + 1


def test_a_golden_question_that_cannot_be_encoded_stops_no_other(project: Project) -> None:
    golden(project, "bad", f"{POISON} {ASKED}")
    golden(project, "good")

    assert found(arrives(project)) == ("embedding", "good")
    assert GoldenVector.objects.count() == 2


def test_what_changes_counts_at_once(project: Project) -> None:
    golden(project)
    assert found(arrives(project)) == ("embedding", "g-1")

    golden(project, "g-2", f"{ASKED}?")
    assert found(arrives(project)) == ("embedding", "g-2")

    item = GoldenVersion.objects.get(golden__golden_id="g-2").golden_id
    actions.retire(item, project_id=project.pk, by=SYSTEM, reason="outdated")
    assert found(arrives(project)) == ("embedding", "g-1")

    actions.restore(item, project_id=project.pk, by=SYSTEM, reason="it was right")
    assert found(arrives(project)) == ("embedding", "g-2")


def test_of_a_new_version_the_question_is_another(project: Project) -> None:
    golden(project)
    arrives(project)
    changed = golden_record(input={"prompt": "when do you open"})
    verified(project, changed, as_new_version=True)

    assert found(arrives(project)) is None
    assert found(arrives(project, "do you open when")) == ("embedding", "g-1")


def test_neither_another_project_nor_another_encoder_is_looked_at(
    project: Project, encoder: HashedWords, monkeypatch: pytest.MonkeyPatch
) -> None:
    other = cast().project
    golden(other)
    assert found(arrives(project)) is None

    golden(project)
    arrives(project)
    use(monkeypatch, HashedWords(name="another"))
    arrives(project)

    assert {*KnownEncoder.objects.values_list("name", flat=True)} == {"hashed-words", "another"}
    assert GoldenVector.objects.filter(project=project).count() == 2
    assert not GoldenVector.objects.filter(project=other).exists()


def test_many_golden_questions_are_encoded_over_several_batches(
    project: Project, encoder: HashedWords
) -> None:
    verified(project, *(golden_record(f"g-{n}", input={"prompt": f"question {n}"}) for n in range(70)))

    arrives(project)
    first = GoldenVector.objects.count()
    arrives(project)

    assert (first, GoldenVector.objects.count()) == (64, 70)


def test_a_batch_is_compared_with_few_statements(project: Project, encoder: HashedWords) -> None:
    verified(
        project, *(golden_record(f"g-{n}", input={"prompt": f"{ASKED} sir" + "!" * n}) for n in range(20))
    )
    ids = [arrives(project, f"{REORDERED} sir" + "?" * n) for n in range(10)]
    records = {id_: sent(question=f"{REORDERED} sir") for id_ in ids}

    with CaptureQueriesContext(
        connection,
    ) as said:
        held = held_against(project.pk, records)

    assert [held[id_].matched_by for id_ in ids] == ["embedding"] * 10
    assert len(said) == 6


def test_without_an_encoder_nothing_is_alike(project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    golden(project)
    id_ = arrives(project)
    use(monkeypatch, None)

    assert held_against(project.pk, {id_: sent(question=REORDERED)}) == {}


def test_the_vector_of_a_question_is_there_once(project: Project) -> None:
    golden(project)
    arrives(project)
    row = GoldenVector.objects.get()
    assert np.frombuffer(bytes(row.vector), np.float32).shape == (HashedWords.dimensions,)

    with pytest.raises(IntegrityError, match="golden_vector_once_per_encoder"), transaction.atomic():
        GoldenVector.objects.create(
            version=row.version, encoder=row.encoder, project=project, vector=row.vector
        )
