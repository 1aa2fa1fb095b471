"""Selections: what is chosen is unlike, and becomes work with its reason and its pi."""

from collections.abc import Iterator

import numpy as np
import pytest
from django.db import IntegrityError, transaction
from django.test import override_settings
from django.utils import timezone

from accounts.actor import SYSTEM, Actor
from queues import jobs, pipeline, sweeper
from queues.errors import Invalid, WrongState
from queues.ingest.record import check
from queues.models import Item, ItemState, Job, Policy, Prediction, Queue, SecondLook, Selection, Slot
from queues.route.effective_pi import effective_pi
from queues.route.selection import asking, choosing
from queues.route.selection.asking import Wanted
from queues.score import vectors
from tests.factories.projects import Cast, cast
from tests.factories.rules import in_force, rule
from tests.factories.work import queue_in
from tests.ingest.records import record

QUESTIONS = (
    "How long does a refund take to reach my card?",
    "How long does a refund take to reach my bank card?",
    "Which screws fit the oak shelf?",
    "My parcel arrived wet and the lamp is broken.",
    "Cancel the subscription of the daily paper.",
)
PI_OF_AUDIT = 0.05


def unit(*degrees: float) -> np.ndarray:
    angles = np.radians(degrees)
    return np.stack([np.cos(angles), np.sin(angles)], axis=1)


def test_the_most_different_are_far_from_each_other_and_from_what_is_known() -> None:
    chosen = choosing.by_coverage(unit(0, 10, 90, 180), known=[0], size=2)

    assert chosen.places == [3, 2]


def test_what_says_nearly_the_same_is_left_out_and_counted() -> None:
    chosen = choosing.by_coverage(unit(0, 1, 90, 91), known=[], size=4)

    assert len(chosen.places) == 2
    assert len(chosen.alike) == 2


def test_what_is_nearly_the_same_as_a_known_one_is_never_chosen() -> None:
    chosen = choosing.by_relevance([0.9, 0.1, 0.5], unit(0, 1, 90), known=[1], size=3, relevance=1.0)

    assert chosen.places == [2]
    assert chosen.alike == [0]


def test_the_highest_score_comes_first_and_its_neighbour_later() -> None:
    chosen = choosing.by_relevance([3.0, 2.9, 1.0], unit(0, 25, 120), known=[], size=3, relevance=0.5)

    assert chosen.places == [0, 2, 1]


def test_equal_scores_count_alike_whatever_their_scale() -> None:
    small = choosing.by_relevance([1, 2, 2], unit(0, 60, 120), known=[], size=3, relevance=0.6)
    large = choosing.by_relevance([1e9, 2e9, 2e9], unit(0, 60, 120), known=[], size=3, relevance=0.6)

    assert small == large


def test_nothing_to_choose_from_chooses_nothing() -> None:
    assert choosing.by_coverage(np.empty((0, 2)), known=[], size=3).places == []
    assert choosing.by_relevance([], np.empty((0, 2)), known=[], size=3, relevance=0.5).places == []


@pytest.fixture
def people(db: None) -> Iterator[Cast]:
    if not vectors.are_kept():
        pytest.skip("this PostgreSQL has no pgvector; the embedded one has")
    with override_settings(ENCODER="hashing"):
        people = cast()
        queue_in(people.project, slug="answers")
        in_force(people.project, rule("random_audit", "audit", rate=PI_OF_AUDIT))
        yield people


def arrive(people: Cast, *questions: str) -> list[int]:
    """Predictions with their vectors."""
    records = [
        check(record(prediction_id=f"q{n}", input={"prompt": text}, output={"text": "It depends."}))
        for n, text in enumerate(questions)
    ]
    stored = pipeline.receive(people.project, records, by=SYSTEM)
    sweeper.enrich("embed")
    return [one.id for one in stored]


def wanted(**fields: object) -> Wanted:
    return Wanted(**{"queue": "answers", "why": "a first look", "size": 3, **fields})  # type: ignore[arg-type]


def ask(people: Cast, **fields: object) -> Selection:
    """Asked for, and made by the worker."""
    asked = asking.ask(people.project.pk, wanted(**fields), by=Actor(people.lee.pk))
    assert asked.job is not None
    jobs.run_job(asked.job.pk)
    return Selection.objects.get(pk=asked.selection.pk)


@pytest.mark.parametrize("drawn_before", [0.000001, 0.999999])
def test_what_was_selected_waits_in_its_queue_with_its_reason(people: Cast, drawn_before: float) -> None:
    in_force(people.project, rule("random_audit", "audit", rate=drawn_before))
    arrive(people, *QUESTIONS)

    selection = ask(people, priority=70, reviews_needed=2)

    result = asking.asked_for(people.project.pk, selection.pk).result
    assert result is not None
    assert len(result.sent) == 3
    items = Item.objects.filter(prediction__in=result.sent)
    assert {item.priority for item in items} == {70}
    assert all(item.reasons[-1]["kind"] == "selection" for item in items)
    assert Slot.objects.filter(item__in=items).count() == 6
    assert set(Prediction.objects.filter(pk__in=result.sent).values_list("state", flat=True)) == {"routed"}


