"""A small resource to look at the frame without any stage: its things are the people of the project."""

import time
from typing import Any

from django.http import HttpResponse
from django.urls import path
from rest_framework.response import Response

from accounts import events
from accounts.models import Event, Person
from accounts.roles import Permission
from queues.api import pagination, parameters, preconditions
from queues.api.base import ProjectRequest, ProjectView
from queues.api.bodies import Body, Identifier, Text, read
from queues.errors import Taken
from reviewapp.urls import handler400, handler403, handler404, handler500

__all__ = ["handler400", "handler403", "handler404", "handler500", "urlpatterns"]


class Part(Body):
    weight: float = 0.0


class Thing(Body):
    name: Identifier
    note: Text = ""
    count: int = 0
    parts: list[Part] = []


class Things(ProjectView):
    permission = {"GET": Permission.READ, "POST": Permission.TUNE}
    parameters = pagination.PARAMETERS | {"role", "since", "number"}

    def get(self, request: ProjectRequest) -> Response:
        parameters.choice(request, "role", {"lead", "owner"})
        parameters.moment(request, "since")
        parameters.whole(request, "number", low=1, high=9)
        rows = Person.objects.filter(memberships__project=request.project)
        page = pagination.page(request, rows, order=("-created_at", "-id"))
        return Response(page.body([{"id": person.pk, "name": person.name} for person in page.rows]))

    def post(self, request: ProjectRequest) -> Response:
        """Makes a thing: its only trace is an event. Odd names stand for what may happen."""
        thing = read(request, Thing)
        _record(request, thing.name)
        if thing.name == "taken":
            raise Taken("This thing is taken. Take another one.")
        if thing.name == "broken":
            raise ZeroDivisionError("secret detail")
        if thing.name == "slow":
            time.sleep(1.0)
        return Response(thing.model_dump() | {"stored": _count()}, status=201)


class OneThing(ProjectView):
    permission = Permission.READ

    def get(self, request: ProjectRequest, thing_id: int) -> Response:
        return Response({"id": thing_id}, headers={"ETag": preconditions.etag_of(thing_id, 1)})

    def put(self, request: ProjectRequest, thing_id: int) -> Response:
        preconditions.check_if_match(request, preconditions.etag_of(thing_id, 1))
        return Response({"id": thing_id})


def _record(request: ProjectRequest, name: str) -> None:
    events.record(
        project_id=request.project.pk,
        kind="thing.made",
        by=request.actor,
        subject_kind="thing",
        subject_id=None,
        after={"name": name},
    )


def _count() -> int:
    return Event.objects.filter(kind="thing.made").count()


def undeclared(request: Any) -> HttpResponse:
    return HttpResponse("nobody should read this")


urlpatterns = [
    path("api/v1/projects/<slug:slug>/things", Things.as_view()),
    path("api/v1/projects/<slug:slug>/things/<id:thing_id>", OneThing.as_view()),
    path("api/v1/undeclared", undeclared),
]
