"""API keys: shown once, never stored, dead when revoked, expired or of a disabled person."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts import actions, keys
from accounts.actor import SYSTEM, Actor
from accounts.errors import Invalid, NotAllowed, NotFound
from accounts.models import ApiKey, Event
from accounts.roles import ROLES, Permission, Role
from tests.factories.people import api_key, expired
from tests.factories.projects import Cast

pytestmark = pytest.mark.django_db


def test_a_key_holds_256_random_bits_and_none_of_them_is_stored(people: Cast) -> None:
    key, text = api_key(people.project, people.mel)
    start, prefix, secret = text.split("_")

    assert (start, prefix) == ("rk", key.prefix)
    assert len(bytes.fromhex(secret)) == 32
    with connection.cursor() as cursor:
        cursor.execute("SELECT row_to_json(k)::text FROM accounts_apikey k")
        stored = cursor.fetchall()
        cursor.execute("SELECT row_to_json(e)::text FROM accounts_event e")
        stored += cursor.fetchall()
    assert secret not in str(stored)


def test_a_new_key_lives_ninety_days(people: Cast) -> None:
    now = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)
    key, _text = api_key(people.project, people.mel, now=now)

    assert key.expires_at == now + timedelta(days=90)


def test_the_text_of_a_key_finds_it(people: Cast) -> None:
    key, text = api_key(people.project, people.mel, Permission.PUSH)
    found = keys.authenticate(text)

    assert found == key
    assert found is not None
    assert found.person == people.mel


def test_a_wrong_text_finds_nothing(people: Cast) -> None:
    _key, text = api_key(people.project, people.mel)
    _rk, prefix, secret = text.split("_")
    other = "0" if secret[-1] != "0" else "1"

    wrong = [
        "",
        "null",
        "rk_",
        text + "x",
        text[:-1],
        text[:-1] + other,
        " " + text,
        text + "\n",
        text.upper(),
        f"rk_{'0' * 12}_{secret}",
        f"rk_{prefix}_{'0' * 64}",
        "k" * 9000,
        "rk_" + "١" * 12 + "_" + "0" * 64,
    ]
    assert [keys.authenticate(attempt) for attempt in wrong] == [None] * len(wrong)


def test_a_revoked_key_is_dead_at_once_and_stays_so(people: Cast) -> None:
    key, text = api_key(people.project, people.mel)

    keys.revoke(key, by=Actor(people.mel.pk))
    keys.revoke(key, by=Actor(people.mel.pk))

    assert keys.authenticate(text) is None
    assert Event.objects.filter(kind="api_key.revoked", subject_id=key.pk).count() == 1


def test_an_expired_key_is_dead(people: Cast) -> None:
    key, text = api_key(people.project, people.mel)
    expired(key)

    assert keys.authenticate(text) is None


def test_a_key_of_a_disabled_person_is_dead_until_they_are_back(people: Cast) -> None:
    _key, text = api_key(people.project, people.mel)

    actions.set_active(people.mel, is_active=False, by=SYSTEM)
    assert keys.authenticate(text) is None

    actions.set_active(people.mel, is_active=True, by=SYSTEM)
    assert keys.authenticate(text) is not None


@pytest.mark.parametrize("role", Role)
def test_no_scope_is_above_what_the_person_holds(people: Cast, role: Role) -> None:
    for permission in Permission:
        if permission in ROLES[role]:
            api_key(people.project, people.playing(role), permission)
        else:
            with pytest.raises(Invalid) as refused:
                api_key(people.project, people.playing(role), permission)
            assert [fault.pointer for fault in refused.value.faults] == ["/scopes"]


def test_an_outsider_gets_no_key(people: Cast) -> None:
    with pytest.raises(Invalid):
        api_key(people.project, people.sam, Permission.ENTER)


@pytest.mark.parametrize("days", [0, -1, 367, 10_000])
def test_a_life_out_of_bounds_is_refused(people: Cast, days: int) -> None:
    with pytest.raises(Invalid):
        api_key(people.project, people.mel, days=days)


def test_somebody_elses_key_is_revoked_by_an_owner_only(people: Cast) -> None:
    key, text = api_key(people.project, people.mel)

    for stranger in (people.ann, people.lee, people.sam):
        with pytest.raises(NotAllowed):
            keys.revoke(key, by=Actor(stranger.pk))
    assert keys.authenticate(text) is not None

    keys.revoke(key, by=Actor(people.olga.pk))
    assert keys.authenticate(text) is None


def test_one_sees_ones_own_keys_and_an_owner_sees_all(people: Cast) -> None:
    key, _text = api_key(people.project, people.mel)

    assert list(keys.visible_to(people.mel, people.project, ROLES[Role.ML_ENGINEER])) == [key]
    assert list(keys.visible_to(people.lee, people.project, ROLES[Role.LEAD])) == []
    assert list(keys.visible_to(people.olga, people.project, ROLES[Role.OWNER])) == [key]
    assert list(keys.visible_to(people.olga, people.other, ROLES[Role.OWNER])) == []
    with pytest.raises(NotFound):
        keys.find_visible(key.pk, people.lee, people.project, ROLES[Role.LEAD])


def test_the_last_use_is_noted_once_a_minute(people: Cast) -> None:
    key, _text = api_key(people.project, people.mel)
    now = timezone.now()

    keys.note_use(key, now=now)
    key.refresh_from_db()
    first = key.last_used_at
    with CaptureQueriesContext(connection) as queries:
        keys.note_use(key, now=now + timedelta(seconds=59))
    key.refresh_from_db()

    assert first is not None
    assert key.last_used_at == first
    assert len(queries) == 0


def test_the_database_refuses_a_key_without_scope_hash_or_future(people: Cast) -> None:
    key, _text = api_key(people.project, people.mel)

    wrongs: list[tuple[dict[str, Any], str]] = [
        ({"scopes": []}, "api_key_has_a_scope"),
        ({"secret_sha256": b"short"}, "api_key_hash_length"),
        ({"expires_at": key.created_at}, "api_key_expires_later"),
    ]
    for wrong, constraint in wrongs:
        with pytest.raises(IntegrityError, match=constraint), transaction.atomic():
            ApiKey.objects.filter(pk=key.pk).update(**wrong)
