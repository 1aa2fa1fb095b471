"""The embedded PostgreSQL of a test run, careless with the disk, and folders that are gone afterwards."""

import atexit
import os
import shutil
import subprocess
import tempfile
from pathlib import Path

from reviewapp.embedded import place
from reviewapp.embedded.cluster import Cluster, stop


class TestServer:
    """Owned by the process that made it; xdist's workers inherit only its address."""

    __test__ = False

    def __init__(self, var: Path) -> None:
        self.var = var
        self._process: subprocess.Popen[bytes] | None = None
        atexit.register(self.stop)  # also when the run ends before it begins

    def start(self) -> None:
        """Start it, once."""
        if self._process is None:
            cluster = Cluster.of(self.var, durable=False)
            self._process = cluster.start()
            cluster.ensure_database()

    def stop(self) -> None:
        if self._process is not None:
            stop(self._process)
            self._process = None


def choose() -> TestServer | None:
    """A server of our own, unless DATABASE_URL names one; sets the environment for children."""
    var = _own_folder()
    if os.environ.get("DATABASE_URL"):
        return None
    os.environ["DATABASE_URL"] = place.database_url(var)
    return TestServer(var)


def _own_folder() -> Path:
    """For the files of this process. xdist's workers have theirs within: one test's file is no other's."""
    if worker := os.environ.get("PYTEST_XDIST_WORKER"):
        var = Path(os.environ["REVIEWAPP_VAR"]) / worker
    else:
        var = Path(tempfile.mkdtemp(prefix="reviewapp-test-"))
        atexit.register(shutil.rmtree, var, ignore_errors=True)
    (var / "static").mkdir(parents=True)
    os.environ["REVIEWAPP_VAR"] = str(var)
    return var
