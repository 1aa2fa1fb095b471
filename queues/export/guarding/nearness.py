"""To which of the texts that may not leave rows are near, by words and by vectors. Numbers only."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from queues.export.guarding.directions import Directions, of_halves
from queues.export.guarding.protected_shingles import Places, ProtectedShingles, Row, Text, Wanted


class Question(NamedTuple):
    """Some rows, of which only those wanted are looked for by their words; and the vectors of some, as
    the database sends them."""

    rows: Sequence[Row]
    wanted: Wanted = None
    vectors: Sequence[bytes] = ()


class Near(NamedTuple):
    """For each row and each vector the place of a text, the first or the nearest; None where none is near."""

    rows: Places
    vectors: Places


class Nearness:
    """Told of texts and of the vectors of some of them, then asked. Texts are named by their place."""

    def __init__(self) -> None:
        self._shingles = ProtectedShingles()
        self._directions: Directions | None = None

    def add(self, texts: Sequence[Text]) -> None:
        """Some more texts."""
        self._shingles.add(texts)

    def add_vectors(self, places: Sequence[int], rows: npt.NDArray[np.float16]) -> None:
        """Those of some texts, (n, dimensions), of length 1."""
        if self._directions is None:
            self._directions = Directions(rows.shape[1])
        self._directions.add(places, rows)

    def ready(self) -> None:
        """These were all."""
        self._shingles.ready()
        if self._directions is not None:
            self._directions.ready()

    def near(self, question: Question) -> Near:
        """All at once take little more time than one."""
        rows = self._shingles.near_each(question.rows, question.wanted)
        return Near(rows, self._alike(question.vectors))

    def _alike(self, vectors: Sequence[bytes]) -> Places:
        if self._directions is None or not vectors:
            return [None] * len(vectors)
        return self._directions.nearest_each(of_halves(vectors))
