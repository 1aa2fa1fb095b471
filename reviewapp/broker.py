"""The message tables of pgmq, in our own database: plain SQL, no extension, no superuser."""

from django.db import connection, transaction
from pgmq.install import get_embedded_install_sql


def install() -> bool:
    """Make them unless they are there (the script may not run twice); True when they were made."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT to_regnamespace('pgmq') IS NOT NULL")
        if cursor.fetchone()[0]:
            return False
        cursor.execute(get_embedded_install_sql())
    return True
