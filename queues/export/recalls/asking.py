"""Asking for a recall: of predictions, of all that one person was behind, of one conversation."""

from collections.abc import Iterator, Sequence

from django.db import transaction
from django.utils.translation import gettext as _

from accounts import events
from accounts.actor import Actor
from accounts.models import Project
from queues.doorbell import ring
from queues.errors import Fault, Invalid
from queues.export.recalls.queries import job_key
from queues.ingest.actions import user_key
from queues.ingest.kinds import is_name
from queues.ingest.limits import NAME_CHARACTERS
from queues.ingest.pseudonym import is_pseudonym, pseudonym
from queues.models import Job, Prediction, RecallBy, RecallPreview, RecallReason, RecallRequest
from queues.reasons import is_reason

KIND = "recall"
NAMED_MAX = 1_000
WHY_MAX = 1_000


def ask(
    project: Project,
    *,
    by_what: str,
    named: Sequence[str],
    reason: str,
    why: str,
    erases: bool,
    publishes: bool = True,
    by: Actor,
) -> tuple[RecallRequest, Job]:
    """Withdraw what is named: it is in no later release. A job does it, and erases the texts where asked.

    named: ids of predictions, or one person as senders name them (or a pseudonym), or the id of one
    conversation.
    publishes: each dataset whose current release has them gets one without.
    """
    if faults := [*faults_in_naming(project, by_what, named), *_faults_in_words(reason, why)]:
        raise Invalid(_("Nothing was withdrawn: correct what is marked and send it again."), faults)
    stored = as_stored(project, by_what, named)
    with transaction.atomic():
        RecallPreview.objects.filter(project=project, by=by_what, named=stored).delete()
        request = RecallRequest.objects.create(
            project=project,
            by=by_what,
            named=stored,
            reason=reason,
            why=why.strip(),
            erases=erases,
            publishes=publishes,
            asked_by_id=by.person_id,
        )
        job = Job.objects.ask(
            project_id=project.pk,
            kind=KIND,
            subject_id=request.pk,
            unique_key=job_key(request),
            asked_by=by.person_id,
        )
        events.record(
            project_id=project.pk,
            kind="recall.asked",
            by=by,
            subject_kind="recall",
            subject_id=request.pk,
            after={"by": by_what, "reason": reason, "erases": erases, "named": len(request.named)},
            reason=request.why,
        )
        ring("queues.tasks.run_job", job.pk)
    return request, job


def faults_in_naming(project: Project, by_what: str, named: Sequence[str]) -> Iterator[Fault]:
    """What is wrong with what is named; nothing is looked for where it could not be."""
    if by_what not in RecallBy.values:
        known = ", ".join(RecallBy.values)
        yield Fault("/by", "recall.by", _("Use one of: %(known)s.") % {"known": known})
        return
    most = NAMED_MAX if by_what == RecallBy.PREDICTIONS else 1
    if not 0 < len(named) <= most:
        yield Fault("/named", "recall.named", _("Name at least 1 and at most %(max)d.") % {"max": most})
        return
    for index, name in enumerate(named):
        if not is_name(name):
            yield Fault(f"/named/{index}", "recall.name", _no_name())
    if by_what == RecallBy.PREDICTIONS:
        yield from _unknown(project, named)


def _no_name() -> str:
    return _("A name has 1 to %(max)d characters, all of them visible, and no space at its ends.") % {
        "max": NAME_CHARACTERS
    }


def _unknown(project: Project, named: Sequence[str]) -> Iterator[Fault]:
    possible = {name for name in named if is_name(name)}
    found = Prediction.objects.filter(project=project, prediction_id__in=possible)
    known = set(found.values_list("prediction_id", flat=True))
    for index, name in enumerate(named):
        if name in possible and name not in known:
            detail = _("There is no prediction of this id in this project.")
            yield Fault(f"/named/{index}", "recall.unknown", detail)


def _faults_in_words(reason: str, why: str) -> Iterator[Fault]:
    if reason not in RecallReason.values:
        known = ", ".join(RecallReason.values)
        yield Fault("/reason", "recall.reason", _("Use one of: %(known)s.") % {"known": known})
    if not is_reason(why, most=WHY_MAX):
        detail = _("Say why, in at most %(max)d characters.") % {"max": WHY_MAX}
        yield Fault("/why", "recall.why", detail)


def as_stored(project: Project, by_what: str, named: Sequence[str]) -> list[str]:
    """Each once; a person by their pseudonym."""
    if by_what == RecallBy.PERSON:
        return [_pseudonym(project, named[0])]
    return list(dict.fromkeys(named))


def _pseudonym(project: Project, name: str) -> str:
    return name if is_pseudonym(name) else pseudonym(name, user_key(project.pk))
