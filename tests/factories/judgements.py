"""Work of which some overrides come: flags of filters, golden answers, several people."""

from typing import Any

from accounts.models import Person
from queues.audit.overrides.counts import Cell
from queues.models import Flag, Item, Queue
from tests.factories.reviews import reviewed
from tests.factories.work import waiting

VIOLATION: dict[str, Any] = {
    "key": "violation",
    "kind": "single_choice",
    "label": "Is it harmful?",
    "options": [{"value": value, "label": value} for value in ("yes", "no", "unsure")],
}


def decided(*, before: str, after: str, became: str | None = None) -> Cell:
    """One judgement as the counts have it. became: "upheld" or "reversed" by a later decision."""
    overrides = before != after
    fate = (became or "open") if overrides else ""
    return Cell("model", 1, "", "", before, after, overrides, fate, 1)


def flag(item: Item, component: str, category: str, *, flagged: bool = True, severity: int = 2) -> Flag:
    return Flag.objects.create(
        prediction=item.prediction,
        component=component,
        category=category,
        flagged=flagged,
        severity=severity,
    )


def judged(
    queue: Queue, *decisions: tuple[Person, dict[str, Any]], flags: tuple[tuple[str, str, bool], ...] = ()
) -> Item:
    """An item with these flags (component, category, flagged) after these reviews.

    It came for its flags where an approval says why: elsewhere an approval has no reasons.
    """
    says_why = any(said["decision"] == "approve" and said.get("reasons") for _person, said in decisions)
    kinds = ("safety_flagged",) if says_why else ("uncertain",)
    item = waiting(queue, reviews_needed=len(decisions), kinds=kinds)
    for component, category, is_flagged in flags:
        flag(item, component, category, flagged=is_flagged)
    for person, document in decisions:
        reviewed(queue, person, document)
    item.refresh_from_db()
    return item
