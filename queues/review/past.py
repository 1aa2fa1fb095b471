"""Past work that is like an item: the nearest settled predictions of the project, with their verdicts."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.db.models import Exists, OuterRef
from django.utils.translation import gettext as _

from queues.models import Check, Item, Part, Slot, SlotState, Verdict
from queues.score import similar
from queues.score.own_encoder import own_encoder

MOST = 10
_LOOK_AT = 40  # neighbours: some have only verdicts that were taken back


@dataclass(frozen=True, slots=True)
class PastItem:
    """One settled prediction that is like the item. cosine: 1 the same, about 0 unrelated."""

    verdict: Verdict
    cosine: float


def like(item: Item, *, reader_id: int | None, reads_all: bool) -> Sequence[PastItem] | None:
    """What was decided on the most similar questions, nearest first; None without an encoder.

    What the reader holds at the moment is left out: it is to be reviewed without knowing. So is what may be
    given to the reader as a hidden check, unless they read the whole project, and are given none.
    """
    if own_encoder() is None:
        return None
    project_id = item.queue.project_id
    near = similar.nearest(
        project_id, item.prediction_id, Part.INPUT, among=similar.Reviewed(), limit=_LOOK_AT
    )
    cosines = {one.prediction_id: one.cosine for one in near}
    held = Slot.objects.filter(person=reader_id, state=SlotState.LEASED).values("item__prediction")
    verdicts = (
        Verdict.objects.filter(item__prediction__in=cosines, withdrawn_at=None)
        .exclude(item__prediction__in=held)
        .select_related("item__prediction__payload", "item__queue")
    )
    if not reads_all:
        is_check = Check.objects.filter(source__prediction=OuterRef("item__prediction"), retired_at=None)
        verdicts = verdicts.exclude(Exists(is_check))
    found = [PastItem(verdict, cosines[verdict.item.prediction_id]) for verdict in verdicts]
    return sorted(found, key=lambda one: (-one.cosine, one.verdict.pk))[:MOST]


def why_none() -> str:
    """Why nothing can be said to be similar, in words."""
    return _("No encoder is set up, so nothing can be compared by meaning.")
