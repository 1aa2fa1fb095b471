"""Rows that are held against golden questions: what both ask, side by side, for those who may read it."""

import re
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.db.models import Exists, F, OuterRef, Q
from django.db.models.functions import Left

from queues.export.groups import prompt_of_input
from queues.models import GoldenVersion, Payload, Recall
from queues.models.golden import name_of

WHOLE_MAX = 5_000  # characters of a text; all of it is one link away
_NAMES_GOLDEN = "contamination."  # what guards of these codes say is the name of a golden item or version
_VERSION = re.compile("[0-9]{1,9}", re.ASCII)


@dataclass(frozen=True, slots=True)
class GoldenQuestion:
    """What a guard named. number: ours of the item; version: more than 1 in one that stands, and a text of
    before may have been met."""

    number: int
    golden_id: str
    text: str
    version: int
    is_current: bool


def named_in(project_id: int, told: Iterable[tuple[str, str]]) -> Mapping[str, GoldenQuestion]:
    """By name, the golden items and their versions that guards name; told: code and what the guard says.

    One statement.
    """
    names = {detail for code, detail in told if detail and code.startswith(_NAMES_GOLDEN)}
    if not names:
        return {}
    parts = [name.rpartition("@") for name in names]
    earlier = [(item, int(version)) for item, _at, version in parts if item and _VERSION.fullmatch(version)]
    rows = GoldenVersion.objects.filter(
        Q(golden__golden_id__in=names, is_current=True)
        | Q(
            golden__golden_id__in=[item for item, _version in earlier],
            version__in=[version for _item, version in earlier],
            is_current=False,
        ),
        project=project_id,
    )
    columns = rows.values_list(
        "golden", "golden__golden_id", Left(F("prompt"), WHOLE_MAX), "version", "is_current"
    )
    questions = [GoldenQuestion(*one) for one in columns]
    by_name = {name_of(one.golden_id, one.version, one.is_current): one for one in questions}
    return {name: one for name, one in by_name.items() if name in names}


def asked_in(predictions: Collection[int]) -> Mapping[int, str]:
    """By prediction what was asked, as one text; without what was withdrawn or erased. One statement."""
    if not predictions:
        return {}
    withdrawn = Recall.objects.filter(prediction=OuterRef("prediction"))
    rows = Payload.objects.filter(~Exists(withdrawn), prediction__in=predictions, erased_at=None)
    inputs: dict[int, Any] = dict(rows.values_list("pk", "record__input"))
    return {pk: prompt_of_input(input_ or {})[:WHOLE_MAX] for pk, input_ in inputs.items()}
