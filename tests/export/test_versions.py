"""Version numbers say what changed."""

import pytest

from queues.export.splits import split_of
from queues.export.versions import Bump, dataset_bump, following

OLD = {"h1": "train", "h2": "test"}


@pytest.mark.parametrize(
    ("new", "bump"),
    [
        (OLD, Bump.PATCH),
        (OLD | {"h3": "train"}, Bump.MINOR),
        ({"h1": "train"}, Bump.MAJOR),
        (OLD | {"h2": "train"}, Bump.MAJOR),
    ],
)
def test_an_addition_is_minor_and_a_removal_or_a_move_is_major(new: dict[str, str], bump: Bump) -> None:
    assert dataset_bump(OLD, new) == bump


@pytest.mark.parametrize(("bump", "version"), [("major", "2.0.0"), ("minor", "1.10.0"), ("patch", "1.9.5")])
def test_the_numbers_below_the_raised_one_start_again(bump: str, version: str) -> None:
    assert following("1.9.4", Bump(bump)) == version


def test_every_group_has_a_split_even_at_the_rounded_end() -> None:
    fractions = {"train": 0.1, "validation": 0.2, "test": 0.7}  # their sum is a little below 1 in floats

    found = {split_of(f"conv-{n}", seed="s", fractions=fractions) for n in range(200)}

    assert found == {"train", "validation", "test"}
