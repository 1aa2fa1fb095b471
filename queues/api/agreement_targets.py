"""How far people should agree on a question, set by a program."""

from typing import Annotated

from drf_spectacular.utils import extend_schema
from pydantic import BaseModel, Field
from rest_framework.response import Response

from accounts.roles import Permission
from queues.agree import targets
from queues.agree.targets import Target
from queues.api.base import ProjectRequest, ProjectView
from queues.api.bodies import Body, Identifier, Text, read
from queues.api.queue_of import queue_called


class NewTarget(Body):
    """good, tentative: what the lower end of the interval must reach; both null: people may well differ."""

    queue: Identifier
    question: Identifier = "decision"
    good: float | None
    tentative: float | None
    reason: Annotated[Text, Field(min_length=1, max_length=targets.REASON_MAX, pattern=r"\S")]


class TargetAnswer(BaseModel):
    """The target that holds from now on."""

    queue: str
    question: str
    expects: str
    good: float | None
    tentative: float | None


class AgreementTargetsView(ProjectView):
    """Set the target of one question; the figures tell it (`agreement`)."""

    permission = {"POST": Permission.TUNE}

    @extend_schema(request=NewTarget, responses={201: TargetAnswer})
    def post(self, request: ProjectRequest) -> Response:
        body = read(request, NewTarget)
        row = targets.set_target(
            queue_called(request, body.queue),
            question=body.question,
            target=Target(body.good, body.tentative),
            reason=body.reason,
            by=request.actor,
        )
        answer = TargetAnswer(
            queue=body.queue,
            question=row.question,
            expects=row.expects,
            good=row.good,
            tentative=row.tentative,
        )
        return Response(answer.model_dump(mode="json"), status=201)
