"""What says the same is counted on the item that waits, instead of being asked again."""

from typing import Any

import pytest
from django.db import DatabaseError, IntegrityError, transaction
from django.utils import timezone

from accounts.models import Event, Project
from queues.models import Attachment, Item, ItemState, Prediction, Routing, Slot
from queues.route.same import fingerprint
from tests.factories.projects import cast
from tests.factories.rules import in_force, rule
from tests.factories.sent import receive, sent
from tests.factories.work import queue_in

UNSURE: dict[str, Any] = {"measure": "mean_nll", "by": "value", "threshold": 0}
ATTACH = rule("uncertain", "unsure", **UNSURE, near_duplicates="attach")
AUDIT = rule("random_audit", "audit", rate=1.0)


@pytest.fixture
def project() -> Project:
    project = cast().project
    queue_in(project, slug="answers")
    queue_in(project, slug="safety")
    return project


def _attached() -> list[tuple[int, int]]:
    """(prediction, the prediction of the item that it is counted on)."""
    return list(Attachment.objects.order_by("pk").values_list("prediction_id", "item__prediction_id"))


# ---- the fingerprint


@pytest.mark.parametrize(
    "text",
    [
        "REFUNDS take five days.",
        "Refunds  take\nfive days. ",
        "\uff32\uff45\uff46\uff55\uff4e\uff44\uff53 take five days.",
        "Refunds take\u00a0five days.",
        "Refunds take five\u200b days.",
    ],
)
def test_case_width_and_spaces_do_not_count(text: str) -> None:
    assert fingerprint(sent(text)) == fingerprint(sent())


@pytest.mark.parametrize(
    "other",
    [
        sent("Refunds take six days."),
        sent("Refunds take five days"),
        sent(question="How long do returns take?"),
        {**sent(), "input": {"messages": [{"role": "system", "parts": [{"type": "text", "content": "x"}]}]}},
    ],
)
def test_another_question_or_another_answer_is_not_the_same(other: dict[str, Any]) -> None:
    assert fingerprint(other) != fingerprint(sent())


def test_two_calls_of_different_tools_are_not_the_same() -> None:
    def calling(tool: str) -> dict[str, Any]:
        call = {"type": "tool_call", "id": "1", "name": tool, "arguments": {}}
        return {**sent(), "output": {"messages": [{"role": "assistant", "parts": [call]}]}}

    assert fingerprint(calling("cancel_order")) != fingerprint(calling("delete_account"))


def test_a_question_cannot_run_over_into_the_answer() -> None:
    assert fingerprint(sent("b c", question="a")) != fingerprint(sent("c", question="a b"))


# ---- routing


@pytest.mark.django_db
def test_of_one_batch_the_first_becomes_an_item_and_the_rest_is_counted_on_it(project: Project) -> None:
    in_force(project, ATTACH)

    first, other, same, again = receive(
        project, sent(), sent("Six."), sent("refunds TAKE five days."), sent()
    )

    assert list(Item.objects.order_by("pk").values_list("prediction_id", flat=True)) == [first, other]
    assert _attached() == [(same, first), (again, first)]
    assert Slot.objects.count() == 2
    assert set(Prediction.objects.values_list("state", flat=True)) == {"routed"}


@pytest.mark.django_db
@pytest.mark.parametrize("state", ["open", "in_review"])
def test_a_later_one_is_counted_on_the_item_that_waits(project: Project, state: str) -> None:
    in_force(project, ATTACH)
    [first] = receive(project, sent())
    Item.objects.update(state=state)

    [second] = receive(project, sent())

    assert _attached() == [(second, first)]
    attached = Event.objects.get(kind="item.attached")
    assert (attached.subject_id, attached.after) == (
        Item.objects.get().pk,
        {"prediction": second, "similarity": 1.0},
    )


@pytest.mark.django_db
@pytest.mark.parametrize("state", ["settled", "disputed", "withdrawn"])
def test_nothing_is_counted_on_an_item_that_does_not_wait(project: Project, state: str) -> None:
    in_force(project, ATTACH)
    receive(project, sent())
    Item.objects.update(state=state, settled_at=timezone.now() if state == ItemState.SETTLED else None)

    receive(project, sent())

    assert (Item.objects.count(), Attachment.objects.count()) == (2, 0)


