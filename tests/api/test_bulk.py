"""Changes of many items through the API: asked for, followed, stopped and taken back."""

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from accounts.roles import Permission
from queues import jobs
from queues.models import BulkChange, Item, Job, Queue
from tests.api.conftest import Program
from tests.factories.projects import Cast
from tests.factories.work import queue_in, waiting

WHY = "a holiday"


@pytest.fixture
def queue(people: Cast) -> Queue:
    return queue_in(people.project)


@pytest.fixture
def lee(people: Cast) -> Program:
    return Program(people, people.lee)


def run_jobs() -> None:
    for job in Job.objects.filter(state="queued"):
        jobs.run_job(job.pk)


def asked(lee: Program, queue: Queue, **body: Any) -> Any:
    return lee.post("bulk-changes", {"queue": queue.slug, "why": WHY, **body})


def test_named_items_are_changed_watched_listed_and_taken_back(lee: Program, queue: Queue) -> None:
    first, second = waiting(queue), waiting(queue)
    waiting(queue)

    begun = asked(lee, queue, kind="priority", amount=80, items=[first.pk, second.pk])
    path = begun.headers["Location"].partition(f"{queue.project.slug}/")[2]
    run_jobs()
    done, lines = lee.get(path).json(), lee.get(f"{path}/items?limit=1").json()
    undone = lee.post(f"{path}:undo", {})
    run_jobs()

    assert (begun.status_code, begun.json()["state"]) == (202, "waiting")
    assert (done["state"], done["changed"], done["job"]["total"]) == ("done", 2, 2)
    assert done["can_be_undone"]
    assert lines["items"] == [{"item": first.pk, "before": {"priority": 50}, "after": {"priority": 80}}]
    assert lines["next_cursor"]
    assert (undone.status_code, undone.json()["undo_of"]) == (202, done["id"])
    assert lee.get(path).json()["undone_by"] == undone.json()["id"]
    assert lee.post(f"{path}:undo", {}).status_code == 409
    assert set(Item.objects.values_list("priority", flat=True)) == {50}


def test_all_that_fit_the_filter_are_changed_and_no_other(lee: Program, queue: Queue) -> None:
    past = timezone.now() - timedelta(hours=1)
    late = waiting(queue, due_at=past, kinds=("audit",))
    waiting(queue, due_at=past)
    waiting(queue, kinds=("audit",))

    answer = asked(lee, queue, kind="withdraw", filter={"reason": "audit", "late": True})
    run_jobs()

    assert answer.json()["filter"] == {"state": "open", "reason": "audit", "late": True}
    assert list(Item.objects.filter(state="withdrawn")) == [late]


def test_what_is_left_alone_is_counted_by_its_reason(lee: Program, queue: Queue) -> None:
    waiting(queue, priority=90)

    answer = asked(lee, queue, kind="priority", amount=80, filter={})
    run_jobs()

    told = lee.get(f"bulk-changes/{answer.json()['id']}").json()
    assert (told["changed"], told["passed_by"], told["can_be_undone"]) == (0, {"same": 1}, False)


def test_a_change_is_stopped_and_stopping_again_is_no_fault(lee: Program, queue: Queue) -> None:
    item = waiting(queue)
    path = f"bulk-changes/{asked(lee, queue, kind='withdraw', filter={}).json()['id']}"

    answers = [lee.post(f"{path}:stop", {}) for _ in range(2)]
    run_jobs()

    assert [answer.json()["state"] for answer in answers] == ["stopped", "stopped"]
    assert Item.objects.get(pk=item.pk).state == "open"


def test_the_same_key_asks_once(lee: Program, queue: Queue) -> None:
    waiting(queue)
    body = {"queue": queue.slug, "why": WHY, "kind": "due", "amount": 5, "filter": {}}

    answers = [lee.post("bulk-changes", body, Idempotency_Key="k-1") for _ in range(2)]

    assert [answer.status_code for answer in answers] == [202, 202]
    assert answers[1].headers["Location"] == answers[0].headers["Location"]
    assert BulkChange.objects.count() == 1


