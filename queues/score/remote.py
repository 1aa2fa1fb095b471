"""Asking the detectors that run elsewhere, after arrival: in the worker, as often as it takes.

The caller keeps the list of what is owed; doing it twice stores nothing twice.
"""

from collections.abc import Iterator, Sequence
from functools import cache

from django.conf import settings
from django.db import connection, transaction

from queues.models import Flag
from queues.score import queries
from queues.score.actions import store_flags
from queues.score.adapters.adapter import Adapter, AdapterFailed
from queues.score.adapters.classifier import Classifier
from queues.score.adapters.llama_guard import LlamaGuard
from queues.score.adapters.moderation import Moderation
from queues.score.adapters.presidio import Presidio
from queues.score.detector import Finding

_LOCK = "SELECT id FROM queues_prediction WHERE id = ANY(%s) ORDER BY id FOR NO KEY UPDATE"


class Unfinished(Exception):
    """Some detectors did not answer. What the others said is stored; ask again later."""


class Away(Unfinished):
    """All that did not answer are down, or ask to be left alone for a while."""


def is_configured() -> bool:
    """Whether there is anybody to ask."""
    return bool(adapters())


@cache
def adapters() -> tuple[Adapter, ...]:
    """Those that the environment names. A process reads it once."""
    return tuple(_configured())


def _configured() -> Iterator[Adapter]:
    if "presidio" in settings.DETECTORS:
        yield Presidio()
    if settings.MODERATION_URL:
        yield Moderation(settings.MODERATION_URL, settings.MODERATION_KEY, settings.MODERATION_MODEL)
    if settings.LLAMA_GUARD_URL:
        yield LlamaGuard(settings.LLAMA_GUARD_URL, settings.LLAMA_GUARD_KEY, settings.LLAMA_GUARD_MODEL)
    if settings.CLASSIFIER_PATH:
        yield Classifier(settings.CLASSIFIER_PATH)


def detect(prediction_ids: Sequence[int]) -> list[int]:
    """Ask every configured detector about these predictions; the ids that now have a flag of one.

    Not in a transaction of the caller's: it waits for others. Asked again, it gives the same ids, so that
    what follows from a flag can be made sure of. Raises Unfinished when one of them did not answer.
    """
    records = queries.records(prediction_ids)
    ids = sorted(records)
    failures: list[tuple[str, AdapterFailed]] = []
    for adapter in adapters():
        try:
            found = adapter.findings([records[id_] for id_ in ids])
        except AdapterFailed as error:
            failures.append((adapter.component, error))
        else:
            _store(adapter.component, dict(zip(ids, found, strict=True)))
    if failures:
        kind = Away if all(error.is_away for _component, error in failures) else Unfinished
        raise kind("; ".join(f"{component}: {error}" for component, error in failures))
    return _flagged(ids)


@transaction.atomic
def _store(component: str, found: dict[int, Sequence[Finding]]) -> None:
    """Store what this detector found, once: who comes second sees the flags of the first and adds none."""
    ids = [id_ for id_, findings in found.items() if findings]
    if not ids:
        return
    with connection.cursor() as cursor:
        cursor.execute(_LOCK, [ids])
    known = set(
        Flag.objects.filter(prediction__in=ids, component=component).values_list("prediction_id", flat=True)
    )
    store_flags([(id_, found[id_]) for id_ in ids if id_ not in known])


def _flagged(ids: Sequence[int]) -> list[int]:
    components = [adapter.component for adapter in adapters()]
    flags = Flag.objects.filter(prediction__in=ids, component__in=components, flagged=True)
    return sorted(set(flags.values_list("prediction_id", flat=True)))
