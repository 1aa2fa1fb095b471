"""Two reviews of one item in the same moment: one of them settles it, and neither waits for ever."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any

import pytest
from django.db import connection

from accounts.actor import Actor
from accounts.roles import Role
from queues import reviewing
from queues.assign import actions as assign
from queues.models import Item, ItemState, Review, Verdict
from tests.factories.projects import cast, member
from tests.factories.work import queue_in, waiting

REJECT: dict[str, Any] = {"decision": "reject", "reasons": ["factual"]}


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(
    ("second", "state", "verdicts"),
    [(REJECT, ItemState.SETTLED, 1), ({"decision": "approve"}, ItemState.DISPUTED, 0)],
)
def test_two_submits_in_one_moment_settle_or_dispute_once(
    second: dict[str, Any], state: ItemState, verdicts: int
) -> None:
    project = cast().project
    queue = queue_in(project)
    items = [waiting(queue, reviews_needed=2) for _ in range(8)]
    people = [Actor(member(project, Role.ANNOTATOR).pk) for _ in range(2)]
    start = Barrier(2, timeout=30)

    def work(actor: Actor, document: dict[str, Any]) -> None:
        try:
            for _item in items:
                lease = assign.lease_next(queue, by=actor)
                assert lease is not None
                start.wait()
                reviewing.submit(
                    lease.slot_id, project=project, token=lease.token, by=actor, submission=document
                )
                start.wait()
        finally:
            connection.close()

    with ThreadPoolExecutor(2) as pool:
        for done in [pool.submit(work, people[0], REJECT), pool.submit(work, people[1], second)]:
            done.result(timeout=60)

    assert Review.objects.count() == 16
    assert set(Item.objects.values_list("state", flat=True)) == {state}
    assert Verdict.objects.count() == verdicts * 8
