"""Changes of many items at once: begun from the list, followed, stopped, and undone."""

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST, require_safe

from accounts.gate import ProjectRequest, needs
from accounts.roles import Permission
from queues.assign.bulk import asking as bulk
from queues.assign.bulk.asking import Asked
from queues.errors import Fault, Invalid
from queues.models import Queue
from queues.monitor.queries import running
from queues.web.items import ItemFilter, page_of_items
from queues.web.posted import id_of, slug_of
from queues.web.queue_of import queue_of

# Why an item was left alone, by the code of `queues.assign.bulk.changes`.
PASSED_BY: dict[str, Promise] = {
    "finished": _("were settled or withdrawn already"),
    "held": _("were in somebody's hands"),
    "reviewed": _("had reviews already, which belong to this queue's form"),
    "same": _("had this priority or a higher one already"),
    "most_reviews": _("would have needed more than 20 reviews"),
    "there_already": _("were in the other queue already"),
    "closed": _("could not go to a queue that is closed"),
    "recalled": _("were withdrawn from all releases"),
    "changed_since": _("were changed by somebody since"),
}


@needs(Permission.TUNE)
@require_POST
def change(request: ProjectRequest, *, queue_slug: str) -> HttpResponse:
    """Begin a change of the chosen items, or of all that fit the filter of the list."""
    queue, post = queue_of(request, queue_slug), request.POST
    kind = post.get("kind", "")
    fits = ItemFilter(request.project, request.GET).narrowing()
    is_all = post.get("which") == "all"
    chosen = [number for value in post.getlist("item") if (number := id_of(value)) is not None]
    try:
        if is_all and not fits.is_repeatable:
            detail = _("Tick items, or show all that fit a reason or are overdue.")
            raise Invalid(
                gettext("Words, people and verdicts narrow only the list."),
                [Fault("/which", "bulk.which", str(detail))],
            )
        asked = bulk.ask(
            queue,
            kind=kind,
            why=post.get("why", ""),
            by=request.actor,
            amount=id_of(post.get(f"amount_{kind}", "")),
            target=Queue.objects.filter(
                project=request.project, slug=slug_of(post.get("target", ""))
            ).first(),
            state=request.GET.get("state") or "open",
            reason=fits.reason,
            late=fits.late,
            item_ids=None if is_all else chosen,
        )
    except Invalid as refusal:
        return page_of_items(request, queue, refusal=refusal, status=422)
    return redirect("web:bulk-change", request.project.slug, asked.change.pk)


@needs(Permission.READ)
@require_safe
def bulk_change(request: ProjectRequest, *, number: int) -> HttpResponse:
    """How far it is, or what it did."""
    return render(request, "bulk/page.html", _context(request, number))


@needs(Permission.READ)
@require_safe
def progress(request: ProjectRequest, *, number: int) -> HttpResponse:
    """How far it is, as a fragment that asks again; when it is over the page is loaded anew."""
    context = _context(request, number)
    response = render(request, "bulk/_progress.html", context)
    asked = context["asked"]
    if isinstance(asked, Asked) and asked.is_over:
        response.headers["HX-Refresh"] = "true"
    return response


@needs(Permission.TUNE)
@require_POST
def stop(request: ProjectRequest, *, number: int) -> HttpResponse:
    """Go no further."""
    bulk.stop(request.project.pk, number, by=request.actor)
    return redirect("web:bulk-change", request.project.slug, number)


@needs(Permission.TUNE)
@require_POST
def undo(request: ProjectRequest, *, number: int) -> HttpResponse:
    """Take it back, once."""
    asked = bulk.undo(request.project.pk, number, by=request.actor)
    return redirect("web:bulk-change", request.project.slug, asked.change.pk)


def _context(request: ProjectRequest, number: int) -> dict[str, object]:
    asked = bulk.asked_for(request.project.pk, number)
    passed_by = asked.change.passed_by
    return {
        "asked": asked,
        "change": asked.change,
        "passed_by": [(PASSED_BY.get(code, code), n) for code, n in sorted(passed_by.items())],
        "undone_by": getattr(asked.change, "undone_by", None),
        "worker_is_alive": running(request.project.pk, now=timezone.now()).worker_is_alive,
        "may_tune": Permission.TUNE in request.permissions,
    }
