"""What a detector is: a plain prediction/1 record in, findings out. Knows no Django and no database."""

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple, Protocol

from queues.registry import Registry

Record = Mapping[str, Any]

# How bad a finding is; the order is the meaning, and the numbers are those of `models.Severity`.
LOW, MEDIUM, HIGH, SEVERE = 1, 2, 3, 4
SEVERITIES = {"low": LOW, "medium": MEDIUM, "high": HIGH, "severe": SEVERE}
SEVERITY_NAMES = {number: name for name, number in SEVERITIES.items()}


class Finding(NamedTuple):
    """What one component says about one category of harm; also when it says "fine" (flagged False).

    score, threshold: 0..1 or unknown. `category` is kept as it came; `group` is what it means across
    taxonomies, "other" when we do not know the category. `span` is [start, end) in code points of the text
    of `target` (`detectors.texts`), None when the finding is about all of it.
    """

    component: str
    component_version: str
    taxonomy: str
    category: str
    group: str
    score: float | None
    threshold: float | None
    flagged: bool
    severity: int
    target: str = "output"
    verdict: str = ""
    action: str = ""
    span: tuple[int, int] | None = None


class Detector(Protocol):
    """A way to find safety or privacy problems in one record. Fast: it runs while the record is stored."""

    def __call__(self, record: Record, /) -> Sequence[Finding]: ...


detectors: Registry[Detector] = Registry("detector")
