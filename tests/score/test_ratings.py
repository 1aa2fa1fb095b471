"""What end users say, in the numbers that rules compare."""

import pytest

from queues.score.ratings import NOTHING_SAID, Criteria, Rated, is_bad, met, summary_of


def rated(*said: tuple[str, float | None]) -> list[Rated]:
    return [Rated(name, number, "") for name, number in said]


def test_nothing_said_is_not_bad_whatever_is_asked() -> None:
    everything = Criteria(1, 5, ("*",), 1, 1.0, 1, 1, 1, 1)

    assert summary_of([]) == NOTHING_SAID
    assert not is_bad(NOTHING_SAID, everything)


def test_all_actors_are_counted_and_the_worst_is_kept() -> None:
    found = summary_of(
        [
            *rated(("thumb", 1), ("thumb", -1), ("thumb", -1), ("stars", 4), ("stars", 2)),
            *rated(
                ("edit_before_send", 0.9), ("edit_before_send", 0.3), ("regenerate", 1), ("regenerate", 4)
            ),
            *rated(
                ("abandon", 900), ("handoff", None), ("retry", None), ("retry", None), ("correction", None)
            ),
            *[Rated("report", None, "hate"), Rated("report", None, "hate"), Rated("report", None, "spam")],
        ]
    )

    assert (found.thumbs_up, found.thumbs_down, found.worst_stars) == (1, 2, 2)
    assert (found.lowest_edit_similarity, found.most_regenerated) == (0.3, 4)
    assert (found.abandoned, found.handoffs, found.retries, found.corrections) == (1, 1, 2, 1)
    assert found.reports == {"hate": 2, "spam": 1}


@pytest.mark.parametrize(
    ("criteria", "said"),
    [
        (Criteria(thumbs_down=2), {"thumbs_down": 2}),
        (Criteria(thumbs_down=3), {}),
        (Criteria(stars=2), {"stars": 2}),
        (Criteria(stars=1), {}),
        (Criteria(reports=("*",)), {"reports": "hate"}),
        (Criteria(reports=("spam", "x")), {"reports": "spam"}),
        (Criteria(reports=("x",)), {}),
        (Criteria(edit_similarity=0.5), {"edit_similarity": 0.3}),
        (Criteria(edit_similarity=0.3), {}),
        (Criteria(regenerated=4, retries=9), {"regenerated": 4}),
        (Criteria(), {}),
    ],
)
def test_each_criterion_has_its_own_bound(criteria: Criteria, said: dict[str, object]) -> None:
    summary = NOTHING_SAID._replace(
        thumbs_down=2,
        worst_stars=2,
        reports={"hate": 2, "spam": 1},
        lowest_edit_similarity=0.3,
        most_regenerated=4,
    )

    assert met(summary, criteria) == said
    assert is_bad(summary, criteria) is bool(said)
