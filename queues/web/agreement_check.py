"""Whether counted agreement is right: what the last recomputation found, and the button that asks for one."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from accounts.gate import ProjectRequest, needs
from accounts.roles import Permission
from queues.agree import checking
from queues.models import AgreementCheck, Job, JobState, Queue
from queues.web.queue_of import queue_called


@dataclass(frozen=True, slots=True)
class CheckState:
    """The last check of a queue and the last job for one; either may be missing. labels: of the questions."""

    last: AgreementCheck | None
    job: Job | None
    labels: Mapping[str, str]

    @property
    def is_under_way(self) -> bool:
        return self.job is not None and self.job.state in (JobState.QUEUED, JobState.RUNNING)

    @property
    def has_failed(self) -> bool:
        """The job that was asked for last found nothing out."""
        return self.job is not None and self.job.state == JobState.FAILED

    @property
    def is_alarm(self) -> bool:
        return self.last is not None and not self.last.is_equal

    @property
    def differing(self) -> list[tuple[str, Mapping[str, Any]]]:
        """The questions that are not the same both ways, each with what was found."""
        found = self.last.findings if self.last else []
        return [
            (self.labels.get(one["question"], one["question"]), one) for one in found if not one["is_equal"]
        ]


def check_state_of(queue: Queue, labels: Mapping[str, str]) -> CheckState:
    return CheckState(checking.newest_check(queue), checking.newest_job(queue), labels)


@needs(Permission.SETTLE)
@require_POST
def recheck(request: ProjectRequest) -> HttpResponse:
    """Have a worker compute the agreement of a queue again from the raw answers."""
    queue = queue_called(request, request.POST.get("queue", ""))
    checking.ask(queue, by=request.actor)
    messages.success(request, _("The figures are computed again; the result will stand on this page."))
    return redirect(f"{reverse('web:agreement', args=[request.project.slug])}?queue={queue.slug}")
