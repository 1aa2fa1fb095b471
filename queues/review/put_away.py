"""Drafts that their author wants no more: put away, brought back while they are still there, then gone."""

from datetime import timedelta

from django.db import transaction
from django.db.models import F
from django.db.models.functions import Now
from django.utils.translation import gettext as _

from accounts import events
from accounts.actor import Actor
from queues.errors import NotFound, WrongState
from queues.models import Draft

KEPT = timedelta(days=1)


@transaction.atomic
def put_away(draft_id: int, *, project_id: int, by: Actor) -> Draft:
    """No desk and no list shows it any more; putting it away twice changes nothing."""
    draft = of_mine(draft_id, project_id=project_id, by=by)
    if Draft.objects.filter(pk=draft.pk, discarded_at=None).update(discarded_at=Now()):
        _record(draft, "draft.discarded", by)
    return draft


@transaction.atomic
def bring_back(draft_id: int, *, project_id: int, by: Actor) -> Draft:
    """As it was when it was put away."""
    draft = of_mine(draft_id, project_id=project_id, by=by)
    if draft.item.reviews.filter(person=by.person_id, withdrawn_at=None).exists():
        raise WrongState(_("You have submitted a review of this item since: take that back to go on."))
    # A desk that was made meanwhile shows no draft: it must not overwrite this one unseen.
    back = {"discarded_at": None, "revision": F("revision") + 1}
    if Draft.objects.filter(pk=draft.pk, discarded_at__isnull=False).update(**back):
        _record(draft, "draft.brought_back", by)
    return draft


def of_mine(draft_id: int, *, project_id: int, by: Actor) -> Draft:
    """A draft of this person in the project, put away or not; else NotFound."""
    drafts = Draft.objects.select_related("item__queue", "item__prediction")
    draft = drafts.filter(pk=draft_id, person=by.person_id, item__queue__project=project_id).first()
    if draft is None:
        raise NotFound(_("There is no such draft of yours. Look at the list of your drafts."))
    return draft


def forget_old() -> int:
    """Remove what was put away long enough ago; how many."""
    return Draft.objects.filter(discarded_at__lt=Now() - KEPT).delete()[0]


def _record(draft: Draft, kind: str, by: Actor) -> None:
    events.record(
        project_id=draft.item.queue.project_id,
        kind=kind,
        by=by,
        subject_kind="item",
        subject_id=draft.item_id,
    )
