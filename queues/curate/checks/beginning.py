"""The way of somebody new into a queue: training, then qualification, then real items.

Who has reviewed in the queue before it asked for checks is at work already. A way that was begun stays: what
a lead changes in the settings counts from the next answer on.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum, auto
from typing import Any

from django.db import transaction
from django.db.models import Count, F, Q
from django.db.models.functions import Now
from django.utils.translation import gettext as _

from accounts.actor import SYSTEM, Actor
from queues.assign import person_events
from queues.errors import Fault, Invalid, NotFound, WrongState
from queues.models import (
    DONE,
    ItemState,
    Purpose,
    Qualification,
    QualificationState,
    Queue,
    Review,
    ServedCheck,
    SlotState,
)
from queues.reasons import is_reason

REASON_CHARACTERS = 2_000
_ROUNDING = 1e-9  # 0.8 of 5 is 4, whatever the floats say


class Stage(Enum):
    """What a person is given next."""

    TRAINING = auto()
    QUALIFYING = auto()
    FAILED = auto()
    AT_WORK = auto()


@dataclass(frozen=True, slots=True)
class Standing:
    """Where somebody stands. answered of asked: of this stage; right: of those that were decided.

    held: checks that lie before them, not yet answered.
    """

    stage: Stage
    answered: int = 0
    asked: int = 0
    right: int = 0
    held: int = 0
    needed: float = 0.0

    @property
    def left(self) -> int:
        """How many are still to be given."""
        return max(0, self.asked - self.answered - self.held)


def standing_of(queue: Queue, person_id: int) -> Standing:
    """Where this person stands; two statements, and one for who is at work. Writes nothing."""
    way = Qualification.objects.filter(queue=queue.pk, person=person_id).first()
    if way is None and has_worked(queue.pk, person_id):
        return Standing(Stage.AT_WORK)
    return _standing(queue, person_id, way)


@transaction.atomic
def advance(queue: Queue, *, by: Actor) -> Standing:
    """The same before a claim; what is decided by the answers so far is stored, with an event."""
    person_id = by.as_person()
    way = Qualification.objects.filter(queue=queue.pk, person=person_id).first()
    if way is None:
        state = QualificationState.WORKED_BEFORE if has_worked(queue.pk, person_id) else "under_way"
        way, _made = Qualification.objects.get_or_create(
            queue_id=queue.pk, person_id=person_id, defaults={"state": state}
        )
    found = _standing(queue, person_id, way)
    if way.state != QualificationState.UNDER_WAY or found.stage in (Stage.TRAINING, Stage.QUALIFYING):
        return found
    state = QualificationState.FAILED if found.stage is Stage.FAILED else QualificationState.PASSED
    moved = Qualification.objects.filter(pk=way.pk, state=QualificationState.UNDER_WAY).update(
        state=state, right=found.right, n=found.answered, at=Now()
    )
    if moved:
        after = {"right": found.right, "n": found.answered}
        _record(queue, person_id, f"qualification.{state.value}", SYSTEM, after=after)
    return found


def has_worked(queue_id: int, person_id: int) -> bool:
    """Whether this person has reviewed real items here."""
    real = Review.objects.filter(person=person_id, slot__queue=queue_id).exclude(item__state=ItemState.CHECK)
    return real.exists()


def let_in(queue: Queue, *, person_id: int, by: Actor, reason: str) -> None:
    """A lead lets somebody work who has not passed, and says why."""
    _decide(queue, person_id, by, reason, QualificationState.LET_IN)


def ask_again(queue: Queue, *, person_id: int, by: Actor, reason: str) -> None:
    """A lead asks for the qualification anew: with checks that this person has not had."""
    if not queue.qualifying_checks:
        raise WrongState(_("This queue asks for no qualification. Set it in its settings first."))
    _decide(queue, person_id, by, reason, QualificationState.UNDER_WAY)


@transaction.atomic
def _decide(queue: Queue, person_id: int, by: Actor, reason: str, state: QualificationState) -> None:
    if not is_reason(reason, most=REASON_CHARACTERS):
        said = {"max": REASON_CHARACTERS}
        detail = _("Say why, in at most %(max)d characters. The person reads it.") % said
        raise Invalid(detail, [Fault("/reason", "qualification.reason", detail)])
    way, made = Qualification.objects.select_for_update().get_or_create(
        queue_id=queue.pk, person_id=person_id, defaults={"state": QualificationState.UNDER_WAY}
    )
    before = {} if made else {"state": way.state, "right": way.right, "n": way.n}
    again = {"since": Now(), "right": 0, "n": 0} if state == QualificationState.UNDER_WAY else {}
    Qualification.objects.filter(pk=way.pk).update(
        state=state, decided_by=by.as_person(), reason=reason.strip(), at=Now(), **again
    )
    kind = "qualification.let_in" if state == QualificationState.LET_IN else "qualification.asked_again"
    _record(queue, person_id, kind, by, before=before, reason=reason.strip())


def _standing(queue: Queue, person_id: int, way: Qualification | None) -> Standing:
    if way is not None and way.state in DONE:
        return Standing(Stage.AT_WORK)
    if way is not None and way.state == QualificationState.FAILED:
        return Standing(Stage.FAILED, way.n, way.n, way.right, needed=queue.qualifying_share)
    mine = ServedCheck.objects.filter(queue=queue.pk, person=person_id)
    of_way = Q(purpose=Purpose.QUALIFYING) & (Q(served_at__gte=way.since) if way else Q())
    lying = Q(answered_at=None, item__slots__state=SlotState.LEASED)
    training = Q(purpose=Purpose.TRAINING)
    n = mine.aggregate(
        trained=Count("pk", filter=training & Q(answered_at__isnull=False)),
        training=Count("pk", filter=training & lying),
        decided=Count("pk", filter=of_way & Q(right__isnull=False)),
        n_right=Count("pk", filter=of_way & Q(right=True)),
        qualifying=Count("pk", filter=of_way & lying),
    )
    is_trained = n["trained"] >= queue.training_checks
    is_asked_again = way is not None and way.decided_by_id is not None
    if not is_trained and not is_asked_again:
        return Standing(Stage.TRAINING, n["trained"], queue.training_checks, held=n["training"])
    asked, share = queue.qualifying_checks, queue.qualifying_share
    if n["decided"] < asked:
        return Standing(Stage.QUALIFYING, n["decided"], asked, n["n_right"], n["qualifying"], share)
    is_enough = n["n_right"] >= share * n["decided"] - _ROUNDING
    stage = Stage.AT_WORK if is_enough else Stage.FAILED
    return Standing(stage, n["decided"], asked, n["n_right"], needed=share)


def ways_of(queue_id: int) -> list[Qualification]:
    """Everybody's way into this queue who did not work there before, newest first."""
    ways = Qualification.objects.filter(queue=queue_id).exclude(state=QualificationState.WORKED_BEFORE)
    return list(ways.select_related("person", "decided_by").order_by(F("at").desc(), "-pk")[:500])


def person_of(queue: Queue, person_id: int) -> int:
    """The id of a person who is on the way into this queue; NotFound otherwise."""
    if not Qualification.objects.filter(queue=queue.pk, person=person_id).exists():
        raise NotFound(_("This person has not begun in this queue. Load the page again."))
    return person_id


def _record(
    queue: Queue,
    person_id: int,
    kind: str,
    by: Actor,
    *,
    after: Mapping[str, object] | None = None,
    **told: Any,
) -> None:
    said = {"queue": queue.pk, **(after or {})}
    person_events.record(queue.project_id, person_id, kind, by, after=said, **told)
