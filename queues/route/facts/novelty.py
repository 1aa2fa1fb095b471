"""How far a question is from everything that people have reviewed so far."""

from collections.abc import Sequence

from queues.route.fact import Arrival, facts
from queues.score import similar


@facts.register("novelty")
def novelty_of(project_id: int, arrivals: Sequence[Arrival], /) -> dict[int, float | None]:
    """0 (as one that was reviewed) … 1 (like none, or nothing was reviewed); None until it has a vector."""
    found = similar.novelty(project_id, [arrival.id for arrival in arrivals])
    return {arrival.id: found.get(arrival.id) for arrival in arrivals}
