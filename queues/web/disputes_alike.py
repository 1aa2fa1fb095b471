"""Disputes that are alike, settled together: the lead looks at all, picks what holds, and says why once."""

import json
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_safe

from accounts.gate import ProjectRequest, needs
from accounts.roles import Permission
from queues import pipeline
from queues.adjudicate import alike
from queues.adjudicate import queries as adjudicate
from queues.adjudicate.actions import faults_of_why
from queues.adjudicate.alike import LOOK_AT, SETTLED_AT_ONCE, Batch, Position
from queues.errors import Fault, Invalid, NotFound
from queues.models import Queue
from queues.review import care, line_ends
from queues.web.agreement import value_words
from queues.web.answer_words import in_words
from queues.web.labels import labels_of_versions
from queues.web.parameters import takes
from queues.web.posted import id_of
from queues.web.queue_of import queue_of


class BatchLine(NamedTuple):
    """A batch in words: what is disputed, and each position with how many reviews of an item take it."""

    of: Batch
    disputed: Sequence[str]
    positions: Sequence[tuple[str, int]]


@needs(Permission.SETTLE)
@require_safe
@takes()
def all_alike(request: ProjectRequest, *, queue_slug: str) -> HttpResponse:
    """What is alike among the disputes of a queue that this lead may settle."""
    queue = queue_of(request, queue_slug)
    labels = labels_of_versions([queue.form])
    lines = [_line(batch, labels) for batch in alike.batches_of(queue, person_id=request.user.pk)]
    return render(request, "disputes/all_alike.html", {"queue": queue, "lines": lines, "look_at": LOOK_AT})


@needs(Permission.SETTLE)
@require_http_methods(["GET", "HEAD", "POST"])
def settle_alike(request: ProjectRequest, *, queue_slug: str, key: str) -> HttpResponse:
    """One batch with its items; a POST settles those that are ticked."""
    queue = queue_of(request, queue_slug)
    batch = next((one for one in alike.batches_of(queue, person_id=request.user.pk) if one.key == key), None)
    if batch is None:
        raise NotFound(_("These disputes are settled or have changed. Choose among those that are open."))
    if request.method != "POST":
        return _page(request, queue, batch)
    try:
        wanted = _wanted(request, batch)
    except Invalid as refusal:
        return _page(request, queue, batch, refusal=refusal)
    done = pipeline.settle_alike(
        wanted.item_ids,
        project=request.project,
        by=request.actor,
        key=key,
        position=wanted.position,
        why=wanted.why,
    )
    _tell(request, done)
    return redirect("web:alike", request.project.slug, queue.slug)


class Wanted(NamedTuple):
    """Which of the batch's items get which position, and why."""

    item_ids: Sequence[int]
    position: Position
    why: str


def _wanted(request: ProjectRequest, batch: Batch) -> Wanted:
    """Faults for what is missing; an item that has left the batch is asked for too, and then told of."""
    ids = [id_of(text) for text in request.POST.getlist("item")[:SETTLED_AT_ONCE]]
    chosen = list(dict.fromkeys(item_id for item_id in ids if item_id is not None))
    places = {str(place): position for place, (position, _n) in enumerate(batch.positions)}
    position = places.get(request.POST.get("position", ""))
    why = line_ends.like("", request.POST.get("why", ""))
    faults = []
    if not chosen:
        faults.append(Fault("/item", "item.missing", _("Tick at least one item.")))
    if position is None:
        faults.append(Fault("/position", "position.missing", _("Choose what holds for them.")))
    faults += faults_of_why(why)
    if faults or position is None:
        raise Invalid(_("Nothing was settled yet: see the marked places."), faults)
    return Wanted(chosen, position, why)


def _page(
    request: ProjectRequest, queue: Queue, batch: Batch, *, refusal: Invalid | None = None
) -> HttpResponse:
    line = _line(batch, labels_of_versions([queue.form]))
    shown = adjudicate.disputes_called([one.item.pk for one in batch.disputes[:SETTLED_AT_ONCE]])
    posted = request.POST if refusal else None
    ticked = set(posted.getlist("item")) if posted is not None else {str(one.item.pk) for one in shown}
    context: dict[str, Any] = {
        "queue": queue,
        "line": line,
        "choices": list(enumerate(line.positions)),
        "rows": [(dispute, str(dispute.item.pk) in ticked) for dispute in shown],
        "veiled": care.veiled_for(request.user.pk, [one.item.prediction_id for one in shown]),
        "n_more": len(batch.disputes) - len(shown),
        "chosen": posted.get("position", "") if posted is not None else "",
        "why": posted.get("why", "") if posted is not None else "",
        "marks": {fault.pointer[1:]: fault.detail for fault in refusal.faults} if refusal else {},
        "refusal": str(refusal) if refusal else "",
    }
    return render(request, "disputes/alike.html", context, status=422 if refusal else 200)


def _line(batch: Batch, labels: Mapping[str, str]) -> BatchLine:
    disputed = [_("decision") if key == "decision" else labels.get(key, key) for key in batch.disputed]
    positions = [(_words(batch.disputed, position, labels), n) for position, n in batch.positions]
    return BatchLine(batch, disputed, positions)


def _words(disputed: Sequence[str], position: Position, labels: Mapping[str, str]) -> str:
    return " · ".join(_word(key, value, labels) for key, value in zip(disputed, position, strict=True))


def _word(key: str, value: str | None, labels: Mapping[str, str]) -> str:
    """What is compared of several values at once is a list in JSON."""
    if value is None:
        return _("not answered")
    if value.startswith("["):
        return in_words(key, json.loads(value), labels)
    return value_words(key, value, dict(labels))


def _tell(request: ProjectRequest, done: alike.Settled) -> None:
    n, left = len(done.items), len(done.left)
    if n:
        said = ngettext("%(n)d item is settled.", "%(n)d items are settled.", n) % {"n": n}
        messages.success(request, said)
    if left:
        told = ngettext(
            "%(n)d item was left as it is: %(why)s", "%(n)d items were left as they are: %(why)s", left
        )
        messages.warning(request, told % {"n": left, "why": next(iter(done.left.values()))})
