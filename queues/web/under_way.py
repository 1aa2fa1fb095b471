"""How something stands that a worker was asked to do: the fragment that asks again, and what it shows."""

from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone

from accounts.gate import ProjectRequest
from accounts.roles import Permission
from queues.monitor.queries import running
from queues.route.asked import Asked


def standing(request: ProjectRequest, asked: Asked[Any]) -> dict[str, Any]:
    """What the fragment needs."""
    return {
        "asked": asked,
        "worker_is_alive": running(request.project.pk, now=timezone.now()).worker_is_alive,
        "may_tune": Permission.TUNE in request.permissions,
    }


def progress_of(request: ProjectRequest, asked: Asked[Any], *, template: str) -> HttpResponse:
    """The fragment that asks again; when it is over the page is loaded anew."""
    response = render(request, template, standing(request, asked))
    if asked.is_over:
        response.headers["HX-Refresh"] = "true"
    return response
