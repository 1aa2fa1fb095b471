"""The overrides themselves, newest first: each with its item and what became of it."""

from collections.abc import Mapping
from typing import Any, NamedTuple, cast

from django.db import connection
from django.db.models import CharField, Exists, OuterRef, Q, Value, When, expressions
from django.db.models.expressions import Combinable, RawSQL

from queues.audit.my_reviews import CHECK_LIKE_SETTLED
from queues.audit.overrides.counts import FATE, LATER, TOLD_STATES
from queues.models import Judgement, Review
from queues.newest import PAGE_SIZE, Page, newest
from queues.review import taking_back

# "taken_back" with the review that said it; with the verdict that said it, as long as no later one judges.
_TOLD = f"""
CASE WHEN review.withdrawn_at IS NOT NULL THEN 'taken_back'
  WHEN own.withdrawn_at IS NOT NULL AND verdict.basis IS DISTINCT FROM 'adjudicated' THEN 'taken_back'
  ELSE {FATE} END
"""
_FATES = f"""
SELECT judgement.id, {_TOLD.format(judgement="judgement")}
FROM queues_judgement judgement {LATER.format(judgement="judgement")}
WHERE judgement.id = ANY(%s)
"""
_FATE_OF_ROW = f"""(
SELECT {_TOLD.format(judgement="found")}
FROM queues_judgement found {LATER.format(judgement="found")}
WHERE found.id = queues_judgement.id)
"""

FATES = ("upheld", "reversed", "holds", "replaced", "open", "withdrawn", "taken_back")
TOLD = Q(item__state__in=TOLD_STATES)


class Case(NamedTuple):
    """One override. fate: one of FATES, what became of it.

    "upheld" and "reversed": a lead's verdict or a golden answer judged again. "holds" and "replaced": nobody
    judged again, and what stands on the item says the same or not. "open": nothing stands on it.
    """

    judgement: Judgement
    fate: str


def cases_of(
    project_id: int,
    *,
    kind: str,
    queue_id: int | None = None,
    person_id: int | None = None,
    is_own: bool = False,
    became: str = "",
    flagged_by: tuple[str, str] | None = None,
    before: int | None = None,
    size: int = PAGE_SIZE,
) -> Page[Case]:
    """Overrides of one kind on items that are not under review; is_own: who asks is who judged.

    One's own are all told: they say nothing new to who said them. became: only those with this fate.
    flagged_by: only of this filter and this category of it.
    """
    rows = Judgement.objects.filter(project=project_id, kind=kind, overrides=True)
    if queue_id is not None:
        rows = rows.filter(queue=queue_id)
    if person_id is not None:
        rows = rows.filter(person=person_id)
    rows = rows.select_related("person", "before_person", "item__prediction", "queue", "review", "verdict")
    tests = Q(fate=became) if became else Q()
    tests &= Q() if is_own else TOLD
    if flagged_by is not None:
        tests &= Q(component=flagged_by[0], category=flagged_by[1])
    page = newest(rows.annotate(fate=_fate(is_own=is_own)), tests or None, before=before, size=size)
    # The annotation is on each row, and no field of the model.
    cases = [Case(one, cast("Any", one).fate) for one in page.rows]
    return Page(cases, page.next_before, page.has_more_matches)


def fates_of(judgement_ids: list[int]) -> Mapping[int, str]:
    """Judgement → what became of it, one of FATES."""
    with connection.cursor() as cursor:
        cursor.execute(_FATES, [judgement_ids])
        return dict(cursor.fetchall())


def _fate(*, is_own: bool) -> Combinable:
    """What became of each; to who judged, nothing yet while they may still decide anew, blind."""
    fate = RawSQL(_FATE_OF_ROW, (), output_field=CharField())  # noqa: S611 - constant parts only
    if not is_own:
        return fate
    fresh = Review.objects.filter(
        submitted_at__gt=taking_back.blind_since(), item=OuterRef("item"), person=OuterRef("person")
    )
    return expressions.Case(
        When(review__withdrawn_at__isnull=False, then=Value("taken_back")),
        When(taking_back.blind() & Q(Exists(fresh)), then=Value("open")),
        When(CHECK_LIKE_SETTLED, then=Value("holds")),  # as on the page of one's decisions
        default=fate,
        output_field=CharField(),
    )
