"""A person's own reviews, found by filter and words, each with what became of it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db.models import (
    Case,
    CharField,
    Exists,
    F,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    TextChoices,
    Value,
    When,
)
from django.db.models.expressions import Combinable
from django.utils.translation import gettext_lazy as _

from queues.models import Basis, Decision, ItemState, Review, Verdict, told_withdrawn
from queues.newest import PAGE_SIZE, Page, newest
from queues.review import taking_back


class Became(TextChoices):
    """What became of one review."""

    TAKEN_BACK = "taken_back", _("taken back")
    WITHDRAWN = "withdrawn", _("item withdrawn")
    STANDS = "stands", _("settled: your decision holds")
    OVERRIDDEN = "overridden", _("settled: another decision holds")
    ANSWERED = "answered", _("settled by the lead you asked")
    REOPENED = "reopened", _("reopened: a lead settles it again")
    ASKED = "asked", _("waits for the lead you asked")
    DISPUTED = "disputed", _("in dispute: a lead settles it")
    WAITING = "waiting", _("waits for other reviews")


_STANDING = Verdict.objects.filter(item=OuterRef("item"), withdrawn_at__isnull=True)
_FALLEN = Verdict.objects.filter(item=OuterRef("item"), withdrawn_at__isnull=False)
_IS_QUESTION = Q(decision=Decision.ESCALATE)
# Of two outputs that were compared, the answers say which is better.
_HOLDS = Q(verdict_decision=F("decision")) & (Q(item__other__isnull=True) | Q(verdict_answers=F("answers")))
# A check has no verdict: it is told like any other item of its queue, once its neighbour is settled.
_IS_CHECK = Q(item__state=ItemState.CHECK)
# A question about one that a lead has replied to: told as if the lead had settled it so.
_IS_REPLIED = _IS_CHECK & _IS_QUESTION & Q(item__served_check__reply__isnull=False)
CHECK_LIKE_SETTLED = _IS_CHECK & (
    Q(item__reviews_needed=1)
    | Q(item__served_check__beside__state__in=[ItemState.SETTLED, ItemState.WITHDRAWN])
)


def _is_veiled() -> Q:
    """While one may still decide anew (see `taking_back`): also of a decision that was taken back before."""
    fresh = Q(submitted_at__gt=taking_back.blind_since())
    again = Review.objects.filter(fresh, item=OuterRef("item"), person=OuterRef("person"))
    return taking_back.blind() & (fresh | Q(Exists(again)))


def _became() -> Case:
    """In this order: the first that is true is told."""
    return Case(
        When(withdrawn_at__isnull=False, then=Value(Became.TAKEN_BACK)),
        When(told_withdrawn("item__"), then=Value(Became.WITHDRAWN)),
        When(_IS_REPLIED, then=Value(Became.ANSWERED)),
        When(_IS_CHECK & _IS_QUESTION, then=Value(Became.ASKED)),
        When(~_IS_QUESTION & _is_veiled(), then=Value(Became.WAITING)),
        When(CHECK_LIKE_SETTLED, then=Value(Became.STANDS)),
        When(_IS_QUESTION, item__state=ItemState.SETTLED, then=Value(Became.ANSWERED)),
        When(_HOLDS, item__state=ItemState.SETTLED, then=Value(Became.STANDS)),
        When(item__state=ItemState.SETTLED, then=Value(Became.OVERRIDDEN)),
        When(Exists(_FALLEN), item__state=ItemState.DISPUTED, then=Value(Became.REOPENED)),
        When(_IS_QUESTION, item__state=ItemState.DISPUTED, then=Value(Became.ASKED)),
        When(item__state=ItemState.DISPUTED, then=Value(Became.DISPUTED)),
        default=Value(Became.WAITING),
        output_field=CharField(),
    )


@dataclass(frozen=True, slots=True)
class Wanted:
    """What the reviews are narrowed to; an empty field asks nothing.

    words: in what the person wrote, or in the id of the prediction. prediction_ids: or else on one of these,
    such as those whose texts hold the words. since, until: submitted in [since, until).
    """

    queue_id: int | None = None
    decision: str = ""
    became: str = ""
    words: str = ""
    prediction_ids: Sequence[int] = ()
    since: datetime | None = None
    until: datetime | None = None

    @property
    def tests(self) -> Q | None:
        """What each row has to pass; None when every row does."""
        tests = Q()
        if self.queue_id is not None:
            tests &= Q(item__queue=self.queue_id)
        if self.decision:
            tests &= Q(decision=self.decision)
        if self.became:
            tests &= Q(became=self.became)
        if self.words:
            tests &= self._said()
        if self.since is not None:
            tests &= Q(submitted_at__gte=self.since)
        if self.until is not None:
            tests &= Q(submitted_at__lt=self.until)
        return tests or None

    def _said(self) -> Q:
        written = Q(note__icontains=self.words) | Q(corrected_text__icontains=self.words)
        named = Q(item__prediction__prediction_id__icontains=self.words)
        return written | named | Q(item__prediction__in=list(self.prediction_ids))


NOTHING = Wanted()


def reviews_of(
    person_id: int,
    project_ids: Sequence[int],
    wanted: Wanted = NOTHING,
    *,
    excerpt: Combinable,
    before: int | None = None,
    size: int = PAGE_SIZE,
) -> Page[Review]:
    """The person's newest reviews in these projects, withdrawn ones included; one bounded walk.

    excerpt: of what they said, noted on each instead of its texts, which may be long. Each has `became`;
    `verdict_decision`, `verdict_answers` and `verdict_basis` are None while its item is not settled;
    `is_veiled`: they are not to be told yet.
    """
    rows = Review.objects.filter(person=person_id, item__queue__project__in=project_ids)
    told = _told(rows).defer("corrected_text", "note").annotate(excerpt=excerpt)
    return newest(told, wanted.tests, before=before, size=size)


def _told(rows: QuerySet[Review]) -> QuerySet[Review]:
    return rows.select_related(
        "item__queue__project",
        "item__prediction",
        "item__served_check__beside",
        "item__served_check__review",
    ).annotate(
        verdict_decision=Case(
            When(_IS_REPLIED, then=F("item__served_check__check_given__decision")),
            default=Subquery(_STANDING.values("decision")[:1]),
        ),
        verdict_answers=Subquery(_STANDING.values("answers")[:1]),
        verdict_basis=Case(
            When(_IS_REPLIED, then=Value(Basis.ADJUDICATED)),
            default=Subquery(_STANDING.values("basis")[:1]),
            output_field=CharField(),
        ),
        became=_became(),
        is_veiled=Case(When(_is_veiled(), then=Value(value=True)), default=Value(value=False)),
    )
