"""What one person's newest reviews come to: pure figures, each with n and interval, None of nothing."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from queues.agree.metrics.corrections import edit_similarity
from queues.audit.people.reading import Done
from queues.statistics.proportions import Proportion, proportion
from queues.statistics.quantiles import Quantile, quantile

COPIED_FROM = 0.98  # similarity to the output from which on a correction says what the model said
ESCALATE = "escalate"  # a question to the lead, and no decision


@dataclass(frozen=True, slots=True)
class Work:
    """n: reviews looked at, of which `judged` are decisions and no escalations. median, p90: seconds.

    overruled: decisions that a lead's standing verdict replaced, of those that a lead has judged. steady:
    the same decision again, of times that they saw again what says the same. copied: corrections that
    are nearly the model's own words, of those compared. approved: of the decisions.
    """

    n: int
    judged: int
    median: Quantile | None
    p90: Quantile | None
    overruled: Proportion | None
    steady: Proportion | None
    copied: Proportion | None
    approved: Proportion | None


def work_of(done: Sequence[Done], corrections: Sequence[tuple[str, str]]) -> Work:
    """done: of one person, oldest first; corrections: (what they wrote, what the model had written)."""
    decisions = [one for one in done if one.decision != ESCALATE]
    seconds = [one.seconds for one in done]
    settled = [one for one in decisions if one.settled is not None]
    repeats = _repeats(decisions)
    copied = sum(edit_similarity(text, output) >= COPIED_FROM for text, output in corrections)
    return Work(
        n=len(done),
        judged=len(decisions),
        median=quantile(seconds, 0.5),
        p90=quantile(seconds, 0.9),
        overruled=proportion(len(overruled(settled)), len(settled)),
        steady=proportion(sum(one.decision == again.decision for one, again in repeats), len(repeats)),
        copied=proportion(copied, len(corrections)),
        approved=proportion(sum(one.decision == "approve" for one in decisions), len(decisions)),
    )


def overruled(done: Sequence[Done]) -> list[Done]:
    """Those on which a lead decided otherwise."""
    return [one for one in done if one.settled not in (None, one.decision) and one.decision != ESCALATE]


def unsteady(done: Sequence[Done]) -> list[tuple[Done, Done]]:
    """Pairs of one person's reviews of what says the same, decided differently."""
    decisions = [one for one in done if one.decision != ESCALATE]
    return [(one, again) for one, again in _repeats(decisions) if one.decision != again.decision]


def _repeats(decisions: Sequence[Done]) -> list[tuple[Done, Done]]:
    """Each time that the same was seen again in the same queue, beside the time before.

    Another queue asks another thing, so that another decision there is no wavering.
    """
    seen: dict[tuple[int, str], list[Done]] = defaultdict(list)
    for one in decisions:
        seen[one.queue_id, one.same].append(one)
    return [pair for times in seen.values() for pair in pairwise(times)]
