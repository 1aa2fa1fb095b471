"""How far a job is, told once a second from beside it, so that the work itself never waits for it."""

import threading
from types import TracebackType

from django.db import connection

from queues.models import Job

EVERY_SECONDS = 1.0


class Progress:
    """While open, keeps the job's lease and its progress up to date on a connection of its own.

    is_replaced: the job is no longer this attempt's, because it was given up or is in other hands.
    """

    def __init__(self, job: Job) -> None:
        self.total: int | None = None
        self.is_replaced = False
        self._seen = 0
        self._job_id, self._attempt = job.pk, job.attempts
        self._over = threading.Event()
        self._teller = threading.Thread(target=self._tell, name=f"progress-{job.pk}", daemon=True)

    def report(self, seen: int) -> None:
        """How many rows were looked at so far."""
        self._seen = seen

    def __enter__(self) -> "Progress":
        self._teller.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None
    ) -> None:
        self._over.set()
        self._teller.join()
        if kind is None:
            self._say(self.total or self._seen)

    def _tell(self) -> None:
        try:
            while not self._over.wait(EVERY_SECONDS):
                self._say(self._seen)
        finally:
            connection.close()

    def _say(self, progress: int) -> None:
        if not Job.objects.report(self._job_id, attempt=self._attempt, progress=progress, total=self.total):
            self.is_replaced = True
