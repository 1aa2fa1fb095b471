"""The overrides themselves, newest first: each with its item and what became of it."""

from collections.abc import Mapping
from typing import Any, NamedTuple

from django.db import connection
from django.db.models import Q

from queues.audit.overrides.counts import FATE, LATER
from queues.models import ItemState, Judgement
from queues.newest import Page, newest

_FATES = f"""
SELECT judgement.id, {FATE.format(judgement="judgement")}
FROM queues_judgement judgement {LATER.format(judgement="judgement")}
WHERE judgement.id = ANY(%s)
"""


# Of an item under review nothing is shown: whoever asks may be about to review it, blind.
TOLD = Q(item__state__in=[ItemState.DISPUTED, ItemState.SETTLED, ItemState.WITHDRAWN])


class Case(NamedTuple):
    """One override. fate: "upheld", "reversed", "open", or "taken_back" with the review that said it.

    Also with the verdict that said it, as long as no later verdict says what became of it.
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
    before: int | None = None,
) -> Page[Case]:
    """Overrides of one kind on items that are not under review; is_own: who asks is who judged.

    One's own are all told: they say nothing new to who said them.
    """
    rows = Judgement.objects.filter(project=project_id, kind=kind, overrides=True)
    if queue_id is not None:
        rows = rows.filter(queue=queue_id)
    if person_id is not None:
        rows = rows.filter(person=person_id)
    page = newest(
        rows.select_related("person", "before_person", "item__prediction", "queue", "review", "verdict"),
        None if is_own else TOLD,
        before=before,
    )
    fates = fates_of([one.pk for one in page.rows])
    cases = [Case(one, _fate(one, fates[one.pk])) for one in page.rows]
    return Page(cases, page.next_before, page.has_more_matches)


def fates_of(judgement_ids: list[int]) -> Mapping[int, Any]:
    """Judgement → what became of it."""
    with connection.cursor() as cursor:
        cursor.execute(_FATES, [judgement_ids])
        return dict(cursor.fetchall())


def _fate(judgement: Judgement, fate: str) -> str:
    if judgement.review is not None and judgement.review.withdrawn_at is not None:
        return "taken_back"
    is_reopened = judgement.verdict is not None and judgement.verdict.withdrawn_at is not None
    return "taken_back" if is_reopened and fate == "open" else fate
