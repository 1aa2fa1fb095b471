"""The items of one queue, by state."""

from typing import Any, cast

from django import forms
from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from accounts.gate import ProjectRequest, needs
from accounts.models import Membership, Project
from accounts.roles import Permission
from queues.assign import items as assigned
from queues.assign.bulk import asking as bulk
from queues.assign.items import After, Narrowing
from queues.errors import ReviewappError
from queues.ingest import documents
from queues.models import UNFINISHED, Decision, ItemState, Queue
from queues.newest import LOOK_AT
from queues.review import care
from queues.web.paging import address
from queues.web.parameters import choice, takes, wrong
from queues.web.queue_of import queue_of
from queues.web.sentences import rule_names

CHANGES_SHOWN = 5
_LISTED = [state for state in ItemState if state != ItemState.CHECK]  # checks have a page of their own


class ItemFilter(forms.Form):
    """What the list is narrowed to; the state is a tab."""

    text = forms.CharField(max_length=200, required=False, label=_("Words"))
    reason = forms.CharField(
        max_length=60, required=False, label=_("Reason"), widget=forms.TextInput({"list": "rule-names"})
    )
    who = forms.ChoiceField(required=False, label=_("Who"))
    late = forms.BooleanField(required=False, label=_("Only what is overdue"))
    decision = forms.ChoiceField(
        choices=[("", _("any")), *(choice for choice in Decision.choices if choice[0] != "escalate")],
        required=False,
        label=_("Verdict"),
    )

    def __init__(self, project: Project, *args: Any) -> None:
        super().__init__(*args)
        self.project = project
        people = Membership.objects.filter(project=project).order_by("person__name")
        names = [(str(id_), name) for id_, name in people.values_list("person_id", "person__name")]
        cast(forms.ChoiceField, self.fields["who"]).choices = [("", _("anybody")), *names]

    def narrowing(self) -> Narrowing:
        """What was asked for; a field that is wrong asks nothing and says so beside it."""
        self.is_valid()
        clean = self.cleaned_data
        text = clean.get("text", "")
        matches = documents.matching(self.project.pk, text, before=None, at_most=LOOK_AT) if text else None
        return Narrowing(
            reason=clean.get("reason", ""),
            decision=clean.get("decision", ""),
            late=clean.get("late", False),
            person_id=int(clean["who"]) if clean.get("who") else None,
            prediction_ids=matches.ids if matches else None,
            now=timezone.now() if clean.get("late") else None,
        )


@needs(Permission.READ)
@require_safe
@takes("state", *ItemFilter.base_fields, "after")
def items(request: ProjectRequest, *, queue_slug: str) -> HttpResponse:
    """One state's items, most urgent first: due, reasons, who, age; with the changes of many at once."""
    queue = queue_of(request, queue_slug)
    return page_of_items(request, queue)


def page_of_items(
    request: ProjectRequest,
    queue: Queue,
    *,
    refusal: ReviewappError | None = None,
    status: int = 200,
) -> HttpResponse:
    """The list that the query string asks for; refusal: why a change of many was not begun."""
    state = ItemState(choice(request, "state", _LISTED) or ItemState.OPEN)
    wanted = ItemFilter(request.project, request.GET)
    narrowing = wanted.narrowing()
    behind = _behind(request)
    page = assigned.items_of(queue.pk, state, narrowing, behind=behind)
    may_tune = Permission.TUNE in request.permissions
    context = {
        "queue": queue,
        "state": state,
        "tabs": _tabs(request, state),
        "page": page,
        "veiled": care.veiled_for(request.user.pk, [item.prediction_id for item in page.rows]),
        "filter": wanted,
        "now": timezone.now(),
        "rule_names": rule_names(request.project.pk),
        "is_narrowed": narrowing != Narrowing(),
        "first_url": address(request, after=None) if behind else "",
        "next_url": address(request, after=page.next_after) if page.next_after else "",
        "refusal": refusal,
        "may_change": may_tune and state in UNFINISHED and bool(page.rows),
        "may_change_all": narrowing.is_repeatable,
        "targets": _targets(queue) if may_tune else [],
        "changes": bulk.changes(request.project.pk).filter(queue=queue)[:CHANGES_SHOWN] if may_tune else [],
    }
    return render(request, "items/page.html", context, status=status)


def _behind(request: ProjectRequest) -> After | None:
    """The item behind which the page begins, None at the beginning; what is no such place is refused."""
    text = request.GET.get("after", "")
    place = assigned.after(text)
    if text and place is None:
        detail = gettext(
            "This cursor is not one that this list gave to you. Leave it out to start from the beginning."
        )
        raise wrong("after", detail)
    return place


def _targets(queue: Queue) -> list[Queue]:
    others = Queue.objects.filter(project=queue.project_id).exclude(pk=queue.pk)
    return list(others.taking_items())


def _tabs(request: ProjectRequest, current: ItemState) -> list[dict[str, object]]:
    return [
        {
            "label": state.label,
            "url": address(request, state=state, after=None),
            "is_current": state == current,
        }
        for state in _LISTED
    ]
