"""What the guards before the caps found in each row of a first walk, so that a second need not ask again.

On the disk, a line for each row that reached them, nearly all of them empty: the guards take far longer
than reading that, and what they remember of the rows is needed once.
"""

from collections.abc import Iterator, Sequence
from tempfile import TemporaryFile

import orjson

from queues.export.guards import Effect, Hit

Named = tuple[str, Hit]  # guard and what it found
_NOTHING = b"\n"


class Hits:
    """Written in the order of the rows, then read in the same; gone with its last reader."""

    def __init__(self) -> None:
        self._file = TemporaryFile()  # noqa: SIM115 - closed when nobody reads it any more

    def add(self, found: Sequence[Named]) -> None:
        """The hits of one row. What a row was changed into is not kept: ask that guard again."""
        if not found:
            self._file.write(_NOTHING)
            return
        told = [(name, hit.code, hit.effect.value, hit.detail) for name, hit in found]
        self._file.write(orjson.dumps(told) + b"\n")

    def __iter__(self) -> Iterator[list[Named]]:
        self._file.seek(0)
        for line in self._file:
            if line == _NOTHING:
                yield []
                continue
            yield [
                (name, Hit(code, Effect(effect), detail)) for name, code, effect, detail in orjson.loads(line)
            ]
