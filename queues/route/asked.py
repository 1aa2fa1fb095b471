"""Something that was asked of a worker, and how it stands: a dry run, a selection."""

from dataclasses import dataclass
from typing import Generic, TypeVar

from queues.models import DryRun, Job, JobState, Selection

Row = TypeVar("Row", DryRun, Selection)


@dataclass(frozen=True, slots=True)
class Asked(Generic[Row]):
    """What was asked, with its job; the job says how far it is, and is swept away in the end."""

    row: Row
    job: Job | None

    @property
    def state(self) -> str:
        """waiting, running, done, cancelled or failed."""
        if self.row.finished_at:
            return "done"
        if self.row.cancelled_at:
            return "cancelled"
        if self.job is None or self.job.state in (JobState.FAILED, JobState.DONE):
            return "failed"
        return "running" if self.job.state == JobState.RUNNING else "waiting"

    @property
    def is_over(self) -> bool:
        return self.state in ("done", "cancelled", "failed")
