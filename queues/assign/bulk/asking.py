"""Asking for a bulk change, stopping it, and taking it back once."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import QuerySet
from django.db.models.functions import Now
from django.utils.translation import gettext as _

from accounts import events
from accounts.actor import Actor
from queues.assign.bulk.run import KIND
from queues.doorbell import ring
from queues.errors import Fault, Invalid, NotFound, WrongState
from queues.models import AMOUNTS, UNFINISHED, BulkChange, BulkKind, ItemState, Job, JobState, Queue
from queues.numbers import localized
from queues.reasons import is_reason

CHOSEN_MOST = 200
WHY_LONGEST = 500


@dataclass(frozen=True, slots=True)
class Asked:
    """A bulk change with the job that does it."""

    change: BulkChange
    job: Job | None

    @property
    def is_over(self) -> bool:
        """Nothing will happen any more."""
        failed = self.job is not None and self.job.state == JobState.FAILED
        return failed or bool(self.change.finished_at or self.change.stopped_at)

    @property
    def has_failed(self) -> bool:
        return self.job is not None and self.job.state == JobState.FAILED

    @property
    def state(self) -> str:
        """In one word for programs: waiting, running, done, stopped or failed."""
        if self.change.finished_at:
            return "done"
        if self.change.stopped_at:
            return "stopped"
        if self.has_failed:
            return "failed"
        is_running = self.job is not None and self.job.state == JobState.RUNNING
        return "running" if is_running else "waiting"

    @property
    def can_be_undone(self) -> bool:
        """It is over, has changed something, is no undo itself, and none was asked for."""
        is_first = self.change.undo_of_id is None and not hasattr(self.change, "undone_by")
        return self.is_over and is_first and self.change.changed > 0


@transaction.atomic
def ask(
    queue: Queue,
    *,
    kind: str,
    why: str,
    by: Actor,
    amount: int | None = None,
    target: Queue | None = None,
    state: str = ItemState.OPEN,
    reason: str = "",
    late: bool = False,
    item_ids: Sequence[int] | None = None,
) -> Asked:
    """Have a worker change these items of the queue, or all in `state` that fit. Invalid with every fault."""
    if faults := list(_faults(queue, kind, why, amount, target, state, item_ids)):
        raise Invalid(_("Nothing was changed: see the marked places."), faults)
    change = BulkChange.objects.create(
        project_id=queue.project_id,
        queue=queue,
        kind=kind,
        amount=amount if kind in AMOUNTS else None,
        target=target if kind == BulkKind.MOVE else None,
        state=state,
        reason=reason,
        late=late,
        item_ids=None if item_ids is None else list(item_ids),
        why=why.strip(),
        asked_by_id=by.as_person(),
    )
    return _begin(change, by)


@transaction.atomic
def undo(project_id: int, number: int, *, by: Actor) -> Asked:
    """Take a bulk change back, once: what somebody has changed since stays as it is now."""
    asked = asked_for(project_id, number)
    if not asked.can_be_undone:
        raise WrongState(_("This change cannot be undone: it still runs, changed nothing, or was undone."))
    first = asked.change
    try:
        with transaction.atomic():
            change = BulkChange.objects.create(
                project_id=project_id,
                queue_id=first.queue_id,
                kind=first.kind,
                amount=first.amount,
                target_id=first.target_id,
                state=first.state,
                why=_("Undo of: %(why)s") % {"why": first.why[: WHY_LONGEST - 40]},
                undo_of=first,
                asked_by_id=by.as_person(),
            )
    except IntegrityError as error:
        raise WrongState(_("Somebody else has just undone this change.")) from error
    return _begin(change, by)


@transaction.atomic
def stop(project_id: int, number: int, *, by: Actor) -> Asked:
    """Go no further; what was changed stays so, and can be undone."""
    asked = asked_for(project_id, number)
    owed = BulkChange.objects.filter(pk=number, finished_at=None, stopped_at=None)
    if not asked.is_over and owed.update(stopped_at=Now()):
        _record(asked.change, "bulk_change.stopped", by)
    return asked_for(project_id, number)


def asked_for(project_id: int, number: int) -> Asked:
    """One bulk change of this project, or NotFound."""
    change = changes(project_id).filter(pk=number).first()
    if change is None:
        raise NotFound(_("There is no such change in this project. Look at the list of items."))
    return with_jobs([change])[0]


def with_jobs(changes: Iterable[BulkChange]) -> list[Asked]:
    """Bulk changes, each with the job that does it; one statement."""
    changes = list(changes)
    keys = [f"{KIND}:{change.pk}" for change in changes]
    jobs = {job.subject_id: job for job in Job.objects.filter(unique_key__in=keys)}
    return [Asked(change, jobs.get(change.pk)) for change in changes]


def changes(project_id: int) -> QuerySet[BulkChange]:
    """All of a project, newest first."""
    found = BulkChange.objects.filter(project=project_id)
    return found.select_related("queue", "target", "asked_by", "undo_of", "undone_by").order_by("-id")


def _begin(change: BulkChange, by: Actor) -> Asked:
    job = Job.objects.ask(
        project_id=change.project_id,
        kind=KIND,
        subject_id=change.pk,
        unique_key=f"{KIND}:{change.pk}",
        asked_by=by.person_id,
    )
    _record(change, "bulk_change.asked", by)
    ring("queues.tasks.run_job", job.pk)
    return asked_for(change.project_id, change.pk)


def _faults(
    queue: Queue,
    kind: str,
    why: str,
    amount: int | None,
    target: Queue | None,
    state: str,
    item_ids: Sequence[int] | None,
) -> Iterator[Fault]:
    if kind not in BulkKind.values:
        yield Fault("/kind", "bulk.kind", _("Choose one of the changes offered."))
    if not is_reason(why.strip(), most=WHY_LONGEST):
        detail = _("Say why, in at most %(max)d characters: it stands at each item.") % {"max": WHY_LONGEST}
        yield Fault("/why", "bulk.why", detail)
    if state not in UNFINISHED:
        yield Fault("/state", "bulk.state", _("Only items that are not settled or withdrawn can be changed."))
    if item_ids is not None and not 0 < len(item_ids) <= CHOSEN_MOST:
        detail = _("Choose at least one item, or all that fit the filter.")
        yield Fault("/item_ids", "bulk.items", detail)
    if kind in AMOUNTS:
        low, high = AMOUNTS[kind]
        if amount is None or not low <= amount <= high:
            detail = _("Choose a number between %(low)s and %(high)s.")
            yield Fault("/amount", "bulk.amount", detail % {"low": low, "high": localized(high)})
    if kind == BulkKind.MOVE and not _may_move(queue, target):
        detail = _("Choose another queue of this project that is open and has a form.")
        yield Fault("/target", "bulk.target", detail)


def _may_move(queue: Queue, target: Queue | None) -> bool:
    if target is None or target.pk == queue.pk or target.project_id != queue.project_id:
        return False
    return Queue.objects.taking_items().filter(pk=target.pk).exists()


def _record(change: BulkChange, kind: str, by: Actor) -> None:
    asked: Mapping[str, Any] = {
        "kind": change.kind,
        "queue": change.queue_id,
        "amount": change.amount,
        "target": change.target_id,
        "items": len(change.item_ids) if change.item_ids is not None else "all that fit",
        "undo_of": change.undo_of_id,
    }
    events.record(
        project_id=change.project_id,
        kind=kind,
        by=by,
        subject_kind="bulk_change",
        subject_id=change.pk,
        after=asked,
        reason=change.why,
    )
