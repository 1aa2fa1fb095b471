"""No more of what models wrote than the dataset's caps: which rows stay is drawn by their ids."""

from queues.export.guards.base import CAPS, Check, Effect, Guard, Hit, Leaving, Surroundings, guards
from queues.export.splits import group_uniform

SEED = "origin-cap"


class OriginCap(Guard):
    scopes = ("train",)
    rank = CAPS

    def begin(self, around: Surroundings) -> Check:
        kept = around.kept

        def check(leaving: Leaving) -> Hit | None:
            if leaving.origin not in kept or drawn(leaving.row.record_id) <= kept[leaving.origin]:
                return None
            return Hit("origin.cap", Effect.LEAVES_OUT, leaving.origin)

        return check


def drawn(record_id: str) -> float:
    """Its place 0..1 among those of its origin; the same in every release, so that they grow."""
    return group_uniform(SEED, record_id)


guards.register("origin")(OriginCap())
