"""Many rows in one go, and ids taken ahead so that rows can refer to each other before they exist."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from functools import cache
from typing import Any

from django.db import connection
from django.db.models import Field, Model
from django.db.models.expressions import DatabaseDefault

Value = bool | int | float | str | bytes | datetime | None

FEW = 4  # rows: COPY goes two more times to the database and back than an INSERT, and is planned each time


def write_rows(model: type[Model], columns: Sequence[str], rows: Iterable[Sequence[Value]]) -> None:
    """Write new rows in the caller's transaction, by COPY unless they are few. JSON columns take text."""
    table, names = model._meta.db_table, ", ".join(f'"{column}"' for column in columns)
    rows = list(rows)
    with connection.wrap_database_errors, connection.cursor() as cursor:
        if len(rows) > FEW:
            with cursor.copy(f'COPY "{table}" ({names}) FROM STDIN') as copy:
                for row in rows:
                    copy.write_row(row)
        else:
            places = ", ".join(["%s"] * len(columns))
            for row in rows:
                cursor.execute(f'INSERT INTO "{table}" ({names}) VALUES ({places})', row)


def reserve_ids(model: type[Model], how_many: int) -> list[int]:
    """Ids that no other row will get, ascending; unused ones are simply lost."""
    if how_many == 0:
        return []
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT nextval(pg_get_serial_sequence(%s, 'id')) FROM generate_series(1, %s)",
            [model._meta.db_table, how_many],
        )
        return [row[0] for row in cursor.fetchall()]


def insert(row: Model) -> None:
    """Insert one new row and give it its id, as `save` would; the SQL of each model is written once.

    What the database sets by itself (`db_default`) is not read back.
    """
    values = {
        field: getattr(row, field.attname)
        for field in row._meta.concrete_fields
        if not field.primary_key and not isinstance(getattr(row, field.attname), DatabaseDefault)
    }
    with connection.cursor() as cursor:
        cursor.execute(
            _insertion(type(row), tuple(values)),
            [field.get_db_prep_save(value, connection) for field, value in values.items()],
        )
        row.pk = cursor.fetchone()[0]
    row._state.adding = False


@cache
def _insertion(model: type[Model], fields: tuple["Field[Any, Any]", ...]) -> str:
    names = ", ".join(f'"{field.column}"' for field in fields)
    places = ", ".join(["%s"] * len(fields))
    return f'INSERT INTO "{model._meta.db_table}" ({names}) VALUES ({places}) RETURNING "id"'


def planned_anew(statement: str, arguments: Sequence[Any]) -> list[tuple[Any, ...]]:
    """The rows of a statement that the database plans for these very arguments, each time.

    For those few whose plan must not outlive the size of the tables that it was made for.
    """
    with connection.wrap_database_errors, connection.cursor() as cursor:
        cursor.cursor.execute(statement, arguments, prepare=False)
        return cursor.fetchall()
