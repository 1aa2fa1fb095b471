"""pgvector in the database: added where it may be, and a sentence where not."""

import pytest
from django.db import connection

from queues.score.vectors import are_kept
from reviewapp import vectors

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _only_where_the_server_has_it() -> None:
    if _one("SELECT 1 FROM pg_available_extensions WHERE name = 'vector'") is None:
        pytest.skip("this PostgreSQL has no pgvector; the embedded one has")


def test_it_is_added_once_and_found_the_second_time() -> None:
    assert vectors.enable() == vectors.enable() == ""
    assert _one("SELECT '[3,4]'::vector <-> '[0,0]'::vector") == 5


def test_a_role_that_may_not_add_it_is_told_who_can() -> None:
    _do("DROP EXTENSION IF EXISTS vector CASCADE")
    _do("SET LOCAL ROLE pg_monitor")

    assert "let a superuser run CREATE EXTENSION vector" in vectors.enable()


def test_vectors_are_kept_again_when_the_extension_comes_back() -> None:
    _do("DROP EXTENSION IF EXISTS vector CASCADE")
    assert not are_kept()

    assert vectors.enable() == ""

    assert are_kept()


def _one(statement: str) -> object:
    with connection.cursor() as cursor:
        cursor.execute(statement)
        row = cursor.fetchone()
    return row[0] if row else None


def _do(statement: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(statement)
