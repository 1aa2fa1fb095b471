"""Opening a queue: the place comes before the work."""

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from accounts import events
from accounts.actor import Actor
from queues.errors import Taken
from queues.models import Queue

LEASE_SECONDS = 600


@transaction.atomic
def open_queue(
    *,
    project_id: int,
    slug: str,
    name: str,
    by: Actor,
    purpose: str = "",
    lease_seconds: int = LEASE_SECONDS,
    shows_scores: bool = False,
) -> Queue:
    """A new, empty queue of the project; Taken when the slug is in use. Its first review needs a form."""
    queue = Queue(
        project_id=project_id,
        slug=slug,
        name=name,
        purpose=purpose,
        lease_seconds=lease_seconds,
        shows_scores=shows_scores,
    )
    try:
        with transaction.atomic():
            queue.save()
    except IntegrityError as error:
        raise Taken(
            _("There is already a queue “%(slug)s” in this project. Choose another slug.") % {"slug": slug}
        ) from error
    events.record(
        project_id=project_id,
        kind="queue.opened",
        by=by,
        subject_kind="queue",
        subject_id=queue.pk,
        after={"slug": slug},
    )
    return queue
