"""Changes of many items from the command line: asked for once, waited for, told."""

import httpx
import pytest
from django.utils import timezone

from queues import jobs
from queues.models import BulkChange, Item, Job, Queue
from reviewapp.client.change import Wanted, change
from reviewapp.client.ending import Refused
from reviewapp.client.server import Server
from tests.client.conftest import Line
from tests.factories.people import api_key
from tests.factories.projects import Cast
from tests.factories.work import queue_in, waiting


@pytest.fixture
def queue(people: Cast) -> Queue:
    return queue_in(people.project)


@pytest.fixture
def server(people: Cast, line: Line) -> Server:
    """As Lee, who may change queues."""
    _key, text = api_key(people.project, people.lee)
    return Server("http://testserver", people.project.slug, text, sleep=lambda _seconds: None, transport=line)


def run_jobs(_seconds: float) -> None:
    """What a worker does while the client waits."""
    for job in Job.objects.filter(state="queued"):
        jobs.run_job(job.pk)


def test_what_fits_is_changed_and_waited_for(server: Server, queue: Queue) -> None:
    late, other = waiting(queue, due_at=timezone.now()), waiting(queue)

    told = change(server, Wanted(queue.slug, "priority", "overdue", amount=80, late=True), sleep=run_jobs)

    assert (told.state, told.whole["changed"]) == ("done", 1)
    assert [Item.objects.get(pk=item.pk).priority for item in (late, other)] == [80, 50]


def test_named_items_are_changed_without_waiting(server: Server, queue: Queue) -> None:
    item = waiting(queue)

    told = change(server, Wanted(queue.slug, "withdraw", "a test", items=[item.pk]), waits=False)

    assert (told.state, told.whole["items"]) == ("waiting", [item.pk])


def test_a_cut_line_begins_no_second_change(server: Server, line: Line, queue: Queue) -> None:
    waiting(queue)
    line.mishaps = [lambda _answer: httpx.Response(503)]

    change(server, Wanted(queue.slug, "due", "a holiday", amount=5), waits=False)

    assert len(line.requests) == 2
    assert BulkChange.objects.count() == 1


def test_what_the_server_refuses_is_refused(server: Server, queue: Queue) -> None:
    with pytest.raises(Refused):
        change(server, Wanted(queue.slug, "move", "nowhere to go", target="nowhere"), waits=False)
