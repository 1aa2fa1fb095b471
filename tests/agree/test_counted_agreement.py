"""Agreement is counted with each review: whatever happens, the counts equal a recount from the reviews."""

from collections import Counter, defaultdict
from collections.abc import Callable
from secrets import token_hex
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from accounts.actor import Actor
from accounts.models import Person
from accounts.roles import Role
from queues import jobs, pipeline, reviewing
from queues.agree import histogram, unit_sql, units
from queues.agree.asked import asked_in
from queues.agree.histogram import By
from queues.agree.patterns import Pattern, merged
from queues.assign import actions as assign
from queues.assign.bulk import asking, run
from queues.assign.lease import Lease
from queues.errors import ReviewappError
from queues.models import AgreementUnit, BulkChange, Item, Job, PatternCount, Payload, Queue, Review
from queues.review import form_versions
from tests.factories.projects import Cast, cast, member
from tests.factories.reviews import APPROVE, REJECT, reviewed
from tests.factories.work import FORM, TONE, queue_in, waiting

pytestmark = pytest.mark.django_db

TAGS: dict[str, Any] = {
    "key": "tags",
    "kind": "multiple_choice",
    "label": "What is in it?",
    "options": [{"value": "fact", "label": "Fact"}, {"value": "joke", "label": "Joke"}],
}
GOOD = {"fine": "good", "rude": "bad"}
TONE_2 = {**TONE, "options": [{"value": "good", "label": "Good"}, {"value": "bad", "label": "Bad"}]}
Histograms = dict[str, dict[Pattern, int]]


@pytest.fixture
def people() -> Cast:
    return cast()


def counted(queue: Queue, by: By = By.ALL, **chosen: Any) -> Histograms:
    """Question → its histogram, as the figures read it."""
    counts = histogram.read(queue.pk, by=by)
    return {asked.key: found for asked in asked_in(queue)[0] if (found := counts.of(asked, **chosen))}


def recounted(queue: Queue) -> Histograms:
    """The same in plain Python from the reviews, with no word of SQL."""
    queue.refresh_from_db()
    is_new = queue.form is not None and queue.form.version == 2
    found: dict[str, Counter[Pattern]] = defaultdict(Counter)
    for item in Item.objects.filter(queue=queue, reviews_needed__gt=1, state__in=["disputed", "settled"]):
        said: dict[str, list[Any]] = defaultdict(list)
        for review in Review.objects.filter(item=item, withdrawn_at=None).exclude(decision="escalate"):
            said["decision"].append(review.decision)
            if (tone := review.answers.get("tone")) is not None:
                said["tone"].append(GOOD.get(tone, tone) if is_new else tone)
            if (tags := review.answers.get("tags")) is not None:
                said["tags"].append(frozenset(tags))
        for key, answers in said.items():
            found[key][tuple(answers)] += 1
    return {key: dict(one) for key, one in found.items()}


def same(one: Histograms, other: Histograms) -> bool:
    """Whatever order the answers of a pattern stand in."""

    def plain(histograms: Histograms) -> dict[str, Counter[Any]]:
        found: dict[str, Counter[Any]] = defaultdict(Counter)
        for key, one in histograms.items():
            for pattern, n in one.items():
                found[key][frozenset(Counter(pattern).items())] += n
        return found

    return plain(one) == plain(other)


