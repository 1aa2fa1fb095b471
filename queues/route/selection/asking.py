"""Asking for a selection, asking no more, and how one stands."""

from collections.abc import Iterable, Iterator
from typing import Annotated, Literal

from django.db import transaction
from django.db.models import QuerySet
from django.db.models.functions import Now
from django.utils.translation import gettext as _
from pydantic import BaseModel, ConfigDict, Field

from accounts import events
from accounts.actor import Actor
from queues.doorbell import ring
from queues.errors import Fault, Invalid, NotFound, WrongState
from queues.models import Job, JobState, Queue, Selection
from queues.models.selection import LARGEST, MOST_LOOKED_AT
from queues.models.vector import Part
from queues.reasons import faults_of_reason
from queues.route import asked, policies, queries
from queues.route.selection import candidates
from queues.score import vectors
from queues.score.compute import NOT_FOR_RULES, known_names
from queues.score.own_encoder import own_encoder, why_none

KIND = "selection"
WHY_MOST = 2_000


class Wanted(BaseModel):
    """What somebody asks for; fields as in models.Selection. due_hours count from when it is sent."""

    model_config = ConfigDict(strict=True, extra="forbid", frozen=True)

    queue: Annotated[str, Field(min_length=1, max_length=60)]
    why: Annotated[str, Field(max_length=WHY_MOST)]
    by: Literal["coverage", "relevance"] = "coverage"
    measure: Annotated[str, Field(max_length=60)] = ""
    relevance: Annotated[float, Field(ge=0, le=1)] = 0.7
    part: Literal["input", "output"] = "input"
    last: Annotated[int, Field(ge=1, le=MOST_LOOKED_AT)] = 5_000
    size: Annotated[int, Field(ge=1, le=LARGEST)] = 50
    priority: Annotated[int, Field(ge=0, le=100)] = 50
    due_hours: Annotated[float, Field(gt=0, le=8_760)] = 72
    reviews_needed: Annotated[int, Field(ge=1, le=20)] = 1


class Result(BaseModel):
    """selection/1: what came of it. sent: predictions, best first; had_item of them had an item before.

    known: taken for certain by a rule, so that people see them anyway. alike: left out, because they say
    nearly what another one says.
    """

    schema_: Literal["selection/1"] = Field("selection/1", alias="schema")
    policy_version: int
    looked_at: int
    without_vector: int
    without_score: int
    known: int
    alike: int
    had_item: int
    attached: int
    sent: list[int]


class Asked(asked.Asked[Selection]):
    """A selection with its job."""

    __slots__ = ()

    @property
    def selection(self) -> Selection:
        return self.row

    @property
    def result(self) -> Result | None:
        return Result.model_validate(self.selection.result) if self.selection.result else None


@transaction.atomic
def ask(project_id: int, wanted: Wanted, *, by: Actor) -> Asked:
    """Ask for a selection; a worker makes it.

    Invalid for an unknown queue or measure or without a reason. WrongState while another one of this
    project is under way, while no policy is in force, or where there are no vectors.
    """
    if faults := list(_faults(project_id, wanted)):
        raise Invalid(_("Nothing was selected: see the marked fields."), faults)
    policies.lock(project_id)
    _check_can(project_id, Part(wanted.part))
    selection = Selection.objects.create(
        project_id=project_id,
        asked_by_id=by.person_id,
        queue=Queue.objects.get(project=project_id, slug=wanted.queue),
        **wanted.model_dump(exclude={"queue"}),
    )
    selection.refresh_from_db(fields=["created_at"])
    job = Job.objects.ask(
        project_id=project_id,
        kind=KIND,
        subject_id=selection.pk,
        unique_key=_key(selection.pk),
        asked_by=by.person_id,
    )
    _record(selection, "selection.asked", by, wanted.model_dump(exclude={"why"}), reason=wanted.why)
    ring("queues.tasks.run_job", job.pk)
    return Asked(selection, job)


@transaction.atomic
def cancel(project_id: int, number: int, *, by: Actor) -> Asked:
    """Ask no more: nothing is sent. What was sent already stays."""
    found = asked_for(project_id, number)
    open_ = Selection.objects.filter(pk=number, finished_at=None, cancelled_at=None)
    if not found.is_over and open_.update(cancelled_at=Now()):
        _record(found.selection, "selection.cancelled", by, None)
    return asked_for(project_id, number)


def asked_for(project_id: int, number: int) -> Asked:
    """One selection of this project, or NotFound."""
    selection = selections(project_id).filter(pk=number).first()
    if selection is None:
        raise NotFound(_("There is no such selection in this project. Look at the list of selections."))
    return Asked(selection, Job.objects.filter(unique_key=_key(number)).first())


def selections(project_id: int) -> QuerySet[Selection]:
    """All selections of a project, newest first."""
    return Selection.objects.filter(project=project_id).select_related("asked_by", "queue").order_by("-id")


def with_jobs(found: Iterable[Selection]) -> list[Asked]:
    """Selections, each with how it stands."""
    found = list(found)
    keys = [_key(selection.pk) for selection in found]
    jobs = {job.subject_id: job for job in Job.objects.filter(unique_key__in=keys)}
    return [Asked(selection, jobs.get(selection.pk)) for selection in found]


def measures_offered() -> list[str]:
    """The scores that "relevance" can count."""
    return sorted(known_names() - NOT_FOR_RULES)


def why_not(project_id: int, part: Part = Part.INPUT) -> str | None:
    """Why no selection is possible in this project now, in a sentence; None: one is."""
    if not vectors.are_kept():
        return _("This database keeps no vectors: it lacks pgvector. A selection compares vectors.")
    if own_encoder() is None:
        return why_none()
    if candidates.space_for(project_id, part) is None:
        return _("There are no vectors yet: a worker makes them after arrival. Try again in a moment.")
    if queries.active_policy(project_id) is None:
        return _("No policy is in force: activate one first, so that what is sent has its place in history.")
    return None


def _check_can(project_id: int, part: Part) -> None:
    if why := why_not(project_id, part):
        raise WrongState(why)
    jobs = Job.objects.filter(project=project_id, kind=KIND, state__in=(JobState.QUEUED, JobState.RUNNING))
    open_ = Selection.objects.filter(pk__in=jobs.values("subject_id"), finished_at=None, cancelled_at=None)
    if open_.exists():
        raise WrongState(_("A selection of this project is under way. Wait for it, or cancel it."))


def _faults(project_id: int, wanted: Wanted) -> Iterator[Fault]:
    if not Queue.objects.taking_items().filter(project=project_id, slug=wanted.queue).exists():
        detail = _("Choose a queue of this project that is open and has a form.")
        yield Fault("/queue", "selection.queue", detail)
    yield from faults_of_reason(
        wanted.why, most=WHY_MOST, missing=_("Say why, for those who will read the history."), name="why"
    )
    if wanted.by == "relevance" and wanted.measure not in measures_offered():
        yield Fault("/measure", "selection.measure", _("Choose the score that counts."))
    if wanted.by == "coverage" and wanted.measure:
        yield Fault(
            "/measure", "selection.measure", _("“The most different” looks at no score: leave it out.")
        )


def _key(number: int) -> str:
    return f"{KIND}:{number}"


def _record(
    selection: Selection, kind: str, by: Actor, after: dict[str, object] | None, *, reason: str = ""
) -> None:
    events.record(
        project_id=selection.project_id,
        kind=kind,
        by=by,
        subject_kind="selection",
        subject_id=selection.pk,
        after=after,
        reason=reason,
    )
