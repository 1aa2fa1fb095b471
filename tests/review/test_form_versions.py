"""Versions of a form: what may follow what, what is refused, and reviews under the version that was shown."""

from datetime import timedelta
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.models import Event
from queues.errors import Fault, Invalid, WrongState
from queues.models import Draft, FormVersion, ItemState, Queue, Review, Slot
from queues.review import comparability, drafts, form_versions
from queues.review import form as forms
from queues.review.form_impact import Impact, impact_of
from queues.review.form_templates import templates
from tests.factories.questions import KINDS, OPTIONS, question
from tests.factories.work import FORM, TONE, queue_in, waiting
from tests.review.desk import APPROVE, World

pytestmark = pytest.mark.django_db


def form_of(*questions: dict[str, Any]) -> dict[str, Any]:
    return {**FORM, "questions": list(questions)}


def whats(before: dict[str, Any], after: dict[str, Any], **mappings: dict[str, str]) -> dict[str, str]:
    compared = comparability.compare(forms.parse(before), forms.parse(after), mappings)
    return {one.key: one.what for one in compared}


def publish(world: World, document: dict[str, Any], **how: Any) -> FormVersion:
    return form_versions.new_version(
        world.queue, document=document, by=world.ann, **{"reason": "For the test.", **how}
    )


MORE = [*OPTIONS, {"value": "warm", "label": "Warm"}]
RELABELLED = [{**one, "label": one["label"].upper()} for one in OPTIONS]


@pytest.mark.parametrize(
    ("old", "new", "what"),
    [
        (question("single_choice"), question("single_choice"), "same"),
        (question("single_choice"), question("single_choice", options=RELABELLED, help="?"), "worded"),
        (question("single_choice"), question("single_choice", options=OPTIONS[::-1]), "worded"),
        (
            question("single_choice", level="ordinal"),
            question("single_choice", level="ordinal", options=OPTIONS[::-1]),
            "changed",
        ),
        (question("single_choice"), question("single_choice", options=MORE), "changed"),
        (question("single_choice"), question("multiple_choice", key="single_choice"), "changed"),
        (question("rating"), question("rating", labels=["bad", "good"]), "worded"),
        (question("rating"), question("rating", maximum=7), "changed"),
        (question("number", unit="%"), question("number", unit="EUR"), "changed"),
        (question("number"), question("number", maximum=5), "worded"),
        (question("spans"), question("spans", on=["output"]), "changed"),
        (question("short_text"), question("long_text", key="short_text"), "changed"),
        (question("yes_no"), question("yes_no", allows_unsure=True), "worded"),
    ],
)
def test_answers_stay_comparable_while_key_kind_and_values_are_the_same(
    old: dict[str, Any], new: dict[str, Any], what: str
) -> None:
    assert whats(form_of(old), form_of(new)) == {old["key"]: what}


def test_a_mapping_of_every_old_value_makes_changed_answers_comparable() -> None:
    old = form_of(question("yes_no", key="tone"), question("spans"))
    new = form_of(question("single_choice", key="tone"), question("short_text"))
    part, whole = {"yes": "clear"}, {"yes": "clear", "no": "brief"}

    assert whats(old, new, tone=part) == {"tone": "changed", "short_text": "new", "spans": "removed"}
    assert whats(old, new, tone=whole)["tone"] == "mapped"
    assert whats(old, new, tone={**whole, "no": "nowhere"})["tone"] == "changed"


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_compares_with_itself(kind: str) -> None:
    assert whats(form_of(question(kind)), form_of(question(kind))) == {kind: "same"}


@pytest.mark.parametrize("name", templates())
def test_every_template_is_a_form(name: str) -> None:
    form = forms.parse(templates()[name].document)

    assert form.questions and form.guideline


def test_a_version_keeps_who_when_and_why(world: World) -> None:
    form = publish(world, form_of(TONE), reason="Tone matters.")

    assert (form.version, form.reason, form.author_id) == (2, "Tone matters.", world.ann.person_id)
    assert Queue.objects.get(pk=world.queue.pk).form_id == form.pk
    event = Event.objects.get(kind="form.published")
    assert (event.reason, event.before and event.before["version"]) == ("Tone matters.", 1)


def test_what_is_published_already_is_not_published_again(world: World) -> None:
    first = publish(world, form_of(TONE))

    again = publish(world, {**form_of(TONE), "guideline": ""}, base=1)

    assert again.pk == first.pk
    assert FormVersion.objects.filter(queue=world.queue).count() == 2


def test_a_change_begun_from_an_older_version_is_refused(world: World) -> None:
    publish(world, form_of(TONE))

    with pytest.raises(form_versions.FormChanged):
        publish(world, form_of(question("yes_no")), base=1)

    assert publish(world, form_of(question("yes_no")), base=2).version == 3


@pytest.mark.parametrize(
    ("document", "how", "pointer"),
    [
        (form_of(question("yes_no", key="tone")), {}, "/questions/0/key"),
        (form_of(TONE), {"reason": " "}, "/reason"),
        (form_of(TONE), {"reason": "x" * 2_001}, "/reason"),
        (form_of(TONE, TONE), {}, "/questions/1/key"),
        (form_of(TONE, question("yes_no")), {"mappings": {"elsewhere": {"a": "b"}}}, "/mappings/elsewhere"),
        (
            form_of(question("yes_no", key="tone")),
            {"mappings": {"tone": {"fine": "yes", "rude": "no", "odd": "no"}}},
            "/mappings/tone/odd",
        ),
    ],
)
def test_a_version_that_cannot_follow_says_where(
    world: World, document: dict[str, Any], how: dict[str, Any], pointer: str
) -> None:
    publish(world, form_of({**TONE, "label": "Tone?"}))

    with pytest.raises(Invalid) as refused:
        publish(world, document, **how)

    assert [fault.pointer for fault in refused.value.faults] == [pointer]
    assert all(isinstance(fault, Fault) for fault in refused.value.faults)
    assert FormVersion.objects.filter(queue=world.queue).count() == 2


