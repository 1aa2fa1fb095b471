"""What a dataset holds: only what its filter asks, only with consent, code point for code point."""

from datetime import timedelta
from typing import Any

import orjson
import pytest
from django.utils import timezone

from accounts.actor import Actor
from queues.errors import Invalid
from queues.export import actions as export
from queues.export import reading
from queues.models import Dataset, Flag, Item, Payload, Verdict
from tests.factories.projects import Cast, cast
from tests.factories.verdicts import record_of, settled
from tests.factories.work import queue_in, waiting

pytestmark = pytest.mark.django_db


@pytest.fixture
def people() -> Cast:
    return cast()


def dataset(people: Cast, format_name: str = "trl_sft", **wanted: Any) -> Dataset:
    by = Actor(people.mel.pk)
    name = f"set-{Dataset.objects.count()}"
    return export.create_dataset(people.project, name=name, format_name=format_name, wanted=wanted, by=by)


def rows(found: Dataset) -> list[dict[str, Any]]:
    return [orjson.loads(line) for line in b"".join(reading.lines_of(found)).split(b"\n") if line]


def answers(found: Dataset) -> list[str]:
    return [row["messages"][-1]["content"] for row in rows(found)]


def test_it_holds_approved_and_corrected_answers_and_no_rejected_one(people: Cast) -> None:
    queue = queue_in(people.project)
    settled(queue, "approve", output_text="fine")
    settled(queue, "correct", corrected_text="better")
    settled(queue, "reject")

    found = dataset(people)

    assert answers(found) == ["fine", "better"]
    assert reading.look_at(found).left_out == {"decision.rejected": 1}


def test_nothing_of_another_project_is_in_it(people: Cast) -> None:
    settled(queue_in(people.other), corrected_text="theirs")
    settled(queue_in(people.project), corrected_text="ours")

    assert answers(dataset(people)) == ["ours"]


@pytest.mark.parametrize(
    ("rights", "code"),
    [
        ({"consent": "denied"}, "consent.denied"),
        ({"consent": "withdrawn"}, "consent.withdrawn"),
        ({"consent": "granted", "consent_scope": ["review"]}, "consent.scope"),
        ({"consent": "granted", "consent_scope": []}, "consent.scope"),
        ({"consent": "granted", "consent_scope": ["review", "eval"]}, "consent.scope"),
    ],
)
def test_without_consent_to_train_a_row_stays_here(people: Cast, rights: dict[str, Any], code: str) -> None:
    settled(queue_in(people.project), record=record_of(rights=rights))

    found = reading.look_at(dataset(people))

    assert (found.records, found.left_out) == (0, {code: 1})


@pytest.mark.parametrize(
    "rights", [{}, {"consent": "granted"}, {"consent": "unknown"}, {"consent_scope": ["train"]}]
)
def test_with_consent_or_none_stated_it_leaves(people: Cast, rights: dict[str, Any]) -> None:
    settled(queue_in(people.project), record=record_of(rights=rights))

    assert reading.look_at(dataset(people)).records == 1


def test_a_golden_answer_needs_consent_to_evaluate(people: Cast) -> None:
    settled(queue_in(people.project), record=record_of(rights={"consent_scope": ["eval"]}))

    assert reading.look_at(dataset(people, "golden")).records == 1
    assert reading.look_at(dataset(people, "trl_sft")).records == 0


def test_erased_withdrawn_and_forbidden_rows_are_counted_and_not_written(people: Cast) -> None:
    queue = queue_in(people.project)
    erased, gone, flagged = (settled(queue) for _ in range(3))
    Payload.objects.filter(prediction=erased.item.prediction).update(
        erased_at=timezone.now(), record={}, output_text=""
    )
    Item.objects.filter(pk=gone.item_id).update(state="withdrawn", settled_at=None)
    Flag.objects.create(
        prediction=flagged.item.prediction, component="c", category="sexual/minors", flagged=True, severity=4
    )

    found = reading.look_at(dataset(people))

    assert found.records == 0
    assert found.left_out == {"payload.erased": 1, "item.withdrawn": 1, "safety.never_exported": 1}


def test_a_verdict_that_was_taken_back_is_not_in_it(people: Cast) -> None:
    verdict = settled(queue_in(people.project))
    Verdict.objects.filter(pk=verdict.pk).update(withdrawn_at=timezone.now())

    assert reading.look_at(dataset(people)).looked_at == 0


