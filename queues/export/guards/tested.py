"""What this project validates or tests with never trains: the same question, its group, or nearly the same.

Groups never move between the splits of a dataset; this is for what they do not see: another dataset, and
questions that are nearly the same.
"""

from collections.abc import Sequence

from queues.export.guards.base import Check, Effect, Groups, Guard, Hit, Leaving, Surroundings, Texts, guards


class Tested(Guard):
    scopes = ("train",)
    rank = 1  # after whatever changes a row: groups are of the texts that leave

    def begin(self, around: Surroundings) -> Check:
        return _Walk(around.groups, around.tested)


class _Walk:
    def __init__(self, groups: Groups, tested: Texts) -> None:
        self._groups, self._tested = groups, tested

    def announce(self, rows: Sequence[Leaving]) -> None:
        if not len(self._tested):
            return
        trains = [self._groups.split_of(row.group) == "train" for row in rows]
        self._tested.announce([(row.prompt, row.answer) for row in rows], trains)

    def look_ahead(self, _rows: Sequence[Leaving]) -> None:
        if len(self._tested):
            self._tested.look_ahead()

    def __call__(self, leaving: Leaving) -> Hit | None:
        if self._groups.split_of(leaving.group) != "train":
            return None
        if other := self._groups.elsewhere(leaving.group):
            return Hit("split.tested_elsewhere", Effect.LEAVES_OUT, other)
        found = self._tested.same(leaving.prompt, leaving.same)
        if name := found[1] if found else self._tested.near(leaving.prompt, leaving.answer):
            return Hit("split.tested", Effect.LEAVES_OUT, name)
        return None


guards.register("tested")(Tested())