def test_its_pi_is_one_whatever_the_audit_drew_and_the_others_keep_theirs(people: Cast) -> None:
    arrive(people, *QUESTIONS)

    result = asking.asked_for(people.project.pk, ask(people).pk).result

    assert result is not None
    for prediction in Prediction.objects.select_related("routing").prefetch_related("second_looks"):
        pi = effective_pi(prediction.routing, prediction.second_looks.all())
        assert pi == (1.0 if prediction.pk in result.sent else PI_OF_AUDIT)


def test_what_the_audit_drew_is_a_candidate_like_the_rest_and_keeps_its_one_item(people: Cast) -> None:
    in_force(people.project, rule("random_audit", "audit", rate=0.999999))
    drawn = arrive(people, *QUESTIONS)

    selection = ask(people, size=5, priority=90)

    result = asking.asked_for(people.project.pk, selection.pk).result
    assert result is not None
    assert result.had_item == len(result.sent) > 0
    assert Item.objects.count() == len(drawn)
    assert set(Item.objects.filter(prediction__in=result.sent).values_list("priority", flat=True)) == {90}


def test_what_a_rule_takes_for_certain_is_known_and_not_selected(people: Cast) -> None:
    in_force(people.project, rule("random_audit", "audit", rate=1.0))
    arrive(people, *QUESTIONS)

    result = asking.asked_for(people.project.pk, ask(people).pk).result

    assert result is not None
    assert (result.known, result.sent) == (len(QUESTIONS), [])


def test_a_second_message_for_the_same_job_sends_nothing_twice(people: Cast) -> None:
    arrive(people, *QUESTIONS)
    selection = ask(people)
    looks = SecondLook.objects.count()

    jobs.run_job(Job.objects.get(kind=asking.KIND, subject_id=selection.pk).pk)

    assert SecondLook.objects.count() == looks


def test_one_that_was_cancelled_before_a_worker_came_sends_nothing(people: Cast) -> None:
    arrive(people, *QUESTIONS)
    asked = asking.ask(people.project.pk, wanted(), by=Actor(people.lee.pk))
    assert asked.job is not None
    asking.cancel(people.project.pk, asked.selection.pk, by=Actor(people.lee.pk))

    jobs.run_job(asked.job.pk)

    assert asking.asked_for(people.project.pk, asked.selection.pk).state == "cancelled"
    assert not SecondLook.objects.exists()


def test_a_settled_item_stays_settled(people: Cast) -> None:
    in_force(people.project, rule("random_audit", "audit", rate=0.999999))
    arrive(people, *QUESTIONS[:1])
    Item.objects.update(state=ItemState.WITHDRAWN)

    ask(people)

    assert Item.objects.get().state == ItemState.WITHDRAWN


@pytest.mark.parametrize(
    ("fields", "pointer", "code"),
    [
        ({"queue": "nowhere"}, "/queue", "selection.queue"),
        ({"queue": "closed"}, "/queue", "selection.queue"),
        ({"queue": "formless"}, "/queue", "selection.queue"),
        ({"why": "  "}, "/why", "why.missing"),
        ({"why": "a\0"}, "/why", "why.unfit"),
        ({"by": "relevance"}, "/measure", "selection.measure"),
        ({"by": "relevance", "measure": "min_logprob"}, "/measure", "selection.measure"),
        ({"measure": "mean_nll"}, "/measure", "selection.measure"),
    ],
)
def test_a_wish_that_cannot_be_met_names_its_field(
    people: Cast, fields: dict[str, object], pointer: str, code: str
) -> None:
    arrive(people, QUESTIONS[0])
    queue_in(people.project, slug="closed", archived_at=timezone.now())
    Queue.objects.create(project=people.project, slug="formless", name="Formless")

    with pytest.raises(Invalid) as refused:
        asking.ask(people.project.pk, wanted(**fields), by=SYSTEM)

    assert [(fault.pointer, fault.code) for fault in refused.value.faults] == [(pointer, code)]
    assert not Selection.objects.exists()


def test_one_is_under_way_at_a_time(people: Cast) -> None:
    arrive(people, *QUESTIONS)
    asking.ask(people.project.pk, wanted(), by=SYSTEM)

    with pytest.raises(WrongState, match="under way"):
        asking.ask(people.project.pk, wanted(), by=SYSTEM)


def test_without_an_encoder_it_says_what_is_missing(people: Cast) -> None:
    with override_settings(ENCODER=""), pytest.raises(WrongState, match="ENCODER"):
        asking.ask(people.project.pk, wanted(), by=SYSTEM)


def test_a_selection_by_relevance_without_a_measure_cannot_be_stored(people: Cast) -> None:
    arrive(people, QUESTIONS[0])
    selection = ask(people, size=1)

    with pytest.raises(IntegrityError, match="selection_by_relevance_names_a_measure"), transaction.atomic():
        Selection.objects.filter(pk=selection.pk).update(by="relevance")


def test_a_policy_is_needed_for_the_history(people: Cast) -> None:
    arrive(people, QUESTIONS[0])
    Policy.objects.update(is_active=False)

    with pytest.raises(WrongState, match="policy"):
        asking.ask(people.project.pk, wanted(), by=SYSTEM)
