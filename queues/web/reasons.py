"""Why something was sent to people, and what a rule of a policy does, in whole sentences."""

from collections.abc import Mapping, Sequence
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from queues.errors import Invalid
from queues.models import Policy
from queues.route import policy_document
from queues.route.rule import Rule


def sentence(reason: Mapping[str, Any]) -> str:
    """One reason of a routing: which rule, what it saw, what it asks for."""
    said = {name: figure(value) if isinstance(value, float) else value for name, value in reason.items()}
    said["parts"] = " ".join(sentence(part) for part in reason.get("of", ()))
    try:
        return _known_sentence(reason) % said
    except KeyError:  # of a kind, or by a program, that kept less
        return _unknown_sentence(reason) % {"rule": "", "kind": "", **said}


def _known_sentence(reason: Mapping[str, Any]) -> str:
    match reason.get("kind"):
        case "uncertain":
            return _uncertain_sentence(reason.get("by"))
        case "safety_flagged":
            return _("%(component)s flagged the category “%(category)s”, severity %(severity)s.")
        case "random_audit":
            return _("Drawn for the random audit: %(score)s is below the rate of %(threshold)s.")
        case "attribute" if reason.get("value") == "":
            return _("%(attribute)s is not given.")
        case "attribute":
            return _("%(attribute)s is “%(value)s”.")
        case "disagreement" if reason.get("among") == "judges":
            return _("Its judges differ by %(score)s; the rule asks for %(threshold)s or more.")
        case "disagreement":
            return _("Its samples differ: %(measure)s is %(score)s; the rule asks for %(threshold)s or more.")
        case "pair":
            return _("The model version %(other_version)s has answered the same input.")
    return _combined_sentence(reason)


def _uncertain_sentence(by: object) -> str:
    if by == "rank":
        return _("%(measure)s ranks %(rank)s among its like; the rule asks for %(threshold)s or more.")
    if by == "probability":
        return _(
            "By %(measure)s an error is likely with %(probability)s; the rule asks for %(threshold)s or more."
        )
    if by == "top_per_day":
        return _("%(measure)s ranks %(rank)s among its like; the top of the day began at %(threshold)s.")
    return _("%(measure)s is %(score)s; the rule asks for %(threshold)s or more.")


def _combined_sentence(reason: Mapping[str, Any]) -> str:
    match reason.get("kind"):
        case "all_of":
            return _("All that the rule asks for holds: %(parts)s")
        case "any_of":
            return _("Of what the rule asks for this holds: %(parts)s")
        case "none_of":
            return _("Nothing holds that the rule leaves out.")
    return _unknown_sentence(reason)


def _unknown_sentence(reason: Mapping[str, Any]) -> str:
    if "rule" in reason:
        return _("The rule “%(rule)s” picked it.")
    return _("A condition of the kind “%(kind)s” holds.")


def known_since(changed: Sequence[str]) -> str:
    """What had become known before a second look, in words."""
    words = {"findings": _("the answer of a filter"), "fact:feedback": _("what end users said")}
    return ", ".join(
        words.get(name) or _("the score %(name)s") % {"name": name.removeprefix("score:")} for name in changed
    )


def figure(value: float) -> str:
    """A score as people read it: four significant figures, no exponent for ordinary sizes."""
    return f"{value:,.4g}"


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
