"""Remote detectors: what they flag becomes known after arrival."""

from collections.abc import Sequence

from queues.models import EnrichmentKind
from queues.score import remote
from queues.score.enrichment import Changed, Kind, NotNow, kinds


def _look(prediction_ids: Sequence[int]) -> Sequence[int]:
    """An outage, however long, uses up no attempt: it is asked again until somebody answers."""
    try:
        return remote.detect(prediction_ids)
    except remote.Away as error:
        raise NotNow(str(error)) from error


def _write(flagged: Sequence[int]) -> Changed:
    """The flags are stored already, each once; only who has one matters for what follows."""
    return frozenset({"flags"}) if flagged else frozenset()


kinds.register(EnrichmentKind.DETECT)(
    # Few at once: each may ask a server several times, and a batch has two minutes.
    Kind(look=_look, write=_write, is_ready=remote.is_configured, at_once=4)
)
