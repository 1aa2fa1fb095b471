"""The audit log: append-only rows, written in the transaction of what they tell.

Holds ids, codes and numbers, never the texts of a payload: those can be erased, events cannot.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from django.core.serializers.json import DjangoJSONEncoder
from django.db import connection

from accounts.actor import Actor
from accounts.storable import storable

_COLUMNS = {
    "project_id": "bigint",
    "kind": "text",
    "actor_person_id": "bigint",
    "actor_key_id": "bigint",
    "subject_kind": "text",
    "subject_id": "bigint",
    "before": "jsonb",
    "after": "jsonb",
    "reason": "text",
}
# Also for a statement that tells itself what it does: a SELECT of these columns, in their order, follows.
APPEND = f"INSERT INTO accounts_event ({', '.join(_COLUMNS)})"
# One statement of constant text however many events there are.
_INSERT = f"{APPEND} SELECT * FROM unnest({', '.join(f'%s::{type_}[]' for type_ in _COLUMNS.values())})"


Facts = Mapping[str, object] | Sequence[object] | str | int | float | bool | None


@dataclass(frozen=True, slots=True, kw_only=True)
class EventRow:
    """One event to be recorded; project_id None means the whole house."""

    project_id: int | None
    kind: str
    by: Actor
    subject_kind: str
    subject_id: int | None
    before: Facts = None
    after: Facts = None
    reason: str = ""


def record(
    *,
    project_id: int | None,
    kind: str,
    by: Actor,
    subject_kind: str,
    subject_id: int | None,
    before: Facts = None,
    after: Facts = None,
    reason: str = "",
) -> None:
    """Append one event in the caller's transaction."""
    row = EventRow(
        project_id=project_id,
        kind=kind,
        by=by,
        subject_kind=subject_kind,
        subject_id=subject_id,
        before=before,
        after=after,
        reason=reason,
    )
    record_many([row])


def record_many(rows: Sequence[EventRow]) -> None:
    """Append any number of events in the caller's transaction, in their order, with one statement."""
    if not rows:
        return
    columns = [list(column) for column in zip(*map(_values, rows), strict=True)]
    with connection.cursor() as cursor:
        cursor.execute(_INSERT, columns)


def _values(row: EventRow) -> tuple[object, ...]:
    return (
        row.project_id,
        row.kind,
        row.by.person_id,
        row.by.key_id,
        row.subject_kind,
        row.subject_id,
        _json(row.before),
        _json(row.after),
        _storable(row.reason),
    )


def _json(facts: Facts) -> str | None:
    if facts is None:
        return None
    return json.dumps(_storable(facts), cls=DjangoJSONEncoder, ensure_ascii=False, allow_nan=False)


def _storable(value: object) -> object:
    """PostgreSQL holds neither NUL nor lone surrogates; an event is never lost for one of them."""
    if isinstance(value, str):
        return storable(value)
    if isinstance(value, Mapping):
        return {_storable(str(key)): _storable(inner) for key, inner in value.items()}
    if isinstance(value, (list, tuple)):
        return [_storable(inner) for inner in value]
    return value
