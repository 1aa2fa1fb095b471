"""What is known to be right, and how far the output is from it."""

from collections.abc import Sequence

from queues.route.fact import Arrival, facts
from queues.score.golden import held_against
from queues.score.held import Held


@facts.register("golden")
def golden_of(project_id: int, arrivals: Sequence[Arrival], /) -> dict[int, Held | None]:
    """By the items as they are now, so that a dry run sees those that are new; None: nothing is known."""
    held = held_against(project_id, {arrival.id: arrival.record for arrival in arrivals})
    return {arrival.id: held.get(arrival.id) for arrival in arrivals}
