"""The same question with the same answer a second time, whatever its case and width, or nearly the same."""

from array import array
from hashlib import blake2b

from queues.export.guarding.first_places import FirstPlaces
from queues.export.guarding.near_rows import NearRows
from queues.export.guarding.shingles import hashes_of, hashes_of_both
from queues.export.guards.base import Check, Effect, Guard, Hit, Leaving, Surroundings, guards
from queues.export.normalised import normalised


class Duplicates(Guard):
    scopes = ("train", "eval")
    rank = 1

    def begin(self, around: Surroundings) -> Check:
        effect = _effect_of(around.settings["duplicates"])
        seen, near = FirstPlaces(), _near_check(around.settings["near_duplicates"])

        def check(leaving: Leaving) -> Hit | None:
            whole = f"{normalised(leaving.prompt)}\x1e{normalised(leaving.answer)}"
            digest = blake2b(whole.encode("utf-8", "surrogatepass"), digest_size=8).digest()
            is_new = seen.first(int.from_bytes(digest, "big")) is None
            return near(leaving) if is_new else Hit("duplicate.same", effect)

        return check


def _near_check(wanted: str) -> Check:
    """Remembers the rows that stay; the detail of a hit is the record that was there before."""
    if wanted == "ignore":
        return lambda _leaving: None
    effect, rows, items = _effect_of(wanted), NearRows(), array("q")

    def check(leaving: Leaving) -> Hit | None:
        whole, answer = hashes_of_both(leaving.prompt, leaving.answer), hashes_of(leaving.answer)
        place = rows.near(whole, answer)
        if place is None or effect is Effect.WARNS:
            rows.add(whole, answer)
            items.append(leaving.row.item)
        return None if place is None else Hit("duplicate.near", effect, f"r-{items[place]}")

    return check


def _effect_of(wanted: str) -> Effect:
    return Effect.LEAVES_OUT if wanted == "leave_out" else Effect.WARNS


guards.register("duplicates")(Duplicates())
