"""Care for who reads harmful content: what is hidden at first, how much was seen today, when to pause.

No promise of protection: what no detector has found is not hidden.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils.translation import gettext as _

from accounts.actor import Actor
from accounts.compiled import Argument, Compiled
from queues.assign.policy import start_of_day
from queues.errors import Fault, Invalid
from queues.models import Decision, Flag, Item, Queue, Review, Severity, WorkProfile

SEVERE_FROM = Severity.HIGH
SAYS_IT_IS_SEEN = frozenset({Decision.APPROVE, Decision.CORRECT})  # to reject, nobody has to read it
LOOKED_AT = 1_000  # reviews of a day
CATEGORIES_SHOWN = 5


@dataclass(frozen=True, slots=True)
class Veil:
    """Severe content on the desk. categories: worst first, none where the review is blind.

    is_down: hidden until asked for. seen: severe items of this person today. suggests_break: as many as
    after which the queue suggests one, or a multiple.
    """

    categories: tuple[str, ...]
    is_down: bool
    seen: int
    suggests_break: bool


class Unseen(Invalid):
    """Somebody would find right what is hidden from them and they have not looked at."""


def severe() -> QuerySet[Flag]:
    """What detectors found that is hidden at first."""
    return Flag.objects.filter(flagged=True, severity__gte=SEVERE_FROM)


def is_severe(prediction: str) -> Exists:
    """Whether a detector found something severe; prediction: the path to its id, from the outer query."""
    return Exists(severe().filter(prediction=OuterRef(prediction)))


def shows_item_severe(item: Item) -> bool:
    """Whether something severe was found in what an item shows; one statement."""
    return severe().filter(prediction__in=[item.prediction_id, item.other_id]).exists()


def hides_from(by: Actor, *, project_id: int) -> bool:
    """Whether severe content is hidden from this person until asked for; one statement."""
    return not _shown_all(project_id, by.person_id).exists()


def _shown_all(project: int | OuterRef, person_id: int | Argument | None) -> QuerySet[WorkProfile]:
    """The profile of who has said that nothing is to be hidden from them."""
    return WorkProfile.objects.filter(project=project, person=person_id, veils=False)


def unseen() -> Unseen:
    """What is hidden cannot be found right by somebody who has not seen it."""
    detail = _(
        "A filter found severe content in this text, and it is still hidden. Show it before you approve or "
        "correct it; to reject, escalate or skip it you need not see it."
    )
    return Unseen(
        _("Nothing was submitted yet: see the marked places."),
        [Fault("/unveiled", "unveiled.missing", detail)],
    )


def veil_of(prediction_ids: list[int], *, queue: Queue, by: Actor, is_blind: bool) -> Veil | None:
    """None where no detector found anything severe: one statement; else two more."""
    found = severe().filter(prediction__in=prediction_ids)
    categories = list(
        dict.fromkeys(found.order_by("-severity", "id").values_list("category", flat=True)[:20])
    )
    if not categories:
        return None
    seen = seen_today(by)
    return Veil(
        categories=() if is_blind else tuple(categories[:CATEGORIES_SHOWN]),
        is_down=hides_from(by, project_id=queue.project_id),
        seen=seen,
        suggests_break=bool(queue.break_after and seen and seen % queue.break_after == 0),
    )


def veiled_for(person_id: int, prediction_ids: Iterable[int | None]) -> frozenset[int]:
    """Those of these predictions that a page hides from this person until asked for; one statement.

    In which a detector found something severe, in a project where the person has not said to be shown all.
    """
    ids = [id_ for id_ in prediction_ids if id_ is not None]
    found = _hidden_from(person_id).filter(prediction__in=ids) if ids else ()
    return frozenset(flag.prediction_id for flag in found)


def veiled_of(item: Item, *, person_id: int) -> frozenset[int]:
    """The same of the one or two predictions that an item shows."""
    found = _HIDDEN_OF_ITEM.all(person=person_id, one=item.prediction_id, other=item.other_id)
    return frozenset(flag.prediction_id for flag in found)


def _hidden_from(person_id: int | Argument) -> QuerySet[Flag]:
    """One flag of each prediction that is hidden from this person."""
    shown = _shown_all(OuterRef("prediction__project"), person_id)
    one_each = severe().filter(~Exists(shown)).order_by("prediction").distinct("prediction")
    return one_each.only("prediction")


_HIDDEN_OF_ITEM = Compiled(
    lambda: _hidden_from(Argument("person")).filter(
        Q(prediction=Argument("one")) | Q(prediction=Argument("other"))
    )
)


def seen_today(by: Actor) -> int:
    """How many severe items this person has reviewed since midnight, in all projects; at most LOOKED_AT."""
    mine = Review.objects.filter(person=by.person_id, submitted_at__gte=start_of_day())
    newest = mine.order_by("-pk").values_list("pk", flat=True)[:LOOKED_AT]
    return (
        Review.objects.filter(is_severe("item__prediction"), pk__in=list(newest))
        .values("item")
        .distinct()
        .count()
    )
