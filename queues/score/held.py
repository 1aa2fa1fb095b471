"""What a prediction was held against, and what came of it. Pure."""

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

import orjson

from queues.score.deviation import Deviation


class Match(NamedTuple):
    """The current version of the golden item that asks the same, and by what it was found."""

    version_id: int
    golden_id: str
    version: int
    targets: Sequence[str]
    rule: Mapping[str, Any]
    tags: Sequence[str]
    matched_by: str

    @classmethod
    def of_row(cls, version_id: int, golden_id: str, version: int, *rest: str) -> "Match":
        """As the database gives it: targets, rule and tags as JSON."""
        *documents, matched_by = rest
        targets, rule, tags = map(orjson.loads, documents)
        return cls(version_id, golden_id, version, targets, rule, tags, matched_by)


class Held(NamedTuple):
    """What a prediction was held against, and what came of it. match None: what its sender expected."""

    match: Match | None
    deviation: Deviation

    @property
    def matched_by(self) -> str:
        return self.match.matched_by if self.match else "sent"
