"""Overrides: who decided otherwise than what stood before, how often, why, and what became of it.

Figures of one person are for that person and for leads; each look of a lead at them is in the audit log.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy
from django.views.decorators.http import require_safe

from accounts import events
from accounts.gate import ProjectRequest, needs
from accounts.models import Person
from accounts.roles import Permission
from queues.audit.overrides.counts import (
    LOOK_AT,
    Cell,
    Rates,
    Scope,
    cells_of,
    rates_by,
    reasons_of,
)
from queues.audit.overrides.people import LEAST, LEAST_PEOPLE, People, PersonRates, Place, people_of
from queues.audit.queries import names_of
from queues.errors import NotFound
from queues.models import OverrideKind, Queue
from queues.numbers import localized, percent
from queues.statistics.against_rest import against_rest
from queues.statistics.proportions import Proportion, proportion
from queues.web.csv_file import csv_file
from queues.web.filter_recall import shown_recall
from queues.web.funnel import Dot, FunnelPlot, funnel_plot
from queues.web.labels import labels_of_versions
from queues.web.override_cases import filter_url, kind_of, kinds_shown, shown_cases
from queues.web.parameters import takes
from queues.web.queue_of import narrowed_to, queues_of

PLACES: Mapping[Place, Promise] = {
    Place.CHANCE: lazy("within"),
    Place.SPREAD: lazy("more than chance, no more than the others vary"),
    Place.OUTSIDE: lazy("outside"),
}
_HEAD = (
    "kind", "component", "category", "before", "after", "overrides", "became", "judgements",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class FilterLine:
    """One category of one filter as people saw it. category "": what it let pass.

    precision: the share of what it flagged that people called a violation too. url: where people said
    otherwise. stands_out: wrong more often than all other categories together, beyond chance.
    """

    component: str
    category: str
    rates: Rates
    url: str
    stands_out: bool = False

    @property
    def precision(self) -> Proportion | None:
        return proportion(self.rates.decided - self.rates.overrides, self.rates.decided)


@dataclass(frozen=True, slots=True)
class PersonLine:
    """One person's place among the others. reversed_url: their overrides that were reversed; "" for none."""

    name: str
    url: str
    found: PersonRates
    reversed_url: str

    @property
    def place(self) -> str | Promise:
        """What their standing comes to, in words; "" where nothing can be said."""
        standing = self.found.standing
        return PLACES[standing.place] if standing else ""


@needs(Permission.READ)
@require_safe
@takes("queue", "kind", "became", "filter", "category", "before")
def overrides(request: ProjectRequest) -> HttpResponse:
    """All kinds, the filters, the reasons, the people (leads only), and the cases of one kind."""
    queues = queues_of(request)
    chosen = narrowed_to(request, queues)
    scope = Scope(request.project.pk, chosen.pk if chosen else None)
    cells = cells_of(scope)
    kind = kind_of(request)
    context = {
        "queues": queues,
        "chosen": chosen,
        "kinds": kinds_shown(request, cells),
        "kind": kind,
        "filters": _filters(request, cells),
        "reasons": [(OverrideKind(one).label, found) for one, found in reasons_of(scope).items()],
        "labels": _labels([chosen] if chosen else queues),
        "look_at": LOOK_AT,
        "least": LEAST,
        "least_people": LEAST_PEOPLE,
        "csv_url": _csv_url(request, chosen),
        **({} if chosen else shown_recall(request)),
        **_people(request, cells),
        **shown_cases(request, kind, queues, cells, queue_id=scope.queue_id),
    }
    return render(request, "overrides/page.html", context)


@needs(Permission.REVIEW)
@require_safe
@takes("queue", "kind", "became", "filter", "category", "before")
def person(request: ProjectRequest, *, person_id: int) -> HttpResponse:
    """One person's own figures, ?queue= of one queue: for them, and for leads, whose look is recorded."""
    is_own = person_id == request.user.pk
    if not is_own and Permission.SETTLE not in request.permissions:
        raise _no_person()
    who = Person.objects.filter(pk=person_id, memberships__project=request.project).first()
    if who is None:
        raise _no_person()
    kind = kind_of(request)
    if not _may_know(request, kind):
        raise NotFound(_("Who reviews is not told which items have a golden answer."))
    if not is_own:
        _record_look(request, "person", person_id)
    queues = queues_of(request)
    chosen = narrowed_to(request, queues)
    scope = Scope(request.project.pk, chosen.pk if chosen else None, person_id=person_id, is_own=is_own)
    cells = cells_of(scope)
    context = {
        "who": who,
        "is_own": is_own,
        "kinds": [line for line in kinds_shown(request, cells) if _may_know(request, line.kind)],
        "kind": kind,
        "look_at": LOOK_AT,
        "chosen": chosen,
        **shown_cases(
            request, kind, queues, cells, queue_id=scope.queue_id, person_id=person_id, is_own=is_own
        ),
    }
    return render(request, "overrides/person.html", context)


