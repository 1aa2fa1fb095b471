"""What "Undo" puts back in the builder: the question that was removed last, until the next press."""

from typing import Any

from accounts.gate import ProjectRequest
from queues.models import Queue
from queues.web.form_builder.operations import Done

_REMOVED = "removed_question"  # in the session


def remember(request: ProjectRequest, queue: Queue, done: Done, do: str) -> None:
    """What "Undo" puts back: the question that was removed last, until the next press."""
    if do:
        request.session.pop(_REMOVED, None)
    if done.removed is not None:
        request.session[_REMOVED] = [queue.pk, *done.removed]


def removed_from(request: ProjectRequest, queue: Queue) -> tuple[int, Any] | None:
    """The place and the document of the question that was just taken out of a draft of this queue."""
    queue_id, place, question = request.session.get(_REMOVED) or (None, 0, {})
    return (place, question) if queue_id == queue.pk else None
