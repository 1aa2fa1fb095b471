"""The story of one item in the order in which it happened: from the arrival of its prediction to releases.

Who may read the project is told everything. Who has reviewed the item, and no more, is told what happened to
it and what they did themselves: of other people only that somebody reviewed it, not what they said nor when
they held it, because the reader may still take their own review back and give another.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db.models import Q

from accounts.models import Event
from queues.audit import plain_story
from queues.models import Item, ItemState, ReleaseRow, Review, Routing, Slot, Verdict
from queues.models.release import OUT

PAGE = 100  # events of one page
# What happens to others while they hold it, and what is theirs alone.
_OF_ONE_PERSON = ("slot.", "draft.", "item.suggestion_read")
# Said of an item so often that nothing else would be left, or of no interest to its story.
_LEFT_OUT = ("item.attached",)


@dataclass(frozen=True, slots=True)
class Moment:
    """One thing that happened. kind: that of the event, or "arrived", "routed", "released".

    person_id: who did it, None for the system; is_hidden: somebody, whom the reader is not told. before,
    after, reason: as of the event. review, verdict: what was said, where the reader may know.
    """

    at: datetime
    kind: str
    person_id: int | None = None
    is_hidden: bool = False
    before: Any = None
    after: Any = None
    reason: str = ""
    review: Review | None = None
    verdict: Verdict | None = None
    facts: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Timeline:
    """One page of the story, oldest first; next_after: where the next one goes on, None at the end."""

    moments: Sequence[Moment]
    next_after: int | None


@dataclass(frozen=True, slots=True)
class Reader:
    """Who reads. reads_all: they may read the project."""

    person_id: int
    reads_all: bool


def timeline_of(item: Item, reader: Reader, *, after: int = 0) -> Timeline:
    """The story of an item that this reader may follow, behind the event `after`: seven statements.

    A few more for a check whose reader is not told that it is one.
    """
    found = _events(item, reader, after)
    shown, has_more = found[:PAGE], len(found) > PAGE
    moments = _Told(item, reader).moments_of(shown)
    beginning = _beginning(item, reader) if not after else []
    if _is_told_plainly(item, reader):
        told = plain_story.consequences_of(item, reader.person_id)
        moments = _with_consequences(moments, told, is_last=not has_more)
    end = _releases(item) if reader.reads_all and not has_more else []
    return Timeline([*beginning, *moments, *end], shown[-1].pk if has_more else None)


def _is_told_plainly(item: Item, reader: Reader) -> bool:
    return item.state == ItemState.CHECK and not reader.reads_all


def _with_consequences(
    moments: Sequence[Moment], told: Sequence[plain_story.Told], *, is_last: bool
) -> list[Moment]:
    """What followed beside what it followed from; what came later, where its time says."""
    found = list(moments)
    for one in told:
        beside = next((n for n, moment in enumerate(found) if _is_about(moment, one.anchor)), None)
        if beside is None:
            continue
        at = found[beside].at
        if not one.anchor.is_behind:
            found.insert(beside, _plain(one, one.at or at))
        elif one.at is None:
            found.insert(beside + 1, _plain(one, at))
        elif is_last:
            at = max(at, one.at)
            later = (n for n, moment in enumerate(found) if n > beside and moment.at > at)
            found.insert(next(later, len(found)), _plain(one, at))
    return found


def _is_about(moment: Moment, anchor: plain_story.Anchor) -> bool:
    name, number = anchor.about
    said = [one for one in (moment.before, moment.after) if isinstance(one, dict)]
    return moment.kind == anchor.kind and any(one.get(name) == number for one in said)


def _events(item: Item, reader: Reader, after: int) -> list[Event]:
    about = Q(subject_kind="item", subject_id=item.pk)
    slots = Slot.objects.filter(item=item.pk).values_list("pk", flat=True)
    about |= Q(subject_kind="slot", subject_id__in=list(slots))
    if reader.reads_all:
        about |= Q(subject_kind="prediction", subject_id=item.prediction_id)
    events = Event.objects.filter(about, project_id=item.queue.project_id, pk__gt=after)
    events = events.exclude(kind__in=_LEFT_OUT)
    if not reader.reads_all:
        others = ~Q(actor_person_id=reader.person_id) | Q(actor_person_id=None)
        for prefix in _OF_ONE_PERSON:
            events = events.exclude(others, kind__startswith=prefix)
        events = events.exclude(others, kind="review.withdrawn")
    return list(events.order_by("pk")[: PAGE + 1])


def _beginning(item: Item, reader: Reader) -> list[Moment]:
    if _is_told_plainly(item, reader):
        return [_plain(told, at) for at, told in plain_story.beginning_of(item)]
    prediction = item.prediction
    arrived = Moment(prediction.received_at, "arrived", facts={"happened": prediction.occurred_at})
    if not reader.reads_all:
        return [arrived]
    routing = Routing.objects.filter(prediction=prediction.pk).select_related("policy").first()
    if routing is None:
        return [arrived]
    facts = {"version": routing.policy.version, "reasons": routing.reasons, "pi": routing.pi}
    return [arrived, Moment(routing.routed_at, "routed", facts=facts)]


def _plain(told: plain_story.Told, at: datetime) -> Moment:
    return Moment(
        at,
        told.kind,
        told.person_id,
        is_hidden=told.is_others,
        after=None if told.is_others else told.facts,
        verdict=told.verdict,
        facts=told.facts,
    )


def _releases(item: Item) -> list[Moment]:
    rows = ReleaseRow.objects.filter(item=item.pk, release__state__in=OUT).select_related("release__dataset")
    return [
        Moment(
            row.release.published_at,
            "released",
            facts={
                "name": f"{row.release.dataset.name}@{row.release.version}",
                "split": row.split,
                "line": row.line,
            },
        )
        for row in rows.order_by("release_id")
        if row.release.published_at is not None
    ]


class _Told:
    """Events as moments, with the reviews and verdicts that they speak of."""

    def __init__(self, item: Item, reader: Reader) -> None:
        self.reader = reader
        reviews = Review.objects.filter(item=item.pk).select_related("person", "form", "item")
        verdicts = Verdict.objects.filter(item=item.pk).select_related("decided_by", "item")
        self.reviews = {review.pk: review for review in reviews}
        self.verdicts = {verdict.pk: verdict for verdict in verdicts}

    def moments_of(self, events: Sequence[Event]) -> list[Moment]:
        return [self._moment(event) for event in events]

    def _moment(self, event: Event) -> Moment:
        facts = event.after if isinstance(event.after, dict) else {}
        review = self.reviews.get(facts.get("review", 0)) if event.kind == "review.submitted" else None
        is_others = event.actor_person_id not in (None, self.reader.person_id)
        is_hidden = is_others and not self.reader.reads_all and event.kind.startswith("review.")
        return Moment(
            event.at,
            event.kind,
            event.actor_person_id,
            is_hidden,
            before=None if is_hidden else event.before,
            after=None if is_hidden else event.after,
            reason="" if is_hidden else event.reason,
            review=None if is_hidden else review,
            verdict=self.verdicts.get(facts.get("verdict", 0)),
        )
