"""How far a question is from everything that people have reviewed so far."""

from collections.abc import Sequence

from queues.route.fact import Arrival, facts, why_off
from queues.score import similar
from queues.score.own_encoder import own_encoder, why_none


@facts.register("novelty")
def novelty_of(project_id: int, arrivals: Sequence[Arrival], /) -> dict[int, float | None]:
    """0 (as one that was reviewed) … 1 (like none, or nothing was reviewed); None until it has a vector."""
    found = similar.novelty(project_id, [arrival.id for arrival in arrivals])
    return {arrival.id: found.get(arrival.id) for arrival in arrivals}


@why_off.register("novelty")
def _why_off(_project_id: int, /) -> str | None:
    return None if own_encoder() else why_none()
