"""What a lead has settled, each with what became of it."""

from collections.abc import Sequence

from django.db.models import (
    Case,
    CharField,
    Exists,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    TextChoices,
    Value,
    When,
)
from django.utils.translation import gettext_lazy as _

from queues.ingest.queries import excerpt
from queues.models import Basis, ItemState, Verdict
from queues.newest import PAGE_SIZE, Page


class Fate(TextChoices):
    """What became of one verdict of a lead."""

    STANDS = "stands", _("holds")
    REOPENED = "reopened", _("reopened: waits for a lead")
    CONFIRMED = "confirmed", _("reopened, and settled the same")
    REPLACED = "replaced", _("reopened: another decision holds")
    WITHDRAWN = "withdrawn", _("item withdrawn")


_STANDING = Verdict.objects.filter(item=OuterRef("item"), withdrawn_at__isnull=True)
_SAME = _STANDING.filter(decision=OuterRef("decision"), answers=OuterRef("answers"))


def verdicts_of(
    person_id: int,
    project_ids: Sequence[int],
    *,
    queue_id: int | None = None,
    fate: str = "",
    before: int | None = None,
    size: int = PAGE_SIZE,
) -> Page[Verdict]:
    """The newest that this person gave as a lead; costs what is shown, unless queue or fate are seldom.
    Each has `fate`, `excerpt` of the output, and `now_decision`, None while nothing stands.
    """
    if not project_ids:
        return Page([], None, has_more_matches=False)
    rows = Verdict.objects.filter(
        decided_by=person_id, basis=Basis.ADJUDICATED, queue__project__in=list(project_ids)
    )
    if queue_id is not None:
        rows = rows.filter(queue=queue_id)
    if before is not None:
        rows = rows.filter(pk__lt=before)
    told = _told(rows)
    found = list(told.filter(Q(fate=fate) if fate else Q()).order_by("-pk")[: size + 1])
    has_more = len(found) > size
    return Page(found[:size], found[size - 1].pk if has_more else None, has_more_matches=has_more)


def _told(rows: QuerySet[Verdict]) -> QuerySet[Verdict]:
    return rows.select_related("item__queue__project", "item__prediction").annotate(
        excerpt=excerpt("item__prediction__"),
        now_decision=Subquery(_STANDING.values("decision")[:1]),
        fate=Case(
            When(item__state=ItemState.WITHDRAWN, then=Value(Fate.WITHDRAWN)),
            When(withdrawn_at__isnull=True, then=Value(Fate.STANDS)),
            When(~Q(item__state=ItemState.SETTLED), then=Value(Fate.REOPENED)),
            When(_is_same(), then=Value(Fate.CONFIRMED)),
            default=Value(Fate.REPLACED),
            output_field=CharField(),
        ),
    )


def _is_same() -> Q:
    """Of a correction the text may differ: it is told by the decision alone."""
    return Q(Exists(_SAME))
