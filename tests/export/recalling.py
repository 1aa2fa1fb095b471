"""Withdrawing predictions, the way it is asked for."""

from typing import Any

from accounts.actor import Actor
from queues import jobs
from queues.export.recalls import asking
from queues.models import RecallRequest
from tests.factories.projects import Cast


def withdraw(people: Cast, *named: str, by_what: str = "predictions", **said: Any) -> RecallRequest:
    """The request, asked for and done by a worker."""
    given: dict[str, Any] = {
        "reason": "wrong",
        "why": "It is not so.",
        "erases": False,
        "publishes": False,
    } | said
    request, job = asking.ask(people.project, by_what=by_what, named=named, by=Actor(people.mel.pk), **given)
    jobs.run_job(job.pk)
    job.refresh_from_db()
    assert job.state == "done", job.error
    request.refresh_from_db()
    return request
