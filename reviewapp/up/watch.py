"""Is the group healthy, and is the worker deaf?"""

import http.client
import json
import logging
import time
from collections.abc import Callable

import psycopg

from reviewapp.up import door

log = logging.getLogger(__name__)

# A worker that works on a job renews that job's lease; only one that does neither is deaf.
_DEAF = """
SELECT coalesce(max(at), '-infinity') < now() - make_interval(secs => %s)
       AND NOT EXISTS (SELECT FROM queues_job WHERE state = 'running' AND lease_until > now())
FROM queues_heartbeat WHERE name = 'worker'
"""


def wait_until_ready(port: int, host: str, seconds: float, give_up: Callable[[], bool]) -> str:
    """ "" once /readyz answers 200, else its last answer; stops early when `give_up` says so."""
    deadline = time.monotonic() + seconds
    answer = "no answer"
    while time.monotonic() < deadline and not give_up():
        status, answer = _ask(port, host)
        if status == http.client.OK:
            return ""
        time.sleep(0.05)
    return answer


def _ask(port: int, host: str) -> tuple[int, str]:
    connection = http.client.HTTPConnection(door.HOST, port, timeout=5)
    try:
        connection.request("GET", "/readyz", headers={"Host": host})
        response = connection.getresponse()
        body = response.read().decode("utf-8", "replace")
    except OSError as error:
        return 0, str(error)
    finally:
        connection.close()
    try:
        return response.status, json.dumps(json.loads(body).get("checks"))
    except ValueError:
        return response.status, f"status {response.status}"


def worker_is_deaf(database_url: str, seconds: float) -> bool:
    """True when no heartbeat came for so long and no job is being worked on. A database away is no proof."""
    try:
        with psycopg.connect(database_url, connect_timeout=5) as connection:
            row = connection.execute(_DEAF, [seconds]).fetchone()
    except psycopg.Error as error:
        log.warning("heartbeat not read: %s", error)
        return False
    return bool(row and row[0])
