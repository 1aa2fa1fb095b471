"""Many items with the reviews that people gave to them, settled or disputed. Written by SQL."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from itertools import count
from typing import Any, NamedTuple
from uuid import uuid4

import orjson
from django.utils import timezone

from accounts.models import Person
from queues.agree import units
from queues.bulk import reserve_ids, write_rows
from queues.models import Item, Payload, Prediction, Queue, Review, Routing, Slot
from tests.factories.work import policy_of

_numbers = count(1)


class Given(NamedTuple):
    """What one person said of an item. seconds: from opening it to sending."""

    person: Person
    decision: str = "approve"
    answers: Mapping[str, Any] = {}
    corrected_text: str | None = None
    seconds: float = 30.0
    is_blind: bool = False
    reasons: Sequence[str] = ()


class Shared(NamedTuple):
    """One item whose reviewing is over. drawn: "overlap", "blind" or "" for none."""

    said: Sequence[Given]
    drawn: str = ""
    locale: str = ""
    segment: str = ""
    model_version: str = "prod-17"
    kinds: Sequence[str] = ("uncertain",)
    fingerprint: bytes | None = None
    state: str = "settled"
    output: str = "Refunds are instant."
    cohort: Mapping[str, object] | None = None


def shared(queue: Queue, items: Iterable[Shared], *, now: datetime | None = None) -> list[int]:
    """The items with predictions, slots and reviews, a minute apart, counted for agreement; their ids."""
    found, at = list(items), now or timezone.now()
    policy = policy_of(queue.project)
    predictions, ids = reserve_ids(Prediction, len(found)), reserve_ids(Item, len(found))
    rows = list(zip(ids, predictions, found, strict=True))
    write_rows(
        Prediction,
        (
            "id", "project_id", "environment", "prediction_id", "content_hash", "state", "model_version",
            "locale", "segment", "altered", "occurred_at", "received_at",
        ),
        (
            (
                prediction, queue.project_id, "production", f"shared-{next(_numbers)}", b"\0" * 32, "routed",
                one.model_version, one.locale, one.segment, False, at, at,
            )
            for _id, prediction, one in rows
        ),
    )  # fmt: skip
    write_rows(
        Payload,
        ("prediction_id", "record", "output_text"),
        ((prediction, _record(one), one.output) for _id, prediction, one in rows),
    )
    write_rows(
        Routing,
        ("prediction_id", "policy_id", "pi", "reasons"),
        ((prediction, policy.pk, 1.0, _reasons(one)) for _id, prediction, one in rows),
    )
    write_rows(
        Item,
        (
            "id", "queue_id", "prediction_id", "state", "priority", "due_at", "reviews_needed",
            "extra_reviews", "overlap_drawn", "blind_drawn", "settled_at", "reasons", "fingerprint",
        ),
        (
            (
                id_, queue.pk, prediction, one.state, 50, at, max(1, len(one.said)),
                1 if one.drawn else 0, one.drawn == "overlap", one.drawn == "blind",
                at if one.state == "settled" else None, _reasons(one), one.fingerprint,
            )
            for id_, prediction, one in rows
        ),
    )  # fmt: skip
    _write_reviews(queue, [(id_, one) for id_, _prediction, one in rows], at)
    units.recount(ids)
    return ids


def _write_reviews(queue: Queue, rows: Sequence[tuple[int, Shared]], at: datetime) -> None:
    given = [(place, id_, seq, said) for place, (id_, one) in enumerate(rows)
             for seq, said in enumerate(one.said, 1)]  # fmt: skip
    slots = reserve_ids(Slot, len(given))
    write_rows(
        Slot,
        ("id", "item_id", "queue_id", "seq", "state", "untouched", "is_blind", "priority", "due_at",
         "person_id", "leased_at"),
        (
            (slot, id_, queue.pk, seq, "done", False, said.is_blind, 50, at, said.person.pk,
             _minute(at, place) - timedelta(seconds=said.seconds))
            for slot, (place, id_, seq, said) in zip(slots, given, strict=True)
        ),
    )  # fmt: skip
    write_rows(
        Review,
        ("item_id", "slot_id", "person_id", "form_id", "lease_token", "decision", "reasons", "answers",
         "corrected_text", "note", "opened_at", "submitted_at"),
        (
            (
                id_, slot, said.person.pk, queue.form_id, str(uuid4()), said.decision,
                orjson.dumps(list(said.reasons)).decode(), orjson.dumps(dict(said.answers)).decode(),
                _corrected(said), "", _minute(at, place) - timedelta(seconds=said.seconds),
                _minute(at, place),
            )
            for slot, (place, id_, _seq, said) in zip(slots, given, strict=True)
        ),
    )  # fmt: skip


def _minute(at: datetime, place: int) -> datetime:
    return at + timedelta(minutes=place) - timedelta(days=30)


def _corrected(said: Given) -> str | None:
    return (said.corrected_text or "") if said.decision == "correct" else None


def _record(one: Shared) -> str:
    return orjson.dumps({"input": {"messages": []}, "subject": {"cohort": one.cohort}}).decode()


def _reasons(one: Shared) -> str:
    return orjson.dumps([{"rule": kind, "kind": kind} for kind in one.kinds]).decode()
