"""Many rows in one go, and ids taken ahead so that rows can refer to each other before they exist."""

from collections.abc import Iterable, Sequence

from django.db import connection
from django.db.models import Model

FEW = 4  # rows: COPY goes two more times to the database and back than an INSERT, and is planned each time


def write_rows(model: type[Model], columns: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
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
