"""What validates or tests never trains: no question on both sides, in this dataset or another of the project.

Groups never move between splits; this is for what groups do not see: another dataset, a question that was
asked in two conversations, one that is nearly the same.
"""

from queues.export.groups import group_of, group_of_prompt, key_of
from queues.export.guards.base import Check, Effect, Guard, Hit, Leaving, Surroundings, guards


class SplitWall(Guard):
    scopes = ("train", "eval")
    rank = 3  # after whatever changes a row: groups are of the texts that leave

    def begin(self, around: Surroundings) -> Check:
        groups, tested = around.groups, around.tested
        seen: dict[int, str] = {}  # question → its split; only where there are several

        def check(leaving: Leaving) -> Hit | None:
            group = group_of(leaving.row)
            if groups.is_elsewhere(group) and around.scope == "eval":
                return Hit("split.trained_elsewhere", Effect.WARNS)
            split = groups.split_of(group)
            if split == "train" and around.scope == "train":
                if groups.is_elsewhere(group):
                    return Hit("split.tested_elsewhere", Effect.LEAVES_OUT)
                found = tested.same(leaving.prompt)
                if name := found[1] if found else tested.near(leaving.prompt, leaving.answer):
                    return Hit("split.tested", Effect.LEAVES_OUT, name)
            if not groups.is_split:
                return None
            question = key_of(group_of_prompt(leaving.prompt) or group)
            if seen.setdefault(question, split) != split:
                return Hit("split.question_in_two", Effect.LEAVES_OUT)
            return None

        return check


guards.register("splits")(SplitWall())