@pytest.mark.django_db
def test_what_is_counted_on_an_item_keeps_its_own_routing(project: Project) -> None:
    in_force(project, ATTACH)

    _first, second = receive(project, sent(), sent(nll=0.7))

    routing = Routing.objects.get(prediction=second)
    assert (routing.pi, [reason["score"] for reason in routing.reasons]) == (1.0, [0.7])


@pytest.mark.django_db
def test_what_a_draw_picked_is_reviewed_by_itself(project: Project) -> None:
    in_force(project, ATTACH, AUDIT)

    receive(project, sent(), sent())

    assert (Item.objects.count(), Attachment.objects.count()) == (2, 0)


@pytest.mark.django_db
def test_one_rule_that_keeps_is_enough_to_be_reviewed_by_itself(project: Project) -> None:
    in_force(project, ATTACH, rule("uncertain", "keeps", **UNSURE))

    receive(project, sent(), sent())

    assert (Item.objects.count(), Attachment.objects.count()) == (2, 0)


@pytest.mark.django_db
def test_an_item_of_another_rule_that_says_the_same_is_good_enough(project: Project) -> None:
    """Whatever sent it there: the queue's people are asked once."""
    keeps = rule("attribute", "keeps", attribute="tag", values=["first"])
    in_force(
        project, keeps, rule("uncertain", "unsure", **{**UNSURE, "threshold": 1}, near_duplicates="attach")
    )
    [first] = receive(project, sent(tags=["first"]))

    [second] = receive(project, sent(nll=1.5))

    assert _attached() == [(second, first)]


@pytest.mark.django_db
def test_an_item_of_another_queue_or_project_is_not_the_same(project: Project) -> None:
    other = cast().project
    queue_in(other, slug="answers")
    in_force(other, ATTACH)
    in_force(project, ATTACH, {**ATTACH, "name": "long", "queue": "safety", "priority": 90, "threshold": 1})

    receive(project, sent(), sent(nll=1.5))
    receive(other, sent())

    assert (Item.objects.count(), Attachment.objects.count()) == (3, 0)


@pytest.mark.django_db
def test_a_comparison_is_never_counted_on_another_item_nor_another_item_on_it(project: Project) -> None:
    pair = rule("pair", "pair", champion="prod-17", challenger="prod-18", near_duplicates="attach")
    in_force(project, {**pair, "priority": 90}, {**ATTACH, "threshold": 1})
    receive(project, sent(nll=1.5))  # waits by itself

    receive(project, sent(version="prod-18"))  # says the same: still a comparison of the two
    receive(project, sent(nll=1.5, version="prod-19"))

    assert Item.objects.filter(other__isnull=False).count() == 1
    assert [item.other_id for item in Item.objects.filter(attachments__isnull=False)] == [None]


# ---- the rows


@pytest.mark.django_db
def test_a_prediction_is_counted_on_one_item_and_its_likeness_is_a_share(project: Project) -> None:
    in_force(project, ATTACH)
    [first] = receive(project, sent())
    item = Item.objects.get()
    Attachment.objects.create(prediction_id=first, item=item, similarity=1.0)

    with pytest.raises(IntegrityError, match="queues_attachment_pkey"), transaction.atomic():
        Attachment.objects.create(prediction_id=first, item=item, similarity=1.0)
    with pytest.raises(IntegrityError, match="attachment_similarity_is_a_share"), transaction.atomic():
        Attachment.objects.create(prediction_id=first, item=item, similarity=1.1)


@pytest.mark.django_db
def test_attachments_are_history(project: Project) -> None:
    in_force(project, ATTACH)
    receive(project, sent(), sent())

    for change in (lambda rows: rows.update(similarity=0.5), lambda rows: rows.all()._raw_delete("default")):
        with pytest.raises(DatabaseError, match="is history"), transaction.atomic():
            change(Attachment.objects)
