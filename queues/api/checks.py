"""Hidden checks for those who lead: the checks of a queue, how often people are right, what they ask."""

from datetime import datetime
from typing import Any

from drf_spectacular.utils import extend_schema
from pydantic import BaseModel, JsonValue
from rest_framework.response import Response

from accounts import events
from accounts.roles import Permission
from queues.api import pagination, parameters
from queues.api.base import ProjectRequest, ProjectView
from queues.api.bodies import Body, Text, read
from queues.api.queue_of import queue_of
from queues.curate.checks import figures, queries, questions
from queues.models import Check, ServedCheck
from queues.statistics.proportions import Proportion, proportion

_MOST = 2**63 - 1


class CheckShare(BaseModel):
    """k of n with Wilson's 95 % interval."""

    k: float
    n: float
    rate: float
    low: float
    high: float


class CheckLine(BaseModel):
    """One known answer. given: how often; right: of those who decided, null while nobody has.

    golden: the number of the golden item behind it. retired_at: it is given to nobody any more.
    """

    id: int
    item: int
    prediction_id: str
    form: int
    golden: int | None
    decision: str
    answers: dict[str, JsonValue]
    corrected_text: str | None
    why: str
    author: int
    created_at: datetime
    retired_at: datetime | None
    given: int
    right: CheckShare | None


class CheckPerson(BaseModel):
    """How often one person was right in hidden checks; null while none was decided.

    q: adjusted p of "as often right as all others together"; null where nothing is compared.
    worth_a_talk: less often right than the others, by more than chance explains.
    """

    person: int
    given: int
    right: CheckShare | None
    q: float | None
    worth_a_talk: bool


class CheckPeople(BaseModel):
    items: list[CheckPerson]


class CheckAnswer(BaseModel):
    """One check that one person was given. right: null while unanswered, and for a question to the lead."""

    id: int
    check: int
    person: int
    purpose: str
    review: int | None
    right: bool | None
    marks: dict[str, bool]
    given_at: datetime
    answered_at: datetime | None
    told_at: datetime | None


class CheckQuestion(BaseModel):
    """A question to the lead about a check. note: what is asked; decision, why: the known answer."""

    id: int
    check: int
    person: int
    review: int | None
    note: str
    decision: str
    why: str
    asked_at: datetime | None


class CheckQuestions(BaseModel):
    items: list[CheckQuestion]
    next_cursor: str | None


class ReplyBody(Body):
    """answer: at most 4,000 characters, for who asked; empty: they are told why the known answer is right."""

    answer: Text = ""


class CheckReply(BaseModel):
    """The note that reaches who asked, in the thread of their item."""

    note: int
    item: int
    text: str
    created_at: datetime


class ChecksView(ProjectView):
    """The checks of a queue, newest first."""

    permission = {"GET": Permission.SETTLE}
    parameters = pagination.PARAMETERS

    @extend_schema(responses={200: dict[str, Any]})
    def get(self, request: ProjectRequest, queue_id: int) -> Response:
        rows = queries.checks_of(queue_of(request, queue_id).pk)
        page = pagination.page(request, rows, order=("-id",))
        return Response(page.body([_check(row) for row in page.rows]))


class CheckPeopleView(ProjectView):
    """How often each person was right in the hidden checks of a queue."""

    permission = {"GET": Permission.SETTLE}

    @extend_schema(responses={200: CheckPeople})
    def get(self, request: ProjectRequest, queue_id: int) -> Response:
        queue = queue_of(request, queue_id)
        found = figures.accuracy_of(request.project.pk, queue_id=queue.pk)
        _record_look(request, queue.pk)
        lines = [
            CheckPerson(
                person=one.person_id,
                given=one.given,
                right=_share(one.share),
                q=one.q,
                worth_a_talk=one.is_worth_a_talk,
            )
            for one in found
        ]
        return Response(CheckPeople(items=lines).model_dump(mode="json"))


