"""The seals of the audit log: how far its chain is, the newest head, what was last verified, the button."""

from collections.abc import Mapping
from dataclasses import dataclass

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.cache import patch_vary_headers
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from accounts.chain import HOUSE
from accounts.chain.sentences import sentence
from accounts.chain.state import COUNTED_UP_TO, ChainState, newest_verification, state_of
from accounts.gate import ProjectRequest, needs
from accounts.models import AuditVerification
from accounts.roles import Permission
from queues.audit import queries as audit
from queues.audit import verification
from queues.models import Job, JobState
from queues.monitor.queries import running


@dataclass(frozen=True, slots=True)
class Verifying:
    """The verification that was asked for last: under way, failed, or over; job None: none was asked for."""

    job: Job | None

    @property
    def is_under_way(self) -> bool:
        return self.job is not None and self.job.state in (JobState.QUEUED, JobState.RUNNING)

    @property
    def has_failed(self) -> bool:
        return self.job is not None and self.job.state == JobState.FAILED


def alarm_of(project_id: int) -> str:
    """The sentence about the first broken place of the project's chain; "" when it was found intact."""
    return sentence_of(newest_verification(project_id))


def house_alarm_of(request: ProjectRequest) -> str:
    """The same of the house's chain, for owners: what is of no project is nobody else's."""
    return alarm_of(HOUSE) if Permission.ADMIT in request.permissions else ""


def sentence_of(found: AuditVerification | None) -> str:
    return sentence(found.broken_kind, found.broken_seq, found.evidence) if found else ""


@needs(Permission.READ)
@require_safe
def seals(request: ProjectRequest) -> HttpResponse:
    """The whole page; its part about the verification asks again while one is under way."""
    template = "events/_seals.html" if request.htmx else "events/seals.html"
    response = render(request, template, _context(request))
    patch_vary_headers(response, ["HX-Request"])
    return response


@needs(Permission.SETTLE)
@require_POST
def verify(request: ProjectRequest) -> HttpResponse:
    """Have a worker walk the whole chain."""
    verification.ask(request.project.pk, by=request.actor)
    messages.success(request, _("The chain is being verified; the result will stand on this page."))
    return redirect("web:seals", request.project.slug)


def _context(request: ProjectRequest) -> Mapping[str, object]:
    state: ChainState = state_of(request.project.pk)
    verified = state.verified
    house = state_of(HOUSE) if Permission.ADMIT in request.permissions else None
    return {
        "chain": state,
        "more_than": COUNTED_UP_TO,
        "verifying": Verifying(verification.newest_job(request.project.pk)),
        "worker_is_alive": running(request.project.pk, now=timezone.now()).worker_is_alive,
        "alarm": sentence_of(verified),
        "house": house,
        "house_alarm": sentence_of(house.verified) if house else "",
        "names": audit.names_of([verified.by_id] if verified else []),
        "may_verify": Permission.SETTLE in request.permissions,
    }
