"""The same question with the same answer a second time, whatever its case and width."""

from hashlib import blake2b

from queues.export.guards.base import Check, Effect, Guard, Hit, Leaving, Surroundings, guards
from queues.score.normalise import normalise_v1


class Duplicates(Guard):
    scopes = ("train", "eval")
    rank = 1

    def begin(self, around: Surroundings) -> Check:
        effect = Effect.LEAVES_OUT if around.settings["duplicates"] == "leave_out" else Effect.WARNS
        seen: set[int] = set()  # 64 bits of each: 60 MiB for a million

        def check(leaving: Leaving) -> Hit | None:
            whole = f"{normalise_v1(leaving.prompt)}\x1e{normalise_v1(leaving.answer)}"
            digest = blake2b(whole.encode("utf-8", "surrogatepass"), digest_size=8).digest()
            number = int.from_bytes(digest, "big", signed=True)
            if number in seen:
                return Hit("duplicate.same", effect)
            seen.add(number)
            return None

        return check


guards.register("duplicates")(Duplicates())
