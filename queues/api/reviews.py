"""Reviewing through the API: what our own pages do, a program can do: lease, draft, submit, undo, skip."""

from dataclasses import asdict
from typing import Any
from uuid import UUID

from drf_spectacular.utils import extend_schema
from pydantic import Field, JsonValue
from rest_framework.response import Response

from accounts.compiled import Argument, Compiled
from accounts.roles import Permission
from queues import reviewing
from queues.api.base import ProjectRequest, ProjectView
from queues.api.bodies import Body, Number, Text, read
from queues.api.queue_of import queue_of
from queues.assign import actions as assign
from queues.assign.lease import Lease, never_held
from queues.curate.checks import queries as checks
from queues.models import Queue
from queues.review import drafts
from queues.review import queries as review
from queues.review.care import veil_of
from queues.review.queries import Side


class Token(Body):
    """The lease token of a slot."""

    token: str = Field(pattern=r"^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$")

    @property
    def uuid(self) -> UUID:
        return UUID(self.token)


class Next(Body):
    """beside: slots that the caller holds and does not want again; ahead: a short lease to look ahead."""

    beside: list[Number] = Field(default=[], max_length=10)
    ahead: bool = False


class DraftBody(Token):
    """content: a submission/1 as far as it is filled in; revision: the one that was typed over."""

    content: dict[str, Any]
    revision: Number | None = None


class SkipBody(Token):
    reason: str


class ReviewBody(Token):
    """A submission/1 under a lease. next: lease the next item of the same queue in this answer.

    revision: the draft's, over which this was typed (0: there was none); null: do not ask. form: the
    version that was shown (`form` of the leased item); it is accepted when it held during the lease, also
    if another was published since. null: the queue's present one. unveiled: the reviewer has looked at
    severe content (`veil` of the leased item); without it, such an item is neither approved nor corrected.
    """

    slot: Number
    decision: str
    reasons: list[str] = []
    answers: dict[str, JsonValue] = {}
    corrected_text: Text | None = None
    note: Text = ""
    revision: Number | None = None
    form: Number | None = None
    unveiled: bool = False
    next: bool = False
    beside: list[Number] = Field(default=[], max_length=10)

    def submission(self) -> dict[str, object]:
        return self.model_dump(include={"decision", "reasons", "answers", "corrected_text", "note"})


class NextView(ProjectView):
    """Lease the next item of a queue, or get again the one that is leased."""

    permission = {"POST": Permission.REVIEW}

    @extend_schema(request=Next, responses={200: dict[str, Any], 204: None})
    def post(self, request: ProjectRequest, queue_id: int) -> Response:
        wanted = read(request, Next)
        queue = queue_of(request, queue_id)
        lease = reviewing.lease_next(queue, by=request.actor, beside=wanted.beside, ahead=wanted.ahead)
        if lease is None:
            return Response(status=204)
        return Response(desk_of(lease, queue, request))


class HeartbeatBody(Token):
    """is_first_look: an item that was leased ahead comes on the screen now."""

    is_first_look: bool = False


class HeartbeatView(ProjectView):
    """Renew a lease."""

    permission = {"POST": Permission.REVIEW}

    @extend_schema(request=HeartbeatBody, responses={200: dict[str, Any]})
    def post(self, request: ProjectRequest, slot_id: int) -> Response:
        body = read(request, HeartbeatBody)
        slot = drafts.held_by(slot_id, project_id=request.project.pk, by=request.actor)
        until = assign.heartbeat(slot.pk, token=body.uuid, by=request.actor, is_first_look=body.is_first_look)
        return Response({"until": until})


class DraftView(ProjectView):
    """Keep what was typed on a leased item."""

    permission = {"PUT": Permission.REVIEW}

    @extend_schema(request=DraftBody, responses={200: dict[str, Any]})
    def put(self, request: ProjectRequest, slot_id: int) -> Response:
        body = read(request, DraftBody)
        draft = drafts.save(
            slot_id,
            project_id=request.project.pk,
            token=body.uuid,
            by=request.actor,
            content=body.content,
            revision=body.revision,
        )
        return Response({"revision": draft.revision, "saved_at": draft.saved_at})


class SkipView(ProjectView):
    """Pass an item on to someone else."""

    permission = {"POST": Permission.REVIEW}

    @extend_schema(request=SkipBody, responses={204: None})
    def post(self, request: ProjectRequest, slot_id: int) -> Response:
        body = read(request, SkipBody)
        slot = drafts.held_by(slot_id, project_id=request.project.pk, by=request.actor)
        assign.skip(slot.pk, token=body.uuid, by=request.actor, reason=body.reason)
        return Response(status=204)


