"""Agreement by person: who agrees with whom, for those who lead. Each look leaves an event."""

from collections.abc import Mapping
from itertools import chain
from typing import Any, NamedTuple

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from accounts.gate import ProjectRequest, needs
from accounts.roles import Permission
from queues.agree import people as agree
from queues.agree.asked import DECISION
from queues.agree.metric import Figure
from queues.agree.shared_items import LOOK_AT
from queues.audit import queries as audit
from queues.errors import NotFound
from queues.ingest.queries import beginnings_of
from queues.models import Queue
from queues.newest import PAGE_SIZE
from queues.review import care
from queues.web.agreement import METRICS, value_words
from queues.web.csv_file import csv_file
from queues.web.figure_words import why_of
from queues.web.labels import labels_of_versions
from queues.web.paging import address, number
from queues.web.pairs_map import LEAST_ITEMS, map_of
from queues.web.parameters import takes
from queues.web.queue_of import chosen_of, queue_shown, queues_of

_HEAD = (
    "kind", "question", "metric", "one", "one_id", "other", "other_id", "items", "same", "same_low",
    "same_high", "alpha", "alpha_low", "alpha_high", "kappa", "kappa_low", "kappa_high", "against_rest",
    "against_rest_low", "against_rest_high", "influence",
)  # fmt: skip


class PairLine(NamedTuple):
    """Two people in the table, with the address of the items on which they differ."""

    of: agree.Pair
    one: str
    other: str
    url: str


@needs(Permission.SETTLE)
@require_safe
@takes("queue", "question", "after")
def people(request: ProjectRequest) -> HttpResponse:
    """One question of one queue: each person against the rest, and all pairs; ?after= turns their page."""
    queues = queues_of(request)
    queue = chosen_of(request, queues)
    context: dict[str, Any] = {"queues": queues, "queue": queue, "look_at": LOOK_AT}
    if queue:
        page = min(number(request, "after") or 0, LOOK_AT)
        found = _found(request, queue, page=page)
        names, urls = _names(found), _addresses(request, queue, found)
        context |= {
            "found": found,
            "metric": METRICS[found.asked.scale.metric],
            "why": why_of(found.main),
            "people": [(one, names.get(one.person_id, "")) for one in found.people],
            "map": map_of(found, names, urls),
            "least_items": LEAST_ITEMS,
            "pairs": [_line(pair, names, urls) for pair in found.pairs],
            "pairs_before": page * agree.PAGE_OF_PAIRS,
            "csv_url": _address(request, "agreement-people-csv", queue, found.asked.key),
            **_pages(request, found, page),
        }
    return render(request, "agreement/people.html", context)


def _pages(request: ProjectRequest, found: agree.Among, page: int) -> dict[str, str]:
    """The ways through the table of pairs; "" where there is none."""
    has_more = (page + 1) * agree.PAGE_OF_PAIRS < len(found.meetings)
    return {
        "first_url": f"{address(request, after=None)}#pairs" if page else "",
        "next_url": f"{address(request, after=page + 1)}#pairs" if has_more else "",
    }


@needs(Permission.SETTLE)
@require_safe
@takes("queue", "question")
def people_csv(request: ProjectRequest) -> HttpResponse:
    """Both tables in one, full digits."""
    queue = queue_shown(request)
    found = _found(request, queue, page=None)
    names, start = _names(found), (found.asked.key, found.asked.scale.metric)
    persons = (
        ("person", *start, names.get(one.person_id, ""), one.person_id, None, None, one.n_shared, None, None,
         None, None, None, None, *_ends(None), *_ends(one.rest), one.influence)
        for one in found.people
    )  # fmt: skip
    pairs = (
        ("pair", *start, names.get(pair.one_id, ""), pair.one_id, names.get(pair.other_id, ""), pair.other_id,
         pair.n_items, pair.same, pair.share.low, pair.share.high, pair.alpha.value, pair.alpha.low,
         pair.alpha.high, *_ends(pair.kappa), None, None, None, None)
        for pair in found.pairs
    )  # fmt: skip
    return csv_file(f"agreement-people-{queue.slug}", _HEAD, chain(persons, pairs))


@needs(Permission.SETTLE)
@require_safe
@takes("queue", "question", "one", "other")
def differing(request: ProjectRequest) -> HttpResponse:
    """The items on which two people said different things about one question."""
    queue = queue_shown(request)
    one_id, other_id = number(request, "one"), number(request, "other")
    names = audit.names_here(request.project.pk, {one_id or 0, other_id or 0})
    if one_id is None or other_id is None or len(names) < 2:
        raise NotFound(_("Name two people. Choose a pair from the page of agreement by person."))
    key = _key(request)
    asked, found = agree.differing(queue, key=key, one_id=one_id, other_id=other_id)
    agree.note_reading(queue, by=request.actor, key=key, people=[one_id, other_id])
    labels = labels_of_versions([queue.form])
    shown = [row.item.prediction_id for row in found[:PAGE_SIZE]]
    context = {
        "queue": queue,
        "beginnings": beginnings_of(shown),
        "veiled": care.veiled_for(request.user.pk, shown),
        "asked": asked,
        "one": names.get(one_id, ""),
        "other": names.get(other_id, ""),
        "n_items": len(found),
        "rows": [
            (row.item, value_words(key, row.one, labels), value_words(key, row.other, labels))
            for row in found[:PAGE_SIZE]
        ],
        "people_url": _address(request, "agreement-people", queue, key),
    }
    return render(request, "agreement/differing.html", context)


def _ends(figure: Figure | None) -> tuple[float | None, float | None, float | None]:
    return (figure.value, figure.low, figure.high) if figure else (None, None, None)


def _found(request: ProjectRequest, queue: Queue, *, page: int | None) -> agree.Among:
    found = agree.among(queue, key=_key(request), page=page)
    agree.note_reading(queue, by=request.actor, key=found.asked.key)
    return found


def _key(request: ProjectRequest) -> str:
    return request.GET.get("question") or DECISION


def _names(found: agree.Among) -> Mapping[int, str]:
    return audit.names_of(one.person_id for one in found.people)


def _line(pair: agree.Pair, names: Mapping[int, str], urls: Mapping[tuple[int, int], str]) -> PairLine:
    url = urls[pair.one_id, pair.other_id]
    return PairLine(pair, names.get(pair.one_id, ""), names.get(pair.other_id, ""), url)


def _addresses(request: ProjectRequest, queue: Queue, found: agree.Among) -> dict[tuple[int, int], str]:
    """Two people → the items on which they differ."""
    start = _address(request, "agreement-differing", queue, found.asked.key)
    return {
        (two.one_id, two.other_id): f"{start}&one={two.one_id}&other={two.other_id}" for two in found.meetings
    }


def _address(request: ProjectRequest, name: str, queue: Queue, key: str) -> str:
    query = urlencode([("queue", queue.slug), ("question", key)])
    return f"{reverse(f'web:{name}', args=[request.project.slug])}?{query}"
