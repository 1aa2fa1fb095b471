"""The form of a word list; its rules are those of the action."""

from collections.abc import Iterable
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from queues.errors import Fault
from queues.models import ListKind, ListTarget, Severity, WordList
from queues.score.detector import SEVERITY_NAMES


class ListForm(forms.Form):
    """What a person writes: one entry a line."""

    name = forms.CharField(
        label=gettext_lazy("Name"),
        max_length=60,
        help_text=gettext_lazy("Small letters, digits and hyphens; it stays."),
    )
    kind = forms.ChoiceField(label=gettext_lazy("Entries are"), choices=ListKind.choices)
    entries = forms.CharField(
        label=gettext_lazy("Entries, one a line"),
        strip=False,
        max_length=120_000,
        widget=forms.Textarea(attrs={"rows": 10, "spellcheck": "false", "dir": "auto"}),
        help_text=gettext_lazy(
            "Words are found whole, whatever their case. Patterns are RE2: (?i) for any case, no look-around."
        ),
    )
    category = forms.CharField(
        label=gettext_lazy("Category"),
        max_length=60,
        widget=forms.TextInput(attrs={"list": "categories"}),
        help_text=gettext_lazy("What it means when one is found, for rules: promise, competitor, hate."),
    )
    severity = forms.TypedChoiceField(
        label=gettext_lazy("Severity"), choices=Severity.choices, coerce=int, initial=Severity.MEDIUM
    )
    target = forms.ChoiceField(label=gettext_lazy("Look at the"), choices=ListTarget.choices)
    locale = forms.CharField(
        label=gettext_lazy("Language"),
        max_length=35,
        required=False,
        help_text=gettext_lazy("Such as en or de-AT; empty for all."),
    )
    text = forms.CharField(
        label=gettext_lazy("A text to try it on"),
        required=False,
        strip=False,
        max_length=20_000,
        widget=forms.Textarea(attrs={"rows": 3, "dir": "auto"}),
    )
    reason = forms.CharField(
        label=gettext_lazy("Why"),
        max_length=2_000,
        required=False,
        help_text=gettext_lazy("For those who will read the history. Needed to save, not to try."),
    )
    is_active = forms.BooleanField(label=gettext_lazy("Use it from now on"), required=False, initial=True)

    def __init__(self, *args: Any, of: WordList | None = None, **kwargs: Any) -> None:
        """of: the version that is edited; its name and kind stay."""
        super().__init__(*args, **kwargs)
        if of is not None:
            for field in ("name", "kind"):
                self.fields[field].disabled = True
            self.initial.update(
                name=of.name,
                kind=of.kind,
                entries="\n".join(of.entries),
                category=of.category,
                severity=of.severity,
                target=of.target,
                locale=of.locale,
            )

    def document(self) -> dict[str, object]:
        """The list/1 document of what was written."""
        clean = self.cleaned_data
        lines = [line.strip() for line in clean["entries"].replace("\r\n", "\n").split("\n")]
        return {
            "kind": clean["kind"],
            "entries": [line for line in lines if line],
            "category": clean["category"],
            "severity": SEVERITY_NAMES[clean["severity"]],
            "target": clean["target"],
            "locale": clean["locale"],
        }

    def add_faults(self, faults: Iterable[Fault]) -> None:
        """Each beside its field; a fault of an entry says which one."""
        for fault in faults:
            field, _slash, place = fault.pointer.removeprefix("/").partition("/")
            detail = fault.detail
            if field == "entries" and place:
                detail = _("Entry %(n)d: %(why)s") % {"n": int(place) + 1, "why": detail}
            self.add_error(field if field in self.fields else None, detail)
