"""Facts: what rules may ask beyond the scores and flags of a prediction, read for a whole batch at once."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, NamedTuple, Protocol

from queues.registry import Registry
from queues.score.detector import Record


class Arrival(NamedTuple):
    """One prediction that is being looked at. id: ours; prediction_id: the client's; record: prediction/1."""

    id: int
    prediction_id: str
    model_version: str
    environment: str
    record: Record


class FactSource(Protocol):
    """Answers for every arrival of a batch, with a bounded number of statements."""

    def __call__(self, project_id: int, arrivals: Sequence[Arrival], /) -> Mapping[int, Any]: ...


facts: Registry[FactSource] = Registry("fact source")

WhyOff = Callable[[int], str | None]
why_off: Registry[WhyOff] = Registry("fact source that can be off")
"""Fact source → why it cannot answer in a project now (a service is off), or None; few need one."""


def read(names: Iterable[str], project_id: int, arrivals: Sequence[Arrival]) -> dict[int, dict[str, Any]]:
    """Prediction → fact source → what it found. A source that nobody asks is not read."""
    found: dict[int, dict[str, Any]] = {arrival.id: {} for arrival in arrivals}
    for name in sorted(names):
        answers = facts.get(name)(project_id, arrivals)
        for arrival in arrivals:
            found[arrival.id][name] = answers[arrival.id]
    return found