def test_a_key_that_was_taken_away_still_means_what_it_meant(world: World) -> None:
    publish(world, form_of({**TONE, "key": "how"}, question("rating")))
    publish(world, form_of(question("rating")))

    with pytest.raises(Invalid) as refused:
        publish(world, form_of(question("rating"), question("yes_no", key="how")))
    again = publish(world, form_of(question("rating"), {**TONE, "key": "how", "label": "How, again?"}))

    assert [fault.pointer for fault in refused.value.faults] == ["/questions/1/key"]
    assert again.version == 4


def test_reviews_under_two_versions_agree_on_what_both_were_asked(world: World) -> None:
    first = publish(world, form_of(TONE, question("multiple_choice")))
    waiting(world.queue, reviews_needed=2)
    world.review(world.ann, {**APPROVE, "answers": {"tone": "rude", "multiple_choice": ["clear", "polite"]}})
    renamed = [{"value": "plain", "label": "Plain"}, *OPTIONS[1:]]
    second = publish(
        world,
        form_of(
            question("yes_no", key="tone", required=True),
            question("multiple_choice", options=renamed),
            question("rating", required=True),
        ),
        mappings={
            "tone": {"fine": "yes", "rude": "no"},
            "multiple_choice": {"clear": "plain", "polite": "polite", "brief": "brief"},
        },
    )

    submitted = world.review(
        world.ben,
        {**APPROVE, "answers": {"tone": "no", "multiple_choice": ["plain", "polite"], "rating": 3}},
    )

    assert {review.form_id for review in Review.objects.all()} == {first.pk, second.pk}
    assert submitted.item_state == ItemState.SETTLED


def test_reviews_under_two_versions_that_say_otherwise_are_a_dispute(world: World) -> None:
    publish(world, form_of(TONE))
    waiting(world.queue, reviews_needed=2)
    world.review(world.ann, {**APPROVE, "answers": {"tone": "rude"}})
    publish(world, form_of(question("yes_no", key="tone")), mappings={"tone": {"fine": "yes", "rude": "no"}})

    submitted = world.review(world.ben, {**APPROVE, "answers": {"tone": "yes"}})

    assert submitted.item_state == ItemState.DISPUTED


@pytest.mark.parametrize("change", [{"reason": "x"}, {"mappings": {"a": {}}}, {"document": {}}])
def test_the_database_refuses_to_edit_a_version(world: World, change: dict[str, Any]) -> None:
    with pytest.raises(IntegrityError, match="history"), transaction.atomic():
        FormVersion.objects.filter(queue=world.queue).update(**change)


@pytest.mark.parametrize(
    ("wrong", "rule"), [({"reason": ""}, "has_a_reason"), ({"version": 0}, "counts_from_1")]
)
def test_the_database_refuses_a_version_without_reason_or_number(
    world: World, wrong: dict[str, Any], rule: str
) -> None:
    with pytest.raises(IntegrityError, match=f"form_version_{rule}"), transaction.atomic():
        FormVersion.objects.create(**{"queue": world.queue, "version": 9, "document": FORM, **wrong})


def test_a_review_is_stored_under_the_version_that_was_shown(world: World) -> None:
    waiting(world.queue)
    lease, shown = world.lease(world.ann), world.queue.form_id
    publish(world, form_of(TONE))

    world.submit(lease, world.ann, APPROVE, form_id=shown)

    assert Review.objects.get().form_id == shown


def test_a_review_under_a_version_that_ended_before_the_lease_is_kept_as_a_draft(world: World) -> None:
    waiting(world.queue)
    shown = world.queue.form_id
    publish(world, form_of(TONE))
    lease = world.lease(world.ann)
    Slot.objects.update(leased_at=timezone.now() + timedelta(minutes=5))

    with pytest.raises(WrongState, match="draft"):
        world.submit(lease, world.ann, {**APPROVE, "note": "Mine."}, form_id=shown)

    assert Draft.objects.get().content["note"] == "Mine."


def test_a_version_of_another_queue_is_no_version_of_this_one(world: World) -> None:
    waiting(world.queue)
    lease, other = world.lease(world.ann), queue_in(world.people.project)

    with pytest.raises(WrongState):
        world.submit(lease, world.ann, APPROVE, form_id=other.form_id)


def test_the_impact_counts_open_work_of_this_queue_only(world: World) -> None:
    for _n in range(3):
        waiting(world.queue, reviews_needed=2)
    world.review(world.ann, APPROVE)
    lease = world.lease(world.ann)
    drafts.save(
        lease.slot_id,
        project_id=world.people.project.pk,
        token=lease.token,
        by=world.ann,
        content={"note": "n"},
    )

    assert impact_of(world.queue) == Impact(waiting=1, begun=1, held=1, drafts=1)


def test_retired_questions_of_many_versions_are_read_in_one_statement(world: World) -> None:
    for key in ("first", "second", "third"):
        publish(world, form_of(question("yes_no", key=key)))

    with CaptureQueriesContext(connection) as statements:
        gone = form_versions.retired(world.queue.pk)

    assert {"first", "second"} <= set(gone)
    assert len(statements) == 1
