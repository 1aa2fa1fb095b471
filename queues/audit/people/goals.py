"""Whether somebody approves more when the goal of the day is near.

The product sends no reminders of a quota; what reminds is the goal that a queue shows for a day.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, tzinfo

from queues.audit.people.reading import LOOK_AT, Done
from queues.statistics.proportions import Difference, Proportion, difference, proportion

NEAR = 0.8  # of the goal; what comes after it, up to the goal, is near
ESCALATE = "escalate"


@dataclass(frozen=True, slots=True)
class NearGoal:
    """Approvals among the decisions of the last fifth before the goal, and among those before; rise: how much
    more often they approve when it is near.
    """

    near: Proportion
    before: Proportion
    rise: Difference


def near_goal(done: Sequence[Done], *, zone: tzinfo) -> NearGoal | None:
    """done: of one person, oldest first. None where no queue has a goal, or it was never near.

    What comes after the goal counts in neither. A day is the person's, as the goal is shown.
    """
    cut = _day(done[0], zone) if len(done) >= LOOK_AT else None  # that day began before what was read
    numbers: Counter[tuple[int, date | None]] = Counter()
    counts: Counter[tuple[bool, bool]] = Counter()  # (near, approved)
    for one in done:
        day = _day(one, zone) if one.goal is not None else None
        if one.goal is None or day is None or day == cut:
            continue
        numbers[one.queue_id, day] += 1
        number = numbers[one.queue_id, day]
        if number <= one.goal and one.decision != ESCALATE:
            counts[number > NEAR * one.goal, one.decision == "approve"] += 1
    (k1, n1), (k2, n2) = (
        (counts[side, True], counts[side, True] + counts[side, False]) for side in (True, False)
    )
    near, before, rise = proportion(k1, n1), proportion(k2, n2), difference(k1, n1, k2, n2)
    return None if near is None or before is None or rise is None else NearGoal(near, before, rise)


def _day(one: Done, zone: tzinfo) -> date | None:
    return None if one.at is None else one.at.astimezone(zone).date()
