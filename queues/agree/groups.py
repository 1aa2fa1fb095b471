"""One question's agreement by week, and by what tells the outputs apart: model, locale, segment, reason."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from queues.agree import histogram
from queues.agree import metrics as _shipped  # noqa: F401 - importing it registers the metrics
from queues.agree.asked import Asked, question_in
from queues.agree.histogram import By, Counts
from queues.agree.metric import Figure, metrics
from queues.agree.patterns import Histogram, answers_of
from queues.models import Queue

WEEK = timedelta(days=7)
MOST_WEEKS = 53  # so that one old item draws no chart of ten years
MOST_GROUPS = 100  # those with most items


@dataclass(frozen=True, slots=True)
class Group:
    """Agreement on the items of one group. name: the Monday of a week as a date, or what `By` names."""

    name: str
    main: Figure
    percent: Figure


@dataclass(frozen=True, slots=True)
class Groups:
    """One question of one queue. Weeks in their order, without a gap; others by name. n_more: not shown."""

    asked: Asked
    choices: Sequence[Asked]
    groups: Sequence[Group]
    n_more: int = 0


def grouped(queue: Queue, *, key: str, by: By, drawn_only: bool = False) -> Groups:
    """Over all shared items; the figure of all is never the mean of these. NotFound: unknown key.

    drawn_only: only items that chance gave extra reviews, which speak for all the work of their group.
    """
    choices, asked = question_in(queue, key)
    counts = histogram.read(queue.pk, by=by, questions=[histogram.ITEMS, key], tells_drawn=drawn_only)
    names = _weeks(counts.names) if by == By.WEEK else _largest(counts)
    groups = [_group(asked, name, counts.of(asked, name=name, drawn_only=drawn_only)) for name in names]
    return Groups(asked, choices, groups, max(0, len(counts.names) - len(names)))


def _largest(counts: Counts) -> list[str]:
    """The names with most items, in the order of the names."""
    names = sorted(counts.names, key=lambda name: -counts.n_items(name=name))
    return sorted(names[:MOST_GROUPS])


def _weeks(names: Sequence[str]) -> list[str]:
    """All Mondays from the first to the last, the empty ones too."""
    mondays = [date.fromisoformat(name) for name in names]
    if not mondays:
        return []
    n = min((mondays[-1] - mondays[0]) // WEEK, MOST_WEEKS - 1)
    return [(mondays[-1] - step * WEEK).isoformat() for step in range(n, -1, -1)]


def _group(asked: Asked, name: str, counted: Histogram) -> Group:
    answers = answers_of(counted, asked.scale.values)
    return Group(name, metrics.get(asked.scale.metric)(answers), metrics.get("percent_agreement")(answers))
