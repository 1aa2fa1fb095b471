"""A stored definition, read back: what the walk over the rows of a dataset goes by."""

from dataclasses import dataclass

from queues.export.definition import filters, rules, splits
from queues.export.definition.filters import Filter
from queues.export.definition.rules import Rules
from queues.export.definition.splits import Splits
from queues.export.formats import Format, formats
from queues.models import Dataset, DatasetVersion


@dataclass(frozen=True, slots=True)
class Definition:
    """What a dataset asks for, in the format in which it is wanted."""

    project_id: int
    dataset_id: int
    format: Format
    filter: Filter
    rules: Rules
    splits: Splits


def understood(
    dataset: Dataset, format_name: str | None = None, *, version: DatasetVersion | None = None
) -> Definition:
    """What a dataset asks for now, or asked for in a version. format_name: another format than its own.

    What is stored was checked: only an older or newer version of ours can disagree.
    """
    asked = version or dataset
    wanted, faults = filters.parse(asked.filter)
    demanded, more = rules.parse(asked.rules)
    shared, still_more = splits.parse(asked.splits)
    if found := [*faults, *more, *still_more]:
        raise ValueError(f"dataset {dataset.pk} is not understood: {found[0].code}")
    format_ = formats.get(format_name or dataset.format)
    return Definition(dataset.project_id, dataset.pk, format_, wanted, demanded, shared)
