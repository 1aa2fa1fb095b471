"""What became of each record that was sent, as JSON."""

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

    def __init__(self, message: str) -> None:
        super().__init__(message)
        self.faults = (Fault("/prediction_id", "prediction_id.taken", message),)


def conflict() -> Conflict:
    """The refusal of a record whose id has another content already."""
    return Conflict(
        _("Another record was stored under this id before, and it stays. Send this one under its own id.")
    )


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
        detail = _("U+0000 and lone surrogates cannot be stored; each became U+FFFD.")
        told["warnings"] = [
            {"pointer": pointer, "code": "text.altered", "detail": detail} for pointer in record.altered
        ]
    if stored.status == "conflict":
        told["problem"] = _problem(conflict())
    return told


def rejection(error: Invalid, arrived: Arrived) -> dict[str, object]:
    """One record that was not stored, with every fault."""
    value = arrived.value if isinstance(arrived, Sent) else None
    named = value.get("prediction_id") if isinstance(value, dict) else None
    return {
        "prediction_id": storable(named[: limits.NAME_CHARACTERS]) if isinstance(named, str) else None,
        "status": error.status,
        "result": "invalid",
        "problem": _problem(error),
    }


def _problem(error: Invalid | Conflict) -> dict[str, object]:
    return {
        "type": f"urn:reviewapp:problem:{error.code}",
        "status": error.status,
        "detail": str(error),
        "errors": [
            {"pointer": fault.pointer, "code": fault.code, "detail": fault.detail} for fault in error.faults
        ],
    }
