"""Hidden checks for those who lead: who is right how often, who is on the way in, which checks are used.

Figures of people are for leads only; each look at them is in the audit log.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from accounts import events
from accounts.gate import ProjectRequest, needs
from accounts.roles import Permission
from queues.assign import working
from queues.audit.queries import names_here, names_of
from queues.curate.checks import beginning, figures, queries
from queues.curate.checks.figures import LEAST, Accuracy
from queues.errors import NotFound
from queues.models import Check, Qualification, Queue, WorkProfile
from queues.newest import newest
from queues.review import care
from queues.statistics.proportions import Proportion, proportion
from queues.web.csv_file import csv_file
from queues.web.labels import labels_of_versions
from queues.web.paging import address, number, pager
from queues.web.parameters import one_of, takes
from queues.web.queue_of import narrowed_to, queues_of

_HEAD = ("person", "person_id", "given", "right", "n", "share", "low", "high", "worth_a_talk")
WHY_NOT_GIVEN: Mapping[str, Promise] = {
    "retired": gettext_lazy("retired"),
    "taken_back": gettext_lazy("its verdict was taken back"),
    "other_form": gettext_lazy("of another version of the form"),
}

SHOWN_ONLY: Mapping[queries.Only, Promise] = {
    queries.Only.DECIDED: gettext_lazy("Only answers to hidden checks, without questions to the lead."),
    queries.Only.MISSED: gettext_lazy("Only answers to hidden checks that were not as expected."),
}


@dataclass(frozen=True, slots=True)
class PersonLine:
    """One person's figures with the address of the answers behind them."""

    of: Accuracy
    name: str
    url: str
    pause: WorkProfile | None


@dataclass(frozen=True, slots=True)
class CheckLine:
    """One check: how often it was given and answered rightly. why_not: why nobody is given it now."""

    check: Check
    given: int
    share: Proportion | None
    why_not: str | Promise
    url: str


@dataclass(frozen=True, slots=True)
class WayLine:
    """One person's way into a queue."""

    way: Qualification
    share: Proportion | None
    url: str


@needs(Permission.SETTLE)
@require_safe
@takes("queue")
def checks(request: ProjectRequest) -> HttpResponse:
    """People over all queues, or with ?queue= one queue with its checks and who is on the way in."""
    queues = queues_of(request)
    queue = narrowed_to(request, queues)
    people = _people(request, queue)
    if people:
        _record_look(request, queue)
    context: dict[str, Any] = {
        "queues": queues,
        "queue": queue,
        "people": people,
        "whole": _whole(people),
        "least": LEAST,
        "may_tune": Permission.TUNE in request.permissions,
    }
    if queue:
        context |= _of_queue(request, queue)
    return render(request, "checks/page.html", context)


@needs(Permission.SETTLE)
@require_safe
@takes("queue", "person", "check", "only", "before")
def results(request: ProjectRequest) -> HttpResponse:
    """The answers behind a figure, newest first: of a queue, a person, a check; ?only= of which kind."""
    queue = narrowed_to(request, queues_of(request))
    person_id, check_id = number(request, "person"), number(request, "check")
    _check_are_here(request, person_id, check_id)
    only = one_of(request, "only", queries.Only, queries.Only.ALL)
    rows = queries.results_of(
        request.project.pk,
        queue_id=queue.pk if queue else None,
        person_id=person_id,
        check_id=check_id,
        only=only,
    )
    page = newest(rows, before=number(request, "before"))
    if page.rows:
        _record_look(request, queue, person_id)
    context = {
        "queue": queue,
        "served": page.rows,
        "shown_only": SHOWN_ONLY.get(only, ""),
        "all_url": address(request, only=None, before=None),
        "labels": labels_of_versions(one.check_given.form for one in page.rows),
        "pager": pager(request, page),
    }
    return render(request, "checks/results.html", context)


