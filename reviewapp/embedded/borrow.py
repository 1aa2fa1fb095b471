"""The embedded server for the length of one command, for a day on which `up` does not run."""

import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from reviewapp import environment
from reviewapp.embedded.cluster import Cluster, stop

# These need no database, or look after it themselves.
WITHOUT = frozenset(
    {
        "up",
        "help",
        "--help",
        "--version",
        "check",
        "collectstatic",
        "compilemessages",
        "makemessages",
        "spectacular",
    }
)


@contextmanager
def borrowed_server(arguments: Sequence[str]) -> Iterator[None]:
    """Start the server if the command needs it and nothing runs it; then stop what was started."""
    env = environment.read()
    is_child = "REVIEWAPP_SUPERVISED" in os.environ
    if len(arguments) < 2 or arguments[1] in WITHOUT or is_child or not env.database_is_embedded:
        yield
        return
    cluster = Cluster.of(env.var)
    if cluster.running_pid() is not None and cluster.answers():
        yield
        return
    process = cluster.start()
    try:
        cluster.ensure_database()
        yield
    finally:
        stop(process)
