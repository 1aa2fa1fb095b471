"""Simulated annotators: they review, crash, submit twice, hold two tabs, lose leases, and are paused.

Every answer that an annotator got is written down, and compared with the database at the end.
"""

import random
import threading
import time
from collections import Counter
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from django.db import connection, transaction
from django.utils import timezone

from accounts import actions as accounts
from accounts.actor import SYSTEM, Actor
from accounts.models import Person, Project
from accounts.roles import Role
from queues import reviewing
from queues.assign import actions as assign
from queues.assign import aside, working
from queues.assign.lease import Lease
from queues.assign.policy import MayNotWork
from queues.errors import Invalid, NotAllowed, Taken, WrongState
from queues.models import Item, ItemState, Queue, Review, Slot, SlotState
from tests.factories.projects import member
from tests.factories.work import waiting

APPROVE: dict[str, Any] = {"decision": "approve"}
NEEDED = (1, 1, 2, 3)  # reviews of an item
FEWEST_WAITING = 60  # slots
REJECT: dict[str, Any] = {"decision": "reject", "reasons": ["factual"]}


@dataclass
class History:
    """What the annotators were told. taken: leases that were gone though nobody had ended them."""

    stored: set[int] = field(default_factory=set)  # reviews that were answered with "stored"
    undone: set[int] = field(default_factory=set)
    taken: list[int] = field(default_factory=list)
    did: Counter[str] = field(default_factory=Counter)
    faults: list[str] = field(default_factory=list)  # what no annotator may ever be told
    lock: threading.Lock = field(default_factory=threading.Lock)

    def note(self, what: str) -> None:
        with self.lock:
            self.did[what] += 1


@dataclass
class House:
    """A queue with its people, and who of them the lead has just been at."""

    project: Project
    queue: Queue
    people: list[Person]
    lead: Actor
    history: History = field(default_factory=History)
    disturbed: dict[int, float] = field(default_factory=dict)  # person → when the lead last took leases away


class Annotator:
    """One person: each turn a random action; what was refused for a good reason is no fault."""

    def __init__(self, house: House, person: Person, seed: int) -> None:
        self.house, self.by, self.random = house, Actor(person.pk), random.Random(seed)
        self.person = person
        self.turns: list[tuple[Callable[[], None], int]] = [
            (self.review, 60),
            (self.submit_twice, 8),
            (self.crash, 6),
            (self.come_late, 6),
            (self.hold_two_tabs, 6),
            (self.skip, 4),
            (self.give_back, 4),
            (self.undo, 4),
            (self.keep_and_take_up, 4),
        ]

    def turn(self) -> None:
        action = self.random.choices(*zip(*self.turns, strict=True))[0]
        try:
            action()
            self.house.history.note(action.__name__)
        except MayNotWork:
            self.house.history.note("paused")
        except NotAllowed:
            self.house.history.note("not allowed")
        except Exception as error:  # noqa: BLE001 - whatever it is, an annotator may not meet it
            with self.house.history.lock:
                self.house.history.faults.append(f"{action.__name__}: {type(error).__name__}: {error}")
        finally:
            connection.close()

    def lease(self, *beside: int) -> Lease | None:
        return assign.lease_next(self.house.queue, by=self.by, beside=beside)

    def submit(self, lease: Lease, *, may_be_gone: bool = False) -> int | None:
        """The id of the review, or None when the lease was gone; noted when nobody had taken it away."""
        began = time.monotonic()
        try:
            done = reviewing.submit(
                lease.slot_id,
                project=self.house.project,
                token=lease.token,
                by=self.by,
                submission=APPROVE if self.random.random() < 0.85 else REJECT,
            )
        except (Taken, WrongState):
            was_disturbed = self.house.disturbed.get(self.person.pk, 0.0) > began - 5.0
            if not may_be_gone and not was_disturbed and lease.until > timezone.now() + timedelta(seconds=1):
                self._note_taken(lease)
            return None
        with self.house.history.lock:
            self.house.history.stored.add(done.review_id)
        return done.review_id

    def _note_taken(self, lease: Lease) -> None:
        """The item may also have been settled early by others; then nobody took anything."""
        item = Item.objects.get(pk=lease.item_id)
        if item.state in (ItemState.OPEN, ItemState.IN_REVIEW):
            with self.house.history.lock:
                self.house.history.taken.append(lease.slot_id)

    def review(self) -> None:
        if lease := self.lease():
            self.submit(lease)

    def submit_twice(self) -> None:
        """The browser sends again what was answered: the same review, not another."""
        if lease := self.lease():
            submission = APPROVE
            answers = []
            for _ in range(2):
                try:
                    done = reviewing.submit(
                        lease.slot_id,
                        project=self.house.project,
                        token=lease.token,
                        by=self.by,
                        submission=submission,
                    )
                except (Taken, WrongState):
                    return
                answers.append(done.review_id)
                with self.house.history.lock:
                    self.house.history.stored.add(done.review_id)
            if len(set(answers)) > 1:
                raise AssertionError(f"two reviews of one lease: {answers}")

    def crash(self) -> None:
        """The browser is gone; the lease runs out."""
        if lease := self.lease():
            self._end(lease)

    def come_late(self) -> None:
        """Typed too long: refused, whoever has it now."""
        if lease := self.lease():
            self._end(lease)
            assign.free_ended(queue_id=self.house.queue.pk)
            if self.submit(lease, may_be_gone=True) is not None:
                raise AssertionError("a lease that had ended was accepted")

    def hold_two_tabs(self) -> None:
        if first := self.lease():
            second = self.lease(first.slot_id)
            for lease in (second, first):
                if lease:
                    self.submit(lease)

    def skip(self) -> None:
        if lease := self.lease():
            self._try(lambda: assign.skip(lease.slot_id, token=lease.token, by=self.by, reason="too_hard"))

    def give_back(self) -> None:
        if lease := self.lease():
            self._try(lambda: assign.give_back(lease.slot_id, token=lease.token, by=self.by))

    def undo(self) -> None:
        if (lease := self.lease()) and (review_id := self.submit(lease)):
            try:
                again = reviewing.undo(review_id, project=self.house.project, by=self.by)
            except WrongState:
                return
            with self.house.history.lock:
                self.house.history.undone.add(review_id)
            self.submit(again)

    def keep_and_take_up(self) -> None:
        if lease := self.lease():
            try:
                aside.keep(lease.slot_id, token=lease.token, by=self.by, hours=1)
            except (Taken, Invalid):
                return
            self._try(
                lambda: aside.take_up(lease.slot_id, project_id=self.house.project.pk, by=self.by) and None
            )
            self.review()

    def _end(self, lease: Lease) -> None:
        """The minutes of a lease pass in no time."""
        past = timezone.now() - timedelta(seconds=1)
        Slot.objects.filter(pk=lease.slot_id, lease_token=lease.token, state=SlotState.LEASED).update(
            lease_until=past
        )

    def _try(self, action: Callable[[], object]) -> None:
        with suppress(Taken):
            action()


