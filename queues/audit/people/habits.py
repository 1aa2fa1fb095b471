"""Habits that are worth a talk: what sets one person apart from the others, beyond chance and many looks.

One proves nothing; a lead is told from two on (docs/methods.md, "People"). All but EVIDENCE are of what
people do, not of how hard their items were: whoever has other items than the rest may differ for that alone.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from enum import StrEnum
from math import ceil, log, log1p

import numpy as np

from queues.audit.people.figures import Work, evidence_in
from queues.audit.people.goals import ESCALATE
from queues.audit.people.reading import Done
from queues.statistics.against_rest import SIGNIFICANT, Compared, against_rest
from queues.statistics.multiple import benjamini_hochberg
from queues.statistics.proportions import Proportion, fisher_p
from queues.statistics.quantiles import quantile
from queues.statistics.slope import flatter_p, slope

LEAST = 15  # reviews, corrections or checks; below that nobody is set apart
TOLD_FROM = 2  # habits
FAST_SHARE = 0.05  # of all reviews looked at; what is sent faster than this counts as fast
ONE_REASON = 0.9
USUAL = 0.5  # of the reasons that the others name
RARE_RUN = 0.001


class Habit(StrEnum):
    """FAST: many reviews among the fastest of the queue. RUN: a run of one decision too long for chance.

    COPIED: corrections that repeat the model. REASON: nearly always a reason code that others name less.
    OVERRULED: leads decide otherwise more often than for the rest. CHECKS: misses planted checks more often.
    EVIDENCE: overrides do not rise with the evidence, as those of the others do. GOAL: approves more when the
    goal of the day is near.
    """

    FAST = "fast"
    RUN = "run"
    COPIED = "copied"
    REASON = "reason"
    OVERRULED = "overruled"
    CHECKS = "checks"
    EVIDENCE = "evidence"
    GOAL = "goal"


def habits_of(
    done: Mapping[int, Sequence[Done]],
    work: Mapping[int, Work],
    *,
    checks: Mapping[int, tuple[int, int]] | None = None,
) -> dict[int, list[Habit]]:
    """Person → what sets them apart from the others in `done`.

    checks: person → (missed, given) of checks with known answers, where the queue plants some.
    """
    people = list(done)
    shares = {
        Habit.FAST: _fast(done),
        Habit.COPIED: {person: _counts(work[person].copied) for person in people},
        Habit.OVERRULED: {person: _counts(work[person].overruled) for person in people},
        Habit.CHECKS: dict(checks or {}),
    }
    found: dict[int, list[Habit]] = {person: [] for person in people}
    for habit, counts in shares.items():
        for person in _more_than_the_rest({person: counts.get(person, (0, 0)) for person in people}):
            found[person].append(habit)
    for person in people:
        decisions = [one for one in done[person] if one.decision != ESCALATE]
        found[person] += [Habit.RUN] if has_long_run([one.decision for one in decisions]) else []
    alone = {
        Habit.REASON: _with_one_reason(done),
        Habit.EVIDENCE: _against_the_evidence(done, work),
        Habit.GOAL: _more_near_the_goal(work),
    }
    for habit, those in alone.items():
        for person in those:
            found[person].append(habit)
    return found


def compared(counts: Mapping[int, tuple[int, int]]) -> dict[int, Compared | None]:
    """Each person's (k, n) against everybody else's; persons with too few are neither judged nor counted."""
    enough = [person for person, (_k, n) in counts.items() if n >= LEAST]
    return dict(zip(enough, against_rest([counts[person] for person in enough]), strict=True))


def has_long_run(decisions: Sequence[str]) -> bool:
    """Whether one decision was repeated longer than it would be once in a thousand times at this mix.

    Of n decisions with the share p of the commonest, a run of r comes about n (1 - p) p^r times. Who always
    decides the same has no mix to hold a run against.
    """
    n = len(decisions)
    if n < LEAST:
        return False
    most = max(Counter(decisions).values()) / n
    if most == 1.0:
        return False
    expected_once = -log1p(-RARE_RUN) / (n * (1.0 - most))
    return _longest_run(decisions) > max(LEAST, ceil(log(expected_once) / log(most)))


def _longest_run(decisions: Sequence[str]) -> int:
    longest = run = 0
    before = None
    for one in decisions:
        run = run + 1 if one == before else 1
        longest, before = max(longest, run), one
    return longest


def _fast(done: Mapping[int, Sequence[Done]]) -> dict[int, tuple[int, int]]:
    """How many of each person's reviews are among the fastest of all."""
    fast = quantile([one.seconds for own in done.values() for one in own], FAST_SHARE)
    limit = fast.value if fast else 0.0
    return {person: (sum(one.seconds <= limit for one in own), len(own)) for person, own in done.items()}


def _with_one_reason(done: Mapping[int, Sequence[Done]]) -> list[int]:
    """Who nearly always names one reason that the others name less often: a form may have a usual one."""
    named = {person: Counter(one.reason for one in own if one.reason) for person, own in done.items()}
    all_named = sum(named.values(), Counter[str]())
    tested = []
    for person, reasons in named.items():
        n = reasons.total()
        if n >= LEAST and n < all_named.total():
            reason, k = reasons.most_common(1)[0]
            rest_k, rest_n = all_named[reason] - k, all_named.total() - n
            if k / n > ONE_REASON and rest_k / rest_n < USUAL:
                tested.append((person, fisher_p(k, n, rest_k, rest_n)))
    return _significant(tested)


def _against_the_evidence(done: Mapping[int, Sequence[Done]], work: Mapping[int, Work]) -> list[int]:
    """Whose overrides do not rise with the evidence, while those of the others surely do."""
    points = {person: np.array(evidence_in(own)) for person, own in done.items()}
    whose = np.repeat(list(points), [own.shape[1] for own in points.values()])
    evidence, overrides = np.concatenate([np.zeros((2, 0)), *points.values()], axis=1)
    tested = []
    for person in points:
        own, others = work[person].follows.slope, whose != person
        rest = slope(evidence[others], overrides[others]) if own else None
        if own is None or rest is None or rest.low is None or rest.low <= 0.0:
            continue
        p = flatter_p(evidence[~others], own, rest)
        tested.append((person, p if own.value < rest.value and (own.low or 0.0) <= 0.0 else 1.0))
    return _significant(tested)


def _more_near_the_goal(work: Mapping[int, Work]) -> list[int]:
    """Who approves more when the goal of the day is near than before, on days of their own."""
    tested = []
    for person, one in work.items():
        found = one.near_goal
        if found is not None and min(found.near.n, found.before.n) >= LEAST:
            tested.append((person, found.rise.p if found.rise.difference > 0.0 else 1.0))
    return _significant(tested)


def _significant(tested: Sequence[tuple[int, float]]) -> list[int]:
    """The persons who stand out after Benjamini and Hochberg."""
    q = benjamini_hochberg([p for _person, p in tested]) if tested else ()
    return [person for (person, _p), one in zip(tested, q, strict=True) if one <= SIGNIFICANT]


def _more_than_the_rest(counts: Mapping[int, tuple[int, int]]) -> list[int]:
    return [person for person, one in compared(counts).items() if one is not None and one.is_more]


def _counts(share: Proportion | None) -> tuple[int, int]:
    return (int(share.k), int(share.n)) if share else (0, 0)