def test_open_disputes_are_counted_beside_the_verdicts_where_they_may_become_rows(
    people: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked, other = queue_in(people.project, slug="asked"), queue_in(people.project, slug="other")
    settled(asked)
    for queue, version in ((asked, "v1"), (asked, "v2"), (asked, "v1"), (other, "v1")):
        waiting(queue, model_version=version)
        Item.objects.filter(pk=Item.objects.latest("pk").pk).update(state="disputed")
    waiting(queue_in(people.other, slug="asked"))
    Item.objects.filter(queue__project=people.other).update(state="disputed")
    ours = Item.objects.filter(queue=asked, state="disputed").order_by("pk")

    found = reading.look_at(dataset(people, queues=["asked"]))

    assert (found.looked_at, found.left_out, found.disputed) == (1, {}, 3)
    assert found.disputes == list(ours.values_list("pk", "prediction__prediction_id"))
    assert reading.look_at(dataset(people, decisions=["correct"])).disputed == 4
    assert reading.look_at(dataset(people, queues=["asked"], model_versions=["v1"])).disputed == 2
    assert reading.look_at(dataset(people, tags=["vip"])).disputed == 0
    monkeypatch.setattr(reading, "COUNT_LIMIT", 1)
    assert reading.look_at(dataset(people)).disputed == 2


def test_an_approved_tool_call_is_left_out(people: Cast) -> None:
    call = {"type": "tool_call", "id": "1", "name": "refund", "arguments": {}}
    output = {"messages": [{"role": "assistant", "parts": [{"type": "text", "content": "x"}, call]}]}
    settled(queue_in(people.project), "approve", record=record_of(output=output))

    assert reading.look_at(dataset(people)).left_out == {"output.not_text": 1}


def test_every_filter_narrows(people: Cast) -> None:
    now = timezone.now()
    refunds, other = queue_in(people.project, slug="refunds"), queue_in(people.project, slug="other")
    settled(refunds, "approve", output_text="a", record=record_of(tags=["vip"]))
    settled(other, "correct", corrected_text="b")

    cases: list[tuple[dict[str, Any], list[str]]] = [
        ({"queues": ["refunds"]}, ["a"]),
        ({"decisions": ["correct"]}, ["b"]),
        ({"basis": ["agreed"]}, []),
        ({"basis": ["single"]}, ["b", "a"]),
        ({"locales": ["de"]}, []),
        ({"model_versions": ["prod-17"]}, ["b", "a"]),
        ({"environments": ["staging"]}, []),
        ({"tags": ["vip", "new"]}, ["a"]),
        ({"reasons": ["vague"]}, []),
        ({"min_reviews": 1}, ["b", "a"]),
        ({"min_reviews": 2}, []),
        ({"decided_after": (now - timedelta(hours=1)).isoformat()}, ["b", "a"]),
        ({"decided_before": (now - timedelta(hours=1)).isoformat()}, []),
    ]
    for wanted, expected in cases:
        assert answers(dataset(people, **wanted)) == expected, wanted


def test_text_comes_back_code_point_for_code_point(people: Cast) -> None:
    text = '\ufeff a\r\nb\u2028c\u0085d\u200be\u0301 \U0001f600\u202e\x1f\t"\\</script> '
    settled(queue_in(people.project), corrected_text=text, record=record_of(text))

    row = rows(dataset(people))[0]

    assert [message["content"] for message in row["messages"]] == [text, text]


def test_pages_of_the_walk_lose_and_repeat_nothing(people: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("queues.export.queries.PAGE", 2)
    queue = queue_in(people.project)
    for n in range(5):
        settled(queue, corrected_text=f"answer {n}")

    assert answers(dataset(people)) == [f"answer {n}" for n in range(5)]


@pytest.mark.parametrize(
    ("fields", "pointers"),
    [
        ({"name": "../../x"}, ["/name"]),
        ({"name": ""}, ["/name"]),
        ({"name": "a\n"}, ["/name"]),
        ({"name": "latest"}, ["/name"]),
        ({"format_name": "nope"}, ["/format"]),
        ({"title": "a\x00"}, ["/title"]),
        ({"wanted": {"queues": ["unknown"]}}, ["/filter/queues/0"]),
        ({"name": "A b", "format_name": "x", "wanted": {"y": 1}}, ["/name", "/format", "/filter/y"]),
    ],
)
def test_a_dataset_that_makes_no_sense_is_refused_with_every_fault(
    people: Cast, fields: dict[str, Any], pointers: list[str]
) -> None:
    values: dict[str, Any] = {"name": "refunds", "format_name": "trl_sft"} | fields

    with pytest.raises(Invalid) as refusal:
        export.create_dataset(people.project, by=Actor(people.mel.pk), **values)

    assert [fault.pointer for fault in refusal.value.faults] == pointers
    assert not Dataset.objects.exists()


def test_a_name_is_taken_once_in_a_project(people: Cast) -> None:
    by = Actor(people.mel.pk)
    export.create_dataset(people.project, name="refunds", format_name="trl_sft", by=by)

    with pytest.raises(Invalid):
        export.create_dataset(people.project, name="refunds", format_name="golden", by=by)

    assert export.create_dataset(people.other, name="refunds", format_name="golden", by=by)