def lead_at_work(house: House, end: float, seed: int) -> None:
    """Pauses people and lets them go on, takes roles away and gives them back."""
    dice = random.Random(seed)
    try:
        while time.monotonic() < end:
            person = dice.choice(house.people)
            house.disturbed[person.pk] = time.monotonic() + 1.0
            working.pause(
                house.project.pk,
                person=person,
                until=None,
                reason="a break",
                now=timezone.now(),
                by=house.lead,
            )
            accounts.change_role(house.project, person=person, role=Role.LEAD, by=SYSTEM)
            time.sleep(0.05)
            accounts.change_role(house.project, person=person, role=Role.ANNOTATOR, by=SYSTEM)
            working.resume(house.project.pk, person=person, by=house.lead)
            house.disturbed[person.pk] = time.monotonic()
    finally:
        connection.close()


def refill(house: House, end: float, seed: int) -> None:
    """Predictions go on arriving, so that on a fast machine the work does not run out."""
    dice = random.Random(seed)
    waits = Slot.objects.filter(queue=house.queue, state=SlotState.OPEN)
    try:
        while time.monotonic() < end:
            if len(waits.values_list("pk", flat=True)[:FEWEST_WAITING]) < FEWEST_WAITING:
                with transaction.atomic():  # as routing does: never an item with some of its slots
                    for _ in range(20):
                        waiting(house.queue, reviews_needed=dice.choice(NEEDED))
            time.sleep(0.05)
    finally:
        connection.close()


def sweep(end: float) -> None:
    try:
        while time.monotonic() < end:
            assign.free_ended()
            time.sleep(0.1)
    finally:
        connection.close()


def at_work(house: House, annotator: Annotator, end: float) -> None:
    while time.monotonic() < end:
        annotator.turn()


def simulate(house: House, *, seconds: float, seed: int) -> History:
    """Let everybody work for so long, then finish what is left; the history of what they were told."""
    annotators = [Annotator(house, person, seed + n) for n, person in enumerate(house.people)]
    end = time.monotonic() + seconds
    threads = [threading.Thread(target=at_work, args=(house, one, end)) for one in annotators]
    threads.append(threading.Thread(target=lead_at_work, args=(house, end, seed)))
    threads.append(threading.Thread(target=refill, args=(house, end, seed)))
    threads.append(threading.Thread(target=sweep, args=(end,)))
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    _finish(house, annotators)
    return house.history


def _finish(house: House, annotators: list[Annotator]) -> None:
    """All leases end, and everybody reviews until nothing is left for them."""
    Slot.objects.filter(queue=house.queue, state=SlotState.LEASED).update(
        lease_until=timezone.now() - timedelta(seconds=1)
    )
    assign.free_ended()
    for annotator in annotators:
        while lease := annotator.lease():
            annotator.submit(lease)


def wrong(house: House) -> dict[str, list[Any]]:
    """What the promises forbid: each empty."""
    standing = Review.objects.filter(item__queue=house.queue, withdrawn_at=None)
    by_item: Counter[int] = Counter(standing.values_list("item_id", flat=True))
    by_person = Counter(standing.values_list("item_id", "person_id"))
    needed = dict(Item.objects.filter(queue=house.queue).values_list("pk", "reviews_needed"))
    ids = set(standing.values_list("pk", flat=True))
    told = house.history.stored - house.history.undone
    unfinished = Item.objects.filter(queue=house.queue, state__in=[ItemState.OPEN, ItemState.IN_REVIEW])
    stuck = Slot.objects.filter(queue=house.queue, state=SlotState.LEASED)
    return {
        "items beyond their overlap": [item for item, n in by_item.items() if n > needed[item]],
        "items reviewed twice by one person": [pair for pair, n in by_person.items() if n > 1],
        "reviews lost": sorted(told - ids),
        "reviews that nobody was told of": sorted(ids - told),
        "leases taken from under somebody's hands": list(house.history.taken),
        "stuck slots": list(stuck.values_list("pk", flat=True)),
        "items that nobody could finish": list(unfinished.values_list("pk", flat=True)),
        "faults": list(house.history.faults[:5]),
    }


def people_of(project: Project, how_many: int) -> list[Person]:
    return [member(project, Role.ANNOTATOR, name=f"Annotator {n}") for n in range(how_many)]
