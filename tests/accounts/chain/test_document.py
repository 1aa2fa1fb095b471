"""What a seal is computed from: every column, and no value that stops the chain or passes for another."""

import json
from hashlib import sha256
from typing import Any

import pytest
import rfc8785
from django.db import connection

from accounts.chain.document import DOCUMENT, START, link
from accounts.models import Event
from tests.factories.sealed import logged, run, tampered

pytestmark = pytest.mark.django_db


def document(event_id: int) -> str:
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {DOCUMENT} FROM accounts_event event WHERE id = %s", [event_id])
        text: str = cursor.fetchone()[0]
        return text


def test_a_link_is_sha_256_over_the_hash_before_and_the_canonical_event() -> None:
    """Written out by hand, as the decision says it: who computes it again needs no code of ours."""
    logged(1)
    event = Event.objects.get(project_id=7)

    found = link(START, document(event.pk))

    expected: dict[str, Any] = {
        "id": event.pk,
        "project_id": 7,
        "kind": "kind.1",
        "actor_person_id": 1,
        "actor_key_id": None,
        "subject_kind": "item",
        "subject_id": 1,
        "before": {"state": "open", "share": 1 / 7},
        "after": {"n": 1, "inner": [{"deep": [None, True, "x"]}]},
        "reason": "too strict",
        "at": f"{int(event.at.timestamp())}.{event.at.microsecond:06d}",
        "txid": str(event.txid),
    }
    assert found == sha256(bytes(32) + rfc8785.dumps(expected)).digest()


def test_every_column_of_an_event_is_in_the_document() -> None:
    logged(1)

    assert set(json.loads(document(Event.objects.get().pk))) == {
        field.attname for field in Event._meta.fields
    }


@pytest.mark.parametrize(
    "values",
    [
        ("9007199254740993", "9007199254740992", '"9007199254740993"'),  # beyond the exact integers
        ("1e400", "1e401"),  # beyond the doubles
        ("0.1", "0.10000000000000000001"),  # between two doubles
        ("1" + "0" * 5000, "1" + "0" * 4999 + "1"),  # longer than Python's int() reads
        ("[" * 4000 + "]" * 4000, "[" * 4001 + "]" * 4001),  # deeper than it parses
    ],
)
def test_no_value_stops_the_chain_or_passes_for_another(values: tuple[str, ...]) -> None:
    logged(1)
    event_id = Event.objects.get().pk

    hashes = set()
    for value in values:
        with tampered():
            run("UPDATE accounts_event SET after = %s::jsonb WHERE id = %s", value, event_id)
            hashes.add(link(START, document(event_id)))

    assert len(hashes) == len(values)


@pytest.mark.parametrize("at", ["infinity", "-infinity", "0044-03-15 BC", "12026-01-01"])
def test_no_time_stops_the_chain(at: str) -> None:
    logged(1)
    event_id = Event.objects.get().pk
    before = link(START, document(event_id))

    run("UPDATE accounts_event SET at = %s WHERE id = %s", at, event_id)

    assert link(START, document(event_id)) != before
