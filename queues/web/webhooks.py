"""Webhooks on pages: who is told of what, and what became of each delivery."""

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.gate import ProjectRequest, needs
from accounts.roles import Permission
from queues.errors import Invalid, WrongState
from queues.export.webhooks import actions, queries
from queues.export.webhooks.address import LONGEST
from queues.models import Webhook, WebhookEvent
from queues.newest import newest
from queues.web.paging import number as number_of
from queues.web.paging import pager
from queues.web.put_beside import put_beside

MANAGES = frozenset({Permission.RELEASE, Permission.TUNE})
SHOWN = 100


class EventsForm(forms.Form):
    """Of what an address is told."""

    events = forms.MultipleChoiceField(
        label=gettext_lazy("It is told when"),
        choices=WebhookEvent.choices,
        widget=forms.CheckboxSelectMultiple,
    )


class WebhookForm(EventsForm):
    """A new address."""

    url = forms.CharField(
        label=gettext_lazy("Address"),
        max_length=LONGEST,
        widget=forms.URLInput(attrs={"placeholder": "https://"}),
        help_text=gettext_lazy(
            "https, and public. It cannot be changed later: another address is another webhook."
        ),
    )
    field_order = ["url", "events"]


@needs(MANAGES)
@require_http_methods(["GET", "HEAD", "POST"])
def webhooks(request: ProjectRequest) -> HttpResponse:
    """The list, and a form for a new one; its secret is in the answer to the POST and nowhere else."""
    if request.method != "POST":
        return _list(request, WebhookForm(initial={"events": WebhookEvent.values}))
    form = WebhookForm(request.POST)
    if not form.is_valid():
        return _list(request, form, status=422)
    try:
        webhook, secret = actions.add(
            request.project,
            url=form.cleaned_data["url"],
            wants=form.cleaned_data["events"],
            by=request.actor,
        )
    except (Invalid, WrongState) as refusal:
        put_beside(form, refusal)
        return _list(request, form, status=422)
    return _one(request, webhook, secret=secret, status=201)


@needs(MANAGES)
@require_safe
def webhook(request: ProjectRequest, *, number: int) -> HttpResponse:
    """One address, and what it was told."""
    return _one(request, queries.find(request.project.pk, number))


@needs(MANAGES)
@require_POST
def change(request: ProjectRequest, *, number: int) -> HttpResponse:
    """Of what it is told."""
    found = queries.find(request.project.pk, number)
    form = EventsForm(request.POST)
    if not form.is_valid():
        return _one(request, found, form=form, status=422)
    actions.change_events(found, wants=form.cleaned_data["events"], by=request.actor)
    messages.success(request, _("From now on it is told of these events."))
    return redirect("web:webhook", request.project.slug, number)


@needs(MANAGES)
@require_POST
def rotate(request: ProjectRequest, *, number: int) -> HttpResponse:
    """A new secret, in the answer to this POST and nowhere else."""
    found = queries.find(request.project.pk, number)
    secret = actions.rotate(found, by=request.actor, at_once=request.POST.get("at_once") == "on")
    return _one(request, found, secret=secret, status=201)


@needs(MANAGES)
@require_POST
def disable(request: ProjectRequest, *, number: int) -> HttpResponse:
    """Tell it no more."""
    actions.disable(queries.find(request.project.pk, number), by=request.actor)
    return redirect("web:webhook", request.project.slug, number)


@needs(MANAGES)
@require_POST
def enable(request: ProjectRequest, *, number: int) -> HttpResponse:
    """Tell it again."""
    actions.enable(queries.find(request.project.pk, number), by=request.actor)
    return redirect("web:webhook", request.project.slug, number)


@needs(MANAGES)
@require_POST
def replay(request: ProjectRequest, *, number: int, delivery_id: int) -> HttpResponse:
    """Send a delivery once more."""
    actions.replay(queries.find(request.project.pk, number), delivery_id, by=request.actor)
    messages.success(request, _("It is sent again, under the same id. Load the page anew to see its answer."))
    return redirect("web:webhook", request.project.slug, number)


def _list(request: ProjectRequest, form: WebhookForm, *, status: int = 200) -> HttpResponse:
    found = list(queries.webhooks_of(request.project.pk)[: SHOWN + 1])
    context = {"form": form, "webhooks": found[:SHOWN], "has_more": len(found) > SHOWN}
    return render(request, "webhooks/list.html", context, status=status)


def _one(
    request: ProjectRequest,
    found: Webhook,
    *,
    form: EventsForm | None = None,
    secret: str = "",
    status: int = 200,
) -> HttpResponse:
    page = newest(queries.deliveries_of(found), before=number_of(request, "before"))
    context = {
        "webhook": found,
        "form": form or EventsForm(initial={"events": found.wants}),
        "secret": secret,
        "waiting": queries.waiting_of(found),
        "deliveries": page.rows,
        "pager": pager(request, page),
    }
    return render(request, "webhooks/page.html", context, status=status)
