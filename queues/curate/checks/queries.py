"""Reads of hidden checks: those of a queue, what could become one, what was answered, what was told."""

from collections.abc import Sequence
from enum import StrEnum

from django.db.models import Count, Exists, OuterRef, Q, QuerySet
from django.db.models.functions import Coalesce

from queues.models import Check, Deviation, Purpose, ServedCheck, Verdict

CHECKS_SHOWN = 200
LOOK_AT = 300  # newest verdicts among which candidates are looked for
CANDIDATES_SHOWN = 12
TOLD_SHOWN = 30


def checks_of(queue_id: int) -> QuerySet[Check]:
    """The checks of a queue, newest first, with how often they were given and answered rightly."""
    return (
        Check.objects.filter(queue=queue_id)
        .select_related("source__prediction", "author", "golden__golden", "verdict", "queue")
        .annotate(
            given=Count("served"),
            right=Count("served", filter=Q(served__right=True)),
            judged=Count("served", filter=Q(served__right__isnull=False)),
        )
        .order_by("-pk")
    )


def in_use(queue_id: int, form_id: int | None) -> int:
    """How many checks could be given now."""
    return Check.objects.filter(
        queue=queue_id, form=form_id, retired_at=None, verdict__withdrawn_at=None
    ).count()


def candidates_of(queue_id: int, form_id: int | None) -> Sequence[Verdict]:
    """Settled items that could become checks, those with a golden answer first; one statement."""
    newest = (
        Verdict.objects.filter(queue=queue_id, withdrawn_at=None)
        .order_by("-pk")
        .values_list("pk", flat=True)[:LOOK_AT]
    )
    is_check = Check.objects.filter(source=OuterRef("item"), retired_at=None)
    golden = Deviation.objects.filter(prediction=OuterRef("item__prediction"), version__isnull=False)
    found = (
        Verdict.objects.filter(~Exists(is_check), pk__in=list(newest), item__state="settled")
        .annotate(has_golden=Exists(golden), under=Coalesce("form", "review__form"))
        .filter(under=form_id)
        .select_related("item__prediction__payload", "item__prediction")
    )
    return list(found.order_by("-has_golden", "-pk")[:CANDIDATES_SHOWN])


class Only(StrEnum):
    """Which answers, as the figures count them."""

    ALL = ""
    DECIDED = "decided"  # to hidden checks, right or wrong; questions to the lead are neither
    MISSED = "missed"  # to hidden checks, wrong


def results_of(
    project_id: int,
    *,
    queue_id: int | None = None,
    person_id: int | None = None,
    check_id: int | None = None,
    only: Only = Only.ALL,
) -> QuerySet[ServedCheck]:
    """What was given to whom and how it was answered, to be read page by page, newest first."""
    rows = ServedCheck.objects.filter(queue__project=project_id)
    asked = {"queue": queue_id, "person": person_id, "check_given": check_id}
    rows = rows.filter(**{name: value for name, value in asked.items() if value is not None})
    if only:
        rows = rows.filter(purpose=Purpose.HIDDEN, right__isnull=False)
    if only == Only.MISSED:
        rows = rows.filter(right=False)
    return rows.select_related(
        "person", "queue", "review", "check_given__source__prediction", "check_given__form"
    )


def told_to(project_id: int, person_id: int) -> Sequence[ServedCheck]:
    """What this person was told afterwards, newest first."""
    rows = ServedCheck.objects.filter(queue__project=project_id, person=person_id, seen_at__isnull=False)
    return list(_with_texts(rows).order_by("-pk")[:TOLD_SHOWN])


def told_after(review_id: int, person_id: int) -> ServedCheck | None:
    """The check that this review of one's own answered, if its author was told of it; one statement."""
    rows = ServedCheck.objects.filter(review=review_id, person=person_id, seen_at__isnull=False)
    return _with_texts(rows).first()


def _with_texts(rows: QuerySet[ServedCheck]) -> QuerySet[ServedCheck]:
    return rows.select_related(
        "queue",
        "review",
        "check_given__form",
        "check_given__golden__golden",
        "check_given__source__prediction__payload",
    )
