"""The queue that an address names, in its path or in its query."""

from collections.abc import Iterable

from django.utils.translation import gettext as _

from accounts.gate import ProjectRequest
from queues.errors import NotFound
from queues.models import Queue


def queue_of(request: ProjectRequest, slug: str) -> Queue:
    """The queue of this project, or NotFound."""
    queue = Queue.objects.filter(project=request.project, slug=slug).first()
    if queue is None:
        raise NotFound(_("There is no such queue in this project. Choose one of the list of queues."))
    return queue


def narrowed_to(request: ProjectRequest, queues: Iterable[Queue]) -> Queue | None:
    """The one of these that ?queue= names, None without a word; NotFound of no such, so that no figure of all
    stands for one of a queue."""
    slug = request.GET.get("queue", "")
    queue = next((one for one in queues if one.slug == slug), None)
    if slug and queue is None:
        raise NotFound(_("There is no such queue in this project. Choose one from the list of queues."))
    return queue
