"""Tampering with the log, by somebody whom no trigger stops: all of it is found, and said where and what."""

import random
import re
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from django.utils import timezone

from accounts.chain import heads, verifying
from accounts.chain.heads import Head
from accounts.chain.sentences import sentence
from accounts.chain.verifying import Finding
from accounts.models import BreakKind, Event, Seal
from tests.factories.sealed import CHAIN_OF, an_hour_later, hashed_anew, own_storage, run, sealed, tampered

pytestmark = pytest.mark.django_db

N = 60
# Column → the statement that gives it another value than it has.
OTHERWISE = {
    "id": "id + 1000000",
    "project_id": "8",
    "kind": "kind || 'x'",
    "actor_person_id": "COALESCE(actor_person_id + 1, 1)",
    "actor_key_id": "COALESCE(actor_key_id + 1, 1)",
    "subject_kind": "'thing'",
    "subject_id": "COALESCE(subject_id + 1, 1)",
    "before": "CASE WHEN before IS NULL THEN '{}'::jsonb ELSE NULL END",
    "after": "CASE WHEN after IS NULL THEN '[]'::jsonb ELSE after || '{\"more\": 1}' END",
    "reason": "reason || ' '",
    "at": "at + interval '1 microsecond'",
    "txid": "(txid::text::bigint - 1)::text::xid8",
}
CONTENT = ", ".join(name for name in OTHERWISE if name != "id")


@pytest.fixture
def storage(tmp_path: Path) -> Iterator[Path]:
    with own_storage(tmp_path / "files") as folder:
        yield folder


