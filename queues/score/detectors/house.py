"""Findings of our own detectors: one component, one taxonomy; nothing is said when nothing was found."""

from queues.score.detector import Finding
from queues.score.detectors.patterns import Span
from queues.score.detectors.taxonomy import group_of

COMPONENT = TAXONOMY = "reviewapp"


def finding(
    version: str, category: str, severity: int, *, target: str, span: Span | None, score: float | None = None
) -> Finding:
    """A flagged finding of the detector of this version. score: 0..1 where the detector has one."""
    return Finding(
        component=COMPONENT,
        component_version=version,
        taxonomy=TAXONOMY,
        category=category,
        group=group_of(TAXONOMY, category),
        score=score,
        threshold=None,
        flagged=True,
        severity=severity,
        target=target,
        span=span,
    )
