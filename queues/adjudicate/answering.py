"""A lead's answer to those who escalated an item: a note in its thread that names them.

Nobody who asked is left without one: where the lead writes none, the reason of the verdict is it.
"""

from accounts.actor import Actor
from queues.errors import Fault
from queues.models import Decision, Item, Review
from queues.models.note import NOTE_MAX
from queues.review import notes


def faults(text: str) -> list[Fault]:
    """Why a text cannot be an answer; an empty one is none."""
    fault = notes.text_fault(text) if text.strip() else None
    return [Fault("/answer", fault.code, fault.detail)] if fault else []


def answer(item: Item, *, project_id: int, by: Actor, text: str, why: str) -> None:
    """Tell everybody whose question the verdict answers; nothing when nobody asked."""
    if not (asked := _askers(item.pk)):
        return
    said = text if text.strip() else why
    # A reason may be longer than a note; the whole of it stands at the verdict.
    fitting = said if len(said) <= NOTE_MAX else f"{said[: NOTE_MAX - 1]}…"
    notes.write(item, project_id=project_id, by=by, text=fitting, to=asked)


def _askers(item_id: int) -> list[int]:
    asking = Review.objects.filter(item=item_id, withdrawn_at=None, decision=Decision.ESCALATE)
    return list(asking.order_by("person_id").values_list("person_id", flat=True).distinct())
