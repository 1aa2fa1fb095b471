"""A session of thirty items with every kind of question, without a pointer."""

from collections.abc import Iterator
from itertools import cycle
from typing import Any

import pytest

from accounts.actor import Actor
from queues.models import Queue, Review
from queues.review import form_versions
from tests.factories.pairs import comparison
from tests.factories.projects import Cast
from tests.factories.questions import KINDS, question
from tests.factories.work import FORM, queue_in, waiting
from tests.flows.conftest import Enter
from tests.flows.screen import Screen

ITEMS, COMPARISONS = 30, 4
SURE = {"preference", "spans", "claims", "ranking"}
QUESTIONS: list[dict[str, Any]] = [
    *(question(kind, required=True, allows_unsure=kind not in SURE) for kind in KINDS),
    question(
        "long_text", key="why", required=True, asked_when={"question": "yes_no", "any_of": ["no", "unsure"]}
    ),
    question("rating", key="harm", minimum=0, maximum=10, asked_when={"decision": ["reject"]}, required=True),
]
# Per kind: the keys of an answer, and what is stored; texts are typed, everything else is a key.
WAYS: dict[str, list[tuple[list[str], Any]]] = {
    "single_choice": [(["2"], "polite"), (["1", "3"], "brief"), (["u"], "unsure")],
    "multiple_choice": [
        (["1", "3"], ["clear", "brief"]),
        (["1", "2", "1"], ["polite"]),
        (["3", "u"], "unsure"),
    ],
    "rating": [(["4"], 4), (["u", "1"], 1)],
    "yes_no": [(["1"], "yes"), (["2"], "no"), (["u"], "unsure")],
    "number": [(["2", ".", "5"], 2.5), (["Enter", "-", "3"], -3), (["u"], "unsure")],
    "short_text": [(["Enter", "s", "a"], "sa"), (["u"], "unsure")],
    "long_text": [(["Enter", "a", "Enter", "r"], "a\nr"), (["Enter", "x"], "x")],
    "ranking": [
        (["3", "1", "2"], ["brief", "clear", "polite"]),
        (["1", "2", "1", "3", "1"], ["polite", "brief", "clear"]),
    ],
    "preference": [(["2"], "b"), (["3"], "tie"), (["1"], "a")],
    "spans": [(["n"], [])],
    "claims": [(["n"], [])],
}
HARM: list[tuple[list[str], Any]] = [(["0"], 0), (["7"], 7)]


@pytest.fixture
def queue(people: Cast) -> Queue:
    queue = queue_in(people.project, form={**FORM, "questions": QUESTIONS})
    for _ in range(ITEMS - COMPARISONS):
        waiting(queue)
    for _ in range(COMPARISONS):
        comparison(queue)
    return queue


class Session:
    """One person at the keyboard, who remembers what was said of which slot."""

    def __init__(self, screen: Screen) -> None:
        self.screen = screen
        self.said: dict[int, dict[str, Any]] = {}
        self.ways: dict[str, Iterator[tuple[list[str], Any]]] = {
            kind: cycle(ways) for kind, ways in {**WAYS, "harm": HARM, "why": WAYS["long_text"]}.items()
        }

    def review(self, *, rejects: bool) -> None:
        """Walk through the form by J, answer every question that comes, decide."""
        slot, answers = self.screen.slot, {}
        if rejects:
            self.screen.press("r", "1")
        else:
            self.screen.press("j")
        while (stop := self._next_stop()) != "note":
            if stop not in ("decision", "reasons"):
                answers[stop] = self._answer(stop)
        self.said[slot] = answers
        self.screen.leave("Control+Enter" if rejects else "a")

    def _next_stop(self) -> str:
        self.screen.press("j")
        return str(self.screen.page.evaluate("document.activeElement.closest('[data-stop]').dataset.stop"))

    def _answer(self, stop: str) -> Any:
        keys, answer = next(self.ways[stop])
        self.screen.press(*keys)
        if self.screen.page.evaluate("document.activeElement.matches('[data-field]')"):
            self.screen.press("Escape")
        return answer


@pytest.mark.slow
def test_thirty_items_with_every_kind_of_question_are_reviewed_by_keyboard_alone(
    people: Cast, queue: Queue, enter: Enter, live_server: Any
) -> None:
    session = Session(Screen(enter(people.ann), live_server.url, queue).open())
    page = session.screen.page
    bar = page.locator(".decide").bounding_box()

    for n in range(ITEMS):
        is_pair = page.locator(".sides").count() > 0
        session.review(rejects=n % 3 == 1 and not is_pair)
        assert page.locator(".decide").bounding_box() == bar, "the decision bar moved"

    stored = {review.slot_id: review.answers for review in Review.objects.filter(person=people.ann)}
    assert stored == session.said
    assert len(stored) == ITEMS
    asked = {key for answers in stored.values() for key in answers}
    assert asked == {*KINDS, "why", "harm"}
    assert sum("why" in answers for answers in stored.values()) not in (0, ITEMS)


def test_questions_that_depend_on_others_come_and_go_and_keep_what_was_typed(
    people: Cast, queue: Queue, enter: Enter, live_server: Any
) -> None:
    screen = Screen(enter(people.ann), live_server.url, queue).open()
    page, why = screen.page, screen.page.locator("[data-stop=why]")

    assert not why.is_visible()
    page.locator("[data-stop=yes_no]").focus()
    screen.press("2")
    assert why.is_visible()
    why.focus()
    screen.press("Enter").type("Because.").press("Escape")
    page.locator("[data-stop=yes_no]").focus()
    screen.press("1")
    assert not why.is_visible()
    screen.settle().press("2")

    assert why.is_visible()
    assert page.locator("[data-stop=why] textarea").input_value() == "Because."
    page.reload()
    screen.settle()
    assert page.locator("[data-stop=why] textarea").input_value() == "Because."


@pytest.mark.slow
def test_a_form_that_changes_under_somebodys_hands_takes_nothing(
    people: Cast, enter: Enter, live_server: Any
) -> None:
    queue = queue_in(people.project, form={**FORM, "questions": [question("short_text", key="old")]})
    waiting(queue)
    waiting(queue)
    screen = Screen(enter(people.ann), live_server.url, queue).open()
    screen.page.locator("[data-stop=old]").focus()
    screen.press("Enter").type("Typed under the old form").press("Escape")
    form_versions.new_version(
        queue, document={**FORM, "questions": [question("yes_no")]}, by=Actor(people.lee.pk), reason="New."
    )

    screen.settle().leave("a")

    review = Review.objects.get()
    assert (review.answers, review.form.version) == ({"old": "Typed under the old form"}, 1)
