"""The texts of a record, and the record with other texts: keys and types stay. No guard, but for guards."""

from collections.abc import Callable, Iterator
from functools import lru_cache
from typing import Any

from queues.score.detectors.personal_data import Located, personal_data_in

# Values that name a kind of thing; nobody wrote them.
_NAMES = frozenset({"role", "from", "type", "id", "record_id", "description"})


def texts_in(value: Any) -> Iterator[str]:
    """Every text that a person or a model wrote, in order."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for key, inner in value.items():
            if key not in _NAMES:
                yield from texts_in(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from texts_in(inner)


@lru_cache(maxsize=64)
def located_in(text: str) -> tuple[Located, ...]:
    """What identifies somebody or lets somebody in; remembered, since two guards ask."""
    return tuple(personal_data_in(text))


def with_texts(value: Any, change: Callable[[str], str]) -> Any:
    """The same record with each such text changed."""
    if isinstance(value, str):
        return change(value)
    if isinstance(value, dict):
        return {k: inner if k in _NAMES else with_texts(inner, change) for k, inner in value.items()}
    return [with_texts(inner, change) for inner in value] if isinstance(value, list) else value
