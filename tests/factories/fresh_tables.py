"""Tables as they are on the first day, for a test that looks at plans."""

from django.db import connection


def begin_anew() -> None:
    """Empty the large tables, and their files, until the test is taken back.

    What earlier tests took back is gone from the tables, but not from their files and indexes, and nobody
    vacuums the server of the tests: the planner would go by that.
    """
    with connection.cursor() as cursor:
        cursor.execute("TRUNCATE queues_prediction, queues_item, queues_slot, queues_flag CASCADE")
