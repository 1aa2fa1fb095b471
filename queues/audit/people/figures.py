"""What one person's newest reviews come to: pure figures, each with n and interval, None of nothing."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, tzinfo
from itertools import pairwise

from queues.agree.metrics.corrections import edit_similarity
from queues.audit.people.goals import ESCALATE, NearGoal, near_goal
from queues.audit.people.reading import Done
from queues.statistics.proportions import Proportion, proportion
from queues.statistics.quantiles import Quantile, quantile
from queues.statistics.slope import Slope, slope

COPIED_FROM = 0.98  # similarity to the output from which on a correction says what the model said
FOLLOWS_FROM = 50  # decisions; below that the interval of the slope is too narrow (docs/methods.md, "People")


@dataclass(frozen=True, slots=True)
class Follows:
    """How steeply somebody's overrides rise with the evidence against an output: 1 as it says, 0 not at all.

    n: decisions on outputs of which a calibrated measure speaks. slope: None below FOLLOWS_FROM of them, or
    where the evidence is the same for all.
    """

    n: int
    slope: Slope | None

    @property
    def is_constant(self) -> bool:
        """The evidence is the same for all."""
        return self.slope is None and self.n >= FOLLOWS_FROM


@dataclass(frozen=True, slots=True)
class Work:
    """n: reviews looked at, of which `judged` are decisions and no escalations. median, p90: seconds.

    overruled: decisions that a lead's standing verdict replaced, of those that a lead has judged. steady:
    the same decision again, of times that they saw again what says the same. copied: corrections that
    are nearly the model's own words, of those compared. approved: of the decisions. follows: the evidence;
    near_goal: how approvals change when the goal of the day is near.
    """

    n: int
    judged: int
    median: Quantile | None
    p90: Quantile | None
    overruled: Proportion | None
    steady: Proportion | None
    copied: Proportion | None
    approved: Proportion | None
    follows: Follows
    near_goal: NearGoal | None


def work_of(done: Sequence[Done], corrections: Sequence[tuple[str, str]], *, zone: tzinfo = UTC) -> Work:
    """done: of one person, oldest first; corrections: (what they wrote, what the model had written);
    zone: in which their days begin.
    """
    decisions = decisions_of(done)
    seconds = [one.seconds for one in done]
    settled = settled_of(done)
    repeats = _repeats(decisions)
    copied = sum(edit_similarity(text, output) >= COPIED_FROM for text, output in corrections)
    return Work(
        n=len(done),
        judged=len(decisions),
        median=quantile(seconds, 0.5),
        p90=quantile(seconds, 0.9),
        overruled=proportion(len(overruled(settled)), len(settled)),
        steady=proportion(sum(one.decision == later.decision for one, later in repeats), len(repeats)),
        copied=proportion(copied, len(corrections)),
        approved=proportion(sum(one.decision == "approve" for one in decisions), len(decisions)),
        follows=_follows(decisions),
        near_goal=near_goal(done, zone=zone),
    )


def decisions_of(done: Sequence[Done]) -> list[Done]:
    """Without the escalations, which decide nothing."""
    return [one for one in done if one.decision != ESCALATE]


def settled_of(done: Sequence[Done]) -> list[Done]:
    """The decisions on items that a lead has judged."""
    return [one for one in decisions_of(done) if one.settled is not None]


def evidence_in(done: Sequence[Done]) -> tuple[list[float], list[float]]:
    """P(error) of each decision of which a calibrated measure speaks; 1 where it is an override, else 0."""
    met = [one for one in done if one.p_error is not None and one.decision != ESCALATE]
    return [one.p_error or 0.0 for one in met], [float(one.decision != "approve") for one in met]


def _follows(decisions: Sequence[Done]) -> Follows:
    evidence, overrides = evidence_in(decisions)
    found = slope(evidence, overrides) if len(evidence) >= FOLLOWS_FROM else None
    return Follows(len(evidence), found)


def overruled(done: Sequence[Done]) -> list[Done]:
    """Those on which a lead decided otherwise."""
    return [one for one in settled_of(done) if one.settled != one.decision]


def unsteady(done: Sequence[Done]) -> list[tuple[Done, Done]]:
    """Pairs of one person's reviews of what says the same, decided differently."""
    return [(one, later) for one, later in _repeats(decisions_of(done)) if one.decision != later.decision]


def again(done: Sequence[Done]) -> list[Done]:
    """The later ones of all such pairs, decided alike or not."""
    return [later for _one, later in _repeats(decisions_of(done))]


def _repeats(decisions: Sequence[Done]) -> list[tuple[Done, Done]]:
    """Each time that the same was seen again in the same queue, beside the time before.

    Another queue asks another thing, so that another decision there is no wavering.
    """
    seen: dict[tuple[int, str], list[Done]] = defaultdict(list)
    for one in decisions:
        seen[one.queue_id, one.same].append(one)
    return [pair for times in seen.values() for pair in pairwise(times)]
