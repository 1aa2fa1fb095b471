"""Policies through the API: read the versions, write a new one, put one in force. The salt never leaves."""

from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema
from pydantic import BaseModel, Field
from rest_framework.response import Response

from accounts.roles import Permission
from queues.api import pagination
from queues.api.base import ProjectRequest, ProjectView, created
from queues.api.bodies import Body, Reason, read, within
from queues.api.preconditions import check_if_match, etag_of
from queues.errors import Invalid, NotFound
from queues.models import Policy
from queues.route import policies, queries
from queues.route.policy_document import json_schema


class NewPolicy(Body):
    """A policy/1 document and why it is as it is. rotate_salt: draw a new audit sample from now on."""

    document: dict[str, Any]
    reason: Reason
    rotate_salt: bool = False


class Activation(Body):
    """Which version to put in force, and why."""

    version: int = Field(ge=1, le=2_147_483_647)
    reason: Reason


class PolicySummary(BaseModel):
    """One version; author null: the system."""

    version: int
    is_active: bool
    reason: str
    author: str | None
    created_at: datetime


class PolicyAnswer(PolicySummary):
    document: dict[str, Any]


class PolicyPage(BaseModel):
    items: list[PolicySummary]
    next_cursor: str | None


class PoliciesView(ProjectView):
    """All versions, newest first; a new one is not in force until it is activated."""

    permission = {"GET": Permission.READ, "POST": Permission.TUNE}
    parameters = pagination.PARAMETERS

    @extend_schema(responses={200: PolicyPage})
    def get(self, request: ProjectRequest) -> Response:
        page = pagination.page(request, queries.versions(request.project.pk), order=("-version",))
        return Response(page.body([_summary(policy) for policy in page.rows]))

    @extend_schema(request=NewPolicy, responses={201: PolicyAnswer})
    def post(self, request: ProjectRequest) -> Response:
        body = read(request, NewPolicy)
        try:
            policy = policies.new_version(
                request.project.pk,
                document=body.document,
                by=request.actor,
                reason=body.reason,
                rotate_salt=body.rotate_salt,
            )
        except Invalid as error:
            raise within("/document", error) from error
        return created(request, _in_full(policy), policy.version)


class PolicyView(ProjectView):
    """One version with its document."""

    permission = {"GET": Permission.READ}

    @extend_schema(responses={200: PolicyAnswer})
    def get(self, request: ProjectRequest, version: int) -> Response:
        return Response(_in_full(queries.version(request.project.pk, version)))


class ActivePolicyView(ProjectView):
    """The version in force. Who changes it must have seen which one that is (If-Match)."""

    permission = {"GET": Permission.READ, "PUT": Permission.TUNE}

    @extend_schema(responses={200: PolicyAnswer})
    def get(self, request: ProjectRequest) -> Response:
        policy = _active(request.project.pk)
        if policy is None:
            raise NotFound(_("No policy is in force in this project. Activate a version."))
        return Response(_in_full(policy), headers={"ETag": _etag(policy)})

    @extend_schema(request=Activation, responses={200: PolicyAnswer})
    def put(self, request: ProjectRequest) -> Response:
        body = read(request, Activation)
        with transaction.atomic():
            policies.lock(request.project.pk)
            present = _active(request.project.pk)
            if present is not None and present.version != body.version:
                check_if_match(request, _etag(present))
            policy = policies.activate(request.project.pk, body.version, by=request.actor, reason=body.reason)
        return Response(_in_full(policy), headers={"ETag": _etag(policy)})


class PolicySchemaView(ProjectView):
    """JSON Schema of policy/1."""

    permission = {"GET": Permission.READ}

    @extend_schema(responses={200: dict[str, Any]})
    def get(self, request: ProjectRequest) -> Response:
        return Response(json_schema())


def _active(project_id: int) -> Policy | None:
    return queries.versions(project_id).filter(is_active=True).first()


def _etag(policy: Policy) -> str:
    return etag_of("active-policy", policy.pk)


def _summary(policy: Policy) -> dict[str, Any]:
    return {
        "version": policy.version,
        "is_active": policy.is_active,
        "reason": policy.reason,
        "author": policy.author.name if policy.author else None,
        "created_at": policy.created_at,
    }


def _in_full(policy: Policy) -> dict[str, Any]:
    return _summary(policy) | {"document": policy.document}
