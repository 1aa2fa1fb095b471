"""My checks, for me alone: where I stand on the way in, how often I was right, what I was told."""

from datetime import datetime, timedelta

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from accounts.gate import ProjectRequest, needs
from accounts.roles import Permission
from queues.assign.policy import start_of_day
from queues.curate.checks import figures, queries
from queues.models import Queue
from queues.web.told import told
from queues.web.way_in import ways_of


@needs(Permission.REVIEW)
@require_safe
def my_checks(request: ProjectRequest) -> HttpResponse:
    """Only I see this page. Figures end with last week, so that none of them tells of a single item."""
    until = start_of_week()
    queues = list(Queue.objects.filter(project=request.project, archived_at=None))
    context = {
        "until": until,
        "ways": [] if Permission.READ in request.permissions else ways_of(queues, request.user.pk),
        "figures": figures.own_by_queue(request.project.pk, request.user.pk, before=until),
        "told": [told(served) for served in queries.told_to(request.project.pk, request.user.pk)],
        "is_exempt": Permission.READ in request.permissions,
    }
    return render(request, "checks/mine.html", context)


def start_of_week() -> datetime:
    """Monday, midnight, in the time zone of the person who asks."""
    today = start_of_day()
    return today - timedelta(days=today.weekday())
