"""pgvector, where the database server has it. Without it everything works but what needs vectors."""

from django.db import ProgrammingError, connection, transaction

from queues.score.vectors import make_table

_ABSENT = "pgvector is not on this server: no vectors are kept, and search goes by words only."
_FORBIDDEN = (
    "pgvector is on this server, but this role may not add it to the database. No vectors are kept, and"
    " search goes by words only: let a superuser run CREATE EXTENSION vector, then prepare again."
)
_TOO_OLD = "pgvector on this server is older than 0.7: no vectors are kept. Update it, then prepare again."


def enable() -> str:
    """Add it to the database, and the table of vectors; "" when all is there, else a sentence for people."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT installed_version FROM pg_available_extensions WHERE name = 'vector'")
        row = cursor.fetchone()
    if row is None:
        return _ABSENT
    if row[0] is None:
        try:
            with transaction.atomic(), connection.cursor() as cursor:
                cursor.execute("CREATE EXTENSION IF NOT EXISTS vector")
        except ProgrammingError:
            return _FORBIDDEN
    return "" if make_table() else _TOO_OLD
