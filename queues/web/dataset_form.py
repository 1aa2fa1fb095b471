"""The form for a new dataset; its rules are those of the action."""

from typing import Any, cast

from django import forms
from django.utils.translation import gettext_lazy as _

from queues.models import Basis, Decision, Queue
from queues.web.format_names import GROUPED

_LISTS = ("queues", "decisions", "basis")


class DatasetForm(forms.Form):
    """What a person may choose; the API knows more filters."""

    name = forms.SlugField(
        label=_("Name"),
        max_length=60,
        help_text=_("Small letters, digits and hyphens; it stays, as in refunds-dpo@1.0.0."),
    )
    title = forms.CharField(label=_("Title"), max_length=120, required=False)
    format = forms.ChoiceField(label=_("Format"), choices=GROUPED)
    queues = forms.MultipleChoiceField(
        label=_("Queues"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("None: all of them."),
    )
    decisions = forms.MultipleChoiceField(
        label=_("Verdicts"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        choices=[choice for choice in Decision.choices if choice[0] != Decision.ESCALATE],
        help_text=_("None: all that the format can use."),
    )
    basis = forms.MultipleChoiceField(
        label=_("How the verdict came about"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        choices=Basis.choices,
        help_text=_("None: however it did."),
    )
    decided_after = forms.DateTimeField(
        label=_("Decided from"),
        required=False,
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
    )

    def __init__(self, *args: Any, project_id: int, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        queues = Queue.objects.filter(project=project_id)
        cast(forms.ChoiceField, self.fields["queues"]).choices = list(queues.values_list("slug", "name"))

    def filter_document(self) -> dict[str, object]:
        """The filter/1 document of what was chosen."""
        chosen: dict[str, object] = {
            name: self.cleaned_data[name] for name in _LISTS if self.cleaned_data[name]
        }
        if after := self.cleaned_data["decided_after"]:
            chosen["decided_after"] = after.isoformat()
        return chosen
