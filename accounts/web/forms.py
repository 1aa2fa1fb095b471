"""Shapes of what people type on these pages. Rules live in `accounts.actions` and `accounts.keys`."""

import zoneinfo
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, cast

from django import forms
from django.conf import settings
from django.contrib.auth.password_validation import validate_password
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from accounts import keys, shortcuts
from accounts.models import Membership, Person
from accounts.names import folded, validate_plain
from accounts.roles import Permission, Role


class LoginForm(forms.Form):
    # Not an EmailField: whatever is typed gets the same answer.
    email = forms.CharField(
        label=_("E-mail"),
        max_length=254,
        widget=forms.EmailInput(attrs={"autocomplete": "username", "autofocus": True}),
    )
    password = forms.CharField(
        label=_("Password"),
        max_length=1024,
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
    )
    next = forms.CharField(required=False, max_length=2000, widget=forms.HiddenInput)


class SettingsForm(forms.ModelForm):
    time_zone = forms.ChoiceField(label=_("Time zone"))
    language = forms.ChoiceField(label=_("Language"), required=False)

    class Meta:
        model = Person
        fields = ("name", "theme", "density", "text_size", "time_zone", "language")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        cast(forms.ChoiceField, self.fields["time_zone"]).choices = [
            (zone, zone) for zone in sorted(zoneinfo.available_timezones())
        ]
        cast(forms.ChoiceField, self.fields["language"]).choices = [
            ("", gettext("As the browser")),
            *settings.LANGUAGES,
        ]

    def clean_name(self) -> str:
        """A name by which the person is not taken for another member of their projects."""
        name = str(self.cleaned_data["name"])
        if "name" in self.changed_data and self._is_anothers(name):
            raise forms.ValidationError(
                _("Somebody else in one of your projects has this name. Choose one that tells you apart."),
                code="name.taken",
            )
        return name

    def _is_anothers(self, name: str) -> bool:
        mine = Membership.objects.filter(person=self.instance.pk).values("project")
        others = Person.objects.filter(memberships__project__in=mine).exclude(pk=self.instance.pk)
        return folded(name) in {folded(other) for other in others.values_list("name", flat=True)}


# What each action is called where its key is chosen.
ACTIONS = {
    "approve": _("Approve"),
    "correct": _("Correct"),
    "reject": _("Reject"),
    "escalate": _("Escalate"),
    "skip": _("Skip with a reason"),
    "undo": _("Undo the last decision"),
    "next_question": _("Next question"),
    "previous_question": _("Previous question"),
    "unsure": _("Unsure, in the question in focus"),
    "none_of_them": _("None of them, in the question in focus"),
    "raw": _("Raw or rendered text"),
    "invisible": _("Show or hide invisible characters"),
    "mark": _("Mark a place in the output"),
    "veil": _("Show or hide content that may be harmful"),
    "lease_again": _("Take an item again whose lease has ended"),
    "close_told": _("Close what you were told about a check"),
    "menu": _("Open the menu with your own pages, on every page"),
}


class ShortcutsForm(forms.Form):
    """A key for each action; an action that is not named keeps the key that it has."""

    has_shortcuts = forms.BooleanField(
        required=False,
        label=_("Single keys act on the review screen"),
        help_text=_("Without them Tab, Space and Enter reach everything, and Ctrl+Enter still submits."),
    )

    def __init__(self, data: Mapping[str, Any] | None = None, *, person: Person) -> None:
        super().__init__(data, initial={"has_shortcuts": person.has_shortcuts, **person.keys})
        self.keys = person.keys
        for action, label in ACTIONS.items():
            self.fields[action] = forms.ChoiceField(
                label=label,
                required=False,
                choices=[*_none_yet(person.keys[action]), *((key, key.upper()) for key in shortcuts.KEYS)],
                error_messages={
                    "invalid_choice": _("“%(value)s” cannot be a key. Choose one of the letters of the list.")
                },
            )

    def clean(self) -> None:
        chosen = {action: self.cleaned_data.get(action) or self.keys[action] for action in ACTIONS}
        for action, earlier in shortcuts.clashes(chosen).items():
            self.add_error(
                action,
                gettext("“%(earlier)s” has this key. Choose another one for either.")
                % {"earlier": ACTIONS[earlier]},
            )
        self.keys = chosen


def _none_yet(key: str) -> Iterator[tuple[str, Any]]:
    """The choice to stay without a key, for an action that came when somebody had given its key away."""
    if not key:
        yield "", _("no key")


class PasswordForm(forms.Form):
    """The present password, and a new one twice."""

    present = forms.CharField(
        label=_("Present password"),
        max_length=1024,
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
    )
    new = forms.CharField(
        label=_("New password"),
        max_length=1024,
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )
    again = forms.CharField(
        label=_("New password again"),
        max_length=1024,
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )

    def __init__(self, *args: Any, person: Person, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.person = person

    def clean_present(self) -> str:
        if not self.person.check_password(self.cleaned_data["present"]):
            raise forms.ValidationError(_("This is not your present password."), code="wrong")
        return self.cleaned_data["present"]

    def clean_new(self) -> str:
        validate_password(self.cleaned_data["new"], self.person)
        return self.cleaned_data["new"]

    def clean(self) -> None:
        new, again = self.cleaned_data.get("new"), self.cleaned_data.get("again")
        if new is not None and again is not None and new != again:
            self.add_error("again", _("The two new passwords differ. Type both again."))
        if new is not None and new == self.cleaned_data.get("present"):
            self.add_error("new", _("This is the present password. Choose another one."))


class KeyForm(forms.Form):
    name = forms.CharField(label=_("What is it for?"), max_length=120, validators=[validate_plain])
    scopes = forms.MultipleChoiceField(label=_("What may it do?"), widget=forms.CheckboxSelectMultiple)
    days = forms.IntegerField(
        label=_("Valid for (days)"), min_value=1, max_value=keys.MAX_DAYS, initial=keys.DEFAULT_DAYS
    )

    def __init__(self, *args: Any, held: Iterable[Permission], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        cast(forms.ChoiceField, self.fields["scopes"]).choices = [
            (scope.value, scope.label) for scope in Permission if scope in set(held)
        ]


class AdmitForm(forms.Form):
    email = forms.EmailField(label=_("E-mail"), max_length=254)
    name = forms.CharField(
        label=_("Name"),
        max_length=120,
        required=False,
        validators=[validate_plain],
        help_text=_("Needed for somebody who has no account yet."),
    )
    role = forms.ChoiceField(label=_("Role"), choices=Role.choices, initial=Role.ANNOTATOR)


class RoleForm(forms.Form):
    role = forms.ChoiceField(label=_("Role"), choices=Role.choices)
