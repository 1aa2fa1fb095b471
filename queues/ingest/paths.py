"""Columns are named by the path of a value in the record: `output.text`, `metadata.ticket`."""

from typing import Any


def put(record: dict[str, Any], path: str, value: object, *, keep: bool = False) -> dict[str, Any]:
    """The record with the value at the path; with `keep`, one that is there already stays.

    Objects on the way are made; anything else on the way is left for the check to refuse.
    """
    head, _dot, rest = path.partition(".")
    there = record.get(head)
    if not rest:
        return record if keep and there is not None else record | {head: value}
    if there is not None and not isinstance(there, dict):
        return record
    return record | {head: put(there or {}, rest, value, keep=keep)}
