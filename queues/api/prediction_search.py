"""Finding predictions through the API: by words, by vectors, and what is like one of them."""

from collections.abc import Sequence
from typing import Any

from django.utils.translation import gettext as _
from rest_framework.response import Response

from accounts.roles import Permission
from queues.api import pagination, parameters, prediction_schema
from queues.api.base import ProjectRequest, ProjectView
from queues.api.prediction_shapes import prediction_line
from queues.errors import Fault, Malformed, NotFound, WrongState
from queues.ingest import queries as ingest
from queues.ingest.queries import Search
from queues.ingest.snippets import Snippet, snippets
from queues.models import Decision, EnrichmentKind, Part, Prediction, PredictionState
from queues.score import backlog, finding
from queues.score.finding import Found, Likeness
from queues.score.own_encoder import own_encoder

SEARCH_PARAMETERS = frozenset({"text", "mode", "part", "decision", "reason", "locale", "segment"})
WAIT_SECONDS = 2.0  # at most, for a worker that embeds the text
_MODES = ("text", "meaning")
_NEEDS_SEARCH = SEARCH_PARAMETERS - {"text"}
_NO_MATCH_FOR = frozenset({"received_after", "received_before", "prediction_id"})


def refuse_without_search(request: ProjectRequest) -> None:
    """What only a search understands must not be ignored in silence by the plain list."""
    names = sorted(_NEEDS_SEARCH & set(request.GET))
    if names:
        raise _wrong(names[0], _("This needs “text” beside it."))


def found(request: ProjectRequest) -> Response:
    """The answer to ?text=…: 200, or 202 while a worker still embeds the text."""
    for name in sorted(_NO_MATCH_FOR & set(request.GET)):
        raise _wrong(name, _("Leave it out together with “text”."))
    wanted = _wanted(request)
    if not wanted.text.strip():
        raise _wrong("text", _("Say what to look for."))
    if parameters.choice(request, "mode", _MODES) == "meaning":
        return _by_meaning(request, wanted)
    return _by_words(request, wanted)


def _wanted(request: ProjectRequest) -> Search:
    parameters.choice(request, "state", PredictionState.values)
    parameters.choice(request, "decision", [one for one in Decision.values if one != Decision.ESCALATE])
    asked = request.GET
    return Search(
        text=asked["text"],
        state=asked.get("state", ""),
        decision=asked.get("decision", ""),
        model_version=asked.get("model_version", ""),
        environment=asked.get("environment", ""),
        locale=asked.get("locale", ""),
        segment=asked.get("segment", ""),
        reason=asked.get("reason", ""),
    )


def _by_words(request: ProjectRequest, wanted: Search) -> Response:
    limit = _limit(request)
    page = ingest.search(request.project.pk, wanted, before=pagination.position(request), size=limit)
    hits = snippets([row.pk for row in page.rows], wanted.text)
    items = [prediction_line(row) | {"snippet": _snippet(hits.get(row.pk))} for row in page.rows]
    return Response({"items": items, "next_cursor": pagination.cursor_at(request, page.next_before)})


def _by_meaning(request: ProjectRequest, wanted: Search) -> Response:
    if "cursor" in request.GET:
        raise _wrong("cursor", _("The nearest come in one page; leave it out."))
    limit, part = _limit(request), _part(request)
    result = finding.by_text(request.project.pk, wanted, part, limit=limit, wait_seconds=WAIT_SECONDS)
    answer = result.answer
    if answer is not None and answer.error:
        raise WrongState(_("The encoder could not read this text: %(error)s") % {"error": answer.error})
    if answer is not None and answer.vector is None:
        return Response(_near(result) | {"is_pending": True}, status=202, headers={"Retry-After": "1"})
    return Response(_near(result) | {"is_pending": False})


class SimilarView(ProjectView):
    """The predictions most like this one, nearest first: by its answer, or by its question (part=input)."""

    permission = {"GET": Permission.READ}
    parameters = frozenset({"limit", "part"})

    @prediction_schema.read
    def get(self, request: ProjectRequest, number: int) -> Response:
        limit, part = _limit(request), _part(request)
        if not Prediction.objects.filter(project=request.project, pk=number).exists():
            raise NotFound(
                _("There is no such prediction in this project. Look for it with ?prediction_id=….")
            )
        result = finding.like(request.project.pk, number, Search(), part, limit=limit)
        if result is None:
            raise _without_vector(request.project.pk, number)
        return Response(_near(result))


def _without_vector(project_id: int, prediction_id: int) -> WrongState:
    place = backlog.place_of(project_id, prediction_id, EnrichmentKind.EMBED)
    if place.is_given_up:
        return WrongState(_("This prediction could not be embedded: %(error)s") % {"error": place.error})
    if place.is_owed:
        return WrongState(
            _("Not embedded yet: %(n)d predictions come first. Ask again.") % {"n": place.before}
        )
    return WrongState(_("There is no vector of this text: it is empty, or older than the encoder."))


def _near(result: Found) -> dict[str, Any]:
    """encoder: whose cosines these are; with is_semantic false they compare wording only."""
    encoder = own_encoder()
    known = encoder and {"name": encoder.name, "is_semantic": encoder.is_semantic}
    return {"items": _likenesses(result.likenesses), "next_cursor": None, "encoder": known}


def _likenesses(likenesses: Sequence[Likeness]) -> list[dict[str, Any]]:
    return [prediction_line(one.prediction) | {"cosine": one.cosine} for one in likenesses]


def _snippet(snippet: Snippet | None) -> dict[str, Any] | None:
    if snippet is None:
        return None
    pieces = [{"text": piece.text, "is_hit": piece.is_hit} for piece in snippet.pieces]
    return {"of": Part.INPUT if snippet.is_asked else Part.OUTPUT, "pieces": pieces}


def _limit(request: ProjectRequest) -> int:
    given = parameters.whole(request, "limit", low=1, high=pagination.HIGHEST_LIMIT)
    return given or finding.NEAREST


def _part(request: ProjectRequest) -> Part:
    return Part(parameters.choice(request, "part", Part.values) or Part.OUTPUT)


def _wrong(name: str, detail: str) -> Malformed:
    fault = Fault(f"?{name}", "parameter.wrong", detail)
    return Malformed(_("The query cannot be read. See “errors”."), [fault])
