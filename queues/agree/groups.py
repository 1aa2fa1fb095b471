"""One question's agreement by week, and by the model version that wrote the output."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from queues.agree import metrics as _shipped  # noqa: F401 - importing it registers the metrics
from queues.agree.metric import Figure, metrics
from queues.agree.patterns import answers_of, histogram_of
from queues.agree.shared_items import Asked, SharedItem, newest, question_in
from queues.models import Queue

WEEK = timedelta(days=7)
MOST_WEEKS = 53  # so that one old item draws no chart of ten years


class By(StrEnum):
    """What items are told apart by."""

    WEEK = "week"
    """The week (from Monday, UTC) in which the item was opened."""
    MODEL = "model"
    """The model version of its prediction."""


@dataclass(frozen=True, slots=True)
class Group:
    """Agreement on the items of one group. name: the Monday of a week as a date, or a model version."""

    name: str
    main: Figure
    percent: Figure


@dataclass(frozen=True, slots=True)
class Groups:
    """One question of one queue. Weeks in their order, without a gap; model versions by name."""

    asked: Asked
    choices: Sequence[Asked]
    groups: Sequence[Group]


def grouped(queue: Queue, *, key: str, by: By) -> Groups:
    """Over the newest shared items; the figure of all is never the mean of these. NotFound: unknown key."""
    choices, asked = question_in(queue, key)
    found: dict[str, list[SharedItem]] = defaultdict(list)
    for item in newest(queue.pk):
        found[_NAMES[by](item)].append(item)
    names = _weeks(found) if by == By.WEEK else sorted(found)
    return Groups(asked, choices, [_group(asked, name, found.get(name, ())) for name in names])


def _monday(item: SharedItem) -> str:
    opened = item.opened_at.date()
    return (opened - timedelta(days=opened.weekday())).isoformat()


_NAMES: dict[By, Callable[[SharedItem], str]] = {By.WEEK: _monday, By.MODEL: lambda item: item.model_version}


def _weeks(found: Iterable[str]) -> list[str]:
    """All Mondays from the first to the last, the empty ones too."""
    mondays = sorted(date.fromisoformat(name) for name in found)
    if not mondays:
        return []
    n = min((mondays[-1] - mondays[0]) // WEEK, MOST_WEEKS - 1)
    return [(mondays[-1] - step * WEEK).isoformat() for step in range(n, -1, -1)]


def _group(asked: Asked, name: str, items: Iterable[SharedItem]) -> Group:
    units = ([given.answer for given in asked.given_to(item)] for item in items)
    answers = answers_of(histogram_of(units), asked.scale.values)
    return Group(name, metrics.get(asked.scale.metric)(answers), metrics.get("percent_agreement")(answers))
