"""Sealing: in an order that stays, without passing anything over, by as many sealers as there are."""

import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import psycopg
import pytest
from django.db import IntegrityError, connection, transaction

from accounts.chain import HOUSE, sealing, verifying
from accounts.models import AuditVerification, Event, Project, Seal, SealingPlace
from tests.factories.sealed import CHAIN_OF, finished, logged, run, sealed

INSERT = "INSERT INTO accounts_event (project_id, kind, subject_kind, reason) VALUES (%s, %s, 'item', '')"


def seal(chain: int = CHAIN_OF, *, but_for: int | None = None) -> None:
    """All that can be sealed now; but_for: a transaction that runs."""
    finished(but_for=but_for)
    while sealing.seal_batch(chain):
        pass


def number_of(other: psycopg.Connection) -> int:
    """The number of the transaction that this connection is in."""
    row = other.execute("SELECT pg_current_xact_id()::text::bigint").fetchone()
    assert row
    return int(row[0])


def sealed_kinds(chain: int = CHAIN_OF) -> list[str]:
    places = Seal.objects.filter(chain=chain).order_by("seq").values_list("event_id", flat=True)
    kinds = dict(Event.objects.values_list("pk", "kind"))
    return [kinds[event_id] for event_id in places]


@pytest.fixture
def other() -> Iterator[psycopg.Connection]:
    """Somebody else's connection."""
    with psycopg.connect(
        **connection.get_connection_params() | {"cursor_factory": psycopg.ClientCursor}
    ) as own:
        yield own
        own.rollback()


@pytest.mark.django_db(transaction=True)
def test_a_running_transaction_that_wrote_earlier_is_not_passed_over(other: psycopg.Connection) -> None:
    logged(1)
    seal()  # the walk over what was there is over
    other.execute(INSERT, [CHAIN_OF, "early"])
    running = number_of(other)
    with connection.cursor() as cursor:
        cursor.execute(INSERT, [CHAIN_OF, "late"])

    seal(but_for=running)
    while_it_runs = sealed_kinds()
    other.commit()
    seal()

    assert Event.objects.get(kind="early").pk < Event.objects.get(kind="late").pk
    assert while_it_runs == ["kind.1"]
    assert sealed_kinds() == ["kind.1", "early", "late"]
    assert verifying.verify(CHAIN_OF).is_intact


@pytest.mark.django_db(transaction=True)
def test_what_runs_while_an_old_log_is_walked_is_sealed_after_it(other: psycopg.Connection) -> None:
    other.execute(INSERT, [CHAIN_OF, "early"])
    logged(5)

    sealing.seal_batch(CHAIN_OF, at_most=3)
    in_the_middle = len(sealed_kinds())
    other.commit()
    seal()

    assert in_the_middle == 3
    assert len(sealed_kinds()) == 6
    assert verifying.verify(CHAIN_OF).is_intact


@pytest.mark.django_db(transaction=True)
def test_a_log_that_was_restored_into_another_server_goes_on_being_sealed() -> None:
    """There, transactions count from the beginning: what is new looks older than what is sealed."""
    logged(5)
    run("UPDATE accounts_event SET txid = (txid::text::bigint + 1000000000)::text::xid8")
    sealing.seal_batch(CHAIN_OF, at_most=3)
    SealingPlace.objects.update(cluster=1, resumes_at=None)

    logged(4)
    untouched = verifying.verify(CHAIN_OF)
    seal()
    logged(1)
    seal()

    assert untouched.is_intact
    assert len(sealed_kinds()) == 10
    assert verifying.verify(CHAIN_OF).is_intact


@pytest.mark.django_db(transaction=True)
def test_two_sealers_at_once_make_one_chain() -> None:
    logged(400)
    together = threading.Barrier(2)

    def work() -> None:
        together.wait()
        end = time.monotonic() + 60
        while Seal.objects.count() < 400 and time.monotonic() < end:
            sealing.seal_batch(CHAIN_OF, at_most=10)
        connection.close()

    with ThreadPoolExecutor(2) as pool:
        for done in [pool.submit(work), pool.submit(work)]:
            done.result()

    assert list(Seal.objects.order_by("seq").values_list("seq", flat=True)) == list(range(1, 401))
    assert verifying.verify(CHAIN_OF).is_intact


@pytest.mark.django_db(transaction=True)
def test_a_sealer_that_is_killed_in_the_middle_leaves_nothing_half(other: psycopg.Connection) -> None:
    logged(5)
    seal()
    logged(5)
    with transaction.atomic(), connection.cursor() as cursor:
        assert sealing.takes(cursor, CHAIN_OF)  # it has the chain, and has sealed some
        sealing.seal_batch(CHAIN_OF, at_most=3)
        cursor.execute("SELECT pg_backend_pid()")
        pid = cursor.fetchone()[0]
        other.execute("SELECT pg_terminate_backend(%s)", [pid])
        other.commit()
        transaction.set_rollback(True)
    connection.close()

    assert Seal.objects.count() == 5
    seal()
    assert Seal.objects.count() == 10
    assert verifying.verify(CHAIN_OF).is_intact


@pytest.mark.django_db
def test_each_project_and_the_house_have_a_chain_of_their_own(project: Project) -> None:
    logged(3, project_id=project.pk)
    logged(2, project_id=None)

    sealing.seal_all(seconds=60)

    own = Event.objects.filter(project_id=project.pk).count()
    assert Seal.objects.filter(chain=project.pk).count() == own
    assert Seal.objects.filter(chain=HOUSE).count() == Event.objects.filter(project_id=None).count() >= 2
    assert verifying.verify(project.pk).is_intact and verifying.verify(HOUSE).is_intact


@pytest.mark.django_db
def test_a_chain_that_fails_keeps_no_other_from_being_sealed(project: Project) -> None:
    logged(2, project_id=None)
    logged(2, project_id=project.pk)
    Seal.objects.create(event_id=-5, chain=HOUSE, seq=2**63 - 1, hash=bytes(32))

    sealing.seal_all(seconds=60)

    assert verifying.verify(project.pk).n_events > 0
    assert Seal.objects.filter(chain=HOUSE).count() == 1


@pytest.mark.django_db
@pytest.mark.parametrize("table", ["accounts_seal", "accounts_auditverification"])
@pytest.mark.parametrize("statement", ["UPDATE {} SET chain = 8", "DELETE FROM {}", "TRUNCATE {}"])
def test_the_database_refuses_to_change_a_seal_or_a_verification(table: str, statement: str) -> None:
    sealed(2)
    verifying.keep(verifying.verify(CHAIN_OF))

    with (
        pytest.raises(IntegrityError, match="append-only"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(statement.format(table))

    assert Seal.objects.count() == 2 and AuditVerification.objects.count() == 1
