"""Why an item is here, in few words for who is about to review it: nothing that would decide for them."""

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from queues.numbers import localized
from queues.review.queries import RoutedReason


@dataclass(frozen=True, slots=True)
class Why:
    """A rule, and its figures where the queue shows them. kind: of the pill."""

    label: str
    title: str
    kind: str


# Kind of rule → what it means that it sent an item here. The kinds that say how sure a model was, or that
# there is a verified answer, have no words on purpose: they are named by their rule alone.
_MEANS: dict[str, Promise] = {
    "random_audit": gettext_lazy("The rule “%(rule)s” drew it at random: it stands for all traffic."),
    "pair": gettext_lazy("The rule “%(rule)s” sent it here: two answers to the same input, to be compared."),
    "all_of": gettext_lazy("The rule “%(rule)s” sent it here: several things hold together."),
    "any_of": gettext_lazy("The rule “%(rule)s” sent it here: one of several things holds."),
    "none_of": gettext_lazy("The rule “%(rule)s” sent it here: nothing speaks for leaving it out."),
    "badly_rated": gettext_lazy("The rule “%(rule)s” sent it here: end users said something about it."),
    "selection": gettext_lazy("A lead selected it, among others that are unlike each other."),
    "novelty": gettext_lazy("The rule “%(rule)s” sent it here: nothing like it has been reviewed."),
}
# Of the pill: what a filter objected to warns; a draw says nothing about the output.
_PILLS = {"safety_flagged": "reject", "random_audit": "", "all_of": "", "any_of": "", "none_of": ""}


def why(reason: RoutedReason) -> Why:
    """One reason as a pill."""
    label, title = _said(reason)
    return Why(label, title, _PILLS.get(reason.kind, "accent"))


def _said(reason: RoutedReason) -> tuple[str, str]:
    """What the pill says, and the sentence behind it."""
    said = {"rule": reason.rule}
    if reason.category is not None:
        said |= {"category": reason.category, "severity": reason.severity or "–"}
        return (
            _("%(rule)s · %(category)s · %(severity)s") % said,
            _("The rule “%(rule)s” sent it here: a filter objected (%(category)s, %(severity)s).") % said,
        )
    if reason.score is not None and reason.measure:
        return _with_score(reason)
    if reason.value:
        said |= {"attribute": reason.attribute or "", "value": reason.value}
        return (
            _("%(rule)s · %(value)s") % said,
            _("The rule “%(rule)s” sent it here: %(attribute)s is “%(value)s”.") % said,
        )
    means = _MEANS.get(reason.kind, gettext_lazy("The rule “%(rule)s” sent it here."))
    return reason.rule, str(means) % said


def _with_score(reason: RoutedReason) -> tuple[str, str]:
    said = {"rule": reason.rule, "rank": _figure(reason.rank), "score": _figure(reason.score)}
    said |= {"measure": reason.measure or "", "threshold": _figure(reason.threshold)}
    said |= {"probability": _figure(reason.probability)}
    if reason.probability is not None:
        label = _("%(rule)s · error %(probability)s") % said
    elif reason.rank is not None:
        label = _("%(rule)s · rank %(rank)s") % said
    else:
        label = _("%(rule)s · %(score)s") % said
    title = _("The rule “%(rule)s” sent it here: %(measure)s %(score)s, threshold %(threshold)s.") % said
    return label, title


def _figure(value: float | None) -> str:
    return "–" if value is None else localized(value, ".2f")
