"""What a dataset takes from training: a group that once tested never trains again, in any dataset."""

from collections import Counter, defaultdict
from collections.abc import Mapping
from dataclasses import dataclass

from django.db import connection

from queues.models import Dataset, ReleaseRow, SplitGroup

_USED = """
SELECT g.group_key, d.name, g.split = 'train',
  EXISTS (SELECT 1 FROM queues_release r WHERE r.dataset_id = d.id AND r.state = 'published')
FROM queues_dataset d JOIN queues_splitgroup g ON g.dataset_id = d.id
WHERE d.project_id = %s AND g.group_key = ANY(%s)
"""


@dataclass(frozen=True, slots=True)
class Taken:
    """rows: that would test or validate, and that others train with until then; by_dataset: of each of those,
    by name. A row is counted for all datasets that train with its group."""

    rows: int
    by_dataset: Mapping[str, int]


NOTHING = Taken(0, {})


def taken_from_training(dataset: Dataset, testing: Mapping[int, int]) -> Taken:
    """What others train with and would lose. testing: key of a group that would test → how many rows it has.

    What tests already, here or elsewhere, is lost to training and is not told again.
    """
    if not testing:
        return NOTHING
    trained, tested = defaultdict[int, set[str]](set), set[int]()
    with connection.cursor() as cursor:
        cursor.execute(_USED, [dataset.project_id, list(testing)])
        for key, name, trains, is_out in cursor.fetchall():
            if not trains:
                tested.add(key)
            elif is_out and name != dataset.name:
                trained[key].add(name)
    by_dataset, rows = Counter[str](), 0
    for key in trained.keys() - tested:
        rows += testing[key]
        by_dataset.update(dict.fromkeys(trained[key], testing[key]))
    return Taken(rows, dict(sorted(by_dataset.items())))


def testing_elsewhere(row: ReleaseRow, dataset: Dataset) -> list[str]:
    """The other datasets that meanwhile validate or test with the group of a row that trained, by name."""
    if row.split != "train" or row.group_key is None:
        return []
    others = Dataset.objects.filter(project=dataset.project_id).exclude(pk=dataset.pk)
    used = SplitGroup.objects.filter(dataset__in=others, group_key=row.group_key).exclude(split="train")
    return list(used.order_by("dataset__name").values_list("dataset__name", flat=True))
