"""Reading tables that may hold 100 million rows: where counts stop, and walks of bounded length."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar, cast

from django.db import connection
from django.db.models import Field, Model, Q, QuerySet

COUNT_LIMIT = 1_000  # a count goes no further; "1,000+" is as useful to a person as the exact number
LOOK_AT = 5_000  # rows examined for one page of a filtered list
PAGE_SIZE = 50

Row = TypeVar("Row")
Found = TypeVar("Found", bound=Model)


@dataclass(frozen=True, slots=True)
class Page(Generic[Row]):
    """Some rows of a list, newest first, and where the next page starts.

    next_before: id below which the next page looks; None at the end of the list.
    has_more_matches: False when this page ended because the walk was long enough, not because it is full.
    """

    rows: Sequence[Row]
    next_before: int | None
    has_more_matches: bool


def newest(
    rows: QuerySet[Found],
    matching: Q | None = None,
    *,
    before: int | None = None,
    size: int = PAGE_SIZE,
    look_at: int = LOOK_AT,
) -> Page[Found]:
    """The newest `size` of `rows` that match, looking at no more than `look_at` of them.

    rows: what one index gives in the order of the id; matching: everything that has to be tested row by
    row. A rare match in a large table takes several pages instead of one very slow one.
    """
    walk = rows.order_by("-pk")
    if before is not None:
        walk = walk.filter(pk__lt=before)
    if matching is None:
        found, last_seen = list(walk[: size + 1]), None
    else:
        # A range of the same index. "pk IN (… LIMIT n)" would let the planner start from a joined table.
        last_seen = walk.values_list("pk", flat=True)[look_at - 1 : look_at].first()
        within = walk if last_seen is None else walk.filter(pk__gte=last_seen)
        found = list(within.filter(matching)[: size + 1])
    if len(found) > size:
        return Page(found[:size], found[size - 1].pk, has_more_matches=True)
    return Page(found, last_seen, has_more_matches=False)


def values_in_use(model: type[Model], field: str, *, project_id: int, limit: int = 100) -> list[str]:
    """The distinct values of an indexed text column in one project, by hopping from value to value.

    SELECT DISTINCT would read every row; this reads one per value. The index must be (project, field, …).
    """
    table, column = model._meta.db_table, cast("Field[object, object]", model._meta.get_field(field)).column
    hop = f'SELECT "{column}" FROM "{table}" WHERE project_id = %(project)s'
    order = f'ORDER BY "{column}" LIMIT 1'
    statement = f"""
        WITH RECURSIVE hop(value) AS (
          ({hop} {order})
          UNION ALL
          SELECT ({hop} AND "{column}" > hop.value {order}) FROM hop WHERE hop.value IS NOT NULL
        )
        SELECT value FROM hop WHERE value IS NOT NULL LIMIT %(limit)s
    """
    with connection.cursor() as cursor:
        cursor.execute(statement, {"project": project_id, "limit": limit})
        return [value for (value,) in cursor.fetchall()]
