"""Segments and cohorts of a project stay few: figures are told apart by them, and cost accordingly.

A value is known once a record gave it. A record that would bring one too many is refused, by its field.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence

from django.db import connection, transaction

from queues.bulk import planned_anew
from queues.errors import Fault, Invalid
from queues.ingest.pointers import pointer
from queues.ingest.record import CheckedRecord
from queues.models import SubjectValue

VALUES_MOST = 1_000  # segments of a project; words of one key of its cohorts
KEYS_MOST = 100  # of its cohorts

Value = tuple[str, str]  # what it is about, and it

_KEY = "cohort"
_REFUSED = "The record was not stored; correct what is listed and send it again."
_TOO_MANY = (
    "The project has {most} of these already. Send what many outputs have in common; what is different each"
    " time belongs into metadata."
)
_LOCK = "SELECT pg_advisory_xact_lock(hashtext('queues_subjectvalue'), %s::int)"
_KNOWN = """
SELECT sent.about, sent.value FROM unnest(%s::text[], %s::text[]) AS sent (about, value)
CROSS JOIN LATERAL (
    SELECT FROM queues_subjectvalue
    WHERE project_id = %s AND about = sent.about AND value = sent.value LIMIT 1
) known
"""


def admitted(project_id: int, checked: Sequence[CheckedRecord | Invalid]) -> list[CheckedRecord | Invalid]:
    """Each record as it came, or why it is refused now; what was refused stays so."""
    said = [[] if isinstance(one, Invalid) else list(_values_of(one)) for one in checked]
    too_many = _too_many(project_id, dict.fromkeys(value for values in said for value in values))
    return [
        Invalid(_REFUSED, faults)
        if (faults := [_fault(value) for value in values if value in too_many])
        else one
        for one, values in zip(checked, said, strict=True)
    ]


def _values_of(record: CheckedRecord) -> Iterator[Value]:
    """Numbers of a cohort tell nothing apart, so only their key counts."""
    if record.segment:
        yield "segment", record.segment
    for key, value in record.cohort.items():
        yield _KEY, key
        if isinstance(value, str | bool):
            yield f"{_KEY}.{key}", value if isinstance(value, str) else str(value).lower()


def _too_many(project_id: int, said: Iterable[Value]) -> set[Value]:
    """Those for which there is no room; there is from now on for the others."""
    if not (new := _unknown(project_id, said)):
        return set()
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute(_LOCK, [project_id])
        by_about = defaultdict[str, list[Value]](list)
        for value in _unknown(project_id, new):  # somebody else may have brought some meanwhile
            by_about[value[0]].append(value)
        rooms = {about: _room(project_id, about) for about in by_about}
        SubjectValue.objects.bulk_create(
            SubjectValue(project_id=project_id, about=about, value=word)
            for values in by_about.values()
            for about, word in values[: rooms[values[0][0]]]
        )
    return {value for values in by_about.values() for value in values[rooms[values[0][0]] :]}


def _unknown(project_id: int, said: Iterable[Value]) -> list[Value]:
    asked = list(said)
    if not asked:
        return []
    known = set(planned_anew(_KNOWN, [*map(list, zip(*asked, strict=True)), project_id]))
    return [value for value in asked if value not in known]


def _room(project_id: int, about: str) -> int:
    most = KEYS_MOST if about == _KEY else VALUES_MOST
    there = SubjectValue.objects.filter(project=project_id, about=about)[:most]
    return most - there.count()


def _fault(value: Value) -> Fault:
    about, word = value
    most = KEYS_MOST if about == _KEY else VALUES_MOST
    at = ["subject", *(["segment"] if about == "segment" else [_KEY, about.partition(".")[2] or word])]
    return Fault(pointer(at), "subject.too_many", _TOO_MANY.format(most=f"{most:,}"))
