"""Where a person stands on the way into queues that begin with checks, for cards and for their own page."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from queues.assign.queries import QueueCard
from queues.curate.checks import beginning
from queues.curate.checks.beginning import Stage, Standing
from queues.curate.checks.giving import failed_text
from queues.models import Queue


@dataclass(frozen=True, slots=True)
class Way:
    """Where somebody stands in one queue. said: what happened, where they have not passed."""

    queue: Queue
    standing: Standing
    said: str

    @property
    def is_training(self) -> bool:
        return self.standing.stage is Stage.TRAINING

    @property
    def is_failed(self) -> bool:
        return self.standing.stage is Stage.FAILED


def ways_of(queues: Iterable[Queue], person_id: int) -> list[Way]:
    """Of those queues that begin with checks and in which this person is not at work yet."""
    found = []
    for queue in queues:
        if not queue.begins_with_checks:
            continue
        standing = beginning.standing_of(queue, person_id)
        if standing.stage is not Stage.AT_WORK:
            said = failed_text(queue, standing) if standing.stage is Stage.FAILED else ""
            found.append(Way(queue, standing, said))
    return found


def put_on_cards(cards: Sequence[QueueCard], person_id: int, *, reads: frozenset[int]) -> dict[int, Way]:
    """Queue → way, for the cards; who waits for a lead is refused there. reads: projects that are read."""
    asked = [card.queue for card in cards if card.queue.project_id not in reads]
    ways = {way.queue.pk: way for way in ways_of(asked, person_id)}
    for card in cards:
        if way := ways.get(card.queue.pk):
            card.refusal = card.refusal or way.said
            card.begins = True
    return ways
