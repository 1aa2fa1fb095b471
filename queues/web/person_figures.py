"""One person's own page: what their reviews come to, for them and for leads, whose looks they can see."""

from collections.abc import Sequence
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from accounts.gate import ProjectRequest, needs
from accounts.models import Person
from accounts.roles import Permission
from queues.assign import working
from queues.assign.policy import is_paused
from queues.audit.people import queries as people
from queues.audit.people.behind import under_review
from queues.audit.people.figures import FOLLOWS_FROM
from queues.audit.people.reading import LOOK_AT, Done
from queues.audit.queries import names_of
from queues.errors import NotFound
from queues.ingest.queries import beginnings_of
from queues.models import Decision
from queues.review import care
from queues.review import form as forms
from queues.web.parameters import takes
from queues.web.working import PauseForm


@needs(Permission.REVIEW)
@require_safe
@takes()
def person_figures(request: ProjectRequest, *, person_id: int) -> HttpResponse:
    """For that person, and for leads, whose look is recorded; nobody else learns even that they exist."""
    is_own = person_id == request.user.pk
    who = _member(request, person_id) if is_own or Permission.SETTLE in request.permissions else None
    if who is None:
        raise NotFound(_("There is no such person in this project, or their figures are not yours to see."))
    looks = people.looks_at(request.project.pk, person_id)
    if not is_own and request.method == "GET":
        people.note_reading(request.project.pk, by=request.actor, person_id=person_id)
    found = people.figures_of_one(request.project.pk, person_id)
    unsteady = found.unsteady if is_own else _told(found.unsteady)
    names = names_of(event.actor_person_id for event in looks)
    shown = [case.prediction_id for case in (*found.overruled, *(again for _one, again in unsteady))]
    context = {
        "who": who,
        "beginnings": beginnings_of(shown),
        "veiled": care.veiled_for(request.user.pk, shown),
        "is_own": is_own,
        "found": found,
        "unsteady": unsteady,
        "guidelines": _guidelines(found) if is_own else [],
        "looks": [(event.at, names.get(event.actor_person_id or 0, "")) for event in looks],
        "labels": {decision.value: decision.label for decision in Decision},
        "look_at": LOOK_AT,
        "follows_from": FOLLOWS_FROM,
        **_pause(request, who, is_own=is_own),
    }
    return render(request, "people/figures_of_one.html", context)


@needs(Permission.REVIEW)
@require_POST
def have_read(request: ProjectRequest, *, person_id: int) -> HttpResponse:
    """I have read the guidelines again; a lead asked for it."""
    if person_id != request.user.pk or _member(request, person_id) is None:
        raise NotFound(_("There is no such person in this project, or their figures are not yours to see."))
    working.have_read(request.project.pk, person=request.user, by=request.actor)
    messages.success(request, _("Thank you. You can go on."))
    return redirect("web:queues", request.project.slug)


def _member(request: ProjectRequest, person_id: int) -> Person | None:
    return Person.objects.filter(pk=person_id, memberships__project=request.project).first()


def _told(pairs: Sequence[tuple[Done, Done]]) -> Sequence[tuple[Done, Done]]:
    """Without items under review: whoever looks may be about to review one of them, blind."""
    hidden = under_review([one for pair in pairs for one in pair])
    return [pair for pair in pairs if not any(one.item_id in hidden for one in pair)]


def _guidelines(found: people.OwnFigures) -> list[tuple[str, str]]:
    """The guideline of each queue that they work in most, where it has one."""
    queues = [one.queue for one in found.queues if one.queue.form_id is not None]
    told = [(queue.name, forms.of_version(queue.form_id or 0).guideline) for queue in queues]
    return [(name, guideline) for name, guideline in told if guideline]


def _pause(request: ProjectRequest, who: Person, *, is_own: bool) -> dict[str, Any]:
    """The pause form for who may pause; the page of their work has the rest."""
    profile = working.profile_of(request.project.pk, who)
    return {
        "profile": profile,
        "is_paused": is_paused(profile),
        "may_pause": Permission.TUNE in request.permissions and not is_own,
        "pause_form": PauseForm(),
    }
