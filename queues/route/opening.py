"""Opening items: what people will review, or what is counted on an item that says the same.

Numbers are left unused among those of the items, and at the same places among those of their slots: hidden
checks are put there, so that nobody can tell one by its numbers.
"""

import random
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any, NamedTuple

import orjson

from accounts.actor import SYSTEM
from accounts.events import EventRow
from queues.bulk import Value, reserve_ids, write_rows
from queues.errors import WrongState
from queues.models import Attachment, Item, Recall, Slot
from queues.route import same
from queues.route.decide import Decision
from queues.route.draws import Needed, Terms, needed
from queues.route.placing import Coming, Place, Where, placings
from queues.route.queries import ActivePolicy
from queues.route.reasons import parts
from queues.score import queries as scores
from queues.score.detector import Record

_ITEM_COLUMNS = (
    "id",
    "queue_id",
    "prediction_id",
    "priority",
    "due_at",
    "reviews_needed",
    "extra_reviews",
    "overlap_drawn",
    "blind_drawn",
    "reasons",
    "fingerprint",
    "other_id",
    "other_first",
)
DEFAULT_ORDER = "priority_due"  # needs no place
_SLOT_COLUMNS = (
    "id",
    "item_id",
    "queue_id",
    "seq",
    "is_blind",
    "priority",
    "due_at",
    "place",
    "lane",
    "bucket",
)

GAPS = 0.25  # of the items have an unused number before theirs
_DRAW = random.SystemRandom()


class Pick(NamedTuple):
    """One prediction that the policy picked. record: only read where near-duplicates are attached."""

    prediction: int
    decision: Decision
    record: Record


class Opened(NamedTuple):
    """One routed prediction and the item it becomes. has_gap: the number before its own is left unused."""

    item_id: int
    has_gap: bool
    pick: Pick
    terms: Terms
    needed: Needed
    fingerprint: bytes | None

    def urgency(self, now: datetime) -> tuple[int, datetime]:
        """Priority and due time."""
        return urgency(self.pick.decision, self.terms, now)


class Opening(NamedTuple):
    """What became of the picks: items of their own, or (prediction, item that says the same)."""

    opened: Sequence[Opened] = ()
    attached: Sequence[tuple[int, int]] = ()


def open_items(policy: ActivePolicy, picks: Sequence[Pick], now: datetime) -> Opening:
    """Write the items, a slot for each review that they need, and what is counted on items that wait.

    What was withdrawn from all releases gets none, nor does a comparison with it.
    """
    picks = _without_recalled(picks)
    if not picks:
        return Opening()
    opening = _with_ids(policy, picks)
    write_rows(Item, _ITEM_COLUMNS, (_item_row(item, now) for item in opening.opened))
    write_rows(Slot, _SLOT_COLUMNS, _slot_rows(opening.opened, _places(opening.opened), now))
    if opening.attached:
        rows = ((prediction, item_id, 1.0) for prediction, item_id in opening.attached)
        write_rows(Attachment, ("prediction_id", "item_id", "similarity"), rows)
    return opening


def events_of(policy: ActivePolicy, project_id: int, opening: Opening) -> list[EventRow]:
    """One event for each: who asks why an item was opened, or what is counted on it, finds it in the log."""
    return [
        *(_event(project_id, "item.opened", item.item_id, _facts(policy, item)) for item in opening.opened),
        *(
            _event(project_id, "item.attached", item_id, {"prediction": prediction, "similarity": 1.0})
            for prediction, item_id in opening.attached
        ),
    ]


def _facts(policy: ActivePolicy, item: Opened) -> dict[str, object]:
    decision = item.pick.decision
    return {
        "prediction": item.pick.prediction,
        "queue": decision.queue,
        "priority": decision.priority,
        "rules": rule_names(decision.reasons),
        "policy_version": policy.version,
        "reviews_needed": item.needed.reviews,
        "overlap_drawn": item.needed.overlap_drawn,
        "blind_drawn": item.needed.blind_drawn,
    }


def rule_names(reasons: Iterable[Mapping[str, Any]]) -> list[str]:
    return [reason["rule"] for reason in reasons]


def _with_ids(policy: ActivePolicy, picks: Sequence[Pick]) -> Opening:
    """Which picks become items: not those that say the same as an unfinished item or an earlier pick."""
    prints = _fingerprints(policy, picks)
    terms = [terms_of(policy, pick.decision) for pick in picks]
    places = [(one.queue_id, prints.get(pick.prediction)) for pick, one in zip(picks, terms, strict=True)]
    known = _waiting(places)
    opened: list[Opened] = []
    attached: list[tuple[int, int]] = []
    gaps = [_DRAW.random() < GAPS for _pick in picks]
    ids, has_gap = iter(reserve_ids(Item, len(picks) + sum(gaps))), False
    for pick, one, place, is_drawn in zip(picks, terms, places, gaps, strict=True):
        has_gap |= is_drawn
        item_id = _next_of(ids, has_gap=is_drawn)
        if pick.decision.attaches and place[1] is not None and place in known:
            attached.append((pick.prediction, known[place]))
            has_gap = True  # this number is unused too
            continue
        reviews = needed(one, pick.decision, pick.prediction)
        opened.append(Opened(item_id, has_gap, pick, one, reviews, place[1]))
        known.setdefault(place, item_id)
        has_gap = False
    return Opening(opened, attached)


