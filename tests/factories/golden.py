"""Golden items for tests."""

from typing import Any

from accounts.actor import SYSTEM, Actor
from accounts.models import Project
from queues.curate.golden.actions import StoredGolden, store
from queues.curate.golden.record import check


def golden_record(golden_id: str = "g-1", **changed: Any) -> dict[str, Any]:
    """A small golden/1 record, with these top-level fields changed; None takes a field away."""
    good: dict[str, Any] = {
        "golden_id": golden_id,
        "input": {"prompt": "How long do refunds take?"},
        "target": ["five business days", "5 business days"],
    }
    return {key: value for key, value in (good | changed).items() if value is not None}


def verified(
    project: Project, *records: dict[str, Any], by: Actor = SYSTEM, as_new_version: bool = False
) -> list[StoredGolden]:
    """Store these golden items."""
    checked = [check(one) for one in records or (golden_record(),)]
    return store(project.pk, checked, by=by, reason="for the test", as_new_version=as_new_version)
