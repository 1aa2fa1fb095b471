"""Questions to the lead about hidden checks: a lead replies, as to any other question, and it arrives alike.

An escalated check has nothing to settle, so no verdict carries the reply. It is a note of the lead in the
item's thread; from then on its person reads that a lead has settled the item, by the known answer.
"""

from collections.abc import Sequence

from django.db import transaction
from django.db.models import Count, QuerySet
from django.utils.translation import gettext as _

from accounts.actor import Actor
from queues.errors import Fault, Invalid, NotFound, WrongState
from queues.models import Item, Note, ServedCheck
from queues.models.note import NOTE_MAX
from queues.review import notes

SHOWN = 20  # the longest waiting


def waiting_in(project_id: int, *, queue_id: int | None = None) -> Sequence[ServedCheck]:
    """Questions without a reply, the longest waiting first, at most SHOWN and one more; one statement."""
    return list(waiting(project_id, queue_id=queue_id).order_by("pk")[: SHOWN + 1])


def waiting(project_id: int, *, queue_id: int | None = None) -> QuerySet[ServedCheck]:
    """All of them, to be read page by page."""
    asked = _unanswered().filter(queue__project=project_id)
    if queue_id is not None:
        asked = asked.filter(queue=queue_id)
    return asked.select_related(
        "queue", "person", "review", "check_given__source__prediction", "check_given__form"
    )


def is_asked(served: ServedCheck) -> bool:
    """Whether its person waits for a lead."""
    is_question = served.answered_at is not None and served.right is None
    return is_question and served.reply_id is None and served.withdrawn_at is None


def counts_of(project_ids: Sequence[int]) -> dict[int, int]:
    """Project → how many questions have no reply; one statement, none where nobody leads anything."""
    if not project_ids:
        return {}
    waiting = _unanswered().filter(queue__project__in=project_ids)
    return dict(waiting.values_list("queue__project").annotate(Count("pk")))


def _unanswered() -> QuerySet[ServedCheck]:
    return ServedCheck.objects.filter(right=None, answered_at__isnull=False, reply=None, withdrawn_at=None)


@transaction.atomic
def reply(served_id: int, *, project_id: int, by: Actor, text: str) -> Note:
    """A lead's reply to who asked; where it is empty, why the known answer is right.

    Raises WrongState where nothing is asked, or no more.
    """
    asked = ServedCheck.objects.filter(pk=served_id, queue__project=project_id)
    # The item first, as who takes a review back has it: the other way round, each would wait for the other.
    Item.objects.select_for_update(no_key=True).filter(pk__in=asked.values("item")).first()
    served = asked.select_related("item", "check_given", "review").select_for_update(of=("self",)).first()
    if served is None:
        raise NotFound(_("There is no such question in this project. Choose one from the list of disputes."))
    if not is_asked(served):
        raise WrongState(
            _("This question has its answer, or was taken back or withdrawn. Load the list again.")
        )
    said = text if text.strip() else served.check_given.why[:NOTE_MAX]
    if fault := notes.text_fault(said):
        raise Invalid(
            _("Nothing was sent: see the marked place."), [Fault("/answer", fault.code, fault.detail)]
        )
    note = notes.write(served.item, project_id=project_id, by=by, text=said, to=[served.person_id])
    ServedCheck.objects.filter(pk=served.pk).update(reply=note)
    return note
