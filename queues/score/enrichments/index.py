"""Full text: the words of a prediction become searchable."""

from collections.abc import Sequence

from queues.ingest import documents
from queues.models import EnrichmentKind
from queues.score.enrichment import Changed, Kind, kinds


def _write(prediction_ids: Sequence[int]) -> Changed:
    documents.index(prediction_ids)
    return frozenset()


kinds.register(EnrichmentKind.INDEX)(Kind(write=_write, at_once=500))
