"""On whose answers the rows of a dataset may not rest."""

from collections.abc import Sequence

from queues.curate.checks import figures
from queues.export.definition.understood import Definition


def unreliable_for(definition: Definition) -> Sequence[int]:
    """The people below what the dataset asks of reviewers, as it is now; nobody where it asks nothing."""
    bound = definition.rules.reviewers_right
    return figures.below(definition.project_id, bound) if bound else ()
