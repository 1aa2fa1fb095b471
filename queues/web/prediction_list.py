"""Predictions: finding them by words, by meaning, by id, by likeness to one."""

from collections.abc import Mapping
from typing import Any

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from accounts.gate import ProjectRequest, needs
from accounts.roles import Permission
from queues.errors import NotFound, WrongState
from queues.ingest import queries as ingest
from queues.ingest.queries import WORDS_LOOKED_AT, Search
from queues.ingest.snippets import snippets
from queues.models import EnrichmentKind, Prediction
from queues.numbers import localized
from queues.review import care
from queues.score import backlog, finding
from queues.score.finding import Found
from queues.score.own_encoder import own_encoder
from queues.web.paging import address, number, pager
from queues.web.prediction_search import ID, MEANING, PredictionSearch, word_for_meaning
from queues.web.sentences import rule_names

WAIT_SECONDS = 0.8  # for a worker that embeds what was typed; after that the page asks again by itself


@needs(Permission.READ)
@require_safe
def predictions(request: ProjectRequest) -> HttpResponse:
    """What matches, newest or nearest first; an exact id opens its story at once."""
    form = PredictionSearch(request.project.pk, request.GET)
    wanted = form.search()
    if wanted.text and form.how != MEANING and (found := ingest.named(request.project.pk, wanted.text)):
        return redirect("web:prediction", request.project.slug, found.pk)
    results = _results(request, form, wanted)
    found_ids = [one.pk for one in results.get("predictions", ())]
    context = {
        "veiled": care.veiled_for(request.user.pk, found_ids),
        "form": form,
        "rule_names": rule_names(request.project.pk),
        "is_narrowed": not wanted.asks_nothing or "like" in request.GET,
        "wording": word_for_meaning(),
        **results,
    }
    is_part = request.htmx and not request.htmx.boosted
    response = render(request, "predictions/_results.html" if is_part else "predictions/page.html", context)
    response.headers["Vary"] = "HX-Request"
    return response


def _results(request: ProjectRequest, form: PredictionSearch, wanted: Search) -> Mapping[str, Any]:
    if like := number(request, "like"):
        return _like(request, form, wanted, like)
    if wanted.text and form.how == MEANING:
        return _by_meaning(request, form, wanted)
    if wanted.text and form.how == ID:
        return {"predictions": [], "is_by_id": True}
    return _newest(request, wanted)


def _newest(request: ProjectRequest, wanted: Search) -> Mapping[str, Any]:
    page = ingest.search(request.project.pk, wanted, before=number(request, "before"))
    pages = pager(request, page)
    context = {"predictions": page.rows, "pager": pages}
    if not wanted.text:
        return context
    if pages["shown"]:
        pages["shown"] = _("The newest %(n)s from here were looked through") % {
            "n": localized(WORDS_LOOKED_AT)
        }
    owed = {one.kind: one for one in backlog.owed(request.project.pk)}
    found = snippets([prediction.pk for prediction in page.rows], wanted.text)
    return {**context, "snippets": found, "not_indexed": owed.get(EnrichmentKind.INDEX)}


def _by_meaning(request: ProjectRequest, form: PredictionSearch, wanted: Search) -> Mapping[str, Any]:
    try:
        found = finding.by_text(request.project.pk, wanted, form.compared_with, wait_seconds=WAIT_SECONDS)
    except WrongState as error:
        return {"predictions": [], "why_not": str(error)}
    is_asked = found.answer is not None and found.answer.vector is None and not found.answer.error
    return {
        **_near(found),
        "answer": found.answer,
        "asks_again_at": address(request) if is_asked else "",
        "not_embedded": _not_embedded(request),
    }


def _like(
    request: ProjectRequest, form: PredictionSearch, wanted: Search, prediction_id: int
) -> Mapping[str, Any]:
    model = Prediction.objects.filter(project=request.project, pk=prediction_id).first()
    if model is None:
        raise NotFound(_("There is no such prediction in this project. Search for it by its id."))
    context: dict[str, Any] = {"like": model, "part": form.compared_with, "predictions": []}
    try:
        found = finding.like(request.project.pk, model.pk, wanted, form.compared_with)
    except WrongState as error:
        return {**context, "why_not": str(error)}
    if found is None:
        return {**context, "place": backlog.place_of(request.project.pk, model.pk, EnrichmentKind.EMBED)}
    return {**context, **_near(found), "not_embedded": _not_embedded(request)}


def _near(found: Found) -> dict[str, object]:
    cosines = {one.prediction.pk: one.cosine for one in found.likenesses}
    return {
        "predictions": [one.prediction for one in found.likenesses],
        "cosines": cosines,
        "looked_at": found.looked_at,
        "encoder": own_encoder(),
    }


def _not_embedded(request: ProjectRequest) -> object:
    owed = {one.kind: one for one in backlog.owed(request.project.pk)}
    return owed.get(EnrichmentKind.EMBED)
