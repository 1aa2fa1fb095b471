"""What the check by an encoder adds to a release: rows against golden questions by their vectors.

The vectors themselves are made when a text arrives, not here. Processor time of this process; no stack.
"""

import argparse
import time

import numpy as np
import numpy.typing as npt

from queues.export.guarding.directions import Directions
from tests.benchmarks import report

GOLDEN, ROWS, DIMENSIONS = 100_000, 100_000, 384
_LIKE_OTHERS = 0.5  # of each vector is the same in all: texts of one product are no random directions
_NEAR = 0.98
_AT_ONCE = 100  # rows, about as many as a release asks for together


def unit(rows: npt.NDArray[np.float32]) -> npt.NDArray[np.float32]:
    return rows / np.linalg.norm(rows, axis=1, keepdims=True)


def vectors(how_many: int, seed: int) -> npt.NDArray[np.float32]:
    """Unit vectors that lean to one side together, as those of texts about the same things do."""
    chance = np.random.default_rng(seed)
    side = np.random.default_rng(0).standard_normal(DIMENSIONS).astype(np.float32)
    own = chance.standard_normal((how_many, DIMENSIONS), np.float32)
    return unit(own * (1.0 - _LIKE_OTHERS) + side * _LIKE_OTHERS)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--smoke", action="store_true", help="tiny data, asserts only what is right")
    how_many, rows = (2_000, 500) if parser.parse_args().smoke else (GOLDEN, ROWS)
    golden, size = vectors(how_many, 1), f"{how_many:,} golden, {DIMENSIONS} dimensions"

    began = time.process_time()
    near = Directions(DIMENSIONS)
    for at in range(0, how_many, 4_096):
        some = golden[at : at + 4_096].astype(np.float16)
        near.add(range(at, at + len(some)), some)
    near.ready()
    report.figure("vectors of golden questions made ready", time.process_time() - began, "s", size=size)

    planted = unit(_NEAR * golden[:100] + (1.0 - _NEAR**2) ** 0.5 * unit(vectors(100, 3)))
    found = near.nearest_each(planted)
    report.checked("planted and not found, of 100", sum(name is None for name in found) <= 2, True)

    asked = vectors(rows, 2)
    began = time.process_time()
    hits = sum(
        name is not None
        for at in range(0, rows, _AT_ONCE)
        for name in near.nearest_each(asked[at : at + _AT_ONCE])
    )
    seconds = time.process_time() - began
    report.figure("rows held against them", seconds, "s", size=f"{rows:,} rows, {size}", more={"found": hits})
    report.figure("one row", 1e6 * seconds / rows, "µs", size=size)


if __name__ == "__main__":
    main()
