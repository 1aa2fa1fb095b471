"""Feedback of end users: the newest of a project, and how one event reads."""

from dataclasses import dataclass
from typing import Any

from django import forms
from django.http import HttpResponse
from django.shortcuts import render
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy
from django.views.decorators.http import require_safe

from accounts.gate import ProjectRequest, needs
from accounts.roles import Permission
from queues.ingest.feedback import queries
from queues.ingest.feedback.queries import FeedbackOf, FeedbackSearch
from queues.ingest.messages import text_of
from queues.models import Feedback, FeedbackKind, FeedbackName
from queues.numbers import localized, percent
from queues.web.paging import number, pager

_ANY = ("", lazy("any"))
_ACTOR_SHOWN = 12  # characters of a pseudonym: enough to tell people apart


class FeedbackFilter(forms.Form):
    """What the list is narrowed to."""

    name = forms.ChoiceField(choices=[_ANY, *FeedbackName.choices], required=False, label=lazy("What"))
    kind = forms.ChoiceField(choices=[_ANY, *FeedbackKind.choices], required=False, label=lazy("Kind"))
    prediction = forms.IntegerField(
        min_value=1, max_value=2**63 - 1, required=False, label=lazy("Prediction, by our number")
    )
    is_negative = forms.BooleanField(required=False, label=lazy("Complaints only"))

    def search(self) -> FeedbackSearch:
        """What was asked; a field with a fault asks nothing."""
        self.is_valid()
        return FeedbackSearch(**{name: value for name, value in self.cleaned_data.items() if value})


@dataclass(frozen=True, slots=True)
class ShownFeedback:
    """One event as people read it. said: in a few words; texts: (label, text) as the user wrote them."""

    feedback: Feedback
    said: str
    actor: str
    reasons: tuple[str, ...]
    texts: tuple[tuple[str | Promise, str], ...]


@needs(Permission.READ)
@require_safe
def feedback(request: ProjectRequest) -> HttpResponse:
    """The newest events first, narrowed by what was done."""
    form = FeedbackFilter(request.GET)
    wanted = form.search()
    page = queries.search(request.project.pk, wanted, before=number(request, "before"))
    context = {
        "events": [shown(row) for row in page.rows],
        "form": form,
        "is_narrowed": wanted != FeedbackSearch(),
        "pager": pager(request, page),
    }
    return render(request, "feedback/page.html", context)


def feedback_shown(found: FeedbackOf) -> dict[str, Any]:
    """What was said of one prediction, for its page."""
    return {
        "counted": [shown(row) for row in found.counted],
        "earlier": [shown(row) for row in found.earlier],
        "has_more": found.has_more,
    }


def shown(row: Feedback) -> ShownFeedback:
    """One event as people read it."""
    record = row.record or {}
    actor = record.get("actor") or {}
    return ShownFeedback(
        row,
        in_words(row),
        (actor.get("user_ref") or "")[:_ACTOR_SHOWN],
        tuple(_codes(row, record)),
        tuple(_texts(row, record)),
    )


def in_words(row: Feedback) -> str:
    """What was done, in a few words; the name alone where it says all."""
    value = row.number
    if row.name == FeedbackName.THUMB:
        return _("Thumb up") if value is not None and value > 0 else _("Thumb down")
    if row.name == FeedbackName.REPORT:
        return _("Reported: %(category)s") % {"category": row.label}
    told = _FIGURES.get(row.name)
    if told is None or value is None:
        return str(row.get_name_display())
    figures = {
        "percent": percent(value, ".0f"),
        "count": localized(value, ",.0f"),
        "seconds": localized(value / 1000, ",.1f"),
    }
    return str(told) % figures


_FIGURES: dict[str, Promise] = {
    FeedbackName.STARS: lazy("%(count)s of 5 stars"),
    FeedbackName.CHOICE: lazy("Preferred candidate %(count)s (from 0)"),
    FeedbackName.COPY: lazy("Copied %(percent)s of it"),
    FeedbackName.DWELL: lazy("Stayed for %(seconds)s s"),
    FeedbackName.ABANDON: lazy("Left after %(seconds)s s"),
    FeedbackName.REGENERATE: lazy("Asked again for an answer, %(count)s times"),
    FeedbackName.REFORMULATE: lazy("Asked in other words, %(percent)s alike"),
    FeedbackName.EDIT_BEFORE_SEND: lazy("Edited before sending, %(percent)s alike"),
}


def _codes(row: Feedback, record: dict[str, Any]) -> list[str]:
    own = record.get("value") if row.name == FeedbackName.REASON_CODES else None
    return [*(own or ()), *(record.get("reason_codes") or ())]


def _texts(row: Feedback, record: dict[str, Any]) -> list[tuple[str | Promise, str]]:
    value = record.get("value")
    texts: list[tuple[str | Promise, str]] = []
    if row.name == FeedbackName.CORRECTION and value is not None:
        corrected = value if isinstance(value, str) else "\n".join(text_of(message) for message in value)
        texts.append((_("Correction by a user – untrusted"), corrected))
    if row.name == FeedbackName.COMMENT and isinstance(value, str):
        texts.append((_("Comment of a user – untrusted"), value))
    if record.get("comment"):
        texts.append((_("Comment of a user – untrusted"), record["comment"]))
    return texts
