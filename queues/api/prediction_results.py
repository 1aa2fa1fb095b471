"""What became of each record that was sent, as JSON."""

from collections.abc import Sequence

from django.utils.translation import gettext as _

from queues.errors import Fault, Invalid, ReviewappError
from queues.ingest import limits
from queues.ingest.actions import Stored
from queues.ingest.body import Arrived
from queues.ingest.jsontext import Sent
from queues.ingest.pointers import storable
from queues.ingest.record import CheckedRecord

STATUS = {"created": 201, "duplicate": 200, "conflict": 409}


class Conflict(ReviewappError):
    """Another content was stored under this id before, and stays (409)."""

    status = 409
    code = "conflict"

    def __init__(self, message: str, fault: Fault) -> None:
        super().__init__(message)
        self.faults = (fault,)


def conflict() -> Conflict:
    """The refusal of a record whose id has another content already."""
    message = _(
        "Another record was stored under this id before, and it stays. Send this one under its own id."
    )
    return Conflict(message, Fault("/prediction_id", "prediction_id.taken", message))


def result(record: CheckedRecord, stored: Stored) -> dict[str, object]:
    """One record that could be read: created, duplicate or conflict."""
    told: dict[str, object] = {
        "prediction_id": record.prediction_id,
        "environment": record.environment,
        "status": STATUS[stored.status],
        "result": stored.status,
        "id": stored.id,
    }
    if record.altered:
        told["warnings"] = warnings_of(record.altered)
    if stored.status == "conflict":
        told["problem"] = problem_of(conflict())
    return told


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
