"""docs/states.md says what the code does."""

from pathlib import Path

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError

from queues.management.commands import states
from queues.models import ItemState


def test_the_page_is_what_the_code_says() -> None:
    call_command("states", "--check")


def test_a_page_that_differs_is_refused(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    stale = tmp_path / "states.md"
    stale.write_text("# States\n")
    monkeypatch.setattr(states, "PAGE", stale)

    with pytest.raises(CommandError, match="out of date"):
        call_command("states", "--check")


@pytest.mark.parametrize("thing", states.THINGS, ids=lambda thing: thing.name)
def test_every_state_has_its_moves_and_can_be_reached(thing: states.Thing) -> None:
    _first, *others = thing.states

    assert set(thing.moves) == set(thing.states)
    begun_in = {ItemState.CHECK}  # a hidden check is one from the beginning to the end
    assert set(others) - begun_in <= set().union(*thing.moves.values())
