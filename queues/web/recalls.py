"""Recalls: what was withdrawn, and withdrawing more."""

from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST, require_safe

from accounts.gate import ProjectRequest, needs
from accounts.roles import Permission
from queues.errors import Invalid, NotFound
from queues.export import releases
from queues.export.recalls import asking, failing, queries
from queues.export.recalls.told import LOOKED_AT, withdrawn_by
from queues.export.takers import takers_of
from queues.models import Job, JobState, RecallBy, RecallReason, RecallRequest
from queues.models.release import OUT
from queues.monitor.queries import running
from queues.web.paging import address, number
from queues.web.parameters import takes
from queues.web.put_beside import put_beside

SHOWN = 50
ROWS = 100


class RecallForm(forms.Form):
    """What is to be withdrawn, and why."""

    by = forms.ChoiceField(label=gettext_lazy("What is named"), choices=RecallBy.choices)
    named = forms.CharField(
        label=gettext_lazy("Which"),
        max_length=100_000,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=gettext_lazy(
            "Ids of predictions, one per line; or one person, as in user_ref; or the id of one conversation."
        ),
    )
    reason = forms.ChoiceField(label=gettext_lazy("Reason"), choices=RecallReason.choices)
    why = forms.CharField(
        label=gettext_lazy("Why, for the history"),
        max_length=asking.WHY_MAX,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=gettext_lazy("It stays in the history: name no person here."),
    )
    erases = forms.BooleanField(
        label=gettext_lazy("Erase their texts everywhere as well; nobody can take that back"), required=False
    )
    publishes = forms.BooleanField(
        label=gettext_lazy("Publish releases without them at once"), required=False, initial=True
    )

    def names(self) -> list[str]:
        """One per line."""
        lines = self.cleaned_data["named"].splitlines()
        return [line.strip() for line in lines if line.strip()]


@needs(Permission.READ)
@require_safe
@takes("prediction")
def recalls(request: ProjectRequest) -> HttpResponse:
    """What was withdrawn, newest first, and a form to withdraw more."""
    form = RecallForm(initial={"named": request.GET.get("prediction", ""), "publishes": True})
    return page(request, form)


@needs(Permission.RELEASE)
@require_POST
def ask(request: ProjectRequest) -> HttpResponse:
    """Withdraw what is named; 422 with the faults beside their fields."""
    form = RecallForm(request.POST)
    if not form.is_valid():
        return page(request, form, status=422)
    try:
        asking.ask(
            request.project,
            by_what=form.cleaned_data["by"],
            named=form.names(),
            reason=form.cleaned_data["reason"],
            why=form.cleaned_data["why"],
            erases=form.cleaned_data["erases"],
            publishes=form.cleaned_data["publishes"],
            by=request.actor,
        )
    except Invalid as refusal:
        put_beside(form, refusal)
        return page(request, form, status=422)
    messages.success(request, _("It is being withdrawn. This page says when it is done."))
    return redirect("web:recalls", request.project.slug)


@needs(Permission.RELEASE)
@require_POST
def again(request: ProjectRequest, *, number: int) -> HttpResponse:
    """Have one tried again that failed."""
    failing.try_again(failing.find(request.project.pk, number), by=request.actor)
    messages.success(request, _("It is tried again. This page says when it is done."))
    return redirect("web:recalls", request.project.slug)


@needs(Permission.READ)
@require_safe
def progress(request: ProjectRequest) -> HttpResponse:
    """What is under way, as a fragment that asks again; where one is over, with the list as it stands now.

    The page is not loaded anew: somebody may be typing into its form.
    """
    context = _context(request)
    left = len(context["under_way"])
    context |= {"has_changed": request.GET.get("left") != str(left), "is_over": not left}
    return render(request, "recalls/_progress_of_all.html", context)


def page(request: ProjectRequest, form: RecallForm, status: int = 200) -> HttpResponse:
    """The form, filled, above what was withdrawn."""
    return render(request, "recalls/page.html", {"form": form, **_context(request)}, status=status)


def _context(request: ProjectRequest) -> dict[str, Any]:
    """What was withdrawn, and what is being withdrawn."""
    requests = list(queries.requests_of(request.project.pk)[:SHOWN])
    jobs, withdrawn = queries.jobs_of(requests), withdrawn_by(requests)
    still = queries.current_with_recalled_rows(request.project.pk)
    lines = [(one, jobs.get(one.pk), withdrawn[one.pk]) for one in requests]
    return {
        "still": [f"{one.dataset.name}@{one.version}" for one in still],
        "lines": lines,
        "under_way": [(one, job) for one, job, _done in lines if _is_under_way(one, job)],
        "worker_is_alive": running(request.project.pk, now=timezone.now()).worker_is_alive,
        "looked_at": LOOKED_AT,
        "may_recall": Permission.RELEASE in request.permissions,
    }


def _is_under_way(one: RecallRequest, job: Job | None) -> bool:
    return one.finished_at is None and job is not None and job.state != JobState.FAILED


@needs(Permission.READ)
@require_safe
def of_release(request: ProjectRequest, *, name: str, release_id: int) -> HttpResponse:
    """The rows of one release that were withdrawn, and who has taken its files."""
    dataset = releases.dataset_named(request.project.pk, name)
    release = releases.releases_of(dataset).filter(pk=release_id, state__in=OUT).first()
    if release is None:
        raise NotFound(_("There is no such release. Look at the list of releases of the dataset."))
    after = number(request, "after") or 0, number(request, "row") or 0
    found = queries.rows_of(request.project.pk, release, after=after, limit=ROWS + 1)
    following = found[ROWS - 1] if len(found) > ROWS else None
    context = {
        "dataset": dataset,
        "release": release,
        "rows": [(row, RecallReason(row.reason).label) for row in found[:ROWS]],
        "takers": takers_of(request.project.pk, [release]).get(release.pk, []),
        "next_url": address(request, after=following.recall_id, row=following.item) if following else "",
    }
    return render(request, "recalls/release.html", context)
