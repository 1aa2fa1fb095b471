"""What end users say about one prediction, in the few numbers that rules compare. Pure."""

from collections import Counter
from collections.abc import Iterable, Mapping
from typing import NamedTuple


class Rated(NamedTuple):
    """One event that counts: an actor's latest under this name. number, label: as `feedback/1` is read."""

    name: str
    number: float | None
    label: str


class Summary(NamedTuple):
    """What all actors together say. None: nobody said or did such a thing.

    reports: category → how many actors reported it. lowest_edit_similarity: 0 (all was rewritten) to 1
    (sent as it was). most_regenerated: the most often that one actor asked again.
    """

    thumbs_up: int = 0
    thumbs_down: int = 0
    worst_stars: int | None = None
    reports: Mapping[str, int] = {}
    corrections: int = 0
    lowest_edit_similarity: float | None = None
    most_regenerated: int | None = None
    abandoned: int = 0
    handoffs: int = 0
    retries: int = 0


class Criteria(NamedTuple):
    """What is called bad; None asks nothing. reports: categories, "*" for any.

    Said: thumbs_down, stars (this many or fewer), reports, corrections. Done: edit_similarity (below this),
    regenerated, abandoned, handoffs, retries (so many or more).
    """

    thumbs_down: int | None = None
    stars: int | None = None
    reports: tuple[str, ...] = ()
    corrections: int | None = None
    edit_similarity: float | None = None
    regenerated: int | None = None
    abandoned: int | None = None
    handoffs: int | None = None
    retries: int | None = None


NOTHING_SAID = Summary()


def summary_of(rated: Iterable[Rated]) -> Summary:
    """The summary of the events that count on one prediction, in whatever order."""
    counts: Counter[str] = Counter()
    reports: Counter[str] = Counter()
    numbers: dict[str, list[float]] = {}
    for name, number, label in rated:
        counts[f"{name}{number:+.0f}" if name == "thumb" and number is not None else name] += 1
        if name == "report":
            reports[label] += 1
        elif number is not None:
            numbers.setdefault(name, []).append(number)
    return Summary(
        thumbs_up=counts["thumb+1"],
        thumbs_down=counts["thumb-1"],
        worst_stars=int(min(numbers["stars"])) if "stars" in numbers else None,
        reports=dict(reports),
        corrections=counts["correction"],
        lowest_edit_similarity=min(numbers.get("edit_before_send", ()), default=None),
        most_regenerated=int(max(numbers["regenerate"])) if "regenerate" in numbers else None,
        abandoned=counts["abandon"],
        handoffs=counts["handoff"],
        retries=counts["retry"],
    )


def met(summary: Summary, criteria: Criteria) -> dict[str, float | int | str]:
    """The criteria that the summary meets, each with what met it; empty when it is not bad."""
    found: dict[str, float | int | str | None] = {
        "thumbs_down": _at_least(summary.thumbs_down, criteria.thumbs_down),
        "stars": _at_most(summary.worst_stars, criteria.stars),
        "reports": _reported(summary.reports, criteria.reports),
        "corrections": _at_least(summary.corrections, criteria.corrections),
        "edit_similarity": _below(summary.lowest_edit_similarity, criteria.edit_similarity),
        "regenerated": _at_least(summary.most_regenerated, criteria.regenerated),
        "abandoned": _at_least(summary.abandoned, criteria.abandoned),
        "handoffs": _at_least(summary.handoffs, criteria.handoffs),
        "retries": _at_least(summary.retries, criteria.retries),
    }
    return {name: value for name, value in found.items() if value is not None}


def is_bad(summary: Summary, criteria: Criteria) -> bool:
    """Whether it meets any of the criteria."""
    return bool(met(summary, criteria))


def _at_least(value: int | None, bound: int | None) -> int | None:
    return None if value is None or bound is None or value < bound else value


def _at_most(value: int | None, bound: int | None) -> int | None:
    return None if value is None or bound is None or value > bound else value


def _below(value: float | None, bound: float | None) -> float | None:
    return None if value is None or bound is None or value >= bound else value


def _reported(reports: Mapping[str, int], categories: Iterable[str]) -> str | None:
    """The category that most actors reported, of those that are asked for."""
    wanted = set(categories)
    asked = [(count, category) for category, count in reports.items() if wanted & {"*", category}]
    return max(asked)[1] if asked else None
