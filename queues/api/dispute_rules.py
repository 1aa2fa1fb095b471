"""A queue's dispute rule: which reviews settle an item, and which items a lead settles in any case."""

from datetime import datetime
from typing import Annotated, Literal

from drf_spectacular.utils import extend_schema
from pydantic import BaseModel, Field
from rest_framework.response import Response

from accounts.roles import Permission
from queues.agree import rule_versions
from queues.agree.rule import Rule
from queues.api.base import ProjectRequest, ProjectView
from queues.api.bodies import Body, Identifier, Text, read
from queues.api.preconditions import check_if_match, etag_of
from queues.api.queue_of import queue_of
from queues.models import Queue

Needs = Literal["unanimous", "majority", "k_of_n"]
ForQuestion = Literal["unanimous", "majority", "not_counted"]


class NewDisputeRule(Body):
    """The rule from now on. at_least: with k_of_n only; where an item gets fewer reviews, all of them.

    by_question: what differs from `needs`, by the key of the question. asks_lead_*: a lead settles these
    items even when their reviews agree.
    """

    needs: Needs = "unanimous"
    at_least: Annotated[int, Field(ge=rule_versions.K_MIN, le=rule_versions.K_MAX)] | None = None
    by_question: Annotated[dict[Identifier, ForQuestion], Field(max_length=50)] = {}
    asks_lead_always: bool = False
    asks_lead_for_safety: bool = False
    asks_lead_for_golden: bool = False
    reason: Annotated[Text, Field(min_length=1, max_length=rule_versions.REASON_MAX, pattern=r"\S")]


class DisputeRuleAnswer(BaseModel):
    """The rule that holds; version 0 is the default, which nobody has changed."""

    queue: int
    version: int
    needs: Needs
    at_least: int | None
    by_question: dict[str, ForQuestion]
    asks_lead_always: bool
    asks_lead_for_safety: bool
    asks_lead_for_golden: bool
    reason: str
    author: str | None
    created_at: datetime | None


class DisputeRuleView(ProjectView):
    """The dispute rule of a queue. Open disputes stay with the lead when it changes."""

    permission = {"GET": Permission.READ, "PUT": Permission.TUNE}

    @extend_schema(responses={200: DisputeRuleAnswer})
    def get(self, request: ProjectRequest, queue_id: int) -> Response:
        return _answer(queue_of(request, queue_id))

    @extend_schema(request=NewDisputeRule, responses={200: DisputeRuleAnswer})
    def put(self, request: ProjectRequest, queue_id: int) -> Response:
        body = read(request, NewDisputeRule)
        queue = queue_of(request, queue_id)
        check_if_match(request, _etag(queue))
        wanted = rule_versions.Wanted(
            rule=Rule(**body.model_dump(exclude={"reason"})),
            reason=body.reason,
            seen=queue.dispute_rule.version if queue.dispute_rule else 0,
        )
        rule_versions.new_version(queue.pk, project_id=request.project.pk, by=request.actor, wanted=wanted)
        return _answer(queue_of(request, queue_id))


def _etag(queue: Queue) -> str:
    return etag_of("dispute-rule", queue.pk, queue.dispute_rule_id)


def _answer(queue: Queue) -> Response:
    row = queue.dispute_rule
    rule = rule_versions.rule_of(row) if row else rule_versions.DEFAULT
    shape = DisputeRuleAnswer(
        queue=queue.pk,
        version=row.version if row else 0,
        needs=rule.needs,
        at_least=rule.at_least,
        by_question=rule.by_question,
        asks_lead_always=rule.asks_lead_always,
        asks_lead_for_safety=rule.asks_lead_for_safety,
        asks_lead_for_golden=rule.asks_lead_for_golden,
        reason=row.reason if row else "",
        author=row.author.name if row and row.author else None,
        created_at=row.created_at if row else None,
    )
    return Response(shape.model_dump(mode="json"), headers={"ETag": _etag(queue)})
