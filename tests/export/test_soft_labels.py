"""Where people may rightly differ, a release keeps how their answers spread, beside what was settled."""

import io
import json
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from accounts.actor import Actor
from queues import pipeline
from queues.agree import targets
from queues.agree.targets import DEFAULT, DISTRIBUTION
from queues.models import FormVersion, Queue, Release
from tests.export.building import content, released
from tests.factories.people import PersonFactory
from tests.factories.projects import Cast, cast
from tests.factories.reviews import APPROVE, reviewed
from tests.factories.verdicts import record_of
from tests.factories.work import FORM, TONE, queue_in, waiting

pytestmark = pytest.mark.django_db(transaction=True)

HARM: dict[str, Any] = {
    "key": "harm",
    "kind": "rating",
    "label": "How harmful is it?",
    "minimum": 0,
    "maximum": 100,
    "allows_unsure": True,
}
TAGS: dict[str, Any] = {**TONE, "key": "tags", "kind": "multiple_choice", "required": False, "min_chosen": 0}
FORM_1 = {**FORM, "questions": [TONE, HARM, TAGS]}


@pytest.fixture
def people() -> Cast:
    return cast()


@pytest.fixture
def queue(people: Cast) -> Queue:
    """One item that four people answered and Lee settled."""
    queue = queue_in(people.project, slug="refunds", form=FORM_1)
    item = waiting(queue, reviews_needed=4, record=record_of())
    for tone, harm, tags in (
        ("rude", 100, ["rude", "fine"]),
        ("fine", 9, ["fine", "rude"]),
        ("rude", 9, []),
        ("rude", "unsure", None),
    ):
        answers = {"tone": tone, "harm": harm} | ({} if tags is None else {"tags": tags})
        reviewed(queue, PersonFactory.create(), {**APPROVE, "answers": answers})
    document = {"decision": "approve", "answers": {"tone": "rude", "harm": 9}}
    pipeline.settle_by_lead(
        item.pk, project=people.project, document=document, why="The most say so.", by=Actor(people.lee.pk)
    )
    return queue


def expects(people: Cast, queue: Queue, *keys: str, target: targets.Target = DISTRIBUTION) -> None:
    for key in keys:
        targets.set_target(queue, question=key, target=target, reason="Taste.", by=Actor(people.lee.pk))


def soft_labels_of(release: Release) -> list[dict[str, Any]]:
    [line] = content(release, "train.jsonl").split(b"\n")[:-1]
    found: list[dict[str, Any]] = json.loads(line)["soft_labels"]
    return found


TONE_LABEL = {
    "question": "tone",
    "n": 4,
    "unsure": 0,
    "answers": [{"value": "fine", "n": 1, "share": 0.25}, {"value": "rude", "n": 3, "share": 0.75}],
}
HARM_LABEL = {
    "question": "harm",
    "n": 3,
    "unsure": 1,
    "answers": [{"value": "9", "n": 2, "share": 2 / 3}, {"value": "100", "n": 1, "share": 1 / 3}],
}


def test_a_row_keeps_how_answers_spread_where_a_distribution_is_expected(people: Cast, queue: Queue) -> None:
    expects(people, queue, "tone", "harm")

    assert soft_labels_of(released(people, "neutral")) == [TONE_LABEL, HARM_LABEL]


def test_sets_and_decisions_can_be_kept_so_too(people: Cast, queue: Queue) -> None:
    expects(people, queue, "tags", "decision")

    decision, tags = soft_labels_of(released(people, "neutral"))

    assert decision["answers"] == [{"value": "approve", "n": 4, "share": 1.0}]
    assert tags["n"] == 3
    assert {one["value"]: one["n"] for one in tags["answers"]} == {'["fine","rude"]': 2, "[]": 1}


def test_where_people_should_agree_no_distribution_is_kept(people: Cast, queue: Queue) -> None:
    expects(people, queue, "tone", "harm")
    expects(people, queue, "tone", "harm", target=DEFAULT)

    assert soft_labels_of(released(people, "neutral")) == []


def test_the_table_says_the_same_with_types(people: Cast, queue: Queue) -> None:
    expects(people, queue, "tone", "harm")

    table = pq.read_table(io.BytesIO(content(released(people, "neutral"), "train.parquet")))

    assert table.column("soft_labels").to_pylist() == [[TONE_LABEL, HARM_LABEL]]
    assert table.schema.field("soft_labels").type.value_type.field("answers").type.value_type == pa.struct(
        [("value", pa.string()), ("n", pa.int32()), ("share", pa.float64())]
    )


def test_answers_to_an_older_form_are_kept_in_the_words_of_the_newest(people: Cast, queue: Queue) -> None:
    options = [{"value": "good", "label": "Good"}, {"value": "bad", "label": "Bad"}]
    document = {**FORM, "questions": [{**TONE, "options": options}]}
    queue.form = FormVersion.objects.create(
        queue=queue, version=2, document=document, reason="Words.", mappings={"tone": {"rude": "bad"}}
    )
    queue.save()
    expects(people, queue, "tone")

    [tone] = soft_labels_of(released(people, "neutral"))

    assert tone["answers"] == [{"value": "bad", "n": 3, "share": 1.0}]
    assert (tone["n"], tone["unsure"]) == (3, 0)  # "fine" is mapped to nothing


def test_other_formats_read_no_answers(people: Cast, queue: Queue) -> None:
    expects(people, queue, "tone")

    [line] = content(released(people, "trl_kto"), "train.jsonl").split(b"\n")[:-1]

    assert json.loads(line).keys() == {"prompt", "completion", "label"}
