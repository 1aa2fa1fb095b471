"""The moments of an item's story in whole sentences."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from queues.audit.timeline import Moment
from queues.models import Basis, Decision, Review, SkipReason, Verdict
from queues.numbers import localized
from queues.web.sentences import reason_of

_CAUSES: Mapping[str, Promise] = {
    "escalated": gettext_lazy("It went to a lead, because somebody asked."),
    "asks_lead": gettext_lazy("It went to a lead, as the dispute rule of the queue says."),
    "disagreement": gettext_lazy("Its reviews do not agree: it went to a lead."),
}
# Event → its sentence, where nothing has to be filled in.
_PLAIN: Mapping[str, Promise] = {
    "slot.leased": gettext_lazy("Took the item."),
    "slot.lease_ended": gettext_lazy("The lease ended before a review was submitted."),
    "slot.given_back": gettext_lazy("Gave the item back."),
    "slot.taken_back": gettext_lazy("The item was taken from who held it."),
    "slot.taken_up": gettext_lazy("Took the item up that was kept for later."),
    "draft.discarded": gettext_lazy("Put the draft away."),
    "draft.brought_back": gettext_lazy("Brought the draft back."),
    "review.withdrawn": gettext_lazy("Took the review back."),
    "note.added": gettext_lazy("Wrote a note."),
    "item.withdrawn": gettext_lazy(
        "Withdrawn: it says nearly the same as another item and is counted there."
    ),
    "item.recalled": gettext_lazy("Withdrew it from all later releases, and with them from review."),
    "item.bulk_withdraw": gettext_lazy("A change of many items withdrew it."),
    "item.bulk_move": gettext_lazy("A change of many items moved it to another queue."),
    "item.bulk_undone": gettext_lazy("A change of many items was taken back."),
    "item.suggestion_read": gettext_lazy("Read the suggestion of what the dispute probably is."),
    "prediction.recalled": gettext_lazy("Withdrawn from all later releases."),
    "prediction.erased": gettext_lazy("Its texts were erased everywhere."),
    "prediction.looked_at_again": gettext_lazy("More had become known: the policy looked again."),
}


@dataclass(frozen=True, slots=True)
class Line:
    """One moment as the page shows it. who: "" for the system. why: a reason that somebody gave."""

    at: datetime
    who: str
    text: str
    why: str
    review: Review | None
    verdict: Verdict | None


def line_of(moment: Moment, names: Mapping[int, str]) -> Line:
    """names: person id → name."""
    who = names.get(moment.person_id or 0, "")
    if moment.is_hidden:
        who = _("somebody else")
    why = moment.reason or (moment.verdict.why if moment.verdict else "")
    return Line(moment.at, who, _said(moment, names), why, moment.review, moment.verdict)


def has_words(kind: str) -> bool:
    """Whether this kind of event is told in a sentence of its own."""
    return kind in _PLAIN or kind in _FILLED


def _said(moment: Moment, names: Mapping[int, str]) -> str:
    if moment.is_hidden:
        return _("Submitted a review.")
    if moment.kind in _PLAIN and not (moment.kind == "note.added" and _facts(moment).get("mentions")):
        return str(_PLAIN[moment.kind])
    if moment.kind in _FILLED:
        return _FILLED[moment.kind](moment, names)
    return moment.kind  # a kind that is newer than these words


def _facts(moment: Moment) -> Mapping[str, Any]:
    return moment.after if isinstance(moment.after, dict) else {}


def _before(moment: Moment) -> Mapping[str, Any]:
    return moment.before if isinstance(moment.before, dict) else {}


def _arrived(moment: Moment, names: Mapping[int, str]) -> str:
    return _("The prediction arrived.")


def _routed(moment: Moment, names: Mapping[int, str]) -> str:
    reasons = " ".join(reason_of(reason) for reason in moment.facts["reasons"])
    if not reasons:
        return _("Version %(n)s of the policy picked it by no rule.") % {"n": moment.facts["version"]}
    said = {"n": moment.facts["version"], "reasons": reasons}
    return _("Version %(n)s of the policy sent it to people. %(reasons)s") % said


def _opened(moment: Moment, names: Mapping[int, str]) -> str:
    return _("Opened for review, with priority %(n)s.") % {"n": _facts(moment).get("priority", "–")}


def _disputed(moment: Moment, names: Mapping[int, str]) -> str:
    cause = str(_facts(moment).get("cause", ""))
    return str(_CAUSES.get(cause, gettext_lazy("It went to a lead.")))


def _settled(moment: Moment, names: Mapping[int, str]) -> str:
    facts = _facts(moment)
    said = {"decision": _decision(facts.get("decision")), "basis": _basis(facts.get("basis"))}
    return _("Settled: %(decision)s (%(basis)s).") % said


def _adjudicated(moment: Moment, names: Mapping[int, str]) -> str:
    return _("Settled it as a lead: %(decision)s.") % {"decision": _decision(_facts(moment).get("decision"))}


def _reopened(moment: Moment, names: Mapping[int, str]) -> str:
    if moment.person_id is None:
        return _("Its verdict fell with a review that was taken back: it is under review again.")
    return _("Took the verdict back: it is in dispute again.")


def _submitted(moment: Moment, names: Mapping[int, str]) -> str:
    decision = _facts(moment).get("decision")
    if decision == Decision.ESCALATE:
        return _("Asked the lead instead of deciding.")
    return _("Submitted a review: %(decision)s.") % {"decision": _decision(decision)}


def _skipped(moment: Moment, names: Mapping[int, str]) -> str:
    reasons = {reason.value: reason.label for reason in SkipReason}
    return _("Passed the item on: %(reason)s.") % {"reason": reasons.get(moment.reason, moment.reason)}


def _kept(moment: Moment, names: Mapping[int, str]) -> str:
    return _("Kept the item for later, for %(n)s hours.") % {"n": _facts(moment).get("hours", "–")}


def _noted(moment: Moment, names: Mapping[int, str]) -> str:
    named = [names.get(person_id, "–") for person_id in _facts(moment).get("mentions") or ()]
    return _("Wrote a note to %(names)s.") % {"names": ", ".join(named)}


def _bulk(what: Promise, key: str) -> Callable[[Moment, Mapping[int, str]], str]:
    def said(moment: Moment, names: Mapping[int, str]) -> str:
        figures = {"before": _before(moment).get(key, "–"), "after": _facts(moment).get(key, "–")}
        return str(what) % figures

    return said


def _due(moment: Moment, names: Mapping[int, str]) -> str:
    return _("A change of many items put its due time off.")


def _released(moment: Moment, names: Mapping[int, str]) -> str:
    said = {**moment.facts, "line": localized(moment.facts["line"])}
    return _("Published in %(name)s: line %(line)s of %(split)s.") % said


def _decision(value: object) -> str:
    return str(Decision(str(value)).label) if value in Decision.values else str(value or "–")


def _basis(value: object) -> str:
    return str(Basis(str(value)).label) if value in Basis.values else str(value or "–")


_FILLED: Mapping[str, Callable[[Moment, Mapping[int, str]], str]] = {
    "arrived": _arrived,
    "routed": _routed,
    "item.opened": _opened,
    "item.disputed": _disputed,
    "item.settled": _settled,
    "item.adjudicated": _adjudicated,
    "item.reopened": _reopened,
    "review.submitted": _submitted,
    "slot.skipped": _skipped,
    "slot.kept": _kept,
    "note.added": _noted,
    "item.bulk_priority": _bulk(
        gettext_lazy("A change of many items raised its priority from %(before)s to %(after)s."), "priority"
    ),
    "item.bulk_reviews": _bulk(
        gettext_lazy("A change of many items asked for more reviews: %(after)s instead of %(before)s."),
        "reviews_needed",
    ),
    "item.bulk_due": _due,
    "released": _released,
}
