"""The queue that an address names, in its path or in its query."""

from collections.abc import Iterable

from django.utils.translation import gettext as _

from accounts.gate import ProjectRequest
from queues.errors import NotFound
from queues.models import Queue


def queue_of(request: ProjectRequest, slug: str) -> Queue:
    """The queue of this project, or NotFound."""
    return _found(Queue.objects.filter(project=request.project, slug=slug).first())


def queues_of(request: ProjectRequest) -> list[Queue]:
    """All queues of the project by name, each with its form."""
    return list(Queue.objects.filter(project=request.project).select_related("form").order_by("name", "id"))


def queue_called(request: ProjectRequest, slug: str) -> Queue:
    """The same for a word that may be anything."""
    return _found(next((one for one in queues_of(request) if one.slug == slug), None))


def narrowed_to(request: ProjectRequest, queues: Iterable[Queue]) -> Queue | None:
    """The one of these that ?queue= names, None without a word; NotFound of no such, so that no figure of all
    stands for one of a queue."""
    slug = request.GET.get("queue", "")
    return _found(next((one for one in queues if one.slug == slug), None)) if slug else None


def chosen_of(request: ProjectRequest, queues: list[Queue]) -> Queue | None:
    """The same for pages of one queue: without a word the first; None in a project without queues."""
    return narrowed_to(request, queues) or next(iter(queues), None)


def queue_shown(request: ProjectRequest) -> Queue:
    """The same where nothing can be said without a queue: NotFound in a project that has none."""
    return _found(chosen_of(request, queues_of(request)))


def _found(queue: Queue | None) -> Queue:
    if queue is None:
        raise NotFound(_("There is no such queue in this project. Choose one from the list of queues."))
    return queue
