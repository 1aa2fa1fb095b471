"""Two habits that need more than decisions: overrides against the evidence, approvals near the goal."""

from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import numpy as np
import pytest

from accounts.models import Person
from accounts.roles import Role
from queues.audit.people.figures import work_of
from queues.audit.people.goals import near_goal
from queues.audit.people.habits import Habit, habits_of
from queues.audit.people.queries import figures_of_one, figures_of_people
from queues.audit.people.reading import LOOK_AT, Done, done_by
from queues.models import Calibration, Item, Queue, Scores
from tests.audit.test_people_figures import done
from tests.factories.projects import Cast, cast, member
from tests.factories.shared import Given, Shared, shared
from tests.factories.work import queue_in

MORNING = datetime(2026, 3, 2, 8, 0, tzinfo=UTC)
Chance = Callable[[float], float]


def judging(person: int, chance: Chance, *, n: int = 80, seed: int = 1) -> list[Done]:
    """Decisions of one person on outputs whose probability of an error is drawn."""
    draw = np.random.default_rng((seed, person))
    evidence = draw.beta(1, 3, n)
    return [
        done("reject" if draw.random() < chance(p) else "approve", person=person, number=number)._replace(
            p_error=float(p)
        )
        for number, p in enumerate(evidence)
    ]


def habits(everybody: Mapping[int, Sequence[Done]]) -> dict[int, set[Habit]]:
    work = {person: work_of(own, []) for person, own in everybody.items()}
    return {person: set(found) for person, found in habits_of(everybody, work).items()}


@pytest.mark.parametrize("own", [lambda _p: 0.0, lambda _p: 0.25], ids=["approves all", "tosses a coin"])
def test_who_overrides_whatever_the_evidence_says_is_set_apart(own: Chance) -> None:
    everybody = {person: judging(person, lambda p: p) for person in range(6)} | {9: judging(9, own)}

    found = habits(everybody)

    assert [person for person, some in found.items() if Habit.EVIDENCE in some] == [9]


def test_nobody_is_held_against_evidence_that_the_others_do_not_follow_either() -> None:
    everybody = {person: judging(person, lambda _p: 0.25) for person in range(6)}
    everybody[9] = judging(9, lambda p: 1.0 - p)  # against it, and surely unlike the others

    assert not any(Habit.EVIDENCE in some for some in habits(everybody).values())


def test_below_fifty_decisions_no_slope_is_told() -> None:
    few, enough = (work_of(judging(1, lambda p: p, n=n), []).follows for n in (49, 50))

    assert (few.n, few.slope, few.is_constant) == (49, None, False)
    assert enough.slope is not None and enough.slope.n == 50
    level = [one._replace(p_error=0.3) for one in judging(1, lambda p: p)]
    assert work_of(level, []).follows.is_constant


