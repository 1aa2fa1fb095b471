"""The form for a new dataset; its rules are those of the action."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any, cast

from django import forms
from django.utils.translation import gettext_lazy as _

from queues.errors import Fault
from queues.models import Basis, Dataset, Decision, Queue
from queues.web.format_names import GROUPED

SHARES = {"validation": "validation_share", "test": "test_share"}  # split → field
CAPPED = {"model_approved": "approved_share", "synthetic": "synthetic_share"}  # origin → field
USUAL = {  # choice → what holds where nothing is chosen
    "personal_data": "leave_out",
    "duplicates": "warn",
    "near_duplicates": "warn",
    "alike_golden": "stop",
}
_LISTS = ("queues", "decisions", "basis")


class PercentField(forms.DecimalField):
    """Per cent with up to three decimals."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(decimal_places=3, **kwargs)

    def widget_attrs(self, widget: forms.Widget) -> dict[str, Any]:
        """A browser would else refuse what is no whole number of thousandths."""
        return super().widget_attrs(widget) | {"step": "any"}


class DatasetForm(forms.Form):
    """What a person may choose; the API knows more filters."""

    name = forms.SlugField(
        label=_("Name"),
        max_length=60,
        help_text=_("Small letters, digits and hyphens; it stays, as in refunds-dpo@1.0.0."),
        error_messages={"invalid": _("Only a to z, 0 to 9 and hyphens.")},
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
        widget=forms.DateTimeInput(attrs={"type": "datetime-local", "step": "1"}, format="%Y-%m-%dT%H:%M:%S"),
    )

    agreement_gate = forms.BooleanField(
        label=_("Only what two people agreed on, or a lead settled"), required=False
    )
    reviewers_right = PercentField(
        label=_("Reviewers right in hidden checks, at least per cent"),
        required=False,
        min_value=0,
        max_value=100,
        help_text=_(
            "By the lower end of the interval, of those with ten checks and more. What rests on others stays"
            " out, unless a lead settled it. None: everybody."
        ),
    )
    personal_data = forms.ChoiceField(
        label=_("Rows with personal data"),
        required=False,
        choices=(
            ("leave_out", _("leave them out")),
            ("redact", _("replace it, as in <EMAIL_1>")),
            ("keep", _("keep them; the release says so")),
        ),
    )
    duplicates = forms.ChoiceField(
        label=_("Rows that ask and answer the same"),
        required=False,
        choices=(("warn", _("keep them; the release says so")), ("leave_out", _("keep the first"))),
    )
    near_duplicates = forms.ChoiceField(
        label=_("Rows that ask and answer nearly the same"),
        required=False,
        choices=(
            ("warn", _("keep them; the release says so")),
            ("leave_out", _("keep the first")),
            ("ignore", _("do not look for them")),
        ),
        help_text=_("Looked for when a release is built."),
    )
    alike_golden = forms.ChoiceField(
        label=_("Rows that read like a golden question"),
        required=False,
        choices=(("stop", _("stop the release")), ("leave_out", _("leave them out"))),
        help_text=_(
            "An encoder looks for them when a release is built, from a cosine of 0.95 on. One that knows"
            " meaning can find other words, the one called hashing only nearly the same ones, perhaps in"
            " another order."
            " Where it is stopped, somebody looks and decides."
        ),
    )
    licences = forms.CharField(
        label=_("Licences that may leave"),
        max_length=1_000,
        required=False,
        help_text=_("SPDX names with commas between, as in CC-BY-4.0, MIT. None: any, and unknown ones."),
    )
    approved_share = PercentField(
        label=_("Approved output of models, at most per cent"),
        required=False,
        min_value=0,
        max_value=100,
        help_text=_("None: any share. Data that models wrote should be added to what people wrote."),
    )
    synthetic_share = PercentField(
        label=_("Synthetic data, at most per cent"), required=False, min_value=0, max_value=100
    )

    validation_share = PercentField(
        label=_("To validate with, per cent"), required=False, min_value=0, max_value=99
    )
    test_share = PercentField(
        label=_("To test with, per cent"),
        required=False,
        min_value=0,
        max_value=99,
        help_text=_(
            "Each share has a file of its own; the rest is to train with. Rows of one conversation stay"
            " together, and never move."
        ),
    )

    def __init__(self, *args: Any, project_id: int, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        queues = Queue.objects.filter(project=project_id)
        cast(forms.ChoiceField, self.fields["queues"]).choices = list(queues.values_list("slug", "name"))

    def field_of(self, fault: Fault) -> str | None:
        """Beside which field a fault of the definition is told."""
        field = "test_share" if fault.pointer.startswith("/splits") else fault.pointer.rpartition("/")[2]
        return field if field in self.fields else None

    def filter_document(self) -> dict[str, object]:
        """The filter/1 document of what was chosen."""
        chosen: dict[str, object] = {
            name: self.cleaned_data[name] for name in _LISTS if self.cleaned_data[name]
        }
        if after := self.cleaned_data["decided_after"]:
            chosen["decided_after"] = after.isoformat()
        return chosen

    def rules_document(self) -> dict[str, object]:
        """The rules of the guards that were chosen; what is as by default is not written down."""
        chosen = self.cleaned_data
        given: dict[str, object] = {}
        if chosen["agreement_gate"]:
            given["agreement_gate"] = True
        if chosen["reviewers_right"]:
            given["reviewers_right"] = float(chosen["reviewers_right"] / 100)
        for name, usual in USUAL.items():
            if chosen[name] and chosen[name] != usual:
                given[name] = chosen[name]
        if licences := [name.strip() for name in chosen["licences"].split(",") if name.strip()]:
            given["licences"] = licences
        shares = {origin: chosen[field] for origin, field in CAPPED.items()}
        if caps := {origin: float(share / 100) for origin, share in shares.items() if share is not None}:
            given["caps"] = caps
        return given

    def splits_document(self) -> dict[str, object]:
        """The shares of the splits; nothing where all rows are in one file."""
        parts = {
            split: float(percent / 100)
            for split, field in SHARES.items()
            if (percent := self.cleaned_data[field]) is not None and percent > 0
        }
        return {"shares": {"train": round(1 - sum(parts.values()), 5), **parts}} if parts else {}


@dataclass(frozen=True, slots=True)
class Asked:
    """The three documents of a definition."""

    filter: dict[str, object]
    rules: dict[str, object]
    splits: dict[str, object]


def merged(dataset: Dataset, form: DatasetForm) -> Asked:
    """What was changed in the form; all else as the dataset asks it now, to the last decimal."""
    changed = set(form.changed_data)
    filter_ = {
        name: value
        for name, value in dataset.filter.items()
        if name not in form.fields or (name == "decided_after" and name not in changed)
    }
    rules = form.rules_document()
    caps = {
        origin: share
        for origin, share in dataset.rules.get("caps", {}).items()
        if CAPPED.get(origin) not in changed
    }
    if caps := {**cast(dict[str, float], rules.get("caps", {})), **caps}:
        rules["caps"] = caps
    splits = form.splits_document() if changed & set(SHARES.values()) else dataset.splits
    if splits and "seed" in dataset.splits:
        splits = {**splits, "seed": dataset.splits["seed"]}
    return Asked({**form.filter_document(), **filter_}, rules, splits)


def definition_initial(like: Dataset) -> dict[str, object]:
    """What the form begins with, from the definition of another dataset."""
    shares = like.splits.get("shares", {})
    percents = {field: _percent(shares[split]) for split, field in SHARES.items() if split in shares}
    filter_ = dict(like.filter)
    if after := filter_.get("decided_after"):
        filter_["decided_after"] = datetime.fromisoformat(after).replace(microsecond=0)
    return {**filter_, **_rules_initial(like), **percents}


def told_rules(rules: Mapping[str, Any]) -> list[tuple[str, str]]:
    """The rules of a dataset in the words of the form; what that has no field for, as it is written."""
    fields_, told = DatasetForm.base_fields, list[tuple[str, str]]()
    for name, value in rules.items():
        if name == "caps":
            told += [_told_cap(origin, share) for origin, share in value.items()]
        elif name == "licences":
            told.append((str(fields_[name].label), ", ".join(value)))
        elif name == "reviewers_right":
            told.append((str(fields_[name].label), f"{_percent(value):f}"))
        elif name == "agreement_gate":
            told.append((str(fields_[name].label), str(_("yes") if value else _("no"))))
        else:
            choices = dict(cast(Any, fields_[name]).choices)
            told.append((str(fields_[name].label), str(choices.get(value, value))))
    return told


def _told_cap(origin: str, share: float) -> tuple[str, str]:
    field = DatasetForm.base_fields.get(CAPPED.get(origin, ""))
    return str(field.label if field else origin), f"{_percent(share):f}"


def _percent(share: float) -> Decimal:
    """As the field shows it; what is not changed there is stored as it was."""
    return round(Decimal(str(share)) * 100, 3).normalize()


def _rules_initial(like: Dataset) -> dict[str, object]:
    given = dict(like.rules)
    caps = given.pop("caps", {})
    given["licences"] = ", ".join(given.get("licences", []))
    if "reviewers_right" in given:
        given["reviewers_right"] = _percent(given["reviewers_right"])
    for origin, field in CAPPED.items():
        if origin in caps:
            given[field] = _percent(caps[origin])
    return given
