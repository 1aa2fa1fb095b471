"""The slot that a form of the review screen speaks of, with its queue and the form that was shown."""

from dataclasses import dataclass

from django.db.models import F, Q
from django.utils.translation import gettext as _

from accounts.compiled import Argument, Compiled
from accounts.gate import ProjectRequest
from queues.assign.lease import is_or_was_held, never_held
from queues.errors import NotFound
from queues.models import FormVersion, Queue, Slot
from queues.review import form as forms
from queues.review.form import Form
from queues.web.posted import id_of
from queues.web.queue_of import queue_of


@dataclass(frozen=True, slots=True)
class Held:
    """The slot that a form speaks of, its queue and form, and the output that the text is compared with."""

    slot: Slot
    queue: Queue
    form_id: int
    form: Form
    output_text: str


def queue_with_form(request: ProjectRequest, slug: str) -> Queue:
    """The queue of an address; NotFound without a form, before anything is leased that could not be shown."""
    queue = queue_of(request, slug)
    form_of(queue)
    return queue


def held_of(request: ProjectRequest, slot_id: int) -> Held:
    """A slot that this person holds or has held, with its queue and the output's text.

    Whether the lease still runs, the actions check.
    """
    slot = _WITH_TEXT.first(slot=slot_id, project=request.project.pk)
    if slot is None or not is_or_was_held(slot, project_id=request.project.pk, by=request.actor):
        raise never_held()
    form_id = _shown_form(request, slot.queue)
    form = forms.for_item(forms.of_version(form_id), compares=slot.compares)  # type: ignore[attr-defined]
    return Held(slot, slot.queue, form_id, form, slot.output_text)  # type: ignore[attr-defined]


def _shown_form(request: ProjectRequest, queue: Queue) -> int:
    """The version of the queue's form that the page shows; the present one where it does not say."""
    shown = id_of(request.POST.get("form", ""))
    is_other = shown not in (None, queue.form_id)
    if shown is not None and is_other and FormVersion.objects.filter(pk=shown, queue=queue.pk).exists():
        return shown
    return form_of(queue)


def form_of(queue: Queue) -> int:
    """The present version of its form; NotFound while it has none."""
    if queue.form_id is None:
        raise NotFound(_("This queue has no form yet. Ask a lead to give it one."))
    return queue.form_id


_WITH_TEXT = Compiled(
    lambda: (
        Slot.objects.select_related("queue")
        .annotate(
            output_text=F("item__prediction__payload__output_text"),
            compares=Q(item__other__isnull=False),
        )
        .filter(pk=Argument("slot"), queue__project=Argument("project"))
    )
)
