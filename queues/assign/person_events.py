"""What is decided about somebody's work, in the audit log: the subject is the person."""

from collections.abc import Mapping

from accounts import events
from accounts.actor import Actor


def record(
    project_id: int,
    person_id: int,
    kind: str,
    by: Actor,
    *,
    before: Mapping[str, object] | None = None,
    after: Mapping[str, object] | None = None,
    reason: str = "",
) -> None:
    """One event, in the transaction of what it tells."""
    events.record(
        project_id=project_id,
        kind=kind,
        by=by,
        subject_kind="person",
        subject_id=person_id,
        before=before,
        after=after,
        reason=reason,
    )
