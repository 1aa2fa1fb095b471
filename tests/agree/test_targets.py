"""Targets of agreement: judged by the lower end, set with a reason, never rewritten."""

import pytest
from django.db import IntegrityError, transaction

from accounts.actor import Actor
from accounts.models import Event
from queues.agree import targets
from queues.agree.metric import PERFECT, Figure
from queues.agree.targets import DEFAULT, DISTRIBUTION, Judged, Target, judged
from queues.errors import Invalid, NotFound
from queues.models import AgreementTarget, Queue
from tests.factories.projects import Cast, cast
from tests.factories.work import FORM, TONE, queue_in


@pytest.fixture
def people(db: None) -> Cast:
    return cast()


@pytest.fixture
def queue(people: Cast) -> Queue:
    return queue_in(people.project, form={**FORM, "questions": [TONE]})


@pytest.mark.parametrize(
    ("low", "target", "expected"),
    [
        (0.80, DEFAULT, Judged.GOOD),
        (0.799, DEFAULT, Judged.TENTATIVE),
        (0.667, DEFAULT, Judged.TENTATIVE),
        (0.6, DEFAULT, Judged.BELOW),
        (0.6, Target(0.6, 0.4), Judged.GOOD),
        (-0.2, DISTRIBUTION, Judged.DISTRIBUTION),
        (None, DEFAULT, Judged.TOO_LITTLE),
    ],
)
def test_a_figure_is_judged_by_the_lower_end_of_its_interval(
    low: float | None, target: Target, expected: Judged
) -> None:
    assert judged(Figure(0.9, 40, low, 0.95), target) is expected


def test_perfect_agreement_needs_ten_items_to_say_so() -> None:
    assert judged(perfect_on(9)) is Judged.TOO_LITTLE
    assert judged(perfect_on(10), Target(0.5, 0.4)) is Judged.PERFECT


def test_perfect_agreement_on_few_items_reaches_no_higher_target_than_it_proves() -> None:
    assert judged(perfect_on(13)) is Judged.TENTATIVE  # 0.05^(1/13) = 0.794
    assert judged(perfect_on(14)) is Judged.PERFECT  # 0.807
    assert judged(perfect_on(10), Target(0.9, 0.8)) is Judged.TOO_LITTLE


def perfect_on(n: int) -> Figure:
    return Figure(1.0, n, why=PERFECT, at_least=0.05 ** (1 / n))


def test_the_newest_target_holds_and_leaves_an_event(people: Cast, queue: Queue) -> None:
    by = Actor(people.lee.pk)
    targets.set_target(
        queue, question="tone", target=Target(0.7, 0.5), reason="A wrong tone costs little.", by=by
    )
    targets.set_target(queue, question="tone", target=DISTRIBUTION, reason="Taste.", by=by)

    assert targets.targets_of(queue.pk) == {"tone": DISTRIBUTION}
    assert [row.good for row in targets.history_of(queue.pk, "tone")] == [None, 0.7]
    event = Event.objects.filter(kind="agreement.target_set").order_by("-pk")[0]
    assert event.before == {"question": "tone", "good": 0.7, "tentative": 0.5}
    assert event.reason == "Taste."


@pytest.mark.parametrize(
    ("target", "reason", "place"),
    [
        (Target(1.2, 0.5), "why", "/good"),
        (Target(0.8, None), "why", "/tentative"),
        (Target(0.5, 0.8), "why", "/tentative"),
        (Target(float("nan"), 0.1), "why", "/good"),
        (DEFAULT, "  ", "/reason"),
    ],
)
def test_an_impossible_target_is_refused_at_its_place(
    people: Cast, queue: Queue, target: Target, reason: str, place: str
) -> None:
    with pytest.raises(Invalid) as refused:
        targets.set_target(queue, question="tone", target=target, reason=reason, by=Actor(people.lee.pk))

    assert [fault.pointer for fault in refused.value.faults] == [place]
    assert not AgreementTarget.objects.exists()


def test_a_question_that_the_form_does_not_ask_has_no_target(people: Cast, queue: Queue) -> None:
    with pytest.raises(NotFound):
        targets.set_target(queue, question="nothing", target=DEFAULT, reason="w", by=Actor(people.lee.pk))


@pytest.mark.parametrize(
    ("fields", "constraint"),
    [
        ({"expects": "agreement", "good": 0.5, "tentative": 0.8}, "bounds_go_with_agreement"),
        ({"expects": "agreement", "good": None, "tentative": None}, "bounds_go_with_agreement"),
        ({"expects": "distribution", "good": 0.8, "tentative": 0.667}, "bounds_go_with_agreement"),
        ({"expects": "magic", "good": None, "tentative": None}, "bounds_go_with_agreement"),
        ({"expects": "distribution", "reason": ""}, "has_a_reason"),
    ],
)
def test_the_database_refuses_what_no_target_can_be(
    queue: Queue, fields: dict[str, object], constraint: str
) -> None:
    with pytest.raises(IntegrityError, match=f"agreement_target_{constraint}"), transaction.atomic():
        AgreementTarget.objects.create(queue=queue, question="tone", **{"reason": "w", **fields})


def test_what_was_expected_is_never_rewritten(people: Cast, queue: Queue) -> None:
    row = targets.set_target(queue, question="tone", target=DISTRIBUTION, reason="w", by=Actor(people.lee.pk))

    with pytest.raises(IntegrityError, match="is history"), transaction.atomic():
        AgreementTarget.objects.filter(pk=row.pk).update(reason="another")