class GiveBackView(ProjectView):
    """End a lease early."""

    permission = {"POST": Permission.REVIEW}

    @extend_schema(request=Token, responses={204: None})
    def post(self, request: ProjectRequest, slot_id: int) -> Response:
        token = read(request, Token).uuid
        slot = drafts.held_by(slot_id, project_id=request.project.pk, by=request.actor)
        assign.give_back(slot.pk, token=token, by=request.actor)
        return Response(status=204)


class ReviewsView(ProjectView):
    """Submit a review under a lease; the same lease token gives the same answer, however often.

    check: only where the item was a check and the queue tells: what was expected, and why.
    """

    permission = {"POST": Permission.REVIEW}

    @extend_schema(request=ReviewBody, responses={200: dict[str, Any], 201: dict[str, Any]})
    def post(self, request: ProjectRequest) -> Response:
        body = read(request, ReviewBody)
        queue = _queue_of_slot(request, body.slot) if body.next else None
        submitted = reviewing.submit(
            body.slot,
            project=request.project,
            token=body.uuid,
            by=request.actor,
            submission=body.submission(),
            revision=body.revision,
            form_id=body.form,
            next_in=queue,
            beside=body.beside,
            unveiled=body.unveiled,
        )
        answer: dict[str, Any] = {
            "review": submitted.review_id,
            "item": submitted.item_id,
            "item_state": submitted.told_state,
            "undo_until": submitted.undo_until,
        }
        if submitted.was_check and (told := _told(request, submitted.review_id)):
            answer["check"] = told
        if queue:
            answer["next"] = desk_of(submitted.next, queue, request) if submitted.next else None
        return Response(answer, status=200 if submitted.is_repeat else 201)


def _told(request: ProjectRequest, review_id: int) -> dict[str, Any] | None:
    """What the person is told of an item that was a check; nothing where the queue does not tell."""
    served = checks.told_after(review_id, request.user.pk)
    if served is None:
        return None
    check = served.check_given
    return {
        "right": served.right,
        "marks": served.marks,
        "decision": check.decision,
        "answers": check.answers,
        "corrected_text": check.corrected_text,
        "why": check.why,
        "rubric": check.golden.rubric if check.golden else "",
        "targets": check.golden.targets if check.golden else [],
    }


class UndoView(ProjectView):
    """Take one's own review back; its item is leased again, with the text as a draft."""

    permission = {"POST": Permission.REVIEW}

    @extend_schema(request=None, responses={200: dict[str, Any]})
    def post(self, request: ProjectRequest, review_id: int) -> Response:
        lease = reviewing.undo(review_id, project=request.project, by=request.actor)
        return Response(desk_of(lease, queue_of(request, lease.queue_id), request))


def desk_of(lease: Lease, queue: Queue, request: ProjectRequest) -> dict[str, Any]:
    """A leased item as JSON: what the page shows, and nothing that it hides.

    veil: where a filter found severe content: its categories, none in a blind review, and whether it is to
    be hidden until the reviewer asks for it. pair: A and B where two outputs are compared; then output_text
    is null, for it would tell them apart.
    """
    desk = review.desk(lease, queue=queue, by=request.actor)
    veil = veil_of(desk.prediction_ids, queue=queue, by=request.actor, is_blind=lease.is_blind)
    return {
        "slot": lease.slot_id,
        "token": str(lease.token),
        "until": lease.until,
        "item": lease.item_id,
        "queue": queue.pk,
        "form": desk.form_id,
        "due_at": desk.due_at,
        "why": [
            {name: value for name, value in asdict(reason).items() if value is not None}
            for reason in desk.reasons_routed
        ],
        "prediction_id": desk.prediction_id,
        "input": desk.input,
        "documents": [asdict(document) for document in desk.documents],
        "output_text": None if desk.sides else desk.output_text,
        "veil": {"categories": veil.categories, "is_down": veil.is_down} if veil else None,
        "pair": [_side(side) for side in desk.sides] or None,
        "attached": desk.attached,
        "facts": desk.facts,
        "draft": desk.draft,
        "draft_revision": desk.draft_revision,
    }


def _side(side: Side) -> dict[str, Any]:
    return {
        "label": side.label,
        "output_text": side.output_text,
        "documents": [asdict(document) for document in side.documents],
    }


_QUEUE_OF_SLOT = Compiled(lambda: Queue.objects.filter(project=Argument("project"), slot=Argument("slot")))


def _queue_of_slot(request: ProjectRequest, slot_id: int) -> Queue:
    queue = _QUEUE_OF_SLOT.first(project=request.project.pk, slot=slot_id)
    if queue is None:
        raise never_held()
    return queue
