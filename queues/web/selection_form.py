"""The form of a selection; its rules are those of the action."""

from collections.abc import Iterable
from typing import Any, cast

from django import forms
from django.utils.translation import gettext_lazy

from queues.errors import Fault
from queues.models import Queue, SelectedBy
from queues.models.selection import LARGEST, MOST_LOOKED_AT
from queues.models.vector import Part
from queues.route.selection import asking
from queues.route.selection.asking import WHY_MOST, Wanted


class SelectionForm(forms.Form):
    """What a lead asks for."""

    queue = forms.ChoiceField(label=gettext_lazy("Send to"))
    size = forms.IntegerField(
        label=gettext_lazy("How many"),
        min_value=1,
        max_value=LARGEST,
        initial=50,
        help_text=gettext_lazy("Fewer are sent when the rest says nearly the same."),
    )
    last = forms.IntegerField(
        label=gettext_lazy("Of the newest"),
        min_value=1,
        max_value=MOST_LOOKED_AT,
        initial=5_000,
        help_text=gettext_lazy("Predictions that are compared."),
    )
    part = forms.ChoiceField(label=gettext_lazy("Compare"), choices=Part.choices)
    by = forms.ChoiceField(label=gettext_lazy("Take"), choices=SelectedBy.choices)
    measure = forms.ChoiceField(
        label=gettext_lazy("Score that counts"),
        required=False,
        help_text=gettext_lazy("Only for “the highest scores”: what is most uncertain by it comes first."),
    )
    priority = forms.IntegerField(label=gettext_lazy("Priority"), min_value=0, max_value=100, initial=50)
    due_hours = forms.FloatField(
        label=gettext_lazy("Due within hours"), min_value=0.1, max_value=8_760, initial=72
    )
    reviews_needed = forms.IntegerField(
        label=gettext_lazy("Reviews of each"), min_value=1, max_value=20, initial=1
    )
    why = forms.CharField(
        label=gettext_lazy("Why"),
        max_length=WHY_MOST,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=gettext_lazy("For those who will read the history."),
    )

    def __init__(self, *args: Any, project_id: int, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        queues = Queue.objects.taking_items().filter(project=project_id).order_by("name", "id")
        cast(forms.ChoiceField, self.fields["queue"]).choices = list(queues.values_list("slug", "name"))
        measures = [("", "–"), *((name, name) for name in asking.measures_offered())]
        cast(forms.ChoiceField, self.fields["measure"]).choices = measures

    def wanted(self) -> Wanted:
        """What was asked for; valid forms only."""
        return Wanted(**self.cleaned_data)

    def add_faults(self, faults: Iterable[Fault]) -> None:
        """Each beside its field."""
        for fault in faults:
            field = fault.pointer.removeprefix("/")
            self.add_error(field if field in self.fields else None, fault.detail)
