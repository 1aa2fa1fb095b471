"""The queue that an address names."""

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
