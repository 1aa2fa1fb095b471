"""Drafts: what a person typed is kept on the server, whatever becomes of the lease."""

from collections.abc import Mapping
from uuid import UUID

from django.db import connection, transaction
from django.utils.translation import gettext as _

from accounts.actor import Actor
from accounts.models import Event
from queues.assign.actions import lease_ended
from queues.errors import Fault, Invalid, NotFound, WrongState
from queues.models import Draft, Slot, SlotState
from queues.review.submission import keepable

# One statement: an older revision changes nothing and says so by returning no row.
_SAVE = """
INSERT INTO queues_draft AS d (item_id, person_id, content, revision, saved_at)
VALUES (%(item)s, %(person)s, %(content)s, 1, now())
ON CONFLICT (item_id, person_id) DO UPDATE
  SET content = EXCLUDED.content, revision = d.revision + 1, saved_at = now()
  WHERE %(revision)s::bigint IS NULL OR d.revision = %(revision)s
RETURNING id
"""


class DraftConflict(WrongState):
    """Another tab saved a newer text; `kept` is that draft, so that both can be shown."""

    code = "draft_conflict"

    def __init__(self, message: str, kept: Draft) -> None:
        super().__init__(message)
        self.kept = kept


def save(
    slot_id: int,
    *,
    project_id: int,
    token: UUID,
    by: Actor,
    content: Mapping[str, object],
    revision: int | None = None,
) -> Draft:
    """Keep what was typed. The text is stored even when the lease has ended, which then raises Taken.

    revision: the draft's revision that the text was typed over; None overwrites. DraftConflict when
    another tab has saved since.
    """
    slot = held_by(slot_id, project_id=project_id, by=by)
    if content and not keepable(content):
        raise Invalid(_("The draft was not saved."), [Fault("", "draft.shape", _("It is no submission/1."))])
    draft = keep(slot.item_id, by=by, content=content, revision=revision)
    if slot.lease_token != token or slot.person_id != by.person_id or slot.state != SlotState.LEASED:
        raise lease_ended()
    return draft


def held_by(slot_id: int, *, project_id: int, by: Actor) -> Slot:
    """A slot that this person holds, or has held: the only ones on which they can have typed."""
    slot = Slot.objects.filter(pk=slot_id, queue__project=project_id).first()
    if slot is None or (
        slot.person_id != by.person_id and not has_held(slot_id, project_id=project_id, by=by)
    ):
        raise NotFound(_("There is no such lease of yours. Open the queue to take an item."))
    return slot


def has_held(slot_id: int, *, project_id: int, by: Actor) -> bool:
    """Whether this person ever had a lease on this slot: the log knows, also after it was freed."""
    return Event.objects.filter(
        project_id=project_id,
        subject_kind="slot",
        subject_id=slot_id,
        kind="slot.leased",
        actor_person_id=by.person_id,
    ).exists()


@transaction.atomic
def keep(item_id: int, *, by: Actor, content: Mapping[str, object], revision: int | None = None) -> Draft:
    """Store the content as this person's draft of the item."""
    with connection.cursor() as cursor:
        encoded = Draft._meta.get_field("content").get_db_prep_value(dict(content), connection)
        cursor.execute(
            _SAVE, {"item": item_id, "person": by.person_id, "content": encoded, "revision": revision}
        )
        is_saved = cursor.fetchone() is not None
    draft = Draft.objects.get(item=item_id, person=by.person_id)
    if not is_saved:
        raise DraftConflict(
            _("This draft was changed in another window. Both texts are kept: choose one."), draft
        )
    return draft
