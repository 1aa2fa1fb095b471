"""The forms for a queue's settings. Shapes and words; the rules are those of `queues.assign.settings`."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, cast

from django import forms
from django.core.validators import RegexValidator
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from accounts.names import validate_plain
from queues.assign.orders import Order, orders
from queues.assign.settings import LEASE_BOUNDS, NAME_LONGEST, PURPOSE_LONGEST
from queues.models import BOUNDS, Queue, SpreadBy, WorkOrder
from queues.web.words_field import WordsField

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise

# People type percents, the database holds shares.
_PERCENT = frozenset({"overlap_rate", "blind_rate", "check_rate", "qualifying_share"})
_LEASE_MINUTES = (1, LEASE_BOUNDS[1] // 60)


def _whole(
    name: str, label: "_StrPromise", help_text: "_StrPromise", *, required: bool = True
) -> forms.IntegerField:
    low, high = BOUNDS[name]
    return forms.IntegerField(
        label=label, help_text=help_text, min_value=low, max_value=high, required=required
    )


def _percent(label: "_StrPromise", help_text: "_StrPromise") -> forms.FloatField:
    return forms.FloatField(
        label=label,
        help_text=help_text,
        min_value=0,
        max_value=100,
        widget=forms.NumberInput(attrs={"step": "any", "inputmode": "decimal"}),
    )


class QueueForm(forms.Form):
    """The settings of a queue as people type them: minutes, hours and percents."""

    name = forms.CharField(label=_("Name"), max_length=NAME_LONGEST, validators=[validate_plain])
    purpose = forms.CharField(
        label=_("What it is for"),
        max_length=PURPOSE_LONGEST,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3, "dir": "auto"}),
        help_text=_("Shown to the people who choose where to work."),
    )
    reviews_per_item = _whole(
        "reviews_per_item",
        _("Reviews per item"),
        _("At least so many; a rule may ask for more."),
    )
    overlap_rate = _percent(
        _("Share drawn for extra reviews (%)"),
        _("Drawn at random for each item when it is opened. Agreement on these items speaks for all items."),
    )
    overlap_extra = _whole(
        "overlap_extra", _("Extra reviews of a drawn item"), _("In addition to the reviews per item.")
    )
    blind_rate = _percent(
        _("Share drawn for a blind review (%)"),
        _("One more review by somebody who is told neither why the item is here nor what filters found."),
    )
    check_rate = _percent(
        _("Hidden checks (%)"),
        _("So many of the items that a person is given have a known answer; nobody can tell which."),
    )
    tells_checks = forms.BooleanField(
        label=_("Tell people afterwards"),
        required=False,
        help_text=_("After their answer, people read that it was a check, what was expected and why."),
    )
    training_checks = _whole(
        "training_checks",
        _("Checks for training"),
        _("So many come first to somebody new, each with what was expected. 0: no training."),
    )
    qualifying_checks = _whole(
        "qualifying_checks",
        _("Checks for qualification"),
        _("So many come next, before the first real item. 0: no qualification."),
    )
    qualifying_share = _percent(
        _("Of these right, at least (%)"),
        _("Who has fewer right waits for a lead, who lets them in or asks again."),
    )
    due_hours = forms.FloatField(
        label=_("Due after (hours)"),
        min_value=BOUNDS["due_hours"][0],
        max_value=BOUNDS["due_hours"][1],
        required=False,
        widget=forms.NumberInput(attrs={"step": "any", "inputmode": "decimal"}),
        help_text=_("No item waits longer, whatever its rule says. Empty: as the rule says."),
    )
    lease_minutes = forms.IntegerField(
        label=_("Lease (minutes)"),
        min_value=_LEASE_MINUTES[0],
        max_value=_LEASE_MINUTES[1],
        help_text=_("How long an item stays with somebody who does nothing with it."),
    )
    order = forms.ChoiceField(label=_("Order of work"), widget=forms.RadioSelect)
    spread_by = forms.ChoiceField(
        label=_("Diverse by"),
        choices=[
            (SpreadBy.RULE, _("the rules that sent the item")),
            (SpreadBy.LOCALE, _("language and country of the record")),
            (SpreadBy.SEGMENT, _("segment of the record")),
            (SpreadBy.MODEL_VERSION, _("model version")),
        ],
        help_text=_("What the order “Diverse” takes in turn; other orders do not ask for it."),
    )
    languages = WordsField(
        label=_("Languages needed"),
        required=False,
        help_text=_(
            "Only people whose profile names all of them work here, such as: de, fr. Empty: everybody."
        ),
    )
    skills = WordsField(
        label=_("Skills needed"),
        required=False,
        help_text=_("Words of your own, such as: medicine, contracts. Empty: everybody."),
    )
    max_held = _whole(
        "max_held", _("Items at once"), _("How many one person may hold; the one loaded ahead counts as one.")
    )
    session_goal = _whole(
        "session_goal",
        _("Goal of a session"),
        _("So many reviews are shown as a goal of the day. Empty: no goal."),
        required=False,
    )
    break_after = _whole(
        "break_after",
        _("Suggest a break after"),
        _("So many severe items of one person in a day, and again after as many. Empty: never."),
        required=False,
    )
    shows_scores = forms.BooleanField(
        label=_("Tell reviewers the scores"),
        required=False,
        help_text=_("Else they are told which rule sent an item, without its figures."),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        order = cast(forms.ChoiceField, self.fields["order"])
        order.choices = [(name, one.label) for name, one in known_orders()]

    def orders(self) -> list[tuple[forms.boundfield.BoundWidget, Promise]]:
        """The choice of each order with what it does."""
        return list(zip(self["order"], (one.help for _name, one in known_orders()), strict=True))

    def settings(self) -> dict[str, Any]:
        """What was typed, in the units of the database."""
        typed = {name: value for name, value in self.cleaned_data.items() if name in _SETTINGS}
        for name in _PERCENT:
            typed[name] = typed[name] / 100
        return typed | {"lease_seconds": self.cleaned_data["lease_minutes"] * 60}


def known_orders() -> list[tuple[str, Order]]:
    """The orders of work as they stand in the list of choices, the usual one first."""
    return [(name, orders.get(name)) for name in WorkOrder.values]


_SETTINGS = frozenset(QueueForm.base_fields) - {"lease_minutes"}
SECTIONS: Sequence[tuple[Promise, Sequence[str]]] = (
    (_("What it is"), ("name", "purpose")),
    (_("Reviews of an item"), ("reviews_per_item", "overlap_rate", "overlap_extra", "blind_rate")),
    (
        _("Checks"),
        ("check_rate", "tells_checks", "training_checks", "qualifying_checks", "qualifying_share"),
    ),
    (_("Time and order"), ("due_hours", "order", "spread_by")),
    (_("Who works here"), ("languages", "skills")),
    (_("The work of a person"), ("lease_minutes", "max_held", "session_goal", "break_after", "shows_scores")),
)


class NewQueueForm(QueueForm):
    """A new queue: its address, and another queue whose form it starts with."""

    slug = forms.CharField(
        label=_("Address"),
        max_length=60,
        validators=[RegexValidator(r"^[a-z0-9][a-z0-9-]{0,59}\Z", _("Only a to z, 0 to 9 and hyphens."))],
        help_text=_("Small letters, digits and hyphens; policies name the queue by it, so it stays."),
    )
    form_of = forms.ChoiceField(
        label=_("Begin with the form of"),
        required=False,
        help_text=_("Nobody can review before the queue has a form; a copy can be changed at any time."),
    )

    def __init__(self, *args: Any, project_id: int, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        with_form = Queue.objects.filter(project=project_id, form__isnull=False).values_list("slug", "name")
        cast(forms.ChoiceField, self.fields["form_of"]).choices = [("", _("no form yet")), *with_form]


def initial_of(queue: Queue) -> dict[str, Any]:
    """A queue's settings as the form shows them."""
    shown = {name: getattr(queue, name) for name in _SETTINGS}
    for name in _PERCENT:
        shown[name] = _plain(round(shown[name] * 100, 6))
    for name in ("languages", "skills"):
        shown[name] = ", ".join(shown[name])
    shown["due_hours"] = None if queue.due_hours is None else _plain(queue.due_hours)
    return shown | {"lease_minutes": max(1, round(queue.lease_seconds / 60))}


def sections_of(form: QueueForm) -> list[tuple[Promise, list[forms.BoundField]]]:
    """The fields under their headings, in the order of the page."""
    return [(heading, [form[name] for name in names]) for heading, names in SECTIONS]


def _plain(number: float) -> float | int:
    """5 rather than 5.0."""
    return int(number) if number == int(number) else number
