"""How I work in a project: what I do not want to see, what is hidden until I ask, what leads know of me."""

from typing import Any, cast

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from accounts.gate import ProjectRequest, needs
from accounts.roles import Permission
from queues.assign import working
from queues.review.care import seen_today
from queues.score.detectors import taxonomy

GROUPS: dict[str, Promise] = {
    "child_sexual_exploitation": gettext_lazy("sexual exploitation of children"),
    "defamation": gettext_lazy("defamation"),
    "elections": gettext_lazy("elections"),
    "harassment": gettext_lazy("harassment"),
    "hate": gettext_lazy("hate"),
    "indiscriminate_weapons": gettext_lazy("weapons of mass harm"),
    "nonviolent_crime": gettext_lazy("crime without violence"),
    "self_harm": gettext_lazy("suicide and self-harm"),
    "sex_crime": gettext_lazy("sexual violence"),
    "sexual_content": gettext_lazy("sexual content"),
    "specialized_advice": gettext_lazy("dangerous advice"),
    "violence": gettext_lazy("violence"),
    "violent_crime": gettext_lazy("violent crime"),
}


class CareForm(forms.Form):
    """What I want to be spared."""

    veils = forms.BooleanField(
        label=gettext_lazy("Hide severe content until I ask for it"),
        required=False,
        help_text=gettext_lazy(
            "On every page of this project, until you ask for it. What no filter found is not hidden."
        ),
    )
    refused = forms.MultipleChoiceField(
        label=gettext_lazy("Do not give me items with"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=gettext_lazy("Items in which a filter found any of these go to others."),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices = [(name, GROUPS.get(name, name)) for name in taxonomy.groups()]
        cast(forms.ChoiceField, self.fields["refused"]).choices = choices


@needs(Permission.ENTER)
@require_http_methods(["GET", "HEAD", "POST"])
def my_work(request: ProjectRequest) -> HttpResponse:
    """My own choices, and the profile that leads have written."""
    profile = working.profile_of(request.project.pk, request.user)
    initial = {"veils": profile.veils, "refused": profile.refused}
    form = CareForm(request.POST) if request.method == "POST" else CareForm(initial=initial)
    if request.method == "POST" and form.is_valid():
        working.change_care(
            request.project.pk,
            person=request.user,
            veils=form.cleaned_data["veils"],
            refused=form.cleaned_data["refused"],
            by=request.actor,
        )
        messages.success(request, _("Stored. It holds from the next item on."))
        return redirect("web:my-work", request.project.slug)
    context = {"form": form, "profile": profile, "seen": seen_today(request.actor)}
    return render(request, "working/mine.html", context, status=422 if form.errors else 200)