def _next_of(ids: Iterator[int], *, has_gap: bool) -> int:
    """The next number, or the one after it."""
    if has_gap:
        next(ids)
    return next(ids)


def _without_recalled(picks: Sequence[Pick]) -> Sequence[Pick]:
    shown = {pick.prediction: (pick.prediction, _pair(pick.decision.reasons)[0]) for pick in picks}
    recalled = Recall.objects.among(id_ for ids in shown.values() for id_ in ids)
    return [pick for pick in picks if recalled.isdisjoint(shown[pick.prediction])] if recalled else picks


def _fingerprints(policy: ActivePolicy, picks: Sequence[Pick]) -> dict[int, bytes]:
    """Of all that others may be counted on; a comparison says more than its own output, so it has none."""
    if not policy.document.attaches:
        return {}
    alone = (pick for pick in picks if _pair(pick.decision.reasons)[0] is None)
    return {pick.prediction: same.fingerprint(pick.record) for pick in alone}


def _waiting(places: Sequence[tuple[int, bytes | None]]) -> dict[tuple[int, bytes | None], int]:
    asked = [(queue, fingerprint) for queue, fingerprint in places if fingerprint is not None]
    if not asked:
        return {}
    return {asked[place]: item_id for place, item_id in same.waiting(asked).items()}


def terms_of(policy: ActivePolicy, decision: Decision) -> Terms:
    """The terms of the queue that the decision sends to. WrongState when the project no longer has it."""
    try:
        return policy.queues[decision.queue]
    except KeyError:
        raise WrongState(
            f"Policy version {policy.version} sends to the queue {decision.queue!r}, which this project "
            "does not have. Activate a version whose queues exist."
        ) from None


def urgency(decision: Decision, terms: Terms, now: datetime) -> tuple[int, datetime]:
    """Priority and due time."""
    return decision.priority, now + terms.due_after(decision.due_hours)


def _item_row(item: Opened, now: datetime) -> tuple[Value, ...]:
    decision = item.pick.decision
    return (
        item.item_id,
        item.terms.queue_id,
        item.pick.prediction,
        *item.urgency(now),
        *item.needed,
        orjson.dumps(decision.reasons).decode(),
        item.fingerprint,
        *_pair(decision.reasons),
    )


def _pair(reasons: Iterable[Mapping[str, Any]]) -> tuple[int | None, bool | None]:
    """The prediction to compare with, and whether it is shown first; at any depth of a combined reason."""
    compared = next((part for part in parts(reasons) if "other" in part), None)
    return (None, None) if compared is None else (compared["other"], compared["first"] == "other")


def _places(opened: Sequence[Opened]) -> dict[int, Place]:
    """Item → where its queue's order of work puts it; those of queues without such an order are absent."""
    by_queue: dict[Terms, list[Opened]] = defaultdict(list)
    for one in opened:
        if one.terms.order != DEFAULT_ORDER:
            by_queue[one.terms].append(one)
    found: dict[int, Place] = {}
    for terms, items in by_queue.items():
        order = placings.get(terms.order)
        records = _records(items) if order.reads_records else {}
        coming = [
            Coming(one.item_id, records.get(one.pick.prediction, {}), rule_names(one.pick.decision.reasons))
            for one in items
        ]
        where = Where(terms.queue_id, terms.salt, terms.spread_by)
        found |= zip((one.item_id for one in items), order.places(where, coming), strict=True)
    return found


def _records(items: Sequence[Opened]) -> dict[int, Record]:
    """The records of what is opened, read where a pick does not bring its own."""
    known = {one.pick.prediction: one.pick.record for one in items if one.pick.record}
    absent = [one.pick.prediction for one in items if not one.pick.record]
    return known | (scores.records(absent) if absent else {})


def _slot_rows(
    opened: Sequence[Opened], places: Mapping[int, Place], now: datetime
) -> Iterator[tuple[Value, ...]]:
    """The last slot of an item that was drawn for a blind review is the blind one."""
    ids = iter(reserve_ids(Slot, sum(item.needed.reviews + item.has_gap for item in opened)))
    for item in opened:
        last = item.needed.reviews
        for seq in range(1, last + 1):
            is_blind = item.needed.blind_drawn and seq == last
            place = places.get(item.item_id, Place())
            slot_id = _next_of(ids, has_gap=item.has_gap and seq == 1)
            yield slot_id, item.item_id, item.terms.queue_id, seq, is_blind, *item.urgency(now), *place


def _event(project_id: int, kind: str, item_id: int, after: dict[str, object]) -> EventRow:
    return EventRow(
        project_id=project_id, kind=kind, by=SYSTEM, subject_kind="item", subject_id=item_id, after=after
    )
