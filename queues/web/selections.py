"""Selections on pages: ask, follow, see what was sent, ask no more."""

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST, require_safe

from accounts.gate import ProjectRequest, needs
from accounts.roles import Permission
from queues.errors import Invalid, WrongState
from queues.ingest import queries as ingest
from queues.models import Prediction
from queues.newest import PAGE_SIZE
from queues.review import care
from queues.route.selection import asking
from queues.web.selection_form import SelectionForm
from queues.web.under_way import progress_of, standing


@needs(Permission.READ)
@require_safe
def selections(request: ProjectRequest) -> HttpResponse:
    """All selections, and the form for another."""
    return _list(request, SelectionForm(project_id=request.project.pk))


@needs(Permission.TUNE)
@require_POST
def ask(request: ProjectRequest) -> HttpResponse:
    """Ask for one; 422 names the field, 409 says why none is possible now."""
    form = SelectionForm(request.POST, project_id=request.project.pk)
    if not form.is_valid():
        return _list(request, form, status=422)
    try:
        asked = asking.ask(request.project.pk, form.wanted(), by=request.actor)
    except Invalid as error:
        form.add_faults(error.faults)
        return _list(request, form, status=422)
    except WrongState as error:
        return _list(request, form, status=409, message=str(error))
    return redirect("web:selection", request.project.slug, asked.selection.pk)


@needs(Permission.READ)
@require_safe
def selection(request: ProjectRequest, *, number: int) -> HttpResponse:
    """How far it is, or what it sent."""
    asked = asking.asked_for(request.project.pk, number)
    context = standing(request, asked)
    if (result := asked.result) is not None:
        sent = _sent(request.project.pk, result.sent)
        veiled = care.veiled_for(request.user.pk, [one.pk for one in sent])
        context |= {"result": result, "sent": sent, "veiled": veiled}
    return render(request, "selections/page.html", context)


@needs(Permission.READ)
@require_safe
def progress(request: ProjectRequest, *, number: int) -> HttpResponse:
    """How far it is, as a fragment that asks again; when it is over the page is loaded anew."""
    asked = asking.asked_for(request.project.pk, number)
    return progress_of(request, asked, template="selections/_progress.html")


@needs(Permission.TUNE)
@require_POST
def cancel(request: ProjectRequest, *, number: int) -> HttpResponse:
    """Ask no more."""
    asking.cancel(request.project.pk, number, by=request.actor)
    return redirect("web:selection", request.project.slug, number)


def _list(
    request: ProjectRequest, form: SelectionForm, *, status: int = 200, message: str = ""
) -> HttpResponse:
    found = asking.with_jobs(asking.selections(request.project.pk).defer("result")[: PAGE_SIZE + 1])
    context = {
        "selections": found[:PAGE_SIZE],
        "has_more": len(found) > PAGE_SIZE,
        "form": form,
        "message": message,
        "why_not": asking.why_not(request.project.pk),
        "may_tune": Permission.TUNE in request.permissions,
    }
    return render(request, "selections/list.html", context, status=status)


def _sent(project_id: int, ids: list[int]) -> list[Prediction]:
    """What was sent, best first, each with an excerpt."""
    found = ingest.listed(project_id).in_bulk(ids)
    return [found[id_] for id_ in ids if id_ in found]
