"""Nearly the same: what waits untouched is counted on an older item of its queue, once both have vectors.

A pair is near when question and answer both are, by the cosine of their vectors, and no number and no "not"
tells them apart. The newer is always counted on the older, whichever of the two got its vectors last; and
never where a reviewer, a claim or another writer is at it: what is locked or touched is left alone.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NamedTuple

from django.db import transaction

from accounts import events
from accounts.actor import SYSTEM
from accounts.events import EventRow
from queues.bulk import write_rows
from queues.models import Attachment, Part
from queues.route import near_rows, queries
from queues.route.near_rows import Waiting
from queues.score import queries as scores
from queues.score import similar, vectors
from queues.score.answers import answers
from queues.score.own_encoder import own_encoder
from queues.score.prompt_text import whole_question
from queues.score.similar import OpenIn
from queues.score.veto import Mark, mark_of

AT_LEAST = 0.95  # cosine, of the questions and of the answers
_NEAREST = 20  # waiting items that one is compared with, by their answers
_DIGITS = 3  # of a cosine of what is kept as half floats

Pairs = Mapping[frozenset[int], float]
"""Two predictions → the smaller of the cosines of their questions and of their answers."""


class Near(NamedTuple):
    """An item that may be counted on an older one."""

    newer: Waiting
    older: Waiting
    similarity: float


@transaction.atomic
def attach(prediction_ids: Sequence[int]) -> int:
    """These predictions have vectors now: count what is nearly the same once; how many items are gone.

    Nothing is dropped: each leaves an attachment with its likeness, and two events.
    """
    attached = []
    for (project_id, queue_id), ids in _by_queue(near_rows.waiting(prediction_ids)).items():
        policy = queries.active_policy(project_id)
        if policy is not None and policy.document.attaches:
            gone = _chosen(_candidates(queue_id, _pairs(project_id, queue_id, ids)))
            _store(project_id, gone)
            attached += gone
    return len(attached)


def _by_queue(there: Iterable[Waiting]) -> dict[tuple[int, int], list[int]]:
    found: dict[tuple[int, int], list[int]] = defaultdict(list)
    for one in sorted(there, key=lambda one: one.item_id):
        found[one.project_id, one.queue_id].append(one.prediction_id)
    return found


def _pairs(project_id: int, queue_id: int, prediction_ids: Sequence[int]) -> Pairs:
    answered = similar.nearest_of_each(
        project_id, prediction_ids, Part.OUTPUT, among=OpenIn(queue_id), limit=_NEAREST
    )
    near = {
        frozenset({id_, one.prediction_id}): one.cosine
        for id_, found in answered.items()
        for one in found
        if round(one.cosine, _DIGITS) >= AT_LEAST
    }
    encoder = own_encoder()
    space = vectors.space_of(project_id, encoder, Part.INPUT) if encoder and near else None
    asked = vectors.vectors_of(space, sorted(frozenset().union(*near))) if space else {}
    both = {
        pair: min(cosine, vectors.cosine(*(asked[id_] for id_ in pair)))
        for pair, cosine in near.items()
        if pair <= asked.keys()
    }
    return {pair: cosine for pair, cosine in both.items() if round(cosine, _DIGITS) >= AT_LEAST}


def _candidates(queue_id: int, pairs: Pairs) -> list[Near]:
    """Which may be counted on which, by what is known without a lock."""
    if not pairs:
        return []
    ids = sorted(frozenset().union(*pairs))
    there = {one.prediction_id: one for one in near_rows.waiting(ids) if one.queue_id == queue_id}
    countable = near_rows.may_be_counted(ids)
    marks = {id_: mark for id_, record in scores.records(ids).items() if (mark := _marks(record))}
    found = []
    for pair, similarity in pairs.items():
        if pair <= there.keys() & marks.keys() and len({marks[id_] for id_ in pair}) == 1:
            older, newer = sorted((there[id_] for id_ in pair), key=lambda one: one.item_id)
            if newer.prediction_id in countable and _asks_as_much(older, newer):
                found.append(Near(newer, older, min(1.0, similarity)))
    return found


def _asks_as_much(older: Waiting, newer: Waiting) -> bool:
    """Nobody waits longer, and no review is lost; a comparison says more than its own output."""
    return (
        not (older.is_pair or newer.is_pair)
        and older.priority >= newer.priority
        and older.reviews_needed >= newer.reviews_needed
    )


def _marks(record: Mapping[str, Any]) -> tuple[Mark, Mark] | None:
    """Of question and answer; None of a conversation, whose vector is of its last turn only."""
    asked = whole_question(record) if record.get("output") else None
    return (mark_of(asked), mark_of(answers(record)[0])) if asked is not None else None


def _chosen(candidates: Sequence[Near]) -> list[Near]:
    """The nearest older item of each that can be locked; older ones first, so that no two vanish."""
    there = near_rows.lock_predictions(sorted({one.newer.prediction_id for one in candidates}))
    candidates = [one for one in candidates if one.newer.prediction_id in there]
    free = near_rows.lock_untouched(sorted({one.newer.item_id for one in candidates}))
    stay = near_rows.lock_waiting(sorted({one.older.item_id for one in candidates}))
    gone: dict[int, Near] = {}
    for one in sorted(candidates, key=lambda one: (one.newer.item_id, -one.similarity, one.older.item_id)):
        id_, older = one.newer.item_id, one.older.item_id
        if id_ in free and id_ not in gone and older in stay and older not in gone:
            gone[id_] = one
    return list(gone.values())


def _store(project_id: int, gone: Sequence[Near]) -> None:
    if not gone:
        return
    near_rows.withdraw([one.newer.item_id for one in gone])
    write_rows(
        Attachment,
        ("prediction_id", "item_id", "similarity"),
        ((one.newer.prediction_id, one.older.item_id, one.similarity) for one in gone),
    )
    events.record_many([event for one in gone for event in _events(project_id, one)])


def _events(project_id: int, one: Near) -> list[EventRow]:
    told = {"prediction": one.newer.prediction_id, "similarity": round(one.similarity, _DIGITS)}
    return [
        _event(project_id, "item.attached", one.older.item_id, {**told, "instead_of": one.newer.item_id}),
        _event(project_id, "item.withdrawn", one.newer.item_id, {**told, "counted_on": one.older.item_id}),
    ]


def _event(project_id: int, kind: str, item_id: int, after: dict[str, object]) -> EventRow:
    return EventRow(
        project_id=project_id, kind=kind, by=SYSTEM, subject_kind="item", subject_id=item_id, after=after
    )
