"""Agreement and figures of people for programs: the same figures as the pages, null where undefined."""

from typing import Any

import pytest

from accounts.actor import Actor
from accounts.models import Event
from queues.agree import queries, targets
from queues.agree.targets import DISTRIBUTION
from queues.models import Queue
from tests.api.conftest import Program
from tests.factories.projects import Cast
from tests.factories.shared import Given, Shared, shared
from tests.factories.work import FORM, TONE, queue_in

TAGS: dict[str, Any] = {
    "key": "tags",
    "kind": "multiple_choice",
    "label": "What is in it?",
    "options": [{"value": "fact", "label": "Fact"}, {"value": "joke", "label": "Joke"}],
}


@pytest.fixture
def lead(people: Cast) -> Program:
    return Program(people, people.lee)


@pytest.fixture
def queue(people: Cast) -> Queue:
    return queue_in(people.project, slug="answers", form={**FORM, "questions": [TONE, TAGS]})


def twenty(people: Cast, queue: Queue) -> None:
    pairs = [("fine", "fine"), ("rude", "rude"), ("fine", "rude"), ("fine", "fine")] * 5
    shared(
        queue,
        [
            Shared(
                [
                    Given(people.ann, answers={"tone": one, "tags": ["joke", "fact"]}),
                    Given(people.lee, answers={"tone": other, "tags": ["fact"]}),
                ],
                locale="de" if place % 2 else "en",
            )
            for place, (one, other) in enumerate(pairs)
        ],
    )


def test_the_figures_are_those_of_the_page(people: Cast, lead: Program, queue: Queue) -> None:
    twenty(people, queue)
    targets.set_target(queue, question="tags", target=DISTRIBUTION, reason="Taste.", by=Actor(people.lee.pk))

    found = lead.get("agreement?queue=answers").json()

    assert lead.get("agreement").json() == found
    decision, tone, tags = found["questions"]
    here = queries.of_queue(queue).questions[1]
    assert (found["items"], found["drawn"]) == (20, 0)
    assert decision["figure"] == {
        "value": None, "low": None, "high": None, "items": 20, "why": "one_value", "at_least": None,
    }  # fmt: skip
    assert tone["figure"]["value"] == here.main.value
    assert tone["figure"]["low"] < tone["figure"]["value"] < tone["figure"]["high"]
    assert (tone["judged"], tone["target"]) == ("below", {"good": 0.8, "tentative": 0.667})
    assert (tags["judged"], tags["metric"]) == ("distribution", "alpha_masi")
    assert tags["unsure"] == {"n": 0, "n_all": 40}


def test_a_target_is_set_with_a_reason(people: Cast, lead: Program, queue: Queue) -> None:
    wanted = {"queue": "answers", "question": "tone", "good": 0.6, "tentative": 0.4, "reason": "Cheap."}

    answer = lead.post("agreement/targets", wanted)
    refused = lead.post("agreement/targets", {**wanted, "tentative": 0.9})
    unknown = lead.post("agreement/targets", {**wanted, "question": "nothing"})

    assert (answer.status_code, answer.json()["expects"]) == (201, "agreement")
    assert (refused.status_code, refused.json()["errors"][0]["pointer"]) == (422, "/tentative")
    assert unknown.status_code == 404
    assert targets.targets_of(queue.pk) == {"tone": targets.Target(0.6, 0.4)}


def test_groups_and_versions_are_there_too(people: Cast, lead: Program, queue: Queue) -> None:
    twenty(people, queue)

    groups = lead.get("agreement/groups?queue=answers&question=tone&by=locale").json()
    versions = lead.get("agreement/versions?queue=answers&question=tone").json()
    drawn = lead.get("agreement/groups?queue=answers&question=tone&by=locale&only=drawn").json()

    assert {group["name"]: group["figure"]["items"] for group in groups["groups"]} == {"de": 10, "en": 10}
    assert [group["figure"]["items"] for group in drawn["groups"]] == [0, 0]
    (version,) = versions["versions"]
    assert (version["version"], version["change"], version["figure"]["items"]) == (1, None, 20)


def test_agreement_on_corrections_is_told_with_what_chance_gives(
    people: Cast, lead: Program, queue: Queue
) -> None:
    said = [Given(who, "correct", {}, corrected_text=text) for who, text in
            ((people.ann, "Five days."), (people.lee, "5 days."))]  # fmt: skip
    shared(queue, [Shared(said)] * 2)

    found = lead.get("agreement/texts?queue=answers").json()

    assert found["edit"]["between_people"] == {
        "value": pytest.approx(0.6), "low": None, "high": None, "outputs": 2,
    }  # fmt: skip
    assert (found["edit"]["between_outputs"], found["edit"]["pairs_of_outputs"]) == (1.0, 1)
    assert (found["chrf"]["pairs"], found["chrf"]["beyond_chance"], found["places"]) == (2, False, [])


def test_figures_of_people_are_for_leads_and_logged(people: Cast, lead: Program, queue: Queue) -> None:
    twenty(people, queue)

    found = lead.get("people/figures?queue=answers").json()
    refused = Program(people, people.mel).get("people/figures?queue=answers")

    ann = next(one for one in found["items"] if one["name"] == "Ann")
    assert (ann["reviews"], ann["median_seconds"]["value"], ann["habits"]) == (20, 30.0, [])
    assert ann["overruled"] is None
    assert found["next_page"] is None
    assert refused.status_code == 403
    assert found["items"][0]["evidence"] == {"value": None, "low": None, "high": None, "decisions": 0}
    assert found["items"][0]["near_goal"] is None
    assert Event.objects.filter(kind="people.figures_read", subject_id=queue.pk).count() == 1


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("agreement?queue=nowhere", 404),
        ("agreement?queue=answers&only=some", 400),
        ("agreement/groups?queue=answers&by=all", 400),
        ("agreement/groups?queue=answers&question=nothing", 404),
        ("agreement/versions?queue=answers&page=1", 400),
        ("people/figures?queue=answers&page=-1", 400),
    ],
)
def test_a_bad_question_is_refused(lead: Program, queue: Queue, path: str, status: int) -> None:
    answer = lead.get(path)

    assert answer.status_code == status
    assert answer.headers["Content-Type"].startswith("application/problem+json")
