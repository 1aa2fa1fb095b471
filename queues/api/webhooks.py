"""Webhooks through the API: who is told of what, their secrets, and what became of each delivery."""

from datetime import datetime
from typing import Annotated, Any

from drf_spectacular.utils import extend_schema
from pydantic import BaseModel, Field
from rest_framework.response import Response

from accounts.roles import Permission
from queues.api import pagination
from queues.api.base import ProjectRequest, ProjectView
from queues.api.bodies import Body, Text, read
from queues.export.webhooks import actions, queries
from queues.models import Delivery, Webhook

MANAGES = frozenset({Permission.RELEASE, Permission.TUNE})


class NewWebhook(Body):
    """url: https, public; events: of recall.made, recall.failed, release.published."""

    url: Text
    events: Annotated[list[Text], Field(max_length=20)]


class WebhookChange(Body):
    """What is to be otherwise; left out or null: as it is. The address cannot change: add another webhook."""

    events: Annotated[list[Text], Field(max_length=20)] | None = None
    is_enabled: bool | None = None


class NewSecret(Body):
    """at_once: the old secret signs no more, because it leaked; else it signs as well for a day."""

    at_once: bool = False


class WebhookAnswer(BaseModel):
    """disabled_why: by_hand, or gone (it answered 410). rests_until: nothing is sent before."""

    id: int
    url: str
    events: list[str]
    created_at: datetime
    is_enabled: bool
    disabled_at: datetime | None
    disabled_why: str | None
    rests_until: datetime | None


class WebhookWithSecret(WebhookAnswer):
    """secret: shown this once; no key repeats this answer."""

    secret: str


class WebhookPage(BaseModel):
    items: list[WebhookAnswer]
    next_cursor: str | None


class DeliveryAnswer(BaseModel):
    """message_id: the header webhook-id of every attempt. state: waiting, delivered, failed (given up).

    due_at: of the next attempt, null when there is none. status, problem: what came of the last one: what it
    answered; or refused, unresolved, unreachable, tls, timeout, no_http.
    """

    id: int
    message_id: str
    event: str
    body: str
    state: str
    attempts: int
    status: int | None
    problem: str | None
    created_at: datetime
    due_at: datetime | None
    finished_at: datetime | None


class DeliveryPage(BaseModel):
    items: list[DeliveryAnswer]
    next_cursor: str | None


class WebhooksView(ProjectView):
    """Who is told, newest first; POST adds an address and shows its secret, this once."""

    permission = {"GET": MANAGES, "POST": MANAGES}
    parameters = pagination.PARAMETERS
    keeps_answers = False  # the answer holds a secret; sent again, the address is taken

    @extend_schema(responses={200: WebhookPage})
    def get(self, request: ProjectRequest) -> Response:
        page = pagination.page(request, queries.webhooks_of(request.project.pk), order=("-id",))
        return Response(page.body([_answer(row) for row in page.rows]))

    @extend_schema(request=NewWebhook, responses={201: WebhookWithSecret})
    def post(self, request: ProjectRequest) -> Response:
        body = read(request, NewWebhook)
        webhook, secret = actions.add(request.project, url=body.url, wants=body.events, by=request.actor)
        webhook.refresh_from_db()
        location = f"{request.path.rstrip('/')}/{webhook.pk}"
        return Response(_answer(webhook) | {"secret": secret}, status=201, headers={"Location": location})


class WebhookView(ProjectView):
    """One address; PATCH changes what it is told of, disables or enables it."""

    permission = {"GET": MANAGES, "PATCH": MANAGES}

    @extend_schema(responses={200: WebhookAnswer})
    def get(self, request: ProjectRequest, number: int) -> Response:
        return Response(_answer(queries.find(request.project.pk, number)))

    @extend_schema(request=WebhookChange, responses={200: WebhookAnswer})
    def patch(self, request: ProjectRequest, number: int) -> Response:
        webhook = queries.find(request.project.pk, number)
        body = read(request, WebhookChange)
        if body.events is not None:
            actions.change_events(webhook, wants=body.events, by=request.actor)
        if body.is_enabled is not None:
            switch = actions.enable if body.is_enabled else actions.disable
            switch(webhook, by=request.actor)
        return Response(_answer(queries.find(request.project.pk, number)))


class RotateWebhookView(ProjectView):
    """A new secret, shown this once."""

    permission = {"POST": MANAGES}
    keeps_answers = False  # the answer holds a secret

    @extend_schema(request=NewSecret, responses={200: WebhookWithSecret})
    def post(self, request: ProjectRequest, number: int) -> Response:
        webhook = queries.find(request.project.pk, number)
        body = read(request, NewSecret)
        secret = actions.rotate(webhook, by=request.actor, at_once=body.at_once)
        return Response(_answer(webhook) | {"secret": secret})


class DeliveriesView(ProjectView):
    """What an address was owed, or is, newest first."""

    permission = {"GET": MANAGES}
    parameters = pagination.PARAMETERS

    @extend_schema(responses={200: DeliveryPage})
    def get(self, request: ProjectRequest, number: int) -> Response:
        webhook = queries.find(request.project.pk, number)
        page = pagination.page(request, queries.deliveries_of(webhook), order=("-id",))
        return Response(page.body([_delivery(row) for row in page.rows]))


class ReplayView(ProjectView):
    """Send a delivery once more, under the same message_id."""

    permission = {"POST": MANAGES}

    @extend_schema(request=None, responses={202: DeliveryAnswer})
    def post(self, request: ProjectRequest, number: int, delivery_id: int) -> Response:
        webhook = queries.find(request.project.pk, number)
        delivery = actions.replay(webhook, delivery_id, by=request.actor)
        return Response(_delivery(delivery), status=202)


def _answer(webhook: Webhook) -> dict[str, Any]:
    return {
        "id": webhook.pk,
        "url": webhook.url,
        "events": webhook.wants,
        "created_at": webhook.created_at,
        "is_enabled": webhook.is_enabled,
        "disabled_at": webhook.disabled_at,
        "disabled_why": webhook.disabled_why or None,
        "rests_until": webhook.rests_until,
    }


def _delivery(delivery: Delivery) -> dict[str, Any]:
    return {
        "id": delivery.pk,
        "message_id": delivery.message_id,
        "event": delivery.event,
        "body": delivery.body,
        "state": delivery.state,
        "attempts": delivery.attempts,
        "status": delivery.status,
        "problem": delivery.problem or None,
        "created_at": delivery.created_at,
        "due_at": delivery.due_at if delivery.finished_at is None else None,
        "finished_at": delivery.finished_at,
    }
