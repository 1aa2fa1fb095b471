"""A queue's dispute rule: read by everybody who reads, changed by a lead, with its history."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.http import HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST, require_safe

from accounts.gate import ProjectRequest, needs
from accounts.roles import Permission
from queues.agree import rule_versions
from queues.agree.rule import K_OF_N, MAJORITY, NOT_COUNTED, UNANIMOUS, Rule
from queues.errors import Invalid, WrongState
from queues.models import DisputeRule, Queue
from queues.review import form as forms
from queues.review.line_ends import like
from queues.web.posted import id_of
from queues.web.queue_of import queue_of

QUESTION = "question."  # prefix of the fields that hold a question's own need
VERSIONS_SHOWN = 50

NEEDS: Mapping[str, Promise] = {
    UNANIMOUS: lazy("All reviews say the same"),
    MAJORITY: lazy("More than half of the reviews say the same"),
    K_OF_N: lazy("At least a fixed number of reviews say the same"),
}
FOR_QUESTIONS: Mapping[str, Promise] = {
    "": lazy("as above"),
    UNANIMOUS: lazy("all must say the same"),
    MAJORITY: lazy("more than half must say the same"),
    NOT_COUNTED: lazy("does not count: people may differ"),
}


@dataclass(frozen=True, slots=True)
class QuestionNeed:
    """One question of the form and what the rule asks for it."""

    key: str
    label: str
    needs: str
    fault: str


@needs(Permission.READ)
@require_safe
def dispute_rule(request: ProjectRequest, *, queue_slug: str) -> HttpResponse:
    """When the reviews of this queue settle an item, and since when."""
    return _page(request, queue_of(request, queue_slug))


@needs(Permission.TUNE)
@require_POST
def change(request: ProjectRequest, *, queue_slug: str) -> HttpResponse:
    """Another rule from now on, with a reason."""
    queue = queue_of(request, queue_slug)
    try:
        rule_versions.new_version(
            queue.pk, project_id=request.project.pk, by=request.actor, wanted=_wanted(request.POST)
        )
    except Invalid as refusal:
        return _page(request, queue, refusal=refusal)
    except WrongState as refusal:
        return _page(request, queue_of(request, queue_slug), refusal=refusal)
    messages.success(request, _("The rule holds for every review from now on."))
    return redirect("web:dispute-rule", request.project.slug, queue.slug)


def _page(
    request: ProjectRequest, queue: Queue, *, refusal: Invalid | WrongState | None = None
) -> HttpResponse:
    """refusal: then with what was typed; of a rule that changed meanwhile, with the present one beside it."""
    row = queue.dispute_rule
    rule = rule_versions.rule_of(row) if row else rule_versions.DEFAULT
    faults = refusal.faults if isinstance(refusal, Invalid) else ()
    marks = {fault.pointer[1:]: fault.detail for fault in faults}
    is_late = isinstance(refusal, WrongState)  # what was typed is now put on top of the present rule
    shown = _wanted(request.POST) if refusal else None
    in_form = shown.rule if shown else rule
    history = DisputeRule.objects.filter(queue=queue).select_related("author").order_by("-version")
    context = {
        "queue": queue,
        "row": row,
        "sentences": sentences_of(rule, _labels(queue)),
        "rule": in_form,
        "at_least": request.POST.get("at_least", "") if refusal else in_form.at_least,
        "reason": shown.reason if shown else "",
        "seen": request.POST.get("seen", "") if refusal and not is_late else (row.version if row else 0),
        "needs": NEEDS.items(),
        "question_needs": FOR_QUESTIONS.items(),
        "questions": _questions(queue, in_form, marks),
        "marks": marks,
        "refusal": str(refusal) if refusal else "",
        "may_tune": Permission.TUNE in request.permissions,
        "versions": [
            (version, sentences_of(rule_versions.rule_of(version), _labels(queue)))
            for version in history[:VERSIONS_SHOWN]
        ],
    }
    return render(request, "disputes/rule.html", context, status=refusal.status if refusal else 200)


def _wanted(post: QueryDict) -> rule_versions.Wanted:
    """The posted form; what is no number is one that no rule has."""
    needs = post.get("needs", "")
    questions = {
        name.removeprefix(QUESTION): need
        for name in post
        if name.startswith(QUESTION) and (need := post.get(name, ""))
    }
    return rule_versions.Wanted(
        rule=Rule(
            needs=needs,
            at_least=(id_of(post.get("at_least", "")) or 0) if needs == K_OF_N else None,
            by_question=questions,
            asks_lead_always="asks_lead_always" in post,
            asks_lead_for_safety="asks_lead_for_safety" in post,
            asks_lead_for_golden="asks_lead_for_golden" in post,
        ),
        reason=like("", post.get("reason", "")),
        seen=-1 if (seen := id_of(post.get("seen", ""))) is None else seen,
    )


def sentences_of(rule: Rule, labels: Mapping[str, str]) -> list[str]:
    """The rule in words: what settles an item, which questions are apart, and what a lead settles anyway."""
    said = [_settles(rule)]
    said += [
        _("“%(question)s”: %(need)s.")
        % {"question": labels.get(key, key), "need": FOR_QUESTIONS.get(need, need)}
        for key, need in sorted(rule.by_question.items())
    ]
    if rule.asks_lead_always:
        said.append(_("A lead settles every item, even when its reviews agree."))
    elif rule.asks_lead_for_safety and rule.asks_lead_for_golden:
        said.append(_("A lead settles what a safety filter flagged and what a golden answer contradicts."))
    elif rule.asks_lead_for_safety:
        said.append(_("A lead settles what a safety filter flagged, even when its reviews agree."))
    elif rule.asks_lead_for_golden:
        said.append(_("A lead settles what a golden answer contradicts, even when its reviews agree."))
    return said


def _settles(rule: Rule) -> str:
    if rule.needs == MAJORITY:
        return _("An item is settled when more than half of its reviews say the same; a tie is a dispute.")
    if rule.needs == K_OF_N:
        k = rule.at_least or 0
        return ngettext(
            "An item is settled when at least %(k)d review says the same; a tie is a dispute.",
            "An item is settled when at least %(k)d of its reviews say the same; a tie is a dispute.",
            k,
        ) % {"k": k}
    return _("An item is settled when all its reviews say the same.")


def _questions(queue: Queue, rule: Rule, marks: Mapping[str, Any]) -> list[QuestionNeed]:
    asked = forms.of_version(queue.form_id).questions if queue.form_id else []
    return [
        QuestionNeed(
            question.key,
            question.label,
            rule.by_question.get(question.key, ""),
            marks.get(f"by_question/{question.key}", ""),
        )
        for question in asked
    ]


def _labels(queue: Queue) -> dict[str, str]:
    asked = forms.of_version(queue.form_id).questions if queue.form_id else []
    return {question.key: question.label for question in asked}
