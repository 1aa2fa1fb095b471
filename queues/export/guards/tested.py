"""What this project validates or tests with never trains: the same question, its group, or nearly the same.

Groups never move between the splits of a dataset; this is for what they do not see: another dataset, and
questions that are nearly the same.
"""

from queues.export.groups import group_of
from queues.export.guards.base import Check, Effect, Guard, Hit, Leaving, Surroundings, guards


class Tested(Guard):
    scopes = ("train",)
    rank = 1  # after whatever changes a row: groups are of the texts that leave

    def begin(self, around: Surroundings) -> Check:
        groups, tested = around.groups, around.tested

        def check(leaving: Leaving) -> Hit | None:
            group = group_of(leaving.row)
            if groups.split_of(group) != "train":
                return None
            if groups.is_elsewhere(group):
                return Hit("split.tested_elsewhere", Effect.LEAVES_OUT)
            found = tested.same(leaving.prompt)
            if name := found[1] if found else tested.near(leaving.prompt, leaving.answer):
                return Hit("split.tested", Effect.LEAVES_OUT, name)
            return None

        return check


guards.register("tested")(Tested())
