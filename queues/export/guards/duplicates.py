"""The same question with the same answer a second time, whatever its case and width."""

from hashlib import blake2b

from queues.export.guarding.first_places import FirstPlaces
from queues.export.guards.base import Check, Effect, Guard, Hit, Leaving, Surroundings, guards
from queues.export.normalised import normalised


class Duplicates(Guard):
    scopes = ("train", "eval")
    rank = 1

    def begin(self, around: Surroundings) -> Check:
        effect = Effect.LEAVES_OUT if around.settings["duplicates"] == "leave_out" else Effect.WARNS
        seen = FirstPlaces()

        def check(leaving: Leaving) -> Hit | None:
            whole = f"{normalised(leaving.prompt)}\x1e{normalised(leaving.answer)}"
            digest = blake2b(whole.encode("utf-8", "surrogatepass"), digest_size=8).digest()
            is_new = seen.first(int.from_bytes(digest, "big")) is None
            return None if is_new else Hit("duplicate.same", effect)

        return check


guards.register("duplicates")(Duplicates())
