"""Sentences of rules, conditions and reasons, whatever their kind."""

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from queues.errors import Invalid
from queues.models import Policy
from queues.numbers import localized
from queues.route import policy_document
from queues.route.condition import Condition
from queues.route.rule import Rule
from queues.web.sentences.words import Text, figure, words


def sentence_of(rule: Rule) -> str:
    """What a rule sends and why; a kind without words of its own is named by its kind."""
    if rule.kind in words:
        return words.get(rule.kind).rule(rule)
    return _("Send what a rule of the kind “%(kind)s” picks.") % {"kind": rule.kind}


def label_of(kind: str) -> Text:
    """A kind's name for people."""
    return words.get(kind).label if kind in words else kind


def clause_of(condition: Condition) -> str:
    """The same inside of another condition."""
    if condition.kind in words:
        return words.get(condition.kind).clause(condition)
    return _("a condition of the kind “%(kind)s” holds") % {"kind": condition.kind}


def reason_of(reason: Mapping[str, Any]) -> str:
    """One reason of a routing: which rule, what it saw, what it asks for."""
    kind = reason.get("kind")
    try:
        if kind in words:
            return words.get(str(kind)).reason(reason)
    except (KeyError, TypeError):  # stored by a version of the program that kept less
        pass
    if kind == "selection":
        return _("Somebody selected it, among others that are unlike each other.")
    if "rule" in reason:
        return _("The rule “%(rule)s” picked it.") % {"rule": reason["rule"]}
    return _("A condition of the kind “%(kind)s” holds.") % {"kind": kind}


def terms_of(rule: Rule) -> str:
    """On what terms the rule sends: priority, reviews, due time, and what limits it."""
    reviews = ngettext("%(n)d review", "%(n)d reviews", rule.reviews_needed) % {"n": rule.reviews_needed}
    told = {"priority": rule.priority, "reviews": reviews, "hours": figure(rule.due_hours)}
    sentences = [_("Priority %(priority)s, %(reviews)s, due within %(hours)s hours.") % told]
    if rule.daily_cap is not None:
        sentences.append(_("At most %(n)s a day.") % {"n": localized(rule.daily_cap)})
    if rule.near_duplicates == "attach":
        sentences.append(_("What says the same as a waiting item is counted on that item."))
    return " ".join(sentences)


def rules_of(document: Mapping[str, Any]) -> list[Rule]:
    """The rules of a stored document; empty when this program cannot read it."""
    try:
        return list(policy_document.parse(document).rules)
    except Invalid:
        return []


def read_rule(document: object) -> Rule | None:
    """One rule by itself; None while it has faults."""
    if not isinstance(document, dict):
        return None
    found = rules_of({"schema": policy_document.SCHEMA, "rules": [document]})
    return found[0] if found else None


def rule_names(project_id: int) -> list[str]:
    """The names that reasons of this project may have: of the rules of its last policy versions."""
    versions = Policy.objects.filter(project=project_id).order_by("-version")
    documents = versions.values_list("document", flat=True)[:20]
    return sorted({rule["name"] for document in documents for rule in document.get("rules", ())})
