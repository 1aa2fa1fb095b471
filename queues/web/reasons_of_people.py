"""The sentences of rules that listen to people: end users' feedback."""

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
