"""One person's work in the project, for leads: languages, skills, how much, and pauses."""

from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST

from accounts.gate import ProjectRequest, needs
from accounts.models import Membership, Person
from accounts.roles import Permission
from queues.assign import working
from queues.assign.policy import is_paused
from queues.errors import Invalid, NotFound
from queues.models import DAILY_LIMIT_MOST
from queues.web.put_beside import put_beside
from queues.web.words_field import WordsField


class ProfileForm(forms.Form):
    """What a person can do, and how much."""

    languages = WordsField(
        label=gettext_lazy("Languages"),
        required=False,
        help_text=gettext_lazy("Two or three small letters each, such as: en, de."),
    )
    skills = WordsField(
        label=gettext_lazy("Skills"),
        required=False,
        help_text=gettext_lazy("The words that queues ask for, such as: medicine, contracts."),
    )
    daily_limit = forms.IntegerField(
        label=gettext_lazy("Reviews a day at most"),
        min_value=1,
        max_value=DAILY_LIMIT_MOST,
        required=False,
        help_text=gettext_lazy("Empty: as many as they like."),
    )


class PauseForm(forms.Form):
    """Until when, and why."""

    until = forms.DateTimeField(
        label=gettext_lazy("Until"),
        required=False,
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
        help_text=gettext_lazy("Empty: until a lead ends it."),
    )
    until_read = forms.BooleanField(
        label=gettext_lazy("Until they have read the guidelines again"),
        required=False,
        help_text=gettext_lazy(
            "They see the guidelines and the items on which leads decided otherwise, and go on by themselves."
        ),
    )
    reason = forms.CharField(
        label=gettext_lazy("Why"),
        max_length=working.REASON_LONGEST,
        help_text=gettext_lazy("The person reads it."),
    )


@needs(Permission.TUNE)
@require_http_methods(["GET", "HEAD", "POST"])
def work(request: ProjectRequest, person_id: int) -> HttpResponse:
    """The person's profile; a POST changes it."""
    person = member_of(request, person_id)
    if request.method != "POST":
        return _page(request, person)
    form = ProfileForm(request.POST)
    if form.is_valid():
        try:
            working.change_profile(request.project.pk, person=person, by=request.actor, **form.cleaned_data)
        except Invalid as refusal:
            put_beside(form, refusal)
        else:
            messages.success(request, _("The profile is stored. It holds from the next item on."))
            return redirect("web:work", request.project.slug, person.pk)
    return _page(request, person, form=form, status=422)


@needs(Permission.TUNE)
@require_POST
def pause(request: ProjectRequest, person_id: int) -> HttpResponse:
    """No more items for this person; what they hold goes back at once."""
    person = member_of(request, person_id)
    form = PauseForm(request.POST)
    if form.is_valid():
        try:
            working.pause(
                request.project.pk,
                person=person,
                now=timezone.now(),
                by=request.actor,
                **form.cleaned_data,
            )
        except Invalid as refusal:
            put_beside(form, refusal)
        else:
            messages.success(request, _("%(name)s is paused and holds nothing.") % {"name": person.name})
            return redirect("web:work", request.project.slug, person.pk)
    return _page(request, person, pause_form=form, status=422)


@needs(Permission.TUNE)
@require_POST
def resume(request: ProjectRequest, person_id: int) -> HttpResponse:
    """End the pause."""
    person = member_of(request, person_id)
    working.resume(request.project.pk, person=person, by=request.actor)
    messages.success(request, _("%(name)s can go on.") % {"name": person.name})
    if request.POST.get("back") == "figures":  # where their pause was seen
        query = urlencode({"queue": request.POST.get("queue", "")})
        return redirect(f"{reverse('web:people-figures', args=[request.project.slug])}?{query}")
    return redirect("web:work", request.project.slug, person.pk)


def member_of(request: ProjectRequest, person_id: int) -> Person:
    """The member of the project with this id; NotFound for anybody else."""
    membership = (
        Membership.objects.select_related("person").filter(project=request.project, person=person_id).first()
    )
    if membership is None:
        raise NotFound(_("This person is not a member of the project. Load the list of members again."))
    return membership.person


def _page(
    request: ProjectRequest,
    person: Person,
    *,
    form: ProfileForm | None = None,
    pause_form: PauseForm | None = None,
    status: int = 200,
) -> HttpResponse:
    profile = working.profile_of(request.project.pk, person)
    initial: dict[str, Any] = {
        "languages": ", ".join(profile.languages),
        "skills": ", ".join(profile.skills),
        "daily_limit": profile.daily_limit,
    }
    context = {
        "person": person,
        "profile": profile,
        "is_paused": is_paused(profile),
        "form": form or ProfileForm(initial=initial),
        "pause_form": pause_form or PauseForm(),
    }
    return render(request, "working/page.html", context, status=status)
