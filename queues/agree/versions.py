"""One question's agreement before and after each change of the form, whose guidelines people work by.

An item belongs to the newest version among its reviews. Before and after are different items, so a difference
may come from the items or the people as well.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from math import sqrt

from queues.agree import histogram
from queues.agree import metrics as _shipped  # noqa: F401 - importing it registers the metrics
from queues.agree.asked import DECISION, Asked, question_in
from queues.agree.metric import Figure, metrics, share_ends
from queues.agree.patterns import answers_of
from queues.models import FormVersion, Queue
from queues.review import form as forms

MOST_VERSIONS = 50  # the newest


@dataclass(frozen=True, slots=True)
class Change:
    """What a coefficient rose by from one version to the next, with the 95 % interval of that.

    Newcombe's way of two intervals: each end takes the nearer end of the one and the farther of the other.
    """

    difference: float
    low: float
    high: float

    @property
    def is_sure(self) -> bool:
        """The interval does not hold 0."""
        return self.low > 0 or self.high < 0


@dataclass(frozen=True, slots=True)
class OfVersion:
    """Agreement under one version of the form. change: against the version before with items of its own.

    same_change: of the share of equal answers, which also perfect agreement has. Each is None where one of
    the two has no interval. guideline_changed: of this question, or of the whole form.
    """

    form: FormVersion
    main: Figure
    percent: Figure
    change: Change | None
    same_change: Change | None
    guideline_changed: bool


@dataclass(frozen=True, slots=True)
class Versions:
    """Oldest first, only versions under which shared items were reviewed. n_more: older ones left out."""

    asked: Asked
    choices: Sequence[Asked]
    versions: Sequence[OfVersion]
    n_more: int


def by_version(queue: Queue, *, key: str, drawn_only: bool = False) -> Versions:
    """Over all shared items of each version; NotFound for an unknown key."""
    choices, asked = question_in(queue, key)
    counts = histogram.read(queue.pk, questions=[histogram.ITEMS, key])
    numbers = counts.versions[-MOST_VERSIONS:]
    rows = FormVersion.objects.filter(queue=queue, version__in=numbers).select_related("author")
    by_number = {row.version: row for row in rows}
    found: list[OfVersion] = []
    for number in numbers:
        if number not in by_number:
            continue
        answers = answers_of(counts.of(asked, version=number, drawn_only=drawn_only), asked.scale.values)
        main, percent = metrics.get(asked.scale.metric)(answers), metrics.get("percent_agreement")(answers)
        before = found[-1] if found else None
        found.append(
            OfVersion(
                by_number[number],
                main,
                percent,
                change_of(before.main, main) if before else None,
                change_of(bounded(before.percent), bounded(percent)) if before else None,
                before is not None and _guideline(before.form, key) != _guideline(by_number[number], key),
            )
        )
    return Versions(asked, choices, found, len(counts.versions) - len(numbers))


def change_of(before: Figure, after: Figure) -> Change | None:
    """after - before, of independent items; None where one of them has no value or no interval."""
    if before.value is None or before.low is None or before.high is None:
        return None
    if after.value is None or after.low is None or after.high is None:
        return None
    apart = after.value - before.value
    low = apart - sqrt((after.value - after.low) ** 2 + (before.high - before.value) ** 2)
    high = apart + sqrt((after.high - after.value) ** 2 + (before.value - before.low) ** 2)
    return Change(apart, low, high)


def bounded(share: Figure) -> Figure:
    """The share with the ends between which it lies."""
    ends = share_ends(share)
    return replace(share, low=ends[0], high=ends[1]) if ends else share


def _guideline(version: FormVersion, key: str) -> tuple[str, str]:
    """What people were told: of the form, and of this question."""
    return forms.of_version(version.pk).guideline, guideline_of(version, key) or ""


def guideline_of(version: FormVersion, key: str) -> str | None:
    """What people were told of one question; None of the decision, and where it was not asked."""
    question = None if key == DECISION else forms.of_version(version.pk).question(key)
    return question.guideline if question else None