@pytest.fixture
def event_ids(storage: Path) -> list[int]:
    """A sealed chain of N events with a head outside at its middle and at its end; event ids by place."""
    sealed(N // 2)
    heads.write_due()
    sealed(N - N // 2)
    an_hour_later()
    heads.write_due()
    assert [head.seq for head in heads.kept(CHAIN_OF)] == [N // 2, N]
    return list(Seal.objects.order_by("seq").values_list("event_id", flat=True))


def verified(*, with_heads: bool = True, after: Head | None = None) -> Finding:
    return verifying.verify(CHAIN_OF, known=heads.kept(CHAIN_OF) if with_heads else (), after=after)


def test_an_honest_log_is_intact(event_ids: list[int]) -> None:
    found = verified()

    assert found.is_intact
    assert (found.n_events, found.last_seq, found.n_heads) == (N, N, 2)


# What one tamper does to the chain: picks places at random, and says which findings are right.
Expected = tuple[set[BreakKind], int | None]


def edit(event_ids: list[int], dice: random.Random) -> Expected:
    seq, column = dice.randint(1, N), dice.choice(list(OTHERWISE))
    run(f"UPDATE accounts_event SET {column} = {OTHERWISE[column]} WHERE id = %s", event_ids[seq - 1])
    return {BreakKind.MISSING if column == "id" else BreakKind.CHANGED}, seq


def edit_seal(event_ids: list[int], dice: random.Random) -> Expected:
    seq = dice.randint(1, N)
    run("UPDATE accounts_seal SET hash = sha256(hash) WHERE seq = %s", seq)
    return {BreakKind.CHANGED}, seq


def delete(event_ids: list[int], dice: random.Random) -> Expected:
    seq = dice.randint(1, N - 1)
    run("DELETE FROM accounts_event WHERE id = %s", event_ids[seq - 1])
    if dice.random() < 0.5:
        run("DELETE FROM accounts_seal WHERE seq = %s", seq)
    return {BreakKind.MISSING}, seq


def swap_contents(event_ids: list[int], dice: random.Random) -> Expected:
    first, second = sorted(dice.sample(range(1, N + 1), 2))
    one, two = event_ids[first - 1], event_ids[second - 1]
    run(
        f"UPDATE accounts_event mine SET ({CONTENT}) = (SELECT {CONTENT} FROM accounts_event theirs"
        " WHERE theirs.id = CASE mine.id WHEN %s THEN %s ELSE %s END) WHERE mine.id IN (%s, %s)",
        *(one, two, one, one, two),
    )
    return {BreakKind.SWAPPED}, first


def swap_places(event_ids: list[int], dice: random.Random) -> Expected:
    first, second = sorted(dice.sample(range(1, N + 1), 2))
    one, two = event_ids[first - 1], event_ids[second - 1]
    run("UPDATE accounts_seal SET event_id = -event_id WHERE event_id = %s", one)
    run("UPDATE accounts_seal SET event_id = %s WHERE event_id = %s", one, two)
    run("UPDATE accounts_seal SET event_id = %s WHERE event_id = -%s", two, one)
    return {BreakKind.SWAPPED}, first


def copied(event_id: int) -> int:
    """A forged event that looks as old as this one."""
    run(
        f"INSERT INTO accounts_event (id, {CONTENT}) SELECT -id, {CONTENT} FROM accounts_event WHERE id = %s",
        event_id,
    )
    return -event_id


def insert(event_ids: list[int], dice: random.Random) -> Expected:
    seq = dice.randint(1, N)
    copied(event_ids[seq - 1])
    return {BreakKind.INSERTED}, None


def insert_with_a_seal(event_ids: list[int], dice: random.Random) -> Expected:
    """A place is made for it by moving the later ones; its own hash is right."""
    seq = dice.randint(2, N - 1)
    forged = copied(event_ids[seq - 1])
    run("UPDATE accounts_seal SET seq = seq + 1000001 WHERE seq >= %s", seq)
    run("UPDATE accounts_seal SET seq = seq - 1000000 WHERE seq > 1000000")
    run(
        "INSERT INTO accounts_seal (event_id, chain, seq, hash, sealed_at)"
        " VALUES (%s, %s, %s, sha256('forged'), now())",
        *(forged, CHAIN_OF, seq),
    )
    return {BreakKind.INSERTED}, seq


def cut(event_ids: list[int], dice: random.Random) -> Expected:
    seq = dice.randint(1, N)
    run("DELETE FROM accounts_event WHERE id = ANY(%s)", event_ids[seq - 1 :])
    run("DELETE FROM accounts_seal WHERE seq >= %s", seq)
    return {BreakKind.CUT}, N // 2 if seq <= N // 2 else N


def edit_and_hash_anew(event_ids: list[int], dice: random.Random) -> Expected:
    _kinds, seq = edit_what_has_a_place(event_ids, dice)
    hashed_anew()
    return {BreakKind.REWRITTEN}, N // 2 if seq <= N // 2 else N


def edit_what_has_a_place(event_ids: list[int], dice: random.Random) -> tuple[set[BreakKind], int]:
    seq = dice.randint(1, N)
    column = dice.choice([name for name in OTHERWISE if name not in ("id", "project_id")])
    run(f"UPDATE accounts_event SET {column} = {OTHERWISE[column]} WHERE id = %s", event_ids[seq - 1])
    return {BreakKind.CHANGED}, seq


Tamper = Callable[[list[int], random.Random], Expected]
SEEN_INSIDE: list[Tamper] = [
    edit,
    edit_seal,
    delete,
    swap_contents,
    swap_places,
    insert,
    insert_with_a_seal,
]
SEEN_OUTSIDE: list[Tamper] = [cut, edit_and_hash_anew]


def tampers_are_found(event_ids: list[int], count: int, *, seed: int) -> None:
    dice = random.Random(seed)
    ways = [*SEEN_INSIDE, *SEEN_OUTSIDE]
    for number in range(count):
        tamper = ways[number % len(ways)]
        with tampered():
            kinds, seq = tamper(event_ids, dice)

            alone, found = verified(with_heads=False), verified()

            said = f"{tamper.__name__} (seed {seed}, number {number}): {found.broken}"
            assert found.broken is not None, said
            assert found.broken.kind in kinds, said
            assert seq is None or found.broken.seq == seq, said
            assert sentence(found.broken.kind, found.broken.seq, found.broken.evidence)
            # The chain fits itself after these two: only the head that lies outside the database tells.
            assert alone.is_intact == (tamper in SEEN_OUTSIDE), said
    assert verified().is_intact


def test_every_way_to_tamper_is_found(event_ids: list[int]) -> None:
    tampers_are_found(event_ids, 20, seed=2026)


@pytest.mark.slow
def test_two_hundred_random_tampers_are_found(event_ids: list[int]) -> None:
    tampers_are_found(event_ids, 200, seed=random.randrange(2**32))


@pytest.mark.parametrize("column", OTHERWISE)
def test_a_change_of_any_column_is_found(event_ids: list[int], column: str) -> None:
    with tampered():
        run(f"UPDATE accounts_event SET {column} = {OTHERWISE[column]} WHERE id = %s", event_ids[10])

        broken = verified().broken

    assert broken is not None and broken.seq == 11


def test_a_forged_event_whose_transaction_lies_in_the_future_is_found(event_ids: list[int]) -> None:
    forged = copied(event_ids[3])
    run("UPDATE accounts_event SET txid = '9000000000000000000' WHERE id = %s", forged)

    broken = verified().broken

    assert broken is not None
    assert (broken.kind, broken.evidence["event"]) == (BreakKind.INSERTED, forged)


def test_from_a_head_only_what_comes_after_it_is_walked(event_ids: list[int]) -> None:
    middle = heads.kept(CHAIN_OF)[0]
    run("UPDATE accounts_event SET reason = 'x' WHERE id = %s", event_ids[3])

    from_the_middle = verified(after=middle)
    run("UPDATE accounts_event SET reason = 'x' WHERE id = %s", event_ids[N // 2 + 3])
    later = verified(after=middle).broken

    assert from_the_middle.is_intact
    assert (from_the_middle.after_seq, from_the_middle.n_events) == (N // 2, N - N // 2)
    assert verified().broken == verifying.Break(
        BreakKind.CHANGED, 4, {"what": "event", "event": event_ids[3]}
    )
    assert later is not None and later.seq == N // 2 + 4


def test_a_chain_that_does_not_fit_its_head_gets_no_new_one(event_ids: list[int]) -> None:
    """Else the forger would only have to wait an hour for a head that fits."""
    run("UPDATE accounts_event SET reason = 'x' WHERE id = %s", event_ids[3])
    hashed_anew()
    sealed(1)
    an_hour_later()

    misfits = heads.write_due()

    assert misfits[CHAIN_OF].head.seq == N
    assert len(heads.kept(CHAIN_OF)) == 2
    assert heads.write_due() == {}  # and is looked at again in an hour
    broken = verifying.of_misfit(CHAIN_OF, misfits[CHAIN_OF]).broken
    assert broken is not None and broken.kind == BreakKind.REWRITTEN


def test_heads_are_written_once_an_hour_and_never_again(storage: Path) -> None:
    sealed(3)
    now = timezone.now()

    for minutes in (0, 1, 59, 61, 200):
        heads.write_due(now + timedelta(minutes=minutes))
    with_nothing_new = list((storage / str(CHAIN_OF)).iterdir())
    before = {path: path.read_bytes() for path in with_nothing_new}
    sealed(2)
    heads.write_due(now + timedelta(minutes=59))
    heads.write_due(now + timedelta(minutes=61))

    assert len(with_nothing_new) == 1
    assert [head.seq for head in heads.kept(CHAIN_OF)] == [3, 5]
    assert heads.kept_in(storage, CHAIN_OF) == heads.kept(CHAIN_OF)
    assert all(path.read_bytes() == content for path, content in before.items())


def test_a_head_reads_as_it_was_noted() -> None:
    head = Head(12, bytes(range(32)))

    assert heads.noted(f" {head} ") == head
    for wrong in ("12", "12:ab", f"-1:{'0' * 64}", f"١:{'0' * 64}"):
        with pytest.raises(ValueError, match=re.escape(wrong)):
            heads.noted(wrong)


def test_what_was_found_is_kept_and_told_in_the_log(event_ids: list[int]) -> None:
    row = verifying.keep(verified(), by_id=3)
    run("UPDATE accounts_event SET reason = 'x' WHERE id = %s", event_ids[3])
    broken = verifying.keep(verified())

    assert (row.is_intact, row.is_whole, row.n_events, row.by_id) == (True, True, N, 3)
    assert (broken.broken_kind, broken.broken_seq) == ("changed", 4)
    told = Event.objects.filter(subject_kind="audit_verification").order_by("id")
    assert [(event.kind, event.subject_id) for event in told] == [
        ("audit.verified", row.pk),
        ("audit.broken", broken.pk),
    ]
