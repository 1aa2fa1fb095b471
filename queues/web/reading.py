"""How a person reads the output: raw, code point for code point, or rendered. Kept for the session."""

from django.contrib.sessions.backends.base import SessionBase
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from accounts.gate import ProjectRequest, needs
from accounts.roles import Permission
from queues.errors import NotFound
from queues.models import Slot, SlotState
from queues.review import pair
from queues.web.rendering import rendering_of

RAW, RENDERED = "raw", "rendered"
_KEPT_AS = "view_of_outputs"


def prefers_rendered(session: SessionBase) -> bool:
    return session.get(_KEPT_AS) == RENDERED


@needs(Permission.REVIEW)
@require_POST
def view(request: ProjectRequest, slot_id: int) -> HttpResponse:
    """Prefer raw or rendered from now on; a script gets the outputs of the item that this person holds."""
    texts = _texts(request, slot_id)
    wants = request.POST.get("view") == RENDERED
    request.session[_KEPT_AS] = RENDERED if wants else RAW
    if not request.htmx:
        slot = Slot.objects.select_related("queue").get(pk=slot_id)
        return redirect(reverse("web:review", args=[request.project.slug, slot.queue.slug]))
    if not wants:
        return HttpResponse(status=204)
    return render(request, "review/_renderings.html", {"renderings": [rendering_of(text) for text in texts]})


def _texts(request: ProjectRequest, slot_id: int) -> list[str]:
    """The outputs of the item of a slot that the caller holds now."""
    slots = Slot.objects.select_related("item__prediction__payload", "item__other__payload")
    slot = slots.filter(
        pk=slot_id, queue__project=request.project, person=request.user.pk, state=SlotState.LEASED
    ).first()
    if slot is None:
        raise NotFound(_("There is no such lease of yours. Open the queue to take an item."))
    return [side.prediction.payload.output_text for side in pair.sides(slot.item)] or [
        slot.item.prediction.payload.output_text
    ]
