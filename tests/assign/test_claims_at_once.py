"""Many people claim at once, for real: threads, connections, commits."""

import random
from collections import Counter
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection

from accounts.actor import Actor
from accounts.roles import Role
from queues.assign import actions as assign
from queues.models import Slot, SlotState
from tests.factories.projects import cast, member
from tests.factories.work import queue_in, waiting


@pytest.mark.django_db(transaction=True)
def test_sixteen_people_never_hold_one_slot_twice_and_nothing_is_left() -> None:
    project = cast().project
    queue = queue_in(project)
    for _ in range(40):
        waiting(queue, reviews_needed=random.Random(1).choice([1, 2]))
    people = [Actor(member(project, Role.ANNOTATOR).pk) for _ in range(16)]

    def work(actor: Actor) -> list[int]:
        got = []
        try:
            while lease := assign.lease_next(queue, by=actor):
                got.append(lease.slot_id)
                Slot.objects.filter(pk=lease.slot_id, lease_token=lease.token).update(state=SlotState.DONE)
        finally:
            connection.close()
        return got

    with ThreadPoolExecutor(8) as pool:
        claimed = [slot for got in pool.map(work, people) for slot in got]

    assert max(Counter(claimed).values()) == 1
    assert sorted(claimed) == sorted(Slot.objects.values_list("pk", flat=True))
