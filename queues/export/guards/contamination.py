"""The wall between training and golden: what models are tested with never leaves to train them.

Held against golden items of all versions, and against what left before to validate or test with. The
first level that hits counts: the same text, the same but for case and width, most of its words in the
same order. A text that an encoder finds alike stops the release, since it is right to look, unless the
dataset leaves such rows out.
"""

from collections.abc import Sequence

from queues.export.guards.base import Check, Effect, Guard, Hit, Leaving, Surroundings, Texts, guards


class Contamination(Guard):
    scopes = ("train",)

    def begin(self, around: Surroundings) -> Check:
        leaves_out = around.settings["alike_golden"] == "leave_out"
        return _Walk(around.texts, Effect.LEAVES_OUT if leaves_out else Effect.STOPS)


class _Walk:
    def __init__(self, texts: Texts, alike: Effect) -> None:
        self._texts, self._alike = texts, alike

    def announce(self, rows: Sequence[Leaving]) -> None:
        if len(self._texts):
            told = [(row.prompt, row.answer) for row in rows]
            self._texts.announce(told, vectors=[row.vector for row in rows])

    def look_ahead(self, _rows: Sequence[Leaving]) -> None:
        if len(self._texts):
            self._texts.look_ahead()

    def __call__(self, leaving: Leaving) -> Hit | None:
        if found := self._texts.same(leaving.prompt, leaving.same):
            level, name = found
            return Hit(f"contamination.{level}", Effect.LEAVES_OUT, name)
        if name := self._texts.near(leaving.prompt, leaving.answer) or "":
            return Hit("contamination.shingle", Effect.LEAVES_OUT, name)
        if name := self._texts.alike(leaving.vector) or "":
            return Hit("contamination.alike", self._alike, name)
        return None


guards.register("contamination")(Contamination())
