"""Agreement: how far people say the same of the same item, question by question, with intervals."""

from typing import Any, NamedTuple

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from accounts.gate import ProjectRequest, needs
from accounts.roles import Permission
from queues.agree import queries as agree
from queues.agree.asked import DECISION
from queues.agree.blind import anchoring_in
from queues.agree.histogram import Unsure
from queues.agree.metric import Figure, share_ends
from queues.agree.queries import QuestionAgreement, QueueAgreement
from queues.agree.targets import DEFAULT, Judged, Target, judged, targets_of
from queues.models import Queue
from queues.numbers import localized
from queues.web.agreement_check import check_state_of
from queues.web.answer_words import in_words
from queues.web.csv_file import csv_file
from queues.web.figure_words import why_of
from queues.web.labels import labels_of_versions
from queues.web.paging import address
from queues.web.parameters import choice, takes
from queues.web.queue_of import chosen_of, queue_shown, queues_of

SHARES_SHOWN = 5

METRICS: dict[str, Promise] = {
    "alpha_nominal": gettext_lazy("alpha, nominal"),
    "alpha_ordinal": gettext_lazy("alpha, ordinal"),
    "alpha_interval": gettext_lazy("alpha, interval"),
    "alpha_ratio": gettext_lazy("alpha, ratio"),
    "alpha_masi": gettext_lazy("alpha, sets (MASI)"),
    "kendall_w": gettext_lazy("Kendall's W"),
}
_HEAD = (
    "question", "metric", "items", "value", "low", "high", "why", "percent", "percent_low", "percent_high",
    "ac1", "ac1_low", "ac1_high", "fleiss", "fleiss_low", "fleiss_high", "brennan_prediger",
    "brennan_prediger_low", "brennan_prediger_high", "unsure", "answers_with_unsure",
)  # fmt: skip


class Saying(NamedTuple):
    """What a figure allows, as a pill."""

    kind: str
    icon: str
    words: str


class Line(NamedTuple):
    """One question of the table. shares: (words of a value, its share)."""

    of: QuestionAgreement
    target: Target
    metric: Promise
    says: Saying
    why: str
    shares: list[tuple[str, float]]
    n_more_values: int
    unsure: str


@needs(Permission.READ)
@require_safe
@takes("queue", "only")
def agreement(request: ProjectRequest) -> HttpResponse:
    """One queue's questions; ?queue= chooses the queue, ?only=drawn the items that chance drew."""
    queues = queues_of(request)
    queue = chosen_of(request, queues)
    context: dict[str, Any] = {"queues": queues, "queue": queue}
    if queue:
        drawn_only = is_drawn_only(request)
        found = agree.of_queue(queue, drawn_only=drawn_only)
        labels, targets = labels_of_versions([queue.form]), targets_of(queue.pk)
        query = _query(request, queue)
        context |= {
            "found": found,
            "lines": [_line(one, targets.get(one.key, DEFAULT), labels) for one in found.questions],
            "drawn_only": drawn_only,
            "blind": anchoring_in(queue),
            "check": check_state_of(queue, {one.key: one.label for one in found.questions}),
            "may_check": Permission.SETTLE in request.permissions,
            "tabs": _tabs(request, found, drawn_only=drawn_only),
            "csv_url": f"{reverse('web:agreement-csv', args=[request.project.slug])}?{query}",
        }
    return render(request, "agreement/page.html", context)


@needs(Permission.READ)
@require_safe
@takes("queue", "only")
def agreement_csv(request: ProjectRequest) -> HttpResponse:
    """The table of the page, full digits."""
    queue = queue_shown(request)
    found = agree.of_queue(queue, drawn_only=is_drawn_only(request))
    return csv_file(f"agreement-{queue.slug}", _HEAD, map(_row, found.questions))


def _row(one: QuestionAgreement) -> tuple[object, ...]:
    first = (one.key, one.metric, one.main.n_units, *_ends(one.main), one.main.why)
    beside = [end for name in agree.BESIDE for end in _ends(one.beside.get(name))]
    return (*first, *_ends(one.percent), *beside, one.unsure.n, one.unsure.n_all)


def is_drawn_only(request: ProjectRequest) -> bool:
    """Whether only items that chance gave extra reviews are asked for."""
    return bool(choice(request, "only", ["drawn"]))


def _query(request: ProjectRequest, queue: Queue) -> str:
    return f"queue={queue.slug}" + ("&only=drawn" if is_drawn_only(request) else "")


def _tabs(request: ProjectRequest, found: QueueAgreement, *, drawn_only: bool) -> list[dict[str, object]]:
    return [
        {
            "label": _("All shared items (%(n)d)") % {"n": found.n_items},
            "url": address(request, only=None),
            "is_current": not drawn_only,
        },
        {
            "label": _("Drawn by chance (%(n)d)") % {"n": found.n_drawn},
            "url": address(request, only="drawn"),
            "is_current": drawn_only,
        },
    ]


def _line(one: QuestionAgreement, target: Target, labels: dict[str, str]) -> Line:
    words = [(value_words(one.key, value, labels), share) for value, share in one.shares]
    more = max(0, len(words) - SHARES_SHOWN)
    return Line(
        one,
        target,
        METRICS[one.metric],
        says(one.main, target),
        why_of(one.main),
        words[:SHARES_SHOWN],
        more,
        _unsure(one.unsure),
    )


def _unsure(unsure: Unsure) -> str:
    """What of the answers is not in the figures, and why."""
    if not unsure.n:
        return ""
    facts = {"n": localized(unsure.n), "n_all": localized(unsure.n_all)}
    return _("%(n)s of %(n_all)s answers are “unsure” and left out: they have no place in the order") % facts


def value_words(key: str, value: object, labels: dict[str, str]) -> str:
    """An answer on its scale, as people read it: sets in the order of their codes, rankings in their own."""
    if isinstance(value, frozenset):
        return in_words(key, sorted(value), labels)
    if isinstance(value, tuple):
        return in_words(key, list(value), labels)
    code = f"{value:g}" if isinstance(value, float) else str(value)
    return labels.get(code if key == DECISION else f"{key}={code}", code)


def says(figure: Figure, target: Target = DEFAULT) -> Saying:
    """Judged by the lower end of the interval: what the figure surely reaches."""
    return {
        Judged.PERFECT: Saying("good", "approve", _("no disagreement")),
        Judged.GOOD: Saying("good", "approve", _("reliable")),
        Judged.TENTATIVE: Saying("warn", "info", _("tentative")),
        Judged.BELOW: Saying("bad", "warning", _("below the target")),
        Judged.TOO_LITTLE: Saying("", "info", _("too little to say")),
        Judged.DISTRIBUTION: Saying("", "info", _("distribution expected")),
    }[judged(figure, target)]


def drawn(share: Figure) -> tuple[float | None, float | None, float | None]:
    """What a chart may show of a share: its value with its ends; a gap where it has none."""
    ends = share_ends(share)
    return (share.value, *ends) if ends else (None, None, None)


def _ends(figure: Figure | None) -> tuple[float | None, float | None, float | None]:
    return (figure.value, figure.low, figure.high) if figure else (None, None, None)
