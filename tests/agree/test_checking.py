"""The check of counted agreement: from the raw answers, by another program, each night and when asked."""

from datetime import UTC, datetime
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from accounts.actor import SYSTEM, Actor
from accounts.models import Event
from queues import jobs
from queues.agree import checking, raw_answers, units
from queues.agree.metric import metrics
from queues.agree.patterns import answers_of, histogram_of
from queues.models import AgreementCheck, Job, JobState, PatternCount, Queue
from queues.review import form_versions
from tests.factories.projects import Cast, cast
from tests.factories.questions import question
from tests.factories.reviews import APPROVE, REJECT, reviewed
from tests.factories.work import FORM, TONE, queue_in, waiting

pytestmark = pytest.mark.django_db

QUALITY: dict[str, Any] = {"key": "quality", "kind": "rating", "label": "How good?"}
SIZE: dict[str, Any] = {"key": "size", "kind": "number", "label": "How long?", "level": "ratio"}
TAGS: dict[str, Any] = {**question("multiple_choice"), "key": "tags"}


@pytest.fixture
def people() -> Cast:
    return cast()


@pytest.fixture
def queue(people: Cast) -> Queue:
    """Six shared items with answers on every kind of scale, over two versions of the form."""
    options = [option["value"] for option in TAGS["options"]]
    queue = queue_in(people.project, form={**FORM, "questions": [TONE, QUALITY, SIZE, TAGS]})
    for number in range(6):
        waiting(queue, reviews_needed=2)
        for person in (people.ann, people.olga):
            same = number % 3 == 0 or person == people.ann
            tone = ("fine" if same else "rude") if number < 3 else ("good" if same else "bad")
            answers = {"tone": tone, "quality": 1 + number % 4 + (not same), "size": 0.5 * number + same}
            reviewed(
                queue,
                person,
                {**(APPROVE if same else REJECT), "answers": {**answers, "tags": options[: 1 + number % 2]}},
            )
        if number == 2:
            new_tone = {
                **TONE,
                "options": [{"value": "good", "label": "Good"}, {"value": "bad", "label": "Bad"}],
            }
            form_versions.new_version(
                queue,
                document={**FORM, "questions": [new_tone, QUALITY, SIZE, TAGS]},
                by=Actor(people.lee.pk),
                reason="Clearer",
                mappings={"tone": {"fine": "good", "rude": "bad"}},
            )
    queue.refresh_from_db()
    return queue


def checked(queue: Queue) -> AgreementCheck:
    jobs.run_job(checking.ask(queue, by=SYSTEM).pk)
    return AgreementCheck.objects.latest("pk")


@pytest.mark.parametrize("is_folded", [False, True])
def test_what_was_counted_is_what_the_raw_answers_give(queue: Queue, is_folded: bool) -> None:
    if is_folded:
        units.fold()

    found = checked(queue)

    assert found.is_equal
    by_question = {one["question"]: one for one in found.findings}
    assert set(by_question) == {"decision", "tone", "quality", "size", "tags"}
    assert by_question["tone"]["n_units"] == found.n_units == 6
    assert all(one["by_package"] for one in found.findings if one["alpha"] is not None)
    assert by_question["tone"]["recomputed"] == pytest.approx(by_question["tone"]["alpha"], abs=1e-12)
    assert Event.objects.get(kind="agreement.checked").subject_id == queue.pk


def test_a_wrong_count_is_an_alarm_that_names_the_pattern(queue: Queue) -> None:
    units.fold()
    PatternCount.objects.filter(question="tone", by="all", pattern='["fine", "fine"]').update(n=3)

    found = checked(queue)

    (wrong,) = [one for one in found.findings if not one["is_equal"]]
    assert not found.is_equal
    assert (wrong["question"], wrong["n_differing"]) == ("tone", 1)
    # Six items, of which two are alike: one counted under each version, the first thrice.
    assert wrong["differing"] == [["('good', 'good')", 4, 2]]
    event: Any = Event.objects.get(kind="agreement.differs")
    assert event.after["differing"] == ["tone"]


def test_a_check_is_a_row_first_and_one_at_a_time(queue: Queue) -> None:
    first, second = (checking.ask(queue, by=SYSTEM) for _ in range(2))

    assert first == second
    assert (first.state, first.subject_id) == (JobState.QUEUED, queue.pk)
    assert Event.objects.filter(kind="agreement.check_asked").count() == 1


def test_each_night_asks_once_for_each_queue_that_has_agreement(people: Cast, queue: Queue) -> None:
    queue_in(people.project)
    units.fold()
    before, night = datetime(2026, 3, 2, 1, 59, tzinfo=UTC), datetime(2026, 3, 2, 2, 0, tzinfo=UTC)

    asked = [checking.ask_for_owed(at) for at in (before, night, night, night.replace(day=3))]

    assert asked == [0, 1, 0, 1]
    assert set(Job.objects.filter(kind=checking.KIND).values_list("subject_id", flat=True)) == {queue.pk}


UNITS = st.lists(st.lists(st.integers(1, 5), max_size=4), max_size=30)


@given(UNITS, st.sampled_from(["nominal", "ordinal", "interval", "ratio"]))
def test_package_plain_sum_and_patterns_give_one_alpha(units_: list[list[int]], level: str) -> None:
    patterns = {pattern: n for pattern, n in histogram_of(units_).items() if len(pattern) > 1}
    domain = (1, 2, 3, 4, 5)
    counts = raw_answers.value_counts(patterns, domain)
    if not len(counts) or np.count_nonzero(counts.sum(axis=0)) < 2:
        return

    ours = metrics.get(f"alpha_{level}")(answers_of(patterns, domain)).value

    assert raw_answers.package_alpha(counts, domain, level) == pytest.approx(ours, abs=1e-9)
    assert raw_answers.plain_alpha(counts, domain, level) == pytest.approx(ours, abs=1e-9)


@given(st.lists(st.lists(st.frozensets(st.sampled_from("abc")), min_size=2, max_size=3), max_size=12))
def test_sets_have_one_alpha_both_ways_as_well(units_: list[list[frozenset[str]]]) -> None:
    patterns = histogram_of(units_)
    answers = answers_of(patterns)
    if len(answers.values) < 2:
        return
    counts = raw_answers.value_counts(patterns, answers.values)

    for level in ("jaccard", "masi"):
        ours = metrics.get(f"alpha_{level}")(answers).value
        assert raw_answers.package_alpha(counts, answers.values, level) == pytest.approx(ours, abs=1e-9)


def test_a_scale_that_is_too_long_for_the_package_is_summed_plainly(
    queue: Queue, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(raw_answers, "PACKAGE_CELLS", 1)

    found = checked(queue)

    assert found.is_equal
    assert not any(one["by_package"] for one in found.findings)