class Desk:
    """A queue with three people, to which anything may happen in any order."""

    def __init__(self) -> None:
        self.people = cast()
        self.three = [self.people.ann, *(member(self.people.project, Role.ANNOTATOR) for _ in range(2))]
        self.queue = queue_in(self.people.project, form={**FORM, "questions": [TONE, TAGS]})
        self.lee = Actor(self.people.lee.pk)
        self.items = [
            waiting(
                self.queue,
                reviews_needed=2 + n % 2,
                model_version=f"prod-{n % 2}",
                record={"subject": {"cohort": {"plan": ("free", "gold")[n % 2], "visits": n}}},
            )
            for n in range(4)
        ]

    def do(self, what: str, which: int) -> None:
        """A refusal is a thing that may happen, too."""
        steps: dict[str, Callable[[int], object]] = {
            "add": self.add,
            "edit": self.edit,
            "undo": self.undo,
            "settle": self.settle,
            "reopen": self.reopen,
            "withdraw": self.withdraw,
            "bring_back": self.bring_back,
            "new_form": self.new_form,
            "fold": lambda _which: units.fold(),
            "recount": lambda _which: units.recount([item.pk for item in self.items]),
        }
        try:
            with transaction.atomic():
                steps[what](which)
        except ReviewappError:
            pass

    def add(self, which: int) -> None:
        person = Actor(self.three[which % 3].pk)
        lease = assign.lease_next(self.queue, by=person)
        if lease:
            self._submit(lease, person, which)

    def undo(self, which: int) -> tuple[Lease, Actor] | None:
        standing = list(Review.objects.filter(item__in=self.items, withdrawn_at=None).order_by("pk"))
        if standing:
            review = standing[which % len(standing)]
            by = Actor(review.person_id)
            return reviewing.undo(review.pk, project=self.people.project, by=by), by
        return None

    def edit(self, which: int) -> None:
        if (undone := self.undo(which)) is not None:
            lease, by = undone
            self._submit(lease, by, which + 1)

    def settle(self, which: int) -> None:
        values = ["good", "bad"] if self._is_new() else ["fine", "rude"]
        document = {**REJECT, "answers": {"tone": values[which % 2], "tags": ["fact"]}}
        pipeline.settle_by_lead(
            self._item(which), project=self.people.project, by=self.lee, document=document, why="So it is."
        )

    def reopen(self, which: int) -> None:
        pipeline.reopen_by_lead(self._item(which), project=self.people.project, by=self.lee, why="No.")

    def withdraw(self, which: int) -> None:
        item = Item.objects.get(pk=self._item(which))
        if item.state in ("in_review", "disputed"):
            asked = asking.ask(
                self.queue, kind="withdraw", why="x", by=self.lee, state=item.state, item_ids=[item.pk]
            )
            self._run(asked.change.pk)

    def bring_back(self, which: int) -> None:
        changes = list(BulkChange.objects.filter(queue=self.queue, undo_of=None).order_by("pk"))
        if changes:
            change = changes[which % len(changes)]
            self._run(asking.undo(self.people.project.pk, change.pk, by=self.lee).change.pk)

    def new_form(self, _which: int) -> None:
        if not self._is_new():
            form_versions.new_version(
                self.queue,
                document={**FORM, "questions": [TONE_2, TAGS]},
                by=self.lee,
                reason="Clearer",
                mappings={"tone": GOOD},
            )

    def _submit(self, lease: Lease, person: Actor, which: int) -> None:
        values = ["good", "bad"] if self._is_new() else ["fine", "rude"]
        answers = {"tone": values[which % 2], "tags": [["fact"], ["joke"], ["fact", "joke"]][which % 3]}
        document: dict[str, Any] = {**(APPROVE if which % 4 else REJECT), "answers": answers}
        if which % 5 == 4:
            document = {"decision": "escalate", "note": "Which policy holds?"}
        reviewing.submit(
            lease.slot_id, project=self.people.project, token=lease.token, by=person, submission=document
        )

    def _item(self, which: int) -> int:
        return self.items[which % len(self.items)].pk

    def _is_new(self) -> bool:
        self.queue.refresh_from_db()
        return self.queue.form is not None and self.queue.form.version == 2

    def _run(self, change_id: int) -> None:
        jobs.run_job(Job.objects.get(unique_key=f"{run.KIND}:{change_id}").pk)


STEPS = st.tuples(
    st.sampled_from(
        ["add"] * 8
        + ["edit", "undo", "settle", "reopen", "withdraw", "bring_back", "new_form", "fold", "recount"]
    ),
    st.integers(0, 59),
)


def check(desk: Desk) -> None:
    expected = recounted(desk.queue)
    assert same(counted(desk.queue), expected)
    for by in (By.WEEK, By.MODEL, By.LOCALE, By.SEGMENT, By.REASON):
        names = histogram.read(desk.queue.pk, by=by).names
        parts = [counted(desk.queue, by, name=name) for name in names]
        together = {key: merged(part.get(key, {}) for part in parts) for key in expected}
        assert same(together, expected)
    plans = {name: counted(desk.queue, By.COHORT, name=name) for name in ("plan=gold", "plan=free")}
    assert same({k: merged(part.get(k, {}) for part in plans.values()) for k in expected}, expected)
    assert set(histogram.read(desk.queue.pk, by=By.COHORT).names) <= set(plans)


@settings(max_examples=5, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(STEPS, min_size=8, max_size=24))
def test_counts_equal_a_recount_after_whatever_happened(steps: list[tuple[str, int]]) -> None:
    desk = Desk()

    for what, which in [("add", 1), ("add", 2), ("add", 5), *steps]:
        desk.do(what, which)

    check(desk)
    while units.fold():
        pass
    check(desk)
    assert not AgreementUnit.objects.filter(is_folded=False).exists()


@pytest.mark.slow
@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(STEPS, min_size=10, max_size=40))
def test_counts_equal_a_recount_after_each_of_many_steps(steps: list[tuple[str, int]]) -> None:
    desk = Desk()

    for what, which in steps:
        desk.do(what, which)
        assert same(counted(desk.queue), recounted(desk.queue)), (what, which)
    check(desk)


def test_what_need_not_tell_the_drawn_items_apart_reads_fewer_cells_of_the_same(people: Cast) -> None:
    queue = queue_in(people.project)
    for is_drawn in (False, True):
        item = waiting(queue, reviews_needed=2)
        Item.objects.filter(pk=item.pk).update(overlap_drawn=is_drawn, extra_reviews=int(is_drawn))
        for person in (people.ann, people.lee):
            reviewed(queue, person)
    decision = asked_in(queue)[0][0]

    for _before_and_after_folding in range(2):
        told = histogram.read(queue.pk, by=By.WEEK, questions=["decision"])
        untold = histogram.read(queue.pk, by=By.WEEK, questions=["decision"], tells_drawn=False)

        assert untold.of(decision) == told.of(decision) == {("approve", "approve"): 2}
        assert sorted(cell.is_drawn for cell in told.cells) == [False, True]
        assert [(cell.is_drawn, cell.n) for cell in untold.cells] == [(False, 2)]
        units.fold()


