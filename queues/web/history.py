"""My decisions, with undo where it is still allowed."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Value
from django.db.models.functions import Coalesce, Left, NullIf
from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from accounts.actor import Actor
from accounts.gate import ProjectRequest, needs
from accounts.roles import Permission
from queues.errors import ReviewappError
from queues.models import Review
from queues.newest import PAGE_SIZE, Page, newest
from queues.review.actions import check_can_undo
from queues.web.paging import number, pager

EXCERPT = 140  # characters of what I wrote, else of what I decided on


@dataclass(frozen=True, slots=True)
class MyDecision:
    """One of my reviews, and whether I may still take it back."""

    review: Review
    can_undo: bool


@needs(Permission.REVIEW)
@require_safe
def history(request: ProjectRequest) -> HttpResponse:
    """All my decisions in this project, newest first."""
    page = last_decisions(request.actor, [request.project.pk], before=number(request, "before"))
    context = {"decisions": page.rows, "pager": pager(request, page)}
    return render(request, "history/page.html", context)


def last_decisions(
    by: Actor, project_ids: Sequence[int], *, before: int | None = None, size: int = PAGE_SIZE
) -> Page[Any]:
    """My newest reviews in these projects, withdrawn ones included; one statement."""
    rows = Review.objects.filter(person=by.person_id, item__queue__project__in=project_ids)
    rows = rows.select_related("item__queue__project", "item__prediction").defer("corrected_text", "note")
    said = Coalesce("corrected_text", NullIf("note", Value("")), "item__prediction__payload__output_text")
    rows = rows.annotate(excerpt=Left(said, EXCERPT))
    page = newest(rows, before=before, size=size)
    decisions = [MyDecision(review, _can(check_can_undo, review, by)) for review in page.rows]
    return Page(decisions, page.next_before, page.has_more_matches)


def _can(check: Callable[..., None], review: Review, by: Actor) -> bool:
    """Whether the button is worth showing; the check itself is asked again when it is pressed."""
    if review.withdrawn_at is not None:
        return False
    try:
        check(review, review.item, by)
    except ReviewappError:
        return False
    return True
