"""Nothing that Ann sees tells a hidden check from any other item in the same state: held field by field.

Each way through an item is gone twice, with a check and with an item; all answers, pages and lists must read
alike. What a new page or field adds is compared without being named here.
"""

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from typing import Any
from unittest.mock import patch

import pytest
from django.utils import timezone

from queues.models import Slot
from queues.review import taking_back
from tests.factories.twins import Twin, difference

pytestmark = pytest.mark.django_db
CORRECTED: dict[str, Any] = {"reasons": ["factual"], "corrected_text": "Refunds take 6 days."}
Way = Callable[[Twin], None]
WAYS: dict[str, Way] = {}


def way(gone: Way) -> Way:
    """One way to go through an item; its name says which."""
    WAYS[gone.__name__] = gone
    return gone


@way
def approved(ann: Twin) -> None:
    ann.submit("approve")


@way
def corrected(ann: Twin) -> None:
    ann.submit("correct", **CORRECTED)


@way
def rejected_and_spoken_of(ann: Twin) -> None:
    ann.submit("reject", reasons=["factual"])
    ann.say("What did others see? @Lee")
    ann.say("@Nobody")


@way
def sent_twice_and_once_with_other_content(ann: Twin) -> None:
    ann.submit("approve")
    ann.submit("approve")
    ann.submit("reject", reasons=["factual"])


@way
def refused_for_its_content(ann: Twin) -> None:
    ann.submit("reject")
    ann.submit("correct", corrected_text="Refunds are instant.")
    ann.save("so far")


@way
def taken_back_and_decided_anew(ann: Twin) -> None:
    ann.submit("approve")
    ann.undo()
    ann.submit("correct", **CORRECTED)


@way
def taken_back_and_left(ann: Twin) -> None:
    ann.submit("reject", reasons=["factual"])
    ann.undo()


@way
def taken_back_too_late(ann: Twin) -> None:
    ann.submit("approve")
    _undo_late(ann)


@way
def escalated(ann: Twin) -> None:
    ann.submit("escalate", note="Is it?")


@way
def escalated_and_taken_back(ann: Twin) -> None:
    ann.submit("escalate", note="Is it?")
    ann.undo()
    ann.submit("reject", reasons=["factual"])


@way
def answered(ann: Twin) -> None:
    ann.submit("escalate", note="Is it?")
    ann.answer_the_question()
    ann.undo()


@way
def answered_in_other_words(ann: Twin) -> None:
    ann.submit("escalate", note="Is it?")
    ann.answer_the_question("It is, see page 3.")
    _undo_late(ann)


@way
def answered_by_who_spoke_of_it_before(ann: Twin) -> None:
    ann.submit("escalate", note="Is it?")
    ann.lee.post(f"/projects/{ann.project.slug}/items/{ann.item.pk}/notes", {"text": "I look into it."})
    ann.answer_the_question("It is.")


@way
def passed_on(ann: Twin) -> None:
    ann.save("so far")
    ann.skip()


@way
def passed_on_and_done_by_others(ann: Twin) -> None:
    ann.save("so far")
    ann.skip()
    ann.others_review()


@way
def given_back_and_taken_again(ann: Twin) -> None:
    ann.save("so far")
    ann.give_back()
    ann.take()


@way
def kept_until_the_lease_ended(ann: Twin) -> None:
    Slot.objects.filter(pk=ann.held["slot"]).update(lease_until=timezone.now() - timedelta(seconds=1))
    ann.beat()
    ann.submit("approve")


@way
def recalled_in_hand(ann: Twin) -> None:
    ann.save("so far")
    ann.recall()
    ann.beat()
    ann.save("so far, and more", revision=1)
    ann.save("so far, and more")
    ann.submit("approve")
    ann.skip()
    ann.give_back()


@way
def recalled_before_a_word(ann: Twin) -> None:
    ann.recall()
    ann.save("so far")
    ann.submit("approve")


@way
def recalled_while_a_lead_was_asked(ann: Twin) -> None:
    ann.submit("escalate", note="Is it?")
    ann.recall()
    ann.undo()
    ann.submit("escalate", note="Is it?")


@way
def recalled_after_the_answer(ann: Twin) -> None:
    ann.submit("escalate", note="Is it?")
    ann.answer_the_question("It is.")
    ann.recall()
    ann.undo()


@way
def recalled_when_it_was_through(ann: Twin) -> None:
    ann.submit("approve")
    ann.recall()
    ann.undo()


def gone(way: Way, **settings: Any) -> Iterator[Twin]:
    for is_check in (True, False):
        ann = Twin(is_check=is_check, **settings)
        ann.take()
        way(ann)
        yield ann


IN_SHORT = frozenset({"answered_in_other_words"})  # the others in the slow run


@pytest.mark.parametrize(
    "name", [name if name in IN_SHORT else pytest.param(name, marks=pytest.mark.slow) for name in WAYS]
)
def test_a_check_is_told_like_any_other_item(name: str) -> None:
    check, item = (ann.seen() for ann in gone(WAYS[name]))

    assert not difference(check, item)


def test_it_arrived_and_was_opened_as_long_before_it_is_due_as_any_other_item() -> None:
    spans = []
    for ann in gone(approved):
        story = ann.browser.get(f"/projects/{ann.project.slug}/items/{ann.item.pk}/story")
        arrived, opened = (line.at for line in story.context["lines"][:2])
        due = datetime.fromisoformat(ann.held["due_at"])
        spans.append((opened - arrived, due - opened - timedelta(hours=24)))

    for span in (span for pair in spans for span in pair):
        assert abs(span) < timedelta(seconds=1)


SEVERAL = (
    "approved",
    "taken_back_and_decided_anew",
    "escalated_and_taken_back",
    "recalled_when_it_was_through",
)


@pytest.mark.slow
@pytest.mark.parametrize("name", SEVERAL)
def test_and_where_several_review_it(name: str) -> None:
    check, item = (ann.seen() for ann in gone(WAYS[name], reviews_per_item=2))

    assert not difference(check, item)


@pytest.mark.slow
def test_and_when_the_others_have_reviewed_it(settings: Any) -> None:
    settings.BLIND_UNDO_SECONDS = 0

    def settled(ann: Twin) -> None:
        ann.submit("approve")
        ann.others_review()
        ann.undo()

    check, item = (ann.seen() for ann in gone(settled, reviews_per_item=2))
    for seen in (check, item):  # how often one agrees with others is counted over shared items only
        del seen["people/n/figures"]

    assert not difference(check, item)


def _undo_late(ann: Twin) -> None:
    """When the seconds are over in which anybody takes back what they submitted."""
    with patch.object(taking_back, "_USUAL", timedelta(0)):
        ann.undo()
