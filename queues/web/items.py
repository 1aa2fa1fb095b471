"""The items of one queue, by state."""

from django import forms
from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from accounts.gate import ProjectRequest, needs
from accounts.roles import Permission
from queues.assign import items as assigned
from queues.errors import NotFound
from queues.models import Decision, ItemState, Queue
from queues.web.paging import address
from queues.web.sentences import rule_names


class ItemFilter(forms.Form):
    """What the list is narrowed to; the state is a tab."""

    reason = forms.CharField(
        max_length=60, required=False, label=_("Reason"), widget=forms.TextInput({"list": "rule-names"})
    )
    decision = forms.ChoiceField(
        choices=[("", _("any")), *(choice for choice in Decision.choices if choice[0] != "escalate")],
        required=False,
        label=_("Verdict"),
    )


@needs(Permission.READ)
@require_safe
def items(request: ProjectRequest, *, queue_slug: str) -> HttpResponse:
    """One state's items, most urgent first: due, reasons, who, age."""
    queue = queue_of(request.project.pk, queue_slug)
    state = request.GET.get("state")
    state = ItemState(state) if state in ItemState.values else ItemState.OPEN
    wanted = ItemFilter(request.GET)
    clean = wanted.cleaned_data if wanted.is_valid() else {}
    behind = assigned.after(request.GET.get("after", ""))
    page = assigned.items_of(queue.pk, state, **clean, behind=behind)
    context = {
        "queue": queue,
        "state": state,
        "tabs": _tabs(request, state),
        "page": page,
        "filter": wanted,
        "rule_names": rule_names(request.project.pk),
        "is_narrowed": any(clean.values()),
        "first_url": address(request, after=None) if behind else "",
        "next_url": address(request, after=page.next_after) if page.next_after else "",
    }
    return render(request, "items/page.html", context)


def queue_of(project_id: int, slug: str) -> Queue:
    """The queue of this project, or NotFound."""
    queue = Queue.objects.filter(project=project_id, slug=slug).first()
    if queue is None:
        raise NotFound(_("There is no such queue in this project. Choose one from the list of queues."))
    return queue


def _tabs(request: ProjectRequest, current: ItemState) -> list[dict[str, object]]:
    return [
        {
            "label": state.label,
            "url": address(request, state=state, after=None),
            "is_current": state == current,
        }
        for state in ItemState
    ]
