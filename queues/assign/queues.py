"""Opening a queue, changing its settings, closing it: the place comes before the work."""

from collections.abc import Mapping
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import F
from django.db.models.functions import Now
from django.utils.translation import gettext as _

from accounts import events
from accounts.actor import Actor
from queues.assign import reordering
from queues.assign.settings import SETTINGS, check
from queues.errors import NotFound, Taken, WrongState
from queues.models import UNFINISHED, Item, Queue
from queues.route import queries as route

LEASE_SECONDS = 600


class SettingsChanged(WrongState):
    """Somebody else has changed the settings since they were read."""

    code = "settings_changed"


@transaction.atomic
def open_queue(*, project_id: int, slug: str, by: Actor, **settings: Any) -> Queue:
    """A new, empty queue of the project; Taken when the slug is in use. Its first review needs a form.

    settings: any of SETTINGS; a name is needed.
    """
    check(settings)
    queue = Queue(project_id=project_id, slug=slug, **settings)
    try:
        with transaction.atomic():
            queue.save()
    except IntegrityError as error:
        raise Taken(
            _("There is already a queue “%(slug)s” in this project. Choose another slug.") % {"slug": slug}
        ) from error
    _record(queue, "queue.opened", by, after={"slug": slug, **settings})
    return queue


@transaction.atomic
def change_settings(queue_id: int, *, project_id: int, version: int, by: Actor, **changes: Any) -> Queue:
    """Change some of SETTINGS; SettingsChanged unless `version` is the present one.

    The event names the old and the new value of each that differs; nothing happens when none does. What is
    open already keeps its reviews and its due time: they hold for what is opened from now on.
    """
    queue = _locked(queue_id, project_id)
    if queue.archived_at is not None:
        raise WrongState(_("This queue is closed. Open it again before you change its settings."))
    if queue.version != version:
        raise SettingsChanged(
            _("Somebody else has changed this queue meanwhile. Look at its settings again, then change them.")
        )
    changes = {name: value for name, value in changes.items() if getattr(queue, name) != value}
    check({**{name: getattr(queue, name) for name in SETTINGS}, **changes})
    if not changes:
        return queue
    before = {name: getattr(queue, name) for name in changes}
    Queue.objects.filter(pk=queue.pk).update(version=F("version") + 1, **changes)
    after = {**changes, "version": version + 1}
    _record(queue, "queue.changed", by, before={**before, "version": version}, after=after)
    changed = Queue.objects.get(pk=queue.pk)
    if changes.keys() & {"order", "spread_by"}:
        reordering.ask(changed, by=by)
    return changed


@transaction.atomic
def archive(queue_id: int, *, project_id: int, by: Actor) -> Queue:
    """Close a queue in which nothing waits and to which no rule sends; it can be opened again."""
    queue = _locked(queue_id, project_id)
    if queue.archived_at is not None:
        return queue
    if Item.objects.filter(queue=queue.pk, state__in=UNFINISHED).exists():
        raise WrongState(
            _("Items still wait in this queue. Review, move or withdraw them first, then close it.")
        )
    policy = route.active_policy(project_id)
    if policy and queue.slug in {rule.queue for rule in policy.document.rules_in_force}:
        raise WrongState(
            _("Rules of the policy in force send to this queue. Let them send elsewhere, then close it.")
        )
    Queue.objects.filter(pk=queue.pk).update(archived_at=Now())
    _record(queue, "queue.archived", by)
    return Queue.objects.get(pk=queue.pk)


@transaction.atomic
def restore(queue_id: int, *, project_id: int, by: Actor) -> Queue:
    """Open a closed queue again, with the settings it had."""
    queue = _locked(queue_id, project_id)
    if queue.archived_at is not None:
        Queue.objects.filter(pk=queue.pk).update(archived_at=None)
        _record(queue, "queue.restored", by)
    return Queue.objects.get(pk=queue.pk)


def _locked(queue_id: int, project_id: int) -> Queue:
    queue = Queue.objects.select_for_update().filter(pk=queue_id, project=project_id).first()
    if queue is None:
        raise NotFound(_("There is no such queue in this project. Choose one from the list of queues."))
    return queue


def _record(
    queue: Queue,
    kind: str,
    by: Actor,
    *,
    before: Mapping[str, object] | None = None,
    after: Mapping[str, object] | None = None,
) -> None:
    events.record(
        project_id=queue.project_id,
        kind=kind,
        by=by,
        subject_kind="queue",
        subject_id=queue.pk,
        before=before,
        after=after,
    )
