"""The wall between training and golden: what models are tested with never leaves to train them.

Held against golden items of all versions, and against what left before to validate or test with. The
first level that hits counts: the same text, the same but for case and width, most of its words in the
same order; a text that an encoder finds alike is a warning that stops, since it is right to look.
"""

from queues.export.guards.base import Check, Effect, Guard, Hit, Leaving, Surroundings, guards


class Contamination(Guard):
    scopes = ("train",)

    def begin(self, around: Surroundings) -> Check:
        texts = around.texts

        def check(leaving: Leaving) -> Hit | None:
            if found := texts.same(leaving.prompt):
                level, name = found
                return Hit(f"contamination.{level}", Effect.LEAVES_OUT, name)
            if name := texts.near(leaving.prompt, leaving.answer) or "":
                return Hit("contamination.shingle", Effect.LEAVES_OUT, name)
            if name := texts.alike(leaving.vector) or "":
                return Hit("contamination.alike", Effect.STOPS, name)
            return None

        return check


guards.register("contamination")(Contamination())
