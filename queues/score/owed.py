"""Which enrichments predictions owe in this installation; and the workers are told."""

from collections.abc import Mapping, Sequence

from queues.doorbell import ring_at_times
from queues.models import EnrichmentKind
from queues.score import enrichment, remote
from queues.score import enrichments as _shipped  # noqa: F401 - importing it registers the kinds
from queues.score.own_encoder import own_encoder


def owe_new(project_id: int, routed: Mapping[int, bool]) -> None:
    """Of predictions that are being stored, in that transaction; routed: id → is it?"""
    enrichment.owe_new(project_id, owed_by_arrivals(), routed)
    ring()


def owe_stored(prediction_ids: Sequence[int]) -> None:
    """Of predictions that are stored already and came to their scores only now."""
    enrichment.owe(owed_by_arrivals(), prediction_ids)
    ring()


def owe_the_mark(prediction_id: int) -> None:
    """A judged prediction's vectors count as reviewed: what is like them is no news."""
    if own_encoder():
        enrichment.owe([EnrichmentKind.REVIEWED], [prediction_id])


def owed_by_arrivals() -> list[str]:
    """The enrichments that a new prediction owes in this installation."""
    owed: list[str] = [EnrichmentKind.INDEX]
    if own_encoder():
        owed.append(EnrichmentKind.EMBED)
    if remote.is_configured():
        owed.append(EnrichmentKind.DETECT)
    return owed


def ring() -> None:
    """Tell the workers, at most once a second: whoever hears it looks around for longer than that."""
    ring_at_times("queues.tasks.enrich_plain")
    if own_encoder():
        ring_at_times("queues.tasks.enrich")
