"""Golden items out of a file: good ones are stored whatever the others are, each of the others is told."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from accounts.actor import Actor
from queues.curate.golden.actions import StoredGolden, store
from queues.curate.golden.record import CheckedGolden, check_sent
from queues.errors import Fault, Invalid
from queues.ingest.body import Arrived
from queues.ingest.files import Row, in_batches
from queues.ingest.jsontext import Sent
from queues.ingest.pointers import storable

_CONFLICT = Fault(
    "/golden_id",
    "golden_id.taken",
    "Another content stands under this id. Ask for new versions, or send it under its own id.",
)
_RETIRED = Fault("/golden_id", "golden.retired", "This item is retired; restore it before you change it.")
REFUSED = {"conflict": _CONFLICT, "retired": _RETIRED}


@dataclass(frozen=True, slots=True)
class Imported:
    """What became of one line. status: created, updated, duplicate, or rejected with its faults."""

    line: int
    golden_id: str | None
    status: str
    faults: Sequence[Fault] = ()
    altered: Sequence[str] = ()


def import_rows(
    project_id: int, rows: Iterable[Row], *, by: Actor, reason: str, as_new_version: bool = False
) -> Iterator[Imported]:
    """Store what is good, some rows at a time; raises FileRefused where the file stops being readable."""
    for batch in in_batches(rows):
        yield from _import(project_id, batch, by, reason, as_new_version=as_new_version)


def _import(
    project_id: int, batch: Sequence[Row], by: Actor, reason: str, *, as_new_version: bool
) -> Iterator[Imported]:
    good: list[tuple[int, CheckedGolden]] = []
    for row in batch:
        try:
            good.append((row.line, _checked(row.arrived)))
        except Invalid as error:
            faults = error.faults or [Fault("", "record.refused", str(error))]
            yield Imported(row.line, _id_of(row.arrived), "rejected", faults)
    records = [record for _line, record in good]
    stored = store(project_id, records, by=by, reason=reason, as_new_version=as_new_version) if good else []
    for (line, record), one in zip(good, stored, strict=True):
        yield _told(line, record, one)


def _told(line: int, record: CheckedGolden, stored: StoredGolden) -> Imported:
    refused = REFUSED.get(stored.status)
    status = "rejected" if refused else stored.status
    return Imported(line, record.golden_id, status, [refused] if refused else [], record.altered)


def _checked(arrived: Arrived) -> CheckedGolden:
    if isinstance(arrived, Invalid):
        raise arrived
    return check_sent(arrived)


def _id_of(arrived: Arrived) -> str | None:
    value = arrived.value if isinstance(arrived, Sent) else None
    named = value.get("golden_id") if isinstance(value, dict) else None
    return storable(named[:200]) if isinstance(named, str) else None
