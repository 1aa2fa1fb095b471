"""The queues of a project: an annotator starts one, a lead sees how they stand."""

from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from accounts.gate import ProjectRequest, needs
from accounts.roles import Permission
from queues.assign import queries as assign
from queues.assign.policy import start_of_day
from queues.models import Queue
from queues.web.way_in import put_on_cards


@needs(Permission.ENTER)
@require_safe
def queues(request: ProjectRequest) -> HttpResponse:
    """Cards to start from for who reviews; counts by state for who may read."""
    every = list(Queue.objects.filter(project=request.project).select_related("project", "form"))
    found = [queue for queue in every if queue.archived_at is None]
    may = request.permissions
    cards = assign.cards_for(request.user.pk, found, today=start_of_day()) if Permission.REVIEW in may else []
    reads = frozenset({request.project.pk} if Permission.READ in may else ())
    context = {
        "ways": put_on_cards(cards, request.user.pk, reads=reads),
        "cards": cards,
        "first": next((card for card in cards if card.can_start), None),
        "lines": assign.lines_of(found, now=timezone.now()) if Permission.READ in may else [],
        "has_queues": bool(found),
        "may_tune": Permission.TUNE in may,
        "closed": [queue for queue in every if queue.archived_at] if Permission.TUNE in may else [],
    }
    return render(request, "queues/page.html", context)