class CheckAnswersView(ProjectView):
    """What people answered to the checks of a queue, newest first; ?person=, ?check=."""

    permission = {"GET": Permission.SETTLE}
    parameters = pagination.PARAMETERS | {"person", "check"}

    @extend_schema(responses={200: dict[str, Any]})
    def get(self, request: ProjectRequest, queue_id: int) -> Response:
        rows = queries.results_of(
            request.project.pk,
            queue_id=queue_of(request, queue_id).pk,
            person_id=parameters.whole(request, "person", low=1, high=_MOST),
            check_id=parameters.whole(request, "check", low=1, high=_MOST),
        )
        _record_look(request, queue_id)
        page = pagination.page(request, rows, order=("-id",))
        return Response(page.body([_answer(row) for row in page.rows]))


class CheckQuestionsView(ProjectView):
    """What people ask the lead about checks of a queue and nobody has answered, the longest waiting first.

    Who asked does not know that it was a check.
    """

    permission = {"GET": Permission.SETTLE}
    parameters = pagination.PARAMETERS

    @extend_schema(responses={200: CheckQuestions})
    def get(self, request: ProjectRequest, queue_id: int) -> Response:
        rows = questions.waiting(request.project.pk, queue_id=queue_of(request, queue_id).pk)
        page = pagination.page(request, rows, order=("id",))
        return Response(page.body([_question(row) for row in page.rows]))


class CheckReplyView(ProjectView):
    """Answer such a question, once; it arrives like any other answer of a lead. Nothing is settled by it."""

    permission = {"POST": Permission.SETTLE}

    @extend_schema(request=ReplyBody, responses={201: CheckReply})
    def post(self, request: ProjectRequest, served_id: int) -> Response:
        body = read(request, ReplyBody)
        note = questions.reply(served_id, project_id=request.project.pk, by=request.actor, text=body.answer)
        note.refresh_from_db()
        told = CheckReply(note=note.pk, item=note.item_id, text=note.text, created_at=note.created_at)
        return Response(told.model_dump(mode="json"), status=201)


def _question(served: ServedCheck) -> dict[str, Any]:
    asked, check = served.review, served.check_given
    return CheckQuestion(
        id=served.pk,
        check=check.pk,
        person=served.person_id,
        review=served.review_id,
        note=asked.note if asked else "",
        decision=check.decision,
        why=check.why,
        asked_at=served.answered_at,
    ).model_dump(mode="json")


def _check(check: Any) -> dict[str, Any]:
    found: Check = check
    return CheckLine(
        id=found.pk,
        item=found.source_id,
        prediction_id=found.source.prediction.prediction_id,
        form=found.form_id,
        golden=found.golden.golden_id if found.golden else None,
        decision=found.decision,
        answers=found.answers,
        corrected_text=found.corrected_text,
        why=found.why,
        author=found.author_id,
        created_at=found.created_at,
        retired_at=found.retired_at,
        given=check.given,
        right=_share(proportion(check.right, check.judged)),
    ).model_dump(mode="json")


def _answer(served: ServedCheck) -> dict[str, Any]:
    return CheckAnswer(
        id=served.pk,
        check=served.check_given_id,
        person=served.person_id,
        purpose=served.purpose,
        review=served.review_id,
        right=served.right,
        marks=served.marks,
        given_at=served.served_at,
        answered_at=served.answered_at,
        told_at=served.seen_at,
    ).model_dump(mode="json")


def _share(found: Proportion | None) -> CheckShare | None:
    if found is None:
        return None
    return CheckShare(k=found.k, n=found.n, rate=found.rate, low=found.low, high=found.high)


def _record_look(request: ProjectRequest, queue_id: int) -> None:
    """A lead looked at figures of people: they can see who did and when."""
    events.record(
        project_id=request.project.pk,
        kind="checks.seen",
        by=request.actor,
        subject_kind="people",
        subject_id=None,
        after={"queue": queue_id},
    )
