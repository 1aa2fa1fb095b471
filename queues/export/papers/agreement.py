"""How far the people agree who made a release: of each of its queues, question by question."""

from collections.abc import Iterable

from queues.agree import queries as agree
from queues.agree.metric import Figure
from queues.export.row import Record
from queues.models import Queue

QUEUES_MAX = 20


def agreement_of(project_id: int, slugs: Iterable[str]) -> Record:
    """Queue → question → figure, on the newest items that several people reviewed."""
    queues = Queue.objects.filter(project=project_id, slug__in=sorted(slugs)[:QUEUES_MAX])
    return {
        queue.slug: {one.key: _figure(one.metric, one.main) for one in agree.of_queue(queue).questions}
        for queue in queues.select_related("form").order_by("slug")
    }


def _figure(metric: str, figure: Figure) -> Record:
    """Value, interval and n, or why not."""
    interval = None if figure.low is None or figure.high is None else [figure.low, figure.high]
    told = {"metric": metric, "value": figure.value, "ci95": interval, "items": figure.n_units}
    return told if figure.why is None else {**told, "why": figure.why}
