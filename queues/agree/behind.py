"""The items behind a figure of agreement: the newest shared ones, with what was said and not who said it."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta

from queues.agree.asked import Asked, question_in
from queues.agree.histogram import By
from queues.agree.patterns import Pattern, pattern_of
from queues.agree.shared_items import SharedItem, cohorts_of, given_to, newest
from queues.models import Queue

# What an item is called within a grouping; by cohort its unit says it.
_NAMES: Mapping[By, Callable[[SharedItem], frozenset[str]]] = {
    By.ALL: lambda item: frozenset({""}),
    By.WEEK: lambda item: frozenset({_monday(item)}),
    By.MODEL: lambda item: frozenset({item.model_version}),
    By.LOCALE: lambda item: frozenset({item.locale}),
    By.SEGMENT: lambda item: frozenset({item.segment}),
    By.REASON: lambda item: item.kinds,
}


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which items: of a group, of a version of the form, only those on which people differ, only drawn, only
    those that this person answered.
    """

    by: By = By.ALL
    name: str = ""
    version: int | None = None
    differing: bool = False
    drawn_only: bool = False
    person_id: int | None = None


@dataclass(frozen=True, slots=True)
class Behind:
    """One item with its answers in the order of the scale."""

    item: SharedItem
    answers: Pattern


@dataclass(frozen=True, slots=True)
class Found:
    """Newest first. is_all: no older item was left unread."""

    asked: Asked
    rows: Sequence[Behind]
    is_all: bool


def behind(queue: Queue, *, key: str, wanted: Wanted) -> Found:
    """Among the newest shared items; NotFound for an unknown key."""
    _choices, asked = question_in(queue, key)
    looked, rows = newest(queue.pk), []
    cohorts = cohorts_of(looked.items) if wanted.by == By.COHORT else {}
    for item in reversed(looked.items):
        given = given_to(item, asked)
        if wanted.person_id is not None and all(one.person_id != wanted.person_id for one in given):
            continue
        answers = pattern_of(one.answer for one in given)
        names = cohorts[item.item_id] if wanted.by == By.COHORT else _NAMES[wanted.by](item)
        if len(answers) > 1 and wanted.name in names and _is_wanted(item, answers, wanted):
            rows.append(Behind(item, answers))
    return Found(asked, rows, looked.is_all)


def _is_wanted(item: SharedItem, answers: Pattern, wanted: Wanted) -> bool:
    return (
        (wanted.version is None or item.version == wanted.version)
        and (not wanted.differing or len(set(answers)) > 1)
        and (not wanted.drawn_only or item.is_drawn)
    )


def _monday(item: SharedItem) -> str:
    day = item.opened_at.date()
    return (day - timedelta(days=day.weekday())).isoformat()
