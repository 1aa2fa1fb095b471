"""How long something lasts, in words."""

import pytest

from queues.templatetags.durations import lasting


@pytest.mark.parametrize(
    ("days", "words"),
    [
        (0.0, "1 minute"),
        (0.1 / 24, "6 minutes"),
        (1 / 24, "60 minutes"),
        (0.1, "2 hours"),
        (1.0, "24 hours"),
        (2.2, "2 days"),
    ],
)
def test_a_duration_is_told_in_the_unit_that_fits_it(days: float, words: str) -> None:
    assert lasting(days) == words
