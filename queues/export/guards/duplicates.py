"""The same question with the same answer a second time, whatever its case and width, or nearly the same."""

from collections.abc import Sequence
from hashlib import blake2b

from queues.export.guarding.first_places import FirstPlaces
from queues.export.guarding.near_rows import Asked, NearRows
from queues.export.guarding.number_sets import sets_of_rows
from queues.export.guards.base import Check, Effect, Guard, Hit, Leaving, Surroundings, guards
from queues.score.normalise import normalise_v1


class Duplicates(Guard):
    scopes = ("train", "eval")
    rank = 1

    def begin(self, around: Surroundings) -> Check:
        wanted = around.settings["near_duplicates"]
        if wanted == "ignore" == around.settings["duplicates"]:  # where nobody would be told
            return lambda _leaving: None
        same = _Same(_effect_of(around.settings["duplicates"]))
        return same if wanted == "ignore" else _Walk(same, _effect_of(wanted))


class _Same:
    def __init__(self, effect: Effect) -> None:
        self._effect, self._seen = effect, FirstPlaces()

    def __call__(self, leaving: Leaving) -> Hit | None:
        whole = f"{leaving.same}\x1e{normalise_v1(leaving.answer)}"
        digest = blake2b(whole.encode("utf-8", "surrogatepass"), digest_size=8).digest()
        is_new = self._seen.first(int.from_bytes(digest, "big")) is None
        return None if is_new else Hit("duplicate.same", self._effect)


class _Walk:
    """Remembers the rows that stay; the detail of a hit is the record that was there before."""

    def __init__(self, same: _Same, effect: Effect) -> None:
        self._same, self._effect = same, effect
        self._rows = NearRows()  # by their items
        self._ahead: dict[tuple[str, str], Asked] = {}

    def announce(self, rows: Sequence[Leaving]) -> None:
        """Nothing yet: what is left of the rows before them matters."""

    def look_ahead(self, rows: Sequence[Leaving]) -> None:
        told = tuple((row.prompt, row.answer) for row in rows)
        self._ahead = dict(zip(told, self._asked(told), strict=True))

    def __call__(self, leaving: Leaving) -> Hit | None:
        if hit := self._same(leaving):
            return hit
        told = (leaving.prompt, leaving.answer)
        asked = self._ahead.get(told) or self._asked((told,))[0]
        item = self._rows.near(asked)
        if item is None or self._effect is Effect.WARNS:
            self._rows.add(asked, leaving.row.item)
        return None if item is None else Hit("duplicate.near", self._effect, f"r-{item}")

    def _asked(self, rows: tuple[tuple[str, str], ...]) -> Sequence[Asked]:
        _prompts, answers, wholes = sets_of_rows(rows)
        return self._rows.asked(wholes, answers)


def _effect_of(wanted: str) -> Effect:
    return Effect.LEAVES_OUT if wanted == "leave_out" else Effect.WARNS


guards.register("duplicates")(Duplicates())
