"""Drafts: what a person typed is kept on the server, whatever becomes of the lease."""

import json
from collections.abc import Mapping
from typing import NamedTuple
from uuid import UUID

from django.db import connection, transaction
from django.utils.translation import gettext as _

from accounts.actor import Actor
from queues.assign.actions import lease_ended
from queues.assign.lease import is_or_was_held, never_held
from queues.errors import Invalid, WrongState
from queues.models import Draft, ItemState, Slot, SlotState
from queues.review.submission import draft_faults

# One statement: an older revision changes nothing and says so by returning no row. A tab overwrites
# its own text whatever the revision: where an answer was lost, it knows of none, and still it typed both.
_SAVE = """
INSERT INTO queues_draft AS d (item_id, person_id, content, revision, tab, tab_save, saved_at)
SELECT i.id, %(person)s, %(content)s, 1, %(tab)s, %(nth)s, now() FROM queues_item i
WHERE i.id = %(item)s AND NOT EXISTS (
  SELECT 1 FROM queues_recall c WHERE c.prediction_id IN (i.prediction_id, i.other_id))
ON CONFLICT (item_id, person_id) DO UPDATE
  SET content = EXCLUDED.content, revision = d.revision + 1, saved_at = now(), discarded_at = NULL,
      tab = EXCLUDED.tab, tab_save = EXCLUDED.tab_save
  WHERE CASE WHEN d.tab = %(tab)s AND d.discarded_at IS NULL THEN d.tab_save < %(nth)s
             ELSE %(revision)s::bigint IS NULL OR d.revision = %(revision)s OR d.discarded_at IS NOT NULL END
RETURNING id
"""
# With the lock that a recall excludes: it sees the draft and removes it, or is seen by the statement above.
_HOLD = "SELECT state FROM queues_item WHERE id = %s FOR KEY SHARE"
_TAKE = """
DELETE FROM queues_draft WHERE item_id = %s AND person_id = %s
RETURNING revision, content, saved_at, discarded_at, tab
"""


class Tab(NamedTuple):
    """A page in a browser on which something is typed: its own random id, and which of its saves this is."""

    id: UUID
    nth: int


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
    tab: Tab | None = None,
) -> Draft:
    """Keep what was typed. The text is stored even when the lease has ended, which then raises Taken.

    revision: the draft's revision that the text was typed over; None overwrites. DraftConflict when
    another tab has saved since. tab: this one; what it saved last it overwrites whatever the
    revision, and a save that arrives after a later one of the same tab changes nothing.
    """
    slot = held_by(slot_id, project_id=project_id, by=by)
    if slot.item.is_withdrawn:
        raise withdrawn()
    if faults := draft_faults(content):
        raise Invalid(_("The draft was not saved: see the marked places."), faults)
    draft = keep(slot.item_id, by=by, content=content, revision=revision, tab=tab)
    if slot.lease_token != token or slot.person_id != by.person_id or slot.state != SlotState.LEASED:
        raise lease_ended()
    return draft


def held_by(slot_id: int, *, project_id: int, by: Actor) -> Slot:
    """A slot that this person holds, or has held: the only ones on which they can have typed."""
    slot = Slot.objects.select_related("item").filter(pk=slot_id, queue__project=project_id).first()
    if slot is None or not is_or_was_held(slot, project_id=project_id, by=by):
        raise never_held()
    return slot


@transaction.atomic
def keep(
    item_id: int,
    *,
    by: Actor,
    content: Mapping[str, object],
    revision: int | None = None,
    tab: Tab | None = None,
) -> Draft:
    """Store the content as this person's draft of the item; nothing is kept of what was withdrawn."""
    with connection.cursor() as cursor:
        cursor.execute(_HOLD, [item_id])
        if cursor.fetchone() == (ItemState.WITHDRAWN,):
            raise withdrawn()
        encoded = Draft._meta.get_field("content").get_db_prep_value(dict(content), connection)
        typed = {"item": item_id, "person": by.person_id, "content": encoded, "revision": revision}
        at, nth = tab or (None, None)
        cursor.execute(_SAVE, typed | {"tab": at, "nth": nth})
        is_saved = cursor.fetchone() is not None
    draft = Draft.objects.select_related("item").filter(item=item_id, person=by.person_id).first()
    if draft is not None and (is_saved or _is_of(tab, draft.tab)):
        return draft
    # What is recalled takes no text; a check that is stays in its state, so it is asked for here.
    if draft is None or draft.item.is_withdrawn:
        raise withdrawn()
    raise _conflict(draft)


def take(item_id: int, *, by: Actor, revision: int | None = None, tab: Tab | None = None) -> None:
    """Remove the draft of an item that is being submitted, inside that transaction.

    revision: the one that the submitted text was typed over (0: there was none; None: not asked).
    DraftConflict, which undoes the removal, when another tab than this one has saved a newer text since.
    """
    with connection.cursor() as cursor:
        cursor.execute(_TAKE, [item_id, by.person_id])
        taken = cursor.fetchone()
    if taken is None or revision is None:
        return
    there, content, saved_at, discarded_at, saved_in = taken
    if discarded_at is None and revision != there and not _is_of(tab, saved_in):
        raise _conflict(Draft(revision=there, content=json.loads(content), saved_at=saved_at))


def _is_of(tab: Tab | None, saved_in: UUID | None) -> bool:
    return tab is not None and tab.id == saved_in


def withdrawn() -> WrongState:
    """Its person may have asked to be forgotten, so nothing that was typed on it is kept either."""
    return WrongState(_("This item was withdrawn meanwhile, so nothing was stored. Open the queue to go on."))


def _conflict(kept: Draft) -> DraftConflict:
    text = _("This draft was changed in another window. Both texts are kept: choose one.")
    return DraftConflict(text, kept)
