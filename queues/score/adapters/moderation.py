"""Any endpoint that answers as OpenAI's moderation does: a mark and a score per category."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from queues.score.adapters.adapter import AdapterFailed, pieces_of
from queues.score.adapters.http import post
from queues.score.detector import Finding, Record
from queues.score.detectors.guardrails import finding_of
from queues.score.detectors.parsers import moderation_rows
from queues.score.detectors.texts import OUTPUT, text_of

PIECE_CHARACTERS = 10_000
PIECES_AT_ONCE = 16


@dataclass(frozen=True, slots=True)
class Moderation:
    """url: all of the address, such as https://api.openai.com/v1/moderations."""

    url: str
    key: str
    model: str
    component: str = "remote:moderation"

    def findings(self, records: Sequence[Record], /) -> list[list[Finding]]:
        """The worst of all pieces of each output, per category; only what is flagged."""
        pieces = [
            (place, piece)
            for place, record in enumerate(records)
            for piece in pieces_of(text_of(record, OUTPUT), PIECE_CHARACTERS)
        ]
        worst: dict[int, dict[str, Finding]] = defaultdict(dict)
        for start in range(0, len(pieces), PIECES_AT_ONCE):
            some = pieces[start : start + PIECES_AT_ONCE]
            for (place, _piece), found in zip(some, self._ask([piece for _, piece in some]), strict=True):
                for finding in found:
                    before = worst[place].get(finding.category)
                    if before is None or (finding.score or 0) > (before.score or 0):
                        worst[place][finding.category] = finding
        return [list(worst[place].values()) for place in range(len(records))]

    def _ask(self, texts: Sequence[str]) -> list[list[Finding]]:
        answer = post(self.url, {"model": self.model, "input": list(texts)}, key=self.key)
        results = answer.get("results") if isinstance(answer, dict) else None
        if not isinstance(results, list) or len(results) != len(texts):
            raise AdapterFailed("it did not answer one result for each text")
        model = str(answer.get("model") or self.model)[:200]
        return [list(self._flagged(model, result)) for result in results]

    def _flagged(self, model: str, result: Any) -> Iterator[Finding]:
        if not _is_result(result):
            raise AdapterFailed("a result has no categories with their marks and scores")
        for row in moderation_rows({"model": model, "results": [result]}):
            if row["flagged"]:
                yield finding_of({**row, "component": self.component, "category": row["category"][:200]})


def _is_result(result: Any) -> bool:
    if not isinstance(result, Mapping):
        return False
    marks, scores = result.get("categories"), result.get("category_scores")
    if not isinstance(marks, Mapping) or not isinstance(scores, Mapping) or not marks:
        return False
    are_marks = all(isinstance(mark, bool) for mark in marks.values())
    return are_marks and all(_is_share(scores.get(name)) for name in marks)


def _is_share(score: Any) -> bool:
    return score is None or (
        isinstance(score, int | float) and not isinstance(score, bool) and 0 <= score <= 1
    )
