"""The search form of the predictions page: for what, how, and narrowed by what."""

from typing import Any, cast

from django import forms
from django.utils.translation import gettext_lazy as _

from queues.ingest import queries as ingest
from queues.models import Decision, Part, PredictionState
from queues.score.own_encoder import own_encoder

_ANY = ("", _("any"))
TEXT, MEANING, ID = "text", "meaning", "id"


class PredictionSearch(forms.Form):
    """What a person looks for."""

    text = forms.CharField(
        max_length=200, required=False, label=_("Look for"), widget=forms.TextInput({"type": "search"})
    )
    mode = forms.ChoiceField(required=False, label=_("By"))
    part = forms.ChoiceField(
        choices=[(one.value, one.label) for one in (Part.OUTPUT, Part.INPUT)],
        required=False,
        label=_("Compared with"),
    )
    state = forms.ChoiceField(choices=[_ANY, *PredictionState.choices], required=False, label=_("State"))
    decision = forms.ChoiceField(
        choices=[_ANY, *((one.value, one.label) for one in Decision if one != Decision.ESCALATE)],
        required=False,
        label=_("Decision"),
    )
    model_version = forms.ChoiceField(required=False, label=_("Model version"))
    environment = forms.ChoiceField(required=False, label=_("Environment"))
    locale = forms.CharField(max_length=35, required=False, label=_("Locale"))
    segment = forms.CharField(max_length=200, required=False, label=_("Segment"))
    reason = forms.CharField(
        max_length=60, required=False, label=_("Reason"), widget=forms.TextInput({"list": "rule-names"})
    )
    day = forms.DateField(required=False, label=_("Day"), widget=forms.DateInput({"type": "date"}))

    def __init__(self, project_id: int, *args: Any) -> None:
        super().__init__(*args)
        self._offer("model_version", ingest.model_versions_in_use(project_id))
        self._offer("environment", ingest.environments_in_use(project_id))
        choices = [(TEXT, _("words")), (MEANING, word_for_meaning()), (ID, _("exact id"))]
        cast(forms.ChoiceField, self.fields["mode"]).choices = choices

    def _offer(self, name: str, values: list[str]) -> None:
        cast(forms.ChoiceField, self.fields[name]).choices = [_ANY, *((value, value) for value in values)]

    def search(self) -> ingest.Search:
        """What was asked; a field with a fault asks nothing."""
        how = ("mode", "part")
        asked = {name: value for name, value in self._clean.items() if value and name not in how}
        return ingest.Search(**asked)

    @property
    def how(self) -> str:
        """TEXT, MEANING or ID."""
        return self._clean.get("mode") or TEXT

    @property
    def compared_with(self) -> Part:
        return Part(self._clean.get("part") or Part.OUTPUT)

    @property
    def is_filtered(self) -> bool:
        return self.search().is_filtered

    @property
    def look_for(self) -> list[forms.BoundField]:
        """The first line: for what, and how."""
        return [self[name] for name in ("text", "mode", "part")]

    @property
    def filters(self) -> list[forms.BoundField]:
        """What narrows the list."""
        return [self[name] for name in self.fields if name not in ("text", "mode", "part")]

    @property
    def _clean(self) -> dict[str, Any]:
        self.is_valid()
        return self.cleaned_data


def word_for_meaning() -> str:
    """What a search by vectors may be called: an encoder that only sees words is never said to understand."""
    encoder = own_encoder()
    return str(_("meaning") if encoder is None or encoder.is_semantic else _("similar wording"))
