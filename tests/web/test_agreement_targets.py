"""The page of a question's target, and what the page of agreement says against it."""

from typing import Any

import pytest

from queues.agree import rule_versions, targets
from queues.models import Queue
from tests.factories.projects import Cast
from tests.factories.shared import Given, Shared, shared
from tests.factories.work import FORM, TONE, queue_in
from tests.web.conftest import SignIn

pytestmark = pytest.mark.django_db


@pytest.fixture
def queue(people: Cast) -> Queue:
    return queue_in(people.project, form={**FORM, "questions": [TONE]})


def forty(queue: Queue, people: Cast) -> None:
    """Ann and Lee say the same of the tone on three of four items."""
    tones: list[tuple[str, str]] = [
        ("fine", "fine"),
        ("rude", "rude"),
        ("rude", "fine"),
        ("fine", "fine"),
    ] * 10
    shared(
        queue,
        [
            Shared([Given(people.ann, answers={"tone": one}), Given(people.lee, answers={"tone": other})])
            for one, other in tones
        ],
    )


def lines(people: Cast, signed_in: SignIn) -> dict[str, Any]:
    shown = signed_in(people.lee).get(f"/projects/{people.project.slug}/agreement/")
    return {line.of.key: line for line in shown.context["lines"]}


def post(people: Cast, signed_in: SignIn, queue: Queue, **fields: object) -> Any:
    address = f"/projects/{people.project.slug}/agreement/target?queue={queue.slug}&question=tone"
    return signed_in(people.lee).post(address, {"reason": "Taste.", **fields})


def test_a_lower_target_turns_the_colour(people: Cast, signed_in: SignIn, queue: Queue) -> None:
    forty(queue, people)
    before = lines(people, signed_in)["tone"].says

    answer = post(people, signed_in, queue, expects="agreement", good="0.1", tentative="0.05")

    assert (before.kind, answer.status_code) == ("bad", 302)
    assert lines(people, signed_in)["tone"].says.kind == "good"
    assert lines(people, signed_in)["decision"].target == targets.DEFAULT


def test_where_a_distribution_is_expected_nothing_is_an_alarm(
    people: Cast, signed_in: SignIn, queue: Queue
) -> None:
    forty(queue, people)

    post(people, signed_in, queue, expects="distribution")

    line = lines(people, signed_in)["tone"]
    assert (line.says.kind, str(line.says.words)) == ("", "distribution expected")
    assert dict(line.shares) == {"Fine": pytest.approx(0.625), "Rude": pytest.approx(0.375)}


def test_the_page_warns_while_the_dispute_rule_counts_the_question(
    people: Cast, signed_in: SignIn, queue: Queue
) -> None:
    post(people, signed_in, queue, expects="distribution")
    address = f"/projects/{people.project.slug}/agreement/target?queue={queue.slug}&question=tone"

    assert "still makes a dispute" in signed_in(people.lee).get(address).content.decode()
    assert rule_versions.of_version(None).counts("tone")


def test_a_bad_target_is_told_beside_its_field(people: Cast, signed_in: SignIn, queue: Queue) -> None:
    answer = post(people, signed_in, queue, expects="agreement", good="0.5", tentative="0.9")

    assert answer.status_code == 422
    assert "cannot ask for more" in answer.content.decode()
    assert targets.targets_of(queue.pk) == {}
