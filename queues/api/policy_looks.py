"""Looks at policies through the API: is a document sound, what did a version change, what do rules do?"""

from typing import Any

from django.utils import timezone
from drf_spectacular.utils import extend_schema
from pydantic import BaseModel
from rest_framework.response import Response

from accounts.roles import Permission
from queues.api import parameters
from queues.api.base import ProjectRequest, ProjectView
from queues.api.bodies import Body, read
from queues.errors import Fault, Invalid
from queues.monitor.rule_activity import activity
from queues.route import queries
from queues.route.changes import changes
from queues.route.policy_document import parse
from queues.route.soundness import warnings_of


class Check(Body):
    """A policy/1 document, to be looked at."""

    document: dict[str, Any]


class FaultAnswer(BaseModel):
    """One place of the document, by its JSON pointer."""

    pointer: str
    code: str
    detail: str


class CheckAnswer(BaseModel):
    """faults: why it would be refused; warnings: what it would not do as somebody might think."""

    faults: list[FaultAnswer]
    warnings: list[FaultAnswer]


class ChangeAnswer(BaseModel):
    """One rule that differs; what: added, removed, changed or moved. fields: name → [before, after]."""

    rule: str
    what: str
    fields: dict[str, tuple[Any, Any]]


class ChangesAnswer(BaseModel):
    """From one version to another; from_version null: nothing, the version is the first."""

    from_version: int | None
    to_version: int
    changes: list[ChangeAnswer]


class ActivityLine(BaseModel):
    """day, week: predictions picked of the last 24 h and 7 days; held_back: by its allowance today."""

    rule: str
    day: int
    week: int
    held_back: int | None


class ActivityAnswer(BaseModel):
    """is_cut: more than 20,000 predictions came in 7 days, and only the newest are counted."""

    is_cut: bool
    rules: list[ActivityLine]


class PolicyCheckView(ProjectView):
    """Look at a document without storing it: what is wrong with it, and what is surprising."""

    permission = {"POST": Permission.TUNE}
    keeps_answers = False

    @extend_schema(request=Check, responses={200: CheckAnswer})
    def post(self, request: ProjectRequest) -> Response:
        document = read(request, Check).document
        try:
            found = warnings_of(request.project.pk, parse(document))
        except Invalid as error:
            return Response({"faults": [_fault(fault) for fault in error.faults], "warnings": []})
        return Response({"faults": [], "warnings": [_fault(fault) for fault in found]})


class PolicyChangesView(ProjectView):
    """What a version changed against the one before, or against `against`."""

    permission = {"GET": Permission.READ}
    parameters = frozenset({"against"})

    @extend_schema(responses={200: ChangesAnswer})
    def get(self, request: ProjectRequest, version: int) -> Response:
        policy = queries.version(request.project.pk, version)
        against = parameters.whole(request, "against", low=1, high=2_147_483_647) or version - 1
        before = queries.version(request.project.pk, against) if against else None
        found = changes(before.document if before else {}, policy.document)
        told = [{"rule": one.rule, "what": one.what, "fields": one.fields} for one in found]
        return Response({"from_version": against or None, "to_version": version, "changes": told})


class RuleActivityView(ProjectView):
    """What each rule did of late."""

    permission = {"GET": Permission.READ}

    @extend_schema(responses={200: ActivityAnswer})
    def get(self, request: ProjectRequest) -> Response:
        found = activity(request.project.pk, now=timezone.now())
        rules = [
            {"rule": rule, "day": did.day, "week": did.week, "held_back": did.held_back}
            for rule, did in found.rules.items()
        ]
        return Response({"is_cut": found.is_cut, "rules": rules})


def _fault(fault: Fault) -> dict[str, str]:
    return {"pointer": fault.pointer, "code": fault.code, "detail": str(fault.detail)}
