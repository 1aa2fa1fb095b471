"""Before and after a change of the guideline: figures of each version, and how sure the change is."""

from dataclasses import replace
from typing import Any

import pytest

from accounts.models import Person
from queues.agree import versions as agree
from queues.agree.metric import Figure
from queues.agree.moves import moved_by
from queues.agree.versions import change_of
from queues.errors import NotFound
from queues.models import FormVersion, Queue
from tests.factories.projects import Cast, cast
from tests.factories.shared import Given, Shared, shared
from tests.factories.work import FORM, TONE, queue_in

OLD: dict[str, Any] = {**FORM, "questions": [TONE]}
NEW: dict[str, Any] = {**FORM, "questions": [{**TONE, "guideline": "Irony is fine, insults are rude."}]}


@pytest.fixture
def people(db: None) -> Cast:
    return cast()


@pytest.fixture
def queue(people: Cast) -> Queue:
    return queue_in(people.project, form=OLD)


def published(queue: Queue, document: dict[str, Any], version: int) -> None:
    queue.form = FormVersion.objects.create(queue=queue, version=version, document=document, reason="Irony.")
    queue.save()


def said(one: Person, other: Person, tones: str, *, drawn: str = "") -> list[Shared]:
    """tones: two letters for each item, f or r."""
    words = {"f": "fine", "r": "rude"}
    return [
        Shared(
            [Given(one, answers={"tone": words[pair[0]]}), Given(other, answers={"tone": words[pair[1]]})],
            drawn=drawn,
        )
        for pair in tones.split()
    ]


def test_items_belong_to_the_version_they_were_reviewed_under(people: Cast, queue: Queue) -> None:
    shared(queue, said(people.ann, people.lee, "ff rr fr rf " * 10))
    published(queue, NEW, 2)
    shared(queue, said(people.ann, people.lee, "ff rr ff rr " * 9 + "fr ff rr rr"))

    one, two = agree.by_version(queue, key="tone").versions

    assert (one.form.version, one.main.n_units, one.percent.value) == (1, 40, 0.5)
    assert (two.form.version, two.main.n_units, two.percent.value) == (2, 40, 39 / 40)
    assert (one.guideline_changed, two.guideline_changed) == (False, True)
    assert one.change is None and two.change is not None
    assert two.change.is_sure and two.change.low > 0
    assert two.main.value is not None and one.main.value is not None
    assert two.change.difference == pytest.approx(two.main.value - one.main.value)


def test_only_items_of_chance_can_be_compared(people: Cast, queue: Queue) -> None:
    shared(queue, said(people.ann, people.lee, "ff rr fr rf " * 5))
    shared(queue, said(people.ann, people.lee, "ff rr " * 6, drawn="overlap"))

    (version,) = agree.by_version(queue, key="tone", drawn_only=True).versions

    assert (version.main.n_units, version.main.value) == (12, 1.0)


def test_a_change_has_the_interval_of_two_independent_figures() -> None:
    before, after = Figure(0.4, 50, 0.2, 0.55), Figure(0.7, 50, 0.55, 0.8)

    change = change_of(before, after)

    # By hand: .3 - sqrt(.15² + .15²) and .3 + sqrt(.1² + .2²)
    assert change is not None
    assert change.difference == pytest.approx(0.3)
    assert change.low == pytest.approx(0.0878680)
    assert change.high == pytest.approx(0.5236068)


def test_without_an_interval_no_change_is_claimed() -> None:
    figure = Figure(0.4, 50, 0.2, 0.55)

    assert change_of(figure, replace(figure, low=None, high=None)) is None
    assert change_of(Figure(None, 0), figure) is None


def apart(one: Shared) -> Shared:
    """The same answers, and the second decision another."""
    first, second = one.said
    return one._replace(said=[first, second._replace(decision="reject")])


def test_a_change_is_about_the_question_whose_guideline_it_names(people: Cast, queue: Queue) -> None:
    shared(queue, said(people.ann, people.lee, "ff rr ff fr " * 10))
    published(queue, NEW, 2)
    shared(
        queue,
        [
            *said(people.ann, people.lee, "ff rr " * 10),
            *map(apart, said(people.ann, people.lee, "ff rr " * 10)),
        ],
    )

    found = moved_by(queue)

    assert found is not None
    assert (found.before.version, found.form.version) == (1, 2)
    assert [(line.asked.key, line.is_named) for line in found.lines] == [("decision", False), ("tone", True)]
    decision, tone = found.lines
    assert decision.same_change is not None and tone.same_change is not None
    assert abs(decision.same_change.difference) > abs(tone.same_change.difference)
    assert found.most.asked.key == "tone"
    assert [label for label, _before, _after in found.guidelines] == [tone.asked.label]


def test_without_a_name_the_change_is_about_what_surely_moved(people: Cast, queue: Queue) -> None:
    shared(queue, said(people.ann, people.lee, "ff rr fr rf " * 10))
    published(queue, {**OLD, "guideline": "Be kind."}, 2)
    shared(queue, said(people.ann, people.lee, "ff rr " * 20))
    published(queue, {**OLD, "guideline": "Be kind.", "reasons": []}, 3)
    shared(queue, said(people.ann, people.lee, "ff rr " * 20))

    newest, last = moved_by(queue), moved_by(queue, version=3)

    assert newest is not None and last is not None
    assert (newest.form.version, newest.most.asked.key, newest.others) == (2, "tone", [3])
    assert (last.form.version, last.guidelines) == (3, [])


def test_one_version_alone_has_moved_nothing(people: Cast, queue: Queue) -> None:
    shared(queue, said(people.ann, people.lee, "ff rr"))

    assert moved_by(queue) is None
    with pytest.raises(NotFound):
        moved_by(queue, version=1)
