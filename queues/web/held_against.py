"""Rows that are held against golden questions: what both ask, side by side, for those who may read it."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.db.models import Exists, F, OuterRef
from django.db.models.functions import Left

from queues.curate.golden import queries as golden
from queues.export.groups import prompt_of_input
from queues.models import Payload, Recall

WHOLE_MAX = 5_000  # characters of a text; all of it is one link away
_NAMES_GOLDEN = "contamination."  # what guards of these codes say is the id of a golden item


@dataclass(frozen=True, slots=True)
class GoldenQuestion:
    """A golden item as it stands now. number: ours; version: more than 1, and an earlier text may have been
    met."""

    number: int
    golden_id: str
    text: str
    version: int


def named_in(project_id: int, told: Iterable[tuple[str, str]]) -> Mapping[str, GoldenQuestion]:
    """By id, those golden items that guards name; told: code and what the guard says. One statement."""
    names = {detail for code, detail in told if detail and code.startswith(_NAMES_GOLDEN)}
    if not names:
        return {}
    rows = golden.current_of(project_id).filter(golden__golden_id__in=names)
    columns = rows.values_list("golden", "golden__golden_id", Left(F("prompt"), WHOLE_MAX), "version")
    return {one[1]: GoldenQuestion(*one) for one in columns}


def asked_in(predictions: Collection[int]) -> Mapping[int, str]:
    """By prediction what was asked, as one text; without what was withdrawn or erased. One statement."""
    if not predictions:
        return {}
    withdrawn = Recall.objects.filter(prediction=OuterRef("prediction"))
    rows = Payload.objects.filter(~Exists(withdrawn), prediction__in=predictions, erased_at=None)
    inputs: dict[int, Any] = dict(rows.values_list("pk", "record__input"))
    return {pk: prompt_of_input(input_ or {})[:WHOLE_MAX] for pk, input_ in inputs.items()}
