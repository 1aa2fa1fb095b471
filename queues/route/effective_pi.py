"""The pi that counts: the highest that the routing of a prediction and its second looks have given it.

Every rate over all traffic and every export takes it from here.
"""

from collections.abc import Iterable

from queues.models import Routing, SecondLook


def effective_pi_sql(routing: str) -> str:
    """The same as SQL; routing: the alias of queues_routing in the statement. NULL where there is none."""
    return f"""GREATEST({routing}.pi, (
    SELECT max(later.pi) FROM queues_secondlook later WHERE later.prediction_id = {routing}.prediction_id))"""


def effective_pi(routing: Routing, looks: Iterable[SecondLook]) -> float:
    """pi (0..1) of one prediction, of rows that are at hand."""
    return max([routing.pi, *(look.pi for look in looks)])
