"""Agreement on places in texts and on corrections, which lie on no scale, over the newest shared items."""

from collections.abc import Iterator, Mapping
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
from queues.agree import on_texts as agree
from queues.agree.metric import NO_PAIRS, ONE_VALUE, Figure
from queues.agree.metrics.corrections import TextAgreement
from queues.agree.on_texts import Apart, OnTexts
from queues.agree.shared_items import LOOK_AT
from queues.ingest.queries import beginnings_of
from queues.review import care
from queues.statistics.quantiles import Quantile
from queues.web.csv_file import csv_file
from queues.web.figure_words import WHY_NOT, why_of
from queues.web.parameters import takes
from queues.web.queue_of import chosen_of, queue_shown, queues_of

WHY_NOT_ON_TEXTS: Mapping[str, Promise] = {
    **WHY_NOT,
    NO_PAIRS: lazy("not defined: no two people have answered this on one output"),
    ONE_VALUE: lazy("not defined: nobody marked anything"),
}
_HEAD = (
    "on", "question", "figure", "value", "low", "high", "outputs", "pairs", "other_outputs", "other_pairs",
)  # fmt: skip


class Line(NamedTuple):
    """One figure of a question. why: what is missing, in words."""

    name: Promise
    of: Figure
    why: str


class Similarity(NamedTuple):
    """One way to say how alike corrections are."""

    name: Promise
    of: TextAgreement

    @property
    def is_too_little(self) -> bool:
        """There is no interval, or nothing to hold it against."""
        between = self.of.between_people
        return between is None or between.low is None or not self.of.n_baseline


@needs(Permission.READ)
@require_safe
@takes("queue")
def texts(request: ProjectRequest) -> HttpResponse:
    """?queue= chooses the queue."""
    queues = queues_of(request)
    queue = chosen_of(request, queues)
    context: dict[str, Any] = {"queues": queues, "queue": queue}
    if queue:
        found = agree.on_texts(queue)
        shown = [one.prediction_id for one in _all_apart(found)]
        csv_url = reverse("web:agreement-texts-csv", args=[request.project.slug])
        context |= {
            "found": found,
            "places": [(one, _lines(one)) for one in found.places],
            "similarities": _similarities(found),
            "beginnings": beginnings_of(shown),
            "veiled": care.veiled_for(request.user.pk, shown),
            "look_at": LOOK_AT,
            "most_texts": agree.TEXTS,
            "csv_url": f"{csv_url}?{urlencode([('queue', queue.slug)])}",
        }
    return render(request, "agreement/texts.html", context)


@needs(Permission.READ)
@require_safe
@takes("queue")
def texts_csv(request: ProjectRequest) -> HttpResponse:
    """All figures of the page, full digits."""
    queue = queue_shown(request)
    return csv_file(f"agreement-texts-{queue.slug}", _HEAD, _rows(agree.on_texts(queue)))


def _rows(found: OnTexts) -> Iterator[tuple[object, ...]]:
    for one in found.places:
        for name, figure in (("alpha", one.alpha), ("f1_exact", one.exact), ("f1_half", one.half)):
            yield (
                "places",
                one.key,
                name,
                figure.value,
                figure.low,
                figure.high,
                figure.n_units,
                *3 * (None,),
            )
    if found.corrections:
        for name, one_way in (("edit", found.corrections.edit), ("chrf", found.corrections.chrf)):
            beside = (one_way.between_outputs, one_way.n_baseline)
            yield ("people", "", name, *_ends(one_way.between_people), one_way.n_pairs, *beside)
            yield ("output", "", name, *_ends(one_way.to_output), None, *beside)


def _ends(found: Quantile | None) -> tuple[object, ...]:
    return (found.value, found.low, found.high, found.n) if found else 4 * (None,)


def _lines(one: agree.OnPlaces) -> list[Line]:
    named = (
        (lazy("alpha of each character"), one.alpha),
        (lazy("the same marks (F1)"), one.exact),
        (lazy("marks that overlap by half (F1)"), one.half),
    )
    return [Line(name, figure, why_of(figure, WHY_NOT_ON_TEXTS)) for name, figure in named]


def _similarities(found: OnTexts) -> list[Similarity]:
    if found.corrections is None:
        return []
    return [
        Similarity(lazy("edit similarity"), found.corrections.edit),
        Similarity(lazy("chrF"), found.corrections.chrf),
    ]


def _all_apart(found: OnTexts) -> list[Apart]:
    apart = [one for place in found.places for one in place.apart]
    return [*apart, *(found.corrections.apart if found.corrections else ())]