def _check_are_here(request: ProjectRequest, person_id: int | None, check_id: int | None) -> None:
    if person_id is not None and not names_here(request.project.pk, [person_id]):
        raise NotFound(_("There is no such person in this project, or their figures are not yours to see."))
    if (
        check_id is not None
        and not Check.objects.filter(pk=check_id, queue__project=request.project).exists()
    ):
        raise NotFound(_("There is no such check in this project. Choose one from the page of checks."))


@needs(Permission.SETTLE)
@require_safe
@takes("queue")
def checks_csv(request: ProjectRequest) -> HttpResponse:
    """The figures of people as a table."""
    queue = narrowed_to(request, queues_of(request))
    people = _people(request, queue)
    _record_look(request, queue)
    rows = [
        (
            line.name,
            line.of.person_id,
            line.of.given,
            line.of.right,
            line.of.n,
            *_figures(line.of.share),
            line.of.is_worth_a_talk,
        )
        for line in people
    ]
    return csv_file(f"checks-{request.project.slug}", _HEAD, rows)


def _people(request: ProjectRequest, queue: Queue | None) -> list[PersonLine]:
    found = figures.accuracy_of(request.project.pk, queue_id=queue.pk if queue else None)
    names = names_of(one.person_id for one in found)
    pauses = working.paused_among(request.project.pk, names)
    lines = [
        PersonLine(
            one,
            names.get(one.person_id, ""),
            _results(request, queue, person=one.person_id),
            pauses.get(one.person_id),
        )
        for one in found
    ]
    return sorted(lines, key=lambda line: (not line.of.is_worth_a_talk, line.name.casefold()))


def _whole(people: Sequence[PersonLine]) -> Proportion | None:
    return proportion(sum(line.of.right for line in people), sum(line.of.n for line in people))


def _of_queue(request: ProjectRequest, queue: Queue) -> dict[str, Any]:
    rows = queries.checks_of(queue.pk)[: queries.CHECKS_SHOWN]
    in_use = queries.in_use(queue.pk, queue.form_id)
    needed = queue.training_checks + queue.qualifying_checks
    candidates = queries.candidates_of(queue.pk, queue.form_id)
    texts = [verdict.item.prediction_id for verdict in candidates]
    return {
        "checks": [_check_line(request, queue, row) for row in rows],
        "ways": [
            WayLine(way, proportion(way.right, way.n), _results(request, queue, person=way.person_id))
            for way in beginning.ways_of(queue.pk)
        ],
        "in_use": in_use,
        "needed": needed,
        "is_short": in_use < needed,
        "candidates": candidates,
        "veiled": care.veiled_for(request.user.pk, texts),
        "labels": labels_of_versions([queue.form]),
    }


def _check_line(request: ProjectRequest, queue: Queue, check: Any) -> CheckLine:
    return CheckLine(
        check,
        check.given,
        proportion(check.right, check.judged),
        _why_not_given(check),
        _results(request, queue, check=check.pk),
    )


def _why_not_given(check: Check) -> str | Promise:
    if check.retired_at is not None:
        return WHY_NOT_GIVEN["retired"]
    if check.verdict.withdrawn_at is not None:
        return WHY_NOT_GIVEN["taken_back"]
    return "" if check.form_id == check.queue.form_id else WHY_NOT_GIVEN["other_form"]


def _results(request: ProjectRequest, queue: Queue | None, **narrowing: int) -> str:
    asked: dict[str, str | int] = {"queue": queue.slug} if queue else {}
    return f"{reverse('web:check-results', args=[request.project.slug])}?{urlencode({**asked, **narrowing})}"


def _figures(share: Proportion | None) -> tuple[float | None, float | None, float | None]:
    return (share.rate, share.low, share.high) if share else (None, None, None)


def _record_look(request: ProjectRequest, queue: Queue | None, person_id: int | None = None) -> None:
    """A lead looked at figures of people: they can see who did and when."""
    if request.method != "GET":
        return
    events.record(
        project_id=request.project.pk,
        kind="checks.seen",
        by=request.actor,
        subject_kind="people" if person_id is None else "person",
        subject_id=person_id,
        after={"queue": queue.pk} if queue else {},
    )
