"""The anchoring test: the same items, reviewed by one who was told why and by one who was not."""

import pytest

from queues.agree.blind import anchoring_in
from queues.models import Queue, Review
from tests.factories.projects import Cast, cast
from tests.factories.shared import Given, Shared, shared
from tests.factories.work import queue_in


@pytest.fixture
def people(db: None) -> Cast:
    return cast()


@pytest.fixture
def queue(people: Cast) -> Queue:
    return queue_in(people.project)


def pairs(people: Cast, kinds: str) -> list[Shared]:
    """kinds: two letters for each item, what was said when told and when blind: a approves, r rejects."""
    words = {"a": "approve", "r": "reject", "e": "escalate"}
    return [
        Shared(
            [
                Given(people.ann, words[kind[0]]),
                Given(people.lee, words[kind[1]], is_blind=True),
                Given(people.olga, "reject"),
            ],
            drawn="blind",
        )
        for kind in kinds.split()
    ]


def test_without_a_pair_nothing_is_claimed(people: Cast, queue: Queue) -> None:
    shared(queue, [Shared([Given(people.ann), Given(people.lee)], drawn="overlap")])

    assert anchoring_in(queue) is None


def test_the_first_review_of_each_kind_is_compared(people: Cast, queue: Queue) -> None:
    shared(queue, pairs(people, "aa " * 10 + "ar " * 8 + "ra " * 1 + "rr " * 5 + "ae"))

    found = anchoring_in(queue)

    assert found is not None
    assert (found.n, found.only_shown, found.only_blind) == (24, 8, 1)  # an escalation is no side
    assert found.effect == pytest.approx(7 / 24)
    assert found.interval.low > 0
    assert found.p == pytest.approx(0.0390625)  # 2 (1 + 9) / 2⁹


def test_only_what_chance_drew_to_be_blind_counts(people: Cast, queue: Queue) -> None:
    shared(queue, [one._replace(drawn="") for one in pairs(people, "ar ar ar")])

    assert anchoring_in(queue) is None


def test_a_review_that_was_taken_back_is_no_side(people: Cast, queue: Queue) -> None:
    ids = shared(queue, pairs(people, "aa ar"))
    Review.objects.filter(item__in=ids, person=people.lee).update(withdrawn_at="2026-11-01T00:00:00Z")

    assert anchoring_in(queue) is None
