"""The SQL of one request: the whole application in this process, every statement noted.

BEGIN, COMMIT and savepoints are not statements about data and are left out.
"""

import json
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from django.db import connection, transaction
from django.test import Client

from accounts.models import Person

_CONTROL = re.compile(r"\s*(BEGIN|COMMIT|ROLLBACK|SAVEPOINT|RELEASE)\b", re.IGNORECASE)
_EXPLAINED = re.compile(r"[\s(]*(SELECT|WITH|UPDATE|INSERT|DELETE)\b", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Statement:
    """One statement as it ran. rows: how many it gave or touched."""

    sql: str
    parameters: Any
    rows: int


@contextmanager
def noted() -> Iterator[list[Statement]]:
    """The statements of this process while the block runs."""
    found: list[Statement] = []

    def note(execute: Callable[..., Any], sql: str, parameters: Any, many: bool, context: Any) -> Any:
        result = execute(sql, parameters, many, context)
        if not _CONTROL.match(sql):
            found.append(Statement(sql, parameters, max(0, context["cursor"].rowcount)))
        return result

    with connection.execute_wrapper(note):
        yield found


def post(path: str, value: object, *, key: str, port: int) -> tuple[Any, list[int]]:
    """The answer to a POST of this JSON, and how many rows each statement gave or touched."""
    client = Client(
        SERVER_NAME="127.0.0.1", SERVER_PORT=str(port), headers={"Authorization": f"Bearer {key}"}
    )
    with noted() as found:
        answer = client.post(path, json.dumps(value), content_type="application/json")
    if answer.status_code >= 300:
        raise AssertionError(f"{path} was answered {answer.status_code}: {answer.content[:300]!r}")
    return answer.json(), [statement.rows for statement in found]


def of_page(path: str, *, email: str, port: int) -> list[Statement]:
    """The statements of a page for this person."""
    client = Client(SERVER_NAME="127.0.0.1", SERVER_PORT=str(port))
    client.force_login(Person.objects.get(email=email))
    with noted() as found:
        answer = client.get(path)
    if answer.status_code != 200:
        raise AssertionError(f"{path} was answered {answer.status_code}")
    return found


def plan_of(statement: Statement) -> dict[str, Any] | None:
    """What the database does for it, run once more and rolled back; None for what is no query."""
    if not _EXPLAINED.match(statement.sql):
        return None
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(f"EXPLAIN (ANALYZE, FORMAT JSON) {statement.sql}", statement.parameters)
        [[[plan]]] = [[json.loads(row) if isinstance(row, str) else row for row in cursor.fetchone()]]
        transaction.set_rollback(True)
    return plan


@contextmanager
def explained() -> Iterator[list[dict[str, Any]]]:
    """The plan of each query of this process in the block, each run once before and rolled back."""
    found: list[dict[str, Any]] = []

    def explain(execute: Callable[..., Any], sql: str, parameters: Any, many: bool, context: Any) -> Any:
        if not many and not sql.lstrip().upper().startswith("EXPLAIN"):
            found.extend(filter(None, [plan_of(Statement(sql, parameters, 0))]))
        return execute(sql, parameters, many, context)

    with connection.execute_wrapper(explain):
        yield found


def rows_read(node: dict[str, Any]) -> float:
    """How many rows of tables and indexes a plan gave or threw away."""
    here = 0.0
    if node["Node Type"].endswith("Scan") and ("Relation Name" in node or "Index Name" in node):
        rows = node.get("Actual Rows", 0) + node.get("Rows Removed by Filter", 0)
        here = rows * node.get("Actual Loops", 1)
    return here + sum(rows_read(inner) for inner in node.get("Plans", ()))
