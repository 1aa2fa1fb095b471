"""Comparisons for programs: both texts in their order, and afterwards which was which."""

import pytest

from queues.models import Item
from tests.api.conftest import Program
from tests.factories.pairs import CHALLENGER, CHAMPION, COMPARED, comparison, ids_in_order, pair_queue
from tests.factories.projects import Cast
from tests.factories.reviews import reviewed
from tests.factories.work import queue_in, waiting


@pytest.fixture
def item(people: Cast) -> Item:
    return comparison(pair_queue(people.project), this="mine", other="theirs", other_first=True)


def test_the_next_item_brings_both_texts_and_not_whose_they_are(people: Cast, item: Item) -> None:
    desk = Program(people, people.ann).post(f"queues/{item.queue_id}:next", {}).json()

    assert [(side["label"], side["output_text"]) for side in desk["pair"]] == [("A", "theirs"), ("B", "mine")]
    assert desk["output_text"] is None
    assert set(desk["facts"]) == {"locale"}
    assert CHAMPION not in str(desk)
    assert CHALLENGER not in str(desk)


def test_a_comparison_is_submitted_as_approve_with_its_answer(people: Cast, item: Item) -> None:
    ann = Program(people, people.ann)
    desk = ann.post(f"queues/{item.queue_id}:next", {}).json()
    body = {"slot": desk["slot"], "token": desk["token"]}

    refused = ann.post("reviews", {**body, "decision": "approve"})
    stored = ann.post("reviews", {**body, **COMPARED})

    assert (refused.status_code, refused.json()["errors"][0]["pointer"]) == (422, "/answers/preference")
    assert (stored.status_code, stored.json()["item_state"]) == (201, "settled")


def test_an_item_says_which_was_which_after_the_first_comparison(people: Cast, item: Item) -> None:
    mel = Program(people, people.mel)
    before = mel.get(f"items/{item.pk}").json()
    assert (before["other"], before["pair"]) == (item.other_id, None)

    reviewed(item.queue, people.ann, COMPARED)

    sides = mel.get(f"items/{item.pk}").json()["pair"]
    assert [side["prediction_id"] for side in sides] == ids_in_order(item)
    assert [(side["label"], side["model_version"], side["output_text"]) for side in sides] == [
        ("A", CHAMPION, "theirs"),
        ("B", CHALLENGER, "mine"),
    ]


def test_lists_and_verdicts_name_the_sides_without_their_texts(people: Cast, item: Item) -> None:
    waiting(queue_in(people.project))
    reviewed(item.queue, people.ann, COMPARED)
    mel = Program(people, people.mel)

    items = {line["id"]: line for line in mel.get("items").json()["items"]}
    [verdict] = mel.get("verdicts").json()["items"]

    assert [line["pair"] is None for line in items.values()] == [True, False]
    for told in (items[item.pk]["pair"], verdict["pair"]):
        assert [(side["label"], side["prediction_id"], side["output_text"]) for side in told] == [
            ("A", ids_in_order(item)[0], None),
            ("B", ids_in_order(item)[1], None),
        ]


def test_the_story_tells_it_too(people: Cast, item: Item) -> None:
    reviewed(item.queue, people.ann, COMPARED)

    [told] = Program(people, people.mel).get(f"predictions/{item.prediction_id}/story").json()["items"]

    assert [side["output_text"] for side in told["pair"]] == ["theirs", "mine"]
    assert told["other"] == item.other_id
