"""The embedded PostgreSQL: what it keeps, and what it survives."""

import os
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import psutil
import psycopg
import pytest

from reviewapp.embedded import binaries, place
from reviewapp.embedded.cluster import Cluster, stop


@pytest.fixture
def var() -> Iterator[Path]:
    folder = Path(tempfile.mkdtemp(prefix="reviewapp-cluster-"))
    yield folder
    if (pid := Cluster.of(folder).running_pid()) is not None:
        stop(psutil.Process(pid))
    shutil.rmtree(folder)


def write_row(cluster: Cluster) -> None:
    cluster.ensure_database()
    with cluster.connect(place.DATABASE) as connection:
        connection.execute("CREATE TABLE IF NOT EXISTS kept (n int)")
        connection.execute("INSERT INTO kept VALUES (1)")


def rows(cluster: Cluster) -> int:
    with cluster.connect(place.DATABASE) as connection:
        row = connection.execute("SELECT count(*) FROM kept").fetchone()
    assert row is not None
    return int(row[0])


def test_a_restart_keeps_the_rows_and_a_kill_does_too(var: Path) -> None:
    cluster = Cluster.of(var)
    first = cluster.start()
    write_row(cluster)
    stop(first)
    assert not cluster.answers()

    second = cluster.start()
    write_row(cluster)
    second.send_signal(signal.SIGKILL)
    second.wait()

    third = cluster.start()
    assert rows(cluster) == 2
    stop(third)


def test_a_server_that_outlived_its_supervisor_is_taken_over(var: Path) -> None:
    cluster = Cluster.of(var, durable=False)
    orphan = cluster.start()

    heir = cluster.start()

    assert orphan.wait(timeout=5) == 0
    assert heir.pid == cluster.running_pid()
    stop(heir)


def test_a_note_with_the_id_of_another_program_does_not_block_the_start(var: Path) -> None:
    cluster = Cluster.of(var, durable=False)
    cluster.prepare()
    (cluster.data / "postmaster.pid").write_text(f"{os.getpid()}\n{cluster.data}\n")

    process = cluster.start()

    assert cluster.answers()
    stop(process)


def test_only_its_own_user_reaches_it_and_no_port_is_open(var: Path) -> None:
    cluster = Cluster.of(var, durable=False)
    process = cluster.start()

    with cluster.connect("postgres") as connection:
        addresses = connection.execute("SHOW listen_addresses").fetchone()

    assert addresses == ("",)
    assert cluster.socket.stat().st_mode & 0o777 == 0o700
    stop(process)


def test_it_has_pgvector_and_orders_and_lowers_text_the_same_everywhere(var: Path) -> None:
    cluster = Cluster.of(var, durable=False)
    process = cluster.start()
    cluster.ensure_database()
    cluster.ensure_database()

    with cluster.connect(place.DATABASE) as connection:
        lowered = connection.execute("SELECT lower('ÄÉŞ')").fetchone()
        extension = connection.execute(
            "SELECT 1 FROM pg_available_extensions WHERE name = 'vector'"
        ).fetchone()

    assert lowered == ("äéş",)
    assert extension == (1,)
    stop(process)


def test_a_long_path_gets_a_socket_in_a_short_folder() -> None:
    deep = Path("/", *["a-rather-long-folder-name"] * 5)

    assert len(os.fsencode(place.socket_folder(deep) / ".s.PGSQL.5432")) < 100
    assert place.socket_folder(deep) != place.socket_folder(deep / "other")


SCRIPT = """
from pathlib import Path
from reviewapp.embedded.cluster import Cluster, stop
cluster = Cluster.of(Path({var!r}), durable=False)
process = cluster.start()
cluster.ensure_database()
stop(process)
print("came and went")
"""


def run_script(var: Path, before: list[str], **env: str) -> str:
    done = subprocess.run(
        [*before, sys.executable, "-c", SCRIPT.format(var=str(var))],
        capture_output=True,
        text=True,
        env=os.environ | env,
        check=False,
    )
    return done.stdout + done.stderr


def test_an_ordinary_user_runs_it_without_any_disguise(var: Path) -> None:
    as_user = ["unshare", "--user", "--map-user=65534", "--map-group=65534"] if os.getuid() == 0 else []
    if as_user and subprocess.run([*as_user, "true"], check=False).returncode:
        pytest.skip("this machine has no user namespaces to play an ordinary user in")

    assert "came and went" in run_script(var, as_user)


@pytest.mark.slow
@pytest.mark.skipif(os.getuid() != 0, reason="only root needs a disguise")
def test_root_without_namespaces_becomes_nobody(var: Path) -> None:
    assert "came and went" in run_script(var, [], REVIEWAPP_PG_DISGUISE="setpriv")
    assert (var / "postgres").stat().st_uid == 65534


@pytest.mark.slow
@pytest.mark.skipif(os.getuid() != 0, reason="only root needs a disguise")
def test_binaries_that_nobody_may_read_are_copied_to_where_nobody_may(var: Path, closed: Path) -> None:
    package = binaries.folder().parents[1]
    for folder in (package, package.with_name(f"{package.name}.libs")):
        shutil.copytree(folder, closed / folder.name)
    hidden = closed / binaries.folder().relative_to(package.parent)

    said = run_script(var, [], REVIEWAPP_PG_DISGUISE="setpriv", REVIEWAPP_PG_BIN=str(hidden))

    assert "came and went" in said
    shutil.rmtree(f"/var/tmp/reviewapp-postgres-{hidden.stat().st_mtime_ns:x}")


@pytest.fixture
def closed() -> Iterator[Path]:
    """A folder that only its owner may enter, as root's home is."""
    folder = Path(tempfile.mkdtemp(prefix="reviewapp-closed-"))
    yield folder
    shutil.rmtree(folder)


def test_a_missing_postgres_is_said_in_a_sentence(tmp_path: Path) -> None:
    said = run_script(tmp_path, [], REVIEWAPP_PG_BIN=str(tmp_path))

    assert "REVIEWAPP_PG_BIN" in said
    assert "DATABASE_URL" in said


def test_connecting_to_a_stopped_server_fails_at_once(var: Path) -> None:
    cluster = Cluster.of(var)
    cluster.prepare()

    with pytest.raises(psycopg.OperationalError):
        cluster.connect("postgres")
