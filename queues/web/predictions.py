"""The whole story of one prediction."""

from collections.abc import Mapping, Sequence
from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from accounts.gate import ProjectRequest, needs
from accounts.roles import Permission
from queues.audit.queries import names_of
from queues.audit.story import Story, story_of
from queues.errors import NotFound
from queues.export.recalls import queries as recalls
from queues.models import EnrichmentKind
from queues.review import care
from queues.score import backlog
from queues.score.own_encoder import own_encoder, why_none
from queues.web.feedback import feedback_shown
from queues.web.flags import shown_flags
from queues.web.golden_words import deviation_shown
from queues.web.labels import labels_of_versions
from queues.web.prediction_search import word_for_meaning
from queues.web.record import shown_record
from queues.web.sentences import reason_of
from queues.web.sentences.looks import known_since


@needs(Permission.READ)
@require_safe
def prediction(request: ProjectRequest, *, prediction_id: int) -> HttpResponse:
    """Everything known about one prediction: each field of its record, and what became of it."""
    story = story_of(request.project.pk, prediction_id, reader_id=request.user.pk)
    if story is None:
        raise NotFound(_("There is no such prediction in this project. Search for it by its id."))
    context = {
        "story": story,
        "prediction": story.prediction,
        "output_text": story.prediction.payload.output_text,
        "veiled": care.veiled_for(request.user.pk, _ids_in(story)),
        "recall": recalls.recall_of(story.prediction.pk),
        "record": shown_record(story.prediction.payload.record),
        "reasons": _said(story.routing.reasons) if story.routing else [],
        "looks": [(look, known_since(look.changed), _said(look.reasons)) for look in story.second_looks],
        "flags": shown_flags(story.flags, story.prediction.payload.record),
        "scores": _scores(story),
        "feedback": feedback_shown(story.feedback),
        "deviation": deviation_shown(story.deviation),
        "names": names_of(event.actor_person_id for event in story.events),
        "encoder": own_encoder(),
        "why_no_encoder": why_none(),
        "wording": word_for_meaning(),
        "place": backlog.place_of(request.project.pk, prediction_id, EnrichmentKind.EMBED),
        "labels": labels_of_versions(review.form for item in story.items for review in item.reviews),
    }
    return render(request, "predictions/story.html", context)


def _ids_in(story: Story) -> list[int | None]:
    """The predictions whose texts the page shows."""
    return [story.prediction.pk, *(side.prediction.pk for item in story.items for side in item.sides)]


def _said(reasons: Sequence[Mapping[str, Any]]) -> list[tuple[Mapping[str, Any], str]]:
    return [(reason, reason_of(reason)) for reason in reasons]


def _scores(story: Story) -> list[tuple[str, float | None, str]]:
    """(measure, value, why there is none), by name."""
    if story.scores is None:
        return []
    present = [(name, value, "") for name, value in story.scores.values.items()]
    absent = [(name, None, why) for name, why in story.scores.missing.items()]
    return sorted(present) + sorted(absent)
