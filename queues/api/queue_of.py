"""The queue that an address or a parameter names, by its number or its slug."""

from django.utils.translation import gettext as _

from accounts.compiled import Argument, Compiled
from queues.api.base import ProjectRequest
from queues.errors import NotFound
from queues.models import Queue

_BY_ID = Compiled(lambda: Queue.objects.filter(project=Argument("project"), pk=Argument("queue")))


def queue_of(request: ProjectRequest, queue_id: int) -> Queue:
    """The queue of this project, or NotFound."""
    return found(_BY_ID.first(project=request.project.pk, queue=queue_id))


def queue_called(request: ProjectRequest, slug: str) -> Queue:
    """The same by its slug."""
    return found(Queue.objects.filter(project=request.project, slug=slug).first())


def found(queue: Queue | None) -> Queue:
    """What a search for a queue of this project gave, or NotFound."""
    if queue is None:
        raise NotFound(_("There is no such queue in this project."))
    return queue
