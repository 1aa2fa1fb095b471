"""What is typed and not submitted: drafts, ended leases, two windows, withdrawn items."""

from datetime import timedelta
from uuid import UUID, uuid4

import pytest
from django.utils import timezone

from queues.assign import actions as assign
from queues.errors import NotFound, Taken, WrongState
from queues.models import Draft, Item, ItemState, Review, Slot
from queues.review import drafts
from tests.factories.work import waiting
from tests.review.desk import APPROVE, CORRECT, World

pytestmark = pytest.mark.django_db


def test_a_submit_after_the_lease_ended_keeps_the_text_as_a_draft(world: World) -> None:
    item = waiting(world.queue)
    lease = world.lease(world.ann)
    Slot.objects.update(lease_until=timezone.now() - timedelta(seconds=1))

    with pytest.raises(Taken):
        world.submit(lease, world.ann, CORRECT)

    assert Draft.objects.get(item=item).content["corrected_text"] == CORRECT["corrected_text"]
    assert not Review.objects.exists()


def test_a_submit_after_someone_else_took_the_item_keeps_the_text(world: World) -> None:
    waiting(world.queue)
    lease = world.lease(world.ann)
    Slot.objects.update(lease_until=timezone.now() - timedelta(seconds=1))
    assign.free_ended()
    taken = world.lease(world.ben)
    world.submit(taken, world.ben, APPROVE)

    with pytest.raises(Taken):
        world.submit(lease, world.ann, CORRECT)

    assert Draft.objects.get().person_id == world.ann.person_id
    assert Review.objects.get().person_id == world.ben.person_id


def test_a_stranger_to_the_item_stores_neither_review_nor_draft(world: World) -> None:
    waiting(world.queue)
    lease = world.lease(world.ann)

    with pytest.raises(NotFound):
        world.submit(lease, world.ben, CORRECT)

    assert not Review.objects.exists() and not Draft.objects.exists()


def test_drafts_survive_and_an_older_window_cannot_overwrite_a_newer_text(world: World) -> None:
    waiting(world.queue)
    lease = world.lease(world.ann)

    def save(text: str, revision: int | None) -> Draft:
        return drafts.save(
            lease.slot_id,
            project_id=world.people.project.pk,
            token=lease.token,
            by=world.ann,
            content={"note": text},
            revision=revision,
        )

    first = save("one", None)
    save("two", first.revision)
    with pytest.raises(drafts.DraftConflict) as conflict:
        save("from the older window", first.revision)

    assert conflict.value.kept.content == {"note": "two"}
    assert Draft.objects.get().content == {"note": "two"}


def test_a_tab_that_missed_an_answer_goes_on_over_its_own_save_and_over_no_other(world: World) -> None:
    item = waiting(world.queue)
    mine, other = uuid4(), uuid4()

    def save(text: str, tab: UUID, nth: int, revision: int) -> Draft:
        over = drafts.Tab(tab, nth)
        return drafts.keep(item.pk, by=world.ann, content={"note": text}, revision=revision, tab=over)

    save("one", mine, 1, 0)
    assert save("one two", mine, 2, 0).content == {"note": "one two"}
    late = save("one", mine, 1, 0)
    assert (late.content, late.revision) == ({"note": "one two"}, 2)

    save("elsewhere", other, 7, 2)
    with pytest.raises(drafts.DraftConflict):
        save("one two three", mine, 3, 2)


def test_a_submit_over_its_own_tabs_draft_needs_no_revision_that_it_never_heard_of(world: World) -> None:
    item = waiting(world.queue)
    lease = world.lease(world.ann)
    tab = drafts.Tab(uuid4(), 1)
    drafts.keep(item.pk, by=world.ann, content={"note": "one"}, revision=0, tab=tab)

    with pytest.raises(drafts.DraftConflict):
        world.submit(lease, world.ann, CORRECT, revision=0)
    with pytest.raises(drafts.DraftConflict):
        world.submit(lease, world.ann, CORRECT, revision=0, tab=drafts.Tab(uuid4(), 2))

    assert world.submit(lease, world.ann, CORRECT, revision=0, tab=tab).review_id
    assert not Draft.objects.exists()


def test_a_submit_over_an_older_draft_is_refused_and_both_texts_are_kept(world: World) -> None:
    item = waiting(world.queue)
    lease = world.lease(world.ann)
    drafts.keep(item.pk, by=world.ann, content={"corrected_text": "Of this window."})
    drafts.keep(item.pk, by=world.ann, content={"corrected_text": "Of the other window."})

    with pytest.raises(drafts.DraftConflict) as refused:
        world.submit(lease, world.ann, CORRECT, revision=1)

    assert refused.value.kept.content == {"corrected_text": "Of the other window."}
    assert refused.value.kept.revision == 2
    assert Draft.objects.get().content == {"corrected_text": "Of the other window."}
    assert not Review.objects.exists()
    assert world.submit(lease, world.ann, CORRECT, revision=2).review_id
    assert not Draft.objects.exists()


def test_an_older_text_overwrites_no_newer_draft_when_the_lease_has_ended_too(world: World) -> None:
    item = waiting(world.queue)
    lease = world.lease(world.ann)
    for text in ("one", "two"):
        drafts.keep(item.pk, by=world.ann, content={"note": text})
    Slot.objects.update(lease_until=timezone.now() - timedelta(seconds=1))

    with pytest.raises(drafts.DraftConflict):
        world.submit(lease, world.ann, CORRECT, revision=1)
    assert Draft.objects.get().content == {"note": "two"}

    with pytest.raises(Taken):
        world.submit(lease, world.ann, CORRECT, revision=2)
    assert Draft.objects.get().content["note"] == CORRECT["note"]
    assert Draft.objects.get().revision == 3


def test_nothing_that_is_typed_on_a_withdrawn_item_is_kept(world: World) -> None:
    item = waiting(world.queue)
    lease = world.lease(world.ann)
    Item.objects.filter(pk=item.pk).update(state=ItemState.WITHDRAWN)

    with pytest.raises(WrongState, match="withdrawn"):
        world.submit(lease, world.ann, CORRECT)
    with pytest.raises(WrongState, match="withdrawn"):
        drafts.save(
            lease.slot_id,
            project_id=world.people.project.pk,
            token=lease.token,
            by=world.ann,
            content={"note": "about a person"},
        )

    assert not Draft.objects.exists()
