"""What a model of the reviewers suggests for a dispute: asked for by a lead, logged, never a verdict."""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from accounts.gate import ProjectRequest, needs
from accounts.roles import Permission
from queues.adjudicate import queries as adjudicate
from queues.agree import suggestion
from queues.agree.suggestion import LEAST_EACH, LEAST_ITEMS, LEAST_PEOPLE, Reviewer, Suggested
from queues.audit import queries as audit
from queues.errors import NotFound
from queues.review import form as review_forms
from queues.web.agreement import value_words
from queues.web.labels import labels_of

WHY_NONE: Mapping[str, Promise] = {
    suggestion.PEOPLE_ONLY: gettext_lazy(
        "No suggestion: what a safety filter flagged, or a golden answer contradicts, people settle alone."
    ),
    suggestion.COMPARES: gettext_lazy("No suggestion: of comparisons no model of the reviewers is made."),
    suggestion.FEW_PEOPLE: gettext_lazy("No suggestion: too few people have answered enough shared items."),
    suggestion.FEW_ITEMS: gettext_lazy("No suggestion: too few shared items."),
    suggestion.NOT_ANSWERED: gettext_lazy("No suggestion: its reviewers have answered too few shared items."),
    suggestion.NO_END: gettext_lazy("No suggestion: the estimate did not settle."),
}


class ReviewerLine(NamedTuple):
    """One reviewer's confusion matrix in words. said: of this item."""

    name: str
    said: str
    rows: Sequence[tuple[str, float, Sequence[float]]]


class SuggestionLine(NamedTuple):
    """One question with its suggestion, or why there is none."""

    of: Suggested
    why: Promise | str
    values: Sequence[str]
    chances: Sequence[tuple[str, float]]
    reviewers: Sequence[ReviewerLine]


@needs(Permission.SETTLE)
@require_safe
def suggested(request: ProjectRequest, *, item_id: int) -> HttpResponse:
    """The estimate for each question with codes; htmx gets the panel that stands on the desk."""
    dispute = adjudicate.dispute_of(request.project.pk, item_id)
    if dispute is None:
        raise NotFound(_("There is no such item in this project. Choose one from the list of disputes."))
    found = suggestion.suggested_for(dispute.item)
    if request.method == "GET":
        suggestion.note_reading(dispute.item, by=request.actor, found=found)
    form_id = dispute.item.queue.form_id
    labels = labels_of(*([review_forms.of_version(form_id)] if form_id else []))
    names = audit.names_of(reviewer.person_id for one in found for reviewer in one.reviewers)
    context = {
        "item": dispute.item,
        "lines": [_line(one, labels, names) for one in found],
        "least_people": LEAST_PEOPLE,
        "least_items": LEAST_ITEMS,
        "least_each": LEAST_EACH,
    }
    template = "disputes/_suggestion.html" if request.htmx else "disputes/suggestion.html"
    answer = render(request, template, context)
    answer.headers["Vary"] = "HX-Request"
    return answer


def _line(one: Suggested, labels: dict[str, str], names: Mapping[int, str]) -> SuggestionLine:
    def words(value: object) -> str:
        return value_words(one.asked.key, value, labels)

    def reviewer_line(reviewer: Reviewer) -> ReviewerLine:
        rows = [(words(value), n, shares) for value, n, shares in reviewer.rows]
        return ReviewerLine(names.get(reviewer.person_id, ""), words(reviewer.said), rows)

    return SuggestionLine(
        one,
        WHY_NONE.get(one.why or "", ""),
        [words(value) for value in one.values],
        [(words(value), chance) for value, chance in one.chances],
        [reviewer_line(reviewer) for reviewer in one.reviewers],
    )
