"""What one person's reviews come to, and what sets somebody apart from the others."""

from collections.abc import Sequence

import pytest

from queues.audit.people.figures import overruled, unsteady, work_of
from queues.audit.people.habits import Habit, compared, habits_of, has_long_run
from queues.audit.people.reading import Done
from tests.flows.outside_data import rows_of


def done(
    decision: str = "approve",
    *,
    person: int = 1,
    seconds: float = 30.0,
    same: str = "",
    settled: str | None = None,
    reason: str = "",
    number: int = 0,
    queue: int = 1,
) -> Done:
    return Done(
        person, number, number, queue, number, decision, seconds, same or f"own-{number}", settled, reason
    )


def many(n: int, **fields: object) -> list[Done]:
    return [done(number=number, **fields) for number in range(n)]  # type: ignore[arg-type]


def test_nothing_done_has_no_figure() -> None:
    found = work_of([], [])

    assert (found.n, found.median, found.overruled, found.steady, found.copied) == (0, None, None, None, None)


def test_an_escalation_is_work_and_no_decision() -> None:
    found = work_of([done("escalate", settled="reject"), done("reject", settled="reject")], [])

    assert (found.n, found.judged) == (2, 1)
    assert found.overruled is not None and (found.overruled.k, found.overruled.n) == (0, 1)


def test_only_what_a_lead_has_judged_can_be_overruled() -> None:
    reviews = [done("approve", settled="reject"), done("reject", settled="reject"), done("approve")]

    found = work_of(reviews, [])

    assert found.overruled is not None and (found.overruled.k, found.overruled.n) == (1, 2)
    assert overruled(reviews) == reviews[:1]


def test_the_same_again_is_compared_with_the_time_before_in_the_same_queue() -> None:
    reviews = [
        done("approve", same="a", number=1),
        done("approve", same="a", number=2),
        done("reject", same="a", number=3),
        done("reject", same="a", number=4, queue=2),
    ]

    found = work_of(reviews, [])

    assert found.steady is not None and (found.steady.k, found.steady.n) == (1, 2)
    assert unsteady(reviews) == [(reviews[1], reviews[2])]


def test_a_correction_that_nearly_repeats_the_model_is_counted() -> None:
    output = "Refunds take five working days after the parcel has arrived here."

    found = work_of([], [(output + ".", output), ("We do not refund.", output)])

    assert found.copied is not None and (found.copied.k, found.copied.n) == (1, 2)


@pytest.mark.parametrize(
    ("decisions", "is_long"),
    [
        (["approve", "reject"] * 30, False),
        (["approve"] * 60, False),  # there is no mix to hold a run against
        (["approve", "reject"] * 20 + ["reject"] * 30, True),
        (["reject"] * 14, False),  # too few
    ],
)
def test_a_run_is_long_only_against_ones_own_mix(decisions: Sequence[str], is_long: bool) -> None:
    assert has_long_run(decisions) is is_long


def test_below_fifteen_nobody_is_set_apart() -> None:
    assert compared({1: (14, 14), 2: (0, 100), 3: (0, 100)}).keys() == {2, 3}


def test_alike_people_are_left_alone() -> None:
    everybody = {
        person: [
            done("reject" if number % 3 else "approve", person=person, seconds=20.0 + number, number=number)
            for number in range(60)
        ]
        for person in range(8)
    }
    work = {person: work_of(own, []) for person, own in everybody.items()}

    assert set(map(tuple, habits_of(everybody, work).values())) == {()}


def test_a_usual_reason_of_the_form_sets_nobody_apart() -> None:
    alike = {person: many(30, decision="reject", reason="factual", person=person) for person in range(4)}
    work = {person: work_of(own, []) for person, own in alike.items()}
    mixed = {**alike, 0: many(30, decision="reject", reason="vague", person=0)}

    assert not any(Habit.REASON in found for found in habits_of(alike, work).values())
    assert [person for person, found in habits_of(mixed, work).items() if Habit.REASON in found] == [0]


def test_who_differs_in_several_ways_shows_each() -> None:
    everybody = {
        person: [
            done(
                "reject" if number % 3 else "approve",
                person=person,
                seconds=20.0 + number,
                settled="reject" if number < 20 else None,
                number=number,
            )
            for number in range(60)
        ]
        for person in range(6)
    }
    everybody[9] = [
        done("approve" if number < 50 else "reject", person=9, seconds=2.0, settled="reject", number=number)
        for number in range(60)
    ]
    work = {person: work_of(own, []) for person, own in everybody.items()}

    found = habits_of(everybody, work)

    assert set(found[9]) >= {Habit.FAST, Habit.OVERRULED}
    assert all(len(found[person]) < 2 for person in range(6))


def test_planted_checks_and_times_single_out_the_two_and_nobody_else() -> None:
    """mqm_2023_3raters: rater4 missed 10 of 32 planted errors, rater9 7 of 19, the others 8 of 194."""
    everybody: dict[int, list[Done]] = {}
    checks: dict[int, tuple[int, int]] = {}
    for number, row in enumerate(rows_of("mqm_2023_3raters")):
        for said in row["annotations"]:
            person = int(said["annotator"].removeprefix("rater"))
            own = everybody.setdefault(person, [])
            own.append(done("approve", person=person, seconds=said["time_ms"] / 1000.0, number=number))
            found = said.get("attention_checks") or []
            missed, given = checks.get(person, (0, 0))
            checks[person] = (missed + sum(one != "Found" for one in found), given + len(found))
    work = {person: work_of(own, []) for person, own in everybody.items()}

    habits = habits_of(everybody, work, checks=checks)

    assert (checks[4], checks[9]) == ((10, 32), (7, 19))
    assert sorted(person for person, found in habits.items() if Habit.CHECKS in found) == [4, 9]
    fast = {person for person, found in habits.items() if Habit.FAST in found}
    assert {4, 9} <= fast  # and one more: alone it accuses nobody
    assert sorted(work, key=lambda person: work[person].median.value)[:2] == [4, 9]  # type: ignore[union-attr]
    assert sorted(person for person, found in habits.items() if len(found) >= 2) == [4, 9]
