"""Findings that the client's own filters made: the rows of `guardrails[]` as they arrive (methods.md 3)."""

from collections.abc import Mapping, Sequence
from typing import Any

from queues.score.detector import HIGH, LOW, MEDIUM, SEVERE, Finding, Record, detectors
from queues.score.detectors.taxonomy import UNPARSED, group_of, is_severe

# A verdict or an enforced action of these says "problem", whatever the score; they are kept apart on purpose.
_OBJECTING = frozenset({"deny", "modify", "warn", "escalate", "block"})
_BLOCKING = frozenset({"deny", "block"})
HIGH_SCORE = 0.9
# Without threshold, verdict or mark a score alone decides from here on.
BARE_SCORE_FLAGS_FROM = 0.5


@detectors.register("guardrails")
def guardrail_findings(record: Record, /) -> Sequence[Finding]:
    """One finding per guardrail row, flagged or not."""
    return [finding_of(row) for row in record.get("guardrails") or ()]


def finding_of(row: Mapping[str, Any]) -> Finding:
    """The row as it came, plus what follows from it: group, flagged and severity."""
    taxonomy, category = row.get("taxonomy") or "", row.get("category") or ""
    flagged = is_flagged(row)
    if flagged is None:  # it answered, and nobody can say what: never read as "allow"
        category, flagged = category or UNPARSED, True
    return Finding(
        component=row.get("component") or "",
        component_version=row.get("component_version") or "",
        taxonomy=taxonomy,
        category=category,
        group=group_of(taxonomy, category),
        score=row.get("score"),
        threshold=row.get("threshold"),
        flagged=flagged,
        severity=severity_of(row, category=category, flagged=flagged),
        target=row.get("target") or "output",
        verdict=row.get("verdict") or "",
        action=row.get("action") or "",
    )


def is_flagged(row: Mapping[str, Any]) -> bool | None:
    """Whether the row reports a problem: a block outweighs a mark, a mark outweighs a score.

    None when the row holds nothing to tell by.
    """
    verdict, action = row.get("verdict"), row.get("action")
    if verdict in _OBJECTING or action in _OBJECTING:
        return True
    if isinstance(row.get("flagged"), bool):
        return bool(row["flagged"])
    score, threshold = row.get("score"), row.get("threshold")
    if score is not None:
        return bool(score >= (BARE_SCORE_FLAGS_FROM if threshold is None else threshold))
    return False if "allow" in (verdict, action) else None


def severity_of(row: Mapping[str, Any], *, category: str, flagged: bool) -> int:
    """Unflagged: low. Flagged: severe by category, high when blocked or scored >= 0.9, else medium."""
    if not flagged:
        return LOW
    if is_severe(category):
        return SEVERE
    blocked = row.get("verdict") in _BLOCKING or row.get("action") in _BLOCKING
    return HIGH if blocked or (row.get("score") or 0.0) >= HIGH_SCORE else MEDIUM
