"""The audit log of a project: who did what to which thing, when and why."""

from typing import Any, cast

from django import forms
from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from accounts.gate import ProjectRequest, needs
from accounts.models import Person
from accounts.roles import Permission
from queues.audit import queries as audit
from queues.web import seals
from queues.web.paging import number, pager


class EventFilter(forms.Form):
    """What the log is narrowed to."""

    kind = forms.CharField(max_length=64, required=False, label=_("What happened"))
    person = forms.ModelChoiceField(
        Person.objects.none(), required=False, label=_("Who"), empty_label=_("anybody")
    )
    subject = forms.CharField(max_length=32, required=False, label=_("To what kind of thing"))
    number = forms.IntegerField(min_value=1, max_value=2**63 - 1, required=False, label=_("Its number"))

    def __init__(self, project_id: int, *args: Any) -> None:
        super().__init__(*args)
        members = Person.objects.filter(memberships__project=project_id).order_by("name", "pk")
        cast("forms.ModelChoiceField[Person]", self.fields["person"]).queryset = members


@needs(Permission.READ)
@require_safe
def events(request: ProjectRequest) -> HttpResponse:
    """The newest events first, narrowed by kind, person or subject."""
    wanted = EventFilter(request.project.pk, request.GET)
    clean = wanted.cleaned_data if wanted.is_valid() else {}
    search = audit.EventSearch(
        kind=clean.get("kind") or "",
        person_id=clean["person"].pk if clean.get("person") else None,
        subject_kind=clean.get("subject") or "",
        subject_id=clean.get("number"),
    )
    held = audit.held_by(request.user.pk, request.project.pk)
    page = audit.events_of(request.project.pk, search, before=number(request, "before"), but_for=held)
    context = {
        "events": page.rows,
        "alarm": seals.alarm_of(request.project.pk),
        "names": audit.names_of(event.actor_person_id for event in page.rows),
        "filter": wanted,
        "holds": bool(held),
        "is_narrowed": search != audit.EventSearch(),
        "pager": pager(request, page),
    }
    return render(request, "events/page.html", context)
