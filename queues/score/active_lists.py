"""The word lists of a project at work: what they find in the records of one batch. Pure."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from queues.score.detector import MEDIUM, Finding, Record
from queues.score.detectors.house import finding
from queues.score.detectors.taxonomy import group_of
from queues.score.detectors.texts import text_of
from queues.score.list_matcher import Matcher, TooSlow

TAXONOMY = "word-lists"
SWITCHED_OFF = "list_switched_off"


@dataclass(frozen=True, slots=True)
class ActiveList:
    """One version in force, compiled."""

    id: int
    name: str
    version: int
    category: str
    severity: int
    target: str
    locale: str
    matcher: Matcher

    def is_for(self, locale: str) -> bool:
        """Whether it looks at texts of this locale: "en" also means en-GB; "" of either is everything."""
        return not self.locale or not locale or f"{locale}-".lower().startswith(f"{self.locale}-".lower())


@dataclass(slots=True)
class ListsAtWork:
    """The lists of one project during one batch. too_slow: list id → milliseconds that it took at last."""

    lists: Sequence[ActiveList]
    too_slow: dict[int, int] = field(default_factory=dict)

    def findings(self, record: Record) -> list[Finding]:
        """What the lists find. One that was too slow is not asked again, and that is the finding."""
        locale = (record.get("subject") or {}).get("locale") or ""
        return [
            found
            for one in self.lists
            if one.is_for(locale)
            for found in self._findings_of(one, text_of(record, one.target))
        ]

    def _findings_of(self, one: ActiveList, text: str) -> Iterator[Finding]:
        if one.id not in self.too_slow:
            try:
                places = one.matcher.places(text)
            except TooSlow as slow:
                self.too_slow[one.id] = slow.milliseconds
            else:
                yield from (_found(one, place.span) for place in places)
                return
        version = f"{one.name}@{one.version}"
        yield finding(version, SWITCHED_OFF, MEDIUM, target=one.target, span=None)


def _found(one: ActiveList, span: tuple[int, int]) -> Finding:
    return Finding(
        component=f"list:{one.name}",
        component_version=str(one.version),
        taxonomy=TAXONOMY,
        category=one.category,
        group=group_of(TAXONOMY, one.category),
        score=None,
        threshold=None,
        flagged=True,
        severity=one.severity,
        target=one.target,
        span=span,
    )
