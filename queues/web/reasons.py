"""Why something was sent to people, and what a rule of a policy does, in whole sentences."""

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from queues.errors import Invalid
from queues.models import Policy
from queues.route import policy_document
from queues.route.rule import Rule
from queues.web import reasons_of_people as of_people
from queues.web.reasons_of_people import figure


def sentence(reason: Mapping[str, Any]) -> str:
    """One reason of a routing: which rule, what it saw, what it asks for."""
    if (told := of_people.sentence(reason)) is not None:
        return told
    said = {
        name: figure(value) if isinstance(value, float | int) else value for name, value in reason.items()
    }
    try:
        return _known_sentence(reason) % said
    except KeyError:  # of a kind, or by a program, that kept less
        return _("The rule “%(rule)s” picked it.") % {"rule": reason.get("rule", "")}


def _known_sentence(reason: Mapping[str, Any]) -> str:
    match reason.get("kind"):
        case "uncertain" if reason.get("by") == "rank":
            return _("%(measure)s ranks %(rank)s among its like; the rule asks for %(threshold)s or more.")
        case "uncertain":
            return _("%(measure)s is %(score)s; the rule asks for %(threshold)s or more.")
        case "safety_flagged":
            return _("%(component)s flagged the category “%(category)s”, severity %(severity)s.")
        case "random_audit":
            return _("Drawn for the random audit: %(score)s is below the rate of %(threshold)s.")
    return _("The rule “%(rule)s” picked it.")


def rule_names(project_id: int) -> list[str]:
    """The names that reasons of this project may have: of the rules of its last policy versions."""
    versions = Policy.objects.filter(project=project_id).order_by("-version")
    documents = versions.values_list("document", flat=True)[:20]
    return sorted({rule["name"] for document in documents for rule in document.get("rules", ())})


def rules_of(policy: Policy) -> list[tuple[Rule, str]]:
    """The rules of a policy version, each with its sentence; empty when the document cannot be read."""
    try:
        return [(rule, _rule_sentence(rule)) for rule in policy_document.parse(policy.document).rules]
    except Invalid:
        return []


def _rule_sentence(rule: Any) -> str:
    """What a rule sends and why; a kind without words of its own is named by its kind."""
    if (told := of_people.rule_sentence(rule)) is not None:
        return told
    match rule.kind:
        case "uncertain" if rule.by == "rank":
            share = f"{100 * (1 - rule.threshold):.3g}%"
            said = {"measure": rule.measure, "threshold": figure(rule.threshold), "share": share}
            return (
                _(
                    "Send when the rank of %(measure)s is at least %(threshold)s:"
                    " about the most uncertain %(share)s."
                )
                % said
            )
        case "uncertain":
            said = {"measure": rule.measure, "threshold": figure(rule.threshold)}
            return _("Send when %(measure)s is at least %(threshold)s.") % said
        case "safety_flagged" if "*" in rule.categories:
            said = {"severity": rule.min_severity}
            return _("Send when a detector flagged anything of severity %(severity)s or worse.") % said
        case "safety_flagged":
            said = {"categories": ", ".join(rule.categories), "severity": rule.min_severity}
            return (
                _("Send when a detector flagged %(categories)s with severity %(severity)s or worse.") % said
            )
        case "random_audit":
            return _("Send a random %(rate)s of everything, whatever the other rules say.") % {
                "rate": f"{100 * rule.rate:.3g}%"
            }
    return _("Send what a rule of the kind “%(kind)s” picks.") % {"kind": rule.kind}


def terms(rule: Rule) -> str:
    """On what terms the rule sends: priority, reviews, due time."""
    reviews = ngettext("%(n)d review", "%(n)d reviews", rule.reviews_needed) % {"n": rule.reviews_needed}
    said = {"priority": rule.priority, "reviews": reviews, "hours": figure(rule.due_hours)}
    return _("Priority %(priority)s, %(reviews)s, due within %(hours)s hours.") % said
