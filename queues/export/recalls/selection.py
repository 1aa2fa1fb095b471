"""What a recall, or a preview of one, names: the predictions, found in batches."""

from collections.abc import Callable, Iterator, Sequence
from typing import Protocol

from queues.models import Prediction, RecallBy

BATCH = 100  # predictions that are withdrawn in one transaction
WINDOW = 10_000  # predictions that are looked through at once
_PATHS = {RecallBy.PERSON: "subject__user_ref", RecallBy.CONVERSATION: "trace__conversation_id"}


class Naming(Protocol):
    """A request, or a preview."""

    project_id: int
    by: str
    named: list[str]


def batches_of(naming: Naming, *, looked_at: Callable[[int], None] | None = None) -> Iterator[Sequence[int]]:
    """Ids of the predictions that are named. looked_at: is told how many were looked through so far."""
    found = Prediction.objects.filter(project=naming.project_id)
    if naming.by == RecallBy.PREDICTIONS:
        ids = found.filter(prediction_id__in=naming.named).order_by("pk").values_list("pk", flat=True)
        yield from _batches(list(ids))
        return
    path, after, seen = f"payload__record__{_PATHS[RecallBy(naming.by)]}", 0, 0
    while window := list(found.filter(pk__gt=after).order_by("pk").values_list("pk", flat=True)[:WINDOW]):
        theirs = Prediction.objects.filter(pk__in=window, **{path: naming.named[0]})
        yield from _batches(list(theirs.order_by("pk").values_list("pk", flat=True)))
        after, seen = window[-1], seen + len(window)
        if looked_at is not None:
            looked_at(seen)


def _batches(ids: Sequence[int]) -> Iterator[Sequence[int]]:
    for start in range(0, len(ids), BATCH):
        yield ids[start : start + BATCH]
