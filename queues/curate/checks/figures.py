"""How often people were right in hidden checks, with n and interval, and with whom a talk is worth while."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count, Q

from queues.models import Purpose, ServedCheck
from queues.statistics.multiple import benjamini_hochberg
from queues.statistics.proportions import Proportion, difference, proportion

LEAST = 10  # checks decided; below that nobody is compared with anybody
SIGNIFICANT = 0.05  # share of false findings among those named


@dataclass(frozen=True, slots=True)
class Accuracy:
    """How often one person was right. given: all that they were given; right of n: those they decided.

    Those not yet answered, and questions to the lead, are in neither. q: of "as often right as all others
    together", adjusted for the number of people; None below LEAST, or where there are no others.
    """

    person_id: int
    given: int
    right: int
    n: int
    q: float | None = None
    is_below: bool = False

    @property
    def share(self) -> Proportion | None:
        """With Wilson's interval; None when nothing was decided yet."""
        return proportion(self.right, self.n)

    @property
    def is_worth_a_talk(self) -> bool:
        """Less often right than the others by more than chance explains: a question, not a verdict."""
        return self.is_below and self.q is not None and self.q <= SIGNIFICANT


def accuracy_of(
    project_id: int,
    *,
    queue_id: int | None = None,
    person_id: int | None = None,
    before: datetime | None = None,
) -> list[Accuracy]:
    """By person, over hidden checks only: training teaches, and qualification is judged by itself."""
    rows = ServedCheck.objects.filter(queue__project=project_id, purpose=Purpose.HIDDEN)
    asked = {"queue": queue_id, "person": person_id, "answered_at__lt": before}
    rows = rows.filter(**{name: value for name, value in asked.items() if value is not None})
    counted = rows.values_list("person_id").annotate(
        given=Count("pk"),
        n_right=Count("pk", filter=Q(right=True)),
        n=Count("pk", filter=Q(right__isnull=False)),
    )
    return compared([Accuracy(*row) for row in counted.order_by("person_id")])


def below(project_id: int, bound: float) -> list[int]:
    """Who was right less often than `bound` (0..1) in hidden checks, by the lower end of the interval.

    People with fewer than LEAST checks decided are not judged.
    """
    judged = [one for one in accuracy_of(project_id) if one.n >= LEAST]
    return [one.person_id for one in judged if one.share is not None and one.share.low < bound]


def own_by_queue(project_id: int, person_id: int, *, before: datetime) -> Sequence[tuple[str, Accuracy]]:
    """One's own, by queue; only what was answered `before`, so that no figure tells of a single item."""
    rows = ServedCheck.objects.filter(
        queue__project=project_id, person=person_id, purpose=Purpose.HIDDEN, answered_at__lt=before
    )
    counted = rows.values_list("queue__name").annotate(
        given=Count("pk"),
        n_right=Count("pk", filter=Q(right=True)),
        n=Count("pk", filter=Q(right__isnull=False)),
    )
    found = [(name, Accuracy(person_id, given, right, n)) for name, given, right, n in counted]
    return sorted(found, key=lambda pair: pair[0])


def missed_in(queue_id: int) -> dict[int, tuple[int, int]]:
    """Person → (wrong, decided) of the hidden checks of a queue."""
    rows = ServedCheck.objects.filter(queue=queue_id, purpose=Purpose.HIDDEN, right__isnull=False)
    counted = rows.values_list("person_id").annotate(wrong=Count("pk", filter=Q(right=False)), n=Count("pk"))
    return {person_id: (wrong, n) for person_id, wrong, n in counted}


def compared(people: Iterable[Accuracy]) -> list[Accuracy]:
    """The same people, each held against all others together: Fisher's exact test, Benjamini-Hochberg."""
    every = list(people)
    right, n = sum(one.right for one in every), sum(one.n for one in every)
    apart = {
        one.person_id: difference(one.right, one.n, right - one.right, n - one.n)
        for one in every
        if one.n >= LEAST
    }
    tested = {person_id: found for person_id, found in apart.items() if found is not None}
    q = benjamini_hochberg([found.p for found in tested.values()])
    adjusted = dict(zip(tested, map(float, q), strict=True))
    return [
        Accuracy(
            one.person_id,
            one.given,
            one.right,
            one.n,
            q=adjusted.get(one.person_id),
            is_below=one.person_id in tested and tested[one.person_id].difference < 0,
        )
        for one in every
    ]
