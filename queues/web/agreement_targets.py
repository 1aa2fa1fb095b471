"""How far people should agree on one question: what holds, what held, and a change with its reason."""

from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from accounts.gate import ProjectRequest, needs
from accounts.roles import Permission
from queues.agree import rule_versions, targets
from queues.agree.asked import DECISION, Asked, question_in
from queues.agree.targets import DEFAULT, DISTRIBUTION, Target
from queues.errors import Invalid
from queues.models import Expects, Queue
from queues.review import line_ends
from queues.web.agreement import METRICS
from queues.web.parameters import takes
from queues.web.put_beside import put_beside
from queues.web.queue_of import queue_shown


class TargetForm(forms.Form):
    """What is expected, from where on it is good, and why."""

    expects = forms.ChoiceField(
        label=gettext_lazy("Of this question we expect"),
        choices=Expects.choices,
        widget=forms.RadioSelect,
    )
    good = forms.FloatField(
        label=gettext_lazy("Reliable from"),
        required=False,
        min_value=0,
        max_value=1,
        widget=forms.NumberInput(attrs={"step": "0.001"}),
        help_text=gettext_lazy("The lower end of the interval must reach it."),
    )
    tentative = forms.FloatField(
        label=gettext_lazy("Tentative from"),
        required=False,
        min_value=0,
        max_value=1,
        widget=forms.NumberInput(attrs={"step": "0.001"}),
        help_text=gettext_lazy("Below it the page warns."),
    )
    reason = forms.CharField(
        label=gettext_lazy("Why"),
        max_length=targets.REASON_MAX,
        widget=forms.Textarea(attrs={"rows": 2, "dir": "auto"}),
        help_text=gettext_lazy("It is kept with the target and in the audit log."),
    )

    @property
    def target(self) -> Target:
        if self.cleaned_data["expects"] == Expects.DISTRIBUTION:
            return DISTRIBUTION
        return Target(self.cleaned_data["good"], self.cleaned_data["tentative"])


@needs(Permission.TUNE)
@require_http_methods(["GET", "HEAD", "POST"])
@takes("queue", "question")
def target(request: ProjectRequest) -> HttpResponse:
    """?queue= and ?question= choose which; a POST sets it."""
    queue = queue_shown(request)
    _choices, asked = question_in(queue, request.GET.get("question") or DECISION)
    if request.method != "POST":
        return _page(request, queue, asked)
    form = TargetForm(request.POST)
    if form.is_valid():
        reason = line_ends.like("", form.cleaned_data["reason"])
        try:
            targets.set_target(queue, question=asked.key, target=form.target, reason=reason, by=request.actor)
        except Invalid as refusal:
            put_beside(form, refusal)
        else:
            messages.success(request, _("The target holds from now on."))
            return redirect(f"{reverse('web:agreement', args=[request.project.slug])}?queue={queue.slug}")
    return _page(request, queue, asked, form=form)


def _page(
    request: ProjectRequest, queue: Queue, asked: Asked, form: TargetForm | None = None
) -> HttpResponse:
    now = targets.targets_of(queue.pk).get(asked.key, DEFAULT)
    initial = {
        "expects": Expects.DISTRIBUTION if now.is_distribution else Expects.AGREEMENT,
        "good": now.good if now.good is not None else DEFAULT.good,
        "tentative": now.tentative if now.tentative is not None else DEFAULT.tentative,
    }
    query = urlencode([("queue", queue.slug), ("question", asked.key)])
    context: dict[str, Any] = {
        "queue": queue,
        "asked": asked,
        "metric": METRICS[asked.scale.metric],
        "now": now,
        "form": form or TargetForm(initial=initial),
        "history": targets.history_of(queue.pk, asked.key),
        "action": f"{request.path}?{query}",
        "is_disputed": is_disputed_over(queue, asked.key, now),
    }
    return render(request, "agreement/target.html", context, status=422 if form and form.errors else 200)


def is_disputed_over(queue: Queue, question: str, now: Target) -> bool:
    """People may rightly differ here, and yet the dispute rule makes a dispute of it."""
    is_asked = question != DECISION and now.is_distribution
    return is_asked and rule_versions.of_version(queue.dispute_rule_id).counts(question)
