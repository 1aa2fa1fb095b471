"""What is still found out after arrival: how much is owed, what failed, and trying that again."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST, require_safe

from accounts.gate import ProjectRequest, needs
from accounts.roles import Permission
from queues.errors import Fault, Invalid
from queues.models import EnrichmentKind
from queues.score import backlog, vectors
from queues.score import enrichment as enrichments
from queues.score.own_encoder import own_encoder, why_none
from queues.web.posted import id_of
from queues.web.prediction_search import word_for_meaning


@needs(Permission.READ)
@require_safe
def backlog_page(request: ProjectRequest) -> HttpResponse:
    """Owed by kind, and what was given up with its error."""
    context = {
        "owed": backlog.owed(request.project.pk),
        "given_up": backlog.given_up(request.project.pk),
        "kinds": dict(EnrichmentKind.choices),
        "failed_shown": backlog.FAILED_SHOWN,
        "encoder": own_encoder(),
        "why_no_encoder": why_none(),
        "wording": word_for_meaning(),
        "vectors_are_kept": vectors.are_kept(),
        "may_retry": Permission.TUNE in request.permissions,
    }
    return render(request, "enrichment/page.html", context)


@needs(Permission.TUNE)
@require_POST
def retry(request: ProjectRequest) -> HttpResponse:
    """Try again what was given up: one, if the form names it, or all."""
    kind = request.POST.get("kind", "")
    prediction_id = id_of(request.POST.get("prediction", ""))
    if bool(kind) != (prediction_id is not None) or kind not in ("", *EnrichmentKind.values):
        detail = _("Name a prediction and a kind, or neither.")
        raise Invalid(detail, [Fault("/kind", "kind.choice", detail)])
    n = enrichments.retry(request.project.pk, by=request.actor, prediction_id=prediction_id, kind=kind)
    said = ngettext("%(n)d is tried again.", "%(n)d are tried again.", n) % {"n": n}
    messages.success(request, said) if n else messages.info(request, _("Nothing was left to try again."))
    return redirect("web:enrichment", request.project.slug)
