"""What a way in answered, and whether the row allows it."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass, field
from time import perf_counter, process_time
from typing import Any

SECONDS = {"under_1s": 1.0, "under_5s": 5.0}
HANG_SECONDS = 5.0


@dataclass(slots=True)
class Outcome:
    """status: HTTP, or what stands for it; pointers: where the answer says that something is wrong."""

    status: int
    is_problem: bool = False
    pointers: list[str] = field(default_factory=list)
    body: Any = None
    seconds: float = 0.0

    @property
    def was_taken(self) -> bool:
        return 200 <= self.status < 300

    @property
    def was_refused(self) -> bool:
        return 400 <= self.status < 500


class Watch:
    """Seconds of work since it was made: a machine that is busy with other things is not slow input.

    Work is what this process computed; waiting, for the database or for a hang, counts beyond `_PATIENCE`.
    """

    _PATIENCE = 4.0  # seconds

    def __init__(self) -> None:
        self._start, self._worked = perf_counter(), process_time()

    @property
    def seconds(self) -> float:
        worked = process_time() - self._worked
        return max(worked, perf_counter() - self._start - self._PATIENCE)


def complaints(
    row: dict[str, Any], outcome: Outcome, *, places: Collection[str] = (), statuses: Collection[int] = ()
) -> Iterator[str]:
    """What is wrong with the outcome; nothing when the row allows it.

    places: pointers of ours that stand for the row's error_field; statuses: further codes of ours that
    mean "refused" here.
    """
    if not (outcome.was_taken or outcome.was_refused):
        yield f"answered {outcome.status}"
    limit = min((SECONDS[check] for check in row.get("check", ()) if check in SECONDS), default=HANG_SECONDS)
    if outcome.seconds > limit:
        yield f"took {outcome.seconds:.1f} s of {limit} s"
    wants_taken = row["expect"] == "accept_neutralise"
    either = bool(row.get("also_ok"))
    if outcome.was_taken and not wants_taken and not either:
        yield "was taken and should have been refused"
    if outcome.was_refused and wants_taken and not either:
        yield f"was refused and should have been taken: {outcome.body}"
    if outcome.was_refused and not wants_taken:
        yield from _refusal_complaints(row, outcome, places, statuses)


def _refusal_complaints(
    row: dict[str, Any], outcome: Outcome, places: Collection[str], statuses: Collection[int]
) -> Iterator[str]:
    if outcome.status not in {*row.get("status", ()), *statuses}:
        yield f"refused with {outcome.status}"
    if not outcome.is_problem:
        yield "the refusal is no problem document"
    is_by_size = outcome.status == 413
    if places and not is_by_size and not any(at.startswith(tuple(places)) for at in outcome.pointers):
        yield f"the refusal points at {outcome.pointers}, not at {sorted(places)}"
