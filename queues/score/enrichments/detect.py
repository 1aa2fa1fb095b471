"""Remote detectors: what they flag becomes known after arrival."""

from collections.abc import Sequence

from queues.models import EnrichmentKind
from queues.score import remote
from queues.score.enrichment import Changed, Kind, kinds


def _write(flagged: Sequence[int]) -> Changed:
    """The flags are stored already, each once; only who has one matters for what follows."""
    return frozenset({"flags"}) if flagged else frozenset()


kinds.register(EnrichmentKind.DETECT)(
    Kind(look=remote.detect, write=_write, is_ready=remote.is_configured, at_once=16)
)
