import pytest

from tests.factories.projects import cast
from tests.factories.work import queue_in
from tests.review.desk import World


@pytest.fixture
def world() -> World:
    people = cast()
    return World(people, queue_in(people.project))
