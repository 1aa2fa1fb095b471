"""What a person sees while reviewing one item."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.actor import Actor
from accounts.compiled import Argument, Compiled
from queues.assign.attached import ATTACHED
from queues.assign.lease import Lease
from queues.errors import NotFound
from queues.models import Draft, Flag, Item, Prediction, Queue, Review
from queues.review import form as forms
from queues.review import pair
from queues.review.conversation import Document, Turn, documents_of, facts_of, system_of, turns_of
from queues.review.form import Form
from queues.route.reasons import Reason, parts

# What a reason tells of a kind beside its rule; the rest stays with those who may read. What a detector
# objected to is told so that nobody meets it unprepared.
_TOLD = {"safety_flagged": ("category", "severity"), "attribute": ("attribute", "value")}
_TOLD_WITH_SCORES = ("measure", "score", "rank", "threshold", "probability")
# An attribute that may be told: not who the user is, nor which model it was.
_OPEN_ATTRIBUTES = frozenset({"locale", "segment", "environment", "operation", "tag"})

_UNDATED = frozenset({"locale"})  # facts of the making that are the same in every version of a model

FLAGS_SHOWN = 5_000  # more than a person looks at in one text


@dataclass(frozen=True, slots=True)
class RoutedReason:
    """One rule that sent the item here. The figures are None where the queue keeps them from annotators.

    kind: of the rule, or of the condition within it that matters most. category, severity: what a filter
    objected to and how bad it is. attribute, value: what the record says of itself.
    """

    rule: str
    kind: str
    measure: str | None = None
    score: float | None = None
    rank: float | None = None
    threshold: float | None = None
    probability: float | None = None
    category: str | None = None
    severity: str | None = None
    attribute: str | None = None
    value: str | None = None


@dataclass(frozen=True, slots=True)
class Side:
    """One of two outputs that are compared, blind: nothing says which model it came from."""

    label: str
    output_text: str
    documents: tuple[Document, ...]
    is_altered: bool


@dataclass(frozen=True, slots=True)
class FlaggedPlace:
    """What a detector found in the output, [start, end) in code points. severity: as `models.Severity`."""

    category: str
    severity: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Desk:
    """All that the review screen shows of one leased item: nothing of other people, nothing hidden.

    sides: A and B where two outputs are compared, and then output_text is empty: whose item it is would
    tell the two apart. prediction_ids: whose texts these are. attached: how many predictions say the same,
    no further than COUNT_LIMIT + 1.
    """

    lease: Lease
    queue: Queue
    form: Form
    form_id: int
    prediction_id: str
    prediction_ids: list[int]
    reasons_routed: tuple[RoutedReason, ...]
    due_at: datetime
    priority: int
    input: Mapping[str, Any]
    system: str
    turns: tuple[Turn, ...]
    documents: tuple[Document, ...]
    output_text: str
    flagged: tuple[FlaggedPlace, ...]
    facts: Mapping[str, str]
    is_altered: bool
    sides: tuple[Side, ...]
    attached: int
    draft: Mapping[str, Any] | None
    draft_revision: int | None

    @property
    def is_late(self) -> bool:
        """Whether it was due before now."""
        return self.due_at < timezone.now()


_ITEM = Compiled(
    lambda: (
        Item.objects.select_related("prediction__payload", "other__payload")
        .annotate(attached=ATTACHED)
        .filter(pk=Argument("item"))
    )
)
_DRAFT = Compiled(
    lambda: Draft.objects.filter(item=Argument("item"), person=Argument("person"), discarded_at=None)
)


def desk(lease: Lease, *, queue: Queue, by: Actor, form_id: int | None = None) -> Desk:
    """The desk of a lease; two statements (item with its texts, draft), three where a detector objected.

    form_id: a version that was shown before; None: the queue's present one.
    """
    item = _ITEM.first(item=lease.item_id)
    shown_id = form_id or queue.form_id
    if item is None or shown_id is None:
        raise NotFound(_("This queue has no form yet. Ask a lead to give it one."))
    draft = _DRAFT.first(item=item.pk, person=by.person_id)
    record = item.prediction.payload.record
    sides = tuple(_side(side.label, side.prediction) for side in pair.sides(item))
    reasons = tuple(_reason(reason, queue, compares=bool(sides)) for reason in item.reasons)
    is_flagged = not sides and not lease.is_blind and any(r.kind == "safety_flagged" for r in reasons)
    return Desk(
        lease=lease,
        queue=queue,
        form=forms.for_item(forms.of_version(shown_id), compares=bool(sides)),
        form_id=shown_id,
        prediction_id=item.prediction.prediction_id,
        prediction_ids=[id_ for id_ in (item.prediction_id, item.other_id) if id_ is not None],
        reasons_routed=() if lease.is_blind else reasons,
        due_at=item.due_at,
        priority=item.priority,
        input=record.get("input") or {},
        system=system_of(record),
        turns=turns_of(record),
        documents=_common(sides) if sides else documents_of(record),
        output_text="" if sides else item.prediction.payload.output_text,
        flagged=_flagged(item) if is_flagged else (),
        facts=_facts(item, queue),
        is_altered=item.prediction.altered and not sides,
        sides=sides,
        attached=item.attached,  # type: ignore[attr-defined]
        draft=draft.content if draft else None,
        draft_revision=draft.revision if draft else None,
    )


def _side(label: str, prediction: Prediction) -> Side:
    payload = prediction.payload
    return Side(label, payload.output_text, documents_of(payload.record), prediction.altered)


def _common(sides: tuple[Side, ...]) -> tuple[Document, ...]:
    """The documents of both, where they are the same ones; what each made of them stays with the side."""
    first, second = ([(one.id, one.text, one.uri) for one in side.documents] for side in sides)
    if first != second:
        return ()
    return tuple(replace(one, score=None, used=None, citations=()) for one in sides[0].documents)


def _facts(item: Item, queue: Queue) -> dict[str, str]:
    """What a reviewer may know of the making; of two outputs only what does not tell them apart.

    Where hidden checks come, nothing that dates an output: theirs are older than what waits.
    """
    facts = facts_of(item.prediction.payload.record)
    if queue.check_rate:
        facts = {name: value for name, value in facts.items() if name in _UNDATED}
    if item.other is None:
        return facts
    others = facts_of(item.other.payload.record)
    return {name: value for name, value in facts.items() if others.get(name) == value}


def _reason(reason: Reason, queue: Queue, *, compares: bool) -> RoutedReason:
    flagged = next((part for part in parts([reason]) if part.get("kind") == "safety_flagged"), None)
    told = flagged or reason
    shown = _TOLD_WITH_SCORES if queue.shows_scores else ()
    values = {name: reason.get(name) for name in shown}
    if _may_be_told(told, compares=compares):
        values |= {name: told.get(name) for name in _TOLD.get(told["kind"], ())}
    return RoutedReason(rule=reason["rule"], kind=told["kind"], **values)


def _may_be_told(reason: Reason, *, compares: bool) -> bool:
    if reason["kind"] != "attribute":
        return True
    return not compares and reason.get("attribute") in _OPEN_ATTRIBUTES


def _flagged(item: Item) -> tuple[FlaggedPlace, ...]:
    """Where in the output detectors found something, in the order of the text."""
    found = Flag.objects.filter(
        prediction=item.prediction_id, flagged=True, target="output", span__isnull=False
    ).order_by("id")[:FLAGS_SHOWN]
    places = [
        FlaggedPlace(flag.category, flag.get_severity_display(), start, end)
        for flag in found
        for start, end in [flag.span or (0, 0)]
    ]
    return tuple(sorted(places, key=lambda place: (place.start, place.end)))


def done_today(queue_id: int, *, by: Actor) -> int:
    """How many reviews of this person stand in this queue since midnight of the person's time zone."""
    midnight = timezone.localtime().replace(hour=0, minute=0, second=0, microsecond=0)
    return Review.objects.filter(
        person=by.person_id, submitted_at__gte=midnight, withdrawn_at=None, slot__queue=queue_id
    ).count()
