"""How a job stands, as JSON: wherever something is asked for that a worker does."""

from typing import Self

from pydantic import BaseModel

from queues.models import Job


class JobAnswer(BaseModel):
    """progress of total verdicts looked at; error: why it failed, or why the last attempt did."""

    state: str
    progress: int
    total: int | None
    attempts: int
    error: str

    @classmethod
    def of(cls, job: Job | None) -> Self | None:
        """None: there is no job, or it is forgotten."""
        if job is None:
            return None
        return cls(
            state=job.state, progress=job.progress, total=job.total, attempts=job.attempts, error=job.error
        )