def two_say(queue: Queue, one: tuple[Person, str], other: tuple[Person, str], **fields: Any) -> Item:
    item = waiting(queue, reviews_needed=2, **fields)
    for person, tone in (one, other):
        reviewed(queue, person, {**APPROVE, "answers": {"tone": tone, "tags": ["fact"]}})
    return item


def test_who_said_what_and_in_which_order_changes_nothing(people: Cast) -> None:
    ann, olga = people.ann, people.olga
    queues = [queue_in(people.project, form={**FORM, "questions": [TONE, TAGS]}) for _ in range(2)]
    first = [((ann, "fine"), (olga, "rude")), ((ann, "rude"), (olga, "rude"))]
    second = [((olga, "rude"), (ann, "rude")), ((olga, "fine"), (ann, "rude"))]

    for queue, work in zip(queues, (first, second), strict=True):
        for one, other in work:
            two_say(queue, one, other)

    assert counted(queues[0]) == counted(queues[1])


def test_a_review_of_an_item_that_one_person_sees_costs_no_statement(people: Cast) -> None:
    queue = queue_in(people.project)
    waiting(queue)

    with CaptureQueriesContext(connection) as asked:
        reviewed(queue, people.ann, APPROVE)

    assert not [one for one in asked.captured_queries if "agreementunit" in one["sql"]]


def test_counting_a_shared_item_is_one_statement(people: Cast) -> None:
    queue = queue_in(people.project, form={**FORM, "questions": [TONE, TAGS]})

    with CaptureQueriesContext(connection) as asked:
        two_say(queue, (people.ann, "fine"), (people.olga, "rude"))

    assert len([one for one in asked.captured_queries if "agreementunit" in one["sql"]]) == 1


def test_what_was_reviewed_before_is_counted_as_it_would_have_been(people: Cast) -> None:
    queue = queue_in(people.project, form={**FORM, "questions": [TONE, TAGS]})
    for tone in ("fine", "rude", "rude"):
        two_say(queue, (people.ann, tone), (people.olga, "rude"))
    before = counted(queue)
    AgreementUnit.objects.update(holds=None, folded=None, is_folded=True, is_owed=True)

    nothing = counted(queue)
    while units.count_owed():
        pass

    assert (nothing, counted(queue)) == ({}, before)


def test_folding_leaves_counts_and_no_change_of_any_figure(people: Cast) -> None:
    queue = queue_in(people.project, form={**FORM, "questions": [TONE, TAGS]})
    item = two_say(queue, (people.ann, "fine"), (people.olga, "rude"))
    before = counted(queue)

    assert units.fold() == 1
    assert units.fold() == 0

    assert counted(queue) == before
    assert PatternCount.objects.get(question="tone", by="all").pattern == '["fine", "rude"]'
    reviewing.undo(item.reviews.get(person=people.olga).pk, project=people.project, by=Actor(people.olga.pk))
    assert counted(queue) == {}
    units.fold()
    assert not PatternCount.objects.exists()


def test_a_count_below_one_and_a_pattern_twice_are_refused(people: Cast) -> None:
    queue = queue_in(people.project)
    row = {"queue": queue, "by": "all", "name": "", "is_drawn": False, "question": "", "version": 1}

    for n in (0, -1):
        with pytest.raises(IntegrityError, match="pattern_count_from_1"), transaction.atomic():
            PatternCount.objects.create(**row, pattern="[]", n=n)
    PatternCount.objects.create(**row, pattern="[]", n=1)
    with pytest.raises(IntegrityError, match="pattern_count_once"), transaction.atomic():
        PatternCount.objects.create(**row, pattern="[]", n=1)


@pytest.mark.parametrize("cohort", [{"plan": "gold"}, None], ids=["beside the record", "of a version before"])
def test_the_cohort_is_counted_and_a_long_record_opened_only_where_it_must_be(
    people: Cast, cohort: dict[str, str] | None
) -> None:
    texts = [token_hex(500) for _ in range(300)]  # 300 kB, and little of it can be packed
    record = {"subject": {"cohort": {"plan": "gold"}}, "input": {"prompt": texts}}
    item = waiting(queue_in(people.project), reviews_needed=2, record=record)
    Payload.objects.filter(prediction=item.prediction_id).update(cohort=cohort)

    with connection.cursor() as cursor:
        explain = f"EXPLAIN (ANALYZE, BUFFERS, FORMAT JSON) {unit_sql.COUNT_ONE}"
        cursor.execute(explain, [item.pk, 1, '{"decision": {"1": "approve", "2": "reject"}}'])
        [[[plan]]] = [cursor.fetchone()]

    unit = AgreementUnit.objects.get(pk=item.pk)
    assert unit.holds is not None and ["cohort", "plan=gold"] in unit.holds["groups"]
    opened = plan["Plan"]["Shared Hit Blocks"] + plan["Plan"]["Shared Read Blocks"] > 50
    assert opened == (cohort is None)
