"""Records of other tools: which dialects are known, and one of their records as prediction/1.

A dialect is a versioned mapper: a span, observation or run in, a prediction/1 record out, unchecked. What
it does not map stays in `metadata.rest`, as far as it fits; what does not fit is named in `metadata.dropped`.
"""

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple, Protocol

import orjson

from queues.errors import Fault, Invalid
from queues.ingest import limits
from queues.ingest.body import Arrived
from queues.ingest.jsontext import Sent
from queues.registry import Registry

NAMES_KEPT = 100  # of what was dropped
_ROOM = limits.METADATA_BYTES - 4 * 1024  # for the names of what was dropped, and our own words


class Mapped(NamedTuple):
    """What a mapper makes of one record; rest: by name, what has no place in prediction/1."""

    record: dict[str, Any]
    rest: Mapping[str, Any]


class Dialect(Protocol):
    """Maps one record; must not fail whatever it is given: what is wrong stays for the check to name."""

    def __call__(self, sent: Mapping[str, Any], /) -> Mapped: ...


dialects: Registry[Dialect] = Registry("dialect")


def convert(sent: Sent, dialect: str) -> Sent:
    """The record in our words, to be checked. Raises Invalid for what is not a record of an output at all."""
    if not isinstance(sent.value, Mapping):
        return sent
    mapped = dialects.get(dialect)(sent.value)
    return Sent(mapped.record | {"metadata": _metadata(dialect, mapped.rest)})


def convert_each(arrived: Sequence[Arrived], dialect: str) -> list[Arrived]:
    """The records of a batch in our words; what is wrong with one is its own fault."""
    converted: list[Arrived] = []
    for one in arrived:
        try:
            converted.append(convert(one, dialect) if isinstance(one, Sent) else one)
        except Invalid as error:
            converted.append(error)
    return converted


def not_an_output(place: str, detail: str) -> Invalid:
    """The refusal of a span, observation or run that is no call of a model."""
    return Invalid(detail, [Fault(place, "dialect.kind", detail)])


def _metadata(dialect: str, rest: Mapping[str, Any]) -> dict[str, Any]:
    kept: dict[str, Any] = {}
    dropped: list[str] = []
    room = _ROOM
    for name, value in rest.items():
        size = _size(name, value)
        if size is None or size > room:
            dropped.append(str(name)[: limits.TAG_CHARACTERS])
        else:
            room -= size
            kept[name] = value
    metadata: dict[str, Any] = {"dialect": dialect}
    if kept:
        metadata["rest"] = kept
    if dropped:
        metadata["dropped"] = sorted(dropped)[:NAMES_KEPT]
        metadata["dropped_count"] = len(dropped)
    return metadata


def _size(name: str, value: Any) -> int | None:
    """Bytes that it takes as JSON; None for what JSON cannot hold, or the record could not."""
    try:
        return len(orjson.dumps({name: value}))
    except TypeError:
        return None