@pytest.mark.parametrize(
    ("body", "faults"),
    [
        ({"kind": "withdraw"}, [("", "bulk.which")]),
        ({"kind": "withdraw", "items": [1], "filter": {}}, [("", "bulk.which")]),
        ({"kind": "withdraw", "items": []}, [("/items", "bulk.items")]),
        ({"kind": "withdraw", "items": [999_999_999]}, [("/items/0", "bulk.item")]),
        ({"kind": "burn", "filter": {}}, [("/kind", "bulk.kind")]),
        ({"kind": "priority", "filter": {}}, [("/amount", "bulk.amount")]),
        ({"kind": "priority", "amount": 101, "filter": {}}, [("/amount", "bulk.amount")]),
        ({"kind": "move", "target": "nowhere", "filter": {}}, [("/target", "bulk.target")]),
        ({"kind": "withdraw", "filter": {"state": "settled"}}, [("/filter/state", "bulk.state")]),
        ({"kind": "withdraw", "filter": {}, "why": " "}, [("/why", "bulk.why")]),
        ({"kind": "withdraw", "filter": {"who": 1}}, [("/filter/who", "extra_forbidden")]),
        ({"kind": "withdraw", "filter": {"late": "yes"}}, [("/filter/late", "bool_type")]),
        ({"kind": "priority", "amount": "80", "filter": {}}, [("/amount", "int_type")]),
    ],
)
def test_what_is_wrong_is_named_by_its_place_and_changes_nothing(
    lee: Program, queue: Queue, body: dict[str, Any], faults: list[tuple[str, str]]
) -> None:
    answer = asked(lee, queue, **body)

    assert answer.status_code == 422
    assert [(fault["pointer"], fault["code"]) for fault in answer.json()["errors"]] == faults
    assert not BulkChange.objects.exists()


def test_an_item_of_another_queue_is_refused_and_not_passed_over(
    people: Cast, lee: Program, queue: Queue
) -> None:
    mine, other = waiting(queue), waiting(queue_in(people.project))

    answer = asked(lee, queue, kind="withdraw", items=[mine.pk, other.pk])

    assert [fault["pointer"] for fault in answer.json()["errors"]] == ["/items/1"]


def test_more_items_than_a_change_may_name_are_refused(lee: Program, queue: Queue) -> None:
    ids = [waiting(queue).pk] * 201

    assert asked(lee, queue, kind="withdraw", items=ids).json()["errors"][0]["code"] == "bulk.items"


def test_the_list_is_one_queues_newest_first(people: Cast, lee: Program, queue: Queue) -> None:
    other = queue_in(people.project)
    ids = [asked(lee, one, kind="withdraw", filter={}).json()["id"] for one in (queue, other, queue)]

    def listed(query: str = "") -> list[int]:
        return [change["id"] for change in lee.get(f"bulk-changes{query}").json()["items"]]

    assert listed() == ids[::-1]
    assert listed(f"?queue={queue.slug}") == [ids[2], ids[0]]
    assert lee.get("bulk-changes?colour=red").status_code == 400


def test_who_may_only_read_follows_a_change_and_begins_none(people: Cast, lee: Program, queue: Queue) -> None:
    path = f"bulk-changes/{asked(lee, queue, kind='withdraw', filter={}).json()['id']}"
    reader, stranger = Program(people, people.lee, Permission.READ), Program(people, people.mel)

    assert reader.get(path).status_code == 200
    assert asked(reader, queue, kind="withdraw", filter={}).status_code == 403
    assert stranger.post(f"{path}:stop", {}).status_code == 403
    assert stranger.post(f"{path}:undo", {}).status_code == 403


def test_a_change_of_another_project_is_not_there(people: Cast, lee: Program) -> None:
    theirs = queue_in(people.other)
    waiting(theirs)

    assert asked(lee, theirs, kind="withdraw", filter={}).status_code == 404
