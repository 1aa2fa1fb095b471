"""What a person sees while reviewing one item."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.actor import Actor
from accounts.compiled import Argument, Compiled
from queues.assign.lease import Lease
from queues.errors import NotFound
from queues.models import Draft, Item, Queue, Review
from queues.review import form as forms
from queues.review.conversation import Document, Turn, documents_of, facts_of, system_of, turns_of
from queues.review.flagged import flags_of
from queues.review.form import Form


@dataclass(frozen=True, slots=True)
class RoutedReason:
    """One rule that sent the item here. The figures are None where the queue keeps them from annotators.

    category, severity: what a filter objected to and how bad it is, so that nobody meets it unprepared.
    """

    rule: str
    kind: str
    measure: str | None = None
    score: float | None = None
    rank: float | None = None
    threshold: float | None = None
    category: str | None = None
    severity: str | None = None


@dataclass(frozen=True, slots=True)
class Desk:
    """All that the review screen shows of one leased item: nothing of other people, nothing hidden."""

    lease: Lease
    queue: Queue
    form: Form
    form_id: int
    prediction_id: str
    reasons_routed: tuple[RoutedReason, ...]
    due_at: datetime
    priority: int
    input: Mapping[str, Any]
    system: str
    turns: tuple[Turn, ...]
    documents: tuple[Document, ...]
    output_text: str
    facts: Mapping[str, str]
    is_altered: bool
    draft: Mapping[str, Any] | None
    draft_revision: int | None


_ITEM = Compiled(lambda: Item.objects.select_related("prediction__payload").filter(pk=Argument("item")))
_DRAFT = Compiled(lambda: Draft.objects.filter(item=Argument("item"), person=Argument("person")))


def desk(lease: Lease, *, queue: Queue, by: Actor) -> Desk:
    """The desk of a lease; two statements (item with its texts, draft)."""
    item = _ITEM.first(item=lease.item_id)
    if item is None or queue.form_id is None:
        raise NotFound(_("This queue has no form yet. Ask a lead to give it one."))
    record = item.prediction.payload.record
    draft = _DRAFT.first(item=item.pk, person=by.person_id)
    return Desk(
        lease=lease,
        queue=queue,
        form=forms.of_version(queue.form_id),
        form_id=queue.form_id,
        prediction_id=item.prediction.prediction_id,
        reasons_routed=_reasons(item, shows_scores=queue.shows_scores),
        due_at=item.due_at,
        priority=item.priority,
        input=record.get("input") or {},
        system=system_of(record),
        turns=turns_of(record),
        documents=documents_of(record),
        output_text=item.prediction.payload.output_text,
        facts=facts_of(record),
        is_altered=item.prediction.altered,
        draft=draft.content if draft else None,
        draft_revision=draft.revision if draft else None,
    )


def _reasons(item: Item, *, shows_scores: bool) -> tuple[RoutedReason, ...]:
    figures = ("measure", "score", "rank", "threshold") if shows_scores else ()
    return tuple(
        RoutedReason(
            rule=reason["rule"],
            kind=reason["kind"],
            **{name: reason.get(name) for name in figures},
            **_flag(reason),
        )
        for reason in item.reasons
    )


def _flag(reason: Mapping[str, Any]) -> dict[str, Any]:
    flag = next(iter(flags_of([reason])), reason)
    return {name: flag.get(name) for name in ("category", "severity")}


def done_today(queue_id: int, *, by: Actor) -> int:
    """How many reviews of this person stand in this queue since midnight of the person's time zone."""
    midnight = timezone.localtime().replace(hour=0, minute=0, second=0, microsecond=0)
    return Review.objects.filter(
        person=by.person_id, submitted_at__gte=midnight, withdrawn_at=None, slot__queue=queue_id
    ).count()
