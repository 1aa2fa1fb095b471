"""Past predictions as the rules would have seen them when they arrived."""

from collections import Counter, deque
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from itertools import groupby
from operator import attrgetter
from typing import Any

from queues.route.condition import Case
from queues.route.deciding import Ranking, cases_of
from queues.route.dry_run import walk
from queues.route.dry_run.walk import Seen, Span
from queues.route.facts.traffic import LOOK_AT, per_day
from queues.route.policy_document import PolicyDocument
from queues.route.windows import Windows


class Past:
    """The predictions of a span as the rules of `document` would have seen them."""

    def __init__(self, span: Span, document: PolicyDocument, salt: str) -> None:
        self._span, self._document, self._salt = span, document, salt
        self._ranking: Ranking = Windows()
        self._facts: Mapping[int, Mapping[str, Any]] = {}
        self._arrived: deque[datetime] = deque(walk.received_before(span, LOOK_AT), maxlen=LOOK_AT)
        self.not_scored = self.erased = 0
        self.missing: Counter[str] = Counter()
        self.first_at: datetime | None = None
        self.last_at: datetime | None = None

    def parts(self) -> Iterator[list[tuple[datetime, list[Seen]]]]:
        """Parts of the span; each the batches that arrived together, without what no rule can look at."""
        names = sorted(self._document.facts - {"traffic"})
        reads_records = self._document.reads_records
        for part in walk.parts(self._span, with_records=reads_records):
            usable = [one for one in part if one.scored and (one.arrival.record or not reads_records)]
            self._note(part, usable)
            self._facts = walk.facts_of(names, self._span.project_id, usable)
            yield [(at, list(batch)) for at, batch in groupby(usable, key=attrgetter("received_at"))]

    def cases(self, batch: Sequence[Seen]) -> list[Case]:
        """What is known of each of a batch. The pace of the traffic is that of the moment."""
        self._arrived.extend(one.received_at for one in batch)
        pace = per_day(len(self._arrived), self._arrived[0], batch[0].received_at)
        return cases_of(
            self._span.project_id,
            self._document,
            self._salt,
            [one.arrival for one in batch],
            scored={one.arrival.id: one.scored for one in batch if one.scored},
            facts={one.arrival.id: {**self._facts[one.arrival.id], "traffic": pace} for one in batch},
            ranking=self._ranking,
        )

    @property
    def days(self) -> float:
        """The time that the predictions cover."""
        if self.first_at is None or self.last_at is None:
            return 0.0
        return (self.last_at - self.first_at).total_seconds() / 86_400.0

    def _note(self, part: Sequence[Seen], usable: Sequence[Seen]) -> None:
        not_scored = sum(one.scored is None for one in part)
        self.not_scored += not_scored
        self.erased += len(part) - len(usable) - not_scored
        if usable:
            self.first_at = self.first_at or usable[0].received_at
            self.last_at = usable[-1].received_at
        for measure in self._document.measures:
            self.missing[measure] += sum(measure not in one.scored.values for one in usable if one.scored)
