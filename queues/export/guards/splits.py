"""No question in two splits of one release, though it was asked in two conversations; and what is golden
here and was trained with elsewhere is told.
"""

from queues.export.groups import group_of_same, key_of
from queues.export.guarding.first_places import FirstPlaces
from queues.export.guards.base import CAPS, Check, Effect, Guard, Hit, Leaving, Surroundings, guards
from queues.export.splits import SPLITS


class SplitWall(Guard):
    scopes = ("train", "eval")
    rank = CAPS + 1  # after whatever changes a row: groups are of the texts that leave

    def begin(self, around: Surroundings) -> Check:
        groups = around.groups
        seen = FirstPlaces()  # of questions; only where there are several splits

        def check(leaving: Leaving) -> Hit | None:
            group = leaving.group
            if around.scope == "eval" and (other := groups.elsewhere(group)):
                return Hit("split.trained_elsewhere", Effect.WARNS, other)
            if not groups.is_split:
                return None
            split = groups.split_of(group)
            question = key_of(group_of_same(leaving.same) or group)
            place = SPLITS.index(split)
            if seen.first(question, place) not in (None, place):
                return Hit("split.question_in_two", Effect.LEAVES_OUT)
            return None

        return check


guards.register("splits")(SplitWall())
