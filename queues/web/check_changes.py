"""What leads do with checks: make one, retire one; let somebody in, or ask them again."""

from collections.abc import Callable

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from accounts.gate import ProjectRequest, needs
from accounts.models import Person
from accounts.roles import Permission
from queues.curate.checks import actions as checks
from queues.curate.checks import beginning, questions
from queues.errors import Invalid, NotFound, ReviewappError, WrongState
from queues.review import line_ends
from queues.web import disputes
from queues.web.disputes import RefusedReply
from queues.web.posted import id_of
from queues.web.queue_of import queue_of


@needs(Permission.TUNE)
@require_POST
def make(request: ProjectRequest, queue_slug: str) -> HttpResponse:
    """Use the verdict of a settled item of this queue as a known answer."""
    queue = queue_of(request, queue_slug)
    item_id = id_of(request.POST.get("item", ""))
    if item_id is None:
        raise NotFound(_("There is no such item in this project. Choose one from the list of checks."))
    why = line_ends.like("", request.POST.get("why", ""))

    def change() -> str:
        checks.make(item_id, project_id=request.project.pk, by=request.actor, why=why)
        return _("The item is a check now.")

    return _done(request, queue.slug, change)


@needs(Permission.TUNE)
@require_POST
def retire(request: ProjectRequest, check_id: int) -> HttpResponse:
    """Give this check to nobody any more."""
    check = checks.retire(check_id, project_id=request.project.pk, by=request.actor)
    messages.success(request, _("The check is retired. What people answered stays."))
    return redirect(_address(request, check.queue.slug))


@needs(Permission.SETTLE)
@require_POST
def let_in(request: ProjectRequest, queue_slug: str, person_id: int) -> HttpResponse:
    """Let somebody work who has not passed, with a reason."""
    queue, person = queue_of(request, queue_slug), _member(request, person_id)

    def change() -> str:
        beginning.let_in(queue, person_id=person.pk, by=request.actor, reason=_reason(request))
        return _("%(name)s can work in this queue now.") % {"name": person.name}

    return _done(request, queue.slug, change)


@needs(Permission.SETTLE)
@require_POST
def ask_again(request: ProjectRequest, queue_slug: str, person_id: int) -> HttpResponse:
    """Ask for the qualification anew, with other checks and a reason."""
    queue, person = queue_of(request, queue_slug), _member(request, person_id)

    def change() -> str:
        beginning.ask_again(queue, person_id=person.pk, by=request.actor, reason=_reason(request))
        return _("%(name)s is asked again, with other checks.") % {"name": person.name}

    return _done(request, queue.slug, change)


@needs(Permission.SETTLE)
@require_POST
def reply(request: ProjectRequest, served_id: int) -> HttpResponse:
    """Answer somebody who asked the lead about a check, as any other question is answered."""
    text = line_ends.like("", request.POST.get("answer", ""))
    try:
        questions.reply(served_id, project_id=request.project.pk, by=request.actor, text=text)
    except Invalid as refusal:
        fault = " ".join(one.detail for one in refusal.faults)
        return disputes.page(request, refused=RefusedReply(served_id, text, fault))
    except WrongState as refusal:
        return disputes.page(request, refused=RefusedReply(served_id, text, str(refusal), is_gone=True))
    messages.success(request, _("The answer is sent."))
    return redirect("web:disputes", request.project.slug)


def _done(request: ProjectRequest, queue_slug: str, change: Callable[[], str]) -> HttpResponse:
    try:
        messages.success(request, change())
    except NotFound:
        raise
    except ReviewappError as refusal:
        messages.error(request, str(refusal))
    return redirect(_address(request, queue_slug))


def _reason(request: ProjectRequest) -> str:
    return line_ends.like("", request.POST.get("reason", ""))


def _member(request: ProjectRequest, person_id: int) -> Person:
    person = Person.objects.filter(pk=person_id, memberships__project=request.project).first()
    if person is None:
        raise NotFound(_("This person is not a member of the project. Load the list of members again."))
    return person


def _address(request: ProjectRequest, queue_slug: str) -> str:
    return f"{reverse('web:checks', args=[request.project.slug])}?queue={queue_slug}"
