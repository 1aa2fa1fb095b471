"""What a worker does soon after arrival, done now: indexed words, and vectors of the tests' encoder."""

from queues.ingest import documents
from queues.models import EnrichmentKind
from queues.score.enrichment import kinds


def indexed(*prediction_ids: int) -> None:
    """Make these predictions findable by words."""
    documents.index(prediction_ids)


def embedded(*prediction_ids: int) -> None:
    """Give these predictions their vectors, by the encoder in use."""
    kind = kinds.get(EnrichmentKind.EMBED)
    kind.write(kind.look(prediction_ids))


def judged(*prediction_ids: int) -> None:
    """Mark these predictions as reviewed."""
    kinds.get(EnrichmentKind.REVIEWED).write(prediction_ids)
