"""Pick what a safety or privacy detector objected to."""

from typing import Annotated, Literal

from pydantic import Field

from queues.route.condition import Case, Condition, Fired, conditions
from queues.score.detector import SEVERITIES, SEVERITY_NAMES, Finding


@conditions.register("safety_flagged")
class SafetyFlagged(Condition):
    """Picks a prediction with a flagged finding of these categories, at least this severe.

    categories: as a component names them, or groups of the crosswalk ("hate"), or "*" for all.
    components: whose findings count; empty: everybody's.
    """

    kind: Literal["safety_flagged"]
    categories: Annotated[tuple[str, ...], Field(min_length=1, max_length=100, strict=False)] = ("*",)
    min_severity: Literal["low", "medium", "high", "severe"] = "medium"
    components: Annotated[tuple[str, ...], Field(max_length=100, strict=False)] = ()

    @property
    def asks(self) -> frozenset[str]:
        return frozenset({"findings"})

    def fires(self, case: Case) -> Fired | None:
        matching = [finding for finding in case.findings if self._matches(finding)]
        if not matching:
            return None
        worst = max(matching, key=lambda finding: (finding.severity, finding.score or 0.0))
        detail = {
            "component": worst.component,
            "category": worst.category,
            "group": worst.group,
            "severity": SEVERITY_NAMES[worst.severity],
            "flags": len(matching),
        }
        return Fired(worst.score, None, worst.threshold, detail)

    def _matches(self, finding: Finding) -> bool:
        if not finding.flagged or finding.severity < SEVERITIES[self.min_severity]:
            return False
        if self.components and finding.component not in self.components:
            return False
        return not {"*", finding.category, finding.group}.isdisjoint(self.categories)
