"""What became of each record of a batch, as JSON: stored, stored before, refused and why."""

from collections.abc import Callable, Iterable, Sequence
from typing import TypeVar

from django.utils.translation import gettext as _

from queues.errors import Fault, Invalid, ReviewappError
from queues.ingest import limits
from queues.ingest.body import Arrived
from queues.ingest.jsontext import Sent
from queues.ingest.pointers import storable

Checked = TypeVar("Checked")
Stored = TypeVar("Stored")
Result = dict[str, object]


class Conflict(ReviewappError):
    """Another content was stored under this id before, and stays (409)."""

    status = 409
    code = "conflict"

    def __init__(self, message: str, fault: Fault) -> None:
        super().__init__(message)
        self.faults = (fault,)


def results_of(
    arrived: Sequence[Arrived],
    checked: Sequence[Checked | Invalid],
    stored: Iterable[Stored],
    *,
    told: Callable[[Checked, Stored], Result],
    id_field: str,
) -> list[Result]:
    """One result for each record, in their order; stored: of those that could be read, in theirs."""
    kept = iter(stored)
    return [
        {"index": index}
        | (rejection(one, arrived[index], id_field) if isinstance(one, Invalid) else told(one, next(kept)))
        for index, one in enumerate(checked)
    ]


def warnings_of(altered: Sequence[str]) -> list[dict[str, str]]:
    """The texts in which characters were replaced, by their pointers."""
    detail = _("U+0000 and lone surrogates cannot be stored; each became U+FFFD.")
    return [{"pointer": pointer, "code": "text.altered", "detail": detail} for pointer in altered]


def rejection(error: Invalid, arrived: Arrived, id_field: str) -> dict[str, object]:
    """One record that was not stored, with every fault; id_field: the key under which it names itself."""
    value = arrived.value if isinstance(arrived, Sent) else None
    named = value.get(id_field) if isinstance(value, dict) else None
    return {
        id_field: storable(named[: limits.NAME_CHARACTERS]) if isinstance(named, str) else None,
        "status": error.status,
        "result": "invalid",
        "problem": problem_of(error),
    }


def problem_of(error: ReviewappError) -> dict[str, object]:
    """A refusal as it stands in the result of one record."""
    return {
        "type": f"urn:reviewapp:problem:{error.code}",
        "status": error.status,
        "detail": str(error),
        "errors": [
            {"pointer": fault.pointer, "code": fault.code, "detail": fault.detail}
            for fault in getattr(error, "faults", ())
        ],
    }