@needs(Permission.READ)
@require_safe
@takes("queue")
def overrides_csv(request: ProjectRequest) -> HttpResponse:
    """The counts behind the page, without people."""
    queue = narrowed_to(request, queues_of(request))
    cells = cells_of(Scope(request.project.pk, queue.pk if queue else None))
    counts: dict[tuple[object, ...], int] = {}
    for cell in cells:
        key = (cell.kind, cell.component, cell.category, cell.before, cell.after, cell.overrides, cell.fate)
        counts[key] = counts.get(key, 0) + cell.n
    rows = [(*key, n) for key, n in sorted(counts.items(), key=lambda pair: str(pair[0]))]
    return csv_file(f"overrides-{request.project.slug}", _HEAD, rows)


def _labels(queues: Iterable[Queue]) -> dict[str, str]:
    """The words for each reason; where queues word one code differently, each of them."""
    found: dict[str, dict[str, None]] = {}
    for queue in queues:
        for code, words in labels_of_versions([queue.form]).items():
            found.setdefault(code, {})[words] = None
    return {code: " / ".join(words) for code, words in found.items()}


def _may_know(request: ProjectRequest, kind: OverrideKind) -> bool:
    """Golden answers stay unknown to who is tested with them."""
    return kind != OverrideKind.GOLD or Permission.READ in request.permissions


def _filters(request: ProjectRequest, cells: Iterable[Cell]) -> list[FilterLine]:
    """What was flagged, the most often wrong first; then what was let pass."""
    of_filters = [cell for cell in cells if cell.kind == OverrideKind.SAFETY_FILTER]
    by_category = rates_by(of_filters, lambda cell: (cell.component, cell.category))
    flagged = [(key, rates) for key, rates in by_category.items() if key[1]]
    compared = against_rest([(rates.overrides, rates.decided) for _key, rates in flagged])
    apart = {key for (key, _rates), one in zip(flagged, compared, strict=True) if one and one.is_more}
    lines = [
        FilterLine(*key, rates, filter_url(request, *key), key in apart) for key, rates in by_category.items()
    ]
    return sorted(lines, key=_most_wrong_first)


def _most_wrong_first(line: FilterLine) -> tuple[object, ...]:
    rates = line.rates
    return (line.category == "", -rates.overrides, -rates.decided, line.component, line.category)


def _people(request: ProjectRequest, cells: Sequence[Cell]) -> dict[str, Any]:
    """The people against chance; only for leads, and each look leaves an event."""
    if Permission.SETTLE not in request.permissions:
        return {"may_see_people": False}
    found = people_of(cells, kind=OverrideKind.MODEL)
    if found.people:
        _record_look(request, "people", None)
    names = names_of(one.person_id for one in found.people)
    lines = [_person_line(request, one, names.get(one.person_id, "")) for one in found.people]
    return {"may_see_people": True, "people": lines, "funnel": found.funnel, "plot": _plot(found, lines)}


def _person_line(request: ProjectRequest, one: PersonRates, name: str) -> PersonLine:
    path = reverse("web:overrides-person", args=[request.project.slug, one.person_id])
    queue = {"queue": request.GET["queue"]} if request.GET.get("queue") else {}
    url = f"{path}?{urlencode(queue)}" if queue else path
    was_reversed = f"{path}?{urlencode({**queue, 'kind': OverrideKind.MODEL, 'became': 'reversed'})}#cases"
    return PersonLine(name, url, one, was_reversed if one.rates.reversed else "")


def _plot(found: People, lines: Sequence[PersonLine]) -> FunnelPlot | None:
    if found.funnel is None:
        return None
    dots = [_dot(line) for line in lines if line.found.rates.decided >= LEAST]
    return funnel_plot(found.funnel, dots)


def _dot(line: PersonLine) -> Dot:
    rates = line.found.rates
    rate = rates.overrides / rates.decided
    label = _("%(name)s: %(k)s of %(n)s, %(rate)s") % {
        "name": line.name,
        "k": localized(rates.overrides),
        "n": localized(rates.decided),
        "rate": percent(rate),
    }
    return Dot(rates.decided, rate, label, line.url)


def _record_look(request: ProjectRequest, what: str, person_id: int | None) -> None:
    """A lead looked at figures of people: they can see who did and when."""
    if request.method != "GET":
        return
    events.record(
        project_id=request.project.pk,
        kind="overrides.seen",
        by=request.actor,
        subject_kind=what,
        subject_id=person_id,
    )


def _csv_url(request: ProjectRequest, chosen: Queue | None) -> str:
    query = f"?queue={chosen.slug}" if chosen else ""
    return reverse("web:overrides-csv", args=[request.project.slug]) + query


def _no_person() -> NotFound:
    return NotFound(_("There is no such person in this project, or their figures are not yours to see."))