def working_days(person: int, day: str, *, days: int = 8, start: datetime = MORNING) -> list[Done]:
    """day: the decisions of each day, a letter each: a, r or e. The queue's goal is 10."""
    words = {"a": "approve", "r": "reject", "e": "escalate"}
    return [
        done(words[letter], person=person, number=number)._replace(
            at=start + timedelta(days=number // len(day), minutes=number % len(day)), goal=10
        )
        for number, letter in enumerate(day * days)
    ]


def test_approvals_of_the_last_fifth_stand_against_those_before() -> None:
    found = near_goal(working_days(1, "ararrereaa" + "rrr"), zone=UTC)

    assert found is not None
    assert (found.near.k, found.near.n) == (16, 16)
    assert (found.before.k, found.before.n) == (16, 48)  # without escalations, and nothing after the goal
    assert found.rise.difference == pytest.approx(2 / 3)
    assert 0 < found.rise.low < found.rise.difference < found.rise.high


def test_who_approves_more_when_the_goal_is_near_is_set_apart() -> None:
    alike = {person: working_days(person, "araraarara") for person in range(5)}
    everybody = {**alike, 9: working_days(9, "rrarrrarar"[:8] + "aa")}

    found = habits(everybody)

    assert [person for person, some in found.items() if Habit.GOAL in some] == [9]


def test_a_day_is_that_of_the_person() -> None:
    """Ten at night in Berlin to one in the morning: the goal of neither day is near, where it is in UTC."""
    late = working_days(1, "rrrrrraaaa", days=1, start=datetime(2026, 3, 2, 22, 54, tzinfo=UTC))

    assert near_goal(late, zone=UTC) is not None
    assert near_goal(late, zone=ZoneInfo("Europe/Berlin")) is None


def test_a_day_that_is_read_in_part_only_does_not_count() -> None:
    days = working_days(1, "rrrrrrrraa", days=LOOK_AT // 10)

    found = near_goal(days, zone=UTC)

    assert found is not None and found.near.n == 2 * (LOOK_AT // 10 - 1)


def test_without_a_goal_nothing_is_defined() -> None:
    assert near_goal([one._replace(goal=None) for one in working_days(1, "rrrrrrrraa")], zone=UTC) is None
    assert near_goal([], zone=UTC) is None


# --- from the rows ----------------------------------------------------------------------------------------


@pytest.fixture
def people(db: None) -> Cast:
    return cast()


def calibrated(queue: Queue, measure: str, *, brier: float, slope: float) -> None:
    Calibration.objects.create(
        project=queue.project,
        model_version="prod-17",
        measure=measure,
        method="platt",
        parameters={"intercept": 0.0, "slope": slope},
        n_labels=100,
        n_errors=40,
        brier_new=brier,
        because="first",
        is_current=True,
    )


def scored(queue: Queue, people: Sequence[Person], scores: Sequence[float]) -> None:
    """An item for each score, rejected where it is above 0."""
    rows = [
        Shared([Given(person, "reject" if score > 0 else "approve") for person in people]) for score in scores
    ]
    ids = shared(queue, rows)
    items = {item.pk: item.prediction_id for item in Item.objects.filter(pk__in=ids)}
    Scores.objects.bulk_create(
        Scores(
            prediction_id=items[id_],
            project=queue.project,
            model_version="prod-17",
            values={"mean_nll": score, "lexical": -score},
        )
        for id_, score in zip(ids, scores, strict=True)
    )


def test_the_evidence_is_that_of_the_best_calibrated_measure(people: Cast) -> None:
    queue = queue_in(people.project, session_goal=20)
    scored(queue, [people.ann], [-1.0, 1.0])
    calibrated(queue, "lexical", brier=0.24, slope=1.0)
    calibrated(queue, "mean_nll", brier=0.12, slope=2.0)

    one, other = done_by(people.project.pk, [people.ann.pk])[people.ann.pk]

    assert one.p_error == pytest.approx(1 / (1 + np.exp(2.0)))
    assert other.p_error == pytest.approx(1 / (1 + np.exp(-2.0)))
    assert (one.goal, one.at is not None) == (20, True)


def test_without_a_calibrated_measure_there_is_no_evidence(people: Cast) -> None:
    queue = queue_in(people.project)
    scored(queue, [people.ann], [-1.0, 1.0])

    assert [one.p_error for one in done_by(people.project.pk, [people.ann.pk])[people.ann.pk]] == [None, None]


def test_a_person_and_their_lead_read_the_slope(people: Cast) -> None:
    queue, bo = queue_in(people.project), member(people.project, Role.ANNOTATOR)
    scored(queue, [people.ann, bo], [(-1) ** n * (n % 7 + 1) / 4 for n in range(60)])
    calibrated(queue, "mean_nll", brier=0.12, slope=2.0)

    own = figures_of_one(people.project.pk, people.ann.pk).work.follows
    theirs = {one.person.pk: one.work.follows for one in figures_of_people(queue).people}

    assert own.n == 60 and own.slope is not None and own.slope.low is not None and own.slope.low > 0.8
    assert theirs[people.ann.pk] == own
    assert theirs[bo.pk] == own  # who decided the same
