"""Figures about the people of a queue, for leads; each look is in the audit log."""

from collections.abc import Mapping
from typing import Any, NamedTuple

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.http import urlencode
from django.utils.translation import gettext_lazy as lazy
from django.views.decorators.http import require_safe

from accounts.gate import ProjectRequest, needs
from accounts.roles import Permission
from queues.agree.metric import Figure
from queues.assign import working
from queues.audit.people import queries as people
from queues.audit.people.behind import Only
from queues.audit.people.figures import FOLLOWS_FROM, Follows
from queues.audit.people.goals import NearGoal
from queues.audit.people.habits import LEAST, TOLD_FROM, Habit
from queues.audit.people.queries import PAGE_OF_PEOPLE, PersonFigures
from queues.audit.people.reading import LOOK_AT
from queues.curate.checks.figures import missed_in
from queues.curate.checks.queries import Only as Answers
from queues.models import Queue
from queues.statistics.proportions import Proportion
from queues.statistics.quantiles import Quantile
from queues.web.csv_file import csv_file
from queues.web.paging import address, number
from queues.web.parameters import takes
from queues.web.queue_of import chosen_of, queue_shown, queues_of

HABITS: Mapping[Habit, Promise] = {
    Habit.FAST: lazy("many reviews among the fastest"),
    Habit.RUN: lazy("a long run of one decision"),
    Habit.COPIED: lazy("corrections that repeat the model"),
    Habit.REASON: lazy("nearly always the same reason"),
    Habit.OVERRULED: lazy("leads decide otherwise more often"),
    Habit.CHECKS: lazy("misses more checks"),
    Habit.EVIDENCE: lazy("overrides do not follow the evidence"),
    Habit.GOAL: lazy("approves more near the goal of the day"),
}
_SHARES = ("overruled", "steady", "copied", "approved")
_HEAD = (
    "person", "person_id", "reviews", "agreement", "agreement_low", "agreement_high", "agreement_items",
    "median_seconds", "median_low", "median_high", "p90_seconds",
    *(f"{share}{end}" for share in (*_SHARES, "missed") for end in ("", "_low", "_high", "_of")),
    "evidence_slope", "evidence_slope_low", "evidence_slope_high", "evidence_decisions",
    "near_goal_rise", "near_goal_rise_low", "near_goal_rise_high", "near_goal_of", "before_goal_of", "habits",
)  # fmt: skip


class Links(NamedTuple):
    """Where the reviews and items behind one person's figures in a queue are."""

    reviews: str
    overruled: str
    again: str
    corrected: str
    shared: str
    checks: str


@needs(Permission.SETTLE)
@require_safe
@takes("queue", "after")
def people_figures(request: ProjectRequest) -> HttpResponse:
    """All members by name with what they did in one queue; ?queue= chooses it, ?after= turns the page."""
    queues = queues_of(request)
    queue = chosen_of(request, queues)
    context: dict[str, Any] = {"queues": queues, "queue": queue}
    if queue:
        page = number(request, "after") or 0
        found = people.figures_of_people(queue, page=min(page, 10_000), checks=missed_in(queue.pk))
        _note(request, queue)
        csv_url = reverse("web:people-figures-csv", args=[request.project.slug])
        query = [("queue", queue.slug), *([("after", str(page))] if page else [])]
        context |= {
            "lines": [(one, [HABITS[habit] for habit in one.habits]) for one in found.people if one.work.n],
            "behind": {one.person.pk: links_of(request.project.slug, queue, one) for one in found.people},
            "idle": [one.person for one in found.people if not one.work.n],
            "pauses": working.paused_among(request.project.pk, [one.person.pk for one in found.people]),
            "may_end": Permission.TUNE in request.permissions,
            "has_checks": any(one.missed for one in found.people),
            "has_evidence": any(one.work.follows.n for one in found.people),
            "has_work": any(one.work.n for one in found.people),
            "look_at": LOOK_AT,
            "least": LEAST,
            "follows_from": FOLLOWS_FROM,
            "told_from": TOLD_FROM,
            "page_size": PAGE_OF_PEOPLE,
            "first_url": address(request, after=None) if page else "",
            "next_url": address(request, after=page + 1) if found.has_more else "",
            "csv_url": f"{csv_url}?{urlencode(query)}",
        }
    return render(request, "people/figures.html", context)


@needs(Permission.SETTLE)
@require_safe
@takes("queue", "after")
def people_figures_csv(request: ProjectRequest) -> HttpResponse:
    """The table of the page, full digits."""
    queue = queue_shown(request)
    page = min(number(request, "after") or 0, 10_000)
    found = people.figures_of_people(queue, page=page, checks=missed_in(queue.pk))
    _note(request, queue)
    return csv_file(f"people-{queue.slug}", _HEAD, map(_row, found.people))


def links_of(project: str, queue: Queue, one: PersonFigures) -> Links:
    """Of what leads decided otherwise or what was missed, where there is any; else of all that was judged."""
    reviews = reverse("web:person-reviews", args=[project, one.person.pk])
    of_person = urlencode([("queue", queue.slug), ("person", one.person.pk)])
    answers = Answers.MISSED if one.missed and one.missed.k else Answers.DECIDED

    def only(which: Only) -> str:
        return f"{reviews}?{urlencode([('queue', queue.slug), *([('only', which.value)] if which else [])])}"

    is_overruled = one.work.overruled is not None and one.work.overruled.k > 0
    return Links(
        only(Only.ALL),
        only(Only.OVERRULED if is_overruled else Only.JUDGED),
        only(Only.AGAIN),
        only(Only.CORRECTED),
        f"{reverse('web:agreement-items', args=[project])}?{of_person}",
        f"{reverse('web:check-results', args=[project])}?{of_person}&only={answers.value}",
    )


def _note(request: ProjectRequest, queue: Queue) -> None:
    if request.method == "GET":
        people.note_reading(request.project.pk, by=request.actor, queue=queue)


def _row(one: PersonFigures) -> tuple[object, ...]:
    shares = [end for name in _SHARES for end in _share(getattr(one.work, name))]
    shares += _share(one.missed)
    return (
        one.person.name,
        one.person.pk,
        one.work.n,
        *_figure(one.agreement),
        *_quantile(one.work.median),
        one.work.p90.value if one.work.p90 else None,
        *shares,
        *_slope(one.work.follows),
        *_rise(one.work.near_goal),
        " ".join(one.habits),
    )


def _figure(figure: Figure | None) -> tuple[object, ...]:
    return (figure.value, figure.low, figure.high, figure.n_units) if figure else (None, None, None, 0)


def _slope(follows: Follows) -> tuple[object, ...]:
    found = follows.slope
    return (*((found.value, found.low, found.high) if found else (None, None, None)), follows.n)


def _rise(found: NearGoal | None) -> tuple[object, ...]:
    if found is None:
        return (None, None, None, 0, 0)
    return (found.rise.difference, found.rise.low, found.rise.high, found.near.n, found.before.n)


def _quantile(found: Quantile | None) -> tuple[object, ...]:
    return (found.value, found.low, found.high) if found else (None, None, None)


def _share(found: Proportion | None) -> tuple[object, ...]:
    return (found.rate, found.low, found.high, found.n) if found else (None, None, None, 0)
