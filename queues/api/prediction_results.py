"""What became of a prediction that was sent, as JSON."""

from django.utils.translation import gettext as _

from queues.api.batch_results import Conflict, Result, problem_of, warnings_of
from queues.errors import Fault
from queues.ingest.actions import Stored
from queues.ingest.record import CheckedRecord

STATUS = {"created": 201, "duplicate": 200, "conflict": 409}


def conflict() -> Conflict:
    """The refusal of a record whose id has another content already."""
    message = _(
        "Another record was stored under this id before, and it stays. Send this one under its own id."
    )
    return Conflict(message, Fault("/prediction_id", "prediction_id.taken", message))


def result(record: CheckedRecord, stored: Stored) -> Result:
    """One record that could be read: created, duplicate or conflict."""
    told: Result = {
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
