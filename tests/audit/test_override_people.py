"""People against chance: who lies outside, and who is never judged because they did too little."""

from queues.audit.overrides.counts import Cell
from queues.audit.overrides.people import LEAST, Place, people_of


def cells(*people: tuple[int, int], kind: str = "model") -> list[Cell]:
    """(overrides, decisions) of the persons 1, 2, …"""
    found = []
    for number, (k, n) in enumerate(people, start=1):
        found.append(Cell(kind, number, "", "", "approve", "reject", True, "open", k))
        found.append(Cell(kind, number, "", "", "approve", "approve", False, "", n - k))
    return [cell for cell in found if cell.n]


def test_one_far_from_the_others_is_outside_and_nobody_else() -> None:
    found = people_of(cells(*[(10, 100)] * 9, (60, 100)), kind="model")

    assert [one.person_id for one in found.people if one.is_flagged] == [10]


def test_people_who_vary_as_chance_does_are_all_within() -> None:
    found = people_of(cells((9, 100), (12, 100), (7, 90), (11, 120), (13, 100)), kind="model")

    assert {one.standing and one.standing.place for one in found.people} == {Place.CHANCE}
    assert found.funnel is not None
    assert found.funnel.overdispersion >= 1.0


def test_one_of_few_does_not_hide_behind_the_rate_that_they_pull_towards_themselves() -> None:
    """Three people of the demo: 10 % of 67 against 62 % and 63 % of a hundred each."""
    found = people_of(cells((66, 107), (64, 102), (7, 67)), kind="model")

    places = {one.person_id: one.standing.place for one in found.people if one.standing}
    assert places == {1: Place.SPREAD, 2: Place.SPREAD, 3: Place.OUTSIDE}
    assert found.funnel is not None
    assert round(found.funnel.pooled, 3) == 0.622  # of those who are not outside


def test_of_two_who_differ_nothing_says_which_is_the_odd_one() -> None:
    found = people_of(cells((5, 100), (90, 100)), kind="model")

    assert [one.standing for one in found.people] == [None, None]


def test_who_differs_from_people_who_always_do_the_same_is_outside() -> None:
    found = people_of(cells((0, 100), (0, 100), (60, 100)), kind="model")

    assert [one.person_id for one in found.people if one.is_flagged] == [3]


def test_few_decisions_are_shown_and_never_flagged() -> None:
    found = people_of(cells(*[(5, 100)] * 5, (LEAST - 1, LEAST - 1)), kind="model")

    few = next(one for one in found.people if one.person_id == 6)
    assert (few.rates.overrides, few.standing, few.is_flagged) == (LEAST - 1, None, False)


def test_there_is_no_funnel_of_one_person_nor_where_all_did_alike() -> None:
    assert people_of(cells((5, 100)), kind="model").funnel is None
    assert people_of(cells((0, 100), (0, 100)), kind="model").funnel is None
    assert people_of([], kind="model").people == []


def test_other_kinds_do_not_count() -> None:
    assert people_of(cells((5, 100), kind="gold"), kind="model").people == []
