"""What end users said, as people read it."""

import pytest

from accounts.actor import SYSTEM
from queues import pipeline
from queues.ingest.feedback.record import check
from queues.ingest.record import check as check_prediction
from queues.models import Feedback
from queues.web.feedback import in_words
from tests.factories.projects import Cast
from tests.ingest.events import event
from tests.ingest.records import record
from tests.web.conftest import SignIn

pytestmark = pytest.mark.django_db
HOSTILE = "<script>document.title='owned'</script>\u202e![ ](https://evil.example/p.gif)"


@pytest.fixture
def number(people: Cast) -> int:
    return pipeline.receive(people.project, [check_prediction(record())], by=SYSTEM)[0].id


def said(people: Cast, *events: dict[str, object]) -> None:
    pipeline.receive_feedback(people.project, [check(one, user_key=b"k") for one in events], by=SYSTEM)


def page(people: Cast, signed_in: SignIn, rest: str) -> str:
    answer = signed_in(people.lee).get(f"/projects/{people.project.slug}/{rest}")
    assert answer.status_code == 200
    return answer.content.decode()


def test_the_empty_list_says_how_feedback_comes(people: Cast, signed_in: SignIn) -> None:
    assert "feedback:batch" in page(people, signed_in, "feedback/")


def test_the_list_shows_what_was_said_of_what(people: Cast, signed_in: SignIn, number: int) -> None:
    said(
        people,
        event(comment="Wrong again.", reason_codes=["factual"]),
        event("b", prediction_id="later", value=1),
    )

    shown = page(people, signed_in, "feedback/")

    assert "Thumb down" in shown
    assert "Wrong again." in shown
    assert "factual" in shown
    assert f"/predictions/{number}/" in shown
    assert "has not arrived yet" in shown


def test_the_list_narrows_to_complaints(people: Cast, signed_in: SignIn, number: int) -> None:
    said(people, event("a"), event("b", name="stars", value=5))

    shown = page(people, signed_in, "feedback/?is_negative=on")

    assert "Thumb down" in shown
    assert "5 of 5 stars" not in shown
    assert "Nothing like this was found" in page(people, signed_in, "feedback/?name=report")
    assert "Thumb down" in page(people, signed_in, "feedback/?name=nonsense&prediction=x")


def test_the_story_shows_what_counts_and_folds_what_was_said_before(
    people: Cast, signed_in: SignIn, number: int
) -> None:
    said(people, event("a"), event("b", value=1))

    shown = page(people, signed_in, f"predictions/{number}/")

    counted, _fold, earlier = shown.partition("which no longer count")
    assert "Thumb up" in counted
    assert "Thumb down" in earlier


def test_a_hostile_comment_stays_text_in_its_frame(people: Cast, signed_in: SignIn, number: int) -> None:
    said(people, event(comment=HOSTILE), event("b", name="correction", value=HOSTILE))

    for place in ("feedback/", f"predictions/{number}/"):
        shown = page(people, signed_in, place)
        assert "<script>document" not in shown
        assert "&lt;script&gt;document.title=&#x27;owned&#x27;&lt;/script&gt;" in shown
        assert "hx-disable" in shown


@pytest.mark.parametrize(
    ("name", "number", "label", "words"),
    [
        ("thumb", -1.0, "", "Thumb down"),
        ("stars", 2.0, "", "2 of 5 stars"),
        ("report", None, "hate", "Reported: hate"),
        ("copy", 0.4, "", "Copied 40% of it"),
        ("abandon", 1500.0, "", "Left after 1.5 s"),
        ("edit_before_send", 0.31, "", "Edited before sending, 31% alike"),
        ("reformulate", None, "", "asked in other words"),
        ("handoff", None, "", "handed over to a person"),
        ("comment", None, "", "comment"),
    ],
)
def test_each_event_reads_as_a_few_words(name: str, number: float | None, label: str, words: str) -> None:
    assert in_words(Feedback(name=name, number=number, label=label)) == words


def test_an_annotator_does_not_see_the_list(people: Cast, signed_in: SignIn) -> None:
    assert signed_in(people.ann).get(f"/projects/{people.project.slug}/feedback/").status_code == 403
