"""The sentences of rules that listen to people: end users' feedback, and verified answers."""

from collections.abc import Mapping
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

_MET: dict[str, Promise] = {
    "thumbs_down": gettext_lazy("Thumbs down: %(n)s."),
    "stars": gettext_lazy("Fewest stars given: %(n)s of 5."),
    "reports": gettext_lazy("Reported as “%(n)s”."),
    "corrections": gettext_lazy("Corrected by users: %(n)s."),
    "edit_similarity": gettext_lazy("What was sent after editing is %(n)s alike."),
    "regenerated": gettext_lazy("Asked again for an answer: %(n)s times."),
    "abandoned": gettext_lazy("Abandoned: %(n)s times."),
    "handoffs": gettext_lazy("Handed over to a person: %(n)s times."),
    "retries": gettext_lazy("Tried again: %(n)s times."),
}
_ASKED: dict[str, Promise] = {
    "thumbs_down": gettext_lazy("thumbs down from %(n)s or more"),
    "stars": gettext_lazy("%(n)s stars or fewer from anybody"),
    "reports": gettext_lazy("reports of %(n)s"),
    "corrections": gettext_lazy("corrections by %(n)s or more"),
    "edit_similarity": gettext_lazy("less than %(n)s alike after editing"),
    "regenerated": gettext_lazy("asked again %(n)s times or more"),
    "abandoned": gettext_lazy("abandoned %(n)s times or more"),
    "handoffs": gettext_lazy("handed over %(n)s times or more"),
    "retries": gettext_lazy("tried again %(n)s times or more"),
}


def figure(value: float) -> str:
    """A score as people read it: four significant figures, no exponent for ordinary sizes."""
    return f"{value:,.4g}"


def sentence(reason: Mapping[str, Any]) -> str | None:
    """Why it was picked; None for kinds that others speak of."""
    if reason.get("kind") == "golden_deviation":
        return _deviation(reason)
    if reason.get("kind") != "badly_rated":
        return None
    told = [
        str(_MET[name]) % {"n": figure(value) if isinstance(value, float | int) else value}
        for name, value in (reason.get("met") or {}).items()
        if name in _MET
    ]
    return " ".join([_("End users were not content."), *told])


def rule_sentence(rule: Any) -> str | None:
    """What the rule sends; None for kinds that others speak of."""
    if rule.kind == "golden_deviation":
        return _golden_rule(rule)
    if rule.kind != "badly_rated":
        return None
    asked = {name: value for name, value in rule.criteria._asdict().items() if value not in (None, ())}
    listed = [
        str(_ASKED[name]) % {"n": figure(value) if isinstance(value, float | int) else _categories(value)}
        for name, value in asked.items()
    ]
    return _("Send when end users are not content: %(list)s.") % {"list": "; ".join(listed)}


def _categories(categories: tuple[str, ...]) -> str:
    return _("any category") if "*" in categories else ", ".join(categories)


def _deviation(reason: Mapping[str, Any]) -> str:
    """Never what the verified answer is: the sentence may be read by who is to answer anew."""
    distance = reason.get("score")
    said = {"distance": figure(distance) if isinstance(distance, float | int) else "–"}
    if reason.get("golden_id"):
        said |= {"item": reason["golden_id"], "version": reason.get("golden_version", "–")}
        return _("It deviates from the golden item “%(item)s”, version %(version)s, by %(distance)s.") % said
    return _("It deviates from the value that its sender expected, by %(distance)s.") % said


def _golden_rule(rule: Any) -> str:
    said = {"distance": figure(rule.min_distance), "tags": ", ".join(rule.tags)}
    if rule.tags:
        return (
            _("Send when the output deviates by %(distance)s or more from a golden item tagged %(tags)s.")
            % said
        )
    if rule.min_distance:
        return _("Send when the output deviates from a verified answer by %(distance)s or more.") % said
    return _("Send when the output deviates from a verified answer.")
