"""pgvector, where the database server has it. Without it everything of this version works."""

from django.db import ProgrammingError, connection, transaction

_ABSENT = "pgvector is not on this server. Nothing of this version needs it; the search by meaning will."
_FORBIDDEN = (
    "pgvector is on this server, but this role may not add it to the database. Nothing of this version needs"
    " it; the search by meaning will: let a superuser run CREATE EXTENSION vector."
)


def enable() -> str:
    """Add it to the database; "" when it is there, else a sentence for the operator."""
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
    return ""
