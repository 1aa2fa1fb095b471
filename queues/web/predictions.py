"""Predictions: finding them, and the whole story of one."""

from typing import Any, cast

from django import forms
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from accounts.gate import ProjectRequest, needs
from accounts.roles import Permission
from queues.audit.queries import names_of
from queues.audit.story import Story, story_of
from queues.errors import NotFound
from queues.ingest import queries as ingest
from queues.models import PredictionState
from queues.web.feedback import feedback_shown
from queues.web.flags import shown_flags
from queues.web.golden_words import deviation_shown
from queues.web.labels import labels_of_versions
from queues.web.paging import number, pager
from queues.web.reasons import rule_names, sentence
from queues.web.record import shown_record


class PredictionSearch(forms.Form):
    """What a person looks for."""

    text = forms.CharField(
        max_length=200, required=False, label=_("Id or text"), widget=forms.TextInput({"type": "search"})
    )
    state = forms.ChoiceField(
        choices=[("", _("any")), *PredictionState.choices], required=False, label=_("State")
    )
    model_version = forms.ChoiceField(required=False, label=_("Model version"))
    environment = forms.ChoiceField(required=False, label=_("Environment"))
    reason = forms.CharField(
        max_length=60, required=False, label=_("Reason"), widget=forms.TextInput({"list": "rule-names"})
    )
    day = forms.DateField(required=False, label=_("Day"), widget=forms.DateInput({"type": "date"}))

    def __init__(self, project_id: int, *args: Any) -> None:
        super().__init__(*args)
        self._offer("model_version", ingest.model_versions_in_use(project_id))
        self._offer("environment", ingest.environments_in_use(project_id))

    def _offer(self, name: str, values: list[str]) -> None:
        cast(forms.ChoiceField, self.fields[name]).choices = [
            ("", _("any")),
            *((value, value) for value in values),
        ]

    def search(self) -> ingest.Search:
        """What was asked; a field with a fault asks nothing."""
        self.is_valid()
        return ingest.Search(**{name: value for name, value in self.cleaned_data.items() if value})


@needs(Permission.READ)
@require_safe
def predictions(request: ProjectRequest) -> HttpResponse:
    """The newest predictions that match; an exact id opens its story at once."""
    form = PredictionSearch(request.project.pk, request.GET)
    wanted = form.search()
    if wanted.text and (found := ingest.named(request.project.pk, wanted.text)):
        return redirect("web:prediction", request.project.slug, found.pk)
    page = ingest.search(request.project.pk, wanted, before=number(request, "before"))
    context = {
        "predictions": page.rows,
        "form": form,
        "rule_names": rule_names(request.project.pk),
        "is_narrowed": not wanted.asks_nothing,
        "pager": pager(request, page),
    }
    return render(request, "predictions/page.html", context)


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
        "record": shown_record(story.prediction.payload.record),
        "reasons": [(reason, sentence(reason)) for reason in story.routing.reasons] if story.routing else [],
        "flags": shown_flags(story.flags, story.prediction.payload.record),
        "scores": _scores(story),
        "feedback": feedback_shown(story.feedback),
        "deviation": deviation_shown(story.deviation),
        "names": names_of(event.actor_person_id for event in story.events),
        "labels": labels_of_versions(review.form for item in story.items for review in item.reviews),
    }
    return render(request, "predictions/story.html", context)


def _scores(story: Story) -> list[tuple[str, float | None, str]]:
    """(measure, value, why there is none), by name."""
    if story.scores is None:
        return []
    present = [(name, value, "") for name, value in story.scores.values.items()]
    absent = [(name, None, why) for name, why in story.scores.missing.items()]
    return sorted(present) + sorted(absent)
