"""The texts of a record, and the record with other texts: keys and types stay. No guard, but for guards."""

from collections.abc import Callable, Sequence
from functools import lru_cache
from typing import Any

from queues.score.detectors.personal_data import Located, may_hold_personal_data, personal_data_in

# Values that name a kind of thing; nobody wrote them.
_NAMES = frozenset({"role", "from", "type", "id", "record_id", "description"})


def texts_in(value: Any) -> list[str]:
    """Every text that a person or a model wrote, in order."""
    texts = list[str]()
    _collect(value, texts)
    return texts


def _collect(value: Any, texts: list[str]) -> None:
    if isinstance(value, str):
        texts.append(value)
    elif isinstance(value, dict):
        for key, inner in value.items():
            if key in _NAMES:
                continue
            if isinstance(inner, str):  # no call for most of them
                texts.append(inner)
            else:
                _collect(inner, texts)
    elif isinstance(value, list):
        for inner in value:
            _collect(inner, texts)


def is_anything_in(texts: Sequence[str]) -> bool:
    """Whether `located_in` of any of them may find something: mostly not, and one look says so."""
    return _is_anything_in("\n\n".join(texts))


@lru_cache(maxsize=4)
def _is_anything_in(text: str) -> bool:
    return may_hold_personal_data(text)


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
