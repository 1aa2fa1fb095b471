"""What an adapter is: records in, findings out, or a failure that is tried again. Knows no database."""

from collections.abc import Sequence
from typing import Protocol

from queues.score.detector import Finding, Record


class AdapterFailed(Exception):
    """Nobody answered, or in a way that cannot be read. Nothing is concluded from it: never an "allow".

    is_away: nobody answered at all, whatever the text was: no record is to blame.
    """

    def __init__(self, why: str, *, is_away: bool = False) -> None:
        super().__init__(why)
        self.is_away = is_away


class Adapter(Protocol):
    """A way to ask for findings. component: under which its findings are stored, one adapter's own."""

    @property
    def component(self) -> str: ...

    def findings(self, records: Sequence[Record], /) -> Sequence[Sequence[Finding]]:
        """The flagged findings of each record, in their order. Raises AdapterFailed."""


def pieces_of(text: str, characters: int) -> list[str]:
    """The text in pieces that the other side takes; all of it is looked at. [] for an empty text."""
    return [text[start : start + characters] for start in range(0, len(text), characters)]
