"""A verdict was given: the vectors of its prediction count as reviewed from now on."""

from collections.abc import Sequence

from queues.models import EnrichmentKind
from queues.score import vectors
from queues.score.enrichment import Changed, Kind, kinds
from queues.score.own_encoder import own_encoder


def _write(prediction_ids: Sequence[int]) -> Changed:
    vectors.mark_reviewed(prediction_ids)
    return frozenset()


def _is_ready() -> bool:
    return own_encoder() is not None and vectors.are_kept()


kinds.register(EnrichmentKind.REVIEWED)(Kind(write=_write, is_ready=_is_ready, runs_in="embed"))
