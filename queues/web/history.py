"""My decisions: searched and narrowed, with what became of each, and undo where it is still allowed."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any, cast

from django import forms
from django.db.models import Value
from django.db.models.functions import Coalesce, Left, NullIf
from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from accounts.actor import Actor
from accounts.gate import ProjectRequest, needs
from accounts.models import Project
from accounts.roles import Permission
from queues.audit import my_reviews
from queues.audit.my_reviews import NOTHING, Became, Wanted
from queues.errors import ReviewappError
from queues.ingest import documents
from queues.models import Basis, Decision, ItemState, Queue, Review
from queues.newest import LOOK_AT, PAGE_SIZE, Page
from queues.review import care
from queues.review.undoing import check_can_undo
from queues.web.my_verdicts import MyVerdict, settled_by
from queues.web.paging import number, pager

SETTLED_SHOWN = 5
EXCERPT = 140  # characters of what I wrote, else of what I decided on


class HistoryFilter(forms.Form):
    """What my decisions are narrowed to."""

    words = forms.CharField(max_length=200, required=False, label=_("Words"))
    queue = forms.ModelChoiceField(
        Queue.objects.none(), to_field_name="slug", required=False, label=_("Queue"), empty_label=_("any")
    )
    decision = forms.ChoiceField(
        choices=[("", _("any")), *Decision.choices], required=False, label=_("Decision")
    )
    became = forms.ChoiceField(
        choices=[("", _("anything")), *Became.choices], required=False, label=_("What became of it")
    )
    since = forms.DateField(required=False, label=_("From"), widget=forms.DateInput({"type": "date"}))
    until = forms.DateField(required=False, label=_("To"), widget=forms.DateInput({"type": "date"}))

    def __init__(self, project: Project, *args: Any) -> None:
        super().__init__(*args)
        self.project = project
        queues = Queue.objects.filter(project=project).order_by("name")
        cast("forms.ModelChoiceField[Queue]", self.fields["queue"]).queryset = queues

    def wanted(self) -> Wanted:
        """What was asked for; a field that is wrong asks nothing and says so beside it."""
        self.is_valid()
        clean = self.cleaned_data
        words = clean.get("words", "")
        found = documents.matching(self.project.pk, words, before=None, at_most=LOOK_AT) if words else None
        return Wanted(
            queue_id=clean["queue"].pk if clean.get("queue") else None,
            decision=clean.get("decision", ""),
            became=clean.get("became", ""),
            words=words,
            prediction_ids=found.ids if found else (),
            since=_midnight(clean.get("since")),
            until=_midnight(clean.get("until"), days=1),
        )


@dataclass(frozen=True, slots=True)
class MyDecision:
    """One of my reviews, what became of it, and whether I may still take it back.

    verdict: what holds for its item, in words; basis: how that came about; both "" while nothing does.
    """

    review: Review
    can_undo: bool
    became: Became
    verdict: str | Promise
    basis: str | Promise


@needs(Permission.REVIEW)
@require_safe
def history(request: ProjectRequest) -> HttpResponse:
    """All my decisions in this project, newest first."""
    asked = HistoryFilter(request.project, request.GET)
    wanted = asked.wanted()
    page = last_decisions(request.actor, [request.project.pk], wanted, before=number(request, "before"))
    settled = _settled(request) if wanted == NOTHING and "before" not in request.GET else []
    items = [one.review.item for one in page.rows] + [one.verdict.item for one in settled]
    context = {
        "decisions": page.rows,
        "veiled": care.veiled_for(request.user.pk, [item.prediction_id for item in items]),
        "pager": pager(request, page),
        "filter": asked,
        "is_narrowed": wanted != NOTHING,
        "settled": settled,
    }
    return render(request, "history/page.html", context)


def _settled(request: ProjectRequest) -> list[MyVerdict]:
    """The newest that I settled as a lead; they have a page of their own."""
    if Permission.SETTLE not in request.permissions:
        return []
    return list(settled_by(request.actor, [request.project.pk], size=SETTLED_SHOWN).rows)


def last_decisions(
    by: Actor,
    project_ids: Sequence[int],
    wanted: Wanted = NOTHING,
    *,
    before: int | None = None,
    size: int = PAGE_SIZE,
) -> Page[MyDecision]:
    """My newest reviews in these projects, withdrawn ones included; one statement."""
    page = my_reviews.reviews_of(by.as_person(), project_ids, wanted, before=before, size=size, excerpt=_SAID)
    decisions = [_decision(review, by) for review in page.rows]
    return Page(decisions, page.next_before, page.has_more_matches)


_SAID = Left(
    Coalesce("corrected_text", NullIf("note", Value("")), "item__prediction__payload__output_text"), EXCERPT
)


def _decision(review: Review, by: Actor) -> MyDecision:
    told: Any = review  # with what `reviews_of` has noted on it
    # What a lead has settled is not taken back.
    is_free = told.is_veiled or told.verdict_basis != Basis.ADJUDICATED
    can_undo, became = is_free and _can(check_can_undo, review, by), Became(told.became)
    if told.is_veiled or told.verdict_decision is None:
        return MyDecision(review, can_undo, became, "", "" if told.is_veiled else _basis_of_none(review))
    is_compared = told.verdict_decision == Decision.APPROVE and review.item.other_id is not None
    verdict = gettext("Compared") if is_compared else Decision(told.verdict_decision).label
    return MyDecision(review, can_undo, became, verdict, Basis(told.verdict_basis).label)


def _basis_of_none(review: Review) -> str | Promise:
    """How a check came to be settled without a verdict: the usual way of its queue."""
    item = review.item
    if item.state != ItemState.CHECK or item.told_state != ItemState.SETTLED:
        return ""
    if item.served_check.reply_id is not None:
        return Basis.ADJUDICATED.label
    return Basis.SINGLE.label if item.reviews_needed == 1 else Basis.AGREED.label


def _midnight(day: date | None, *, days: int = 0) -> datetime | None:
    """The beginning of a day in the reader's time zone, or of one so many days later."""
    if day is None or day > date.max - timedelta(days=1):
        return None
    return timezone.make_aware(datetime.combine(day + timedelta(days=days), time.min))


def _can(check: Callable[..., None], review: Review, by: Actor) -> bool:
    """Whether the button is worth showing; the check itself is asked again when it is pressed."""
    if review.withdrawn_at is not None:
        return False
    try:
        check(review, review.item, by)
    except ReviewappError:
        return False
    return True
